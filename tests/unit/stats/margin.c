#include "harness/stats/margin.h"

#include "tests/unit/stats/near.h"
#include "tests/unit/suite.h"

TCase *margin_case(void);

START_TEST(an_estimate_is_judged_as_by_students_t)
{
    /* SciPy 1.10.1: t.sf(.3/.2, 9), t.cdf((.3-.7)/.2, 9), t.sf((.3+.5)/.2, 9); and R 4.2.2:
     * .3 -+ qt(.95, 9) * .2 (SciPy's t.isf is 3e-13 off) */
    struct mlt_estimate e = {0.3, 0.2, 9};
    ck_near(mlt_estimate_p_above(e, 0), 0.083925328028537458, 1e-13);
    ck_near(mlt_noninferiority_p(e, 0.7), 0.038276411885350463, 1e-13);
    ck_near(mlt_equivalence_p(e, -0.5, 0.7), 0.038276411885350463, 1e-13);
    ck_near(mlt_equivalence_p(e, -0.5, 7), 0.0015552141551929267, 1e-13);
    struct mlt_interval x = mlt_estimate_interval(e, 0.05);
    ck_near(x.lo, -0.066622586531247363, 1e-13);
    ck_near(x.hi, 0.6666225865312474, 1e-13);
    ck_near(mlt_equivalence_margin(e, 0.05), 0.6666225865312474, 1e-13);
    ck_near(mlt_equivalence_p(e, -0.6666225865312474, 0.6666225865312474), 0.05, 1e-12);
    struct mlt_test test = mlt_estimate_test(e, 0);
    ck_near(test.p, 2 * 0.083925328028537458, 1e-13);
    ck_near(test.p_above + test.p_below, 1, 1e-13);
    /* A normal estimate: stats.norm.isf(.05) = 1.6448536269514729 */
    ck_near(mlt_estimate_interval((struct mlt_estimate){0, 1, INFINITY}, 0.05).hi,
            1.6448536269514729, 1e-14);
}
END_TEST

START_TEST(an_estimate_without_spread_shows_nothing)
{
    static const struct mlt_estimate none[] = {{0, 0, 9},       {0, NAN, 9}, {0, 1, 0},
                                               {0, 1, NAN},     {NAN, 1, 9}, {INFINITY, 1, 9},
                                               {0, INFINITY, 9}};
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        ck_assert(isnan(mlt_estimate_interval(none[i], 0.05).lo));
        ck_assert(isnan(mlt_estimate_p_above(none[i], -1)));
        ck_assert(isnan(mlt_noninferiority_p(none[i], 1)));
        ck_assert(isnan(mlt_equivalence_p(none[i], -1, 1)));
        ck_assert(isnan(mlt_equivalence_margin(none[i], 0.05)));
        ck_assert(isnan(mlt_estimate_test(none[i], 0).p));
        ck_assert(mlt_estimate_test(none[i], 0).state != MLT_TEST_DONE);
    }
    struct mlt_estimate e = {0.3, 0.2, 9};
    ck_assert(isnan(mlt_noninferiority_p(e, 0)) && isnan(mlt_noninferiority_p(e, NAN)));
    ck_assert(isnan(mlt_equivalence_p(e, 1, -1)) && isnan(mlt_equivalence_p(e, NAN, 1)));
    ck_assert(isnan(mlt_estimate_p_below(e, NAN)));
    ck_assert_int_eq(mlt_estimate_test(e, NAN).state, MLT_TEST_NOT_FINITE);
}
END_TEST

TCase *margin_case(void)
{
    TCase *tcase = tcase_create("margin");
    tcase_add_test(tcase, an_estimate_is_judged_as_by_students_t);
    tcase_add_test(tcase, an_estimate_without_spread_shows_nothing);
    return tcase;
}
