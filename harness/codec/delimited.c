#include "harness/codec/delimited.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS_MAX = 16384 };

/* A place in the text, as the records go by. */
struct walk {
    const struct mlt_delimited_text *in;
    size_t at;
    uint64_t line;
    size_t line_start;
    bool more;       /* text may follow behind the end */
    bool incomplete; /* and a record reaches there */
    struct mlt_err *err;
};

struct field {
    size_t start, end; /* without the quotes */
    bool quoted;
    uint64_t line, column;
};

static bool fault_at(const struct walk *w, uint64_t line, uint64_t column, const char *fmt, ...)
    MLT_PRINTF(4, 5);

static bool fault_at(const struct walk *w, uint64_t line, uint64_t column, const char *fmt, ...)
{
    char what[512];
    va_list args;
    va_start(args, fmt);
    vsnprintf(what, sizeof what, fmt, args);
    va_end(args);
    return mlt_err_set(w->err, MLT_ERR_EVIDENCE, "%s:%llu:%llu: %s", w->in->name,
                       (unsigned long long)line, (unsigned long long)column, what);
}

static bool fault_here(const struct walk *w, const char *what)
{
    return fault_at(w, w->line, w->at - w->line_start + 1, "%s", what);
}

static void new_line(struct walk *w)
{
    w->line++;
    w->line_start = w->at;
}

/* At a separator, a line's end or the text's end: takes it. */
static bool take_stop(struct walk *w, bool *row_end)
{
    const struct mlt_delimited_text *in = w->in;
    *row_end = true;
    if (w->at == in->len)
        return true;
    if (in->text[w->at] == in->separator) {
        w->at++;
        *row_end = false;
        return true;
    }
    if (in->text[w->at] == '\r') {
        if (w->at + 1 == in->len) {
            w->at++;
            return true;
        }
        if (in->text[w->at + 1] != '\n')
            return fault_here(w, "a carriage return without a line feed");
        w->at++;
    }
    w->at++;
    new_line(w);
    return true;
}

/* Takes the bytes up to `end`, within the bounds; the field's text starts at `start`. */
static bool take_run(struct walk *w, size_t start, size_t end)
{
    if (memchr(w->in->text + w->at, '\0', end - w->at))
        return fault_here(w, "a NUL byte");
    if (end - start > MLT_DELIMITED_FIELD_MAX)
        return fault_here(w, "a field of more than 1 MiB");
    w->at = end;
    return true;
}

static bool take_plain(struct walk *w, struct field *field, bool *row_end)
{
    const struct mlt_delimited_text *in = w->in;
    size_t run = field->start = w->at;
    while (run < in->len && in->text[run] != in->separator && in->text[run] != '\n' &&
           in->text[run] != '\r' && in->text[run] != '"')
        run++;
    field->end = run;
    if (!take_run(w, field->start, run))
        return false;
    if (run < in->len && in->text[run] == '"')
        return fault_here(w, "a quote inside a field that does not start with one");
    w->incomplete = run == in->len && w->more;
    return take_stop(w, row_end);
}

static bool take_quoted(struct walk *w, struct field *field, bool *row_end)
{
    const struct mlt_delimited_text *in = w->in;
    field->start = ++w->at;
    for (;;) {
        size_t run = w->at;
        while (run < in->len && in->text[run] != '"' && in->text[run] != '\n')
            run++;
        if (run == in->len) {
            if (!take_run(w, field->start, run))
                return false;
            w->incomplete = *row_end = w->more;
            return w->more || fault_at(w, field->line, field->column, "this quote is never closed");
        }
        bool feed = in->text[run] == '\n';
        if (!take_run(w, field->start, run + feed))
            return false;
        if (feed) {
            new_line(w);
            continue;
        }
        w->at++;
        if (w->at == in->len || in->text[w->at] != '"')
            break;
        w->at++;
    }
    field->end = w->at - 1;
    if (w->at < in->len && in->text[w->at] != in->separator && in->text[w->at] != '\n' &&
        in->text[w->at] != '\r')
        return fault_here(w, "text behind the closing quote");
    w->incomplete = w->at == in->len && w->more;
    return take_stop(w, row_end);
}

static bool take_field(struct walk *w, size_t index, struct field *field, bool *row_end)
{
    const struct mlt_delimited_text *in = w->in;
    if (in->columns != 0 && index == in->columns)
        return fault_here(w, "more fields in this row than columns in the header");
    if (index == COLUMNS_MAX)
        return fault_here(w, "more columns than are accepted (16384)");
    field->quoted = w->at < in->len && in->text[w->at] == '"';
    field->line = w->line;
    field->column = w->at - w->line_start + 1;
    return field->quoted ? take_quoted(w, field, row_end) : take_plain(w, field, row_end);
}

