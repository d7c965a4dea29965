#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/suites/cases.h"

static const char config[] = STAGE_HEAD "suites:\n  edge-case:\n    - generate: all\n";
static const char *const families[] = {
    "missing-field",      "null",    "nan",         "infinity",     "zero",
    "negative",           "extreme", "wrong-type",  "empty-string", "long-string",
    "control-characters", "non-bmp", "extra-field", "empty-batch",  "large-batch",
};
enum { FAMILIES = sizeof families / sizeof *families };

static void dies_of_nan(const struct mlt_batch *batch, size_t row, size_t calls,
                        struct mlt_prediction *out)
{
    const struct mlt_value *x = stage_cell(batch, row, "x");
    if (x->kind == MLT_VALUE_NUMBER && isnan(x->number))
        stage_fail(out, MLT_ANSWER_DIED, "signal 11 (Segmentation fault)");
    else
        stage_answers_x(batch, row, calls, out);
}

static void repeats_nan(const struct mlt_batch *batch, size_t row, size_t calls,
                        struct mlt_prediction *out)
{
    (void)calls;
    stage_say(out, stage_number(batch, row, "x"));
}

static void never_recovers(const struct mlt_batch *batch, size_t row, size_t calls,
                           struct mlt_prediction *out)
{
    if (calls == 0)
        stage_answers_x(batch, row, calls, out);
    else
        stage_fail(out, MLT_ANSWER_REFUSED, "I have had enough");
}

static void hangs_on_odd_types(const struct mlt_batch *batch, size_t row, size_t calls,
                               struct mlt_prediction *out)
{
    if (stage_cell(batch, row, "x")->kind != MLT_VALUE_NUMBER ||
        stage_cell(batch, row, "s")->kind != MLT_VALUE_TEXT)
        stage_fail(out, MLT_ANSWER_TIMEOUT, "no answer within 30 s");
    else
        stage_answers_x(batch, row, calls, out);
}

START_TEST(a_model_that_answers_or_refuses_passes_every_family)
{
    struct stage stage;
    stage_open(&stage, config, stage_answers_x, NULL);
    for (size_t i = 0; i < FAMILIES; i++) {
        ck_runs(stage, mlt_suite_edge_case, families[i]);
        ck_passed(stage);
    }
    ck_assert_uint_eq(stage.plan.count, FAMILIES);
    stage_close(&stage);
}
END_TEST

START_TEST(a_crash_is_named_with_family_field_value_and_words)
{
    struct stage stage;
    stage_open(&stage, config, dies_of_nan, NULL);
    ck_runs(stage, mlt_suite_edge_case, "nan");
    ck_outcome(stage, MLT_OUTCOME_FAILED,
               "field 'x' = nan: died: signal 11 (Segmentation fault); faults: 1, probes: 1");
    ck_assert_ptr_nonnull(strstr(stage.outcome.diagnostics, "the model's own stderr"));
    ck_runs(stage, mlt_suite_edge_case, "zero");
    ck_passed(stage);
    stage_close(&stage);
}
END_TEST

START_TEST(a_model_that_says_nan_fails)
{
    struct stage stage;
    stage_open(&stage, config, repeats_nan, NULL);
    ck_runs(stage, mlt_suite_edge_case, "nan");
    ck_assert_int_eq(stage.outcome.state, MLT_OUTCOME_FAILED);
    ck_runs(stage, mlt_suite_edge_case, "extreme");
    ck_outcome(stage, MLT_OUTCOME_FAILED, "field 'x' = 1.7976931348623157e+308");
    stage_close(&stage);
}
END_TEST

START_TEST(a_model_that_serves_no_more_afterwards_fails)
{
    struct stage stage;
    stage_open(&stage, config, never_recovers, NULL);
    ck_runs(stage, mlt_suite_edge_case, "null");
    ck_outcome(stage, MLT_OUTCOME_FAILED, "afterwards: refused: I have had enough");
    stage_close(&stage);
}
END_TEST

START_TEST(a_family_ends_after_three_time_outs)
{
    struct stage stage;
    stage_open(&stage, config, hangs_on_odd_types, NULL);
    ck_runs(stage, mlt_suite_edge_case, "wrong-type");
    ck_outcome(stage, MLT_OUTCOME_FAILED, "timed out: no answer within 30 s");
    ck_assert_ptr_nonnull(strstr(stage.outcome.diagnostics, "after three time-outs"));
    ck_assert_uint_le(stage.model[0].calls, 5);
    stage_close(&stage);
}
END_TEST

START_TEST(families_that_do_not_apply_are_not_planned)
{
    struct stage stage;
    stage_open(&stage,
               "model: demo\nbaseline: none\nadapter: {type: process, command: [model]}\n"
               "contract:\n  inputs:\n    - {name: x, type: number}\n"
               "  output: {name: score, type: number}\n"
               "suites:\n  edge-case:\n    - generate: all\n",
               stage_answers_x, NULL);
    ck_assert(stage_plan(&stage, &mlt_suite_edge_case));
    ck_assert_ptr_nonnull(stage_case(&stage, "nan"));
    ck_assert_ptr_null(stage_case(&stage, "long-string"));
    ck_assert_ptr_null(stage_case(&stage, "non-bmp"));
    stage_close(&stage);
}
END_TEST

static void run_directional(struct stage *stage, const char *expect)
{
    char yaml[2048];
    snprintf(yaml, sizeof yaml,
             STAGE_HEAD "datasets:\n  holdout: {path: rows.csv, label: y}\n"
                        "suites:\n  edge-case:\n    - directional: {field: x, change: +10%%, "
                        "expect: %s, where: brand == 1, at_least: 90%%}\n",
             expect);
    unit_write_text(unit_path("rows.csv"), "x,y,brand\n1,1,1\n-2,1,1\n3,1,2\n10,1,1\n");
    stage_open(stage, yaml, stage_answers_x, NULL);
    ck_runs(*stage, mlt_suite_edge_case, "directional-x");
}

START_TEST(an_answer_that_moves_the_wrong_way_is_shown_with_its_row)
{
    struct stage stage;
    run_directional(&stage, "not_lower");
    ck_passed(stage);
    stage_close(&stage);
    run_directional(&stage, "not_higher");
    ck_outcome(stage, MLT_OUTCOME_FAILED, "not_higher for 0 of 2 rows");
    ck_outcome(stage, MLT_OUTCOME_FAILED, "row '2' goes from -2 to -1.8; 1 rows were left out");
    stage_close(&stage);
}
END_TEST

TCase *edge_cases(void)
{
    TCase *test = tcase_create("edge-case");
    tcase_add_checked_fixture(test, unit_folder_setup, unit_folder_teardown);
    tcase_add_test(test, a_model_that_answers_or_refuses_passes_every_family);
    tcase_add_test(test, a_crash_is_named_with_family_field_value_and_words);
    tcase_add_test(test, a_model_that_says_nan_fails);
    tcase_add_test(test, a_model_that_serves_no_more_afterwards_fails);
    tcase_add_test(test, a_family_ends_after_three_time_outs);
    tcase_add_test(test, families_that_do_not_apply_are_not_planned);
    tcase_add_test(test, an_answer_that_moves_the_wrong_way_is_shown_with_its_row);
    return test;
}
