#include "harness/base/buf.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Never written to: every writer first reserves memory of its own. */
char mlt_buf_empty[1] = "";

char *mlt_buf_reserve(struct mlt_buf *buf, size_t extra)
{
    if (buf->oom)
        return NULL;
    if (extra >= SIZE_MAX / 2 - buf->len) {
        buf->oom = true;
        return NULL;
    }
    size_t needed = buf->len + extra + 1;
    if (needed > buf->capacity) {
        size_t capacity = buf->capacity ? buf->capacity : 128;
        while (capacity < needed)
            capacity *= 2;
        char *grown = realloc(buf->capacity ? buf->data : NULL, capacity);
        if (!grown) {
            buf->oom = true;
            return NULL;
        }
        buf->data = grown;
        buf->capacity = capacity;
        buf->data[buf->len] = '\0';
    }
    return buf->data + buf->len;
}

void mlt_buf_wrote(struct mlt_buf *buf, size_t len)
{
    buf->len += len;
    buf->data[buf->len] = '\0';
}

void mlt_buf_append(struct mlt_buf *buf, const void *data, size_t len)
{
    char *at = mlt_buf_reserve(buf, len);
    if (!at)
        return;
    if (len)
        memcpy(at, data, len);
    mlt_buf_wrote(buf, len);
}

void mlt_buf_puts(struct mlt_buf *buf, const char *text)
{
    mlt_buf_append(buf, text, strlen(text));
}

void mlt_buf_putc(struct mlt_buf *buf, char c)
{
    mlt_buf_append(buf, &c, 1);
}

void mlt_buf_vprintf(struct mlt_buf *buf, const char *fmt, va_list args)
{
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, fmt, args);
    char *at = len < 0 ? NULL : mlt_buf_reserve(buf, (size_t)len);
    if (at) {
        vsnprintf(at, (size_t)len + 1, fmt, again);
        mlt_buf_wrote(buf, (size_t)len);
    }
    va_end(again);
}

void mlt_buf_printf(struct mlt_buf *buf, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    mlt_buf_vprintf(buf, fmt, args);
    va_end(args);
}

void mlt_buf_consume(struct mlt_buf *buf, size_t len)
{
    if (len == 0)
        return;
    memmove(buf->data, buf->data + len, buf->len - len);
    buf->len -= len;
    buf->data[buf->len] = '\0';
}

void mlt_buf_clear(struct mlt_buf *buf)
{
    if (buf->capacity)
        buf->data[0] = '\0';
    buf->len = 0;
    buf->oom = false;
}

void mlt_buf_free(struct mlt_buf *buf)
{
    if (buf->capacity)
        free(buf->data);
    *buf = (struct mlt_buf)MLT_BUF_INIT;
}

bool mlt_buf_check(const struct mlt_buf *buf, struct mlt_err *err)
{
    return buf->oom ? mlt_err_oom(err) : true;
}
