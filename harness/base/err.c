#include "mltest/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool mlt_err_set(struct mlt_err *err, enum mlt_err_kind kind, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vsnprintf(err->text, sizeof err->text, fmt, args);
    va_end(args);
    err->kind = kind;
    err->signal = 0;
    return false;
}

bool mlt_err_sys(struct mlt_err *err, int errnum, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    vsnprintf(err->text, sizeof err->text, fmt, args);
    va_end(args);
    size_t len = strlen(err->text);
    char reason[128];
    /* The GNU strerror_r returns the text and need not use the buffer. */
    const char *text = strerror_r(errnum, reason, sizeof reason);
    snprintf(err->text + len, sizeof err->text - len, ": %s", text);
    err->kind = MLT_ERR_INFRA;
    err->signal = 0;
    return false;
}

bool mlt_err_prefix(struct mlt_err *err, const char *fmt, ...)
{
    char inner[sizeof err->text];
    memcpy(inner, err->text, sizeof inner);
    va_list args;
    va_start(args, fmt);
    vsnprintf(err->text, sizeof err->text, fmt, args);
    va_end(args);
    size_t len = strlen(err->text);
    snprintf(err->text + len, sizeof err->text - len, ": %s", inner);
    return false;
}

bool mlt_err_oom(struct mlt_err *err)
{
    return mlt_err_set(err, MLT_ERR_INFRA, "out of memory");
}
