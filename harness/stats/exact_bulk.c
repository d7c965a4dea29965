#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "harness/base/cpu.h"
#include "harness/stats/exact.h"

/* How many of n terms can be added before the next carry; they are counted. */
static size_t take_room(struct mlt_exact *sum, size_t n)
{
    if (sum->pending >= MLT_EXACT_PENDING_MAX)
        mlt_exact_carry(sum);
    size_t room = MLT_EXACT_PENDING_MAX - sum->pending;
    if (room > n)
        room = n;
    sum->pending += (uint32_t)room;
    return room;
}

static void add_plain(struct mlt_exact *sum, const double *x, size_t n)
{
    for (size_t done = 0; done < n;) {
        size_t end = done + take_room(sum, n - done);
        for (; done < end; done++)
            mlt_exact_put(sum, x[done]);
    }
}

static void add_products_plain(struct mlt_exact *sum, const double *a, const double *b, size_t n)
{
    for (size_t done = 0; done < n;) {
        size_t end = done + take_room(sum, n - done);
        for (; done < end; done++)
            mlt_exact_put_product(sum, a[done], b[done]);
    }
}

#if defined(__x86_64__)

/* Many terms of similar size are added up in doubles first, without error: each is cut at a fixed
 * place into a high part of at most 45 bits, of which 256 can be added in a double exactly, and a
 * low part that is cut once more (Rump, Ogita & Oishi 2008, "Accurate floating-point summation",
 * ExtractScalar). A block where something is left after the second cut, or that is near the ends of
 * the range, goes the plain way: the sum is the same. */

#define AVX2 __attribute__((target("avx2")))

enum {
    BLOCK = 1024, /* 256 in each of four lanes */
    FEW = 32,     /* below, the detour does not pay */
    CUT_BITS = 45,
    MAGNITUDE_MIN =
        1023 - 480, /* stored exponents between which nothing can overflow or underflow */
    MAGNITUDE_MAX = 1023 + 480
};

/* A running sum by two cuts. */
struct cuts {
    __m256d first,
        second;        /* 1.5 * 2^k: what is added to them is rounded to a multiple of 2^(k - 52) */
    __m256d high, low; /* the sums of the two parts */
    __m256d left;      /* zero as long as nothing is left */
};

static double power_of_two(int64_t exponent)
{
    uint64_t bits = (uint64_t)(exponent + 1023) << 52;
    double out;
    memcpy(&out, &bits, sizeof out);
    return out;
}

/* For terms below 2^(exponent + 1) in magnitude. */
AVX2 static inline struct cuts cuts_for(int64_t exponent)
{
    return (struct cuts){_mm256_set1_pd(1.5 * power_of_two(exponent + 8)),
                         _mm256_set1_pd(1.5 * power_of_two(exponent + 8 - CUT_BITS)),
                         _mm256_setzero_pd(), _mm256_setzero_pd(), _mm256_setzero_pd()};
}

AVX2 static inline void cut_and_add(struct cuts *cuts, __m256d x)
{
    __m256d high = _mm256_sub_pd(_mm256_add_pd(cuts->first, x), cuts->first);
    __m256d rest = _mm256_sub_pd(x, high);
    __m256d low = _mm256_sub_pd(_mm256_add_pd(cuts->second, rest), cuts->second);
    cuts->high = _mm256_add_pd(cuts->high, high);
    cuts->low = _mm256_add_pd(cuts->low, low);
    cuts->left = _mm256_or_pd(cuts->left, _mm256_sub_pd(rest, low));
}

AVX2 static inline bool nothing_left(const struct cuts *cuts)
{
    /* A NaN cannot be here, and -0 is nothing as well. */
    __m256d nothing = _mm256_cmp_pd(cuts->left, _mm256_setzero_pd(), _CMP_EQ_OQ);
    return _mm256_movemask_pd(nothing) == 15;
}

AVX2 static inline void add_cuts(struct mlt_exact *sum, const struct cuts *cuts)
{
    double part[8];
    _mm256_storeu_pd(part, cuts->high);
    _mm256_storeu_pd(part + 4, cuts->low);
    add_plain(sum, part, 8);
}

AVX2 static inline __m256i magnitude_bits(__m256d x)
{
    return _mm256_and_si256(_mm256_castpd_si256(x), _mm256_set1_epi64x(INT64_MAX));
}

AVX2 static inline __m256i larger(__m256i a, __m256i b)
{
    return _mm256_blendv_epi8(a, b, _mm256_cmpgt_epi64(b, a));
}

/* The stored exponent of the largest of four magnitudes. */
AVX2 static inline int64_t largest_exponent(__m256i bits)
{
    int64_t lane[4], out = 0;
    _mm256_storeu_si256((__m256i *)(void *)lane, bits);
    for (int i = 0; i < 4; i++)
        out = lane[i] > out ? lane[i] : out;
    return out >> 52;
}

