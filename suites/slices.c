#include "suites/slices.h"

#include <string.h>

#include "harness/base/siphash.h"
#include "harness/base/str.h"
#include "harness/domain/slice.h"
#include "harness/evaluate/evaluation_set.h"

/* What the evaluation sends goes on to the sink of the case. */
struct relay {
    struct mlt_case_context *context;
    const char *case_id;
    struct mlt_buf pooled; /* "brand: 3 (12 rows), 7 (4 rows)" a line */
    const char *pooled_column;
};

static bool relay_measurement(void *context, const struct mlt_measurement *m, struct mlt_err *err)
{
    struct relay *to = context;
    struct mlt_measurement sent = *m;
    sent.case_id = to->case_id;
    return to->context->sink->measurement(to->context->sink, &sent, err);
}

static bool relay_pooled(void *context, const struct mlt_evaluation_pooled *pooled,
                         struct mlt_err *err)
{
    struct relay *to = context;
    struct mlt_buf *text = &to->pooled;
    bool begins = !mlt_str_eq(pooled->column, to->pooled_column);
    if (begins && text->len > 0)
        mlt_buf_putc(text, '\n');
    mlt_buf_printf(text, "%s%s", begins ? pooled->column : ", ", begins ? ": " : "");
    mlt_str_append_safe(text, pooled->value, strlen(pooled->value), 80);
    mlt_buf_printf(text, " (%llu rows)", (unsigned long long)pooled->rows);
    to->pooled_column = pooled->column;
    return mlt_buf_check(text, err);
}

static bool find_metrics(const struct mlt_slicing *slicing, struct mlt_arena *arena,
                         struct mlt_evaluation_spec *spec, struct mlt_err *err)
{
    struct mlt_metric *metrics = mlt_arena_calloc(arena, slicing->metric_count, sizeof *metrics);
    if (!metrics)
        return mlt_err_oom(err);
    for (size_t i = 0; i < slicing->metric_count; i++)
        if (!mlt_metric_find(slicing->metric[i], spec->task, arena, &metrics[i], err))
            return false;
    spec->metrics = metrics;
    spec->metric_count = slicing->metric_count;
    return true;
}

static bool find_slices(const struct mlt_slicing *slicing, struct mlt_arena *arena,
                        struct mlt_evaluation_spec *spec, struct mlt_err *err)
{
    const struct mlt_scoring *s = slicing->scoring;
    struct mlt_slice_spec *slices = mlt_arena_calloc(arena, slicing->slice_count, sizeof *slices);
    if (!slices)
        return mlt_err_oom(err);
    for (size_t i = 0; i < slicing->slice_count; i++) {
        size_t parts;
        const char **part = mlt_slice_split(slicing->slice[i], arena, &parts);
        if (!part || parts > MLT_SLICE_MAX_COLUMNS)
            return mlt_err_set(err, MLT_ERR_USAGE, "slices by '%s': expected 1 to %d columns",
                               slicing->slice[i], (int)MLT_SLICE_MAX_COLUMNS);
        slices[i].column_count = parts;
        for (size_t p = 0; p < parts; p++)
            for (size_t c = 0; c < s->slice_count; c++)
                if (mlt_str_eq(s->slice_column[c], part[p]))
                    slices[i].column[p] = c;
    }
    spec->columns = s->slice_column;
    spec->column_count = s->slice_count;
    spec->slices = slices;
    spec->slice_count = slicing->slice_count;
    return true;
}

static bool find_named(const struct mlt_slicing *slicing, struct mlt_arena *arena,
                       struct mlt_evaluation_spec *spec, struct mlt_err *err)
{
    size_t count = mlt_json_count(slicing->named);
    struct mlt_slice_named *named = mlt_arena_calloc(arena, count, sizeof *named);
    if (!named)
        return mlt_err_oom(err);
    for (const struct mlt_json *node = mlt_json_first(slicing->named); node;
         node = mlt_json_next(node))
        named[spec->named_count++] =
            (struct mlt_slice_named){mlt_json_string(mlt_json_get(node, "column")),
                                     mlt_json_string(mlt_json_get(node, "value"))};
    spec->named = named;
    return true;
}

