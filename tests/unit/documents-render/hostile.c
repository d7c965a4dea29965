/* Texts from outside stay text, in every place of every document. */
#include <string.h>

#include "harness/base/str.h"
#include "harness/codec/markdown.h"
#include "tests/unit/documents-render/version.h"

TCase *hostile_case(void);

static const char *const words[] = {
    "a|b",
    "`x`",
    "a`b|c`d",
    "<b>x</b>",
    "<!-- /mltest -->",
    "x\ny",
    "@user",
    "# head",
    "- item",
    "1. item",
    "[x](javascript:y)",
    "*x* _y_",
    "a\\|b",
    "\\",
    "&amp; &#124;",
    "~~x~~",
    "==",
    "\x1b[31m",
    "| a | b |",
    "```",
    "<script>",
    "http://x.org",
    "::error::",
    "\xe2\x80\xae",
    " x ",
    "\t| x",
    "a\r\nb",
    "$x$",
    "![x](y)",
    "::",
};
enum { WORDS = sizeof words / sizeof *words };

static struct mlt_markdown parse(const char *text)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_markdown parsed;
    ck_ok(mlt_markdown_parse("x.md", text, strlen(text), &version.arena, &parsed, &err));
    return parsed;
}

static const struct mlt_block *table(const struct mlt_markdown *parsed, const char *head)
{
    for (size_t i = 0; i < parsed->count; i++)
        if (parsed->blocks[i].kind == MLT_BLOCK_TABLE &&
            strcmp(parsed->blocks[i].rows[0].cells[0].text, head) == 0)
            return &parsed->blocks[i];
    ck_abort_msg("there is no table of %s", head);
    return NULL;
}

/* A word as a reader sees it: without blanks around it. */
static const char *shown(const char *word)
{
    struct mlt_buf safe = MLT_BUF_INIT;
    mlt_str_append_safe(&safe, word, strlen(word), 1000);
    char *text = mlt_arena_strndup(&version.arena, safe.data, safe.len);
    mlt_buf_free(&safe);
    while (*text == ' ')
        text++;
    while (*text && text[strlen(text) - 1] == ' ')
        text[strlen(text) - 1] = '\0';
    return text;
}

START_TEST(a_field_of_any_name_is_one_row)
{
    struct mlt_contract *contract = &version.contracts[1];
    contract->inputs = mlt_arena_calloc(&version.arena, WORDS, sizeof *contract->inputs);
    contract->input_count = WORDS;
    for (size_t i = 0; i < WORDS; i++)
        contract->inputs[i] = (struct mlt_input){.name = words[i],
                                                 .unit = words[WORDS - 1 - i],
                                                 .categories = &words[i],
                                                 .category_count = 1,
                                                 .stability = "stable"};
    const struct mlt_markdown parsed = parse(version_render(MLT_DOCUMENT_API));
    const struct mlt_block *inputs = table(&parsed, "input");
    ck_assert_uint_eq(inputs->row_count, WORDS + 1);
    for (size_t i = 0; i < WORDS; i++) {
        const struct mlt_table_row *row = &inputs->rows[i + 1];
        ck_assert_uint_eq(row->count, inputs->rows[0].count);
        ck_assert_str_eq(row->cells[0].text, shown(words[i]));
        ck_assert_str_eq(row->cells[2].text, shown(words[WORDS - 1 - i]));
        ck_assert_str_eq(row->cells[5].text, shown(words[i]));
    }
}
END_TEST

/* Headings of a document that holds nothing hostile. */
static size_t count_kind(const struct mlt_markdown *parsed, enum mlt_block_kind kind)
{
    size_t count = 0;
    for (size_t i = 0; i < parsed->count; i++)
        count += parsed->blocks[i].kind == kind;
    return count;
}

static void check_frame(enum mlt_document_kind kind, const struct mlt_markdown *plain)
{
    version_give(&version.old, kind, NULL);
    const struct mlt_markdown parsed = parse(version_render(kind));
    ck_assert_uint_eq(count_kind(&parsed, MLT_BLOCK_HEADING), count_kind(plain, MLT_BLOCK_HEADING));
    ck_assert_uint_eq(count_kind(&parsed, MLT_BLOCK_HTML), count_kind(plain, MLT_BLOCK_HTML));
    ck_assert_uint_eq(count_kind(&parsed, MLT_BLOCK_TABLE), count_kind(plain, MLT_BLOCK_TABLE));
    ck_assert_uint_eq(count_kind(&parsed, MLT_BLOCK_CODE), count_kind(plain, MLT_BLOCK_CODE));
}

