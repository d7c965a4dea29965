#include "harness/config/schema.h"

#include <string.h>
#include <strings.h>

#include "harness/base/arena.h"
#include "harness/base/str.h"
#include "harness/criteria/sentence.h"

struct checker {
    const char *root;    /* as the caller named it */
    struct mlt_buf path; /* "suites.regression[0]"; empty at the root */
    struct mlt_err *err;
};

static bool check(struct checker *c, const struct mlt_schema *schema, const struct mlt_yaml *node);

static const char *place(const struct checker *c)
{
    return c->path.len > 0 ? c->path.data : c->root;
}

/* The scalar as it may be shown, in quotes; what else it is, in words. */
static const char *seen(const struct mlt_yaml *node, char out[160])
{
    struct mlt_buf text = MLT_BUF_INIT;
    if (mlt_yaml_is_null(node))
        return "nothing";
    if (node->kind != MLT_YAML_SCALAR)
        return mlt_yaml_kind_name(node);
    mlt_buf_putc(&text, '\'');
    mlt_str_append_safe(&text, node->text, strlen(node->text), 60);
    mlt_buf_putc(&text, '\'');
    size_t len = text.len < 159 ? text.len : 159;
    memcpy(out, text.data, len);
    out[len] = '\0';
    mlt_buf_free(&text);
    return out;
}

static bool wrong(struct checker *c, const struct mlt_yaml *node, const char *expected)
{
    char text[160];
    return mlt_yaml_fault(node, c->err, "%s must be %s, found %s", place(c), expected,
                          seen(node, text));
}

/* "a, b, c" */
static void list_words(struct mlt_buf *out, const char *const *words)
{
    for (size_t i = 0; words[i]; i++)
        mlt_buf_printf(out, "%s%s", i ? ", " : "", words[i]);
}

static bool is_plain(const struct mlt_yaml *node)
{
    return node->kind == MLT_YAML_SCALAR && !node->quoted;
}

static bool is_not_finite(const char *text)
{
    static const char *const words[] = {"nan", "inf", "infinity"};
    text += *text == '-' || *text == '+';
    text += *text == '.';
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasecmp(text, words[i]) == 0)
            return true;
    return false;
}

static bool in_range(struct checker *c, const struct mlt_schema *schema,
                     const struct mlt_yaml *node, double value)
{
    char lo[MLT_DOUBLE_CHARS], hi[MLT_DOUBLE_CHARS];
    bool bounded = schema->min != 0 || schema->max != 0;
    if (!bounded || (value >= schema->min && value <= schema->max))
        return true;
    mlt_str_format_double(schema->min, lo);
    mlt_str_format_double(schema->max, hi);
    return mlt_yaml_fault(node, c->err, "%s must be from %s to %s, found %s", place(c), lo, hi,
                          node->text);
}

static bool check_number(struct checker *c, const struct mlt_schema *schema,
                         const struct mlt_yaml *node)
{
    double value;
    int64_t whole;
    bool integer = schema->type == MLT_SCHEMA_INTEGER;
    if (is_plain(node) && is_not_finite(node->text))
        return mlt_yaml_fault(node, c->err, "%s must be a finite number, found %s", place(c),
                              node->text);
    if (integer ? !mlt_schema_integer(node, &whole) : !mlt_schema_number(node, &value))
        return wrong(c, node, integer ? "a whole number" : "a number");
    return in_range(c, schema, node, integer ? (double)whole : value);
}

static bool check_boolean(struct checker *c, const struct mlt_yaml *node)
{
    static const char *const yes[] = {"yes", "on", "y", "True", "TRUE", "Yes", "On", "1", NULL};
    static const char *const no[] = {"no", "off", "n", "False", "FALSE", "No", "Off", "0", NULL};
    bool value;
    if (mlt_schema_boolean(node, &value))
        return true;
    for (size_t i = 0; is_plain(node) && yes[i]; i++) {
        if (strcmp(node->text, yes[i]) == 0 || strcmp(node->text, no[i]) == 0)
            return mlt_yaml_fault(node, c->err, "%s must be true or false, found '%s'; did you mean '%s'?",
                                  place(c), node->text,
                                  strcmp(node->text, yes[i]) == 0 ? "true" : "false");
    }
    return wrong(c, node, "true or false");
}

