/* How a document that people edited is cut, whatever they left in it. */
#include <stdio.h>
#include <string.h>

#include "harness/base/rng.h"
#include "reports/documents/outline.h"
#include "tests/unit/documents-render/version.h"

TCase *outline_case(void);

static struct mlt_outline outline;

static void cut(const char *text)
{
    struct mlt_err err = MLT_ERR_INIT;
    ck_ok(mlt_outline_make(text, strlen(text), &version.arena, &outline, &err));
}

static const struct mlt_outline_section *section(const char *title)
{
    int known = mlt_section_find(title);
    const struct mlt_outline_section *found = mlt_outline_find(&outline, known, title);
    ck_assert_msg(found != NULL, "there is no %s", title);
    return found;
}

static void piece(const struct mlt_outline_section *s, size_t i, const char *wanted)
{
    ck_assert_uint_lt(i, s->count);
    ck_assert_ptr_null(s->pieces[i].generated);
    ck_assert_str_eq(mlt_arena_strndup(&version.arena, s->pieces[i].text, s->pieces[i].len),
                     wanted);
}

START_TEST(headings_in_code_are_code)
{
    cut("### Overview\n```md\n### History\n```\nb\n~~~~\n### x\n~~~\n~~~~\n");
    ck_assert_uint_eq(outline.count, 2);
    piece(section("Overview"), 0, "```md\n### History\n```\nb\n~~~~\n### x\n~~~\n~~~~");
}
END_TEST

START_TEST(a_fence_without_end_is_a_line)
{
    cut("### Overview\na\n```\n### History\nb\n");
    piece(section("Overview"), 0, "a\n```");
    piece(section("History"), 0, "b");
}
END_TEST

START_TEST(a_part_without_end_loses_only_its_marker)
{
    cut("### Overview\na\n<!-- mltest: about -->\nb\n### History\nc\n<!-- /mltest -->\nd\n");
    piece(section("Overview"), 0, "a");
    piece(section("Overview"), 1, "b");
    piece(section("History"), 0, "c");
    piece(section("History"), 1, "d");
}
END_TEST

START_TEST(headings_are_known_in_any_dress)
{
    cut("  ### known limitations ###  \r\na\r\n#### deeper\n### C#\nb\n###x\n");
    piece(section("Known Limitations"), 0, "a\r\n#### deeper");
    piece(section("C#"), 0, "b\n###x");
}
END_TEST

START_TEST(a_waiting_line_is_nobodys_text)
{
    cut("### Overview\nTo be written: what it is.\n### History\nTo be written: x\nand more\n");
    ck_assert(!mlt_outline_is_written(section("Overview")));
    ck_assert(mlt_outline_is_written(section("History")));
    ck_assert(!mlt_outline_is_written(NULL));
}
END_TEST

/* Lines as a careless editor could leave them; a numbered one is somebody's and must stay. */
static const char *const lines[] = {
    "",
    "### Overview",
    "### Known Limitations",
    "### Edge Cases",
    "### Mine",
    "## Version: 2",
    "<!-- mltest: about -->",
    "<!-- mltest: metrics -->",
    "<!-- /mltest -->",
    "```",
    "~~~~",
    "````c",
    "# Model: x",
    "- item",
    "<!-- mltest: nobody -->",
    "To be written: this.",
};

START_TEST(nothing_that_a_person_wrote_is_lost)
{
    struct mlt_rng rng;
    mlt_rng_seed(&rng, 20261128);
    for (int round = 0; round < 2000; round++) {
        struct mlt_buf text = MLT_BUF_INIT;
        char line[32];
        int kept = 0;
        bool inside = false; /* perhaps within a generated part, whose text may go */
        for (int i = 0; i < 30; i++) {
            uint64_t draw = mlt_rng_below(&rng, 2 * sizeof lines / sizeof *lines);
            if (draw < sizeof lines / sizeof *lines) {
                inside = inside || strstr(lines[draw], "<!-- mltest: ") != NULL;
                mlt_buf_printf(&text, "%s\n", lines[draw]);
            } else if (!inside) {
                mlt_buf_printf(&text, "kept%d.\n", kept++);
            }
        }
        version_give(&version.old, MLT_DOCUMENT_MODEL_CARD, text.data);
        const char *out = version_render(MLT_DOCUMENT_MODEL_CARD);
        for (int i = 0; i < kept; i++) {
            snprintf(line, sizeof line, "kept%d.", i);
            const char *found = strstr(out, line);
            ck_assert_msg(found != NULL, "%s is lost of\n%s", line, text.data);
            ck_assert_msg(!strstr(found + 1, line), "%s stands there twice", line);
        }
        mlt_buf_free(&text);
    }
}
END_TEST

/* 400 kB of openings that never end: linear, or this takes minutes. */
START_TEST(openings_without_end_cost_no_more_than_lines)
{
    struct mlt_buf text = MLT_BUF_INIT;
    for (int i = 0; i < 20000; i++)
        mlt_buf_puts(&text, "```x\n<!-- mltest: a -->\n");
    cut(text.data);
    ck_assert_uint_eq(outline.count, 1);
    mlt_buf_free(&text);
}
END_TEST

TCase *outline_case(void)
{
    TCase *test = tcase_create("outline");
    tcase_add_checked_fixture(test, version_setup, version_teardown);
    tcase_add_test(test, headings_in_code_are_code);
    tcase_add_test(test, a_fence_without_end_is_a_line);
    tcase_add_test(test, a_part_without_end_loses_only_its_marker);
    tcase_add_test(test, headings_are_known_in_any_dress);
    tcase_add_test(test, a_waiting_line_is_nobodys_text);
    tcase_add_test(test, nothing_that_a_person_wrote_is_lost);
    tcase_add_test(test, openings_without_end_cost_no_more_than_lines);
    return test;
}
