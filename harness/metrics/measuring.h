/* What the ways to measure share: measure.c picks one of them. */
#ifndef MLTEST_METRICS_MEASURING_H
#define MLTEST_METRICS_MEASURING_H

#include <math.h>

#include "harness/metrics/metric.h"

/* The rows fit their task: finite scores and labels, classes in range, grades, weights, ids.
 * MLT_ERR_EVIDENCE names the row. */
bool mlt_rows_check(const struct mlt_metric_rows *rows, struct mlt_err *err) MLT_MUST_USE;

/* One version of the rows. */
struct mlt_metric_input mlt_rows_input(const struct mlt_metric_rows *rows, const double *score);
/* How often row i counts in counts of rows: its weight if that is a frequency, else once. */
uint64_t mlt_rows_times(const struct mlt_metric_rows *rows, size_t i);
/* Whether two predictions are the same but for their last bits, as after a conversion of the
 * artifact's format. */
static inline bool mlt_scores_same(const double *a, const double *b, size_t width)
{
    for (size_t k = 0; k < width; k++)
        if (a[k] != b[k] && !(fabs(a[k] - b[k]) <= 0x1p-46 * fmax(fabs(a[k]), fabs(b[k]))))
            return false;
    return true;
}
/* Rows on which the predictions of the two versions differ. */
uint64_t mlt_rows_differing(const struct mlt_metric_rows *rows);
/* Fills rows, positives, weighting and effective_rows. */
void mlt_rows_count(const struct mlt_metric_rows *rows, struct mlt_measurement *out);
/* Of the classes that occur as a label or a guess: the rows of the one that is the fewest rows'
 * label, which may be none. False when memory is out. */
bool mlt_rows_count_rarest(const struct mlt_metric_rows *rows, struct mlt_measurement *out,
                           struct mlt_err *err) MLT_MUST_USE;

/* Each fills the numbers of `out`, which mlt_metric_describe() has begun, for checked rows, n > 0.
 */
bool mlt_measure_means(const struct mlt_metric *metric, const struct mlt_metric_rows *rows,
                       struct mlt_arena *arena, struct mlt_measurement *out,
                       struct mlt_err *err) MLT_MUST_USE;
bool mlt_measure_columns(const struct mlt_metric *metric, const struct mlt_metric_rows *rows,
                         struct mlt_arena *arena, struct mlt_measurement *out,
                         struct mlt_err *err) MLT_MUST_USE;
bool mlt_measure_queries(const struct mlt_metric *metric, const struct mlt_metric_rows *rows,
                         struct mlt_arena *arena, struct mlt_measurement *out,
                         struct mlt_err *err) MLT_MUST_USE;

/* Influence values [n] of one version on a metric of means. `work` has room for
 * MLT_METRIC_MAX_TERMS times n numbers. */
void mlt_means_influence(const struct mlt_metric *metric, const struct mlt_metric_rows *rows,
                         const double *score, double *work, double *out);

/* Paired replicates of one metric of columns into `out`, in the arena; states[1] NULL: no baseline.
 * Row i counts by Poisson weights keyed by its key (or its cluster's). */
bool mlt_measure_replicates(const struct mlt_metric_ops *ops, void *const states[2],
                            const struct mlt_metric_rows *rows, struct mlt_arena *arena,
                            struct mlt_measurement *out, struct mlt_err *err) MLT_MUST_USE;

#endif
