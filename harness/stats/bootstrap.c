#include "harness/stats/bootstrap.h"

#include <math.h>
#include <stdlib.h>

#include "harness/stats/bootstrap_parallel.h"
#include "harness/stats/resample.h"

enum { STEP = MLT_RESAMPLE_STEP, TILE = 64 };

struct bench {
    uint8_t *weight; /* STEP replicates of n rows */
    bool failed;
    struct mlt_err err;
};

struct replicate_job {
    const struct mlt_bootstrap_statistic *statistic;
    const uint64_t *key;
    size_t n;
    uint64_t seed, first;
    size_t count;
    bool portable;
    double *out;
    struct bench *bench;
    const uint16_t *block; /* of the jackknife: where each row belongs */
};

/* The statistic at these weights is value number `at` of each output. */
static void compute(const struct replicate_job *job, struct bench *bench, unsigned thread,
                    const uint8_t *weight, size_t at)
{
    const struct mlt_bootstrap_statistic *statistic = job->statistic;
    double value[MLT_BOOTSTRAP_OUTPUTS_MAX];
    bench->failed =
        !statistic->compute(statistic->context, thread, weight, job->n, value, &bench->err);
    for (unsigned o = 0; o < statistic->outputs && !bench->failed; o++)
        job->out[o * job->count + at] = value[o];
}

/* The generator gives the replicates of a row side by side; a statistic wants the rows so. */
static void make_weights(const struct replicate_job *job, uint64_t replicate, uint8_t *weight)
{
    uint8_t tile[TILE * STEP];
    for (size_t at = 0; at < job->n; at += TILE) {
        size_t rows = job->n - at < TILE ? job->n - at : TILE;
        mlt_resample_poisson(job->seed, job->key + at, rows, replicate, STEP, job->portable, tile);
        for (size_t r = 0; r < STEP; r++)
            for (size_t i = 0; i < rows; i++)
                weight[r * job->n + at + i] = tile[i * STEP + r];
    }
}

static void make_replicates(void *context, size_t number, unsigned thread)
{
    const struct replicate_job *job = context;
    struct bench *bench = &job->bench[thread];
    uint64_t replicate = (job->first / STEP + number) * STEP;
    if (bench->failed)
        return;
    make_weights(job, replicate, bench->weight);
    for (size_t r = 0; r < STEP && !bench->failed; r++)
        if (replicate + r >= job->first && replicate + r - job->first < job->count)
            compute(job, bench, thread, bench->weight + r * job->n,
                    (size_t)(replicate + r - job->first));
}

static void leave_out(void *context, size_t number, unsigned thread)
{
    const struct replicate_job *job = context;
    struct bench *bench = &job->bench[thread];
    if (bench->failed)
        return;
    for (size_t i = 0; i < job->n; i++)
        bench->weight[i] = job->block[i] != number;
    compute(job, bench, thread, bench->weight, number);
}

/* Gives each thread room for `replicates` replicates and runs the work; the first fault is the
 * error. */
static bool run_work(struct replicate_job *job, unsigned threads, size_t work, size_t replicates,
                     void (*step)(void *, size_t, unsigned), struct mlt_err *err)
{
    threads = mlt_parallel_threads(threads);
    if (threads > work)
        threads = (unsigned)work;
    job->bench = calloc(threads, sizeof *job->bench);
    bool done = job->bench != NULL;
    for (unsigned t = 0; t < threads && done; t++) {
        job->bench[t].weight = malloc(job->n * replicates + 1);
        done = job->bench[t].weight != NULL;
    }
    if (done)
        mlt_parallel_run(threads, work, step, job);
    else
        (void)mlt_err_oom(err);
    for (unsigned t = 0; t < threads && done; t++)
        if (job->bench[t].failed) {
            *err = job->bench[t].err;
            done = false;
        }
    for (unsigned t = 0; t < threads && job->bench != NULL; t++)
        free(job->bench[t].weight);
    free(job->bench);
    return done;
}

static bool check_outputs(const struct mlt_bootstrap_statistic *statistic, struct mlt_err *err)
{
    if (statistic->outputs == 0 || statistic->outputs > MLT_BOOTSTRAP_OUTPUTS_MAX)
        return mlt_err_set(err, MLT_ERR_USAGE, "a statistic of %u values cannot be resampled",
                           statistic->outputs);
    return true;
}

