/* What an item or a data set asks for beyond a label and a score: weights, queries, texts, own
 * metrics, thresholds, crossings. Expected values are worked by hand. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/suites/cases.h"

/* Errors (answer - label) of r1 to r5: of x -1 0 -2 0 1; of x + 2, but 4 for 4, 1 2 0 0 3. */
static const char rows[] = "id,x,y,brand,store,w,price\n"
                           "r1,1,2,a,n,1,10\nr2,2,2,a,s,2,1\nr3,3,5,b,n,0,2\nr4,4,4,b,s,1,1\n"
                           "r5,5,4,b,s,4,3\n";
#define HEAD                                                                                       \
    "model: demo\nbaseline: 1.0.0\nadapter: {type: process, command: [model]}\n"                   \
    "contract:\n  inputs:\n    - {name: x, type: number}\n  output: "

static void adds_two(const struct mlt_batch *batch, size_t row, size_t calls,
                     struct mlt_prediction *out)
{
    (void)calls;
    double x = stage_number(batch, row, "x");
    stage_say(out, x == 4 ? x : x + 2);
}

/* A data set with `more` keys and an item with `asked` ones, on these rows. */
static void open_asked(struct stage *stage, const char *output, const char *more, const char *asked,
                       const char *csv, stage_answer *candidate, stage_answer *baseline)
{
    char config[2048];
    snprintf(config, sizeof config,
             HEAD "%s\ndatasets:\n  holdout: {path: %s, label: y%s}\n"
                  "suites:\n  regression:\n    - {%s}\n",
             output, unit_path("rows.csv"), more, asked);
    unit_write_text(unit_path("rows.csv"), csv);
    stage_open(stage, config, candidate, baseline);
}

static void run_asked(struct stage *stage, const char *output, const char *more, const char *asked,
                      const char *csv, stage_answer *candidate, stage_answer *baseline)
{
    open_asked(stage, output, more, asked, csv, candidate, baseline);
    ck_assert_msg(stage_run(stage, &mlt_suite_regression, "holdout"), "%s", stage->err.text);
    ck_assert_int_eq(stage->outcome.state, MLT_OUTCOME_PASSED);
}

#define NUMBER "{name: y, type: number}"
#define PROBABILITY "{name: y, type: probability}"

START_TEST(a_weight_counts_a_row_so_often)
{
    static const char *const keys[] = {", id: id, weights: w", ", id: id, frequencies: w"};
    static const char *const kinds[] = {"importance", "frequency"};
    for (int i = 0; i < 2; i++) {
        struct stage stage;
        run_asked(&stage, NUMBER, keys[i], "metrics: [mae]", rows, stage_answers_x, adds_two);
        const struct mlt_measurement *mae = stage_measured(&stage, "mae", NULL);
        ck_assert_double_eq_tol(mae->candidate, 5.0 / 8, 1e-12);
        ck_assert_double_eq_tol(mae->baseline, 17.0 / 8, 1e-12);
        ck_assert_str_eq(mae->weighting, kinds[i]);
        ck_assert_double_eq(stage.rows[4].weight, 4);
        stage_close(&stage);
    }
}
END_TEST

/* Reciprocal ranks: of x 1/2 and 1, of the baseline 1/2 and 1/2. */
START_TEST(rows_of_one_query_are_ranked_against_each_other)
{
    struct stage stage;
    run_asked(&stage, NUMBER, ", query: q", "metrics: [mrr]",
              "x,y,q\n1,1,one\n2,0,one\n3,0,two\n4,2,two\n", stage_answers_x, adds_two);
    const struct mlt_measurement *mrr = stage_measured(&stage, "mrr", NULL);
    ck_assert_double_eq(mrr->candidate, 0.75);
    ck_assert_double_eq(mrr->baseline, 0.5);
    ck_assert_uint_eq(mrr->clusters, 2);
    ck_assert_str_eq(stage.rows[2].query, "two");
    ck_assert(isnan(stage.rows[2].weight));
    stage_close(&stage);
}
END_TEST

static void says_cat_above_two(const struct mlt_batch *batch, size_t row, size_t calls,
                               struct mlt_prediction *out)
{
    (void)calls;
    *out = (struct mlt_prediction){.answer = MLT_ANSWER_OK, .kind = MLT_PREDICTION_LABEL};
    out->label = stage_number(batch, row, "x") > 2 ? "Cat!" : "dog";
}

