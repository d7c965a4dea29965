/* `mltest ab analyze`: an event log, analysed, judged by sentences and shown. Needs no registry and
 * no configuration. */
#ifndef MLTEST_FLOWS_AB_H
#define MLTEST_FLOWS_AB_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "mltest/err.h"

struct mlt_ab_request {
    const char *events;
    const char *unit, *variant, *control;
    const char *const *treatment;
    size_t treatments;
    const char *allocation;    /* "50:50"; NULL: equal */
    const char *const *metric; /* as mlt_experiment_metric_parse() reads them */
    size_t metrics;
    const char *const *require; /* threshold sentences */
    size_t requires;
    double alpha; /* of each tail */
    bool exclude_mixed, missing_is_zero;
    const char *format; /* "console" (NULL) or "json" */
    bool color;
    unsigned width;
};

/* Renders into `out` and sets the exit code: of the verdict where there are sentences; without any,
 * 0, or that of `invalid` when nothing may be concluded. */
bool mlt_flow_ab_analyze(const struct mlt_ab_request *request, struct mlt_arena *arena,
                         struct mlt_buf *out, int *exit_code, struct mlt_err *err) MLT_MUST_USE;

#endif
