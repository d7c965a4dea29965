/* Markdown as blocks with their lines, and as HTML that is safe to show. The only user of cmark-gfm
 * (GitHub Flavored Markdown 0.29, tables included). */
#ifndef MLTEST_CODEC_MARKDOWN_H
#define MLTEST_CODEC_MARKDOWN_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "mltest/err.h"

enum mlt_block_kind {
    MLT_BLOCK_HEADING,   /* level 1 to 6 */
    MLT_BLOCK_PARAGRAPH, /* one of a list item or a quotation as well */
    MLT_BLOCK_CODE,      /* fenced or indented */
    MLT_BLOCK_TABLE,
    MLT_BLOCK_HTML, /* raw HTML, comments included */
};

struct mlt_cell {
    const char *text; /* without markup, without surrounding blanks */
};
struct mlt_table_row {
    int line; /* from 1 */
    struct mlt_cell *cells;
    size_t count;
};
struct mlt_block {
    enum mlt_block_kind kind;
    int line;         /* where it starts, from 1 */
    int level;        /* of a heading */
    const char *text; /* without markup; of code and HTML the literal text; of a table "" */
    const char *info; /* of code: what follows the fence ("json"); else "" */
    struct mlt_table_row *rows; /* of a table: the first is its head */
    size_t row_count;
};
struct mlt_markdown {
    struct mlt_block *blocks; /* in the order of the text */
    size_t count;
};

/* Parses `len` bytes. Text that is not UTF-8, holds a NUL or is larger than 4 MiB is MLT_ERR_USAGE
 * with `file` in the message. Everything lives in the arena. */
bool mlt_markdown_parse(const char *file, const char *text, size_t len, struct mlt_arena *arena,
                        struct mlt_markdown *out, struct mlt_err *err) MLT_MUST_USE;

/* Appends HTML (a fragment). Raw HTML and links that run code are left out; same bounds. */
bool mlt_markdown_to_html(const char *file, const char *text, size_t len, struct mlt_buf *out,
                          struct mlt_err *err) MLT_MUST_USE;

#endif
