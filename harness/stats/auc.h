/* The area under the ROC curve by counting pairs in integers.
 *
 * Doubled pairs D = sum over positives of 2 (negatives with a lower score) + (negatives with the
 * same score), so that ties count a half (Mann & Whitney 1947; Bamber 1975); AUC = D / (2 P N),
 * rounded once. A higher score means "rather positive". No path, thread count or order of rows
 * changes a bit. With one class only it is undefined: NaN, never 0.5. */
#ifndef MLTEST_STATS_AUC_H
#define MLTEST_STATS_AUC_H

#include <stddef.h>
#include <stdint.h>

#include "mltest/err.h"

struct mlt_auc_counts {
    uint64_t doubled;
    uint64_t positives, negatives;
};

/* Counts n rows (below 2^32); positive[i] is 0 or not. Takes 8 bytes a row while it runs, up to 16
 * where most scores lie in a small part of their range. MLT_ERR_EVIDENCE for a NaN score (infinite
 * ones have their place in the order). */
bool mlt_auc_count(const double *score, const uint8_t *positive, size_t n, unsigned threads,
                   struct mlt_auc_counts *out, struct mlt_err *err) MLT_MUST_USE;

/* The quotient, correctly rounded; NaN with one class only. */
double mlt_auc_value(const struct mlt_auc_counts *counts);
/* NULL, or why there is no value. */
const char *mlt_auc_undefined(const struct mlt_auc_counts *counts);

/* num / den to nearest, ties to even; NaN for den = 0; num <= den < 2^127. */
double mlt_auc_quotient(unsigned __int128 num, unsigned __int128 den);

/* With a weight >= 0 per row: pairs weigh the product of their weights.
 *
 * Weights become multiples of *quantum: 1 where all are whole numbers up to 2^31 (frequencies:
 * nothing is lost), else a power of two that leaves the largest 31 bits, each weight being off by
 * at most half a quantum. From there on sums and products are exact (128 bits) and the result is
 * rounded once. `out_positive` and `out_negative` (may be NULL) are the weight sums in quanta. NaN
 * when a class has no weight. MLT_ERR_EVIDENCE for a NaN score, a negative or non-finite weight. n
 * below 2^29. */
bool mlt_auc_weighted(const double *score, const uint8_t *positive, const double *weight, size_t n,
                      double *auc, double *quantum, uint64_t *out_positive, uint64_t *out_negative,
                      struct mlt_err *err) MLT_MUST_USE;

#endif
