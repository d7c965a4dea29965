/* Expected values: mpmath 1.3 by dist_reference.py (into dist_reference.h) and by its own loggamma,
 * expm1 and quadrature; quantiles and masses: R 4.2.2. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "harness/base/cpu.h"
#include "harness/base/rng.h"
#include "harness/stats/dist.h"
#include "harness/stats/elementary.h"
#include "tests/unit/stats/dist_reference.h"
#include "tests/unit/suite.h"

TCase *families_case(void);

#define ROWS(table) (sizeof(table) / sizeof(table)[0])

static void near_to(double value, double expected, double tolerance)
{
    double scale = fabs(expected) > 1e-300 ? fabs(expected) : 1;
    ck_assert_msg(fabs(value - expected) <= tolerance * scale, "%.17g is not %.17g", value,
                  expected);
}

START_TEST(both_tails_match_the_reference_from_tiny_to_huge_parameters)
{
    for (size_t i = 0; i < ROWS(gamma_reference); i++) {
        const double *r = gamma_reference[i];
        near_to(mlt_gamma_cdf(r[1], r[0], 1), r[2], 1e-12);
        near_to(mlt_gamma_sf(r[1], r[0], 1), r[3], 1e-12);
        near_to(mlt_chi2_cdf(2 * r[1], 2 * r[0]), r[2], 1e-12);
        near_to(mlt_chi2_sf(2 * r[1], 2 * r[0]), r[3], 1e-12);
    }
    for (size_t i = 0; i < ROWS(beta_reference); i++) {
        const double *r = beta_reference[i];
        near_to(mlt_beta_cdf(r[2], r[0], r[1]), r[3], 1e-12);
        near_to(mlt_beta_sf(r[2], r[0], r[1]), r[4], 1e-12);
    }
    for (size_t i = 0; i < ROWS(t_reference); i++) {
        const double *r = t_reference[i];
        near_to(mlt_t_cdf(r[1], r[0]), r[2], 1e-12);
        near_to(mlt_t_sf(r[1], r[0]), r[3], 1e-12);
        near_to(mlt_t_sf(-r[1], r[0]), r[2], 1e-12);
    }
    for (size_t i = 0; i < ROWS(f_reference); i++) {
        const double *r = f_reference[i];
        near_to(mlt_f_cdf(r[2], r[0], r[1]), r[3], 1e-12);
        near_to(mlt_f_sf(r[2], r[0], r[1]), r[4], 1e-12);
    }
}
END_TEST

START_TEST(counts_match_the_reference_in_both_tails)
{
    for (size_t i = 0; i < ROWS(binomial_reference); i++) {
        const double *r = binomial_reference[i];
        near_to(mlt_binomial_cdf(r[2], r[0], r[1]), r[3], 1e-12);
        near_to(mlt_binomial_sf(r[2] + 0.5, r[0], r[1]), r[4], 1e-12);
    }
    for (size_t i = 0; i < ROWS(poisson_reference); i++) {
        const double *r = poisson_reference[i];
        near_to(mlt_poisson_cdf(r[1], r[0]), r[2], 1e-12);
        near_to(mlt_poisson_sf(r[1] + 0.5, r[0]), r[3], 1e-12);
    }
}
END_TEST

START_TEST(quantiles_invert_every_tail_of_the_reference)
{
    for (size_t i = 0; i < ROWS(gamma_reference); i++) {
        const double *r = gamma_reference[i];
        if (r[2] <= 0.5)
            near_to(mlt_gamma_cdf(mlt_gamma_quantile(r[2], r[0], 1), r[0], 1), r[2], 3e-12);
    }
    for (size_t i = 0; i < ROWS(beta_reference); i++) {
        const double *r = beta_reference[i];
        if (r[3] <= 0.5)
            near_to(mlt_beta_cdf(mlt_beta_quantile(r[3], r[0], r[1]), r[0], r[1]), r[3], 3e-12);
    }
    for (size_t i = 0; i < ROWS(t_reference); i++) {
        const double *r = t_reference[i];
        if (r[2] <= 0.5)
            near_to(mlt_t_cdf(mlt_t_quantile(r[2], r[0]), r[0]), r[2], 3e-12);
    }
    for (size_t i = 0; i < ROWS(f_reference); i++) {
        const double *r = f_reference[i];
        if (r[3] <= 0.5)
            near_to(mlt_f_cdf(mlt_f_quantile(r[3], r[0], r[1]), r[0], r[1]), r[3], 3e-12);
    }
}
END_TEST

START_TEST(continuous_quantiles_match_r)
{
    static const double chi2[][3] = {
        {0.95, 1, 3.841458820694124},       {0.05, 3, 0.35184631774927144},
        {1e-10, 7.5, 0.009121077613054562}, {0.999999, 120, 208.50436855596178},
        {0.5, 1e5, 99999.333334123468},     {0.01, 0.02, 1.1321476294123912e-200}};
    static const double f[][4] = {
        {0.95, 1, 1, 161.44763879758818},       {0.05, 3, 17, 0.115168894562293},
        {1e-10, 7.5, 40, 0.001139394179437166}, {0.999999, 120, 5, 392.51456380904034},
        {0.5, 1000, 2000, 0.99966662144678864}, {0.3, 0.5, 0.25, 0.32851236168036524}};
    for (size_t i = 0; i < ROWS(chi2); i++)
        near_to(mlt_chi2_quantile(chi2[i][0], chi2[i][1]), chi2[i][2], 3e-12);
    for (size_t i = 0; i < ROWS(f); i++)
        near_to(mlt_f_quantile(f[i][0], f[i][1], f[i][2]), f[i][3], 3e-12);
    near_to(mlt_f_quantile(0.95, 4, INFINITY), mlt_chi2_quantile(0.95, 4) / 4, 1e-15);
    near_to(mlt_f_sf(2.5, 4, INFINITY), mlt_chi2_sf(10, 4), 1e-15);
    near_to(mlt_gamma_quantile(0.3, 2.5, 7), 7 * mlt_gamma_quantile(0.3, 2.5, 1), 1e-15);
}
END_TEST

START_TEST(quantiles_and_masses_of_counts_match_r)
{
    static const double binomial[][4] = {{0.95, 20, 0.3, 9},           {0.05, 299, 0.99, 293},
                                         {1e-10, 1e6, 0.2, 197459},    {0.5, 1e6, 1e-6, 1},
                                         {0.975, 1e9, 0.5, 500030990}, {0.999999999, 7, 0.1, 7}};
    static const double poisson[][3] = {{0.95, 20, 28},
                                        {0.05, 0.01, 0},
                                        {1e-10, 1e6, 993645},
                                        {0.5, 3.5, 3},
                                        {0.975, 1e9, 1000061980}};
    for (size_t i = 0; i < ROWS(binomial); i++)
        ck_assert(mlt_binomial_quantile(binomial[i][0], binomial[i][1], binomial[i][2]) ==
                  binomial[i][3]);
    for (size_t i = 0; i < ROWS(poisson); i++)
        ck_assert(mlt_poisson_quantile(poisson[i][0], poisson[i][1]) == poisson[i][2]);
    near_to(mlt_binomial_mass(3, 20, 0.3), 0.071603672205262314, 1e-13);
    near_to(mlt_binomial_mass(0, 299, 0.01), 0.049536256637662465, 1e-13);
    near_to(mlt_binomial_mass(200000, 1e6, 0.2), 0.00099735526466055813, 1e-12);
    near_to(mlt_binomial_mass(190000, 1e6, 0.2), 3.5193093543399302e-141, 1e-12);
    near_to(mlt_binomial_mass(20, 20, 0.9), 0.12157665459056936, 1e-13);
    near_to(mlt_poisson_mass(3, 20), 2.7482048299180773e-06, 1e-13);
    near_to(mlt_poisson_mass(0, 0.01), 0.99004983374916811, 1e-15);
    near_to(mlt_poisson_mass(1e6, 1e6), 0.00039894224715624404, 1e-12);
    near_to(mlt_poisson_mass(970000, 1e6), 1.5517751981821202e-201, 1e-12);
}
END_TEST

START_TEST(a_step_of_a_count_gives_that_step)
{
    for (double n = 1; n <= 40; n++)
        for (double k = 0; k < n; k++) {
            double p = mlt_binomial_cdf(k, n, 0.3);
            if (mlt_binomial_sf(k, n, 0.3) < 1e-6)
                continue;
            ck_assert(mlt_binomial_quantile(p, n, 0.3) == k);
            ck_assert(mlt_binomial_quantile(p * (1 + 1e-9), n, 0.3) == k + 1);
        }
    double sum = 0;
    for (double k = 0; k <= 12; k++) {
        sum += mlt_poisson_mass(k, 3.3);
        near_to(sum, mlt_poisson_cdf(k, 3.3), 1e-14);
        ck_assert(mlt_poisson_quantile(mlt_poisson_cdf(k, 3.3), 3.3) == k);
    }
}
END_TEST

START_TEST(lgamma_and_expm1_match_mpmath)
{
    static const double lgammas[][2] = {
        {1e-300, 690.77552789821371},    {0.001, 6.9071788853838537},
        {0.25, 1.2880225246980775},      {0.5, 0.57236494292470009},
        {0.999, 0.00057803853289138024}, {1.0000001, -5.7721558299185071e-8},
        {1.5, -0.12078223763524522},     {1.99999, -4.2278111042416735e-6},
        {2.3, 0.15418945495963047},      {2.6, 0.35741186354897984},
        {7.25, 7.0521854507385394},      {100, 359.1342053695754},
        {1e6, 12815504.569147612},       {1e15, 33538776394910669.0},
        {1e300, 6.8977552789821374e+302}};
    static const double expm1s[][2] = {
        {-1e-20, -9.9999999999999995e-21}, {1e-09, 1.0000000005000001e-9},
        {-0.2, -0.18126924692201815},      {0.3499, 0.41892564893349914},
        {0.36, 0.43332941456034024},       {-0.5, -0.39346934028736658},
        {3, 19.085536923187668},           {-40, -1.0}};
    for (size_t i = 0; i < ROWS(lgammas); i++)
        near_to(mlt_lgamma(lgammas[i][0]), lgammas[i][1], 5e-15);
    for (size_t i = 0; i < ROWS(expm1s); i++)
        near_to(mlt_expm1(expm1s[i][0]), expm1s[i][1], 1e-15);
    ck_assert(mlt_lgamma(1) == 0 && mlt_lgamma(2) == 0 && mlt_lgamma(INFINITY) == INFINITY);
    ck_assert(isnan(mlt_lgamma(0)) && isnan(mlt_lgamma(-2)) && isnan(mlt_lgamma(NAN)));
    ck_assert(isnan(mlt_expm1(NAN)) && mlt_expm1(-INFINITY) == -1);
}
END_TEST

START_TEST(logarithms_of_many_are_those_of_one_to_the_bit)
{
    enum { N = 1003 };
    static double x[N], out[N];
    const double special[] = {0,
                              -0.0,
                              -1,
                              NAN,
                              INFINITY,
                              -INFINITY,
                              5e-324,
                              DBL_MIN,
                              1,
                              DBL_MAX,
                              0x1.fffffffffffffp-1,
                              0x1.0000000000001p0,
                              0x1.6a09e667f3bccp-1,
                              0x1.6a09e667f3bcdp-1,
                              0x1.6a09e667f3bcep-1};
    struct mlt_rng rng;
    mlt_cpu_limit(_i == 1);
    mlt_rng_seed(&rng, 8);
    for (int round = 0; round < 200; round++) {
        for (size_t i = 0; i < N; i++) {
            uint64_t bits = mlt_rng_next(&rng) >> (round % 2);
            memcpy(&x[i], &bits, sizeof bits);
            if (round % 3 == 0)
                x[i] = mlt_rng_uniform(&rng);
            if (round % 5 == 0 && i % 7 == 0)
                x[i] = special[i % ROWS(special)];
        }
        size_t n = N - (size_t)round % 9;
        mlt_log_n(x, out, n);
        bool same = true;
        for (size_t i = 0; i < n; i++) {
            double one = mlt_log(x[i]);
            same =
                same && (memcmp(&one, &out[i], sizeof one) == 0 || (isnan(one) && isnan(out[i])));
        }
        ck_assert(same);
        mlt_log_n(x, x, n);
        ck_assert(memcmp(&x[n - 1], &out[n - 1], sizeof x[0]) == 0 || isnan(x[n - 1]));
    }
    mlt_cpu_limit(false);
}
END_TEST

START_TEST(huge_shapes_take_the_expansion_to_the_same_digits)
{
    static const double known[][3] = {{1e8, 100020000.0, 0.022755530774855203},
                                      {1e8, 100370000.0, 3.0836571829796693e-299},
                                      {1e9, 1000030000.0, 0.17139058740184139},
                                      {3e7, 3e7, 0.49997572114598235}};
    for (size_t i = 0; i < ROWS(known); i++) {
        near_to(mlt_gamma_sf(known[i][1], known[i][0], 1), known[i][2], 1e-12);
        near_to(mlt_gamma_cdf(known[i][1], known[i][0], 1), 1 - known[i][2], 1e-12);
    }
    /* Both sides of the switch. */
    near_to(mlt_gamma_sf(10003000, 1e7, 1), mlt_gamma_sf(10003000, 9999999.9999999, 1), 1e-10);
    near_to(mlt_t_cdf(-2, 1e15), mlt_normal_cdf(-2), 1e-12);
}
END_TEST

