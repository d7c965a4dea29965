/* Any text is refused with a reason, or read as blocks with lines that are there and as HTML in
 * which nothing runs. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "harness/codec/markdown.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Tags are the library's own: none of these is among them. Text has its < escaped. */
static void look_at_html(const struct mlt_buf *html)
{
    static const char *const never[] = {"<script",     "<iframe",           "<style",
                                        "<svg",        "<object",           "<form",
                                        "<meta",       "ref=\"data:",       "ref=\"javascript:",
                                        "src=\"data:", "src=\"javascript:", "ref=\"vbscript:"};
    for (size_t i = 0; html->len > 0 && i < sizeof never / sizeof *never; i++) {
        size_t len = strlen(never[i]);
        for (size_t k = 0; k + len <= html->len; k++)
            if (strncasecmp(html->data + k, never[i], len) == 0)
                abort();
    }
}

static void look_at_blocks(const struct mlt_markdown *read, int lines)
{
    for (size_t i = 0; i < read->count; i++) {
        const struct mlt_block *block = &read->blocks[i];
        if (block->line < 1 || block->line > lines || !block->text || !block->info)
            abort();
        for (size_t k = 0; k < block->row_count; k++)
            if (block->rows[k].line < block->line || block->rows[k].line > lines)
                abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_markdown read;
    struct mlt_buf html = MLT_BUF_INIT;
    struct mlt_err err = MLT_ERR_INIT;
    int lines = 1;
    for (size_t i = 0; i < size; i++)
        lines += data[i] == '\n' || data[i] == '\r';
    bool parsed = mlt_markdown_parse("a.md", (const char *)data, size, &arena, &read, &err);
    if (!parsed && !err.text[0])
        abort();
    if (parsed)
        look_at_blocks(&read, lines);
    if (mlt_markdown_to_html("a.md", (const char *)data, size, &html, &err) != parsed)
        abort();
    look_at_html(&html);
    mlt_buf_free(&html);
    mlt_arena_free(&arena);
    return 0;
}
