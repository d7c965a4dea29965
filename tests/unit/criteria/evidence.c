/* What is missing, weak or contradictory never passes. */
#include <math.h>
#include <string.h>

#include "harness/base/rng.h"
#include "tests/unit/criteria/bench.h"

TCase *evidence_case(void);

static const char *const within = "rmse within 0.05 of production";

START_TEST(a_metric_nobody_measured_is_invalid_and_names_the_nearest)
{
    struct mlt_finding f = bench_judge("rsme <= 1", bench_rmse());
    ck_verdict(f, MLT_VERDICT_INVALID);
    ck_says(f, "did you mean \"rmse\"");
    struct mlt_findings none = bench_judge_all("rmse <= 1", NULL, 0);
    ck_verdict(none.items[0], MLT_VERDICT_INVALID);
    ck_says(none.items[0], "nothing was measured");
    struct mlt_measurement other = bench_rmse();
    other.case_id = "regression/other";
    ck_verdict(bench_judge("rmse <= 1", other), MLT_VERDICT_INVALID);
}
END_TEST

START_TEST(a_slice_that_is_not_there_is_invalid)
{
    struct mlt_measurement m[2] = {bench_rmse(), bench_rmse()};
    m[1].slice_column = "brand";
    m[1].slice_value = "11";
    struct mlt_finding f = bench_judge_all("rmse for brand == 12 <= 1", m, 2).items[0];
    ck_verdict(f, MLT_VERDICT_INVALID);
    ck_says(f, "no slice brand == 12");
    f = bench_judge_all("rmse by brnd <= 1", m, 2).items[0];
    ck_verdict(f, MLT_VERDICT_INVALID);
    ck_says(f, "did you mean \"brand\"");
    f = bench_judge_all("rmse <= 1", m + 1, 1).items[0];
    ck_verdict(f, MLT_VERDICT_INVALID);
    ck_says(f, "on slices only");
    f = bench_judge_all("rmse for brand == 11 <= 1", m, 2).items[0];
    ck_verdict(f, MLT_VERDICT_PASS);
}
END_TEST

START_TEST(each_value_of_a_column_has_its_finding_and_the_milder_rule)
{
    struct mlt_measurement m[3] = {bench_rmse(), bench_pair(0.71, 0.65, 0.01),
                                   bench_pair(0.80, 0.65, 0.01)};
    for (int i = 1; i < 3; i++) {
        m[i].slice_column = "brand";
        m[i].slice_value = i == 1 ? "a" : "b";
    }
    struct mlt_findings all = bench_judge_all("rmse by brand within 0.05 of production", m, 3);
    ck_assert_uint_eq(all.count, 2);
    ck_assert_int_eq(all.items[0].rule, MLT_RULE_NOT_SHOWN_WORSE);
    ck_verdict(all.items[0], MLT_VERDICT_PASS);
    ck_verdict(all.items[1], MLT_VERDICT_FAIL);
    ck_says(all.items[1], "brand == b");
    all = bench_judge_all("rmse for brand == a within 0.05 of production", m, 3);
    ck_assert_int_eq(all.items[0].rule, MLT_RULE_NON_INFERIOR);
    ck_verdict(all.items[0], MLT_VERDICT_INCONCLUSIVE);
}
END_TEST

START_TEST(a_comparison_needs_a_baseline_and_a_direction)
{
    struct mlt_measurement m = bench_rmse();
    m.baseline = m.var_baseline = m.covariance = NAN;
    struct mlt_finding f = bench_judge(within, m);
    ck_verdict(f, MLT_VERDICT_INVALID);
    ck_says(f, "baseline: none");
    m = bench_rmse();
    m.direction = MLT_DIRECTION_NONE;
    ck_verdict(bench_judge(within, m), MLT_VERDICT_INVALID);
    ck_verdict(bench_judge("rmse no worse than production, rule point", m), MLT_VERDICT_INVALID);
}
END_TEST

