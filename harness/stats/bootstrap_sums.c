#include "harness/stats/bootstrap_sums.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "harness/base/cpu.h"
#include "harness/stats/bootstrap_parallel.h"
#include "harness/stats/resample.h"

/* Rows are taken in batches. A value has three digits of 15 bits (the highest is signed), which the
 * processor multiplies by two rows' weights at once; over a batch the products of a digit stay
 * below 128 x 8 x 2^15 = 2^25, and a whole batch below 128 x 8 x 2^45 = 2^55. */
enum { LANES = MLT_RESAMPLE_BLOCK, BATCH = 128, DIGITS = 3, DIGIT_BITS = 15 };

/* 64 replicates. */
struct group {
    uint64_t weight[LANES];
    __int128 total[][LANES]; /* per column */
};

struct mlt_bootstrap_sums {
    uint64_t seed, first;
    size_t count, groups, group_bytes;
    unsigned columns;
    unsigned char *group;
};

double mlt_quantise_quantum(double largest)
{
    if (!isfinite(largest))
        return NAN;
    int exponent;
    (void)frexp(largest, &exponent);
    double quantum = ldexp(1, exponent - 45 > -1074 ? exponent - 45 : -1074);
    /* Just below a power of two the value may round up out of the range. */
    return rint(fabs(largest) / quantum) > (double)MLT_QUANTA_MAX ? 2 * quantum : quantum;
}

bool mlt_quantise(const double *x, size_t n, double quantum, int64_t *out, struct mlt_err *err)
{
    if (!(quantum > 0) || !isfinite(quantum))
        return mlt_err_set(err, MLT_ERR_USAGE, "a quantum of %g cannot quantise", quantum);
    for (size_t i = 0; i < n; i++) {
        double quanta = rint(x[i] / quantum);
        if (!isfinite(x[i]))
            return mlt_err_set(err, MLT_ERR_EVIDENCE, "the value of row %zu is %g", i + 1, x[i]);
        if (fabs(quanta) > (double)MLT_QUANTA_MAX)
            return mlt_err_set(err, MLT_ERR_USAGE,
                               "the value of row %zu, %g, is too large for a quantum of %g", i + 1,
                               x[i], quantum);
        out[i] = (int64_t)quanta;
    }
    return true;
}

static struct group *group_of(const struct mlt_bootstrap_sums *sums, size_t number)
{
    return (struct group *)(void *)(sums->group + number * sums->group_bytes);
}

bool mlt_bootstrap_sums_new(uint64_t seed, uint64_t first, size_t count, unsigned columns,
                            struct mlt_bootstrap_sums **out, struct mlt_err *err)
{
    if (columns == 0 || columns > MLT_BOOTSTRAP_COLUMNS_MAX || count == 0)
        return mlt_err_set(err, MLT_ERR_USAGE, "%u columns and %zu replicates cannot be resampled",
                           columns, count);
    struct mlt_bootstrap_sums *sums = calloc(1, sizeof *sums);
    if (sums == NULL)
        return mlt_err_oom(err);
    sums->seed = seed;
    sums->first = first;
    sums->count = count;
    sums->columns = columns;
    sums->groups = (size_t)((first + count - 1) / LANES - first / LANES + 1);
    sums->group_bytes = sizeof(struct group) + columns * sizeof(__int128[LANES]);
    /* calloc aligns for any object, 128-bit integers included. */
    sums->group = calloc(sums->groups, sums->group_bytes);
    if (sums->group == NULL) {
        free(sums);
        return mlt_err_oom(err);
    }
    *out = sums;
    return true;
}

void mlt_bootstrap_sums_free(struct mlt_bootstrap_sums *sums)
{
    if (sums == NULL)
        return;
    free(sums->group);
    free(sums);
}

static void add_column_portable(uint8_t weight[BATCH][LANES], const int64_t *value, size_t rows,
                                __int128 *total)
{
    int64_t sum[LANES] = {0};
    for (size_t i = 0; i < rows; i++)
        for (size_t lane = 0; lane < LANES; lane++)
            sum[lane] += weight[i][lane] * value[i];
    for (size_t lane = 0; lane < LANES; lane++)
        total[lane] += sum[lane];
}

#if defined(__x86_64__)
/* The digits of two rows side by side, as the multiplication takes them. */
static void split_digits(const int64_t *value, size_t rows, uint32_t digit[DIGITS][BATCH / 2])
{
    for (size_t i = 0; i < rows; i += 2)
        for (int d = 0; d < DIGITS; d++) {
            int shift = d * DIGIT_BITS, mask = d < DIGITS - 1 ? 0x7FFF : 0xFFFF;
            uint32_t low = (uint32_t)(value[i] >> shift) & (uint32_t)mask, high = 0;
            if (i + 1 < rows)
                high = (uint32_t)(value[i + 1] >> shift) & (uint32_t)mask;
            digit[d][i / 2] = low | high << 16;
        }
}

