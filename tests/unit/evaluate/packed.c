#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/rng.h"
#include "harness/evaluate/packed.h"
#include "tests/unit/suite.h"

TCase *packed_case(void);

enum { MANY = 1000 };

/* Packs, checks every bit of what comes back, whole and from the middle, and returns the form. */
static struct mlt_packed check_same(const double *x, size_t n)
{
    struct mlt_packed packed = mlt_packed_choose(x, n);
    size_t bytes = mlt_packed_bytes(&packed, n);
    char *room = malloc(bytes + 1);
    double back[MANY];
    ck_assert_uint_le(bytes, n * sizeof *x);
    room[bytes] = 'x';
    mlt_packed_put(&packed, x, n, room);
    mlt_packed_get(&packed, room, 0, n, back);
    ck_assert_mem_eq(back, x, n * sizeof *x);
    mlt_packed_get(&packed, room, n / 3, n - n / 3, back);
    ck_assert_mem_eq(back, x + n / 3, (n - n / 3) * sizeof *x);
    ck_assert_int_eq(room[bytes], 'x');
    free(room);
    return packed;
}

static enum mlt_packed_form form_of(double x)
{
    return check_same(&x, 1).form;
}

START_TEST(labels_take_a_bit)
{
    double x[MANY];
    for (int i = 0; i < MANY; i++)
        x[i] = i % 3 == 0;
    struct mlt_packed packed = check_same(x, MANY);
    ck_assert_int_eq(packed.form, MLT_PACKED_BITS);
    ck_assert_uint_eq(mlt_packed_bytes(&packed, MANY), MANY / 8);
}
END_TEST

/* What reading a text of so many decimals gives. */
START_TEST(decimals_take_four_bytes)
{
    struct mlt_rng rng;
    double x[MANY];
    char text[40];
    mlt_rng_seed(&rng, 5);
    for (int decimals = 0; decimals <= MLT_PACKED_DECIMALS; decimals++) {
        for (int i = 0; i < MANY; i++) {
            snprintf(text, sizeof text, "%.*f", decimals,
                     (mlt_rng_uniform(&rng) - 0.4) * (decimals == 0 ? 1000 : 2));
            x[i] = strtod(text, NULL);
            x[i] += 0.0; /* "-0.00" is another value */
        }
        struct mlt_packed packed = check_same(x, MANY);
        ck_assert_int_eq(packed.form, MLT_PACKED_DECIMAL);
        ck_assert_int_eq(packed.decimals, decimals);
        ck_assert_uint_eq(mlt_packed_bytes(&packed, MANY), 4 * MANY);
    }
}
END_TEST

START_TEST(floats_take_four_bytes)
{
    struct mlt_rng rng;
    double x[MANY];
    mlt_rng_seed(&rng, 6);
    for (int i = 0; i < MANY; i++)
        x[i] = (float)((mlt_rng_uniform(&rng) - 0.5) * pow(10, i % 60 - 30));
    struct mlt_packed packed = check_same(x, MANY);
    ck_assert_int_eq(packed.form, MLT_PACKED_FLOAT);
}
END_TEST

START_TEST(what_fits_no_form_stays_as_it_is)
{
    const double plain[] = {0.1234567890123456, 1e300, -1e-300, 5e-324, INFINITY, NAN, 3e9 + 0.1};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        ck_assert_int_eq(form_of(plain[i]), MLT_PACKED_PLAIN);
    ck_assert_int_eq(form_of(-0.0), MLT_PACKED_FLOAT);
    ck_assert_int_eq(form_of(0x1p-149), MLT_PACKED_FLOAT);
    ck_assert_int_eq(form_of(1e-9), MLT_PACKED_DECIMAL);
    ck_assert_int_eq(form_of(1e-10), MLT_PACKED_PLAIN);
    ck_assert_int_eq(form_of(2147483647), MLT_PACKED_DECIMAL);
    ck_assert_int_eq(form_of(-2147483648.0), MLT_PACKED_FLOAT);
    ck_assert_int_eq(form_of(4294967296.0), MLT_PACKED_FLOAT);
    /* One value of another kind, last or first. */
    double x[] = {0.25, 0.5, 0.1234567890123456}, y[] = {0x1p-40, 0.25, 0.3};
    ck_assert_int_eq(check_same(x, 3).form, MLT_PACKED_PLAIN);
    ck_assert_int_eq(check_same(y, 3).form, MLT_PACKED_PLAIN);
    ck_assert_int_eq(check_same(x, 2).form, MLT_PACKED_DECIMAL);
    ck_assert_int_eq(check_same(x, 0).form, MLT_PACKED_BITS);
}
END_TEST

