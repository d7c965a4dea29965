#include "harness/domain/slice.h"

#include <string.h>

#include "harness/base/str.h"

static void append_part(struct mlt_buf *out, const char *part)
{
    if (strpbrk(part, ",\"\r\n") == NULL) {
        mlt_buf_puts(out, part);
        return;
    }
    mlt_buf_putc(out, '"');
    for (; *part != '\0'; part++) {
        if (*part == '"')
            mlt_buf_putc(out, '"');
        mlt_buf_putc(out, *part);
    }
    mlt_buf_putc(out, '"');
}

const char *mlt_slice_name(const char *const *part, size_t count, struct mlt_arena *arena)
{
    if (count == 1)
        return mlt_arena_strdup(arena, part[0]);
    struct mlt_buf text = MLT_BUF_INIT;
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            mlt_buf_putc(&text, ',');
        append_part(&text, part[i]);
    }
    const char *out = text.oom ? NULL : mlt_arena_strdup(arena, text.data);
    mlt_buf_free(&text);
    return out;
}

/* One part from `*at` on, unquoted into `out`; false when its quote is not closed. */
static bool take_part(const char **at, struct mlt_buf *out)
{
    const char *text = *at;
    if (*text != '"') {
        size_t len = strcspn(text, ",");
        mlt_buf_append(out, text, len);
        *at = text + len;
        return true;
    }
    for (text++; *text != '\0'; text++) {
        if (*text == '"' && text[1] != '"') {
            *at = text + 1;
            return **at == ',' || **at == '\0';
        }
        text += *text == '"';
        mlt_buf_putc(out, *text);
    }
    return false;
}

const char **mlt_slice_split(const char *name, struct mlt_arena *arena, size_t *count)
{
    size_t room = 1;
    for (const char *c = name; *c != '\0'; c++)
        room += *c == ',';
    const char **parts = mlt_arena_calloc(arena, room, sizeof *parts);
    struct mlt_buf part = MLT_BUF_INIT;
    *count = 0;
    for (bool more = parts != NULL; more;) {
        mlt_buf_clear(&part);
        bool ok = take_part(&name, &part) && !part.oom;
        parts[*count] = ok ? mlt_arena_strdup(arena, part.data) : NULL;
        if (parts[(*count)++] == NULL) {
            *count = 0;
            parts = NULL;
            break;
        }
        more = *name++ == ',';
    }
    mlt_buf_free(&part);
    return parts;
}

const char **mlt_slice_uncross(const char *text, struct mlt_arena *arena, size_t *count)
{
    size_t room = 1;
    for (const char *c = text; *c != '\0'; c++)
        room += *c == '*';
    const char **parts = mlt_arena_calloc(arena, room, sizeof *parts);
    *count = 0;
    for (const char *at = text; parts != NULL; at++) {
        size_t len = strcspn(at, "*");
        parts[*count] = len > 0 ? mlt_arena_strndup(arena, at, len) : NULL;
        if (parts[(*count)++] == NULL) {
            *count = 0;
            return NULL;
        }
        at += len;
        if (*at == '\0')
            break;
    }
    return parts;
}

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
        mlt_buf_printf(out, "%s%s%s", columns == NULL ? "" : columns, sign,
                       value == NULL ? "" : value);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        mlt_buf_puts(out, i > 0 ? between : "");
        append_plain(out, column[i]);
        mlt_buf_puts(out, sign);
        append_plain(out, part[i]);
    }
}
