/* Exact intervals for a proportion, and the covariance that influence values give. */
#ifndef MLTEST_STATS_INTERVAL_H
#define MLTEST_STATS_INTERVAL_H

#include <stddef.h>
#include <stdint.h>

struct mlt_interval {
    double lo, hi;
};

/* Clopper & Pearson (1934), each tail at most `alpha`: a (1 - 2 alpha) interval for k of n. NaN for
 * n = 0 or k > n. */
struct mlt_interval mlt_clopper_pearson(uint64_t k, uint64_t n, double alpha);

/* Sampling covariance of two estimates from per-row influence values (delta method; for clustered
 * rows the values are summed by cluster first, Liang & Zeger 1986). `a` and `b` hold n values, mean
 * zero, in the unit of the estimate: estimate - truth is about mean(a). `cluster[i]` is in [0,
 * n_clusters) or `cluster` is NULL for independent rows. Result: Var or Cov of the means, with the
 * factor G/(G-1). NaN when there are fewer than two clusters (or rows) or when memory is out. */
double mlt_influence_covariance(const double *a, const double *b, size_t n, const uint32_t *cluster,
                                uint32_t n_clusters);

#endif