static void put_everywhere(const char *word)
{
    struct mlt_metadata *m = &version.metadata[1];
    m->changelog = version.facts.history[0].changelog = version.facts.history[1].changelog = word;
    m->created_by = m->framework = m->framework_version = m->training_dataset = word;
    m->documentation_url = word;
    version.facts.artifact = word;
    version.facts.history[1].state = word;
    version.run.run_id = word;
    version.run.figures[0].metric = version.run.figures[1].slice = word;
    version.run.figures[0].case_id = word;
    version.metrics.dataset = word;
    version.metrics.slices[0].column = version.metrics.slices[0].value = word;
    version.metrics.metrics[1].name = m->performance_metrics[1].name = word;
    for (size_t i = 0; i < version.changes.count; i++)
        version.changes.changes[i].field = version.changes.changes[i].from = word;
}

/* Documents by their blocks: no text of a version makes another one. */
START_TEST(no_text_makes_a_block_of_its_own)
{
    for (int kind = 0; kind < MLT_DOCUMENT_KINDS; kind++) {
        put_everywhere("plain");
        version_give(&version.old, (enum mlt_document_kind)kind, NULL);
        const struct mlt_markdown plain = parse(version_render((enum mlt_document_kind)kind));
        for (size_t i = 0; i < WORDS; i++) {
            put_everywhere(words[i]);
            check_frame((enum mlt_document_kind)kind, &plain);
        }
    }
}
END_TEST

START_TEST(a_changelog_cannot_end_its_part)
{
    version.metadata[1].changelog = "One.\n<!-- /mltest -->\n### Known Limitations\n```\nTwo.";
    version_give(&version.old, MLT_DOCUMENT_LIMITATIONS, "### Known Limitations\nTrue.\n");
    const char *text = version_render(MLT_DOCUMENT_MODEL_CARD);
    ck_assert_ptr_nonnull(strstr(text, "&#60;!-- /mltest --&#62;"));
    const struct mlt_markdown parsed = parse(text);
    size_t limitations = 0;
    for (size_t i = 0; i < parsed.count; i++)
        limitations += parsed.blocks[i].kind == MLT_BLOCK_HEADING &&
                       strcmp(parsed.blocks[i].text, "Known Limitations") == 0;
    ck_assert_uint_eq(limitations, 1);
}
END_TEST

START_TEST(a_long_changelog_is_paragraphs_and_one_cell)
{
    version.metadata[1].changelog = version.facts.history[0].changelog =
        "\n- One.\r\n\n  2. Two | three.\n";
    const char *text = version_render(MLT_DOCUMENT_VERSION_HISTORY);
    ck_assert_ptr_nonnull(strstr(text, "&#45; One.\n\n2&#46; Two &#124; three.\n\n"));
    ck_assert_ptr_nonnull(strstr(text, "| - One. 2. Two &#124; three. |\n"));
}
END_TEST

START_TEST(a_command_is_one_line_of_the_shell)
{
    static const char *const command[] = {"serve", "a\n```\n# x", "{artifact}", "$(rm)", NULL};
    version.facts.command = command;
    version.facts.artifact = "x\n```";
    const char *text = version_render(MLT_DOCUMENT_INTEGRATION_GUIDE);
    ck_assert_ptr_nonnull(strstr(text, "```sh\nserve 'a\?\?\?\?\?\? x' 'x\?\?\?\?' '$(rm)'\n```"));
}
END_TEST

TCase *hostile_case(void)
{
    TCase *test = tcase_create("hostile");
    tcase_add_checked_fixture(test, version_setup, version_teardown);
    tcase_add_test(test, a_field_of_any_name_is_one_row);
    tcase_add_test(test, no_text_makes_a_block_of_its_own);
    tcase_add_test(test, a_changelog_cannot_end_its_part);
    tcase_add_test(test, a_long_changelog_is_paragraphs_and_one_cell);
    tcase_add_test(test, a_command_is_one_line_of_the_shell);
    return test;
}
