/* Equivalence, gains, crossed slices, looks: each passes, fails, is inconclusive and is invalid. */
#include <math.h>
#include <string.h>

#include "tests/unit/criteria/bench.h"

TCase *claims_case(void);

struct known {
    const char *sentence;
    double candidate, baseline;
    enum mlt_verdict verdict;
};

static void check(const struct known *known, size_t count, enum mlt_direction direction)
{
    for (size_t i = 0; i < count; i++) {
        struct mlt_measurement m = bench_pair(known[i].candidate, known[i].baseline, 0.01);
        m.direction = direction;
        struct mlt_finding f = bench_judge(known[i].sentence, m);
        ck_assert_msg(f.verdict == known[i].verdict, "%s with %g against %g: %s: %s",
                      known[i].sentence, known[i].candidate, known[i].baseline,
                      mlt_verdict_name(f.verdict), f.reason);
    }
}

/* Standard error of the difference 0.01, 999 degrees of freedom: the 90 % interval reaches 0.01646.
 */
START_TEST(equivalence_holds_on_both_sides)
{
    static const struct known known[] = {
        {"rmse within 0.05 of production, rule equivalent", 0.68, 0.65, MLT_VERDICT_PASS},
        {"rmse within 0.05 of production, rule equivalent", 0.62, 0.65, MLT_VERDICT_PASS},
        {"rmse within 0.05 of production, rule equivalent", 0.69, 0.65, MLT_VERDICT_INCONCLUSIVE},
        {"rmse within 0.05 of production, rule equivalent", 0.61, 0.65, MLT_VERDICT_INCONCLUSIVE},
        {"rmse within 0.05 of production, rule equivalent", 0.71, 0.65, MLT_VERDICT_INCONCLUSIVE},
        {"rmse within 0.05 of production, rule equivalent", 0.72, 0.65, MLT_VERDICT_FAIL},
        {"rmse within 0.05 of production, rule equivalent", 0.58, 0.65, MLT_VERDICT_FAIL},
        {"rmse within 0.05 of production, rule equivalent", NAN, 0.65, MLT_VERDICT_INVALID},
        {"rmse within 0.05 of production, rule equivalent", 0.65, INFINITY, MLT_VERDICT_INVALID},
        {"rmse within 0.05 of production, rule equivalent", 0.65, NAN, MLT_VERDICT_INVALID},
        /* A margin that the interval is wider than on both sides shows nothing. */
        {"rmse within 0.01 of production, rule equivalent", 0.65, 0.65, MLT_VERDICT_INCONCLUSIVE},
        {"rmse within 0.01 of production, rule equivalent", 0.651, 0.65, MLT_VERDICT_INCONCLUSIVE},
        {"rmse within 20% of production, rule equivalent", 0.67, 0.65, MLT_VERDICT_PASS},
        {"rmse within 20% of production, rule equivalent", 0.63, 0.65, MLT_VERDICT_PASS},
        {"rmse within 5% of production, rule equivalent", 0.72, 0.65, MLT_VERDICT_FAIL},
        {"rmse within 5% of production, rule equivalent", 0.58, 0.65, MLT_VERDICT_FAIL},
        {"rmse within 5% of production, rule equivalent", 0.63, 0.65, MLT_VERDICT_INCONCLUSIVE},
    };
    static const enum mlt_direction directions[] = {MLT_LOWER_IS_BETTER, MLT_HIGHER_IS_BETTER,
                                                    MLT_DIRECTION_NONE};
    for (size_t i = 0; i < 3; i++)
        check(known, sizeof known / sizeof *known, directions[i]);
}
END_TEST

