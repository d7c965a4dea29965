#include <string.h>

#include "harness/codec/unicode.h"
#include "tests/unit/suite.h"

TCase *unicode_case(void);

static struct mlt_arena arena;

static void setup(void)
{
    arena = (struct mlt_arena)MLT_ARENA_INIT;
}

static void teardown(void)
{
    mlt_arena_free(&arena);
}

/* Pairs that a reader takes for one, from Unicode Standard Annex 15 (figures 3 to 6) and from
 * confusables.txt of Technical Standard 39; and pairs that nobody does. */
static const struct {
    const char *a, *b;
    bool same;
} pairs[] = {
    {"price", "price", true},
    {"caf\u00e9", "cafe\u0301", true},                 /* composed, decomposed */
    {"\u212b", "A\u030a", true},                       /* Angstrom sign, A with ring */
    {"\ufb01eld", "field", true},                      /* ligature fi */
    {"q\u0307\u0323", "q\u0323\u0307", true},          /* the order of marks */
    {"\uff50\uff52\uff49\uff43\uff45", "price", true}, /* full width */
    {"x\u00b2", "x2", true},                           /* superscript */
    {"pr\u0456ce", "price", true},                     /* Cyrillic i */
    {"\u0440r\u0456\u0441\u0435", "price", true},
    {"sc\u03bfre", "score", true},     /* Greek omicron */
    {"user\u2010id", "user-id", true}, /* hyphen */
    {"user\u2212id", "user-id", true}, /* minus */
    {"\u0435\u0301", "\u00e9", true},  /* Cyrillic e with acute */
    {"price", "Price", false},
    {"cafe", "caf\u00e9", false},
    {"\u0446\u0435\u043d\u0430", "cena", false}, /* Cyrillic for price, transcribed */
    {"x1", "xl", false},
    {"\u4fa1\u683c", "\u5024\u6bb5", false},
};

START_TEST(unicode_skeletons_are_equal_where_a_reader_sees_no_difference)
{
    const char *a = mlt_unicode_skeleton(pairs[_i].a, &arena);
    const char *b = mlt_unicode_skeleton(pairs[_i].b, &arena);
    ck_assert_msg((strcmp(a, b) == 0) == pairs[_i].same, "'%s' and '%s'", a, b);
}
END_TEST

static const struct {
    const char *text;
    uint32_t code; /* 0: none */
} invisible[] = {
    {"price", 0},
    {"caf\u00e9", 0},
    {"\u4fa1\u683c", 0},
    {"a b", 0},
    {"pri\u200bce", 0x200b}, /* zero width space */
    {"pri\u200dce", 0x200d},
    {"\ufeffprice", 0xfeff}, /* joiner, byte order mark */
    {"\u202eecirp", 0x202e},
    {"a\u2066b", 0x2066}, /* override, isolate */
    {"pri\u00adce", 0x00ad},
    {"a\u2028b", 0x2028}, /* soft hyphen, line separator */
    {"a\tb", 0x09},
    {"a\x1b[31m", 0x1b},
    {"a\x7f", 0x7f},
    {"a\u115fb", 0x115f},
    {"a\ufe0f", 0xfe0f},      /* filler, variation selector */
    {"a\U000e0041", 0xe0041}, /* tag */
};

START_TEST(unicode_finds_what_nobody_sees)
{
    uint32_t code = 0;
    bool found = mlt_unicode_find_invisible(invisible[_i].text, &code);
    ck_assert_int_eq(found, invisible[_i].code != 0);
    if (found)
        ck_assert_uint_eq(code, invisible[_i].code);
}
END_TEST

START_TEST(unicode_escapes_what_is_not_ascii)
{
    struct mlt_buf out = MLT_BUF_INIT;
    mlt_unicode_append_escaped(&out, "pr\u0456ce\n\U0001f600", 60);
    ck_assert_str_eq(out.data, "pr<U+0456>ce<U+000A><U+1F600>");
    mlt_buf_clear(&out);
    mlt_unicode_append_escaped(&out, "abcdef", 3);
    ck_assert_str_eq(out.data, "abc…");
    mlt_buf_free(&out);
}
END_TEST

TCase *unicode_case(void)
{
    TCase *tc = tcase_create("unicode");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, unicode_skeletons_are_equal_where_a_reader_sees_no_difference, 0,
                        sizeof pairs / sizeof *pairs);
    tcase_add_loop_test(tc, unicode_finds_what_nobody_sees, 0,
                        sizeof invisible / sizeof *invisible);
    tcase_add_test(tc, unicode_escapes_what_is_not_ascii);
    return tc;
}
