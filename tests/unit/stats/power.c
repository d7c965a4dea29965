#include "harness/stats/power.h"

#include "harness/stats/noncentral.h"
#include "tests/unit/stats/near.h"
#include "tests/unit/suite.h"

TCase *power_case(void);

static const struct mlt_sizing two_sided_90 = {0.025, 0.9, 1, 1};
static const struct mlt_sizing two_sided_80 = {0.025, 0.8, 1, 1};
static const struct mlt_sizing one_sided_90 = {0.05, 0.9, 1, 1};
static const struct mlt_sizing one_sided_80 = {0.05, 0.8, 1, 1};

START_TEST(noncentral_t_matches_quadrature)
{
    /* SciPy 1.10.1: quad of norm.cdf(t*s - shift) against the density of s = sqrt(chi2/df), epsabs
     * 1e-14 (its nct.cdf and R 4.2.2's pt(t, df, ncp) agree to 1e-11 except R for shift 97, where
     * R uses an approximation) */
    static const double known[][4] = {
        {2, 10, 1, 0.80761156253037514},     {0, 1, .5, 0.30853753872598688},
        {-3, 4, 2, 0.00011814597240616209},  {3, 4, 2, 0.71053947628995906},
        {1.5, 2.5, -1, 0.97930030279805724}, {30, 50, 28, 0.71780488312044766},
        {10, 3, 12, 0.23540062393683803},    {100, 200, 97, 0.71178715798087178},
        {-1, .5, 3, 0.00049444296350815498},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        const double *row = known[i];
        ck_assert_double_eq_tol(mlt_noncentral_t_cdf(row[0], row[1], row[2]), row[3], 1e-13);
        ck_assert_double_eq_tol(mlt_noncentral_t_sf(row[0], row[1], row[2]), 1 - row[3], 1e-13);
    }
    /* R 4.2.2: pt(1.7, 29, lower.tail = FALSE); pt(2, 1e6, 2.5) */
    ck_near(mlt_noncentral_t_sf(1.7, 29, 0), 0.049916895744234663, 1e-12);
    ck_assert_double_eq_tol(mlt_noncentral_t_cdf(2, 1e6, 2.5), 0.30853753872579, 1e-12);
    ck_near(mlt_noncentral_t_cdf(2, INFINITY, 2.5), 0.30853753872598688, 1e-13);
    ck_assert(mlt_noncentral_t_cdf(INFINITY, 3, 1) == 1 &&
              mlt_noncentral_t_sf(INFINITY, 3, 1) == 0);
    ck_assert(isnan(mlt_noncentral_t_cdf(1, 0, 1)) && isnan(mlt_noncentral_t_cdf(NAN, 1, 1)));
    ck_assert(isnan(mlt_noncentral_t_cdf(1, 3, INFINITY)) &&
              isnan(mlt_noncentral_t_cdf(1, 0.01, 1)));
}
END_TEST

START_TEST(power_of_means_matches_power_t_test)
{
    /* R 4.2.2: power.t.test(n = 20, delta = 1)$power and
     * power.t.test(n = 15, delta = .5, sd = .8, type = "paired", alternative = "one.sided")$power
     */
    ck_near(mlt_means_power(&two_sided_90, 1, 1, 1, 20), 0.86895280169249778, 1e-10);
    ck_near(mlt_pairs_power(&one_sided_90, 0.8, 0.5, 15), 0.74418212920488858, 1e-10);
    /* statsmodels 0.13.5: TTestIndPower().power(.5, nobs1=30, alpha=.05, ratio=2,
     * alternative="larger"); 88 degrees of freedom where Welch has 58.3 + ..., hence the tolerance
     */
    struct mlt_sizing twice = {0.05, 0.8, 2, 1};
    ck_near(mlt_means_power(&twice, 1, 1, 0.5, 30), 0.7170060848776616, 0.005);
    /* SciPy 1.10.1: nct.sf(t.isf(.025, df), df, .8/se), se and df by Welch's formulas for sd 1 and
     * 3 and n 40 and 80; the same with se * sqrt(1.7) */
    struct mlt_sizing welch = {0.025, 0.8, 2, 1}, inflated = {0.025, 0.8, 2, 1.7};
    ck_near(mlt_means_power(&welch, 1, 3, 0.8, 40), 0.57069206568867259, 1e-10);
    ck_near(mlt_means_power(&inflated, 1, 3, 0.8, 40), 0.37444877152479705, 1e-10);
    ck_assert(mlt_means_size(&welch, 1, 3, 0.8) == 69);
}
END_TEST

