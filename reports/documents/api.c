#include "reports/documents/template.h"

static const struct mlt_template_section sections[] = {
    {MLT_SECTION_API,
     NULL,
     false,
     {{"api", mlt_block_api, false}, {"for callers", mlt_block_for_callers, false}}},
    {MLT_SECTION_EXAMPLES, NULL, false, {{"example", mlt_block_example, false}}},
};

const struct mlt_template mlt_template_api = {sections, sizeof sections / sizeof *sections};
