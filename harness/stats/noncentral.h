/* The noncentral t distribution. */
#ifndef MLTEST_STATS_NONCENTRAL_H
#define MLTEST_STATS_NONCENTRAL_H

/* P(T <= t) and P(T > t) for T = (Z + shift) / sqrt(chi2_df / df), df >= 0.1 (INFINITY: normal), as
 * the mean of Phi(t S - shift) over S = sqrt(chi2_df / df) by the trapezoidal rule in log S, which
 * converges exponentially (Trefethen & Weideman 2014). Absolute error below 1e-12 for |shift| up to
 * 1e4. NaN outside the domain. Some 30 microseconds for shifts of a few standard errors; more with
 * few degrees of freedom and a large shift. */
double mlt_noncentral_t_cdf(double t, double df, double shift);
double mlt_noncentral_t_sf(double t, double df, double shift);

#endif
