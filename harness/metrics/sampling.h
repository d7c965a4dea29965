/* Variances, covariance and third moments from influence values. */
#ifndef MLTEST_METRICS_SAMPLING_H
#define MLTEST_METRICS_SAMPLING_H

#include "harness/metrics/metric.h"
#include "harness/stats/exact.h"

/* sum += a b c; the product is not rounded while |a b| >= 2^-969. */
void mlt_sampling_add_triple(struct mlt_exact *sum, double a, double b, double c);

/* Of which rows, and how they count; as in struct mlt_metric_rows. */
struct mlt_sampling_rows {
    size_t n;
    const double *weight;
    enum mlt_weighting weighting;
    const uint32_t *cluster;
    uint32_t n_clusters;
};

/* Fills df, the variances, the covariance and the third moments of `out` from the influence values
 * [n] of both versions (`baseline` may be NULL), and `clusters` where there are any. All sums are
 * exact, so that the order of rows does not matter.
 *
 * Independent rows: sum u^2 / n (n - 1); with frequency weights sum w u^2 / N (N - 1), N = sum w;
 * with importance weights sum (w u)^2 / (sum w)^2 times n / (n - 1) (Cochran 1977, section 6.3).
 * Clusters: w u is summed by cluster first (Liang & Zeger 1986), with G / (G - 1) and df = G - 1.
 * Fewer than two rows or clusters: NaN. Third moments stay NaN above MLT_MEANS_THIRD_ROWS rows or
 * clusters. */
bool mlt_sampling_fill(const struct mlt_sampling_rows *rows, const double *candidate,
                       const double *baseline, struct mlt_measurement *out,
                       struct mlt_err *err) MLT_MUST_USE;

/* Exact sum of the weights, or n. */
double mlt_sampling_total(const struct mlt_sampling_rows *rows);

#endif