/* Skips empty lines; they may only stand at the text's end. */
static bool skip_blank(struct walk *w)
{
    const struct mlt_delimited_text *in = w->in;
    uint64_t first = w->line;
    bool row_end;
    while (w->at < in->len && (in->text[w->at] == '\n' || in->text[w->at] == '\r'))
        if (!take_stop(w, &row_end))
            return false;
    return w->at == in->len || w->line == first ||
           fault_at(w, first, 1, "an empty line between rows");
}

static bool check_row(struct walk *w)
{
    size_t start = w->at, count = 0;
    uint64_t line = w->line;
    bool row_end = false;
    struct field field;
    while (!row_end)
        if (!take_field(w, count++, &field, &row_end))
            return false;
    if (w->at - start > MLT_DELIMITED_ROW_MAX)
        return fault_at(w, line, 1, "a row of more than 64 MiB");
    if (!w->incomplete && w->in->columns != 0 && count < w->in->columns)
        return fault_at(w, line, 1, "this row has %zu fields, the header has %zu", count,
                        w->in->columns);
    return true;
}

bool mlt_delimited_check(const struct mlt_delimited_text *in, bool more, size_t *good,
                         struct mlt_err *err)
{
    struct walk w = {.in = in, .line = in->first_line, .more = more, .err = err};
    *good = 0;
    for (;;) {
        if (!skip_blank(&w))
            return false;
        if (w.at == in->len)
            break;
        if (!check_row(&w))
            return false;
        if (!w.incomplete)
            *good = w.at;
    }
    return true;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A name that is there twice, or NULL. */
static bool find_twice(const char *const *names, size_t count, const char **twice)
{
    const char **sorted = malloc(count * sizeof *sorted);
    if (sorted == NULL)
        return false;
    memcpy(sorted, names, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare_names);
    *twice = NULL;
    for (size_t i = 1; i < count && *twice == NULL; i++)
        if (strcmp(sorted[i], sorted[i - 1]) == 0)
            *twice = sorted[i];
    free(sorted);
    return true;
}

static bool take_names(struct walk *w, struct mlt_arena *arena, const char ***names,
                       struct field **fields, size_t *count)
{
    size_t names_capacity = 0, fields_capacity = 0;
    bool row_end = false;
    while (!row_end) {
        struct field field;
        if (!take_field(w, *count, &field, &row_end))
            return false;
        *names = mlt_arena_grow(arena, *names, *count, &names_capacity, sizeof **names);
        *fields = mlt_arena_grow(arena, *fields, *count, &fields_capacity, sizeof **fields);
        char *name = mlt_arena_strndup(arena, w->in->text + field.start, field.end - field.start);
        if (*names == NULL || *fields == NULL || name == NULL)
            return mlt_err_oom(w->err);
        if (field.quoted)
            name[mlt_delimited_unquote(name, field.end - field.start)] = '\0';
        (*fields)[*count] = field;
        (*names)[(*count)++] = name;
    }
    return true;
}

bool mlt_delimited_header(const struct mlt_delimited_text *in, struct mlt_arena *arena,
                          const char ***out_names, size_t *out_count, struct mlt_err *err)
{
    struct walk w = {.in = in, .line = in->first_line, .err = err};
    const char **names = NULL, *twice = NULL;
    struct field *fields = NULL;
    size_t count = 0;
    if (!take_names(&w, arena, &names, &fields, &count))
        return false;
    for (size_t i = 0; i < count; i++)
        if (names[i][0] == '\0')
            return fault_at(&w, fields[i].line, fields[i].column, "column %zu has no name", i + 1);
    if (!find_twice(names, count, &twice))
        return mlt_err_oom(err);
    for (size_t i = count; twice != NULL && i-- > 0;)
        if (strcmp(names[i], twice) == 0)
            return fault_at(&w, fields[i].line, fields[i].column,
                            "the column '%.64s' is there twice", twice);
    *out_names = names;
    *out_count = count;
    return true;
}

size_t mlt_delimited_unquote(char *text, size_t len)
{
    char *first = memchr(text, '"', len);
    if (first == NULL)
        return len;
    size_t to = (size_t)(first - text);
    for (size_t from = to; from < len; from++) {
        text[to++] = text[from];
        from += text[from] == '"';
    }
    return to;
}
