#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/adapter/adapter.h"
#include "harness/base/clock.h"
#include "tests/unit/suite.h"

TCase *process_cases(void);

enum { ROWS = 6 };
#define SECOND_NS 1000000000ULL

static struct mlt_adapter_spec spec;
static struct mlt_subject subject;
static struct mlt_arena arena;
static struct mlt_prediction out[ROWS];

static struct mlt_adapter *opened(const char *mode, struct mlt_err *err)
{
    static char program[4096];
    static const char *command[3];
    const char *build = getenv("top_builddir");
    snprintf(program, sizeof program, "%s/tests/data/models/hostile-model", build ? build : ".");
    command[0] = program;
    command[1] = mode;
    spec = (struct mlt_adapter_spec){
        .type = "process", .command = command, .request_timeout_s = 0.5, .start_timeout_s = 5};
    if (strcmp(mode, "no-hello") == 0)
        spec.start_timeout_s = 0.2;
    subject = (struct mlt_subject){.model = "hostile", .version = "1.0.0", .dir = "/"};
    struct mlt_adapter_target target = {&spec, &subject, MLT_CANDIDATE, NULL};
    struct mlt_adapter *adapter = NULL;
    return mlt_adapter_process.open(&target, &adapter, err) ? adapter : NULL;
}

/* Asks for x = first, first + 1, …; returns how long it took. */
static uint64_t ask(struct mlt_adapter *a, double first, size_t rows)
{
    static const char *const fields[] = {"x"};
    struct mlt_value cells[ROWS];
    struct mlt_err err = MLT_ERR_INIT;
    for (size_t i = 0; i < rows; i++)
        cells[i] = (struct mlt_value){.kind = MLT_VALUE_NUMBER, .number = first + (double)i};
    struct mlt_batch batch = {.rows = rows, .field_count = 1, .fields = fields, .cells = cells};
    memset(out, 0, sizeof out);
    uint64_t start = mlt_clock_monotonic_ns();
    ck_ok(a->ops->predict(a, &batch, &arena, out, &err));
    return mlt_clock_monotonic_ns() - start;
}

static void expect_doubled(double first, size_t rows)
{
    for (size_t i = 0; i < rows; i++) {
        ck_assert_msg(out[i].answer == MLT_ANSWER_OK, "row %zu: %s", i,
                      out[i].error ? out[i].error : "?");
        ck_assert_double_eq(out[i].number, 2 * (first + (double)i));
    }
}

static void expect(size_t row, enum mlt_answer answer, const char *phrase)
{
    const char *said = out[row].error ? out[row].error : "";
    ck_assert_msg(out[row].answer == answer, "row %zu is '%s' (%s), expected '%s'", row,
                  mlt_answer_name(out[row].answer), said, mlt_answer_name(answer));
    ck_assert_msg(strstr(said, phrase) != NULL, "'%s' is not in '%s'", phrase, said);
    ck_assert_int_eq(out[row].kind, MLT_PREDICTION_NONE);
}

static struct mlt_adapter *want(const char *mode)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_adapter *a = opened(mode, &err);
    ck_assert_msg(a != NULL, "%s", err.text);
    return a;
}

static void finish(struct mlt_adapter *a)
{
    pid_t pid = a->ops->pid(a);
    a->ops->close(a);
    mlt_arena_free(&arena);
    if (pid > 0)
        ck_assert_int_ne(kill(pid, 0), 0);
}

START_TEST(process_answers_every_row_whatever_the_batch)
{
    static const char *const modes[] = {"ok", "batch", "one"};
    for (size_t i = 0; i < 3; i++) {
        struct mlt_adapter *a = want(modes[i]);
        ask(a, 10, ROWS);
        expect_doubled(10, ROWS);
        ask(a, 20, 1);
        expect_doubled(20, 1);
        finish(a);
    }
}
END_TEST

