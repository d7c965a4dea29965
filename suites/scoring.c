#include "suites/scoring.h"

#include <math.h>
#include <string.h>

#include "harness/codec/number.h"
#include "suites/ask.h"

static bool note_missing(const struct mlt_scoring *s, size_t row, const char *what,
                         const char *name, struct mlt_err *err)
{
    return mlt_err_set(err, MLT_ERR_EVIDENCE,
                       "%s:%llu: %s '%s' is missing; correct the row, or set `missing: drop` for "
                       "data set '%s'",
                       s->inputs.table.path, (unsigned long long)s->inputs.table.line[row], what,
                       name, s->inputs.dataset->name);
}

static bool lacks(const struct mlt_column *column, size_t row)
{
    return column && !column->text[row];
}

/* What the row lacks of all that it takes to be scored: its words and name; false: nothing. */
static bool find_lacking(const struct mlt_scoring *s, size_t row, const char **what,
                         const char **name)
{
    const struct {
        const char *what;
        const struct mlt_column *column;
    } needed[] = {{"label", s->label_column},
                  {"weight", s->weight_column},
                  {"cluster", s->cluster_column},
                  {"query", s->query_column}};
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (lacks(needed[i].column, row)) {
            *what = needed[i].what;
            *name = needed[i].column->name;
            return true;
        }
    const struct mlt_input *input = mlt_inputs_lacking(&s->inputs, row);
    *what = "input";
    *name = input ? input->name : NULL;
    return input != NULL;
}

static bool read_labels(struct mlt_scoring *s, struct mlt_err *err)
{
    const char *what, *name;
    for (size_t r = 0; r < s->rows; r++) {
        if (!find_lacking(s, r, &what, &name)) {
            if (!mlt_target_label(&s->target, &s->inputs.table, s->label_column, r, &s->label[r],
                                  err))
                return false;
            continue;
        }
        if (!s->inputs.dataset->drop_missing)
            return note_missing(s, r, what, name, err);
        s->state[r] = MLT_ROW_LEFT_OUT;
        s->label[r] = NAN;
    }
    return true;
}

/* A column whose every value is a number, where there is one. */
static bool want_numbers(const struct mlt_scoring *s, const struct mlt_column *column,
                         struct mlt_err *err)
{
    double number;
    for (size_t r = 0; !column->number && r < s->rows; r++)
        if (column->text[r] && !mlt_number_parse(column->text[r], strlen(column->text[r]), &number))
            return mlt_err_set(err, MLT_ERR_EVIDENCE,
                               "%s:%llu: column '%s' holds '%.80s', expected a number",
                               s->inputs.table.path, (unsigned long long)s->inputs.table.line[r],
                               column->name, column->text[r]);
    return true;
}

static bool read_weights(struct mlt_scoring *s, struct mlt_arena *arena, struct mlt_err *err)
{
    const struct mlt_column *column = s->weight_column;
    if (!column)
        return true;
    if (!want_numbers(s, column, err))
        return false;
    s->weight = mlt_arena_calloc(arena, s->rows, sizeof *s->weight);
    if (!s->weight)
        return mlt_err_oom(err);
    for (size_t r = 0; r < s->rows; r++) {
        if (lacks(column, r))
            continue;
        s->weight[r] = column->number[r];
        const char *fault = mlt_weighting_fault(s->weighting, s->weight[r]);
        if (fault)
            return mlt_err_set(err, MLT_ERR_EVIDENCE, "%s:%llu: column '%s': %s, found %s",
                               s->inputs.table.path, (unsigned long long)s->inputs.table.line[r],
                               column->name, fault, column->text[r]);
    }
    return true;
}

static bool read_slices(struct mlt_scoring *s, struct mlt_arena *arena, struct mlt_err *err)
{
    const struct mlt_table *table = &s->inputs.table;
    s->slice = mlt_arena_calloc(arena, s->slice_count, sizeof *s->slice);
    if (!s->slice)
        return mlt_err_oom(err);
    for (size_t i = 0; i < s->slice_count; i++) {
        const struct mlt_column *column = mlt_table_want(table, s->slice_column[i], err);
        if (!column || !mlt_table_group(column, s->rows, arena, &s->slice[i], err))
            return mlt_err_prefix(err, "slices by '%s'", s->slice_column[i]);
        if (column->missing == s->rows)
            return mlt_err_set(err, MLT_ERR_EVIDENCE,
                               "%s: slices by '%s': no row has a value in that column", table->path,
                               s->slice_column[i]);
    }
    return true;
}

