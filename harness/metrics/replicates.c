#include <math.h>
#include <stdlib.h>

#include "harness/metrics/measuring.h"
#include "harness/stats/bootstrap_parallel.h"
#include "harness/stats/resample.h"

/* One block is MLT_RESAMPLE_STEP replicates: what one block of the generator gives. */
struct drawing {
    const struct mlt_metric_ops *ops;
    void *const *states;
    size_t n, count;
    uint64_t seed;
    const uint64_t *key;
    double *out[2];   /* [count] */
    uint8_t **weight; /* [threads][n * MLT_RESAMPLE_STEP] */
    uint32_t **times; /* [threads][n] */
    const volatile sig_atomic_t *interrupted;
};

static void draw_block(void *context, size_t block, unsigned thread)
{
    const struct drawing *d = context;
    uint8_t *weight = d->weight[thread];
    uint32_t *times = d->times[thread];
    size_t first = block * MLT_RESAMPLE_STEP;
    if (d->interrupted != NULL && *d->interrupted != 0)
        return;
    mlt_resample_poisson(d->seed, d->key, d->n, first, MLT_RESAMPLE_STEP, false, weight);
    for (size_t j = 0; j < MLT_RESAMPLE_STEP && first + j < d->count; j++) {
        for (size_t i = 0; i < d->n; i++)
            times[i] = weight[i * MLT_RESAMPLE_STEP + j];
        for (int s = 0; s < 2; s++)
            if (d->states[s] != NULL)
                d->out[s][first + j] = d->ops->value(d->states[s], times);
    }
}

static bool draw(struct drawing *d, unsigned threads)
{
    void *weight[MLT_PARALLEL_MAX] = {NULL}, *times[MLT_PARALLEL_MAX] = {NULL};
    uint8_t *weights[MLT_PARALLEL_MAX];
    uint32_t *counts[MLT_PARALLEL_MAX];
    bool good = true;
    for (unsigned t = 0; good && t < threads; t++) {
        weight[t] = calloc(d->n * MLT_RESAMPLE_STEP + 1, sizeof(uint8_t));
        times[t] = calloc(d->n + 1, sizeof(uint32_t));
        weights[t] = weight[t];
        counts[t] = times[t];
        good = weight[t] != NULL && times[t] != NULL;
    }
    d->weight = weights;
    d->times = counts;
    size_t blocks = (d->count + MLT_RESAMPLE_STEP - 1) / MLT_RESAMPLE_STEP;
    if (good)
        mlt_parallel_run(threads, blocks, draw_block, d);
    for (unsigned t = 0; t < threads; t++) {
        free(weight[t]);
        free(times[t]);
    }
    return good;
}

/* The keys of the rows: given, or the cluster, or the place. */
static bool make_keys(const struct mlt_metric_rows *rows, uint64_t **own)
{
    *own = NULL;
    if (rows->key != NULL)
        return true;
    *own = calloc(rows->n + 1, sizeof **own);
    for (size_t i = 0; *own != NULL && i < rows->n; i++)
        (*own)[i] = rows->cluster != NULL ? rows->cluster[i] : i;
    return *own != NULL;
}

bool mlt_measure_replicates(const struct mlt_metric_ops *ops, void *const states[2],
                            const struct mlt_metric_rows *rows, struct mlt_arena *arena,
                            struct mlt_measurement *out, struct mlt_err *err)
{
    struct drawing d = {.ops = ops,
                        .states = states,
                        .n = rows->n,
                        .seed = rows->seed,
                        .interrupted = rows->interrupted};
    d.count = rows->replicates == 0 ? MLT_METRIC_REPLICATES : rows->replicates;
    if (d.count > MLT_MAX_REPLICATES)
        return mlt_err_set(err, MLT_ERR_USAGE, "%zu replicates are more than %d", d.count,
                           MLT_MAX_REPLICATES);
    uint64_t *own;
    for (int s = 0; s < 2; s++)
        d.out[s] = states[s] == NULL ? NULL : mlt_arena_calloc(arena, d.count, sizeof *d.out[s]);
    bool good = d.out[0] != NULL && (states[1] == NULL || d.out[1] != NULL);
    good = good && make_keys(rows, &own);
    if (!good)
        return mlt_err_oom(err);
    d.key = own != NULL ? own : rows->key;
    good = draw(&d, mlt_parallel_threads(rows->threads));
    free(own);
    if (!good)
        return mlt_err_oom(err);
    if (mlt_interrupted(rows->interrupted, err))
        return false;
    out->replicates = d.count;
    out->replicate_candidate = d.out[0];
    out->replicate_baseline = d.out[1];
    return true;
}
