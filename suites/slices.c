#include "suites/slices.h"

#include <string.h>

#include "harness/base/siphash.h"
#include "harness/base/str.h"
#include "harness/domain/slice.h"
#include "harness/evaluate/evaluation.h"

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

/* From the data and the two models alone, so that nobody chooses it. */
static uint64_t seed_of(const struct mlt_case_context *context, const struct mlt_scoring *s)
{
    struct mlt_buf text = MLT_BUF_INIT;
    mlt_buf_printf(&text, "%s\n%s\n%s", s->inputs.table.digest, context->candidate->artifact_digest,
                   context->baseline ? context->baseline->artifact_digest : "");
    uint64_t seed = mlt_siphash_name(text.data, text.len);
    mlt_buf_free(&text);
    return seed;
}

/* The keys of texts by dense id, spread over the rows. */
static uint64_t *keys_of_texts(const char *const *text, size_t rows, struct mlt_arena *arena)
{
    uint64_t *key = mlt_arena_calloc(arena, rows, sizeof *key);
    for (size_t r = 0; key && r < rows; r++)
        key[r] = mlt_siphash_name(text[r], strlen(text[r]));
    return key;
}

static uint64_t *keys_of_clusters(const struct mlt_scoring *s, struct mlt_arena *arena)
{
    uint64_t *key = mlt_arena_calloc(arena, s->rows, sizeof *key);
    for (size_t r = 0; key && r < s->rows; r++) {
        const char *name = s->cluster_name[s->cluster[r]];
        key[r] = mlt_siphash_name(name, strlen(name));
    }
    return key;
}

static bool make_block(const struct mlt_scoring *s, struct mlt_arena *arena,
                       struct mlt_evaluation_block *out, struct mlt_err *err)
{
    const uint32_t **value = mlt_arena_calloc(arena, s->slice_count, sizeof *value);
    uint64_t *cluster = s->cluster ? keys_of_clusters(s, arena) : NULL;
    uint64_t *key = s->inputs.dataset->id ? keys_of_texts(s->inputs.ids, s->rows, arena) : NULL;
    if (!value || (s->cluster && !cluster) || (s->inputs.dataset->id && !key))
        return mlt_err_oom(err);
    for (size_t c = 0; c < s->slice_count; c++)
        value[c] = s->slice[c].id;
    *out = (struct mlt_evaluation_block){
        .n = s->rows,
        .state = s->state,
        .label = s->label,
        .candidate = s->candidate,
        .baseline = s->baseline,
        .value = value,
        .cluster = cluster,
        .key = key,
    };
    return true;
}

static bool evaluate(struct mlt_evaluation *evaluation, const struct mlt_scoring *s,
                     const struct mlt_evaluation_block *block, struct relay *relay,
                     struct mlt_err *err)
{
    const struct mlt_evaluation_sink sink = {relay, relay_measurement, relay_pooled};
    if (!mlt_evaluation_add(evaluation, 0, block, err))
        return false;
    for (size_t c = 0; c < s->slice_count; c++)
        if (!mlt_evaluation_name(evaluation, 0, c, s->slice[c].value, s->slice[c].groups, err))
            return false;
    return mlt_evaluation_measure(evaluation, &sink, err);
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

bool mlt_slices_measure(struct mlt_case_context *context, const struct mlt_slicing *slicing,
                        struct mlt_err *err)
{
    const struct mlt_scoring *s = slicing->scoring;
    struct mlt_evaluation_spec spec = {
        .task = s->target.task,
        .width = s->width,
        .has_baseline = s->baseline != NULL,
        .clustered = s->cluster != NULL,
        .has_keys = s->inputs.dataset->id != NULL,
        .threshold = context->config->threshold,
        .max_candidate_missing = s->inputs.dataset->max_candidate_missing,
        .seed = seed_of(context, s),
        .workers = 1,
    };
    struct relay relay = {.context = context, .case_id = slicing->case_id, .pooled = MLT_BUF_INIT};
    struct mlt_evaluation *evaluation = NULL;
    struct mlt_evaluation_block block;
    bool ok = find_metrics(slicing, context->arena, &spec, err) &&
              find_slices(slicing, context->arena, &spec, err) &&
              find_named(slicing, context->arena, &spec, err) &&
              make_block(s, context->arena, &block, err) &&
              mlt_evaluation_open(&spec, &evaluation, err) &&
              evaluate(evaluation, s, &block, &relay, err) &&
              attach_pooled(context, &relay.pooled, err);
    mlt_evaluation_close(evaluation);
    mlt_buf_free(&relay.pooled);
    return ok;
}
