#include "harness/metrics/expression.h"

#include <string.h>

#include "harness/base/str.h"
#include "harness/metrics/expression_code.h"

enum { MAX_NESTING = 64, MAX_NAME = 128 };

struct parser {
    const char *text;
    size_t at, len;
    const char *const *names;
    struct mlt_expression *out;
    int nesting, stack;
    struct mlt_err *err;
};

static bool parse_or(struct parser *p);
static bool parse_unary(struct parser *p);

/* The place counts characters, not bytes. */
static bool fault(struct parser *p, size_t at, const char *what, const char *seen)
{
    size_t place = 1;
    for (size_t i = 0; i < at; i++)
        place += (p->text[i] & 0xC0) != 0x80;
    struct mlt_buf shown = MLT_BUF_INIT;
    mlt_str_append_safe(&shown, seen, strlen(seen), 40);
    mlt_err_set(p->err, MLT_ERR_USAGE, "character %zu of the expression: %s%s%s%s", place, what,
                *seen == '\0' ? "" : ", found '", shown.data, *seen == '\0' ? "" : "'");
    mlt_buf_free(&shown);
    return false;
}

static bool expected(struct parser *p, const char *what)
{
    return fault(p, p->at, what, p->text + p->at);
}

static bool emit(struct parser *p, enum mlt_expression_code code, size_t name, double number)
{
    p->stack += 1 - mlt_expression_takes(code);
    if (p->out->count == MLT_EXPRESSION_MAX_OPS || p->stack > MLT_EXPRESSION_MAX_STACK)
        return fault(p, p->at, "too much in one expression", "");
    p->out->op[p->out->count++] = (struct mlt_expression_op){code, name, number};
    return true;
}

