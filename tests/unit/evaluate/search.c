#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/rng.h"
#include "harness/evaluate/evaluation.h"
#include "harness/evaluate/search.h"
#include "tests/unit/suite.h"

TCase *search_case(void);

enum { ROWS = 6000, COLUMNS = 4, VALUES = 6 };
static const char *const names[VALUES] = {"v0", "v1", "v2", "v3", "v4", "v5"};
static const struct mlt_search_column columns[COLUMNS] = {{"a", names, VALUES, false},
                                                          {"b", names, VALUES, false},
                                                          {"c", names, 3, false},
                                                          {"d", names, 2, false}};
static double label[ROWS], candidate[ROWS], baseline[ROWS];
static uint8_t value[COLUMNS][ROWS], state[ROWS];
static struct mlt_search_spec spec;
static struct mlt_arena arena;
static struct mlt_err err;
static struct mlt_rng rng;

static double normal(void)
{
    double sum = 0;
    for (int i = 0; i < 12; i++)
        sum += mlt_rng_uniform(&rng);
    return sum - 6;
}

/* Losses are the sizes of errors, so that a row's is what it is set to. */
static void setup(void)
{
    err = (struct mlt_err)MLT_ERR_INIT;
    mlt_rng_seed(&rng, 11);
    memset(state, MLT_ROW_PAIRED, sizeof state);
    memset(label, 0, sizeof label);
    spec = (struct mlt_search_spec){.columns = columns,
                                    .column_count = COLUMNS,
                                    .task = MLT_TASK_REGRESSION,
                                    .width = 1,
                                    .has_baseline = true,
                                    .most = 10};
    ck_ok(mlt_metric_find("mae", MLT_TASK_REGRESSION, &arena, &spec.metric, &err));
    for (size_t i = 0; i < ROWS; i++) {
        for (size_t c = 0; c < COLUMNS; c++)
            value[c][i] = (uint8_t)mlt_rng_below(&rng, columns[c].value_count);
        candidate[i] = 5 + 0.5 * normal();
        baseline[i] = 5 + 0.5 * normal();
    }
}

static void teardown(void)
{
    mlt_arena_free(&arena);
}

static struct mlt_search_block block_of(size_t first, size_t n, const uint8_t **of)
{
    for (size_t c = 0; c < COLUMNS; c++)
        of[c] = value[c] + first;
    return (struct mlt_search_block){
        n, state + first, label + first, candidate + first, baseline + first, of};
}

static struct mlt_search *searched(size_t n, unsigned workers)
{
    const uint8_t *of[COLUMNS];
    struct mlt_search *search;
    uint64_t undefined = 0;
    const struct mlt_search_block all = block_of(0, n, of);
    spec.largest = 0;
    ck_ok(mlt_search_largest(&spec, &all, &spec.largest, &undefined, &err));
    ck_assert_uint_eq(undefined, 0);
    ck_ok(mlt_search_open(&spec, workers, &search, &err));
    for (size_t first = 0; first < n; first += 700) {
        const struct mlt_search_block part = block_of(first, n - first < 700 ? n - first : 700, of);
        ck_ok(mlt_search_add(search, (unsigned)(first / 700 % workers), &part, &err));
    }
    return search;
}

static struct mlt_search_result found(size_t n)
{
    struct mlt_search_result out;
    struct mlt_search *search = searched(n, 3);
    ck_ok(mlt_search_find(search, &arena, &out, &err));
    mlt_search_close(search);
    return out;
}

static double mean_error(const double *of, size_t column, uint8_t wanted, bool inside)
{
    double sum = 0, count = 0;
    for (size_t i = 0; i < ROWS; i++)
        if ((value[column][i] == wanted) == inside) {
            sum += fabs(of[i]);
            count++;
        }
    return sum / count;
}

START_TEST(a_planted_slice_is_found_and_stands_first)
{
    for (size_t i = 0; i < ROWS; i++)
        candidate[i] += value[0][i] == 3 ? 0.4 : value[2][i] == 1 ? 0.1 : 0;
    struct mlt_search_result r = found(ROWS);
    ck_assert_uint_ge(r.count, 1);
    ck_assert_str_eq(r.weak[0].where, "a == v3");
    ck_assert_str_eq(r.metric, "mae");
    /* The means of the rows, added up here one after the other. */
    ck_assert_double_eq_tol(r.weak[0].candidate, mean_error(candidate, 0, 3, true), 1e-7);
    ck_assert_double_eq_tol(r.weak[0].baseline, mean_error(baseline, 0, 3, true), 1e-7);
    ck_assert_double_eq_tol(r.weak[0].candidate_rest, mean_error(candidate, 0, 3, false), 1e-7);
    ck_assert_double_eq_tol(r.weak[0].baseline_rest, mean_error(baseline, 0, 3, false), 1e-7);
    ck_assert_double_lt(r.weak[0].q, 1e-6);
    ck_assert_double_gt(r.weak[0].excess_lo, 0);
    ck_assert_double_lt(r.weak[0].excess_lo, r.weak[0].excess);
    for (size_t i = 1; i < r.count; i++) {
        ck_assert_ptr_null(strstr(r.weak[i].where, "a == v3"));
        ck_assert_double_le(r.weak[i].impact, r.weak[i - 1].impact);
    }
}
END_TEST

