#include "harness/compat/field.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/str.h"

/* Of so many fields that went and that came every pair is looked at for a new name; beyond, a field
 * is only a renamed one where it stands in the same place. */
enum { MOST_RENAMES = 200 };

static const char *const input_types[] = {"number", "integer", "string", "category", "boolean"};
static const char *const output_types[] = {"number", "probability", "label", "probabilities",
                                           "text"};

static struct mlt_compat_field of_input(const struct mlt_input *input, enum mlt_part part)
{
    return (struct mlt_compat_field){
        .part = part,
        .name = input->name,
        .type = input_types[input->type],
        .unit = input->unit,
        .stability = input->stability ? input->stability : "stable",
        .fallback = input->fallback,
        .min = input->min,
        .max = input->max,
        .nullable = input->nullable,
        .demanded = input->required && !input->nullable && !input->fallback,
        .values = input->categories,
        .value_count = input->category_count,
    };
}

static struct mlt_compat_field of_output(const struct mlt_output *output)
{
    return (struct mlt_compat_field){
        .part = MLT_PART_OUTPUT,
        .name = output->name,
        .type = output_types[output->type],
        .unit = output->unit,
        .stability = output->stability ? output->stability : "stable",
        .min = output->min,
        .max = output->max,
        .values = output->labels,
        .value_count = output->label_count,
        .positional = output->type == MLT_OUTPUT_PROBABILITIES,
    };
}

struct mlt_compat_field *mlt_compat_fields(const struct mlt_contract *contract, enum mlt_part part,
                                           struct mlt_arena *arena, size_t *count)
{
    bool settings = part == MLT_PART_SETTING, output = part == MLT_PART_OUTPUT;
    const struct mlt_input *list = settings ? contract->settings : contract->inputs;
    *count = output ? 1 : settings ? contract->setting_count : contract->input_count;
    struct mlt_compat_field *fields = mlt_arena_calloc(arena, *count, sizeof *fields);
    for (size_t i = 0; fields && i < *count; i++)
        fields[i] = output ? of_output(&contract->output) : of_input(&list[i], part);
    return fields;
}

static int by_name(const void *a, const void *b)
{
    const struct mlt_compat_field *const *x = a, *const *y = b;
    return strcmp((*x)->name, (*y)->name);
}

static bool pair_by_name(struct mlt_compat_field *from, size_t from_count,
                         struct mlt_compat_field *to, size_t to_count, struct mlt_arena *arena,
                         struct mlt_err *err)
{
    struct mlt_compat_field **sorted = mlt_arena_calloc(arena, to_count, sizeof *sorted);
    if (!sorted)
        return mlt_err_oom(err);
    for (size_t i = 0; i < to_count; i++)
        sorted[i] = &to[i];
    qsort(sorted, to_count, sizeof *sorted, by_name);
    for (size_t i = 0; i < from_count; i++) {
        const struct mlt_compat_field *key = &from[i];
        struct mlt_compat_field **found = bsearch(&key, sorted, to_count, sizeof *sorted, by_name);
        if (!found)
            continue;
        from[i].other = *found;
        (*found)->other = &from[i];
    }
    return true;
}

static bool same_bound(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

/* A field that came where callers had to give the old one, or need not give either. */
static bool same_shape(const struct mlt_compat_field *a, const struct mlt_compat_field *b)
{
    if (strcmp(a->type, b->type) != 0 || !mlt_str_eq(a->unit, b->unit) ||
        !same_bound(a->min, b->min) || !same_bound(a->max, b->max) || a->nullable != b->nullable ||
        a->demanded != b->demanded || a->value_count != b->value_count)
        return false;
    for (size_t i = 0; i < a->value_count; i++)
        if (strcmp(a->values[i], b->values[i]) != 0)
            return false;
    return true;
}

static void pair(struct mlt_compat_field *a, struct mlt_compat_field *b)
{
    a->other = b;
    b->other = a;
}

/* Much alike, or one holding the other: "price1" and "price_1", "user" and "user_id". */
static bool alike(const char *a, const char *b)
{
    const char *words[] = {b, NULL}, *back[] = {a, NULL};
    return mlt_str_nearest(a, words) || mlt_str_nearest(b, back) || strstr(a, b) || strstr(b, a);
}

static void pair_renamed(struct mlt_compat_field *from, size_t from_count,
                         struct mlt_compat_field *to, size_t to_count)
{
    size_t gone = 0;
    for (size_t i = 0; i < from_count; i++)
        gone += !from[i].other;
    for (size_t i = 0; gone <= MOST_RENAMES && i < from_count; i++)
        for (size_t k = 0; !from[i].other && k < to_count; k++)
            if (!to[k].other && same_shape(&from[i], &to[k]) && alike(from[i].name, to[k].name))
                pair(&from[i], &to[k]);
    for (size_t i = 0; i < from_count && i < to_count; i++)
        if (!from[i].other && !to[i].other && same_shape(&from[i], &to[i]))
            pair(&from[i], &to[i]);
}

bool mlt_compat_pair(struct mlt_compat_field *from, size_t from_count, struct mlt_compat_field *to,
                     size_t to_count, struct mlt_arena *arena, struct mlt_err *err)
{
    if (!pair_by_name(from, from_count, to, to_count, arena, err))
        return false;
    pair_renamed(from, from_count, to, to_count);
    return true;
}
