#include <stdlib.h>
#include <string.h>

#include "tests/unit/suites/cases.h"

static const char yaml[] = STAGE_HEAD
    "suites:\n  compatibility:\n    - configuration\n    - configuration: tests/others.jsonl\n";

#define CONFIG(settings)                                                                           \
    "{\"inputs\":[{\"name\":\"x\",\"type\":\"number\"}],"                                          \
    "\"output\":{\"name\":\"score\",\"type\":\"number\",\"min\":-100,\"max\":100},"                \
    "\"settings\":[" settings "]}"
#define DEPTH(more) "{\"name\":\"depth\",\"type\":\"integer\",\"min\":1," more "}"
#define OLD                                                                                        \
    CONFIG(DEPTH("\"max\":9,\"default\":3") ",{\"name\":\"mode\",\"type\":\"category\",\"enum\":[" \
                                            "\"fast\",\"exact\"],"                                 \
                                            "\"default\":\"fast\"}")
#define MODE "{\"name\":\"mode\",\"type\":\"string\",\"default\":\"exact\"}"

static const char *metadata(struct stage *stage, const char *version)
{
    return mlt_arena_printf(
        &stage->arena,
        "{\"model_name\":\"demo\",\"version\":\"%s\",\"created_at\":\"2026-01-01T00:00:00Z\","
        "\"created_by\":\"a\",\"framework\":\"f\",\"framework_version\":\"1\","
        "\"python_version\":\"none\",\"training_dataset\":\"d\",\"training_dataset_hash\":"
        "\"sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\","
        "\"hyperparameters\":{},\"performance_metrics\":{},\"dependencies\":[],\"tags\":[],"
        "\"changelog\":\"depth and mode\"}",
        version);
}

static void open_stage(struct stage *stage, const char *version, const char *old, const char *new)
{
    stage_open(stage, yaml, stage_answers_x, stage_answers_x);
    stage->candidate.version = version;
    stage->candidate.config_json = new;
    stage->candidate.metadata_json = metadata(stage, version);
    stage->baseline.config_json = old;
    stage->baseline.metadata_json = metadata(stage, "1.0.0");
    ck_assert_int_eq(system(mlt_arena_printf(&stage->arena, "mkdir -p %s", unit_path("tests"))), 0);
    unit_write_text(unit_path("tests/golden.jsonl"),
                    "{\"instance\":{\"x\":1},\"prediction\":0.25}\n");
}

static bool below_9(const char *settings)
{
    return strstr(settings, "\"depth\":9") == NULL;
}

/* The defaults, depth 1, depth 9, mode exact. */
START_TEST(configurations_are_made_from_what_was_declared)
{
    struct stage stage;
    open_stage(&stage, "1.0.1", OLD, OLD);
    ck_runs(stage, mlt_suite_compatibility, "configuration");
    ck_outcome(stage, MLT_OUTCOME_PASSED, "1.0.1 starts with 4 configurations of 1.0.0");
    ck_assert_str_eq(stage.settings, "{\"depth\":3,\"mode\":\"exact\"}");
    ck_assert_uint_eq(stage.starts_count, 4);
    ck_assert_uint_eq(stage.closes_count, 4);
    stage_close(&stage);
}
END_TEST

START_TEST(a_model_that_does_not_start_with_one_fails_with_it)
{
    struct stage stage;
    open_stage(&stage, "1.1.0", OLD, OLD);
    stage.starts = below_9;
    ck_runs(stage, mlt_suite_compatibility, "configuration");
    ck_outcome(stage, MLT_OUTCOME_FAILED,
               "1 of 4 configurations of 1.0.0 no longer load: `depth` = 9: the model ended");
    stage_close(&stage);
    open_stage(&stage, "2.0.0", OLD, OLD);
    stage.starts = below_9;
    ck_runs(stage, mlt_suite_compatibility, "configuration");
    ck_outcome(stage, MLT_OUTCOME_PASSED, "no longer load, as a MAJOR version may: `depth` = 9");
    stage.dies = true;
    ck_runs(stage, mlt_suite_compatibility, "configuration");
    ck_outcome(stage, MLT_OUTCOME_FAILED,
               "`depth` = 9: the model ended before its hello, with signal");
    stage_close(&stage);
}
END_TEST

