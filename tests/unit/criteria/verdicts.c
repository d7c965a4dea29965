#include <math.h>
#include <string.h>

#include "tests/unit/criteria/bench.h"

TCase *verdicts_case(void);

/* Standard error of the difference 0.01, 999 degrees of freedom: the 90 % interval reaches 0.01646.
 */
START_TEST(each_rule_reaches_each_verdict_from_its_own_evidence)
{
    static const struct {
        const char *sentence;
        double candidate, baseline;
        enum mlt_verdict verdict;
    } known[] = {
        {"rmse within 0.05 of production", 0.68, 0.65, MLT_VERDICT_PASS},
        {"rmse within 0.05 of production", 0.69, 0.65, MLT_VERDICT_INCONCLUSIVE},
        {"rmse within 0.05 of production", 0.71, 0.65, MLT_VERDICT_INCONCLUSIVE},
        {"rmse within 0.05 of production", 0.72, 0.65, MLT_VERDICT_FAIL},
        {"rmse within 0.05 of production", NAN, 0.65, MLT_VERDICT_INVALID},
        {"rmse within 0.05 of production", INFINITY, 0.65, MLT_VERDICT_INVALID},
        {"rmse within 0.05 of production", 0.65, NAN, MLT_VERDICT_INVALID},
        {"rmse within 0.05 of production", 0.65, -INFINITY, MLT_VERDICT_INVALID},
        {"rmse within 0.05 of production, rule not-shown-worse", 0.71, 0.65, MLT_VERDICT_PASS},
        {"rmse within 0.05 of production, rule not-shown-worse", 0.72, 0.65, MLT_VERDICT_FAIL},
        {"rmse within 0.05 of production, rule not-shown-worse", NAN, 0.65, MLT_VERDICT_INVALID},
        {"rmse within 0.05 of production, rule point", 0.699, 0.65, MLT_VERDICT_PASS},
        {"rmse within 0.05 of production, rule point", 0.701, 0.65, MLT_VERDICT_FAIL},
        {"rmse within 0.05 of production, rule point", NAN, 0.65, MLT_VERDICT_INVALID},
        {"rmse no worse than production", 0.65, 0.66, MLT_VERDICT_PASS},
        {"rmse no worse than production", 0.66, 0.65, MLT_VERDICT_INCONCLUSIVE},
        {"rmse no worse than production", 0.67, 0.65, MLT_VERDICT_FAIL},
        {"rmse no worse than production", NAN, 0.65, MLT_VERDICT_INVALID},
        {"rmse no worse than production, rule not-shown-worse", 0.66, 0.65, MLT_VERDICT_PASS},
        {"rmse no worse than production, rule point", 0.66, 0.65, MLT_VERDICT_FAIL},
        {"rmse <= 0.7", 0.68, 0.65, MLT_VERDICT_PASS},
        {"rmse <= 0.7", 0.69, 0.65, MLT_VERDICT_INCONCLUSIVE},
        {"rmse <= 0.7", 0.72, 0.65, MLT_VERDICT_FAIL},
        {"rmse <= 0.7", NAN, 0.65, MLT_VERDICT_INVALID},
        {"rmse <= 0.7", 0.68, NAN, MLT_VERDICT_PASS},
        {"rmse >= 0.7", 0.72, 0.65, MLT_VERDICT_PASS},
        {"rmse >= 0.7", 0.68, 0.65, MLT_VERDICT_FAIL},
        {"rmse <= 0.7, rule not-shown-worse", 0.71, 0.65, MLT_VERDICT_PASS},
        {"rmse <= 0.7, rule point", 0.7, 0.65, MLT_VERDICT_PASS},
        {"rmse < 0.7, rule point", 0.7, 0.65, MLT_VERDICT_FAIL},
        {"rmse <= 0.7, rule point", 0.7001, 0.65, MLT_VERDICT_FAIL},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct mlt_finding f =
            bench_judge(known[i].sentence, bench_pair(known[i].candidate, known[i].baseline, 0.01));
        ck_assert_msg(f.verdict == known[i].verdict, "%s with %g against %g: %s: %s",
                      known[i].sentence, known[i].candidate, known[i].baseline,
                      mlt_verdict_name(f.verdict), f.reason);
    }
}
END_TEST

START_TEST(the_finding_carries_interval_p_and_distance)
{
    /* R 4.2.2: 0.03 + c(-1, 1) * qt(.95, 999) * .01; pt((.03 - .05) / .01, 999) and its complement.
     */
    struct mlt_finding f =
        bench_judge("rmse within 0.05 of production", bench_pair(0.68, 0.65, 0.01));
    ck_assert(fabs(f.lo - 0.013536196545724657) < 1e-12);
    ck_assert(fabs(f.hi - 0.046463803454275338) < 1e-12);
    ck_assert(fabs(f.p_pass - 0.022885308486878492) < 1e-10);
    ck_assert(fabs(f.p_pass + f.p_fail - 1) < 1e-12);
    ck_assert(f.margin == 0.05 && f.admitted == 0.05 && f.is_comparison && f.lower_is_better);
    ck_assert(fabs(f.flip - (0.05 - f.hi)) < 1e-15);
    ck_says(f,
            "rmse 0.68 against 0.65 in production: worse by 0.03 (90 % interval 0.0135 to 0.0465)");
}
END_TEST

