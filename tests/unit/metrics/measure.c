#include <math.h>
#include <string.h>

#include "harness/metrics/confusion.h"
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
    struct mlt_metric metric;
    ck_ok(mlt_metric_find(name, rows->task, &arena, &metric, &err));
    ck_ok(mlt_metric_measure(&metric, rows, &arena, &m, &err));
    return m;
}

static bool close_to(double a, double b)
{
    return fabs(a - b) <= 1e-12 * (fabs(a) + fabs(b) + 1e-9);
}

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

START_TEST(differing_counts_predictions_whatever_the_metric_sees)
{
    static const char *const names[] = {"accuracy", "auc", "ks", "brier", NULL};
    struct mlt_metric_rows rows = rows_binary();
    static double moved[ROWS];
    memcpy(moved, rows.candidate, sizeof moved);
    rows.baseline = moved;
    for (const char *const *name = names; *name != NULL; name++)
        ck_assert_uint_eq(measure(*name, &rows).differing, 0);
    moved[5] = nextafter(moved[5], 1); /* the last bit: another format of the same model */
    for (const char *const *name = names; *name != NULL; name++)
        ck_assert_uint_eq(measure(*name, &rows).differing, 0);
    moved[3] = moved[3] * 0.999; /* no decision and no rank changes */
    for (const char *const *name = names; *name != NULL; name++)
        ck_assert_uint_eq(measure(*name, &rows).differing, 1);
}
END_TEST

START_TEST(clustered_proportions_are_not_called_independent)
{
    struct mlt_metric_rows rows = rows_binary();
    rows.cluster = rows_clusters();
    rows.n_clusters = 20;
    struct mlt_measurement m = measure("accuracy", &rows);
    ck_assert_int_eq(m.method, MLT_INTERVAL_INFLUENCE);
    ck_assert(m.trials == 0 && !m.has_pairs && m.clusters == 20);
}
END_TEST

static void check_refused(const struct mlt_metric_rows *rows, const char *phrase)
{
    struct mlt_measurement m = mlt_measurement_none();
    struct mlt_metric metric;
    const char *name = rows_metrics(rows->task)[0];
    ck_ok(mlt_metric_find(name, rows->task, &arena, &metric, &err));
    ck_fails(mlt_metric_measure(&metric, rows, &arena, &m, &err), MLT_ERR_EVIDENCE, phrase);
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
    rows = rows_ranking();
    memcpy(bad, rows.label, ROWS * sizeof *bad);
    bad[1] = -1;
    rows.label = bad;
    check_refused(&rows, "the grade of row 2 is -1");
    rows = rows_ranking();
    rows.n_queries = 9;
    check_refused(&rows, "row 55 is of query 9 of 9");
    rows = rows_ranking();
    rows.cluster = rows_clusters();
    rows.n_clusters = 20;
    check_refused(&rows, "rows 1 and 4 are of one query but of different clusters");
}
END_TEST

START_TEST(hostile_weights_are_refused)
{
    struct mlt_metric_rows rows = rows_binary();
    static double weight[ROWS];
    for (int i = 0; i < ROWS; i++)
        weight[i] = 1;
    rows.weight = weight;
    rows.weighting = MLT_WEIGHT_FREQUENCY;
    weight[4] = 1.5;
    check_refused(&rows, "expected a whole number of rows");
    weight[4] = -1;
    check_refused(&rows, "the weight of row 5 is -1");
    weight[4] = NAN;
    check_refused(&rows, "the weight of row 5 is nan");
    for (int i = 0; i < ROWS; i++)
        weight[i] = 0;
    for (const char *const *name = rows_metrics(rows.task); *name != NULL; name++) {
        struct mlt_measurement m = measure(*name, &rows);
        ck_assert_msg(isnan(m.candidate) && m.undefined != NULL && m.rows == 0, "%s", *name);
    }
}
END_TEST

