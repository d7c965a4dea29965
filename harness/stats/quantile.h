/* Order statistics. */
#ifndef MLTEST_STATS_QUANTILE_H
#define MLTEST_STATS_QUANTILE_H

#include <stddef.h>

/* Sorts ascending in place (NaN must not occur). */
void mlt_sort(double *x, size_t n);
/* The nearest-rank percentile of sorted values (Hyndman & Fan 1996, definition 1): the smallest
 * observed value with at least a share q in (0, 1] at or below it. NaN for n = 0. */
double mlt_quantile_sorted(const double *sorted, size_t n, double q);
/* Midranks from 1 (ties share their mean rank) of x into rank. False when memory is out. */
_Bool mlt_midranks(const double *x, size_t n, double *rank);

#endif
