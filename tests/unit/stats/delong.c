#include "harness/stats/delong.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/stats/delong_keys.h"
#include "harness/stats/sort.h"
#include "tests/unit/suite.h"

TCase *delong_case(void);

/* The data set aSAH of pROC 1.18.0 (Turck et al. 2010): outcome "Poor" and two markers. */
static const uint8_t poor[] = {0, 0, 0, 0, 1, 1, 0, 1, 0, 0, 1, 0, 1, 1, 0, 0, 1, 0, 1, 1, 1, 0, 1,
                               0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 1, 1, 0, 1, 1, 0, 0, 0, 0, 0, 0,
                               0, 0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 1, 1, 1, 0, 1, 1,
                               0, 1, 1, 1, 1, 0, 0, 0, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0,
                               0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 0};
static const double s100b[] = {
    0.13, 0.14, 0.1,  0.04, 0.13, 0.1,  0.47, 0.16, 0.18, 0.1,  0.12, 0.1,  0.44, 0.71, 0.04,
    0.08, 0.49, 0.04, 0.07, 0.33, 0.09, 0.09, 0.07, 0.11, 0.07, 0.17, 0.07, 0.11, 0.13, 0.19,
    0.05, 0.16, 0.41, 0.14, 0.34, 0.35, 0.48, 0.09, 0.96, 0.25, 0.5,  0.46, 0.16, 0.07, 0.43,
    0.45, 0.11, 0.08, 0.09, 0.86, 0.52, 0.08, 0.06, 0.13, 2.07, 0.1,  0.14, 0.15, 0.07, 0.06,
    0.77, 0.05, 0.09, 0.3,  0.03, 0.09, 0.04, 0.23, 0.7,  0.09, 0.27, 0.71, 0.08, 0.26, 0.08,
    0.16, 0.09, 0.13, 0.1,  0.08, 0.11, 0.33, 0.11, 0.28, 0.07, 0.1,  0.32, 0.22, 0.07, 0.05,
    0.24, 0.38, 0.1,  0.15, 0.08, 0.14, 0.1,  0.07, 0.04, 0.19, 0.56, 0.14, 0.58, 0.32, 0.82,
    0.74, 0.15, 0.47, 0.17, 0.44, 0.15, 0.5,  0.48};
static const double ndka[] = {
    3.01,  8.54,  8.09,   10.42, 17.4,  12.75, 6,     13.2,  15.54, 6.01,  15.96, 17.86, 5.18,
    8.9,   13.41, 20.75,  11.6,  16.11, 32.37, 54.82, 32.41, 49.94, 40.34, 9.47,  6.29,  12.53,
    6.54,  6.3,   80.3,   12.8,  9.8,   9.81,  9.85,  18.21, 5.03,  14.04, 21.93, 8.02,  7.42,
    8.38,  6.59,  9.63,   13.12, 7.96,  14.34, 41.43, 7.63,  7.06,  12.59, 13.56, 3.87,  9.44,
    7.66,  12.98, 419.19, 27.19, 22.27, 9.95,  21.22, 11.73, 10.4,  58.83, 6.39,  11.09, 12.22,
    13.67, 17.21, 22.63,  12.9,  9.7,   21.57, 8.23,  72.57, 15.54, 10.51, 10.6,  14.57, 5.19,
    9.63,  4.61,  21.48,  17.3,  12.71, 9.44,  11.07, 19.46, 10.83, 5.37,  11.97, 7.75,  9.83,
    10.55, 28.49, 8.53,   12.57, 12.9,  46.83, 11.68, 12.67, 9.01,  9.57,  34.06, 11.72, 14.26,
    47.61, 11.67, 24.58,  10.33, 13.87, 15.89, 22.43, 6.79,  13.45};

