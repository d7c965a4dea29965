#include "harness/domain/semver.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/str.h"

enum { RANGE_CHARS = 256 };

static const char *const stage_words[] = {"alpha", "beta", "rc", "experiment", NULL};
static const enum mlt_version_stage stages[] = {MLT_STAGE_ALPHA, MLT_STAGE_BETA, MLT_STAGE_RC,
                                                MLT_STAGE_EXPERIMENT};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A whole identifier of `len` characters as a number without leading zeros. */
static bool parse_number(const char *text, size_t len, uint32_t *out)
{
    uint64_t value = 0;
    if (len == 0 || len > 10 || (text[0] == '0' && len > 1))
        return false;
    for (size_t i = 0; i < len; i++) {
        if (!is_digit(text[i]))
            return false;
        value = value * 10 + (uint64_t)(text[i] - '0');
    }
    if (value > UINT32_MAX)
        return false;
    *out = (uint32_t)value;
    return true;
}

static bool parse_core(const char *text, size_t len, struct mlt_semver *out)
{
    uint32_t *const parts[3] = {&out->major, &out->minor, &out->patch};
    const char *at = text, *end = text + len;
    for (int i = 0; i < 3; i++) {
        const char *stop = i < 2 ? memchr(at, '.', (size_t)(end - at)) : end;
        if (!stop || !parse_number(at, (size_t)(stop - at), parts[i]))
            return false;
        at = stop + 1;
    }
    return true;
}

static bool is_variant_name(const char *text)
{
    size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");
    return len > 0 && text[len] == '\0';
}

/* The qualifier without its '-'. */
static bool parse_qualifier(const char *text, struct mlt_semver *out)
{
    for (size_t i = 0; stage_words[i]; i++) {
        size_t len = strlen(stage_words[i]);
        if (strncmp(text, stage_words[i], len) != 0)
            continue;
        const char *rest = text + len;
        uint32_t number;
        bool ok = rest[0] == '\0';
        if (stages[i] == MLT_STAGE_EXPERIMENT)
            ok = ok || (rest[0] == '-' && is_variant_name(rest + 1));
        else
            ok = ok || (rest[0] == '.' && parse_number(rest + 1, strlen(rest + 1), &number));
        if (!ok || strlen(text) >= sizeof out->qualifier)
            return false;
        out->stage = stages[i];
        strcpy(out->qualifier, text);
        return true;
    }
    return false;
}

static bool parse(const char *text, struct mlt_semver *out)
{
    struct mlt_semver v = {0};
    const char *dash = strchr(text, '-');
    size_t core = dash ? (size_t)(dash - text) : strlen(text);
    v.stage = MLT_STAGE_RELEASE;
    if (!parse_core(text, core, &v) || (dash && !parse_qualifier(dash + 1, &v)))
        return false;
    *out = v;
    return true;
}

/* Core numbers without leading zeros and with the missing parts as 0: "01.2" gives "1.2.0". Returns
 * where it stopped reading, NULL when there is nothing to correct. */
static const char *mend_core(const char *text, char *out, size_t size)
{
    uint32_t parts[3] = {0, 0, 0};
    int count = 0;
    while (count < 3 && is_digit(*text)) {
        while (*text == '0' && is_digit(text[1]))
            text++;
        size_t len = strspn(text, "0123456789");
        if (!parse_number(text, len, &parts[count++]))
            return NULL;
        text += len;
        if (*text != '.' || count == 3)
            break;
        text++;
    }
    snprintf(out, size, "%u.%u.%u", parts[0], parts[1], parts[2]);
    return count ? text : NULL;
}

/* "rc1" and "RC-1" become "rc.1", "bta" becomes "beta". Empty when nothing comes to mind. */
static void mend_qualifier(const char *text, char *out, size_t size)
{
    char word[32];
    size_t len = 0;
    while (isalpha((unsigned char)text[len]) && len + 1 < sizeof word) {
        word[len] = (char)tolower((unsigned char)text[len]);
        len++;
    }
    word[len] = '\0';
    const char *nearest = mlt_str_nearest(word, stage_words);
    out[0] = '\0';
    if (!nearest)
        return;
    const char *rest = text + len + strspn(text + len, ".-_");
    bool experiment = strcmp(nearest, "experiment") == 0;
    const char *link = *rest == '\0' ? "" : experiment ? "-" : ".";
    snprintf(out, size, "%s%s%.40s", nearest, link, rest);
}

