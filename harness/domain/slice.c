#include "harness/domain/slice.h"

#include <string.h>

#include "harness/base/str.h"

/* A field as it is written, quotes included. */
struct field {
    const char *text;
    size_t len;
};

/* Reads the field at `*at` and goes behind the comma after it, or to the end. False at the end of
 * the record (`*at` NULL) and for a quote that is not closed before a comma or the end. */
static bool next_field(const char **at, struct field *out)
{
    const char *start = *at, *end = start;
    if (start == NULL)
        return false;
    if (*end == '"') {
        for (end++; *end != '\0' && (*end != '"' || end[1] == '"'); end++)
            end += *end == '"';
        if (*end == '\0')
            return false;
        end++;
    } else {
        end += strcspn(end, ",");
    }
    if (*end != ',' && *end != '\0')
        return false;
    *out = (struct field){start, (size_t)(end - start)};
    *at = *end == ',' ? end + 1 : NULL;
    return true;
}

/* All fields of a record; 0 for NULL, for a malformed one and for more than there may be. */
static size_t fields_of(const char *record, struct field out[MLT_SLICE_MAX_COLUMNS])
{
    size_t count = 0;
    const char *at = record;
    struct field field;
    while (next_field(&at, &field)) {
        if (count == MLT_SLICE_MAX_COLUMNS)
            return 0;
        out[count++] = field;
    }
    return at == NULL ? count : 0;
}

static bool same_field(struct field a, struct field b)
{
    return a.len == b.len && memcmp(a.text, b.text, a.len) == 0;
}

/* The text that a field stands for. */
static const char *plain(struct field field, struct mlt_arena *arena)
{
    if (field.len == 0 || field.text[0] != '"')
        return mlt_arena_strndup(arena, field.text, field.len);
    char *text = mlt_arena_alloc(arena, field.len);
    size_t len = 0;
    for (size_t i = 1; text != NULL && i + 1 < field.len; i++) {
        text[len++] = field.text[i];
        i += field.text[i] == '"';
    }
    return text;
}

static void append_field(struct mlt_buf *out, const char *text)
{
    if (text[strcspn(text, ",\"\r\n")] == '\0') {
        mlt_buf_puts(out, text);
        return;
    }
    mlt_buf_putc(out, '"');
    for (; *text != '\0'; text++) {
        if (*text == '"')
            mlt_buf_putc(out, '"');
        mlt_buf_putc(out, *text);
    }
    mlt_buf_putc(out, '"');
}

const char *mlt_slice_columns(const char *const *columns, size_t n, struct mlt_arena *arena)
{
    struct mlt_buf record = MLT_BUF_INIT;
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            mlt_buf_putc(&record, ',');
        append_field(&record, columns[i]);
    }
    const char *name = n == 0 || record.oom ? NULL : mlt_arena_strdup(arena, record.data);
    mlt_buf_free(&record);
    return name;
}

const char *mlt_slice_values(const char *const *values, size_t n, struct mlt_arena *arena)
{
    return n == 1 ? mlt_arena_strdup(arena, values[0]) : mlt_slice_columns(values, n, arena);
}

size_t mlt_slice_count(const char *columns)
{
    struct field field[MLT_SLICE_MAX_COLUMNS];
    return fields_of(columns, field);
}

/* The fields of a value of `n` columns. */
static bool values_of(const char *value, size_t n, struct field out[MLT_SLICE_MAX_COLUMNS])
{
    if (value == NULL)
        return false;
    if (n != 1)
        return n > 0 && fields_of(value, out) == n;
    out[0] = (struct field){value, strlen(value)};
    return true;
}

bool mlt_slice_split(const char *columns, const char *value, struct mlt_arena *arena,
                     const char *column_out[MLT_SLICE_MAX_COLUMNS],
                     const char *value_out[MLT_SLICE_MAX_COLUMNS])
{
    struct field column[MLT_SLICE_MAX_COLUMNS], part[MLT_SLICE_MAX_COLUMNS];
    size_t n = fields_of(columns, column);
    if (n == 0 || (value != NULL && !values_of(value, n, part)))
        return false;
    for (size_t i = 0; i < n; i++) {
        column_out[i] = plain(column[i], arena);
        value_out[i] = NULL;
        if (value != NULL)
            value_out[i] = n == 1 ? mlt_arena_strdup(arena, value) : plain(part[i], arena);
        if (column_out[i] == NULL || (value != NULL && value_out[i] == NULL))
            return false;
    }
    return true;
}

/* For each field of `a` where it stands in `b`; false when they are not the same set. */
static bool match_columns(const char *a, const char *b, size_t *count,
                          size_t place[MLT_SLICE_MAX_COLUMNS])
{
    struct field left[MLT_SLICE_MAX_COLUMNS], right[MLT_SLICE_MAX_COLUMNS];
    size_t n = fields_of(a, left);
    *count = n;
    if (n == 0 || fields_of(b, right) != n)
        return false;
    bool taken[MLT_SLICE_MAX_COLUMNS] = {false};
    for (size_t i = 0; i < n; i++) {
        size_t k = 0;
        while (k < n && (taken[k] || !same_field(left[i], right[k])))
            k++;
        if (k == n)
            return false;
        taken[k] = true;
        place[i] = k;
    }
    return true;
}

bool mlt_slice_same_columns(const char *a, const char *b)
{
    size_t count, place[MLT_SLICE_MAX_COLUMNS];
    return mlt_str_eq(a, b) || (a != NULL && b != NULL && match_columns(a, b, &count, place));
}

bool mlt_slice_same(const char *columns_a, const char *value_a, const char *columns_b,
                    const char *value_b)
{
    struct field left[MLT_SLICE_MAX_COLUMNS], right[MLT_SLICE_MAX_COLUMNS];
    size_t n, place[MLT_SLICE_MAX_COLUMNS];
    if (mlt_str_eq(columns_a, columns_b))
        return mlt_str_eq(value_a, value_b);
    if (columns_a == NULL || columns_b == NULL || !match_columns(columns_a, columns_b, &n, place))
        return false;
    if (!values_of(value_a, n, left) || !values_of(value_b, n, right))
        return mlt_str_eq(value_a, value_b);
    for (size_t i = 0; i < n; i++)
        if (!same_field(left[i], right[place[i]]))
            return false;
    return true;
}

static void append_plain(struct mlt_buf *out, struct field field)
{
    if (field.len == 0 || field.text[0] != '"') {
        mlt_buf_append(out, field.text, field.len);
        return;
    }
    for (size_t i = 1; i + 1 < field.len; i++) {
        mlt_buf_putc(out, field.text[i]);
        i += field.text[i] == '"';
    }
}

void mlt_slice_print(struct mlt_buf *out, const char *columns, const char *value, const char *sign,
                     const char *between)
{
    struct field column[MLT_SLICE_MAX_COLUMNS], part[MLT_SLICE_MAX_COLUMNS];
    size_t n = fields_of(columns, column);
    if (n < 2 || !values_of(value, n, part)) {
        if (n == 1)
            append_plain(out, column[0]);
        else
            mlt_buf_puts(out, columns == NULL ? "" : columns);
        mlt_buf_printf(out, "%s%s", sign, value == NULL ? "" : value);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        mlt_buf_puts(out, i > 0 ? between : "");
        append_plain(out, column[i]);
        mlt_buf_puts(out, sign);
        append_plain(out, part[i]);
    }
}
