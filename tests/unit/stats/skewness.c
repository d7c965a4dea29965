#include "harness/stats/skewness.h"

#include "harness/base/rng.h"
#include "tests/unit/stats/near.h"
#include "tests/unit/suite.h"

TCase *skewness_case(void);

START_TEST(skewness_matches_scipy)
{
    /* SciPy 1.10.1: skew(x, bias=False) */
    const double x[] = {0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46};
    const double three[] = {1, 2, 10}, large[] = {1e200, 2e200, 10e200}, same[] = {3, 3, 3};
    ck_near(mlt_skewness(x, 10), -0.032818834661992723, 1e-12);
    ck_near(mlt_skewness(three, 3), 1.6523167403329908, 1e-13);
    ck_near(mlt_skewness(large, 3), 1.6523167403329908, 1e-13);
    ck_assert(isnan(mlt_skewness(x, 2)) && isnan(mlt_skewness(x, 0)));
    ck_assert(isnan(mlt_skewness(same, 3)));
    const double bad[] = {1, 2, NAN}, infinite[] = {1, 2, INFINITY};
    ck_assert(isnan(mlt_skewness(bad, 3)) && isnan(mlt_skewness(infinite, 3)));
}
END_TEST

START_TEST(skewed_interval_matches_halls_equation)
{
    /* SciPy 1.10.1: brentq of t + g/(3 sqrt n) t^2 + g^2/(27 n) t^3 + g/(6 sqrt n) = +-t.ppf(alpha,
     * df); p by t.sf of it at value / se. Columns: value se df skewness n alpha lo hi p_above(0).
     */
    static const double known[][9] = {
        {1, .5, 19, 2, 20, .05, 0.31991631579824265, 2.4145131235867487, 0.0066482327403954841},
        {1, .5, 19, -2, 20, .05, -0.41451312358674874, 1.6800836842017572, 0.090533973666961448},
        {.3, .1, INFINITY, 6, 50, .025, 0.17096677221477077, 0.97943353414147927,
         7.4202603212721886e-11},
        {1, .5, 19, 0, 20, .05, 0.13543359423931634, 1.8645664057606837, 0.030001018193049168},
        {1, .5, 2, 1.7, 3, .05, 0.16337050395993202, 4.4622620714273644, 0.032043946509418754},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        const double *row = known[i];
        struct mlt_estimate e = {row[0], row[1], row[2]}, mirror = {-row[0], row[1], row[2]};
        struct mlt_interval x = mlt_skewed_interval(e, row[3], row[4], row[5]);
        struct mlt_interval y = mlt_skewed_interval(mirror, -row[3], row[4], row[5]);
        ck_near(x.lo, row[6], 1e-10);
        ck_near(x.hi, row[7], 1e-10);
        ck_near(y.lo, -x.hi, 1e-13);
        ck_near(mlt_skewed_p_above(e, row[3], row[4], 0), row[8], 1e-10);
        ck_near(mlt_skewed_p_above(e, row[3], row[4], x.lo), row[5], 1e-10);
        ck_near(mlt_skewed_p_below(e, row[3], row[4], x.hi), row[5], 1e-10);
    }
}
END_TEST

START_TEST(skewed_interval_and_p_values_agree)
{
    struct mlt_rng rng;
    mlt_rng_seed(&rng, 9);
    for (int i = 0; i < 20000; i++) {
        double n = 3 + (double)mlt_rng_below(&rng, 300);
        double skewness = (2 * mlt_rng_uniform(&rng) - 1) * sqrt(n);
        struct mlt_estimate e = {10 * mlt_rng_uniform(&rng) - 5, mlt_rng_uniform(&rng), n - 1};
        double bound = 12 * mlt_rng_uniform(&rng) - 6;
        struct mlt_interval x = mlt_skewed_interval(e, skewness, n, 0.05);
        double above = mlt_skewed_p_above(e, skewness, n, bound);
        double below = mlt_skewed_p_below(e, skewness, n, bound);
        ck_assert(x.lo < x.hi);
        if (fabs(bound - x.lo) > 1e-9)
            ck_assert((bound < x.lo) == (above < 0.05));
        if (fabs(bound - x.hi) > 1e-9)
            ck_assert((bound > x.hi) == (below < 0.05));
        ck_near(above + below, 1, 1e-12);
        ck_assert(mlt_skewed_p_above(e, skewness, n, bound + 0.1) >= above);
    }
}
END_TEST

