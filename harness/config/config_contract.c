#include <math.h>
#include <string.h>

#include "harness/config/config_shape.h"
#include "harness/domain/names.h"

static size_t word_index(const struct mlt_yaml *node, const char *const *words, size_t fallback)
{
    const char *text;
    if (!mlt_schema_text(node, &text))
        return fallback;
    for (size_t i = 0; words[i]; i++)
        if (strcmp(words[i], text) == 0)
            return i;
    return fallback;
}

bool mlt_config_texts(const struct mlt_yaml *node, struct mlt_arena *arena,
                      const char *const **out, size_t *out_count, struct mlt_err *err)
{
    bool list = node && node->kind == MLT_YAML_SEQUENCE;
    size_t count = list ? node->count : node != NULL;
    const char **texts = mlt_arena_calloc(arena, count + 1, sizeof *texts);
    if (!texts)
        return mlt_err_oom(err);
    for (size_t i = 0; i < count; i++)
        texts[i] = list ? node->values[i]->text : node->text;
    *out = texts;
    *out_count = count;
    return true;
}

static bool read_bounds(const struct mlt_yaml *node, double *min, double *max, struct mlt_err *err)
{
    *min = *max = NAN;
    mlt_schema_number(mlt_yaml_get(node, "min"), min);
    mlt_schema_number(mlt_yaml_get(node, "max"), max);
    if (*min > *max)
        return mlt_yaml_fault(mlt_yaml_get(node, "min"), err, "min %s is above max %s",
                              mlt_yaml_get(node, "min")->text, mlt_yaml_get(node, "max")->text);
    return true;
}

static bool read_input(const struct mlt_yaml *node, struct mlt_arena *arena, struct mlt_input *out,
                       struct mlt_err *err)
{
    const struct mlt_yaml *values = mlt_yaml_get(node, "enum");
    mlt_schema_text(mlt_yaml_get(node, "name"), &out->name);
    mlt_schema_text(mlt_yaml_get(node, "unit"), &out->unit);
    out->type = (enum mlt_input_type)word_index(mlt_yaml_get(node, "type"), mlt_config_input_types,
                                                0);
    out->stability =
        mlt_config_stabilities[word_index(mlt_yaml_get(node, "stability"), mlt_config_stabilities,
                                          0)];
    out->required = true;
    mlt_schema_boolean(mlt_yaml_get(node, "required"), &out->required);
    mlt_schema_boolean(mlt_yaml_get(node, "nullable"), &out->nullable);
    if (!read_bounds(node, &out->min, &out->max, err))
        return false;
    return !values ||
           mlt_config_texts(values, arena, &out->categories, &out->category_count, err);
}

static bool read_output(const struct mlt_yaml *node, struct mlt_arena *arena,
                        struct mlt_output *out, struct mlt_err *err)
{
    const struct mlt_yaml *labels = mlt_yaml_get(node, "labels");
    out->name = "prediction";
    mlt_schema_text(mlt_yaml_get(node, "name"), &out->name);
    out->type = (enum mlt_output_type)word_index(mlt_yaml_get(node, "type"),
                                                 mlt_config_output_types, 0);
    bool labelled = out->type == MLT_OUTPUT_LABEL || out->type == MLT_OUTPUT_PROBABILITIES;
    if (labelled && !labels)
        return mlt_yaml_fault(node, err, "the key 'labels' is missing in contract.output: an "
                                         "output of type %s lists its labels",
                              mlt_config_output_types[out->type]);
    if (!read_bounds(node, &out->min, &out->max, err))
        return false;
    return !labels || mlt_config_texts(labels, arena, &out->labels, &out->label_count, err);
}

/* No two inputs that a reader takes for one. */
static bool check_names(const struct mlt_yaml *inputs, const struct mlt_contract *contract,
                        struct mlt_arena *arena, struct mlt_err *err)
{
    const char **names = mlt_arena_calloc(arena, contract->input_count, sizeof *names);
    const char *fault;
    size_t at;
    if (!names)
        return mlt_err_oom(err);
    for (size_t i = 0; i < contract->input_count; i++)
        names[i] = contract->inputs[i].name;
    if (!mlt_names_check(names, contract->input_count, arena, &fault, &at, err))
        return false;
    return !fault || mlt_yaml_fault(mlt_yaml_get(inputs->values[at], "name"), err, "%s", fault);
}

bool mlt_config_contract(const struct mlt_yaml *node, struct mlt_arena *arena,
                         struct mlt_contract *out, struct mlt_err *err)
{
    const struct mlt_yaml *inputs = mlt_yaml_get(node, "inputs");
    out->inputs = mlt_arena_calloc(arena, inputs->count, sizeof *out->inputs);
    if (!out->inputs)
        return mlt_err_oom(err);
    for (out->input_count = 0; out->input_count < inputs->count; out->input_count++) {
        const struct mlt_yaml *item = inputs->values[out->input_count];
        struct mlt_input *input = &out->inputs[out->input_count];
        if (!read_input(item, arena, input, err))
            return false;
        for (size_t i = 0; i < out->input_count; i++)
            if (strcmp(out->inputs[i].name, input->name) == 0)
                return mlt_yaml_fault(mlt_yaml_get(item, "name"), err,
                                      "the input '%.60s' is there twice", input->name);
    }
    return check_names(inputs, out, arena, err) &&
           read_output(mlt_yaml_get(node, "output"), arena, &out->output, err);
}
