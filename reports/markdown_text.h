/* Hostile text inside GitHub's Markdown. */
#ifndef MLTEST_REPORTS_MARKDOWN_TEXT_H
#define MLTEST_REPORTS_MARKDOWN_TEXT_H

#include <stddef.h>

#include "harness/base/buf.h"

/* Appends one line of text that is only text, wherever inline Markdown stands (a table's cell
 * included): whatever could be markup, an HTML tag, a column's end, a mention, an issue or a link
 * becomes a numeric entity or is parted by a zero-width space. At most `max_bytes` of input, then
 * "…". NULL: nothing. */
void mlt_markdown_text(struct mlt_buf *out, const char *text, size_t max_bytes);

/* Appends a <pre> block with the text line by line, made safe and bounded in lines and bytes. */
void mlt_markdown_pre(struct mlt_buf *out, const char *text, unsigned max_lines, size_t line_bytes);

#endif
