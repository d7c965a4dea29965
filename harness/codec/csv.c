#include "harness/codec/csv.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/buf.h"
#include "harness/codec/source.h"

enum { BLOCK_BYTES = 256 * 1024, FIELD_MAX = 1024 * 1024, COLUMNS_MAX = 16384 };
enum { ROW_MAX = 64 * 1024 * 1024 };

/* What ended a field. */
enum stop { STOP_FIELD, STOP_ROW, STOP_FILE };

/* While the row is read its text may move: fields are offsets until the row is whole. */
struct span {
    size_t offset;
    uint64_t line;
};

struct mlt_csv {
    struct mlt_source *source;
    char separator;
    char *block;
    size_t at, end;      /* unread part of the block */
    uint64_t before;     /* bytes read before the block */
    uint64_t line_start; /* offset of the current line */
    uint64_t line, row_line;
    bool at_end;
    struct mlt_buf text; /* the current row, each field with its NUL */
    struct mlt_csv_field *fields;
    struct span *spans;
    size_t field_count, field_capacity;
    char **names;
    size_t column_count;
};

static bool fault_at(const struct mlt_csv *csv, uint64_t line, uint64_t column, struct mlt_err *err,
                     const char *fmt, ...) MLT_PRINTF(5, 6);

static bool fault_at(const struct mlt_csv *csv, uint64_t line, uint64_t column, struct mlt_err *err,
                     const char *fmt, ...)
{
    char what[1024];
    va_list args;
    va_start(args, fmt);
    vsnprintf(what, sizeof what, fmt, args);
    va_end(args);
    return mlt_err_set(err, MLT_ERR_EVIDENCE, "%s:%llu:%llu: %s", mlt_source_name(csv->source),
                       (unsigned long long)line, (unsigned long long)column, what);
}

static uint64_t column_here(const struct mlt_csv *csv)
{
    return csv->before + csv->at - csv->line_start + 1;
}

static bool fault_here(const struct mlt_csv *csv, struct mlt_err *err, const char *what)
{
    return fault_at(csv, csv->line, column_here(csv), err, "%s", what);
}

/* Makes sure that a byte can be read, or sets at_end. */
static bool fill(struct mlt_csv *csv, struct mlt_err *err)
{
    if (csv->at < csv->end || csv->at_end)
        return true;
    csv->before += csv->end;
    csv->at = csv->end = 0;
    if (!mlt_source_read(csv->source, csv->block, BLOCK_BYTES, &csv->end, err))
        return false;
    csv->at_end = csv->end == 0;
    return true;
}

/* The next byte without taking it; -1 at the end, -2 on an error. */
static int peek(struct mlt_csv *csv, struct mlt_err *err)
{
    if (!fill(csv, err))
        return -2;
    return csv->at_end ? -1 : (unsigned char)csv->block[csv->at];
}

static void new_line(struct mlt_csv *csv)
{
    csv->line++;
    csv->line_start = csv->before + csv->at;
}

/* At a separator, a line's end or the file's end: takes it. */
static bool take_stop(struct mlt_csv *csv, enum stop *stop, struct mlt_err *err)
{
    int c = peek(csv, err);
    if (c == -2)
        return false;
    if (c == -1) {
        *stop = STOP_FILE;
        return true;
    }
    csv->at++;
    if (c == csv->separator) {
        *stop = STOP_FIELD;
        return true;
    }
    if (c == '\r') {
        c = peek(csv, err);
        if (c == -2)
            return false;
        if (c == -1) {
            *stop = STOP_FILE;
            return true;
        }
        if (c != '\n')
            return fault_at(csv, csv->line, column_here(csv) - 1, err,
                            "a carriage return without a line feed");
        csv->at++;
    }
    new_line(csv);
    *stop = STOP_ROW;
    return true;
}

/* Appends a run of bytes to the field that starts at `start`, within the bounds. */
static bool keep(struct mlt_csv *csv, size_t start, size_t len, struct mlt_err *err)
{
    if (memchr(csv->block + csv->at, '\0', len))
        return fault_here(csv, err, "a NUL byte");
    if (csv->text.len - start + len > FIELD_MAX)
        return fault_here(csv, err, "a field of more than 1 MiB");
    if (csv->text.len + len > ROW_MAX)
        return fault_here(csv, err, "a row of more than 64 MiB");
    mlt_buf_append(&csv->text, csv->block + csv->at, len);
    csv->at += len;
    return true;
}

