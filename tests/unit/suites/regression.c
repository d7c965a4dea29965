#include <math.h>
#include <string.h>

#include "tests/unit/suites/cases.h"

/* Six rows, worked by hand. The candidate answers x and refuses 6; the baseline answers x + 2, but
 * 4 for 4. Errors (answer - label) of r1 to r5: candidate -1 0 -2 0 1, baseline 1 2 0 0 3. */
static const char rows[] = "id,x,y,brand,week\n"
                           "r1,1,2,a,w1\nr2,2,2,a,w1\nr3,3,5,b,w2\nr4,4,4,b,w2\nr5,5,4,b,w3\n"
                           "r6,6,0,a,w3\n";
#define DATASET(more)                                                                              \
    "datasets:\n  holdout: {path: rows.csv, label: y, id: id, cluster: week, slices: [brand]" more \
    "}\n"
#define SUITE                                                                                      \
    "suites:\n  regression:\n    - dataset: holdout\n      metrics: [mae]\n"                       \
    "      require: [rmse <= 9, mae for brand == a <= 9]\n"

static void refuses_six(const struct mlt_batch *batch, size_t row, size_t calls,
                        struct mlt_prediction *out)
{
    if (stage_number(batch, row, "x") == 6)
        stage_fail(out, MLT_ANSWER_REFUSED, "six is too many");
    else
        stage_answers_x(batch, row, calls, out);
}

static void adds_two(const struct mlt_batch *batch, size_t row, size_t calls,
                     struct mlt_prediction *out)
{
    (void)calls;
    double x = stage_number(batch, row, "x");
    stage_say(out, x == 4 ? x : x + 2);
}

static void open_rows(struct stage *stage, const char *config, const char *csv,
                      stage_answer *candidate, stage_answer *baseline)
{
    unit_write_text(unit_path("rows.csv"), csv);
    stage_open(stage, config, candidate, baseline);
}

START_TEST(metrics_equal_those_worked_by_hand_and_pair_by_row)
{
    struct stage stage;
    open_rows(&stage, STAGE_HEAD DATASET(", max_candidate_missing: 50%") SUITE, rows, refuses_six,
              adds_two);
    ck_runs(stage, mlt_suite_regression, "holdout");
    ck_passed(stage);
    const struct mlt_measurement *mae = stage_measured(&stage, "mae", NULL);
    ck_assert_double_eq_tol(mae->candidate, 4.0 / 5, 1e-12);
    ck_assert_double_eq_tol(mae->baseline, 6.0 / 5, 1e-12);
    const struct mlt_measurement *rmse = stage_measured(&stage, "rmse", NULL);
    ck_assert_double_eq_tol(rmse->candidate, sqrt(6.0 / 5), 1e-12);
    ck_assert_double_eq_tol(rmse->baseline, sqrt(14.0 / 5), 1e-12);
    ck_assert_uint_eq(rmse->rows, 5);
    ck_assert_uint_eq(rmse->clusters, 3);
    ck_assert_uint_eq(rmse->differing, 4);
    ck_assert_uint_eq(rmse->excluded, 1);
    ck_assert_uint_eq(rmse->candidate_missing, 0);
    ck_assert_uint_eq(stage.row_count, 6);
    ck_assert_str_eq(stage.rows[2].slices, "{\"brand\":\"b\"}");
    ck_assert_double_eq(stage.rows[2].candidate, 3);
    ck_assert_double_eq(stage.rows[2].baseline, 5);
    ck_assert(isnan(stage.rows[5].candidate));
    stage_close(&stage);
}
END_TEST

START_TEST(a_named_slice_stands_alone_and_small_values_are_pooled)
{
    struct stage stage;
    open_rows(&stage, STAGE_HEAD DATASET(", max_candidate_missing: 50%") SUITE, rows, refuses_six,
              adds_two);
    ck_runs(stage, mlt_suite_regression, "holdout");
    const struct mlt_measurement *a = stage_measured(&stage, "mae", "a");
    ck_assert_double_eq_tol(a->candidate, 0.5, 1e-12);
    ck_assert_double_eq_tol(a->baseline, 1.5, 1e-12);
    ck_assert_uint_eq(a->rows, 2);
    ck_assert_uint_eq(a->clusters, 1);
    const struct mlt_measurement *others = stage_measured(&stage, "mae", "(other)");
    ck_assert_double_eq_tol(others->candidate, 1, 1e-12);
    ck_assert_double_eq_tol(others->baseline, 1, 1e-12);
    ck_assert_uint_eq(others->differing, 2);
    ck_assert_str_eq(others->slice_column, "brand");
    ck_assert_str_eq(stage.attachment, "brand: b (3 rows)\n");
    stage_close(&stage);
}
END_TEST

