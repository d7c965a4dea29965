/* Metrics on all rows and on every slice. */
#ifndef MLTEST_SUITES_SLICES_H
#define MLTEST_SUITES_SLICES_H

#include "suites/scoring.h"

struct mlt_slicing {
    const char *case_id;
    const struct mlt_scoring *scoring;
    const char *const *metric;
    size_t metric_count;
    const char *const *slice; /* "brand", or "brand,store" for both together */
    size_t slice_count;
    const struct mlt_json *named; /* [{"column":…,"value":…}]: slices never pooled; NULL */
};

/* Measures every metric on all rows, then by each slice column in order of first appearance, and
 * sends the measurements. Values with fewer paired rows than a metric needs (at least 20) are
 * pooled as
 * "(other)"; which ones is attached as "pooled-slices.txt". */
bool mlt_slices_measure(struct mlt_case_context *context, const struct mlt_slicing *slicing,
                        struct mlt_err *err) MLT_MUST_USE;

#endif
