#include <stdlib.h>
#include <string.h>

#include "tests/unit/suites/cases.h"

static const char config[] =
    STAGE_HEAD "suites:\n  compatibility:\n    - schema\n    - golden\n    - converter\n"
               "    - golden: tests/other.jsonl\n";

#define INPUTS "\"inputs\":[{\"name\":\"x\",\"type\":\"number\",\"min\":-10,\"max\":10}]"
#define OLD                                                                                        \
    "{" INPUTS ",\"output\":{\"name\":\"score\",\"type\":\"number\",\"min\":-100,\"max\":100}}"
#define NARROWER                                                                                   \
    "{\"inputs\":[{\"name\":\"x\",\"type\":\"number\",\"min\":-10,\"max\":5}],"                    \
    "\"output\":{\"name\":\"score\",\"type\":\"number\",\"min\":-100,\"max\":100}}"
/* The output became a share; the command is a shell script. */
#define SHARE(script)                                                                              \
    "{" INPUTS ",\"output\":{\"name\":\"score\",\"type\":\"number\",\"min\":0,\"max\":1},"         \
    "\"converter\":{\"command\":[\"sh\",\"-c\",\"" script "\"]}}"

#define HASH "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
static const char *metadata(struct stage *stage, const char *version, const char *changelog)
{
    return mlt_arena_printf(
        &stage->arena,
        "{\"model_name\":\"demo\",\"version\":\"%s\",\"created_at\":\"2026-01-01T00:00:00Z\","
        "\"created_by\":\"a\",\"framework\":\"f\",\"framework_version\":\"1\","
        "\"python_version\":\"none\",\"training_dataset\":\"d\",\"training_dataset_hash\":\"" HASH
        "\",\"hyperparameters\":{},\"performance_metrics\":{},\"dependencies\":[],\"tags\":[],"
        "\"changelog\":\"%s\"}",
        version, changelog);
}

/* The baseline is 1.0.0 with OLD; its golden examples lie in the test's folder. */
static void open_stage(struct stage *stage, const char *version, const char *config_json,
                       stage_answer *candidate)
{
    stage_open(stage, config, candidate, stage_answers_x);
    stage->candidate.version = version;
    stage->candidate.config_json = config_json;
    stage->candidate.metadata_json = metadata(stage, version, "score is a share now");
    stage->baseline.config_json = OLD;
    stage->baseline.metadata_json = metadata(stage, "1.0.0", "first");
    ck_assert_int_eq(system(mlt_arena_printf(&stage->arena, "mkdir -p %s", unit_path("tests"))), 0);
    unit_write_text(unit_path("tests/golden.jsonl"),
                    "{\"instance\":{\"x\":1},\"prediction\":0.25}\n\n"
                    "{\"instance\":{\"x\":9},\"prediction\":0.5}\n");
}

static void refuses_above_5(const struct mlt_batch *batch, size_t row, size_t calls,
                            struct mlt_prediction *out)
{
    (void)calls;
    if (stage_number(batch, row, "x") > 5)
        stage_fail(out, MLT_ANSWER_REFUSED, "x is too large");
    else
        stage_say(out, stage_number(batch, row, "x"));
}

START_TEST(the_same_contract_passes_all)
{
    struct stage stage;
    open_stage(&stage, "1.0.1", OLD, stage_answers_x);
    ck_runs(stage, mlt_suite_compatibility, "schema");
    ck_outcome(stage, MLT_OUTCOME_PASSED, "0 changes since 1.0.0");
    ck_runs(stage, mlt_suite_compatibility, "golden");
    ck_outcome(stage, MLT_OUTCOME_PASSED, "all 2 examples of 1.0.0 are answered");
    ck_runs(stage, mlt_suite_compatibility, "converter");
    ck_outcome(stage, MLT_OUTCOME_PASSED, "the output keeps its form");
    stage_close(&stage);
}
END_TEST

START_TEST(a_patch_that_narrows_an_input_fails_with_its_name)
{
    struct stage stage;
    open_stage(&stage, "1.0.1", NARROWER, refuses_above_5);
    ck_runs(stage, mlt_suite_compatibility, "schema");
    ck_outcome(stage, MLT_OUTCOME_FAILED, "input `x`: max 10 became max 5");
    ck_outcome(stage, MLT_OUTCOME_FAILED, "it would have to be 2.0.0");
    ck_assert(strstr(stage.outcome.diagnostics, "MAJOR input `x`"));
    ck_runs(stage, mlt_suite_compatibility, "golden");
    ck_outcome(stage, MLT_OUTCOME_FAILED,
               "1 of 2 examples of 1.0.0 are no longer answered: tests/golden.jsonl:3: refused: x "
               "is too large");
    stage_close(&stage);
}
END_TEST

START_TEST(a_major_version_may_and_says_so)
{
    struct stage stage;
    open_stage(&stage, "2.0.0", NARROWER, refuses_above_5);
    ck_runs(stage, mlt_suite_compatibility, "schema");
    ck_outcome(stage, MLT_OUTCOME_PASSED, "which need a MAJOR version");
    ck_runs(stage, mlt_suite_compatibility, "golden");
    ck_outcome(stage, MLT_OUTCOME_PASSED, "no longer answered, as a MAJOR version may");
    stage_close(&stage);
}
END_TEST

static void dies_above_5(const struct mlt_batch *batch, size_t row, size_t calls,
                         struct mlt_prediction *out)
{
    (void)calls;
    if (stage_number(batch, row, "x") > 5)
        stage_fail(out, MLT_ANSWER_DIED, "signal 11");
    else
        stage_say(out, stage_number(batch, row, "x"));
}

