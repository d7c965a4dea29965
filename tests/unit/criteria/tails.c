/* Evidence whose interval would be too short: what widens it, and what takes its verdict. */
#include <math.h>
#include <string.h>

#include "harness/stats/dist.h"
#include "tests/unit/criteria/bench.h"

TCase *tails_case(void);

enum { COUNT = 4000 };
static double replicates[COUNT];

static struct mlt_measurement heavy(double index)
{
    struct mlt_measurement m = bench_pair(0.67, 0.65, 0.01);
    m.tail_index = index;
    m.tail_share = 0.64;
    m.tail_rows = 31;
    return m;
}

/* A figure of 1000 rows, half of them positive, with normal replicates about `middle`. */
static struct mlt_measurement alone(const char *metric, double value, double middle, double se)
{
    struct mlt_measurement m = bench_rmse();
    m.metric = metric;
    m.direction = MLT_HIGHER_IS_BETTER;
    m.method = MLT_INTERVAL_BOOTSTRAP;
    m.candidate = value;
    m.baseline = m.var_baseline = m.covariance = NAN;
    m.positives = 500;
    for (size_t i = 0; i < COUNT; i++)
        replicates[i] = middle + se * mlt_normal_quantile(((double)i + 0.5) / COUNT);
    m.replicates = COUNT;
    m.replicate_candidate = replicates;
    return m;
}

START_TEST(a_tail_without_variance_gives_no_verdict_on_a_figure_alone)
{
    struct mlt_finding f = bench_judge("rmse <= 5", heavy(1.4));
    ck_verdict(f, MLT_VERDICT_INCONCLUSIVE);
    ck_says(f, "the 31 largest of 1000 squared errors are 64 % of their sum");
    ck_says(f, "tail index 1.4");
    ck_says(f, "limit mae or median_ae, or compare rmse with a baseline");
    ck_verdict(bench_judge("rmse <= 0.1", heavy(1.4)), MLT_VERDICT_INCONCLUSIVE);
    ck_verdict(bench_judge("rmse <= 5, rule not-shown-worse", heavy(1.4)),
               MLT_VERDICT_INCONCLUSIVE);
    ck_verdict(bench_judge("rmse <= 5, rule point", heavy(1.4)), MLT_VERDICT_PASS);
    ck_verdict(bench_judge("rmse <= 5", heavy(2)), MLT_VERDICT_PASS);
    ck_verdict(bench_judge("rmse <= 5", heavy(NAN)), MLT_VERDICT_PASS);
}
END_TEST

START_TEST(a_tail_without_variance_halves_alpha_of_a_difference)
{
    struct mlt_finding f = bench_judge("rmse within 0.05 of production", heavy(1.4));
    ck_verdict(f, MLT_VERDICT_PASS);
    ck_assert(f.alpha == 0.025);
    /* SciPy 1.10.1: 0.02 + t.ppf(0.975, 999) * 0.01. */
    ck_assert_msg(fabs(f.hi - 0.039623414611334602) < 1e-9, "%.17g", f.hi);
    ck_assert_str_eq(f.method, "t (heavy tail, alpha/2)");
    ck_says(f, "95 % interval");
    ck_says(f, "squared errors fall off slowly (tail index 1.4), so each end has half of alpha");
}
END_TEST

START_TEST(a_class_of_few_rows_gives_no_verdict)
{
    struct mlt_measurement m = bench_pair(0.67, 0.65, 0.01);
    m.rarest = 9;
    m.min_rarest = 10;
    struct mlt_finding f = bench_judge("rmse within 0.05 of production", m);
    ck_verdict(f, MLT_VERDICT_INCONCLUSIVE);
    ck_says(f, "9 rows of the rarest class are too few to judge rmse: it needs at least 10");
    m.rarest = 0;
    ck_verdict(bench_judge("rmse <= 5", m), MLT_VERDICT_INCONCLUSIVE);
    m.rarest = 10;
    ck_verdict(bench_judge("rmse <= 5", m), MLT_VERDICT_PASS);
}
END_TEST

