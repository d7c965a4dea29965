#include "harness/evaluate/evaluation.h"

#include <stdlib.h>

#include "harness/domain/slice.h"
#include "harness/evaluate/worker.h"

enum { DEFAULT_MEMORY_BYTES = 1 << 30 };

static bool wants_columns(const struct mlt_evaluation_spec *spec)
{
    for (size_t i = 0; i < spec->metric_count; i++)
        if (spec->metrics[i].ops->kind != MLT_METRIC_OF_MEANS)
            return true;
    return spec->clustered || spec->has_keys;
}

static bool label_slices(struct mlt_evaluation *e, struct mlt_err *err)
{
    const struct mlt_evaluation_spec *spec = e->spec;
    e->slice_label = mlt_arena_calloc(&e->arena, spec->slice_count, sizeof *e->slice_label);
    if (e->slice_label == NULL)
        return mlt_err_oom(err);
    for (size_t s = 0; s < spec->slice_count; s++) {
        const char *part[MLT_SLICE_MAX_COLUMNS];
        for (size_t c = 0; c < spec->slices[s].column_count; c++)
            part[c] = spec->columns[spec->slices[s].column[c]];
        e->slice_label[s] = mlt_slice_name(part, spec->slices[s].column_count, &e->arena);
        if (e->slice_label[s] == NULL)
            return mlt_err_oom(err);
    }
    return true;
}

static bool open_workers(struct mlt_evaluation *e, struct mlt_err *err)
{
    const struct mlt_evaluation_spec *spec = e->spec;
    /* With clusters nothing is measured from sums over rows. */
    size_t of_means = spec->clustered ? 0 : spec->metric_count;
    const struct mlt_means_options options = {.task = spec->task,
                                              .width = spec->width,
                                              .has_baseline = spec->has_baseline,
                                              .weighting = spec->weighting,
                                              .threshold = spec->threshold,
                                              .with_intervals = !spec->estimates_only};
    if (!mlt_means_plan_make(spec->metrics, of_means, &options, &e->arena, &e->plan, err))
        return false;
    e->state_bytes = mlt_means_state_bytes(e->plan);
    e->keeps_columns = wants_columns(spec);
    e->store.limit_bytes =
        spec->memory_bytes == 0 ? (size_t)DEFAULT_MEMORY_BYTES : (size_t)spec->memory_bytes;
    e->workers = mlt_arena_calloc(&e->arena, spec->workers, sizeof *e->workers);
    if (e->workers == NULL)
        return mlt_err_oom(err);
    for (unsigned w = 0; w < spec->workers; w++)
        if (!mlt_worker_init(e, &e->workers[w], err))
            return false;
    return label_slices(e, err);
}

bool mlt_evaluation_open(const struct mlt_evaluation_spec *spec, struct mlt_evaluation **out,
                         struct mlt_err *err)
{
    if (spec->slice_count > MLT_EVALUATION_MAX_SLICES)
        return mlt_err_set(err, MLT_ERR_USAGE, "more than %d slices",
                           (int)MLT_EVALUATION_MAX_SLICES);
    struct mlt_evaluation *e = calloc(1, sizeof *e);
    if (e == NULL)
        return mlt_err_oom(err);
    e->spec = spec;
    if (!open_workers(e, err)) {
        mlt_evaluation_close(e);
        return false;
    }
    *out = e;
    return true;
}

void mlt_evaluation_close(struct mlt_evaluation *e)
{
    if (e == NULL)
        return;
    for (unsigned w = 0; e->workers != NULL && w < e->spec->workers; w++)
        mlt_worker_free(e, &e->workers[w]);
    mlt_worker_free(e, &e->gathered);
    mlt_arena_free(&e->arena);
    free(e);
}
