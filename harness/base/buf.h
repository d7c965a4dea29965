/* A growable run of bytes, always followed by a NUL that is not counted.
 *
 * Appending never fails visibly: the first failed allocation makes the buffer `oom`, later appends
 * do nothing, and the owner asks once, at the end, with mlt_buf_check(). */
#ifndef MLTEST_BASE_BUF_H
#define MLTEST_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "mltest/err.h"

struct mlt_buf {
    char *data; /* "" when empty, never NULL after MLT_BUF_INIT */
    size_t len, capacity;
    bool oom;
};

extern char mlt_buf_empty[1];
#define MLT_BUF_INIT {mlt_buf_empty, 0, 0, false}

void mlt_buf_append(struct mlt_buf *buf, const void *data, size_t len);
void mlt_buf_puts(struct mlt_buf *buf, const char *text);
void mlt_buf_putc(struct mlt_buf *buf, char c);
void mlt_buf_printf(struct mlt_buf *buf, const char *fmt, ...) MLT_PRINTF(2, 3);
void mlt_buf_vprintf(struct mlt_buf *buf, const char *fmt, va_list args) MLT_PRINTF(2, 0);
/* Makes room for `extra` more bytes and returns where they go; NULL when memory is out. The caller
 * adds what it wrote to `len` and sets the NUL with mlt_buf_wrote(). */
char *mlt_buf_reserve(struct mlt_buf *buf, size_t extra);
void mlt_buf_wrote(struct mlt_buf *buf, size_t len);
/* Removes the first `len` bytes. */
void mlt_buf_consume(struct mlt_buf *buf, size_t len);
/* Empties, keeps the memory. */
void mlt_buf_clear(struct mlt_buf *buf);
/* Frees; the buffer is empty and usable again. */
void mlt_buf_free(struct mlt_buf *buf);
/* False, with the error set, when an append failed. */
bool mlt_buf_check(const struct mlt_buf *buf, struct mlt_err *err) MLT_MUST_USE;

#endif
