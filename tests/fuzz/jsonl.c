/* What the line parser accepts is what the strict JSON parser accepts, but for keys that are there
 * twice and numbers that overflow; its values lie inside the line and its escapes resolve. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/codec/json.h"
#include "harness/codec/jsonl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look_at(const struct mlt_jsonl_value *value, const char *line, size_t len, char *room)
{
    double numbers[8];
    size_t count;
    if (value->kind == MLT_JSONL_ABSENT)
        return;
    if (value->text < line || value->text + value->len > line + len)
        abort();
    if (value->kind == MLT_JSONL_STRING &&
        mlt_jsonl_unescape(value->text, value->len, room) > value->len)
        abort();
    if (value->kind == MLT_JSONL_ARRAY)
        (void)!mlt_jsonl_numbers(value->text, value->len, 8, numbers, &count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const keys[] = {"a", "label", "x\"y"};
    struct mlt_jsonl_value value[3];
    struct mlt_jsonl_fault fault;
    struct mlt_err err = MLT_ERR_INIT;
    /* Two lines, so that the second finds what was learnt from the first. */
    const uint8_t *feed = size > 0 ? memchr(data, '\n', size) : NULL;
    if (size > 4096 || feed == NULL)
        return 0;
    char *text = malloc(size + 1 + MLT_JSONL_PAD), *room = malloc(size + 1);
    struct mlt_jsonl *jsonl = mlt_jsonl_new(keys, 3, false);
    memcpy(text, data, size);
    memset(text + size, '\n', 1 + MLT_JSONL_PAD);
    size_t first = (size_t)(feed - data), at = first + 1;
    (void)!mlt_jsonl_line(jsonl, text, first, value, &fault);
    size_t len = (size_t)((char *)memchr(text + at, '\n', size + 1 - at) - (text + at));
    bool ok = mlt_jsonl_line(jsonl, text + at, len, value, &fault);
    for (int i = 0; ok && i < 3; i++)
        look_at(&value[i], text + at, len, room);
    bool strict = mlt_json_check("line", text + at, len, &err) &&
                  text[at + strspn(text + at, " \t\r")] == '{';
    bool known = !strict && (strstr(err.text, "twice") || strstr(err.text, "duplicate") ||
                             strstr(err.text, "range") || strstr(err.text, "too large"));
    if (ok != strict && !(ok && known))
        abort();
    mlt_jsonl_free(jsonl);
    free(text);
    free(room);
    return 0;
}
