#include "harness/codec/number.h"

#include <stdint.h>

#if defined __x86_64__
#include <immintrin.h>
#endif

#include "harness/codec/number_part.h"

#if defined __x86_64__
#define AVX2 __attribute__((target("avx2,bmi")))

/* A load at [n] has ones in its last n bytes. */
static const unsigned char last[32] = {
    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,    0,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};

/* By sign and by where the point stands among sixteen places; 16 is no point. To divide by a
 * negative power is to set the sign, of zero too. */
static const double divisor[2][17] = {
    {1e15, 1e14, 1e13, 1e12, 1e11, 1e10, 1e9, 1e8, 1e7, 1e6, 1e5, 1e4, 1e3, 1e2, 1e1, 1e0, 1e0},
    {-1e15, -1e14, -1e13, -1e12, -1e11, -1e10, -1e9, -1e8, -1e7, -1e6, -1e5, -1e4, -1e3, -1e2, -1e1,
     -1e0, -1e0}};

/* One of the four fields: where it ends, how many characters it has behind its sign. */
struct field {
    const char *end;
    size_t len, sign;
};

AVX2 static inline struct field field_at(const char *text, const uint32_t *bound)
{
    const char *start = text + (uint32_t)(bound[0] + 1), *end = text + bound[1];
    size_t sign = *start == '-';
    return (struct field){end, (size_t)(end - start) - sign, sign};
}

AVX2 static inline __m256i pair(const void *low, const void *high)
{
    return _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128(low)),
                                   _mm_loadu_si128(high), 1);
}

/* Two fields, one in each half: their digits without the point, `*dots` where the points are,
 * `*wrong` not zero where a byte is no digit. */
AVX2 static inline __m256i digits_of(const struct field *low, const struct field *high,
                                     unsigned *dots, __m256i *wrong)
{
    const __m256i nine = _mm256_set1_epi8(9);
    __m256i bytes = pair(low->end - 16, high->end - 16);
    __m256i ours = pair(last + low->len, last + high->len);
    __m256i dot = _mm256_and_si256(ours, _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('.')));
    __m256i digits = _mm256_andnot_si256(
        dot, _mm256_and_si256(ours, _mm256_sub_epi8(bytes, _mm256_set1_epi8('0'))));
    *wrong = _mm256_or_si256(*wrong, _mm256_subs_epu8(digits, nine));
    *dots = (unsigned)_mm256_movemask_epi8(dot);
    return digits;
}

/* Sixteen digits in each half: their values as 64-bit integers, in the low word of the half. */
AVX2 static inline __m256i value_of(__m256i digits, unsigned low, unsigned high)
{
    digits = _mm256_shuffle_epi8(digits, pair(mlt_number_without[low], mlt_number_without[high]));
    __m256i twos = _mm256_maddubs_epi16(digits, _mm256_set1_epi16(1 << 8 | 10));
    __m256i fours = _mm256_madd_epi16(twos, _mm256_set1_epi32(1 << 16 | 100));
    __m256i packed = _mm256_packus_epi32(fours, fours);
    __m256i eights = _mm256_madd_epi16(packed, _mm256_set1_epi32(1 << 16 | 10000));
    return _mm256_add_epi64(_mm256_mul_epu32(eights, _mm256_set1_epi64x(100000000)),
                            _mm256_srli_epi64(eights, 32));
}

/* Integers below 2^53 as doubles: the halves under the exponents of 2^84 and 2^52, which then go.
 */
AVX2 static inline __m256d to_double(__m256i value)
{
    __m256i high =
        _mm256_or_si256(_mm256_srli_epi64(value, 32), _mm256_castpd_si256(_mm256_set1_pd(0x1p84)));
    __m256i low = _mm256_blend_epi32(_mm256_castpd_si256(_mm256_set1_pd(0x1p52)), value, 0x55);
    return _mm256_add_pd(_mm256_sub_pd(_mm256_castsi256_pd(high), _mm256_set1_pd(0x1p84 + 0x1p52)),
                         _mm256_castsi256_pd(low));
}

/* Where the point stands; `*odd` for more than one, or a field that is nothing but one (and for
 * ".5", which is left to others). */
static inline unsigned point_of(unsigned dots, size_t len, bool *odd)
{
    dots &= 0xffff;
    unsigned point = (unsigned)__builtin_ctz(dots | 0x10000);
    *odd |= (dots & (dots - 1)) != 0 || point + len == 16;
    return point;
}

/* Four numbers of at most sixteen characters behind the sign, each one exact division. False: at
 * least one of them is none. Written out, so that everything stays in registers. */
AVX2 static inline bool take_four(const char *text, const uint32_t *bound, size_t stride,
                                  double *out)
{
    struct field a = field_at(text, bound), b = field_at(text, bound + stride);
    struct field c = field_at(text, bound + 2 * stride), d = field_at(text, bound + 3 * stride);
    __m256i wrong = _mm256_setzero_si256();
    if ((a.len - 1 >= 16) | (b.len - 1 >= 16) | (c.len - 1 >= 16) | (d.len - 1 >= 16))
        return false;
    unsigned dots_ac, dots_bd;
    bool odd = false;
    __m256i ac = digits_of(&a, &c, &dots_ac, &wrong), bd = digits_of(&b, &d, &dots_bd, &wrong);
    unsigned at = point_of(dots_ac, a.len, &odd), bt = point_of(dots_bd, b.len, &odd);
    unsigned ct = point_of(dots_ac >> 16, c.len, &odd), dt = point_of(dots_bd >> 16, d.len, &odd);
    __m256i value = _mm256_unpacklo_epi64(value_of(ac, at, ct), value_of(bd, bt, dt));
    wrong = _mm256_or_si256(wrong, _mm256_cmpgt_epi64(value, _mm256_set1_epi64x(INT64_C(1) << 53)));
    if (odd | !_mm256_testz_si256(wrong, wrong))
        return false;
    __m256d by = _mm256_setr_pd(divisor[a.sign][at], divisor[b.sign][bt], divisor[c.sign][ct],
                                divisor[d.sign][dt]);
    _mm256_storeu_pd(out, _mm256_div_pd(to_double(value), by));
    return true;
}

AVX2 static size_t column_avx2(const char *text, const uint32_t *bound, size_t stride, size_t rows,
                               double *out)
{
    size_t row = 0;
    while (row < rows) {
        const uint32_t *at = bound + row * stride;
        if (rows - row >= 4 && take_four(text, at, stride, out + row)) {
            row += 4;
            continue;
        }
        for (size_t end = rows - row < 4 ? rows : row + 4; row < end; row++, at += stride)
            if (!mlt_number_parse_avx2(text + (uint32_t)(at[0] + 1), at[1] - (at[0] + 1),
                                       &out[row]))
                return row;
    }
    return row;
}
#endif

size_t mlt_number_column(const char *text, const uint32_t *bound, size_t stride, size_t rows,
                         bool avx2, double *out)
{
    size_t row = 0;
#if defined __x86_64__
    if (avx2)
        return column_avx2(text, bound, stride, rows, out);
#endif
    (void)avx2;
    for (; row < rows; row++, bound += stride)
        if (!mlt_number_parse(text + (uint32_t)(bound[0] + 1), bound[1] - (bound[0] + 1),
                              &out[row]))
            break;
    return row;
}
