#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/clock.h"
#include "harness/codec/markdown.h"
#include "tests/unit/suite.h"

TCase *markdown_case(void);

static struct mlt_arena arena;

static void setup(void)
{
    arena = (struct mlt_arena)MLT_ARENA_INIT;
}

static void teardown(void)
{
    mlt_arena_free(&arena);
}

static struct mlt_markdown parse(const char *text)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_markdown out;
    ck_ok(mlt_markdown_parse("a.md", text, strlen(text), &arena, &out, &err));
    return out;
}

/* Blocks, lines and texts follow GitHub Flavored Markdown 0.29 (https://github.github.com/gfm/). */
START_TEST(markdown_blocks_have_lines_and_text_without_markup)
{
    struct mlt_markdown m = parse("# A *b* `c`\n"
                                  "\n"
                                  "One **two**\n"
                                  "[three](http://x/1.0.0 \"t\") ![four](five.png)\n"
                                  "\n"
                                  "- item\n"
                                  "\n"
                                  "  > quoted\n"
                                  "\n"
                                  "```json\n"
                                  "{\"a\": 1}\n"
                                  "```\n"
                                  "\n"
                                  "    indented\n"
                                  "\n"
                                  "<!-- note -->\n"
                                  "\n"
                                  "Set\n"
                                  "---\n");
    static const struct {
        enum mlt_block_kind kind;
        int line, text_line, level;
        const char *text, *info;
    } want[] = {
        {MLT_BLOCK_HEADING, 1, 1, 1, "A b c", ""},
        {MLT_BLOCK_PARAGRAPH, 3, 3, 0, "One two\nthree four", ""},
        {MLT_BLOCK_PARAGRAPH, 6, 6, 0, "item", ""},
        {MLT_BLOCK_PARAGRAPH, 8, 8, 0, "quoted", ""},
        {MLT_BLOCK_CODE, 10, 11, 0, "{\"a\": 1}\n", "json"},
        {MLT_BLOCK_CODE, 14, 14, 0, "indented\n", ""},
        {MLT_BLOCK_HTML, 16, 16, 0, "<!-- note -->\n", ""},
        {MLT_BLOCK_HEADING, 18, 18, 2, "Set", ""},
    };
    ck_assert_uint_eq(m.count, sizeof want / sizeof *want);
    for (size_t i = 0; i < m.count; i++) {
        ck_assert_int_eq(m.blocks[i].kind, want[i].kind);
        ck_assert_int_eq(m.blocks[i].line, want[i].line);
        ck_assert_int_eq(m.blocks[i].text_line, want[i].text_line);
        ck_assert_int_eq(m.blocks[i].level, want[i].level);
        ck_assert_str_eq(m.blocks[i].text, want[i].text);
        ck_assert_str_eq(m.blocks[i].info, want[i].info);
    }
    ck_assert_uint_eq(m.blocks[1].link_count, 2);
    ck_assert_str_eq(m.blocks[1].links[0], "http://x/1.0.0");
    ck_assert_str_eq(m.blocks[1].links[1], "five.png");
}
END_TEST

