#include "harness/codec/number.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/rng.h"
#include "tests/unit/suite.h"

TCase *number_case(void);

/* The oracle is glibc's strtod, which is correctly rounded (glibc manual, "Parsing of Floats"). */
static bool same_bits(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

/* Every path at once; false where one of them differs from strtod. */
static bool agrees(const char *text, size_t len)
{
    char buffer[2048];
    double wanted = strtod(text, NULL), got = -1, fast = -1;
    bool ok = mlt_number_parse(text, len, &got);
    if (ok != isfinite(wanted) || (ok && !same_bits(got, wanted)))
        return false;
    if (!__builtin_cpu_supports("avx2"))
        return true;
    memset(buffer, '7', sizeof buffer);
    memcpy(buffer + MLT_NUMBER_BEFORE, text, len);
    ok = mlt_number_parse_avx2(buffer + MLT_NUMBER_BEFORE, len, &fast);
    return ok == isfinite(wanted) && (!ok || same_bits(fast, wanted));
}

static void check(const char *text)
{
    ck_assert_msg(agrees(text, strlen(text)), "%s differs from strtod", text);
}

static const char *const accepted[] = {
    "0",
    "-0",
    "+1",
    "1.",
    ".5",
    "-.5",
    "+.5e-3",
    "00012",
    "1e5",
    "1E+05",
    "1e-05",
    "0e999999999999",
    "0.1",
    "123456789012345678",
    "9007199254740993",
    "9007199254740992.5",
    "0.1e-400",
    "1e-324",
    "18446744073709551615",
    "99999999999999999999",
    "12345678901234567890123456789e-20",
    "0.000000000000000000000000000000000123456789012345678901234567890",
    "-1234567.12345678901",
    "1234567890123456",
    "123456789012345.6",
    "0.12345678901234567",
    "0.8444218515250481",
    "999.1234567890123456",
    "1000.1234567890123456",
    "9999999999999999",
    ".1234567890123456",
    ".12345678901234567",
    "1234567890123456.",
    "12345678901234567.",
    /* The largest double, and the halfway to what would follow it, from below. */
    "1.7976931348623157e308",
    "1.7976931348623158e308",
    "1797693134862315807937289714053034150799341327100378269361737789804449682927647509466490179775"
    "87"
    "2070963302864166928879109465555478519404026306574886715058206819089020007083836762738548458177"
    "11"
    "5317644757302700698555713669596228429148198608349364752927190741684443655107043427115596995080"
    "93"
    "042880.17762",
    /* Subnormals: the least, half of it and a little more, the greatest, the least normal. */
    "4.9406564584124654e-324",
    "2.4703282292062327e-324",
    "2.4703282292062328e-324",
    "2.2250738585072011e-308",
    "2.2250738585072014e-308",
    "2.2250738585072012e-308",
    /* "Incorrectly rounded conversions" (R. Regan, exploringbinary.com): halfway and near it. */
    "9007199254740993.00000000000000000000000000000000000001",
    "0.500000000000000166533453693773481063544750213623046875",
    "3.518437208883201171875e13",
    "62.5364939768271845828",
    "8.10109172351e-10",
    "1.50000000000000011102230246251565404236316680908203125",
    "1.50000000000000011102230246251565404236316680908203124",
    "6.9294956446009195e15",
    "3.7455744005952583e15",
    "2.2250738585072011e-308",
    "0.000000000000000000000000000000000000011754943508222875",
    /* Ties of Eisel-Lemire's own range (fast_float's tests). */
    "9007199254740995",
    "9007199254740997e1",
    "4503599627370496.5",
    "4503599627370497.5",
    "1e23",
    "8.5e22",
    "7.2057594037927933e16",
    "-2.2222222222223e-322",
    "1090544144181609348671888949248",
};

START_TEST(a_number_is_the_nearest_double)
{
    check(accepted[_i]);
}
END_TEST

static const char *const refused[] = {
    "",
    " ",
    "+",
    "-",
    ".",
    "-.",
    "e5",
    ".e5",
    "1e",
    "1e+",
    "1e+-5",
    "1 ",
    " 1",
    "1..2",
    "1.2.3",
    "--1",
    "+-1",
    "inf",
    "nan",
    "0x10",
    "1_000",
    "1,5",
    "1e5.5",
    "1.5f",
    "1e400",
    "-1e309",
    "1.7976931348623159e308",
    "12345678901234567890123x",
    "0.123456789x",
    "1.2.345678901234567",
    "1.23456789012345678.9",
};

START_TEST(what_is_no_finite_decimal_is_refused)
{
    char buffer[128];
    double value = 42;
    size_t len = strlen(refused[_i]);
    ck_assert_msg(!mlt_number_parse(refused[_i], len, &value), "%s", refused[_i]);
    memset(buffer, '7', sizeof buffer);
    memcpy(buffer + MLT_NUMBER_BEFORE, refused[_i], len);
    if (__builtin_cpu_supports("avx2"))
        ck_assert_msg(!mlt_number_parse_avx2(buffer + MLT_NUMBER_BEFORE, len, &value), "%s",
                      refused[_i]);
    ck_assert(value == 42);
}
END_TEST

START_TEST(a_number_has_at_most_1024_characters)
{
    char text[1026];
    double value;
    memset(text, '1', sizeof text);
    text[1] = '.';
    ck_assert(mlt_number_parse(text, 1024, &value));
    ck_assert(value > 1.1 && value < 1.12);
    ck_assert(!mlt_number_parse(text, 1025, &value));
}
END_TEST

static double any_double(struct mlt_rng *rng)
{
    double value;
    do {
        uint64_t bits = mlt_rng_next(rng);
        /* One in eight is subnormal. */
        if ((bits & 7) == 0)
            bits &= ~(UINT64_C(0x7ff) << 52);
        memcpy(&value, &bits, sizeof value);
    } while (!isfinite(value));
    return value;
}

/* Exactly between a double and its neighbour, in all its digits, or in the first `digits` of them.
 */
static int halfway(struct mlt_rng *rng, char *out, size_t size)
{
    double value = fabs(any_double(rng));
    long double middle = ((long double)value + (long double)nextafter(value, INFINITY)) / 2;
    int digits = mlt_rng_below(rng, 4) == 0 ? 780 : (int)mlt_rng_below(rng, 24) + 15;
    return snprintf(out, size, "%.*Le", digits, middle);
}

static int random_text(struct mlt_rng *rng, char *out, size_t size)
{
    static const int widths[] = {1, 3, 6, 6, 8, 10, 15, 16, 17, 18, 19, 20, 25};
    switch (mlt_rng_below(rng, 7)) {
    case 0:
        return snprintf(out, size, "%.*g", (int)mlt_rng_below(rng, 25) + 1, any_double(rng));
    case 1:
        return halfway(rng, out, size);
    case 2:
        return snprintf(out, size, "%.*f", widths[mlt_rng_below(rng, 13)], mlt_rng_uniform(rng));
    case 3:
        return snprintf(out, size, "%.*f", widths[mlt_rng_below(rng, 13)],
                        (mlt_rng_uniform(rng) - 0.5) * pow(10, (double)mlt_rng_below(rng, 20)));
    case 4:
        return snprintf(out, size, "%llu",
                        (unsigned long long)(mlt_rng_next(rng) >> mlt_rng_below(rng, 64)));
    case 5:
        return snprintf(out, size, "%llue%d",
                        (unsigned long long)(mlt_rng_next(rng) >> mlt_rng_below(rng, 64)),
                        (int)mlt_rng_below(rng, 700) - 350);
    default:
        return snprintf(out, size, "%llu.%llu",
                        (unsigned long long)(mlt_rng_next(rng) >> mlt_rng_below(rng, 64)),
                        (unsigned long long)(mlt_rng_next(rng) >> mlt_rng_below(rng, 64)));
    }
}

START_TEST(a_million_numbers_come_out_as_strtod_has_them)
{
    struct mlt_rng rng;
    char text[1024];
    long count = getenv("MLTEST_CHECK_NIGHTLY") != NULL ? 100000000 : 1000000;
    mlt_rng_seed(&rng, 20260711);
    for (long i = 0; i < count; i++) {
        int len = random_text(&rng, text, sizeof text);
        if (len >= (int)sizeof text)
            continue;
        if (!agrees(text, (size_t)len))
            ck_abort_msg("%s differs from strtod", text);
    }
}
END_TEST

TCase *number_case(void)
{
    TCase *tc = tcase_create("number");
    tcase_set_timeout(tc, 3600);
    tcase_add_loop_test(tc, a_number_is_the_nearest_double, 0, sizeof accepted / sizeof *accepted);
    tcase_add_loop_test(tc, what_is_no_finite_decimal_is_refused, 0,
                        sizeof refused / sizeof *refused);
    tcase_add_test(tc, a_number_has_at_most_1024_characters);
    tcase_add_test(tc, a_million_numbers_come_out_as_strtod_has_them);
    return tc;
}