static void answers_nan(const struct mlt_batch *batch, size_t row, size_t calls,
                        struct mlt_prediction *out)
{
    (void)batch, (void)row, (void)calls;
    stage_fail(out, MLT_ANSWER_MALFORMED, "NaN");
}

START_TEST(a_model_that_starts_and_answers_nonsense_fails_in_any_version)
{
    struct stage stage;
    open_stage(&stage, "2.0.0", OLD, OLD);
    stage.model[0].answer = answers_nan;
    ck_runs(stage, mlt_suite_compatibility, "configuration");
    ck_outcome(stage, MLT_OUTCOME_FAILED,
               "4 of 4 configurations of 1.0.0 no longer load: the "
               "defaults: it starts, and then: ");
    stage_close(&stage);
}
END_TEST

/* What the new declarations say to each, before anything is started. */
static const struct {
    const char *version, *old, *new;
    enum mlt_outcome_state state;
    const char *phrase, *last; /* the settings of the last start; NULL: none */
} declared[] = {
    {"1.0.1", OLD, CONFIG(DEPTH("\"max\":5,\"default\":3") "," MODE), MLT_OUTCOME_FAILED,
     "`depth` = 9: setting `depth`: expected at most 5, found 9",
     "{\"depth\":3,\"mode\":\"exact\"}"},
    {"1.0.1", OLD, CONFIG(MODE), MLT_OUTCOME_FAILED, "1.0.1 no longer declares the setting `depth`",
     NULL},
    {"1.0.1", OLD, CONFIG(DEPTH("\"max\":9") "," MODE ",{\"name\":\"key\",\"type\":\"string\"}"),
     MLT_OUTCOME_FAILED, "setting `key`: expected a value, but the field is absent", NULL},
    /* Wider, and a new one whose default stands in. */
    {"1.1.0", OLD,
     CONFIG(
         DEPTH("\"max\":20,\"default\":7") "," MODE
                                           ",{\"name\":\"k\",\"type\":\"number\",\"default\":2}"),
     MLT_OUTCOME_PASSED, "with 4 configurations", "{\"depth\":3,\"mode\":\"exact\",\"k\":2}"},
    /* Beta may go in a MINOR version, not in a PATCH; experimental at any time. */
    {"1.1.0", CONFIG(DEPTH("\"max\":9,\"stability\":\"beta\"")), CONFIG(), MLT_OUTCOME_PASSED,
     "1.1.0 starts with 2 configurations", "{}"},
    {"1.0.1", CONFIG(DEPTH("\"max\":9,\"stability\":\"beta\"")), CONFIG(), MLT_OUTCOME_FAILED,
     "2 of 2 configurations", NULL},
    {"1.0.1", CONFIG(DEPTH("\"max\":9,\"stability\":\"experimental\"")),
     CONFIG(DEPTH("\"max\":5,\"default\":2")), MLT_OUTCOME_PASSED, "1.0.1 starts with",
     "{\"depth\":2}"},
    {"1.0.1", CONFIG(), CONFIG(), MLT_OUTCOME_PASSED, "1.0.0 declares no settings", NULL},
    /* Must be given, and has no default: its lower end stands in. Text is written as text. */
    {"1.0.1", CONFIG("{\"name\":\"on\",\"type\":\"boolean\"}"),
     CONFIG("{\"name\":\"on\",\"type\":\"boolean\"}"), MLT_OUTCOME_PASSED, "with 2 configurations",
     "{\"on\":true}"},
};

START_TEST(the_declarations_of_the_new_version_are_asked_first)
{
    struct stage stage;
    open_stage(&stage, declared[_i].version, declared[_i].old, declared[_i].new);
    ck_runs(stage, mlt_suite_compatibility, "configuration");
    ck_outcome(stage, declared[_i].state, declared[_i].phrase);
    if (declared[_i].last)
        ck_assert_str_eq(stage.settings, declared[_i].last);
    else
        ck_assert_uint_eq(stage.starts_count, 0);
    stage_close(&stage);
}
END_TEST