START_TEST(markdown_tables_have_rows_of_cells)
{
    struct mlt_markdown m = parse("Before:\n"
                                  "\n"
                                  "| Metric | `value` |\n"
                                  "|---|--:|\n"
                                  "| **rmse** | 5.82 \\| x |\n"
                                  "| [mae](u) |\n"
                                  "| a | b | c |\n"
                                  "\n"
                                  "- x | y\n"
                                  "  --|--\n"
                                  "  1 | 2\n");
    ck_assert_uint_eq(m.count, 3);
    const struct mlt_block *t = &m.blocks[1];
    ck_assert_int_eq(t->kind, MLT_BLOCK_TABLE);
    ck_assert_int_eq(t->line, 3);
    ck_assert_uint_eq(t->row_count, 4);
    static const char *const want[4][2] = {
        {"Metric", "value"}, {"rmse", "5.82 | x"}, {"mae", ""}, {"a", "b"}};
    static const int lines[4] = {3, 5, 6, 7};
    for (size_t i = 0; i < 4; i++) {
        ck_assert_int_eq(t->rows[i].line, lines[i]);
        ck_assert_uint_eq(t->rows[i].count, 2);
        for (size_t k = 0; k < 2; k++)
            ck_assert_str_eq(t->rows[i].cells[k].text, want[i][k]);
    }
    ck_assert_uint_eq(t->link_count, 1);
    ck_assert_int_eq(m.blocks[2].kind, MLT_BLOCK_TABLE);
    ck_assert_int_eq(m.blocks[2].rows[1].line, 11);
    ck_assert_str_eq(m.blocks[2].rows[1].cells[1].text, "2");
}
END_TEST

START_TEST(markdown_of_nothing_is_nothing)
{
    ck_assert_uint_eq(parse("").count, 0);
    ck_assert_uint_eq(parse("\n\n \n").count, 0);
}
END_TEST

START_TEST(markdown_html_cannot_run_anything)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_buf out = MLT_BUF_INIT;
    static const char text[] = "<script>alert(1)</script>\n\n"
                               "a <img src=x onerror=alert(1)> b\n\n"
                               "[a](javascript:alert(1)) [b](JaVaScRiPt:x) [c](data:text/html,x)\n"
                               "[d](vbscript:x) [e](java&#115;cript:x) [f](java&#10;script:x)\n"
                               "![g](data:image/svg+xml,x) <javascript:x> [h](&#32;javascript:x)\n"
                               "[i](file:///etc/passwd) [j]\n\n"
                               "[j]: javascript:x\n\n"
                               "```\"><script>\n</code><script>\n```\n";
    ck_ok(mlt_markdown_to_html("a.md", text, strlen(text), &out, &err));
    static const char *const bad[] = {"<script", "<img src=x", "script:", "data:", "file:", NULL};
    for (size_t i = 0; bad[i]; i++) {
        const char *at = strstr(out.data, bad[i]);
        /* An autolink shows its address as text; that runs nothing. */
        ck_assert_msg(!at || strncmp(at - 5, ">java", 5) == 0, "'%s' is in %s", bad[i], out.data);
    }
    mlt_buf_free(&out);
}
END_TEST

START_TEST(markdown_html_keeps_tables_and_honest_links)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_buf out = MLT_BUF_INIT;
    static const char text[] = "[a](https://x/?q=1:2) [b](api.md#x:y) [c](MAILTO:a@b) <d>\n\n"
                               "|a|\n|-|\n|&|\n";
    ck_ok(mlt_markdown_to_html("a.md", text, strlen(text), &out, &err));
    ck_assert_ptr_nonnull(strstr(out.data, "<a href=\"https://x/?q=1:2\">a</a>"));
    ck_assert_ptr_nonnull(strstr(out.data, "<a href=\"api.md#x:y\">b</a>"));
    ck_assert_ptr_nonnull(strstr(out.data, "<a href=\"MAILTO:a@b\">c</a>"));
    ck_assert_ptr_nonnull(strstr(out.data, "<td>&amp;</td>"));
    mlt_buf_free(&out);
}
END_TEST

START_TEST(markdown_refuses_what_is_no_text)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_markdown m;
    struct mlt_buf out = MLT_BUF_INIT;
    ck_fails(mlt_markdown_parse("a.md", "ab\0c", 4, &arena, &m, &err), MLT_ERR_USAGE,
             "a.md: byte 3 is a NUL");
    ck_fails(mlt_markdown_parse("a.md", "ab\xff", 3, &arena, &m, &err), MLT_ERR_USAGE,
             "a.md: byte 3 (0xff) is not UTF-8");
    ck_fails(mlt_markdown_to_html("a.md", "\xed\xa0\x80", 3, &out, &err), MLT_ERR_USAGE,
             "is not UTF-8");
    char *large = calloc(1, (1 << 20) + 1);
    memset(large, 'a', (1 << 20) + 1);
    ck_ok(mlt_markdown_parse("a.md", large, 1 << 20, &arena, &m, &err));
    ck_fails(mlt_markdown_parse("a.md", large, (1 << 20) + 1, &arena, &m, &err), MLT_ERR_USAGE,
             "a.md: 1048577 bytes are more than the 1 MiB of a document");
    free(large);
}
END_TEST

