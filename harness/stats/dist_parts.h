/* What the distributions share; for the files dist_*.c only. */
#ifndef MLTEST_STATS_DIST_PARTS_H
#define MLTEST_STATS_DIST_PARTS_H

#include <stdbool.h>

/* log Gamma(z) - (z - 1/2) log z + z - log(2 pi) / 2, for z > 0. */
double mlt_stirling_error(double z);
/* log Gamma(1 + x) for -1/2 <= x <= 3/2, to relative precision around its zeros at 0 and 1. */
double mlt_lgamma_near_one(double x);
/* x log(x / m) + m - x without cancellation (Loader 2000, "Fast and accurate computation of
 * binomial probabilities"); x, m >= 0. */
double mlt_deviance(double x, double m);
/* P(Z > z) for z >= 0. */
double mlt_normal_tail(double z);

/* I_x(a, b) with y = 1 - x, both given because the smaller one carries the digits. */
double mlt_beta_tail(double x, double y, double a, double b);
/* x^a y^b / B(a, b). */
double mlt_beta_power(double x, double y, double a, double b);

/* A monotone function of u = log x to be made zero, with its slope. */
struct mlt_curve {
    double (*value)(const struct mlt_curve *self, double u, double *slope);
    double a, b, target; /* shape; log of the probability aimed at */
    bool upper;          /* the tail beyond, else the one below */
};

/* The x = exp(u) at which the curve is zero: Newton's method from u, kept inside a bracket [lo, hi]
 * on which the curve changes sign. */
double mlt_curve_solve(const struct mlt_curve *curve, double u, double lo, double hi);
/* What `value` returns, from a tail and d tail / d u >= 0, both for the side that `upper` says. */
double mlt_curve_value(const struct mlt_curve *curve, double tail, double density, double *slope);

/* The smallest whole k >= 0 with P(X <= k) >= p for a distribution function of k. */
struct mlt_discrete {
    double (*cdf)(const struct mlt_discrete *self, double k);
    double (*sf)(const struct mlt_discrete *self, double k);
    double a, b;
};
double mlt_discrete_quantile(const struct mlt_discrete *self, double p, double start, double step,
                             double last);

#endif