START_TEST(weak_evidence_is_inconclusive)
{
    struct mlt_measurement m = bench_pair(0.6, 0.65, 0.01);
    ck_verdict(bench_judge(within, m), MLT_VERDICT_PASS);
    m.min_rows = 1001;
    ck_verdict(bench_judge(within, m), MLT_VERDICT_INCONCLUSIVE);
    ck_verdict(bench_judge("rmse <= 1, rule point", m), MLT_VERDICT_INCONCLUSIVE);
    m.min_rows = 30;
    m.min_positives = 10;
    m.positives = 9;
    ck_verdict(bench_judge(within, m), MLT_VERDICT_INCONCLUSIVE);
    m.min_positives = 0;
    m.min_clusters = 20;
    m.clusters = 19;
    ck_verdict(bench_judge(within, m), MLT_VERDICT_INCONCLUSIVE);
    m = bench_rmse();
    m.candidate = m.var_candidate = NAN;
    m.undefined = "one class only";
    struct mlt_finding f = bench_judge(within, m);
    ck_verdict(f, MLT_VERDICT_INCONCLUSIVE);
    ck_says(f, "one class only");
    m = bench_rmse();
    m.baseline = NAN;
    m.undefined = "no row is predicted positive";
    ck_verdict(bench_judge(within, m), MLT_VERDICT_INCONCLUSIVE);
}
END_TEST

START_TEST(no_spread_is_no_certainty)
{
    struct mlt_measurement m = bench_pair(0.6, 0.65, 0.01);
    m.covariance = m.var_candidate;
    ck_verdict(bench_judge(within, m), MLT_VERDICT_INCONCLUSIVE);
    m.var_candidate = m.var_baseline = m.covariance = 0;
    ck_verdict(bench_judge(within, m), MLT_VERDICT_INCONCLUSIVE);
    ck_verdict(bench_judge("rmse within 5% of production", m), MLT_VERDICT_INCONCLUSIVE);
    ck_verdict(bench_judge("rmse <= 100", m), MLT_VERDICT_INCONCLUSIVE);
    m.var_candidate = NAN;
    ck_verdict(bench_judge(within, m), MLT_VERDICT_INCONCLUSIVE);
    ck_verdict(bench_judge("rmse <= 100", m), MLT_VERDICT_INCONCLUSIVE);
    m = bench_pair(0.6, 0.65, 0.01);
    m.method = MLT_INTERVAL_NONE;
    struct mlt_finding f = bench_judge(within, m);
    ck_verdict(f, MLT_VERDICT_INCONCLUSIVE);
    ck_says(f, "rule point");
}
END_TEST

START_TEST(identical_predictions_pass_any_margin_from_299_rows)
{
    struct mlt_measurement m = bench_pair(0.65, 0.65, 0);
    m.differing = 0;
    m.rows = 299;
    ck_verdict(bench_judge("rmse within 0.001% of production", m), MLT_VERDICT_PASS);
    ck_verdict(bench_judge("rmse within 1e-9 of production", m), MLT_VERDICT_PASS);
    m.rows = 298;
    struct mlt_finding f = bench_judge("rmse within 5% of production", m);
    ck_verdict(f, MLT_VERDICT_INCONCLUSIVE);
    ck_assert_uint_eq(f.rows_needed, 299);
    ck_verdict(bench_judge("rmse no worse than production", m), MLT_VERDICT_PASS);
    /* Another format, other last bits. */
    m = bench_rmse();
    m.baseline = 0.70;
    m.candidate = nextafter(0.70, 1);
    m.covariance = m.var_candidate;
    m.differing = 0;
    ck_verdict(bench_judge("rmse within 1% of production", m), MLT_VERDICT_PASS);
    /* Other predictions of the same sizes of error are another model, and no bound is known. */
    m.differing = 1000;
    ck_verdict(bench_judge("rmse within 1% of production", m), MLT_VERDICT_INCONCLUSIVE);
    ck_says(bench_judge("rmse within 1% of production", m), "zero variance");
}
END_TEST