START_TEST(equivalence_reports_how_far_apart_and_both_p_values)
{
    struct mlt_measurement m = bench_pair(0.62, 0.65, 0.01);
    m.direction = MLT_DIRECTION_NONE;
    /* R 4.2.2: pt((.03 - .05) / .01, 999) of the nearer side; the other, pt(-8, 999), is smaller.
     */
    struct mlt_finding f = bench_judge("rmse within 0.05 of production, rule equivalent", m);
    ck_assert(fabs(f.harm - 0.03) < 1e-15 && f.margin == 0.05 && f.admitted == 0.05);
    ck_assert(fabs(f.p_pass - 0.022885308486878492) < 1e-10);
    ck_assert(fabs(f.flip - (0.05 - f.hi)) < 1e-15);
    ck_says(f, "rmse 0.62 against 0.65 in production: lower by 0.03 (90 % interval 0.0135 to "
               "0.0465), the margin is 0.05: shown to be equivalent");
    /* Outside on either side: pt(-2, 999) + pt(-12, 999). */
    f = bench_judge("rmse within 0.05 of production, rule equivalent",
                    bench_pair(0.72, 0.65, 0.01));
    ck_assert(fabs(f.p_fail - 0.022885308486878492) < 1e-10);
    ck_says(f, "higher by 0.07");
    ck_says(f, "shown not to be equivalent");
    /* Near a margin of nothing both tails count: the interval alone would be outside. */
    f = bench_judge("rmse within 1e-9 of production, rule equivalent",
                    bench_pair(0.668, 0.65, 0.01));
    ck_assert(f.lo > f.margin);
    ck_verdict(f, MLT_VERDICT_INCONCLUSIVE);
}
END_TEST

START_TEST(equivalence_knows_identical_predictions_and_its_defaults)
{
    struct mlt_measurement m = bench_pair(0.65, 0.65, 0);
    m.differing = 0;
    ck_verdict(bench_judge("rmse within 1e-9 of production, rule equivalent", m), MLT_VERDICT_PASS);
    m.rows = 298;
    ck_verdict(bench_judge("rmse within 0.05 of production, rule equivalent", m),
               MLT_VERDICT_INCONCLUSIVE);
    /* A default rule without a margin to hold to falls back to the strict one. */
    struct mlt_judge_defaults defaults = {.rule = MLT_RULE_EQUIVALENT};
    struct mlt_findings out = {0};
    struct mlt_sentence s;
    m = bench_pair(0.70, 0.65, 0.01);
    ck_ok(mlt_sentence_parse("rmse <= 0.705", &arena, &s, &err));
    ck_ok(mlt_judge_sentence(&s, NULL, &m, 1, &defaults, &arena, &out, &err));
    ck_assert_int_eq(out.items[0].rule, MLT_RULE_NON_INFERIOR);
    ck_verdict(out.items[0], MLT_VERDICT_INCONCLUSIVE);
}
END_TEST

