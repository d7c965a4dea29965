#include <math.h>

#include "harness/stats/quantile.h"
#include "harness/stats/sum.h"
#include "tests/unit/suite.h"

TCase *order_case(void);

START_TEST(sum_keeps_what_plain_addition_loses)
{
    /* Neumaier's own example: 1 + 1e100 + 1 - 1e100 is 2. */
    const double x[] = {1, 1e100, 1, -1e100};
    struct mlt_sum sum = MLT_SUM_INIT;
    for (int i = 0; i < 4; i++)
        mlt_sum_add(&sum, x[i]);
    ck_assert(mlt_sum_value(&sum) == 2);
}
END_TEST

START_TEST(mean_survives_a_large_offset)
{
    /* After NIST StRD NumAcc4: 1e7 + 0.2, then 1e7 + 0.1 and 1e7 + 0.3 in turn; mean 10000000.2. */
    double x[1001];
    for (int i = 0; i < 1001; i++)
        x[i] = i == 0 ? 10000000.2 : i % 2 ? 10000000.1 : 10000000.3;
    ck_assert(fabs(mlt_mean(x, 1001) - 10000000.2) <= 2e-9);
    ck_assert(isnan(mlt_mean(x, 0)));
}
END_TEST

START_TEST(infinities_and_nan_stay_visible)
{
    const double up[] = {1, INFINITY, 2}, both[] = {INFINITY, -INFINITY}, none[] = {1, NAN};
    ck_assert(mlt_mean(up, 3) == INFINITY);
    ck_assert(isnan(mlt_mean(both, 2)) && isnan(mlt_mean(none, 2)));
}
END_TEST

START_TEST(percentile_is_an_observed_value_by_nearest_rank)
{
    /* R 4.2.2: quantile(1:100, q, type = 1). */
    double x[100];
    for (int i = 0; i < 100; i++)
        x[i] = 100 - i;
    mlt_sort(x, 100);
    ck_assert(x[0] == 1 && x[99] == 100);
    ck_assert(mlt_quantile_sorted(x, 100, 0.5) == 50);
    ck_assert(mlt_quantile_sorted(x, 100, 0.07) == 7); /* 0.07 * 100 > 7 in doubles */
    ck_assert(mlt_quantile_sorted(x, 100, 0.95) == 95);
    ck_assert(mlt_quantile_sorted(x, 100, 0.951) == 96);
    ck_assert(mlt_quantile_sorted(x, 100, 1) == 100);
    ck_assert(mlt_quantile_sorted(x, 1, 0.001) == 1);
    ck_assert(isnan(mlt_quantile_sorted(x, 0, 0.5)) && isnan(mlt_quantile_sorted(x, 9, 0)));
}
END_TEST

START_TEST(midranks_share_ties)
{
    /* R 4.2.2: rank(c(3, 1, 3, -2, 3, 1)) */
    const double x[] = {3, 1, 3, -2, 3, 1}, expected[] = {5, 2.5, 5, 1, 5, 2.5};
    double rank[6];
    ck_assert(mlt_midranks(x, 6, rank));
    for (int i = 0; i < 6; i++)
        ck_assert(rank[i] == expected[i]);
    ck_assert(mlt_midranks(x, 0, rank));
}
END_TEST

TCase *order_case(void)
{
    TCase *tcase = tcase_create("order");
    tcase_add_test(tcase, sum_keeps_what_plain_addition_loses);
    tcase_add_test(tcase, mean_survives_a_large_offset);
    tcase_add_test(tcase, infinities_and_nan_stay_visible);
    tcase_add_test(tcase, percentile_is_an_observed_value_by_nearest_rank);
    tcase_add_test(tcase, midranks_share_ties);
    return tcase;
}
