#include "harness/domain/batch.h"

#include <math.h>
#include <string.h>

const char *mlt_answer_name(enum mlt_answer answer)
{
    switch (answer) {
    case MLT_ANSWER_NONE:
        return "not answered";
    case MLT_ANSWER_OK:
        return "ok";
    case MLT_ANSWER_REFUSED:
        return "refused";
    case MLT_ANSWER_MALFORMED:
        return "malformed";
    case MLT_ANSWER_WRONG_ID:
        return "wrong id";
    case MLT_ANSWER_DUPLICATE:
        return "answered twice";
    case MLT_ANSWER_MISSING:
        return "missing";
    case MLT_ANSWER_TIMEOUT:
        return "timed out";
    case MLT_ANSWER_TOO_LARGE:
        return "too large";
    case MLT_ANSWER_DIED:
        return "died";
    }
    return "not answered";
}

bool mlt_prediction_same(const struct mlt_prediction *a, const struct mlt_prediction *b)
{
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case MLT_PREDICTION_NONE:
        return false;
    case MLT_PREDICTION_NUMBER:
        /* The bits, not ==: 0.0 and -0.0 differ, a NaN equals itself. */
        return memcmp(&a->number, &b->number, sizeof a->number) == 0;
    case MLT_PREDICTION_LABEL:
        return strcmp(a->label, b->label) == 0;
    case MLT_PREDICTION_VECTOR:
        return a->vector_len == b->vector_len &&
               (a->vector_len == 0 ||
                memcmp(a->vector, b->vector, a->vector_len * sizeof *a->vector) == 0);
    }
    return false;
}

static void encode_number(double value, struct mlt_json_out *out)
{
    if (isnan(value))
        mlt_json_out_string(out, "NaN");
    else if (isinf(value))
        mlt_json_out_string(out, value > 0 ? "Infinity" : "-Infinity");
    else
        mlt_json_out_number(out, value);
}

static void encode_value(const struct mlt_value *value, struct mlt_json_out *out)
{
    switch (value->kind) {
    case MLT_VALUE_ABSENT:
    case MLT_VALUE_NULL:
        mlt_json_out_null(out);
        break;
    case MLT_VALUE_NUMBER:
        encode_number(value->number, out);
        break;
    case MLT_VALUE_TEXT:
        mlt_json_out_string_len(out, value->text, value->len);
        break;
    case MLT_VALUE_BOOL:
        mlt_json_out_bool(out, value->boolean);
        break;
    case MLT_VALUE_JSON:
        mlt_json_out_raw(out, value->text, value->len);
        break;
    }
}

void mlt_batch_encode_row(const struct mlt_batch *batch, size_t row, struct mlt_json_out *out)
{
    mlt_json_out_object(out);
    for (size_t f = 0; f < batch->field_count; f++) {
        const struct mlt_value *cell = &batch->cells[row * batch->field_count + f];
        if (cell->kind == MLT_VALUE_ABSENT)
            continue;
        mlt_json_out_key(out, batch->fields[f]);
        encode_value(cell, out);
    }
    mlt_json_out_object_end(out);
}

static bool decode_json(const struct mlt_json *node, struct mlt_arena *arena, struct mlt_value *out,
                        struct mlt_err *err)
{
    const char *text = mlt_json_node_text(node, arena, err);
    if (!text)
        return false;
    out->kind = MLT_VALUE_JSON;
    out->text = text;
    out->len = strlen(text);
    return true;
}

static bool decode_value(const struct mlt_json *node, struct mlt_arena *arena,
                         struct mlt_value *out, struct mlt_err *err)
{
    switch (mlt_json_type(node)) {
    case MLT_JSON_NULL:
        out->kind = MLT_VALUE_NULL;
        return true;
    case MLT_JSON_BOOL:
        out->kind = MLT_VALUE_BOOL;
        return mlt_json_bool(node, &out->boolean);
    case MLT_JSON_NUMBER:
        out->kind = MLT_VALUE_NUMBER;
        return mlt_json_number(node, &out->number);
    case MLT_JSON_STRING:
        out->kind = MLT_VALUE_TEXT;
        out->text = mlt_arena_strdup(arena, mlt_json_string(node));
        if (!out->text)
            return mlt_err_oom(err);
        out->len = strlen(out->text);
        return true;
    case MLT_JSON_ARRAY:
    case MLT_JSON_OBJECT:
        break;
    }
    return decode_json(node, arena, out, err);
}