START_TEST(sizes_of_means_match_power_t_test)
{
    /* R 4.2.2: the least n for which power.t.test(n, delta)$power reaches the power; alternatives
     * two.sided, one.sided; type paired, deltas .01 and 5 */
    ck_assert(mlt_means_size(&two_sided_90, 1, 1, 1) == 23);
    ck_assert(mlt_means_size(&one_sided_90, 1, 1, 1) == 18);
    ck_assert(mlt_pairs_size(&two_sided_80, 1, 0.2) == 199);
    ck_assert(mlt_means_size(&two_sided_80, 1, 1, 0.01) == 156979);
    ck_assert(mlt_means_size(&two_sided_80, 1, 1, 5) == 3);
    /* power.t.test(n = 20, power = .9, tol = 1e-13)$delta */
    ck_near(mlt_detectable_effect(sqrt(2.0 / 20), 38, 0.025, 0.9), 1.0519931266583282, 1e-9);
    ck_assert(mlt_means_size(&two_sided_80, 1, 1, 0) == INFINITY);
    ck_assert(mlt_means_size(&two_sided_80, 1, 1, -1) == INFINITY);
    ck_assert(mlt_means_size(&two_sided_80, 1, 1, 1e-12) == INFINITY);
}
END_TEST

START_TEST(equivalence_of_means_matches_both_one_sided_powers)
{
    /* SciPy 1.10.1: nct.sf(t.isf(alpha, df), df, lo/se) + nct.sf(..., hi/se) - 1, and the least n
     */
    ck_near(mlt_pairs_equivalence_power(&one_sided_90, 1, 0.3, 0.5, 100), 0.90853842136896601,
            1e-10);
    ck_assert(mlt_pairs_equivalence_size(&one_sided_90, 1, 0.3, 0.5) == 97);
    ck_near(mlt_means_equivalence_power(&one_sided_80, 1, 2, 0.5, 0.5, 200), 0.86898244877215824,
            1e-10);
    ck_assert(mlt_means_equivalence_size(&one_sided_80, 1, 2, 0.5, 0.5) == 173);
    ck_assert(mlt_means_equivalence_size(&one_sided_80, 1, 2, 0.5, -0.1) == INFINITY);
    ck_assert(mlt_pairs_equivalence_power(&one_sided_80, 1, 0.01, 0.01, 5) == 0);
}
END_TEST

START_TEST(power_of_proportions_matches_r_and_statsmodels)
{
    /* R 4.2.2: power.prop.test(n = 50, p1 = .5, p2 = .75)$power and the least n for powers .9, .8
     */
    ck_near(mlt_proportions_power(&two_sided_90, 0.75, 0.5, 0, true, 50), 0.74016590133138793,
            1e-12);
    ck_assert(mlt_proportions_size(&two_sided_90, 0.75, 0.5, 0, true) == 77);
    ck_assert(mlt_proportions_size(&one_sided_80, 0.06, 0.05, 0, true) == 6426);
    /* statsmodels 0.13.5: power_proportions_2indep(diff, prop2, n, ratio, alpha=.05,
     * alternative="larger", return_results=False) */
    static const double known[][5] = {{.1, .5, 200, 1, 0.6432205704507106},
                                      {.03, .05, 500, 2, 0.731263217159817},
                                      {.1, .5, 300, .5, 0.6451739404728785}};
    for (int i = 0; i < 3; i++) {
        const double *row = known[i];
        struct mlt_sizing s = {0.05, 0.8, row[3], 1};
        double power = mlt_proportions_power(&s, row[1] + row[0], row[1], 0, true, row[2]);
        ck_near(power, row[4], 1e-12);
    }
    /* NormalIndPower().power(.1 / sqrt((.6*.4 + .5*.5) / 2), 200, .05, alternative="larger") */
    ck_near(mlt_proportions_power(&one_sided_80, 0.6, 0.5, 0, false, 200), 0.64633763095831398,
            1e-12);
    /* samplesize_proportions_2indep_onetail(.1, .5, .8, alpha=.05, alternative="larger"), rounded
     * up */
    ck_assert(mlt_proportions_size(&one_sided_80, 0.6, 0.5, 0, true) == 305);
    /* SciPy 1.10.1: norm.cdf((d-lo)/se - z) + norm.cdf((hi-d)/se - z) - 1, and the least n */
    ck_near(mlt_proportions_equivalence_power(&one_sided_80, 0.8, 0.81, -0.05, 0.05, 1500),
            0.86253344701049262, 1e-11);
    ck_assert(mlt_proportions_equivalence_size(&one_sided_80, 0.8, 0.81, -0.05, 0.05) == 1268);
}
END_TEST

