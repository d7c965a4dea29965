/* Mean, variance, skewness and kurtosis of values that are seen once, in any order and on any
 * number of shards: built on exact sums, so that merging is associative and commutative to the bit.
 *
 * Central moments come from the exact raw sums, shifted exactly to the rounded mean, and are
 * rounded once at the end: no cancellation, whatever the offset of the data (NIST StRD NumAcc4).
 * Structs of zeros have seen nothing. NaN among the values makes every result NaN. */
#ifndef MLTEST_STATS_MOMENTS_H
#define MLTEST_STATS_MOMENTS_H

#include <stdint.h>

#include "harness/stats/exact.h"
#include "harness/stats/wide.h"

struct mlt_moments {
    uint64_t n;
    double min, max; /* NaN after a NaN; meaningless for n = 0 */
    struct mlt_exact sum, squares;
};

void mlt_moments_add(struct mlt_moments *moments, double x);
void mlt_moments_merge(struct mlt_moments *into, const struct mlt_moments *from);
/* NaN for n = 0. */
double mlt_moments_mean(const struct mlt_moments *moments);
/* The sum of squared deviations from the mean; NaN for n = 0. */
struct mlt_wide mlt_moments_deviation(const struct mlt_moments *moments);
/* With the divisor n - 1; NaN for n < 2. */
double mlt_moments_variance(const struct mlt_moments *moments);
double mlt_moments_sd(const struct mlt_moments *moments);

/* Moments of the third and fourth order as well. */
struct mlt_shape {
    struct mlt_moments moments;
    struct mlt_exact cubes, fourths;
};

/* Cubes and fourth powers are exact for 2^-484 <= |x| <= 2^510 and 0. Smaller values contribute
 * with an error below 2^-1074 |x|; larger ones make skewness and kurtosis NaN, as do data that all
 * lie below 2^-400 in magnitude. */
void mlt_shape_add(struct mlt_shape *shape, double x);
void mlt_shape_merge(struct mlt_shape *into, const struct mlt_shape *from);
/* m3 / m2^(3/2) and m4 / m2^2 - 3 with mk the central moments with divisor n (g1 and g2 of Joanes &
 * Gill 1998; SciPy's skew and kurtosis). NaN for n = 0 and for constant data. */
double mlt_shape_skewness(const struct mlt_shape *shape);
double mlt_shape_kurtosis(const struct mlt_shape *shape);

#endif
