/* Distribution functions and their inverses, own code, no tables read at run time.
 *
 * `cdf` is P(X <= x); `sf` is P(X > x), computed by itself and not as 1 - cdf, so that it keeps its
 * digits where it is tiny; `quantile` is the x with P(X <= x) = p, for whole-numbered X the
 * smallest one with P(X <= x) >= p (within 64 units of rounding, so that a p which is a step of the
 * distribution gives that step).
 *
 * Accuracy: 1e-12 relative (absolute below 1e-300) against mpmath, R 4.2 and SciPy 1.10 on the
 * ranges that the tests cover: tails to 1e-300, parameters 1e-3 … 1e6; where one unit in the last
 * place of an argument moves the result by more than that, some such units. Arguments outside the
 * domain give NaN. */
#ifndef MLTEST_STATS_DIST_H
#define MLTEST_STATS_DIST_H

/* Standard normal: P(Z <= z) and the z with P(Z <= z) = p (Wichura 1988, AS 241, then one Halley
 * step). */
double mlt_normal_cdf(double z);
double mlt_normal_sf(double z);
double mlt_normal_density(double z);
double mlt_normal_quantile(double p);

/* log Gamma(x) for x > 0. */
double mlt_lgamma(double x);

/* Regularised incomplete beta I_x(a, b) (continued fraction, DLMF 8.17.22) and its inverse in x. */
double mlt_beta_cdf(double x, double a, double b);
double mlt_beta_sf(double x, double a, double b);
double mlt_beta_quantile(double p, double a, double b);

/* Student's t with df > 0 degrees of freedom (not necessarily whole, may be infinite). */
double mlt_t_cdf(double t, double df);
double mlt_t_sf(double t, double df);
double mlt_t_quantile(double p, double df);

/* F with d1, d2 > 0 degrees of freedom (not necessarily whole; d2 may be infinite). */
double mlt_f_cdf(double f, double d1, double d2);
double mlt_f_sf(double f, double d1, double d2);
double mlt_f_quantile(double p, double d1, double d2);

/* Gamma: the regularised incomplete gamma functions P(shape, x / scale) and Q(shape, x / scale)
 * (series and continued fraction, DLMF 8.11.4 and 8.9.2; Temme's expansion, DLMF 8.12, for shapes
 * of 1e7 and more). */
double mlt_gamma_cdf(double x, double shape, double scale);
double mlt_gamma_sf(double x, double shape, double scale);
double mlt_gamma_quantile(double p, double shape, double scale);

/* Chi-squared with df > 0 degrees of freedom (not necessarily whole). */
double mlt_chi2_cdf(double x, double df);
double mlt_chi2_sf(double x, double df);
double mlt_chi2_quantile(double p, double df);

/* Number of successes k in n trials (both whole, below 2^53) of probability p each. */
double mlt_binomial_mass(double k, double n, double p);
double mlt_binomial_cdf(double k, double n, double p);
double mlt_binomial_sf(double k, double n, double p);
double mlt_binomial_quantile(double q, double n, double p);

/* Poisson counts. The quantile of 1 is infinite. */
double mlt_poisson_mass(double k, double mean);
double mlt_poisson_cdf(double k, double mean);
double mlt_poisson_sf(double k, double mean);
double mlt_poisson_quantile(double p, double mean);

#endif
