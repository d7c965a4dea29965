#include "harness/domain/contract.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/str.h"

enum { WHY = 256 };
/* How far the sum of a distribution's probabilities may be from 1. */
static const double sum_tolerance = 1e-3;

static const char *const input_types[] = {"number",   "integer", "string",
                                          "category", "boolean", NULL};
static const char *const output_types[] = {"number", "probability", "label", "probabilities",
                                           "text", NULL};
static const char *const stabilities[] = {"stable", "beta", "experimental", NULL};
static const char *const input_keys[] = {"name",     "type",     "unit", "min",       "max",
                                         "nullable", "required", "enum", "stability", NULL};
static const char *const output_keys[] = {"name", "type", "min", "max", "labels", "unit", NULL};

/* A member of the document under reading, for messages: "config.json: inputs[2] (price1)". */
struct place {
    char text[256];
    struct mlt_arena *arena;
    struct mlt_err *err;
};

static bool wrong(const struct place *place, const char *key, const char *expected,
                  const struct mlt_json *found)
{
    const char *text = mlt_json_string(found);
    return mlt_err_set(place->err, MLT_ERR_USAGE, "%s: %s must be %s, found %s%.60s%s", place->text,
                       key, expected, text ? "\"" : "",
                       text    ? text
                       : found ? mlt_json_type_name(mlt_json_type(found))
                               : "nothing",
                       text ? "\"" : "");
}

static int index_of(const char *word, const char *const *words)
{
    for (int i = 0; words[i]; i++)
        if (strcmp(words[i], word) == 0)
            return i;
    return -1;
}

static bool check_keys(const struct place *place, const struct mlt_json *object,
                       const char *const *keys)
{
    for (const struct mlt_json *at = mlt_json_first(object); at; at = mlt_json_next(at)) {
        if (index_of(mlt_json_key(at), keys) >= 0)
            continue;
        const char *nearest = mlt_str_nearest(mlt_json_key(at), keys);
        return mlt_err_set(place->err, MLT_ERR_USAGE, "%s: unknown field \"%.60s\"%s%s%s",
                           place->text, mlt_json_key(at), nearest ? "; did you mean \"" : "",
                           nearest ? nearest : "", nearest ? "\"?" : "");
    }
    return true;
}

/* One of the words; absent gives `fallback`, which is -1 when the word must be there. */
static bool read_word(const struct place *place, const struct mlt_json *object, const char *key,
                      const char *const *words, int fallback, int *out)
{
    const struct mlt_json *node = mlt_json_get(object, key);
    const char *text = mlt_json_string(node);
    *out = text ? index_of(text, words) : node ? -1 : fallback;
    if (*out >= 0)
        return true;
    char expected[128] = "one of ";
    for (int i = 0; words[i]; i++) {
        size_t len = strlen(expected);
        snprintf(expected + len, sizeof expected - len, "%s%s", i ? ", " : "", words[i]);
    }
    return wrong(place, key, expected, node);
}

static bool read_text(const struct place *place, const struct mlt_json *object, const char *key,
                      const char *fallback, const char **out)
{
    const struct mlt_json *node = mlt_json_get(object, key);
    if (!node || mlt_json_type(node) == MLT_JSON_NULL) {
        *out = fallback;
        return true;
    }
    if (!mlt_json_string(node))
        return wrong(place, key, "text", node);
    *out = mlt_arena_strdup(place->arena, mlt_json_string(node));
    return *out || mlt_err_oom(place->err);
}

static bool read_flag(const struct place *place, const struct mlt_json *object, const char *key,
                      bool fallback, bool *out)
{
    const struct mlt_json *node = mlt_json_get(object, key);
    *out = fallback;
    return !node || mlt_json_bool(node, out) || wrong(place, key, "true or false", node);
}

static bool read_bound(const struct place *place, const struct mlt_json *object, const char *key,
                       double *out)
{
    const struct mlt_json *node = mlt_json_get(object, key);
    *out = NAN;
    if (!node || mlt_json_type(node) == MLT_JSON_NULL)
        return true;
    return mlt_json_number(node, out) || wrong(place, key, "a number", node);
}

static bool read_bounds(const struct place *place, const struct mlt_json *object, double *min,
                        double *max)
{
    if (!read_bound(place, object, "min", min) || !read_bound(place, object, "max", max))
        return false;
    if (*min > *max)
        return mlt_err_set(place->err, MLT_ERR_USAGE, "%s: min %g is above max %g", place->text,
                           *min, *max);
    return true;
}

