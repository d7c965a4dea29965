/* How far two training data sets lie apart, by their profiles.
 *
 * Each column's Population Stability Index (Siddiqi 2006, Credit Risk Scorecards):
 *   PSI = sum over bins of (p - q) ln(p / q),
 * p and q the shares of the older and the newer data in the older data's bins, missing values a bin
 * of their own; half a row is added to every bin, so that an empty one has a logarithm. The
 * convention: below 0.1 little, above 0.25 much.
 *
 * Two samples of one population have a PSI too: near chi-squared of bins - 1 degrees of freedom
 * times (1/n + 1/m), whose mean is (bins - 1)(1/n + 1/m) (Yurdakul 2018, Statistical Properties of
 * Population Stability Index). What 999 of 1,000 such pairs stay below is the `noise`.
 */
#ifndef MLTEST_COMPAT_DRIFT_H
#define MLTEST_COMPAT_DRIFT_H

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/domain/data_profile.h"
#include "mltest/err.h"

#define MLT_DRIFT_LIMIT 0.25

enum mlt_drift {
    MLT_DRIFT_UNKNOWN = 0, /* cannot be told: a column without a counterpart, or too few rows */
    MLT_DRIFT_LITTLE,      /* no column's PSI is above the limit */
    MLT_DRIFT_SUBSTANTIAL, /* a column's PSI less its noise is above the limit */
};

struct mlt_drift_column {
    const char *name;
    enum mlt_drift verdict;
    double psi, noise; /* NaN where it cannot be compared */
    const char *why;   /* MLT_DRIFT_UNKNOWN: "it is gone" */
};

struct mlt_drift_report {
    enum mlt_drift verdict;           /* SUBSTANTIAL beats UNKNOWN beats LITTLE */
    double limit;                     /* the older profile's, else MLT_DRIFT_LIMIT */
    struct mlt_drift_column *columns; /* [count] of the older data: the worst first */
    size_t count;
    size_t added; /* columns of the newer data alone: no verdict is taken from them */
};

/* Columns live in the arena. */
bool mlt_drift_compare(const struct mlt_data_profile *from, const struct mlt_data_profile *to,
                       struct mlt_arena *arena, struct mlt_drift_report *out,
                       struct mlt_err *err) MLT_MUST_USE;
/* PSI and noise of one column with these bins; `bins` at least 1. NaN when either has no rows. */
double mlt_drift_psi(const uint64_t *from, const uint64_t *to, size_t bins, double *noise);

/* "price1 PSI 0.412 (noise 0.001), deal PSI 0.31 …; 12 of 15 columns below 0.25": the worst columns
 * with their numbers. */
void mlt_drift_print(const struct mlt_drift_report *report, struct mlt_buf *out);

#endif
