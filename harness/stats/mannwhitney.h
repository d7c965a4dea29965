/* Mann & Whitney's U (1947), Wilcoxon's rank-sum test: does one sample tend to larger values? */
#ifndef MLTEST_STATS_MANNWHITNEY_H
#define MLTEST_STATS_MANNWHITNEY_H

#include <stddef.h>

#include "harness/stats/test.h"
#include "harness/stats/wilcoxon.h"

struct mlt_mannwhitney {
    struct mlt_test test; /* statistic: U of x, the pairs that x wins, ties as half (R's W) */
    double auc;           /* U / (n m) = P(X > Y) + P(X = Y) / 2; 1/2 under the null */
};

/* Exact when both samples have at most so many values: always there with AUTO, at most with EXACT.
 */
#define MLT_MANNWHITNEY_AUTO_EXACT 49
#define MLT_MANNWHITNEY_MAX_EXACT 100

/* Of n values x and m values y. The exact distribution is conditional on the ranks seen: every
 * choice of n of the n + m ranks is equally likely, ties included (without ties it is the usual
 * table; R's wilcox.test goes to the normal approximation when there are ties). The normal one has
 * the tie-corrected variance n m (n + m + 1) / 12 - ..., the variance of that same distribution.
 * Undefined for an empty sample and where all values are tied. Memory: O(n + m), and for the exact
 * distribution O(min(n, m) (n + m) max(n, m)) doubles. */
struct mlt_mannwhitney mlt_mannwhitney(const double *x, size_t n, const double *y, size_t m,
                                       enum mlt_rank_method method);

#endif