/* A list of texts or numbers, as text. Absent gives NULL. */
static bool read_list(const struct place *place, const struct mlt_json *object, const char *key,
                      const char *const **out, size_t *out_count)
{
    const struct mlt_json *list = mlt_json_get(object, key);
    *out = NULL;
    *out_count = 0;
    if (!list || mlt_json_type(list) == MLT_JSON_NULL)
        return true;
    if (mlt_json_type(list) != MLT_JSON_ARRAY || mlt_json_count(list) == 0)
        return wrong(place, key, "a list of texts or numbers, not empty", list);
    const char **items = mlt_arena_calloc(place->arena, mlt_json_count(list), sizeof *items);
    size_t count = 0;
    if (!items)
        return mlt_err_oom(place->err);
    for (const struct mlt_json *at = mlt_json_first(list); at; at = mlt_json_next(at)) {
        char digits[MLT_DOUBLE_CHARS];
        double number;
        const char *text = mlt_json_string(at);
        if (!text && mlt_json_number(at, &number))
            text = mlt_str_format_double(number, digits);
        if (!text)
            return wrong(place, key, "a list of texts or numbers", at);
        items[count] = mlt_arena_strdup(place->arena, text);
        if (!items[count++])
            return mlt_err_oom(place->err);
    }
    *out = items;
    *out_count = count;
    return true;
}

static bool decode_input(struct place *place, const struct mlt_json *node, struct mlt_input *out)
{
    int type, stability;
    if (mlt_json_type(node) != MLT_JSON_OBJECT)
        return wrong(place, "an input", "an object", node);
    if (!read_text(place, node, "name", NULL, &out->name))
        return false;
    if (!out->name || out->name[0] == '\0')
        return wrong(place, "name", "text", mlt_json_get(node, "name"));
    size_t len = strlen(place->text);
    snprintf(place->text + len, sizeof place->text - len, " (%.60s)", out->name);
    if (!check_keys(place, node, input_keys) ||
        !read_word(place, node, "type", input_types, -1, &type) ||
        !read_word(place, node, "stability", stabilities, 0, &stability) ||
        !read_text(place, node, "unit", NULL, &out->unit) ||
        !read_bounds(place, node, &out->min, &out->max) ||
        !read_flag(place, node, "nullable", false, &out->nullable) ||
        !read_flag(place, node, "required", true, &out->required) ||
        !read_list(place, node, "enum", &out->categories, &out->category_count))
        return false;
    out->type = (enum mlt_input_type)type;
    out->stability = stabilities[stability];
    return true;
}

static bool decode_inputs(const char *file, const struct mlt_json *list, struct mlt_arena *arena,
                          struct mlt_contract *out, struct mlt_err *err)
{
    struct place place = {"", arena, err};
    snprintf(place.text, sizeof place.text, "%.120s", file);
    if (!list || mlt_json_type(list) != MLT_JSON_ARRAY || mlt_json_count(list) == 0)
        return wrong(&place, "inputs", "a list of inputs, not empty", list);
    out->inputs = mlt_arena_calloc(arena, mlt_json_count(list), sizeof *out->inputs);
    if (!out->inputs)
        return mlt_err_oom(err);
    for (const struct mlt_json *at = mlt_json_first(list); at; at = mlt_json_next(at)) {
        struct mlt_input *input = &out->inputs[out->input_count];
        snprintf(place.text, sizeof place.text, "%.120s: inputs[%zu]", file, out->input_count);
        if (!decode_input(&place, at, input))
            return false;
        if (mlt_contract_find(out, input->name))
            return mlt_err_set(err, MLT_ERR_USAGE, "%s: an input of this name stands above",
                               place.text);
        out->input_count++;
    }
    return true;
}

