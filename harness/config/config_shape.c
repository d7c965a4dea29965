#include "harness/config/config_shape.h"

#include <string.h>

static const struct mlt_schema any_text = {.type = MLT_SCHEMA_TEXT};
static const struct mlt_schema any_number = {.type = MLT_SCHEMA_NUMBER};
static const struct mlt_schema flag = {.type = MLT_SCHEMA_BOOLEAN};
static const struct mlt_schema duration = {.type = MLT_SCHEMA_DURATION};
static const struct mlt_schema share = {.type = MLT_SCHEMA_PERCENT};
static const struct mlt_schema texts = {.type = MLT_SCHEMA_LIST, .item = &any_text};
static const struct mlt_schema text_or_texts = {
    .type = MLT_SCHEMA_SCALAR_OR, .scalar = &any_text, .item = &texts};

const char *const mlt_config_input_types[] = {"number",   "integer", "string",
                                              "category", "boolean", NULL};
const char *const mlt_config_output_types[] = {"number", "probability", "label", "probabilities",
                                               "text", NULL};
const char *const mlt_config_stabilities[] = {"stable", "beta", "experimental", NULL};
static const char *const missing_words[] = {"error", "drop", NULL};
static const char *const rule_words[] = {"non-inferior", "not-shown-worse", "equivalent", "point",
                                         NULL};
static const char *const correction_words[] = {"holm", "none", NULL};

static const struct mlt_schema input_type = {.type = MLT_SCHEMA_WORD, .words = mlt_config_input_types};
static const struct mlt_schema output_type = {.type = MLT_SCHEMA_WORD, .words = mlt_config_output_types};
static const struct mlt_schema stability = {.type = MLT_SCHEMA_WORD, .words = mlt_config_stabilities};
static const struct mlt_schema missing = {.type = MLT_SCHEMA_WORD, .words = missing_words};
static const struct mlt_schema rule = {.type = MLT_SCHEMA_WORD, .words = rule_words};
static const struct mlt_schema correction = {.type = MLT_SCHEMA_WORD, .words = correction_words};
static const struct mlt_schema alpha = {.type = MLT_SCHEMA_NUMBER, .min = 1e-6, .max = 0.499999};
static const struct mlt_schema batch_size = {.type = MLT_SCHEMA_INTEGER, .min = 1, .max = 1e6};
static const struct mlt_schema environment = {.type = MLT_SCHEMA_MAP, .item = &any_text, .empty_ok = true};

static const struct mlt_schema_key input_keys[] = {
    {"name", &any_text, true, "the field's name"},
    {"type", &input_type, true, "number, integer, string, category or boolean"},
    {"unit", &any_text, false, "unit of measurement"},
    {"min", &any_number, false, "smallest admitted value"},
    {"max", &any_number, false, "largest admitted value"},
    {"nullable", &flag, false, "null and missing are values the model accepts"},
    {"required", &flag, false, "the field must be there; default true"},
    {"enum", &texts, false, "the admitted values"},
    {"stability", &stability, false, "stable, beta or experimental"},
    {0},
};
static const struct mlt_schema input = {.type = MLT_SCHEMA_OBJECT, .keys = input_keys};
static const struct mlt_schema inputs = {.type = MLT_SCHEMA_LIST, .item = &input};

static const struct mlt_schema_key output_keys[] = {
    {"name", &any_text, false, "the output's name; default prediction"},
    {"type", &output_type, true, "number, probability, label, probabilities or text"},
    {"unit", &any_text, false, "unit of measurement"},
    {"min", &any_number, false, "smallest admitted value"},
    {"max", &any_number, false, "largest admitted value"},
    {"labels", &texts, false, "the labels"},
    {0},
};
static const struct mlt_schema output = {.type = MLT_SCHEMA_OBJECT, .keys = output_keys};

static const struct mlt_schema_key contract_keys[] = {
    {"inputs", &inputs, true, "what the model takes"},
    {"output", &output, true, "what the model gives"},
    {0},
};
static const struct mlt_schema contract = {.type = MLT_SCHEMA_OBJECT, .keys = contract_keys};

static const struct mlt_schema_key dataset_keys[] = {
    {"path", &any_text, true, "data set (.csv, .tsv or .jsonl, each also .gz or .zst), relative to this file"},
    {"label", &any_text, true, "the column that holds the truth"},
    {"id", &text_or_texts, false, "column (or columns) that names a row"},
    {"cluster", &any_text, false, "column whose equal values mark dependent rows"},
    {"query", &any_text, false, "ranking: column whose equal values are ranked against each other"},
    {"weights", &any_text, false, "column with the importance of each row"},
    {"frequencies", &any_text, false, "column with how many equal rows each row stands for"},
    {"positive", &any_text, false, "the label's text that means 1"},
    {"slices", &text_or_texts, false, "columns by whose values metrics are also measured"},
    {"missing", &missing, false, "error (default) or drop rows that lack label, weight, cluster or query"},
    {"max_candidate_missing", &share, false,
     "share of rows that only the candidate may fail to answer; default 0"},
    {0},
};
static const struct mlt_schema dataset = {.type = MLT_SCHEMA_OBJECT, .keys = dataset_keys};
static const struct mlt_schema datasets = {.type = MLT_SCHEMA_MAP, .item = &dataset};

