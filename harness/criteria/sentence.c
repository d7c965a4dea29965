#include "harness/criteria/sentence.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "harness/base/str.h"
#include "harness/criteria/sentence_range.h"
#include "harness/domain/slice.h"

enum { MAX_SENTENCE_BYTES = 1000, MAX_TOKENS = 40 };

enum token_kind { TOKEN_END, TOKEN_WORD, TOKEN_QUOTED, TOKEN_SIGN, TOKEN_COMMA };

struct token {
    enum token_kind kind;
    const char *text; /* in the arena */
    size_t column;    /* from 1 */
};

struct parser {
    const char *sentence;
    struct mlt_arena *arena;
    bool anchored; /* compares with the anchor, and with nothing else */
    struct mlt_err *err;
    struct token tokens[MAX_TOKENS + 1]; /* TOKEN_END behind the last */
    size_t count, next;
};

static const struct token *peek(const struct parser *p)
{
    return &p->tokens[p->next];
}

/* "expected X, found Y", with the nearest of `words` (may be NULL) as a hint. False. */
static bool unexpected(const struct parser *p, const struct token *at, const char *expected,
                       const char *const *words)
{
    const char *nearest =
        words != NULL && at->kind == TOKEN_WORD ? mlt_str_nearest(at->text, words) : NULL;
    if (nearest != NULL)
        return mlt_err_set(p->err, MLT_ERR_USAGE,
                           "\"%s\": column %zu: expected %s, found \"%s\"; did you mean \"%s\"?",
                           p->sentence, at->column, expected, at->text, nearest);
    if (at->kind == TOKEN_END)
        return mlt_err_set(p->err, MLT_ERR_USAGE,
                           "\"%s\": column %zu: expected %s, but the sentence ends there",
                           p->sentence, at->column, expected);
    return mlt_err_set(p->err, MLT_ERR_USAGE, "\"%s\": column %zu: expected %s, found \"%s\"",
                       p->sentence, at->column, expected, at->text);
}

static bool refused(const struct parser *p, const struct token *at, const char *why)
{
    return mlt_err_set(p->err, MLT_ERR_USAGE, "\"%s\": column %zu: \"%s\": %s", p->sentence,
                       at->column, at->text, why);
}

static bool add_token(struct parser *p, enum token_kind kind, const char *start, size_t len)
{
    if (p->count == MAX_TOKENS)
        return mlt_err_set(p->err, MLT_ERR_USAGE, "\"%s\": more than %d words", p->sentence,
                           MAX_TOKENS);
    struct token *token = &p->tokens[p->count];
    token->kind = kind;
    token->column = (size_t)(start - p->sentence) + 1;
    token->text = mlt_arena_strndup(p->arena, start, len);
    if (token->text == NULL)
        return mlt_err_oom(p->err);
    p->count++;
    return true;
}

static bool add_quoted(struct parser *p, const char **at)
{
    const char *start = *at + 1;
    const char *end = strchr(start, **at);
    if (end == NULL)
        return mlt_err_set(p->err, MLT_ERR_USAGE, "\"%s\": column %zu: the quote is not closed",
                           p->sentence, (size_t)(*at - p->sentence) + 1);
    *at = end + 1;
    return add_token(p, TOKEN_QUOTED, start, (size_t)(end - start));
}

static bool tokenize(struct parser *p)
{
    const char *at = p->sentence;
    for (;;) {
        at += strspn(at, " \t");
        bool ok;
        size_t len = 1;
        if (*at == '\0') {
            p->tokens[p->count] = (struct token){TOKEN_END, "", (size_t)(at - p->sentence) + 1};
            return true;
        }
        if (*at == '"' || *at == '\'') {
            ok = add_quoted(p, &at);
            len = 0;
        } else if (*at == ',') {
            ok = add_token(p, TOKEN_COMMA, at, len);
        } else if (strchr("<>=!", *at) != NULL) {
            len += at[1] == '=';
            ok = add_token(p, TOKEN_SIGN, at, len);
        } else {
            len = strcspn(at, " \t,<>=!\"'");
            ok = add_token(p, TOKEN_WORD, at, len);
        }
        if (!ok)
            return false;
        at += len;
    }
}

static bool is_word(const struct token *token, const char *word)
{
    return token->kind == TOKEN_WORD && strcmp(token->text, word) == 0;
}