START_TEST(a_gain_must_be_shown)
{
    static const struct known lower[] = {
        {"rmse better than production", 0.63, 0.65, MLT_VERDICT_PASS},
        {"rmse better than production", 0.64, 0.65, MLT_VERDICT_INCONCLUSIVE},
        {"rmse better than production", 0.65, 0.65, MLT_VERDICT_INCONCLUSIVE},
        {"rmse better than production", 0.66, 0.65, MLT_VERDICT_INCONCLUSIVE},
        {"rmse better than production", 0.67, 0.65, MLT_VERDICT_FAIL},
        {"rmse better than production", NAN, 0.65, MLT_VERDICT_INVALID},
        {"rmse better than production", 0.6, NAN, MLT_VERDICT_INVALID},
        {"rmse better than production by 0.05", 0.58, 0.65, MLT_VERDICT_PASS},
        {"rmse better than production by 0.05", 0.59, 0.65, MLT_VERDICT_INCONCLUSIVE},
        {"rmse better than production by 0.05", 0.61, 0.65, MLT_VERDICT_INCONCLUSIVE},
        {"rmse better than production by 0.05", 0.63, 0.65, MLT_VERDICT_FAIL},
        {"rmse better than production by 0.05", INFINITY, 0.65, MLT_VERDICT_INVALID},
        {"rmse better than production by 10%", 0.55, 0.65, MLT_VERDICT_PASS},
        {"rmse better than production by 10%", 0.57, 0.65, MLT_VERDICT_INCONCLUSIVE},
        {"rmse better than production by 10%", 0.62, 0.65, MLT_VERDICT_FAIL},
        {"rmse better than production, rule point", 0.649, 0.65, MLT_VERDICT_PASS},
        {"rmse better than production, rule point", 0.65, 0.65, MLT_VERDICT_FAIL},
        {"rmse better than production, rule point", 0.651, 0.65, MLT_VERDICT_FAIL},
        {"rmse better than production by 0.05, rule point", 0.60, 0.65, MLT_VERDICT_FAIL},
        {"rmse better than production by 0.05, rule point", 0.59, 0.65, MLT_VERDICT_PASS},
    };
    static const struct known higher[] = {
        {"rmse better than production", 0.67, 0.65, MLT_VERDICT_PASS},
        {"rmse better than production", 0.63, 0.65, MLT_VERDICT_FAIL},
        {"rmse better than production by 10%", 0.75, 0.65, MLT_VERDICT_PASS},
        {"rmse better than production by 10%", 0.67, 0.65, MLT_VERDICT_FAIL},
        /* Below zero better stays better, and the share is one of the size. */
        {"rmse better than production by 10%", -0.55, -0.65, MLT_VERDICT_PASS},
        {"rmse better than production by 10%", -0.75, -0.65, MLT_VERDICT_FAIL},
    };
    static const struct known neither[] = {
        {"rmse better than production", 0.67, 0.65, MLT_VERDICT_INVALID},
        {"rmse within 0.1 of production", 0.65, 0.65, MLT_VERDICT_INVALID},
    };
    check(lower, sizeof lower / sizeof *lower, MLT_LOWER_IS_BETTER);
    check(higher, sizeof higher / sizeof *higher, MLT_HIGHER_IS_BETTER);
    check(neither, sizeof neither / sizeof *neither, MLT_DIRECTION_NONE);
}
END_TEST

START_TEST(no_default_makes_a_gain_out_of_nothing_shown)
{
    struct mlt_judge_defaults defaults = {.rule = MLT_RULE_NOT_SHOWN_WORSE,
                                          .slice_rule = MLT_RULE_NOT_SHOWN_WORSE};
    struct mlt_measurement m = bench_pair(0.65, 0.65, 0.01);
    struct mlt_findings out = {0};
    struct mlt_sentence s;
    m.slice_column = "brand";
    m.slice_value = "a";
    ck_ok(mlt_sentence_parse("rmse by brand better than production", &arena, &s, &err));
    ck_ok(mlt_judge_sentence(&s, NULL, &m, 1, &defaults, &arena, &out, &err));
    ck_assert_int_eq(out.items[0].rule, MLT_RULE_SUPERIOR);
    ck_verdict(out.items[0], MLT_VERDICT_INCONCLUSIVE);
    /* The same predictions are no gain, however many rows there are. */
    m = bench_pair(0.65, 0.65, 0);
    m.differing = 0;
    m.rows = 100000;
    ck_verdict(bench_judge("rmse better than production", m), MLT_VERDICT_INCONCLUSIVE);
    ck_says(bench_judge("rmse better than production by 1%", m), "no gain is shown");
    ck_verdict(bench_judge("rmse better than production, rule point", m), MLT_VERDICT_FAIL);
}
END_TEST

START_TEST(a_gain_is_told_in_words)
{
    struct mlt_finding f =
        bench_judge("rmse better than control by 0.05", bench_pair(0.58, 0.65, 0.01));
    ck_assert(f.margin == -0.05 && f.admitted == -0.05 && fabs(f.harm + 0.07) < 1e-15);
    ck_says(f, "rmse 0.58 against 0.65 in control: better by 0.07 (90 % interval of the harm "
               "-0.0865 to -0.0535), wanted better by more than 0.05: shown to be better");
    f = bench_judge("rmse better than production by 10%", bench_pair(0.62, 0.65, 0.01));
    ck_assert(f.margin == 0 && fabs(f.admitted + 0.065) < 1e-15);
    ck_says(f, "wanted better by more than 0.065 (10 %): shown not to be so much better");
    struct mlt_measurement m = bench_pair(0.01, 0.02, 0.001);
    m.var_baseline = 1e-2;
    f = bench_judge("rmse better than production by 10%", m);
    ck_verdict(f, MLT_VERDICT_INCONCLUSIVE);
    ck_says(f, "give an absolute margin");
}
END_TEST

