#include "harness/codec/number.h"

#include <locale.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined __x86_64__
#include <immintrin.h>
#endif

#include "harness/codec/number_part.h"
#include "harness/codec/number_powers.h"

/* No useful decimal number needs more characters. */
enum { NUMBER_MAX = 1024 };
/* Nineteen digits always fit 64 bits. */
enum { DIGITS_MAX = 19 };
/* Powers of ten that are doubles exactly, and the integers that are. */
enum { EXACT_POWER = 22 };
#define EXACT_INTEGER (UINT64_C(1) << 53)
/* Beyond these every number is zero or overflows, whatever its digits. */
enum { POWER_MIN = -342, POWER_MAX = 308, EXPONENT_CAP = 100000 };

static const double tens[EXACT_POWER + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                             1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                             1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* mantissa x 10^exponent; `more`: digits behind the nineteenth were left out, not all zero. */
struct decimal {
    uint64_t mantissa;
    int64_t exponent;
    bool negative, more;
};

/* By where the point stands among sixteen places; 16 is no point. */
static const double divisor[17] = {1e15, 1e14, 1e13, 1e12, 1e11, 1e10, 1e9, 1e8, 1e7,
                                   1e6,  1e5,  1e4,  1e3,  1e2,  1e1,  1e0, 1e0};

static double from_bits(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* The bits of the double nearest to w x 10^q (w not zero), infinity on overflow. The names follow
 * the paper. */
static uint64_t eisel_lemire(uint64_t w, int64_t q)
{
    const uint64_t infinity = UINT64_C(0x7ff) << 52, precision = ~UINT64_C(0) >> 55;
    if (q < POWER_MIN)
        return 0;
    if (q > POWER_MAX)
        return infinity;
    int lz = __builtin_clzll(w);
    w <<= lz;
    const uint64_t *power = powers[q - POWER_MIN];
    unsigned __int128 product = (unsigned __int128)w * power[0];
    uint64_t high = (uint64_t)(product >> 64), low = (uint64_t)product;
    if ((high & precision) == precision) {
        uint64_t second = (uint64_t)((unsigned __int128)w * power[1] >> 64);
        low += second;
        high += second > low;
    }
    int upper = (int)(high >> 63), shift = upper + 64 - 52 - 3;
    uint64_t m = high >> shift;
    /* floor(q log2(10)) + 63, then the bias of the format. */
    int64_t exponent = ((217706 * q) >> 16) + 63 + upper - lz + 1023;
    if (exponent <= 0) {
        if (1 - exponent >= 64)
            return 0;
        m >>= 1 - exponent;
        m += m & 1;
        m >>= 1;
        return m; /* a carry into bit 52 is the smallest normal number, as it should be */
    }
    /* Exactly between two doubles: only possible where 5^q divides or fits 64 bits. */
    if (low <= 1 && q >= -4 && q <= 23 && (m & 3) == 1 && m << shift == high)
        m &= ~UINT64_C(1);
    m += m & 1;
    m >>= 1;
    if (m >= UINT64_C(2) << 52) {
        m = UINT64_C(1) << 52;
        exponent++;
    }
    if (exponent >= 0x7ff)
        return infinity;
    return (m & ~(UINT64_C(1) << 52)) | (uint64_t)exponent << 52;
}

static inline uint64_t load8(const char *text)
{
    uint64_t word;
    memcpy(&word, text, sizeof word);
    return word;
}

/* Eight digits at once: S. Johnson's test of the nibbles, and pairs, fours and eights by one
 * multiplication each (little endian). */
static inline bool is_eight_digits(uint64_t word)
{
    return ((word & 0xf0f0f0f0f0f0f0f0) |
            (((word + 0x0606060606060606) & 0xf0f0f0f0f0f0f0f0) >> 4)) == 0x3333333333333333;
}

static inline uint64_t eight_digits(uint64_t word)
{
    word -= 0x3030303030303030;
    word = word * 10 + (word >> 8);
    return (((word & 0x000000ff000000ff) * 0x000f424000000064) +
            (((word >> 16) & 0x000000ff000000ff) * 0x0000271000000001)) >>
           32;
}

static inline bool is_digit(char c)
{
    return (unsigned char)(c - '0') < 10;
}

/* Adds the digits at `at` to the mantissa, which wraps when they are too many: the caller counts.
 */
static inline const char *take_digits(const char *at, const char *end, uint64_t *mantissa)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    while (end - at >= 8 && is_eight_digits(load8(at))) {
        *mantissa = *mantissa * 100000000 + eight_digits(load8(at));
        at += 8;
    }
#endif
    while (at < end && is_digit(*at))
        *mantissa = *mantissa * 10 + (uint64_t)(*at++ - '0');
    return at;
}

/* More than nineteen digits from `at` to `end` (one of them may be the point): the first nineteen
 * that count, and where the point stands behind them. */
static void take_long(const char *at, const char *end, int64_t exponent, struct decimal *d)
{
    int digits = 0;
    bool behind_point = false;
    d->mantissa = 0;
    d->exponent = exponent;
    for (; at < end; at++) {
        if (*at == '.') {
            behind_point = true;
            continue;
        }
        if (digits < DIGITS_MAX) {
            d->mantissa = d->mantissa * 10 + (uint64_t)(*at - '0');
            digits += d->mantissa != 0;
            d->exponent -= behind_point;
        } else {
            d->more |= *at != '0';
            d->exponent += !behind_point;
        }
    }
}

static bool take_exponent(const char *at, const char *end, int64_t *out)
{
    bool negative = at < end && *at == '-';
    int64_t value = 0;
    if (at < end && (*at == '-' || *at == '+'))
        at++;
    if (at == end)
        return false;
    for (; at < end; at++) {
        if (!is_digit(*at))
            return false;
        if (value < EXPONENT_CAP)
            value = value * 10 + (*at - '0');
    }
    *out = negative ? -value : value;
    return true;
}

static bool scan(const char *text, size_t len, struct decimal *d)
{
    const char *at = text, *end = text + len;
    if (len == 0 || len > NUMBER_MAX)
        return false;
    *d = (struct decimal){.negative = *at == '-'};
    at += *at == '-' || *at == '+';
    const char *start = at;
    at = take_digits(at, end, &d->mantissa);
    int64_t digits = at - start, exponent = 0;
    if (at < end && *at == '.') {
        const char *fraction = ++at;
        at = take_digits(at, end, &d->mantissa);
        d->exponent = fraction - at;
        digits += at - fraction;
    }
    if (digits == 0)
        return false;
    const char *stop = at;
    if (at < end && ((*at != 'e' && *at != 'E') || !take_exponent(at + 1, end, &exponent)))
        return false;
    if (digits > DIGITS_MAX)
        take_long(start, stop, exponent, d);
    else
        d->exponent += exponent;
    return true;
}

static double combine(const struct decimal *d)
{
    double value;
    if (d->mantissa <= EXACT_INTEGER && d->exponent >= -EXACT_POWER && d->exponent <= EXACT_POWER)
        value = d->exponent < 0 ? (double)d->mantissa / tens[-d->exponent]
                                : (double)d->mantissa * tens[d->exponent];
    else
        value = d->mantissa == 0 ? 0 : from_bits(eisel_lemire(d->mantissa, d->exponent));
    return d->negative ? -value : value;
}

/* The "C" locale is static in glibc: asking for it neither allocates nor fails. An embedding
 * program may have set a decimal comma. */
static double exact(const char *text, size_t len)
{
    char copy[NUMBER_MAX + 1];
    memcpy(copy, text, len);
    copy[len] = '\0';
    return strtod_l(copy, NULL, newlocale(LC_ALL_MASK, "C", (locale_t)0));
}

bool mlt_number_parse(const char *text, size_t len, double *out)
{
    struct decimal d;
    if (!scan(text, len, &d))
        return false;
    double value;
    if (!d.more) {
        value = combine(&d);
    } else {
        /* The number lies between two neighbours of nineteen digits: when both are one double, so
         * is it. */
        uint64_t below = eisel_lemire(d.mantissa, d.exponent);
        if (below == eisel_lemire(d.mantissa + 1, d.exponent))
            value = d.negative ? -from_bits(below) : from_bits(below);
        else
            value = exact(text, len);
    }
    if (!isfinite(value))
        return false;
    *out = value;
    return true;
}

/* Row p removes byte p by moving those in front of it one up; row 16 moves nothing. */
const unsigned char mlt_number_without[17][16] = {
    {128, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {128, 0, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {128, 0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {128, 0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {128, 0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {128, 0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {128, 0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    {128, 0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15},
    {128, 0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15},
    {128, 0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15},
    {128, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15},
    {128, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 14, 15},
    {128, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15},
    {128, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15},
    {128, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15},
    {128, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14},
    {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
};

#if defined __x86_64__
#define AVX2 __attribute__((target("avx2,bmi")))

/* One to sixteen digits with at most one point among them, read by their end so that their count
 * does not matter: `*point` is where the point stands, 0 .. 15 from the left of sixteen, or 16 for
 * none. */
AVX2 static inline bool take_sixteen(const char *text, size_t len, uint64_t *mantissa,
                                     unsigned *point)
{
    const __m128i lane = _mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(text + len - 16));
    __m128i ours = _mm_cmpgt_epi8(lane, _mm_set1_epi8((char)(15 - (int)len)));
    __m128i dot = _mm_and_si128(ours, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('.')));
    __m128i digits =
        _mm_andnot_si128(dot, _mm_and_si128(ours, _mm_sub_epi8(bytes, _mm_set1_epi8('0'))));
    __m128i nine = _mm_set1_epi8(9);
    __m128i wrong = _mm_xor_si128(_mm_max_epu8(digits, nine), nine);
    unsigned dots = (unsigned)_mm_movemask_epi8(dot);
    if (!_mm_testz_si128(wrong, wrong) || (dots & (dots - 1)) != 0)
        return false;
    *point = (unsigned)__builtin_ctz(dots | 0x10000);
    digits = _mm_shuffle_epi8(
        digits, _mm_loadu_si128((const __m128i *)(const void *)mlt_number_without[*point]));
    __m128i twos = _mm_maddubs_epi16(digits, _mm_set1_epi16(1 << 8 | 10));
    __m128i fours = _mm_madd_epi16(twos, _mm_set1_epi32(1 << 16 | 100));
    __m128i packed = _mm_packus_epi32(fours, fours);
    __m128i eights = _mm_madd_epi16(packed, _mm_set1_epi32(1 << 16 | 10000));
    uint64_t both = (uint64_t)_mm_cvtsi128_si64(eights);
    *mantissa = (both & 0xffffffff) * 100000000 + (both >> 32);
    return true;
}

/* 17 to 24 characters: the last sixteen, and those in front of them. */
AVX2 static inline bool take_long_sixteen(const char *text, size_t len, struct decimal *d)
{
    uint64_t front, back;
    unsigned front_point, back_point;
    if (!take_sixteen(text, len - 16, &front, &front_point) ||
        !take_sixteen(text + len - 16, 16, &back, &back_point))
        return false;
    if (back_point == 16) {
        if (front >= 1000)
            return false;
        d->mantissa = front * 10000000000000000 + back;
        d->exponent = front_point == 16 ? 0 : (int64_t)front_point - 15 - 16;
        return true;
    }
    if (front >= 10000 || front_point != 16)
        return false;
    d->mantissa = front * 1000000000000000 + back;
    d->exponent = (int64_t)back_point - 15;
    return true;
}

/* Up to sixteen characters behind the sign, and a value that is one exact division. */
AVX2 static inline bool parse_short(const char *text, size_t len, double *out)
{
    uint64_t mantissa, bits;
    unsigned point;
    size_t sign = *text == '-';
    len -= sign;
    /* A lone point has no digit. */
    if (len - 1 >= 16 || !take_sixteen(text + sign, len, &mantissa, &point) ||
        mantissa > EXACT_INTEGER || point + len == 16)
        return false;
    double value = (double)mantissa / divisor[point];
    memcpy(&bits, &value, sizeof bits);
    /* No branch: in a column of scores the sign is anybody's guess. */
    *out = from_bits(bits | (uint64_t)sign << 63);
    return true;
}

AVX2 bool mlt_number_parse_avx2(const char *text, size_t len, double *out)
{
    struct decimal d = {0};
    if (len == 0)
        return false;
    if (parse_short(text, len, out))
        return true;
    d.negative = *text == '-';
    if (len - d.negative - 1 < 24 && len - d.negative > 16 &&
        take_long_sixteen(text + d.negative, len - d.negative, &d)) {
        *out = combine(&d);
        return true;
    }
    return mlt_number_parse(text, len, out);
}
#else
bool mlt_number_parse_avx2(const char *text, size_t len, double *out)
{
    return mlt_number_parse(text, len, out);
}
#endif
