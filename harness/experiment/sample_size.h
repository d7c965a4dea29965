/* Planning an experiment: how many units for an effect, what effect some units can show.
 *
 * What is planned is what the analysis does: the difference of treatment and control, one tail at
 * `alpha`, Welch's t for means, unpooled variances for shares (harness/stats/power.h has the
 * formulas). Both arms are taken to have the deviation of the control; the variance of a share
 * follows from the share. With a margin the question is non-inferiority: the treatment is shown not
 * to be worse by the margin, while in truth it is better by `effect`, which may be 0. A relative
 * margin or effect is turned into an absolute one by the baseline. */
#ifndef MLTEST_EXPERIMENT_SAMPLE_SIZE_H
#define MLTEST_EXPERIMENT_SAMPLE_SIZE_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/base/arena.h"
#include "harness/experiment/experiment.h"

struct mlt_sample_question {
    bool is_share;    /* the baseline is a share of units; else a mean */
    double baseline;  /* of the control */
    double deviation; /* of a mean, per unit */
    double alpha;     /* of the one tail, after any division over metrics */
    double power;
    double control,
        treatment; /* shares of all units, between 0 and 1; their sum is 1 for two arms */
    double factor; /* of every variance: 1 - rho^2 with CUPED, else 1 */
    double margin; /* absolute; 0: superiority */
};

/* All units (of all arms) that show `effect` (absolute; without a margin of either sign) with the
 * power wanted. INFINITY when none suffice; NaN outside the domain: a share that leaves 0 to 1, no
 * deviation. */
double mlt_sample_units(const struct mlt_sample_question *question, double effect);
/* The chance that `units` show it. */
double mlt_sample_power(const struct mlt_sample_question *question, double effect, double units);
/* The smallest effect above 0 that `units` show with the power wanted; with is_margin the smallest
 * margin within which they show non-inferiority of an equal treatment. NaN when there is none. */
double mlt_sample_detectable(const struct mlt_sample_question *question, bool is_margin,
                             double units);

/* What a log of the present says about one metric: all its units, whichever arm they are in; the
 * experiment's `variant` and arms are not looked at. A metric without spread is MLT_ERR_EVIDENCE.
 */
struct mlt_sample_baseline {
    uint64_t units;
    double estimate, deviation; /* per unit; of a ratio, of its linearised form */
    double rho2;                /* squared correlation with the metric's covariate; 0 without one */
};
bool mlt_sample_baseline_read(const struct mlt_experiment *experiment,
                              struct mlt_sample_baseline *out, struct mlt_err *err) MLT_MUST_USE;

#endif
