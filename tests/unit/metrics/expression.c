#include <math.h>
#include <string.h>

#include "harness/base/rng.h"
#include "harness/metrics/expression.h"
#include "tests/unit/suite.h"

TCase *expression_case(void);

static struct mlt_arena arena;
static struct mlt_err err;
static const char *const names[] = {"label", "score", "price", "a column", NULL};

static void setup(void)
{
    arena = (struct mlt_arena)MLT_ARENA_INIT;
    err = (struct mlt_err)MLT_ERR_INIT;
}

static void teardown(void)
{
    mlt_arena_free(&arena);
}

/* With label 2, score 3, price 10, `a column` -1. */
static double value_of(const char *text)
{
    static const double column[4] = {2, 3, 10, -1};
    const double *inputs[4] = {&column[0], &column[1], &column[2], &column[3]};
    const struct mlt_expression *expression;
    double out;
    ck_ok(mlt_expression_parse(text, names, &arena, &expression, &err));
    size_t bad = mlt_expression_eval(expression, inputs, 1, &out);
    ck_assert((bad == 0) == (isnan(out) != 0));
    return out;
}

START_TEST(expressions_have_the_values_of_arithmetic)
{
    static const struct {
        const char *text;
        double value;
    } known[] = {
        {"1 + 2 * 3", 7},
        {"(1 + 2) * 3", 9},
        {"-2 ^ 2", -4},
        {"2 ^ 3 ^ 2", 512},
        {"2 ^ -1", 0.5},
        {"8 - 4 - 2", 2},
        {"8 / 4 / 2", 1},
        {"label + score * price", 32},
        {"`a column` * 2", -2},
        {"abs(label - score) / price", 0.1},
        {"if(score > label, 3, 1) * abs(score - label)", 3},
        {"if(score < label, 1 / 0, 4)", 4},
        {"min(label, score) - max(label, score)", -1},
        {"not label > score and score == 3", 1},
        {"label > score or not 0", 1},
        {"not not 5", 1},
        {"1 < 2 and 2 <= 2 and 3 >= 3 and 3 != 4", 1},
        {"sqrt(price - 1)", 3},
        {"4 ^ 0.5", 2},
        {"1.5e1 - 2.5E-1", 14.75},
        {"--3", 3},
        {".5", 0.5},
        {"\t1\n", 1},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        ck_assert_msg(value_of(known[i].text) == known[i].value, "%s is %.17g", known[i].text,
                      value_of(known[i].text));
    /* mpmath 1.2.1 */
    ck_assert(fabs(value_of("log(price)") - 2.302585092994046) < 1e-15);
    ck_assert(fabs(value_of("exp(-label)") - 0.1353352832366127) < 1e-16);
    ck_assert(fabs(value_of("price ^ 1.5") - 31.622776601683793) < 1e-13);
}
END_TEST

START_TEST(what_is_no_number_is_never_hidden)
{
    static const char *const texts[] = {
        "0 / 0",         "log(-1)",     "log(0)",         "1 / 0",          "sqrt(-1)",
        "(-8) ^ 0.5",    "(-8) ^ 0.3",  "0 / 0 > 1",      "0 / 0 == 0 / 0", "max(0 / 0, 1)",
        "min(1, 0 / 0)", "not 0 / 0",   "1 or 0 / 0",     "0 and log(-1)",  "if(0 / 0, 1, 2)",
        "1 != 0 / 0",    "(0 / 0) ^ 0", "1e308 * 10 - 1",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        ck_assert_msg(isnan(value_of(texts[i])), "%s is %.17g", texts[i], value_of(texts[i]));
}
END_TEST

static void refused(const char *text, const char *phrase)
{
    const struct mlt_expression *expression;
    ck_fails(mlt_expression_parse(text, names, &arena, &expression, &err), MLT_ERR_USAGE, phrase);
}

START_TEST(faults_have_a_place_and_a_word)
{
    refused("", "character 1 of the expression: expected a value");
    refused("1 +", "character 4");
    refused("label + scorr", "character 9 of the expression: there is no such column (did you mean "
                             "'score'?), found 'scorr'");
    refused("1 2", "character 3 of the expression: expected an operator or the end, found '2'");
    refused("(1", "expected a closing parenthesis");
    refused("1 < 2 < 3", "comparisons do not chain");
    refused("min(1)", "expected a comma");
    refused("min(1, 2, 3)", "expected a closing parenthesis, found ', 3)'");
    refused("system(1)", "character 1 of the expression: there are the functions");
    refused("1e999", "this is not a number");
    refused("0x10", "this is not a number");
    refused("1 and and 2", "character 7");
    refused("`a column", "expected a closing backquote");
    refused("`ü` + `ö`", "character 1");
    refused("label + `ü`", "character 9");
    refused("`a column` + ü", "character 14");
    refused("label = score", "found '= score'");
    refused("if(1, 2)", "expected a comma");
}
END_TEST

START_TEST(length_and_depth_are_bounded)
{
    static char text[MLT_EXPRESSION_MAX_BYTES + 2];
    memset(text, '(', sizeof text - 1);
    refused(text, "longer than");
    text[1000] = '\0';
    refused(text, "too deeply nested");
    memset(text, '-', 1000);
    refused(text, "too deeply nested");
    for (size_t i = 0; i < 500; i++)
        memcpy(text + 2 * i, "2^", 2);
    refused(text, "too much in one expression");
    for (size_t i = 0; i < 1000; i++)
        memcpy(text + 4 * i, "not ", 4);
    memcpy(text + 4000, "1", 2);
    ck_assert(value_of(text) == 1);
    for (size_t i = 0; i < 2000; i++)
        memcpy(text + 2 * i, "1+", 2);
    memcpy(text + 4000, "1", 2);
    refused(text, "too much in one expression");
    for (size_t i = 0; i < 50; i++)
        memcpy(text + 3 * i, "1+(", 3);
    text[150] = '\0';
    refused(text, "too much in one expression");
}
END_TEST

START_TEST(blocks_of_rows_give_what_single_rows_give)
{
    enum { N = 1000 };
    static double x[N], y[N], out[N];
    const double *inputs[4] = {x, y, NULL, NULL};
    const struct mlt_expression *expression;
    for (int i = 0; i < N; i++) {
        x[i] = i - 300;
        y[i] = i % 7;
    }
    ck_ok(mlt_expression_parse("if(label > 0, log(label) * score, score / (score - 3))", names,
                               &arena, &expression, &err));
    ck_assert(mlt_expression_uses(expression, 0) && mlt_expression_uses(expression, 1));
    ck_assert(!mlt_expression_uses(expression, 2));
    /* 3 / 0 in row 4 */
    ck_assert_uint_eq(mlt_expression_eval(expression, inputs, N, out), 3);
    for (int i = 0; i < N; i++) {
        double single;
        const double *one[4] = {x + i, y + i, NULL, NULL};
        (void)mlt_expression_eval(expression, one, 1, &single);
        ck_assert(single == out[i] || (isnan(single) && isnan(out[i])));
    }
    ck_assert(fabs(out[999] - log(699) * 5) < 1e-13);
    ck_assert_uint_eq(mlt_expression_eval(expression, inputs, 0, out), 0);
}
END_TEST

START_TEST(any_text_is_parsed_or_refused_and_evaluated)
{
    static const char *const words[] = {
        "label", "score", "`a column`", "1",    "0.5", "2e3", "+",   "-",  "*",   "/",  "^",
        "(",     ")",     ",",          "<",    ">=",  "==",  "and", "or", "not", "if", "min(",
        "log(",  "if(",   " ",          "\xc3", "`",   "1e",  ".",   "=",  "!",   "x"};
    struct mlt_rng rng;
    mlt_rng_seed(&rng, 11);
    size_t good = 0;
    for (int round = 0; round < 20000; round++) {
        char text[256] = "";
        for (uint64_t k = 1 + mlt_rng_below(&rng, 9); k > 0; k--)
            strcat(text, words[mlt_rng_below(&rng, sizeof words / sizeof words[0])]);
        const double column[4] = {2, 3, 10, -1};
        const double *inputs[4] = {&column[0], &column[1], &column[2], &column[3]};
        const struct mlt_expression *expression;
        double out;
        err = (struct mlt_err)MLT_ERR_INIT;
        if (mlt_expression_parse(text, names, &arena, &expression, &err)) {
            (void)mlt_expression_eval(expression, inputs, 1, &out);
            ck_assert(!isinf(out));
            good++;
        } else {
            ck_assert(err.kind == MLT_ERR_USAGE && strstr(err.text, "character ") != NULL);
        }
        mlt_arena_free(&arena);
    }
    ck_assert(good > 100);
}
END_TEST

TCase *expression_case(void)
{
    TCase *tcase = tcase_create("expression");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, expressions_have_the_values_of_arithmetic);
    tcase_add_test(tcase, what_is_no_number_is_never_hidden);
    tcase_add_test(tcase, faults_have_a_place_and_a_word);
    tcase_add_test(tcase, length_and_depth_are_bounded);
    tcase_add_test(tcase, any_text_is_parsed_or_refused_and_evaluated);
    tcase_add_test(tcase, blocks_of_rows_give_what_single_rows_give);
    return tcase;
}