START_TEST(cautious_interval_excludes_what_both_exclude)
{
    struct mlt_rng rng;
    mlt_rng_seed(&rng, 10);
    for (int i = 0; i < 5000; i++) {
        double n = 3 + (double)mlt_rng_below(&rng, 60), skewness = 8 * mlt_rng_uniform(&rng) - 4;
        struct mlt_estimate e = {10 * mlt_rng_uniform(&rng) - 5, mlt_rng_uniform(&rng), n - 1};
        double bound = 12 * mlt_rng_uniform(&rng) - 6;
        struct mlt_interval x = mlt_cautious_interval(e, skewness, n, 0.05);
        struct mlt_interval plain = mlt_estimate_interval(e, 0.05);
        struct mlt_interval skewed = mlt_skewed_interval(e, skewness, n, 0.05);
        ck_assert(x.lo <= plain.lo && x.lo <= skewed.lo && x.hi >= plain.hi && x.hi >= skewed.hi);
        ck_assert(x.lo == plain.lo || x.lo == skewed.lo);
        ck_assert(x.hi == plain.hi || x.hi == skewed.hi);
        if (fabs(bound - x.lo) > 1e-9)
            ck_assert((bound < x.lo) == (mlt_cautious_p_above(e, skewness, n, bound) < 0.05));
        if (fabs(bound - x.hi) > 1e-9)
            ck_assert((bound > x.hi) == (mlt_cautious_p_below(e, skewness, n, bound) < 0.05));
    }
    struct mlt_estimate good = {1, 1, 9}, none = {1, 0, 9};
    ck_assert(isnan(mlt_cautious_interval(good, NAN, 10, 0.05).lo));
    ck_assert(isnan(mlt_cautious_interval(none, 1, 10, 0.05).hi));
    ck_assert(isnan(mlt_cautious_p_above(good, NAN, 10, 0)));
    ck_assert(isnan(mlt_cautious_p_below(none, 1, 10, 0)));
}
END_TEST

START_TEST(skewed_interval_of_nothing_is_undefined)
{
    struct mlt_estimate good = {1, 1, 9}, none = {1, 0, 9};
    ck_assert(isnan(mlt_skewed_interval(none, 1, 10, 0.05).lo));
    ck_assert(isnan(mlt_skewed_interval(good, NAN, 10, 0.05).hi));
    ck_assert(isnan(mlt_skewed_interval(good, 1, 0, 0.05).hi));
    ck_assert(isnan(mlt_skewed_interval(good, 1, 10, 0.5).hi));
    ck_assert(isnan(mlt_skewed_p_above(none, 1, 10, 0)));
    ck_assert(isnan(mlt_skewed_p_below(good, INFINITY, 10, 0)));
    ck_assert(isnan(mlt_skewed_p_below(good, 1, 10, NAN)));
}
END_TEST

TCase *skewness_case(void)
{
    TCase *tcase = tcase_create("skewness");
    tcase_add_test(tcase, skewness_matches_scipy);
    tcase_add_test(tcase, skewed_interval_matches_halls_equation);
    tcase_add_test(tcase, skewed_interval_and_p_values_agree);
    tcase_add_test(tcase, cautious_interval_excludes_what_both_exclude);
    tcase_add_test(tcase, skewed_interval_of_nothing_is_undefined);
    return tcase;
}
