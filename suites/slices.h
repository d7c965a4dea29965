/* Metrics on all rows and on every slice. */
#ifndef MLTEST_SUITES_SLICES_H
#define MLTEST_SUITES_SLICES_H

#include "harness/metrics/threshold.h"
#include "suites/scoring.h"

struct mlt_slicing {
    const char *case_id;
    const struct mlt_scoring *scoring;
    double threshold; /* of binary decisions; with a rule, unused */
    enum mlt_threshold_rule threshold_rule;
    uint64_t min_rows; /* of a slice that nobody names; 0: the metrics' own */
    size_t replicates; /* of a bootstrap; 0: the usual */
    const char *const *metric;
    size_t metric_count;
    const char *const *slice; /* "brand", or "brand,store" for both together */
    size_t slice_count;
    const struct mlt_json *named; /* [{"column":…,"value":…}]: slices never pooled; NULL */
};

/* Measures every metric and every definition of the scoring on all rows, then by each slice column
 * in order of first appearance, and sends the measurements. Values with fewer paired rows than a
 * metric needs (at least 20) are pooled as "(other)"; which ones is attached as "pooled-slices.txt".
 * A threshold that a rule chose on the baseline is attached as "threshold.txt". The numbers are
 * those of `mltest eval` on the same rows. */
bool mlt_slices_measure(struct mlt_case_context *context, const struct mlt_slicing *slicing,
                        struct mlt_err *err) MLT_MUST_USE;

#endif