static const struct mlt_schema_key defaults_keys[] = {
    {"rule", &rule, false, "for whole data and named slices; default non-inferior"},
    {"slice_rule", &rule, false, "for slices found by column; default not-shown-worse"},
    {"alpha", &alpha, false, "default 0.05"},
    {"correction", &correction, false, "holm (default) or none"},
    {0},
};
static const struct mlt_schema defaults = {.type = MLT_SCHEMA_OBJECT, .keys = defaults_keys};

/* `type` is filled in with the adapters there are. */
static const struct mlt_schema_key adapter_keys[] = {
    {"type", NULL, true, "how the model is asked"},
    {"artifact", &any_text, false, "file in the version's folder; default the model file"},
    {"command", &text_or_texts, false,
     "process: program and arguments, in which {artifact}, {version_dir} and {settings} are replaced"},
    {"env", &environment, false, "process: environment variables"},
    {"candidate", &any_text, false, "predictions: file of the candidate's predictions"},
    {"baseline", &any_text, false, "predictions: file of the baseline's predictions"},
    {"id", &any_text, false, "predictions: id column; default id"},
    {"score", &any_text, false, "predictions: score column; default score"},
    {"request_timeout", &duration, false, "per request; default 30s"},
    {"start_timeout", &duration, false, "until the model is ready; default 60s"},
    {"max_batch", &batch_size, false, "rows per request"},
    {0},
};

/* `adapter` and `suites` are filled in. */
static const struct mlt_schema_key root_keys[] = {
    {"model", &any_text, true, "the model's name"},
    {"registry", &any_text, false, "folder or URL of the registry"},
    {"baseline", &any_text, false, "production (default), latest, a version, or none"},
    {"adapter", NULL, true, "how the model is asked for predictions"},
    {"contract", &contract, false, "what the model takes and gives; default the version's config.json"},
    {"datasets", &datasets, false, "data sets by name"},
    {"suites", NULL, true, "what is tested"},
    {"defaults", &defaults, false, "how sentences are judged"},
    {"threshold", &share, false, "of binary decisions; default 0.5"},
    {0},
};

static const struct mlt_schema *make(struct mlt_arena *arena, struct mlt_schema schema)
{
    return mlt_arena_memdup(arena, &schema, sizeof schema);
}

static struct mlt_schema_key *find_key(struct mlt_schema_key *keys, const char *name)
{
    for (; keys->name; keys++)
        if (strcmp(keys->name, name) == 0)
            return keys;
    return NULL;
}

static const struct mlt_schema *adapter_shape(const struct mlt_config_tables *tables,
                                              struct mlt_arena *arena)
{
    struct mlt_schema_key *keys = mlt_arena_memdup(arena, adapter_keys, sizeof adapter_keys);
    const struct mlt_schema *type =
        make(arena, (struct mlt_schema){.type = MLT_SCHEMA_WORD, .words = tables->adapters});
    if (!keys || !type)
        return NULL;
    find_key(keys, "type")->schema = type;
    return make(arena, (struct mlt_schema){.type = MLT_SCHEMA_OBJECT, .keys = keys});
}

static const struct mlt_schema *suites_shape(const struct mlt_config_tables *tables,
                                             struct mlt_arena *arena)
{
    size_t count = 0;
    while (tables->suites[count].name)
        count++;
    struct mlt_schema_key *keys = mlt_arena_calloc(arena, count + 1, sizeof *keys);
    for (size_t i = 0; keys && i < count; i++) {
        const struct mlt_schema *list = make(
            arena, (struct mlt_schema){.type = MLT_SCHEMA_LIST, .item = tables->suites[i].item});
        if (!list)
            return NULL;
        keys[i] = (struct mlt_schema_key){tables->suites[i].name, list, false, NULL};
    }
    return keys ? make(arena, (struct mlt_schema){.type = MLT_SCHEMA_OBJECT, .keys = keys}) : NULL;
}

const struct mlt_schema *mlt_config_shape(const struct mlt_config_tables *tables,
                                          struct mlt_arena *arena)
{
    struct mlt_schema_key *keys = mlt_arena_memdup(arena, root_keys, sizeof root_keys);
    const struct mlt_schema *adapter = adapter_shape(tables, arena);
    const struct mlt_schema *suites = suites_shape(tables, arena);
    if (!keys || !adapter || !suites)
        return NULL;
    find_key(keys, "adapter")->schema = adapter;
    find_key(keys, "suites")->schema = suites;
    return make(arena, (struct mlt_schema){.type = MLT_SCHEMA_OBJECT,
                                           .keys = keys,
                                           .doc = "What is tested, and how, by mltest."});
}

bool mlt_config_schema_print(const struct mlt_config_tables *tables, struct mlt_buf *out,
                             struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    const struct mlt_schema *shape = mlt_config_shape(tables, &arena);
    bool ok = shape ? mlt_schema_print(shape, "mltest.yaml", out, err) : mlt_err_oom(err);
    mlt_arena_free(&arena);
    return ok;
}
