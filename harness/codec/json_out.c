/* The writing half of json.h. */
#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "harness/base/str.h"
#include "harness/codec/json.h"

/* One bit of has_items per depth. */
enum { DEPTH_MAX = 64 };

void mlt_json_out_init(struct mlt_json_out *out, struct mlt_buf *buf, bool indent)
{
    *out = (struct mlt_json_out){.buf = buf, .indent = indent ? 2 : 0};
}

static void new_line(struct mlt_json_out *out)
{
    if (!out->indent)
        return;
    mlt_buf_putc(out->buf, '\n');
    for (int i = 0; i < out->depth * out->indent; i++)
        mlt_buf_putc(out->buf, ' ');
}

static bool has_items(const struct mlt_json_out *out)
{
    return out->depth <= DEPTH_MAX && out->has_items >> (out->depth - 1) & 1;
}

/* What stands in front of a key or of an array's element. */
static void separate(struct mlt_json_out *out)
{
    if (out->depth == 0)
        return;
    if (has_items(out))
        mlt_buf_putc(out->buf, ',');
    if (out->depth <= DEPTH_MAX)
        out->has_items |= (uint64_t)1 << (out->depth - 1);
    new_line(out);
}

static void before_value(struct mlt_json_out *out)
{
    if (!out->after_key)
        separate(out);
    out->after_key = false;
}

static void open(struct mlt_json_out *out, char bracket)
{
    before_value(out);
    mlt_buf_putc(out->buf, bracket);
    out->depth++;
    if (out->depth > DEPTH_MAX)
        out->too_deep = true;
    else
        out->has_items &= ~((uint64_t)1 << (out->depth - 1));
}

static void end(struct mlt_json_out *out, char bracket)
{
    assert(out->depth > 0 && !out->after_key);
    bool any = has_items(out);
    out->depth--;
    if (any)
        new_line(out);
    mlt_buf_putc(out->buf, bracket);
}

void mlt_json_out_object(struct mlt_json_out *out)
{
    open(out, '{');
}

void mlt_json_out_object_end(struct mlt_json_out *out)
{
    end(out, '}');
}

void mlt_json_out_array(struct mlt_json_out *out)
{
    open(out, '[');
}

void mlt_json_out_array_end(struct mlt_json_out *out)
{
    end(out, ']');
}