/* One class, one score, one label. */
static struct mlt_metric_rows constant_rows(enum mlt_task task, size_t n)
{
    struct mlt_metric_rows rows = rows_random(task, n, 3, false, &arena);
    double *label = mlt_arena_calloc(&arena, n, sizeof *label);
    double *score = mlt_arena_calloc(&arena, n * rows.width, sizeof *score);
    for (size_t i = 0; i < n; i++)
        score[i * rows.width] = 1;
    rows.label = label;
    rows.candidate = rows.baseline = score;
    rows.weight = NULL;
    rows.weighting = MLT_WEIGHT_NONE;
    return rows;
}

START_TEST(every_metric_says_why_it_is_undefined)
{
    for (unsigned task = MLT_TASK_REGRESSION; task <= MLT_TASK_TEXT; task *= 2) {
        struct mlt_metric_rows rows = constant_rows((enum mlt_task)task, 40);
        for (const char *const *name = rows_metrics(rows.task); *name != NULL; name++) {
            struct mlt_measurement m = measure(*name, &rows);
            ck_assert_msg(isnan(m.candidate) == (m.undefined != NULL), "%s", *name);
            ck_assert_msg(!isinf(m.candidate) && !(m.var_candidate > 0), "%s", *name);
            ck_assert_msg(m.differing == 0, "%s", *name);
        }
    }
    struct mlt_metric_rows rows = constant_rows(MLT_TASK_BINARY, 40);
    ck_assert_str_eq(measure("ks", &rows).undefined, "one class only");
    ck_assert_str_eq(measure("mcc", &rows).undefined, "one class only");
    ck_assert_str_eq(measure("pr_auc", &rows).undefined, "no row is positive");
    rows = constant_rows(MLT_TASK_REGRESSION, 40);
    ck_assert_str_eq(measure("spearman", &rows).undefined, "every label is the same");
    rows = constant_rows(MLT_TASK_RANKING, 40);
    ck_assert_str_eq(measure("ndcg", &rows).undefined, "no query has a relevant row");
    rows = constant_rows(MLT_TASK_MULTICLASS, 40);
    ck_assert_str_eq(measure("kappa", &rows).undefined, "one class only");
    ck_assert_str_eq(measure("ovr_auc", &rows).undefined, "one class only");
}
END_TEST

START_TEST(few_rows_never_look_like_a_good_number)
{
    for (unsigned task = MLT_TASK_REGRESSION; task <= MLT_TASK_TEXT; task *= 2)
        for (size_t n = 0; n < 4; n++) {
            struct mlt_metric_rows rows = rows_random((enum mlt_task)task, n, 5 + n, n % 2, &arena);
            for (const char *const *name = rows_metrics(rows.task); *name != NULL; name++) {
                struct mlt_measurement m = measure(*name, &rows);
                ck_assert_msg(m.rows == n && (isfinite(m.candidate) || m.undefined != NULL), "%s",
                              *name);
                ck_assert_msg(n > 0 || (isnan(m.candidate) && strcmp(m.undefined, "no rows") == 0),
                              "%s", *name);
                ck_assert_msg(n > 1 || isnan(m.var_candidate), "%s", *name);
                ck_assert_msg(m.min_rows > 0, "%s", *name);
            }
        }
}
END_TEST

START_TEST(a_bootstrap_has_paired_replicates_that_threads_do_not_change)
{
    struct mlt_metric_rows rows = rows_random(MLT_TASK_BINARY, 300, 9, true, &arena);
    rows.replicates = 21;
    struct mlt_measurement one = measure("pr_auc", &rows);
    rows.threads = 3;
    struct mlt_measurement three = measure("pr_auc", &rows);
    ck_assert_uint_eq(one.replicates, 21);
    ck_assert_mem_eq(one.replicate_candidate, three.replicate_candidate, 21 * sizeof(double));
    ck_assert_mem_eq(one.replicate_baseline, three.replicate_baseline, 21 * sizeof(double));
    rows.replicates = 13; /* fewer: the same ones */
    three = measure("pr_auc", &rows);
    ck_assert_mem_eq(one.replicate_candidate, three.replicate_candidate, 13 * sizeof(double));
    rows.seed++;
    ck_assert(measure("pr_auc", &rows).replicate_candidate[0] != one.replicate_candidate[0]);
    rows.baseline = NULL;
    ck_assert_ptr_null(measure("ks", &rows).replicate_baseline);
}
END_TEST