__attribute__((target("avx2"))) static void add_digits(uint8_t weight[BATCH][LANES], size_t lane,
                                                       const uint32_t digit[DIGITS][BATCH / 2],
                                                       size_t pairs, int32_t sum[DIGITS][16])
{
    /* Replicates 0-3 and 8-11 in the first of each two, 4-7 and 12-15 in the second. */
    __m256i acc[DIGITS][2];
    for (int d = 0; d < DIGITS; d++)
        acc[d][0] = acc[d][1] = _mm256_setzero_si256();
    for (size_t p = 0; p < pairs; p++) {
        const __m128i *first = (const __m128i *)(const void *)&weight[2 * p][lane];
        const __m128i *second = (const __m128i *)(const void *)&weight[2 * p + 1][lane];
        __m256i a = _mm256_cvtepu8_epi16(_mm_loadu_si128(first));
        __m256i b = _mm256_cvtepu8_epi16(_mm_loadu_si128(second));
        __m256i low = _mm256_unpacklo_epi16(a, b), high = _mm256_unpackhi_epi16(a, b);
        for (int d = 0; d < DIGITS; d++) {
            __m256i factor = _mm256_set1_epi32((int)digit[d][p]);
            acc[d][0] = _mm256_add_epi32(acc[d][0], _mm256_madd_epi16(low, factor));
            acc[d][1] = _mm256_add_epi32(acc[d][1], _mm256_madd_epi16(high, factor));
        }
    }
    for (int d = 0; d < DIGITS; d++) {
        __m256i front = _mm256_permute2x128_si256(acc[d][0], acc[d][1], 0x20);
        __m256i back = _mm256_permute2x128_si256(acc[d][0], acc[d][1], 0x31);
        _mm256_storeu_si256((__m256i *)(void *)sum[d], front);
        _mm256_storeu_si256((__m256i *)(void *)(sum[d] + 8), back);
    }
}

static void add_column_avx2(uint8_t weight[BATCH][LANES], const int64_t *value, size_t rows,
                            __int128 *total)
{
    uint32_t digit[DIGITS][BATCH / 2];
    split_digits(value, rows, digit);
    /* An odd last row is paired with one of value 0. */
    if (rows % 2 == 1)
        memset(weight[rows], 0, LANES);
    for (size_t lane = 0; lane < LANES; lane += 16) {
        int32_t sum[DIGITS][16];
        add_digits(weight, lane, (const uint32_t(*)[BATCH / 2]) digit, (rows + 1) / 2, sum);
        for (size_t i = 0; i < 16; i++)
            total[lane + i] += sum[0][i] + sum[1][i] * (INT64_C(1) << DIGIT_BITS) +
                               sum[2][i] * (INT64_C(1) << (2 * DIGIT_BITS));
    }
}
#endif

typedef uint16_t wide __attribute__((vector_size(32)));
typedef uint8_t narrow __attribute__((vector_size(16)));

static void add_weights(uint8_t weight[BATCH][LANES], size_t rows, uint64_t *total)
{
    for (size_t lane = 0; lane < LANES; lane += 16) {
        wide sum = {0};
        for (size_t i = 0; i < rows; i++) {
            narrow bytes;
            memcpy(&bytes, &weight[i][lane], sizeof bytes);
            sum += __builtin_convertvector(bytes, wide);
        }
        for (size_t i = 0; i < 16; i++)
            total[lane + i] += sum[i];
    }
}

struct adding {
    struct mlt_bootstrap_sums *sums;
    const uint64_t *key;
    const int64_t *const *column;
    size_t n;
    bool portable;
};

static void add_to_group(void *context, size_t number, unsigned thread)
{
    (void)thread;
    const struct adding *job = context;
    const struct mlt_bootstrap_sums *sums = job->sums;
    struct group *group = group_of(sums, number);
    uint64_t replicate = (sums->first / LANES + number) * LANES;
    uint8_t weight[BATCH][LANES];
    void (*add_column)(uint8_t[BATCH][LANES], const int64_t *, size_t, __int128 *) =
        add_column_portable;
#if defined(__x86_64__)
    if (!job->portable && mlt_cpu_avx2())
        add_column = add_column_avx2;
#endif
    for (size_t at = 0; at < job->n; at += BATCH) {
        size_t rows = job->n - at < BATCH ? job->n - at : BATCH;
        mlt_resample_poisson(sums->seed, job->key + at, rows, replicate, LANES, job->portable,
                             weight[0]);
        add_weights(weight, rows, group->weight);
        for (unsigned c = 0; c < sums->columns; c++)
            add_column(weight, job->column[c] + at, rows, group->total[c]);
    }
}

void mlt_bootstrap_sums_add(struct mlt_bootstrap_sums *sums, const uint64_t *key,
                            const int64_t *const *column, size_t n, unsigned threads, bool portable)
{
    struct adding job = {sums, key, column, n, portable};
    mlt_parallel_run(threads, sums->groups, add_to_group, &job);
}

bool mlt_bootstrap_sums_merge(struct mlt_bootstrap_sums *sums,
                              const struct mlt_bootstrap_sums *other, struct mlt_err *err)
{
    if (sums->seed != other->seed || sums->first != other->first || sums->count != other->count ||
        sums->columns != other->columns)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "the partial sums are of different seeds, replicates or columns");
    for (size_t g = 0; g < sums->groups; g++) {
        struct group *to = group_of(sums, g), *from = group_of(other, g);
        for (size_t lane = 0; lane < LANES; lane++) {
            to->weight[lane] += from->weight[lane];
            for (unsigned c = 0; c < sums->columns; c++)
                to->total[c][lane] += from->total[c][lane];
        }
    }
    return true;
}

__int128 mlt_bootstrap_sums_total(const struct mlt_bootstrap_sums *sums, size_t index,
                                  unsigned column)
{
    size_t place = (size_t)(sums->first % LANES) + index;
    return group_of(sums, place / LANES)->total[column][place % LANES];
}

uint64_t mlt_bootstrap_sums_weight(const struct mlt_bootstrap_sums *sums, size_t index)
{
    size_t place = (size_t)(sums->first % LANES) + index;
    return group_of(sums, place / LANES)->weight[place % LANES];
}

double mlt_bootstrap_sums_mean(const struct mlt_bootstrap_sums *sums, size_t index, unsigned column,
                               double quantum)
{
    uint64_t weight = mlt_bootstrap_sums_weight(sums, index);
    if (weight == 0)
        return NAN;
    return (double)mlt_bootstrap_sums_total(sums, index, column) / (double)weight * quantum;
}
