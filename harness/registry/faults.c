#include "harness/registry/faults.h"

#include <string.h>

#include "harness/base/str.h"

enum { MESSAGE_BYTES = sizeof(((struct mlt_err *)0)->text), LEAST_BYTES = 60 };

void mlt_faults_add(struct mlt_faults *faults, const char *fmt, ...)
{
    va_list args;
    mlt_buf_puts(&faults->text, faults->dir);
    mlt_buf_puts(&faults->text, "/");
    va_start(args, fmt);
    mlt_buf_vprintf(&faults->text, fmt, args);
    va_end(args);
    mlt_buf_append(&faults->text, "", 1);
    faults->count++;
}

bool mlt_faults_take(struct mlt_faults *faults, struct mlt_err *err)
{
    if (err->kind != MLT_ERR_USAGE)
        return false;
    mlt_buf_append(&faults->text, err->text, strlen(err->text) + 1);
    faults->count++;
    *err = (struct mlt_err)MLT_ERR_INIT;
    return true;
}

static void list(const struct mlt_faults *faults, struct mlt_buf *out)
{
    size_t skip = strlen(faults->dir), number = 0;
    mlt_buf_printf(out, "%.500s has %zu faults:", faults->dir, faults->count);
    size_t room = (MESSAGE_BYTES - out->len) / faults->count;
    /* "; (2) " and an ellipsis. */
    room = room > LEAST_BYTES + 16 ? room - 16 : LEAST_BYTES;
    for (const char *at = faults->text.data; at < faults->text.data + faults->text.len;
         at += strlen(at) + 1) {
        const char *shown = at;
        if (strncmp(at, faults->dir, skip) == 0 && at[skip] == '/')
            shown = at + skip + 1;
        mlt_buf_printf(out, "%s (%zu) ", number ? ";" : "", number + 1);
        mlt_str_append_safe(out, shown, strlen(shown), room);
        number++;
    }
}

bool mlt_faults_report(const struct mlt_faults *faults, struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    if (!mlt_buf_check(&faults->text, err))
        return false;
    if (faults->count == 0)
        return true;
    if (faults->count == 1)
        return mlt_err_set(err, MLT_ERR_USAGE, "%s", faults->text.data);
    list(faults, &text);
    if (mlt_buf_check(&text, err))
        mlt_err_set(err, MLT_ERR_USAGE, "%s", text.data);
    mlt_buf_free(&text);
    return false;
}

void mlt_faults_free(struct mlt_faults *faults)
{
    mlt_buf_free(&faults->text);
}