START_TEST(a_planted_pair_is_named_and_not_its_columns)
{
    for (size_t i = 0; i < ROWS; i++)
        candidate[i] += value[0][i] == 2 && value[2][i] == 1 ? 0.6 : 0;
    struct mlt_search_result r = found(ROWS);
    ck_assert_uint_eq(r.count, 1);
    ck_assert_str_eq(r.weak[0].column, "a,c");
    ck_assert_str_eq(r.weak[0].value, "v2,v1");
    ck_assert_str_eq(r.weak[0].where, "a == v2 and c == v1");
}
END_TEST

START_TEST(worse_than_elsewhere_is_not_yet_worse_than_the_baseline)
{
    for (size_t i = 0; i < ROWS; i++)
        candidate[i] -= value[0][i] == 3 ? 0 : 0.5; /* better everywhere else */
    ck_assert_uint_eq(found(ROWS).count, 0);
    spec.has_baseline = false;
    struct mlt_search_result r = found(ROWS);
    ck_assert_uint_eq(r.count, 1);
    ck_assert_str_eq(r.weak[0].where, "a == v3");
    ck_assert(isnan(r.weak[0].baseline));
}
END_TEST

/* Worse by as much everywhere: no slice stands out, all rows do. */
START_TEST(a_model_that_is_worse_everywhere_has_no_weak_slice)
{
    for (size_t i = 0; i < ROWS; i++)
        candidate[i] += 1;
    ck_assert_uint_eq(found(ROWS).count, 0);
}
END_TEST

START_TEST(identical_predictions_have_none)
{
    memcpy(candidate, baseline, sizeof candidate);
    struct mlt_search_result r = found(ROWS);
    ck_assert_uint_eq(r.count, 0);
    ck_assert_uint_gt(r.tested, 50);
}
END_TEST

/* SciPy 1.10.1: ttest_ind([2]*30 + [4]*30, [2.25]*60 + [3.25]*60, equal_var=False,
 * alternative="greater"): both sides are symmetric, so that the correction for skewness is none. */
START_TEST(p_is_that_of_welch)
{
    spec.has_baseline = false;
    spec.column_count = 1;
    spec.rate = 0.2;
    for (size_t i = 0; i < 180; i++) {
        value[0][i] = i < 60 ? 0 : 1;
        candidate[i] = i < 60 ? (i % 2 == 0 ? 2 : 4) : i % 2 == 0 ? 2.25 : 3.25;
    }
    struct mlt_search_result r = found(180);
    ck_assert_uint_eq(r.tested, 2);
    ck_assert_uint_eq(r.count, 1);
    ck_assert_double_eq_tol(r.weak[0].p, 0.03707636537124034, 1e-12);
    ck_assert_double_eq_tol(r.weak[0].q, 2 * 0.03707636537124034, 1e-12);
    ck_assert_double_eq_tol(r.weak[0].excess, 0.25, 1e-12);
    /* Without these rows the mean would be 2.75 in place of (60 * 3 + 120 * 2.75) / 180. */
    ck_assert_double_eq_tol(r.weak[0].impact, 0.25 / 3, 1e-12);
}
END_TEST

/* How often anything at all is found where nothing is. */
static int false_finds(int repetitions, double (*draw)(void))
{
    int finds = 0;
    for (int k = 0; k < repetitions; k++) {
        for (size_t i = 0; i < 2000; i++) {
            for (size_t c = 0; c < COLUMNS; c++)
                value[c][i] = (uint8_t)mlt_rng_below(&rng, columns[c].value_count);
            candidate[i] = draw();
            baseline[i] = draw();
        }
        finds += found(2000).count > 0;
    }
    return finds;
}

static double skewed(void)
{
    return exp(normal());
}

static double wrong(void)
{
    return mlt_rng_below(&rng, 25) == 0;
}

/* Where nothing is weak every find is false, so that the rate of false ones among them is the share
 * of searches that find anything: 5 % of 300 are 15, and more than 24 come in fewer than 1 % of
 * simulations (SciPy 1.10.1: binom.ppf(0.99, 300, 0.05) is 24). */
START_TEST(noise_has_weak_slices_no_oftener_than_the_rate)
{
    static double (*const draws[])(void) = {normal, skewed, wrong};
    spec.has_baseline = _i % 2 == 1;
    int finds = false_finds(300, draws[_i / 2]);
    ck_assert_msg(finds <= 24, "%d of 300 searches found something", finds);
}
END_TEST

