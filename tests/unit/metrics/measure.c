#include <math.h>
#include <string.h>

#include "tests/unit/metrics/rows.h"
#include "tests/unit/suite.h"

TCase *measure_case(void);

static struct mlt_arena arena;
static struct mlt_err err;

static void setup(void)
{
    arena = (struct mlt_arena)MLT_ARENA_INIT;
    err = (struct mlt_err)MLT_ERR_INIT;
}

static void teardown(void)
{
    mlt_arena_free(&arena);
}

static struct mlt_measurement measure(const char *name, const struct mlt_metric_rows *rows)
{
    struct mlt_measurement m = mlt_measurement_none();
    ck_ok(mlt_metric_measure(mlt_metric_find(name, rows->task), rows, &arena, &m, &err));
    return m;
}

static bool close_to(double a, double b)
{
    return fabs(a - b) <= 1e-12 * (fabs(a) + fabs(b) + 1e-9);
}

START_TEST(every_table_entry_is_complete_and_listed)
{
    for (size_t i = 0; mlt_metrics[i] != NULL; i++) {
        const struct mlt_metric_ops *ops = mlt_metrics[i];
        ck_assert_uint_eq(ops->abi, MLT_METRIC_ABI);
        ck_assert(ops->doc != NULL && ops->reference != NULL && ops->estimate != NULL);
        ck_assert(ops->min_rows > 0 && ops->min_clusters > 0);
        ck_assert((ops->method == MLT_INTERVAL_SHARE) == (ops->successes != NULL));
        bool listed = false;
        for (const char *const *name = mlt_metric_names(); *name != NULL; name++)
            listed = listed || strcmp(*name, ops->name) == 0;
        ck_assert_msg(listed, "%s", ops->name);
    }
    for (const char *const *name = mlt_metric_names(); *name != NULL; name++)
        ck_assert(mlt_metric_find(*name, MLT_TASK_REGRESSION) != NULL ||
                  mlt_metric_find(*name, MLT_TASK_BINARY) != NULL ||
                  mlt_metric_find(*name, MLT_TASK_MULTICLASS) != NULL);
    ck_assert_ptr_null(mlt_metric_find("rmse", MLT_TASK_BINARY));
    ck_assert_ptr_null(mlt_metric_find("nope", MLT_TASK_BINARY));
    ck_assert_ptr_null(mlt_metric_find(NULL, MLT_TASK_BINARY));
}
END_TEST

/* The same rows in another order, and with the sides exchanged. */
static void check_symmetries(struct mlt_metric_rows rows)
{
    static double label[ROWS], candidate[ROWS * CLASSES], baseline[ROWS * CLASSES];
    for (size_t i = 0; i < ROWS; i++) {
        size_t from = i * 7 % ROWS;
        label[i] = rows.label[from];
        memcpy(candidate + i * rows.width, rows.candidate + from * rows.width,
               rows.width * sizeof *candidate);
        memcpy(baseline + i * rows.width, rows.baseline + from * rows.width,
               rows.width * sizeof *baseline);
    }
    struct mlt_metric_rows other = rows, swapped = rows;
    other.label = label;
    other.candidate = candidate;
    other.baseline = baseline;
    swapped.candidate = rows.baseline;
    swapped.baseline = rows.candidate;
    for (size_t i = 0; mlt_metrics[i] != NULL; i++) {
        if ((mlt_metrics[i]->tasks & rows.task) == 0)
            continue;
        struct mlt_measurement a = measure(mlt_metrics[i]->name, &rows);
        struct mlt_measurement b = measure(mlt_metrics[i]->name, &other);
        struct mlt_measurement c = measure(mlt_metrics[i]->name, &swapped);
        ck_assert_msg(close_to(a.candidate, b.candidate) && close_to(a.baseline, b.baseline) &&
                          close_to(a.var_candidate, b.var_candidate) &&
                          close_to(a.covariance, b.covariance) && a.differing == b.differing,
                      "%s depends on the order of rows", a.metric);
        ck_assert_msg(a.candidate == c.baseline && a.baseline == c.candidate &&
                          a.var_candidate == c.var_baseline && a.covariance == c.covariance,
                      "%s depends on the side", a.metric);
    }
}

START_TEST(order_of_rows_and_sides_do_not_matter)
{
    ck_assert(7 * 43 % ROWS == 1); /* 7 i mod 60 is a permutation */
    check_symmetries(rows_regression());
    check_symmetries(rows_binary());
    check_symmetries(rows_multiclass());
}
END_TEST

