#include "harness/codec/json_check.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/buf.h"
#include "harness/base/str.h"
#include "harness/codec/json.h"

enum { DEPTH_MAX = 64, NUMBER_CHARS_MAX = 1024 };

struct key {
    size_t offset, len; /* of the decoded key, in checker.key_text */
    size_t at;          /* where it stands in the text */
};

struct checker {
    const char *name, *text;
    size_t len, at;
    int depth;
    struct mlt_buf key_text; /* decoded keys of all open objects */
    struct key *keys;
    size_t key_count, key_capacity;
    struct mlt_json_facts facts;
    struct mlt_err *err;
};

static bool check_value(struct checker *c);

static bool fault(struct checker *c, size_t at, const char *fmt, ...) MLT_PRINTF(3, 4);

static bool fault(struct checker *c, size_t at, const char *fmt, ...)
{
    size_t line = 1, start = 0;
    for (size_t i = 0; i < at; i++) {
        if (c->text[i] == '\n') {
            line++;
            start = i + 1;
        }
    }
    char what[512];
    va_list args;
    va_start(args, fmt);
    vsnprintf(what, sizeof what, fmt, args);
    va_end(args);
    return mlt_err_set(c->err, MLT_ERR_USAGE, "%s:%zu:%zu: %s", c->name, line, at - start + 1, what);
}

/* "expected X, found Y" at the current place. */
static bool expected(struct checker *c, const char *what)
{
    if (c->at >= c->len)
        return fault(c, c->len, "expected %s, but the text ends here", what);
    struct mlt_buf shown = MLT_BUF_INIT;
    uint32_t code;
    size_t size = mlt_str_utf8_char(c->text + c->at, c->len - c->at, &code);
    mlt_str_append_safe(&shown, c->text + c->at, size ? size : 1, 8);
    fault(c, c->at, "expected %s, found '%s'", what, shown.data);
    mlt_buf_free(&shown);
    return false;
}

static int peek(const struct checker *c)
{
    return c->at < c->len ? (unsigned char)c->text[c->at] : -1;
}

static void skip_space(struct checker *c)
{
    while (c->at < c->len && strchr(" \t\r\n", c->text[c->at]) && c->text[c->at])
        c->at++;
}

static void put_utf8(struct mlt_buf *out, uint32_t code)
{
    if (code < 0x80) {
        mlt_buf_putc(out, (char)code);
        return;
    }
    int more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const unsigned char lead[] = {0, 0xc0, 0xe0, 0xf0};
    mlt_buf_putc(out, (char)(lead[more] | code >> (6 * more)));
    while (more-- > 0)
        mlt_buf_putc(out, (char)(0x80 | (code >> (6 * more) & 0x3f)));
}

static bool hex4(struct checker *c, uint32_t *out)
{
    uint32_t value = 0;
    for (int i = 0; i < 4; i++, c->at++) {
        int digit = peek(c);
        if (digit >= '0' && digit <= '9')
            digit -= '0';
        else if ((digit | 0x20) >= 'a' && (digit | 0x20) <= 'f')
            digit = (digit | 0x20) - 'a' + 10;
        else
            return expected(c, "four hexadecimal digits behind \\u");
        value = value << 4 | (uint32_t)digit;
    }
    *out = value;
    return true;
}

/* Behind "\u". */
static bool check_code(struct checker *c, struct mlt_buf *decoded)
{
    size_t at = c->at - 2;
    uint32_t code, low;
    if (!hex4(c, &code))
        return false;
    if (code == 0)
        return fault(c, at, "\\u0000 is not accepted in a string");
    if (code >= 0xdc00 && code <= 0xdfff)
        return fault(c, at, "a low surrogate (\\u%04x) stands alone", code);
    if (code >= 0xd800 && code <= 0xdbff) {
        if (c->len - c->at < 2 || c->text[c->at] != '\\' || c->text[c->at + 1] != 'u')
            return fault(c, at, "a high surrogate (\\u%04x) stands alone", code);
        c->at += 2;
        if (!hex4(c, &low))
            return false;
        if (low < 0xdc00 || low > 0xdfff)
            return fault(c, at, "a high surrogate (\\u%04x) stands alone", code);
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
    }
    if (decoded)
        put_utf8(decoded, code);
    return true;
}

