/* Planning: how likely a comparison is to show what is true, how many rows it needs, what it can
 * detect.
 *
 * Conventions. `alpha` is the level of one tail; a two-sided test at level a has alpha = a / 2, and
 * the chance of showing an effect on the wrong side is left out (R's power.t.test with strict =
 * FALSE). `distance` is how far the truth lies on the shown side of the value tested against: the
 * effect itself for a difference, margin - harm for non-inferiority; at 0 or below no number
 * of rows suffices. Sizes are the least whole n whose power is reached; INFINITY when there is none
 * below 2^53; NaN for arguments outside their domain (alpha in (0, 1/2), power in (0, 1), sd > 0,
 * p in [0, 1]). */
#ifndef MLTEST_STATS_POWER_H
#define MLTEST_STATS_POWER_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/stats/margin.h"

struct mlt_sizing {
    double alpha;
    double power;     /* the chance wanted; only the sizes look at it */
    double ratio;     /* rows of the second sample per row of the first (1); pairs ignore it */
    double inflation; /* factor of every variance (1): mlt_design_effect, mlt_covariate_factor */
};

/* One-sided t test of an estimate with this se: P(T > t(1 - alpha)) for the noncentral T with `df`
 * (INFINITY: normal) and shift distance / se. */
double mlt_shift_power(double distance, double se, double df, double alpha);
/* Two one-sided tests where the truth lies `above_lo` over the lower and `below_hi` under the upper
 * bound: the sum of both powers less 1, at least 0, a lower bound of the bivariate value (Phillips
 * 1990) that is close where it is large. */
double mlt_equivalence_power(double above_lo, double below_hi, double se, double df, double alpha);
/* The distance that is shown with chance `power` at this se; NaN if it is beyond 1e4 times se. */
double mlt_detectable_effect(double se, double df, double alpha, double power);

/* Rows that an inconclusive comparison needs in all for a verdict about `bound` if the truth is
 * what was estimated, with `rows` seen so far: se shrinks with the root of the rows, and df + 1
 * (rows or clusters) grows with them, from 2 on. INFINITY when the estimate sits at the bound. */
double mlt_rows_needed(struct mlt_estimate seen, uint64_t rows, double bound, double alpha,
                       double power);

/* Two independent means, n and ratio n rows: Welch's test, with the degrees of freedom that the
 * true deviations give (for sd1 = sd2 and ratio 1 that is R's power.t.test). */
double mlt_means_power(const struct mlt_sizing *s, double sd1, double sd2, double distance,
                       double n);
double mlt_means_size(const struct mlt_sizing *s, double sd1, double sd2, double distance);
/* Their equivalence within bounds. */
double mlt_means_equivalence_power(const struct mlt_sizing *s, double sd1, double sd2,
                                   double above_lo, double below_hi, double n);
double mlt_means_equivalence_size(const struct mlt_sizing *s, double sd1, double sd2,
                                  double above_lo, double below_hi);

/* The mean of n paired differences with deviation sd: the paired t test. */
double mlt_pairs_power(const struct mlt_sizing *s, double sd, double distance, double n);
double mlt_pairs_size(const struct mlt_sizing *s, double sd, double distance);
double mlt_pairs_equivalence_power(const struct mlt_sizing *s, double sd, double above_lo,
                                   double below_hi, double n);
double mlt_pairs_equivalence_size(const struct mlt_sizing *s, double sd, double above_lo,
                                  double below_hi);
/* The sd of a paired difference of shares, from the chances of each kind of discordant row: with it
 * the functions above plan accuracy on the same rows. */
double mlt_discordant_sd(double only_first, double only_second);

/* p1 - p2 of two independent shares against `bound`, shown above it (exchange the samples to show
 * it below): normal approximation, variance under the null from the pooled share (only for bound 0;
 * R's power.prop.test) or unpooled as under the alternative (statsmodels' NormalIndPower). */
double mlt_proportions_power(const struct mlt_sizing *s, double p1, double p2, double bound,
                             bool pooled, double n);
double mlt_proportions_size(const struct mlt_sizing *s, double p1, double p2, double bound,
                            bool pooled);
/* Equivalence of the two shares within (lo, hi), unpooled. */
double mlt_proportions_equivalence_power(const struct mlt_sizing *s, double p1, double p2,
                                         double lo, double hi, double n);
double mlt_proportions_equivalence_size(const struct mlt_sizing *s, double p1, double p2, double lo,
                                        double hi);

/* Variance of a mean of clusters relative to as many independent rows: 1 + ((1 + cv^2) size - 1)
 * icc (Eldridge, Ashby & Kerry 2006), for mean cluster size, its coefficient of variation, and the
 * intra-class correlation. */
double mlt_design_effect(double size, double cv, double icc);
/* What is left of the variance after a covariate correlated by rho (CUPED; Deng et al. 2013): 1 -
 * rho^2. */
double mlt_covariate_factor(double rho);
/* The level of each of m hypotheses at which one effect is found for sure by Bonferroni and so by
 * Holm, whose first step it is: alpha / m. */
double mlt_divided_alpha(double alpha, uint64_t m);

#endif