START_TEST(answers_in_words_are_compared_with_the_label)
{
    struct stage stage;
    run_asked(&stage, "{name: y, type: text}", "", "metrics: [exact_match]",
              "x,y\n3,the cat\n1,a dog\n3,cats\n1,DOG\n", says_cat_above_two, NULL);
    ck_assert_double_eq(stage_measured(&stage, "exact_match", NULL)->candidate, 0.75);
    ck_assert_str_eq(stage.rows[0].candidate_text, "\"Cat!\"");
    ck_assert_str_eq(stage.rows[0].label, "the cat");
    stage_close(&stage);
    open_asked(&stage, "{name: y, type: text}", "", "metrics: [exact_match]", "x,y\n3,the cat\n",
               stage_answers_x, NULL);
    ck_assert(stage_run(&stage, &mlt_suite_regression, "holdout"));
    ck_assert_int_eq(stage.outcome.state, MLT_OUTCOME_FAILED);
    stage_close(&stage);
}
END_TEST

START_TEST(own_metrics_look_at_columns_and_keep_them)
{
    struct stage stage;
    run_asked(&stage, NUMBER, "",
              "define: ['cost:lower = abs(label - score) * price'], require: [cost <= 9]", rows,
              stage_answers_x, adds_two);
    const struct mlt_measurement *cost = stage_measured(&stage, "cost", NULL);
    ck_assert_double_eq_tol(cost->candidate, 17.0 / 5, 1e-12);
    ck_assert_double_eq_tol(cost->baseline, 21.0 / 5, 1e-12);
    ck_assert_int_eq(cost->direction, MLT_LOWER_IS_BETTER);
    ck_assert_str_eq(stage.rows[0].numbers, "{\"price\":10}");
    /* The usual ones of the task stand beside it. */
    ck_assert_double_eq_tol(stage_measured(&stage, "mae", NULL)->candidate, 4.0 / 5, 1e-12);
    stage_close(&stage);
}
END_TEST

static void says_a_tenth(const struct mlt_batch *batch, size_t row, size_t calls,
                         struct mlt_prediction *out)
{
    (void)calls;
    stage_say(out, stage_number(batch, row, "x") / 10);
}

static void says_the_rest(const struct mlt_batch *batch, size_t row, size_t calls,
                          struct mlt_prediction *out)
{
    (void)calls;
    stage_say(out, 1 - stage_number(batch, row, "x") / 10);
}

/* From 0.3 on the baseline finds three of three with one alarm: F1 6/7; from 0.5 on 4/5. The
 * candidate calls everything positive there: F1 2/3. */
START_TEST(a_threshold_is_chosen_on_the_baseline_or_given)
{
    static const char labels[] = "x,y\n1,0\n2,0\n3,1\n4,0\n5,1\n6,1\n";
    struct stage stage;
    run_asked(&stage, PROBABILITY, "", "metrics: [f1], threshold: best-f1", labels, says_the_rest,
              says_a_tenth);
    ck_assert_str_eq(stage.attachment, "0.3, chosen as best-f1 on the baseline\n");
    ck_assert_double_eq_tol(stage_measured(&stage, "f1", NULL)->baseline, 6.0 / 7, 1e-12);
    ck_assert_double_eq_tol(stage_measured(&stage, "f1", NULL)->candidate, 2.0 / 3, 1e-12);
    stage_close(&stage);
    run_asked(&stage, PROBABILITY, "", "metrics: [f1], threshold: 0.45", labels, says_the_rest,
              says_a_tenth);
    ck_assert_double_eq_tol(stage_measured(&stage, "f1", NULL)->baseline, 4.0 / 5, 1e-12);
    stage_close(&stage);
}
END_TEST

START_TEST(a_crossing_is_one_whichever_column_comes_first)
{
    struct stage stage;
    run_asked(&stage, NUMBER, "", "metrics: [mae], slices: [brand*store, store*brand], min_rows: 2",
              rows, stage_answers_x, NULL);
    ck_assert_double_eq_tol(stage_measured(&stage, "mae", "b,s")->candidate, 0.5, 1e-12);
    ck_assert_uint_eq(stage_measured(&stage, "mae", "(other)")->rows, 3);
    ck_assert_uint_eq(stage.measurement_count, 3);
    stage_close(&stage);
}
END_TEST

static void check_broken(const char *more, const char *csv, const char *phrase)
{
    struct stage stage;
    open_asked(&stage, NUMBER, more, "metrics: [mae], define: ['cost:lower = score * price']", csv,
               stage_answers_x, NULL);
    ck_assert(!stage_run(&stage, &mlt_suite_regression, "holdout"));
    ck_assert_msg(strstr(stage.err.text, phrase), "'%s' is not in '%s'", phrase, stage.err.text);
    stage_close(&stage);
}

