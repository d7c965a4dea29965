/* No format may say anything that another format, or the exit code, does not say. */
#include <stdlib.h>
#include <string.h>

#include "harness/codec/json.h"
#include "reports/paint.h"
#include "tests/unit/reports/fixtures.h"
#include "tests/unit/suite.h"

TCase *agreement_case(void);

static struct fixture fixture;
static struct mlt_buf text;
static struct mlt_err err;

static void setup(void)
{
    text = (struct mlt_buf)MLT_BUF_INIT;
    err = (struct mlt_err)MLT_ERR_INIT;
}

static void teardown(void)
{
    mlt_buf_free(&text);
}

static const char *write_as(const struct mlt_report_ops *ops)
{
    mlt_buf_clear(&text);
    ck_ok(ops->write(&fixture.in, &text, &err));
    ck_assert_uint_eq(strlen(text.data), text.len);
    return text.data;
}

static size_t occurrences(const char *where, const char *what)
{
    size_t count = 0;
    for (const char *at = strstr(where, what); at; at = strstr(at + 1, what))
        count++;
    return count;
}

/* The verdict as a reader of JUnit would tell it from failures and errors alone. */
static enum mlt_verdict junit_verdict(const char *xml)
{
    size_t failures = occurrences(xml, "<failure "), errors = occurrences(xml, "<error ");
    size_t weak = occurrences(xml, "<failure type=\"inconclusive\"");
    if (failures > weak)
        return MLT_VERDICT_FAIL;
    return errors ? MLT_VERDICT_INVALID : weak ? MLT_VERDICT_INCONCLUSIVE : MLT_VERDICT_PASS;
}

static enum mlt_verdict console_verdict(const char *console)
{
    static const enum mlt_verdict all[] = {MLT_VERDICT_PASS, MLT_VERDICT_FAIL, MLT_VERDICT_INVALID,
                                           MLT_VERDICT_INCONCLUSIVE};
    const char *last = console + strlen(console) - 1;
    while (last > console && last[-1] != '\n')
        last--;
    for (size_t i = 0; i < 4; i++) {
        size_t len = strlen(mlt_verdict_headline(all[i]));
        if (strncmp(last, mlt_verdict_headline(all[i]), len) == 0 && last[len] == ':')
            return all[i];
    }
    ck_abort_msg("the last line names no verdict: %s", last);
    return MLT_VERDICT_INVALID;
}

static struct mlt_json *parsed_json(void)
{
    struct mlt_json *document = NULL;
    write_as(&mlt_report_json);
    ck_ok(mlt_json_parse("report", text.data, text.len, &document, &err));
    return document;
}

START_TEST(all_formats_and_the_exit_code_say_the_same)
{
    fixture_make((enum fixture_kind)_i, &fixture);
    enum mlt_verdict verdict = fixture.in.verdict;
    struct mlt_json *json = parsed_json();
    double code = -1;
    ck_assert_str_eq(mlt_json_string(mlt_json_get(json, "verdict")), mlt_verdict_name(verdict));
    ck_assert(mlt_json_number(mlt_json_get(json, "exit_code"), &code));
    ck_assert_int_eq((int)code, mlt_verdict_exit_code(verdict));
    mlt_json_free(json);
    ck_assert_int_eq(junit_verdict(write_as(&mlt_report_junit)), verdict);
    ck_assert_int_eq(console_verdict(write_as(&mlt_report_console)), verdict);
    const char *markdown = write_as(&mlt_report_markdown);
    const char *headline = strstr(markdown, mlt_verdict_headline(verdict));
    ck_assert_ptr_nonnull(headline);
    ck_assert(headline < strchr(markdown, '\n'));
}
END_TEST

