/* Sums without rounding, whose result depends on the values only: not on their order, and not on
 * how they were divided over threads or files.
 *
 * A superaccumulator (Neal 2015, "Fast exact summation using small and large superaccumulators"): a
 * fixed-point number of signed 64-bit limbs, 32 bits apart, over the whole range of products of two
 * doubles; an addition touches two limbs (a product four) and carries are settled every 2,047
 * additions. Integers only, but for the two functions that add many terms at once: they use
 * additions and products of doubles that are free of error in the usual rounding mode. Room for
 * 2^64 terms of any size. About 1 KiB; adding costs some 10 cycles, a product 18, and in arrays of
 * similar values a few.
 *
 * A struct of zeros is the sum of nothing, 0, and may be copied byte by byte. Two equal sums need
 * not have equal bytes in memory: compare their encodings. */
#ifndef MLTEST_STATS_EXACT_H
#define MLTEST_STATS_EXACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "harness/stats/wide.h"

enum {
    MLT_EXACT_LIMBS = 134,
    /* limb[0] counts units of 2^-2176; the smallest product of doubles is 2^-2148. */
    MLT_EXACT_BIAS = 2176,
    /* An addition moves a limb by at most 2^52. */
    MLT_EXACT_PENDING_MAX = 2047,
    /* Kind, first digit, number of digits; 32-bit digits. */
    MLT_EXACT_ENCODED_MAX = 3 + 4 * (MLT_EXACT_LIMBS + 1)
};

struct mlt_exact {
    int64_t limb[MLT_EXACT_LIMBS];
    uint32_t pending; /* additions since the last carry */
    uint32_t special; /* which of NaN and the infinities were added */
};

#define MLT_EXACT_INIT                                                                             \
    {                                                                                              \
        {0}, 0, 0                                                                                  \
    }

/* What the inline functions below leave to the library: carries, and terms that are no numbers. */
void mlt_exact_carry(struct mlt_exact *sum);
void mlt_exact_add_special(struct mlt_exact *sum, double x);

/* The addition itself; the caller counts it as pending. */
static inline void mlt_exact_put(struct mlt_exact *sum, double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    uint64_t exponent = (bits >> 52) & 0x7ff;
    if (__builtin_expect(exponent == 0x7ff, 0)) {
        mlt_exact_add_special(sum, x);
        return;
    }
    /* 1 unless x is zero or subnormal: the bit that is not stored. */
    uint64_t normal = (exponent + 0x7ff) >> 11;
    uint64_t sign = 0 - (bits >> 63);
    uint64_t whole = (((bits & 0xfffffffffffffULL) | normal << 52) ^ sign) - sign;
    /* The last bit of x counts 2^(exponent - normal - 1074). */
    uint64_t place = exponent - normal + (MLT_EXACT_BIAS - 1074);
    unsigned shift = place & 31;
    int64_t *limb = &sum->limb[place >> 5];
    limb[0] += (int64_t)(uint32_t)(whole << shift);
    limb[1] += (int64_t)whole >> (32 - shift);
}

static inline void mlt_exact_put_product(struct mlt_exact *sum, double a, double b)
{
    uint64_t x, y;
    memcpy(&x, &a, sizeof x);
    memcpy(&y, &b, sizeof y);
    uint64_t exponent_x = (x >> 52) & 0x7ff, exponent_y = (y >> 52) & 0x7ff;
    if (__builtin_expect(exponent_x == 0x7ff || exponent_y == 0x7ff, 0)) {
        mlt_exact_add_special(sum, a * b);
        return;
    }
    uint64_t normal_x = (exponent_x + 0x7ff) >> 11, normal_y = (exponent_y + 0x7ff) >> 11;
    uint64_t whole_x = (x & 0xfffffffffffffULL) | normal_x << 52;
    uint64_t whole_y = (y & 0xfffffffffffffULL) | normal_y << 52;
    uint64_t place = (exponent_x + exponent_y) - (normal_x + normal_y) + (MLT_EXACT_BIAS - 2148);
    unsigned shift = place & 31;
    int64_t *limb = &sum->limb[place >> 5];
    unsigned __int128 product = (unsigned __int128)whole_x * whole_y;
    uint64_t low = (uint64_t)product << shift;
    uint64_t high = (uint64_t)(product >> 64);
    uint32_t third = (uint32_t)(uint64_t)(product >> (64 - shift));
    int64_t sign = (int64_t)(x ^ y) >> 63;
    limb[0] += ((int64_t)(uint32_t)low ^ sign) - sign;
    limb[1] += ((int64_t)(low >> 32) ^ sign) - sign;
    limb[2] += ((int64_t)third ^ sign) - sign;
    limb[3] += ((int64_t)(high >> (32 - shift)) ^ sign) - sign;
}

/* Adds x. NaN and infinities are remembered and come out as IEEE would have them, in any order. */
static inline void mlt_exact_add(struct mlt_exact *sum, double x)
{
    mlt_exact_put(sum, x);
    if (__builtin_expect(++sum->pending >= MLT_EXACT_PENDING_MAX, 0))
        mlt_exact_carry(sum);
}

/* Adds a * b, unrounded, over the whole range of doubles: neither overflow nor underflow. */
static inline void mlt_exact_add_product(struct mlt_exact *sum, double a, double b)
{
    mlt_exact_put_product(sum, a, b);
    if (__builtin_expect(++sum->pending >= MLT_EXACT_PENDING_MAX, 0))
        mlt_exact_carry(sum);
}

/* Adds an integer. */
void mlt_exact_add_integer(struct mlt_exact *sum, int64_t x);
/* Adds n values, or n products a[i] * b[i]; `a` and `b` may be the same. Faster than one by one. */
void mlt_exact_add_n(struct mlt_exact *sum, const double *x, size_t n);
void mlt_exact_add_products_n(struct mlt_exact *sum, const double *a, const double *b, size_t n);
/* Adds the sum `from` to `into`: associative and commutative to the bit. They may be the same. */
void mlt_exact_merge(struct mlt_exact *into, const struct mlt_exact *from);
/* Turns the sum's sign. */
void mlt_exact_negate(struct mlt_exact *sum);
/* Adds `factor` times the sum `from`, another one than `into`, without rounding as long as no bit
 * of it lies below 2^-2176 (it is cut there) or above 2^2111 (which comes out as NaN). */
void mlt_exact_add_scaled(struct mlt_exact *into, const struct mlt_exact *from, double factor);

/* The double nearest to the sum, ties to even; beyond the range of doubles an infinity. */
double mlt_exact_value(const struct mlt_exact *sum);
/* The sum as hi + lo: hi is mlt_exact_value, lo the double nearest to the rest (0 beside an
 * infinity or NaN). */
struct mlt_wide mlt_exact_wide(const struct mlt_exact *sum);

/* Writes the sum's one encoding (equal sums give equal bytes; all NaNs are one) and returns its
 * length: only the digits in use, little endian. */
size_t mlt_exact_encode(const struct mlt_exact *sum, unsigned char out[MLT_EXACT_ENCODED_MAX]);
/* Reads it back. False, with *out the sum of nothing, for any bytes that mlt_exact_encode would not
 * have written. */
bool mlt_exact_decode(struct mlt_exact *out, const unsigned char *data, size_t len);

#endif
