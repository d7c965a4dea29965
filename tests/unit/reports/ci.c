/* What pipelines are told, under hostile names above all. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "reports/ci.h"
#include "tests/unit/reports/fixtures.h"
#include "tests/unit/suite.h"

TCase *ci_case(void);

enum { NOTES = 30 };

static struct mlt_ci_note notes[NOTES];
static struct mlt_ci_input in;
static struct mlt_buf text;
static struct mlt_arena arena;
static struct mlt_err err;

static void setup(void)
{
    text = (struct mlt_buf)MLT_BUF_INIT;
    arena = (struct mlt_arena)MLT_ARENA_INIT;
    err = (struct mlt_err)MLT_ERR_INIT;
    for (size_t i = 0; i < NOTES; i++)
        notes[i] = (struct mlt_ci_note){
            .verdict = MLT_VERDICT_FAIL, .title = "rmse <= 6", .text = "rmse is 7"};
    in = (struct mlt_ci_input){.command = "gate",
                               .verdict = "fail",
                               .title = "gate to staging",
                               .notes = notes,
                               .note_count = 1,
                               .decision_path = "decision.json",
                               .decision_digest = "abc",
                               .results_path = "results.mlt",
                               .junit_path = "junit.xml"};
}

static void teardown(void)
{
    mlt_buf_free(&text);
    mlt_arena_free(&arena);
}

static size_t count_of(const char *needle)
{
    size_t count = 0;
    for (const char *at = text.data; (at = strstr(at, needle)); at += strlen(needle))
        count++;
    return count;
}

/* github.com/actions/toolkit, packages/core/src/command.ts: in data '%', CR and LF are escaped, in
 * properties ':' and ',' as well. */
START_TEST(an_annotation_is_escaped_as_the_toolkit_does)
{
    notes[0].title = "a: b, c 100%";
    notes[0].text = "1%: 2, 3%0A4";
    mlt_github_annotations(&in, &text);
    ck_assert_str_eq(text.data, "::error title=mltest gate%3A a%3A b%2C c 100%25::fail: 1%25: 2, "
                                "3%250A4\n");
}
END_TEST

START_TEST(at_most_ten_errors_and_ten_warnings_are_annotated)
{
    in.note_count = NOTES;
    for (size_t i = 12; i < NOTES; i++)
        notes[i].verdict = MLT_VERDICT_INCONCLUSIVE;
    mlt_github_annotations(&in, &text);
    ck_assert_uint_eq(count_of("::error "), 10);
    ck_assert_uint_eq(count_of("::warning "), 10);
    ck_assert_uint_eq(count_of("\n"), 20);
    ck_assert_ptr_nonnull(strstr(text.data, "(and 2 more, in the summary)"));
    ck_assert_ptr_nonnull(strstr(text.data, "(and 8 more, in the summary)"));
}
END_TEST

START_TEST(what_is_invalid_is_an_error)
{
    notes[0].verdict = MLT_VERDICT_INVALID;
    mlt_github_annotations(&in, &text);
    ck_assert_uint_eq(count_of("::error "), 1);
}
END_TEST

static const char *hostile_at(int i)
{
    size_t known = 0;
    while (fixture_hostile[known])
        known++;
    static const char *const more[] = {"%0A::error::owned", "a\nmltest_d\nverdict<<x\npass\nx",
                                       "a\r\n::set-output name=verdict::pass", "::stop-commands::x",
                                       "\\u000aMLTEST_GATE_VERDICT=pass"};
    enum { MORE = sizeof more / sizeof *more };
    if ((size_t)i < known)
        return fixture_hostile[i];
    if ((size_t)i < known + MORE)
        return more[(size_t)i - known];
    return (size_t)i == known + MORE ? fixture_long_name() : NULL;
}

static void be_hostile(const char *hostile)
{
    notes[0].title = notes[0].text = in.title = hostile;
    in.decision_path = in.decision_digest = in.results_path = in.junit_path = hostile;
    mlt_buf_clear(&text);
}