static bool check_word(struct checker *c, const struct mlt_schema *schema,
                       const struct mlt_yaml *node)
{
    struct mlt_buf words = MLT_BUF_INIT;
    char text[160];
    bool scalar = node->kind == MLT_YAML_SCALAR && !mlt_yaml_is_null(node);
    for (size_t i = 0; scalar && schema->words[i]; i++)
        if (strcmp(schema->words[i], node->text) == 0)
            return true;
    const char *nearest = scalar ? mlt_str_nearest(node->text, schema->words) : NULL;
    const char *also = schema->type == MLT_SCHEMA_NUMBER_OR_WORD ? "a number or " : "";
    list_words(&words, schema->words);
    if (nearest)
        mlt_yaml_fault(node, c->err, "%s must be %sone of %s, found %s; did you mean '%s'?",
                       place(c), also, words.data, seen(node, text), nearest);
    else
        mlt_yaml_fault(node, c->err, "%s must be %sone of %s, found %s", place(c), also, words.data,
                       seen(node, text));
    mlt_buf_free(&words);
    return false;
}

static bool check_sentence(struct checker *c, const struct mlt_yaml *node)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_sentence sentence;
    if (node->kind != MLT_YAML_SCALAR || mlt_yaml_is_null(node))
        return wrong(c, node, "a sentence such as 'rmse <= 6'");
    bool ok = mlt_sentence_parse(node->text, &arena, &sentence, c->err);
    mlt_arena_free(&arena);
    return ok || mlt_err_prefix(c->err, "%s:%d:%d: %s", node->file, node->line, node->column,
                                place(c));
}

static bool check_unknown_key(struct checker *c, const struct mlt_schema *schema,
                              const struct mlt_yaml *key)
{
    const char *words[64] = {NULL};
    struct mlt_buf known = MLT_BUF_INIT;
    char text[160];
    size_t count = 0;
    for (; schema->keys[count].name; count++) {
        if (strcmp(schema->keys[count].name, key->text) == 0)
            return true;
        if (count < 63)
            words[count] = schema->keys[count].name;
    }
    const char *nearest = mlt_str_nearest(key->text, words);
    list_words(&known, words);
    if (nearest)
        mlt_yaml_fault(key, c->err, "unknown key %s in %s; did you mean '%s'?", seen(key, text),
                       place(c), nearest);
    else
        mlt_yaml_fault(key, c->err, "unknown key %s in %s; known are %s", seen(key, text), place(c),
                       known.data);
    mlt_buf_free(&known);
    return false;
}

static bool check_child(struct checker *c, const struct mlt_schema *schema,
                        const struct mlt_yaml *node, const char *key, size_t index)
{
    size_t before = c->path.len;
    if (key)
        mlt_buf_printf(&c->path, "%s", before ? "." : "");
    if (key)
        mlt_str_append_safe(&c->path, key, strlen(key), 60);
    else
        mlt_buf_printf(&c->path, "[%zu]", index);
    if (c->path.oom)
        return mlt_err_oom(c->err);
    bool ok = check(c, schema, node);
    c->path.len = before;
    if (c->path.capacity)
        c->path.data[before] = '\0';
    return ok;
}

static bool check_object(struct checker *c, const struct mlt_schema *schema,
                         const struct mlt_yaml *node)
{
    if (node->kind != MLT_YAML_MAPPING)
        return wrong(c, node, "a mapping");
    for (size_t i = 0; i < node->count; i++)
        if (!check_unknown_key(c, schema, node->keys[i]))
            return false;
    for (const struct mlt_schema_key *key = schema->keys; key->name; key++) {
        const struct mlt_yaml *value = mlt_yaml_get(node, key->name);
        if (!value && key->required)
            return mlt_yaml_fault(node, c->err, "the key '%s' is missing in %s (%s)", key->name,
                                  place(c), key->doc ? key->doc : "required");
        if (value && !check_child(c, key->schema, value, key->name, 0))
            return false;
    }
    return true;
}

static bool check_list(struct checker *c, const struct mlt_schema *schema,
                       const struct mlt_yaml *node)
{
    if (node->kind != MLT_YAML_SEQUENCE)
        return wrong(c, node, "a list");
    if (node->count == 0 && !schema->empty_ok)
        return mlt_yaml_fault(node, c->err, "%s must not be an empty list", place(c));
    for (size_t i = 0; i < node->count; i++)
        if (!check_child(c, schema->item, node->values[i], NULL, i))
            return false;
    return true;
}

