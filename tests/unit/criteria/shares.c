/* Shares of rows, alone and in pairs. Expected values: Tango's score statistic (1998), solved with
 * scipy.optimize.brentq of SciPy 1.10.1; exact bounds with R 4.2.2. */
#include <math.h>
#include <string.h>

#include "tests/unit/criteria/bench.h"

TCase *shares_case(void);

/* Accuracy: `worse` rows that only the baseline gets right, `better` that only the candidate does.
 */
static struct mlt_measurement pairs(uint64_t worse, uint64_t better, uint64_t n)
{
    struct mlt_measurement m = bench_rmse();
    double rows = (double)n, b = (double)better, w = (double)worse;
    m.metric = "accuracy";
    m.direction = MLT_HIGHER_IS_BETTER;
    m.method = MLT_INTERVAL_SHARE;
    m.rows = m.trials = n;
    m.differing = worse + better;
    m.successes = n - n / 10;
    m.candidate = (double)m.successes / rows;
    m.baseline = m.candidate - (b - w) / rows;
    m.has_pairs = true;
    m.only_candidate = better;
    m.only_baseline = worse;
    m.df = rows - 1;
    m.var_candidate = m.candidate * (1 - m.candidate) / rows;
    m.var_baseline = m.baseline * (1 - m.baseline) / rows;
    double difference = (b + w - (b - w) * (b - w) / rows) / rows / rows;
    m.covariance = (m.var_candidate + m.var_baseline - difference) / 2;
    return m;
}

START_TEST(a_difference_of_shares_is_judged_by_tangos_interval)
{
    struct mlt_finding f = bench_judge("accuracy within 0.02 of production", pairs(20, 12, 1000));
    ck_assert_str_eq(f.method, "Tango");
    ck_assert(fabs(f.harm - 0.008) < 1e-15);
    ck_assert_msg(fabs(f.lo + 0.0013595537583787653) < 1e-12, "%.17g", f.lo);
    ck_assert_msg(fabs(f.hi - 0.017921947226217684) < 1e-12, "%.17g", f.hi);
    ck_assert_msg(fabs(f.p_pass - 0.025358532810446827) < 1e-12, "%.17g", f.p_pass);
    ck_assert(fabs(f.p_fail - 0.9746414671895531) < 1e-12);
    ck_verdict(f, MLT_VERDICT_PASS);
    ck_verdict(bench_judge("accuracy within 0.017 of production", pairs(20, 12, 1000)),
               MLT_VERDICT_INCONCLUSIVE);
    /* 30 worse, 8 better of 500: 0.0247 to 0.0656. */
    ck_verdict(bench_judge("accuracy within 0.02 of production", pairs(30, 8, 500)),
               MLT_VERDICT_FAIL);
    ck_verdict(bench_judge("accuracy within 0.025 of production", pairs(30, 8, 500)),
               MLT_VERDICT_INCONCLUSIVE);
    ck_verdict(
        bench_judge("accuracy within 0.025 of production, rule not-shown-worse", pairs(30, 8, 500)),
        MLT_VERDICT_PASS);
    ck_verdict(
        bench_judge("accuracy within 0.066 of production, rule equivalent", pairs(30, 8, 500)),
        MLT_VERDICT_PASS);
    ck_verdict(
        bench_judge("accuracy within 0.066 of production, rule equivalent", pairs(8, 30, 500)),
        MLT_VERDICT_PASS);
    ck_verdict(bench_judge("accuracy better than production by 0.02", pairs(8, 30, 500)),
               MLT_VERDICT_PASS);
    ck_verdict(bench_judge("accuracy no worse than production", pairs(30, 8, 500)),
               MLT_VERDICT_FAIL);
    ck_verdict(bench_judge("accuracy no worse than production", pairs(8, 8, 500)),
               MLT_VERDICT_PASS);
}
END_TEST

START_TEST(an_error_rate_is_the_same_the_other_way_round)
{
    struct mlt_measurement m = pairs(12, 20, 1000);
    m.direction = MLT_LOWER_IS_BETTER;
    struct mlt_finding f = bench_judge("accuracy within 0.02 of production", m);
    ck_assert(fabs(f.hi - 0.017921947226217684) < 1e-12 && fabs(f.harm - 0.008) < 1e-15);
    ck_verdict(f, MLT_VERDICT_PASS);
}
END_TEST

