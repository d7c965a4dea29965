#include <stdlib.h>
#include <string.h>

#include "harness/base/clock.h"
#include "tests/unit/suite.h"

TCase *clock_case(void);

static const struct {
    const char *text;
    int64_t unix_s; /* from GNU date -u -d TEXT +%s */
} times[] = {
    {"1970-01-01T00:00:00Z", 0},
    {"2023-04-15T14:32:00Z", 1681569120},
    {"2023-04-15T14:32:00.999999Z", 1681569120},
    {"2023-04-15T16:32:00+02:00", 1681569120},
    {"2023-04-15t09:02:00-05:30", 1681569120},
    {"2024-02-29T23:59:59z", 1709251199},
    {"2000-02-29T00:00:00Z", 951782400},
    {"1969-12-31T23:59:59Z", -1},
    {"2016-12-31T23:59:60Z", 1483228800},
    {"9999-12-31T23:59:59Z", 253402300799},
};

START_TEST(clock_parses_a_date_time)
{
    int64_t got = 77;
    ck_assert_msg(mlt_clock_parse(times[_i].text, &got), "%s", times[_i].text);
    ck_assert_int_eq(got, times[_i].unix_s);
}
END_TEST

static const char *const not_times[] = {
    "",
    "2023-04-15",
    "2023-04-15 14:32:00Z",
    "2023-04-15T14:32:00",
    "2023-04-15T14:32Z",
    "2023-04-15T14:32:00Z ",
    " 2023-04-15T14:32:00Z",
    "2023-13-01T00:00:00Z",
    "2023-00-01T00:00:00Z",
    "2023-02-29T00:00:00Z",
    "1900-02-29T00:00:00Z",
    "2023-04-31T00:00:00Z",
    "2023-04-15T24:00:00Z",
    "2023-04-15T14:60:00Z",
    "2023-04-15T14:32:61Z",
    "2023-04-15T14:32:60Z",
    "2023-04-15T14:32:00.Z",
    "2023-04-15T14:32:00+24:00",
    "2023-04-15T14:32:00+0200",
    "2023-04-15T14:32:00+02:00x",
    "23-04-15T14:32:00Z",
    "-023-04-15T14:32:00Z",
    "2023-4-15T14:32:00Z",
};

START_TEST(clock_refuses_what_is_no_date_time)
{
    int64_t got = 77;
    ck_assert_msg(!mlt_clock_parse(not_times[_i], &got), "%s", not_times[_i]);
    ck_assert_int_eq(got, 77);
}
END_TEST

START_TEST(clock_prints_what_it_parses)
{
    char text[MLT_TIME_CHARS];
    int64_t back;
    for (int64_t t = -62167219200; t <= 253402300799; t += 86400 * 97 + 3601) {
        ck_assert(mlt_clock_parse(mlt_clock_format(t, text), &back));
        ck_assert_int_eq(back, t);
    }
    ck_assert_str_eq(mlt_clock_format(1681569120, text), "2023-04-15T14:32:00Z");
    ck_assert_str_eq(mlt_clock_format(INT64_MAX, text), "9999-12-31T23:59:59Z");
    ck_assert_str_eq(mlt_clock_format(INT64_MIN, text), "0000-01-01T00:00:00Z");
}
END_TEST

START_TEST(clock_stands_where_MLTEST_NOW_says)
{
    setenv("MLTEST_NOW", "2024-02-29T23:59:59Z", 1);
    ck_assert_int_eq(mlt_clock_wall_s(), 1709251199);
    ck_assert_int_gt(mlt_clock_true_s(), 1709251199);
    setenv("MLTEST_NOW", "yesterday", 1);
    ck_assert_int_gt(mlt_clock_wall_s(), 1709251199);
}
END_TEST

START_TEST(clock_shows_durations_with_three_digits)
{
    static const struct {
        uint64_t ns;
        const char *text;
    } cases[] = {{0, "0 ns"},
                 {850, "850 ns"},
                 {12300000, "12.3 ms"},
                 {4200000000, "4.20 s"},
                 {999999, "1.00 ms"},
                 {999960000, "1.00 s"},
                 {59960000000, "1 min 00 s"},
                 {185000000000, "3 min 05 s"},
                 {7500000000000, "2 h 05 min"}};
    char text[32];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ck_assert_str_eq(mlt_clock_format_duration(cases[i].ns, text), cases[i].text);
    mlt_clock_format_duration(UINT64_MAX, text);
}
END_TEST

TCase *clock_case(void)
{
    TCase *tc = tcase_create("clock");
    tcase_add_loop_test(tc, clock_parses_a_date_time, 0, sizeof times / sizeof *times);
    tcase_add_loop_test(tc, clock_refuses_what_is_no_date_time, 0,
                        sizeof not_times / sizeof *not_times);
    tcase_add_test(tc, clock_prints_what_it_parses);
    tcase_add_test(tc, clock_stands_where_MLTEST_NOW_says);
    tcase_add_test(tc, clock_shows_durations_with_three_digits);
    return tc;
}