static bool check_escape(struct checker *c, struct mlt_buf *decoded)
{
    static const char letters[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    int letter = peek(c);
    if (letter == 'u') {
        c->at++;
        return check_code(c, decoded);
    }
    const char *found = letter > 0 ? strchr(letters, letter) : NULL;
    if (!found)
        return expected(c, "one of \" \\ / b f n r t u behind a backslash");
    c->at++;
    if (decoded)
        mlt_buf_putc(decoded, values[found - letters]);
    return true;
}

/* At the opening quote. */
static bool check_string(struct checker *c, struct mlt_buf *decoded)
{
    size_t start = c->at++;
    for (;;) {
        size_t from = c->at;
        while (c->at < c->len && c->text[c->at] != '"' && c->text[c->at] != '\\' &&
               (unsigned char)c->text[c->at] >= 0x20)
            c->at++;
        if (decoded)
            mlt_buf_append(decoded, c->text + from, c->at - from);
        int stop = peek(c);
        if (stop < 0)
            return fault(c, start, "this string is never closed");
        if (stop == '"') {
            c->at++;
            return true;
        }
        if (stop != '\\')
            return fault(c, c->at, "a control character (0x%02x) must be escaped in a string", stop);
        c->at++;
        if (!check_escape(c, decoded))
            return false;
    }
}

static size_t digits(struct checker *c)
{
    size_t from = c->at;
    while (peek(c) >= '0' && peek(c) <= '9')
        c->at++;
    return c->at - from;
}

static bool check_number(struct checker *c)
{
    size_t start = c->at;
    double value;
    if (peek(c) == '-')
        c->at++;
    size_t first = c->at, count = digits(c);
    if (count == 0)
        return expected(c, "a digit");
    if (count > 1 && c->text[first] == '0')
        return fault(c, first, "a number must not start with 0");
    if (peek(c) == '.') {
        c->at++;
        if (digits(c) == 0)
            return expected(c, "a digit behind the decimal point");
    }
    if (peek(c) == 'e' || peek(c) == 'E') {
        c->at++;
        if (peek(c) == '+' || peek(c) == '-')
            c->at++;
        if (digits(c) == 0)
            return expected(c, "a digit in the exponent");
    }
    size_t len = c->at - start;
    if (len > NUMBER_CHARS_MAX)
        return fault(c, start, "a number of %zu characters; at most %d are accepted", len,
                     NUMBER_CHARS_MAX);
    if (!mlt_str_parse_double(c->text + start, len, &value))
        return fault(c, start, "the number %.*s is too large for a double", (int)(len < 40 ? len : 40),
                     c->text + start);
    c->facts.long_numbers += len > MLT_JSON_NUMBER_CHARS;
    return true;
}

static int compare_keys(const void *a, const void *b, void *context)
{
    const struct key *x = a, *y = b;
    const char *text = context;
    size_t len = x->len < y->len ? x->len : y->len;
    int order = memcmp(text + x->offset, text + y->offset, len);
    if (order == 0)
        order = (x->len > y->len) - (x->len < y->len);
    return order ? order : (x->at > y->at) - (x->at < y->at);
}

/* Sorting keeps objects of many keys, also of keys chosen to collide, away from quadratic time. */
static bool check_duplicates(struct checker *c, size_t first)
{
    size_t count = c->key_count - first;
    if (count < 2)
        return true;
    struct key *keys = c->keys + first;
    qsort_r(keys, count, sizeof *keys, compare_keys, c->key_text.data);
    const struct key *worst = NULL;
    for (size_t i = 1; i < count; i++) {
        bool same = keys[i].len == keys[i - 1].len &&
                    memcmp(c->key_text.data + keys[i].offset, c->key_text.data + keys[i - 1].offset,
                           keys[i].len) == 0;
        if (same && (!worst || keys[i].at < worst->at))
            worst = &keys[i];
    }
    if (!worst)
        return true;
    struct mlt_buf shown = MLT_BUF_INIT;
    mlt_str_append_safe(&shown, c->key_text.data + worst->offset, worst->len, 64);
    fault(c, worst->at, "the key \"%s\" is there twice", shown.data);
    mlt_buf_free(&shown);
    return false;
}

static bool add_key(struct checker *c)
{
    if (c->key_count == c->key_capacity) {
        size_t capacity = c->key_capacity ? c->key_capacity * 2 : 32;
        struct key *grown = realloc(c->keys, capacity * sizeof *grown);
        if (!grown)
            return mlt_err_oom(c->err);
        c->keys = grown;
        c->key_capacity = capacity;
    }
    struct key *key = &c->keys[c->key_count];
    *key = (struct key){c->key_text.len, 0, c->at};
    if (!check_string(c, &c->key_text) || !mlt_buf_check(&c->key_text, c->err))
        return false;
    key->len = c->key_text.len - key->offset;
    c->key_count++;
    return true;
}

static bool check_member(struct checker *c)
{
    if (peek(c) != '"')
        return expected(c, "a key in double quotes");
    if (!add_key(c))
        return false;
    skip_space(c);
    if (peek(c) != ':')
        return expected(c, "':' behind the key");
    c->at++;
    return check_value(c);
}

/* At the opening bracket. */
static bool check_children(struct checker *c, char close, bool (*child)(struct checker *))
{
    size_t opened = c->at++;
    if (++c->depth > DEPTH_MAX)
        return fault(c, opened, "nested deeper than %d", DEPTH_MAX);
    skip_space(c);
    if (peek(c) != close) {
        for (;;) {
            if (!child(c))
                return false;
            skip_space(c);
            if (peek(c) != ',')
                break;
            c->at++;
            skip_space(c);
        }
        if (peek(c) != close)
            return expected(c, close == ']' ? "',' or ']'" : "',' or '}'");
    }
    c->at++;
    c->depth--;
    return true;
}

static bool check_object(struct checker *c)
{
    size_t first = c->key_count, text = c->key_text.len;
    if (!check_children(c, '}', check_member) || !check_duplicates(c, first))
        return false;
    c->key_count = first;
    c->key_text.len = text;
    return true;
}

static bool check_word(struct checker *c, const char *word)
{
    size_t len = strlen(word);
    if (c->len - c->at < len || memcmp(c->text + c->at, word, len) != 0)
        return expected(c, "a value");
    c->at += len;
    return true;
}

static bool check_value(struct checker *c)
{
    skip_space(c);
    switch (peek(c)) {
    case '{':
        return check_object(c);
    case '[':
        return check_children(c, ']', check_value);
    case '"':
        return check_string(c, NULL);
    case 't':
        return check_word(c, "true");
    case 'f':
        return check_word(c, "false");
    case 'n':
        return check_word(c, "null");
    default:
        if (peek(c) == '-' || (peek(c) >= '0' && peek(c) <= '9'))
            return check_number(c);
        return expected(c, "a value");
    }
}

bool mlt_json_check_facts(const char *name, const char *text, size_t len,
                          struct mlt_json_facts *facts, struct mlt_err *err)
{
    struct checker c = {.name = name, .text = text, .len = len, .key_text = MLT_BUF_INIT, .err = err};
    size_t bad;
    if (!mlt_str_utf8_valid(text, len, &bad))
        return fault(&c, bad, "the byte 0x%02x is not valid UTF-8", (unsigned char)text[bad]);
    bool ok = check_value(&c);
    skip_space(&c);
    if (ok && c.at < len)
        ok = expected(&c, "nothing behind the value");
    *facts = c.facts;
    mlt_buf_free(&c.key_text);
    free(c.keys);
    return ok;
}

bool mlt_json_check(const char *name, const char *text, size_t len, struct mlt_err *err)
{
    struct mlt_json_facts facts;
    return mlt_json_check_facts(name, text, len, &facts, err);
}
