#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/unit/suites/cases.h"

static const char config[] = STAGE_HEAD
    "suites:\n  unit:\n    - loads\n    - predicts\n    - deterministic\n    - output-contract\n"
    "    - artifacts\n    - metadata\n    - examples: golden.jsonl\n"
    "    - command: [sh, -c, 'echo $MLTEST_VERSION; echo last words >&2; exit 3']\n"
    "    - {command: [sh, -c, 'kill -SEGV $$'], name: crashes}\n"
    "    - {command: [sleep, '60'], timeout: 200ms, name: hangs}\n"
    "    - {command: [sh, -c, 'test \"$PWD\" = \"$MLTEST_VERSION_DIR\"'], name: here}\n";

static void wavers(const struct mlt_batch *batch, size_t row, size_t calls,
                   struct mlt_prediction *out)
{
    stage_say(out, stage_number(batch, row, "x") + (double)calls / 1000);
}

static void says_nan(const struct mlt_batch *batch, size_t row, size_t calls,
                     struct mlt_prediction *out)
{
    (void)batch, (void)row, (void)calls;
    stage_say(out, NAN);
}

START_TEST(a_steady_model_loads_predicts_and_repeats_itself)
{
    static const char *const names[] = {"loads", "predicts", "deterministic", "output-contract"};
    struct stage stage;
    stage_open(&stage, config, stage_answers_x, NULL);
    for (size_t i = 0; i < 4; i++) {
        ck_runs(stage, mlt_suite_unit, names[i]);
        ck_passed(stage);
    }
    stage_close(&stage);
}
END_TEST

START_TEST(a_model_that_wavers_is_not_deterministic)
{
    struct stage stage;
    stage_open(&stage, config, wavers, NULL);
    ck_runs(stage, mlt_suite_unit, "deterministic");
    ck_outcome(stage, MLT_OUTCOME_FAILED, "64 of 64 rows differ");
    stage_close(&stage);
}
END_TEST

START_TEST(nan_is_outside_every_contract)
{
    struct stage stage;
    stage_open(&stage, config, says_nan, NULL);
    ck_runs(stage, mlt_suite_unit, "output-contract");
    ck_outcome(stage, MLT_OUTCOME_FAILED, "64 of 64 rows");
    ck_runs(stage, mlt_suite_unit, "predicts");
    ck_assert_int_eq(stage.outcome.state, MLT_OUTCOME_FAILED);
    stage_close(&stage);
}
END_TEST

START_TEST(a_model_that_does_not_load_fails_in_its_own_words)
{
    struct stage stage;
    stage_open(&stage, config, NULL, NULL);
    ck_runs(stage, mlt_suite_unit, "loads");
    ck_outcome(stage, MLT_OUTCOME_FAILED, "no such file");
    stage_close(&stage);
}
END_TEST

START_TEST(golden_examples_name_the_worst_line_first)
{
    struct stage stage;
    unit_write_text(unit_path("golden.jsonl"),
                    "{\"instance\":{\"x\":1},\"prediction\":1.25,\"tolerance\":0.5}\n"
                    "{\"instance\":{\"x\":2},\"prediction\":2.5}\n\n"
                    "{\"instance\":{\"x\":3},\"prediction\":7}\n");
    stage_open(&stage, config, stage_answers_x, NULL);
    ck_runs(stage, mlt_suite_unit, "examples-golden");
    ck_outcome(stage, MLT_OUTCOME_FAILED, "golden.jsonl:4: expected 7, got 3");
    ck_outcome(stage, MLT_OUTCOME_FAILED, "2 of 3 examples differ");
    ck_assert_ptr_nonnull(strstr(stage.outcome.diagnostics, "golden.jsonl:2: expected 2.5, got 2"));
    stage_close(&stage);
}
END_TEST