START_TEST(rows_only_the_candidate_lacks_fail_the_case)
{
    struct stage stage;
    open_rows(&stage, STAGE_HEAD DATASET("") SUITE, rows, refuses_six, adds_two);
    ck_runs(stage, mlt_suite_regression, "holdout");
    ck_outcome(stage, MLT_OUTCOME_FAILED, "row 'r6': no answer (refused): six is too many");
    ck_assert_uint_eq(stage_measured(&stage, "mae", NULL)->candidate_missing, 1);
    ck_assert_uint_eq(stage_measured(&stage, "mae", "a")->candidate_missing, 1);
    ck_assert_uint_eq(stage_measured(&stage, "mae", "(other)")->candidate_missing, 0);
    stage_close(&stage);
}
END_TEST

START_TEST(rows_the_baseline_lacks_are_left_out_and_none_at_all_is_broken)
{
    struct stage stage;
    open_rows(&stage, STAGE_HEAD DATASET("") SUITE, rows, stage_answers_x, refuses_six);
    ck_runs(stage, mlt_suite_regression, "holdout");
    ck_passed(stage);
    ck_assert_uint_eq(stage_measured(&stage, "mae", NULL)->rows, 5);
    ck_assert_uint_eq(stage_measured(&stage, "mae", NULL)->excluded, 1);
    stage_close(&stage);
    open_rows(&stage, STAGE_HEAD DATASET("") SUITE, "id,x,y,brand,week\nr1,6,1,a,w\n",
              stage_answers_x, refuses_six);
    ck_assert(!stage_run(&stage, &mlt_suite_regression, "holdout"));
    ck_assert_ptr_nonnull(strstr(stage.err.text, "six is too many"));
    stage_close(&stage);
}
END_TEST

START_TEST(missing_values_are_an_error_with_a_line_or_dropped_and_counted)
{
    static const char holes[] = "id,x,y,brand,week\nr1,1,2,a,w1\nr2,,2,a,w1\nr3,3,,a,w1\n";
    struct stage stage;
    open_rows(&stage, STAGE_HEAD DATASET("") SUITE, holes, stage_answers_x, NULL);
    ck_assert(!stage_run(&stage, &mlt_suite_regression, "holdout"));
    ck_assert_ptr_nonnull(strstr(stage.err.text, "rows.csv:3: input 'x' is missing"));
    stage_close(&stage);
    open_rows(&stage, STAGE_HEAD DATASET(", missing: drop") SUITE, holes, stage_answers_x, NULL);
    ck_runs(stage, mlt_suite_regression, "holdout");
    ck_passed(stage);
    ck_assert_uint_eq(stage_measured(&stage, "mae", NULL)->excluded, 2);
    ck_assert_uint_eq(stage_measured(&stage, "mae", NULL)->rows, 1);
    stage_close(&stage);
}
END_TEST

static void check_broken(const char *csv, const char *phrase)
{
    struct stage stage;
    open_rows(&stage, STAGE_HEAD DATASET("") SUITE, csv, stage_answers_x, NULL);
    ck_assert(!stage_run(&stage, &mlt_suite_regression, "holdout"));
    ck_assert_msg(strstr(stage.err.text, phrase), "'%s' is not in '%s'", phrase, stage.err.text);
    stage_close(&stage);
}

START_TEST(a_data_set_that_does_not_fit_is_named_with_the_place)
{
    check_broken("id,x,why,brand,week\nr1,1,2,a,w\n", "label");
    check_broken("id,xx,y,brand,week\nr1,1,2,a,w\n", "input 'x' of the contract");
    check_broken("id,x,y,brand,week\nr1,1,2,a,w\nr2,1,two,a,w\n", "rows.csv:3: label 'y' is 'two'");
    check_broken("id,x,y,brand,week\nr1,1,2,a,w\nr1,2,2,a,w\n",
                 "rows.csv:3: id 'r1' is that of line 2");
}
END_TEST

