#include "harness/evaluate/evaluation_set.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/str.h"

uint64_t mlt_evaluation_set_min_rows(const struct mlt_evaluation_spec *spec,
                                     const struct mlt_definitions *definitions)
{
    uint64_t rows = spec->min_rows;
    if (definitions->count == 0 || rows != 0)
        return rows;
    for (size_t i = 0; i < spec->metric_count; i++)
        if (spec->metrics[i].ops->min_rows > rows)
            rows = spec->metrics[i].ops->min_rows;
    for (size_t i = 0; i < definitions->count; i++)
        if (definitions->items[i].metric.ops->min_rows > rows)
            rows = definitions->items[i].metric.ops->min_rows;
    return rows;
}

/* The same rows and slices, but a number to take the mean of in place of a score. */
static struct mlt_evaluation_spec *custom_spec(const struct mlt_evaluation_spec *spec,
                                               const struct mlt_metric *metric,
                                               struct mlt_arena *arena)
{
    struct mlt_evaluation_spec *out = mlt_arena_memdup(arena, spec, sizeof *spec);
    if (out == NULL)
        return NULL;
    out->task = MLT_TASK_REGRESSION;
    out->width = 1;
    out->metrics = metric;
    out->metric_count = 1;
    return out;
}

bool mlt_evaluation_set_open(const struct mlt_evaluation_spec *spec,
                             const struct mlt_definitions *definitions, struct mlt_arena *arena,
                             struct mlt_evaluation_set *out, struct mlt_err *err)
{
    *out =
        (struct mlt_evaluation_set){.has_baseline = spec->has_baseline, .definitions = definitions};
    out->custom = mlt_arena_calloc(arena, definitions->count, sizeof(struct mlt_evaluation *));
    bool ok = out->custom != NULL ? mlt_evaluation_open(spec, &out->task, err) : mlt_err_oom(err);
    while (ok && out->custom_count < definitions->count) {
        const struct mlt_metric *metric = &definitions->items[out->custom_count].metric;
        const struct mlt_evaluation_spec *own = custom_spec(spec, metric, arena);
        ok = own != NULL ? mlt_evaluation_open(own, &out->custom[out->custom_count], err)
                         : mlt_err_oom(err);
        out->custom_count += ok;
    }
    if (!ok)
        mlt_evaluation_set_close(out);
    return ok;
}

bool mlt_evaluation_set_search(struct mlt_evaluation_set *set, const struct mlt_search_spec *spec,
                               unsigned workers, struct mlt_err *err)
{
    return mlt_search_open(spec, workers, &set->search, err);
}

void mlt_evaluation_set_close(struct mlt_evaluation_set *set)
{
    mlt_evaluation_close(set->task);
    for (size_t i = 0; i < set->custom_count; i++)
        mlt_evaluation_close(set->custom[i]);
    mlt_search_close(set->search);
    *set = (struct mlt_evaluation_set){0};
}

/* What one block's expressions are computed in. */
struct scratch {
    const double **inputs; /* [MLT_DEFINITION_COLUMNS + columns] */
    double *candidate, *baseline, *zero;
};

static void free_scratch(struct scratch *s)
{
    free(s->inputs);
    free(s->candidate);
    free(s->baseline);
    free(s->zero);
}

static bool make_scratch(const struct mlt_definitions *definitions, size_t n, struct scratch *out,
                         struct mlt_err *err)
{
    *out = (struct scratch){
        .inputs = calloc(MLT_DEFINITION_COLUMNS + definitions->column_count, sizeof *out->inputs),
        .candidate = calloc(n + 1, sizeof *out->candidate),
        .baseline = calloc(n + 1, sizeof *out->baseline),
        .zero = calloc(n + 1, sizeof *out->zero)};
    return (out->inputs != NULL && out->candidate != NULL && out->baseline != NULL &&
            out->zero != NULL) ||
           mlt_err_oom(err);
}

/* The expression on every row for one version; on rows that are scored it must be a number. */
static bool compute(const struct mlt_definition *own, const struct mlt_evaluation_block *rows,
                    const double *score, const struct scratch *s, double *out, size_t *out_row,
                    struct mlt_err *err)
{
    s->inputs[MLT_DEFINITION_SCORE] = score;
    size_t i = mlt_expression_eval(own->expression, s->inputs, rows->n, out);
    while (i < rows->n &&
           (!isnan(out[i]) || (rows->state != NULL && rows->state[i] != MLT_ROW_PAIRED)))
        i++;
    if (i == rows->n)
        return true;
    *out_row = i;
    return mlt_err_set(err, MLT_ERR_EVIDENCE, "\"%s\" (%s) is no finite number there",
                       own->metric.name, own->text);
}

