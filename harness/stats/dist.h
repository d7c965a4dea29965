/* Distribution functions and their inverses, own code, no tables read at run time.
 *
 * Accuracy: 1e-12 relative (absolute below 1e-300) against R 4.2 and SciPy 1.10 on the ranges that
 * the tests cover. Arguments outside the domain give NaN. */
#ifndef MLTEST_STATS_DIST_H
#define MLTEST_STATS_DIST_H

/* Standard normal: P(Z <= z) and the z with P(Z <= z) = p (Wichura 1988, AS 241, then one Halley
 * step). */
double mlt_normal_cdf(double z);
double mlt_normal_quantile(double p);

/* Regularised incomplete beta I_x(a, b) (continued fraction, DLMF 8.17.22) and its inverse in x. */
double mlt_beta_cdf(double x, double a, double b);
double mlt_beta_quantile(double p, double a, double b);

/* Student's t with df > 0 degrees of freedom (not necessarily whole). */
double mlt_t_cdf(double t, double df);
double mlt_t_quantile(double p, double df);

#endif
