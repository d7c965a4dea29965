#include "flows/eval_set.h"

#include <string.h>

#include "harness/base/str.h"

bool mlt_eval_set_open(const struct mlt_eval_plan *plan, struct mlt_arena *arena,
                       struct mlt_eval_set *out, struct mlt_err *err)
{
    *out = (struct mlt_eval_set){0};
    out->custom = mlt_arena_calloc(arena, plan->custom_count, sizeof(struct mlt_evaluation *));
    bool ok =
        out->custom != NULL ? mlt_evaluation_open(&plan->spec, &out->task, err) : mlt_err_oom(err);
    for (; ok && out->custom_count < plan->custom_count; out->custom_count++) {
        struct mlt_eval_custom *custom = &plan->custom[out->custom_count];
        const struct mlt_metric *metric = &custom->metric;
        /* The same rows and slices, but a number to take the mean of in place of a score. */
        custom->spec = plan->spec;
        custom->spec.task = MLT_TASK_REGRESSION;
        custom->spec.width = 1;
        custom->spec.metrics = metric;
        custom->spec.metric_count = 1;
        ok = mlt_evaluation_open(&custom->spec, &out->custom[out->custom_count], err);
        if (!ok)
            break;
    }
    if (ok && plan->search.most > 0)
        ok = mlt_search_open(&plan->search.spec, plan->spec.workers, &out->search, err);
    if (!ok)
        mlt_eval_set_close(out);
    return ok;
}

void mlt_eval_set_close(struct mlt_eval_set *set)
{
    mlt_evaluation_close(set->task);
    for (size_t i = 0; i < set->custom_count; i++)
        mlt_evaluation_close(set->custom[i]);
    mlt_search_close(set->search);
    *set = (struct mlt_eval_set){0};
}

static void put_length(struct mlt_buf *out, size_t at, size_t len)
{
    for (size_t i = 0; i < 8 && !out->oom; i++)
        out->data[at + i] = (char)(unsigned char)((uint64_t)len >> (8 * i));
}

/* The evaluations, and the search behind them. */
static size_t parts_of(const struct mlt_eval_set *set)
{
    return 1 + set->custom_count + (set->search != NULL);
}

static bool encode_part(const struct mlt_eval_set *set, size_t i, struct mlt_buf *out,
                        struct mlt_err *err)
{
    if (i > set->custom_count)
        return mlt_search_encode(set->search, out, err);
    return mlt_evaluation_encode(i == 0 ? set->task : set->custom[i - 1], out, err);
}

static bool decode_part(const struct mlt_eval_set *set, size_t i, unsigned worker,
                        const unsigned char *data, size_t len, struct mlt_err *err)
{
    if (i > set->custom_count)
        return mlt_search_decode(set->search, worker, data, len, err);
    return mlt_evaluation_decode(i == 0 ? set->task : set->custom[i - 1], worker, data, len, err);
}

bool mlt_eval_set_encode(const struct mlt_eval_set *set, struct mlt_buf *out, struct mlt_err *err)
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

bool mlt_eval_set_decode(const struct mlt_eval_set *set, unsigned worker, const unsigned char *data,
                         size_t len, struct mlt_err *err)
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
    return at == len || mlt_err_set(err, MLT_ERR_EVIDENCE,
                                    "the partial result is damaged: bytes behind its end");
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

bool mlt_eval_set_measure(const struct mlt_eval_set *set, const struct mlt_evaluation_sink *sink,
                          struct mlt_err *err)
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