START_TEST(ends_of_the_range_and_bad_arguments_say_so)
{
    ck_assert(mlt_gamma_cdf(0, 2, 1) == 0 && mlt_gamma_sf(-1, 2, 1) == 1);
    ck_assert(mlt_gamma_cdf(INFINITY, 2, 1) == 1 && mlt_gamma_sf(INFINITY, 2, 1) == 0);
    ck_assert(mlt_gamma_quantile(0, 2, 1) == 0 && mlt_gamma_quantile(1, 2, 1) == INFINITY);
    ck_assert(mlt_gamma_quantile(1e-5, 1e-3, 1) == 0);
    ck_assert(isnan(mlt_gamma_cdf(1, 0, 1)) && isnan(mlt_gamma_sf(1, 2, -1)));
    ck_assert(isnan(mlt_gamma_quantile(1.5, 2, 1)) && isnan(mlt_gamma_cdf(NAN, 2, 1)));
    ck_assert(isnan(mlt_chi2_sf(1, 0)) && isnan(mlt_chi2_quantile(NAN, 3)));
    ck_assert(mlt_f_cdf(0, 2, 3) == 0 && mlt_f_sf(INFINITY, 2, 3) == 0 && mlt_f_sf(0, 2, 3) == 1);
    ck_assert(isnan(mlt_f_cdf(1, 0, 3)) && isnan(mlt_f_sf(NAN, 2, 3)));
    ck_assert(isnan(mlt_f_quantile(-0.1, 2, 3)) && mlt_f_quantile(1, 2, 3) == INFINITY);
    ck_assert(mlt_beta_sf(0, 2, 3) == 1 && mlt_beta_sf(1, 2, 3) == 0 &&
              isnan(mlt_beta_sf(0.5, 0, 1)));
    ck_assert(mlt_binomial_cdf(-1, 5, 0.5) == 0 && mlt_binomial_cdf(5, 5, 0.5) == 1);
    ck_assert(mlt_binomial_sf(5, 5, 0.5) == 0 && mlt_binomial_sf(-1, 5, 0.5) == 1);
    ck_assert(mlt_binomial_cdf(0, 5, 0) == 1 && mlt_binomial_cdf(4, 5, 1) == 0);
    ck_assert(mlt_binomial_mass(5, 5, 1) == 1 && mlt_binomial_mass(1.5, 5, 0.5) == 0);
    ck_assert(isnan(mlt_binomial_cdf(1, 5, 1.5)) && isnan(mlt_binomial_sf(1, 4.5, 0.5)));
    ck_assert(isnan(mlt_binomial_quantile(NAN, 5, 0.5)) && mlt_binomial_quantile(1, 5, 0.5) == 5);
    ck_assert(mlt_binomial_quantile(0.5, 0, 0.5) == 0 && mlt_binomial_cdf(0, 0, 0.5) == 1);
    ck_assert(mlt_poisson_cdf(-1, 3) == 0 && mlt_poisson_sf(-1, 3) == 1 &&
              mlt_poisson_cdf(0, 0) == 1);
    ck_assert(mlt_poisson_quantile(1, 3) == INFINITY && mlt_poisson_quantile(0.5, 0) == 0);
    ck_assert(isnan(mlt_poisson_cdf(1, -3)) && isnan(mlt_poisson_mass(NAN, 3)));
    ck_assert(mlt_normal_sf(INFINITY) == 0 && isnan(mlt_normal_sf(NAN)));
    ck_assert(mlt_normal_density(INFINITY) == 0 && isnan(mlt_normal_density(NAN)));
    /* t by the leading term: mpmath 1.3, betainc at 60 digits. */
    near_to(mlt_t_cdf(-1e200, 0.001), 0.31417321248611507, 1e-12);
}
END_TEST

TCase *families_case(void)
{
    TCase *tcase = tcase_create("families");
    tcase_add_test(tcase, both_tails_match_the_reference_from_tiny_to_huge_parameters);
    tcase_add_test(tcase, counts_match_the_reference_in_both_tails);
    tcase_add_test(tcase, quantiles_invert_every_tail_of_the_reference);
    tcase_add_test(tcase, continuous_quantiles_match_r);
    tcase_add_test(tcase, quantiles_and_masses_of_counts_match_r);
    tcase_add_test(tcase, a_step_of_a_count_gives_that_step);
    tcase_add_test(tcase, lgamma_and_expm1_match_mpmath);
    tcase_add_loop_test(tcase, logarithms_of_many_are_those_of_one_to_the_bit, 0, 2);
    tcase_add_test(tcase, huge_shapes_take_the_expansion_to_the_same_digits);
    tcase_add_test(tcase, ends_of_the_range_and_bad_arguments_say_so);
    return tcase;
}
