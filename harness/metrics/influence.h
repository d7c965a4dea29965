/* What each row adds to a metric: influence values, for those who resample their sums. */
#ifndef MLTEST_METRICS_INFLUENCE_H
#define MLTEST_METRICS_INFLUENCE_H

#include "harness/metrics/metric.h"

/* Fills candidate[n] and baseline[n] (NULL without `rows->baseline`) with the influence values of
 * the metric on these rows, as mlt_metric_measure() takes them: their weighted mean is zero, the
 * row's weight is not in them. `*known` is false, and nothing is filled, where the metric has none
 * for such rows: it is of queries or has no influence function, or its value is not defined.
 * MLT_ERR_EVIDENCE for rows that do not fit the task. */
bool mlt_metric_influence(const struct mlt_metric *metric, const struct mlt_metric_rows *rows,
                          double *candidate, double *baseline, bool *known,
                          struct mlt_err *err) MLT_MUST_USE;

/* Of a metric that is a share of rows (MLT_INTERVAL_SHARE): fills candidate[n] and baseline[n]
 * (NULL without one) with 1 for rows that are right and 0 for others, and counted[n] with whether
 * the share is of the row. False for other metrics, and when memory is out. */
bool mlt_metric_outcomes(const struct mlt_metric *metric, const struct mlt_metric_rows *rows,
                         double *candidate, double *baseline, bool *counted);

#endif
