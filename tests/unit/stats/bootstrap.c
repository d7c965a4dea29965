#include "harness/stats/bootstrap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/stats/elementary.h"
#include "harness/stats/resample.h"
#include "tests/unit/suite.h"

TCase *bootstrap_case(void);

enum { ROWS = 150, COUNT = 43, FIRST = 5 };

/* The weighted mean and its standard error; refuses where `broken` asks for it. */
struct mean_of {
    const double *x;
    bool broken;
};

static bool mean_and_error(void *context, unsigned thread, const uint8_t *weight, size_t n,
                           double *out, struct mlt_err *err)
{
    const struct mean_of *mean = context;
    double w = 0, wx = 0, wxx = 0;
    (void)thread;
    if (mean->broken)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "broken on purpose");
    for (size_t i = 0; i < n; i++) {
        w += weight[i];
        wx += weight[i] * mean->x[i];
        wxx += weight[i] * mean->x[i] * mean->x[i];
    }
    out[0] = wx / w;
    out[1] = sqrt((wxx / w - out[0] * out[0]) / w);
    return true;
}

static void fill(double *x, uint64_t *key)
{
    uint32_t state = 8;
    for (size_t i = 0; i < ROWS; i++) {
        x[i] = (state = state * 69069 + 1) / 4294967296.0;
        key[i] = i / 3; /* clusters of three */
    }
}

START_TEST(replicates_use_the_weights_of_their_keys)
{
    struct mlt_err err = MLT_ERR_INIT;
    double x[ROWS], whole[2 * COUNT], parts[2 * COUNT];
    uint64_t key[ROWS];
    static uint8_t weight[ROWS * 48];
    fill(x, key);
    struct mean_of mean = {x, false};
    struct mlt_bootstrap_statistic statistic = {mean_and_error, &mean, 2};
    mlt_resample_poisson(4, key, ROWS, 0, 48, true, weight);
    ck_ok(mlt_bootstrap_replicates(&statistic, key, ROWS, 4, FIRST, COUNT, 3, false, whole, &err));
    for (size_t j = 0; j < COUNT; j++) {
        uint8_t column[ROWS];
        double want[2];
        for (size_t i = 0; i < ROWS; i++)
            column[i] = weight[i * 48 + FIRST + j];
        ck_assert(column[0] == column[1] && column[1] == column[2]);
        ck_ok(mean_and_error(&mean, 0, column, ROWS, want, &err));
        ck_assert(whole[j] == want[0] && whole[COUNT + j] == want[1]);
    }
    /* One by one, in plain C. */
    for (size_t j = 0; j < COUNT; j++) {
        double one[2];
        ck_ok(mlt_bootstrap_replicates(&statistic, key, ROWS, 4, FIRST + j, 1, 1, true, one, &err));
        parts[j] = one[0];
        parts[COUNT + j] = one[1];
    }
    ck_assert_mem_eq(whole, parts, sizeof whole);
}
END_TEST

START_TEST(failing_statistic_ends_the_bootstrap)
{
    struct mlt_err err = MLT_ERR_INIT;
    double x[ROWS], out[2 * COUNT];
    uint64_t key[ROWS];
    fill(x, key);
    struct mean_of mean = {x, true};
    struct mlt_bootstrap_statistic statistic = {mean_and_error, &mean, 2};
    ck_fails(mlt_bootstrap_replicates(&statistic, key, ROWS, 4, 0, COUNT, 2, false, out, &err),
             MLT_ERR_EVIDENCE, "on purpose");
    statistic.outputs = 9;
    ck_fails(mlt_bootstrap_replicates(&statistic, key, ROWS, 4, 0, COUNT, 2, false, out, &err),
             MLT_ERR_USAGE, "9 values");
}
END_TEST

START_TEST(jackknife_leaves_out_a_block_at_a_time)
{
    /* The mean without a block, and an acceleration like that of the influence values. */
    enum { BLOCKS = 25 };
    struct mlt_err err = MLT_ERR_INIT;
    double x[ROWS], out[2 * BLOCKS], influence[ROWS], total = 0;
    uint64_t key[ROWS];
    fill(x, key);
    struct mean_of mean = {x, false};
    struct mlt_bootstrap_statistic statistic = {mean_and_error, &mean, 2};
    for (size_t i = 0; i < ROWS; i++) {
        x[i] = i == 60 ? 25 : x[i]; /* skewed */
        total += x[i];
    }
    ck_ok(mlt_bootstrap_jackknife(&statistic, key, ROWS, 3, BLOCKS, 2, out, &err));
    for (unsigned b = 0; b < BLOCKS; b++) {
        double rows = 0, sum = 0;
        for (size_t i = 0; i < ROWS; i++)
            if (mlt_resample_block(3, key[i], BLOCKS) != b) {
                rows++;
                sum += x[i];
            }
        ck_assert(out[b] == sum / rows);
    }
    for (size_t i = 0; i < ROWS; i++)
        influence[i] = x[i] - total / ROWS;
    double exact = mlt_bootstrap_acceleration(influence, ROWS);
    ck_assert(exact > 0.1);
    ck_assert(fabs(mlt_bootstrap_acceleration_jackknife(out, BLOCKS) / exact - 1) < 0.2);
    ck_fails(mlt_bootstrap_jackknife(&statistic, key, ROWS, 3, 0, 2, out, &err), MLT_ERR_USAGE,
             "0 blocks");
    mean.broken = true;
    ck_fails(mlt_bootstrap_jackknife(&statistic, key, ROWS, 3, BLOCKS, 2, out, &err),
             MLT_ERR_EVIDENCE, "on purpose");
}
END_TEST