START_TEST(no_discordant_row_is_judged_by_the_exact_bound)
{
    /* R 4.2.2: 1 - .05^(1/100) = 0.029513049607039932; Tango's own bound would be z^2/(n + z^2) =
     * 0.02634. */
    struct mlt_measurement m = pairs(0, 0, 100);
    m.differing = 10;
    struct mlt_finding f = bench_judge("accuracy within 0.028 of production", m);
    ck_verdict(f, MLT_VERDICT_INCONCLUSIVE);
    ck_assert_msg(fabs(f.hi - 0.029513049607039932) < 1e-12, "%.17g", f.hi);
    f = bench_judge("accuracy within 0.03 of production", m);
    ck_verdict(f, MLT_VERDICT_PASS);
    ck_assert(fabs(f.p_pass - 0.047552507924911) < 1e-9); /* .97^100 */
}
END_TEST

START_TEST(a_share_of_the_baselines_share_knows_how_few_rows_are_discordant)
{
    /* One discordant row of 200 at a margin of 0.018: t alone would pass, with the false-pass rate
     * of simulation.c. The score interval of 1 of 200 ends at 0.0221. */
    struct mlt_measurement m = pairs(1, 0, 200);
    struct mlt_finding f = bench_judge("accuracy within 2% of production", m);
    ck_assert_str_eq(f.method, "t (influence) and Tango");
    ck_verdict(f, MLT_VERDICT_INCONCLUSIVE);
    m.has_pairs = false;
    ck_verdict(bench_judge("accuracy within 2% of production", m), MLT_VERDICT_PASS);
    /* None of 200: 1 - .05^(1/200) = 0.01487 (R 4.2.2), where t sees no spread at all. */
    m = pairs(0, 0, 200);
    m.differing = 9;
    ck_verdict(bench_judge("accuracy within 1.6% of production", m), MLT_VERDICT_INCONCLUSIVE);
    ck_verdict(bench_judge("accuracy within 1.7% of production", m), MLT_VERDICT_PASS);
    ck_verdict(bench_judge("accuracy within 3% of production", pairs(20, 12, 1000)),
               MLT_VERDICT_PASS);
    ck_verdict(bench_judge("accuracy within 1.9% of production", pairs(20, 12, 1000)),
               MLT_VERDICT_INCONCLUSIVE);
    ck_verdict(bench_judge("accuracy within 2% of production", pairs(60, 12, 1000)),
               MLT_VERDICT_FAIL);
    m = pairs(20, 12, 1000);
    m.only_baseline = 21;
    ck_verdict(bench_judge("accuracy within 3% of production", m), MLT_VERDICT_INVALID);
}
END_TEST

START_TEST(a_fail_by_few_discordant_rows_is_exact)
{
    /* Six of 100 for the worse at a margin of 3 %: the score statistic gives p = 0.0439,
     * pbinom(5, 100, .03, lower.tail = FALSE) = 0.0808371289014 (R 4.2.2). */
    struct mlt_finding f = bench_judge("accuracy within 0.03 of production", pairs(6, 0, 100));
    ck_verdict(f, MLT_VERDICT_INCONCLUSIVE);
    ck_assert_msg(fabs(f.p_fail - 0.0808371289014) < 1e-12, "%.17g", f.p_fail);
    ck_assert(f.lo < 0.03);
    ck_verdict(bench_judge("accuracy within 0.03 of production", pairs(7, 0, 100)),
               MLT_VERDICT_FAIL);
    ck_verdict(bench_judge("accuracy better than production by 0.03", pairs(0, 6, 100)),
               MLT_VERDICT_INCONCLUSIVE);
    ck_verdict(bench_judge("accuracy better than production by 0.03", pairs(0, 7, 100)),
               MLT_VERDICT_PASS);
}
END_TEST

