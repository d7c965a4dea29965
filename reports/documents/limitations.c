#include "reports/documents/template.h"

static const struct mlt_template_section sections[] = {
    {MLT_SECTION_LIMITATIONS, NULL, true, {{NULL, NULL, false}}},
    {MLT_SECTION_EDGE_CASES, NULL, true, {{NULL, NULL, false}}},
};

const struct mlt_template mlt_template_limitations = {sections, sizeof sections / sizeof *sections};
