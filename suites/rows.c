#include "suites/rows.h"

#include <math.h>
#include <string.h>
#include <strings.h>

#include "harness/base/str.h"

static bool find_columns(struct mlt_inputs *in, struct mlt_arena *arena, struct mlt_err *err)
{
    size_t count = in->contract->input_count;
    in->fields = mlt_arena_calloc(arena, count, sizeof *in->fields);
    in->column = mlt_arena_calloc(arena, count, sizeof(struct mlt_column *));
    if (!in->fields || !in->column)
        return mlt_err_oom(err);
    for (size_t i = 0; i < count; i++) {
        const struct mlt_input *input = &in->contract->inputs[i];
        in->fields[i] = input->name;
        in->column[i] = mlt_table_find(&in->table, input->name);
        if (!in->column[i] && input->required && !mlt_table_want(&in->table, input->name, err))
            return mlt_err_prefix(err, "input '%s' of the contract", input->name);
    }
    return true;
}

enum { MAX_ID_COLUMNS = 8 };

/* `id: [store, week]` comes as "store,week"; a column of that very name goes first. */
static bool id_columns(const struct mlt_inputs *in, struct mlt_arena *arena,
                       const struct mlt_column **out, size_t *count, struct mlt_err *err)
{
    *count = 0;
    if (!in->dataset->id)
        return true;
    out[0] = mlt_table_find(&in->table, in->dataset->id);
    if (out[0]) {
        *count = 1;
        return true;
    }
    for (const char *next = in->dataset->id;;) {
        size_t len = strcspn(next, ",");
        const char *name = mlt_arena_strndup(arena, next, len);
        if (!name)
            return mlt_err_oom(err);
        if (*count == MAX_ID_COLUMNS)
            return mlt_err_set(err, MLT_ERR_USAGE, "more than %d columns", MAX_ID_COLUMNS);
        out[*count] = mlt_table_want(&in->table, name, err);
        if (!out[*count])
            return false;
        ++*count;
        if (next[len] == '\0')
            return true;
        next += len + 1;
    }
}

static const char *make_id(const struct mlt_inputs *in, const struct mlt_column *const *column,
                           size_t count, size_t row, struct mlt_arena *arena, struct mlt_err *err)
{
    if (count == 0) {
        const char *ordinal = mlt_arena_printf(arena, "%zu", row + 1);
        return ordinal ? ordinal : (mlt_err_oom(err), NULL);
    }
    const char *id = column[0]->text[row];
    for (size_t i = 0; i < count; i++)
        if (!column[i]->text[row]) {
            mlt_err_set(err, MLT_ERR_EVIDENCE, "%s:%llu: id '%s' is missing", in->table.path,
                        (unsigned long long)in->table.line[row], column[i]->name);
            return NULL;
        }
    for (size_t i = 1; id && i < count; i++)
        id = mlt_arena_printf(arena, "%s,%s", id, column[i]->text[row]);
    return id ? id : (mlt_err_oom(err), NULL);
}

/* Ids that occur twice would pair the wrong rows. */
static bool check_unique(const struct mlt_inputs *in, struct mlt_arena *arena, struct mlt_err *err)
{
    struct mlt_groups groups;
    struct mlt_column ids = {.name = in->dataset->id, .text = in->ids};
    if (!mlt_table_group(&ids, in->table.rows, arena, &groups, err))
        return false;
    for (size_t r = 0; r < in->table.rows; r++)
        if (groups.id[r] != r) /* numbered by first appearance: the first one seen before */
            return mlt_err_set(err, MLT_ERR_EVIDENCE,
                               "%s:%llu: id '%.80s' is that of line %llu, too; `id` must tell rows "
                               "apart",
                               in->table.path, (unsigned long long)in->table.line[r], in->ids[r],
                               (unsigned long long)in->table.line[groups.id[r]]);
    return true;
}

static bool find_ids(struct mlt_inputs *in, struct mlt_arena *arena, struct mlt_err *err)
{
    const struct mlt_column *column[MAX_ID_COLUMNS];
    size_t count;
    if (!id_columns(in, arena, column, &count, err))
        return mlt_err_prefix(err, "`id` of data set '%s'", in->dataset->name);
    in->ids = mlt_arena_calloc(arena, in->table.rows, sizeof *in->ids);
    if (!in->ids)
        return mlt_err_oom(err);
    for (size_t r = 0; r < in->table.rows; r++) {
        in->ids[r] = make_id(in, column, count, r, arena, err);
        if (!in->ids[r])
            return false;
    }
    return count == 0 || check_unique(in, arena, err);
}