static bool take_word(struct parser *p, const char *word)
{
    if (!is_word(peek(p), word))
        return false;
    p->next++;
    return true;
}

static bool want_word(struct parser *p, const char *word)
{
    const char *const words[] = {word, NULL};
    char expected[40];
    size_t len = strlen(word);
    if (take_word(p, word))
        return true;
    expected[0] = '"';
    memcpy(expected + 1, word, len);
    memcpy(expected + 1 + len, "\"", 2);
    return unexpected(p, peek(p), expected, words);
}

struct unit {
    const char *name, *class;
    double times, over; /* two factors: 7 / 1000 is the nearest double to 0.007, 7 * 0.001 is not */
};

static const struct unit units[] = {
    {"%", "share", 1, 100},    {"ns", "s", 1, 1e9},          {"us", "s", 1, 1e6},
    {"µs", "s", 1, 1e6},       {"ms", "s", 1, 1e3},          {"s", "s", 1, 1},
    {"m", "s", 60, 1},         {"h", "s", 3600, 1},          {"B", "bytes", 1, 1},
    {"KB", "bytes", 1e3, 1},   {"MB", "bytes", 1e6, 1},      {"GB", "bytes", 1e9, 1},
    {"KiB", "bytes", 1024, 1}, {"MiB", "bytes", 1048576, 1}, {"GiB", "bytes", 1073741824, 1},
    {"/s", "1/s", 1, 1},
};

static const char *const unit_names[] = {"%",  "ns", "us", "ms",  "s",   "m",   "h",  "B",
                                         "KB", "MB", "GB", "KiB", "MiB", "GiB", "/s", NULL};

static const struct unit *find_unit(const char *name)
{
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        if (strcmp(units[i].name, name) == 0)
            return &units[i];
    return NULL;
}

/* Length of the number at the start: sign, digits, point, exponent. */
static size_t number_length(const char *text)
{
    size_t i = text[0] == '-' || text[0] == '+';
    size_t digits = strspn(text + i, "0123456789");
    i += digits;
    if (text[i] == '.') {
        size_t decimals = strspn(text + i + 1, "0123456789");
        digits += decimals;
        i += decimals + 1;
    }
    if (digits == 0)
        return 0;
    if (text[i] == 'e' || text[i] == 'E') {
        size_t sign = text[i + 1] == '-' || text[i + 1] == '+';
        size_t exponent = strspn(text + i + 1 + sign, "0123456789");
        if (exponent > 0)
            i += 1 + sign + exponent;
    }
    return i;
}

struct quantity {
    double value;      /* in the base unit */
    const char *class; /* "" without a unit */
    const struct token *at;
};

/* NUMBER[UNIT]; the unit may stand apart ("50 ms"). */
static bool want_quantity(struct parser *p, const char *expected, struct quantity *out)
{
    const struct token *at = peek(p);
    size_t len = at->kind == TOKEN_WORD ? number_length(at->text) : 0;
    double value;
    if (len == 0)
        return unexpected(p, at, expected, NULL);
    if (!mlt_str_parse_double(at->text, len, &value))
        return refused(p, at, "this is no number that a double can hold");
    p->next++;
    const char *name = at->text + len;
    if (*name == '\0' && peek(p)->kind == TOKEN_WORD && find_unit(peek(p)->text) != NULL)
        name = p->tokens[p->next++].text;
    *out = (struct quantity){value, "", at};
    if (*name == '\0')
        return true;
    const struct unit *unit = find_unit(name);
    if (unit == NULL) {
        const char *nearest = mlt_str_nearest(name, unit_names);
        return mlt_err_set(p->err, MLT_ERR_USAGE,
                           "\"%s\": column %zu: unknown unit \"%s\"%s%s%s; units are ns us ms s m "
                           "h, B KB MB GB KiB MiB GiB, /s and %%",
                           p->sentence, at->column + len, name,
                           nearest != NULL ? "; did you mean \"" : "",
                           nearest != NULL ? nearest : "", nearest != NULL ? "\"?" : "");
    }
    out->value = value * unit->times / unit->over;
    out->class = unit->class;
    if (!isfinite(out->value))
        return refused(p, at, "this is no number that a double can hold");
    return true;
}

