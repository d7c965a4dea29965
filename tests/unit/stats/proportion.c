#include "harness/stats/proportion.h"

#include "harness/base/rng.h"
#include "tests/unit/stats/near.h"
#include "tests/unit/suite.h"

TCase *proportion_case(void);

START_TEST(wilson_matches_prop_test)
{
    /* R 4.2.2: prop.test(k, n, conf.level = 1 - 2 alpha, correct = FALSE and TRUE)$conf.int */
    static const double known[][7] = {
        {0, 30, .05, 0, 0.082724308125099219, 0, 0.11100477862442958},
        {30, 30, .05, 0.91727569187490055, 1, 0.8889952213755703, 1},
        {1, 1e6, .05, 2.2309225235210443e-07, 4.4824384707254596e-06, 6.8741721761220226e-08,
         5.2793394922852639e-06},
        {17, 20, .025, 0.63958113525924309, 0.94763125410378346, 0.61137487815671099,
         0.96043372829744456},
        {3, 299, .005, 0.002538153106308812, 0.038801683219760096, 0.0018904593627310335,
         0.04137160525420390},
        {1, 1, .05, 0.26986594878405434, 1, 0.072760590764397795, 1},
        {1, 3, .05, 0.078265726333728428, 0.74646613171877574, 0.023326647184133367,
         0.84430929923453724},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        const double *row = known[i];
        uint64_t k = (uint64_t)row[0], n = (uint64_t)row[1];
        struct mlt_interval plain = mlt_wilson(k, n, row[2], false);
        struct mlt_interval corrected = mlt_wilson(k, n, row[2], true);
        ck_near(plain.lo, row[3], 1e-13);
        ck_near(plain.hi, row[4], 1e-13);
        ck_near(corrected.lo, row[5], 1e-9);
        ck_near(corrected.hi, row[6], 1e-13);
    }
}
END_TEST

START_TEST(newcombe_matches_statsmodels)
{
    /* statsmodels 0.13.5: confint_proportions_2indep(k1, n1, k2, n2, method="newcomb",
     * compare="diff", alpha=2*alpha); where it leaves [-1, 1] it is cut. */
    static const double known[][7] = {
        {56, 70, 48, 80, .025, 0.05243147240236498, 0.33387265403690614},
        {9, 10, 3, 10, .025, 0.1705227239345029, 0.809017973535488},
        {0, 10, 0, 20, .05, -0.11915783736096455, 0.2129419700834071},
        {10, 10, 0, 20, .05, 0.755985916743429, 1},
        {10, 10, 20, 20, .025, -0.27753279986288937, 0.16112515805281957},
        {1, 3, 2, 2, .05, -0.9217342736662717, 0.04133651812941874},
        {0, 1, 1, 1, .05, -1, 0.03256547758000283},
        {5000, 1e6, 5100, 1e6, .005, -0.0003583181611922577, 0.00015827337281171315},
        {7, 1e9, 3, 1000, .05, -0.00748248430190684, -0.0011995554784065667},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        const double *row = known[i];
        struct mlt_interval x = mlt_newcombe((uint64_t)row[0], (uint64_t)row[1], (uint64_t)row[2],
                                             (uint64_t)row[3], row[4]);
        ck_near(x.lo, row[5], 1e-11);
        ck_near(x.hi, row[6], 1e-11);
    }
}
END_TEST

