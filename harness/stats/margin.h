/* An estimate with its standard error, judged against a bound: t tests, non-inferiority,
 * equivalence.
 *
 * `df` is INFINITY for a normal estimate. Where se is 0 or not a number, or df is not positive,
 * everything is NaN: no spread is no evidence. `alpha` is the level of one tail, in (0, 1/2). */
#ifndef MLTEST_STATS_MARGIN_H
#define MLTEST_STATS_MARGIN_H

#include "harness/stats/interval.h"
#include "harness/stats/test.h"

struct mlt_estimate {
    double value, se, df;
};

/* The (1 - 2 alpha) interval value +- t(1 - alpha, df) se. */
struct mlt_interval mlt_estimate_interval(struct mlt_estimate e, double alpha);
/* p-values of "the truth is at most `bound`" and "the truth is at least `bound`". */
double mlt_estimate_p_above(struct mlt_estimate e, double bound);
double mlt_estimate_p_below(struct mlt_estimate e, double bound);
/* Both of them and the two-sided one, with t = (value - null) / se. */
struct mlt_test mlt_estimate_test(struct mlt_estimate e, double null);

/* Non-inferiority of a harm (positive is worse): p of "the harm is at least `margin`", margin > 0.
 * Below alpha exactly where the upper end of the (1 - 2 alpha) interval is below the margin. */
double mlt_noninferiority_p(struct mlt_estimate harm, double margin);
/* Equivalence by two one-sided tests (Schuirmann 1987): p of "the truth is outside (lo, hi)", the
 * larger of both. Below alpha exactly where the (1 - 2 alpha) interval lies inside. NaN unless
 * lo < hi. */
double mlt_equivalence_p(struct mlt_estimate e, double lo, double hi);
/* The smallest m for which equivalence within (-m, m) holds at alpha. */
double mlt_equivalence_margin(struct mlt_estimate e, double alpha);

#endif
