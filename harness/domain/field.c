#include "harness/domain/field.h"

#include <math.h>
#include <string.h>

struct mlt_field_reader mlt_field_reader(const struct mlt_json *node, const char *record,
                                         struct mlt_arena *arena, struct mlt_err *err)
{
    struct mlt_field_reader reader = {node, record, arena, err, false};
    if (node == NULL || mlt_json_type(node) != MLT_JSON_OBJECT) {
        reader.failed = true;
        mlt_err_set(err, MLT_ERR_EVIDENCE, "%s: expected an object, found %s", record,
                    node == NULL ? "nothing" : mlt_json_type_name(mlt_json_type(node)));
    }
    return reader;
}

static void fault(struct mlt_field_reader *reader, const char *key, const char *expected,
                  const struct mlt_json *found)
{
    reader->failed = true;
    mlt_err_set(reader->err, MLT_ERR_EVIDENCE, "%s: \"%s\" must be %s, found %s", reader->record,
                key, expected,
                found == NULL ? "nothing" : mlt_json_type_name(mlt_json_type(found)));
}

static const char *copy_text(struct mlt_field_reader *reader, const char *text)
{
    const char *copy = mlt_arena_strdup(reader->arena, text);
    if (copy == NULL) {
        reader->failed = true;
        mlt_err_oom(reader->err);
    }
    return copy;
}

const char *mlt_field_text(struct mlt_field_reader *reader, const char *key)
{
    if (reader->failed)
        return NULL;
    const struct mlt_json *node = mlt_json_get(reader->object, key);
    const char *text = mlt_json_string(node);
    if (text == NULL) {
        fault(reader, key, "a text", node);
        return NULL;
    }
    return copy_text(reader, text);
}

const char *mlt_field_optional_text(struct mlt_field_reader *reader, const char *key)
{
    if (reader->failed)
        return NULL;
    const struct mlt_json *node = mlt_json_get(reader->object, key);
    if (node != NULL && mlt_json_type(node) == MLT_JSON_NULL)
        return NULL;
    const char *text = mlt_json_string(node);
    if (text == NULL) {
        fault(reader, key, "a text or null", node);
        return NULL;
    }
    return copy_text(reader, text);
}

double mlt_field_number(struct mlt_field_reader *reader, const char *key)
{
    if (reader->failed)
        return NAN;
    const struct mlt_json *node = mlt_json_get(reader->object, key);
    if (node != NULL && mlt_json_type(node) == MLT_JSON_NULL)
        return NAN;
    double value = NAN;
    if (!mlt_json_number(node, &value))
        fault(reader, key, "a number or null", node);
    return value;
}

uint64_t mlt_field_count(struct mlt_field_reader *reader, const char *key)
{
    if (reader->failed)
        return 0;
    const struct mlt_json *node = mlt_json_get(reader->object, key);
    double value;
    if (!mlt_json_number(node, &value)) {
        fault(reader, key, "a whole number", node);
        return 0;
    }
    if (!(value >= 0) || value > 9007199254740992.0 || value != floor(value)) {
        reader->failed = true;
        mlt_err_set(reader->err, MLT_ERR_EVIDENCE,
                    "%s: \"%s\" must be a whole number from 0 to 2^53, found %.17g", reader->record,
                    key, value);
        return 0;
    }
    return (uint64_t)value;
}

const double *mlt_field_numbers(struct mlt_field_reader *reader, const char *key, size_t most,
                                size_t *count)
{
    *count = 0;
    if (reader->failed)
        return NULL;
    const struct mlt_json *list = mlt_json_get(reader->object, key);
    size_t size = list == NULL ? 0 : mlt_json_count(list);
    if (list == NULL || mlt_json_type(list) != MLT_JSON_ARRAY || size > most) {
        fault(reader, key, size > most ? "a shorter list" : "a list of numbers", list);
        return NULL;
    }
    double *numbers = mlt_arena_calloc(reader->arena, size, sizeof *numbers);
    if (numbers == NULL) {
        reader->failed = true;
        mlt_err_oom(reader->err);
        return NULL;
    }
    for (const struct mlt_json *node = mlt_json_first(list); node; node = mlt_json_next(node)) {
        numbers[*count] = NAN;
        if (mlt_json_type(node) != MLT_JSON_NULL && !mlt_json_number(node, &numbers[*count])) {
            fault(reader, key, "a list of numbers", node);
            return NULL;
        }
        ++*count;
    }
    return numbers;
}

bool mlt_field_has(const struct mlt_field_reader *reader, const char *key)
{
    return !reader->failed && mlt_json_get(reader->object, key) != NULL;
}

void mlt_field_fault(struct mlt_field_reader *reader, const char *key, const char *expected)
{
    if (!reader->failed)
        fault(reader, key, expected, mlt_json_get(reader->object, key));
}

bool mlt_field_bool(struct mlt_field_reader *reader, const char *key)
{
    if (reader->failed)
        return false;
    const struct mlt_json *node = mlt_json_get(reader->object, key);
    bool value = false;
    if (!mlt_json_bool(node, &value))
        fault(reader, key, "true or false", node);
    return value;
}

int mlt_field_name(struct mlt_field_reader *reader, const char *key, const char *const *names,
                   int count)
{
    if (reader->failed)
        return 0;
    const struct mlt_json *node = mlt_json_get(reader->object, key);
    const char *text = mlt_json_string(node);
    if (text == NULL) {
        fault(reader, key, "a name", node);
        return 0;
    }
    for (int i = 0; i < count; i++)
        if (strcmp(names[i], text) == 0)
            return i;
    reader->failed = true;
    mlt_err_set(reader->err, MLT_ERR_EVIDENCE, "%s: \"%s\" has the unknown value \"%.60s\"",
                reader->record, key, text);
    return 0;
}

bool mlt_field_finish(const struct mlt_field_reader *reader)
{
    return !reader->failed;
}