/* The labels and the baseline's scores of all rows that have both. */
static bool choose_threshold(const struct mlt_slicing *slicing, struct mlt_arena *arena,
                             double *out, struct mlt_err *err)
{
    const struct mlt_scoring *s = slicing->scoring;
    double *label = mlt_arena_calloc(arena, s->rows, sizeof *label);
    double *score = mlt_arena_calloc(arena, s->rows, sizeof *score);
    size_t n = 0;
    if (!label || !score)
        return mlt_err_oom(err);
    for (size_t r = 0; r < s->rows; r++) {
        if (s->state[r] == MLT_ROW_LEFT_OUT || s->state[r] == MLT_ROW_BASELINE_MISSING)
            continue;
        label[n] = s->label[r];
        score[n++] = s->baseline[r];
    }
    return mlt_threshold_choose(slicing->threshold_rule, label, score, n, out, err) ||
           mlt_err_prefix(err, "threshold %s", mlt_threshold_rule_name(slicing->threshold_rule));
}

static bool set_threshold(struct mlt_case_context *context, const struct mlt_slicing *slicing,
                          double *out, struct mlt_err *err)
{
    char number[MLT_DOUBLE_CHARS];
    *out = slicing->threshold;
    if (slicing->threshold_rule == MLT_THRESHOLD_FIXED)
        return true;
    if (!choose_threshold(slicing, context->arena, out, err))
        return false;
    const char *text = mlt_arena_printf(context->arena, "%s, chosen as %s on the baseline\n",
                                        mlt_str_format_double(*out, number),
                                        mlt_threshold_rule_name(slicing->threshold_rule));
    return text ? context->sink->attachment(context->sink, "threshold.txt", "text/plain", text,
                                            strlen(text), err)
                : mlt_err_oom(err);
}

/* Keys of the texts of the rows; a row without a text is left out and its key is not looked at. */
static bool make_keys(const char *const *text, size_t rows, struct mlt_arena *arena,
                      const uint64_t **out, struct mlt_err *err)
{
    uint64_t *key = mlt_arena_calloc(arena, rows, sizeof *key);
    if (!key)
        return mlt_err_oom(err);
    for (size_t r = 0; r < rows; r++)
        key[r] = text[r] ? mlt_siphash_name(text[r], strlen(text[r])) : 0;
    *out = key;
    return true;
}

static bool make_block(const struct mlt_scoring *s, struct mlt_arena *arena,
                       struct mlt_evaluation_block *out, struct mlt_err *err)
{
    const uint32_t **value = mlt_arena_calloc(arena, s->slice_count, sizeof *value);
    if (!value)
        return mlt_err_oom(err);
    for (size_t c = 0; c < s->slice_count; c++)
        value[c] = s->slice[c].id;
    *out = (struct mlt_evaluation_block){
        .n = s->rows,
        .state = s->state,
        .label = s->label,
        .candidate = s->candidate,
        .baseline = s->baseline,
        .weight = s->weight,
        .value = value,
    };
    const struct mlt_column *cluster = s->cluster_column, *query = s->query_column;
    return (!cluster || make_keys(cluster->text, s->rows, arena, &out->cluster, err)) &&
           (!query || make_keys(query->text, s->rows, arena, &out->query, err)) &&
           (!s->inputs.dataset->id || make_keys(s->inputs.ids, s->rows, arena, &out->key, err));
}

static bool add_rows(const struct mlt_evaluation_set *set, const struct mlt_scoring *s,
                     const struct mlt_evaluation_block *block, struct mlt_err *err)
{
    size_t row;
    if (!mlt_evaluation_set_add(set, 0, block, s->number, &row, err))
        return row == block->n ? false
                               : mlt_err_prefix(err, "%s:%llu", s->inputs.table.path,
                                                (unsigned long long)s->inputs.table.line[row]);
    for (size_t c = 0; c < s->slice_count; c++)
        if (!mlt_evaluation_set_name(set, 0, c, s->slice[c].value, s->slice[c].groups, err))
            return false;
    return true;
}

