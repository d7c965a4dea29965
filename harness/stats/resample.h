/* Resampling weights from a counter-based generator.
 *
 * A weight is a function of (seed, row or cluster key, replicate) and of nothing else: threads,
 * shards, the order of rows and the number of replicates asked for at once never change it. Rows
 * with one key (a cluster) share their weights.
 *
 * The bits are Philox4x32-10 (Salmon, Moraes, Dror & Shaw 2011, "Parallel random numbers: as easy
 * as 1, 2, 3"): key = seed, counter = (row key, replicate / 8), each as two words, low word first.
 * The eight 16-bit numbers of a block, low half first, belong to replicates 8 b … 8 b + 7. */
#ifndef MLTEST_STATS_RESAMPLE_H
#define MLTEST_STATS_RESAMPLE_H

#include <stddef.h>
#include <stdint.h>

#include "mltest/err.h"

enum {
    MLT_RESAMPLE_STEP = 8,   /* replicates of one generator block */
    MLT_RESAMPLE_BLOCK = 64, /* replicates that the fast path makes at once */
    MLT_RESAMPLE_WEIGHT_MAX = 8,
};

void mlt_philox4x32(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

/* Poisson(1) weights: weight[i * count + j] is that of key[i] in replicate first + j. `first` and
 * `count` are multiples of MLT_RESAMPLE_STEP; multiples of MLT_RESAMPLE_BLOCK are fastest.
 *
 * By inversion of 16 bits: P(w >= k) = T[k] / 65536 with T = 41427, 17317, 5262, 1245, 240, 39, 5,
 * 1 for k = 1 … 8. Each is within 2^-16 of Poisson's, and they are chosen so that mean and variance
 * are exactly 1 and E w^3 = 5 and E w^4 = 15 hold within 2^-13.
 *
 * `portable` takes the plain C path, which gives the same bytes as the AVX2 path; so does the limit
 * of harness/base/cpu.h. */
void mlt_resample_poisson(uint64_t seed, const uint64_t *key, size_t n, uint64_t first,
                          size_t count, bool portable, uint8_t *weight);

/* The classical bootstrap: weight[i] says how often row i is among n draws with replacement. Draw d
 * of a replicate depends on (seed, d, replicate) and picks a position, so the result follows the
 * order of the rows and cannot be made in shards. MLT_ERR_USAGE for n = 0, or when a row is drawn
 * more than 255 times. */
bool mlt_resample_multinomial(uint64_t seed, size_t n, uint64_t replicate, uint8_t *weight,
                              struct mlt_err *err) MLT_MUST_USE;

/* Which of `blocks` (1 … 2^32 - 1) blocks of about equal size a key belongs to: for a jackknife
 * that leaves out a block at a time, whatever the order of the rows. */
uint32_t mlt_resample_block(uint64_t seed, uint64_t key, uint32_t blocks);

/* A seed nobody can shop for: the first 64 bits of the SHA-256 over the texts (digests of the data
 * and the artifacts), each followed by a newline. */
bool mlt_resample_seed(const char *const *text, size_t n, uint64_t *seed,
                       struct mlt_err *err) MLT_MUST_USE;

#endif