START_TEST(the_lower_end_of_ks_holds_for_the_whole_curve)
{
    /* 0.4 - sqrt(-2 log 0.05) / 2 * sqrt(1 / 500 + 1 / 500) = 0.32259545 (Massart 1990). */
    struct mlt_finding f = bench_judge("ks >= 0.3", alone("ks", 0.4, 0.4, 0.02));
    ck_verdict(f, MLT_VERDICT_PASS);
    ck_assert_msg(fabs(f.hi - (0.3 - 0.32259545)) < 1e-6, "%.17g", f.hi);
    /* The replicates alone would end at 0.367. */
    f = bench_judge("ks >= 0.33", alone("ks", 0.4, 0.4, 0.02));
    ck_verdict(f, MLT_VERDICT_INCONCLUSIVE);
    ck_assert(f.p_pass >= 0.05);
    /* Far from a true 0 one way only, near it either way: p = 2 exp(-z^2 / 2). */
    f = bench_judge("ks >= 0.01", alone("ks", 0.08, 0.08, 0.02));
    ck_verdict(f, MLT_VERDICT_INCONCLUSIVE);
    /* And the other direction of the same sentence. */
    f = bench_judge("ks <= 0.33", alone("ks", 0.4, 0.4, 0.02));
    ck_verdict(f, MLT_VERDICT_INCONCLUSIVE);
    ck_verdict(bench_judge("ks <= 0.3", alone("ks", 0.4, 0.4, 0.02)), MLT_VERDICT_FAIL);
}
END_TEST

START_TEST(the_lower_end_of_pr_auc_knows_by_how_much_it_overshoots)
{
    /* (1 - 0.8) (H - 1) / 999 with the harmonic number H = 7.48547086055 of 1000. */
    double overshoot = 0.2 * 6.48547086055 / 999;
    struct mlt_finding f = bench_judge("pr_auc >= 0.7", alone("pr_auc", 0.8, 0.8, 0.02));
    struct mlt_finding other = bench_judge("lift >= 0.7", alone("lift", 0.8, 0.8, 0.02));
    /* `lift` has another bound; on the scale of logits 0.8 ends lower. */
    ck_assert(f.hi > other.hi + overshoot && f.hi < other.hi + overshoot + 0.0025);
    ck_assert(f.p_pass >= other.p_pass);
}
END_TEST

START_TEST(an_error_cut_off_at_0_still_has_an_interval)
{
    /* All replicates above the estimate: 2 estimate - replicate and t lie about it. */
    struct mlt_measurement m = alone("ece", 0.02, 0.06, 0.005);
    m.direction = MLT_LOWER_IS_BETTER;
    struct mlt_finding f = bench_judge("ece <= 0.1", m);
    ck_verdict(f, MLT_VERDICT_PASS);
    ck_assert(f.lo < -0.1 + 1e-3 && f.hi > 0.068 - 0.1);
    ck_verdict(bench_judge("ece <= 0.05", m), MLT_VERDICT_INCONCLUSIVE);
}
END_TEST

TCase *tails_case(void)
{
    TCase *tcase = tcase_create("tails");
    tcase_add_checked_fixture(tcase, bench_setup, bench_teardown);
    tcase_add_test(tcase, a_tail_without_variance_gives_no_verdict_on_a_figure_alone);
    tcase_add_test(tcase, a_tail_without_variance_halves_alpha_of_a_difference);
    tcase_add_test(tcase, a_class_of_few_rows_gives_no_verdict);
    tcase_add_test(tcase, the_lower_end_of_ks_holds_for_the_whole_curve);
    tcase_add_test(tcase, the_lower_end_of_pr_auc_knows_by_how_much_it_overshoots);
    tcase_add_test(tcase, an_error_cut_off_at_0_still_has_an_interval);
    return tcase;
}