START_TEST(miettinen_nurminen_matches_a_search_for_the_likeliest)
{
    /* Python's decimal with 50 digits: the restricted p2 by halving on the slope of the
     * log-likelihood, the limits by halving on the score less scipy.stats.norm.isf(alpha) (SciPy
     * 1.10.1). Columns: k1 n1 k2 n2 alpha lo hi, p_above at -0.05 and 0.1. (statsmodels 0.13.5 has
     * another coefficient in its cubic and is off for differences other than 0.) */
    static const double known[][9] = {
        {56, 70, 48, 80, 0.025, 0.052829713245844581, 0.3381729400158684, 0.00051701757435839411,
         0.089597340074650145},
        {9, 10, 3, 10, 0.025, 0.17002501642439866, 0.84064954394332836, 0.0019378892761973861,
         0.012286808661607277},
        {0, 10, 0, 20, 0.05, -0.1227623113551182, 0.21867907412558263, 0.15655116090656512,
         0.84998649057300035},
        {10, 10, 0, 20, 0.05, 0.78132092587441737, 1, 7.5025848338042936e-09,
         5.5499200116935564e-07},
        {10, 10, 20, 20, 0.025, -0.28438133953437739, 0.16576022754217168, 0.23783548101857643,
         0.92862901624959826},
        {1, 3, 2, 2, 0.05, -0.9326922396884687, 0.1581440522216993, 0.8933468167297316,
         0.93624351332818767},
        {0, 1, 1, 1, 0.05, -1, 0.46026810243189192, 0.82924596485861546, 0.86553750974419008},
        {5000, 1000000, 5100, 1000000, 0.005, -0.00035832825057688025, 0.00015826425861962737, 0,
         1},
        {0, 1, 0, 1, 0.05, -0.84402020837958136, 0.84402020837958136, 0.43556574579857915,
         0.59316814211660407},
        {7, 1000000000, 3, 1000, 0.05, -0.0074824843050962679, -0.0011995554778942133,
         4.5686171333408409e-12, 1},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        const double *row = known[i];
        uint64_t k1 = (uint64_t)row[0], n1 = (uint64_t)row[1];
        uint64_t k2 = (uint64_t)row[2], n2 = (uint64_t)row[3];
        struct mlt_interval x = mlt_miettinen_nurminen(k1, n1, k2, n2, row[4]);
        ck_near(x.lo, row[5], 1e-9);
        ck_near(x.hi, row[6], 1e-9);
        ck_near(mlt_miettinen_nurminen_p_above(k1, n1, k2, n2, -0.05), row[7], 1e-9);
        ck_near(mlt_miettinen_nurminen_p_above(k1, n1, k2, n2, 0.1), row[8], 1e-9);
    }
    /* statsmodels 0.13.5: test_proportions_2indep(56, 70, 48, 80, value=0, method="score",
     * compare="diff", alternative="larger", correction=True).pvalue */
    ck_near(mlt_miettinen_nurminen_p_above(56, 70, 48, 80, 0), 0.004129143964690379, 1e-12);
}
END_TEST

START_TEST(tango_matches_published_intervals)
{
    /* The change of airway hyper-responsiveness in 21 children, Fagerland, Lydersen & Laake (2014,
     * Stat. Med. 33:2850), table VI: -0.517 to -0.026; and PropCIs' scoreci.mp(25, 28, 618) at 90
     * %, whose difference is second less first: -0.0148 to 0.0247. */
    struct mlt_interval x = mlt_tango(1, 7, 21, 0.025);
    ck_assert_double_eq_tol(x.lo, -0.517, 0.0005);
    ck_assert_double_eq_tol(x.hi, -0.026, 0.0005);
    x = mlt_tango(28, 25, 618, 0.05);
    ck_assert_double_eq_tol(x.lo, -0.0148, 0.00005);
    ck_assert_double_eq_tol(x.hi, 0.0247, 0.00005);
}
END_TEST

