/* Bootstrap replicates and third moments. The replicates here are a grid of normal quantiles, so
 * that what BCa must give follows from its formulas: numpy 1.24.2 and SciPy 1.10.1 on the same
 * grid. */
#include <math.h>
#include <string.h>

#include "harness/stats/dist.h"
#include "tests/unit/criteria/bench.h"

TCase *replicates_case(void);

enum { MOST = 100000 };
static double one[MOST], other[MOST];

/* Replicates of both versions whose difference is normal around the observed one with deviation
 * `se`; the baseline's own deviation is 0.01. */
static struct mlt_measurement resampled(double candidate, double baseline, double se, size_t count)
{
    struct mlt_measurement m = bench_rmse();
    m.method = MLT_INTERVAL_BOOTSTRAP;
    m.candidate = candidate;
    m.baseline = baseline;
    m.var_candidate = m.var_baseline = m.covariance = m.df = NAN;
    for (size_t i = 0; i < count; i++) {
        /* Another order for the baseline: its replicates are nearly independent of the difference.
         */
        size_t k = (i * 7919 + 13) % count;
        double z = mlt_normal_quantile(((double)i + 0.5) / (double)count);
        other[i] = baseline + 0.01 * mlt_normal_quantile(((double)k + 0.5) / (double)count);
        one[i] = other[i] + (candidate - baseline) + se * z;
    }
    m.replicates = count;
    m.replicate_candidate = one;
    m.replicate_baseline = other;
    return m;
}

static const char *const within = "rmse within 0.05 of production";

START_TEST(the_interval_is_that_of_the_replicate_pairs)
{
    struct mlt_finding f = bench_judge(within, resampled(0.68, 0.65, 0.01, 4000));
    ck_assert_str_eq(f.method, "bias-corrected bootstrap and t");
    /* The replicates end at 0.01354054 and 0.04645946 (p 0.02299); t with their deviation is wider,
     * with a smaller p far out. SciPy 1.10.1: 0.03 -+ t.ppf(0.95, 999) * std(z, ddof=1). */
    ck_assert_msg(fabs(f.lo - 0.013536840464335294) < 1e-9, "%.17g", f.lo);
    ck_assert_msg(fabs(f.hi - 0.046463159535664704) < 1e-9, "%.17g", f.hi);
    ck_assert_msg(fabs(f.p_pass - 0.022994251437140734) < 1e-9, "%.17g", f.p_pass);
    ck_verdict(f, MLT_VERDICT_PASS);
    ck_says(f, "worse by 0.03 (90 % interval 0.0135 to 0.0465)");
}
END_TEST

START_TEST(known_third_moments_accelerate_it)
{
    struct mlt_measurement m = resampled(0.68, 0.65, 0.01, 4000);
    /* Harm is candidate - baseline: skewness 0.3 of the difference is an acceleration of 0.05. */
    m.third[0] = 0.3 * 1e-6 * 0.99949; /* the grid's own deviation is a little below 0.01 */
    m.third[1] = m.third[2] = m.third[3] = 0;
    struct mlt_finding f = bench_judge(within, m);
    ck_assert_str_eq(f.method, "BCa bootstrap and t");
    /* 0.01479276 accelerated; t ends lower. */
    ck_assert_msg(fabs(f.lo - 0.013536840464335294) < 1e-9, "%.17g", f.lo);
    ck_assert_msg(fabs(f.hi - 0.047937040140429335) < 2e-6, "%.17g", f.hi);
    ck_assert_msg(fabs(f.p_pass - 0.03480338533195293) < 2e-5, "%.17g", f.p_pass);
    /* The baseline's own skewness counts with the other sign. */
    m.third[0] = 0;
    m.third[3] = 0.3 * 1e-6 * 0.99949;
    f = bench_judge(within, m);
    ck_assert(fabs(f.hi - 0.046463159535664704) < 1e-9); /* 0.04520724 accelerated */
    /* SciPy 1.10.1: t.cdf(-0.02 / 0.0099996, 999); 0.01332 accelerated. */
    ck_assert(fabs(f.p_pass - 0.022881077975170108) < 1e-9);
}
END_TEST

