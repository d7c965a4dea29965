#include "harness/stats/tail.h"

#include <math.h>
#include <string.h>

#include "harness/base/rng.h"
#include "tests/unit/suite.h"

TCase *tail_case(void);

START_TEST(the_index_is_that_of_hill)
{
    /* The mean of log 8, log 4 and log 2 is 2 log 2. */
    const double powers[] = {8, 4, 2, 1};
    ck_assert(fabs(mlt_tail_index(powers, 3) - 0.72134752044448169) < 1e-15);
    /* Of x_i = (i / n)^(-1 / a) the mean is (log(k + 1) - log(k!) / k) / a. */
    double x[21];
    for (int i = 0; i < 21; i++)
        x[i] = pow((i + 1) / 400.0, -1 / 1.5);
    ck_assert(fabs(mlt_tail_index(x, 20) - 1.5 / (log(21) - lgamma(21) / 20)) < 1e-12);
}
END_TEST

START_TEST(no_index_comes_from_no_tail)
{
    const double zero[] = {2, 1, 0}, same[] = {3, 3, 3}, endless[] = {INFINITY, 2, 1};
    ck_assert(isnan(mlt_tail_index(zero, 2)));
    ck_assert(isnan(mlt_tail_index(endless, 2)));
    ck_assert(isnan(mlt_tail_index(same, 0)));
    ck_assert(isinf(mlt_tail_index(same, 2)));
}
END_TEST

START_TEST(the_largest_are_the_same_in_any_order_and_any_parts)
{
    enum { N = 2000, PARTS = 3 };
    struct mlt_largest whole = {0}, part[PARTS] = {{0}}, merged = {0};
    double a[MLT_LARGEST], b[MLT_LARGEST];
    struct mlt_rng rng;
    mlt_rng_seed(&rng, 7);
    for (int i = 0; i < N; i++) {
        double x = (double)mlt_rng_below(&rng, 1000);
        mlt_largest_add(&whole, x, 1);
        mlt_largest_add(&part[i % PARTS], x, 1);
    }
    for (int p = PARTS - 1; p >= 0; p--)
        mlt_largest_merge(&merged, &part[p]);
    ck_assert_uint_eq(mlt_largest_sort(&whole, a), MLT_LARGEST);
    ck_assert_uint_eq(mlt_largest_sort(&merged, b), MLT_LARGEST);
    ck_assert(memcmp(a, b, sizeof a) == 0);
    for (int i = 1; i < MLT_LARGEST; i++)
        ck_assert(a[i] <= a[i - 1]);
}
END_TEST

START_TEST(a_value_counts_so_many_times_and_nan_never)
{
    struct mlt_largest largest = {0};
    double sorted[MLT_LARGEST];
    mlt_largest_add(&largest, NAN, 5);
    mlt_largest_add(&largest, 1, 2);
    mlt_largest_add(&largest, 3, 1);
    ck_assert_uint_eq(mlt_largest_sort(&largest, sorted), 3);
    ck_assert(sorted[0] == 3 && sorted[1] == 1 && sorted[2] == 1);
    mlt_largest_add(&largest, 4, UINT64_MAX);
    ck_assert_uint_eq(mlt_largest_sort(&largest, sorted), MLT_LARGEST);
    ck_assert(sorted[0] == 4 && sorted[MLT_LARGEST - 1] == 4);
}
END_TEST

TCase *tail_case(void)
{
    TCase *tcase = tcase_create("tail");
    tcase_add_test(tcase, the_index_is_that_of_hill);
    tcase_add_test(tcase, no_index_comes_from_no_tail);
    tcase_add_test(tcase, the_largest_are_the_same_in_any_order_and_any_parts);
    tcase_add_test(tcase, a_value_counts_so_many_times_and_nan_never);
    return tcase;
}
