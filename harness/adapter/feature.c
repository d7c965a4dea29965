#include "harness/adapter/feature.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/str.h"
#include "harness/codec/json.h"

enum { MAX_FEATURES = 100000 };

static bool decode_equals(const struct mlt_json *node, struct mlt_arena *arena, const char **out,
                          struct mlt_err *err)
{
    double number;
    bool boolean;
    char text[MLT_DOUBLE_CHARS];
    const char *value = mlt_json_string(node);
    if (!value && mlt_json_number(node, &number))
        value = mlt_str_format_double(number, text);
    else if (!value && mlt_json_bool(node, &boolean))
        value = boolean ? "true" : "false";
    if (!value)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "its `equals` is %s, expected text or a number",
                           mlt_json_type_name(mlt_json_type(node)));
    *out = mlt_arena_strdup(arena, value);
    return *out || mlt_err_oom(err);
}

static bool decode_feature(const struct mlt_json *node, const struct mlt_contract *contract,
                           struct mlt_arena *arena, struct mlt_feature *out, struct mlt_err *err)
{
    const char *name = mlt_json_string(mlt_json_get(node, "name"));
    const struct mlt_json *equals = mlt_json_get(node, "equals");
    if (!name)
        return mlt_err_set(err, MLT_ERR_EVIDENCE,
                           "it has no `name`; expected {\"name\": INPUT} or "
                           "{\"name\": INPUT, \"equals\": VALUE}");
    if (contract && !mlt_contract_find(contract, name))
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "%s is not among the declared inputs", name);
    out->name = mlt_arena_strdup(arena, name);
    if (!out->name)
        return mlt_err_oom(err);
    return !equals || decode_equals(equals, arena, &out->equals, err);
}

static bool decode_list(const struct mlt_json *list, struct mlt_arena *arena,
                        struct mlt_features *out, struct mlt_err *err)
{
    size_t count = mlt_json_count(list), i = 0;
    if (!list || mlt_json_type(list) != MLT_JSON_ARRAY || count == 0 || count > MAX_FEATURES)
        return mlt_err_set(err, MLT_ERR_EVIDENCE,
                           "`features` is missing; expected a list such as "
                           "[{\"name\": \"price\"}, {\"name\": \"brand\", \"equals\": \"3\"}] in "
                           "the order of the model's columns");
    out->items = mlt_arena_calloc(arena, count, sizeof *out->items);
    if (!out->items)
        return mlt_err_oom(err);
    out->count = count;
    for (const struct mlt_json *node = mlt_json_first(list); node; node = mlt_json_next(node), i++)
        if (!decode_feature(node, out->contract, arena, &out->items[i], err))
            return mlt_err_prefix(err, "features[%zu]", i);
    return true;
}

bool mlt_features_decode(const struct mlt_subject *subject, struct mlt_arena *arena,
                         struct mlt_features *out, struct mlt_err *err)
{
    struct mlt_json *json;
    const char *text = subject->config_json ? subject->config_json : "";
    out->contract = subject->contract;
    bool ok = mlt_json_parse("config.json", text, strlen(text), &json, err);
    if (ok) {
        ok = decode_list(mlt_json_get(json, "features"), arena, out, err);
        mlt_json_free(json);
    }
    if (ok)
        return true;
    if (err->kind == MLT_ERR_USAGE)
        err->kind = MLT_ERR_EVIDENCE;
    return mlt_err_prefix(err, "config.json of %s@%s", subject->model, subject->version);
}

static const struct mlt_value *cell(const struct mlt_batch *batch, size_t row, const char *name)
{
    static const struct mlt_value absent = {.kind = MLT_VALUE_ABSENT};
    for (size_t f = 0; f < batch->field_count; f++)
        if (strcmp(batch->fields[f], name) == 0)
            return &batch->cells[row * batch->field_count + f];
    return &absent;
}

/* Text or a number equals the feature's value in its shortest form: brand 3.0 is "3". */
static bool value_equals(const struct mlt_value *value, const char *text)
{
    char number[MLT_DOUBLE_CHARS];
    switch (value->kind) {
    case MLT_VALUE_TEXT:
        return strcmp(value->text, text) == 0;
    case MLT_VALUE_NUMBER:
        return strcmp(mlt_str_format_double(value->number, number), text) == 0;
    case MLT_VALUE_BOOL:
        return strcmp(value->boolean ? "true" : "false", text) == 0;
    default:
        return false;
    }
}

static bool value_number(const struct mlt_value *value, double *out)
{
    switch (value->kind) {
    case MLT_VALUE_NUMBER:
        *out = value->number;
        return true;
    case MLT_VALUE_BOOL:
        *out = value->boolean;
        return true;
    case MLT_VALUE_TEXT:
        return mlt_str_parse_double(value->text, strlen(value->text), out);
    default:
        *out = NAN;
        return value->kind == MLT_VALUE_ABSENT || value->kind == MLT_VALUE_NULL;
    }
}

static bool admitted(const struct mlt_contract *contract, const struct mlt_batch *batch, size_t row,
                     char why[256])
{
    for (size_t i = 0; contract && i < contract->input_count; i++) {
        const struct mlt_input *input = &contract->inputs[i];
        char reason[256];
        if (mlt_contract_admits(input, cell(batch, row, input->name), reason))
            continue;
        snprintf(why, 256, "%.60s: %.190s", input->name, reason);
        return false;
    }
    return true;
}

bool mlt_features_row(const struct mlt_features *features, const struct mlt_batch *batch, size_t row,
                      float *out, char why[256])
{
    if (!admitted(features->contract, batch, row, why))
        return false;
    for (size_t i = 0; i < features->count; i++) {
        const struct mlt_feature *feature = &features->items[i];
        const struct mlt_value *value = cell(batch, row, feature->name);
        double number;
        if (feature->equals) {
            out[i] = value_equals(value, feature->equals) ? 1.0f : 0.0f;
            continue;
        }
        if (!value_number(value, &number)) {
            snprintf(why, 256, "%.100s is no number, and the model takes one", feature->name);
            return false;
        }
        out[i] = (float)number;
        /* A double beyond the range of float would reach the model as an infinity. */
        if (isinf(out[i])) {
            snprintf(why, 256, "%.100s is %g, beyond what the model's 32-bit numbers hold",
                     feature->name, number);
            return false;
        }
    }
    return true;
}