START_TEST(each_rule_reaches_each_verdict_from_replicates)
{
    static const struct {
        const char *sentence;
        double candidate;
        enum mlt_verdict verdict;
    } known[] = {
        {"rmse within 0.05 of production", 0.67, MLT_VERDICT_PASS},
        {"rmse within 0.05 of production", 0.70, MLT_VERDICT_INCONCLUSIVE},
        {"rmse within 0.05 of production", 0.73, MLT_VERDICT_FAIL},
        {"rmse within 0.05 of production", NAN, MLT_VERDICT_INVALID},
        {"rmse within 0.05 of production, rule not-shown-worse", 0.70, MLT_VERDICT_PASS},
        {"rmse within 0.05 of production, rule equivalent", 0.63, MLT_VERDICT_PASS},
        {"rmse within 0.05 of production, rule equivalent", 0.61, MLT_VERDICT_INCONCLUSIVE},
        {"rmse within 0.05 of production, rule equivalent", 0.57, MLT_VERDICT_FAIL},
        {"rmse better than production", 0.62, MLT_VERDICT_PASS},
        {"rmse better than production", 0.65, MLT_VERDICT_INCONCLUSIVE},
        {"rmse better than production", 0.68, MLT_VERDICT_FAIL},
        {"rmse better than production by 5%", 0.58, MLT_VERDICT_PASS},
        {"rmse within 10% of production", 0.68, MLT_VERDICT_PASS},
        {"rmse within 10% of production", 0.715, MLT_VERDICT_INCONCLUSIVE},
        {"rmse within 10% of production", 0.75, MLT_VERDICT_FAIL},
        {"rmse <= 0.70", 0.66, MLT_VERDICT_PASS},
        {"rmse <= 0.70", 0.70, MLT_VERDICT_INCONCLUSIVE},
        {"rmse <= 0.70", 0.74, MLT_VERDICT_FAIL},
        {"rmse >= 0.70", 0.74, MLT_VERDICT_PASS},
        {"rmse <= 0.70, rule point", 0.6999, MLT_VERDICT_PASS},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct mlt_measurement m = resampled(known[i].candidate, 0.65, 0.01, 4000);
        struct mlt_finding f = bench_judge(known[i].sentence, m);
        ck_assert_msg(f.verdict == known[i].verdict, "%s with %g: %s: %s", known[i].sentence,
                      known[i].candidate, mlt_verdict_name(f.verdict), f.reason);
    }
}
END_TEST

START_TEST(a_relative_margin_is_taken_in_every_replicate)
{
    /* d = h - 0.1 |b| has the deviation sqrt(0.01^2 + 0.001^2) where h and b are independent. */
    struct mlt_finding f =
        bench_judge("rmse within 10% of production", resampled(0.68, 0.65, 0.01, 4000));
    ck_assert(f.margin == 0 && fabs(f.admitted - 0.065) < 1e-15);
    ck_assert(fabs(f.harm + 0.035) < 1e-15);
    ck_assert(fabs((f.hi - f.lo) / 2 - 1.6448536 * sqrt(1.01e-4)) < 1e-4);
    ck_says(f, "worse by 0.03 (90 % interval 0.0135 to 0.0465), 10 % admits 0.065");
    /* A baseline that may be 0, by its replicates. */
    f = bench_judge("rmse within 10% of production", resampled(0.68, 0.012, 0.01, 4000));
    ck_verdict(f, MLT_VERDICT_INCONCLUSIVE);
    ck_says(f, "give an absolute margin");
}
END_TEST