START_TEST(rows_needed_grow_from_what_was_seen)
{
    /* SciPy 1.10.1: the least m for which nct.sf(t.isf(.05, df), df, .01/(se*sqrt(n/m))) >= .8 with
     * df = (df0 + 1) m / n - 1: 100 rows, and 1000 rows in 20 clusters */
    ck_assert(mlt_rows_needed((struct mlt_estimate){0.01, 0.01, 99}, 100, 0, 0.05, 0.8) == 620);
    ck_assert(mlt_rows_needed((struct mlt_estimate){0.01, 0.01, 19}, 1000, 0.02, 0.05, 0.8) ==
              6251);
    ck_assert(mlt_rows_needed((struct mlt_estimate){0.01, 0.01, 99}, 100, 0.01, 0.05, 0.8) ==
              INFINITY);
    ck_assert(isnan(mlt_rows_needed((struct mlt_estimate){0, 0, 99}, 100, 0.01, 0.05, 0.8)));
    ck_assert(isnan(mlt_rows_needed((struct mlt_estimate){0, 1, 99}, 0, 0.01, 0.05, 0.8)));
    /* What is settled already needs fewer rows than there are. */
    ck_assert(mlt_rows_needed((struct mlt_estimate){0.1, 0.01, 99}, 100, 0, 0.05, 0.8) < 100);
}
END_TEST

START_TEST(a_size_is_the_least_that_has_the_power)
{
    for (double distance = 0.003; distance < 3; distance *= 1.7) {
        for (double ratio = 0.25; ratio < 5; ratio *= 2) {
            struct mlt_sizing s = {0.05 / ratio / 4, 0.6, ratio, 1.5};
            double n = mlt_means_size(&s, 1, 0.5, distance);
            ck_assert_double_ge(mlt_means_power(&s, 1, 0.5, distance, n), 0.6);
            ck_assert(n == 2 || mlt_means_power(&s, 1, 0.5, distance, n - 1) < 0.6);
        }
    }
}
END_TEST

START_TEST(factors_of_the_variance)
{
    ck_near(mlt_design_effect(20, 0, 0.05), 1.95, 1e-15);
    ck_near(mlt_design_effect(20, 0.5, 0.05), 1 + (1.25 * 20 - 1) * 0.05, 1e-15);
    ck_near(mlt_covariate_factor(-0.6), 0.64, 1e-15);
    ck_near(mlt_divided_alpha(0.05, 8), 0.00625, 1e-15);
    ck_near(mlt_discordant_sd(0.1, 0.05), sqrt(0.15 - 0.0025), 1e-15);
    ck_assert(isnan(mlt_design_effect(0.5, 0, 0.1)) && isnan(mlt_design_effect(5, 0, 1.1)));
    ck_assert(isnan(mlt_covariate_factor(1.1)) && isnan(mlt_divided_alpha(0.05, 0)));
    ck_assert(isnan(mlt_discordant_sd(0.7, 0.4)));
}
END_TEST

START_TEST(plans_that_make_no_sense_are_undefined)
{
    static const struct mlt_sizing bad[] = {
        {0, 0.8, 1, 1},    {0.5, 0.8, 1, 1},  {NAN, 0.8, 1, 1},
        {0.05, 0, 1, 1},   {0.05, 1, 1, 1},   {0.05, NAN, 1, 1},
        {0.05, 0.8, 0, 1}, {0.05, 0.8, 1, 0}, {0.05, 0.8, NAN, 1}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ck_assert(isnan(mlt_means_size(&bad[i], 1, 1, 0.1)));
        ck_assert(isnan(mlt_pairs_size(&bad[i], 1, 0.1)));
        ck_assert(isnan(mlt_proportions_size(&bad[i], 0.5, 0.4, 0, false)));
    }
    ck_assert(isnan(mlt_means_size(&one_sided_80, 0, 1, 0.1)));
    ck_assert(isnan(mlt_pairs_size(&one_sided_80, NAN, 0.1)));
    ck_assert(isnan(mlt_means_size(&one_sided_80, 1, 1, NAN)));
    ck_assert(isnan(mlt_proportions_size(&one_sided_80, 1.1, 0.4, 0, false)));
    ck_assert(isnan(mlt_proportions_size(&one_sided_80, 0.5, 0.4, 0.1, true)));
    ck_assert(isnan(mlt_proportions_power(&one_sided_80, 1, 0, 0, false, 9)));
    ck_assert(isnan(mlt_detectable_effect(1, 9, 0.05, 0.04)));
    ck_assert(isnan(mlt_shift_power(1, 0, 9, 0.05)) && isnan(mlt_shift_power(NAN, 1, 9, 0.05)));
    ck_assert(mlt_shift_power(1e9, 1e-9, 9, 0.05) == 1);
}
END_TEST

TCase *power_case(void)
{
    TCase *tcase = tcase_create("power");
    tcase_add_test(tcase, noncentral_t_matches_quadrature);
    tcase_add_test(tcase, power_of_means_matches_power_t_test);
    tcase_add_test(tcase, sizes_of_means_match_power_t_test);
    tcase_add_test(tcase, equivalence_of_means_matches_both_one_sided_powers);
    tcase_add_test(tcase, power_of_proportions_matches_r_and_statsmodels);
    tcase_add_test(tcase, rows_needed_grow_from_what_was_seen);
    tcase_add_test(tcase, a_size_is_the_least_that_has_the_power);
    tcase_add_test(tcase, factors_of_the_variance);
    tcase_add_test(tcase, plans_that_make_no_sense_are_undefined);
    return tcase;
}