#define ck_near(got, want, relative)                                                               \
    ck_assert_msg(fabs((got) - (want)) <= (relative)*fabs(want), #got " is %.17g", (got))

START_TEST(delong_agrees_with_proc_on_its_own_data)
{
    /* pROC 1.18.0: auc, var, cov of roc(outcome, s100b) and roc(outcome, ndka). */
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_delong d;
    ck_ok(mlt_delong(s100b, ndka, poor, sizeof poor, 2, &d, &err));
    ck_assert_uint_eq(d.positives, 41);
    ck_near(d.auc[0], 0.73136856368563685, 1e-15);
    ck_near(d.auc[1], 0.61195799457994582, 1e-15);
    ck_near(d.variance[0], 0.00266868245717243784, 1e-13);
    ck_near(d.variance[1], 0.00319081054939130207, 1e-13);
    ck_near(d.covariance, -0.00075616493805657884, 1e-13);
    /* roc.test(method = "delong", paired = TRUE): Z. */
    ck_near(d.difference / sqrt(d.difference_variance), 1.39077002573557706, 1e-13);
    ck_near(2 * (1 - mlt_delong_p_at_least(d.difference, d.difference_variance, 0)),
            0.16429517522305448, 1e-12);
    /* ci.auc(s100b, conf.level = 0.9) */
    struct mlt_interval ci = mlt_delong_interval(d.auc[0], d.variance[0], 0.05, 0, 1);
    ck_near(ci.lo, 0.64639658975856984, 1e-13);
    ck_near(ci.hi, 0.81634053761270375, 1e-13);
}
END_TEST

static uint32_t lcg(uint32_t *state)
{
    return *state = *state * 69069 + 1;
}

START_TEST(delong_agrees_with_proc_on_many_rows_with_ties)
{
    /* pROC 1.18.0 on the same 20,000 rows. */
    enum { N = 20000 };
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_delong d, again;
    double *a = malloc(N * sizeof *a), *b = malloc(N * sizeof *b);
    uint8_t *y = malloc(N);
    uint32_t u = 1, v = 2, w = 3;
    for (size_t i = 0; i < N; i++) {
        y[i] = lcg(&u) / 4294967296.0 < 0.3;
        a[i] = lcg(&v) / 4294967296.0 + 0.5 * y[i];
        b[i] = floor(16 * (lcg(&w) / 4294967296.0 + 0.25 * y[i]));
    }
    ck_ok(mlt_delong(a, b, y, N, 2, &d, &err));
    ck_near(d.auc[0], 8.7606821556275061e-01, 1e-15);
    ck_near(d.auc[1], 7.2148129642837544e-01, 1e-15);
    ck_near(d.variance[0], 6.1722252825891554e-06, 1e-12);
    ck_near(d.variance[1], 1.4417403744602676e-05, 1e-12);
    ck_near(d.covariance, 1.0506034727182736e-06, 1e-11);
    ck_near(d.difference / sqrt(d.difference_variance), 3.5951980396208334e+01, 1e-12);

    /* The order of rows and threads do not change a bit. */
    for (size_t i = 0; i < N / 2; i++) {
        double x = a[i], z = b[i];
        uint8_t label = y[i];
        a[i] = a[N - 1 - i], a[N - 1 - i] = x;
        b[i] = b[N - 1 - i], b[N - 1 - i] = z;
        y[i] = y[N - 1 - i], y[N - 1 - i] = label;
    }
    ck_ok(mlt_delong(a, b, y, N, 1, &again, &err));
    ck_assert_mem_eq(&d, &again, sizeof d);
    free(a);
    free(b);
    free(y);
}
END_TEST

START_TEST(delong_of_four_rows)
{
    /* pROC 1.18.0: response 0 0 1 1, predictors 1 2 2 3 and 3 1 2 2. */
    struct mlt_err err = MLT_ERR_INIT;
    const uint8_t y[] = {0, 0, 1, 1};
    const double a[] = {1, 2, 2, 3}, b[] = {3, 1, 2, 2};
    struct mlt_delong d;
    ck_ok(mlt_delong(a, b, y, 4, 1, &d, &err));
    ck_assert(d.auc[0] == 0.875 && d.auc[1] == 0.5 && d.difference == 0.375);
    ck_assert(d.variance[0] == 0.03125 && d.variance[1] == 0.25 && d.covariance == -0.0625);
    ck_assert(d.difference_variance == 0.03125 + 0.25 + 2 * 0.0625);
    struct mlt_interval ci = mlt_delong_interval(d.auc[0], d.variance[0], 0.05, 0, 1);
    ck_near(ci.lo, 0.58422821158083149, 1e-13);
    ck_assert(ci.hi == 1);
}
END_TEST

START_TEST(no_spread_gives_zero_variance_and_no_interval)
{
    /* Perfect separation: pROC 1.18.0 gives var 0 and warns. */
    struct mlt_err err = MLT_ERR_INIT;
    const uint8_t y[] = {0, 0, 1, 1, 1};
    const double a[] = {1, 2, 3, 4, 5}, b[] = {10, 20, 30, 40, 50};
    struct mlt_delong d;
    ck_ok(mlt_delong(a, b, y, 5, 1, &d, &err));
    ck_assert(d.auc[0] == 1 && d.variance[0] == 0 && d.undefined == NULL);
    ck_assert(d.difference == 0 && d.difference_variance == 0);
    struct mlt_interval ci = mlt_delong_interval(1, d.variance[0], 0.05, 0, 1);
    ck_assert(isnan(ci.lo) && isnan(ci.hi));
    ck_assert(isnan(mlt_delong_p_at_least(1, d.variance[0], 0.9)));
    ck_assert(isnan(mlt_delong_interval(NAN, 1, 0.05, 0, 1).lo));
    ck_assert(isnan(mlt_delong_interval(0.5, NAN, 0.05, 0, 1).lo));
    ck_assert(isnan(mlt_delong_interval(0.5, 1, 0, 0, 1).lo));
}
END_TEST

START_TEST(too_few_rows_of_a_class_say_so)
{
    struct mlt_err err = MLT_ERR_INIT;
    const uint8_t one[] = {0, 0, 1}, none[] = {0, 0, 0};
    const double a[] = {1, 3, 2}, bad[] = {1, 2, NAN};
    struct mlt_delong d;
    ck_ok(mlt_delong(a, NULL, one, 3, 2, &d, &err));
    ck_assert(d.auc[0] == 0.5 && isnan(d.variance[0]) && isnan(d.auc[1]));
    ck_assert_str_eq(d.undefined, "a class has one row only");
    ck_ok(mlt_delong(a, a, none, 3, 2, &d, &err));
    ck_assert(isnan(d.auc[0]) && isnan(d.variance[0]) && isnan(d.difference));
    ck_assert_str_eq(d.undefined, "one class only");
    ck_ok(mlt_delong(a, NULL, none, 0, 1, &d, &err));
    ck_assert(isnan(d.auc[0]));
    ck_fails(mlt_delong(a, bad, one, 3, 2, &d, &err), MLT_ERR_EVIDENCE, "row 3");
}
END_TEST

START_TEST(placements_are_influence_values)
{
    /* Mean 0, and the variance of the mean is DeLong's but for the class factors. */
    enum { N = sizeof poor };
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_placements placed;
    struct mlt_delong d;
    double influence[N], sum = 0, positives = 0, negatives = 0;
    ck_ok(mlt_delong(s100b, NULL, poor, N, 1, &d, &err));
    ck_ok(mlt_placements_make(s100b, poor, N, &placed, &err));
    mlt_placements_influence(&placed, poor, influence);
    for (size_t i = 0; i < N; i++) {
        sum += influence[i];
        *(poor[i] ? &positives : &negatives) += influence[i] * influence[i];
    }
    ck_assert(fabs(sum) < 1e-12);
    double variance = (positives * 41 / 40 + negatives * 72 / 71) / N / N;
    ck_near(variance, d.variance[0], 1e-12);
    mlt_placements_free(&placed);
}
END_TEST

/* Both markers have two decimals at most. */
static void make_markers(uint32_t *a, uint32_t *b)
{
    for (size_t i = 0; i < sizeof poor; i++) {
        a[i] = (uint32_t)rint(100 * s100b[i]);
        b[i] = (uint32_t)rint(100 * ndka[i]);
    }
}

/* In blocks of 10 rows. */
static void place_markers(const uint32_t *a, const uint32_t *b, size_t keys,
                          struct mlt_key_table table[2], struct mlt_delong_keys *out)
{
    struct mlt_err err = MLT_ERR_INIT;
    const uint32_t *key[2] = {a, b};
    for (int s = 0; s < 2; s++) {
        ck_ok(mlt_key_table_open(&table[s], keys, &err));
        for (size_t at = 0; at < sizeof poor; at += 10)
            mlt_key_table_count(&table[s], key[s] + at, poor + at,
                                sizeof poor - at < 10 ? sizeof poor - at : 10);
        mlt_key_table_place(&table[s]);
    }
    *out = (struct mlt_delong_keys){.a = &table[0], .b = &table[1]};
    for (size_t at = 0; at < sizeof poor; at += 10)
        mlt_delong_keys_add(out, a + at, b + at, poor + at,
                            sizeof poor - at < 10 ? sizeof poor - at : 10);
}

START_TEST(counted_keys_agree_with_proc_and_with_placements)
{
    /* pROC 1.18.0, as above; third moments from the influence values of the placements. */
    enum { N = sizeof poor };
    struct mlt_err err = MLT_ERR_INIT;
    uint32_t a[N], b[N];
    double u[2][N], third[4] = {0, 0, 0, 0};
    const double *score[2] = {s100b, ndka};
    struct mlt_key_table table[2];
    struct mlt_delong_keys keys;
    make_markers(a, b);
    place_markers(a, b, 50000, table, &keys);
    struct mlt_delong_moments m = mlt_delong_keys_moments(&keys);
    ck_near(mlt_key_table_auc(&table[0]), 0.73136856368563685, 1e-15);
    ck_near(mlt_key_table_auc(&table[1]), 0.61195799457994582, 1e-15);
    ck_near(m.variance[0], 0.00266868245717243784, 1e-13);
    ck_near(m.variance[1], 0.00319081054939130207, 1e-13);
    ck_near(m.covariance, -0.00075616493805657884, 1e-13);
    for (int s = 0; s < 2; s++) {
        struct mlt_placements placed;
        ck_ok(mlt_placements_make(score[s], poor, N, &placed, &err));
        mlt_placements_influence(&placed, poor, u[s]);
        mlt_placements_free(&placed);
    }
    for (size_t i = 0; i < N; i++) {
        double factor = sqrt((poor[i] ? 41.0 / 40 : 72.0 / 71) * (N - 1.0) / N);
        double x = factor * u[0][i] / N, y = factor * u[1][i] / N;
        third[0] += x * x * x;
        third[1] += x * x * y;
        third[2] += x * y * y;
        third[3] += y * y * y;
    }
    for (int k = 0; k < 4; k++)
        ck_near(m.third[k], third[k], 1e-11);
    mlt_key_table_free(&table[0]);
    mlt_key_table_free(&table[1]);
}
END_TEST

START_TEST(compressed_keys_give_the_same_bits)
{
    enum { N = sizeof poor };
    uint32_t a[N], b[N], dense_a[N], dense_b[N];
    struct mlt_key_table table[2], small[2];
    struct mlt_delong_keys keys, dense;
    make_markers(a, b);
    for (size_t i = 0; i < N; i++) {
        dense_a[i] = a[i] * 20000000u + 5; /* to the end of the range of keys */
        dense_b[i] = b[i] + 7;
    }
    ck_assert_uint_le(mlt_keys_compress(dense_a, N), N);
    ck_assert_uint_le(mlt_keys_compress(dense_b, N), N);
    for (size_t i = 0; i < N; i++)
        for (size_t j = 0; j < N; j++) {
            ck_assert((a[i] < a[j]) == (dense_a[i] < dense_a[j]));
            ck_assert((b[i] < b[j]) == (dense_b[i] < dense_b[j]));
        }
    place_markers(a, b, 50000, table, &keys);
    place_markers(dense_a, dense_b, N, small, &dense);
    struct mlt_delong_moments x = mlt_delong_keys_moments(&keys);
    struct mlt_delong_moments y = mlt_delong_keys_moments(&dense);
    ck_assert_mem_eq(&x, &y, sizeof x);
    ck_assert(mlt_key_table_auc(&table[1]) == mlt_key_table_auc(&small[1]));
    for (int s = 0; s < 2; s++) {
        mlt_key_table_free(&table[s]);
        mlt_key_table_free(&small[s]);
    }
    ck_assert_uint_eq(mlt_keys_compress(a, 0), 0);
}
END_TEST

/* Ranks by sorting, for more keys than are ranked at once: spread, and most of them in one place.
 */
START_TEST(many_keys_are_compressed_like_few)
{
    enum { N = 700000 };
    uint32_t *key = malloc(N * sizeof *key), *rank = malloc(N * sizeof *rank), state = 9;
    double *value = malloc(N * sizeof *value);
    uint32_t *order = malloc(N * sizeof *order);
    for (int close = 0; close < 2; close++) {
        for (size_t i = 0; i < N; i++) {
            key[i] = lcg(&state) >> (close && i % 100 != 0 ? 13 : 3);
            key[i] |= close ? 1u << 31 : 0;
            rank[i] = key[i];
            value[i] = key[i];
        }
        size_t different = mlt_keys_compress(rank, N), expected = 0, wrong = 0;
        ck_assert(mlt_argsort(value, N, order));
        for (size_t i = 0; i < N; i++) {
            expected += i > 0 && key[order[i]] != key[order[i - 1]];
            wrong += rank[order[i]] != expected;
        }
        ck_assert_uint_eq(wrong, 0);
        ck_assert_uint_eq(different, expected + 1);
    }
    free(key);
    free(rank);
    free(value);
    free(order);
}
END_TEST

/* Beyond MLT_KEY_THIRD_ROWS; the same rows as doubles, which pROC's values hold above. */
START_TEST(a_million_keys_give_the_variances_of_their_scores)
{
    enum { N = 1000000, KEYS = 1 << 16 };
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_key_table table[2];
    struct mlt_delong d;
    uint32_t *key[2] = {malloc(N * sizeof *key[0]), malloc(N * sizeof *key[1])}, state = 5;
    double *score[2] = {malloc(N * sizeof *score[0]), malloc(N * sizeof *score[1])};
    uint8_t *y = malloc(N);
    for (size_t i = 0; i < N; i++) {
        y[i] = lcg(&state) >> 30 == 0;
        key[0][i] = (lcg(&state) >> 17) + 9000u * y[i];
        key[1][i] = (key[0][i] + (lcg(&state) >> 18)) / 3;
        for (int s = 0; s < 2; s++)
            score[s][i] = key[s][i];
    }
    for (int s = 0; s < 2; s++) {
        ck_ok(mlt_key_table_open(&table[s], KEYS, &err));
        mlt_key_table_count(&table[s], key[s], y, N);
        mlt_key_table_place(&table[s]);
    }
    struct mlt_delong_keys keys = {.a = &table[0], .b = &table[1]};
    mlt_delong_keys_add(&keys, key[0], key[1], y, N);
    struct mlt_delong_moments m = mlt_delong_keys_moments(&keys);
    ck_ok(mlt_delong(score[0], score[1], y, N, 1, &d, &err));
    for (int s = 0; s < 2; s++) {
        ck_assert(mlt_key_table_auc(&table[s]) == d.auc[s]);
        ck_near(m.variance[s], d.variance[s], 1e-12);
        mlt_key_table_free(&table[s]);
        free(key[s]);
        free(score[s]);
    }
    ck_near(m.covariance, d.covariance, 1e-12);
    ck_assert(isnan(m.third[0]) && isnan(m.third[3]));
    free(y);
}
END_TEST

START_TEST(keys_of_one_class_give_no_number)
{
    struct mlt_err err = MLT_ERR_INIT;
    const uint32_t key[] = {0, 1, 1};
    const uint8_t none[] = {0, 0, 0}, one[] = {0, 0, 1};
    struct mlt_key_table table;
    for (int positives = 0; positives < 2; positives++) {
        const uint8_t *y = positives ? one : none;
        ck_ok(mlt_key_table_open(&table, 2, &err));
        mlt_key_table_count(&table, key, y, 3);
        mlt_key_table_place(&table);
        struct mlt_delong_keys keys = {.a = &table};
        mlt_delong_keys_add(&keys, key, NULL, y, 3);
        struct mlt_delong_moments m = mlt_delong_keys_moments(&keys);
        ck_assert(positives ? mlt_key_table_auc(&table) == 0.75 : isnan(mlt_key_table_auc(&table)));
        ck_assert(isnan(m.variance[0]) == !positives && isnan(m.covariance) && isnan(m.third[1]));
        mlt_key_table_free(&table);
    }
}
END_TEST

TCase *delong_case(void)
{
    TCase *tcase = tcase_create("delong");
    tcase_add_test(tcase, counted_keys_agree_with_proc_and_with_placements);
    tcase_add_test(tcase, compressed_keys_give_the_same_bits);
    tcase_add_test(tcase, many_keys_are_compressed_like_few);
    tcase_add_test(tcase, a_million_keys_give_the_variances_of_their_scores);
    tcase_add_test(tcase, keys_of_one_class_give_no_number);
    tcase_add_test(tcase, delong_agrees_with_proc_on_its_own_data);
    tcase_add_test(tcase, delong_agrees_with_proc_on_many_rows_with_ties);
    tcase_add_test(tcase, delong_of_four_rows);
    tcase_add_test(tcase, no_spread_gives_zero_variance_and_no_interval);
    tcase_add_test(tcase, too_few_rows_of_a_class_say_so);
    tcase_add_test(tcase, placements_are_influence_values);
    return tcase;
}
