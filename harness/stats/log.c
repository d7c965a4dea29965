#include <math.h>
#include <stdint.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "harness/base/cpu.h"
#include "harness/stats/elementary.h"

/* log 2 in two parts; the first has 32 trailing zero bits, so k times it is exact for |k| < 2^20.
 */
static const double ln2_hi = 6.93147180369123816490e-01;
static const double ln2_lo = 1.90821492927058770002e-10;

/* (log((1 + s) / (1 - s)) - 2 s) / s^3 as a polynomial of z = s^2 for s^2 <= 0.02944: Remez's
 * algorithm at 50 digits; the error is below 2^-58 of the logarithm. */
static const double series_0 = 0.66666666666667344176;
static const double series_1 = 0.39999999999414546253;
static const double series_2 = 0.28571428742432261232;
static const double series_3 = 0.22222198567353521022;
static const double series_4 = 0.18183564684493916575;
static const double series_5 = 0.15314040130007127174;
static const double series_6 = 0.14796065367232460199;

/* The bits of sqrt(1/2), up to which a mantissa is doubled. */
static const uint64_t root_half = 0x3fe6a09e667f3bcdu;
static const uint64_t exponent_mask = 0xfff0000000000000u;
static const uint64_t exponent_bias = 1024;

/* log(1 + f) for sqrt(1/2) <= 1 + f < sqrt(2) with s = f / (2 + f): 2 atanh(s), the leading f kept
 * whole. The same operations in the same order as in log_of_four. */
static double log_near_one(double f)
{
    double s = f / (2 + f);
    double z = s * s;
    double w = z * z;
    double odd = w * (series_1 + w * (series_3 + w * series_5));
    double even = z * (series_0 + w * (series_2 + w * (series_4 + w * series_6)));
    double half = 0.5 * f * f;
    return f - (half - s * (half + (odd + even)));
}

/* Of x = m 2^k with m near 1: k, and m - 1. */
static double log_of_normal(uint64_t bits, double extra)
{
    uint64_t offset = bits - root_half;
    double k = (double)((offset + (exponent_bias << 52)) >> 52) - (double)exponent_bias + extra;
    uint64_t mantissa = bits - (offset & exponent_mask);
    double m;
    memcpy(&m, &mantissa, sizeof m);
    double low = log_near_one(m - 1);
    return k * ln2_hi + (low + k * ln2_lo);
}

double mlt_log(double x)
{
    if (isnan(x) || x < 0)
        return NAN;
    if (x == 0)
        return -INFINITY;
    if (isinf(x))
        return x;
    /* Subnormal ones are made normal first. */
    double extra = x < 0x1p-1022 ? -54 : 0;
    double scaled = x < 0x1p-1022 ? x * 0x1p54 : x;
    uint64_t bits;
    memcpy(&bits, &scaled, sizeof bits);
    return log_of_normal(bits, extra);
}

double mlt_log1p(double x)
{
    if (isnan(x) || x < -1)
        return NAN;
    if (x == -1)
        return -INFINITY;
    if (isinf(x))
        return x;
    if (x > -0.29 && x < 0.41)
        return log_near_one(x);
    return mlt_log(1 + x);
}

#if defined(__x86_64__)

/* Products and sums stay apart: the whole tree is built without contraction. */
#define AVX2 __attribute__((target("avx2")))

AVX2 static inline __m256d constant(double x)
{
    return _mm256_set1_pd(x);
}

AVX2 static inline __m256d times_plus(__m256d a, __m256d b, double c)
{
    return _mm256_add_pd(constant(c), _mm256_mul_pd(a, b));
}

AVX2 static inline __m256d near_one_of_four(__m256d f)
{
    __m256d s = _mm256_div_pd(f, _mm256_add_pd(constant(2), f));
    __m256d z = _mm256_mul_pd(s, s);
    __m256d w = _mm256_mul_pd(z, z);
    __m256d odd = times_plus(w, times_plus(w, constant(series_5), series_3), series_1);
    __m256d even = times_plus(w, times_plus(w, constant(series_6), series_4), series_2);
    even = times_plus(w, even, series_0);
    __m256d half = _mm256_mul_pd(_mm256_mul_pd(constant(0.5), f), f);
    __m256d series = _mm256_add_pd(_mm256_mul_pd(w, odd), _mm256_mul_pd(z, even));
    __m256d rest = _mm256_sub_pd(half, _mm256_mul_pd(s, _mm256_add_pd(half, series)));
    return _mm256_sub_pd(f, rest);
}

AVX2 static inline __m256d log_of_four(__m256i bits)
{
    __m256i offset = _mm256_sub_epi64(bits, _mm256_set1_epi64x((long long)root_half));
    __m256i biased = _mm256_srli_epi64(
        _mm256_add_epi64(offset, _mm256_set1_epi64x((long long)(exponent_bias << 52))), 52);
    /* A small integer below the mantissa of 2^52 is that double, 2^52 up. */
    __m256d shifted =
        _mm256_castsi256_pd(_mm256_or_si256(biased, _mm256_castpd_si256(constant(0x1p52))));
    __m256d k = _mm256_sub_pd(shifted, constant(0x1p52 + 1024));
    __m256i exponent = _mm256_and_si256(offset, _mm256_set1_epi64x((long long)exponent_mask));
    __m256d m = _mm256_castsi256_pd(_mm256_sub_epi64(bits, exponent));
    __m256d low = near_one_of_four(_mm256_sub_pd(m, constant(1)));
    __m256d rest = _mm256_add_pd(low, _mm256_mul_pd(k, constant(ln2_lo)));
    return _mm256_add_pd(_mm256_mul_pd(k, constant(ln2_hi)), rest);
}

/* Whether all four are positive, finite and not subnormal. */
AVX2 static inline int all_normal(__m256i bits)
{
    __m256i low = _mm256_set1_epi64x(0x000fffffffffffff);
    __m256i high = _mm256_set1_epi64x(0x7ff0000000000000);
    __m256i inside =
        _mm256_and_si256(_mm256_cmpgt_epi64(bits, low), _mm256_cmpgt_epi64(high, bits));
    return _mm256_movemask_epi8(inside) == -1;
}

AVX2 static void log_n_avx2(const double *x, double *out, size_t n)
{
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        __m256i bits = _mm256_castpd_si256(_mm256_loadu_pd(x + i));
        if (__builtin_expect(all_normal(bits), 1)) {
            _mm256_storeu_pd(out + i, log_of_four(bits));
            continue;
        }
        for (size_t k = i; k < i + 4; k++)
            out[k] = mlt_log(x[k]);
    }
    for (; i < n; i++)
        out[i] = mlt_log(x[i]);
}

#endif

void mlt_log_n(const double *x, double *out, size_t n)
{
#if defined(__x86_64__)
    if (mlt_cpu_avx2()) {
        log_n_avx2(x, out, n);
        return;
    }
#endif
    for (size_t i = 0; i < n; i++)
        out[i] = mlt_log(x[i]);
}
