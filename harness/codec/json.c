#include "harness/codec/json.h"

#include <cjson/cJSON.h>
#include <string.h>

#include "harness/base/str.h"
#include "harness/codec/json_check.h"

/* A node is a cJSON under another name; only this file knows. */
static const cJSON *as_cjson(const struct mlt_json *node)
{
    return (const cJSON *)node;
}

static const struct mlt_json *as_node(const cJSON *item)
{
    return (const struct mlt_json *)item;
}

static size_t number_length(const char *text, size_t len)
{
    size_t n = 0;
    while (n < len && text[n] && strchr("+-.0123456789eE", text[n]))
        n++;
    return n;
}

/* Copies a checked text with every number that is too long for cJSON in its shortest form. */
static void shorten_numbers(const char *text, size_t len, struct mlt_buf *out)
{
    bool in_string = false;
    for (size_t at = 0; at < len;) {
        char c = text[at];
        size_t size = 1;
        if (in_string) {
            size = c == '\\' ? 2 : 1;
            in_string = c != '"';
        } else if (c == '"') {
            in_string = true;
        } else if (c == '-' || (c >= '0' && c <= '9')) {
            size = number_length(text + at, len - at);
        }
        double value;
        if (!in_string && size > MLT_JSON_NUMBER_CHARS &&
            mlt_str_parse_double(text + at, size, &value)) {
            char shortest[MLT_DOUBLE_CHARS];
            mlt_buf_puts(out, mlt_str_format_double(value, shortest));
        } else {
            mlt_buf_append(out, text + at, size);
        }
        at += size;
    }
}

bool mlt_json_parse(const char *name, const char *text, size_t len, struct mlt_json **out,
                    struct mlt_err *err)
{
    struct mlt_json_facts facts;
    struct mlt_buf shortened = MLT_BUF_INIT;
    if (!mlt_json_check_facts(name, text, len, &facts, err))
        return false;
    if (facts.long_numbers) {
        shorten_numbers(text, len, &shortened);
        if (!mlt_buf_check(&shortened, err)) {
            mlt_buf_free(&shortened);
            return false;
        }
        text = shortened.data;
        len = shortened.len;
    }
    cJSON *document = cJSON_ParseWithLength(text, len);
    mlt_buf_free(&shortened);
    /* What passed the check can only fail for want of memory. */
    if (!document)
        return mlt_err_oom(err);
    *out = (struct mlt_json *)document;
    return true;
}

bool mlt_json_parse_kept(const char *name, const char *text, size_t len, struct mlt_json **out,
                         struct mlt_err *err)
{
    if (mlt_json_parse(name, text, len, out, err))
        return true;
    if (err->kind == MLT_ERR_USAGE)
        err->kind = MLT_ERR_EVIDENCE;
    return false;
}

void mlt_json_free(struct mlt_json *document)
{
    cJSON_Delete((cJSON *)document);
}

enum mlt_json_type mlt_json_type(const struct mlt_json *node)
{
    switch (as_cjson(node)->type & 0xff) {
    case cJSON_False:
    case cJSON_True:
        return MLT_JSON_BOOL;
    case cJSON_Number:
        return MLT_JSON_NUMBER;
    case cJSON_String:
        return MLT_JSON_STRING;
    case cJSON_Array:
        return MLT_JSON_ARRAY;
    case cJSON_Object:
        return MLT_JSON_OBJECT;
    default:
        return MLT_JSON_NULL;
    }
}

const char *mlt_json_type_name(enum mlt_json_type type)
{
    static const char *const names[] = {
        [MLT_JSON_NULL] = "null",       [MLT_JSON_BOOL] = "true or false",
        [MLT_JSON_NUMBER] = "a number", [MLT_JSON_STRING] = "a string",
        [MLT_JSON_ARRAY] = "an array",  [MLT_JSON_OBJECT] = "an object",
    };
    return (unsigned)type < sizeof names / sizeof *names ? names[type] : "unknown";
}

const struct mlt_json *mlt_json_get(const struct mlt_json *object, const char *key)
{
    if (!cJSON_IsObject(as_cjson(object)))
        return NULL;
    return as_node(cJSON_GetObjectItemCaseSensitive(as_cjson(object), key));
}

const struct mlt_json *mlt_json_first(const struct mlt_json *node)
{
    return node ? as_node(as_cjson(node)->child) : NULL;
}

const struct mlt_json *mlt_json_next(const struct mlt_json *node)
{
    return node ? as_node(as_cjson(node)->next) : NULL;
}

const char *mlt_json_key(const struct mlt_json *node)
{
    return node ? as_cjson(node)->string : NULL;
}

size_t mlt_json_count(const struct mlt_json *node)
{
    size_t count = 0;
    for (const struct mlt_json *child = mlt_json_first(node); child; child = mlt_json_next(child))
        count++;
    return count;
}

bool mlt_json_number(const struct mlt_json *node, double *out)
{
    if (!cJSON_IsNumber(as_cjson(node)))
        return false;
    *out = as_cjson(node)->valuedouble;
    return true;
}

bool mlt_json_bool(const struct mlt_json *node, bool *out)
{
    if (!cJSON_IsBool(as_cjson(node)))
        return false;
    *out = cJSON_IsTrue(as_cjson(node));
    return true;
}

const char *mlt_json_string(const struct mlt_json *node)
{
    return cJSON_IsString(as_cjson(node)) ? as_cjson(node)->valuestring : NULL;
}

static bool want(const struct mlt_json *object, const char *key, enum mlt_json_type type,
                 const struct mlt_json **out, struct mlt_err *err)
{
    const struct mlt_json *node = mlt_json_get(object, key);
    if (!node)
        return mlt_err_set(err, MLT_ERR_USAGE, "the key \"%s\" is missing", key);
    if (mlt_json_type(node) != type)
        return mlt_err_set(err, MLT_ERR_USAGE, "\"%s\" must be %s, but is %s", key,
                           mlt_json_type_name(type), mlt_json_type_name(mlt_json_type(node)));
    *out = node;
    return true;
}

const char *mlt_json_text(const struct mlt_json *object, const char *key, struct mlt_arena *arena)
{
    return mlt_arena_strdup(arena, mlt_json_string(mlt_json_get(object, key)));
}

bool mlt_json_want_string(const struct mlt_json *object, const char *key, const char **out,
                          struct mlt_err *err)
{
    const struct mlt_json *node;
    if (!want(object, key, MLT_JSON_STRING, &node, err))
        return false;
    *out = mlt_json_string(node);
    return true;
}

bool mlt_json_want_number(const struct mlt_json *object, const char *key, double *out,
                          struct mlt_err *err)
{
    const struct mlt_json *node;
    return want(object, key, MLT_JSON_NUMBER, &node, err) && mlt_json_number(node, out);
}
