#include "harness/base/str.h"

#include <fenv.h>
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Longer words are never a typo of one of ours. */
enum { NEAREST_MAX = 64 };
/* No useful decimal number needs more characters. */
enum { NUMBER_MAX = 1024 };

bool mlt_str_eq(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

bool mlt_str_starts(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool mlt_str_ends(const char *text, const char *suffix)
{
    size_t len = strlen(text), tail = strlen(suffix);
    return len >= tail && memcmp(text + len - tail, suffix, tail) == 0;
}

static size_t min3(size_t a, size_t b, size_t c)
{
    size_t least = a < b ? a : b;
    return least < c ? least : c;
}

static size_t distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t rows[3][NEAREST_MAX + 1];
    size_t *before = rows[0], *last = rows[1], *now = rows[2];
    for (size_t j = 0; j <= b_len; j++)
        last[j] = before[j] = j;
    for (size_t i = 1; i <= a_len; i++) {
        now[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            size_t substitute = last[j - 1] + (a[i - 1] != b[j - 1]);
            now[j] = min3(last[j] + 1, now[j - 1] + 1, substitute);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
                before[j - 2] + 1 < now[j])
                now[j] = before[j - 2] + 1;
        }
        size_t *oldest = before;
        before = last;
        last = now;
        now = oldest;
    }
    return last[b_len];
}

const char *mlt_str_nearest(const char *word, const char *const *words)
{
    size_t len = strlen(word);
    if (len == 0 || len > NEAREST_MAX)
        return NULL;
    size_t best = len / 3 > 1 ? len / 3 : 1;
    const char *nearest = NULL;
    for (; *words; words++) {
        size_t other = strlen(*words);
        if (other > NEAREST_MAX)
            continue;
        size_t d = distance(word, len, *words, other);
        /* A distance of the whole word is no likeness. */
        if (d >= len || d > best || (d == best && nearest))
            continue;
        best = d;
        nearest = *words;
    }
    return nearest;
}

/* Matches one "[...]" at `*pattern` and moves behind it; a '[' that is never closed is a letter. */
static bool class_matches(const char **pattern, unsigned char c)
{
    const char *p = *pattern + 1;
    bool negated = *p == '!' || *p == '^';
    if (negated)
        p++;
    bool found = false;
    for (bool first = true; *p && (first || *p != ']'); first = false) {
        unsigned char low = (unsigned char)*p++, high = low;
        if (p[0] == '-' && p[1] && p[1] != ']') {
            high = (unsigned char)p[1];
            p += 2;
        }
        found |= low <= c && c <= high;
    }
    if (*p != ']') {
        (*pattern)++;
        return c == '[';
    }
    *pattern = p + 1;
    return found != negated;
}