START_TEST(fixtures_reach_every_verdict)
{
    static const enum mlt_verdict wanted[FIXTURE_KINDS] = {
        [FIXTURE_PASS] = MLT_VERDICT_PASS,
        [FIXTURE_FAIL_CRITERION] = MLT_VERDICT_FAIL,
        [FIXTURE_FAIL_CASE] = MLT_VERDICT_FAIL,
        [FIXTURE_BROKEN] = MLT_VERDICT_INVALID,
        [FIXTURE_INVALID_FINDING] = MLT_VERDICT_INVALID,
        [FIXTURE_INCONCLUSIVE] = MLT_VERDICT_INCONCLUSIVE,
        [FIXTURE_EVERYTHING] = MLT_VERDICT_FAIL,
        [FIXTURE_NOTHING_RAN] = MLT_VERDICT_INVALID,
        [FIXTURE_ALL_SKIPPED] = MLT_VERDICT_INVALID,
        [FIXTURE_INCOMPLETE] = MLT_VERDICT_INVALID,
        [FIXTURE_NOT_RUN] = MLT_VERDICT_INVALID,
        [FIXTURE_NO_BASELINE] = MLT_VERDICT_PASS,
        [FIXTURE_STRICTER] = MLT_VERDICT_INVALID,
        [FIXTURE_HOSTILE] = MLT_VERDICT_FAIL};
    for (int kind = 0; kind < FIXTURE_KINDS; kind++) {
        fixture_make((enum fixture_kind)kind, &fixture);
        ck_assert_msg(fixture.in.verdict == wanted[kind], "%s is %s", fixture.name,
                      mlt_verdict_name(fixture.in.verdict));
    }
}
END_TEST

START_TEST(no_writer_is_greener_than_its_contents)
{
    static const struct mlt_report_ops *const all[] = {&mlt_report_console, &mlt_report_json,
                                                       &mlt_report_junit, &mlt_report_markdown};
    static const enum fixture_kind red[] = {
        FIXTURE_FAIL_CRITERION,  FIXTURE_FAIL_CASE,    FIXTURE_BROKEN,
        FIXTURE_INVALID_FINDING, FIXTURE_INCONCLUSIVE, FIXTURE_NOTHING_RAN,
        FIXTURE_ALL_SKIPPED,     FIXTURE_INCOMPLETE,   FIXTURE_NOT_RUN};
    for (size_t k = 0; k < sizeof red / sizeof *red; k++) {
        fixture_make(red[k], &fixture);
        fixture.in.verdict = MLT_VERDICT_PASS;
        for (size_t i = 0; i < 4; i++) {
            ck_fails(all[i]->write(&fixture.in, &text, &err), MLT_ERR_EVIDENCE, "would say pass");
            ck_assert_uint_eq(text.len, 0);
        }
    }
}
END_TEST

START_TEST(json_holds_every_number_as_it_was)
{
    fixture_make(FIXTURE_FAIL_CRITERION, &fixture);
    fixture.findings[0].candidate = 0.1 + 0.2;
    fixture.findings[0].harm = fixture.findings[0].lo = -1e-300;
    struct mlt_json *json = parsed_json();
    struct mlt_arena arena = MLT_ARENA_INIT;
    size_t found = 0;
    for (const struct mlt_json *node = mlt_json_first(mlt_json_get(json, "findings")); node;
         node = mlt_json_next(node)) {
        struct mlt_finding f;
        ck_ok(mlt_finding_decode(node, &arena, &f, &err));
        if (f.candidate == 0.1 + 0.2 && f.harm == -1e-300 && f.hi == fixture.findings[0].hi)
            found++;
    }
    ck_assert_uint_eq(found, 1);
    ck_assert_str_eq(mlt_json_string(mlt_json_get(mlt_json_get(json, "run"), "seed")),
                     "18446744073709551615");
    ck_assert_uint_eq(mlt_json_count(mlt_json_get(json, "measurements")), 1);
    mlt_arena_free(&arena);
    mlt_json_free(json);
}
END_TEST

START_TEST(json_puts_the_worst_finding_first)
{
    fixture_make(FIXTURE_EVERYTHING, &fixture);
    struct mlt_json *json = parsed_json();
    const struct mlt_json *first = mlt_json_first(mlt_json_get(json, "findings"));
    ck_assert_str_eq(mlt_json_string(mlt_json_get(first, "verdict")), "fail");
    mlt_json_free(json);
}
END_TEST

