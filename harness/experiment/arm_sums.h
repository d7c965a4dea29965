/* What one arm of an experiment adds up to, for one metric.
 *
 * Each unit brings three values: y (the metric, or the numerator of a ratio), d (the denominator; 1
 * where there is none) and x (a covariate; 0 where there is none). The sums of the values and of
 * their products are exact, so that merging is associative and commutative to the bit. A struct of
 * zeros has seen nothing. */
#ifndef MLTEST_EXPERIMENT_ARM_SUMS_H
#define MLTEST_EXPERIMENT_ARM_SUMS_H

#include <stdint.h>

#include "harness/stats/exact.h"
#include "harness/stats/wide.h"

enum mlt_arm_value { MLT_ARM_Y, MLT_ARM_D, MLT_ARM_X, MLT_ARM_VALUES };

struct mlt_arm_sums {
    uint64_t units;
    struct mlt_exact sum[MLT_ARM_VALUES];
    struct mlt_exact product[MLT_ARM_VALUES][MLT_ARM_VALUES]; /* [i][j] for j >= i only */
};

void mlt_arm_sums_add(struct mlt_arm_sums *sums, const double value[MLT_ARM_VALUES]);
void mlt_arm_sums_merge(struct mlt_arm_sums *into, const struct mlt_arm_sums *from);

/* Means, and sums of products of deviations from the means; rounded once. NaN for no units. */
struct mlt_arm_moments {
    uint64_t units;
    double mean[MLT_ARM_VALUES];
    struct mlt_wide deviation[MLT_ARM_VALUES][MLT_ARM_VALUES]; /* symmetric */
};
void mlt_arm_moments_of(const struct mlt_arm_sums *sums, struct mlt_arm_moments *out);

/* The sum over units of (a . v)(b . v), v the deviations of a unit's values from their means: the
 * deviations of linear combinations, for delta methods and regressions. What is no more than the
 * rounding of its parts is 0. */
struct mlt_wide mlt_arm_moments_form(const struct mlt_arm_moments *moments,
                                     const double a[MLT_ARM_VALUES],
                                     const double b[MLT_ARM_VALUES]);

#endif
