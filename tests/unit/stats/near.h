/* Comparison of numbers in the tests of this room. */
#ifndef MLTEST_TESTS_UNIT_STATS_NEAR_H
#define MLTEST_TESTS_UNIT_STATS_NEAR_H

#include <check.h>
#include <math.h>

/* Relative tolerance; absolute for values below 1e-12. */
#define ck_near(value, expected, tolerance)                                                        \
    do {                                                                                           \
        double near_v_ = (value), near_e_ = (expected);                                            \
        ck_assert_msg(fabs(near_v_ - near_e_) <= (tolerance) * (fabs(near_e_) + 1e-12),            \
                      #value " is %.17g, not %.17g", near_v_, near_e_);                            \
    } while (0)

#endif