static void skip_space(struct parser *p)
{
    while (p->at < p->len && strchr(" \t\r\n", p->text[p->at]) != NULL)
        p->at++;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t word_length(const struct parser *p)
{
    size_t len = 0;
    while (p->at + len < p->len &&
           (is_letter(p->text[p->at + len]) ||
            (len > 0 && (is_digit(p->text[p->at + len]) || p->text[p->at + len] == '.'))))
        len++;
    return len;
}

/* Takes `sign` if it comes next. */
static bool take(struct parser *p, const char *sign)
{
    skip_space(p);
    size_t len = strlen(sign);
    if (p->len - p->at < len || memcmp(p->text + p->at, sign, len) != 0)
        return false;
    p->at += len;
    return true;
}

static bool take_word(struct parser *p, const char *word)
{
    skip_space(p);
    if (word_length(p) != strlen(word) || memcmp(p->text + p->at, word, strlen(word)) != 0)
        return false;
    p->at += strlen(word);
    return true;
}

static bool parse_number(struct parser *p)
{
    size_t len = 0;
    while (p->at + len < p->len) {
        char c = p->text[p->at + len];
        bool sign = (c == '+' || c == '-') && len > 0 && (p->text[p->at + len - 1] | 32) == 'e';
        if (!is_digit(c) && c != '.' && !is_letter(c) && !sign)
            break;
        len++;
    }
    double number;
    if (!mlt_str_parse_double(p->text + p->at, len, &number))
        return expected(p, "this is not a number");
    p->at += len;
    return emit(p, MLT_CODE_NUMBER, 0, number);
}

static const struct {
    const char *name;
    enum mlt_expression_code code;
} functions[] = {
    {"abs", MLT_CODE_ABS}, {"log", MLT_CODE_LOG}, {"exp", MLT_CODE_EXP}, {"sqrt", MLT_CODE_SQRT},
    {"min", MLT_CODE_MIN}, {"max", MLT_CODE_MAX}, {"if", MLT_CODE_IF},
};
enum { FUNCTIONS = sizeof functions / sizeof functions[0] };

static bool parse_call(struct parser *p, const char *word, size_t at)
{
    size_t f = 0;
    while (f < FUNCTIONS && strcmp(functions[f].name, word) != 0)
        f++;
    if (f == FUNCTIONS)
        return fault(p, at, "there are the functions abs, log, exp, sqrt, min, max, if", word);
    int takes = mlt_expression_takes(functions[f].code);
    for (int i = 0; i < takes; i++) {
        if (i > 0 && !take(p, ","))
            return expected(p, "expected a comma and another value");
        if (!parse_or(p))
            return false;
    }
    if (!take(p, ")"))
        return expected(p, "expected a closing parenthesis");
    return emit(p, functions[f].code, 0, 0);
}

static bool parse_name(struct parser *p, const char *name, size_t at)
{
    static const char *const reserved[] = {"and", "or", "not", NULL};
    for (size_t i = 0; reserved[i] != NULL; i++)
        if (strcmp(reserved[i], name) == 0 && p->text[at] != '`')
            return fault(p, at, "expected a value", name);
    for (size_t i = 0; p->names[i] != NULL; i++)
        if (strcmp(p->names[i], name) == 0)
            return emit(p, MLT_CODE_NAME, i, 0);
    const char *near = mlt_str_nearest(name, p->names);
    if (near == NULL)
        return fault(p, at, "there is no such column", name);
    struct mlt_buf what = MLT_BUF_INIT;
    mlt_buf_puts(&what, "there is no such column (did you mean '");
    mlt_str_append_safe(&what, near, strlen(near), MAX_NAME);
    mlt_buf_puts(&what, "'?)");
    fault(p, at, what.data, name);
    mlt_buf_free(&what);
    return false;
}

/* A word, or anything between backquotes. */
static bool parse_word(struct parser *p)
{
    char word[MAX_NAME + 1];
    size_t first = p->at, from = first, len = word_length(p);
    bool quoted = p->text[first] == '`';
    if (quoted) {
        const char *end = memchr(p->text + first + 1, '`', p->len - first - 1);
        if (end == NULL)
            return expected(p, "expected a closing backquote");
        from = first + 1;
        len = (size_t)(end - (p->text + from));
    }
    if (len > MAX_NAME)
        return expected(p, "this name is too long");
    memcpy(word, p->text + from, len);
    word[len] = '\0';
    p->at = from + len + quoted;
    if (!quoted && take(p, "("))
        return parse_call(p, word, first);
    return parse_name(p, word, first);
}

static bool parse_atom(struct parser *p)
{
    skip_space(p);
    if (p->at == p->len)
        return expected(p, "expected a value");
    char c = p->text[p->at];
    if (is_digit(c) || c == '.')
        return parse_number(p);
    if (is_letter(c) || c == '`')
        return parse_word(p);
    if (!take(p, "("))
        return expected(p, "expected a value");
    if (!parse_or(p))
        return false;
    return take(p, ")") ? true : expected(p, "expected a closing parenthesis");
}

static bool parse_power(struct parser *p)
{
    if (!parse_atom(p))
        return false;
    if (!take(p, "^"))
        return true;
    return parse_unary(p) && emit(p, MLT_CODE_POWER, 0, 0);
}

/* Every way down passes here: it bounds the depth. */
static bool parse_unary(struct parser *p)
{
    if (++p->nesting > MAX_NESTING)
        return fault(p, p->at, "too deeply nested", "");
    bool good;
    if (take(p, "-"))
        good = parse_unary(p) && emit(p, MLT_CODE_NEGATE, 0, 0);
    else
        good = parse_power(p);
    p->nesting--;
    return good;
}

static bool parse_product(struct parser *p)
{
    if (!parse_unary(p))
        return false;
    for (;;) {
        enum mlt_expression_code code = take(p, "*")   ? MLT_CODE_MULTIPLY
                                        : take(p, "/") ? MLT_CODE_DIVIDE
                                                       : MLT_CODE_NUMBER;
        if (code == MLT_CODE_NUMBER)
            return true;
        if (!parse_unary(p) || !emit(p, code, 0, 0))
            return false;
    }
}

static bool parse_sum(struct parser *p)
{
    if (!parse_product(p))
        return false;
    for (;;) {
        enum mlt_expression_code code = take(p, "+")   ? MLT_CODE_ADD
                                        : take(p, "-") ? MLT_CODE_SUBTRACT
                                                       : MLT_CODE_NUMBER;
        if (code == MLT_CODE_NUMBER)
            return true;
        if (!parse_product(p) || !emit(p, code, 0, 0))
            return false;
    }
}

/* The sign of a comparison, longest first; MLT_CODE_NUMBER when there is none. */
static enum mlt_expression_code take_comparison(struct parser *p)
{
    static const struct {
        const char *sign;
        enum mlt_expression_code code;
    } signs[] = {{"<=", MLT_CODE_LESS_EQUAL}, {">=", MLT_CODE_GREATER_EQUAL},
                 {"==", MLT_CODE_EQUAL},      {"!=", MLT_CODE_UNEQUAL},
                 {"<", MLT_CODE_LESS},        {">", MLT_CODE_GREATER}};
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
        if (take(p, signs[i].sign))
            return signs[i].code;
    return MLT_CODE_NUMBER;
}

static bool parse_comparison(struct parser *p)
{
    if (!parse_sum(p))
        return false;
    enum mlt_expression_code code = take_comparison(p);
    if (code == MLT_CODE_NUMBER)
        return true;
    if (!parse_sum(p) || !emit(p, code, 0, 0))
        return false;
    size_t at = p->at;
    if (take_comparison(p) == MLT_CODE_NUMBER)
        return true;
    p->at = at;
    return expected(p, "comparisons do not chain: join them with 'and'");
}

static bool parse_not(struct parser *p)
{
    size_t times = 0;
    while (take_word(p, "not"))
        times++;
    if (!parse_comparison(p))
        return false;
    /* Once or twice say all that any number of them could. */
    for (size_t i = 0; i < (times == 0 ? 0 : 2 - times % 2); i++)
        if (!emit(p, MLT_CODE_NOT, 0, 0))
            return false;
    return true;
}

static bool parse_and(struct parser *p)
{
    if (!parse_not(p))
        return false;
    while (take_word(p, "and"))
        if (!parse_not(p) || !emit(p, MLT_CODE_AND, 0, 0))
            return false;
    return true;
}

static bool parse_or(struct parser *p)
{
    if (!parse_and(p))
        return false;
    while (take_word(p, "or"))
        if (!parse_and(p) || !emit(p, MLT_CODE_OR, 0, 0))
            return false;
    return true;
}

bool mlt_expression_parse(const char *text, const char *const *names, struct mlt_arena *arena,
                          const struct mlt_expression **out, struct mlt_err *err)
{
    struct parser p = {.text = text, .len = strlen(text), .names = names, .err = err};
    if (p.len > MLT_EXPRESSION_MAX_BYTES)
        return mlt_err_set(err, MLT_ERR_USAGE, "an expression of %zu bytes is longer than %d",
                           p.len, MLT_EXPRESSION_MAX_BYTES);
    p.out = mlt_arena_alloc(arena, sizeof *p.out);
    if (p.out == NULL)
        return mlt_err_oom(err);
    if (!parse_or(&p))
        return false;
    skip_space(&p);
    if (p.at < p.len)
        return expected(&p, "expected an operator or the end");
    *out = p.out;
    return true;
}

bool mlt_expression_uses(const struct mlt_expression *expression, size_t name)
{
    for (size_t i = 0; i < expression->count; i++)
        if (expression->op[i].code == MLT_CODE_NAME && expression->op[i].name == name)
            return true;
    return false;
}