/* The columns that the data set names; a key that it leaves out has none. */
static bool find_columns(struct mlt_scoring *s, struct mlt_err *err)
{
    const struct mlt_dataset_config *d = s->inputs.dataset;
    const struct {
        const char *key, *name;
        const struct mlt_column **out;
    } wanted[] = {{"label", d->label, &s->label_column},
                  {"weights", d->weights, &s->weight_column},
                  {"frequencies", d->frequencies, &s->weight_column},
                  {"cluster", d->cluster, &s->cluster_column},
                  {"query", d->query, &s->query_column}};
    s->weighting = d->weights       ? MLT_WEIGHT_IMPORTANCE
                   : d->frequencies ? MLT_WEIGHT_FREQUENCY
                                    : MLT_WEIGHT_NONE;
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        if (!wanted[i].name)
            continue;
        *wanted[i].out = mlt_table_want(&s->inputs.table, wanted[i].name, err);
        if (!*wanted[i].out)
            return mlt_err_prefix(err, "`%s` of data set '%s'", wanted[i].key, d->name);
    }
    return true;
}

static bool read_definitions(struct mlt_scoring *s, struct mlt_definitions *definitions,
                             struct mlt_arena *arena, struct mlt_err *err)
{
    const struct mlt_table *table = &s->inputs.table;
    const struct mlt_definition *faulty;
    const char **names = mlt_arena_calloc(arena, table->columns, sizeof *names);
    s->definitions = definitions;
    if (!names)
        return mlt_err_oom(err);
    for (size_t c = 0; c < table->columns; c++)
        names[c] = table->column[c].name;
    if (!mlt_definitions_check_task(definitions, s->target.task, err) ||
        !mlt_definitions_parse(definitions, names, table->columns, arena, &faulty, err))
        return mlt_err_prefix(err, "`define`");
    s->number = mlt_arena_calloc(arena, definitions->column_count, sizeof *s->number);
    if (!s->number)
        return mlt_err_oom(err);
    for (size_t c = 0; c < definitions->column_count; c++) {
        const struct mlt_column *column = mlt_table_find(table, definitions->columns[c]);
        if (!want_numbers(s, column, err))
            return false;
        s->number[c] = column->number;
    }
    return true;
}

static bool make_room(struct mlt_scoring *s, bool has_baseline, struct mlt_arena *arena,
                      struct mlt_err *err)
{
    s->rows = s->inputs.table.rows;
    s->width = s->target.width;
    if (s->rows > SIZE_MAX / s->width)
        return mlt_err_oom(err);
    s->state = mlt_arena_calloc(arena, s->rows, sizeof *s->state);
    s->label = mlt_arena_calloc(arena, s->rows, sizeof *s->label);
    s->candidate = mlt_arena_calloc(arena, s->rows * s->width, sizeof *s->candidate);
    if (has_baseline)
        s->baseline = mlt_arena_calloc(arena, s->rows * s->width, sizeof *s->baseline);
    return (s->state && s->label && s->candidate && (!has_baseline || s->baseline)) ||
           mlt_err_oom(err);
}

bool mlt_scoring_open(struct mlt_case_context *context, const struct mlt_dataset_config *dataset,
                      const char *const *slice_column, size_t slice_count,
                      struct mlt_definitions *definitions, struct mlt_scoring *out,
                      struct mlt_err *err)
{
    struct mlt_arena *arena = context->arena;
    struct mlt_scoring *s = out;
    *s = (struct mlt_scoring){.slice_column = slice_column, .slice_count = slice_count};
    if (!mlt_target_open(&context->contract->output, dataset, &s->target, err) ||
        !mlt_inputs_open(dataset, context->contract, arena, &s->inputs, err))
        return false;
    if (!dataset->label)
        return mlt_err_set(err, MLT_ERR_USAGE, "data set '%s' has no `label:` in mltest.yaml",
                           dataset->name);
    return find_columns(s, err) && make_room(s, context->baseline != NULL, arena, err) &&
           read_definitions(s, definitions, arena, err) && read_weights(s, arena, err) &&
           read_labels(s, err) && read_slices(s, arena, err);
}