/* Each repeats a piece between a head and a tail until a mebibyte is full. */
static const struct {
    const char *head, *piece, *tail;
} hostile[] = {
    {"", "[", ""},
    {"", ">", ""},
    {"", "*", ""},
    {"", "*_", ""},
    {"", "a**b_", ""},
    {"", "- ", ""},
    {"", "> - 1. ", ""},
    {"", "![", ""},
    {"", "![[](a)", ""},
    {"", "![[]()", ""},
    {"", "[a](b)![", ""},
    {"a", " <? ", ""},
    {"a", " <!A", ""},
    {"a", " <![CDATA[", ""},
    {"a", " <!-- a", ""},
    {"", "`a``", ""},
    {"", "&", ""},
    {"", "a\n", "|-|\n"},
    {"", "a\n-|-\n", ""},
    {"", "a|b\n-|-\n", ""},
    {"", "|-", ""},
    {"a\n", "|-", "\n"},
    {"|a|b|c|d|e|f|g|h|i|j|\n|-|-|-|-|-|-|-|-|-|-|\n", "|\n", ""},
    {"- a\n  - b\n    - c\n      - d\n", "\n", ""},
    {"[a]: /u\n\n", "[a]", ""},
    {"", "[a]: /u\n", ""},
    {"", "\r", ""},
    {"", "\t- a\n", ""},
};

START_TEST(markdown_takes_bounded_time_on_hostile_text)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_markdown m;
    struct mlt_buf text = MLT_BUF_INIT, html = MLT_BUF_INIT;
    size_t tail = strlen(hostile[_i].tail), piece = strlen(hostile[_i].piece);
    mlt_buf_puts(&text, hostile[_i].head);
    while (text.len + piece + tail <= 1 << 20)
        mlt_buf_puts(&text, hostile[_i].piece);
    mlt_buf_puts(&text, hostile[_i].tail);
    uint64_t start = mlt_clock_monotonic_ns();
    if (!mlt_markdown_parse("a.md", text.data, text.len, &arena, &m, &err))
        ck_assert_int_eq(err.kind, MLT_ERR_USAGE);
    if (!mlt_markdown_to_html("a.md", text.data, text.len, &html, &err))
        ck_assert_int_eq(err.kind, MLT_ERR_USAGE);
    ck_assert_uint_lt(mlt_clock_monotonic_ns() - start, UINT64_C(20000000000));
    mlt_buf_free(&text);
    mlt_buf_free(&html);
}
END_TEST

START_TEST(markdown_refuses_text_that_expands)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_markdown m;
    struct mlt_buf text = MLT_BUF_INIT;
    /* A target of 100 KB, referred to 100,000 times, would be 10 GB. */
    mlt_buf_puts(&text, "[a]: /");
    for (int i = 0; i < 100000; i++)
        mlt_buf_putc(&text, 'u');
    mlt_buf_puts(&text, "\n\n");
    for (int i = 0; i < 100000; i++)
        mlt_buf_puts(&text, "[a]");
    ck_fails(mlt_markdown_parse("a.md", text.data, text.len, &arena, &m, &err), MLT_ERR_USAGE,
             "a.md: link targets are too long");
    mlt_buf_clear(&text);
    for (int i = 0; i < 400; i++)
        mlt_buf_puts(&text, "|a");
    mlt_buf_puts(&text, "|\n");
    for (int i = 0; i < 400; i++)
        mlt_buf_puts(&text, "|-");
    for (int i = 0; i < 100000; i++)
        mlt_buf_puts(&text, "|\n");
    ck_fails(mlt_markdown_parse("a.md", text.data, text.len, &arena, &m, &err), MLT_ERR_USAGE,
             "a.md: there are tables with too many cells");
    mlt_buf_clear(&text);
    for (int i = 0; i < 5000; i++)
        mlt_buf_puts(&text, "> ");
    ck_fails(mlt_markdown_parse("a.md", text.data, text.len, &arena, &m, &err), MLT_ERR_USAGE,
             "a.md: lists and quotations are nested too deep");
    mlt_buf_free(&text);
}
END_TEST