START_TEST(margin_follows_the_baseline_of_each_replicate)
{
    struct mlt_bootstrap_margin none = {1, 0, 0}, relative = {1, 0.05, 0}, both = {-1, 0.05, 2};
    struct mlt_bootstrap_margin broken = {1, NAN, 0};
    ck_assert(mlt_bootstrap_harm(&none, 3, 2) == 1);
    ck_assert(mlt_bootstrap_harm(&relative, 21, 20) == 0);
    ck_assert(mlt_bootstrap_harm(&relative, -19, -20) == 0); /* the sign turns nothing around */
    ck_assert(mlt_bootstrap_harm(&both, 19, 20) == -1);      /* max(1, 2) */
    ck_assert(mlt_bootstrap_harm(&both, 90, 100) == 5);      /* max(5, 2) */
    ck_assert(isnan(mlt_bootstrap_harm(&relative, NAN, 20)));
    ck_assert(isnan(mlt_bootstrap_harm(&both, 19, NAN)));
    ck_assert(isnan(mlt_bootstrap_harm(&broken, 19, 20)));
    ck_assert(mlt_bootstrap_harm_influence(&both, 100, 3, 7) == 4 - 0.05 * 7);
    ck_assert(mlt_bootstrap_harm_influence(&both, 20, 3, 7) == 4);
    ck_assert(mlt_bootstrap_harm_influence(&relative, -20, 3, 7) == -4 + 0.05 * 7);
}
END_TEST

/* Replicates uniform on (shift, 1 + shift), every `undefined`-th undefined. */
struct uniform {
    double shift;
    size_t undefined, asked;
};

static bool draw_uniform(void *context, uint64_t first, size_t count, double *harm, double *error,
                         struct mlt_err *err)
{
    struct uniform *uniform = context;
    (void)err;
    for (size_t j = 0; j < count; j++) {
        /* The golden ratio's multiples fill the interval evenly. */
        double u = fmod((double)(first + j) * 0.61803398874989485, 1);
        bool gone = uniform->undefined > 0 && (first + j) % uniform->undefined == 0;
        harm[j] = gone ? NAN : u + uniform->shift;
        if (error != NULL)
            error[j] = 1;
    }
    uniform->asked += count;
    return true;
}

static struct mlt_bootstrap_result settle(double shift, size_t undefined, size_t most,
                                          enum mlt_bootstrap_kind kind)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct uniform uniform = {shift, undefined, 0};
    struct mlt_bootstrap_source source = {draw_uniform, &uniform};
    struct mlt_bootstrap_plan plan = {{kind, shift + 0.5, 0, 1, NULL}, 0.05, 0.05, 0, most};
    struct mlt_bootstrap_result out;
    ck_ok(mlt_bootstrap_until_settled(&source, &plan, &out, &err));
    ck_assert_uint_eq(uniform.asked, out.replicates);
    return out;
}

START_TEST(replicates_grow_until_the_verdict_is_settled)
{
    /* p_at_least is the share above 0: half of them, 3 %, 4.5 %, 80 % and 5 %. */
    struct mlt_bootstrap_result out = settle(-0.5, 0, 0, MLT_BOOTSTRAP_PERCENTILE);
    ck_assert(out.why == NULL && out.replicates == 1000);
    out = settle(-0.97, 0, 0, MLT_BOOTSTRAP_BCA);
    ck_assert(out.why == NULL && out.replicates == 2000 && out.p_at_least_range.hi < 0.05);
    out = settle(-0.955, 0, 0, MLT_BOOTSTRAP_STUDENTISED);
    ck_assert(out.why == NULL && out.replicates == 32000 && out.p_at_least < 0.05);
    out = settle(-0.2, 0, 0, MLT_BOOTSTRAP_BASIC);
    ck_assert(out.why == NULL && out.replicates == 1000 && out.p_at_least > 0.5);
    out = settle(-0.95, 0, 5000, MLT_BOOTSTRAP_PERCENTILE);
    ck_assert_str_eq(out.why, "undecided by Monte Carlo");
    ck_assert(out.replicates == 5000);
    out = settle(-0.5, 10, 0, MLT_BOOTSTRAP_PERCENTILE);
    ck_assert(out.why != NULL && out.replicates == 1000 && out.undefined == 100);
}
END_TEST