static bool ends_metric(const struct token *token)
{
    return token->kind != TOKEN_WORD || is_word(token, "by") || is_word(token, "for") ||
           is_word(token, "within") || is_word(token, "no") || is_word(token, "better");
}

static const char *const condition_words[] = {"by", "for", "within", "no", "better", NULL};
static const char *const condition_expected =
    "a condition (<=, <, >=, >, \"within … of production\", \"no worse than production\" or "
    "\"better "
    "than production\")";

static bool parse_metric(struct parser *p, struct mlt_sentence *out)
{
    const struct token *first = peek(p);
    if (first->kind != TOKEN_WORD || ends_metric(first))
        return unexpected(p, first, "the name of a metric", NULL);
    p->next++;
    out->metric = first->text;
    if (!ends_metric(peek(p))) {
        const struct token *second = peek(p);
        /* "rmse witin 5% of …" is a slip in "within", not a metric of two words. */
        const char *nearest = mlt_str_nearest(second->text, condition_words);
        const struct token *third = &p->tokens[p->next + 1];
        if ((nearest != NULL && strlen(nearest) > 2) || !ends_metric(third))
            return unexpected(p, second, condition_expected, condition_words);
        out->metric = mlt_arena_printf(p->arena, "%s %s", first->text, second->text);
        if (out->metric == NULL)
            return mlt_err_oom(p->err);
        p->next++;
    }
    if (strcmp(out->metric, "rss") == 0)
        out->metric = "rss peak";
    return true;
}

static bool want_name(struct parser *p, const char *expected, const char **out)
{
    const struct token *at = peek(p);
    if (at->kind != TOKEN_WORD && at->kind != TOKEN_QUOTED)
        return unexpected(p, at, expected, NULL);
    *out = at->text;
    p->next++;
    return true;
}

struct slice_names {
    const char *column[MLT_SLICE_MAX_COLUMNS], *value[MLT_SLICE_MAX_COLUMNS];
    size_t count;
};

static bool want_column(struct parser *p, struct slice_names *names)
{
    const struct token *at = peek(p);
    const char *name = NULL;
    if (!want_name(p, "the name of a column", &name))
        return false;
    if (names->count == MLT_SLICE_MAX_COLUMNS)
        return mlt_err_set(p->err, MLT_ERR_USAGE, "\"%s\": column %zu: more than %d columns",
                           p->sentence, at->column, MLT_SLICE_MAX_COLUMNS);
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->column[i], name) == 0)
            return refused(p, at, "this column is named twice");
    names->column[names->count++] = name;
    return true;
}

static bool parse_by(struct parser *p, struct mlt_sentence *out)
{
    struct slice_names names = {.count = 0};
    do {
        if (!want_column(p, &names))
            return false;
    } while (peek(p)->kind == TOKEN_COMMA && p->next++ < p->count);
    out->by_column = mlt_slice_name(names.column, names.count, p->arena);
    return out->by_column != NULL || mlt_err_oom(p->err);
}

static bool parse_for(struct parser *p, struct mlt_sentence *out)
{
    struct slice_names names = {.count = 0};
    do {
        if (!want_column(p, &names))
            return false;
        const struct token *sign = peek(p);
        if (sign->kind != TOKEN_SIGN || strcmp(sign->text, "==") != 0)
            return unexpected(p, sign, "\"==\"", NULL);
        p->next++;
        if (!want_name(p, "a value of the column", &names.value[names.count - 1]))
            return false;
    } while (take_word(p, "and"));
    out->for_column = mlt_slice_name(names.column, names.count, p->arena);
    out->for_value = mlt_slice_name(names.value, names.count, p->arena);
    return (out->for_column != NULL && out->for_value != NULL) || mlt_err_oom(p->err);
}

static bool parse_slice(struct parser *p, struct mlt_sentence *out)
{
    if (take_word(p, "by"))
        return parse_by(p, out);
    return !take_word(p, "for") || parse_for(p, out);
}

static bool parse_limit(struct parser *p, struct mlt_sentence *out)
{
    const struct token *sign = peek(p);
    if (strcmp(sign->text, "<") != 0 && strcmp(sign->text, "<=") != 0 &&
        strcmp(sign->text, ">") != 0 && strcmp(sign->text, ">=") != 0)
        return unexpected(p, sign, "<=, <, >= or >", NULL);
    p->next++;
    struct quantity limit;
    if (!want_quantity(p, "a number", &limit))
        return false;
    out->kind = MLT_SENTENCE_ABSOLUTE;
    out->upper = sign->text[0] == '<';
    out->strict = sign->text[1] == '\0';
    out->limit = limit.value;
    out->unit = limit.class;
    return true;
}

