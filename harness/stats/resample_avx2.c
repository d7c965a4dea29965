#include "harness/stats/resample_avx2.h"

#if defined(__x86_64__)

#include <immintrin.h>

#include "harness/stats/resample.h"

#define AVX2 __attribute__((target("avx2")))
#define AVX2_INLINE static inline __attribute__((target("avx2"), always_inline))

/* Eight generator blocks, four to a register: each word sits in the low half of a 64-bit lane,
 * where the widening multiplication wants it, and the high halves hold whatever is left over. */
struct state {
    __m256i a[4], b[4];
};

AVX2_INLINE void round4(__m256i c[4], __m256i k0, __m256i k1)
{
    __m256i product0 = _mm256_mul_epu32(c[0], _mm256_set1_epi64x(0xD2511F53));
    __m256i product1 = _mm256_mul_epu32(c[2], _mm256_set1_epi64x(0xCD9E8D57));
    c[0] = _mm256_xor_si256(_mm256_srli_epi64(product1, 32), _mm256_xor_si256(c[1], k0));
    c[2] = _mm256_xor_si256(_mm256_srli_epi64(product0, 32), _mm256_xor_si256(c[3], k1));
    c[1] = product1;
    c[3] = product0;
}

AVX2_INLINE void philox8(struct state *s, uint64_t seed)
{
    uint32_t k0 = (uint32_t)seed, k1 = (uint32_t)(seed >> 32);
#pragma GCC unroll 10
    for (int i = 0; i < 10; i++) {
        __m256i key0 = _mm256_set1_epi64x(k0), key1 = _mm256_set1_epi64x(k1);
        round4(s->a, key0, key1);
        round4(s->b, key0, key1);
        k0 += 0x9E3779B9;
        k1 += 0xBB67AE85;
    }
}

/* Sixteen weights in 16-bit lanes from a word of the eight blocks. */
AVX2_INLINE __m256i invert(__m256i a, __m256i b)
{
    const __m256i middle = _mm256_set1_epi16(-32768);
    __m256i bits = _mm256_blend_epi32(a, _mm256_slli_epi64(b, 32), 0xAA);
    /* Signed comparisons: shifting the numbers by half the range keeps their order. */
    bits = _mm256_xor_si256(bits, middle);
#define AT_LEAST(threshold) _mm256_cmpgt_epi16(_mm256_set1_epi16((threshold)-32768), bits)
    __m256i low = _mm256_add_epi16(AT_LEAST(41427), AT_LEAST(17317));
    __m256i next = _mm256_add_epi16(AT_LEAST(5262), AT_LEAST(1245));
    __m256i high = _mm256_add_epi16(AT_LEAST(240), AT_LEAST(39));
    __m256i last = _mm256_add_epi16(AT_LEAST(5), AT_LEAST(1));
#undef AT_LEAST
    return _mm256_abs_epi16(
        _mm256_add_epi16(_mm256_add_epi16(low, next), _mm256_add_epi16(high, last)));
}

/* The 64 weights as bytes, eight to a block: blocks a0 b0 a2 b2 in *front, a1 b1 a3 b3 in *back. */
AVX2_INLINE void weights8(struct state *s, uint64_t seed, __m256i *front, __m256i *back)
{
    philox8(s, seed);
    const __m256i gather = _mm256_setr_epi8(0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15, 0,
                                            1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15);
    __m256i words01 = _mm256_packus_epi16(invert(s->a[0], s->b[0]), invert(s->a[1], s->b[1]));
    __m256i words23 = _mm256_packus_epi16(invert(s->a[2], s->b[2]), invert(s->a[3], s->b[3]));
    words01 = _mm256_shuffle_epi8(words01, gather);
    words23 = _mm256_shuffle_epi8(words23, gather);
    *front = _mm256_unpacklo_epi32(words01, words23);
    *back = _mm256_unpackhi_epi32(words01, words23);
}

