#include "harness/stats/exact.h"

#include <math.h>

enum {
    /* The magnitude's digits: the top limb is worth two of them. */
    DIGITS = MLT_EXACT_LIMBS + 1,
    SEEN_NAN = 1,
    SEEN_PLUS = 2,
    SEEN_MINUS = 4
};

/* The first byte of an encoding. */
enum kind {
    KIND_ZERO,
    KIND_POSITIVE,
    KIND_NEGATIVE,
    KIND_PLUS_INFINITY,
    KIND_MINUS_INFINITY,
    KIND_NAN
};

/* A sum as sign and magnitude: digit[i] counts 2^(32 i - MLT_EXACT_BIAS). */
struct magnitude {
    bool negative;
    int first, end; /* digits in use; end = 0 for zero */
    uint32_t digit[DIGITS];
};

void mlt_exact_carry(struct mlt_exact *sum)
{
    int64_t carry = 0;
    for (int i = 0; i < MLT_EXACT_LIMBS - 1; i++) {
        int64_t value = sum->limb[i] + carry;
        sum->limb[i] = (int64_t)(uint32_t)value;
        carry = value >> 32;
    }
    sum->limb[MLT_EXACT_LIMBS - 1] += carry;
    sum->pending = 0;
}

static void count_addition(struct mlt_exact *sum)
{
    if (++sum->pending >= MLT_EXACT_PENDING_MAX)
        mlt_exact_carry(sum);
}

void mlt_exact_add_special(struct mlt_exact *sum, double x)
{
    sum->special |= isnan(x) ? SEEN_NAN : x > 0 ? SEEN_PLUS : SEEN_MINUS;
}

void mlt_exact_add_integer(struct mlt_exact *sum, int64_t x)
{
    int64_t *limb = &sum->limb[MLT_EXACT_BIAS / 32];
    limb[0] += (int64_t)(uint32_t)x;
    limb[1] += x >> 32;
    count_addition(sum);
}

void mlt_exact_merge(struct mlt_exact *into, const struct mlt_exact *from)
{
    /* Digits below 2^32 are added, so that this counts as one addition like any other. */
    int64_t carry = 0;
    for (int i = 0; i < MLT_EXACT_LIMBS - 1; i++) {
        int64_t value = from->limb[i] + carry;
        into->limb[i] += (int64_t)(uint32_t)value;
        carry = value >> 32;
    }
    into->limb[MLT_EXACT_LIMBS - 1] += from->limb[MLT_EXACT_LIMBS - 1] + carry;
    into->special |= from->special;
    count_addition(into);
}

void mlt_exact_negate(struct mlt_exact *sum)
{
    for (int i = 0; i < MLT_EXACT_LIMBS; i++)
        sum->limb[i] = -sum->limb[i];
    uint32_t turned = sum->special & SEEN_NAN;
    if (sum->special & SEEN_PLUS)
        turned |= SEEN_MINUS;
    if (sum->special & SEEN_MINUS)
        turned |= SEEN_PLUS;
    sum->special = turned;
}

static void magnitude_of(const struct mlt_exact *sum, struct magnitude *out)
{
    struct mlt_exact settled = *sum;
    mlt_exact_carry(&settled);
    out->negative = settled.limb[MLT_EXACT_LIMBS - 1] < 0;
    if (out->negative) {
        mlt_exact_negate(&settled);
        mlt_exact_carry(&settled);
    }
    uint64_t top = (uint64_t)settled.limb[MLT_EXACT_LIMBS - 1];
    for (int i = 0; i < MLT_EXACT_LIMBS - 1; i++)
        out->digit[i] = (uint32_t)settled.limb[i];
    out->digit[DIGITS - 2] = (uint32_t)top;
    out->digit[DIGITS - 1] = (uint32_t)(top >> 32);
    out->end = DIGITS;
    while (out->end > 0 && out->digit[out->end - 1] == 0)
        out->end--;
    out->first = 0;
    while (out->first < out->end && out->digit[out->first] == 0)
        out->first++;
}

/* Bits `place` … `place` + 63 of the magnitude. */
static uint64_t bits_at(const struct magnitude *x, int place)
{
    uint64_t out = 0;
    for (int i = 0; i < 3; i++) {
        int index = place / 32 + i, shift = 32 * i - place % 32;
        uint64_t digit = index < DIGITS ? x->digit[index] : 0;
        out |= shift < 0 ? digit >> -shift : shift < 64 ? digit << shift : 0;
    }
    return out;
}

static bool any_bit_below(const struct magnitude *x, int place)
{
    int whole = place / 32;
    if (x->first < whole)
        return true;
    uint32_t mask = ((uint32_t)1 << place % 32) - 1;
    return whole < DIGITS && (x->digit[whole] & mask) != 0;
}

static double rounded(const struct magnitude *x)
{
    if (x->end == 0)
        return 0;
    int top = 32 * x->end - 1 - __builtin_clz(x->digit[x->end - 1]);
    /* The last bit that a double of this size has, and none below that of the smallest double. */
    int last = top - 52;
    if (last < MLT_EXACT_BIAS - 1074)
        last = MLT_EXACT_BIAS - 1074;
    uint64_t whole = bits_at(x, last);
    if (bits_at(x, last - 1) & 1) {
        bool more = any_bit_below(x, last - 1);
        whole += more || (whole & 1);
    }
    double out = ldexp((double)whole, last - MLT_EXACT_BIAS);
    return x->negative ? -out : out;
}

