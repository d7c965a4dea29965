/* Fisher's sign-flip permutation test (1935) for the mean of paired differences. */
#ifndef MLTEST_STATS_SIGNFLIP_H
#define MLTEST_STATS_SIGNFLIP_H

#include <stddef.h>
#include <stdint.h>

#include "harness/stats/test.h"

struct mlt_signflip {
    struct mlt_test test; /* statistic: the mean of the differences less the null value */
    uint64_t replicates;  /* sign vectors looked at: 2^n, or those drawn */
    /* Monte Carlo standard errors of the p-values; 0 when all sign vectors were looked at. */
    double se_above, se_below, se;
};

/* All 2^n sign vectors are looked at up to this n. */
#define MLT_SIGNFLIP_MAX_EXACT 20

/* Of n differences d[i] - null, whose signs are exchangeable under the null value. Beyond
 * MLT_SIGNFLIP_MAX_EXACT rows `replicates` sign vectors are drawn and p = (1 + hits) /
 * (1 + replicates) (Davison & Hinkley 1997, 4.2.5); the signs come from a generator keyed by
 * (seed, replicate, row), so that a result depends on nothing else. Sums that differ from the
 * observed one by rounding only (1e-12 of sum |d|) count as ties, which count as hits. Two-sided:
 * by |sum|. Undefined for n = 0, for differences that are all zero, and for 0 replicates where some
 * are needed. Needs no memory; n * replicates additions. */
struct mlt_signflip mlt_signflip(const double *d, size_t n, double null, uint64_t replicates,
                                 uint64_t seed);

#endif
