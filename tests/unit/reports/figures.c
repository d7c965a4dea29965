/* Numbers in words: units, intervals, and margins as people think of them. */
#include <math.h>
#include <string.h>

#include "reports/figures.h"
#include "reports/quantity.h"
#include "tests/unit/reports/fixtures.h"
#include "tests/unit/suite.h"

TCase *figures_case(void);

static struct mlt_buf text;

static void setup(void)
{
    text = (struct mlt_buf)MLT_BUF_INIT;
}

static void teardown(void)
{
    mlt_buf_free(&text);
}

START_TEST(quantities_are_read_in_their_units)
{
    static const struct {
        double value;
        const char *unit, *wanted;
    } cases[] = {{0.0123, "s", "12.30 ms"}, {4.2e-5, "s", "42.00 µs"},
                 {3.5, "s", "3.500 s"},     {7e-9, "s", "7.000 ns"},
                 {600, "s", "10.00 min"},   {536870912, "bytes", "512.0 MiB"},
                 {100, "bytes", "100 B"},   {0.001, "share", "0.1000 %"},
                 {1234.5, "1/s", "1234/s"}, {0.69731, "", "0.6973"},
                 {0.69731, NULL, "0.6973"}, {-0.5, "", "-0.5000"},
                 {0, "s", "0 s"},           {0, "", "0"},
                 {NAN, "s", "none"},        {INFINITY, "", "∞"},
                 {2.5, "USD", "2.500 USD"}, {1e-9, "", "1e-09"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char out[MLT_QUANTITY_CHARS];
        ck_assert_str_eq(mlt_quantity_format(cases[i].value, cases[i].unit, out), cases[i].wanted);
    }
}
END_TEST

START_TEST(counts_and_p_values_are_readable)
{
    char out[MLT_QUANTITY_CHARS];
    ck_assert_str_eq(mlt_quantity_count(0, out), "0");
    ck_assert_str_eq(mlt_quantity_count(999, out), "999");
    ck_assert_str_eq(mlt_quantity_count(1234567, out), "1,234,567");
    ck_assert_str_eq(mlt_quantity_p(1e-9, out), "< 0.0001");
    ck_assert_str_eq(mlt_quantity_p(0.0312, out), "0.0312");
    ck_assert_str_eq(mlt_quantity_p(NAN, out), "none");
}
END_TEST

/* Baseline 100, 5 % admitted, so d = h - 5: a difference of 12 is d = 7, shown as 12 of 5. */
START_TEST(a_relative_margin_is_shown_as_the_difference_it_admits)
{
    struct mlt_finding f =
        fixture_comparison("r2 within 5% of production", MLT_VERDICT_FAIL, 2.4, 0.5);
    struct mlt_figures g = mlt_figures_of(&f);
    ck_assert_double_eq_tol(g.worse, 12, 1e-12);
    ck_assert_double_eq_tol(g.allowed, 5, 1e-12);
    ck_assert_double_eq_tol(g.at, 2.4, 1e-12);
    ck_assert_double_eq_tol(g.at_lo, 1.9, 1e-12);
    mlt_figures_facts(&text, &f);
    ck_assert_str_eq(text.data,
                     "candidate 112.0, baseline 100.0: worse by 12.0 (12 %), 90 % interval "
                     "[+9.5, +14.5], admits 5.0");
}
END_TEST

START_TEST(a_limit_is_shown_with_the_candidates_own_interval)
{
    struct mlt_finding f = mlt_finding_none();
    f.unit = "s";
    f.candidate = 0.0312;
    f.lower_is_better = true;
    f.harm = 0.0212;
    f.margin = 0;
    f.lo = 0.0181;
    f.hi = 0.0243;
    f.alpha = 0.05;
    mlt_figures_facts(&text, &f);
    ck_assert_str_eq(text.data,
                     "candidate 31.20 ms, 90 % interval [28.10, 34.30 ms], at most 10.00 ms");
}
END_TEST

START_TEST(a_lower_limit_keeps_its_direction)
{
    struct mlt_finding f = mlt_finding_none();
    f.candidate = 0.85;
    f.harm = -0.05;
    f.margin = 0;
    f.lo = -0.07;
    f.hi = -0.03;
    f.alpha = 0.05;
    mlt_figures_facts(&text, &f);
    ck_assert_str_eq(text.data,
                     "candidate 0.8500, 90 % interval [0.8300, 0.8700], at least 0.8000");
}
END_TEST

START_TEST(a_finding_without_numbers_says_nothing_about_them)
{
    struct mlt_finding f = mlt_finding_none();
    f.is_comparison = true;
    mlt_figures_facts(&text, &f);
    mlt_figures_need(&text, &f);
    mlt_figures_used(&text, &f);
    ck_assert_str_eq(text.data, "");
}
END_TEST

/* Nobody is worse where both sides count, and a gain is no loss with a minus. */
START_TEST(equivalences_and_gains_have_words_of_their_own)
{
    struct mlt_finding f = fixture_comparison("x", MLT_VERDICT_PASS, 0.5, 0.25);
    f.rule = MLT_RULE_EQUIVALENT;
    mlt_figures_facts(&text, &f);
    ck_assert_ptr_nonnull(strstr(text.data, ": apart by "));
    mlt_buf_clear(&text);
    f.rule = MLT_RULE_SUPERIOR;
    f.harm = -0.07;
    f.lo = -0.08;
    f.hi = -0.06;
    f.margin = f.admitted = -0.05;
    mlt_figures_facts(&text, &f);
    ck_assert_msg(strstr(text.data, ": better by 0.0700") &&
                      strstr(text.data, ", asks for a gain of more than 0.0500"),
                  "%s", text.data);
    ck_assert(!mlt_figures_of(&f).has_axis);
}
END_TEST

START_TEST(the_basis_names_the_interval_and_what_weighted_rows_are_worth)
{
    struct mlt_finding f = fixture_comparison("x", MLT_VERDICT_PASS, 0.5, 0.25);
    f.method = "Tango";
    f.effective_rows = 312.4;
    mlt_figures_basis(&text, &f);
    ck_assert_msg(strstr(text.data, ", interval Tango, ") &&
                      strstr(text.data, ", effective rows 312"),
                  "%s", text.data);
    mlt_buf_clear(&text);
    f.slice_column = "brand,store";
    f.slice_value = "\"A, B\",5";
    mlt_figures_slice(&text, &f);
    ck_assert_str_eq(text.data, "brand = A, B, store = 5");
}
END_TEST

START_TEST(the_strip_marks_equal_margin_and_estimate)
{
    struct mlt_finding f = fixture_comparison("x", MLT_VERDICT_PASS, 0.5, 0.25);
    mlt_figures_strip(&text, &f, 17);
    ck_assert_str_eq(text.data, "    ┊├●┤┃        ");
    mlt_buf_clear(&text);
    f = fixture_comparison("x", MLT_VERDICT_FAIL, 9, 0.25);
    mlt_figures_strip(&text, &f, 17);
    ck_assert_str_eq(text.data, "    ┊   ┃       ▸");
}
END_TEST

TCase *figures_case(void)
{
    TCase *test = tcase_create("figures");
    tcase_add_checked_fixture(test, setup, teardown);
    tcase_add_test(test, quantities_are_read_in_their_units);
    tcase_add_test(test, counts_and_p_values_are_readable);
    tcase_add_test(test, a_relative_margin_is_shown_as_the_difference_it_admits);
    tcase_add_test(test, a_limit_is_shown_with_the_candidates_own_interval);
    tcase_add_test(test, a_lower_limit_keeps_its_direction);
    tcase_add_test(test, a_finding_without_numbers_says_nothing_about_them);
    tcase_add_test(test, equivalences_and_gains_have_words_of_their_own);
    tcase_add_test(test, the_basis_names_the_interval_and_what_weighted_rows_are_worth);
    tcase_add_test(test, the_strip_marks_equal_margin_and_estimate);
    return test;
}
