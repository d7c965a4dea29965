/* metrics.json of a version: what its maker measured. */
#ifndef MLTEST_DOMAIN_METRICS_FILE_H
#define MLTEST_DOMAIN_METRICS_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/arena.h"
#include "mltest/err.h"

struct mlt_metrics_value {
    const char *name; /* "rmse" */
    double value;     /* finite */
};

struct mlt_metrics_slice {
    const char *column, *value;
    long long rows; /* -1: not said */
    struct mlt_metrics_value *metrics;
    size_t count;
};

struct mlt_metrics_file {
    const char *dataset; /* NULL: not said */
    long long rows;      /* -1: not said */
    struct mlt_metrics_value *metrics;
    size_t count;
    struct mlt_metrics_slice *slices;
    size_t slice_count;
};

/* Decodes `{"model", "version", "dataset", "rows", "metrics": {NAME: NUMBER}, "slices": [{"column",
 * "value", "rows", NAME: NUMBER}]}`; a flat `{NAME: NUMBER}` does too, and further members are let
 * be: the protocol fixes no form. A model or version that is there must be this one (either NULL:
 * any). A number that is not finite, or no metric at all, is an error. Texts live in the arena. */
bool mlt_metrics_file_parse(const char *file, const char *text, size_t len, const char *model,
                            const char *version, struct mlt_arena *arena,
                            struct mlt_metrics_file *out, struct mlt_err *err) MLT_MUST_USE;

#endif