/* The digest of the run is of the rows that are judged, or nothing is. */
static bool check_digest(const struct mlt_inputs *in, struct mlt_err *err)
{
    const char *planned = in->dataset->sha256;
    if (!*planned || strcmp(planned, in->table.digest) == 0)
        return true;
    return mlt_err_set(err, MLT_ERR_EVIDENCE,
                       "%s has changed since the run began: its SHA-256 is %.12s…, planned was %.12s…; "
                       "run again while nothing writes to it",
                       in->table.path, in->table.digest, planned);
}

bool mlt_inputs_open(const struct mlt_dataset_config *dataset, const struct mlt_contract *contract,
                     struct mlt_arena *arena, struct mlt_inputs *out, struct mlt_err *err)
{
    *out = (struct mlt_inputs){.dataset = dataset, .contract = contract};
    return mlt_table_read(dataset->path, arena, &out->table, err) && check_digest(out, err) &&
           find_columns(out, arena, err) && find_ids(out, arena, err);
}

const struct mlt_input *mlt_inputs_lacking(const struct mlt_inputs *inputs, size_t row)
{
    for (size_t i = 0; i < inputs->contract->input_count; i++) {
        const struct mlt_input *input = &inputs->contract->inputs[i];
        if (inputs->column[i] && !inputs->column[i]->text[row] && !input->nullable)
            return input;
    }
    return NULL;
}

static bool parse_boolean(const char *text, bool *out)
{
    *out = strcasecmp(text, "true") == 0 || strcmp(text, "1") == 0;
    return *out || strcasecmp(text, "false") == 0 || strcmp(text, "0") == 0;
}

/* A cell as the contract's type reads it. What does not fit the type goes as it is: the model has
 * to refuse it, not we. */
static struct mlt_value value_of(const struct mlt_input *input, const char *text)
{
    struct mlt_value value = {.kind = MLT_VALUE_TEXT, .text = text, .len = strlen(text)};
    bool is_number = input->type == MLT_INPUT_NUMBER || input->type == MLT_INPUT_INTEGER;
    if (is_number && mlt_str_parse_double(text, value.len, &value.number))
        value.kind = MLT_VALUE_NUMBER;
    else if (input->type == MLT_INPUT_BOOLEAN && parse_boolean(text, &value.boolean))
        value.kind = MLT_VALUE_BOOL;
    return value;
}

static struct mlt_value cell_of(const struct mlt_inputs *inputs, size_t row, size_t field)
{
    const struct mlt_column *column = inputs->column[field];
    if (!column)
        return (struct mlt_value){.kind = MLT_VALUE_ABSENT};
    if (!column->text[row])
        return (struct mlt_value){.kind = MLT_VALUE_NULL};
    return value_of(&inputs->contract->inputs[field], column->text[row]);
}

bool mlt_inputs_batch(const struct mlt_inputs *inputs, const size_t *row, size_t count,
                      struct mlt_arena *arena, struct mlt_batch *out, struct mlt_err *err)
{
    size_t fields = inputs->contract->input_count;
    const char **ids = mlt_arena_calloc(arena, count, sizeof *ids);
    struct mlt_value *cells = fields && count > SIZE_MAX / fields
                                  ? NULL
                                  : mlt_arena_calloc(arena, count * fields, sizeof *cells);
    if (!ids || !cells)
        return mlt_err_oom(err);
    for (size_t i = 0; i < count; i++) {
        ids[i] = inputs->ids[row[i]];
        for (size_t f = 0; f < fields; f++)
            cells[i * fields + f] = cell_of(inputs, row[i], f);
    }
    *out = (struct mlt_batch){count, fields, ids, inputs->fields, cells};
    return true;
}

static double number_within(const struct mlt_input *input, struct mlt_rng *rng)
{
    double lo = input->min, hi = input->max;
    if (isnan(lo))
        lo = isnan(hi) ? 0 : hi - 1;
    if (isnan(hi))
        hi = lo + 1;
    double share = mlt_rng_uniform(rng);
    if (input->type != MLT_INPUT_INTEGER)
        return lo * (1 - share) + hi * share;
    double first = ceil(lo), choices = floor(hi) - first + 1;
    return choices >= 1 ? first + floor(share * choices) : first;
}

