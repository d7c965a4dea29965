#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/rng.h"
#include "harness/base/str.h"
#include "tests/unit/suite.h"

TCase *str_case(void);

START_TEST(str_suggests_the_nearest_word_only_when_it_is_near)
{
    static const char *const words[] = {"accuracy", "auc", "rmse", "recall", NULL};
    ck_assert_str_eq(mlt_str_nearest("acuracy", words), "accuracy");
    ck_assert_str_eq(mlt_str_nearest("rsme", words), "rmse");
    ck_assert_str_eq(mlt_str_nearest("auk", words), "auc");
    ck_assert_ptr_null(mlt_str_nearest("latency", words));
    ck_assert_ptr_null(mlt_str_nearest("", words));
    ck_assert_ptr_null(mlt_str_nearest("x", words));
    char huge[300];
    memset(huge, 'a', sizeof huge - 1);
    huge[sizeof huge - 1] = '\0';
    ck_assert_ptr_null(mlt_str_nearest(huge, words));
}
END_TEST

START_TEST(str_glob_matches_whole_strings)
{
    static const struct {
        const char *pattern, *text;
        bool matches;
    } cases[] = {
        {"", "", true},          {"", "a", false},          {"*", "", true},
        {"a*c", "abbbc", true},  {"a*c", "abbb", false},    {"?", "", false},
        {"a?c", "abc", true},    {"[a-c]x", "bx", true},    {"[a-c]x", "dx", false},
        {"[!a]", "b", true},     {"[!a]", "a", false},      {"[]]", "]", true},
        {"[", "[", true},        {"[a", "[a", true},        {"*/*", "a/b", true},
        {"*.csv", "x.csv", true}, {"**a**", "bab", true},   {"[a-]", "-", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ck_assert_msg(mlt_str_glob(cases[i].pattern, cases[i].text) == cases[i].matches, "%s on %s",
                      cases[i].pattern, cases[i].text);
}
END_TEST

START_TEST(str_glob_takes_no_exponential_time)
{
    char text[4001];
    memset(text, 'a', 4000);
    text[4000] = '\0';
    ck_assert(!mlt_str_glob("*a*a*a*a*a*a*a*a*a*a*a*b", text));
}
END_TEST

START_TEST(str_parses_decimal_numbers_only)
{
    static const char *const good[] = {"0", "-1", "+1.5", ".5", "5.", "1e3", "1E-3", "1e-999"};
    static const char *const bad[] = {"",     " 1",  "1 ",   "0x10", "inf", "nan", "1e999", "-1e999",
                                      "1,5",  "1e",  "1e+",  ".",    "-",   "e5",  "1.2.3", "1_000",
                                      "--1",  "1f",  "INFINITY"};
    double value = 77;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_msg(!mlt_str_parse_double(bad[i], strlen(bad[i]), &value), "%s", bad[i]);
    ck_assert(!mlt_str_parse_double("1\0" "2", 3, &value));
    ck_assert_double_eq(value, 77);
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        ck_assert_msg(mlt_str_parse_double(good[i], strlen(good[i]), &value), "%s", good[i]);
        ck_assert_double_eq(value, atof(good[i]));
    }
    ck_assert(mlt_str_parse_double("12345", 2, &value) && value == 12);
}
END_TEST

START_TEST(str_parses_unsigned_integers_up_to_the_bound)
{
    uint64_t value = 77;
    ck_assert(!mlt_str_parse_uint("", 9, &value) && !mlt_str_parse_uint("-1", 9, &value));
    ck_assert(!mlt_str_parse_uint("10", 9, &value) && !mlt_str_parse_uint("1 ", 9, &value));
    ck_assert(!mlt_str_parse_uint("18446744073709551616", UINT64_MAX, &value));
    ck_assert_uint_eq(value, 77);
    ck_assert(mlt_str_parse_uint("18446744073709551615", UINT64_MAX, &value) && value == UINT64_MAX);
}
END_TEST

/* Expected: the digits that Python's repr gives, which is shortest too. */
START_TEST(str_prints_the_shortest_double)
{
    static const struct {
        double value;
        const char *text;
    } cases[] = {{0.1, "0.1"},
                 {0.30000000000000004, "0.30000000000000004"},
                 {1e300, "1e+300"},
                 {5e-324, "5e-324"},
                 {0x1p-44, "5.684341886080802e-14"},
                 {-0.0, "-0"},
                 {DBL_MAX, "1.7976931348623157e+308"},
                 {9007199254740993.0, "9007199254740992"},
                 {100, "100"}};
    char text[MLT_DOUBLE_CHARS];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ck_assert_str_eq(mlt_str_format_double(cases[i].value, text), cases[i].text);
    ck_assert_str_eq(mlt_str_format_double(NAN, text), "nan");
    ck_assert_str_eq(mlt_str_format_double(-INFINITY, text), "-inf");
}
END_TEST

START_TEST(str_prints_every_power_of_two_so_that_it_comes_back)
{
    char text[MLT_DOUBLE_CHARS];
    for (int e = -1074; e < 1024; e++) {
        double value = ldexp(1, e), back;
        mlt_str_format_double(value, text);
        ck_assert(mlt_str_parse_double(text, strlen(text), &back));
        ck_assert_msg(back == value, "2^%d gives %s", e, text);
    }
}
END_TEST

START_TEST(str_parses_durations_with_a_unit)
{
    uint64_t ns = 77;
    ck_assert(mlt_str_parse_duration_ns("1.5ms", &ns) && ns == 1500000);
    ck_assert(mlt_str_parse_duration_ns("14d", &ns) && ns == 14ull * 86400 * 1000000000u);
    ck_assert(mlt_str_parse_duration_ns("10m", &ns) && ns == 600000000000u);
    ck_assert(mlt_str_parse_duration_ns("3ns", &ns) && ns == 3);
    static const char *const bad[] = {"", "5", "s", "-1s", "1 s", "1x", "1e3s", "1..5s", "999999999d"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_msg(!mlt_str_parse_duration_ns(bad[i], &ns), "%s", bad[i]);
}
END_TEST

START_TEST(str_knows_valid_utf8)
{
    static const char *const bad[] = {"\x80",         "\xc0\x80",         "\xc1\xbf",
                                      "\xe0\x80\x80", "\xed\xa0\x80",     "\xf4\x90\x80\x80",
                                      "\xc3",         "\xf0\x8f\xbf\xbf", "\xff"};
    size_t at = 0;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_msg(!mlt_str_utf8_valid(bad[i], strlen(bad[i]), NULL), "case %zu", i);
    ck_assert(!mlt_str_utf8_valid("ab\xff", 3, &at));
    ck_assert_uint_eq(at, 2);
    ck_assert(mlt_str_utf8_valid("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 9, NULL));
}
END_TEST

START_TEST(str_shows_hostile_text_harmlessly)
{
    struct mlt_buf out = MLT_BUF_INIT;
    const char text[] = "a\x1b[31m\n\xe2\x80\xae\xff\xc2\x9b\xc3\xa9";
    mlt_str_append_safe(&out, text, sizeof text - 1, 100);
    ck_assert_str_eq(out.data, "a\\x1b[31m\\n\\u{202e}\\xff\\u{009b}\xc3\xa9");
    mlt_buf_clear(&out);
    mlt_str_append_safe(&out, "\xc3\xa9\xc3\xa9", 4, 3);
    ck_assert_str_eq(out.data, "\xc3\xa9\xe2\x80\xa6");
    mlt_buf_free(&out);
}
END_TEST

START_TEST(str_names_cannot_leave_their_folder)
{
    char longest[130];
    memset(longest, 'a', 129);
    longest[129] = '\0';
    ck_assert(mlt_str_is_name("ad-score_1.0") && mlt_str_is_name(longest + 1));
    ck_assert(!mlt_str_is_name("") && !mlt_str_is_name("..") && !mlt_str_is_name("a/b"));
    ck_assert(!mlt_str_is_name("-rf") && !mlt_str_is_name("a b") && !mlt_str_is_name(longest));
}
END_TEST

TCase *str_case(void)
{
    TCase *tc = tcase_create("str");
    tcase_add_test(tc, str_suggests_the_nearest_word_only_when_it_is_near);
    tcase_add_test(tc, str_glob_matches_whole_strings);
    tcase_add_test(tc, str_glob_takes_no_exponential_time);
    tcase_add_test(tc, str_parses_decimal_numbers_only);
    tcase_add_test(tc, str_parses_unsigned_integers_up_to_the_bound);
    tcase_add_test(tc, str_prints_the_shortest_double);
    tcase_add_test(tc, str_prints_every_power_of_two_so_that_it_comes_back);
    tcase_add_test(tc, str_parses_durations_with_a_unit);
    tcase_add_test(tc, str_knows_valid_utf8);
    tcase_add_test(tc, str_shows_hostile_text_harmlessly);
    tcase_add_test(tc, str_names_cannot_leave_their_folder);
    return tc;
}
