#include "harness/domain/contract.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/buf.h"
#include "harness/base/str.h"
#include "harness/domain/names.h"

static const char *const input_types[] = {"number",   "integer", "string",
                                          "category", "boolean", NULL};
static const char *const output_types[] = {"number",        "probability", "label",
                                           "probabilities", "text",        NULL};
static const char *const stabilities[] = {"stable", "beta", "experimental", NULL};
static const char *const input_keys[] = {"name",      "type",     "unit",     "min",
                                         "max",       "nullable", "required", "enum",
                                         "stability", "default",  NULL};
static const char *const output_keys[] = {"name",   "type", "min",       "max",
                                          "labels", "unit", "stability", NULL};

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

/* `why` says what is wrong with the default, which must be a value the field admits. */
static bool read_default(const struct place *place, const struct mlt_json *object,
                         struct mlt_input *out)
{
    const struct mlt_json *node = mlt_json_get(object, "default");
    struct mlt_value value = {0};
    char why[256], digits[MLT_DOUBLE_CHARS];
    if (!node)
        return true;
    switch (mlt_json_type(node)) {
    case MLT_JSON_NULL:
        value.kind = MLT_VALUE_NULL;
        out->fallback = "null";
        break;
    case MLT_JSON_NUMBER:
        value.kind = MLT_VALUE_NUMBER;
        (void)mlt_json_number(node, &value.number);
        out->fallback = mlt_str_format_double(value.number, digits);
        break;
    case MLT_JSON_BOOL:
        value.kind = MLT_VALUE_BOOL;
        (void)mlt_json_bool(node, &value.boolean);
        out->fallback = value.boolean ? "true" : "false";
        break;
    case MLT_JSON_STRING:
        value.kind = MLT_VALUE_TEXT;
        value.text = out->fallback = mlt_json_string(node);
        value.len = strlen(value.text);
        break;
    default:
        return wrong(place, "default", "a number, a text, true, false or null", node);
    }
    if (!mlt_contract_admits(out, &value, why))
        return mlt_err_set(place->err, MLT_ERR_USAGE, "%s: default: %s", place->text, why);
    out->fallback = mlt_arena_strdup(place->arena, out->fallback);
    out->fallback_json = mlt_json_node_text(node, place->arena, place->err);
    return (out->fallback && out->fallback_json) || mlt_err_oom(place->err);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A text that stands twice among these, or NULL. `sorted` has room for them. */
static const char *twice(const char *const *texts, size_t count, const char **sorted)
{
    if (count)
        memcpy(sorted, texts, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, by_text);
    for (size_t i = 1; i < count; i++)
        if (strcmp(sorted[i - 1], sorted[i]) == 0)
            return sorted[i];
    return NULL;
}

static bool check_twice(const struct place *place, const char *what, const char *const *texts,
                        size_t count)
{
    const char **sorted = mlt_arena_calloc(place->arena, count, sizeof *sorted);
    if (!sorted)
        return mlt_err_oom(place->err);
    const char *found = twice(texts, count, sorted);
    return !found || mlt_err_set(place->err, MLT_ERR_USAGE, "%s: %s \"%.60s\" stands there twice",
                                 place->text, what, found);
}

static bool check_names(const struct place *place, const char *const *names, size_t count)
{
    const char *fault;
    size_t at;
    if (!mlt_names_check(names, count, place->arena, &fault, &at, place->err))
        return false;
    return !fault || mlt_err_set(place->err, MLT_ERR_USAGE, "%s: %s", place->text, fault);
}

static bool decode_input(struct place *place, const struct mlt_json *node, struct mlt_input *out)
{
    int type, stability;
    if (mlt_json_type(node) != MLT_JSON_OBJECT)
        return wrong(place, "an entry", "an object", node);
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
        !read_list(place, node, "enum", &out->categories, &out->category_count) ||
        !check_twice(place, "enum", out->categories, out->category_count))
        return false;
    out->type = (enum mlt_input_type)type;
    out->stability = stabilities[stability];
    return read_default(place, node, out);
}