/* One row, eight blocks from `block` on: 64 replicates in their order. */
AVX2_INLINE void row_by_blocks(uint64_t seed, uint64_t key, uint64_t block, uint8_t *weight)
{
    __m256i base = _mm256_set1_epi64x((long long)block), front, back;
    __m256i a = _mm256_add_epi64(base, _mm256_setr_epi64x(0, 4, 2, 6));
    __m256i b = _mm256_add_epi64(base, _mm256_setr_epi64x(1, 5, 3, 7));
    __m256i low = _mm256_set1_epi64x((long long)key);
    __m256i high = _mm256_set1_epi64x((long long)(key >> 32));
    struct state s = {{low, high, a, _mm256_srli_epi64(a, 32)},
                      {low, high, b, _mm256_srli_epi64(b, 32)}};
    weights8(&s, seed, &front, &back);
    _mm256_storeu_si256((__m256i *)weight, front);
    _mm256_storeu_si256((__m256i *)(weight + 32), back);
}

/* Eight rows, one block: eight replicates of each. */
AVX2_INLINE void rows_by_block(uint64_t seed, const uint64_t *key, uint64_t block, uint8_t *weight,
                               size_t stride)
{
    __m256i a = _mm256_setr_epi64x((long long)key[0], (long long)key[1], (long long)key[2],
                                   (long long)key[3]);
    __m256i b = _mm256_setr_epi64x((long long)key[4], (long long)key[5], (long long)key[6],
                                   (long long)key[7]);
    __m256i low = _mm256_set1_epi64x((long long)block), front, back;
    __m256i high = _mm256_set1_epi64x((long long)(block >> 32));
    struct state s = {{a, _mm256_srli_epi64(a, 32), low, high},
                      {b, _mm256_srli_epi64(b, 32), low, high}};
    weights8(&s, seed, &front, &back);
    __m128i quarter[4] = {_mm256_castsi256_si128(front), _mm256_extracti128_si256(front, 1),
                          _mm256_castsi256_si128(back), _mm256_extracti128_si256(back, 1)};
    static const unsigned char first_row[4] = {0, 2, 1, 3};
    for (int i = 0; i < 4; i++) {
        _mm_storel_epi64((__m128i *)(weight + first_row[i] * stride), quarter[i]);
        _mm_storel_epi64((__m128i *)(weight + (first_row[i] + 4u) * stride),
                         _mm_unpackhi_epi64(quarter[i], quarter[i]));
    }
}

/* One block for fewer than eight rows, the missing ones filled up. */
AVX2 static void last_rows(uint64_t seed, const uint64_t *key, size_t n, uint64_t block,
                           uint8_t *weight, size_t stride)
{
    uint64_t filled[8] = {0};
    uint8_t made[64];
    for (size_t i = 0; i < n; i++)
        filled[i] = key[i];
    rows_by_block(seed, filled, block, made, 8);
    for (size_t i = 0; i < n; i++)
        __builtin_memcpy(weight + i * stride, made + 8 * i, 8);
}

AVX2 void mlt_resample_poisson_avx2(uint64_t seed, const uint64_t *key, size_t n, uint64_t first,
                                    size_t count, uint8_t *weight)
{
    uint64_t block = first / MLT_RESAMPLE_STEP;
    size_t whole = count / MLT_RESAMPLE_BLOCK * MLT_RESAMPLE_BLOCK;
    for (size_t i = 0; i < n && whole > 0; i++)
        for (size_t j = 0; j < whole; j += MLT_RESAMPLE_BLOCK)
            row_by_blocks(seed, key[i], block + j / MLT_RESAMPLE_STEP, weight + i * count + j);
    for (size_t j = whole; j < count; j += MLT_RESAMPLE_STEP) {
        size_t i = 0;
        for (; i + 8 <= n; i += 8)
            rows_by_block(seed, key + i, block + j / MLT_RESAMPLE_STEP, weight + i * count + j,
                          count);
        if (i < n)
            last_rows(seed, key + i, n - i, block + j / MLT_RESAMPLE_STEP, weight + i * count + j,
                      count);
    }
}

#endif
