#include "harness/domain/slice.h"

#include <stdbool.h>
#include <string.h>

#include "harness/base/buf.h"

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
