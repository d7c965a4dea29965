#include "harness/stats/bootstrap_auc.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/stats/delong.h"
#include "harness/stats/resample.h"
#include "tests/unit/suite.h"

TCase *bootstrap_auc_case(void);

enum { ROWS = 900, REPLICATES = 70, FIRST = 40 };

static uint32_t lcg(uint32_t *state)
{
    return *state = *state * 69069 + 1;
}

/* `values` different scores. */
static void fill(size_t n, uint32_t values, double *score, uint8_t *positive, uint64_t *key)
{
    uint32_t state = 3 + values;
    for (size_t i = 0; i < n; i++) {
        positive[i] = lcg(&state) >> 31;
        score[i] = (lcg(&state) >> 1) % values + 0.25 * positive[i] * (values > 50);
        key[i] = (uint64_t)lcg(&state) << 32 | lcg(&state);
    }
}

static struct mlt_auc_counts pair_by_pair(const double *score, const uint8_t *positive,
                                          const uint8_t *weight, size_t step, size_t n)
{
    struct mlt_auc_counts out = {0};
    for (size_t i = 0; i < n; i++) {
        uint64_t w = weight[i * step];
        *(positive[i] ? &out.positives : &out.negatives) += w;
        for (size_t j = 0; j < n && positive[i]; j++)
            if (!positive[j])
                out.doubled += w * weight[j * step] *
                               ((uint64_t)(score[j] < score[i]) + (score[j] <= score[i]));
    }
    return out;
}

START_TEST(replicates_are_weighted_pair_counts)
{
    /* Groups of equal scores that fit a stretch, span some, and span all. */
    static const uint32_t values[] = {1, 2, 7, 30, 300, 1u << 20};
    struct mlt_err err = MLT_ERR_INIT;
    static double score[ROWS];
    static uint8_t positive[ROWS], weight[ROWS * 128];
    static uint64_t key[ROWS];
    for (size_t n = 1; n <= ROWS; n = n * 4 + 3)
        for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
            struct mlt_bootstrap_auc *bootstrap;
            struct mlt_auc_counts got[REPLICATES], portable[REPLICATES];
            fill(n, values[v], score, positive, key);
            mlt_resample_poisson(11, key, n, 0, 128, true, weight);
            ck_ok(mlt_bootstrap_auc_new(score, NULL, positive, key, n, &bootstrap, &err));
            ck_ok(
                mlt_bootstrap_auc_run(bootstrap, 11, FIRST, REPLICATES, 2, false, got, NULL, &err));
            ck_ok(mlt_bootstrap_auc_run(bootstrap, 11, FIRST, REPLICATES, 1, true, portable, NULL,
                                        &err));
            ck_assert_mem_eq(got, portable, sizeof got);
            for (size_t r = 0; r < REPLICATES; r += 23) {
                struct mlt_auc_counts want =
                    pair_by_pair(score, positive, weight + FIRST + r, 128, n);
                ck_assert_mem_eq(&got[r], &want, sizeof want);
            }
            mlt_bootstrap_auc_free(bootstrap);
        }
}
END_TEST

/* One pass through sorted groups, with the weights of one replicate. */
static struct mlt_auc_counts group_by_group(uint32_t values, const double *score,
                                            const uint8_t *positive, const uint8_t *weight,
                                            size_t n)
{
    struct mlt_auc_counts out = {0};
    for (uint32_t value = 0; value < values; value++) {
        uint64_t group[2] = {0, 0};
        for (size_t i = 0; i < n; i++)
            if (score[i] == value)
                group[positive[i]] += weight[8 * i];
        out.doubled += group[1] * (2 * out.negatives + group[0]);
        out.negatives += group[0];
        out.positives += group[1];
    }
    return out;
}

START_TEST(long_groups_of_equal_scores_are_exact)
{
    /* Groups longer than what 32 bits hold, with single scores between them. */
    enum { N = 70000, VALUES = 5 };
    struct mlt_err err = MLT_ERR_INIT;
    double *score = malloc(N * sizeof *score);
    uint8_t *positive = malloc(N), *weight = malloc(8 * N);
    uint64_t *key = malloc(N * sizeof *key);
    struct mlt_bootstrap_auc *bootstrap;
    struct mlt_auc_counts got[8];
    fill(N, VALUES, score, positive, key);
    for (size_t i = 0; i < N; i++)
        key[i] = i;
    mlt_resample_poisson(2, key, N, 8, 8, true, weight);
    ck_ok(mlt_bootstrap_auc_new(score, NULL, positive, NULL, N, &bootstrap, &err));
    ck_ok(mlt_bootstrap_auc_run(bootstrap, 2, 8, 8, 2, false, got, NULL, &err));
    for (size_t r = 0; r < 8; r++) {
        struct mlt_auc_counts want = group_by_group(VALUES, score, positive, weight + r, N);
        ck_assert_mem_eq(&got[r], &want, sizeof want);
    }
    mlt_bootstrap_auc_free(bootstrap);
    free(score);
    free(positive);
    free(weight);
    free(key);
}
END_TEST