START_TEST(crossed_slices_are_found_in_any_order)
{
    struct mlt_measurement m[4] = {bench_rmse(), bench_pair(0.71, 0.65, 0.01),
                                   bench_pair(0.80, 0.65, 0.01), bench_pair(0.60, 0.65, 0.01)};
    static const char *const values[] = {"3,5", "\"A, B\",5", "(other)"};
    for (int i = 1; i < 4; i++) {
        m[i].slice_column = "brand,store";
        m[i].slice_value = values[i - 1];
    }
    struct mlt_findings all =
        bench_judge_all("rmse by store, brand within 0.05 of production", m, 4);
    ck_assert_uint_eq(all.count, 3);
    ck_verdict(all.items[0], MLT_VERDICT_PASS);
    ck_verdict(all.items[1], MLT_VERDICT_FAIL);
    ck_verdict(all.items[2], MLT_VERDICT_PASS);
    ck_says(all.items[1], "for brand == A, B and store == 5");
    ck_says(all.items[2], "for brand,store == (other)");
    all =
        bench_judge_all("rmse for store == 5 and brand == 'A, B' within 0.05 of production", m, 4);
    ck_assert_uint_eq(all.count, 1);
    ck_verdict(all.items[0], MLT_VERDICT_FAIL);
    all = bench_judge_all("rmse for brand == 5 and store == 3 within 0.05 of production", m, 4);
    ck_verdict(all.items[0], MLT_VERDICT_INVALID);
    ck_says(all.items[0], "no slice brand,store == 5,3");
    all = bench_judge_all("rmse by brand within 0.05 of production", m, 4);
    ck_verdict(all.items[0], MLT_VERDICT_INVALID);
    all = bench_judge_all("rmse for brand == 3 within 0.05 of production", m, 4);
    ck_verdict(all.items[0], MLT_VERDICT_INVALID);
}
END_TEST

START_TEST(every_look_spends_from_one_alpha)
{
    struct mlt_sentence s;
    struct mlt_measurement m = bench_pair(0.68, 0.65, 0.01);
    double spent = 0;
    ck_ok(mlt_sentence_parse("rmse within 0.05 of production", &arena, &s, &err));
    for (unsigned look = 0; look < 40; look++) {
        struct mlt_judge_defaults defaults = {.looks = look};
        struct mlt_findings out = {0};
        ck_ok(mlt_judge_sentence(&s, NULL, &m, 1, &defaults, &arena, &out, &err));
        ck_assert(out.items[0].alpha == ldexp(0.05, -(int)look));
        spent += look > 0 ? out.items[0].alpha : 0;
        /* p = 0.0229: enough for one look, and for the first of several. */
        ck_verdict(out.items[0], look < 2 ? MLT_VERDICT_PASS : MLT_VERDICT_INCONCLUSIVE);
    }
    ck_assert(spent < 0.05);
}
END_TEST

TCase *claims_case(void)
{
    TCase *tcase = tcase_create("claims");
    tcase_add_checked_fixture(tcase, bench_setup, bench_teardown);
    tcase_add_test(tcase, equivalence_holds_on_both_sides);
    tcase_add_test(tcase, equivalence_reports_how_far_apart_and_both_p_values);
    tcase_add_test(tcase, equivalence_knows_identical_predictions_and_its_defaults);
    tcase_add_test(tcase, a_gain_must_be_shown);
    tcase_add_test(tcase, no_default_makes_a_gain_out_of_nothing_shown);
    tcase_add_test(tcase, a_gain_is_told_in_words);
    tcase_add_test(tcase, crossed_slices_are_found_in_any_order);
    tcase_add_test(tcase, every_look_spends_from_one_alpha);
    return tcase;
}