START_TEST(scaling_the_data_scales_rmse_and_leaves_r2)
{
    struct mlt_metric_rows rows = rows_regression();
    struct mlt_measurement rmse = measure("rmse", &rows), r2 = measure("r2", &rows);
    static double label[ROWS], candidate[ROWS];
    for (size_t i = 0; i < ROWS; i++) {
        label[i] = 1024 * rows.label[i];
        candidate[i] = 1024 * rows.candidate[i];
    }
    rows.label = label;
    rows.candidate = candidate;
    struct mlt_measurement scaled = measure("rmse", &rows);
    ck_assert(close_to(scaled.candidate, 1024 * rmse.candidate));
    ck_assert(close_to(scaled.var_candidate, 1024.0 * 1024 * rmse.var_candidate));
    ck_assert(close_to(measure("r2", &rows).candidate, r2.candidate));
}
END_TEST

START_TEST(a_large_offset_costs_no_digits)
{
    struct mlt_metric_rows rows = rows_regression();
    static double label[ROWS], candidate[ROWS];
    /* Multiples of 1/8 and an offset of 2^40: exact, so that r2 must be exact too. */
    for (size_t i = 0; i < ROWS; i++) {
        label[i] = (double)(i * 37 % 101) / 8;
        candidate[i] = label[i] + ((double)(i % 5) - 2) / 8;
    }
    rows.label = label;
    rows.candidate = candidate;
    rows.baseline = NULL;
    double rmse = measure("rmse", &rows).candidate, r2 = measure("r2", &rows).candidate;
    for (size_t i = 0; i < ROWS; i++) {
        label[i] += 1099511627776.0;
        candidate[i] += 1099511627776.0;
    }
    ck_assert(measure("rmse", &rows).candidate == rmse);
    ck_assert(fabs(measure("r2", &rows).candidate - r2) < 1e-6);
}
END_TEST

START_TEST(without_a_baseline_its_numbers_stay_unknown)
{
    struct mlt_metric_rows rows = rows_binary();
    rows.baseline = NULL;
    struct mlt_measurement m = measure("auc", &rows);
    ck_assert(isfinite(m.candidate) && isfinite(m.var_candidate));
    ck_assert(isnan(m.baseline) && isnan(m.var_baseline) && isnan(m.covariance));
    ck_assert_ptr_null(m.undefined);
}
END_TEST

START_TEST(undefined_metrics_are_nan_with_a_reason_and_never_a_half_or_zero)
{
    struct mlt_metric_rows rows = rows_binary();
    static double ones[ROWS], zeros[ROWS], low[ROWS];
    for (int i = 0; i < ROWS; i++) {
        ones[i] = 1;
        zeros[i] = 0;
        low[i] = 0.1;
    }
    rows.label = ones;
    struct mlt_measurement m = measure("auc", &rows);
    ck_assert(isnan(m.candidate) && strcmp(m.undefined, "one class only") == 0);
    ck_assert(isnan(measure("balanced_accuracy", &rows).candidate));
    ck_assert(isnan(measure("specificity", &rows).candidate));
    rows.label = zeros;
    ck_assert(isnan(measure("auc", &rows).candidate));
    ck_assert(isnan(measure("recall", &rows).candidate));
    ck_assert(isnan(measure("f1", &rows).candidate));
    rows = rows_binary();
    rows.candidate = low;
    m = measure("precision", &rows);
    ck_assert(isnan(m.candidate) && isfinite(m.baseline));
    ck_assert_str_eq(m.undefined, "no row is predicted positive");
    ck_assert(isnan(m.var_candidate));
    rows = rows_regression();
    rows.label = ones;
    m = measure("r2", &rows);
    ck_assert(isnan(m.candidate) && strstr(m.undefined, "zero variance") != NULL);
    rows.n = 0;
    m = measure("rmse", &rows);
    ck_assert(isnan(m.candidate) && m.rows == 0 && m.undefined != NULL);
}
END_TEST

START_TEST(scores_that_are_no_probabilities_have_no_logloss)
{
    struct mlt_metric_rows rows = rows_binary();
    static double scores[ROWS];
    for (int i = 0; i < ROWS; i++)
        scores[i] = i - 30;
    rows.candidate = scores;
    ck_assert(isnan(measure("logloss", &rows).candidate));
    ck_assert(isnan(measure("brier", &rows).candidate));
    ck_assert(isfinite(measure("auc", &rows).candidate));
}
END_TEST

START_TEST(logloss_is_clipped_where_a_certain_model_is_wrong)
{
    /* -log(1e-15) = 34.538776394910684 (mpmath 1.2.1), for a half of the rows. */
    struct mlt_metric_rows rows = rows_binary();
    static double label[ROWS], sure[ROWS];
    for (int i = 0; i < ROWS; i++) {
        label[i] = i % 2;
        sure[i] = 1;
    }
    rows.label = label;
    rows.candidate = sure;
    ck_assert(fabs(measure("logloss", &rows).candidate - 34.538776394910684 / 2) < 1e-12);
}
END_TEST

