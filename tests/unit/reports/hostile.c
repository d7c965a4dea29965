/* Names from models and data in every format: shown, bounded, and never markup or a command. */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "harness/base/fs.h"
#include "harness/base/str.h"
#include "harness/base/subprocess.h"
#include "harness/codec/json.h"
#include "reports/cell.h"
#include "reports/markdown_text.h"
#include "reports/summary.h"
#include "tests/unit/reports/fixtures.h"
#include "tests/unit/suite.h"

TCase *hostile_case(void);

static struct fixture fixture;
static struct mlt_buf text;
static struct mlt_err err;

static void setup(void)
{
    unit_folder_setup();
    text = (struct mlt_buf)MLT_BUF_INIT;
    err = (struct mlt_err)MLT_ERR_INIT;
    fixture_make(FIXTURE_HOSTILE, &fixture);
}

static void teardown(void)
{
    mlt_buf_free(&text);
    unit_folder_teardown();
}

/* Runs a program on the text; -1 when there is no such program. */
static int run_on_text(const char *const *argv)
{
    struct mlt_subprocess_options options = {.argv = argv};
    struct mlt_subprocess_result result;
    struct mlt_buf words = MLT_BUF_INIT;
    if (!mlt_subprocess_run(&options, &text, 30000000000u, 100000, NULL, &words, &result, &err))
        return -1;
    int status = WIFEXITED(result.status) ? WEXITSTATUS(result.status) : 255;
    ck_assert_msg(status == 0, "%s: %s", argv[0], words.data);
    mlt_buf_free(&words);
    return status;
}

static void assert_no_line_begins_with(const char *what)
{
    for (const char *line = text.data; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        const char *first = line + strspn(line, " \t");
        ck_assert_msg(strncmp(first, what, strlen(what)) != 0, "a line begins with %s: %.80s", what,
                      first);
        if (!*line)
            break;
    }
}

START_TEST(junit_is_well_formed_xml)
{
    static const char *const argv[] = {"xmllint", "--noout", "-", NULL};
    for (int kind = 0; kind < FIXTURE_KINDS; kind++) {
        fixture_make((enum fixture_kind)kind, &fixture);
        mlt_buf_clear(&text);
        ck_ok(mlt_report_junit.write(&fixture.in, &text, &err));
        ck_assert(mlt_str_utf8_valid(text.data, text.len, NULL));
        ck_assert_int_le(run_on_text(argv), 0);
    }
}
END_TEST

/* MLTEST_JUNIT_XSD names Jenkins' schema, where the wider checks have fetched it. */
START_TEST(junit_satisfies_the_schema_where_it_is_given)
{
    const char *schema = getenv("MLTEST_JUNIT_XSD");
    if (!schema)
        return;
    const char *argv[] = {"xmllint", "--noout", "--schema", schema, "-", NULL};
    for (int kind = 0; kind < FIXTURE_KINDS; kind++) {
        fixture_make((enum fixture_kind)kind, &fixture);
        mlt_buf_clear(&text);
        ck_ok(mlt_report_junit.write(&fixture.in, &text, &err));
        ck_assert_int_eq(run_on_text(argv), 0);
    }
}
END_TEST

START_TEST(json_is_strict_json)
{
    ck_ok(mlt_report_json.write(&fixture.in, &text, &err));
    ck_ok(mlt_json_check("report", text.data, text.len, &err));
}
END_TEST

START_TEST(the_console_holds_no_control_character_and_no_command)
{
    for (unsigned width = 0; width <= 220; width += 20) {
        fixture.in.width = width;
        mlt_buf_clear(&text);
        ck_ok(mlt_report_console.write(&fixture.in, &text, &err));
        ck_assert(mlt_str_utf8_valid(text.data, text.len, NULL));
        for (size_t i = 0; i < text.len; i++)
            ck_assert((unsigned char)text.data[i] >= 0x20 || text.data[i] == '\n');
        ck_assert_ptr_null(strstr(text.data, "\xe2\x80\xae"));
        ck_assert_ptr_null(strstr(text.data, "##vso"));
        assert_no_line_begins_with("::");
        ck_assert_uint_lt(text.len, 200000);
    }
}
END_TEST

/* What stands in <pre> is no Markdown: an HTML block of its kind ends with </pre> only. */
static void blank_preformatted(void)
{
    for (char *at = strstr(text.data, "<pre>\n"); at; at = strstr(at, "<pre>\n")) {
        char *end = strstr(at, "</pre>");
        ck_assert_ptr_nonnull(end);
        ck_assert(at == text.data || at[-1] == '\n');
        memset(at, '.', (size_t)(end - at));
    }
}

START_TEST(markdown_holds_no_markup_of_the_model)
{
    ck_ok(mlt_report_markdown.write(&fixture.in, &text, &err));
    assert_no_line_begins_with("::");
    blank_preformatted();
    ck_assert(mlt_str_utf8_valid(text.data, text.len, NULL));
    ck_assert_ptr_null(strstr(text.data, "<script"));
    ck_assert_ptr_null(strstr(text.data, "@octocat"));
    ck_assert_ptr_null(strstr(text.data, "](javascript"));
    ck_assert_ptr_null(strstr(text.data, "::error"));
    assert_no_line_begins_with("# forged");
    assert_no_line_begins_with("| forged");
    assert_no_line_begins_with("```");
}
END_TEST