START_TEST(no_version_may_crash_on_what_it_was_sent_before)
{
    struct stage stage;
    open_stage(&stage, "2.0.0", NARROWER, dies_above_5);
    ck_runs(stage, mlt_suite_compatibility, "golden");
    ck_outcome(stage, MLT_OUTCOME_FAILED, "1 of 2 examples of 1.0.0 are no longer answered");
    stage_close(&stage);
}
END_TEST

START_TEST(the_schema_may_be_silent_where_the_model_is_not)
{
    struct stage stage;
    open_stage(&stage, "1.0.1", OLD, refuses_above_5);
    ck_runs(stage, mlt_suite_compatibility, "schema");
    ck_passed(stage);
    ck_runs(stage, mlt_suite_compatibility, "golden");
    ck_outcome(stage, MLT_OUTCOME_FAILED, "1 of 2 examples");
    stage_close(&stage);
}
END_TEST

static const struct {
    const char *config;
    enum mlt_outcome_state state;
    const char *phrase;
} converters[] = {
    {SHARE("sed s/0[.]/8./"), MLT_OUTCOME_PASSED, "2 outputs come out in the form of 1.0.0"},
    {SHARE("sed s/0[.]/999/"), MLT_OUTCOME_FAILED,
     "does not give the form of 1.0.0: tests/golden.jsonl:1: expected at most 100"},
    {SHARE("head -n 1"), MLT_OUTCOME_FAILED, "gives 1 lines for the 2 it was given"},
    {SHARE("cat; echo {}"), MLT_OUTCOME_FAILED, "gives more lines"},
    {SHARE("sed s/prediction/score/"), MLT_OUTCOME_FAILED, "its answer has no `prediction`"},
    {SHARE("echo half"), MLT_OUTCOME_FAILED, "its answer:1:1"},
    {SHARE("cat >&2; exit 3"), MLT_OUTCOME_FAILED, "the converter ended with exit status 3"},
    {OLD, MLT_OUTCOME_PASSED, "the output keeps its form"},
};

START_TEST(the_converter_is_run_and_its_form_is_checked)
{
    struct stage stage;
    open_stage(&stage, "1.1.0", converters[_i].config, stage_answers_x);
    ck_runs(stage, mlt_suite_compatibility, "converter");
    ck_outcome(stage, converters[_i].state, converters[_i].phrase);
    stage_close(&stage);
}
END_TEST

START_TEST(a_converter_that_crashes_or_is_not_there_leaves_the_case_broken)
{
    struct stage stage;
    open_stage(&stage, "1.1.0", SHARE("kill -SEGV $$"), stage_answers_x);
    ck_assert(!stage_run(&stage, &mlt_suite_compatibility, "converter"));
    ck_assert(strstr(stage.err.text, "the converter ended with signal 11"));
    stage_close(&stage);
    open_stage(&stage, "1.1.0",
               "{" INPUTS
               ",\"output\":{\"type\":\"number\"},\"converter\":{\"command\":[\"./no\"]}}",
               stage_answers_x);
    ck_assert(!stage_run(&stage, &mlt_suite_compatibility, "converter"));
    stage_close(&stage);
}
END_TEST

START_TEST(a_first_release_promised_nothing)
{
    static const char *const names[] = {"schema", "golden", "converter"};
    struct stage stage;
    for (size_t i = 0; i < 3; i++) {
        open_stage(&stage, "1.0.0", OLD, stage_answers_x);
        stage.context.baseline = NULL;
        ck_runs(stage, mlt_suite_compatibility, names[i]);
        ck_outcome(stage, MLT_OUTCOME_PASSED, "the first release");
        stage_close(&stage);
    }
}
END_TEST

START_TEST(examples_that_are_not_there_are_no_pass)
{
    struct stage stage;
    open_stage(&stage, "1.0.1", OLD, stage_answers_x);
    ck_assert(!stage_run(&stage, &mlt_suite_compatibility, "golden-2"));
    ck_assert(strstr(stage.err.text, "the examples of 1.0.0"));
    unit_write_text(unit_path("tests/golden.jsonl"), "\n");
    stage.err = (struct mlt_err)MLT_ERR_INIT;
    ck_assert(!stage_run(&stage, &mlt_suite_compatibility, "golden"));
    ck_assert(strstr(stage.err.text, "holds no examples"));
    stage_close(&stage);
}
END_TEST

TCase *compatibility_cases(void)
{
    TCase *tc = tcase_create("compatibility");
    tcase_add_checked_fixture(tc, unit_folder_setup, unit_folder_teardown);
    tcase_add_test(tc, the_same_contract_passes_all);
    tcase_add_test(tc, a_patch_that_narrows_an_input_fails_with_its_name);
    tcase_add_test(tc, a_major_version_may_and_says_so);
    tcase_add_test(tc, no_version_may_crash_on_what_it_was_sent_before);
    tcase_add_test(tc, the_schema_may_be_silent_where_the_model_is_not);
    tcase_add_loop_test(tc, the_converter_is_run_and_its_form_is_checked, 0,
                        sizeof converters / sizeof *converters);
    tcase_add_test(tc, a_converter_that_crashes_or_is_not_there_leaves_the_case_broken);
    tcase_add_test(tc, a_first_release_promised_nothing);
    tcase_add_test(tc, examples_that_are_not_there_are_no_pass);
    return tc;
}