START_TEST(differing_counts_rows_and_is_zero_when_the_metric_sees_none)
{
    struct mlt_metric_rows rows = rows_binary();
    static double moved[ROWS];
    memcpy(moved, rows.candidate, sizeof moved);
    rows.baseline = moved;
    ck_assert_uint_eq(measure("accuracy", &rows).differing, 0);
    ck_assert_uint_eq(measure("brier", &rows).differing, 0);
    moved[3] = moved[3] * 0.999; /* no decision and no rank changes */
    ck_assert_uint_eq(measure("accuracy", &rows).differing, 0);
    ck_assert_uint_eq(measure("brier", &rows).differing, 1);
}
END_TEST

START_TEST(clustered_proportions_are_not_called_independent)
{
    struct mlt_metric_rows rows = rows_binary();
    rows.cluster = rows_clusters();
    rows.n_clusters = 20;
    ck_assert_int_eq(measure("accuracy", &rows).method, MLT_INTERVAL_INFLUENCE);
}
END_TEST

static void check_refused(const struct mlt_metric_rows *rows, const char *phrase)
{
    struct mlt_measurement m = mlt_measurement_none();
    const struct mlt_metric_ops *metric = mlt_metric_find("accuracy", rows->task);
    if (metric == NULL)
        metric = mlt_metric_find("rmse", rows->task);
    ck_fails(mlt_metric_measure(metric, rows, &arena, &m, &err), MLT_ERR_EVIDENCE, phrase);
}

START_TEST(hostile_rows_are_refused)
{
    struct mlt_metric_rows rows = rows_binary();
    static double bad[ROWS * CLASSES];
    static uint32_t far[ROWS];
    memcpy(bad, rows.candidate, ROWS * sizeof *bad);
    bad[7] = NAN;
    rows.candidate = bad;
    check_refused(&rows, "row 8 is NaN");
    rows = rows_binary();
    memcpy(bad, rows.label, ROWS * sizeof *bad);
    bad[2] = 2;
    rows.label = bad;
    check_refused(&rows, "expected 0 or 1");
    rows = rows_multiclass();
    memcpy(bad, rows.label, ROWS * sizeof *bad);
    bad[5] = 4;
    rows.label = bad;
    check_refused(&rows, "a class from 0 to 3");
    rows = rows_regression();
    far[9] = 1;
    rows.cluster = far;
    rows.n_clusters = 1;
    check_refused(&rows, "cluster 1 of 1");
    rows = rows_regression();
    rows.width = 2;
    check_refused(&rows, "do not fit");
}
END_TEST

START_TEST(measuring_leaves_the_place_alone)
{
    struct mlt_metric_rows rows = rows_regression();
    struct mlt_measurement m = mlt_measurement_none();
    m.case_id = "regression/holdout";
    m.slice_column = "brand";
    m.slice_value = "1";
    m.candidate_missing = 4;
    ck_ok(mlt_metric_measure(mlt_metric_find("mae", rows.task), &rows, &arena, &m, &err));
    ck_assert_str_eq(m.case_id, "regression/holdout");
    ck_assert_str_eq(m.slice_value, "1");
    ck_assert_uint_eq(m.candidate_missing, 4);
}
END_TEST

TCase *measure_case(void)
{
    TCase *tcase = tcase_create("measure");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, every_table_entry_is_complete_and_listed);
    tcase_add_test(tcase, order_of_rows_and_sides_do_not_matter);
    tcase_add_test(tcase, scaling_the_data_scales_rmse_and_leaves_r2);
    tcase_add_test(tcase, a_large_offset_costs_no_digits);
    tcase_add_test(tcase, without_a_baseline_its_numbers_stay_unknown);
    tcase_add_test(tcase, undefined_metrics_are_nan_with_a_reason_and_never_a_half_or_zero);
    tcase_add_test(tcase, scores_that_are_no_probabilities_have_no_logloss);
    tcase_add_test(tcase, logloss_is_clipped_where_a_certain_model_is_wrong);
    tcase_add_test(tcase, differing_counts_rows_and_is_zero_when_the_metric_sees_none);
    tcase_add_test(tcase, clustered_proportions_are_not_called_independent);
    tcase_add_test(tcase, hostile_rows_are_refused);
    tcase_add_test(tcase, measuring_leaves_the_place_alone);
    return tcase;
}
