#include "harness/domain/slice.h"

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
