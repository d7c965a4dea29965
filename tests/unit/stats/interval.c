#include "harness/stats/interval.h"

#include <math.h>

#include "harness/base/rng.h"
#include "tests/unit/suite.h"

TCase *interval_case(void);

static void near_to(double value, double expected, double tolerance)
{
    ck_assert_msg(fabs(value - expected) <= tolerance * (fabs(expected) + 1e-300),
                  "%.17g is not %.17g", value, expected);
}

START_TEST(clopper_pearson_matches_binom_test)
{
    /* R 4.2.2: binom.test(k, n, conf.level = 1 - 2 alpha)$conf.int */
    static const double known[][5] = {
        {0, 30, .05, 0.0, 0.09503385285530408},
        {30, 30, .05, 0.9049661471446958, 1.0},
        {1, 1000000, .05, 5.129329307204954e-08, 4.743855638206808e-06},
        {17, 20, .025, 0.621073173454686, 0.9679290628145363},
        {9400, 10000, .05, 0.9359478238858913, 0.9438611020682387},
        {3, 299, .005, 0.0011331318966935793, 0.036227411923737574},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct mlt_interval x =
            mlt_clopper_pearson((uint64_t)known[i][0], (uint64_t)known[i][1], known[i][2]);
        near_to(x.lo, known[i][3], 1e-12);
        near_to(x.hi, known[i][4], 1e-12);
    }
    ck_assert(isnan(mlt_clopper_pearson(0, 0, 0.05).lo));
    ck_assert(isnan(mlt_clopper_pearson(3, 2, 0.05).hi));
}
END_TEST

START_TEST(clopper_pearson_covers_at_least_as_often_as_it_says)
{
    struct mlt_rng rng;
    mlt_rng_seed(&rng, 20);
    int above = 0, below = 0, replicates = 4000;
    for (int r = 0; r < replicates; r++) {
        uint64_t k = 0;
        for (int i = 0; i < 60; i++)
            k += mlt_rng_uniform(&rng) < 0.9;
        struct mlt_interval x = mlt_clopper_pearson(k, 60, 0.05);
        below += x.hi < 0.9;
        above += x.lo > 0.9;
    }
    /* 0.05 plus three standard errors. */
    ck_assert_msg(below < 0.0604 * replicates, "%d below", below);
    ck_assert_msg(above < 0.0604 * replicates, "%d above", above);
}
END_TEST

START_TEST(covariance_of_rows_is_that_of_means)
{
    /* var(c(-2, -1, 0, 3)) / 4 and cov(…, c(1, -1, -3, 3)) / 4 in R 4.2.2. */
    const double a[] = {-2, -1, 0, 3}, b[] = {1, -1, -3, 3};
    near_to(mlt_influence_covariance(a, a, 4, NULL, 0), 14.0 / 3 / 4, 1e-15);
    near_to(mlt_influence_covariance(a, b, 4, NULL, 0), 8.0 / 3 / 4, 1e-15);
    ck_assert(isnan(mlt_influence_covariance(a, a, 1, NULL, 0)));
    ck_assert(isnan(mlt_influence_covariance(a, a, 0, NULL, 0)));
}
END_TEST

START_TEST(clusters_of_one_row_are_rows_and_copies_do_not_count_twice)
{
    const double a[] = {-2, -1, 0, 3};
    const uint32_t alone[] = {3, 0, 5, 1}; /* ids 2 and 4 do not occur */
    near_to(mlt_influence_covariance(a, a, 4, alone, 6), mlt_influence_covariance(a, a, 4, NULL, 0),
            1e-15);
    /* Each row twice in its own cluster: the same four observations. */
    const double twice[] = {-2, -2, -1, -1, 0, 0, 3, 3};
    const uint32_t pairs[] = {0, 0, 1, 1, 2, 2, 3, 3};
    near_to(mlt_influence_covariance(twice, twice, 8, pairs, 4),
            mlt_influence_covariance(a, a, 4, NULL, 0), 1e-15);
    const uint32_t one[] = {0, 0, 0, 0};
    ck_assert(isnan(mlt_influence_covariance(a, a, 4, one, 1)));
    ck_assert(isnan(mlt_influence_covariance(a, a, 4, one, 3)));
}
END_TEST

TCase *interval_case(void)
{
    TCase *tcase = tcase_create("interval");
    tcase_add_test(tcase, clopper_pearson_matches_binom_test);
    tcase_add_test(tcase, clopper_pearson_covers_at_least_as_often_as_it_says);
    tcase_add_test(tcase, covariance_of_rows_is_that_of_means);
    tcase_add_test(tcase, clusters_of_one_row_are_rows_and_copies_do_not_count_twice);
    return tcase;
}
