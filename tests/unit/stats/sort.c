/* Expected values: R 4.2.2 (order, quantile) unless a line says otherwise. */
#include "harness/stats/sort.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/rng.h"
#include "harness/stats/quantile.h"
#include "tests/unit/suite.h"

TCase *sort_case(void);

START_TEST(keys_order_as_their_values_and_come_back)
{
    const double x[] = {-INFINITY, -DBL_MAX,        -1,      -DBL_MIN, -5e-324, 0, 5e-324, DBL_MIN,
                        1,         1 + DBL_EPSILON, DBL_MAX, INFINITY, NAN};
    for (size_t i = 0; i + 1 < sizeof x / sizeof x[0]; i++) {
        ck_assert(mlt_sort_key(x[i]) < mlt_sort_key(x[i + 1]));
        ck_assert(mlt_sort_value(mlt_sort_key(x[i])) == x[i]);
    }
    ck_assert(mlt_sort_key(-0.0) == mlt_sort_key(0.0) && mlt_sort_key(-NAN) == mlt_sort_key(NAN));
    ck_assert(isnan(mlt_sort_value(mlt_sort_key(NAN))));
}
END_TEST

/* Values of many kinds: few different ones, all bits, all equal, close together, sorted already. */
static double sample(struct mlt_rng *rng, int kind, size_t i)
{
    uint64_t bits = mlt_rng_next(rng);
    double x;
    memcpy(&x, &bits, sizeof x);
    switch (kind) {
    case 0:
        return (double)mlt_rng_below(rng, 7) - 3;
    case 1:
        return isnan(x) ? 0 : x;
    case 2:
        return -4.5;
    case 3:
        return 1 + (double)mlt_rng_below(rng, 1000000) * DBL_EPSILON;
    case 4:
        return (double)i;
    default:
        return mlt_rng_uniform(rng);
    }
}

static bool sorts(const double *x, size_t n)
{
    double *values = malloc((n + 1) * sizeof *values);
    uint32_t *order = malloc((n + 1) * sizeof *order);
    ck_assert(values != NULL && order != NULL);
    memcpy(values, x, n * sizeof *x);
    bool ok = mlt_argsort(x, n, order) && mlt_sort_values(values, n);
    for (size_t i = 1; ok && i < n; i++) {
        double a = x[order[i - 1]], b = x[order[i]];
        ok = a < b || (a == b && order[i - 1] < order[i]);
    }
    for (size_t i = 0; ok && i < n; i++)
        ok = order[i] < n && values[i] == x[order[i]];
    free(values);
    free(order);
    return ok;
}

START_TEST(argsort_is_a_stable_order_of_anything)
{
    static const size_t sizes[] = {0, 1, 2, 3, 24, 25, 26, 100, 1000, 5000, 200000};
    struct mlt_rng rng;
    mlt_rng_seed(&rng, 9);
    double *x = malloc(200000 * sizeof *x);
    ck_assert_ptr_nonnull(x);
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++)
        for (int kind = 0; kind < 6; kind++) {
            for (size_t i = 0; i < sizes[s]; i++)
                x[i] = sample(&rng, kind, i);
            ck_assert_msg(sorts(x, sizes[s]), "kind %d, %zu values", kind, sizes[s]);
        }
    free(x);
}
END_TEST

START_TEST(nan_sorts_last_in_its_order)
{
    const double x[] = {NAN, 2, -INFINITY, NAN, -0.0, 0, INFINITY};
    const uint32_t expected[] = {2, 4, 5, 1, 6, 0, 3};
    uint32_t order[7];
    ck_assert(mlt_argsort(x, 7, order));
    ck_assert(memcmp(order, expected, sizeof order) == 0);
    ck_assert(!mlt_argsort(x, (size_t)UINT32_MAX + 1, order));
}
END_TEST

