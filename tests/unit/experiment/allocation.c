#include <math.h>

#include "harness/experiment/allocation.h"
#include "tests/unit/suite.h"

TCase *allocation_case(void);

START_TEST(tails_of_chi_squared_match_r)
{
    /* R 4.2.2: pchisq(x, df, lower = FALSE) */
    static const struct {
        unsigned df;
        double p[4];
    } known[] = {
        {1,
         {9.74772879369960e-01, 3.17310507862914e-01, 7.74421643104409e-06, 3.29436238331404e-67}},
        {2,
         {9.99500124979169e-01, 6.06530659712633e-01, 4.53999297624849e-05, 7.17509597316441e-66}},
        {3,
         {9.99991592080942e-01, 8.01251956901201e-01, 1.69742435552826e-04, 9.94875834632771e-65}},
        {6,
         {9.99999999979174e-01, 9.85612322033029e-01, 2.76939571551158e-03, 8.18032691900475e-62}},
        {19, {1, 9.99999999224061e-01, 3.94578182086001e-01, 2.00052324429476e-52}},
    };
    static const double x[4] = {1e-3, 1, 20, 300};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        for (int k = 0; k < 4; k++) {
            double p = mlt_allocation_tail(x[k], known[i].df);
            ck_assert_msg(fabs(p - known[i].p[k]) <= 1e-12 * known[i].p[k], "%g, %u: %.15g", x[k],
                          known[i].df, p);
        }
    ck_assert(isnan(mlt_allocation_tail(1, 0)));
    ck_assert(isnan(mlt_allocation_tail(-1, 1)));
    ck_assert(isnan(mlt_allocation_tail(NAN, 1)));
    ck_assert(mlt_allocation_tail(INFINITY, 1) == 0);
}
END_TEST

START_TEST(shares_are_held_against_the_planned_ones)
{
    /* R 4.2.2: chisq.test(c(5120, 4800)), chisq.test(c(900, 90, 30), p = c(.9, .08, .02)) */
    static const uint64_t two[] = {5120, 4800}, three[] = {900, 90, 30};
    static const double planned[] = {90, 8, 2};
    struct mlt_allocation_check check = mlt_allocation_check(two, NULL, 2);
    ck_assert_double_eq_tol(check.p, 0.00131412410374383, 1e-14);
    ck_assert(!check.mismatch);
    check = mlt_allocation_check(three, planned, 3);
    ck_assert_double_eq_tol(check.p, 0.0568324928940764, 1e-13);
    ck_assert_double_eq(check.df, 2);
    ck_assert(!check.mismatch);
    check = mlt_allocation_check(three, NULL, 3);
    ck_assert(check.mismatch);
}
END_TEST

START_TEST(no_units_are_a_mismatch)
{
    static const uint64_t none[] = {0, 0}, one_arm[] = {30, 0};
    ck_assert(mlt_allocation_check(none, NULL, 2).mismatch);
    ck_assert(mlt_allocation_check(one_arm, NULL, 2).mismatch);
}
END_TEST

TCase *allocation_case(void)
{
    TCase *tcase = tcase_create("allocation");
    tcase_add_test(tcase, tails_of_chi_squared_match_r);
    tcase_add_test(tcase, shares_are_held_against_the_planned_ones);
    tcase_add_test(tcase, no_units_are_a_mismatch);
    return tcase;
}