START_TEST(p_near_alpha_wants_more_replicates)
{
    /* The truth of the grid: p = pnorm(-1.75) = 0.0401 (R 4.2.2). */
    struct mlt_finding f = bench_judge(within, resampled(0.6825, 0.65, 0.01, 1000));
    ck_assert(f.hi < f.margin && f.p_pass < 0.05);
    ck_verdict(f, MLT_VERDICT_INCONCLUSIVE);
    ck_says(f, "1000 bootstrap replicates are too few to tell; about ");
    f = bench_judge(within, resampled(0.6825, 0.65, 0.01, 40000));
    ck_verdict(f, MLT_VERDICT_PASS);
    /* Neither a fail nor "not shown worse" while it is open which. */
    f = bench_judge(within, resampled(0.7175, 0.65, 0.01, 1000));
    ck_verdict(f, MLT_VERDICT_INCONCLUSIVE);
    ck_assert(!(f.p_fail < 0.05));
    f = bench_judge("rmse within 0.05 of production, rule not-shown-worse",
                    resampled(0.7155, 0.65, 0.01, 1000));
    ck_verdict(f, MLT_VERDICT_INCONCLUSIVE);
    f = bench_judge("rmse within 0.05 of production, rule not-shown-worse",
                    resampled(0.7155, 0.65, 0.01, 60000));
    ck_verdict(f, MLT_VERDICT_PASS);
    f = bench_judge(within, resampled(0.6835515, 0.65, 0.01, 1000));
    ck_says(f, "could not tell");
}
END_TEST

START_TEST(replicates_that_show_nothing_are_inconclusive)
{
    struct mlt_measurement m = resampled(0.6, 0.65, 0.01, 4000);
    for (size_t i = 0; i < 201; i++)
        one[i * 19] = NAN;
    struct mlt_finding f = bench_judge(within, m);
    ck_verdict(f, MLT_VERDICT_INCONCLUSIVE);
    ck_says(f, "more than 5 % of the replicates are undefined (4000 replicates, 201 of them");
    m = resampled(0.6, 0.65, 0.01, 4000);
    for (size_t i = 0; i < 200; i++)
        other[i * 19] = NAN;
    ck_verdict(bench_judge(within, m), MLT_VERDICT_PASS);
    m = resampled(0.6, 0.65, 0, 4000);
    ck_verdict(bench_judge(within, m), MLT_VERDICT_INCONCLUSIVE);
    m = resampled(0.6, 0.65, 0.01, 15);
    f = bench_judge(within, m);
    ck_verdict(f, MLT_VERDICT_INCONCLUSIVE);
    ck_says(f, "about 400 would do");
    m = resampled(0.6, 0.65, 0.01, 4000);
    m.replicates = 0;
    f = bench_judge(within, m);
    ck_verdict(f, MLT_VERDICT_INCONCLUSIVE);
    ck_says(f, "no bootstrap replicates");
    m = resampled(0.6, 0.65, 0.01, 4000);
    m.replicate_baseline = NULL;
    ck_verdict(bench_judge(within, m), MLT_VERDICT_INCONCLUSIVE);
    ck_verdict(bench_judge("rmse <= 0.7", m), MLT_VERDICT_PASS);
    /* All replicates on one side of the estimate: its bias is not known. */
    m = resampled(0.6, 0.65, 0.01, 4000);
    m.candidate = 0.1;
    ck_verdict(bench_judge(within, m), MLT_VERDICT_INCONCLUSIVE);
}
END_TEST

START_TEST(skewness_only_widens_a_t_interval)
{
    struct mlt_measurement m = bench_pair(0.68, 0.65, 0.01);
    struct mlt_finding plain = bench_judge(within, m);
    ck_assert_str_eq(plain.method, "t (influence)");
    for (int side = -1; side <= 1; side += 2) {
        m.third[0] = side * 0.6e-6;
        m.third[1] = m.third[2] = m.third[3] = 0;
        struct mlt_finding f = bench_judge(within, m);
        ck_assert_str_eq(f.method, "t (influence, skewness)");
        /* Right-skewed harm is underestimated: the upper end moves, the lower end stays. */
        ck_assert(side > 0 ? f.hi > plain.hi && f.lo == plain.lo
                           : f.lo < plain.lo && f.hi == plain.hi);
        ck_assert(f.p_pass >= plain.p_pass && f.p_fail >= plain.p_fail);
        ck_assert((f.hi < 0.05) == (f.p_pass < 0.05));
    }
    m.third[0] = 0;
    struct mlt_finding f = bench_judge(within, m);
    ck_assert(f.hi == plain.hi && f.lo == plain.lo);
    m.third[3] = NAN;
    ck_assert_str_eq(bench_judge(within, m).method, "t (influence)");
}
END_TEST

