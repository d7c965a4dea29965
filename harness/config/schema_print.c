#include <string.h>

#include "harness/codec/json.h"
#include "harness/config/schema.h"

/* Shapes are const tables and could in principle refer to themselves. */
enum { DEPTH_MAX = 20 };

static void print(struct mlt_json_out *out, const struct mlt_schema *schema, int depth);

static void print_type(struct mlt_json_out *out, const char *type)
{
    mlt_json_out_kstring(out, "type", type);
}

static void print_bounds(struct mlt_json_out *out, const struct mlt_schema *schema)
{
    if (schema->min == 0 && schema->max == 0)
        return;
    mlt_json_out_knumber(out, "minimum", schema->min);
    mlt_json_out_knumber(out, "maximum", schema->max);
}

static void print_text(struct mlt_json_out *out)
{
    static const char *const types[] = {"string", "number", "boolean"};
    mlt_json_out_key(out, "type");
    mlt_json_out_array(out);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        mlt_json_out_string(out, types[i]);
    mlt_json_out_array_end(out);
}

static void print_percent(struct mlt_json_out *out)
{
    mlt_json_out_key(out, "anyOf");
    mlt_json_out_array(out);
    mlt_json_out_object(out);
    print_type(out, "number");
    mlt_json_out_knumber(out, "minimum", 0);
    mlt_json_out_knumber(out, "maximum", 1);
    mlt_json_out_object_end(out);
    mlt_json_out_object(out);
    print_type(out, "string");
    mlt_json_out_kstring(out, "pattern", "^[0-9]+(\\.[0-9]+)?%?$");
    mlt_json_out_object_end(out);
    mlt_json_out_array_end(out);
}

static void print_words(struct mlt_json_out *out, const struct mlt_schema *schema)
{
    mlt_json_out_key(out, "enum");
    mlt_json_out_array(out);
    for (size_t i = 0; schema->words[i]; i++)
        mlt_json_out_string(out, schema->words[i]);
    mlt_json_out_array_end(out);
}

static void print_number_or_word(struct mlt_json_out *out, const struct mlt_schema *schema)
{
    mlt_json_out_key(out, "anyOf");
    mlt_json_out_array(out);
    mlt_json_out_object(out);
    print_type(out, "number");
    print_bounds(out, schema);
    mlt_json_out_object_end(out);
    mlt_json_out_object(out);
    print_words(out, schema);
    mlt_json_out_object_end(out);
    mlt_json_out_array_end(out);
}

static void print_object(struct mlt_json_out *out, const struct mlt_schema *schema, int depth)
{
    bool required = false;
    print_type(out, "object");
    mlt_json_out_key(out, "properties");
    mlt_json_out_object(out);
    for (const struct mlt_schema_key *key = schema->keys; key->name; key++) {
        mlt_json_out_key(out, key->name);
        mlt_json_out_object(out);
        if (key->doc)
            mlt_json_out_kstring(out, "description", key->doc);
        print(out, key->schema, depth + 1);
        mlt_json_out_object_end(out);
        required = required || key->required;
    }
    mlt_json_out_object_end(out);
    mlt_json_out_kbool(out, "additionalProperties", false);
    if (!required)
        return;
    mlt_json_out_key(out, "required");
    mlt_json_out_array(out);
    for (const struct mlt_schema_key *key = schema->keys; key->name; key++)
        if (key->required)
            mlt_json_out_string(out, key->name);
    mlt_json_out_array_end(out);
}

static void print_under(struct mlt_json_out *out, const char *key, const struct mlt_schema *schema,
                        int depth)
{
    mlt_json_out_key(out, key);
    mlt_json_out_object(out);
    print(out, schema, depth + 1);
    mlt_json_out_object_end(out);
}

static void print_either(struct mlt_json_out *out, const struct mlt_schema *schema, int depth)
{
    const struct mlt_schema *const either[] = {schema->scalar, schema->item};
    mlt_json_out_key(out, "anyOf");
    mlt_json_out_array(out);
    for (size_t i = 0; i < 2; i++) {
        mlt_json_out_object(out);
        print(out, either[i], depth + 1);
        mlt_json_out_object_end(out);
    }
    mlt_json_out_array_end(out);
}

/* The members of a schema object that the caller has opened. */
static void print(struct mlt_json_out *out, const struct mlt_schema *schema, int depth)
{
    if (depth > DEPTH_MAX)
        return;
    switch (schema->type) {
    case MLT_SCHEMA_ANY:
        break;
    case MLT_SCHEMA_TEXT:
        print_text(out);
        break;
    case MLT_SCHEMA_INTEGER:
    case MLT_SCHEMA_NUMBER:
        print_type(out, schema->type == MLT_SCHEMA_INTEGER ? "integer" : "number");
        print_bounds(out, schema);
        break;
    case MLT_SCHEMA_BOOLEAN:
        print_type(out, "boolean");
        break;
    case MLT_SCHEMA_DURATION:
        print_type(out, "string");
        mlt_json_out_kstring(out, "pattern", "^[0-9]+(\\.[0-9]+)?(ns|us|ms|s|m|h|d)$");
        break;
    case MLT_SCHEMA_PERCENT:
        print_percent(out);
        break;
    case MLT_SCHEMA_SENTENCE:
        print_type(out, "string");
        break;
    case MLT_SCHEMA_WORD:
        print_words(out, schema);
        break;
    case MLT_SCHEMA_NUMBER_OR_WORD:
        print_number_or_word(out, schema);
        break;
    case MLT_SCHEMA_LIST:
        print_type(out, "array");
        if (!schema->empty_ok)
            mlt_json_out_kint(out, "minItems", 1);
        print_under(out, "items", schema->item, depth);
        break;
    case MLT_SCHEMA_MAP:
        print_type(out, "object");
        if (!schema->empty_ok)
            mlt_json_out_kint(out, "minProperties", 1);
        print_under(out, "additionalProperties", schema->item, depth);
        break;
    case MLT_SCHEMA_OBJECT:
        print_object(out, schema, depth);
        break;
    case MLT_SCHEMA_SCALAR_OR:
        print_either(out, schema, depth);
        break;
    }
}

bool mlt_schema_print(const struct mlt_schema *schema, const char *title, struct mlt_buf *buf,
                      struct mlt_err *err)
{
    struct mlt_json_out out;
    mlt_json_out_init(&out, buf, true);
    mlt_json_out_object(&out);
    mlt_json_out_kstring(&out, "$schema", "https://json-schema.org/draft/2020-12/schema");
    mlt_json_out_kstring(&out, "title", title);
    if (schema->doc)
        mlt_json_out_kstring(&out, "description", schema->doc);
    print(&out, schema, 0);
    mlt_json_out_object_end(&out);
    mlt_buf_putc(buf, '\n');
    return mlt_json_out_finish(&out, err);
}
