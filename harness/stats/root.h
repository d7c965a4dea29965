/* Where a function of one variable crosses zero. */
#ifndef MLTEST_STATS_ROOT_H
#define MLTEST_STATS_ROOT_H

/* The x in [lo, hi] with f(x, arg) = 0, to two units in the last place of x (1e-30 near zero), by
 * Chandrupatla's method (1997, Advances in Engineering Software 28:145). f is continuous; it may be
 * infinite. NaN when its values at lo and hi have the same sign or are NaN. */
double mlt_root_find(double (*f)(double x, const void *arg), const void *arg, double lo, double hi);

#endif
