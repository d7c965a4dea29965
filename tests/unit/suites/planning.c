#include <string.h>

#include "tests/unit/suites/cases.h"

#define DATASETS "datasets:\n  holdout: {path: rows.csv, label: y}\n"

static void check_refused(const char *yaml, const struct mlt_suite_ops *suite, const char *phrase)
{
    struct stage stage;
    stage_open(&stage, yaml, stage_answers_x, NULL);
    ck_assert(!stage_plan(&stage, suite));
    ck_assert_int_eq(stage.err.kind, MLT_ERR_USAGE);
    ck_assert_msg(strstr(stage.err.text, phrase), "'%s' is not in '%s'", phrase, stage.err.text);
    stage_close(&stage);
}

START_TEST(what_cannot_be_measured_is_refused_where_it_was_written)
{
    check_refused(STAGE_HEAD DATASETS "suites:\n  regression:\n    - metrics: [auc]\n",
                  &mlt_suite_regression, "the metric 'auc' is for binary data, not for regression");
    check_refused(STAGE_HEAD DATASETS "suites:\n  regression:\n    - dataset: holdout\n",
                  &mlt_suite_regression, "nothing to measure");
    check_refused(STAGE_HEAD
                  "suites:\n  performance:\n    - {name: steady, schedule: {rate: 500/s}}\n",
                  &mlt_suite_performance, "`rate` (open loop) are not available yet");
    check_refused(
        STAGE_HEAD
        "suites:\n  performance:\n    - {name: many, schedule: {closed: 8, duration: 1s}}\n",
        &mlt_suite_performance, "`closed: 8` is not available yet");
    check_refused(STAGE_HEAD "suites:\n  performance:\n    - {name: a, schedule: {duration: 1s}, "
                             "require: [latency p90 < 5ms]}\n",
                  &mlt_suite_performance, "does not measure 'latency p90'");
    check_refused(STAGE_HEAD "suites:\n  edge-case:\n    - {}\n", &mlt_suite_edge_case,
                  "either `generate` or `directional`");
    check_refused(STAGE_HEAD DATASETS
                  "suites:\n  edge-case:\n    - directional: {field: x, change: 10, "
                  "expect: higher}\n",
                  &mlt_suite_edge_case, "expected a step like +10%");
}
END_TEST

START_TEST(performance_runs_alone_in_a_fresh_worker)
{
    struct stage stage;
    stage_open(&stage,
               STAGE_HEAD "suites:\n  performance:\n    - {name: a, schedule: {duration: 1s}}\n"
                          "  integration:\n    - fresh-process\n    - configuration\n",
               stage_answers_x, NULL);
    ck_assert(stage_plan(&stage, &mlt_suite_performance));
    ck_assert(stage_case(&stage, "a")->exclusive);
    ck_assert(stage_case(&stage, "a")->fresh);
    ck_assert_str_eq(stage_case(&stage, "a")->id, "performance/a");
    ck_assert(stage_plan(&stage, &mlt_suite_integration));
    ck_assert(stage_case(&stage, "fresh-process")->fresh);
    stage_close(&stage);
}
END_TEST

START_TEST(names_that_are_taken_get_a_number)
{
    struct stage stage;
    stage_open(&stage,
               STAGE_HEAD
               "suites:\n  unit:\n    - command: ['true']\n    - command: ['true', again]\n",
               stage_answers_x, NULL);
    ck_assert(stage_plan(&stage, &mlt_suite_unit));
    ck_assert_ptr_nonnull(stage_case(&stage, "command-true"));
    ck_assert_ptr_nonnull(stage_case(&stage, "command-true-2"));
    stage_close(&stage);
}
END_TEST

START_TEST(a_fresh_model_answers_and_a_contract_that_differs_is_named)
{
    struct stage stage;
    stage_open(&stage,
               STAGE_HEAD "suites:\n  integration:\n    - fresh-process\n    - configuration\n"
                          "    - dependencies\n",
               stage_answers_x, NULL);
    ck_runs(stage, mlt_suite_integration, "fresh-process");
    ck_passed(stage);
    stage.candidate.config_json = "{\"inputs\":[{\"name\":\"x\",\"type\":\"integer\"}],"
                                  "\"output\":{\"name\":\"score\",\"type\":\"number\"}}";
    ck_runs(stage, mlt_suite_integration, "configuration");
    ck_outcome(stage, MLT_OUTCOME_FAILED, "type integer in config.json and number in mltest.yaml");
    ck_runs(stage, mlt_suite_integration, "dependencies");
    ck_outcome(stage, MLT_OUTCOME_FAILED, "metadata.json is missing");
    stage_close(&stage);
}
END_TEST

TCase *planning_cases(void)
{
    TCase *test = tcase_create("planning");
    tcase_add_checked_fixture(test, unit_folder_setup, unit_folder_teardown);
    tcase_add_test(test, what_cannot_be_measured_is_refused_where_it_was_written);
    tcase_add_test(test, performance_runs_alone_in_a_fresh_worker);
    tcase_add_test(test, names_that_are_taken_get_a_number);
    tcase_add_test(test, a_fresh_model_answers_and_a_contract_that_differs_is_named);
    return test;
}
