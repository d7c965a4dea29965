#include <math.h>
#include <string.h>

#include "tests/unit/criteria/bench.h"

TCase *adjust_case(void);

/* `whole` cells on all rows and `slices` on slices; the first of each has the candidate given. */
static struct mlt_findings family(size_t whole, size_t slices, double candidate)
{
    static struct mlt_measurement m[64];
    for (size_t i = 0; i < whole + slices; i++) {
        bool first = i == 0 || i == whole;
        m[i] = bench_pair(first ? candidate : 0.60, 0.65, 0.01);
        m[i].slice_column = i < whole ? NULL : "brand";
        m[i].slice_value = i < whole ? NULL : "a";
    }
    struct mlt_findings out = {0};
    struct mlt_judge_defaults defaults = {0};
    struct mlt_sentence s;
    if (whole > 0) {
        ck_ok(mlt_sentence_parse("rmse within 0.05 of production", &arena, &s, &err));
        ck_ok(mlt_judge_sentence(&s, NULL, m, whole, &defaults, &arena, &out, &err));
    }
    if (slices > 0) {
        ck_ok(mlt_sentence_parse("rmse by brand within 0.05 of production", &arena, &s, &err));
        ck_ok(mlt_judge_sentence(&s, NULL, m + whole, slices, &defaults, &arena, &out, &err));
    }
    ck_assert_uint_eq(out.count, whole + slices);
    /* Cells of their own, as different sentences would give. */
    for (size_t i = 0; i < out.count; i++)
        out.items[i].criterion = mlt_arena_printf(&arena, "cell %zu", i);
    return out;
}

START_TEST(a_fail_must_survive_all_planned_cells)
{
    /* t = 2 at 999 degrees: p = 0.0229 (R 4.2.2), alone a fail, times 3 none. */
    struct mlt_findings f = family(1, 0, 0.72);
    ck_ok(mlt_judge_adjust(&f, MLT_CORRECTION_HOLM, &arena, &err));
    ck_verdict(f.items[0], MLT_VERDICT_FAIL);
    f = family(3, 0, 0.72);
    ck_verdict(f.items[0], MLT_VERDICT_FAIL);
    ck_ok(mlt_judge_adjust(&f, MLT_CORRECTION_HOLM, &arena, &err));
    ck_verdict(f.items[0], MLT_VERDICT_INCONCLUSIVE);
    ck_says(f.items[0], "not counted as a fail");
    ck_assert(fabs(f.items[0].p_adjusted - 3 * f.items[0].p_fail) < 1e-15);
    ck_verdict(f.items[1], MLT_VERDICT_PASS);
    f = family(3, 0, 0.75);
    ck_ok(mlt_judge_adjust(&f, MLT_CORRECTION_HOLM, &arena, &err));
    ck_verdict(f.items[0], MLT_VERDICT_FAIL);
}
END_TEST

/* With one small p among n the q-value is n times it, as Holm's; with two alike, half of that
 * (statsmodels 0.13.5: multipletests([p, p] + [0.99] * 10, method="fdr_bh") is 6 p). */
START_TEST(many_cells_have_a_q_value_that_decides_nothing)
{
    struct mlt_findings f = family(9, 0, 0.75);
    ck_ok(mlt_judge_adjust(&f, MLT_CORRECTION_HOLM, &arena, &err));
    ck_assert(isnan(f.items[0].q_value));
    f = family(12, 0, 0.7246); /* p = 0.0070 (R 4.2.2: pt(2.46, 999, lower.tail = FALSE)) */
    f.items[1].p_fail = f.items[0].p_fail;
    double p = f.items[0].p_fail;
    ck_ok(mlt_judge_adjust(&f, MLT_CORRECTION_HOLM, &arena, &err));
    ck_assert(fabs(f.items[0].p_adjusted - 12 * p) < 1e-15);
    ck_assert(fabs(f.items[0].q_value - 6 * p) < 1e-15);
    ck_verdict(f.items[0], MLT_VERDICT_INCONCLUSIVE);
    ck_says(f.items[0], "worth a look");
    ck_assert(f.items[2].q_value > 0.5);
    /* Judged again, the words stand there once. */
    ck_ok(mlt_judge_adjust(&f, MLT_CORRECTION_HOLM, &arena, &err));
    ck_assert_ptr_null(strstr(strstr(f.items[0].reason, "worth a look") + 1, "worth a look"));
    ck_ok(mlt_judge_adjust(&f, MLT_CORRECTION_NONE, &arena, &err));
    ck_verdict(f.items[0], MLT_VERDICT_FAIL);
    ck_assert(isnan(f.items[0].q_value));
}
END_TEST

