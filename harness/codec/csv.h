/* Reading CSV (RFC 4180), row by row, from any source.
 *
 * Quotes, doubled quotes, embedded newlines, CRLF and a UTF-8 byte order mark are understood. A row
 * with too few or too many fields, a bare quote inside an unquoted field, text behind a closing
 * quote, a NUL byte, an unterminated quote, a duplicate or empty column name, a field above 1 MiB or
 * a damaged compressed stream are errors (MLT_ERR_EVIDENCE) with file:line:column. Memory is one block
 * plus one row. */
#ifndef MLTEST_CODEC_CSV_H
#define MLTEST_CODEC_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mltest/err.h"

struct mlt_csv;

struct mlt_csv_field {
    const char *text; /* NUL-terminated, unquoted; lent until the next row */
    size_t len;
    bool quoted;
    uint32_t column; /* where the field starts, in bytes from 1, on its line */
};

/* Opens and reads the header row. `separator` is ',' or '\t'. A missing file is MLT_ERR_USAGE; an
 * empty one (no header) MLT_ERR_EVIDENCE. Close with mlt_csv_close(). */
bool mlt_csv_open(const char *path, char separator, struct mlt_csv **out,
                  struct mlt_err *err) MLT_MUST_USE;
void mlt_csv_close(struct mlt_csv *csv);

size_t mlt_csv_column_count(const struct mlt_csv *csv);
const char *mlt_csv_column_name(const struct mlt_csv *csv, size_t index);
/* Index of a column, or -1. */
int mlt_csv_column_find(const struct mlt_csv *csv, const char *name);

/* Next row into `*fields` (column_count of them, lent until the next call). At the end `*fields` is
 * NULL and the result true. Blank lines at the very end are ignored. */
bool mlt_csv_next(struct mlt_csv *csv, const struct mlt_csv_field **fields,
                  struct mlt_err *err) MLT_MUST_USE;
/* Line on which the current row starts, from 1. */
uint64_t mlt_csv_line(const struct mlt_csv *csv);
/* Sets MLT_ERR_EVIDENCE "file:line:column: …" for a field of the current row. Returns false. */
bool mlt_csv_fault(const struct mlt_csv *csv, const struct mlt_csv_field *field,
                   struct mlt_err *err, const char *fmt, ...) MLT_PRINTF(4, 5);

#endif