/* The list `key` of a config.json. */
static bool decode_fields(const char *file, const char *key, const struct mlt_json *list,
                          struct mlt_arena *arena, struct mlt_input **out, size_t *out_count,
                          struct mlt_err *err)
{
    struct place place = {"", arena, err};
    size_t most = mlt_json_count(list), count = 0;
    struct mlt_input *fields = mlt_arena_calloc(arena, most, sizeof *fields);
    const char **names = mlt_arena_calloc(arena, most, sizeof *names);
    if (!fields || !names)
        return mlt_err_oom(err);
    for (const struct mlt_json *at = mlt_json_first(list); at; at = mlt_json_next(at)) {
        snprintf(place.text, sizeof place.text, "%.120s: %s[%zu]", file, key, count);
        if (!decode_input(&place, at, &fields[count]))
            return false;
        names[count] = fields[count].name;
        count++;
    }
    snprintf(place.text, sizeof place.text, "%.120s: %s", file, key);
    if (!check_twice(&place, "the name", names, count) || !check_names(&place, names, count))
        return false;
    *out = fields;
    *out_count = count;
    return true;
}

static bool decode_inputs(const char *file, const struct mlt_json *list, struct mlt_arena *arena,
                          struct mlt_contract *out, struct mlt_err *err)
{
    struct place place = {"", arena, err};
    snprintf(place.text, sizeof place.text, "%.120s", file);
    if (!list || mlt_json_type(list) != MLT_JSON_ARRAY || mlt_json_count(list) == 0)
        return wrong(&place, "inputs", "a list of inputs, not empty", list);
    return decode_fields(file, "inputs", list, arena, &out->inputs, &out->input_count, err);
}

static bool decode_settings(const char *file, const struct mlt_json *list, struct mlt_arena *arena,
                            struct mlt_contract *out, struct mlt_err *err)
{
    struct place place = {"", arena, err};
    snprintf(place.text, sizeof place.text, "%.120s", file);
    if (list && mlt_json_type(list) != MLT_JSON_ARRAY)
        return wrong(&place, "settings", "a list of settings", list);
    return decode_fields(file, "settings", list, arena, &out->settings, &out->setting_count, err);
}

static bool decode_output(const char *file, const struct mlt_json *node, struct mlt_arena *arena,
                          struct mlt_output *out, struct mlt_err *err)
{
    struct place place = {"", arena, err};
    int type, stability;
    snprintf(place.text, sizeof place.text, "%.120s", file);
    if (!node || mlt_json_type(node) != MLT_JSON_OBJECT)
        return wrong(&place, "output", "an object", node);
    snprintf(place.text, sizeof place.text, "%.120s: output", file);
    if (!check_keys(&place, node, output_keys) ||
        !read_text(&place, node, "name", "prediction", &out->name) ||
        !read_word(&place, node, "type", output_types, -1, &type) ||
        !read_word(&place, node, "stability", stabilities, 0, &stability) ||
        !read_text(&place, node, "unit", NULL, &out->unit) ||
        !read_bounds(&place, node, &out->min, &out->max) ||
        !read_list(&place, node, "labels", &out->labels, &out->label_count) ||
        !check_twice(&place, "label", out->labels, out->label_count))
        return false;
    out->stability = stabilities[stability];
    out->type = (enum mlt_output_type)type;
    bool labelled = out->type == MLT_OUTPUT_LABEL || out->type == MLT_OUTPUT_PROBABILITIES;
    if (labelled && out->label_count == 0)
        return wrong(&place, "labels", "a list of the labels", NULL);
    return true;
}

static bool decode_converter(const char *file, const struct mlt_json *node, struct mlt_arena *arena,
                             struct mlt_contract *out, struct mlt_err *err)
{
    static const char *const keys[] = {"command", NULL};
    struct place place = {"", arena, err};
    const char *const *command;
    size_t count;
    snprintf(place.text, sizeof place.text, "%.120s: converter", file);
    if (!node)
        return true;
    if (mlt_json_type(node) != MLT_JSON_OBJECT)
        return wrong(&place, "it", "an object with a command", node);
    if (!check_keys(&place, node, keys) || !read_list(&place, node, "command", &command, &count))
        return false;
    if (count == 0 || command[0][0] == '\0')
        return wrong(&place, "command", "a list of a program and its arguments", NULL);
    const char **argv = mlt_arena_calloc(arena, count + 1, sizeof *argv);
    if (!argv)
        return mlt_err_oom(err);
    memcpy(argv, command, count * sizeof *argv);
    out->converter = argv;
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
        !decode_output(file, mlt_json_get(config, "output"), arena, &contract.output, err) ||
        !decode_settings(file, mlt_json_get(config, "settings"), arena, &contract, err) ||
        !decode_converter(file, mlt_json_get(config, "converter"), arena, &contract, err))
        return false;
    *out = contract;
    return true;
}
