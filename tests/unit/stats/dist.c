/* Expected values: R 4.2.2 (pbeta, qbeta, pt, qt, qnorm) unless a line says otherwise. */
#include "harness/stats/dist.h"

#include <math.h>

#include "harness/stats/elementary.h"
#include "tests/unit/suite.h"

TCase *dist_case(void);

static void near_to(double value, double expected, double tolerance)
{
    double scale = fabs(expected) > 1e-300 ? fabs(expected) : 1;
    ck_assert_msg(fabs(value - expected) <= tolerance * scale, "%.17g is not %.17g", value,
                  expected);
}

START_TEST(elementary_functions_match_the_correctly_rounded_ones)
{
    /* mpmath 1.2.1, 40 digits. */
    static const double exps[][2] = {
        {-745, 4.9406564584124654e-324}, {-700, 9.8596765437597708e-305},
        {-1, 0.36787944117144232},       {1e-18, 1},
        {0.5, 1.6487212707001281},       {709.5, 1.3549863193146328e308}};
    for (size_t i = 0; i < sizeof exps / sizeof exps[0]; i++)
        near_to(mlt_exp(exps[i][0]), exps[i][1], 1e-15);
    ck_assert(mlt_exp(0) == 1 && mlt_exp(800) == INFINITY && mlt_exp(-800) == 0);
    near_to(mlt_log(10), 2.3025850929940457, 2e-16);
    near_to(mlt_log(5e-324), -744.44007192138126, 2e-16);
    near_to(mlt_log(0.9999999999999999), -1.1102230246251566e-16, 2e-16);
    near_to(mlt_log1p(1e-20), 1e-20, 2e-16);
    near_to(mlt_log1p(-0.5), -0.69314718055994531, 2e-16);
    ck_assert(mlt_log(1) == 0 && mlt_log(0) == -INFINITY && isnan(mlt_log(-1)));
    ck_assert(isnan(mlt_exp(NAN)) && isnan(mlt_log(NAN)) && isnan(mlt_log1p(-2)));
}
END_TEST