START_TEST(exchanging_the_sides_negates_the_harm)
{
    struct mlt_finding a = bench_judge("rmse within 1 of production", bench_pair(0.7, 0.6, 0.01));
    struct mlt_finding b = bench_judge("rmse within 1 of production", bench_pair(0.6, 0.7, 0.01));
    ck_assert(a.harm == -b.harm && a.lo == -b.hi && a.hi == -b.lo);
    struct mlt_measurement m = bench_pair(0.7, 0.6, 0.01);
    m.direction = MLT_HIGHER_IS_BETTER;
    ck_assert(bench_judge("rmse within 1 of production", m).harm == b.harm);
}
END_TEST

START_TEST(a_relative_margin_counts_the_baseline_as_an_estimate)
{
    /* d = 0.05 - 0.1 * 0.65 = -0.015; se = sqrt(1e-4 + 1.1^2 1e-4) = 0.014866; the margin taken as
     * known would give se 0.014142. */
    struct mlt_finding f = bench_judge("rmse within 10% of production", bench_rmse());
    ck_assert(f.margin == 0 && fabs(f.admitted - 0.065) < 1e-15);
    ck_assert(fabs(f.harm + 0.015) < 1e-15);
    double reach = 1.6463803454275343 * sqrt(2.21e-4);
    ck_assert(fabs(f.hi - (f.harm + reach)) < 1e-9);
    ck_verdict(f, MLT_VERDICT_INCONCLUSIVE);
    ck_says(f, "10 % admits 0.065");
    /* A baseline below zero: the margin is a share of its size, and worse stays worse. */
    struct mlt_measurement m = bench_pair(-0.70, -0.65, 0.001);
    ck_verdict(bench_judge("rmse within 5% of production", m), MLT_VERDICT_PASS);
    m = bench_pair(-0.55, -0.65, 0.001);
    ck_verdict(bench_judge("rmse within 5% of production", m), MLT_VERDICT_FAIL);
}
END_TEST

START_TEST(a_share_of_a_baseline_that_may_be_zero_is_no_margin)
{
    struct mlt_measurement m = bench_pair(0.02, 0.01, 0.01);
    struct mlt_finding f = bench_judge("rmse within 5% of production", m);
    ck_verdict(f, MLT_VERDICT_INCONCLUSIVE);
    ck_says(f, "give an absolute margin");
    ck_verdict(bench_judge("rmse within 5% or 0.5 of production", m), MLT_VERDICT_PASS);
}
END_TEST

START_TEST(of_two_margins_the_larger_counts_and_is_named)
{
    struct mlt_finding f =
        bench_judge("rmse within 1% or 0.1 of production", bench_pair(0.68, 0.65, 0.01));
    ck_assert(f.admitted == 0.1);
    ck_verdict(f, MLT_VERDICT_PASS);
    ck_says(f, "the larger of the two");
    f = bench_judge("rmse within 20% or 0.1 of production", bench_pair(0.68, 0.65, 0.01));
    ck_assert(fabs(f.admitted - 0.13) < 1e-15 && f.margin == 0);
    ck_says(f, "20 % admits 0.13 (the larger of the two margins)");
}
END_TEST

START_TEST(rounding_decides_nothing)
{
    /* 0.85 - 0.80 is 0.04999999999999993 and 0.3 - 0.2 is 0.09999999999999998 in doubles. */
    ck_verdict(
        bench_judge("rmse within 0.05 of production, rule point", bench_pair(0.85, 0.80, 0.01)),
        MLT_VERDICT_PASS);
    struct mlt_measurement m = bench_pair(0.80, 0.85, 0.01);
    m.direction = MLT_HIGHER_IS_BETTER;
    ck_verdict(bench_judge("rmse within 0.05 of production, rule point", m), MLT_VERDICT_PASS);
    ck_verdict(
        bench_judge("rmse within 0.1 of production, rule point", bench_pair(0.1 + 0.2, 0.2, 0.01)),
        MLT_VERDICT_PASS);
    ck_verdict(
        bench_judge("rmse no worse than production, rule point", bench_pair(0.1 + 0.2, 0.3, 0.01)),
        MLT_VERDICT_PASS);
    ck_verdict(bench_judge("rmse <= 0.3, rule point", bench_pair(0.1 + 0.2, 0.3, 0.01)),
               MLT_VERDICT_PASS);
    ck_verdict(bench_judge("rmse < 0.30000000000000004, rule point", bench_pair(0.3, 0.3, 0.01)),
               MLT_VERDICT_FAIL);
}
END_TEST

