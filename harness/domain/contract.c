#include "harness/domain/contract.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/str.h"

enum { WHY = 256 };
/* How far the sum of a distribution's probabilities may be from 1. */
static const double sum_tolerance = 1e-3;

const struct mlt_input *mlt_contract_find(const struct mlt_contract *contract, const char *name)
{
    for (size_t i = 0; i < contract->input_count; i++)
        if (strcmp(contract->inputs[i].name, name) == 0)
            return &contract->inputs[i];
    return NULL;
}

static bool number_is(const char *text, double number)
{
    double value;
    return mlt_str_parse_double(text, strlen(text), &value) && value == number;
}

/* Is the value one of the texts? A number is one when a text is the same number. */
static bool among(const char *const *texts, size_t count, const char *text, double number)
{
    for (size_t i = 0; i < count; i++)
        if (text ? strcmp(texts[i], text) == 0 : number_is(texts[i], number))
            return true;
    return false;
}

static bool in_bounds(double value, double min, double max, char why[WHY])
{
    if (!isfinite(value)) {
        snprintf(why, WHY, "expected a finite number, found %s",
                 isnan(value) ? "NaN" : "an infinity");
        return false;
    }
    if (value < min) {
        snprintf(why, WHY, "expected at least %.17g, found %.17g", min, value);
        return false;
    }
    if (value > max) {
        snprintf(why, WHY, "expected at most %.17g, found %.17g", max, value);
        return false;
    }
    return true;
}

static bool refuse_kind(const char *expected, const struct mlt_value *value, char why[WHY])
{
    char digits[MLT_DOUBLE_CHARS];
    switch (value->kind) {
    case MLT_VALUE_ABSENT:
        snprintf(why, WHY, "expected %s, but the field is absent", expected);
        break;
    case MLT_VALUE_NULL:
        snprintf(why, WHY, "expected %s, found null", expected);
        break;
    case MLT_VALUE_NUMBER:
        snprintf(why, WHY, "expected %s, found %s", expected,
                 mlt_str_format_double(value->number, digits));
        break;
    case MLT_VALUE_TEXT:
        snprintf(why, WHY, "expected %s, found \"%.*s\"", expected,
                 (int)(value->len < 60 ? value->len : 60), value->text);
        break;
    case MLT_VALUE_BOOL:
        snprintf(why, WHY, "expected %s, found %s", expected, value->boolean ? "true" : "false");
        break;
    case MLT_VALUE_JSON:
        snprintf(why, WHY, "expected %s, found a list or an object", expected);
        break;
    }
    return false;
}

static bool admits_number(const struct mlt_input *input, const struct mlt_value *value,
                          char why[WHY])
{
    bool whole = input->type == MLT_INPUT_INTEGER;
    if (value->kind != MLT_VALUE_NUMBER)
        return refuse_kind(whole ? "a whole number" : "a number", value, why);
    if (!in_bounds(value->number, input->min, input->max, why))
        return false;
    if (whole && value->number != floor(value->number))
        return refuse_kind("a whole number", value, why);
    if (input->category_count &&
        !among(input->categories, input->category_count, NULL, value->number))
        return refuse_kind("one of the declared values", value, why);
    return true;
}

static bool admits_text(const struct mlt_input *input, const struct mlt_value *value, char why[WHY])
{
    bool number = value->kind == MLT_VALUE_NUMBER && input->type == MLT_INPUT_CATEGORY &&
                  isfinite(value->number);
    if (value->kind != MLT_VALUE_TEXT && !number)
        return refuse_kind(input->type == MLT_INPUT_CATEGORY ? "a category" : "text", value, why);
    if (input->category_count && !among(input->categories, input->category_count,
                                        number ? NULL : value->text, value->number))
        return refuse_kind("one of the declared categories", value, why);
    return true;
}

bool mlt_contract_admits(const struct mlt_input *input, const struct mlt_value *value,
                         char why[WHY])
{
    why[0] = '\0';
    if (value->kind == MLT_VALUE_ABSENT)
        return input->nullable || !input->required || input->fallback || refuse_kind("a value", value, why);
    if (value->kind == MLT_VALUE_NULL)
        return input->nullable || refuse_kind("a value", value, why);
    switch (input->type) {
    case MLT_INPUT_NUMBER:
    case MLT_INPUT_INTEGER:
        return admits_number(input, value, why);
    case MLT_INPUT_STRING:
    case MLT_INPUT_CATEGORY:
        return admits_text(input, value, why);
    case MLT_INPUT_BOOLEAN:
        break;
    }
    return value->kind == MLT_VALUE_BOOL || refuse_kind("true or false", value, why);
}

static bool distribution_ok(const struct mlt_output *output, const struct mlt_prediction *p,
                            char why[WHY])
{
    double sum = 0;
    if (p->vector_len != output->label_count) {
        snprintf(why, WHY, "expected %zu probabilities, one for each label, found %zu",
                 output->label_count, p->vector_len);
        return false;
    }
    for (size_t i = 0; i < p->vector_len; i++) {
        if (!in_bounds(p->vector[i], 0, 1, why))
            return false;
        sum += p->vector[i];
    }
    if (fabs(sum - 1) <= sum_tolerance)
        return true;
    snprintf(why, WHY, "expected probabilities that sum to 1, found a sum of %.17g", sum);
    return false;
}

static bool label_ok(const struct mlt_output *output, const struct mlt_prediction *p, char why[WHY])
{
    bool number = p->kind == MLT_PREDICTION_NUMBER;
    if (among(output->labels, output->label_count, number ? NULL : p->label, p->number))
        return true;
    if (number)
        snprintf(why, WHY, "expected one of %zu labels, found %.17g", output->label_count,
                 p->number);
    else
        snprintf(why, WHY, "expected one of %zu labels, found \"%.60s\"", output->label_count,
                 p->label);
    return false;
}

static const char *const prediction_kinds[] = {"nothing", "a number", "a label",
                                               "a list of probabilities"};

bool mlt_contract_output_ok(const struct mlt_output *output, const struct mlt_prediction *p,
                            char why[WHY])
{
    const char *expected = "a number";
    why[0] = '\0';
    switch (output->type) {
    case MLT_OUTPUT_NUMBER:
        if (p->kind == MLT_PREDICTION_NUMBER)
            return in_bounds(p->number, output->min, output->max, why);
        break;
    case MLT_OUTPUT_PROBABILITY:
        expected = "a probability";
        if (p->kind == MLT_PREDICTION_NUMBER)
            return in_bounds(p->number, 0, 1, why);
        break;
    case MLT_OUTPUT_LABEL:
        expected = "a label";
        /* Labels such as 0 and 1 often come as numbers. */
        if (p->kind == MLT_PREDICTION_LABEL || p->kind == MLT_PREDICTION_NUMBER)
            return label_ok(output, p, why);
        break;
    case MLT_OUTPUT_PROBABILITIES:
        expected = "a list of probabilities";
        if (p->kind == MLT_PREDICTION_VECTOR)
            return distribution_ok(output, p, why);
        break;
    case MLT_OUTPUT_TEXT:
        expected = "text";
        if (p->kind == MLT_PREDICTION_LABEL)
            return true;
        break;
    }
    snprintf(why, WHY, "expected %s, found %s%s%.120s", expected, prediction_kinds[p->kind],
             p->error ? ": " : "", p->error ? p->error : "");
    return false;
}
