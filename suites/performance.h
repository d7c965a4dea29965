/* From time blocks to measurements of the performance suite. */
#ifndef MLTEST_SUITES_PERFORMANCE_H
#define MLTEST_SUITES_PERFORMANCE_H

#include "suites/load.h"

/* Names of what the performance suite measures, NULL-terminated. */
extern const char *const mlt_performance_metrics[];

/* What a case gathered. `baseline.blocks` NULL: there is no baseline. */
struct mlt_performance {
    const char *case_id;
    struct mlt_load_side candidate, baseline; /* paired by index */
    /* A model in this process: the two versions share its memory, so the candidate's is taken from
     * blocks before the baseline was opened, and the baseline has none. */
    bool shared_memory;
    const struct mlt_load_block *alone;
    size_t alone_count;
};

/* Sends every measurement, and one series per metric and side, to the sink. */
bool mlt_performance_report(struct mlt_case_context *context, const struct mlt_performance *found,
                            struct mlt_err *err) MLT_MUST_USE;

#endif
