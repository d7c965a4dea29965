#include "harness/stats/resample.h"

#include <string.h>

#include "tests/unit/suite.h"

TCase *resample_case(void);

START_TEST(philox_gives_the_known_answers)
{
    /* Random123 1.14, tests/kat_vectors, the three lines "philox4x32 10". */
    static const struct {
        uint32_t counter[4], key[2], out[4];
    } known[] = {
        {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
        {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
         {0xffffffff, 0xffffffff},
         {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
        {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
         {0xa4093822, 0x299f31d0},
         {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        uint32_t out[4];
        mlt_philox4x32(known[i].counter, known[i].key, out);
        ck_assert_mem_eq(out, known[i].out, sizeof out);
    }
}
END_TEST

/* The header's definition, word for word. */
static unsigned defined_weight(uint64_t seed, uint64_t key, uint64_t replicate)
{
    static const unsigned threshold[8] = {41427, 17317, 5262, 1245, 240, 39, 5, 1};
    uint64_t block = replicate / 8;
    uint32_t counter[4] = {(uint32_t)key, (uint32_t)(key >> 32), (uint32_t)block,
                           (uint32_t)(block >> 32)};
    uint32_t philox_key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)}, word[4];
    mlt_philox4x32(counter, philox_key, word);
    unsigned bits = word[replicate % 8 / 2] >> (16 * (replicate % 2)) & 0xFFFF, weight = 0;
    for (int k = 0; k < 8; k++)
        weight += bits < threshold[k];
    return weight;
}

START_TEST(weights_depend_on_seed_key_and_replicate_alone)
{
    enum { ROWS = 21, MOST = 136 };
    static const uint64_t firsts[] = {0, 8, 64, 99992, (UINT64_C(1) << 35) - 64};
    uint64_t key[ROWS], seed = 0x9E3779B97F4A7C15;
    for (unsigned i = 0; i < ROWS; i++)
        key[i] = i < 4 ? i : UINT64_MAX / (i + 1);
    uint8_t weight[ROWS * MOST];
    for (size_t f = 0; f < sizeof firsts / sizeof *firsts; f++)
        for (size_t count = 8; count <= MOST; count += 8)
            for (int portable = 0; portable < 2; portable++) {
                size_t n = 1 + count % ROWS;
                mlt_resample_poisson(seed, key, n, firsts[f], count, portable, weight);
                bool same = true;
                for (size_t i = 0; i < n * count; i++)
                    same &=
                        weight[i] == defined_weight(seed, key[i / count], firsts[f] + i % count);
                ck_assert(same);
            }
}
END_TEST

START_TEST(weights_have_the_moments_of_poisson)
{
    /* The law that the thresholds make: mean 1, E w^2 = 2 exactly; E w^3 = 5, E w^4 = 15 nearly. */
    static const int threshold[8] = {41427, 17317, 5262, 1245, 240, 39, 5, 1};
    int moment[5] = {0};
    for (int k = 1; k <= 8; k++)
        for (int m = 1, now = k, before = k - 1; m <= 4; m++, now *= k, before *= k - 1)
            moment[m] += threshold[k - 1] * (now - before);
    ck_assert_int_eq(moment[1], 65536);
    ck_assert_int_eq(moment[2], 2 * 65536);
    ck_assert_int_eq(moment[3], 5 * 65536 + 2);
    ck_assert_int_eq(moment[4], 15 * 65536 - 4);

    /* And what comes out, for keys that differ in one bit: five standard errors. */
    enum { ROWS = 512, COUNT = 512 };
    static uint64_t key[ROWS];
    static uint8_t weight[ROWS * COUNT];
    for (size_t i = 0; i < ROWS; i++)
        key[i] = i;
    mlt_resample_poisson(7, key, ROWS, 0, COUNT, false, weight);
    double n = (double)ROWS * COUNT, sum = 0, squares = 0, beside = 0, below = 0;
    for (size_t i = 0; i < ROWS; i++)
        for (size_t j = 0; j < COUNT; j++) {
            double w = weight[i * COUNT + j] - 1.0;
            sum += w;
            squares += w * w;
            beside += j > 0 ? w * (weight[i * COUNT + j - 1] - 1.0) : 0;
            below += i > 0 ? w * (weight[(i - 1) * COUNT + j] - 1.0) : 0;
        }
    double bound = 5 / 512.0; /* 5 / sqrt(n) */
    ck_assert(sum / n < bound && sum / n > -bound);
    ck_assert(squares / n - 1 < 2 * bound && squares / n - 1 > -2 * bound);
    ck_assert(beside / n < bound && beside / n > -bound);
    ck_assert(below / n < bound && below / n > -bound);
}
END_TEST

START_TEST(multinomial_draws_n_rows)
{
    struct mlt_err err = MLT_ERR_INIT;
    uint8_t weight[1000], again[1000];
    for (size_t n = 1; n <= 1000; n += 111) {
        unsigned total = 0;
        ck_ok(mlt_resample_multinomial(3, n, 12, weight, &err));
        ck_ok(mlt_resample_multinomial(3, n, 12, again, &err));
        ck_assert_mem_eq(weight, again, n);
        for (size_t i = 0; i < n; i++)
            total += weight[i];
        ck_assert_uint_eq(total, n);
    }
    ck_ok(mlt_resample_multinomial(3, 1000, 12, weight, &err));
    ck_ok(mlt_resample_multinomial(3, 1000, 13, again, &err));
    ck_assert_int_ne(memcmp(weight, again, 1000), 0);
    ck_fails(mlt_resample_multinomial(3, 0, 0, weight, &err), MLT_ERR_USAGE, "no rows");
}
END_TEST

START_TEST(seed_is_the_start_of_a_digest)
{
    /* Python: hashlib.sha256(b"a\nb\n").hexdigest()[:16] */
    struct mlt_err err = MLT_ERR_INIT;
    const char *const text[] = {"a", "b"};
    uint64_t seed = 0;
    ck_ok(mlt_resample_seed(text, 2, &seed, &err));
    ck_assert_uint_eq(seed, 0x911169ddaaf146af);
}
END_TEST

TCase *resample_case(void)
{
    TCase *tcase = tcase_create("resample");
    tcase_add_test(tcase, philox_gives_the_known_answers);
    tcase_add_test(tcase, weights_depend_on_seed_key_and_replicate_alone);
    tcase_add_test(tcase, weights_have_the_moments_of_poisson);
    tcase_add_test(tcase, multinomial_draws_n_rows);
    tcase_add_test(tcase, seed_is_the_start_of_a_digest);
    return tcase;
}
