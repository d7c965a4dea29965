#include "reports/documents/template.h"

static const struct mlt_template_section sections[] = {
    {MLT_SECTION_OVERVIEW, NULL, false, {{"measured", mlt_block_measured, false}}},
    {MLT_SECTION_METRICS,
     NULL,
     false,
     {{"metrics", mlt_block_metrics, false},
      {"run", mlt_block_run, false},
      {"slices", mlt_block_slices, false},
      {"run slices", mlt_block_run_slices, false}}},
    {-1, "Training", false, {{"training", mlt_block_training, false}}},
};

const struct mlt_template mlt_template_performance_report = {sections,
                                                             sizeof sections / sizeof *sections};