/* Answers to one batch of rows, kept until the rows were sent. */
struct chunk {
    struct mlt_arena arena;
    const size_t *row;
    size_t count;
    struct mlt_prediction *candidate, *baseline; /* baseline NULL: there is none */
};

static const char *fault_text(struct mlt_case_context *context, const struct mlt_scoring *s,
                              size_t row, const struct mlt_prediction *answer)
{
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_err err = MLT_ERR_INIT;
    mlt_buf_printf(&text, "row '%.80s': ", s->inputs.ids[row]);
    mlt_ask_print_prediction(&text, answer);
    return mlt_ask_keep(&text, context->arena, &err);
}

static bool settle_row(struct mlt_case_context *context, struct mlt_scoring *s,
                       const struct chunk *chunk, size_t i, struct mlt_err *err)
{
    size_t row = chunk->row[i];
    const char *label = s->label_column->text[row];
    bool candidate, baseline = true;
    if (!mlt_target_score(&s->target, label, &chunk->candidate[i], s->candidate + row * s->width,
                          &candidate, err))
        return false;
    if (chunk->baseline && !mlt_target_score(&s->target, label, &chunk->baseline[i],
                                             s->baseline + row * s->width, &baseline, err))
        return false;
    if (!baseline) {
        s->state[row] = MLT_ROW_BASELINE_MISSING;
        if (!s->baseline_fault)
            s->baseline_fault = fault_text(context, s, row, &chunk->baseline[i]);
    } else if (!candidate) {
        s->state[row] = MLT_ROW_CANDIDATE_MISSING;
        if (!s->candidate_fault)
            s->candidate_fault = fault_text(context, s, row, &chunk->candidate[i]);
    }
    return true;
}

static const char *slices_json(const struct mlt_scoring *s, size_t row, struct mlt_arena *arena,
                               struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_json_out json;
    mlt_json_out_init(&json, &text, false);
    mlt_json_out_object(&json);
    for (size_t i = 0; i < s->slice_count; i++)
        mlt_json_out_kstring(&json, s->slice_column[i], s->slice[i].value[s->slice[i].id[row]]);
    mlt_json_out_object_end(&json);
    if (mlt_json_out_finish(&json, err))
        return mlt_ask_keep(&text, arena, err);
    mlt_buf_free(&text);
    return NULL;
}

/* The values of the columns that own metrics name; null where there is none. */
static const char *numbers_json(const struct mlt_scoring *s, size_t row, struct mlt_arena *arena,
                                struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_json_out json;
    mlt_json_out_init(&json, &text, false);
    mlt_json_out_object(&json);
    for (size_t c = 0; c < s->definitions->column_count; c++) {
        mlt_json_out_key(&json, s->definitions->columns[c]);
        isnan(s->number[c][row]) ? mlt_json_out_null(&json)
                                 : mlt_json_out_number(&json, s->number[c][row]);
    }
    mlt_json_out_object_end(&json);
    if (mlt_json_out_finish(&json, err))
        return mlt_ask_keep(&text, arena, err);
    mlt_buf_free(&text);
    return NULL;
}

/* A label or a vector as JSON; NULL for numbers and for no answer. */
static bool answer_json(const struct mlt_prediction *answer, struct mlt_arena *arena,
                        const char **out, struct mlt_err *err)
{
    *out = NULL;
    if (answer->kind != MLT_PREDICTION_LABEL && answer->kind != MLT_PREDICTION_VECTOR)
        return true;
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_json_out json;
    mlt_json_out_init(&json, &text, false);
    if (answer->kind == MLT_PREDICTION_LABEL) {
        mlt_json_out_string(&json, answer->label);
    } else {
        mlt_json_out_array(&json);
        for (size_t i = 0; i < answer->vector_len; i++)
            isfinite(answer->vector[i]) ? mlt_json_out_number(&json, answer->vector[i])
                                        : mlt_json_out_null(&json);
        mlt_json_out_array_end(&json);
    }
    if (mlt_json_out_finish(&json, err))
        *out = mlt_ask_keep(&text, arena, err);
    else
        mlt_buf_free(&text);
    return *out != NULL;
}

