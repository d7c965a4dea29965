/* Two config.json, one a line: what decodes is compared. A contract is compatible with itself, what
 * one side gained the other lost, and every change has its sentence. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/codec/json.h"
#include "harness/compat/diff.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool decode(const char *text, size_t len, struct mlt_arena *arena, struct mlt_contract *out)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_json *document;
    if (!mlt_json_parse("config.json", text, len, &document, &err))
        return false;
    bool ok = mlt_contract_decode("config.json", document, arena, out, &err);
    mlt_json_free(document);
    if (!ok && !err.text[0])
        abort();
    return ok;
}

static size_t diff(const struct mlt_contract *from, const struct mlt_contract *to,
                   struct mlt_arena *arena)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_compat_change *changes;
    struct mlt_buf text = MLT_BUF_INIT;
    size_t count;
    if (!mlt_compat_diff(from, to, false, arena, &changes, &count, &err))
        abort();
    for (size_t i = 0; i < count; i++) {
        mlt_buf_clear(&text);
        mlt_compat_print(&changes[i], &text);
        if (text.len == 0 || memchr(text.data, '\n', text.len))
            abort();
        if (changes[i].needs == MLT_BUMP_NONE)
            abort();
    }
    mlt_buf_free(&text);
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_contract from, to;
    const uint8_t *end = size > 0 ? memchr(data, '\n', size) : NULL;
    if (!end)
        return 0;
    size_t first = (size_t)(end - data);
    if (decode((const char *)data, first, &arena, &from) &&
        decode((const char *)end + 1, size - first - 1, &arena, &to)) {
        if (diff(&from, &from, &arena) != 0 || diff(&to, &to, &arena) != 0)
            abort();
        if (diff(&from, &to, &arena) != diff(&to, &from, &arena))
            abort();
    }
    mlt_arena_free(&arena);
    return 0;
}
