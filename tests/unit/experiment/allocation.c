#include "harness/experiment/allocation.h"
#include "tests/unit/suite.h"

TCase *allocation_case(void);

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
    tcase_add_test(tcase, shares_are_held_against_the_planned_ones);
    tcase_add_test(tcase, no_units_are_a_mismatch);
    return tcase;
}
