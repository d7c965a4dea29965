/* Text in columns of a terminal: safe, measured, cut, padded and wrapped. */
#ifndef MLTEST_REPORTS_CELL_H
#define MLTEST_REPORTS_CELL_H

#include <stddef.h>

#include "harness/base/buf.h"

enum mlt_align { MLT_ALIGN_LEFT, MLT_ALIGN_RIGHT };

/* Appends hostile text as mlt_str_append_safe() does, and so that no log reader takes it for a
 * command:
 * "::" at the beginning of a word and "##" get a backslash. NULL appends nothing. */
void mlt_cell_safe(struct mlt_buf *out, const char *text, size_t max_bytes);

/* Columns that valid, safe UTF-8 takes: combining marks 0, East Asian wide characters 2. */
size_t mlt_cell_columns(const char *safe, size_t len);

/* Appends safe text in exactly `columns` columns: padded, or cut with "…". */
void mlt_cell_put(struct mlt_buf *out, const char *safe, unsigned columns, enum mlt_align align);
/* As mlt_cell_put() of hostile text. */
void mlt_cell_text(struct mlt_buf *out, const char *text, unsigned columns, enum mlt_align align);

/* Appends safe text in lines of at most `columns` columns, each behind `indent` (whose columns
 * count) and with a newline; words longer than a line are cut apart. */
void mlt_cell_wrap(struct mlt_buf *out, const char *safe, const char *indent, unsigned columns);

void mlt_cell_spaces(struct mlt_buf *out, size_t count);

#endif
