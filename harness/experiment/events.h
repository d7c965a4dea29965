/* Reads an experiment's event log into its units. */
#ifndef MLTEST_EXPERIMENT_EVENTS_H
#define MLTEST_EXPERIMENT_EVENTS_H

#include "harness/experiment/arm_sums.h"
#include "harness/experiment/experiment.h"
#include "harness/experiment/units.h"

/* Where a metric's values stand in the units; SIZE_MAX: it has none. */
struct mlt_metric_slots {
    size_t value, denominator, covariate;
};

struct mlt_events {
    struct mlt_units *units;
    uint64_t rows;
    char sha256[65];                              /* of the file as stored */
    uint64_t missing;                             /* values that counted as 0 */
    uint64_t arm_events[MLT_EXPERIMENT_MAX_ARMS]; /* [arms] */
    struct mlt_metric_slots slots[MLT_EXPERIMENT_MAX_METRICS];
};

/* Reads the file in one pass; without a `variant` every unit is in the first arm. What nothing may
 * be concluded from is MLT_ERR_EVIDENCE, with its place: no rows, an unknown column, a row without
 * unit or arm, an arm that was not declared, a value that is missing (unless missing counts as 0),
 * no number, NaN or infinite, two values of one covariate, units in two arms (unless they are left
 * out; the message counts them). Free with mlt_events_free(). */
bool mlt_events_read(const struct mlt_experiment *experiment, struct mlt_events *out,
                     struct mlt_err *err) MLT_MUST_USE;
void mlt_events_free(struct mlt_events *events);

/* The values that a unit brings to a metric. */
void mlt_events_values(const struct mlt_events *events, size_t metric, size_t unit,
                       double out[MLT_ARM_VALUES]);
/* Adds every unit that is in one arm only to the sums of its arm, sums[arms]. */
void mlt_events_add_up(const struct mlt_events *events, size_t metric, struct mlt_arm_sums *sums);

#endif
