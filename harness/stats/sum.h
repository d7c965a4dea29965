/* Sums whose rounding does not depend on luck: Neumaier's compensated summation (1974). Where the
 * order of the terms must not show, harness/stats/exact.h. */
#ifndef MLTEST_STATS_SUM_H
#define MLTEST_STATS_SUM_H

#include <stddef.h>

struct mlt_sum {
    double sum, compensation;
};

#define MLT_SUM_INIT                                                                               \
    {                                                                                              \
        0, 0                                                                                       \
    }

void mlt_sum_add(struct mlt_sum *sum, double x);
double mlt_sum_value(const struct mlt_sum *sum);
/* Mean of n values from their exact sum (harness/stats/exact.h), in any order the same; NaN for n =
 * 0. */
double mlt_mean(const double *x, size_t n);

#endif