START_TEST(values_that_do_not_fit_are_named_with_the_place)
{
    check_broken(", weights: w", "x,y,w,price\n1,1,1,1\n1,1,-0.5,1\n",
                 "rows.csv:3: column 'w': a weight must be 0 or more, found -0.5");
    check_broken(", frequencies: w", "x,y,w,price\n1,1,1.5,1\n", "rows.csv:2: column 'w': a freq");
    check_broken(", weights: w", "x,y,w,price\n1,1,one,1\n", "rows.csv:2: column 'w' holds 'one'");
    check_broken(", weights: w", "x,y,w,price\n1,1,,1\n", "rows.csv:2: weight 'w' is missing");
    check_broken(", cluster: w", "x,y,w,price\n1,1,,1\n", "rows.csv:2: cluster 'w' is missing");
    check_broken("", "x,y,price\n1,1,1\n2,1,dear\n", "rows.csv:3: column 'price' holds 'dear'");
    check_broken("", "x,y,price\n1,1,1\n2,1,\n", "rows.csv:3: \"cost\" (score * price) is no fin");
}
END_TEST

START_TEST(a_grade_below_zero_is_an_error)
{
    struct stage stage;
    open_asked(&stage, NUMBER, ", query: q", "metrics: [map]", "x,y,q\n1,1,a\n1,-1,a\n",
               stage_answers_x, NULL);
    ck_assert(!stage_run(&stage, &mlt_suite_regression, "holdout"));
    ck_assert_ptr_nonnull(strstr(stage.err.text, "rows.csv:3: label 'y' is '-1'"));
    stage_close(&stage);
}
END_TEST

START_TEST(a_positive_label_that_no_row_has_is_an_error)
{
    struct stage stage;
    open_asked(&stage, PROBABILITY, ", positive: 'Yes'", "metrics: [accuracy]",
               "x,y\n0.1,yes\n0.2,no\n", says_a_tenth, NULL);
    ck_assert(!stage_run(&stage, &mlt_suite_regression, "holdout"));
    ck_assert_ptr_nonnull(strstr(stage.err.text, "none of the 2 scored rows has the label 'Yes'"));
    stage_close(&stage);
}
END_TEST

static void check_plan(const char *output, const char *more, const char *asked, const char *phrase)
{
    struct stage stage;
    open_asked(&stage, output, more, asked, rows, stage_answers_x, NULL);
    ck_assert(!stage_plan(&stage, &mlt_suite_regression));
    ck_assert_int_eq(stage.err.kind, MLT_ERR_USAGE);
    ck_assert_msg(strstr(stage.err.text, "mltest.yaml:12:"), "no place in '%s'", stage.err.text);
    ck_assert_msg(strstr(stage.err.text, phrase), "'%s' is not in '%s'", phrase, stage.err.text);
    stage_close(&stage);
}

START_TEST(what_cannot_be_measured_is_refused_at_its_place)
{
    check_plan(NUMBER, "", "define: ['cost:lower = prize * score']", "did you mean 'price'");
    check_plan(NUMBER, "", "define: ['cost:lower = price']", "does not look at score");
    check_plan(NUMBER, "", "define: ['cost:less = score']", "lower or higher");
    check_plan(NUMBER, "", "define: ['a = score', 'a = score * 2']", "given twice");
    check_plan(NUMBER, "", "define: ['mae = score']", "metric of that name already");
    check_plan("{name: y, type: text}", "", "define: ['a = score']", "regression and binary");
    check_plan("{name: y, type: text}", ", query: brand", "metrics: [exact_match]", "order rows");
    check_plan(NUMBER, ", query: brand", "metrics: [rmse]", "rmse");
    check_plan(NUMBER, "", "metrics: [mae], slices: [brand*brand]", "named twice");
    check_plan(NUMBER, "", "metrics: [mae], slices: ['brand*']", "expected 1 to 8 columns");
    check_plan(PROBABILITY, "", "metrics: [f1], threshold: best-j", "there is no baseline");
    check_plan(NUMBER, ", positive: 'Yes'", "metrics: [mae]", "is for two classes");
}
END_TEST

TCase *regression_asked_cases(void)
{
    TCase *test = tcase_create("regression, asked");
    tcase_add_checked_fixture(test, unit_folder_setup, unit_folder_teardown);
    tcase_add_test(test, a_weight_counts_a_row_so_often);
    tcase_add_test(test, rows_of_one_query_are_ranked_against_each_other);
    tcase_add_test(test, answers_in_words_are_compared_with_the_label);
    tcase_add_test(test, own_metrics_look_at_columns_and_keep_them);
    tcase_add_test(test, a_threshold_is_chosen_on_the_baseline_or_given);
    tcase_add_test(test, a_crossing_is_one_whichever_column_comes_first);
    tcase_add_test(test, values_that_do_not_fit_are_named_with_the_place);
    tcase_add_test(test, a_grade_below_zero_is_an_error);
    tcase_add_test(test, a_positive_label_that_no_row_has_is_an_error);
    tcase_add_test(test, what_cannot_be_measured_is_refused_at_its_place);
    return test;
}
