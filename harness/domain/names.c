#include "harness/domain/names.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/buf.h"
#include "harness/codec/unicode.h"

enum { SHOWN = 60 };

struct seen {
    const char *skeleton, *name;
    size_t at;
};

static int by_skeleton(const void *x, const void *y)
{
    const struct seen *a = x, *b = y;
    int order = strcmp(a->skeleton, b->skeleton);
    return order ? order : (a->at > b->at) - (a->at < b->at);
}

/* NULL when memory is out. */
static const char *keep(struct mlt_buf *text, struct mlt_arena *arena, struct mlt_err *err)
{
    const char *kept = text->oom ? NULL : mlt_arena_strndup(arena, text->data, text->len);
    mlt_buf_free(text);
    if (!kept)
        mlt_err_oom(err);
    return kept;
}

static bool say_invisible(const char *name, uint32_t code, struct mlt_arena *arena,
                          const char **fault, struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    mlt_buf_puts(&text, "the name \"");
    mlt_unicode_append_escaped(&text, name, SHOWN);
    mlt_buf_printf(&text, "\" holds U+%04X, which nobody sees: take it out", (unsigned)code);
    *fault = keep(&text, arena, err);
    return *fault;
}

static bool say_twins(const char *a, const char *b, struct mlt_arena *arena, const char **fault,
                      struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    mlt_buf_puts(&text, "the names \"");
    mlt_unicode_append_escaped(&text, a, SHOWN);
    mlt_buf_puts(&text, "\" and \"");
    mlt_unicode_append_escaped(&text, b, SHOWN);
    mlt_buf_puts(&text, "\" look the same: rename one of them");
    *fault = keep(&text, arena, err);
    return *fault;
}

bool mlt_names_check(const char *const *names, size_t count, struct mlt_arena *arena,
                     const char **fault, size_t *at, struct mlt_err *err)
{
    struct seen *seen = mlt_arena_calloc(arena, count, sizeof *seen);
    uint32_t code;
    *fault = NULL;
    if (!seen)
        return mlt_err_oom(err);
    for (size_t i = 0; i < count; i++) {
        *at = i;
        if (mlt_unicode_find_invisible(names[i], &code))
            return say_invisible(names[i], code, arena, fault, err);
        seen[i] = (struct seen){mlt_unicode_skeleton(names[i], arena), names[i], i};
        if (!seen[i].skeleton)
            return mlt_err_oom(err);
    }
    if (count)
        qsort(seen, count, sizeof *seen, by_skeleton);
    for (size_t i = 1; i < count; i++)
        if (strcmp(seen[i - 1].skeleton, seen[i].skeleton) == 0 &&
            strcmp(seen[i - 1].name, seen[i].name) != 0) {
            *at = seen[i].at;
            return say_twins(seen[i - 1].name, seen[i].name, arena, fault, err);
        }
    return true;
}

bool mlt_names_compare(const char *a, const char *b, struct mlt_arena *arena, const char **text,
                       struct mlt_err *err)
{
    const char *x = mlt_unicode_skeleton(a, arena), *y = mlt_unicode_skeleton(b, arena);
    struct mlt_buf both = MLT_BUF_INIT;
    *text = NULL;
    if (!x || !y)
        return mlt_err_oom(err);
    if (strcmp(a, b) == 0 || strcmp(x, y) != 0)
        return true;
    mlt_unicode_append_escaped(&both, a, SHOWN);
    mlt_buf_puts(&both, " and ");
    mlt_unicode_append_escaped(&both, b, SHOWN);
    *text = keep(&both, arena, err);
    return *text;
}