START_TEST(markdown_stays_within_its_budget_and_says_what_is_missing)
{
    fixture.in.max_bytes = 12000;
    ck_ok(mlt_report_markdown.write(&fixture.in, &text, &err));
    ck_assert_uint_le(text.len, 12000);
    ck_assert_ptr_nonnull(strstr(text.data, "more, in the results file"));
    ck_assert_ptr_nonnull(strstr(text.data, "</sub>"));
}
END_TEST

START_TEST(markdown_of_thousands_of_findings_fits_a_comment)
{
    enum { MANY = 5000 };
    struct mlt_finding *many = calloc(MANY, sizeof *many);
    fixture_make(FIXTURE_FAIL_CRITERION, &fixture);
    for (size_t i = 0; i < MANY; i++)
        many[i] = fixture.findings[i % fixture.in.finding_count];
    fixture.in.findings = many;
    fixture.in.finding_count = MANY;
    ck_ok(mlt_report_markdown.write(&fixture.in, &text, &err));
    ck_assert_uint_le(text.len, 60000);
    free(many);
}
END_TEST

START_TEST(a_hostile_case_name_cannot_leave_its_shell_word)
{
    for (size_t i = 0; fixture_hostile[i]; i++) {
        struct mlt_buf word = MLT_BUF_INIT;
        mlt_report_shell_word(&word, fixture_hostile[i]);
        const char *argv[] = {"sh", "-c", NULL, NULL};
        struct mlt_buf script = MLT_BUF_INIT, out = MLT_BUF_INIT;
        mlt_buf_printf(&script, "set -f; set -- %s; printf '%%s' $#", word.data);
        argv[2] = script.data;
        struct mlt_subprocess_options options = {.argv = argv, .dir = unit_path("")};
        struct mlt_subprocess_result result;
        ck_ok(mlt_subprocess_run(&options, NULL, 10000000000u, 100, &out, NULL, &result, &err));
        ck_assert_str_eq(out.data, "1");
        mlt_buf_free(&word);
        mlt_buf_free(&script);
        mlt_buf_free(&out);
    }
    ck_assert_int_eq(unit_folder_count(), 0);
}
END_TEST

START_TEST(the_glob_of_an_odd_case_name_matches_that_name)
{
    struct mlt_case_plan test = {.suite = "unit", .name = "it's [a] `b`\n"};
    mlt_report_reproduce(&fixture.run, &test, &text);
    const char *from = strstr(text.data, "--case '");
    ck_assert_ptr_nonnull(from);
    from += strlen("--case '");
    char glob[64] = "";
    memcpy(glob, from, strcspn(from, "'"));
    ck_assert(mlt_str_glob(glob, test.name));
}
END_TEST

START_TEST(cells_keep_their_columns)
{
    static const char *const texts[] = {
        "", "short", "a long word that does not fit",
        "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe6\x97\xa5\xe6\x9c\xac", "e\xcc\x81\x65\xcc\x81"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        for (unsigned columns = 0; columns < 12; columns++) {
            mlt_buf_clear(&text);
            mlt_cell_put(&text, texts[i], columns, i % 2 ? MLT_ALIGN_LEFT : MLT_ALIGN_RIGHT);
            ck_assert_uint_eq(mlt_cell_columns(text.data, text.len), columns);
        }
    }
}
END_TEST

START_TEST(wrapped_lines_fit_and_lose_no_word)
{
    mlt_cell_wrap(&text, "one two three four five six seven eight nine ten", "  ", 24);
    ck_assert_str_eq(text.data, "  one two three four\n  five six seven eight\n  nine ten\n");
}
END_TEST

TCase *hostile_case(void)
{
    TCase *test = tcase_create("hostile");
    tcase_add_checked_fixture(test, setup, teardown);
    tcase_set_timeout(test, 60);
    tcase_add_test(test, junit_is_well_formed_xml);
    tcase_add_test(test, junit_satisfies_the_schema_where_it_is_given);
    tcase_add_test(test, json_is_strict_json);
    tcase_add_test(test, the_console_holds_no_control_character_and_no_command);
    tcase_add_test(test, markdown_holds_no_markup_of_the_model);
    tcase_add_test(test, markdown_stays_within_its_budget_and_says_what_is_missing);
    tcase_add_test(test, markdown_of_thousands_of_findings_fits_a_comment);
    tcase_add_test(test, a_hostile_case_name_cannot_leave_its_shell_word);
    tcase_add_test(test, the_glob_of_an_odd_case_name_matches_that_name);
    tcase_add_test(test, cells_keep_their_columns);
    tcase_add_test(test, wrapped_lines_fit_and_lose_no_word);
    return test;
}
