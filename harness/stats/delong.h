/* Variance of one AUC and covariance of two on the same rows (DeLong, DeLong & Clarke-Pearson
 * 1988), from ranks (Sun & Xu 2014, "Fast implementation of DeLong's algorithm").
 *
 * The placement of a row is the share of the other class on its right side, ties half. Kept as
 * doubled counts they are integers, and so are all sums and products of them: nothing is rounded
 * before the last division, a variance is 0 exactly when all placements agree, and the order of
 * rows does not matter. */
#ifndef MLTEST_STATS_DELONG_H
#define MLTEST_STATS_DELONG_H

#include <stddef.h>
#include <stdint.h>

#include "harness/stats/interval.h"
#include "mltest/err.h"

struct mlt_placements {
    size_t n;
    uint64_t positives, negatives;
    /* Per row, in the rows' order. Positive: 2 (negatives with a lower score) + (those with the
     * same). Negative: 2 (positives with a higher score) + (those with the same). */
    uint32_t *doubled;
};

/* n below 2^29; positive[i] is 0 or not. `out` is the caller's, to be freed. MLT_ERR_EVIDENCE for a
 * NaN score. */
bool mlt_placements_make(const double *score, const uint8_t *positive, size_t n,
                         struct mlt_placements *out, struct mlt_err *err) MLT_MUST_USE;
void mlt_placements_free(struct mlt_placements *placements);
/* Influence values of the AUC, n of them with mean 0, for mlt_influence_covariance and clusters:
 * (placement - AUC) n / (rows of the class). For independent rows their variance is DeLong's but
 * for factors N/(N-1) per class instead of one n/(n-1). NaN with one class only. */
void mlt_placements_influence(const struct mlt_placements *placements, const uint8_t *positive,
                              double *influence);

struct mlt_delong {
    uint64_t positives, negatives;
    double auc[2], variance[2], covariance;
    /* auc[0] - auc[1], with a variance from the differences themselves: 0 for equal placements. */
    double difference, difference_variance;
    /* NULL, or why there is no AUC (all NaN), or no variance (those NaN: a class of one row). */
    const char *undefined;
};

/* Both scores on the same n rows, each by its own thread when `threads` > 1; `other` may be NULL
 * (its fields and the difference are NaN then). */
bool mlt_delong(const double *score, const double *other, const uint8_t *positive, size_t n,
                unsigned threads, struct mlt_delong *out, struct mlt_err *err) MLT_MUST_USE;

/* The (1 - 2 alpha) normal interval, cut to [lowest, highest]: 0 … 1 for an AUC, -1 … 1 for a
 * difference. NaN unless the variance is positive: no spread is no evidence of precision. */
struct mlt_interval mlt_delong_interval(double estimate, double variance, double alpha,
                                        double lowest, double highest);
/* One-sided p-value of "the truth is at least `margin`": small when the estimate lies well below.
 * NaN unless the variance is positive. */
double mlt_delong_p_at_least(double estimate, double variance, double margin);

#endif