START_TEST(no_name_becomes_a_workflow_command)
{
    for (int i = 0; hostile_at(i); i++) {
        be_hostile(hostile_at(i));
        mlt_github_annotations(&in, &text);
        ck_assert_uint_eq(count_of("\n"), 1);
        ck_assert(strncmp(text.data, "::error title=", 14) == 0);
        const char *data = strstr(text.data + 14, "::");
        ck_assert_ptr_nonnull(data);
        ck_assert(strncmp(data, "::fail: ", 8) == 0);
        for (size_t at = 0; at + 1 < text.len; at++)
            ck_assert((unsigned char)text.data[at] >= 0x20 && text.data[at] != 0x7f);
        ck_assert_uint_lt(text.len, 8000);
    }
}
END_TEST

/* Reads outputs as the runner does: NAME<<DELIMITER, lines, DELIMITER. */
static size_t read_outputs(const char *delimiter)
{
    static const char *const names[] = {"verdict", "decision-digest", "decision", "results",
                                        "reasons"};
    size_t blocks = 0;
    const char *at = text.data;
    while (*at) {
        char head[100];
        snprintf(head, sizeof head, "%s<<%s\n", names[blocks], delimiter);
        ck_assert_msg(strncmp(at, head, strlen(head)) == 0, "no %s at %.60s", names[blocks], at);
        at += strlen(head);
        while (strncmp(at, delimiter, strlen(delimiter)) != 0 || at[strlen(delimiter)] != '\n') {
            at = strchr(at, '\n');
            ck_assert_ptr_nonnull(at);
            at++;
        }
        at += strlen(delimiter) + 1;
        blocks++;
    }
    return blocks;
}

START_TEST(no_value_ends_its_delimiter)
{
    for (int i = 0; hostile_at(i); i++) {
        be_hostile(hostile_at(i));
        mlt_github_outputs(&in, "mltest_d", &text);
        ck_assert_uint_eq(read_outputs("mltest_d"), 5);
        ck_assert_uint_lt(text.len, 20000);
    }
}
END_TEST

START_TEST(many_reasons_are_counted)
{
    static struct mlt_ci_note many[70];
    for (size_t i = 0; i < 70; i++)
        many[i] = notes[0];
    in.notes = many;
    in.note_count = 70;
    mlt_github_outputs(&in, "d", &text);
    ck_assert_uint_eq(count_of("fail: rmse <= 6: rmse is 7\n"), 50);
    ck_assert_ptr_nonnull(strstr(text.data, "\nand 20 more\n"));
}
END_TEST

START_TEST(json_in_a_log_holds_no_command)
{
    static const char json[] = "{\"a\": \"##[error]x ###[b ##\"}";
    mlt_github_json(json, strlen(json), &text);
    ck_assert_str_eq(text.data, "{\"a\": \"#\\u0023[error]x ##\\u0023[b ##\"}");
    mlt_buf_clear(&text);
    mlt_github_json("##[", 3, &text);
    ck_assert_str_eq(text.data, "#\\u0023[");
    mlt_buf_clear(&text);
    mlt_github_json("#", 1, &text);
    ck_assert_str_eq(text.data, "#");
}
END_TEST

/* docs.gitlab.com, artifacts:reports:dotenv: below 5 KB, at most 20 variables, no empty lines, no
 * quotes, no blanks or line ends in values. */
START_TEST(a_dotenv_file_is_one_that_gitlab_takes)
{
    for (int i = 0; hostile_at(i); i++) {
        be_hostile(hostile_at(i));
        mlt_gitlab_dotenv(&in, &text);
        size_t lines = 0;
        for (const char *at = text.data; *at; lines++) {
            size_t key = strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_");
            ck_assert(strncmp(at, "MLTEST_GATE_", 12) == 0 && at[key] == '=');
            size_t len = strcspn(at, "\n");
            for (size_t k = key + 1; k < len; k++)
                ck_assert(isalnum((unsigned char)at[k]) || strchr("._/@:+,-", at[k]));
            at += len + 1;
        }
        ck_assert_uint_le(lines, 5);
        ck_assert_uint_lt(text.len, 5000 / 4);
    }
    teardown();
    setup();
    mlt_gitlab_dotenv(&in, &text);
    ck_assert_str_eq(text.data,
                     "MLTEST_GATE_VERDICT=fail\nMLTEST_GATE_DECISION_DIGEST=abc\n"
                     "MLTEST_GATE_DECISION=decision.json\nMLTEST_GATE_RESULTS=results.mlt\n"
                     "MLTEST_GATE_REASONS=1\n");
}
END_TEST