START_TEST(too_few_replicates_for_a_level_ask_for_more)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct uniform uniform = {-0.2, 0, 0};
    struct mlt_bootstrap_source source = {draw_uniform, &uniform};
    struct mlt_bootstrap_plan plan = {
        {MLT_BOOTSTRAP_PERCENTILE, 0.3, NAN, NAN, NULL}, 0.0003, 0.0003, 0, 0};
    struct mlt_bootstrap_result out;
    ck_ok(mlt_bootstrap_until_settled(&source, &plan, &out, &err));
    ck_assert(out.why == NULL && out.replicates == 4000);
    plan.most = 2000;
    ck_ok(mlt_bootstrap_until_settled(&source, &plan, &out, &err));
    ck_assert_str_eq(out.why, "there are too few replicates for this level");
}
END_TEST

/* n exponential values from the generator. */
static void draw_sample(uint64_t seed, double *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t counter[4] = {(uint32_t)i, 0, 0, 0xFFFFFFFF}, word[4];
        const uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)};
        mlt_philox4x32(counter, key, word);
        x[i] = -mlt_log((word[0] + 0.5) / 4294967296.0);
    }
}

START_TEST(intervals_cover_the_mean_of_a_skewed_law)
{
    /* 90 % intervals for the mean 1 of the exponential law from 50 rows, 1,000 samples. Studentised
     * intervals miss about 5 % on either side; BCa a little and percentile more above it, since
     * their upper ends are too low (Efron & Tibshirani 1993, chapters 12-14). Bounds are four
     * standard errors of the share, 2.8 %, around those. */
    enum { N = 50, SAMPLES = 1000, B = 999 };
    struct mlt_err err = MLT_ERR_INIT;
    static const enum mlt_bootstrap_kind kinds[] = {MLT_BOOTSTRAP_PERCENTILE, MLT_BOOTSTRAP_BCA,
                                                    MLT_BOOTSTRAP_STUDENTISED};
    int below[3] = {0}, above[3] = {0};
    uint64_t key[N];
    uint8_t ones[N];
    memset(ones, 1, N);
    for (size_t i = 0; i < N; i++)
        key[i] = i;
    for (uint64_t sample = 0; sample < SAMPLES; sample++) {
        double x[N], influence[N], at[2];
        static double replicate[2 * B];
        draw_sample(sample, x, N);
        struct mean_of mean = {x, false};
        struct mlt_bootstrap_statistic statistic = {mean_and_error, &mean, 2};
        ck_ok(mean_and_error(&mean, 0, ones, N, at, &err));
        for (size_t i = 0; i < N; i++)
            influence[i] = x[i] - at[0];
        ck_ok(
            mlt_bootstrap_replicates(&statistic, key, N, sample, 0, B, 1, false, replicate, &err));
        for (int k = 0; k < 3; k++) {
            struct mlt_bootstrap_basis basis = {
                kinds[k], at[0], mlt_bootstrap_acceleration(influence, N), at[1], replicate + B};
            struct mlt_bootstrap_result out;
            ck_ok(mlt_bootstrap_judge(&basis, replicate, B, 0.05, 1, &out, &err));
            above[k] += out.interval.lo > 1;
            below[k] += out.interval.hi < 1;
        }
    }
    ck_assert_msg(below[2] >= 22 && below[2] <= 78, "%d studentised ends too low", below[2]);
    ck_assert_msg(above[2] >= 22 && above[2] <= 78, "%d studentised ends too high", above[2]);
    ck_assert_msg(below[1] <= 105 && above[1] <= 78, "BCa missed %d and %d", below[1], above[1]);
    ck_assert_msg(below[0] > below[2] && below[0] <= 130, "percentile missed %d", below[0]);
}
END_TEST

TCase *bootstrap_case(void)
{
    TCase *tcase = tcase_create("bootstrap");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, replicates_use_the_weights_of_their_keys);
    tcase_add_test(tcase, failing_statistic_ends_the_bootstrap);
    tcase_add_test(tcase, jackknife_leaves_out_a_block_at_a_time);
    tcase_add_test(tcase, margin_follows_the_baseline_of_each_replicate);
    tcase_add_test(tcase, replicates_grow_until_the_verdict_is_settled);
    tcase_add_test(tcase, too_few_replicates_for_a_level_ask_for_more);
    tcase_add_test(tcase, intervals_cover_the_mean_of_a_skewed_law);
    return tcase;
}