static double special_value(uint32_t special)
{
    if (special == SEEN_PLUS)
        return INFINITY;
    return special == SEEN_MINUS ? -INFINITY : NAN;
}

double mlt_exact_value(const struct mlt_exact *sum)
{
    if (sum->special != 0)
        return special_value(sum->special);
    struct magnitude magnitude;
    magnitude_of(sum, &magnitude);
    return rounded(&magnitude);
}

struct mlt_wide mlt_exact_wide(const struct mlt_exact *sum)
{
    double hi = mlt_exact_value(sum);
    if (!isfinite(hi))
        return mlt_wide_from(hi);
    struct mlt_exact rest = *sum;
    mlt_exact_add(&rest, -hi);
    return (struct mlt_wide){hi, mlt_exact_value(&rest)};
}

/* Adds whole * 2^(place - MLT_EXACT_BIAS) with at most 96 bits in `whole`; false above the range.
 */
static bool add_whole(struct mlt_exact *sum, unsigned __int128 whole, int place, bool negative)
{
    if (place < 0) {
        whole = place <= -128 ? 0 : whole >> -place;
        place = 0;
    }
    unsigned __int128 low = (unsigned __int128)(uint64_t)whole << place % 32;
    unsigned __int128 high = (whole >> 64 << place % 32) + (uint64_t)(low >> 64);
    const uint64_t part[4] = {(uint32_t)low, (uint32_t)(low >> 32), (uint32_t)high,
                              (uint64_t)(high >> 32)};
    for (int i = 0; i < 4; i++) {
        if (part[i] == 0)
            continue;
        if (place / 32 + i >= MLT_EXACT_LIMBS)
            return false;
        sum->limb[place / 32 + i] += negative ? -(int64_t)part[i] : (int64_t)part[i];
    }
    count_addition(sum);
    return true;
}

void mlt_exact_add_scaled(struct mlt_exact *into, const struct mlt_exact *from, double factor)
{
    struct magnitude x;
    magnitude_of(from, &x);
    if (from->special != 0 || !isfinite(factor)) {
        double value = from->special != 0 ? special_value(from->special)
                                          : (x.end == 0   ? 0
                                             : x.negative ? -1
                                                          : 1);
        mlt_exact_add_special(into, value * factor);
        return;
    }
    int exponent;
    double fraction = frexp(fabs(factor), &exponent);
    uint64_t whole = (uint64_t)ldexp(fraction, 53);
    for (int i = x.first; i < x.end; i++)
        if (!add_whole(into, (unsigned __int128)whole * x.digit[i], 32 * i + exponent - 53,
                       x.negative != (factor < 0)))
            mlt_exact_add_special(into, NAN);
}

size_t mlt_exact_encode(const struct mlt_exact *sum, unsigned char out[MLT_EXACT_ENCODED_MAX])
{
    if (sum->special != 0) {
        double value = special_value(sum->special);
        out[0] = isnan(value) ? KIND_NAN : value > 0 ? KIND_PLUS_INFINITY : KIND_MINUS_INFINITY;
        return 1;
    }
    struct magnitude x;
    magnitude_of(sum, &x);
    out[0] = x.end == 0 ? KIND_ZERO : x.negative ? KIND_NEGATIVE : KIND_POSITIVE;
    if (x.end == 0)
        return 1;
    out[1] = (unsigned char)x.first;
    out[2] = (unsigned char)(x.end - x.first);
    size_t len = 3;
    for (int i = x.first; i < x.end; i++)
        for (int byte = 0; byte < 4; byte++)
            out[len++] = (unsigned char)(x.digit[i] >> 8 * byte);
    return len;
}

static uint32_t special_of_kind(unsigned char kind)
{
    if (kind == KIND_PLUS_INFINITY)
        return SEEN_PLUS;
    if (kind == KIND_MINUS_INFINITY)
        return SEEN_MINUS;
    return kind == KIND_NAN ? SEEN_NAN : 0;
}

static uint32_t digit_at(const unsigned char *data, size_t index)
{
    const unsigned char *p = data + 3 + 4 * index;
    return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

bool mlt_exact_decode(struct mlt_exact *out, const unsigned char *data, size_t len)
{
    memset(out, 0, sizeof *out);
    if (len < 1 || data[0] > KIND_NAN)
        return false;
    if (data[0] != KIND_POSITIVE && data[0] != KIND_NEGATIVE) {
        if (len != 1)
            return false;
        out->special = special_of_kind(data[0]);
        return true;
    }
    if (len < 3)
        return false;
    size_t first = data[1], count = data[2];
    if (count == 0 || first + count > DIGITS || len != 3 + 4 * count)
        return false;
    if (digit_at(data, 0) == 0 || digit_at(data, count - 1) == 0)
        return false;
    /* The top digit is the upper half of a signed limb. */
    if (first + count == DIGITS && digit_at(data, count - 1) > INT32_MAX)
        return false;
    for (size_t i = 0; i < count; i++) {
        int64_t digit = digit_at(data, i);
        if (first + i == DIGITS - 1)
            out->limb[DIGITS - 2] |= digit << 32;
        else
            out->limb[first + i] = digit;
    }
    if (data[0] == KIND_NEGATIVE)
        mlt_exact_negate(out);
    return true;
}
