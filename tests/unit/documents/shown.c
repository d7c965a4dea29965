/* Numbers as documents show them. */
#include "harness/documents/shown.h"

#include <math.h>
#include <string.h>

#include "tests/unit/suite.h"

TCase *shown_case(void);

/* Which texts may stand for which number is arithmetic: a text with d digits behind the point
 * stands for what is at most half of 10^-d away. */
static const struct {
    const char *text;
    double fact;
    bool right;
} table[] = {
    {"0.4137", 0.4137, true},     {"0.414", 0.4137, true},
    {"0.41", 0.4137, true},       {"0.42", 0.4137, false},
    {"0.413", 0.4137, false},     {"0.4136", 0.4137, false},
    {"0.4", 0.4137, true},        {"0", 0.4137, false},
    {"1", 0.78, false},           {"6", 5.82, true},
    {"5", 5.82, false},           {"5.820", 5.82, true},
    {"5.8200001", 5.82, false},   {"78 %", 0.78, true},
    {"78%", 0.784, true},         {"78.4 %", 0.784, true},
    {"78.5 %", 0.784, false},     {"79 %", 0.784, false},
    {"0.78 %", 0.78, false},      {"12.5 %", 12.5, true},
    {"78 %", 78, true},           {"0.125", 0.1245, true},
    {"0.124", 0.1245, true},      {"0.126", 0.1245, false},
    {"0,41", 0.4137, true},       {"0,42", 0.4137, false},
    {"5,821", 5821, true},        {"5,821", 5.821, false},
    {"1,234,567", 1234567, true}, {"1 234", 1234, true},
    {"1_234", 1234, true},        {"-0.12", -0.12, true},
    {"0.12", -0.12, false},       {"+0.12", 0.12, true},
    {"1.2e-05", 1.2e-5, true},    {"1.2e-05", 1.3e-5, false},
    {"1.2e3", 1234, true},        {".5", 0.5, true},
    {"0.00", 0.004, true},        {"0", 0, true},
    {"2.675", 2.675, true},       {"2.67", 2.675, true},
    {"2.68", 2.675, true},        {"5.82", NAN, false},
    {"5.82", INFINITY, false},    {"100", 104, false},
    {"1e2", 104, true},
};

START_TEST(shown_numbers_stand_for_what_they_round)
{
    struct mlt_shown shown;
    ck_assert_msg(mlt_shown_read(table[_i].text, &shown), "%s", table[_i].text);
    ck_assert_uint_eq(shown.len, strlen(table[_i].text));
    ck_assert_msg(mlt_shown_is(&shown, table[_i].fact) == table[_i].right, "%s for %.17g",
                  table[_i].text, table[_i].fact);
}
END_TEST

START_TEST(shown_reads_no_number_where_there_is_none)
{
    static const char *const texts[] = {"",    "-", "none", "nan", "inf",   "a1", "1.1.0",
                                        "- 5", "%", "v1.0", ".",   "1e400", NULL};
    struct mlt_shown shown;
    for (size_t i = 0; texts[i]; i++)
        ck_assert_msg(!mlt_shown_read(texts[i], &shown), "%s", texts[i]);
}
END_TEST

START_TEST(shown_reads_pairs)
{
    static const struct {
        const char *text;
        double low, high;
    } pairs[] = {
        {"[0.40, 0.43]", 0.40, 0.43}, {"(0.40 to 0.43)", 0.40, 0.43}, {"0.40 to 0.43", 0.40, 0.43},
        {"-1 to 2 rest", -1, 2},      {"[5.7; 5.9]", 5.7, 5.9},       {"0 .. 1", 0, 1},
    };
    struct mlt_shown low, high;
    size_t len;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        ck_assert_msg(mlt_shown_read_pair(pairs[i].text, &low, &high, &len), "%s", pairs[i].text);
        ck_assert_double_eq(low.value, pairs[i].low);
        ck_assert_double_eq(high.value, pairs[i].high);
    }
    ck_assert(!mlt_shown_read_pair("[0.40]", &low, &high, &len));
    ck_assert(!mlt_shown_read_pair("[0.40, 0.43)", &low, &high, &len));
    ck_assert(!mlt_shown_read_pair("0.40", &low, &high, &len));
}
END_TEST

START_TEST(shown_knows_the_signs_of_typesetters)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    ck_assert_str_eq(mlt_shown_plain(&arena, "\xe2\x88\x92"
                                             "1\xe2\x80\x93"
                                             "2 \xe2\x89\xa4 3\xc2\xa0% \xc2\xb1"),
                     "-1 to 2 <= 3 % +-");
    mlt_arena_free(&arena);
}
END_TEST

TCase *shown_case(void)
{
    TCase *tc = tcase_create("shown");
    tcase_add_loop_test(tc, shown_numbers_stand_for_what_they_round, 0,
                        (int)(sizeof table / sizeof *table));
    tcase_add_test(tc, shown_reads_no_number_where_there_is_none);
    tcase_add_test(tc, shown_reads_pairs);
    tcase_add_test(tc, shown_knows_the_signs_of_typesetters);
    return tc;
}