static double answer_number(const struct mlt_prediction *answer)
{
    return answer->kind == MLT_PREDICTION_NUMBER ? answer->number : NAN;
}

static bool describe_row(const struct mlt_scoring *s, const struct chunk *chunk, size_t i,
                         struct mlt_arena *arena, struct mlt_paired_row *out, struct mlt_err *err)
{
    const struct mlt_prediction nobody = {0};
    const struct mlt_prediction *baseline = chunk->baseline ? &chunk->baseline[i] : &nobody;
    size_t row = chunk->row[i];
    *out = (struct mlt_paired_row){
        .id = s->inputs.ids[row],
        .cluster = s->cluster_column ? s->cluster_column->text[row] : NULL,
        .label = s->label_column->text[row],
        .candidate = answer_number(&chunk->candidate[i]),
        .baseline = answer_number(baseline),
        .weight = s->weight ? s->weight[row] : NAN,
        .query = s->query_column ? s->query_column->text[row] : NULL,
    };
    if (s->slice_count && !(out->slices = slices_json(s, row, arena, err)))
        return false;
    if (s->definitions->column_count && !(out->numbers = numbers_json(s, row, arena, err)))
        return false;
    return answer_json(&chunk->candidate[i], arena, &out->candidate_text, err) &&
           answer_json(baseline, arena, &out->baseline_text, err);
}

static bool send_rows(struct mlt_case_context *context, const struct mlt_scoring *s,
                      struct chunk *chunk, struct mlt_err *err)
{
    struct mlt_paired_row *rows = mlt_arena_calloc(&chunk->arena, chunk->count, sizeof *rows);
    if (!rows)
        return mlt_err_oom(err);
    for (size_t i = 0; i < chunk->count; i++)
        if (!describe_row(s, chunk, i, &chunk->arena, &rows[i], err))
            return false;
    return context->sink->rows(context->sink, rows, chunk->count, err);
}

static bool predict_chunk(struct mlt_case_context *context, struct mlt_scoring *s,
                          struct chunk *chunk, struct mlt_err *err)
{
    struct mlt_batch batch;
    if (!mlt_inputs_batch(&s->inputs, chunk->row, chunk->count, &chunk->arena, &batch, err))
        return false;
    if (!mlt_ask(context, MLT_CANDIDATE, &batch, &chunk->arena, &chunk->candidate, err))
        return mlt_err_prefix(err, "the candidate");
    if (s->baseline &&
        !mlt_ask(context, MLT_BASELINE, &batch, &chunk->arena, &chunk->baseline, err))
        return mlt_err_prefix(err, "the baseline");
    for (size_t i = 0; i < chunk->count; i++)
        if (!settle_row(context, s, chunk, i, err))
            return false;
    return send_rows(context, s, chunk, err);
}

bool mlt_scoring_predict(struct mlt_case_context *context, struct mlt_scoring *s, size_t batch,
                         struct mlt_err *err)
{
    size_t *row = mlt_arena_calloc(context->arena, s->rows, sizeof *row), count = 0;
    if (!row)
        return mlt_err_oom(err);
    for (size_t r = 0; r < s->rows; r++)
        if (s->state[r] != MLT_ROW_LEFT_OUT)
            row[count++] = r;
    for (size_t first = 0; first < count; first += batch) {
        size_t rows = count - first < batch ? count - first : batch;
        struct chunk chunk = {.arena = MLT_ARENA_INIT, .row = row + first, .count = rows};
        bool ok =
            predict_chunk(context, s, &chunk, err) &&
            context->sink->progress(context->sink, (double)(first + rows) / (double)count, err);
        mlt_arena_free(&chunk.arena);
        if (!ok)
            return false;
    }
    return true;
}
