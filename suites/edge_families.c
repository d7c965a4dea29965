#include <float.h>
#include <math.h>
#include <string.h>

#include "harness/base/str.h"
#include "suites/edge.h"

enum { LONG_BYTES = 1 << 20, LARGE_BATCH = 10000 };

static bool add(struct mlt_edge_probes *probes, struct mlt_arena *arena, const char *field,
                struct mlt_value value, struct mlt_err *err)
{
    struct mlt_edge_probe *grown =
        mlt_arena_grow(arena, probes->items, probes->count, &probes->capacity, sizeof *grown);
    if (!grown)
        return mlt_err_oom(err);
    probes->items = grown;
    probes->items[probes->count++] = (struct mlt_edge_probe){field, value};
    return true;
}

static struct mlt_value number(double value)
{
    return (struct mlt_value){.kind = MLT_VALUE_NUMBER, .number = value};
}

static struct mlt_value text(const char *value)
{
    return (struct mlt_value){.kind = MLT_VALUE_TEXT, .text = value, .len = strlen(value)};
}

static struct mlt_value json(const char *value)
{
    return (struct mlt_value){.kind = MLT_VALUE_JSON, .text = value, .len = strlen(value)};
}

static bool is_number(const struct mlt_input *input)
{
    return input->type == MLT_INPUT_NUMBER || input->type == MLT_INPUT_INTEGER;
}

static bool is_text(const struct mlt_input *input)
{
    return input->type == MLT_INPUT_STRING || input->type == MLT_INPUT_CATEGORY;
}

/* The same values for every input of which `applies` is true. */
static bool add_each(const struct mlt_contract *contract, bool (*applies)(const struct mlt_input *),
                     const struct mlt_value *values, size_t count, struct mlt_arena *arena,
                     struct mlt_edge_probes *out, struct mlt_err *err)
{
    for (size_t i = 0; i < contract->input_count; i++)
        for (size_t k = 0; k < count; k++)
            if ((!applies || applies(&contract->inputs[i])) &&
                !add(out, arena, contract->inputs[i].name, values[k], err))
                return false;
    return true;
}

#define FAMILY(function)                                                                           \
    static bool function(const struct mlt_contract *contract, struct mlt_arena *arena,             \
                         struct mlt_edge_probes *out, struct mlt_err *err)
#define COUNT(array) (sizeof(array) / sizeof *(array))

FAMILY(missing_field)
{
    const struct mlt_value absent = {.kind = MLT_VALUE_ABSENT};
    return add_each(contract, NULL, &absent, 1, arena, out, err);
}

FAMILY(null_value)
{
    const struct mlt_value null = {.kind = MLT_VALUE_NULL};
    return add_each(contract, NULL, &null, 1, arena, out, err);
}

FAMILY(not_a_number)
{
    const struct mlt_value nan = number(NAN);
    return add_each(contract, is_number, &nan, 1, arena, out, err);
}

FAMILY(infinities)
{
    const struct mlt_value both[] = {number(INFINITY), number(-INFINITY)};
    return add_each(contract, is_number, both, COUNT(both), arena, out, err);
}

FAMILY(zero)
{
    const struct mlt_value zeros[] = {number(0), number(-0.0)};
    return add_each(contract, is_number, zeros, COUNT(zeros), arena, out, err);
}

FAMILY(negative)
{
    const struct mlt_value values[] = {number(-1), number(-1e6)};
    return add_each(contract, is_number, values, COUNT(values), arena, out, err);
}

FAMILY(extreme)
{
    const struct mlt_value values[] = {number(DBL_MAX), number(-DBL_MAX), number(DBL_MIN),
                                       number(DBL_TRUE_MIN), number(9007199254740993.0)};
    if (!add_each(contract, is_number, values, COUNT(values), arena, out, err))
        return false;
    for (size_t i = 0; i < contract->input_count; i++) {
        const struct mlt_input *input = &contract->inputs[i];
        if (!is_number(input))
            continue;
        if (!isnan(input->min) && !add(out, arena, input->name, number(input->min), err))
            return false;
        if (!isnan(input->max) && !add(out, arena, input->name, number(input->max), err))
            return false;
    }
    return true;
}