AVX2 static bool add_block(struct mlt_exact *sum, const double *x, size_t n)
{
    __m256i top = _mm256_setzero_si256();
    for (size_t i = 0; i < n; i += 4)
        top = larger(top, magnitude_bits(_mm256_loadu_pd(x + i)));
    int64_t exponent = largest_exponent(top);
    if (exponent < MAGNITUDE_MIN || exponent > MAGNITUDE_MAX)
        return false;
    struct cuts cuts = cuts_for(exponent - 1023);
    for (size_t i = 0; i < n; i += 4)
        cut_and_add(&cuts, _mm256_loadu_pd(x + i));
    if (!nothing_left(&cuts))
        return false;
    add_cuts(sum, &cuts);
    return true;
}

/* All bits set in the lanes of x that are neither 0 nor well inside the range. */
AVX2 static inline __m256i outside(__m256d x)
{
    __m256i bits = magnitude_bits(x);
    __m256i small = _mm256_cmpgt_epi64(_mm256_set1_epi64x((int64_t)MAGNITUDE_MIN << 52), bits);
    __m256i large = _mm256_cmpgt_epi64(bits, _mm256_set1_epi64x((int64_t)MAGNITUDE_MAX << 52));
    __m256i zero = _mm256_cmpeq_epi64(bits, _mm256_setzero_si256());
    return _mm256_or_si256(large, _mm256_andnot_si256(zero, small));
}

AVX2 static inline __m256d high_half(__m256d a)
{
    __m256d scaled = _mm256_mul_pd(_mm256_set1_pd(134217729.0), a); /* 2^27 + 1 */
    return _mm256_sub_pd(scaled, _mm256_sub_pd(scaled, a));
}

/* a b less its rounded value (Dekker 1971), as in mlt_wide_product. */
AVX2 static inline __m256d product_error(__m256d a, __m256d b, __m256d product)
{
    __m256d a_hi = high_half(a), b_hi = high_half(b);
    __m256d a_lo = _mm256_sub_pd(a, a_hi), b_lo = _mm256_sub_pd(b, b_hi);
    __m256d error = _mm256_sub_pd(_mm256_mul_pd(a_hi, b_hi), product);
    error = _mm256_add_pd(error, _mm256_mul_pd(a_hi, b_lo));
    error = _mm256_add_pd(error, _mm256_mul_pd(a_lo, b_hi));
    return _mm256_add_pd(error, _mm256_mul_pd(a_lo, b_lo));
}

AVX2 static bool add_products_block(struct mlt_exact *sum, const double *a, const double *b,
                                    size_t n)
{
    __m256i top = _mm256_setzero_si256(), bad = _mm256_setzero_si256();
    for (size_t i = 0; i < n; i += 4) {
        __m256d x = _mm256_loadu_pd(a + i), y = _mm256_loadu_pd(b + i);
        bad = _mm256_or_si256(bad, _mm256_or_si256(outside(x), outside(y)));
        top = larger(top, magnitude_bits(_mm256_mul_pd(x, y)));
    }
    int64_t exponent = largest_exponent(top);
    if (!_mm256_testz_si256(bad, bad) || exponent < MAGNITUDE_MIN || exponent > MAGNITUDE_MAX)
        return false;
    struct cuts cuts = cuts_for(exponent - 1023), errors = cuts_for(exponent - 1023 - 53);
    for (size_t i = 0; i < n; i += 4) {
        __m256d x = _mm256_loadu_pd(a + i), y = _mm256_loadu_pd(b + i);
        __m256d product = _mm256_mul_pd(x, y);
        cut_and_add(&cuts, product);
        cut_and_add(&errors, product_error(x, y, product));
    }
    if (!nothing_left(&cuts) || !nothing_left(&errors))
        return false;
    add_cuts(sum, &cuts);
    add_cuts(sum, &errors);
    return true;
}

static void add_n_avx2(struct mlt_exact *sum, const double *x, size_t n)
{
    while (n >= FEW) {
        size_t block = n < BLOCK ? n & ~(size_t)3 : BLOCK;
        if (!add_block(sum, x, block))
            add_plain(sum, x, block);
        x += block;
        n -= block;
    }
    add_plain(sum, x, n);
}

static void add_products_avx2(struct mlt_exact *sum, const double *a, const double *b, size_t n)
{
    while (n >= FEW) {
        size_t block = n < BLOCK ? n & ~(size_t)3 : BLOCK;
        if (!add_products_block(sum, a, b, block))
            add_products_plain(sum, a, b, block);
        a += block;
        b += block;
        n -= block;
    }
    add_products_plain(sum, a, b, n);
}

#endif

void mlt_exact_add_n(struct mlt_exact *sum, const double *x, size_t n)
{
#if defined(__x86_64__)
    if (mlt_cpu_avx2()) {
        add_n_avx2(sum, x, n);
        return;
    }
#endif
    add_plain(sum, x, n);
}

void mlt_exact_add_products_n(struct mlt_exact *sum, const double *a, const double *b, size_t n)
{
#if defined(__x86_64__)
    if (mlt_cpu_avx2()) {
        add_products_avx2(sum, a, b, n);
        return;
    }
#endif
    add_products_plain(sum, a, b, n);
}
