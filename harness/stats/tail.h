/* The largest values of a sample, and how fast they fall off. */
#ifndef MLTEST_STATS_TAIL_H
#define MLTEST_STATS_TAIL_H

#include <stddef.h>
#include <stdint.h>

enum { MLT_LARGEST = 224 };

/* The MLT_LARGEST largest values seen: the same ones in any order and any division into parts.
 * Starts zeroed. */
struct mlt_largest {
    uint64_t count;            /* values kept */
    double value[MLT_LARGEST]; /* a heap, the least first */
};

/* Adds a value so many times; NaN is passed over. */
void mlt_largest_add(struct mlt_largest *largest, double value, uint64_t times);
void mlt_largest_merge(struct mlt_largest *into, const struct mlt_largest *from);
/* The values kept, in descending order; returns how many. */
size_t mlt_largest_sort(const struct mlt_largest *largest, double out[MLT_LARGEST]);

/* Hill's estimate (1975, Annals of Statistics 3:1163) of the index a of a tail that falls off as
 * x^-a: the reciprocal of the mean of log(x_i / x_k+1) over the k largest of k + 1 values given in
 * descending order. A law has a mean where a > 1, and its mean a standard error where a > 2. NaN
 * when k is 0, a value is infinite, or x_k+1 is not above 0; infinite where all are the same. */
double mlt_tail_index(const double *descending, size_t k);

#endif