/* The program is the shell: it says its settings on stderr and is no model. */
START_TEST(process_is_given_the_settings)
{
    static const char *const command[] = {"sh", "-c", "echo \"$0 and $MLTEST_SETTINGS\" >&2",
                                          "{settings}", NULL};
    static struct mlt_input declared[] = {{.name = "depth", .fallback_json = "3"},
                                          {.name = "seed"},
                                          {.name = "mode", .fallback_json = "\"ab\""}};
    static const struct mlt_contract contract = {.settings = declared, .setting_count = 3};
    static const char *const given[] = {NULL, "{\"depth\":9}"};
    static const char *const said[] = {
        "{\"depth\":3,\"mode\":\"ab\"} and {\"depth\":3,\"mode\":\"ab\"}",
        "{\"depth\":9} and {\"depth\":9}"};
    struct mlt_adapter *adapter;
    subject =
        (struct mlt_subject){.model = "m", .version = "1", .dir = "/", .contract = &contract};
    struct mlt_adapter_target target = {&spec, &subject, MLT_CANDIDATE, NULL};
    for (size_t i = 0; i < 2; i++) {
        struct mlt_err err = MLT_ERR_INIT;
        spec = (struct mlt_adapter_spec){.type = "process", .command = command};
        target.settings = given[i];
        ck_fails(mlt_adapter_process.open(&target, &adapter, &err), MLT_ERR_EVIDENCE, said[i]);
    }
    struct mlt_err err = MLT_ERR_INIT;
    spec = (struct mlt_adapter_spec){.type = "predictions"};
    ck_fails(mlt_adapter_predictions.open(&target, &adapter, &err), MLT_ERR_USAGE,
             "the adapter predictions has no way to hand them");
}
END_TEST

START_TEST(process_takes_answers_in_any_order)
{
    struct mlt_adapter *a = want("out-of-order");
    ask(a, 10, 4);
    expect_doubled(10, 4);
    ask(a, -1, 1);
    expect_doubled(-1, 1);
    finish(a);
}
END_TEST

/* The poisoned row is x = 3; what the model does then, and what the row is told. */
static const struct {
    const char *mode;
    enum mlt_answer answer;
    const char *phrase;
} faults[] = {
    {"malformed", MLT_ANSWER_MALFORMED, "Loading weights"},
    {"nan", MLT_ANSWER_MALFORMED, "NaN"},
    {"wrong-id", MLT_ANSWER_WRONG_ID, "424242"},
    {"wrong-count", MLT_ANSWER_MALFORMED, "3 predictions for 1"},
    {"refuse", MLT_ANSWER_REFUSED, "I do not like three"},
    {"duplicate", MLT_ANSWER_DUPLICATE, "twice"},
    {"silent", MLT_ANSWER_TIMEOUT, "no answer within"},
    {"stubborn", MLT_ANSWER_TIMEOUT, "no answer within"},
    {"dies", MLT_ANSWER_DIED, "Segmentation fault"},
    {"dies", MLT_ANSWER_DIED, "cannot allocate tensor"},
    {"exits", MLT_ANSWER_DIED, "exit status 7"},
    {"closes-output", MLT_ANSWER_MISSING, "closed its output"},
    {"endless-line", MLT_ANSWER_TOO_LARGE, "16 MiB"},
    {"endless-lines", MLT_ANSWER_TIMEOUT, "no answer within"},
    {"leaves-a-child", MLT_ANSWER_DIED, "exit status 9"},
};

START_TEST(process_types_each_fault_and_starts_afresh)
{
    struct mlt_adapter *a = want(faults[_i].mode);
    ask(a, 10, 2);
    expect_doubled(10, 2);
    uint64_t took = ask(a, 3, 1);
    expect(0, faults[_i].answer, faults[_i].phrase);
    ck_assert_msg(took < 3 * SECOND_NS, "%s took %llu ms", faults[_i].mode,
                  (unsigned long long)(took / 1000000));
    ask(a, 20, 2);
    expect_doubled(20, 2);
    finish(a);
}
END_TEST

START_TEST(process_leaves_no_row_without_an_answer)
{
    struct mlt_adapter *a = want(faults[_i].mode);
    ask(a, 0, ROWS);
    for (size_t i = 0; i < ROWS; i++)
        ck_assert_msg(out[i].answer != MLT_ANSWER_NONE, "row %zu", i);
    ck_assert_int_ne(out[3].answer, MLT_ANSWER_OK);
    finish(a);
}
END_TEST

START_TEST(process_finds_the_bad_row_of_a_refused_batch)
{
    struct mlt_adapter *a = want("refuse-batch");
    ask(a, 1, 4);
    expect(2, MLT_ANSWER_REFUSED, "bad");
    out[2] = (struct mlt_prediction){.answer = MLT_ANSWER_OK, .number = 6};
    expect_doubled(1, 4);
    finish(a);
}
END_TEST

START_TEST(process_is_not_blocked_by_a_flood_of_stderr)
{
    struct mlt_adapter *a = want("big-stderr");
    struct mlt_buf words = MLT_BUF_INIT;
    ask(a, 10, 4);
    expect_doubled(10, 4);
    a->ops->diagnostics(a, &words);
    ck_assert_uint_gt(words.len, 1000);
    ck_assert_uint_le(words.len, 64 * 1024);
    mlt_buf_free(&words);
    finish(a);
}
END_TEST