static bool add_custom(const struct mlt_evaluation_set *set, size_t index, unsigned worker,
                       const struct mlt_evaluation_block *block, const struct scratch *s,
                       size_t *out_row, struct mlt_err *err)
{
    const struct mlt_definition *own = &set->definitions->items[index];
    struct mlt_evaluation_block rows = *block;
    if (!compute(own, block, block->candidate, s, s->candidate, out_row, err) ||
        (set->has_baseline && !compute(own, block, block->baseline, s, s->baseline, out_row, err)))
        return false;
    rows.label = s->zero;
    rows.candidate = s->candidate;
    rows.baseline = set->has_baseline ? s->baseline : NULL;
    return mlt_evaluation_add(set->custom[index], worker, &rows, err);
}

static bool add_customs(const struct mlt_evaluation_set *set, unsigned worker,
                        const struct mlt_evaluation_block *block, const double *const *column,
                        size_t *out_row, struct mlt_err *err)
{
    const struct mlt_definitions *definitions = set->definitions;
    struct scratch s;
    bool ok = make_scratch(definitions, block->n, &s, err);
    if (ok)
        s.inputs[MLT_DEFINITION_LABEL] = block->label;
    for (size_t c = 0; ok && c < definitions->column_count; c++)
        s.inputs[MLT_DEFINITION_COLUMNS + c] = column[c];
    for (size_t i = 0; ok && i < set->custom_count; i++)
        ok = add_custom(set, i, worker, block, &s, out_row, err);
    free_scratch(&s);
    return ok;
}

bool mlt_evaluation_set_add(const struct mlt_evaluation_set *set, unsigned worker,
                            const struct mlt_evaluation_block *block, const double *const *column,
                            size_t *out_row, struct mlt_err *err)
{
    *out_row = block->n;
    return mlt_evaluation_add(set->task, worker, block, err) &&
           (set->custom_count == 0 || add_customs(set, worker, block, column, out_row, err));
}

bool mlt_evaluation_set_name(const struct mlt_evaluation_set *set, unsigned worker, size_t column,
                             const char *const *values, size_t count, struct mlt_err *err)
{
    bool ok = mlt_evaluation_name(set->task, worker, column, values, count, err);
    for (size_t i = 0; ok && i < set->custom_count; i++)
        ok = mlt_evaluation_name(set->custom[i], worker, column, values, count, err);
    return ok;
}

static void put_length(struct mlt_buf *out, size_t at, size_t len)
{
    for (size_t i = 0; i < 8 && !out->oom; i++)
        out->data[at + i] = (char)(unsigned char)((uint64_t)len >> (8 * i));
}

/* The evaluations, and the search behind them. */
static size_t parts_of(const struct mlt_evaluation_set *set)
{
    return 1 + set->custom_count + (set->search != NULL);
}

static bool encode_part(const struct mlt_evaluation_set *set, size_t i, struct mlt_buf *out,
                        struct mlt_err *err)
{
    if (i > set->custom_count)
        return mlt_search_encode(set->search, out, err);
    return mlt_evaluation_encode(i == 0 ? set->task : set->custom[i - 1], out, err);
}

static bool decode_part(const struct mlt_evaluation_set *set, size_t i, unsigned worker,
                        const unsigned char *data, size_t len, struct mlt_err *err)
{
    if (i > set->custom_count)
        return mlt_search_decode(set->search, worker, data, len, err);
    return mlt_evaluation_decode(i == 0 ? set->task : set->custom[i - 1], worker, data, len, err);
}

bool mlt_evaluation_set_encode(const struct mlt_evaluation_set *set, struct mlt_buf *out,
                               struct mlt_err *err)
{
    static const char room[8];
    for (size_t i = 0; i < parts_of(set); i++) {
        size_t at = out->len;
        mlt_buf_append(out, room, sizeof room);
        if (!encode_part(set, i, out, err))
            return false;
        put_length(out, at, out->len - at - sizeof room);
    }
    return mlt_buf_check(out, err);
}

