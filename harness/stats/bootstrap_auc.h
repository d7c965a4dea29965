/* Bootstrap replicates of one AUC, or of two on the same rows, as exact pair counts.
 *
 * Each score is sorted once. A replicate then walks the sorted rows with its Poisson weights
 * (resample.h) and sums weight x (2 negatives below + tied negatives) in integers, 64 replicates at
 * a time. Weights are made anew for each score: keeping them for the second would save a fifth of
 * the time at most and take 64 bytes a row and thread. Both scores of a replicate use the same
 * weights (a paired bootstrap), and all rows of one key do (a cluster bootstrap). */
#ifndef MLTEST_STATS_BOOTSTRAP_AUC_H
#define MLTEST_STATS_BOOTSTRAP_AUC_H

#include <stddef.h>
#include <stdint.h>

#include "harness/stats/auc.h"
#include "mltest/err.h"

struct mlt_bootstrap_auc;

/* Sorts; `other` may be NULL, and so may `key`: then row i has key i, and results follow the order
 * of the rows. Copies what it needs: 4 bytes a row and score, 12 with keys. The caller frees.
 * Errors as mlt_auc_order. */
bool mlt_bootstrap_auc_new(const double *score, const double *other, const uint8_t *positive,
                           const uint64_t *key, size_t n, struct mlt_bootstrap_auc **out,
                           struct mlt_err *err) MLT_MUST_USE;
void mlt_bootstrap_auc_free(struct mlt_bootstrap_auc *bootstrap);

/* Replicates first … first + count - 1: counts[j] for `score` and other_counts[j] for `other` (NULL
 * when there is none). A replicate without one of the classes has an undefined value
 * (mlt_auc_value gives NaN). Neither threads, `portable` nor the way a range is cut changes a bit;
 * ranges that start at a multiple of 64 waste least. */
bool mlt_bootstrap_auc_run(const struct mlt_bootstrap_auc *bootstrap, uint64_t seed, uint64_t first,
                           size_t count, unsigned threads, bool portable,
                           struct mlt_auc_counts *counts, struct mlt_auc_counts *other_counts,
                           struct mlt_err *err) MLT_MUST_USE;

#endif