START_TEST(no_visible_difference_is_no_more_than_the_rows_can_show)
{
    /* 1 - 0.05^(1/1000) = 0.0029912 of 1000 rows (R 4.2.2), over the 0.25 of the rarer class. */
    struct mlt_measurement m = bench_pair(0.9, 0.9, 0);
    m.metric = "f1";
    m.direction = MLT_HIGHER_IS_BETTER;
    m.positives = 250;
    struct mlt_finding f = bench_judge("f1 within 0.012 of production", m);
    ck_verdict(f, MLT_VERDICT_PASS);
    ck_says(f, "moves it by at most 0.012");
    f = bench_judge("f1 within 0.0119 of production", m);
    ck_verdict(f, MLT_VERDICT_INCONCLUSIVE);
    ck_assert_uint_eq(f.rows_needed, 1006); /* ceil(log(0.05) / log(1 - 0.25 * 0.0119)) */
    ck_verdict(bench_judge("f1 within 0.0001 of production", m), MLT_VERDICT_INCONCLUSIVE);
    ck_verdict(bench_judge("f1 no worse than production", m), MLT_VERDICT_PASS);
    ck_verdict(bench_judge("f1 better than production", m), MLT_VERDICT_INCONCLUSIVE);
    /* Classes apart, but nobody knows how rare: no bound. Queries: each is one unit. */
    m.positives = 0;
    ck_verdict(bench_judge("f1 within 0.5 of production", m), MLT_VERDICT_INCONCLUSIVE);
    m.metric = "ndcg@10";
    m.clusters = 100; /* 1 - 0.05^(1/100) = 0.029513 */
    ck_verdict(bench_judge("ndcg@10 within 0.0296 of production", m), MLT_VERDICT_PASS);
    ck_verdict(bench_judge("ndcg@10 within 0.0295 of production", m), MLT_VERDICT_INCONCLUSIVE);
}
END_TEST

START_TEST(dropping_the_hard_rows_fails_under_every_rule)
{
    static const char *const sentences[] = {"rmse within 0.05 of production", "rmse <= 1",
                                            "rmse <= 1, rule point",
                                            "rmse no worse than production, rule not-shown-worse"};
    struct mlt_measurement m = bench_pair(0.5, 0.65, 0.01);
    m.candidate_missing = 3;
    for (size_t i = 0; i < sizeof sentences / sizeof sentences[0]; i++) {
        struct mlt_findings findings = bench_judge_all(sentences[i], &m, 1);
        ck_ok(mlt_judge_adjust(&findings, MLT_CORRECTION_HOLM, &arena, &err));
        ck_verdict(findings.items[0], MLT_VERDICT_FAIL);
        ck_says(findings.items[0], "3 rows");
    }
}
END_TEST

START_TEST(units_that_do_not_fit_are_invalid)
{
    struct mlt_measurement m = bench_rmse();
    m.metric = "latency p95";
    m.unit = "s";
    struct mlt_finding f = bench_judge("latency p95 <= 5MiB", m);
    ck_verdict(f, MLT_VERDICT_INVALID);
    ck_says(f, "a size");
    ck_verdict(bench_judge("latency p95 <= 50", m), MLT_VERDICT_INVALID);
    ck_verdict(bench_judge("latency p95 <= 50%", m), MLT_VERDICT_INVALID);
    ck_verdict(bench_judge("latency p95 within 5 of production", m), MLT_VERDICT_INVALID);
    ck_verdict(bench_judge("rmse <= 5s", bench_rmse()), MLT_VERDICT_INVALID);
    m = bench_rmse();
    m.rows = 0;
    ck_verdict(bench_judge("rmse <= 5", m), MLT_VERDICT_INVALID);
    ck_verdict(mlt_finding_none(), MLT_VERDICT_INVALID);
}
END_TEST