START_TEST(markdown_reads_a_table_of_a_hundred_thousand_cells)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_markdown m;
    struct mlt_buf text = MLT_BUF_INIT;
    mlt_buf_puts(&text, "|a|b|c|d|e|f|g|h|i|j|\n|-|-|-|-|-|-|-|-|-|-|\n");
    for (int i = 0; i < 10000; i++)
        mlt_buf_printf(&text, "|%d|2|3|4|5|6|7|8|9|10|\n", i);
    ck_ok(mlt_markdown_parse("a.md", text.data, text.len, &arena, &m, &err));
    ck_assert_uint_eq(m.count, 1);
    ck_assert_uint_eq(m.blocks[0].row_count, 10001);
    ck_assert_str_eq(m.blocks[0].rows[10000].cells[0].text, "9999");
    ck_assert_int_eq(m.blocks[0].rows[10000].line, 10002);
    mlt_buf_free(&text);
}
END_TEST

static void *parse_often(void *unused)
{
    for (int i = 0; i < 200; i++) {
        struct mlt_err err = MLT_ERR_INIT;
        struct mlt_arena own = MLT_ARENA_INIT;
        struct mlt_markdown m;
        struct mlt_buf html = MLT_BUF_INIT;
        static const char text[] = "# a\n\n|a|b|\n|-|-|\n|*c*|`d`|\n\n- ~~e~~ <http://x>\n";
        bool ok = mlt_markdown_parse("a.md", text, strlen(text), &own, &m, &err) &&
                  mlt_markdown_to_html("a.md", text, strlen(text), &html, &err) && m.count == 3;
        mlt_arena_free(&own);
        mlt_buf_free(&html);
        if (!ok)
            return NULL;
    }
    return unused;
}

START_TEST(markdown_may_be_read_by_several_threads)
{
    pthread_t threads[4];
    char done;
    for (size_t i = 0; i < 4; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, parse_often, &done), 0);
    for (size_t i = 0; i < 4; i++) {
        void *result;
        pthread_join(threads[i], &result);
        ck_assert_ptr_eq(result, &done);
    }
}
END_TEST

TCase *markdown_case(void)
{
    TCase *tc = tcase_create("markdown");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 120);
    tcase_add_test(tc, markdown_blocks_have_lines_and_text_without_markup);
    tcase_add_test(tc, markdown_tables_have_rows_of_cells);
    tcase_add_test(tc, markdown_of_nothing_is_nothing);
    tcase_add_test(tc, markdown_html_cannot_run_anything);
    tcase_add_test(tc, markdown_html_keeps_tables_and_honest_links);
    tcase_add_test(tc, markdown_refuses_what_is_no_text);
    tcase_add_loop_test(tc, markdown_takes_bounded_time_on_hostile_text, 0,
                        (int)(sizeof hostile / sizeof *hostile));
    tcase_add_test(tc, markdown_refuses_text_that_expands);
    tcase_add_test(tc, markdown_reads_a_table_of_a_hundred_thousand_cells);
    tcase_add_test(tc, markdown_may_be_read_by_several_threads);
    return tc;
}
