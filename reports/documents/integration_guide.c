#include "reports/documents/template.h"

static const struct mlt_template_section sections[] = {
    {MLT_SECTION_OVERVIEW,
     NULL,
     false,
     {{"how to ask", mlt_block_how_to_ask, false}, {"for callers", mlt_block_for_callers, false}}},
    {MLT_SECTION_EXAMPLES,
     NULL,
     false,
     {{"example", mlt_block_example, false},
      {"code", mlt_block_code, false},
      {"verify", mlt_block_verify, false}}},
};

const struct mlt_template mlt_template_integration_guide = {sections,
                                                            sizeof sections / sizeof *sections};