START_TEST(what_the_measurer_calls_invalid_is_invalid_under_every_rule)
{
    static const char *const sentences[] = {
        "rmse within 0.05 of production",
        "rmse within 0.05 of production, rule not-shown-worse",
        "rmse within 0.05 of production, rule equivalent",
        "rmse within 0.05 of production, rule point",
        "rmse no worse than production",
        "rmse better than production",
        "rmse <= 5",
        "rmse <= 5, rule point",
    };
    struct mlt_measurement m = bench_pair(0.5, 0.65, 0.01);
    m.invalid = "sample ratio mismatch: 5130 units of 10000, p = 0.0094";
    for (size_t i = 0; i < sizeof sentences / sizeof sentences[0]; i++) {
        struct mlt_finding f = bench_judge(sentences[i], m);
        ck_verdict(f, MLT_VERDICT_INVALID);
        ck_says(f, "rmse: sample ratio mismatch");
    }
    /* Dropped rows do not make it a fail: nothing may be concluded. */
    m.candidate_missing = 3;
    ck_verdict(bench_judge("rmse <= 5", m), MLT_VERDICT_INVALID);
}
END_TEST

START_TEST(negative_rows_have_a_minimum_too)
{
    struct mlt_measurement m = bench_pair(0.6, 0.65, 0.01);
    m.positives = 991;
    m.min_positives = m.min_negatives = 10;
    struct mlt_finding f = bench_judge(within, m);
    ck_verdict(f, MLT_VERDICT_INCONCLUSIVE);
    ck_says(f, "9 negative rows are too few to judge rmse: it needs at least 10");
    ck_assert_uint_eq(f.rows_needed, 1112); /* 1000 * 10 / 9, upwards */
    m.positives = 990;
    ck_verdict(bench_judge(within, m), MLT_VERDICT_PASS);
    m.positives = 1001;
    ck_verdict(bench_judge(within, m), MLT_VERDICT_INVALID);
}
END_TEST

START_TEST(weighted_rows_count_for_what_they_are_worth)
{
    struct mlt_measurement m = bench_pair(0.6, 0.65, 0.01);
    m.weighting = "importance";
    m.effective_rows = 29.5;
    struct mlt_finding f = bench_judge(within, m);
    ck_verdict(f, MLT_VERDICT_INCONCLUSIVE);
    ck_says(f, "29 effective rows are too few to judge rmse: it needs at least 30 (1000 rows with "
               "weights are worth 29.5)");
    m.effective_rows = 312.4;
    f = bench_judge(within, m);
    ck_verdict(f, MLT_VERDICT_PASS);
    ck_says(f, "; 1000 rows with weights are worth n = 312.4");
    ck_assert(f.effective_rows == 312.4 && f.rows == 1000);
    m.positives = 31;
    m.min_positives = 10;
    f = bench_judge(within, m);
    ck_verdict(f, MLT_VERDICT_INCONCLUSIVE);
    ck_says(f, "9 effective positive rows");
    m.positives = m.min_positives = 0;
    m.effective_rows = NAN;
    ck_verdict(bench_judge(within, m), MLT_VERDICT_INVALID);
    m.effective_rows = 0;
    ck_verdict(bench_judge("rmse <= 5, rule point", m), MLT_VERDICT_INVALID);
    /* Identical predictions: as many as would show it without weights. */
    m = bench_pair(0.65, 0.65, 0);
    m.differing = 0;
    m.weighting = "importance";
    m.effective_rows = 298.9;
    f = bench_judge(within, m);
    ck_verdict(f, MLT_VERDICT_INCONCLUSIVE);
    ck_assert_uint_eq(f.rows_needed, 1001);
    m.effective_rows = 299;
    ck_verdict(bench_judge(within, m), MLT_VERDICT_PASS);
    /* More than there are is believed of nobody. */
    m.rows = 200;
    m.effective_rows = 1e9;
    ck_verdict(bench_judge(within, m), MLT_VERDICT_INCONCLUSIVE);
}
END_TEST

