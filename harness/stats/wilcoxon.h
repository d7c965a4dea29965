/* Wilcoxon's signed-rank test (1945) on paired differences: is their distribution symmetric about
 * the null value? */
#ifndef MLTEST_STATS_WILCOXON_H
#define MLTEST_STATS_WILCOXON_H

#include <stddef.h>

#include "harness/stats/test.h"

/* What becomes of differences that are exactly zero. */
enum mlt_wilcoxon_zeros {
    MLT_ZEROS_DROP,  /* left out before ranking (Wilcoxon; R, SciPy's "wilcox") */
    MLT_ZEROS_PRATT, /* ranked, then left out (Pratt 1959) */
    MLT_ZEROS_SPLIT, /* as Pratt; half of their ranks counts as positive (SciPy's "zsplit") */
};

enum mlt_rank_method {
    MLT_RANK_AUTO, /* exact for small samples, else MLT_RANK_NORMAL */
    MLT_RANK_EXACT,
    MLT_RANK_NORMAL,
    MLT_RANK_CORRECTED, /* normal with continuity correction 1/2 */
};

struct mlt_wilcoxon {
    struct mlt_test test; /* statistic: W+, the sum of the ranks of positive differences */
    size_t used;          /* differences that were not zero */
    double effect;        /* rank-biserial correlation (W+ - W-) / (W+ + W-), zeros left out */
};

/* Exact up to so many differences that are not zero: always there with AUTO, at most with EXACT. */
#define MLT_WILCOXON_AUTO_EXACT 50
#define MLT_WILCOXON_MAX_EXACT 400

/* Of n differences d[i] - null. Ties get midranks. The exact distribution is conditional: all
 * 2^used signs are equally likely for the ranks that were seen, so that ties and zeros need no
 * approximation (without ties it is the table that R and SciPy use). The normal approximation has
 * the variance of that same distribution, sum r^2 / 4 over the ranks r that were used, which is the
 * usual formula with its correction for ties (and for zeros, Cureton 1967). SciPy's "zsplit"
 * also counts the ranks of zeros there, which have no random sign: we do not. Memory:
 * O(n), and O(used^2) doubles for the exact distribution. */
struct mlt_wilcoxon mlt_wilcoxon(const double *d, size_t n, double null,
                                 enum mlt_wilcoxon_zeros zeros, enum mlt_rank_method method);

#endif