START_TEST(order_of_rows_and_cuts_of_the_range_do_not_matter)
{
    struct mlt_err err = MLT_ERR_INIT;
    static double score[ROWS], turned[ROWS];
    static uint8_t positive[ROWS], turned_positive[ROWS];
    static uint64_t key[ROWS], turned_key[ROWS];
    struct mlt_auc_counts whole[REPLICATES], parts[REPLICATES];
    struct mlt_bootstrap_auc *bootstrap;
    fill(ROWS, 100, score, positive, key);
    for (size_t i = 0; i < ROWS; i++) {
        turned[i] = score[ROWS - 1 - i];
        turned_positive[i] = positive[ROWS - 1 - i];
        turned_key[i] = key[ROWS - 1 - i];
    }
    ck_ok(mlt_bootstrap_auc_new(score, NULL, positive, key, ROWS, &bootstrap, &err));
    ck_ok(mlt_bootstrap_auc_run(bootstrap, 1, 0, REPLICATES, 1, false, whole, NULL, &err));
    mlt_bootstrap_auc_free(bootstrap);
    ck_ok(mlt_bootstrap_auc_new(turned, NULL, turned_positive, turned_key, ROWS, &bootstrap, &err));
    ck_ok(mlt_bootstrap_auc_run(bootstrap, 1, 0, 9, 3, false, parts, NULL, &err));
    ck_ok(mlt_bootstrap_auc_run(bootstrap, 1, 9, REPLICATES - 9, 2, false, parts + 9, NULL, &err));
    mlt_bootstrap_auc_free(bootstrap);
    ck_assert_mem_eq(whole, parts, sizeof whole);
}
END_TEST

START_TEST(pairs_share_weights_and_spread_as_delong_says)
{
    enum { N = 4000, MANY = 2048 };
    struct mlt_err err = MLT_ERR_INIT;
    static double a[N], b[N];
    static uint8_t positive[N];
    static struct mlt_auc_counts of_a[MANY], of_b[MANY];
    struct mlt_bootstrap_auc *bootstrap;
    struct mlt_delong delong;
    uint32_t state = 4;
    for (size_t i = 0; i < N; i++) {
        positive[i] = lcg(&state) / 4294967296.0 < 0.3;
        a[i] = lcg(&state) / 4294967296.0 + 0.4 * positive[i];
        b[i] = floor(20 * (a[i] + 0.3 * (lcg(&state) / 4294967296.0)));
    }
    ck_ok(mlt_bootstrap_auc_new(a, b, positive, NULL, N, &bootstrap, &err));
    ck_fails(mlt_bootstrap_auc_run(bootstrap, 5, 0, MANY, 2, false, of_a, NULL, &err),
             MLT_ERR_USAGE, "two scores");
    ck_ok(mlt_bootstrap_auc_run(bootstrap, 5, 0, MANY, 2, false, of_a, of_b, &err));
    mlt_bootstrap_auc_free(bootstrap);
    ck_ok(mlt_delong(a, b, positive, N, 1, &delong, &err));
    double mean = 0, square = 0;
    for (size_t r = 0; r < MANY; r++) {
        ck_assert_uint_eq(of_a[r].positives, of_b[r].positives);
        ck_assert_uint_eq(of_a[r].negatives, of_b[r].negatives);
        double d = mlt_auc_value(&of_a[r]) - mlt_auc_value(&of_b[r]) - delong.difference;
        mean += d / MANY;
        square += d * d / MANY;
    }
    /* The variance of 2,048 draws has a standard error of 3 %; the mean one of sd / 45. */
    double variance = delong.difference_variance;
    ck_assert(fabs(mean) < 4 * sqrt(variance / MANY));
    ck_assert(fabs((square - mean * mean) / variance - 1) < 0.13);
}
END_TEST

START_TEST(replicates_without_a_class_are_undefined)
{
    /* Two rows: either is left out in more than half of the replicates. */
    struct mlt_err err = MLT_ERR_INIT;
    const double score[] = {1, 2}, bad[] = {1, NAN};
    const uint8_t positive[] = {0, 1};
    struct mlt_bootstrap_auc *bootstrap;
    struct mlt_auc_counts counts[64];
    ck_ok(mlt_bootstrap_auc_new(score, NULL, positive, NULL, 2, &bootstrap, &err));
    ck_ok(mlt_bootstrap_auc_run(bootstrap, 5, 0, 64, 1, false, counts, NULL, &err));
    int undefined = 0;
    for (int r = 0; r < 64; r++)
        undefined += isnan(mlt_auc_value(&counts[r]));
    ck_assert_int_gt(undefined, 20);
    ck_assert_int_lt(undefined, 60);
    mlt_bootstrap_auc_free(bootstrap);
    ck_fails(mlt_bootstrap_auc_new(bad, NULL, positive, NULL, 2, &bootstrap, &err),
             MLT_ERR_EVIDENCE, "row 2");
    ck_ok(mlt_bootstrap_auc_new(score, NULL, positive, NULL, 0, &bootstrap, &err));
    ck_ok(mlt_bootstrap_auc_run(bootstrap, 5, 0, 64, 1, false, counts, NULL, &err));
    ck_assert(isnan(mlt_auc_value(&counts[3])));
    mlt_bootstrap_auc_free(bootstrap);
}
END_TEST

TCase *bootstrap_auc_case(void)
{
    TCase *tcase = tcase_create("bootstrap_auc");
    tcase_add_test(tcase, replicates_are_weighted_pair_counts);
    tcase_add_test(tcase, long_groups_of_equal_scores_are_exact);
    tcase_add_test(tcase, order_of_rows_and_cuts_of_the_range_do_not_matter);
    tcase_add_test(tcase, pairs_share_weights_and_spread_as_delong_says);
    tcase_add_test(tcase, replicates_without_a_class_are_undefined);
    return tcase;
}
