/* Markdown as blocks with their lines, and as HTML that is safe to show. The only user of cmark-gfm
 * (GitHub Flavored Markdown 0.29, tables included). May be called from any thread. */
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
    const char *text; /* without markup, a line break for each of the source; of code and HTML the
                         literal text; of a table "" */
    const char *info; /* of code: what follows the fence ("json"); else "" */
    int text_line;    /* the line on which `text` starts: behind the fence of code */
    struct mlt_table_row *rows; /* of a table: the first is its head, all have its count of cells */
    size_t row_count;
    const char **links; /* where links and images lead, those in cells of a table included */
    size_t link_count;
};
struct mlt_markdown {
    struct mlt_block *blocks; /* in the order of the text */
    size_t count;
};

/* Parses `len` bytes. Text that is not UTF-8, holds a NUL, is larger than 1 MiB or would take much
 * more time or memory than its size (nesting, columns, links) is MLT_ERR_USAGE with `file` in the
 * message. Everything lives in the arena. Where cmark-gfm itself finds no memory, the process
 * ends. */
bool mlt_markdown_parse(const char *file, const char *text, size_t len, struct mlt_arena *arena,
                        struct mlt_markdown *out, struct mlt_err *err) MLT_MUST_USE;

/* Appends HTML (a fragment). Raw HTML is left out, and so is the target of a link or image that is
 * not relative, http, https or mailto; same bounds. */
bool mlt_markdown_to_html(const char *file, const char *text, size_t len, struct mlt_buf *out,
                          struct mlt_err *err) MLT_MUST_USE;

#endif
