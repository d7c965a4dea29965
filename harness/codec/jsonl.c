#include "harness/codec/jsonl.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined __SSE2__
#include <emmintrin.h>
#endif

#include "harness/base/str.h"
#include "harness/codec/number.h"

enum { DEPTH_MAX = 64 };
/* Members whose place in the line is remembered, and how long what stands in front of their value
 * may be. */
enum { LAYOUT_MAX = 64, RUN_BYTES = 32 };

/* What stood between two values of the last line ("{", or ",", then the key and its colon, spaces
 * included). Most lines of a file are alike: equal bytes need no second look. */
struct run {
    unsigned char bytes[RUN_BYTES];
    uint32_t len; /* 0: nothing remembered */
    int key;      /* the wanted one, or -1 */
};

struct mlt_jsonl {
    const char *const *keys;
    size_t *lens;
    size_t count;
    bool strict;
    char *name; /* a key unescaped */
    size_t name_capacity;
    struct run layout[LAYOUT_MAX];
};

/* A line feed stands at `end`, and no token goes over one: nobody counts. */
struct scan {
    const char *start, *at, *end;
    struct mlt_jsonl_fault *fault;
};

static bool fault(struct scan *s, const char *at, const char *fmt, ...) MLT_PRINTF(3, 4);

static bool fault(struct scan *s, const char *at, const char *fmt, ...)
{
    va_list args;
    s->fault->offset = (size_t)(at - s->start);
    va_start(args, fmt);
    vsnprintf(s->fault->what, sizeof s->fault->what, fmt, args);
    va_end(args);
    return false;
}

struct mlt_jsonl *mlt_jsonl_new(const char *const *keys, size_t count, bool strict)
{
    struct mlt_jsonl *jsonl = calloc(1, sizeof *jsonl);
    if (jsonl == NULL)
        return NULL;
    jsonl->keys = keys;
    jsonl->count = count;
    jsonl->strict = strict;
    jsonl->lens = calloc(count + 1, sizeof *jsonl->lens);
    if (jsonl->lens == NULL) {
        free(jsonl);
        return NULL;
    }
    for (size_t i = 0; i < count; i++)
        jsonl->lens[i] = strlen(keys[i]);
    return jsonl;
}

void mlt_jsonl_free(struct mlt_jsonl *jsonl)
{
    if (jsonl == NULL)
        return;
    free(jsonl->lens);
    free(jsonl->name);
    free(jsonl);
}

static inline void skip_space(struct scan *s)
{
    while (*s->at == ' ' || *s->at == '\t' || *s->at == '\r')
        s->at++;
}

/* Moves to the first byte that a string may not hold as it is: a quote, a backslash, a control
 * character, or one beyond ASCII. The line feed at the end is such a byte. */
static inline const char *skip_plain(const char *at)
{
#if defined __SSE2__
    const __m128i quote = _mm_set1_epi8('"'), back = _mm_set1_epi8('\\'),
                  space = _mm_set1_epi8(' ');
    for (;; at += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
        /* As signed numbers, what is beyond ASCII is less than a space too. */
        __m128i stop =
            _mm_or_si128(_mm_cmplt_epi8(bytes, space),
                         _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, back)));
        unsigned mask = (unsigned)_mm_movemask_epi8(stop);
        if (mask != 0)
            return at + __builtin_ctz(mask);
    }
#else
    while ((unsigned char)*at >= ' ' && (unsigned char)*at < 0x80 && *at != '"' && *at != '\\')
        at++;
    return at;
#endif
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The four digits behind \u, or -1; a line feed stops it. */
static int hex_four(const char *at)
{
    int value = 0;
    for (int i = 0; i < 4; i++) {
        int digit = hex_value(at[i]);
        if (digit < 0)
            return -1;
        value = value << 4 | digit;
    }
    return value;
}

