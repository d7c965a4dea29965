/* An experiment with randomised arms, as it was declared: who is a unit, which arms there are, what
 * is measured. */
#ifndef MLTEST_EXPERIMENT_EXPERIMENT_H
#define MLTEST_EXPERIMENT_EXPERIMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/arena.h"
#include "harness/domain/measurement.h"
#include "mltest/err.h"

enum {
    MLT_EXPERIMENT_MAX_ARMS = 20,
    MLT_EXPERIMENT_MAX_METRICS = 80,
    /* In the smaller arm; below it no interval is trusted. */
    MLT_EXPERIMENT_MIN_UNITS = 20,
};

enum mlt_experiment_kind {
    MLT_EXPERIMENT_MEAN = 0,   /* mean over units of the unit's sum */
    MLT_EXPERIMENT_PROPORTION, /* share of units with any event whose value is above 0 */
    MLT_EXPERIMENT_RATIO, /* sum of one column over sum of another, over all units of the arm */
};

struct mlt_experiment_metric {
    const char *text; /* as written */
    const char *name;
    enum mlt_experiment_kind kind;
    const char *value;       /* column; the numerator of a ratio */
    const char *denominator; /* column; NULL unless a ratio */
    const char *covariate;   /* column of a pre-period value, for CUPED; NULL: none */
    enum mlt_direction direction;
    bool direction_declared; /* else higher is taken to be better */
};

/* Reads
 *
 *   NAME = mean(COLUMN) | proportion(COLUMN) | ratio(COLUMN / COLUMN)
 *          [cuped(COLUMN)] [higher | lower]
 *
 * into the arena. A fault is MLT_ERR_USAGE with the column and the nearest right word. */
bool mlt_experiment_metric_parse(const char *text, struct mlt_arena *arena,
                                 struct mlt_experiment_metric *out,
                                 struct mlt_err *err) MLT_MUST_USE;
const char *mlt_experiment_kind_name(enum mlt_experiment_kind kind); /* "mean", … */
/* Whether a metric's name speaks of what is usually better when it is lower ("latency_ms",
 * "errors", "bounce_rate", "churn", …): then a judge must not guess. */
bool mlt_experiment_metric_may_be_lower(const char *name);

struct mlt_experiment {
    const char *events;       /* file: one row per event, or per unit */
    const char *unit;         /* column: who was randomised */
    const char *variant;      /* column: the arm the unit was in */
    const char *const *arm;   /* [arms] values of `variant`; the first is the control */
    const double *allocation; /* [arms] planned shares, in any unit; NULL: equal */
    size_t arms;
    const struct mlt_experiment_metric *metric;
    size_t metrics;
    bool exclude_mixed;   /* units seen in two arms are left out and counted; default: an error */
    bool missing_is_zero; /* a missing value counts as 0, counted; default: an error */
};

/* Reads "50:50", "90/10", "1:1:2" into `arms` positive shares. */
bool mlt_experiment_allocation_parse(const char *text, size_t arms, struct mlt_arena *arena,
                                     const double **out, struct mlt_err *err) MLT_MUST_USE;
/* What every experiment must be: two arms or more with different names, one metric or more with
 * different names, positive shares. MLT_ERR_USAGE. */
bool mlt_experiment_check(const struct mlt_experiment *experiment,
                          struct mlt_err *err) MLT_MUST_USE;

#endif
