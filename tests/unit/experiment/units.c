#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/rng.h"
#include "harness/experiment/units.h"
#include "harness/stats/exact.h"
#include "tests/unit/suite.h"

TCase *units_case(void);

static const enum mlt_unit_role roles[] = {MLT_UNIT_SUM, MLT_UNIT_ANY, MLT_UNIT_COVARIATE};
static struct mlt_err err;
static struct mlt_units *units;

static void setup(void)
{
    err = (struct mlt_err)MLT_ERR_INIT;
    units = mlt_units_new(roles, 3);
    ck_assert_ptr_nonnull(units);
}

static void teardown(void)
{
    mlt_units_free(units);
}

static size_t see(const char *key, uint32_t arm, uint64_t line)
{
    size_t unit = SIZE_MAX;
    ck_ok(mlt_units_see(units, key, strlen(key), arm, line, &unit, &err));
    return unit;
}

START_TEST(many_units_are_told_apart_and_found_again)
{
    char key[32];
    for (int round = 0; round < 2; round++)
        for (uint32_t i = 0; i < 20000; i++) {
            snprintf(key, sizeof key, "user-%u", i);
            size_t unit = see(key, i % 2, i);
            ck_ok(mlt_units_add(units, unit, 0, i, &err));
            ck_assert_str_eq(mlt_units_key(units, unit), key);
        }
    ck_assert_uint_eq(mlt_units_count(units), 20000);
    ck_assert(mlt_units_value(units, see("user-777", 1, 0), 0) == 2 * 777);
    ck_assert_uint_eq(mlt_units_mix(units).count, 0);
}
END_TEST

START_TEST(a_unit_in_two_arms_is_counted_once_and_the_first_is_shown)
{
    see("x", 0, 2);
    see("y", 1, 3);
    see("y", 0, 4);
    see("y", 1, 5);
    see("x", 1, 6);
    struct mlt_units_mix mix = mlt_units_mix(units);
    ck_assert_uint_eq(mix.count, 2);
    ck_assert_str_eq(mlt_units_key(units, mix.unit), "y");
    ck_assert_uint_eq(mix.arm[0], 1);
    ck_assert_uint_eq(mix.arm[1], 0);
    ck_assert_uint_eq(mix.line[0], 3);
    ck_assert_uint_eq(mix.line[1], 4);
    ck_assert(mlt_units_mixed(units, 0));
}
END_TEST

START_TEST(roles_sum_look_for_any_and_keep_one_value)
{
    size_t unit = see("x", 0, 1);
    ck_assert(mlt_units_value(units, unit, 1) == 0);
    ck_assert(!mlt_units_known(units, unit, 2));
    ck_assert(mlt_units_value(units, unit, 2) == 0);
    ck_ok(mlt_units_add(units, unit, 1, 2.5, &err));
    ck_ok(mlt_units_add(units, unit, 1, -7, &err));
    ck_assert(mlt_units_value(units, unit, 1) == 1);
    ck_ok(mlt_units_add(units, unit, 2, 12.5, &err));
    ck_ok(mlt_units_add(units, unit, 2, 12.5, &err));
    ck_assert(mlt_units_value(units, unit, 2) == 12.5);
    ck_fails(mlt_units_add(units, unit, 2, 12.75, &err), MLT_ERR_EVIDENCE, "unit \"x\"");
}
END_TEST

/* Values of very different size, with what cancels: 106 bits are not enough for them. */
START_TEST(sums_are_exact_in_any_order)
{
    enum { N = 300, ORDERS = 20 };
    double x[N];
    struct mlt_exact truth = MLT_EXACT_INIT;
    struct mlt_rng rng;
    mlt_rng_seed(&rng, 5);
    for (int i = 0; i < N; i++) {
        x[i] = ldexp(mlt_rng_uniform(&rng) - 0.5, (int)mlt_rng_below(&rng, 400) - 200);
        mlt_exact_add(&truth, x[i]);
    }
    for (int order = 0; order < ORDERS; order++) {
        char key[16];
        snprintf(key, sizeof key, "u%d", order);
        size_t unit = see(key, 0, 1);
        for (int i = N - 1; i > 0; i--) {
            int j = (int)mlt_rng_below(&rng, (uint64_t)i + 1);
            double swap = x[i];
            x[i] = x[j];
            x[j] = swap;
        }
        for (int i = 0; i < N; i++)
            ck_ok(mlt_units_add(units, unit, 0, x[i], &err));
        ck_assert(mlt_units_value(units, unit, 0) == mlt_exact_value(&truth));
    }
}
END_TEST

START_TEST(what_overflows_on_the_way_is_still_exact)
{
    size_t unit = see("x", 0, 1);
    static const double x[] = {1.7e308, 1.7e308, 3, -1.7e308, -1.7e308};
    for (int i = 0; i < 5; i++)
        ck_ok(mlt_units_add(units, unit, 0, x[i], &err));
    ck_assert(mlt_units_value(units, unit, 0) == 3);
    ck_ok(mlt_units_add(units, unit, 0, 1.7e308, &err));
    ck_ok(mlt_units_add(units, unit, 0, 1.7e308, &err));
    ck_assert(isinf(mlt_units_value(units, unit, 0)));
}
END_TEST

START_TEST(ten_thousand_cents_are_a_hundred)
{
    size_t unit = see("x", 0, 1);
    struct mlt_exact truth = MLT_EXACT_INIT;
    for (int i = 0; i < 10000; i++) {
        ck_ok(mlt_units_add(units, unit, 0, 0.01, &err));
        mlt_exact_add(&truth, 0.01);
    }
    ck_assert(mlt_units_value(units, unit, 0) == 100);
    ck_assert(mlt_exact_value(&truth) == 100);
}
END_TEST

TCase *units_case(void)
{
    TCase *tcase = tcase_create("units");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, many_units_are_told_apart_and_found_again);
    tcase_add_test(tcase, a_unit_in_two_arms_is_counted_once_and_the_first_is_shown);
    tcase_add_test(tcase, roles_sum_look_for_any_and_keep_one_value);
    tcase_add_test(tcase, sums_are_exact_in_any_order);
    tcase_add_test(tcase, what_overflows_on_the_way_is_still_exact);
    tcase_add_test(tcase, ten_thousand_cents_are_a_hundred);
    return tcase;
}