static bool check_escape(struct scan *s)
{
    const char *at = s->at++;
    if (*s->at != 'u') {
        if (*s->at == '\n' || *s->at == '\0' || strchr("\"\\/bfnrt", *s->at) == NULL)
            return fault(s, at, "an unknown escape in a string");
        s->at++;
        return true;
    }
    int code = hex_four(s->at + 1);
    if (code < 0)
        return fault(s, at, "\\u needs four hexadecimal digits");
    if (code == 0)
        return fault(s, at, "\\u0000 is not accepted in a string");
    s->at += 5;
    if (code < 0xd800 || code > 0xdfff)
        return true;
    if (code > 0xdbff || s->at[0] != '\\' || s->at[1] != 'u')
        return fault(s, at, "half of a surrogate pair in a string");
    int low = hex_four(s->at + 2);
    if (low < 0xdc00 || low > 0xdfff)
        return fault(s, at, "half of a surrogate pair in a string");
    s->at += 6;
    return true;
}

/* At the opening quote: takes the string; `value` is what stands between the quotes. */
static inline bool take_string(struct scan *s, struct mlt_jsonl_value *value)
{
    const char *open = s->at++;
    uint32_t code;
    value->kind = MLT_JSONL_STRING;
    value->escaped = false;
    value->text = s->at;
    for (;;) {
        s->at = skip_plain(s->at);
        unsigned char c = (unsigned char)*s->at;
        if (c == '"')
            break;
        if (c == '\\') {
            value->escaped = true;
            if (!check_escape(s))
                return false;
        } else if (c >= 0x80) {
            size_t size = mlt_str_utf8_char(s->at, (size_t)(s->end - s->at), &code);
            if (size == 0)
                return fault(s, s->at, "bytes that are not UTF-8");
            s->at += size;
        } else if (s->at == s->end) {
            return fault(s, open, "this string is never closed");
        } else {
            return fault(s, s->at, "a control character in a string must be escaped");
        }
    }
    value->len = (uint32_t)(s->at - value->text);
    s->at++;
    return true;
}

static inline const char *skip_digits(const char *at)
{
#if defined __SSE2__
    for (;; at += 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
        __m128i low = _mm_sub_epi8(bytes, _mm_set1_epi8('0'));
        __m128i digit = _mm_cmpeq_epi8(_mm_min_epu8(low, _mm_set1_epi8(9)), low);
        unsigned mask = (unsigned)_mm_movemask_epi8(digit) ^ 0xffff;
        if (mask != 0)
            return at + __builtin_ctz(mask);
    }
#else
    while (*at >= '0' && *at <= '9')
        at++;
    return at;
#endif
}

static inline bool take_number(struct scan *s, struct mlt_jsonl_value *value)
{
    const char *at = s->at + (*s->at == '-'), *digits = at;
    at = skip_digits(at);
    if (at == digits)
        return fault(s, s->at, "a minus sign without a number");
    if (*digits == '0' && at > digits + 1)
        return fault(s, s->at, "a number with a leading zero");
    if (*at == '.') {
        digits = ++at;
        at = skip_digits(at);
        if (at == digits)
            return fault(s, s->at, "a number needs digits behind its point");
    }
    if (*at == 'e' || *at == 'E') {
        at++;
        at += *at == '+' || *at == '-';
        digits = at;
        at = skip_digits(at);
        if (at == digits)
            return fault(s, s->at, "a number needs digits in its exponent");
    }
    *value = (struct mlt_jsonl_value){s->at, (uint32_t)(at - s->at), MLT_JSONL_NUMBER, false};
    s->at = at;
    return true;
}