static struct mlt_value generated(const struct mlt_input *input, struct mlt_rng *rng)
{
    if (input->category_count > 0)
        return value_of(input, input->categories[mlt_rng_below(rng, input->category_count)]);
    switch (input->type) {
    case MLT_INPUT_NUMBER:
    case MLT_INPUT_INTEGER:
        return (struct mlt_value){.kind = MLT_VALUE_NUMBER, .number = number_within(input, rng)};
    case MLT_INPUT_BOOLEAN:
        return (struct mlt_value){.kind = MLT_VALUE_BOOL, .boolean = mlt_rng_below(rng, 2) == 1};
    case MLT_INPUT_STRING:
    case MLT_INPUT_CATEGORY:
        break;
    }
    return (struct mlt_value){.kind = MLT_VALUE_TEXT, .text = "sample", .len = strlen("sample")};
}

bool mlt_rows_generate(const struct mlt_contract *contract, size_t count, struct mlt_rng *rng,
                       struct mlt_arena *arena, struct mlt_batch *out, struct mlt_err *err)
{
    size_t fields = contract->input_count;
    const char **names = mlt_arena_calloc(arena, fields, sizeof *names);
    struct mlt_value *cells = fields && count > SIZE_MAX / fields
                                  ? NULL
                                  : mlt_arena_calloc(arena, count * fields, sizeof *cells);
    if (!names || !cells)
        return mlt_err_oom(err);
    for (size_t f = 0; f < fields; f++)
        names[f] = contract->inputs[f].name;
    for (size_t r = 0; r < count; r++)
        for (size_t f = 0; f < fields; f++)
            cells[r * fields + f] = generated(&contract->inputs[f], rng);
    *out = (struct mlt_batch){count, fields, NULL, names, cells};
    return true;
}

static bool rows_of_dataset(struct mlt_case_context *context,
                            const struct mlt_dataset_config *dataset, size_t count,
                            struct mlt_batch *out, struct mlt_err *err)
{
    struct mlt_inputs *inputs = mlt_arena_alloc(context->arena, sizeof *inputs);
    if (!inputs)
        return mlt_err_oom(err);
    if (!mlt_inputs_open(dataset, context->contract, context->arena, inputs, err))
        return mlt_err_prefix(err, "data set '%s'", dataset->name);
    size_t *row = mlt_arena_calloc(context->arena, inputs->table.rows, sizeof *row);
    if (!row)
        return mlt_err_oom(err);
    size_t whole = 0;
    for (size_t r = 0; r < inputs->table.rows; r++)
        if (!mlt_inputs_lacking(inputs, r))
            row[whole++] = r;
    if (whole == 0)
        return mlt_err_set(err, MLT_ERR_EVIDENCE,
                           "data set '%s' has no row with all inputs of the contract",
                           dataset->name);
    if (whole > count) {
        for (size_t i = 0; i < count; i++)
            row[i] = row[(size_t)((double)i * (double)whole / (double)count)];
        whole = count;
    }
    return mlt_inputs_batch(inputs, row, whole, context->arena, out, err);
}

bool mlt_rows_for_model(struct mlt_case_context *context, const char *dataset, size_t count,
                        struct mlt_batch *out, struct mlt_err *err)
{
    const struct mlt_config *config = context->config;
    const struct mlt_dataset_config *found = NULL;
    if (dataset) {
        found = mlt_config_dataset(config, dataset);
        if (!found)
            return mlt_err_set(err, MLT_ERR_USAGE, "data set '%s' is unknown", dataset);
    } else if (config->dataset_count > 0) {
        found = &config->datasets[0];
    }
    if (found)
        return rows_of_dataset(context, found, count, out, err);
    struct mlt_rng rng;
    mlt_rng_seed(&rng, context->seed);
    return mlt_rows_generate(context->contract, count, &rng, context->arena, out, err);
}

struct mlt_batch mlt_rows_part(const struct mlt_batch *batch, size_t first, size_t count)
{
    struct mlt_batch part = *batch;
    part.rows = count;
    part.cells = batch->cells + first * batch->field_count;
    part.ids = batch->ids ? batch->ids + first : NULL;
    return part;
}

uint64_t mlt_rows_seed(const struct mlt_case_context *context, const char *case_id)
{
    uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */
    for (const char *c = case_id; *c; c++)
        hash = (hash ^ (unsigned char)*c) * 0x100000001b3u;
    return hash ^ context->seed;
}