START_TEST(configurations_of_its_own_are_read_from_the_baselines_folder)
{
    struct stage stage;
    open_stage(&stage, "1.0.1", OLD, OLD);
    unit_write_text(unit_path("tests/settings.jsonl"), "{\"depth\":8}\n\n{\"mode\":\"exact\"}\n");
    ck_runs(stage, mlt_suite_compatibility, "configuration");
    ck_outcome(stage, MLT_OUTCOME_PASSED, "with 6 configurations");
    unit_write_text(unit_path("tests/others.jsonl"), "{\"depth\":9}\n");
    stage.starts = below_9;
    ck_runs(stage, mlt_suite_compatibility, "configuration-2");
    ck_outcome(stage, MLT_OUTCOME_FAILED, "tests/others.jsonl:1: the model ended");
    stage_close(&stage);
}
END_TEST

static const struct {
    const char *old, *text, *phrase;
} faults[] = {
    {OLD, "{\"depth\":12}\n",
     "tests/settings.jsonl:1: setting `depth` of 1.0.0: expected at most 9"},
    {OLD, "\n{\"dept\":3}\n", "tests/settings.jsonl:2: 1.0.0 declares no setting `dept`"},
    {OLD, "{\"depth\":", "tests/settings.jsonl:1"},
    {OLD, "[3]\n", "tests/settings.jsonl:1"},
    {OLD, "\n\n", "tests/settings.jsonl holds no configurations"},
    {CONFIG("{\"name\":\"key\",\"type\":\"string\"}"), "{}\n",
     "setting `key` of 1.0.0: expected a value"},
    {CONFIG("{\"name\":\"key\",\"type\":\"string\"}"), NULL,
     "setting `key` of 1.0.0 has no default, no bounds and no listed values"},
};

START_TEST(configurations_that_never_loaded_are_no_evidence)
{
    struct stage stage;
    open_stage(&stage, "1.0.1", faults[_i].old, faults[_i].old);
    if (faults[_i].text)
        unit_write_text(unit_path("tests/settings.jsonl"), faults[_i].text);
    ck_assert(!stage_run(&stage, &mlt_suite_compatibility, "configuration"));
    ck_assert_msg(strstr(stage.err.text, faults[_i].phrase), "%s", stage.err.text);
    stage_close(&stage);
}
END_TEST

/* Each is a start of the model, which may take a minute. */
START_TEST(so_many_starts_and_no_more)
{
    struct stage stage;
    struct mlt_buf text = MLT_BUF_INIT;
    mlt_buf_puts(&text, "{\"inputs\":[{\"name\":\"x\",\"type\":\"number\"}],\"output\":{\"type\":"
                        "\"number\"},\"settings\":[");
    for (int i = 0; i < 10000; i++)
        mlt_buf_printf(&text, "%s{\"name\":\"s%d\",\"type\":\"integer\",\"min\":0,\"max\":9}",
                       i ? "," : "", i);
    mlt_buf_puts(&text, "]}");
    open_stage(&stage, "1.0.1", text.data, text.data);
    ck_runs(stage, mlt_suite_compatibility, "configuration");
    ck_outcome(stage, MLT_OUTCOME_PASSED, "with 32 configurations");
    mlt_buf_free(&text);
    stage_close(&stage);
}
END_TEST

TCase *configuration_cases(void)
{
    TCase *tc = tcase_create("configuration");
    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, unit_folder_setup, unit_folder_teardown);
    tcase_add_test(tc, configurations_are_made_from_what_was_declared);
    tcase_add_test(tc, a_model_that_does_not_start_with_one_fails_with_it);
    tcase_add_test(tc, a_model_that_starts_and_answers_nonsense_fails_in_any_version);
    tcase_add_loop_test(tc, the_declarations_of_the_new_version_are_asked_first, 0,
                        sizeof declared / sizeof *declared);
    tcase_add_test(tc, configurations_of_its_own_are_read_from_the_baselines_folder);
    tcase_add_loop_test(tc, configurations_that_never_loaded_are_no_evidence, 0,
                        sizeof faults / sizeof *faults);
    tcase_add_test(tc, so_many_starts_and_no_more);
    return tc;
}