FAMILY(wrong_type)
{
    const struct mlt_value anywhere[] = {json("[1,2]"), json("{\"a\":1}")};
    const struct mlt_value for_number[] = {text("not a number"),
                                           {.kind = MLT_VALUE_BOOL, .boolean = true}};
    const struct mlt_value for_text[] = {number(12.5), {.kind = MLT_VALUE_BOOL, .boolean = true}};
    const struct mlt_value for_boolean[] = {text("maybe"), number(2)};
    if (!add_each(contract, NULL, anywhere, COUNT(anywhere), arena, out, err) ||
        !add_each(contract, is_number, for_number, COUNT(for_number), arena, out, err) ||
        !add_each(contract, is_text, for_text, COUNT(for_text), arena, out, err))
        return false;
    for (size_t i = 0; i < contract->input_count; i++)
        for (size_t k = 0; k < COUNT(for_boolean); k++)
            if (contract->inputs[i].type == MLT_INPUT_BOOLEAN &&
                !add(out, arena, contract->inputs[i].name, for_boolean[k], err))
                return false;
    return true;
}

FAMILY(empty_string)
{
    const struct mlt_value empty = text("");
    return add_each(contract, is_text, &empty, 1, arena, out, err);
}

FAMILY(long_string)
{
    char *bytes = mlt_arena_alloc(arena, LONG_BYTES + 1);
    if (!bytes)
        return mlt_err_oom(err);
    memset(bytes, 'x', LONG_BYTES);
    const struct mlt_value value = text(bytes);
    return add_each(contract, is_text, &value, 1, arena, out, err);
}

FAMILY(control_characters)
{
    const struct mlt_value values[] = {text("\x01\x02\x7f"), text("a\tb\r\nc"), text("\x1b[31mred"),
                                       text("\"\\\"")};
    return add_each(contract, is_text, values, COUNT(values), arena, out, err);
}

FAMILY(non_bmp)
{
    const struct mlt_value values[] = {text("\xf0\x9f\x98\x80"),
                                       text("\xf0\x9d\x92\xb3 caf\xc3\xa9"),
                                       text("\xe2\x80\xae"
                                            "abc")};
    return add_each(contract, is_text, values, COUNT(values), arena, out, err);
}

FAMILY(extra_field)
{
    static const char *const names[] = {"mltest_extra_field", "mltest_extra_field_2"};
    const char *name = mlt_contract_find(contract, names[0]) ? names[1] : names[0];
    return add(out, arena, name, number(1), err) && add(out, arena, name, text("extra"), err);
}

const struct mlt_edge_family mlt_edge_families[] = {
    {"missing-field", "each field left out", missing_field, 0},
    {"null", "each field null", null_value, 0},
    {"nan", "NaN in each number", not_a_number, 0},
    {"infinity", "plus and minus infinity in each number", infinities, 0},
    {"zero", "0 and -0 in each number", zero, 0},
    {"negative", "negative values in each number", negative, 0},
    {"extreme", "the largest, smallest and boundary values in each number", extreme, 0},
    {"wrong-type", "a value of another type in each field", wrong_type, 0},
    {"empty-string", "an empty string in each text", empty_string, 0},
    {"long-string", "a string of 1 MiB in each text", long_string, 0},
    {"control-characters", "control characters and quotes in each text", control_characters, 0},
    {"non-bmp", "characters beyond 16 bits in each text", non_bmp, 0},
    {"extra-field", "a field that nobody declared", extra_field, 0},
    {"empty-batch", "a batch of no rows", NULL, 0},
    {"large-batch", "a batch of 10,000 good rows", NULL, LARGE_BATCH},
    {NULL, NULL, NULL, 0},
};

const struct mlt_edge_family *mlt_edge_family_find(const char *name)
{
    for (const struct mlt_edge_family *family = mlt_edge_families; family->name; family++)
        if (mlt_str_eq(family->name, name))
            return family;
    return NULL;
}