#define LABELS_HEAD                                                                                \
    "model: demo\nbaseline: 1.0.0\nadapter: {type: process, command: [model]}\n"                   \
    "contract:\n  inputs:\n    - {name: x, type: number}\n"

static void says_yes_above_two(const struct mlt_batch *batch, size_t row, size_t calls,
                               struct mlt_prediction *out)
{
    (void)calls;
    *out = (struct mlt_prediction){.answer = MLT_ANSWER_OK, .kind = MLT_PREDICTION_LABEL};
    out->label = stage_number(batch, row, "x") > 2 ? "Yes" : "No";
}

START_TEST(labels_of_two_classes_are_scored_as_zero_and_one)
{
    struct stage stage;
    open_rows(&stage,
              LABELS_HEAD "  output: {name: churn, type: label, labels: ['Yes', 'No']}\n"
                          "datasets:\n  holdout: {path: rows.csv, label: y, positive: 'Yes'}\n"
                          "suites:\n  regression:\n    - metrics: [accuracy, recall]\n",
              "x,y\n1,No\n2,Yes\n3,Yes\n4,No\n", says_yes_above_two, NULL);
    ck_runs(stage, mlt_suite_regression, "holdout");
    ck_passed(stage);
    ck_assert_double_eq(stage_measured(&stage, "accuracy", NULL)->candidate, 0.5);
    ck_assert_double_eq(stage_measured(&stage, "recall", NULL)->candidate, 0.5);
    ck_assert_uint_eq(stage_measured(&stage, "recall", NULL)->positives, 2);
    ck_assert_str_eq(stage.rows[2].candidate_text, "\"Yes\"");
    stage_close(&stage);
}
END_TEST

static void says_the_class_of_x(const struct mlt_batch *batch, size_t row, size_t calls,
                                struct mlt_prediction *out)
{
    static const double vectors[3][3] = {{.8, .1, .1}, {.1, .8, .1}, {.1, .1, .8}};
    (void)calls;
    *out = (struct mlt_prediction){
        .answer = MLT_ANSWER_OK, .kind = MLT_PREDICTION_VECTOR, .vector_len = 3};
    out->vector = vectors[(int)stage_number(batch, row, "x")];
}

START_TEST(class_probabilities_are_scored_by_class)
{
    struct stage stage;
    open_rows(&stage,
              LABELS_HEAD "  output: {name: kind, type: probabilities, labels: [a, b, c]}\n"
                          "datasets:\n  holdout: {path: rows.csv, label: y}\n"
                          "suites:\n  regression:\n    - metrics: [accuracy, logloss]\n",
              "x,y\n0,a\n1,b\n2,c\n0,b\n", says_the_class_of_x, NULL);
    ck_runs(stage, mlt_suite_regression, "holdout");
    ck_passed(stage);
    ck_assert_double_eq(stage_measured(&stage, "accuracy", NULL)->candidate, 0.75);
    ck_assert_double_eq_tol(stage_measured(&stage, "logloss", NULL)->candidate,
                            -(3 * log(.8) + log(.1)) / 4, 1e-12);
    ck_assert_str_eq(stage.rows[0].candidate_text, "[0.8,0.1,0.1]");
    stage_close(&stage);
}
END_TEST

TCase *regression_cases(void)
{
    TCase *test = tcase_create("regression");
    tcase_add_checked_fixture(test, unit_folder_setup, unit_folder_teardown);
    tcase_add_test(test, metrics_equal_those_worked_by_hand_and_pair_by_row);
    tcase_add_test(test, a_named_slice_stands_alone_and_small_values_are_pooled);
    tcase_add_test(test, rows_only_the_candidate_lacks_fail_the_case);
    tcase_add_test(test, rows_the_baseline_lacks_are_left_out_and_none_at_all_is_broken);
    tcase_add_test(test, missing_values_are_an_error_with_a_line_or_dropped_and_counted);
    tcase_add_test(test, a_data_set_that_does_not_fit_is_named_with_the_place);
    tcase_add_test(test, labels_of_two_classes_are_scored_as_zero_and_one);
    tcase_add_test(test, class_probabilities_are_scored_by_class);
    return test;
}