START_TEST(process_waits_for_a_slow_model_and_sends_what_is_larger_than_a_pipe)
{
    struct mlt_adapter *a = want("slow");
    struct mlt_err err = MLT_ERR_INIT;
    static const char *const fields[] = {"x", "text"};
    enum { LARGE = 300 * 1024 };
    char *text = malloc(LARGE);
    ck_assert_ptr_nonnull(text);
    memset(text, 'a', LARGE);
    struct mlt_value cells[8];
    for (int i = 0; i < 4; i++) {
        cells[2 * i] = (struct mlt_value){.kind = MLT_VALUE_NUMBER, .number = 10 + i};
        cells[2 * i + 1] = (struct mlt_value){.kind = MLT_VALUE_TEXT, .text = text, .len = LARGE};
    }
    text[LARGE - 1] = '\0';
    for (int i = 0; i < 4; i++)
        cells[2 * i + 1].len--;
    struct mlt_batch batch = {.rows = 4, .field_count = 2, .fields = fields, .cells = cells};
    ck_ok(a->ops->predict(a, &batch, &arena, out, &err));
    expect_doubled(10, 4);
    free(text);
    finish(a);
}
END_TEST

START_TEST(process_says_why_a_model_does_not_open)
{
    struct mlt_err err = MLT_ERR_INIT;
    ck_fails(opened("no-hello", &err), MLT_ERR_EVIDENCE, "no hello within");
    ck_fails(opened("dies-early", &err), MLT_ERR_EVIDENCE, "No module named 'sklearn'");
    ck_assert_ptr_nonnull(strstr(err.text, "exit status 1"));
    ck_fails(opened("chatty", &err), MLT_ERR_EVIDENCE, "Hello, I am a model");
    ck_fails(opened("wrong-version", &err), MLT_ERR_EVIDENCE, "9.9.9");
    static const char *const missing[] = {"mltest-no-such-program", NULL};
    struct mlt_adapter *a;
    spec.command = missing;
    struct mlt_adapter_target target = {&spec, &subject, MLT_CANDIDATE, NULL};
    ck_fails(mlt_adapter_process.open(&target, &a, &err), MLT_ERR_USAGE, "mltest-no-such-program");
}
END_TEST

START_TEST(process_replaces_the_names_of_artifact_and_folder)
{
    struct mlt_err err = MLT_ERR_INIT;
    static const char *const command[] = {
        "sh", "-c", "echo \"$1:$2\" >&2; echo '{\"mltest\":1}'; cat >/dev/null", "sh",
        "a={artifact}", "{version_dir}/x", NULL};
    spec = (struct mlt_adapter_spec){.command = command};
    subject = (struct mlt_subject){
        .model = "m", .version = "1.0.0", .dir = "/models/m", .artifact = "/models/m/m.pkl"};
    struct mlt_adapter_target target = {&spec, &subject, MLT_CANDIDATE, NULL};
    struct mlt_adapter *a = NULL;
    struct mlt_buf words = MLT_BUF_INIT;
    ck_ok(mlt_adapter_process.open(&target, &a, &err));
    a->ops->diagnostics(a, &words);
    ck_assert_str_eq(words.data, "a=/models/m/m.pkl:/models/m/x\n");
    mlt_buf_free(&words);
    finish(a);
}
END_TEST

TCase *process_cases(void)
{
    TCase *tcase = tcase_create("process");
    enum { FAULTS = sizeof faults / sizeof *faults };
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, process_answers_every_row_whatever_the_batch);
    tcase_add_test(tcase, process_is_given_the_settings);
    tcase_add_test(tcase, process_takes_answers_in_any_order);
    tcase_add_loop_test(tcase, process_types_each_fault_and_starts_afresh, 0, FAULTS);
    tcase_add_loop_test(tcase, process_leaves_no_row_without_an_answer, 0, FAULTS);
    tcase_add_test(tcase, process_finds_the_bad_row_of_a_refused_batch);
    tcase_add_test(tcase, process_is_not_blocked_by_a_flood_of_stderr);
    tcase_add_test(tcase, process_waits_for_a_slow_model_and_sends_what_is_larger_than_a_pipe);
    tcase_add_test(tcase, process_says_why_a_model_does_not_open);
    tcase_add_test(tcase, process_replaces_the_names_of_artifact_and_folder);
    return tcase;
}