/* From what is compared alone, so that nobody chooses it: from the rows where they have ids, in
 * whatever order they come; else from the data and the two models. */
static bool choose_seed(const struct mlt_case_context *context, const struct mlt_scoring *s,
                        const struct mlt_evaluation_set *set, uint64_t *out, struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    if (s->inputs.dataset->id)
        return mlt_evaluation_digest(set->task, out, err);
    mlt_buf_printf(&text, "%s\n%s\n%s", s->inputs.table.digest, context->candidate->artifact_digest,
                   context->baseline ? context->baseline->artifact_digest : "");
    bool ok = mlt_buf_check(&text, err);
    if (ok)
        *out = mlt_siphash_name(text.data, text.len);
    mlt_buf_free(&text);
    return ok;
}

static bool attach_pooled(struct mlt_case_context *context, struct mlt_buf *text,
                          struct mlt_err *err)
{
    if (text->len == 0)
        return true;
    mlt_buf_putc(text, '\n');
    return mlt_buf_check(text, err) &&
           context->sink->attachment(context->sink, "pooled-slices.txt", "text/plain", text->data,
                                     text->len, err);
}

static bool make_spec(struct mlt_case_context *context, const struct mlt_slicing *slicing,
                      struct mlt_evaluation_spec *out, struct mlt_err *err)
{
    const struct mlt_scoring *s = slicing->scoring;
    *out = (struct mlt_evaluation_spec){
        .task = s->target.task,
        .width = s->width,
        .has_baseline = s->baseline != NULL,
        .weighting = s->weighting,
        .clustered = s->cluster_column != NULL,
        .has_keys = s->inputs.dataset->id != NULL,
        .min_rows = slicing->min_rows,
        .max_candidate_missing = s->inputs.dataset->max_candidate_missing,
        .replicates = slicing->replicates,
        .workers = 1,
    };
    if (!find_metrics(slicing, context->arena, out, err) ||
        !find_slices(slicing, context->arena, out, err) ||
        !find_named(slicing, context->arena, out, err) ||
        !set_threshold(context, slicing, &out->threshold, err))
        return false;
    out->min_rows = mlt_evaluation_set_min_rows(out, s->definitions);
    return true;
}

static bool measure_set(struct mlt_case_context *context, const struct mlt_slicing *slicing,
                        struct mlt_evaluation_spec *spec, const struct mlt_evaluation_set *set,
                        struct mlt_err *err)
{
    const struct mlt_scoring *s = slicing->scoring;
    struct relay relay = {.context = context, .case_id = slicing->case_id, .pooled = MLT_BUF_INIT};
    const struct mlt_evaluation_sink sink = {&relay, relay_measurement, relay_pooled};
    struct mlt_evaluation_block block;
    bool ok = make_block(s, context->arena, &block, err) && add_rows(set, s, &block, err) &&
              choose_seed(context, s, set, &spec->seed, err) &&
              mlt_evaluation_set_measure(set, &sink, err) &&
              attach_pooled(context, &relay.pooled, err);
    mlt_buf_free(&relay.pooled);
    return ok;
}

bool mlt_slices_measure(struct mlt_case_context *context, const struct mlt_slicing *slicing,
                        struct mlt_err *err)
{
    struct mlt_evaluation_spec spec;
    struct mlt_evaluation_set set;
    if (!make_spec(context, slicing, &spec, err) ||
        !mlt_evaluation_set_open(&spec, slicing->scoring->definitions, context->arena, &set, err))
        return false;
    bool ok = measure_set(context, slicing, &spec, &set, err);
    mlt_evaluation_set_close(&set);
    return ok;
}