START_TEST(variances_that_cannot_be_are_invalid)
{
    /* A covariance above both variances would look like certainty. */
    struct mlt_measurement m = bench_pair(0.6, 0.65, 0.01);
    m.covariance = 2e-4;
    struct mlt_finding f = bench_judge(within, m);
    ck_verdict(f, MLT_VERDICT_INVALID);
    ck_says(f, "contradicts itself");
    ck_verdict(bench_judge("rmse within 5% of production, rule equivalent", m),
               MLT_VERDICT_INVALID);
    m = bench_pair(0.6, 0.65, 0.01);
    m.var_candidate = -1e-4;
    ck_verdict(bench_judge("rmse <= 1", m), MLT_VERDICT_INVALID);
    m = bench_pair(0.6, 0.65, 0.01);
    m.var_baseline = -1e-4;
    ck_verdict(bench_judge(within, m), MLT_VERDICT_INVALID);
    /* Rounding is none. */
    m = bench_pair(0.6, 0.65, 0.01);
    m.covariance = 1e-4 * (1 + 1e-14);
    f = bench_judge(within, m);
    ck_assert_int_ne(f.verdict, MLT_VERDICT_INVALID);
}
END_TEST

START_TEST(two_perfect_scores_are_not_identical_predictions)
{
    struct mlt_measurement m = bench_pair(1, 1, 0);
    m.metric = "auc";
    m.direction = MLT_HIGHER_IS_BETTER;
    m.method = MLT_INTERVAL_DELONG;
    m.var_candidate = m.var_baseline = m.covariance = 0;
    struct mlt_finding f = bench_judge("auc within 0.05 of production", m);
    ck_verdict(f, MLT_VERDICT_INCONCLUSIVE);
    ck_says(f, "zero variance");
    ck_verdict(bench_judge("auc within 5% of production, rule equivalent", m),
               MLT_VERDICT_INCONCLUSIVE);
    ck_verdict(bench_judge("auc >= 0.9", m), MLT_VERDICT_INCONCLUSIVE);
    m.differing = 0;
    ck_verdict(bench_judge("auc within 0.05 of production", m), MLT_VERDICT_PASS);
    m = bench_pair(0.9, 0.9, 0.01);
    m.metric = "auc";
    m.method = MLT_INTERVAL_DELONG;
    ck_assert_str_eq(bench_judge("auc within 0.05 of production", m).method, "DeLong");
}
END_TEST

START_TEST(no_rule_passes_a_slice_below_the_minimum)
{
    struct mlt_measurement m[2] = {bench_pair(0.5, 0.65, 0.01), bench_pair(0.5, 0.65, 0.01)};
    m[0].slice_column = m[1].slice_column = "brand";
    m[0].slice_value = "a";
    m[1].slice_value = "(other)";
    m[0].rows = m[1].rows = 29;
    struct mlt_findings f = bench_judge_all("rmse by brand within 0.05 of production", m, 2);
    ck_assert_int_eq(f.items[0].rule, MLT_RULE_NOT_SHOWN_WORSE);
    ck_verdict(f.items[0], MLT_VERDICT_INCONCLUSIVE);
    ck_says(f.items[0], "too few");
    f = bench_judge_all("rmse for brand == a within 0.05 of production", m, 2);
    ck_verdict(f.items[0], MLT_VERDICT_INCONCLUSIVE);
    f = bench_judge_all("rmse for brand == a within 0.05 of production, rule not-shown-worse", m,
                        2);
    ck_verdict(f.items[0], MLT_VERDICT_INCONCLUSIVE);
    /* Pooled values are one slice, judged like any other. */
    m[1].rows = 60;
    m[1].candidate = 0.9;
    f = bench_judge_all("rmse by brand within 0.05 of production", m + 1, 1);
    ck_verdict(f.items[0], MLT_VERDICT_FAIL);
    ck_says(f.items[0], "brand == (other)");
    m[1].candidate = 0.6;
    f = bench_judge_all("rmse by brand within 0.05 of production", m + 1, 1);
    ck_verdict(f.items[0], MLT_VERDICT_PASS);
    /* A spread that is not known is no "not shown worse". */
    m[1].var_candidate = NAN;
    f = bench_judge_all("rmse by brand within 0.05 of production", m + 1, 1);
    ck_verdict(f.items[0], MLT_VERDICT_INCONCLUSIVE);
}
END_TEST

