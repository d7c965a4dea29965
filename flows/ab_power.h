/* `mltest ab power`: an experiment planned before it runs. */
#ifndef MLTEST_FLOWS_AB_POWER_H
#define MLTEST_FLOWS_AB_POWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "mltest/err.h"

/* Numbers are NaN where they were not given. */
struct mlt_ab_power_request {
    double rate;            /* of the control, or: */
    double mean, deviation; /* of the control, or: */
    const char *from;       /* an event log of the present, with */
    const char *unit, *metric;
    bool missing_is_zero;
    const char *const *mde; /* "2%" of the baseline, or "0.002": effects to be shown */
    size_t mdes;
    const double *units; /* of all arms together: what can be had */
    size_t units_count;
    const char *margin;     /* "2%" or "0.002": non-inferiority instead of superiority; NULL */
    const char *allocation; /* "50:50"; NULL: equal, two arms */
    double alpha, power;
    bool two_sided;
    uint64_t metrics; /* that share alpha */
    double rho;       /* correlation with a covariate, for CUPED */
    double per_day;
    const char *format; /* "console" (NULL) or "json" */
    bool color;
    unsigned width;
};

/* Effects without units: how many units each needs. Units without effects: the smallest effect
 * (with a margin: the smallest margin) they show. Both: the power of each pair. Neither, and no
 * margin either, is MLT_ERR_USAGE, as is what makes no sense. */
bool mlt_flow_ab_power(const struct mlt_ab_power_request *request, struct mlt_arena *arena,
                       struct mlt_buf *out, struct mlt_err *err) MLT_MUST_USE;

#endif
