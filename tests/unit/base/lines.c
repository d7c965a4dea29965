#include "harness/base/lines.h"

#include <string.h>

#include "tests/unit/suite.h"

TCase *lines_case(void);

/* Expected counts: GNU diffutils 3.8, `diff --minimal from to | grep -c '^[<>]'`, and what is
 * paired is "changed". */
static void expect(const char *from, const char *to, const char *wanted)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_line_count count;
    struct mlt_buf text = MLT_BUF_INIT;
    ck_ok(mlt_lines_compare(from, strlen(from), to, strlen(to), &count, &err));
    mlt_lines_print(&count, &text);
    ck_assert_str_eq(text.data, wanted);
    mlt_buf_free(&text);
}

START_TEST(lines_count_what_changed)
{
    expect("a\nb\nc\n", "a\nb\nc\n", "nothing changed");
    expect("a\nb\nc\n", "a\nB\nc\n", "1 line changed");
    expect("a\nb\nc\nd\n", "a\nB\nC\nd\n", "2 lines changed");
    expect("a\nb\n", "a\nx\nb\n", "1 line added");
    expect("a\nx\ny\nb\n", "a\nb\n", "2 lines removed");
    expect("a\nb\n", "A\nx\nb\n", "1 line changed, 1 added");
    expect("a\nb\nc\nd\n", "X\nb\nd\n", "1 line changed, 1 removed");
    expect("", "a\nb", "2 lines added");
    expect("a", "", "1 line removed");
    expect("b\na\n", "a\nb\n", "1 line changed");
}
END_TEST

START_TEST(lines_beyond_the_bound_all_count)
{
    enum { LINES = 5000 };
    static char from[LINES * 2 + 1], to[LINES * 2 + 1];
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_line_count count;
    for (size_t i = 0; i < LINES; i++) {
        memcpy(from + 2 * i, i % 2 ? "a\n" : "b\n", 2);
        memcpy(to + 2 * i, i % 2 ? "b\n" : "a\n", 2);
    }
    ck_ok(mlt_lines_compare(from, sizeof from - 1, to, sizeof to - 1, &count, &err));
    ck_assert_uint_eq(count.added, LINES);
    ck_assert_uint_eq(count.removed, LINES);
}
END_TEST

TCase *lines_case(void)
{
    TCase *tc = tcase_create("lines");
    tcase_add_test(tc, lines_count_what_changed);
    tcase_add_test(tc, lines_beyond_the_bound_all_count);
    return tc;
}