START_TEST(a_confusion_matrix_counts_truth_by_guess)
{
    /* sklearn.metrics.confusion_matrix on the rows of rows_multiclass() */
    static const uint64_t known[16] = {19, 5, 6, 5, 4, 13, 3, 5, 0, 0, 0, 0, 0, 0, 0, 0};
    struct mlt_metric_rows rows = rows_multiclass();
    struct mlt_metric_input in = {.task = rows.task,
                                  .n = rows.n,
                                  .width = rows.width,
                                  .label = rows.label,
                                  .score = rows.candidate};
    struct mlt_confusion confusion;
    ck_ok(mlt_confusion_make(&in, &arena, &confusion, &err));
    ck_assert_uint_eq(confusion.width, 4);
    ck_assert_mem_eq(confusion.count, known, sizeof known);
    ck_assert_ptr_null(confusion.weight);
    static double weight[ROWS];
    for (int i = 0; i < ROWS; i++)
        weight[i] = 0.1;
    in.weight = weight;
    ck_ok(mlt_confusion_make(&in, &arena, &confusion, &err));
    for (int c = 0; c < 16; c++)
        ck_assert(fabs(confusion.weight[c] - 0.1 * (double)known[c]) < 1e-15 * (double)ROWS);
    rows = rows_binary();
    in = (struct mlt_metric_input){.task = rows.task,
                                   .n = rows.n,
                                   .width = 1,
                                   .label = rows.label,
                                   .score = rows.candidate,
                                   .threshold = 0.5};
    ck_ok(mlt_confusion_make(&in, &arena, &confusion, &err));
    ck_assert(confusion.count[3] == 13 && confusion.count[2] == 14); /* recall 13 of 27 */
    ck_assert(confusion.count[0] == 19 && confusion.count[1] == 14); /* accuracy 32 of 60 */
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
    struct mlt_metric metric;
    ck_ok(mlt_metric_find("mae", rows.task, &arena, &metric, &err));
    ck_ok(mlt_metric_measure(&metric, &rows, &arena, &m, &err));
    ck_assert_str_eq(m.case_id, "regression/holdout");
    ck_assert_str_eq(m.slice_value, "1");
    ck_assert_uint_eq(m.candidate_missing, 4);
}
END_TEST

TCase *measure_case(void)
{
    TCase *tcase = tcase_create("measure");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, scaling_the_data_scales_rmse_and_leaves_r2);
    tcase_add_test(tcase, a_large_offset_costs_no_digits);
    tcase_add_test(tcase, without_a_baseline_its_numbers_stay_unknown);
    tcase_add_test(tcase, undefined_metrics_are_nan_with_a_reason_and_never_a_half_or_zero);
    tcase_add_test(tcase, scores_that_are_no_probabilities_have_no_logloss);
    tcase_add_test(tcase, logloss_is_clipped_where_a_certain_model_is_wrong);
    tcase_add_test(tcase, differing_counts_predictions_whatever_the_metric_sees);
    tcase_add_test(tcase, clustered_proportions_are_not_called_independent);
    tcase_add_test(tcase, hostile_rows_are_refused);
    tcase_add_test(tcase, hostile_weights_are_refused);
    tcase_add_test(tcase, every_metric_says_why_it_is_undefined);
    tcase_add_test(tcase, few_rows_never_look_like_a_good_number);
    tcase_add_test(tcase, a_bootstrap_has_paired_replicates_that_threads_do_not_change);
    tcase_add_test(tcase, a_confusion_matrix_counts_truth_by_guess);
    tcase_add_test(tcase, measuring_leaves_the_place_alone);
    return tcase;
}