/* SciPy 1.10.1: with q = t.ppf(0.95, 999) the lower end of an R2 is 1 - 0.3 exp(q 0.05 / 0.3), that
 * of a correlation tanh(atanh(0.9) - q 0.05 / (1 - 0.81)), the upper one of an RMSE 0.7 exp(q 0.1 /
 * 0.7); the other ends are those of t. */
START_TEST(the_end_away_from_a_bound_of_the_metric_is_wider)
{
    static const struct {
        const char *metric;
        double value, se, lo, hi;
    } known[] = {
        {"r2", 0.7, 0.05, 0.6052789949969668, 0.7823190172713768},
        {"mcc", 0.9, 0.05, 0.7774776433017048, 0.9823190172713767},
        {"rmse", 0.7, 0.1, 0.5353619654572465, 0.885610756432661},
        {"figure", 0.7, 0.1, 0.5353619654572465, 0.8646380345427535},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct mlt_measurement m = bench_rmse();
        struct mlt_sentence s = {.text = "", .unit = "", .alpha = NAN};
        struct mlt_judge_defaults defaults = {0};
        struct mlt_findings findings = {0};
        m.metric = s.metric = known[i].metric;
        m.candidate = known[i].value;
        m.var_candidate = known[i].se * known[i].se;
        s.kind = MLT_SENTENCE_ABSOLUTE;
        s.upper = true;
        ck_ok(mlt_judge_sentence(&s, NULL, &m, 1, &defaults, &arena, &findings, &err));
        struct mlt_finding f = findings.items[0];
        ck_assert_msg(fabs(f.lo - known[i].lo) < 1e-12 && fabs(f.hi - known[i].hi) < 1e-12,
                      "%s: %.17g %.17g", known[i].metric, f.lo, f.hi);
    }
}
END_TEST

START_TEST(its_p_value_agrees_with_the_end)
{
    struct mlt_measurement m = bench_rmse();
    m.metric = "r2";
    m.direction = MLT_HIGHER_IS_BETTER;
    m.candidate = 0.7;
    m.var_candidate = 0.0025;
    /* SciPy 1.10.1: t.sf((log(0.4) - log(0.3)) / (0.05 / 0.3), 999); by t alone 0.0229. */
    struct mlt_finding f = bench_judge("r2 >= 0.6", m);
    ck_assert_msg(fabs(f.p_pass - 0.042319987116029335) < 1e-12, "%.17g", f.p_pass);
    f = bench_judge("r2 >= 0.6052", m);
    ck_assert(f.p_pass < 0.05 && f.hi < 0);
    f = bench_judge("r2 >= 0.6053", m);
    ck_assert(f.p_pass > 0.05 && f.hi > 0);
    ck_verdict(f, MLT_VERDICT_INCONCLUSIVE);
    /* A value at or beyond its bound has no such scale, and no end is lost. */
    m.candidate = 1;
    f = bench_judge("r2 >= 0.6", m);
    ck_assert(isfinite(f.lo) && isfinite(f.hi));
}
END_TEST

TCase *replicates_case(void)
{
    TCase *tcase = tcase_create("replicates");
    tcase_add_checked_fixture(tcase, bench_setup, bench_teardown);
    tcase_add_test(tcase, the_interval_is_that_of_the_replicate_pairs);
    tcase_add_test(tcase, known_third_moments_accelerate_it);
    tcase_add_test(tcase, each_rule_reaches_each_verdict_from_replicates);
    tcase_add_test(tcase, a_relative_margin_is_taken_in_every_replicate);
    tcase_add_test(tcase, p_near_alpha_wants_more_replicates);
    tcase_add_test(tcase, replicates_that_show_nothing_are_inconclusive);
    tcase_add_test(tcase, skewness_only_widens_a_t_interval);
    tcase_add_test(tcase, the_end_away_from_a_bound_of_the_metric_is_wider);
    tcase_add_test(tcase, its_p_value_agrees_with_the_end);
    return tcase;
}