/* A number that someone may have written: usual, extreme or none at all. */
static double any_number(struct mlt_rng *rng)
{
    static const double numbers[] = {NAN,   INFINITY, -INFINITY, 0,    -0.0, 1,     -1,  0.5,  0.65,
                                     0.651, 0.7,      1e-4,      1e-9, 1e-4, -1e-4, 1e9, 1e308};
    return numbers[mlt_rng_below(rng, sizeof numbers / sizeof *numbers)];
}

static uint64_t any_count(struct mlt_rng *rng)
{
    static const uint64_t counts[] = {0, 1, 2, 19, 30, 100, 500, 999, 1000, UINT64_MAX};
    return counts[mlt_rng_below(rng, sizeof counts / sizeof *counts)];
}

/* Sound evidence of a random method with a few members overwritten. */
static struct mlt_measurement spoilt(struct mlt_rng *rng, double replicates[2][500])
{
    struct mlt_measurement m = bench_pair(0.6 + 0.01 * (double)mlt_rng_below(rng, 12), 0.65, 0.01);
    m.method = (enum mlt_interval_method)mlt_rng_below(rng, 6);
    m.direction = (enum mlt_direction)mlt_rng_below(rng, 3);
    m.trials = 1000;
    m.successes = 650;
    m.has_pairs = mlt_rng_below(rng, 2) == 0;
    m.only_candidate = 10;
    m.only_baseline = 10;
    m.replicates = 500;
    m.replicate_candidate = replicates[0];
    m.replicate_baseline = replicates[1];
    for (int i = 0; i < 500; i++) {
        replicates[1][i] = 0.65 + 1e-4 * (double)mlt_rng_below(rng, 100);
        replicates[0][i] = m.candidate - 0.65 + replicates[1][i] + 1e-4 * (i - 250);
    }
    double *numbers[] = {
        &m.candidate, &m.baseline, &m.var_candidate,  &m.var_baseline,    &m.covariance,    &m.df,
        &m.third[0],  &m.third[3], &m.effective_rows, &replicates[0][40], &replicates[1][7]};
    uint64_t *counts[] = {&m.rows,           &m.positives,     &m.clusters,
                          &m.differing,      &m.successes,     &m.trials,
                          &m.only_candidate, &m.only_baseline, &m.min_negatives};
    for (uint64_t k = mlt_rng_below(rng, 4); k > 0; k--)
        *numbers[mlt_rng_below(rng, sizeof numbers / sizeof *numbers)] = any_number(rng);
    for (uint64_t k = mlt_rng_below(rng, 3); k > 0; k--)
        *counts[mlt_rng_below(rng, sizeof counts / sizeof *counts)] = any_count(rng);
    m.weighting = mlt_rng_below(rng, 4) == 0 ? "importance" : NULL;
    return m;
}

/* What a pass must have, whatever the evidence was. */
static void check_pass(const struct mlt_finding *f, const struct mlt_measurement *m)
{
    ck_assert_msg(isfinite(f->candidate) && m->rows > 0 && m->invalid == NULL, "%s", f->reason);
    if (f->is_comparison)
        ck_assert_msg(isfinite(f->baseline), "%s", f->reason);
    if (f->rule == MLT_RULE_POINT)
        return;
    ck_assert_msg(f->method != NULL, "%s", f->reason);
    if (strcmp(f->method, "identical predictions") == 0) {
        ck_assert_msg(f->rule != MLT_RULE_SUPERIOR &&
                          fabs(f->candidate - f->baseline) <= 1e-12 * fabs(f->baseline),
                      "%s", f->reason);
        return;
    }
    ck_assert_msg(isfinite(f->lo) && isfinite(f->hi) && f->lo <= f->hi, "%s", f->reason);
    bool not_worse = f->lo <= f->margin && !(f->p_fail < f->alpha);
    ck_assert_msg(not_worse || f->hi < f->margin, "%s", f->reason);
    if (f->rule != MLT_RULE_NOT_SHOWN_WORSE && strstr(f->criterion, "no worse") == NULL)
        ck_assert_msg(f->hi < f->margin && f->p_pass < f->alpha, "%s", f->reason);
    if (f->rule == MLT_RULE_EQUIVALENT && f->margin > 0)
        ck_assert_msg(f->lo > -f->margin, "%s", f->reason);
}

