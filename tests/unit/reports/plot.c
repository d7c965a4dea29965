/* The picture: drawn by the real gnuplot where there is one. */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "harness/base/fs.h"
#include "harness/base/subprocess.h"
#include "reports/plot.h"
#include "tests/unit/reports/fixtures.h"
#include "tests/unit/suite.h"

TCase *plot_case(void);

static struct fixture fixture;
static struct mlt_buf svg;
static struct mlt_err err;

static void setup(void)
{
    unit_folder_setup();
    svg = (struct mlt_buf)MLT_BUF_INIT;
    err = (struct mlt_err)MLT_ERR_INIT;
}

static void teardown(void)
{
    mlt_buf_free(&svg);
    unit_folder_teardown();
}

static bool have(const char *program)
{
    const char *argv[] = {program, "--version", NULL};
    struct mlt_subprocess_options options = {.argv = argv};
    struct mlt_subprocess_result result;
    struct mlt_err none = MLT_ERR_INIT;
    return mlt_subprocess_run(&options, NULL, 10000000000u, 1000, NULL, NULL, &result, &none);
}

START_TEST(every_comparison_with_a_margin_is_a_row)
{
    if (!have("gnuplot"))
        return;
    fixture_make(FIXTURE_EVERYTHING, &fixture);
    ck_assert_uint_eq(mlt_plot_rows(fixture.findings, fixture.in.finding_count), 4);
    ck_ok(mlt_plot_svg(fixture.findings, fixture.in.finding_count, "m@1 against 0", &svg, &err));
    ck_assert_ptr_nonnull(strstr(svg.data, "m@1 against 0"));
    ck_assert_ptr_nonnull(strstr(svg.data, "mae within 5% of production"));
    ck_assert_ptr_nonnull(strstr(svg.data, "+12.0 of 5.0"));
    ck_assert_ptr_nonnull(strstr(svg.data, "1 without a margin or a number not drawn"));
}
END_TEST

START_TEST(the_same_findings_give_the_same_picture)
{
    if (!have("gnuplot"))
        return;
    struct mlt_buf again = MLT_BUF_INIT;
    fixture_make(FIXTURE_EVERYTHING, &fixture);
    ck_ok(mlt_plot_svg(fixture.findings, fixture.in.finding_count, "t", &svg, &err));
    ck_ok(mlt_plot_svg(fixture.findings, fixture.in.finding_count, "t", &again, &err));
    ck_assert_str_eq(svg.data, again.data);
    mlt_buf_free(&again);
}
END_TEST

START_TEST(hostile_names_are_text_and_nothing_runs)
{
    static const char *const argv[] = {"xmllint", "--noout", "-", NULL};
    if (!have("gnuplot"))
        return;
    fixture_make(FIXTURE_HOSTILE, &fixture);
    for (size_t i = 0; fixture_hostile[i]; i++) {
        mlt_buf_clear(&svg);
        ck_ok(mlt_plot_svg(fixture.findings, fixture.in.finding_count, fixture_hostile[i], &svg,
                           &err));
        ck_assert_ptr_null(strstr(svg.data, "<script"));
        struct mlt_subprocess_options options = {.argv = argv};
        struct mlt_subprocess_result result;
        struct mlt_buf words = MLT_BUF_INIT;
        if (have("xmllint")) {
            ck_ok(mlt_subprocess_run(&options, &svg, 30000000000u, 10000, NULL, &words, &result,
                                     &err));
            ck_assert_msg(result.status == 0, "%s", words.data);
        }
        mlt_buf_free(&words);
    }
    ck_assert_int_eq(mlt_fs_kind("/mltest-was-here"), MLT_FS_ABSENT);
    ck_assert_int_eq(mlt_fs_kind("mltest-was-here"), MLT_FS_ABSENT);
}
END_TEST

START_TEST(nothing_to_draw_says_so)
{
    fixture_make(FIXTURE_NO_BASELINE, &fixture);
    ck_fails(mlt_plot_svg(fixture.findings, fixture.in.finding_count, "t", &svg, &err),
             MLT_ERR_USAGE, "nothing to draw");
}
END_TEST

START_TEST(a_missing_gnuplot_is_named_with_its_package)
{
    fixture_make(FIXTURE_PASS, &fixture);
    setenv("PATH", unit_path(""), 1);
    ck_fails(mlt_plot_svg(fixture.findings, fixture.in.finding_count, "t", &svg, &err),
             MLT_ERR_USAGE, "apt-get install gnuplot-nox");
    ck_assert_uint_eq(svg.len, 0);
}
END_TEST

TCase *plot_case(void)
{
    TCase *test = tcase_create("plot");
    tcase_add_checked_fixture(test, setup, teardown);
    tcase_set_timeout(test, 120);
    tcase_add_test(test, every_comparison_with_a_margin_is_a_row);
    tcase_add_test(test, the_same_findings_give_the_same_picture);
    tcase_add_test(test, hostile_names_are_text_and_nothing_runs);
    tcase_add_test(test, nothing_to_draw_says_so);
    tcase_add_test(test, a_missing_gnuplot_is_named_with_its_package);
    return test;
}
