#include "reports/documents/template.h"

static const struct mlt_template_section sections[] = {
    {MLT_SECTION_CHANGES, NULL, false, {{"changes", mlt_block_changes, false}}},
    {MLT_SECTION_HISTORY, NULL, false, {{"history", mlt_block_history, false}}},
};

const struct mlt_template mlt_template_version_history = {sections,
                                                          sizeof sections / sizeof *sections};