static void append_escaped(struct mlt_buf *buf, uint32_t code)
{
    static const char codes[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
    const char *found = strchr(codes, (int)code);
    if (code && found)
        mlt_buf_printf(buf, "\\%c", letters[found - codes]);
    else
        mlt_buf_printf(buf, "\\u%04" PRIx32, code);
}

static bool is_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

static void quote(struct mlt_buf *buf, const char *text, size_t len)
{
    mlt_buf_putc(buf, '"');
    for (size_t at = 0; at < len;) {
        size_t run = at;
        while (run < len && is_plain((unsigned char)text[run]))
            run++;
        mlt_buf_append(buf, text + at, run - at);
        at = run;
        if (at == len)
            break;
        uint32_t code;
        size_t size = mlt_str_utf8_char(text + at, len - at, &code);
        if (size == 0)
            mlt_buf_puts(buf, "\xef\xbf\xbd");
        else if (code < 0x80)
            append_escaped(buf, code);
        else
            mlt_buf_append(buf, text + at, size);
        at += size ? size : 1;
    }
    mlt_buf_putc(buf, '"');
}

void mlt_json_out_key(struct mlt_json_out *out, const char *key)
{
    assert(out->depth > 0 && !out->after_key);
    separate(out);
    quote(out->buf, key, strlen(key));
    mlt_buf_puts(out->buf, out->indent ? ": " : ":");
    out->after_key = true;
}

void mlt_json_out_string_len(struct mlt_json_out *out, const char *text, size_t len)
{
    before_value(out);
    quote(out->buf, text, len);
}

void mlt_json_out_string(struct mlt_json_out *out, const char *text)
{
    if (text)
        mlt_json_out_string_len(out, text, strlen(text));
    else
        mlt_json_out_null(out);
}

void mlt_json_out_number(struct mlt_json_out *out, double value)
{
    char text[MLT_DOUBLE_CHARS];
    before_value(out);
    if (!isfinite(value)) {
        /* Finish refuses the document; the text stays well formed meanwhile. */
        out->not_finite = true;
        mlt_buf_putc(out->buf, '0');
        return;
    }
    mlt_buf_puts(out->buf, mlt_str_format_double(value, text));
}

void mlt_json_out_int(struct mlt_json_out *out, int64_t value)
{
    before_value(out);
    mlt_buf_printf(out->buf, "%" PRId64, value);
}

void mlt_json_out_bool(struct mlt_json_out *out, bool value)
{
    before_value(out);
    mlt_buf_puts(out->buf, value ? "true" : "false");
}

void mlt_json_out_null(struct mlt_json_out *out)
{
    before_value(out);
    mlt_buf_puts(out->buf, "null");
}

void mlt_json_out_raw(struct mlt_json_out *out, const char *json, size_t len)
{
    before_value(out);
    mlt_buf_append(out->buf, json, len);
}

static void out_children(struct mlt_json_out *out, const struct mlt_json *node, bool keyed)
{
    for (const struct mlt_json *child = mlt_json_first(node); child; child = mlt_json_next(child)) {
        if (keyed)
            mlt_json_out_key(out, mlt_json_key(child));
        mlt_json_out_node(out, child);
    }
}

void mlt_json_out_node(struct mlt_json_out *out, const struct mlt_json *node)
{
    double number = 0;
    bool flag = false;
    switch (node ? mlt_json_type(node) : MLT_JSON_NULL) {
    case MLT_JSON_NULL:
        mlt_json_out_null(out);
        return;
    case MLT_JSON_BOOL:
        mlt_json_bool(node, &flag);
        mlt_json_out_bool(out, flag);
        return;
    case MLT_JSON_NUMBER:
        mlt_json_number(node, &number);
        mlt_json_out_number(out, number);
        return;
    case MLT_JSON_STRING:
        mlt_json_out_string(out, mlt_json_string(node));
        return;
    case MLT_JSON_ARRAY:
        mlt_json_out_array(out);
        out_children(out, node, false);
        mlt_json_out_array_end(out);
        return;
    case MLT_JSON_OBJECT:
        mlt_json_out_object(out);
        out_children(out, node, true);
        mlt_json_out_object_end(out);
        return;
    }
}

void mlt_json_out_kstring(struct mlt_json_out *out, const char *key, const char *text)
{
    mlt_json_out_key(out, key);
    mlt_json_out_string(out, text);
}

void mlt_json_out_kstring_if(struct mlt_json_out *out, const char *key, const char *text)
{
    if (text)
        mlt_json_out_kstring(out, key, text);
}

void mlt_json_out_kstrings(struct mlt_json_out *out, const char *key, const char *const *texts,
                           size_t count)
{
    mlt_json_out_key(out, key);
    mlt_json_out_array(out);
    for (size_t i = 0; i < count; i++)
        mlt_json_out_string(out, texts[i]);
    mlt_json_out_array_end(out);
}

void mlt_json_out_knumber(struct mlt_json_out *out, const char *key, double value)
{
    mlt_json_out_key(out, key);
    mlt_json_out_number(out, value);
}

void mlt_json_out_koptional(struct mlt_json_out *out, const char *key, double value)
{
    mlt_json_out_key(out, key);
    if (isfinite(value))
        mlt_json_out_number(out, value);
    else
        mlt_json_out_null(out);
}

void mlt_json_out_kint(struct mlt_json_out *out, const char *key, int64_t value)
{
    mlt_json_out_key(out, key);
    mlt_json_out_int(out, value);
}

void mlt_json_out_kbool(struct mlt_json_out *out, const char *key, bool value)
{
    mlt_json_out_key(out, key);
    mlt_json_out_bool(out, value);
}

bool mlt_json_out_finish(const struct mlt_json_out *out, struct mlt_err *err)
{
    assert(out->depth == 0 && !out->after_key);
    if (out->not_finite)
        return mlt_err_set(err, MLT_ERR_EVIDENCE,
                           "cannot write JSON: a number is not finite (NaN or an infinity)");
    if (out->too_deep)
        return mlt_err_set(err, MLT_ERR_USAGE, "cannot write JSON: nested deeper than %d",
                           DEPTH_MAX);
    return mlt_buf_check(out->buf, err);
}

const char *mlt_json_node_text(const struct mlt_json *node, struct mlt_arena *arena,
                               struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_json_out json;
    const char *kept = NULL;
    mlt_json_out_init(&json, &text, false);
    mlt_json_out_node(&json, node);
    if (mlt_json_out_finish(&json, err)) {
        kept = mlt_arena_strndup(arena, text.data, text.len);
        if (!kept)
            mlt_err_oom(err);
    }
    mlt_buf_free(&text);
    return kept;
}