START_TEST(junit_counts_every_case_and_every_finding)
{
    fixture_make(FIXTURE_EVERYTHING, &fixture);
    const char *xml = write_as(&mlt_report_junit);
    ck_assert_uint_eq(occurrences(xml, "<testcase "),
                      fixture.run.case_count + fixture.in.finding_count);
    ck_assert_uint_eq(occurrences(xml, "<skipped>"), 1);
    ck_assert_ptr_nonnull(strstr(xml, "<testsuites>\n"));
    ck_assert_ptr_nonnull(strstr(xml, "classname=\"mltest.regression.criteria\""));
    ck_assert_ptr_nonnull(strstr(xml, "timestamp=\"2026-03-01T10:00:00\""));
}
END_TEST

/* gates/decide names the finding of a case that did not pass like the case. */
START_TEST(a_finding_that_only_repeats_a_case_is_shown_once)
{
    fixture_make(FIXTURE_FAIL_CASE, &fixture);
    struct mlt_finding repeated = mlt_finding_none();
    repeated.criterion = repeated.case_id = "unit/deterministic";
    repeated.verdict = MLT_VERDICT_FAIL;
    fixture.findings[fixture.in.finding_count++] = repeated;
    ck_assert_uint_eq(occurrences(write_as(&mlt_report_junit), "<failure "), 1);
    ck_assert_uint_eq(occurrences(write_as(&mlt_report_console), "unit/deterministic"), 1);
}
END_TEST

START_TEST(the_console_gives_each_troubled_case_its_command)
{
    fixture_make(FIXTURE_FAIL_CASE, &fixture);
    const char *console = write_as(&mlt_report_console);
    ck_assert_ptr_nonnull(strstr(console, "mltest run ad-score-predictor@1.1.0 --suite unit --case "
                                          "deterministic --seed 18446744073709551615"));
    ck_assert_ptr_nonnull(strstr(console, "row 17 gave 3.25, then 3.5"));
    ck_assert_ptr_nonnull(strstr(console, "14 rows left out"));
}
END_TEST

START_TEST(the_console_colours_only_when_asked)
{
    fixture_make(FIXTURE_EVERYTHING, &fixture);
    ck_assert_ptr_null(strchr(write_as(&mlt_report_console), '\x1b'));
    fixture.in.color = true;
    ck_assert_ptr_nonnull(strstr(write_as(&mlt_report_console), "\x1b[1;31m"));
}
END_TEST

START_TEST(reports_of_the_same_run_are_the_same_bytes)
{
    static const struct mlt_report_ops *const all[] = {&mlt_report_console, &mlt_report_json,
                                                       &mlt_report_junit, &mlt_report_markdown};
    fixture_make(FIXTURE_EVERYTHING, &fixture);
    for (size_t i = 0; i < 4; i++) {
        char *first = strdup(write_as(all[i]));
        ck_assert_str_eq(write_as(all[i]), first);
        free(first);
    }
}
END_TEST

TCase *agreement_case(void)
{
    TCase *test = tcase_create("agreement");
    tcase_add_checked_fixture(test, setup, teardown);
    tcase_add_loop_test(test, all_formats_and_the_exit_code_say_the_same, 0, FIXTURE_KINDS);
    tcase_add_test(test, fixtures_reach_every_verdict);
    tcase_add_test(test, no_writer_is_greener_than_its_contents);
    tcase_add_test(test, json_holds_every_number_as_it_was);
    tcase_add_test(test, json_puts_the_worst_finding_first);
    tcase_add_test(test, junit_counts_every_case_and_every_finding);
    tcase_add_test(test, a_finding_that_only_repeats_a_case_is_shown_once);
    tcase_add_test(test, the_console_gives_each_troubled_case_its_command);
    tcase_add_test(test, the_console_colours_only_when_asked);
    tcase_add_test(test, reports_of_the_same_run_are_the_same_bytes);
    return test;
}