static bool decode_output(const char *file, const struct mlt_json *node, struct mlt_arena *arena,
                          struct mlt_output *out, struct mlt_err *err)
{
    struct place place = {"", arena, err};
    int type;
    snprintf(place.text, sizeof place.text, "%.120s", file);
    if (!node || mlt_json_type(node) != MLT_JSON_OBJECT)
        return wrong(&place, "output", "an object", node);
    snprintf(place.text, sizeof place.text, "%.120s: output", file);
    if (!check_keys(&place, node, output_keys) ||
        !read_text(&place, node, "name", "prediction", &out->name) ||
        !read_word(&place, node, "type", output_types, -1, &type) ||
        !read_bounds(&place, node, &out->min, &out->max) ||
        !read_list(&place, node, "labels", &out->labels, &out->label_count))
        return false;
    out->type = (enum mlt_output_type)type;
    bool labelled = out->type == MLT_OUTPUT_LABEL || out->type == MLT_OUTPUT_PROBABILITIES;
    if (labelled && out->label_count == 0)
        return wrong(&place, "labels", "a list of the labels", NULL);
    return true;
}

bool mlt_contract_decode(const char *file, const struct mlt_json *config, struct mlt_arena *arena,
                         struct mlt_contract *out, struct mlt_err *err)
{
    struct mlt_contract contract = {0};
    if (!config || mlt_json_type(config) != MLT_JSON_OBJECT)
        return mlt_err_set(err, MLT_ERR_USAGE, "%s: expected an object, found %s", file,
                           config ? mlt_json_type_name(mlt_json_type(config)) : "nothing");
    if (!decode_inputs(file, mlt_json_get(config, "inputs"), arena, &contract, err) ||
        !decode_output(file, mlt_json_get(config, "output"), arena, &contract.output, err))
        return false;
    *out = contract;
    return true;
}

const struct mlt_input *mlt_contract_find(const struct mlt_contract *contract, const char *name)
{
    for (size_t i = 0; i < contract->input_count; i++)
        if (strcmp(contract->inputs[i].name, name) == 0)
            return &contract->inputs[i];
    return NULL;
}

static bool number_is(const char *text, double number)
{
    double value;
    return mlt_str_parse_double(text, strlen(text), &value) && value == number;
}

/* Is the value one of the texts? A number is one when a text is the same number. */
static bool among(const char *const *texts, size_t count, const char *text, double number)
{
    for (size_t i = 0; i < count; i++)
        if (text ? strcmp(texts[i], text) == 0 : number_is(texts[i], number))
            return true;
    return false;
}

static bool in_bounds(double value, double min, double max, char why[WHY])
{
    if (!isfinite(value)) {
        snprintf(why, WHY, "expected a finite number, found %s",
                 isnan(value) ? "NaN" : "an infinity");
        return false;
    }
    if (value < min) {
        snprintf(why, WHY, "expected at least %.17g, found %.17g", min, value);
        return false;
    }
    if (value > max) {
        snprintf(why, WHY, "expected at most %.17g, found %.17g", max, value);
        return false;
    }
    return true;
}

static bool refuse_kind(const char *expected, const struct mlt_value *value, char why[WHY])
{
    char digits[MLT_DOUBLE_CHARS];
    switch (value->kind) {
    case MLT_VALUE_ABSENT:
        snprintf(why, WHY, "expected %s, but the field is absent", expected);
        break;
    case MLT_VALUE_NULL:
        snprintf(why, WHY, "expected %s, found null", expected);
        break;
    case MLT_VALUE_NUMBER:
        snprintf(why, WHY, "expected %s, found %s", expected,
                 mlt_str_format_double(value->number, digits));
        break;
    case MLT_VALUE_TEXT:
        snprintf(why, WHY, "expected %s, found \"%.*s\"", expected,
                 (int)(value->len < 60 ? value->len : 60), value->text);
        break;
    case MLT_VALUE_BOOL:
        snprintf(why, WHY, "expected %s, found %s", expected, value->boolean ? "true" : "false");
        break;
    case MLT_VALUE_JSON:
        snprintf(why, WHY, "expected %s, found a list or an object", expected);
        break;
    }
    return false;
}

static bool admits_number(const struct mlt_input *input, const struct mlt_value *value,
                          char why[WHY])
{
    bool whole = input->type == MLT_INPUT_INTEGER;
    if (value->kind != MLT_VALUE_NUMBER)
        return refuse_kind(whole ? "a whole number" : "a number", value, why);
    if (!in_bounds(value->number, input->min, input->max, why))
        return false;
    if (whole && value->number != floor(value->number))
        return refuse_kind("a whole number", value, why);
    if (input->category_count &&
        !among(input->categories, input->category_count, NULL, value->number))
        return refuse_kind("one of the declared values", value, why);
    return true;
}