START_TEST(a_section_has_gitlabs_markers)
{
    mlt_gitlab_section_start("gate", 1700000000, &text);
    mlt_gitlab_section_end("gate", 1700000009, &text);
    ck_assert_str_eq(text.data, "\033[0Ksection_start:1700000000:mltest_gate\r\033[0Kmltest gate\n"
                                "\033[0Ksection_end:1700000009:mltest_gate\r\033[0K\n");
}
END_TEST

/* java.util.Properties.load: a backslash escapes, \uXXXX is a UTF-16 unit, leading blanks of a
 * value are dropped. */
START_TEST(properties_are_ascii_and_single_lines)
{
    for (int i = 0; hostile_at(i); i++) {
        be_hostile(hostile_at(i));
        mlt_jenkins_properties(&in, &text);
        for (const char *at = text.data; *at;) {
            ck_assert(strncmp(at, "MLTEST_GATE_", 12) == 0);
            at += strcspn(at, "\n") + 1;
        }
        for (size_t at = 0; at < text.len; at++) {
            ck_assert((unsigned char)text.data[at] >= 0x20 || text.data[at] == '\n');
            ck_assert((unsigned char)text.data[at] < 0x7f);
            if (text.data[at] == '\\') {
                ck_assert(strchr("\\u ", text.data[at + 1]) != NULL);
                at++;
            }
        }
    }
    teardown();
    setup();
    notes[0].text = " \xc3\xa4 \xf0\x9f\x98\x80 C:\\x";
    mlt_jenkins_properties(&in, &text);
    ck_assert_ptr_nonnull(
        strstr(text.data, "\nMLTEST_GATE_REASON=\\ \\u00E4 \\uD83D\\uDE00 C:\\\\x\n"));
    ck_assert_ptr_nonnull(strstr(text.data, "\nMLTEST_GATE_JUNIT=junit.xml\n"));
}
END_TEST

START_TEST(the_notes_of_a_run_are_its_troubles_worst_first)
{
    for (int kind = 0; kind < FIXTURE_KINDS; kind++) {
        static struct fixture f;
        const struct mlt_ci_note *of_run;
        size_t count;
        fixture_make((enum fixture_kind)kind, &f);
        ck_ok(mlt_ci_notes_of_run(&f.in, &arena, &of_run, &count, &err));
        enum mlt_verdict worst = MLT_VERDICT_PASS, last = MLT_VERDICT_FAIL;
        for (size_t i = 0; i < count; i++) {
            ck_assert_int_ne(of_run[i].verdict, MLT_VERDICT_PASS);
            ck_assert_int_eq(mlt_verdict_worst(last, of_run[i].verdict), last);
            ck_assert_ptr_nonnull(of_run[i].title);
            last = of_run[i].verdict;
            worst = mlt_verdict_worst(worst, last);
        }
        if (f.in.verdict == MLT_VERDICT_PASS)
            ck_assert_uint_eq(count, 0);
        else
            ck_assert_int_eq(mlt_verdict_worst(worst, f.in.verdict), f.in.verdict);
    }
}
END_TEST

TCase *ci_case(void)
{
    TCase *test = tcase_create("ci");
    tcase_add_checked_fixture(test, setup, teardown);
    tcase_add_test(test, an_annotation_is_escaped_as_the_toolkit_does);
    tcase_add_test(test, at_most_ten_errors_and_ten_warnings_are_annotated);
    tcase_add_test(test, what_is_invalid_is_an_error);
    tcase_add_test(test, no_name_becomes_a_workflow_command);
    tcase_add_test(test, no_value_ends_its_delimiter);
    tcase_add_test(test, many_reasons_are_counted);
    tcase_add_test(test, json_in_a_log_holds_no_command);
    tcase_add_test(test, a_dotenv_file_is_one_that_gitlab_takes);
    tcase_add_test(test, a_section_has_gitlabs_markers);
    tcase_add_test(test, properties_are_ascii_and_single_lines);
    tcase_add_test(test, the_notes_of_a_run_are_its_troubles_worst_first);
    return test;
}
