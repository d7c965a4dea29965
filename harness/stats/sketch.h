/* Quantiles of a stream in bounded memory, with a bound on the relative error of the value:
 * DDSketch (Masson, Rim & Lee 2019, VLDB 12:12). Positive and negative values are counted in
 * buckets whose bounds grow by gamma = (1 + alpha) / (1 - alpha), so that a bucket's middle is
 * within alpha of all it holds.
 *
 * When values span more than `buckets` buckets, those of the smallest magnitude are counted
 * together in the lowest one that is kept: the bound then holds for values above max |x| /
 * gamma^buckets (with alpha = 0.005 and 4,096 buckets: above 1.6e-18 of the largest). What is kept
 * depends on the values only: adding and merging are associative and commutative to the byte of the
 * encoding. */
#ifndef MLTEST_STATS_SKETCH_H
#define MLTEST_STATS_SKETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/buf.h"

struct mlt_sketch_store {
    uint64_t *count; /* of bucket base + i */
    uint32_t len;
    int32_t base, bottom, top; /* bottom and top: the lowest and highest in use */
    uint64_t total;
};

struct mlt_sketch {
    double alpha, log_gamma;
    uint32_t buckets;
    uint64_t n, zeros, nans, minus_infinities, plus_infinities;
    double min, max; /* of the finite values */
    struct mlt_sketch_store positive, negative;
};

enum { MLT_SKETCH_BUCKETS = 4096 };

/* An empty sketch. False for alpha outside [1e-5, 0.5] or buckets outside [1, 2^20]. */
bool mlt_sketch_init(struct mlt_sketch *sketch, double alpha, uint32_t buckets);
void mlt_sketch_free(struct mlt_sketch *sketch);

/* Counts x `times` times. False when memory is out; the sketch is then as it was. */
bool mlt_sketch_add(struct mlt_sketch *sketch, double x, uint64_t times);
/* False when memory is out (the sketch must then be thrown away) or when alpha or buckets differ.
 */
bool mlt_sketch_merge(struct mlt_sketch *into, const struct mlt_sketch *from);

/* The nearest-rank quantile for q in (0, 1], as mlt_quantile_sorted, within a relative error of
 * alpha; the smallest and the largest value are exact. NaN when empty, for another q, and after a
 * NaN. */
double mlt_sketch_quantile(const struct mlt_sketch *sketch, double q);

/* Appends the one encoding of what was counted. */
void mlt_sketch_encode(const struct mlt_sketch *sketch, struct mlt_buf *out);
/* Into a sketch that needs no free before. False, with *out empty, for bytes that are not an
 * encoding and when memory is out. */
bool mlt_sketch_decode(struct mlt_sketch *out, const unsigned char *data, size_t len);

#endif