static bool read_plain(struct mlt_csv *csv, size_t start, enum stop *stop, struct mlt_err *err)
{
    for (;;) {
        int c = peek(csv, err);
        if (c == -2)
            return false;
        if (c == -1)
            break;
        size_t run = csv->at;
        while (run < csv->end && csv->block[run] != csv->separator && csv->block[run] != '\n' &&
               csv->block[run] != '\r' && csv->block[run] != '"')
            run++;
        if (!keep(csv, start, run - csv->at, err))
            return false;
        if (run == csv->end)
            continue;
        if (csv->block[run] == '"')
            return fault_here(csv, err, "a quote inside a field that does not start with one");
        break;
    }
    return take_stop(csv, stop, err);
}

/* Behind the closing quote only a separator or the row's end may stand. */
static bool after_quote(struct mlt_csv *csv, enum stop *stop, struct mlt_err *err)
{
    int c = peek(csv, err);
    if (c == -2)
        return false;
    if (c != -1 && c != csv->separator && c != '\n' && c != '\r')
        return fault_here(csv, err, "text behind the closing quote");
    return take_stop(csv, stop, err);
}

static bool read_quoted(struct mlt_csv *csv, size_t start, enum stop *stop, struct mlt_err *err)
{
    uint64_t line = csv->line, column = column_here(csv);
    csv->at++;
    for (;;) {
        int c = peek(csv, err);
        if (c == -2)
            return false;
        if (c == -1)
            return fault_at(csv, line, column, err, "this quote is never closed");
        size_t run = csv->at;
        while (run < csv->end && csv->block[run] != '"' && csv->block[run] != '\n')
            run++;
        if (run < csv->end && csv->block[run] == '\n') {
            if (!keep(csv, start, run + 1 - csv->at, err))
                return false;
            new_line(csv);
            continue;
        }
        if (!keep(csv, start, run - csv->at, err))
            return false;
        if (run == csv->end)
            continue;
        csv->at++;
        c = peek(csv, err);
        if (c == -2)
            return false;
        if (c != '"')
            return after_quote(csv, stop, err);
        if (!keep(csv, start, 1, err))
            return false;
    }
}

static bool add_field(struct mlt_csv *csv, struct mlt_err *err)
{
    if (csv->field_count < csv->field_capacity)
        return true;
    size_t capacity = csv->field_capacity ? csv->field_capacity * 2 : 16;
    struct mlt_csv_field *fields = realloc(csv->fields, capacity * sizeof *fields);
    if (fields)
        csv->fields = fields;
    struct span *spans = realloc(csv->spans, capacity * sizeof *spans);
    if (spans)
        csv->spans = spans;
    if (!fields || !spans)
        return mlt_err_oom(err);
    csv->field_capacity = capacity;
    return true;
}

static bool read_field(struct mlt_csv *csv, enum stop *stop, struct mlt_err *err)
{
    size_t limit = csv->column_count ? csv->column_count : COLUMNS_MAX;
    if (csv->field_count == limit) {
        if (csv->column_count)
            return fault_here(csv, err, "more fields in this row than columns in the header");
        return fault_here(csv, err, "more columns than are accepted (16384)");
    }
    int c = peek(csv, err);
    if (c == -2 || !add_field(csv, err))
        return false;
    size_t start = csv->text.len;
    struct mlt_csv_field *field = &csv->fields[csv->field_count];
    *field = (struct mlt_csv_field){NULL, 0, c == '"', (uint32_t)column_here(csv)};
    csv->spans[csv->field_count] = (struct span){start, csv->line};
    bool ok = c == '"' ? read_quoted(csv, start, stop, err) : read_plain(csv, start, stop, err);
    if (!ok)
        return false;
    field->len = csv->text.len - start;
    mlt_buf_putc(&csv->text, '\0');
    csv->field_count++;
    return true;
}

/* Skips empty lines; they may only stand at the file's end. */
static bool skip_blank(struct mlt_csv *csv, bool *end, struct mlt_err *err)
{
    uint64_t first = csv->line;
    for (;;) {
        int c = peek(csv, err);
        enum stop stop;
        if (c == -2)
            return false;
        *end = c == -1;
        if (*end)
            return true;
        if (c != '\n' && c != '\r')
            break;
        if (!take_stop(csv, &stop, err))
            return false;
    }
    return csv->line == first || fault_at(csv, first, 1, err, "an empty line between rows");
}

