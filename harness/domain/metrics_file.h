/* metrics.json of a version: what its maker measured.
 *
 * The protocol fixes no format. Read are {"model", "version", "dataset", "rows", "metrics": {NAME:
 * NUMBER}, "slices": [{"column", "value", "rows", NAME: NUMBER, …}]}, all of them optional, and the
 * flat
 * {"rmse": 5.8}; what else is in it is left alone. */
#ifndef MLTEST_DOMAIN_METRICS_FILE_H
#define MLTEST_DOMAIN_METRICS_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/arena.h"
#include "mltest/err.h"

struct mlt_metrics_value {
    const char *name;
    double value; /* finite */
};

/* The rows where `column` has this value. Its metrics stand in the slice itself or in its
 * "metrics". */
struct mlt_metrics_slice {
    const char *column, *value; /* a value that is a number in the file: its shortest text */
    long long rows;             /* -1: not said */
    struct mlt_metrics_value *metrics;
    size_t count;
};

struct mlt_metrics_file {
    const char *dataset; /* NULL: not said */
    long long rows;      /* -1: not said */
    /* In the order of the file. Without "metrics" every number of the document but "rows" is one.
     */
    struct mlt_metrics_value *metrics;
    size_t count;
    struct mlt_metrics_slice *slices;
    size_t slice_count;
};

/* Parses the text of a metrics.json (`file` names it in messages) of exactly this model and version
 * (either NULL: any; a file that does not say them is accepted). Everything in `out` lives in the
 * arena. MLT_ERR_USAGE names the field: not an object, a metric that is no number (null included)
 * or has no name, rows that are not a whole number, a slice without its column or value. A file
 * without any metric is read, with count 0: what that means is the caller's to say. */
bool mlt_metrics_file_parse(const char *file, const char *text, size_t len, const char *model,
                            const char *version, struct mlt_arena *arena,
                            struct mlt_metrics_file *out, struct mlt_err *err) MLT_MUST_USE;

/* The metric of that name, or NULL. */
const struct mlt_metrics_value *mlt_metrics_file_find(const struct mlt_metrics_file *metrics,
                                                      const char *name);

#endif