START_TEST(tango_matches_a_search_in_fifty_digits)
{
    /* Tango's T as printed, in Python's decimal with 50 digits, limits by halving on T less
     * scipy.stats.norm.isf(alpha), p by norm.sf(T) (SciPy 1.10.1). Columns: only_first only_second
     * n alpha lo hi, p_above at -0.02, 0 and 0.05. */
    static const double known[][9] = {
        {0, 0, 44, 0.025, -0.080295603758480702, 0.080295603758480702, 0.17166475950574328, 0.5,
         0.93596686769022941},
        {12, 2, 44, 0.025, 0.069166216776711545, 0.38600376991100399, 0.0020894245187486008,
         0.0037631575832289435, 0.015127427425039067},
        {1, 0, 44, 0.025, -0.05939323111662799, 0.1180770969821329, 0.083018377389849962,
         0.15865525393145707, 0.79674682219141357},
        {9, 1, 30, 0.025, 0.07242038286948406, 0.45660929528971639, 0.003707776099464355,
         0.0057060181930008256, 0.016019412648649912},
        {5, 0, 10, 0.05, 0.18058704487488933, 0.7307281788617328, 0.010625301372221676,
         0.012673659338734126, 0.019216965118390855},
        {10, 0, 10, 0.05, 0.57411605983318581, 1, 0.00062729733647927074, 0.00078270112900127398,
         0.0013151857321171115},
        {0, 10, 10, 0.025, -1, -0.44493440027422138, 0.99903125964537454, 0.99921729887099875,
         0.99955719297292178},
        {0, 0, 1, 0.05, -0.73013405121594599, 0.73013405121594599, 0.4432015031835318, 0.5,
         0.59072709580897831},
        {1, 0, 1, 0.05, -0.46026810243189192, 1, 0.15381584597314241, 0.15865525393145707,
         0.17075403514138454},
        {1, 1, 2, 0.05, -0.75826736115545279, 0.75826736115545279, 0.48871545612146433, 0.5,
         0.52822122868116395},
        {2, 1, 3, 0.025, -0.58468079839590459, 0.87701611055920758, 0.2702312602475187,
         0.28185143082538655, 0.31158510613209467},
        {8, 3, 87, 0.025, -0.019986108403080849, 0.14308436582398645, 0.02498258979755617,
         0.065834008011407111, 0.42068506935235517},
        {300, 250, 1e9, 0.05, 1.1452963570152662e-08, 8.8791800338018696e-08, 0,
         0.016503128830616255, 1},
        {0, 0, 1e9, 0.05, -2.7055434467754498e-09, 2.7055434467754498e-09, 0, 0.5, 1},
        {1, 0, 1e9, 0.05, -1.7055434494809931e-09, 4.48245122059463e-09, 0, 0.15865525393145707, 1},
        {4e8, 399990000, 1e9, 0.025, -4.5435806447239752e-05, 6.5435806380014817e-05, 0,
         0.36183597677240259, 1},
        {3, 7, 1e6, 0.005, -1.5227289173853862e-05, 5.5923505773360864e-06, 0, 0.8970483946339658,
         1},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        const double *row = known[i];
        uint64_t b = (uint64_t)row[0], c = (uint64_t)row[1], n = (uint64_t)row[2];
        struct mlt_interval x = mlt_tango(b, c, n, row[3]), mirror = mlt_tango(c, b, n, row[3]);
        double tolerance = n > 1000 ? 1e-9 : 1e-11;
        ck_near(x.lo, row[4], tolerance);
        ck_near(x.hi, row[5], tolerance);
        ck_assert(mirror.lo == -x.hi && mirror.hi == -x.lo);
        ck_near(mlt_tango_p_above(b, c, n, -0.02), row[6], 1e-11);
        ck_near(mlt_tango_p_above(b, c, n, 0), row[7], 1e-11);
        ck_near(mlt_tango_p_above(b, c, n, 0.05), row[8], 1e-11);
        ck_near(mlt_tango_p_below(b, c, n, 0.05), 1 - row[8], 1e-9);
    }
}
END_TEST