/* One row into `fields`; `*end` when there is none. */
static bool read_row(struct mlt_csv *csv, bool *end, struct mlt_err *err)
{
    enum stop stop = STOP_FIELD;
    mlt_buf_clear(&csv->text);
    csv->field_count = 0;
    if (!skip_blank(csv, end, err))
        return false;
    csv->row_line = csv->line;
    if (*end)
        return true;
    while (stop == STOP_FIELD)
        if (!read_field(csv, &stop, err))
            return false;
    if (!mlt_buf_check(&csv->text, err))
        return false;
    for (size_t i = 0; i < csv->field_count; i++)
        csv->fields[i].text = csv->text.data + csv->spans[i].offset;
    return true;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool check_names(const struct mlt_csv *csv, struct mlt_err *err)
{
    for (size_t i = 0; i < csv->column_count; i++)
        if (csv->names[i][0] == '\0')
            return mlt_csv_fault(csv, &csv->fields[i], err, "column %zu has no name", i + 1);
    char **sorted = malloc(csv->column_count * sizeof *sorted);
    if (!sorted)
        return mlt_err_oom(err);
    memcpy(sorted, csv->names, csv->column_count * sizeof *sorted);
    qsort(sorted, csv->column_count, sizeof *sorted, compare_names);
    const char *twice = NULL;
    for (size_t i = 1; i < csv->column_count && !twice; i++)
        if (strcmp(sorted[i], sorted[i - 1]) == 0)
            twice = sorted[i];
    free(sorted);
    for (size_t i = csv->column_count; twice && i-- > 0;)
        if (strcmp(csv->names[i], twice) == 0)
            return mlt_csv_fault(csv, &csv->fields[i], err, "the column '%.64s' is there twice",
                                 twice);
    return true;
}

static bool skip_byte_order_mark(struct mlt_csv *csv, struct mlt_err *err)
{
    if (!fill(csv, err))
        return false;
    if (csv->end >= 3 && memcmp(csv->block, "\xef\xbb\xbf", 3) == 0) {
        csv->at = 3;
        csv->line_start = 3;
    }
    return true;
}

static bool read_header(struct mlt_csv *csv, struct mlt_err *err)
{
    bool end;
    if (!skip_byte_order_mark(csv, err) || !read_row(csv, &end, err))
        return false;
    if (end)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "%s: the file is empty; a header row was expected",
                           mlt_source_name(csv->source));
    csv->names = calloc(csv->field_count, sizeof *csv->names);
    if (!csv->names)
        return mlt_err_oom(err);
    csv->column_count = csv->field_count;
    for (size_t i = 0; i < csv->column_count; i++) {
        csv->names[i] = strdup(csv->fields[i].text);
        if (!csv->names[i])
            return mlt_err_oom(err);
    }
    return check_names(csv, err);
}

bool mlt_csv_open(const char *path, char separator, struct mlt_csv **out, struct mlt_err *err)
{
    struct mlt_csv *csv = calloc(1, sizeof *csv);
    if (!csv)
        return mlt_err_oom(err);
    csv->text = (struct mlt_buf)MLT_BUF_INIT;
    csv->separator = separator;
    csv->line = 1;
    csv->block = malloc(BLOCK_BYTES);
    bool ok = csv->block != NULL || mlt_err_oom(err);
    if (!ok || !mlt_source_open(path, false, &csv->source, err) || !read_header(csv, err)) {
        mlt_csv_close(csv);
        return false;
    }
    *out = csv;
    return true;
}

void mlt_csv_close(struct mlt_csv *csv)
{
    if (!csv)
        return;
    mlt_source_close(csv->source);
    for (size_t i = 0; csv->names && i < csv->column_count; i++)
        free(csv->names[i]);
    free(csv->names);
    free(csv->fields);
    free(csv->spans);
    free(csv->block);
    mlt_buf_free(&csv->text);
    free(csv);
}

size_t mlt_csv_column_count(const struct mlt_csv *csv)
{
    return csv->column_count;
}

const char *mlt_csv_column_name(const struct mlt_csv *csv, size_t index)
{
    return csv->names[index];
}

int mlt_csv_column_find(const struct mlt_csv *csv, const char *name)
{
    for (size_t i = 0; i < csv->column_count; i++)
        if (strcmp(csv->names[i], name) == 0)
            return (int)i;
    return -1;
}

bool mlt_csv_next(struct mlt_csv *csv, const struct mlt_csv_field **fields, struct mlt_err *err)
{
    bool end;
    if (!read_row(csv, &end, err))
        return false;
    if (!end && csv->field_count < csv->column_count)
        return fault_at(csv, csv->row_line, 1, err, "this row has %zu fields, the header has %zu",
                        csv->field_count, csv->column_count);
    *fields = end ? NULL : csv->fields;
    return true;
}

uint64_t mlt_csv_line(const struct mlt_csv *csv)
{
    return csv->row_line;
}

bool mlt_csv_fault(const struct mlt_csv *csv, const struct mlt_csv_field *field,
                   struct mlt_err *err, const char *fmt, ...)
{
    char what[1024];
    va_list args;
    va_start(args, fmt);
    vsnprintf(what, sizeof what, fmt, args);
    va_end(args);
    uint64_t line = csv->spans[field - csv->fields].line;
    return fault_at(csv, line, field->column, err, "%s", what);
}