/* All see the same rows. */
static bool check_counts(const struct mlt_evaluation_set *set, unsigned worker, struct mlt_err *err)
{
    uint64_t first, other_first;
    struct mlt_evaluation_counts task = mlt_evaluation_worker_counts(set->task, worker, &first);
    for (size_t i = 0; i < set->custom_count; i++) {
        struct mlt_evaluation_counts own =
            mlt_evaluation_worker_counts(set->custom[i], worker, &other_first);
        if (first != other_first || memcmp(&task, &own, sizeof task) != 0)
            return mlt_err_set(
                err, MLT_ERR_EVIDENCE,
                "the partial result contradicts itself: its metrics are of different "
                "rows");
    }
    return true;
}

bool mlt_evaluation_set_decode(const struct mlt_evaluation_set *set, unsigned worker,
                               const unsigned char *data, size_t len, struct mlt_err *err)
{
    size_t at = 0;
    for (size_t i = 0; i < parts_of(set); i++) {
        uint64_t size = 0;
        for (size_t b = 0; b < 8 && len - at >= 8; b++)
            size |= (uint64_t)data[at + b] << (8 * b);
        if (len - at < 8 || size > len - at - 8)
            return mlt_err_set(err, MLT_ERR_EVIDENCE, "the partial result is damaged at byte %zu",
                               at);
        at += 8;
        if (!decode_part(set, i, worker, data + at, (size_t)size, err))
            return false;
        at += (size_t)size;
    }
    if (at != len)
        return mlt_err_set(err, MLT_ERR_EVIDENCE,
                           "the partial result is damaged: bytes behind its end");
    return check_counts(set, worker, err);
}

/* The measurements of one evaluation, kept until the others' are there. */
struct kept {
    struct mlt_arena *arena;
    struct mlt_measurement *m;
    size_t count, capacity;
    const struct mlt_evaluation_sink *sink; /* where pooled values go at once */
};

static bool keep(void *context, const struct mlt_measurement *m, struct mlt_err *err)
{
    struct kept *to = context;
    struct mlt_measurement *items =
        mlt_arena_grow(to->arena, to->m, to->count, &to->capacity, sizeof *items);
    if (items == NULL)
        return mlt_err_oom(err);
    to->m = items;
    return mlt_measurement_copy(m, to->arena, &to->m[to->count++], err);
}

static bool pass_pooled(void *context, const struct mlt_evaluation_pooled *pooled,
                        struct mlt_err *err)
{
    const struct mlt_evaluation_sink *sink = ((const struct kept *)context)->sink;
    return sink->pooled == NULL || sink->pooled(sink->context, pooled, err);
}

static bool same_subset(const struct mlt_measurement *a, const struct mlt_measurement *b)
{
    return mlt_str_eq(a->slice_column, b->slice_column) &&
           mlt_str_eq(a->slice_value, b->slice_value);
}

/* Sends the task's measurements, behind those of each subset the user's. */
static bool send_together(const struct kept *kept, size_t count,
                          const struct mlt_evaluation_sink *sink, struct mlt_err *err)
{
    for (size_t i = 0, subset = 0; i < kept[0].count; i++) {
        const struct mlt_measurement *m = &kept[0].m[i];
        if (!sink->measurement(sink->context, m, err))
            return false;
        if (i + 1 < kept[0].count && same_subset(m, m + 1))
            continue;
        for (size_t k = 1; k < count; k++) {
            if (subset >= kept[k].count || !same_subset(&kept[k].m[subset], m))
                return mlt_err_set(err, MLT_ERR_INFRA, "the metrics saw different slices");
            struct mlt_measurement own = kept[k].m[subset];
            /* Equal figures of a row are not yet equal predictions. */
            own.differing = m->differing;
            if (!sink->measurement(sink->context, &own, err))
                return false;
        }
        subset++;
    }
    return true;
}

bool mlt_evaluation_set_measure(const struct mlt_evaluation_set *set,
                                const struct mlt_evaluation_sink *sink, struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    size_t count = set->custom_count + 1;
    struct kept *kept = mlt_arena_calloc(&arena, count, sizeof *kept);
    bool ok = kept != NULL ? true : mlt_err_oom(err);
    for (size_t i = 0; ok && i < count; i++) {
        kept[i].arena = &arena;
        kept[i].sink = sink;
        const struct mlt_evaluation_sink to = {&kept[i], keep, i == 0 ? pass_pooled : NULL};
        ok = mlt_evaluation_measure(i == 0 ? set->task : set->custom[i - 1], &to, err);
    }
    ok = ok && send_together(kept, count, sink, err);
    mlt_arena_free(&arena);
    return ok;
}