/* An interval excludes a value exactly where the p-value of that side is below alpha. */
static void check_agreement(struct mlt_interval x, double delta, double alpha, double p_above,
                            double p_below)
{
    ck_assert_msg(x.lo >= -1 && x.hi <= 1 && x.lo < x.hi, "%g to %g", x.lo, x.hi);
    if (fabs(delta - x.lo) > 1e-9)
        ck_assert_msg((delta < x.lo) == (p_above < alpha), "%g below %g: %g", delta, x.lo, p_above);
    if (fabs(delta - x.hi) > 1e-9)
        ck_assert_msg((delta > x.hi) == (p_below < alpha), "%g above %g: %g", delta, x.hi, p_below);
}

START_TEST(intervals_and_p_values_of_differences_agree)
{
    struct mlt_rng rng;
    mlt_rng_seed(&rng, 5);
    for (int i = 0; i < 4000; i++) {
        uint64_t n = 1 + mlt_rng_below(&rng, i % 2 == 0 ? 12 : 5000);
        uint64_t b = mlt_rng_below(&rng, n + 1), c = mlt_rng_below(&rng, n - b + 1);
        uint64_t m = 1 + mlt_rng_below(&rng, 40), k = mlt_rng_below(&rng, m + 1);
        double alpha = i % 3 == 0 ? 0.025 : 0.05, delta = 2.4 * mlt_rng_uniform(&rng) - 1.2;
        if (i % 5 == 0)
            delta = i % 2 == 0 ? -1 : 1;
        check_agreement(mlt_tango(b, c, n, alpha), delta, alpha, mlt_tango_p_above(b, c, n, delta),
                        mlt_tango_p_below(b, c, n, delta));
        check_agreement(mlt_miettinen_nurminen(b, n, k, m, alpha), delta, alpha,
                        mlt_miettinen_nurminen_p_above(b, n, k, m, delta),
                        mlt_miettinen_nurminen_p_below(b, n, k, m, delta));
    }
}
END_TEST

START_TEST(proportions_of_nothing_and_of_too_much_are_undefined)
{
    ck_assert(isnan(mlt_wilson(0, 0, 0.05, false).lo) && isnan(mlt_wilson(3, 2, 0.05, true).hi));
    ck_assert(isnan(mlt_wilson(1, 2, 0.5, false).lo) && isnan(mlt_wilson(1, 2, NAN, false).lo));
    ck_assert(isnan(mlt_newcombe(0, 0, 1, 2, 0.05).lo));
    ck_assert(isnan(mlt_miettinen_nurminen(1, 2, 0, 0, 0.05).hi));
    ck_assert(isnan(mlt_miettinen_nurminen_p_above(3, 2, 0, 1, 0)));
    ck_assert(isnan(mlt_tango(0, 0, 0, 0.05).lo) && isnan(mlt_tango(2, 2, 3, 0.05).lo));
    ck_assert(isnan(mlt_tango(UINT64_MAX, 2, 3, 0.05).lo));
    ck_assert(isnan(mlt_tango(1, 2, 3, 0).hi) && isnan(mlt_tango(1, 2, 3, 0.7).hi));
    ck_assert(isnan(mlt_tango_p_above(0, 0, 0, 0)) && isnan(mlt_tango_p_below(1, 0, 9, NAN)));
    /* No difference is beyond 1, whatever was seen. */
    ck_assert(mlt_tango_p_above(3, 0, 9, 1.5) == 1 && mlt_tango_p_below(3, 0, 9, 1.5) == 0);
}
END_TEST

TCase *proportion_case(void)
{
    TCase *tcase = tcase_create("proportion");
    tcase_add_test(tcase, wilson_matches_prop_test);
    tcase_add_test(tcase, newcombe_matches_statsmodels);
    tcase_add_test(tcase, miettinen_nurminen_matches_a_search_for_the_likeliest);
    tcase_add_test(tcase, tango_matches_published_intervals);
    tcase_add_test(tcase, tango_matches_a_search_in_fifty_digits);
    tcase_add_test(tcase, intervals_and_p_values_of_differences_agree);
    tcase_add_test(tcase, proportions_of_nothing_and_of_too_much_are_undefined);
    return tcase;
}