START_TEST(golden_examples_within_tolerance_pass_and_none_at_all_do_not)
{
    struct stage stage;
    unit_write_text(unit_path("golden.jsonl"), "{\"instance\":{\"x\":1},\"prediction\":1}\n");
    stage_open(&stage, config, stage_answers_x, NULL);
    ck_runs(stage, mlt_suite_unit, "examples-golden");
    ck_passed(stage);
    unit_write_text(unit_path("golden.jsonl"), "\n");
    ck_assert(!stage_run(&stage, &mlt_suite_unit, "examples-golden"));
    ck_assert_ptr_nonnull(strstr(stage.err.text, "holds no examples"));
    unit_write_text(unit_path("golden.jsonl"), "{\"instance\":{},\"predicton\":1}\n");
    ck_assert(!stage_run(&stage, &mlt_suite_unit, "examples-golden"));
    ck_assert_ptr_nonnull(strstr(stage.err.text, "did you mean 'prediction'"));
    stage_close(&stage);
}
END_TEST

START_TEST(a_command_is_judged_by_its_exit_status)
{
    struct stage stage;
    stage_open(&stage, config, stage_answers_x, NULL);
    ck_runs(stage, mlt_suite_unit, "command-sh");
    ck_outcome(stage, MLT_OUTCOME_FAILED, "exit status 3: last words");
    ck_assert_ptr_nonnull(strstr(stage.outcome.diagnostics, "1.1.0"));
    ck_runs(stage, mlt_suite_unit, "here");
    ck_passed(stage);
    stage_close(&stage);
}
END_TEST

START_TEST(a_command_that_crashes_or_hangs_leaves_the_case_broken)
{
    struct stage stage;
    stage_open(&stage, config, stage_answers_x, NULL);
    ck_assert(!stage_run(&stage, &mlt_suite_unit, "crashes"));
    ck_assert_ptr_nonnull(strstr(stage.err.text, "signal 11"));
    ck_assert(!stage_run(&stage, &mlt_suite_unit, "hangs"));
    ck_assert_ptr_nonnull(strstr(stage.err.text, "did not end within 0.2 s"));
    stage_close(&stage);
}
END_TEST

START_TEST(artifacts_lists_everything_that_is_missing)
{
    struct stage stage;
    unit_write_text(unit_path("model.bin"), "model");
    unit_write_text(unit_path("config.json"), "{}");
    unit_write_text(unit_path("metadata.json"), "");
    ck_assert_int_eq(mkdir(unit_path("docs"), 0755), 0);
    stage_open(&stage, config, stage_answers_x, NULL);
    ck_runs(stage, mlt_suite_unit, "artifacts");
    ck_outcome(stage, MLT_OUTCOME_FAILED,
               "metadata.json is empty; metrics.json is missing; docs/ holds no model card; tests/ "
               "is missing");
    stage_close(&stage);
}
END_TEST

START_TEST(metadata_of_another_version_fails)
{
    struct stage stage;
    stage_open(&stage, config, stage_answers_x, NULL);
    stage.candidate.metadata_json = "{\"model_name\": \"other\"}";
    ck_runs(stage, mlt_suite_unit, "metadata");
    ck_outcome(stage, MLT_OUTCOME_FAILED, "metadata.json");
    stage_close(&stage);
}
END_TEST

TCase *unit_suite_cases(void)
{
    TCase *test = tcase_create("unit");
    tcase_add_checked_fixture(test, unit_folder_setup, unit_folder_teardown);
    tcase_add_test(test, a_steady_model_loads_predicts_and_repeats_itself);
    tcase_add_test(test, a_model_that_wavers_is_not_deterministic);
    tcase_add_test(test, nan_is_outside_every_contract);
    tcase_add_test(test, a_model_that_does_not_load_fails_in_its_own_words);
    tcase_add_test(test, golden_examples_name_the_worst_line_first);
    tcase_add_test(test, golden_examples_within_tolerance_pass_and_none_at_all_do_not);
    tcase_add_test(test, a_command_is_judged_by_its_exit_status);
    tcase_add_test(test, a_command_that_crashes_or_hangs_leaves_the_case_broken);
    tcase_add_test(test, artifacts_lists_everything_that_is_missing);
    tcase_add_test(test, metadata_of_another_version_fails);
    return test;
}
