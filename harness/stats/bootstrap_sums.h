/* Bootstrap replicates of sums and means, exact and mergeable.
 *
 * Values (losses, influence values, their squares) are first rounded to whole multiples of a
 * quantum that the caller states; from there on everything is integer arithmetic: for replicate r
 * and column c the sum over rows of weight(row, r) x value(row, c), and the sum of the weights.
 * Shards and batches of rows may be added in any order and merged in any tree with the same bits.
 * All columns of a row share its weight, so that columns are paired; rows of one key form a
 * cluster. */
#ifndef MLTEST_STATS_BOOTSTRAP_SUMS_H
#define MLTEST_STATS_BOOTSTRAP_SUMS_H

#include <stddef.h>
#include <stdint.h>

#include "mltest/err.h"

/* Quantised values lie in -MLT_QUANTA_MAX … MLT_QUANTA_MAX. */
#define MLT_QUANTA_MAX ((INT64_C(1) << 45) - 1)
enum { MLT_BOOTSTRAP_COLUMNS_MAX = 16 };

/* The smallest power of two (at least 2^-1074) with which values up to `largest` in size can be
 * quantised; NaN unless `largest` is finite. A weighted mean of quantised values is off by at most
 * half a quantum, about largest x 2^-45 at worst. */
double mlt_quantise_quantum(double largest);
/* out[i] = x[i] / quantum, to the nearest whole number, halves to even. MLT_ERR_EVIDENCE for a
 * value that is not finite, MLT_ERR_USAGE for one beyond the range. */
bool mlt_quantise(const double *x, size_t n, double quantum, int64_t *out,
                  struct mlt_err *err) MLT_MUST_USE;

struct mlt_bootstrap_sums;

/* Empty sums for replicates first … first + count - 1. The caller frees. MLT_ERR_USAGE for no or
 * too many columns or no replicates. */
bool mlt_bootstrap_sums_new(uint64_t seed, uint64_t first, size_t count, unsigned columns,
                            struct mlt_bootstrap_sums **out, struct mlt_err *err) MLT_MUST_USE;
void mlt_bootstrap_sums_free(struct mlt_bootstrap_sums *sums);
/* Adds n rows: column[c][i] is the quantised value of row i, key[i] its row or cluster key. At most
 * 2^60 rows in all. Batches of some hundred rows or more are fastest. */
void mlt_bootstrap_sums_add(struct mlt_bootstrap_sums *sums, const uint64_t *key,
                            const int64_t *const *column, size_t n, unsigned threads,
                            bool portable);
/* Adds what `other` holds. MLT_ERR_USAGE unless seed, replicates and columns are the same. */
bool mlt_bootstrap_sums_merge(struct mlt_bootstrap_sums *sums,
                              const struct mlt_bootstrap_sums *other,
                              struct mlt_err *err) MLT_MUST_USE;

/* Of replicate first + index. */
__int128 mlt_bootstrap_sums_total(const struct mlt_bootstrap_sums *sums, size_t index,
                                  unsigned column);
uint64_t mlt_bootstrap_sums_weight(const struct mlt_bootstrap_sums *sums, size_t index);
/* total / weight x quantum; NaN when no row was drawn. */
double mlt_bootstrap_sums_mean(const struct mlt_bootstrap_sums *sums, size_t index, unsigned column,
                               double quantum);

#endif
