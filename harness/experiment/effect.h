/* What the files of the analysis share: the arms of one metric, and an effect made from two of
 * them. */
#ifndef MLTEST_EXPERIMENT_EFFECT_H
#define MLTEST_EXPERIMENT_EFFECT_H

#include "harness/experiment/analysis.h"
#include "harness/experiment/arm_sums.h"

/* One metric over all arms: an arm's estimate is a smooth function of its means, a unit's influence
 * on it `weight` . (its values - the arm's means). */
struct mlt_metric_arms {
    const struct mlt_experiment_metric *metric;
    size_t arms;
    struct mlt_arm_moments moments[MLT_EXPERIMENT_MAX_ARMS];
    double weight[MLT_EXPERIMENT_MAX_ARMS][MLT_ARM_VALUES];
    double plain[MLT_EXPERIMENT_MAX_ARMS];          /* estimates without CUPED */
    double plain_variance[MLT_EXPERIMENT_MAX_ARMS]; /* of those */
    double estimate[MLT_EXPERIMENT_MAX_ARMS];
    double variance[MLT_EXPERIMENT_MAX_ARMS]; /* of the arm's own part: y - theta x */
    /* Sum of cubed influences / n^3; of a share without CUPED known at once, else set by the
     * caller. */
    double third[MLT_EXPERIMENT_MAX_ARMS];
    double theta, rho2, shared_variance;            /* NaN, NaN, 0 without CUPED */
    const char *undefined[MLT_EXPERIMENT_MAX_ARMS]; /* why an arm has no estimate; NULL */
};

/* From sums to estimates: all but `third`, NaN where it takes a second look. */
void mlt_metric_arms_of(const struct mlt_experiment_metric *metric, const struct mlt_arm_sums *sums,
                        size_t arms, struct mlt_metric_arms *out);

/* The effect of arm `arm` against arm 0; `result` holds the arms and the allocation check already.
 */
bool mlt_effect_of(const struct mlt_experiment_result *result, const struct mlt_metric_arms *arms,
                   size_t arm, const char *case_id, struct mlt_arena *arena,
                   struct mlt_experiment_effect *out, struct mlt_err *err) MLT_MUST_USE;

#endif