START_TEST(whole_numbers_take_the_bytes_they_need)
{
    const uint32_t most[] = {0, 255, 256, 65535, 65536, UINT32_MAX};
    const unsigned width[] = {1, 1, 2, 2, 4, 4};
    for (int i = 0; i < 6; i++) {
        const uint32_t x[] = {most[i], 0, most[i] / 2};
        struct mlt_packed packed = mlt_packed_choose_whole(x, 3);
        uint32_t back[3];
        char room[12];
        ck_assert_uint_eq(mlt_packed_bytes(&packed, 3), 3 * width[i]);
        mlt_packed_put(&packed, x, 3, room);
        mlt_packed_get(&packed, room, 0, 3, back);
        ck_assert_mem_eq(back, x, sizeof x);
    }
}
END_TEST

/* Arrays of `count` each, one behind the other, have keys in the order of their values. */
static void check_keys(const double *x, size_t count, size_t arrays)
{
    struct mlt_packed packed[4];
    struct mlt_packed_map map = {.form = MLT_PACKED_PLAIN};
    char room[4][8 * 8];
    uint32_t key[32];
    for (size_t a = 0; a < arrays; a++) {
        packed[a] = mlt_packed_choose(x + a * count, count);
        mlt_packed_put(&packed[a], x + a * count, count, room[a]);
        ck_assert(mlt_packed_map_add(&map, &packed[a]));
    }
    for (size_t a = 0; a < arrays; a++)
        mlt_packed_keys(&map, &packed[a], room[a], 0, count, key + a * count);
    for (size_t i = 0; i < count * arrays; i++)
        for (size_t j = 0; j < count * arrays; j++) {
            ck_assert_uint_lt(key[i], mlt_packed_map_keys(&map));
            ck_assert_msg((x[i] < x[j]) == (key[i] < key[j]), "%g and %g", x[i], x[j]);
        }
}

START_TEST(keys_follow_the_order_of_values)
{
    const double decimals[] = {0.5, -0.25, 0, 0.125, 1, 0, 1, 1, 0.1, 0.100001, -3.000001, 7};
    const double floats[] = {-0.0, 0, 0x1p-149, -0x1p-149, 0x1.fffffep127, -1, 0x1p-20, 3};
    check_keys(decimals, 4, 3);
    check_keys(floats, 4, 2);
    check_keys(floats, 8, 1);
}
END_TEST

START_TEST(values_without_one_map_have_no_keys)
{
    const double decimal = 0.1, far = 2e9, small = 1e-9, real = 0x1p-60, plain = 0.12345678901234;
    const double *const pair[][2] = {{&decimal, &real}, {&real, &decimal}, {&far, &small},
                                     {&small, &far},    {&plain, &plain},  {&decimal, &plain}};
    for (size_t i = 0; i < sizeof pair / sizeof *pair; i++) {
        struct mlt_packed_map map = {.form = MLT_PACKED_PLAIN};
        struct mlt_packed first = mlt_packed_choose(pair[i][0], 1);
        struct mlt_packed second = mlt_packed_choose(pair[i][1], 1);
        ck_assert(!mlt_packed_map_add(&map, &first) || !mlt_packed_map_add(&map, &second));
    }
}
END_TEST

TCase *packed_case(void)
{
    TCase *tcase = tcase_create("packed");
    tcase_add_test(tcase, labels_take_a_bit);
    tcase_add_test(tcase, decimals_take_four_bytes);
    tcase_add_test(tcase, floats_take_four_bytes);
    tcase_add_test(tcase, what_fits_no_form_stays_as_it_is);
    tcase_add_test(tcase, whole_numbers_take_the_bytes_they_need);
    tcase_add_test(tcase, keys_follow_the_order_of_values);
    tcase_add_test(tcase, values_without_one_map_have_no_keys);
    return tcase;
}
