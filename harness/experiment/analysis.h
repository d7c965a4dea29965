/* From an event log to measurements of every treatment against the control.
 *
 * The unit of analysis is the unit of randomisation: events are summed by unit, and units are
 * independent, so candidate (treatment) and baseline (control) are independent samples.
 *
 * Means: the mean of the units' sums. Proportions: the share of units with any event above 0; its
 * variance is that of the share with one more success and one more failure where that is larger
 * (Agresti & Caffo 2000), because the plain one is 0 when nobody converts. Ratios: sum over sum, by
 * the delta method on units: Var(R) = Var(y - R d) / (n mean(d)^2) (Deng, Knoblich & Lu 2018, KDD).
 *
 * CUPED (Deng, Xu, Kohavi & Walker 2013, WSDM): with a covariate x known before the experiment, the
 * estimate of an arm becomes mean(y) - theta (mean(x of the arm) - mean(x of all units)), theta =
 * cov(y, x) / var(x) pooled within the arms; its variance is that of y - theta x. For a ratio, y is
 * the linearised (y - R d) / mean(d).
 *
 * Differences have the degrees of freedom of Welch and Satterthwaite; as the judge's, each end of
 * their interval is the wider one of the t interval and of Hall's (1992), which knows the skewness.
 * The covariance of the two estimates is 0 without CUPED and theta^2 var(x) / N with it, from the
 * mean of x over all N units that both are adjusted to; it cancels in the difference. */
#ifndef MLTEST_EXPERIMENT_ANALYSIS_H
#define MLTEST_EXPERIMENT_ANALYSIS_H

#include "harness/experiment/allocation.h"
#include "harness/experiment/experiment.h"

struct mlt_experiment_arm {
    const char *name;
    uint64_t units, events;
    double share; /* planned */
};

/* One metric, one treatment against the control. NaN: not known. Intervals are (1 - 2 alpha). */
struct mlt_experiment_effect {
    const struct mlt_experiment_metric *metric;
    size_t arm; /* of the treatment */
    /* Everything a judge needs; `slice` names the treatment when there is more than one. */
    struct mlt_measurement m;
    double difference, se, lo, hi;
    double p; /* two-sided */
    /* difference / |control|, by Fieller (1954); no interval when the control may be 0. */
    double lift, lift_lo, lift_hi;
    /* Without CUPED the estimates themselves. */
    double plain_control, plain_treatment;
    double theta, rho2;         /* CUPED: coefficient and squared correlation within the arms */
    double saved;               /* CUPED: by what share the variance of the difference is smaller */
    double balance_p;           /* CUPED: Welch test of equal means of the covariate */
    double skewness;            /* of the distribution of the difference: 0 is normal */
    const char *const *warning; /* [warnings] whole sentences */
    size_t warnings;
};

struct mlt_experiment_result {
    const struct mlt_experiment *experiment;
    double alpha;
    struct mlt_experiment_arm arm[MLT_EXPERIMENT_MAX_ARMS];
    struct mlt_allocation_check allocation;
    const char *invalid; /* why nothing may be concluded from any effect; NULL */
    char sha256[65];     /* of the event log as stored */
    uint64_t rows, units, mixed, missing;
    struct mlt_experiment_effect *effect; /* by metric, then treatment */
    size_t effects;
};

/* Reads and analyses. `case_id` and the experiment are lent to the result; all else lives in the
 * arena. Errors are those of mlt_experiment_check() and mlt_events_read(); weak evidence (an arm
 * without units, other shares than planned, no spread) is no error: the measurements say so and
 * cannot pass. */
bool mlt_experiment_analyze(const struct mlt_experiment *experiment, const char *case_id,
                            double alpha, struct mlt_arena *arena,
                            struct mlt_experiment_result *out, struct mlt_err *err) MLT_MUST_USE;

/* (candidate - baseline) / |baseline| of two estimates with this covariance, and its interval
 * (Fieller 1954) for ends that lie `below` and `above` standard errors from the estimate. NaN when
 * the baseline may be 0. */
struct mlt_lift {
    double lift, lo, hi;
};
struct mlt_lift mlt_lift_of(const struct mlt_measurement *m, double below, double above);

#endif