bool mlt_str_glob(const char *pattern, const char *text)
{
    /* Only the last star is ever retried, which keeps the time to pattern x text. */
    const char *star = NULL, *star_text = NULL;
    while (*text) {
        const char *next = pattern + 1;
        bool one = false;
        if (*pattern == '*') {
            star = pattern++;
            star_text = text;
            continue;
        }
        if (*pattern == '?') {
            one = true;
        } else if (*pattern == '[') {
            next = pattern;
            one = class_matches(&next, (unsigned char)*text);
        } else if (*pattern) {
            one = *pattern == *text;
        }
        if (one) {
            pattern = next;
            text++;
        } else if (star) {
            pattern = star + 1;
            text = ++star_text;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}

static size_t skip_digits(const char *text, size_t len, size_t at)
{
    while (at < len && text[at] >= '0' && text[at] <= '9')
        at++;
    return at;
}

static bool is_decimal(const char *text, size_t len)
{
    size_t at = len && (text[0] == '+' || text[0] == '-');
    size_t end = skip_digits(text, len, at);
    size_t digits = end - at;
    at = end;
    if (at < len && text[at] == '.') {
        end = skip_digits(text, len, ++at);
        digits += end - at;
        at = end;
    }
    if (digits == 0)
        return false;
    if (at < len && (text[at] == 'e' || text[at] == 'E')) {
        at++;
        at += at < len && (text[at] == '+' || text[at] == '-');
        end = skip_digits(text, len, at);
        if (end == at)
            return false;
        at = end;
    }
    return at == len;
}

/* The "C" locale is static in glibc: asking for it neither allocates nor fails. An embedding
 * program may have set a decimal comma. */
static locale_t c_locale(void)
{
    return newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

bool mlt_str_parse_double(const char *text, size_t len, double *out)
{
    char copy[NUMBER_MAX + 1];
    if (len > NUMBER_MAX || !is_decimal(text, len))
        return false;
    memcpy(copy, text, len);
    copy[len] = '\0';
    double value = strtod_l(copy, NULL, c_locale());
    if (!isfinite(value))
        return false;
    *out = value;
    return true;
}

bool mlt_str_parse_uint(const char *text, uint64_t max, uint64_t *out)
{
    uint64_t value = 0;
    if (!*text)
        return false;
    for (; *text; text++) {
        if (*text < '0' || *text > '9')
            return false;
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, (uint64_t)(*text - '0'), &value) || value > max)
            return false;
    }
    *out = value;
    return true;
}

static bool print_digits(double value, int digits, char out[MLT_DOUBLE_CHARS])
{
    char text[64];
    int len = snprintf(text, sizeof text, "%.*g", digits, value);
    if (len < 0 || len >= MLT_DOUBLE_CHARS || strtod(text, NULL) != value)
        return false;
    memcpy(out, text, (size_t)len + 1);
    return true;
}

/* Below a power of two doubles lie closer together than above it, so there the nearest number of 16
 * digits can miss while the next one away from zero comes back. */
static bool print_away(double value, char out[MLT_DOUBLE_CHARS])
{
    int exponent;
    if (fabs(frexp(value, &exponent)) != 0.5)
        return false;
    char text[64];
    int mode = fegetround();
    fesetround(value > 0 ? FE_UPWARD : FE_DOWNWARD);
    int len = snprintf(text, sizeof text, "%.16g", value);
    fesetround(mode);
    if (len < 0 || len >= MLT_DOUBLE_CHARS || strtod(text, NULL) != value)
        return false;
    memcpy(out, text, (size_t)len + 1);
    return true;
}

char *mlt_str_format_double(double value, char out[MLT_DOUBLE_CHARS])
{
    if (!isfinite(value)) {
        const char *name = isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
        return strcpy(out, name);
    }
    locale_t old = uselocale(c_locale());
    /* Fifteen digits always survive in a normal double, and %g strips their zeros; a subnormal
     * holds fewer. */
    int digits = fabs(value) < DBL_MIN && value != 0 ? 1 : 15;
    while (!print_digits(value, digits, out) && digits < 17) {
        if (digits == 16 && print_away(value, out))
            break;
        digits++;
    }
    uselocale(old);
    return out;
}

bool mlt_str_parse_duration_ns(const char *text, uint64_t *out_ns)
{
    static const struct {
        const char *name;
        double ns;
    } units[] = {{"ns", 1},     {"us", 1e3},  {"ms", 1e6},    {"s", 1e9},
                 {"m", 60e9}, {"h", 3600e9}, {"d", 86400e9}};
    size_t number = strspn(text, "0123456789.");
    double value;
    if (!mlt_str_parse_double(text, number, &value))
        return false;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        if (strcmp(text + number, units[i].name) != 0)
            continue;
        double ns = value * units[i].ns;
        if (!(ns < 9.2e18))
            return false;
        *out_ns = (uint64_t)(ns + 0.5);
        return true;
    }
    return false;
}

size_t mlt_str_utf8_char(const char *text, size_t len, uint32_t *code)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (len == 0)
        return 0;
    unsigned char lead = (unsigned char)*text;
    if (lead < 0x80) {
        *code = lead;
        return 1;
    }
    size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || size > len)
        return 0;
    uint32_t value = lead & (0x7fu >> size);
    for (size_t i = 1; i < size; i++) {
        unsigned char next = (unsigned char)text[i];
        if ((next & 0xc0) != 0x80)
            return 0;
        value = value << 6 | (next & 0x3f);
    }
    if (value < least[size] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
        return 0;
    *code = value;
    return size;
}

bool mlt_str_utf8_valid(const char *text, size_t len, size_t *bad_offset)
{
    uint32_t code;
    for (size_t at = 0; at < len;) {
        size_t size = mlt_str_utf8_char(text + at, len - at, &code);
        if (size == 0) {
            if (bad_offset)
                *bad_offset = at;
            return false;
        }
        at += size;
    }
    return true;
}

/* Code points that act on a terminal or reorder what stands beside them. */
static bool is_active(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x61c || code == 0x200e ||
           code == 0x200f || (code >= 0x2028 && code <= 0x202e) ||
           (code >= 0x2066 && code <= 0x2069) || code == 0xfeff;
}

void mlt_str_append_safe(struct mlt_buf *out, const char *text, size_t len, size_t max_bytes)
{
    size_t at = 0;
    while (at < len) {
        uint32_t code = 0;
        size_t size = mlt_str_utf8_char(text + at, len - at, &code);
        if (at + (size ? size : 1) > max_bytes) {
            mlt_buf_puts(out, "…");
            return;
        }
        if (size == 0) {
            mlt_buf_printf(out, "\\x%02x", (unsigned char)text[at]);
            size = 1;
        } else if (code == '\n') {
            mlt_buf_puts(out, "\\n");
        } else if (is_active(code)) {
            mlt_buf_printf(out, code < 0x80 ? "\\x%02x" : "\\u{%04x}", code);
        } else {
            mlt_buf_append(out, text + at, size);
        }
        at += size;
    }
}

bool mlt_str_is_name(const char *text)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    size_t len = strlen(text);
    return len > 0 && len <= 128 && text[0] != '.' && text[0] != '-' && strspn(text, allowed) == len;
}