static bool admits_text(const struct mlt_input *input, const struct mlt_value *value, char why[WHY])
{
    bool number = value->kind == MLT_VALUE_NUMBER && input->type == MLT_INPUT_CATEGORY &&
                  isfinite(value->number);
    if (value->kind != MLT_VALUE_TEXT && !number)
        return refuse_kind(input->type == MLT_INPUT_CATEGORY ? "a category" : "text", value, why);
    if (input->category_count && !among(input->categories, input->category_count,
                                        number ? NULL : value->text, value->number))
        return refuse_kind("one of the declared categories", value, why);
    return true;
}

bool mlt_contract_admits(const struct mlt_input *input, const struct mlt_value *value,
                         char why[WHY])
{
    why[0] = '\0';
    if (value->kind == MLT_VALUE_ABSENT)
        return input->nullable || !input->required || refuse_kind("a value", value, why);
    if (value->kind == MLT_VALUE_NULL)
        return input->nullable || refuse_kind("a value", value, why);
    switch (input->type) {
    case MLT_INPUT_NUMBER:
    case MLT_INPUT_INTEGER:
        return admits_number(input, value, why);
    case MLT_INPUT_STRING:
    case MLT_INPUT_CATEGORY:
        return admits_text(input, value, why);
    case MLT_INPUT_BOOLEAN:
        break;
    }
    return value->kind == MLT_VALUE_BOOL || refuse_kind("true or false", value, why);
}

static bool distribution_ok(const struct mlt_output *output, const struct mlt_prediction *p,
                            char why[WHY])
{
    double sum = 0;
    if (p->vector_len != output->label_count) {
        snprintf(why, WHY, "expected %zu probabilities, one for each label, found %zu",
                 output->label_count, p->vector_len);
        return false;
    }
    for (size_t i = 0; i < p->vector_len; i++) {
        if (!in_bounds(p->vector[i], 0, 1, why))
            return false;
        sum += p->vector[i];
    }
    if (fabs(sum - 1) <= sum_tolerance)
        return true;
    snprintf(why, WHY, "expected probabilities that sum to 1, found a sum of %.17g", sum);
    return false;
}

static bool label_ok(const struct mlt_output *output, const struct mlt_prediction *p, char why[WHY])
{
    bool number = p->kind == MLT_PREDICTION_NUMBER;
    if (among(output->labels, output->label_count, number ? NULL : p->label, p->number))
        return true;
    if (number)
        snprintf(why, WHY, "expected one of %zu labels, found %.17g", output->label_count,
                 p->number);
    else
        snprintf(why, WHY, "expected one of %zu labels, found \"%.60s\"", output->label_count,
                 p->label);
    return false;
}

static const char *const prediction_kinds[] = {"nothing", "a number", "a label",
                                               "a list of probabilities"};

bool mlt_contract_output_ok(const struct mlt_output *output, const struct mlt_prediction *p,
                            char why[WHY])
{
    const char *expected = "a number";
    why[0] = '\0';
    switch (output->type) {
    case MLT_OUTPUT_NUMBER:
        if (p->kind == MLT_PREDICTION_NUMBER)
            return in_bounds(p->number, output->min, output->max, why);
        break;
    case MLT_OUTPUT_PROBABILITY:
        expected = "a probability";
        if (p->kind == MLT_PREDICTION_NUMBER)
            return in_bounds(p->number, 0, 1, why);
        break;
    case MLT_OUTPUT_LABEL:
        expected = "a label";
        /* Labels such as 0 and 1 often come as numbers. */
        if (p->kind == MLT_PREDICTION_LABEL || p->kind == MLT_PREDICTION_NUMBER)
            return label_ok(output, p, why);
        break;
    case MLT_OUTPUT_PROBABILITIES:
        expected = "a list of probabilities";
        if (p->kind == MLT_PREDICTION_VECTOR)
            return distribution_ok(output, p, why);
        break;
    case MLT_OUTPUT_TEXT:
        expected = "text";
        if (p->kind == MLT_PREDICTION_LABEL)
            return true;
        break;
    }
    snprintf(why, WHY, "expected %s, found %s%s%.120s", expected, prediction_kinds[p->kind],
             p->error ? ": " : "", p->error ? p->error : "");
    return false;
}
