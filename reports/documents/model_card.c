#include "reports/documents/template.h"

static const struct mlt_template_section sections[] = {
    {MLT_SECTION_OVERVIEW, NULL, true, {{"about", mlt_block_about, false}}},
    {MLT_SECTION_CHANGES, NULL, false, {{"changes", mlt_block_changes, false}}},
    {MLT_SECTION_API, NULL, false, {{"api", mlt_block_api, false}}},
    {MLT_SECTION_METRICS,
     NULL,
     false,
     {{"metrics", mlt_block_metrics, false}, {"run", mlt_block_run, false}}},
    {MLT_SECTION_LIMITATIONS, NULL, false, {{"limitations", mlt_block_limitations, true}}},
    {MLT_SECTION_EXAMPLES,
     NULL,
     false,
     {{"example", mlt_block_example, false}, {"code", mlt_block_code, false}}},
};

const struct mlt_template mlt_template_model_card = {sections, sizeof sections / sizeof *sections};