START_TEST(dependent_or_weighted_rows_are_not_taken_for_independent_ones)
{
    struct mlt_measurement m = pairs(20, 12, 1000);
    m.clusters = 40;
    m.df = 39;
    struct mlt_finding f = bench_judge("accuracy within 0.03 of production", m);
    ck_assert_str_eq(f.method, "t (clusters) and Tango");
    ck_verdict(f, MLT_VERDICT_PASS);
    /* Rows of a cluster go the same way: ten times the variance, and no end inside that of t. */
    m.var_candidate *= 10;
    m.var_baseline *= 10;
    m.covariance *= 10;
    f = bench_judge("accuracy within 0.03 of production", m);
    ck_verdict(f, MLT_VERDICT_INCONCLUSIVE);
    /* R 4.2.2: binom.test(900, 1000, .88, "greater")$p.value = 0.0266; t over 40 clusters: pt(-.02
     * / .03, 39) = 0.254, and on the scale of logits pt((qlogis(.88) - qlogis(.9)) / (.03 / .09),
     * 39) = 0.271. */
    f = bench_judge("accuracy >= 0.88", m);
    ck_assert_str_eq(f.method, "Clopper-Pearson and t (clusters)");
    ck_verdict(f, MLT_VERDICT_INCONCLUSIVE);
    ck_assert_msg(fabs(f.p_pass - 0.271) < 1e-3, "%.17g", f.p_pass);
    m.clusters = 0;
    ck_verdict(bench_judge("accuracy >= 0.88", m), MLT_VERDICT_PASS);
    /* No error in any time block: the counts alone. */
    m = pairs(0, 0, 1000);
    m.successes = 1000;
    m.candidate = m.baseline = 1;
    m.var_candidate = m.var_baseline = m.covariance = 0;
    m.clusters = 40;
    ck_verdict(bench_judge("accuracy >= 0.995", m), MLT_VERDICT_PASS);
    m = pairs(20, 12, 1000);
    m.weighting = "importance";
    m.effective_rows = 400;
    f = bench_judge("accuracy within 0.03 of production", m);
    ck_assert_str_eq(f.method, "t (influence)");
    ck_says(f, "1000 rows with weights are worth n = 400");
    ck_assert_str_eq(bench_judge("accuracy >= 0.8", m).method, "t (influence)");
    m = pairs(20, 12, 1000);
    m.has_pairs = false;
    ck_assert_str_eq(bench_judge("accuracy within 0.03 of production", m).method, "t (influence)");
}
END_TEST

START_TEST(counts_that_contradict_each_other_are_invalid)
{
    for (int fault = 0; fault < 6; fault++) {
        struct mlt_measurement m = pairs(20, 12, 1000);
        if (fault == 0)
            m.only_candidate = 22;
        else if (fault == 1)
            m.only_baseline = 1001;
        else if (fault == 2)
            m.trials = 0;
        else if (fault == 3)
            m.rows = 999;
        else if (fault == 4)
            m.successes = 901;
        else
            m.only_baseline = m.only_candidate = UINT64_MAX;
        struct mlt_finding f = bench_judge("accuracy within 0.5 of production", m);
        ck_verdict(f, MLT_VERDICT_INVALID);
        ck_says(f, "contradicts itself");
    }
    struct mlt_measurement m = pairs(20, 12, 1000);
    m.candidate = NAN;
    ck_verdict(bench_judge("accuracy within 0.5 of production", m), MLT_VERDICT_INVALID);
}
END_TEST

START_TEST(discordant_rows_are_never_identical_predictions)
{
    /* Equal shares by chance, and a producer that forgot to count what differs. */
    struct mlt_measurement m = pairs(30, 30, 400);
    m.differing = 0;
    struct mlt_finding f = bench_judge("accuracy within 0.001 of production", m);
    ck_verdict(f, MLT_VERDICT_INCONCLUSIVE);
    m = pairs(0, 0, 400);
    m.differing = 0;
    f = bench_judge("accuracy within 0.001 of production", m);
    ck_verdict(f, MLT_VERDICT_PASS);
    ck_assert_str_eq(f.method, "identical predictions");
}
END_TEST

TCase *shares_case(void)
{
    TCase *tcase = tcase_create("shares");
    tcase_add_checked_fixture(tcase, bench_setup, bench_teardown);
    tcase_add_test(tcase, a_difference_of_shares_is_judged_by_tangos_interval);
    tcase_add_test(tcase, an_error_rate_is_the_same_the_other_way_round);
    tcase_add_test(tcase, no_discordant_row_is_judged_by_the_exact_bound);
    tcase_add_test(tcase, a_share_of_the_baselines_share_knows_how_few_rows_are_discordant);
    tcase_add_test(tcase, a_fail_by_few_discordant_rows_is_exact);
    tcase_add_test(tcase, dependent_or_weighted_rows_are_not_taken_for_independent_ones);
    tcase_add_test(tcase, counts_that_contradict_each_other_are_invalid);
    tcase_add_test(tcase, discordant_rows_are_never_identical_predictions);
    return tcase;
}