static bool parse_reference(struct parser *p, struct mlt_sentence *out)
{
    static const char *const serving[] = {"production", "baseline", "control", NULL};
    static const char *const fixed[] = {"anchor", NULL};
    const char *const *references = p->anchored ? fixed : serving;
    for (size_t i = 0; references[i] != NULL; i++) {
        if (take_word(p, references[i])) {
            out->reference = references[i];
            return true;
        }
    }
    if (!p->anchored && take_word(p, "anchor"))
        return refused(p, &p->tokens[p->next - 1],
                       "only the margins under `anchor:` of a gates.yaml compare with the anchor");
    return unexpected(p, peek(p),
                      p->anchored ? "\"anchor\"" : "\"production\", \"baseline\" or \"control\"",
                      references);
}

static bool parse_margin(struct parser *p, struct mlt_sentence *out)
{
    struct quantity margin;
    if (!want_quantity(p, "a margin such as 5% or 0.002", &margin))
        return false;
    if (!(margin.value > 0))
        return refused(p, margin.at,
                       out->kind == MLT_SENTENCE_BETTER
                           ? "a gain must be greater than 0; for any gain leave it out"
                           : "a margin must be greater than 0; for none write \"no worse than "
                             "production\"");
    bool relative = strcmp(margin.class, "share") == 0;
    if (relative && margin.value > 10)
        return refused(p, margin.at,
                       out->kind == MLT_SENTENCE_BETTER
                           ? "nobody gains more than 1000 %"
                           : "a margin above 1000 % admits everything");
    if (relative ? out->relative != 0 : out->absolute != 0)
        return refused(p, margin.at,
                       "of the two margins one must be a percentage and one a number");
    if (relative) {
        out->relative = margin.value;
    } else {
        out->absolute = margin.value;
        out->unit = margin.class;
    }
    return true;
}

static bool parse_condition(struct parser *p, struct mlt_sentence *out)
{
    if (peek(p)->kind == TOKEN_SIGN)
        return parse_limit(p, out);
    if (take_word(p, "within")) {
        out->kind = MLT_SENTENCE_WITHIN;
        if (!parse_margin(p, out) || (take_word(p, "or") && !parse_margin(p, out)))
            return false;
        return want_word(p, "of") && parse_reference(p, out);
    }
    if (take_word(p, "no")) {
        out->kind = MLT_SENTENCE_NO_WORSE;
        return want_word(p, "worse") && want_word(p, "than") && parse_reference(p, out);
    }
    if (take_word(p, "better")) {
        out->kind = MLT_SENTENCE_BETTER;
        return want_word(p, "than") && parse_reference(p, out) &&
               (!take_word(p, "by") || parse_margin(p, out));
    }
    return unexpected(p, peek(p), condition_expected, condition_words);
}

static bool parse_rule(struct parser *p, struct mlt_sentence *out)
{
    static const char *const rules[] = {"non-inferior", "not-shown-worse", "point", "equivalent",
                                        NULL};
    const struct token *at = peek(p);
    if (out->rule != MLT_RULE_DEFAULT)
        return refused(p, at, "the rule is given twice");
    if (at->kind != TOKEN_WORD || !mlt_rule_parse(at->text, &out->rule) ||
        out->rule == MLT_RULE_SUPERIOR)
        return unexpected(p, at, "non-inferior, not-shown-worse, point or equivalent", rules);
    if (out->rule == MLT_RULE_EQUIVALENT && out->kind != MLT_SENTENCE_WITHIN)
        return refused(p, at, "equivalence needs a margin: \"within … of production\"");
    if (out->kind == MLT_SENTENCE_BETTER && out->rule != MLT_RULE_POINT)
        return refused(p, at,
                       "\"better than\" must be shown; only \"rule point\" can replace that");
    p->next++;
    return true;
}