static struct mlt_measurement proportion(uint64_t successes, uint64_t rows)
{
    struct mlt_measurement m = bench_rmse();
    m.metric = "accuracy";
    m.direction = MLT_HIGHER_IS_BETTER;
    m.method = MLT_INTERVAL_SHARE;
    m.rows = rows;
    m.successes = successes;
    m.trials = rows;
    m.candidate = (double)successes / (double)rows;
    return m;
}

START_TEST(one_proportion_is_judged_by_the_exact_interval)
{
    /* R 4.2.2: binom.test(60, 60, conf.level = .9)$conf.int[1] = 0.9512; (58, 58): 0.9497. */
    ck_verdict(bench_judge("accuracy >= 95%", proportion(60, 60)), MLT_VERDICT_PASS);
    struct mlt_finding f = bench_judge("accuracy >= 95%", proportion(58, 58));
    ck_verdict(f, MLT_VERDICT_INCONCLUSIVE);
    ck_assert_uint_eq(f.rows_needed, 59);
    ck_says(f, "wanted >= 95 %");
    ck_verdict(bench_judge("accuracy >= 95%", proportion(400, 450)), MLT_VERDICT_FAIL);
    /* binom.test(940, 1000, .95, "less")$p.value and "greater". */
    f = bench_judge("accuracy >= 95%", proportion(940, 1000));
    ck_assert_msg(fabs(f.p_fail - 0.086732178384862205) < 1e-12, "%.17g", f.p_fail);
    ck_assert_msg(fabs(f.p_pass - 0.93293748136669108) < 1e-12, "%.17g", f.p_pass);
    struct mlt_measurement m = proportion(60, 60);
    m.successes = 30;
    ck_verdict(bench_judge("accuracy >= 95%", m), MLT_VERDICT_INVALID);
}
END_TEST

START_TEST(rows_needed_give_eighty_percent_and_end_at_the_margin)
{
    /* n ((z.95 + z.8) se / gap)^2 = 1000 (2.48648 * 0.01 / 0.01)^2 = 6182.6, upwards to 6200. */
    struct mlt_finding f =
        bench_judge("rmse within 0.05 of production", bench_pair(0.69, 0.65, 0.01));
    ck_assert_uint_eq(f.rows_needed, 6200);
    ck_says(f, "6200 rows");
    ck_assert(fabs(f.smallest_effect - (1.6463803454275343 + 0.8416212335729) * 0.01) < 1e-8);
    f = bench_judge("rmse within 0.05 of production", bench_pair(0.70, 0.65, 0.01));
    ck_assert_uint_eq(f.rows_needed, 0);
    ck_says(f, "none: the effect sits at the margin");
}
END_TEST

START_TEST(figures_are_in_units_people_read)
{
    struct mlt_measurement m = bench_pair(0.0123, 0.0111, 1e-5);
    m.metric = "latency p95";
    m.unit = "s";
    m.var_candidate = m.var_baseline = 1e-8;
    m.covariance = 1e-8 - 0.5e-10;
    struct mlt_finding f = bench_judge("latency p95 < 50ms", m);
    ck_verdict(f, MLT_VERDICT_PASS);
    ck_says(f, "12.3 ms");
    ck_says(f, "wanted < 50 ms");
    f = bench_judge("latency p95 within 200us of production", m);
    ck_verdict(f, MLT_VERDICT_FAIL);
    ck_says(f, "the margin is 200 µs");
    m.metric = "rss peak";
    m.unit = "bytes";
    m.method = MLT_INTERVAL_NONE;
    m.candidate = 600.0 * 1048576;
    f = bench_judge("rss < 512MiB, rule point", m);
    ck_verdict(f, MLT_VERDICT_FAIL);
    ck_says(f, "600 MiB");
    ck_says(f, "512 MiB");
}
END_TEST

TCase *verdicts_case(void)
{
    TCase *tcase = tcase_create("verdicts");
    tcase_add_checked_fixture(tcase, bench_setup, bench_teardown);
    tcase_add_test(tcase, each_rule_reaches_each_verdict_from_its_own_evidence);
    tcase_add_test(tcase, the_finding_carries_interval_p_and_distance);
    tcase_add_test(tcase, exchanging_the_sides_negates_the_harm);
    tcase_add_test(tcase, a_relative_margin_counts_the_baseline_as_an_estimate);
    tcase_add_test(tcase, a_share_of_a_baseline_that_may_be_zero_is_no_margin);
    tcase_add_test(tcase, of_two_margins_the_larger_counts_and_is_named);
    tcase_add_test(tcase, rounding_decides_nothing);
    tcase_add_test(tcase, one_proportion_is_judged_by_the_exact_interval);
    tcase_add_test(tcase, rows_needed_give_eighty_percent_and_end_at_the_margin);
    tcase_add_test(tcase, figures_are_in_units_people_read);
    return tcase;
}