bool mlt_bootstrap_replicates(const struct mlt_bootstrap_statistic *statistic, const uint64_t *key,
                              size_t n, uint64_t seed, uint64_t first, size_t count,
                              unsigned threads, bool portable, double *out, struct mlt_err *err)
{
    if (!check_outputs(statistic, err))
        return false;
    if (count == 0)
        return true;
    struct replicate_job job = {.statistic = statistic,
                                .key = key,
                                .n = n,
                                .seed = seed,
                                .first = first,
                                .count = count,
                                .portable = portable,
                                .out = out};
    size_t steps = (size_t)((first + count - 1) / STEP - first / STEP + 1);
    return run_work(&job, threads, steps, STEP, make_replicates, err);
}

bool mlt_bootstrap_jackknife(const struct mlt_bootstrap_statistic *statistic, const uint64_t *key,
                             size_t n, uint64_t seed, unsigned blocks, unsigned threads,
                             double *out, struct mlt_err *err)
{
    if (!check_outputs(statistic, err))
        return false;
    if (blocks == 0 || blocks > UINT16_MAX)
        return mlt_err_set(err, MLT_ERR_USAGE, "a jackknife of %u blocks is not possible", blocks);
    uint16_t *block = malloc((n + 1) * sizeof *block);
    if (block == NULL)
        return mlt_err_oom(err);
    for (size_t i = 0; i < n; i++)
        block[i] = (uint16_t)mlt_resample_block(seed, key[i], blocks);
    struct replicate_job job = {
        .statistic = statistic, .n = n, .count = blocks, .out = out, .block = block};
    bool done = run_work(&job, threads, blocks, 1, leave_out, err);
    free(block);
    return done;
}

static double allowed(const struct mlt_bootstrap_margin *margin, double baseline)
{
    double relative = margin->relative * fabs(baseline);
    return relative <= margin->absolute ? margin->absolute : relative; /* NaN stays NaN */
}

double mlt_bootstrap_harm(const struct mlt_bootstrap_margin *margin, double candidate,
                          double baseline)
{
    return margin->sign * (candidate - baseline) - allowed(margin, baseline);
}

double mlt_bootstrap_harm_influence(const struct mlt_bootstrap_margin *margin, double baseline,
                                    double on_candidate, double on_baseline)
{
    double change = margin->sign * (on_candidate - on_baseline);
    if (margin->relative * fabs(baseline) > margin->absolute)
        change -= margin->relative * (baseline < 0 ? -on_baseline : on_baseline);
    return change;
}

bool mlt_bootstrap_is_settled(struct mlt_interval range, double level)
{
    return range.hi < level || range.lo > level;
}

struct replicates {
    double *harm, *error;
    size_t n;
};

static bool extend(const struct mlt_bootstrap_source *source, struct replicates *have, size_t n,
                   struct mlt_err *err)
{
    double *error = have->error != NULL ? have->error + have->n : NULL;
    if (!source->draw(source->context, have->n, n - have->n, have->harm + have->n, error, err))
        return false;
    have->n = n;
    return true;
}

static bool grow(const struct mlt_bootstrap_source *source, const struct mlt_bootstrap_plan *plan,
                 struct replicates *have, size_t most, struct mlt_bootstrap_result *out,
                 struct mlt_err *err)
{
    size_t next = plan->first > 0 ? plan->first : MLT_BOOTSTRAP_FIRST;
    struct mlt_bootstrap_basis basis = plan->basis;
    basis.replicate_error = have->error;
    for (;;) {
        if (!extend(source, have, next < most ? next : most, err) ||
            !mlt_bootstrap_judge(&basis, have->harm, have->n, plan->alpha, 0, out, err))
            return false;
        bool wants_more = out->wants_more && have->n < most;
        if ((out->why != NULL && !wants_more) ||
            (out->why == NULL && mlt_bootstrap_is_settled(out->p_at_least_range, plan->alpha) &&
             mlt_bootstrap_is_settled(out->p_at_most_range, plan->fail_alpha)))
            return true;
        if (have->n == most) {
            out->why = "undecided by Monte Carlo";
            return true;
        }
        next = 2 * have->n;
    }
}

bool mlt_bootstrap_until_settled(const struct mlt_bootstrap_source *source,
                                 const struct mlt_bootstrap_plan *plan,
                                 struct mlt_bootstrap_result *out, struct mlt_err *err)
{
    size_t most = plan->most > 0 ? plan->most : MLT_BOOTSTRAP_MOST;
    bool errors = plan->basis.kind == MLT_BOOTSTRAP_STUDENTISED;
    struct replicates have = {malloc(most * sizeof(double)),
                              errors ? malloc(most * sizeof(double)) : NULL, 0};
    bool room = have.harm != NULL && (!errors || have.error != NULL);
    bool done = room ? grow(source, plan, &have, most, out, err) : mlt_err_oom(err);
    free(have.harm);
    free(have.error);
    return done;
}
