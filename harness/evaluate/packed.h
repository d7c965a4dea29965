/* Arrays of numbers in the fewest bytes that lose nothing: every value comes back bit for bit.
 *
 * Labels are often 0 or 1, scores were often written with few decimals or by a model that computes
 * in single precision. Each array is tried for itself; what fits no form stays as it is. */
#ifndef MLTEST_EVALUATE_PACKED_H
#define MLTEST_EVALUATE_PACKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum mlt_packed_form {
    MLT_PACKED_PLAIN = 0, /* as they came */
    MLT_PACKED_BITS,      /* doubles, each 0 or 1: a bit each */
    MLT_PACKED_DECIMAL,   /* doubles, each the nearest to w / 10^decimals, w of 32 bits */
    MLT_PACKED_FLOAT,     /* finite doubles without more bits than a float has */
    MLT_PACKED_NARROW,    /* whole numbers of 32 bits, each below 2^(8 width) */
};
enum { MLT_PACKED_DECIMALS = 9 };

struct mlt_packed {
    enum mlt_packed_form form;
    unsigned decimals, width; /* bytes of a plain or narrow value */
    int32_t low, high;        /* of the w of decimals */
    size_t at;                /* where it begins, in bytes, in what it is part of */
};

/* The best form of n doubles, or of n whole numbers; `at` is 0. */
struct mlt_packed mlt_packed_choose(const double *x, size_t n);
struct mlt_packed mlt_packed_choose_whole(const uint32_t *x, size_t n);
/* Bytes of n values. */
size_t mlt_packed_bytes(const struct mlt_packed *packed, size_t n);
/* Packs the n values that the form was chosen for. */
void mlt_packed_put(const struct mlt_packed *packed, const void *x, size_t n, void *to);
/* Values [first, first + n) of an array at `from`: doubles, uint32_t, or plain ones as they were.
 */
void mlt_packed_get(const struct mlt_packed *packed, const void *from, size_t first, size_t n,
                    void *out);

/* Values [first, first + n) of an array of bits. */
void mlt_packed_bits(const void *from, size_t first, size_t n, uint8_t *out);

/* How numbers of an array, or of several with one map, become keys: whole numbers in their order.
 */
struct mlt_packed_map {
    enum mlt_packed_form form; /* of all of them; plain: they have no such keys */
    unsigned decimals;         /* the most of any */
    int64_t low, high;         /* of w in that many decimals */
};
/* `*map` zeroed to begin with; widens it to another array. False when there is no map for both. */
bool mlt_packed_map_add(struct mlt_packed_map *map, const struct mlt_packed *packed);
/* An exclusive bound of the keys. */
uint64_t mlt_packed_map_keys(const struct mlt_packed_map *map);
/* Keys of values [first, first + n). */
void mlt_packed_keys(const struct mlt_packed_map *map, const struct mlt_packed *packed,
                     const void *from, size_t first, size_t n, uint32_t *out);

#endif
