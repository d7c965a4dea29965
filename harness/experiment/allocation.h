/* Did randomisation send the units where it was meant to? The first question about any experiment:
 * when the arms hold other shares than planned, units were lost or moved for a reason that may well
 * be the effect itself, and no comparison can be trusted (Fabijan et al. 2019, KDD). */
#ifndef MLTEST_EXPERIMENT_ALLOCATION_H
#define MLTEST_EXPERIMENT_ALLOCATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Below this p the shares are not the planned ones: strict, because every experiment is asked. */
#define MLT_ALLOCATION_ALPHA 0.001

struct mlt_allocation_check {
    double statistic; /* Pearson's chi-squared against the planned shares */
    double df;        /* arms - 1 */
    double p;
    bool mismatch; /* p < 0.001, or p is not a number */
};

/* `share` NULL: equal shares. No units at all is a mismatch. */
struct mlt_allocation_check mlt_allocation_check(const uint64_t *units, const double *share,
                                                 size_t arms);
/* The share of one arm, between 0 and 1. */
double mlt_allocation_share(const double *share, size_t arms, size_t arm);

#endif
