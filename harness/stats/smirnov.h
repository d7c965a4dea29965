/* The two-sample test of Kolmogorov and Smirnov: do two samples have the same distribution? */
#ifndef MLTEST_STATS_SMIRNOV_H
#define MLTEST_STATS_SMIRNOV_H

#include <stddef.h>

#include "harness/stats/test.h"

/* P(K > x) of Kolmogorov's limiting distribution (Smirnov 1948). */
double mlt_kolmogorov_sf(double x);

/* n m up to which the exact distribution is used. */
#define MLT_SMIRNOV_MAX_EXACT 4000000

/* `statistic` is D, the largest distance between both empirical distribution functions; only the
 * two-sided `p` is given. Exact: the share of the orders of x's and y's, all equally likely given
 * which values are tied, whose distance somewhere reaches D (Hodges 1957; as R's ks.test). Beyond
 * n m = MLT_SMIRNOV_MAX_EXACT: the limit at D sqrt(n m / (n + m)), which is slightly conservative.
 * The distances are compared in whole numbers. Undefined for an empty sample; two samples of one
 * and the same value have D = 0 and p = 1. Memory: O(n + m). */
struct mlt_test mlt_smirnov(const double *x, size_t n, const double *y, size_t m);

#endif
