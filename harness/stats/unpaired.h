/* Tests on two independent samples: means and proportions. (Ranks: mannwhitney.h; distributions:
 * smirnov.h; intervals of p1 - p2: proportion.h.) */
#ifndef MLTEST_STATS_UNPAIRED_H
#define MLTEST_STATS_UNPAIRED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/stats/margin.h"
#include "harness/stats/test.h"

/* A sample reduced to what a t test needs; `variance` has the divisor n - 1. */
struct mlt_sample {
    uint64_t n;
    double mean, variance;
};

/* Of n values: variance NaN for n < 2 or values that are not finite, exactly 0 when all are the
 * same. */
struct mlt_sample mlt_sample_of(const double *x, size_t n);

/* mean(a) - mean(b), to be judged by margin.h: with the degrees of freedom of Welch (1947), or with
 * Student's pooled variance and n - 2. A sample of one row has no variance, so Welch needs two in
 * each; Student needs three rows in all, of which one sample may have one. Where both variances are
 * 0 the se is 0, and there is no test. */
struct mlt_estimate mlt_welch_estimate(struct mlt_sample a, struct mlt_sample b);
struct mlt_estimate mlt_student_estimate(struct mlt_sample a, struct mlt_sample b);

/* z = (p1 - p2 - null) / se. The variance is p (1 - p) (1/n1 + 1/n2) with the pooled p, which is
 * the square root of the chi-squared test (only for null 0), or the sum of both samples' own
 * (Wald). */
struct mlt_test mlt_two_proportions(uint64_t k1, uint64_t n1, uint64_t k2, uint64_t n2, double null,
                                    bool pooled);

#endif