bool mlt_batch_decode_row(const struct mlt_json *object, struct mlt_arena *arena,
                          struct mlt_batch *out, struct mlt_err *err)
{
    if (!object || mlt_json_type(object) != MLT_JSON_OBJECT)
        return mlt_err_set(err, MLT_ERR_USAGE, "a row of fields must be an object, found %s",
                           object ? mlt_json_type_name(mlt_json_type(object)) : "nothing");
    size_t count = mlt_json_count(object), f = 0;
    const char **fields = mlt_arena_calloc(arena, count, sizeof *fields);
    struct mlt_value *cells = mlt_arena_calloc(arena, count, sizeof *cells);
    if (!fields || !cells)
        return mlt_err_oom(err);
    for (const struct mlt_json *at = mlt_json_first(object); at; at = mlt_json_next(at), f++) {
        fields[f] = mlt_arena_strdup(arena, mlt_json_key(at));
        if (!fields[f])
            return mlt_err_oom(err);
        if (!decode_value(at, arena, &cells[f], err))
            return mlt_err_prefix(err, "field \"%.60s\"", fields[f]);
    }
    *out = (struct mlt_batch){.rows = 1, .field_count = count, .fields = fields, .cells = cells};
    return true;
}

static bool decode_vector(const struct mlt_json *node, struct mlt_arena *arena,
                          struct mlt_prediction *out, struct mlt_err *err)
{
    size_t count = mlt_json_count(node), i = 0;
    double *vector = mlt_arena_calloc(arena, count, sizeof *vector);
    if (!vector)
        return mlt_err_oom(err);
    if (count == 0)
        return mlt_err_set(err, MLT_ERR_EVIDENCE,
                           "a prediction is an empty list: expected one "
                           "probability for each label");
    for (const struct mlt_json *at = mlt_json_first(node); at; at = mlt_json_next(at), i++)
        if (!mlt_json_number(at, &vector[i]))
            return mlt_err_set(err, MLT_ERR_EVIDENCE,
                               "item %zu of a prediction is %s: expected a number", i + 1,
                               mlt_json_type_name(mlt_json_type(at)));
    *out = (struct mlt_prediction){.answer = MLT_ANSWER_OK,
                                   .kind = MLT_PREDICTION_VECTOR,
                                   .number = NAN,
                                   .vector = vector,
                                   .vector_len = count};
    return true;
}

static bool decode_plain(const struct mlt_json *node, struct mlt_arena *arena,
                         struct mlt_prediction *out, struct mlt_err *err)
{
    enum mlt_json_type type = mlt_json_type(node);
    if (type == MLT_JSON_ARRAY)
        return decode_vector(node, arena, out, err);
    struct mlt_prediction prediction = {.answer = MLT_ANSWER_OK, .number = NAN};
    if (type == MLT_JSON_NUMBER) {
        prediction.kind = MLT_PREDICTION_NUMBER;
        if (!mlt_json_number(node, &prediction.number))
            return mlt_err_set(err, MLT_ERR_EVIDENCE, "a prediction is not a finite number");
    } else if (type == MLT_JSON_STRING) {
        prediction.kind = MLT_PREDICTION_LABEL;
        prediction.label = mlt_arena_strdup(arena, mlt_json_string(node));
        if (!prediction.label)
            return mlt_err_oom(err);
    } else {
        return mlt_err_set(err, MLT_ERR_EVIDENCE,
                           "a prediction is %s: expected a number, a label or a list of "
                           "probabilities",
                           mlt_json_type_name(type));
    }
    *out = prediction;
    return true;
}

bool mlt_prediction_decode(const struct mlt_json *node, const char *output_name,
                           struct mlt_arena *arena, struct mlt_prediction *out, struct mlt_err *err)
{
    if (!node)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "there is no prediction");
    if (mlt_json_type(node) != MLT_JSON_OBJECT)
        return decode_plain(node, arena, out, err);
    const struct mlt_json *named = mlt_json_get(node, output_name);
    if (named)
        return decode_plain(named, arena, out, err);
    const struct mlt_json *first = mlt_json_first(node);
    return mlt_err_set(err, MLT_ERR_EVIDENCE, "a prediction has no output \"%.60s\"%s%.60s%s",
                       output_name, first ? ": it has \"" : "", first ? mlt_json_key(first) : "",
                       first ? "\"" : "");
}