START_TEST(whole_data_and_slices_share_alpha)
{
    struct mlt_findings f = family(1, 1, 0.719);
    double p = f.items[0].p_fail;
    ck_assert(p > 0.025 && p < 0.05);
    ck_ok(mlt_judge_adjust(&f, MLT_CORRECTION_HOLM, &arena, &err));
    ck_verdict(f.items[0], MLT_VERDICT_INCONCLUSIVE);
    /* Shown worse unadjusted passes under no rule. */
    ck_verdict(f.items[1], MLT_VERDICT_INCONCLUSIVE);
    ck_assert(fabs(f.items[0].p_adjusted - 2 * p) < 1e-15);
}
END_TEST

START_TEST(a_sentence_that_the_policy_repeats_is_one_cell)
{
    struct mlt_findings f = family(2, 0, 0.72);
    f.items[1] = f.items[0];
    ck_ok(mlt_judge_adjust(&f, MLT_CORRECTION_HOLM, &arena, &err));
    ck_verdict(f.items[0], MLT_VERDICT_FAIL);
    ck_verdict(f.items[1], MLT_VERDICT_FAIL);
    ck_assert(f.items[0].p_adjusted == f.items[0].p_fail);
}
END_TEST

START_TEST(another_data_set_is_another_family)
{
    struct mlt_findings f = family(3, 0, 0.72);
    f.items[1].case_id = f.items[2].case_id = "performance/single";
    ck_ok(mlt_judge_adjust(&f, MLT_CORRECTION_HOLM, &arena, &err));
    ck_verdict(f.items[0], MLT_VERDICT_FAIL);
    ck_assert(f.items[0].p_adjusted == f.items[0].p_fail);
}
END_TEST

START_TEST(an_invalid_cell_counts_and_nothing_missing_undoes_a_fail)
{
    struct mlt_findings f = family(2, 0, 0.72);
    f.items[1].verdict = MLT_VERDICT_INVALID;
    f.items[1].p_fail = NAN;
    ck_ok(mlt_judge_adjust(&f, MLT_CORRECTION_HOLM, &arena, &err));
    ck_verdict(f.items[0], MLT_VERDICT_FAIL);
    ck_assert(fabs(f.items[0].p_adjusted - 2 * f.items[0].p_fail) < 1e-15);
    ck_assert_int_eq(f.items[1].verdict, MLT_VERDICT_INVALID);
}
END_TEST

START_TEST(what_no_case_measured_counts_in_every_family)
{
    struct mlt_findings f = family(2, 0, 0.72);
    struct mlt_judge_defaults defaults = {0};
    struct mlt_sentence s;
    struct mlt_measurement m = bench_rmse();
    ck_ok(mlt_sentence_parse("auc within 0.05 of production", &arena, &s, &err));
    ck_ok(mlt_judge_sentence(&s, NULL, &m, 1, &defaults, &arena, &f, &err));
    ck_assert_uint_eq(f.count, 3);
    ck_verdict(f.items[2], MLT_VERDICT_INVALID);
    ck_ok(mlt_judge_adjust(&f, MLT_CORRECTION_HOLM, &arena, &err));
    /* p = 0.0229 times 3. */
    ck_assert(fabs(f.items[0].p_adjusted - 3 * f.items[0].p_fail) < 1e-15);
    ck_verdict(f.items[0], MLT_VERDICT_INCONCLUSIVE);
    ck_verdict(f.items[2], MLT_VERDICT_INVALID);
    ck_assert(isnan(f.items[2].p_adjusted));
}
END_TEST