/* The version that was meant, when that is plain. */
static bool mend(const char *text, char out[MLT_SEMVER_CHARS])
{
    char core[40], qualifier[64] = "", clean[MLT_SEMVER_CHARS];
    struct mlt_semver v;
    text += strspn(text, "vV= ");
    /* Build metadata is cut off: it names no other content. */
    snprintf(clean, sizeof clean, "%.*s", (int)(strcspn(text, "+ ") % 200), text);
    const char *rest = mend_core(clean, core, sizeof core);
    if (!rest || (*rest != '\0' && *rest != '-' && !isalpha((unsigned char)*rest)))
        return false;
    if (*rest != '\0')
        mend_qualifier(rest + (*rest == '-'), qualifier, sizeof qualifier);
    if (*rest != '\0' && qualifier[0] == '\0')
        return false;
    snprintf(out, MLT_SEMVER_CHARS, "%.35s%s%s", core, qualifier[0] ? "-" : "", qualifier);
    return parse(out, &v);
}

static bool all_digits(const char *text, size_t len)
{
    return strspn(text, "0123456789") >= len;
}

/* Dot-separated identifiers from `text` on; where they end, or NULL when they are none. */
static const char *skip_identifiers(const char *text, bool leading_zeros)
{
    for (;;) {
        size_t len = strspn(
            text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");
        if (len == 0 || (!leading_zeros && len > 1 && *text == '0' && all_digits(text, len)))
            return NULL;
        text += len;
        if (*text != '.')
            return text;
        text++;
    }
}

/* A version of semver.org 2.0.0, whether the protocol admits it or not. */
static bool is_semantic(const char *text)
{
    for (int i = 0; i < 3; i++) {
        size_t len = strspn(text, "0123456789");
        if (len == 0 || (len > 1 && *text == '0') || (i < 2 && text[len] != '.'))
            return false;
        text += len + (i < 2);
    }
    if (*text == '-')
        text = skip_identifiers(text + 1, false);
    if (text && *text == '+')
        text = skip_identifiers(text + 1, true);
    return text && *text == '\0';
}

/* Why a text is none: what semver.org admits and the protocol does not is named. */
static const char *what_is_wrong(const char *text)
{
    const char *dash = strchr(text, '-');
    if (strlen(text) >= MLT_SEMVER_CHARS || !is_semantic(text))
        return "is not a version";
    if (strchr(text, '+'))
        return "names a build, which the protocol does not know";
    if (!dash)
        return "has a number above 4294967295";
    return strlen(dash + 1) >= sizeof ((struct mlt_semver *)NULL)->qualifier
               ? "has a qualifier of more than 63 characters"
               : "has a qualifier that the protocol does not know";
}

bool mlt_semver_parse(const char *text, struct mlt_semver *out, struct mlt_err *err)
{
    char meant[MLT_SEMVER_CHARS];
    if (parse(text, out))
        return true;
    bool found = strlen(text) < MLT_SEMVER_CHARS && mend(text, meant);
    return mlt_err_set(err, MLT_ERR_USAGE,
                       "\"%.60s%s\" %s: expected MAJOR.MINOR.PATCH, then nothing or "
                       "-alpha[.N], -beta[.N], -rc[.N], -experiment[-NAME]%s%s%s",
                       text, strlen(text) > 60 ? "…" : "", what_is_wrong(text),
                       found ? "; did you mean " : "", found ? meant : "", found ? "?" : "");
}

char *mlt_semver_format(const struct mlt_semver *v, char out[MLT_SEMVER_CHARS])
{
    snprintf(out, MLT_SEMVER_CHARS, "%u.%u.%u%s%s", v->major, v->minor, v->patch,
             v->qualifier[0] ? "-" : "", v->qualifier);
    return out;
}

static int compare_numbers(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

/* One dot-separated identifier: numbers by value and below words, words in ASCII order. */
static int compare_identifiers(const char *a, size_t a_len, const char *b, size_t b_len)
{
    bool a_number = all_digits(a, a_len), b_number = all_digits(b, b_len);
    if (a_number != b_number)
        return a_number ? -1 : 1;
    /* Without leading zeros the longer number is the larger one. */
    if (a_number && a_len != b_len)
        return a_len < b_len ? -1 : 1;
    int order = memcmp(a, b, a_len < b_len ? a_len : b_len);
    return order ? order : compare_numbers(a_len, b_len);
}

static int compare_qualifiers(const char *a, const char *b)
{
    if (*a == '\0' || *b == '\0')
        return (*a == '\0') - (*b == '\0');
    for (;;) {
        size_t a_len = strcspn(a, "."), b_len = strcspn(b, ".");
        int order = compare_identifiers(a, a_len, b, b_len);
        if (order)
            return order;
        a += a_len;
        b += b_len;
        if (*a == '\0' || *b == '\0')
            return (*a != '\0') - (*b != '\0');
        a++;
        b++;
    }
}

static int compare_cores(const struct mlt_semver *a, const struct mlt_semver *b)
{
    int order = compare_numbers(a->major, b->major);
    if (!order)
        order = compare_numbers(a->minor, b->minor);
    return order ? order : compare_numbers(a->patch, b->patch);
}

int mlt_semver_compare(const struct mlt_semver *a, const struct mlt_semver *b)
{
    int order = compare_cores(a, b);
    return order ? order : compare_qualifiers(a->qualifier, b->qualifier);
}

enum operation { EXACT, CARET, TILDE, AT_LEAST, AT_MOST, ABOVE, BELOW };

static const struct {
    const char *sign;
    enum operation operation;
} operations[] = {{">=", AT_LEAST}, {"<=", AT_MOST}, {">", ABOVE}, {"<", BELOW},
                  {"^", CARET},     {"~", TILDE},    {"=", EXACT}};

static bool holds(enum operation operation, const struct mlt_semver *v,
                  const struct mlt_semver *bound)
{
    int order = mlt_semver_compare(v, bound);
    switch (operation) {
    case EXACT:
        return order == 0;
    case CARET:
        return order >= 0 && v->major == bound->major &&
               (bound->major > 0 || v->minor == bound->minor);
    case TILDE:
        return order >= 0 && v->major == bound->major && v->minor == bound->minor;
    case AT_LEAST:
        return order >= 0;
    case AT_MOST:
        return order <= 0;
    case ABOVE:
        return order > 0;
    case BELOW:
        return order < 0;
    }
    return false;
}

/* "*", "1.x" and "1.2.x"; `*ok` whether the version is among them. */
static bool parse_wildcard(const char *term, const struct mlt_semver *v, bool *ok)
{
    uint32_t major, minor;
    const char *dot = strchr(term, '.');
    if (strcmp(term, "*") == 0) {
        *ok = true;
        return true;
    }
    if (!dot || !parse_number(term, (size_t)(dot - term), &major))
        return false;
    *ok = v->major == major;
    if (strcmp(dot, ".x") == 0)
        return true;
    const char *second = strchr(dot + 1, '.');
    if (!second || strcmp(second, ".x") != 0 ||
        !parse_number(dot + 1, (size_t)(second - dot - 1), &minor))
        return false;
    *ok = *ok && v->minor == minor;
    return true;
}

/* One term of a range. `*named`: it names a qualifier of the version's own MAJOR.MINOR.PATCH. */
static bool term_holds(const char *term, const struct mlt_semver *v, bool *ok, bool *named,
                       struct mlt_err *err)
{
    enum operation operation = EXACT;
    struct mlt_semver bound;
    if (parse_wildcard(term, v, ok))
        return true;
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++)
        if (mlt_str_starts(term, operations[i].sign)) {
            operation = operations[i].operation;
            term += strlen(operations[i].sign);
            break;
        }
    if (!mlt_semver_parse(term, &bound, err))
        return false;
    *ok = holds(operation, v, &bound);
    if (bound.qualifier[0] && compare_cores(v, &bound) == 0)
        *named = true;
    return true;
}

bool mlt_semver_satisfies(const struct mlt_semver *version, const char *range, bool *out,
                          struct mlt_err *err)
{
    char copy[RANGE_CHARS];
    if (strlen(range) >= sizeof copy)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "a version range of %zu characters is too long: at "
                           "most %d are read",
                           strlen(range), RANGE_CHARS - 1);
    strcpy(copy, range);
    bool all = true, named = false, any = false;
    char *rest = NULL;
    for (char *term = strtok_r(copy, " ", &rest); term; term = strtok_r(NULL, " ", &rest)) {
        bool ok = false;
        if (!term_holds(term, version, &ok, &named, err))
            return mlt_err_prefix(err, "version range \"%.60s\"", range);
        all = all && ok;
        any = true;
    }
    if (!any)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "a version range is empty: expected for example "
                           "\"1.2.0\", \"^1.2.0\", \">=1.0.0 <2.0.0\" or \"*\"");
    *out = all && (version->qualifier[0] == '\0' || named);
    return true;
}
