/* Intervals and one-sided p-values from bootstrap replicates.
 *
 * Replicates are given in any order; NaN is an undefined one: it is left out and counted, and above
 * 5 % nothing is concluded. Quantiles interpolate at (B + 1) q (Hyndman & Fan 1996, definition 6;
 * Davison & Hinkley 1997, 2.4.3). With these, "the upper end of the (1 - 2 alpha) interval is below
 * m" and "p_at_least(m) < alpha" are the same statement up to interpolation. */
#ifndef MLTEST_STATS_BOOTSTRAP_INTERVAL_H
#define MLTEST_STATS_BOOTSTRAP_INTERVAL_H

#include <stddef.h>
#include <stdint.h>

#include "harness/stats/interval.h"
#include "mltest/err.h"

enum mlt_bootstrap_kind {
    MLT_BOOTSTRAP_PERCENTILE, /* quantiles of the replicates (Efron 1979) */
    MLT_BOOTSTRAP_BASIC,      /* of 2 estimate - replicate (Davison & Hinkley 1997, 5.2) */
    MLT_BOOTSTRAP_BCA,        /* corrected for bias and skewness (Efron 1987) */
    MLT_BOOTSTRAP_STUDENTISED /* of estimate - error x (replicate - estimate) / its error */
};

/* What belongs to the replicates. Only BCA reads `acceleration`, only STUDENTISED the errors. */
struct mlt_bootstrap_basis {
    enum mlt_bootstrap_kind kind;
    double estimate;
    double acceleration;
    double standard_error;
    const double
        *replicate_error; /* one per replicate; a replicate without one (> 0) is undefined */
};

struct mlt_bootstrap_result {
    struct mlt_interval interval; /* (1 - 2 alpha), each tail alpha */
    /* One-sided p-values (k + 1) / (B + 1) of "the truth is >= margin" (k replicates at or above
     * it) and of "the truth is <= margin"; BCA puts them through its correction, inverted. */
    double p_at_least, p_at_most;
    /* Where the p-value of endlessly many replicates lies: Clopper & Pearson (1934) for k of B,
     * each tail MLT_BOOTSTRAP_MONTE_CARLO (with BCA: bias and acceleration taken as known). */
    struct mlt_interval p_at_least_range, p_at_most_range;
    size_t replicates, undefined;
    /* NULL, or why nothing is concluded; all figures but the counts are NaN then. */
    const char *why;
    bool wants_more; /* and more replicates may change that */
};

#define MLT_BOOTSTRAP_MONTE_CARLO 5e-4

/* Judges n replicates. MLT_ERR_INFRA when memory is out, MLT_ERR_USAGE unless 0 < alpha < 1/2; what
 * the replicates cannot show is told by `why`. */
bool mlt_bootstrap_judge(const struct mlt_bootstrap_basis *basis, const double *replicate, size_t n,
                         double alpha, double margin, struct mlt_bootstrap_result *out,
                         struct mlt_err *err) MLT_MUST_USE;

/* The acceleration of BCa from n influence values with mean 0: sum u^3 / (6 (sum u^2)^1.5) (Efron
 * 1987). NaN when they are all 0 or one is not finite. */
double mlt_bootstrap_acceleration(const double *influence, size_t n);
/* The same from estimates that leave out one row or one block of rows each. */
double mlt_bootstrap_acceleration_jackknife(const double *left_out, size_t n);

#endif
