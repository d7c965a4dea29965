/* Order statistics. */
#ifndef MLTEST_STATS_QUANTILE_H
#define MLTEST_STATS_QUANTILE_H

#include <stdbool.h>
#include <stddef.h>

/* Sorts ascending in place, -0 as 0 (NaN must not occur). */
void mlt_sort(double *x, size_t n);
/* The nearest-rank percentile of sorted values (Hyndman & Fan 1996, definition 1): the smallest
 * observed value with at least a share q in (0, 1] at or below it. NaN for n = 0. */
double mlt_quantile_sorted(const double *sorted, size_t n, double q);
/* The quantile of definition 1 … 9 of Hyndman & Fan (1996), as R's quantile(type = ): 1 to 3 are
 * steps, 4 to 9 interpolate; 7 is the default of R and NumPy, 8 is what the paper recommends. q in
 * [0, 1]; NaN for n = 0 or another q or type. */
double mlt_quantile_sorted_type(const double *sorted, size_t n, double q, int type);
/* Midranks from 1 (ties share their mean rank) of x into rank; NaN must not occur. False when
 * memory is out or n > UINT32_MAX. */
bool mlt_midranks(const double *x, size_t n, double *rank);

#endif