START_TEST(no_evidence_however_spoilt_passes_without_an_interval)
{
    static const char *const sentences[] = {
        "rmse within 0.05 of production",
        "rmse within 5% of production",
        "rmse within 5% or 0.03 of production",
        "rmse within 0.05 of production, rule not-shown-worse",
        "rmse within 0.05 of production, rule equivalent",
        "rmse within 10% of production, rule equivalent",
        "rmse within 0.05 of production, rule point",
        "rmse no worse than production",
        "rmse better than production",
        "rmse better than production by 3%",
        "rmse <= 0.7",
        "rmse >= 0.6, rule not-shown-worse",
    };
    static double replicates[2][500];
    struct mlt_rng rng;
    int passes = 0;
    mlt_rng_seed(&rng, 5);
    for (int i = 0; i < 30000; i++) {
        const char *text = sentences[(size_t)i % (sizeof sentences / sizeof *sentences)];
        struct mlt_measurement m = spoilt(&rng, replicates);
        struct mlt_finding f = bench_judge(text, m);
        if (f.verdict == MLT_VERDICT_PASS)
            check_pass(&f, &m);
        if (f.verdict == MLT_VERDICT_FAIL && f.rule != MLT_RULE_POINT)
            ck_assert_msg(f.p_fail < f.alpha && f.lo > f.margin, "%s", f.reason);
        passes += f.verdict == MLT_VERDICT_PASS;
        mlt_arena_free(&arena);
    }
    ck_assert_int_gt(passes, 3000);
}
END_TEST

TCase *evidence_case(void)
{
    TCase *tcase = tcase_create("evidence");
    tcase_set_timeout(tcase, 120);
    tcase_add_checked_fixture(tcase, bench_setup, bench_teardown);
    tcase_add_test(tcase, a_metric_nobody_measured_is_invalid_and_names_the_nearest);
    tcase_add_test(tcase, a_slice_that_is_not_there_is_invalid);
    tcase_add_test(tcase, each_value_of_a_column_has_its_finding_and_the_milder_rule);
    tcase_add_test(tcase, a_comparison_needs_a_baseline_and_a_direction);
    tcase_add_test(tcase, weak_evidence_is_inconclusive);
    tcase_add_test(tcase, no_spread_is_no_certainty);
    tcase_add_test(tcase, identical_predictions_pass_any_margin_from_299_rows);
    tcase_add_test(tcase, no_visible_difference_is_no_more_than_the_rows_can_show);
    tcase_add_test(tcase, dropping_the_hard_rows_fails_under_every_rule);
    tcase_add_test(tcase, units_that_do_not_fit_are_invalid);
    tcase_add_test(tcase, what_the_measurer_calls_invalid_is_invalid_under_every_rule);
    tcase_add_test(tcase, negative_rows_have_a_minimum_too);
    tcase_add_test(tcase, weighted_rows_count_for_what_they_are_worth);
    tcase_add_test(tcase, variances_that_cannot_be_are_invalid);
    tcase_add_test(tcase, two_perfect_scores_are_not_identical_predictions);
    tcase_add_test(tcase, no_rule_passes_a_slice_below_the_minimum);
    tcase_add_test(tcase, no_evidence_however_spoilt_passes_without_an_interval);
    return tcase;
}