START_TEST(rows_that_are_not_paired_do_not_count)
{
    for (size_t i = 0; i < ROWS; i++) {
        candidate[i] += value[0][i] == 3 ? 0.5 : 0;
        if (i % 3 != 0)
            continue;
        state[i] = MLT_ROW_CANDIDATE_MISSING;
        candidate[i] = i % 2 == 0 ? NAN : 1e300;
    }
    struct mlt_search_result r = found(ROWS);
    ck_assert_uint_eq(r.rows, ROWS - (ROWS + 2) / 3);
    ck_assert_str_eq(r.weak[0].where, "a == v3");
}
END_TEST

START_TEST(a_loss_that_is_no_number_is_counted)
{
    const uint8_t *of[COLUMNS];
    uint64_t undefined = 0;
    candidate[7] = INFINITY;
    candidate[8] = NAN;
    const struct mlt_search_block all = block_of(0, ROWS, of);
    spec.largest = 0;
    ck_ok(mlt_search_largest(&spec, &all, &spec.largest, &undefined, &err));
    ck_assert_uint_eq(undefined, 2);
    ck_assert(isfinite(spec.largest));
}
END_TEST

/* Losses of 1e300 and of 1e-300: rounded, never overflowing. */
START_TEST(extreme_losses_stay_finite)
{
    const double scale = _i == 0 ? 1e300 : 1e-300;
    for (size_t i = 0; i < ROWS; i++) {
        candidate[i] = scale * (candidate[i] + (value[0][i] == 3 ? 1 : 0));
        baseline[i] *= scale;
    }
    struct mlt_search_result r = found(ROWS);
    for (size_t i = 0; i < r.count; i++)
        ck_assert(isfinite(r.weak[i].candidate) && isfinite(r.weak[i].excess_lo));
    if (_i == 0)
        ck_assert_str_eq(r.weak[0].where, "a == v3");
}
END_TEST

static struct mlt_buf encoded(unsigned workers)
{
    struct mlt_buf out = MLT_BUF_INIT;
    struct mlt_search *search = searched(ROWS, workers);
    ck_ok(mlt_search_encode(search, &out, &err));
    mlt_search_close(search);
    return out;
}

START_TEST(the_sums_are_the_same_bytes_however_rows_were_divided)
{
    struct mlt_buf one = encoded(1), five = encoded(5), again = MLT_BUF_INIT;
    struct mlt_search *search;
    ck_assert_uint_eq(one.len, five.len);
    ck_assert_mem_eq(one.data, five.data, one.len);
    ck_ok(mlt_search_open(&spec, 2, &search, &err));
    ck_ok(mlt_search_decode(search, 1, (const unsigned char *)one.data, one.len, &err));
    ck_ok(mlt_search_encode(search, &again, &err));
    ck_assert_mem_eq(one.data, again.data, one.len);
    mlt_search_close(search);
    mlt_buf_free(&one);
    mlt_buf_free(&five);
    mlt_buf_free(&again);
}
END_TEST

START_TEST(damaged_sums_are_refused)
{
    struct mlt_buf part = encoded(1);
    unsigned char *bytes = (unsigned char *)part.data;
    struct mlt_search *search;
    ck_ok(mlt_search_open(&spec, 1, &search, &err));
    ck_fails(mlt_search_decode(search, 0, bytes, part.len - 1, &err), MLT_ERR_EVIDENCE, "damaged");
    err = (struct mlt_err)MLT_ERR_INIT;
    memset(bytes, 0xff, 8); /* more rows than there can be */
    ck_fails(mlt_search_decode(search, 0, bytes, part.len, &err), MLT_ERR_EVIDENCE, "damaged");
    mlt_search_close(search);
    mlt_buf_free(&part);
}
END_TEST

TCase *search_case(void)
{
    TCase *tc = tcase_create("search");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, a_planted_slice_is_found_and_stands_first);
    tcase_add_test(tc, a_planted_pair_is_named_and_not_its_columns);
    tcase_add_test(tc, worse_than_elsewhere_is_not_yet_worse_than_the_baseline);
    tcase_add_test(tc, a_model_that_is_worse_everywhere_has_no_weak_slice);
    tcase_add_test(tc, identical_predictions_have_none);
    tcase_add_test(tc, p_is_that_of_welch);
    tcase_add_loop_test(tc, noise_has_weak_slices_no_oftener_than_the_rate, 0, 6);
    tcase_add_test(tc, rows_that_are_not_paired_do_not_count);
    tcase_add_test(tc, a_loss_that_is_no_number_is_counted);
    tcase_add_loop_test(tc, extreme_losses_stay_finite, 0, 2);
    tcase_add_test(tc, the_sums_are_the_same_bytes_however_rows_were_divided);
    tcase_add_test(tc, damaged_sums_are_refused);
    return tc;
}