static bool take_word(struct scan *s, struct mlt_jsonl_value *value)
{
    static const struct {
        const char *text;
        uint8_t len, kind;
    } words[] = {
        {"null", 4, MLT_JSONL_NULL}, {"true", 4, MLT_JSONL_TRUE}, {"false", 5, MLT_JSONL_FALSE}};
    for (int i = 0; i < 3; i++)
        if (*s->at == words[i].text[0] && memcmp(s->at, words[i].text, words[i].len) == 0) {
            *value = (struct mlt_jsonl_value){s->at, words[i].len, words[i].kind, false};
            s->at += words[i].len;
            return true;
        }
    if (*s->at == 'N' || *s->at == 'I')
        return fault(s, s->at, "NaN and Infinity are not JSON; a missing number is null");
    if (s->at == s->end)
        return fault(s, s->at, "the line ends where a value was expected");
    return fault(s, s->at, "a value was expected here");
}

static bool take_nested(struct scan *s, int depth, struct mlt_jsonl_value *value);

static inline bool take_value(struct scan *s, int depth, struct mlt_jsonl_value *value)
{
    char c = *s->at;
    if ((c >= '0' && c <= '9') || c == '-')
        return take_number(s, value);
    if (c == '"')
        return take_string(s, value);
    if (c == '[' || c == '{')
        return take_nested(s, depth + 1, value);
    return take_word(s, value);
}

static bool take_colon(struct scan *s)
{
    skip_space(s);
    if (*s->at != ':')
        return fault(s, s->at, "a colon was expected behind the key");
    s->at++;
    skip_space(s);
    return true;
}

/* An array or object that nobody looks into. */
static bool take_nested(struct scan *s, int depth, struct mlt_jsonl_value *value)
{
    const char *open = s->at;
    bool object = *open == '{';
    char close = object ? '}' : ']';
    struct mlt_jsonl_value inner;
    if (depth > DEPTH_MAX)
        return fault(s, open, "nested more than 64 deep");
    s->at++;
    skip_space(s);
    for (bool first = true; *s->at != close || !first; first = false) {
        if (object && *s->at != '"')
            return fault(s, s->at, "a key in quotes was expected here");
        if (object && (!take_string(s, &inner) || !take_colon(s)))
            return false;
        if (!take_value(s, depth, &inner))
            return false;
        skip_space(s);
        if (*s->at == close)
            break;
        if (*s->at != ',')
            return fault(s, s->at, "a comma or %c was expected here", close);
        s->at++;
        skip_space(s);
    }
    s->at++;
    *value = (struct mlt_jsonl_value){open, (uint32_t)(s->at - open),
                                      object ? MLT_JSONL_OBJECT : MLT_JSONL_ARRAY, false};
    return true;
}

