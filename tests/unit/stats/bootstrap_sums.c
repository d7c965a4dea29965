#include "harness/stats/bootstrap_sums.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/stats/resample.h"
#include "tests/unit/suite.h"

TCase *bootstrap_sums_case(void);

enum { ROWS = 701, FIRST = 72, COUNT = 80, COLUMNS = 3 };

static uint32_t lcg(uint32_t *state)
{
    return *state = *state * 69069 + 1;
}

static void fill(uint64_t key[ROWS], int64_t value[COLUMNS][ROWS])
{
    uint32_t state = 9;
    for (size_t i = 0; i < ROWS; i++) {
        key[i] = (uint64_t)lcg(&state) << 32 | i;
        int64_t wide = (int64_t)((uint64_t)lcg(&state) << 32 | lcg(&state));
        value[0][i] = wide >> 18; /* 46 bits with the sign */
        value[1][i] = i % 2 ? MLT_QUANTA_MAX : -MLT_QUANTA_MAX;
        value[2][i] = 1;
    }
}

static bool equal(const struct mlt_bootstrap_sums *a, const struct mlt_bootstrap_sums *b)
{
    bool same = true;
    for (size_t r = 0; r < COUNT; r++) {
        same &= mlt_bootstrap_sums_weight(a, r) == mlt_bootstrap_sums_weight(b, r);
        for (unsigned c = 0; c < COLUMNS; c++)
            same &= mlt_bootstrap_sums_total(a, r, c) == mlt_bootstrap_sums_total(b, r, c);
    }
    return same;
}

static struct mlt_bootstrap_sums *empty(void)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_bootstrap_sums *sums = NULL;
    ck_ok(mlt_bootstrap_sums_new(21, FIRST, COUNT, COLUMNS, &sums, &err));
    return sums;
}

START_TEST(sums_are_weights_times_values)
{
    static uint64_t key[ROWS];
    static int64_t value[COLUMNS][ROWS];
    static uint8_t weight[ROWS * COUNT];
    const int64_t *const column[] = {value[0], value[1], value[2]};
    fill(key, value);
    mlt_resample_poisson(21, key, ROWS, FIRST, COUNT, true, weight);
    for (int portable = 0; portable < 2; portable++) {
        struct mlt_bootstrap_sums *sums = empty();
        mlt_bootstrap_sums_add(sums, key, column, ROWS, 2, portable);
        for (size_t r = 0; r < COUNT; r++) {
            __int128 total[COLUMNS] = {0};
            for (size_t i = 0; i < ROWS; i++)
                for (int c = 0; c < COLUMNS; c++)
                    total[c] += (__int128)weight[i * COUNT + r] * value[c][i];
            bool same = true;
            for (unsigned c = 0; c < COLUMNS; c++)
                same &= mlt_bootstrap_sums_total(sums, r, c) == total[c];
            ck_assert(same);
            ck_assert(mlt_bootstrap_sums_weight(sums, r) == (uint64_t)total[2]);
            ck_assert(mlt_bootstrap_sums_mean(sums, r, 2, 0.5) == 0.5);
        }
        mlt_bootstrap_sums_free(sums);
    }
}
END_TEST

