/* DeLong's method on scores that are whole numbers: keys in the order of the scores, equal where
 * these are equal. A table of how many rows have each key takes the place of sorting, and rows come
 * block by block, twice: once to be counted, once to be placed.
 *
 * As in delong.h all sums are of integers: no order of rows changes a bit. */
#ifndef MLTEST_STATS_DELONG_KEYS_H
#define MLTEST_STATS_DELONG_KEYS_H

#include <stddef.h>
#include <stdint.h>

#include "mltest/err.h"

enum { MLT_KEY_THIRD_ROWS = 32768 };

/* The rows of each class by key; once placed, what a row of that key and class beats: see struct
 * mlt_placements. 8 bytes a key. */
struct mlt_key_table {
    size_t keys;
    uint32_t (*place)[2];    /* [keys][negative, positive] */
    uint64_t rows[2];        /* negatives, positives */
    unsigned __int128 pairs; /* doubled: of a positive above a negative */
};

/* For keys below `keys`. Freed with mlt_key_table_free(), also after a failure. */
bool mlt_key_table_open(struct mlt_key_table *table, size_t keys, struct mlt_err *err) MLT_MUST_USE;
void mlt_key_table_free(struct mlt_key_table *table);
/* positive[i] is 0 or 1. Fewer than 2^31 rows in all. */
void mlt_key_table_count(struct mlt_key_table *table, const uint32_t *key, const uint8_t *positive,
                         size_t n);
/* From counts to placements, once all rows are counted. */
void mlt_key_table_place(struct mlt_key_table *table);
/* The AUC; NaN with one class only. */
double mlt_key_table_auc(const struct mlt_key_table *table);

/* Sums over the rows of one class of the placements a and b of two scores. */
struct mlt_key_sums {
    uint64_t a, b;
    unsigned __int128 aa, ab, bb;
    uint64_t aaa, aab, abb, bbb; /* only of up to MLT_KEY_THIRD_ROWS rows */
};
struct mlt_delong_keys {
    const struct mlt_key_table *a, *b; /* placed; b NULL: one score only */
    struct mlt_key_sums sums[2];       /* of negatives, of positives */
};

/* Adds rows to the sums, which begin as zeros; `b` is not read where there is one score only. */
void mlt_delong_keys_add(struct mlt_delong_keys *all, const uint32_t *a, const uint32_t *b,
                         const uint8_t *positive, size_t n);

/* Of the two areas: variances, covariance, and the third moments aaa, aab, abb, bbb of the means of
 * influence values (class by class the placements less their mean, over the rows of the class, with
 * m / (m - 1) for each variance as DeLong has it). A class of one row adds nothing. Third moments
 * are NaN above MLT_KEY_THIRD_ROWS rows, everything is with one class only, and what needs b
 * without it. */
struct mlt_delong_moments {
    double variance[2], covariance, third[4];
};
struct mlt_delong_moments mlt_delong_keys_moments(const struct mlt_delong_keys *all);

/* Replaces n keys (below 2^31 of them) by their dense ranks, so that a table of them is as small as
 * can be; returns how many different ones there are. 0, with the keys as they were, when there are
 * none or memory is out: 16 bytes a key, of many keys 1, unless most lie close together. */
size_t mlt_keys_compress(uint32_t *key, size_t n);

#endif