static char *put_utf8(char *to, uint32_t code)
{
    if (code < 0x80) {
        *to++ = (char)code;
    } else if (code < 0x800) {
        *to++ = (char)(0xc0 | code >> 6);
        *to++ = (char)(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        *to++ = (char)(0xe0 | code >> 12);
        *to++ = (char)(0x80 | (code >> 6 & 0x3f));
        *to++ = (char)(0x80 | (code & 0x3f));
    } else {
        *to++ = (char)(0xf0 | code >> 18);
        *to++ = (char)(0x80 | (code >> 12 & 0x3f));
        *to++ = (char)(0x80 | (code >> 6 & 0x3f));
        *to++ = (char)(0x80 | (code & 0x3f));
    }
    return to;
}

size_t mlt_jsonl_unescape(const char *text, size_t len, char *to)
{
    static const char from[] = "\"\\/bfnrt", letters[] = "\"\\/\b\f\n\r\t";
    const char *end = text + len;
    char *start = to;
    while (text < end) {
        if (*text != '\\') {
            *to++ = *text++;
            continue;
        }
        if (text[1] != 'u') {
            *to++ = letters[strchr(from, text[1]) - from];
            text += 2;
            continue;
        }
        uint32_t code = (uint32_t)hex_four(text + 2);
        text += 6;
        if (code >= 0xd800 && code <= 0xdfff) {
            code = 0x10000 + ((code - 0xd800) << 10) + ((uint32_t)hex_four(text + 2) - 0xdc00);
            text += 6;
        }
        to = put_utf8(to, code);
    }
    return (size_t)(to - start);
}

bool mlt_jsonl_numbers(const char *text, size_t len, size_t max, double *out, size_t *count)
{
    const char *end = text + len - 1;
    *count = 0;
    for (text++;; text++) {
        text += strspn(text, " \t\r");
        const char *start = text;
        while (text < end && *text != ',' && *text != ' ' && *text != '\t' && *text != '\r')
            text++;
        if (text == end && text == start && *count == 0)
            return true;
        if (*count == max || !mlt_number_parse(start, (size_t)(text - start), &out[*count]))
            return false;
        ++*count;
        text += strspn(text, " \t\r");
        if (text == end)
            return true;
    }
}

/* The wanted key with this name: -1 for none. -2: out of memory. */
static int find_key(struct mlt_jsonl *jsonl, const struct mlt_jsonl_value *name)
{
    const char *text = name->text;
    size_t len = name->len;
    if (name->escaped) {
        if (len > jsonl->name_capacity) {
            char *grown = realloc(jsonl->name, len);
            if (grown == NULL)
                return -2;
            jsonl->name = grown;
            jsonl->name_capacity = len;
        }
        len = mlt_jsonl_unescape(text, len, jsonl->name);
        text = jsonl->name;
    }
    for (size_t i = 0; i < jsonl->count; i++)
        if (jsonl->lens[i] == len && memcmp(jsonl->keys[i], text, len) == 0)
            return (int)i;
    return -1;
}

/* From the brace or comma to the value: the key. Remembers the run for the next line. */
static bool take_key(struct mlt_jsonl *jsonl, struct scan *s, size_t member, int *key)
{
    const char *start = s->at++;
    struct mlt_jsonl_value name;
    skip_space(s);
    const char *open = s->at;
    if (*open != '"')
        return fault(s, open,
                     s->at == s->end ? "the line ends inside the object"
                                     : "a key in quotes was expected here");
    if (!take_string(s, &name) || !take_colon(s))
        return false;
    *key = find_key(jsonl, &name);
    if (*key == -2)
        return fault(s, open, "out of memory");
    if (*key == -1 && jsonl->strict)
        return fault(s, open, "the key \"%.*s\" is not among those of the first line",
                     name.len < 60 ? (int)name.len : 60, name.text);
    size_t len = (size_t)(s->at - start);
    if (member < LAYOUT_MAX && len <= RUN_BYTES) {
        struct run *run = &jsonl->layout[member];
        memset(run->bytes, 0, sizeof run->bytes);
        memcpy(run->bytes, start, len);
        run->len = (uint32_t)len;
        run->key = *key;
    }
    return true;
}

/* Whether the same run stands here. What may be read reaches RUN_BYTES behind the line feed. */
static inline bool is_run(const struct run *run, const char *at)
{
    if (run->len == 0)
        return false;
#if defined __SSE2__
    const __m128i *bytes = (const __m128i *)(const void *)run->bytes;
    __m128i low =
        _mm_cmpeq_epi8(_mm_loadu_si128(bytes), _mm_loadu_si128((const __m128i *)(const void *)at));
    uint32_t mask = (uint32_t)_mm_movemask_epi8(low);
    if (run->len > 16) {
        __m128i high = _mm_cmpeq_epi8(_mm_loadu_si128(bytes + 1),
                                      _mm_loadu_si128((const __m128i *)(const void *)(at + 16)));
        mask |= (uint32_t)_mm_movemask_epi8(high) << 16;
    }
    uint32_t wanted = UINT32_MAX >> (32 - run->len);
    return (mask & wanted) == wanted;
#else
    return memcmp(run->bytes, at, run->len) == 0;
#endif
}

static bool take_members(struct mlt_jsonl *jsonl, struct scan *s, struct mlt_jsonl_value *out)
{
    struct mlt_jsonl_value other;
    for (size_t member = 0;; member++) {
        const char *start = s->at;
        int key = -1;
        if (member < LAYOUT_MAX && is_run(&jsonl->layout[member], s->at)) {
            s->at += jsonl->layout[member].len;
            skip_space(s); /* there may be more of it than in the line before */
            key = jsonl->layout[member].key;
        } else if (!take_key(jsonl, s, member, &key)) {
            return false;
        }
        struct mlt_jsonl_value *value = key < 0 ? &other : &out[key];
        if (key >= 0 && value->kind != MLT_JSONL_ABSENT)
            return fault(s, start + 1, "the key \"%.60s\" is there twice", jsonl->keys[key]);
        if (!take_value(s, 1, value))
            return false;
        skip_space(s);
        if (*s->at != ',')
            break;
    }
    if (*s->at == '}') {
        s->at++;
        return true;
    }
    return fault(s, s->at,
                 s->at == s->end ? "the line ends inside the object"
                                 : "a comma or } was expected here");
}

/* The braces around, and nothing behind. */
static bool take_open(struct scan *s, bool *empty)
{
    skip_space(s);
    if (*s->at != '{')
        return fault(s, s->at, "a line must be one JSON object");
    const char *next = s->at + 1;
    next += strspn(next, " \t\r");
    *empty = *next == '}';
    if (*empty)
        s->at = next + 1;
    return true;
}

static bool take_end(struct scan *s)
{
    skip_space(s);
    return s->at == s->end || fault(s, s->at, "text behind the object");
}

bool mlt_jsonl_line(struct mlt_jsonl *jsonl, const char *text, size_t len,
                    struct mlt_jsonl_value *out, struct mlt_jsonl_fault *fault_out)
{
    struct scan s = {text, text, text + len, fault_out};
    bool empty = false;
    for (size_t i = 0; i < jsonl->count; i++)
        out[i].kind = MLT_JSONL_ABSENT;
    return (is_run(&jsonl->layout[0], text) || take_open(&s, &empty)) &&
           (empty || take_members(jsonl, &s, out)) && take_end(&s);
}

static bool add_name(struct scan *s, const struct mlt_jsonl_value *value, struct mlt_arena *arena,
                     const char ***names, size_t *count, size_t *capacity)
{
    char *name = mlt_arena_strndup(arena, value->text, value->len);
    const char **grown = mlt_arena_grow(arena, *names, *count, capacity, sizeof *grown);
    if (name == NULL || grown == NULL) {
        s->fault->what[0] = '\0';
        return false;
    }
    if (value->escaped)
        name[mlt_jsonl_unescape(value->text, value->len, name)] = '\0';
    *names = grown;
    for (size_t i = 0; i < *count; i++)
        if (strcmp(grown[i], name) == 0)
            return fault(s, value->text - 1, "the key \"%.60s\" is there twice", name);
    grown[(*count)++] = name;
    return true;
}

bool mlt_jsonl_keys(const char *text, size_t len, struct mlt_arena *arena, const char ***out_names,
                    size_t *out_count, struct mlt_jsonl_fault *fault_out)
{
    struct scan s = {text, text, text + len, fault_out};
    size_t capacity = 0;
    bool empty;
    *out_names = NULL;
    *out_count = 0;
    if (!take_open(&s, &empty))
        return false;
    while (!empty && *s.at != '}') {
        struct mlt_jsonl_value name, value;
        s.at++;
        skip_space(&s);
        if (*s.at != '"')
            return fault(&s, s.at, "a key in quotes was expected here");
        if (*out_count == 16384)
            return fault(&s, s.at, "more keys than are accepted (16384)");
        if (!take_string(&s, &name) ||
            !add_name(&s, &name, arena, out_names, out_count, &capacity) || !take_colon(&s) ||
            !take_value(&s, 1, &value))
            return false;
        skip_space(&s);
        if (*s.at != ',' && *s.at != '}')
            return fault(&s, s.at, "a comma or } was expected here");
    }
    s.at += !empty;
    return take_end(&s);
}