START_TEST(gains_and_equivalences_are_cells_of_the_family)
{
    struct mlt_findings f = family(1, 0, 0.72);
    struct mlt_judge_defaults defaults = {0};
    static const char *const sentences[] = {"rmse better than production",
                                            "rmse within 0.1 of production, rule equivalent"};
    struct mlt_measurement m = bench_pair(0.60, 0.65, 0.01);
    for (size_t i = 0; i < 2; i++) {
        struct mlt_sentence s;
        ck_ok(mlt_sentence_parse(sentences[i], &arena, &s, &err));
        ck_ok(mlt_judge_sentence(&s, NULL, &m, 1, &defaults, &arena, &f, &err));
    }
    ck_ok(mlt_judge_adjust(&f, MLT_CORRECTION_HOLM, &arena, &err));
    ck_verdict(f.items[0], MLT_VERDICT_INCONCLUSIVE);
    ck_verdict(f.items[1], MLT_VERDICT_PASS);
    ck_verdict(f.items[2], MLT_VERDICT_PASS);
    ck_assert(fabs(f.items[0].p_adjusted - 3 * f.items[0].p_fail) < 1e-15);
    ck_ok(mlt_judge_adjust(&f, MLT_CORRECTION_NONE, &arena, &err));
    ck_verdict(f.items[0], MLT_VERDICT_FAIL);
    ck_verdict(f.items[1], MLT_VERDICT_PASS);
}
END_TEST

START_TEST(no_correction_turns_what_is_open_into_a_fail)
{
    /* Shown by the interval and not by the replicates, or by one side of an equivalence only. */
    struct mlt_finding open = bench_judge("rmse within 1e-9 of production, rule equivalent",
                                          bench_pair(0.668, 0.65, 0.01));
    struct mlt_findings f = {&open, 1, 1};
    ck_verdict(open, MLT_VERDICT_INCONCLUSIVE);
    ck_ok(mlt_judge_adjust(&f, MLT_CORRECTION_NONE, &arena, &err));
    ck_verdict(open, MLT_VERDICT_INCONCLUSIVE);
    ck_ok(mlt_judge_adjust(&f, MLT_CORRECTION_HOLM, &arena, &err));
    ck_verdict(open, MLT_VERDICT_INCONCLUSIVE);
}
END_TEST

START_TEST(adjusting_twice_or_undoing_it_is_the_same_as_once)
{
    struct mlt_findings f = family(3, 0, 0.72);
    const char *before = f.items[0].reason;
    ck_ok(mlt_judge_adjust(&f, MLT_CORRECTION_HOLM, &arena, &err));
    const char *once = f.items[0].reason;
    ck_ok(mlt_judge_adjust(&f, MLT_CORRECTION_HOLM, &arena, &err));
    ck_assert_str_eq(f.items[0].reason, once);
    ck_verdict(f.items[0], MLT_VERDICT_INCONCLUSIVE);
    ck_ok(mlt_judge_adjust(&f, MLT_CORRECTION_NONE, &arena, &err));
    ck_verdict(f.items[0], MLT_VERDICT_FAIL);
    ck_assert_str_eq(f.items[0].reason, before);
}
END_TEST

START_TEST(points_and_other_requirements_are_left_alone)
{
    struct mlt_finding items[2] = {
        bench_judge("rmse <= 0.6, rule point", bench_pair(0.7, 0.65, 0.01)), mlt_finding_none()};
    items[1].criterion = "suites passed";
    items[1].verdict = MLT_VERDICT_FAIL;
    struct mlt_findings f = {items, 2, 2};
    ck_ok(mlt_judge_adjust(&f, MLT_CORRECTION_HOLM, &arena, &err));
    ck_assert_int_eq(items[0].verdict, MLT_VERDICT_FAIL);
    ck_assert_int_eq(items[1].verdict, MLT_VERDICT_FAIL);
}
END_TEST

TCase *adjust_case(void)
{
    TCase *tcase = tcase_create("adjust");
    tcase_add_checked_fixture(tcase, bench_setup, bench_teardown);
    tcase_add_test(tcase, a_fail_must_survive_all_planned_cells);
    tcase_add_test(tcase, many_cells_have_a_q_value_that_decides_nothing);
    tcase_add_test(tcase, whole_data_and_slices_share_alpha);
    tcase_add_test(tcase, an_invalid_cell_counts_and_nothing_missing_undoes_a_fail);
    tcase_add_test(tcase, a_sentence_that_the_policy_repeats_is_one_cell);
    tcase_add_test(tcase, another_data_set_is_another_family);
    tcase_add_test(tcase, what_no_case_measured_counts_in_every_family);
    tcase_add_test(tcase, gains_and_equivalences_are_cells_of_the_family);
    tcase_add_test(tcase, no_correction_turns_what_is_open_into_a_fail);
    tcase_add_test(tcase, adjusting_twice_or_undoing_it_is_the_same_as_once);
    tcase_add_test(tcase, points_and_other_requirements_are_left_alone);
    return tcase;
}