START_TEST(shards_merge_to_the_same_bits)
{
    struct mlt_err err = MLT_ERR_INIT;
    static uint64_t key[ROWS];
    static int64_t value[COLUMNS][ROWS];
    fill(key, value);
    const int64_t *const column[] = {value[0], value[1], value[2]};
    struct mlt_bootstrap_sums *whole = empty(), *merged = empty();
    mlt_bootstrap_sums_add(whole, key, column, ROWS, 1, false);
    /* Parts of every awkward size, last one first. */
    for (size_t end = ROWS, rows = 1; end > 0; end -= rows) {
        rows = rows * 2 + 1 < end ? rows * 2 + 1 : end;
        size_t at = end - rows;
        const int64_t *const part[] = {value[0] + at, value[1] + at, value[2] + at};
        struct mlt_bootstrap_sums *shard = empty();
        mlt_bootstrap_sums_add(shard, key + at, part, rows, 3, rows % 4 == 3);
        ck_ok(mlt_bootstrap_sums_merge(merged, shard, &err));
        mlt_bootstrap_sums_free(shard);
    }
    ck_assert(equal(whole, merged));
    mlt_bootstrap_sums_free(merged);
    ck_ok(mlt_bootstrap_sums_new(22, FIRST, COUNT, COLUMNS, &merged, &err));
    ck_fails(mlt_bootstrap_sums_merge(whole, merged, &err), MLT_ERR_USAGE, "different seeds");
    mlt_bootstrap_sums_free(merged);
    mlt_bootstrap_sums_free(whole);
}
END_TEST

START_TEST(quantising_keeps_its_bound)
{
    struct mlt_err err = MLT_ERR_INIT;
    static const double largest[] = {1, 0.99999999999999989, 3.7, 1e-310, 1e300, 5e-324, 1e-5};
    for (size_t i = 0; i < sizeof largest / sizeof *largest; i++) {
        double quantum = mlt_quantise_quantum(largest[i]);
        double x[3] = {largest[i], -largest[i], largest[i] / 3};
        int64_t out[3];
        ck_ok(mlt_quantise(x, 3, quantum, out, &err));
        for (int j = 0; j < 3; j++)
            ck_assert(fabs((double)out[j] * quantum - x[j]) <= quantum / 2);
        ck_assert(quantum <= fmax(largest[i] * 0x1.00001p-44, 5e-324));
    }
    ck_assert(isnan(mlt_quantise_quantum(NAN)) && isnan(mlt_quantise_quantum(INFINITY)));
    ck_assert(mlt_quantise_quantum(0) > 0);
}
END_TEST

START_TEST(what_cannot_be_quantised_is_refused)
{
    struct mlt_err err = MLT_ERR_INIT;
    int64_t out[2];
    const double bad[][2] = {{1, NAN}, {1, INFINITY}, {0, 1e20}};
    struct mlt_bootstrap_sums *sums;
    ck_fails(mlt_quantise(bad[0], 2, 1, out, &err), MLT_ERR_EVIDENCE, "row 2");
    ck_fails(mlt_quantise(bad[1], 2, 1, out, &err), MLT_ERR_EVIDENCE, "row 2");
    ck_fails(mlt_quantise(bad[2], 2, 1, out, &err), MLT_ERR_USAGE, "too large");
    ck_fails(mlt_quantise(bad[2], 1, NAN, out, &err), MLT_ERR_USAGE, "quantum");
    ck_fails(mlt_bootstrap_sums_new(1, 0, 0, 1, &sums, &err), MLT_ERR_USAGE, "0 replicates");
    ck_fails(mlt_bootstrap_sums_new(1, 0, 8, 0, &sums, &err), MLT_ERR_USAGE, "0 columns");
    ck_fails(mlt_bootstrap_sums_new(1, 0, 8, 17, &sums, &err), MLT_ERR_USAGE, "17 columns");
}
END_TEST

START_TEST(mean_of_nothing_is_undefined)
{
    struct mlt_bootstrap_sums *sums = empty();
    ck_assert(isnan(mlt_bootstrap_sums_mean(sums, 0, 0, 1)));
    mlt_bootstrap_sums_free(sums);
}
END_TEST

TCase *bootstrap_sums_case(void)
{
    TCase *tcase = tcase_create("bootstrap_sums");
    tcase_add_test(tcase, sums_are_weights_times_values);
    tcase_add_test(tcase, shards_merge_to_the_same_bits);
    tcase_add_test(tcase, quantising_keeps_its_bound);
    tcase_add_test(tcase, what_cannot_be_quantised_is_refused);
    tcase_add_test(tcase, mean_of_nothing_is_undefined);
    return tcase;
}
