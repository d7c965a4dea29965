/* exp and log that give the same bits on every machine.
 *
 * glibc picks another code path where the processor has fused multiply-add, and its last bit then
 * differs; what decides a gate must not. These use additions, multiplications and divisions in one
 * order only. Error below 2 ulp. */
#ifndef MLTEST_STATS_ELEMENTARY_H
#define MLTEST_STATS_ELEMENTARY_H

#include <stddef.h>

double mlt_exp(double x);
/* Natural logarithm; -infinity at 0, NaN below. */
double mlt_log(double x);
/* out[i] = mlt_log(x[i]) to the bit, several at a time where the processor can; out may be x. */
void mlt_log_n(const double *x, double *out, size_t n);
/* log(1 + x), accurate near 0. */
double mlt_log1p(double x);
/* exp(x) - 1, accurate near 0. */
double mlt_expm1(double x);

#endif