START_TEST(normal_cdf_keeps_its_digits_in_the_far_tail)
{
    /* erfc of mpmath 1.2.1, 40 digits. */
    static const double known[][2] = {
        {-37.5, 4.605353009581955e-308},
        {-20.0, 2.7536241186062337e-89},
        {-8.0, 6.220960574271784e-16},
        {-5.0, 2.866515718791939e-07},
        {-2.5, 0.006209665325776135},
        {-2.4999, 0.00621141837494459},
        {-1.0, 0.15865525393145705},
        {-1e-10, 0.49999999996010575},
        {0.0, 0.5},
        {0.5, 0.6914624612740131},
        {1.959963984540054, 0.975},
        {3.0, 0.9986501019683699},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        near_to(mlt_normal_cdf(known[i][0]), known[i][1], 1e-12);
    ck_assert(mlt_normal_cdf(INFINITY) == 1 && mlt_normal_cdf(-INFINITY) == 0);
    ck_assert(isnan(mlt_normal_cdf(NAN)));
}
END_TEST

START_TEST(normal_quantile_matches_r)
{
    static const double known[][2] = {
        {1e-300, -37.0470962993612},      {1e-100, -21.27345356096532},
        {1e-20, -9.262340089798405},      {1e-05, -4.2648907939228256},
        {0.025, -1.9599639845400538},     {0.075, -1.4395314709384557},
        {0.2, -0.8416212335729142},       {0.4, -0.2533471031357998},
        {0.4999, -0.0002506628300880075}, {0.6, 0.2533471031357998},
        {0.95, 1.6448536269514715},       {0.9999999, 5.199337582290662},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        near_to(mlt_normal_quantile(known[i][0]), known[i][1], 1e-12);
    ck_assert(mlt_normal_quantile(0) == -INFINITY && mlt_normal_quantile(1) == INFINITY);
    ck_assert(isnan(mlt_normal_quantile(-0.1)) && isnan(mlt_normal_quantile(NAN)));
}
END_TEST

START_TEST(beta_cdf_matches_r_from_tiny_to_huge_shapes)
{
    static const double known[][4] = {
        {0.5, 0.5, 0.5, 0.5},
        {1e-08, 0.5, 3.0, 0.00018749999874999985},
        {0.3, 2.0, 5.0, 0.579825},
        {0.02, 12.0, 700.0, 0.7606947168030405},
        {0.81, 5000.0, 1200.0, 0.7592597069430838},
        {1e-05, 2.0, 999999.0, 0.9995006212023049},
        {0.4999, 1000000.0, 1000000.0, 0.38864871786231014},
        {0.9999936, 659084.36, 1.5539, 0.04119070813731561},
        {0.07, 43190.0, 556796.0, 9.942521083179574e-10},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        near_to(mlt_beta_cdf(known[i][0], known[i][1], known[i][2]), known[i][3], 1e-12);
    ck_assert(mlt_beta_cdf(0, 2, 3) == 0 && mlt_beta_cdf(1, 2, 3) == 1);
    ck_assert(isnan(mlt_beta_cdf(0.5, 0, 1)) && isnan(mlt_beta_cdf(NAN, 1, 1)));
}
END_TEST

START_TEST(beta_quantile_matches_r)
{
    static const double known[][4] = {
        {0.05, 2.0, 9.0, 0.03677143788746508},        {0.95, 2.0, 9.0, 0.39416330243650477},
        {0.95, 2.0, 999999.0, 4.743855638206808e-06}, {0.05, 1.0, 300.0, 0.00017096303211345723},
        {0.975, 0.5, 0.5, 0.998458666866564},         {0.01, 0.01, 3.0, 2.24520730249672e-201},
        {0.3, 50000.0, 70000.0, 0.41592000971144266}, {1e-09, 40.0, 60.0, 0.1509141066491724},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        near_to(mlt_beta_quantile(known[i][0], known[i][1], known[i][2]), known[i][3], 1e-12);
    ck_assert(mlt_beta_quantile(0, 2, 3) == 0 && mlt_beta_quantile(1, 2, 3) == 1);
    ck_assert(isnan(mlt_beta_quantile(1.5, 2, 3)) && isnan(mlt_beta_quantile(0.5, -1, 3)));
}
END_TEST

START_TEST(t_cdf_matches_r_from_half_a_degree_to_a_billion)
{
    static const double known[][3] = {
        {-40.0, 1.0, 0.007956089912025812},    {-3.0, 2.5, 0.03628804777451592},
        {-1e-07, 4.0, 0.4999999625},           {0.7, 1.0, 0.6944001122142147},
        {1.5, 29.0, 0.9277881519798071},       {2.2, 0.4, 0.7600310125707079},
        {-8.0, 275.0, 1.7464259515817985e-14}, {-4.7, 748948070.0, 1.3008076846651142e-06},
        {3.3, 1000000.0, 0.99951655896033},    {-60.0, 30.0, 4.1556548067661204e-33},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        near_to(mlt_t_cdf(known[i][0], known[i][1]), known[i][2], 1e-12);
    ck_assert(mlt_t_cdf(INFINITY, 3) == 1 && mlt_t_cdf(-INFINITY, 3) == 0);
    ck_assert(mlt_t_cdf(0, 3) == 0.5 && isnan(mlt_t_cdf(1, 0)) && isnan(mlt_t_cdf(NAN, 3)));
    near_to(mlt_t_cdf(1.25, INFINITY), mlt_normal_cdf(1.25), 1e-15);
}
END_TEST

START_TEST(t_quantile_matches_r)
{
    static const double known[][3] = {
        {0.95, 1.0, 6.313751514675038},
        {0.95, 19.0, 1.7291328115213689},
        {0.975, 29.0, 2.0452296421327034},
        {0.05, 2.5, -2.5582186141359458},
        /* mpmath 1.2.1; R says 2.597460273922e-07 */ {0.5000001, 7.0, 2.5974602742784955e-07},
        {1e-12, 3.0, -10331.108244292485},
        {0.8, 100000.0, 0.8416248279969011},
        {0.95, 1000000000.0, 1.6448536284752406},
        {0.3, 0.5, -1.0095258786071923},
        {0.999999, 12.0, 8.504302718031097},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        near_to(mlt_t_quantile(known[i][0], known[i][1]), known[i][2], 1e-12);
    ck_assert(mlt_t_quantile(0, 3) == -INFINITY && mlt_t_quantile(1, 3) == INFINITY);
    ck_assert(mlt_t_quantile(0.5, 3) == 0 && isnan(mlt_t_quantile(0.5, -1)));
}
END_TEST

START_TEST(quantiles_invert_their_distributions)
{
    for (int i = 1; i < 200; i++) {
        double p = i / 200.0;
        near_to(mlt_normal_cdf(mlt_normal_quantile(p)), p, 1e-13);
        near_to(mlt_t_cdf(mlt_t_quantile(p, 0.5 * i), 0.5 * i), p, 1e-12);
        near_to(mlt_beta_cdf(mlt_beta_quantile(p, 0.1 * i, 7), 0.1 * i, 7), p, 1e-12);
    }
}
END_TEST

TCase *dist_case(void)
{
    TCase *tcase = tcase_create("dist");
    tcase_add_test(tcase, elementary_functions_match_the_correctly_rounded_ones);
    tcase_add_test(tcase, normal_cdf_keeps_its_digits_in_the_far_tail);
    tcase_add_test(tcase, normal_quantile_matches_r);
    tcase_add_test(tcase, beta_cdf_matches_r_from_tiny_to_huge_shapes);
    tcase_add_test(tcase, beta_quantile_matches_r);
    tcase_add_test(tcase, t_cdf_matches_r_from_half_a_degree_to_a_billion);
    tcase_add_test(tcase, t_quantile_matches_r);
    tcase_add_test(tcase, quantiles_invert_their_distributions);
    return tcase;
}
