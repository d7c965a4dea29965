#include "harness/stats/resample.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/buf.h"
#include "harness/base/cpu.h"
#include "harness/base/hash.h"
#include "harness/stats/resample_avx2.h"

void mlt_philox4x32(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4])
{
    uint32_t c0 = counter[0], c1 = counter[1], c2 = counter[2], c3 = counter[3];
    uint32_t k0 = key[0], k1 = key[1];
    for (int i = 0; i < 10; i++) {
        uint64_t product0 = (uint64_t)c0 * 0xD2511F53, product1 = (uint64_t)c2 * 0xCD9E8D57;
        c0 = (uint32_t)(product1 >> 32) ^ c1 ^ k0;
        c1 = (uint32_t)product1;
        c2 = (uint32_t)(product0 >> 32) ^ c3 ^ k1;
        c3 = (uint32_t)product0;
        k0 += 0x9E3779B9;
        k1 += 0xBB67AE85;
    }
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
}

typedef int16_t eight_lanes __attribute__((vector_size(16)));
typedef int8_t eight_bytes __attribute__((vector_size(8)));

/* Eight weights at once; a comparison gives -1 where it holds. The comparisons are signed: shifting
 * the numbers by half their range keeps their order. */
static inline void invert8(uint32_t word[4], uint8_t weight[8])
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    for (int j = 0; j < 4; j++)
        word[j] = word[j] << 16 | word[j] >> 16;
#endif
    eight_lanes bits;
    memcpy(&bits, word, sizeof bits);
    bits ^= (int16_t)-32768;
    eight_lanes sum = (bits < (int16_t)(41427 - 32768)) + (bits < (int16_t)(17317 - 32768)) +
                      (bits < (int16_t)(5262 - 32768)) + (bits < (int16_t)(1245 - 32768)) +
                      (bits < (int16_t)(240 - 32768)) + (bits < (int16_t)(39 - 32768)) +
                      (bits < (int16_t)(5 - 32768)) + (bits < (int16_t)(1 - 32768));
    eight_bytes bytes = __builtin_convertvector(-sum, eight_bytes);
    memcpy(weight, &bytes, sizeof bytes);
}

/* Up to eight blocks of one row. All bits come first: reading a block as lanes right after its
 * words were written would wait for the writes. */
static void row_portable(const uint32_t key[2], uint64_t row, uint64_t block, size_t blocks,
                         uint8_t *weight)
{
    uint32_t word[8][4];
    for (size_t b = 0; b < blocks; b++) {
        const uint32_t counter[4] = {(uint32_t)row, (uint32_t)(row >> 32), (uint32_t)(block + b),
                                     (uint32_t)((block + b) >> 32)};
        mlt_philox4x32(counter, key, word[b]);
    }
    for (size_t b = 0; b < blocks; b++)
        invert8(word[b], weight + b * MLT_RESAMPLE_STEP);
}

static void poisson_portable(uint64_t seed, const uint64_t *key, size_t n, uint64_t first,
                             size_t count, uint8_t *weight)
{
    const uint32_t philox_key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < count; j += MLT_RESAMPLE_BLOCK) {
            size_t blocks = (count - j) / MLT_RESAMPLE_STEP;
            row_portable(philox_key, key[i], (first + j) / MLT_RESAMPLE_STEP,
                         blocks < 8 ? blocks : 8, weight + i * count + j);
        }
}

void mlt_resample_poisson(uint64_t seed, const uint64_t *key, size_t n, uint64_t first,
                          size_t count, bool portable, uint8_t *weight)
{
#if defined(__x86_64__)
    if (!portable && mlt_cpu_avx2()) {
        mlt_resample_poisson_avx2(seed, key, n, first, count, weight);
        return;
    }
#endif
    (void)portable;
    poisson_portable(seed, key, n, first, count, weight);
}

uint32_t mlt_resample_block(uint64_t seed, uint64_t key, uint32_t blocks)
{
    /* A counter that no weight reaches: replicates end at 2^64 / 8 blocks. */
    const uint32_t philox_key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
    const uint32_t counter[4] = {(uint32_t)key, (uint32_t)(key >> 32), UINT32_MAX, UINT32_MAX};
    uint32_t word[4];
    mlt_philox4x32(counter, philox_key, word);
    return (uint32_t)((uint64_t)word[0] * blocks >> 32);
}

/* A number below `n`; the 2^-64 n by which some are likelier than others shows nowhere. */
static uint64_t draw_below(const uint32_t key[2], uint64_t draw, uint64_t replicate, uint64_t n)
{
    /* The highest bit keeps these counters apart from those of the weights. */
    const uint32_t counter[4] = {(uint32_t)draw, (uint32_t)(draw >> 32), (uint32_t)replicate,
                                 (uint32_t)(replicate >> 32) | 0x80000000};
    uint32_t word[4];
    mlt_philox4x32(counter, key, word);
    uint64_t bits = (uint64_t)word[1] << 32 | word[0];
    return (uint64_t)((unsigned __int128)bits * n >> 64);
}

bool mlt_resample_multinomial(uint64_t seed, size_t n, uint64_t replicate, uint8_t *weight,
                              struct mlt_err *err)
{
    if (n == 0)
        return mlt_err_set(err, MLT_ERR_USAGE, "there are no rows to resample");
    const uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
    memset(weight, 0, n);
    for (size_t d = 0; d < n; d++) {
        uint64_t row = draw_below(key, d, replicate, n);
        if (weight[row] == UINT8_MAX)
            return mlt_err_set(err, MLT_ERR_USAGE,
                               "row %llu was drawn more than 255 times in replicate %llu",
                               (unsigned long long)row, (unsigned long long)replicate);
        weight[row]++;
    }
    return true;
}

bool mlt_resample_seed(const char *const *text, size_t n, uint64_t *seed, struct mlt_err *err)
{
    struct mlt_buf all = MLT_BUF_INIT;
    char hex[MLT_SHA256_HEX];
    for (size_t i = 0; i < n; i++) {
        mlt_buf_puts(&all, text[i]);
        mlt_buf_putc(&all, '\n');
    }
    bool done = mlt_buf_check(&all, err) && mlt_hash_bytes(all.data, all.len, hex, err);
    if (done) {
        hex[16] = '\0';
        *seed = strtoull(hex, NULL, 16);
    }
    mlt_buf_free(&all);
    return done;
}