START_TEST(quantiles_match_the_nine_definitions_of_r)
{
    static const double x[] = {-2.5, 0, 0, 1.25, 3, 7, 11, 20.5, 21, 100};
    static const double q[] = {0, 0.05, 0.1, 0.25, 0.333, 0.5, 0.55, 0.9, 0.97, 1};
    static const double known[9][10] = {
        {-2.5, -2.5, -2.5, 0, 1.25, 3, 7, 21, 100, 100},
        {-2.5, -2.5, -1.25, 0, 1.25, 5, 7, 60.5, 100, 100},
        {-2.5, -2.5, -2.5, 0, 0, 3, 7, 21, 100, 100},
        {-2.5, -2.5, -2.5, 0, 0.41250000000000009, 3, 5, 21, 76.29999999999994, 100},
        {-2.5, -2.5, -1.25, 0, 1.0375000000000001, 5, 7, 60.5, 100, 100},
        {-2.5, -2.5, -2.25, 0, 0.82875000000000032, 5, 7.2000000000000028, 92.100000000000023, 100,
         100},
        {-2.5, -1.375, -0.25000000000000022, 0.3125, 1.2462500000000003, 5, 6.8000000000000007,
         28.89999999999997, 78.67000000000003, 100},
        {-2.5, -2.5, -1.5833333333333339, 0, 0.96791666666666665, 4.9999999999999964,
         7.0666666666666664, 71.033333333333303, 100, 100},
        {-2.5, -2.5, -1.4999999999999996, 0, 0.98531250000000015, 5, 7.0500000000000007,
         68.399999999999977, 100, 100},
    };
    static const double few[] = {-1, 4, 9}, few_q[] = {0.2, 0.5, 0.8};
    static const double known_few[9][3] = {
        {-1, 4, 9},
        {-1, 4, 9},
        {-1, 4, 4},
        {-1, 1.5, 6.0000000000000018},
        {-0.49999999999999956, 4, 8.5000000000000018},
        {-1, 4, 9},
        {0.99999999999999956, 4, 7},
        {-1, 4, 9},
        {-0.87500000000000044, 4, 8.875},
    };
    for (int type = 1; type <= 9; type++) {
        for (int i = 0; i < 10; i++)
            ck_assert_msg(fabs(mlt_quantile_sorted_type(x, 10, q[i], type) - known[type - 1][i]) <=
                              1e-12 * fabs(known[type - 1][i]),
                          "type %d of %g", type, q[i]);
        for (int i = 0; i < 3; i++)
            ck_assert(fabs(mlt_quantile_sorted_type(few, 3, few_q[i], type) -
                           known_few[type - 1][i]) <= 1e-14);
    }
}
END_TEST

START_TEST(quantiles_of_few_and_infinite_values_are_values)
{
    const double one[] = {7}, ends[] = {-INFINITY, 1, INFINITY};
    for (int type = 1; type <= 9; type++) {
        for (double q = 0; q <= 1; q += 0.125)
            ck_assert(mlt_quantile_sorted_type(one, 1, q, type) == 7);
        /* Definition 4 goes half of the way from -infinity. */
        ck_assert(mlt_quantile_sorted_type(ends, 3, 0.5, type) == (type == 4 ? -INFINITY : 1));
        ck_assert(mlt_quantile_sorted_type(ends, 3, 1, type) == INFINITY);
        ck_assert(mlt_quantile_sorted_type(ends, 3, 0, type) == -INFINITY);
        ck_assert(isnan(mlt_quantile_sorted_type(one, 0, 0.5, type)));
        ck_assert(isnan(mlt_quantile_sorted_type(one, 1, 1.1, type)));
        ck_assert(isnan(mlt_quantile_sorted_type(one, 1, NAN, type)));
    }
    ck_assert(isnan(mlt_quantile_sorted_type(one, 1, 0.5, 0)));
    ck_assert(isnan(mlt_quantile_sorted_type(one, 1, 0.5, 10)));
}
END_TEST

TCase *sort_case(void)
{
    TCase *tcase = tcase_create("sort");
    tcase_add_test(tcase, keys_order_as_their_values_and_come_back);
    tcase_add_test(tcase, argsort_is_a_stable_order_of_anything);
    tcase_add_test(tcase, nan_sorts_last_in_its_order);
    tcase_add_test(tcase, quantiles_match_the_nine_definitions_of_r);
    tcase_add_test(tcase, quantiles_of_few_and_infinite_values_are_values);
    return tcase;
}
