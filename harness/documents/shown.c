#include "harness/documents/shown.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "harness/base/buf.h"
#include "harness/base/str.h"

enum { NUMBER_CHARS = 64 };

static const struct {
    const char *sign, *plain;
} spellings[] = {
    {"\xe2\x88\x92", "-"},    /* minus */
    {"\xe2\x80\x93", " to "}, /* en dash */
    {"\xe2\x80\x94", " to "}, /* em dash */
    {"\xc2\xa0", " "},        /* no-break blank */
    {"\xe2\x80\xaf", " "},    /* narrow no-break blank */
    {"\xe2\x80\x89", " "},    /* thin blank */
    {"\xe2\x89\xa4", "<="},   {"\xe2\x89\xa5", ">="}, {"\xe2\x89\x88", "~"},    /* almost equal */
    {"\xc2\xb1", "+-"},       {"+/-", "+-"},          {"\xe2\x80\xa6", " .. "}, /* ellipsis */
};

char *mlt_shown_plain(struct mlt_arena *arena, const char *text)
{
    struct mlt_buf out = MLT_BUF_INIT;
    while (*text) {
        size_t i = 0, count = sizeof spellings / sizeof *spellings;
        while (i < count && !mlt_str_starts(text, spellings[i].sign))
            i++;
        if (i < count) {
            mlt_buf_puts(&out, spellings[i].plain);
            text += strlen(spellings[i].sign);
        } else {
            mlt_buf_putc(&out, *text++);
        }
    }
    char *kept = out.oom ? NULL : mlt_arena_strndup(arena, out.data, out.len);
    mlt_buf_free(&out);
    return kept;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool mlt_shown_any(const char *text)
{
    return strpbrk(text, "0123456789") != NULL;
}

const char *mlt_shown_skip(const char *text)
{
    return text + strspn(text, " \t\n");
}

struct number {
    char text[NUMBER_CHARS];
    size_t len;
    bool too_long;
};

static void put(struct number *n, char c)
{
    if (n->len + 1 < sizeof n->text)
        n->text[n->len++] = c;
    else
        n->too_long = true;
}

static const char *put_digits(struct number *n, const char *at)
{
    while (is_digit(*at))
        put(n, *at++);
    return at;
}

/* Three digits, and no fourth, behind a sign that may stand between thousands. */
static bool is_group(const char *at)
{
    return *at && strchr(", _'", *at) && is_digit(at[1]) && is_digit(at[2]) && is_digit(at[3]) &&
           !is_digit(at[4]);
}

static const char *put_whole(struct number *n, const char *at, bool *commas)
{
    const char *start = at;
    at = put_digits(n, at);
    if (at - start > 3 || *start == '0')
        return at;
    char sign = *at;
    while (*at == sign && is_group(at)) {
        *commas = *commas || sign == ',';
        at = put_digits(n, at + 1);
    }
    return at;
}

static const char *put_exponent(struct number *n, const char *at, int *exponent)
{
    bool sign = at[0] && (at[1] == '-' || at[1] == '+');
    const char *digits = at + 1 + sign;
    if ((*at != 'e' && *at != 'E') || !is_digit(*digits))
        return at;
    put(n, 'e');
    if (sign)
        put(n, at[1]);
    for (at = digits; is_digit(*at); at++) {
        put(n, *at);
        *exponent = *exponent < 1000 ? *exponent * 10 + (*at - '0') : *exponent;
    }
    if (sign && digits[-1] == '-')
        *exponent = -*exponent;
    return at;
}

bool mlt_shown_read(const char *text, struct mlt_shown *out)
{
    struct number n = {.len = 0};
    struct mlt_shown read = {0};
    bool commas = false;
    int exponent = 0;
    const char *at = text;
    if (*at == '-')
        put(&n, *at);
    at += *at == '-' || *at == '+';
    if (is_digit(*at))
        at = put_whole(&n, at, &commas);
    else if (*at == '.' && is_digit(at[1]))
        put(&n, '0');
    else
        return false;
    if ((*at == '.' || (*at == ',' && !commas)) && is_digit(at[1])) {
        const char *point = at;
        put(&n, '.');
        at = put_digits(&n, at + 1);
        read.decimals = (int)(at - point) - 1;
    }
    at = put_exponent(&n, at, &exponent);
    read.decimals -= exponent;
    if (n.too_long || !mlt_str_parse_double(n.text, n.len, &read.value) ||
        (*at == '.' && is_digit(at[1])))
        return false;
    read.percent = *mlt_shown_skip(at) == '%';
    if (read.percent)
        at = mlt_shown_skip(at) + 1;
    read.len = (size_t)(at - text);
    *out = read;
    return true;
}

static const char *skip_between(const char *at)
{
    at = mlt_shown_skip(at);
    if (*at == ',' || *at == ';')
        return at + 1;
    if (mlt_str_starts(at, "to ") || mlt_str_starts(at, ".."))
        return at + 2;
    return NULL;
}

bool mlt_shown_read_pair(const char *text, struct mlt_shown *low, struct mlt_shown *high,
                         size_t *len)
{
    struct mlt_shown a, b;
    const char *at = mlt_shown_skip(text);
    char open = *at == '[' || *at == '(' ? *at : '\0', shut = open == '[' ? ']' : ')';
    at = mlt_shown_skip(at + (open != '\0'));
    if (!mlt_shown_read(at, &a) || !(at = skip_between(at + a.len)))
        return false;
    at = mlt_shown_skip(at);
    if (!mlt_shown_read(at, &b))
        return false;
    at += b.len;
    if (open && *mlt_shown_skip(at) != shut)
        return false;
    if (open)
        at = mlt_shown_skip(at) + 1;
    a.percent = a.percent || b.percent;
    *low = a;
    *high = b;
    *len = (size_t)(at - text);
    return true;
}

static bool is_near(double shown, int decimals, double fact)
{
    double off = fabs(shown - fact);
    /* The slack is for a tie that binary digits cannot hold. */
    bool rounds = off <= 0.5 * pow(10, -decimals) * (1 + 1e-9) + 1e-14 * fabs(fact);
    return rounds && (decimals > 0 || off <= 0.1 * fabs(fact));
}

bool mlt_shown_is(const struct mlt_shown *shown, double fact)
{
    if (!isfinite(fact))
        return false;
    if (!shown->percent)
        return is_near(shown->value, shown->decimals, fact);
    return is_near(shown->value / 100, shown->decimals + 2, fact) ||
           (fabs(fact) > 1 && is_near(shown->value, shown->decimals, fact));
}