static bool check_map(struct checker *c, const struct mlt_schema *schema,
                      const struct mlt_yaml *node)
{
    if (node->kind != MLT_YAML_MAPPING)
        return wrong(c, node, "a mapping");
    if (node->count == 0 && !schema->empty_ok)
        return mlt_yaml_fault(node, c->err, "%s must not be empty", place(c));
    for (size_t i = 0; i < node->count; i++)
        if (!check_child(c, schema->item, node->values[i], node->keys[i]->text, 0))
            return false;
    return true;
}

static bool check(struct checker *c, const struct mlt_schema *schema, const struct mlt_yaml *node)
{
    uint64_t ns;
    double share;
    switch (schema->type) {
    case MLT_SCHEMA_ANY:
        return true;
    case MLT_SCHEMA_TEXT:
        return (node->kind == MLT_YAML_SCALAR && !mlt_yaml_is_null(node)) ||
               wrong(c, node, "text");
    case MLT_SCHEMA_INTEGER:
    case MLT_SCHEMA_NUMBER:
        return check_number(c, schema, node);
    case MLT_SCHEMA_BOOLEAN:
        return check_boolean(c, node);
    case MLT_SCHEMA_DURATION:
        return mlt_schema_duration_ns(node, &ns) ||
               wrong(c, node, "a duration such as 5s, 250ms, 10m or 14d");
    case MLT_SCHEMA_PERCENT:
        return mlt_schema_share(node, &share) ||
               wrong(c, node, "a percentage such as 5% or a share from 0 to 1");
    case MLT_SCHEMA_SENTENCE:
        return check_sentence(c, node);
    case MLT_SCHEMA_WORD:
        return check_word(c, schema, node);
    case MLT_SCHEMA_NUMBER_OR_WORD:
        return mlt_schema_number(node, &share) ? in_range(c, schema, node, share)
                                               : check_word(c, schema, node);
    case MLT_SCHEMA_LIST:
        return check_list(c, schema, node);
    case MLT_SCHEMA_MAP:
        return check_map(c, schema, node);
    case MLT_SCHEMA_OBJECT:
        return check_object(c, schema, node);
    case MLT_SCHEMA_SCALAR_OR:
        return check(c, node->kind == MLT_YAML_SCALAR ? schema->scalar : schema->item, node);
    }
    return false;
}

bool mlt_schema_check(const struct mlt_schema *schema, const struct mlt_yaml *node,
                      const char *where, struct mlt_err *err)
{
    struct checker c = {where, MLT_BUF_INIT, err};
    if (!node)
        return mlt_err_set(err, MLT_ERR_USAGE, "%s:1:1: the file is empty", where);
    if (!strchr(where, '/') && !mlt_str_ends(where, ".yaml") && !mlt_str_ends(where, ".yml"))
        mlt_buf_puts(&c.path, where);
    bool ok = check(&c, schema, node);
    mlt_buf_free(&c.path);
    return ok;
}

bool mlt_schema_text(const struct mlt_yaml *node, const char **out)
{
    if (!node || node->kind != MLT_YAML_SCALAR || mlt_yaml_is_null(node))
        return false;
    *out = node->text;
    return true;
}

bool mlt_schema_number(const struct mlt_yaml *node, double *out)
{
    return node && is_plain(node) && mlt_str_parse_double(node->text, strlen(node->text), out);
}

bool mlt_schema_integer(const struct mlt_yaml *node, int64_t *out)
{
    if (!node || !is_plain(node))
        return false;
    bool negative = node->text[0] == '-';
    uint64_t value;
    if (!mlt_str_parse_uint(node->text + negative, INT64_MAX, &value))
        return false;
    *out = negative ? -(int64_t)value : (int64_t)value;
    return true;
}

bool mlt_schema_boolean(const struct mlt_yaml *node, bool *out)
{
    if (!node || !is_plain(node))
        return false;
    bool yes = strcmp(node->text, "true") == 0;
    if (!yes && strcmp(node->text, "false") != 0)
        return false;
    *out = yes;
    return true;
}

bool mlt_schema_duration_ns(const struct mlt_yaml *node, uint64_t *out)
{
    return node && node->kind == MLT_YAML_SCALAR && mlt_str_parse_duration_ns(node->text, out);
}

bool mlt_schema_share(const struct mlt_yaml *node, double *out)
{
    double value;
    if (!node || node->kind != MLT_YAML_SCALAR)
        return false;
    size_t len = strlen(node->text);
    bool percent = len > 1 && node->text[len - 1] == '%';
    if (!mlt_str_parse_double(node->text, percent ? len - 1 : len, &value))
        return false;
    if (percent)
        value /= 100;
    if (!(value >= 0 && value <= 1))
        return false;
    *out = value;
    return true;
}
