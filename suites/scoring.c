#include "suites/scoring.h"

#include <math.h>
#include <string.h>

#include "harness/base/str.h"
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

static bool read_labels(struct mlt_scoring *s, struct mlt_err *err)
{
    const struct mlt_dataset_config *dataset = s->inputs.dataset;
    for (size_t r = 0; r < s->rows; r++) {
        const struct mlt_input *lacking = mlt_inputs_lacking(&s->inputs, r);
        bool has_label = s->label_column->text[r] != NULL;
        if ((lacking || !has_label) && !dataset->drop_missing)
            return note_missing(s, r, has_label ? "input" : "label",
                                has_label ? lacking->name : s->label_column->name, err);
        if (lacking || !has_label) {
            s->state[r] = MLT_ROW_LEFT_OUT;
            s->label[r] = NAN;
        } else if (!mlt_target_label(&s->target, &s->inputs.table, s->label_column, r, &s->label[r],
                                     err)) {
            return false;
        }
    }
    return true;
}

static bool read_groups(struct mlt_scoring *s, struct mlt_arena *arena, struct mlt_err *err)
{
    const struct mlt_table *table = &s->inputs.table;
    const char *cluster = s->inputs.dataset->cluster;
    if (cluster) {
        struct mlt_groups groups;
        const struct mlt_column *column = mlt_table_want(table, cluster, err);
        if (!column || !mlt_table_group(column, s->rows, arena, &groups, err))
            return mlt_err_prefix(err, "`cluster` of data set '%s'", s->inputs.dataset->name);
        s->cluster = groups.id;
        s->cluster_name = groups.value;
    }
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

bool mlt_scoring_open(struct mlt_case_context *context, const struct mlt_dataset_config *dataset,
                      const char *const *slice_column, size_t slice_count, struct mlt_scoring *out,
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
    s->label_column = mlt_table_want(&s->inputs.table, dataset->label, err);
    if (!s->label_column)
        return mlt_err_prefix(err, "`label` of data set '%s'", dataset->name);
    s->rows = s->inputs.table.rows;
    s->width = s->target.width;
    if (s->rows > SIZE_MAX / s->width)
        return mlt_err_oom(err);
    s->state = mlt_arena_calloc(arena, s->rows, sizeof *s->state);
    s->label = mlt_arena_calloc(arena, s->rows, sizeof *s->label);
    s->candidate = mlt_arena_calloc(arena, s->rows * s->width, sizeof *s->candidate);
    if (context->baseline)
        s->baseline = mlt_arena_calloc(arena, s->rows * s->width, sizeof *s->baseline);
    if (!s->state || !s->label || !s->candidate || (context->baseline && !s->baseline))
        return mlt_err_oom(err);
    return read_labels(s, err) && read_groups(s, arena, err);
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

static void settle_row(struct mlt_case_context *context, struct mlt_scoring *s,
                       const struct chunk *chunk, size_t i)
{
    size_t row = chunk->row[i];
    bool candidate =
        mlt_target_score(&s->target, &chunk->candidate[i], s->candidate + row * s->width);
    bool baseline = !chunk->baseline ||
                    mlt_target_score(&s->target, &chunk->baseline[i], s->baseline + row * s->width);
    if (!baseline) {
        s->state[row] = MLT_ROW_BASELINE_MISSING;
        if (!s->baseline_fault)
            s->baseline_fault = fault_text(context, s, row, &chunk->baseline[i]);
    } else if (!candidate) {
        s->state[row] = MLT_ROW_CANDIDATE_MISSING;
        if (!s->candidate_fault)
            s->candidate_fault = fault_text(context, s, row, &chunk->candidate[i]);
    }
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

static bool send_rows(struct mlt_case_context *context, const struct mlt_scoring *s,
                      struct chunk *chunk, struct mlt_err *err)
{
    struct mlt_paired_row *rows = mlt_arena_calloc(&chunk->arena, chunk->count, sizeof *rows);
    const struct mlt_prediction nobody = {0};
    const struct mlt_column *cluster =
        s->cluster ? mlt_table_find(&s->inputs.table, s->inputs.dataset->cluster) : NULL;
    if (!rows)
        return mlt_err_oom(err);
    for (size_t i = 0; i < chunk->count; i++) {
        size_t row = chunk->row[i];
        const struct mlt_prediction *baseline = chunk->baseline ? &chunk->baseline[i] : &nobody;
        rows[i].id = s->inputs.ids[row];
        rows[i].cluster = cluster ? cluster->text[row] : NULL;
        rows[i].label = s->label_column->text[row];
        rows[i].candidate = answer_number(&chunk->candidate[i]);
        rows[i].baseline = answer_number(baseline);
        if (s->slice_count && !(rows[i].slices = slices_json(s, row, &chunk->arena, err)))
            return false;
        if (!answer_json(&chunk->candidate[i], &chunk->arena, &rows[i].candidate_text, err) ||
            !answer_json(baseline, &chunk->arena, &rows[i].baseline_text, err))
            return false;
    }
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
        settle_row(context, s, chunk, i);
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