static bool parse_alpha(struct parser *p, struct mlt_sentence *out)
{
    struct quantity alpha;
    if (!isnan(out->alpha))
        return refused(p, peek(p), "alpha is given twice");
    if (!want_quantity(p, "a number between 0 and 0.5", &alpha))
        return false;
    if ((alpha.class[0] != '\0' && strcmp(alpha.class, "share") != 0) || !(alpha.value > 0) ||
        !(alpha.value < 0.5))
        return refused(p, alpha.at, "alpha must be between 0 and 0.5");
    out->alpha = alpha.value;
    return true;
}

static bool parse_options(struct parser *p, struct mlt_sentence *out)
{
    static const char *const options[] = {"rule", "alpha", NULL};
    while (peek(p)->kind == TOKEN_COMMA) {
        p->next++;
        bool ok;
        if (take_word(p, "rule"))
            ok = parse_rule(p, out);
        else if (take_word(p, "alpha"))
            ok = parse_alpha(p, out);
        else
            ok = unexpected(p, peek(p), "\"rule\" or \"alpha\"", options);
        if (!ok)
            return false;
    }
    if (peek(p)->kind != TOKEN_END)
        return unexpected(p, peek(p), "the end of the sentence or a comma", NULL);
    return true;
}

/* Experiments have a control, the suite that measures latencies has none. */
static bool check_latency(const struct parser *p, const struct mlt_sentence *s)
{
    if (strcmp(s->metric, "latency") != 0)
        return true;
    if (mlt_str_eq(s->reference, "control"))
        return refused(p, &p->tokens[0],
                       "this is what the performance suite measures, which has no control: compare "
                       "\"latency p95\" with production; an experiment's measure needs a name of "
                       "its own, for example \"mean_latency = mean(ms) lower\"");
    return refused(p, &p->tokens[0],
                   "a latency has many values: say which percentile, as \"latency p50\", "
                   "\"latency p95\" or \"latency p99\"");
}

static bool check_text(const char *text, struct mlt_err *err)
{
    size_t len = strlen(text), bad;
    if (len > MAX_SENTENCE_BYTES)
        return mlt_err_set(err, MLT_ERR_USAGE, "a sentence of %zu bytes is longer than %d", len,
                           MAX_SENTENCE_BYTES);
    if (!mlt_str_utf8_valid(text, len, &bad))
        return mlt_err_set(err, MLT_ERR_USAGE, "a sentence has an invalid byte at %zu", bad + 1);
    for (size_t i = 0; i < len; i++)
        if (iscntrl((unsigned char)text[i]) && text[i] != '\t')
            return mlt_err_set(err, MLT_ERR_USAGE, "a sentence has a control character at byte %zu",
                               i + 1);
    return true;
}

static bool parse(const char *text, bool anchored, struct mlt_arena *arena,
                  struct mlt_sentence *out, struct mlt_err *err)
{
    if (!check_text(text, err))
        return false;
    struct parser parser = {.sentence = mlt_arena_strdup(arena, text),
                            .arena = arena,
                            .anchored = anchored,
                            .err = err};
    if (parser.sentence == NULL)
        return mlt_err_oom(err);
    struct mlt_sentence sentence = {.text = parser.sentence, .unit = "", .alpha = NAN};
    if (!tokenize(&parser) || !parse_metric(&parser, &sentence) ||
        !parse_slice(&parser, &sentence) || !parse_condition(&parser, &sentence) ||
        !check_latency(&parser, &sentence) || !parse_options(&parser, &sentence))
        return false;
    const char *fault = mlt_sentence_range_fault(&sentence);
    if (fault != NULL)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "\"%s\" %s, whatever the model does: %s cannot take other values; a "
                           "percentage is written with its sign (5%%)",
                           sentence.text, fault, sentence.metric);
    *out = sentence;
    return true;
}

bool mlt_sentence_parse(const char *text, struct mlt_arena *arena, struct mlt_sentence *out,
                        struct mlt_err *err)
{
    return parse(text, false, arena, out, err);
}

bool mlt_sentence_parse_anchored(const char *text, struct mlt_arena *arena,
                                 struct mlt_sentence *out, struct mlt_err *err)
{
    if (!parse(text, true, arena, out, err))
        return false;
    if (!out->reference)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "\"%s\" compares with nothing: a margin against the anchor reads \"%s "
                           "within 10%% of anchor\"",
                           out->text, out->metric);
    return true;
}
