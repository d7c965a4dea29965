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
};

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

static void make_replicates(void *context, size_t block, unsigned thread)
{
    const struct replicate_job *job = context;
    struct bench *bench = &job->bench[thread];
    const struct mlt_bootstrap_statistic *statistic = job->statistic;
    uint64_t replicate = (job->first / STEP + block) * STEP;
    if (bench->failed)
        return;
    make_weights(job, replicate, bench->weight);
    for (size_t r = 0; r < STEP && !bench->failed; r++) {
        double value[MLT_BOOTSTRAP_OUTPUTS_MAX];
        if (replicate + r < job->first || replicate + r - job->first >= job->count)
            continue;
        size_t at = (size_t)(replicate + r - job->first);
        bench->failed = !statistic->compute(statistic->context, thread, bench->weight + r * job->n,
                                            job->n, value, &bench->err);
        for (unsigned o = 0; o < statistic->outputs && !bench->failed; o++)
            job->out[o * job->count + at] = value[o];
    }
}

static bool run_blocks(struct replicate_job *job, unsigned threads, struct mlt_err *err)
{
    size_t blocks = (size_t)((job->first + job->count - 1) / STEP - job->first / STEP + 1);
    if (threads > blocks)
        threads = (unsigned)blocks;
    for (unsigned t = 0; t < threads; t++) {
        job->bench[t].weight = malloc(job->n * STEP + 1);
        if (job->bench[t].weight == NULL)
            return mlt_err_oom(err);
    }
    mlt_parallel_run(threads, blocks, make_replicates, job);
    for (unsigned t = 0; t < threads; t++)
        if (job->bench[t].failed) {
            *err = job->bench[t].err;
            return false;
        }
    return true;
}

bool mlt_bootstrap_replicates(const struct mlt_bootstrap_statistic *statistic, const uint64_t *key,
                              size_t n, uint64_t seed, uint64_t first, size_t count,
                              unsigned threads, bool portable, double *out, struct mlt_err *err)
{
    if (statistic->outputs == 0 || statistic->outputs > MLT_BOOTSTRAP_OUTPUTS_MAX)
        return mlt_err_set(err, MLT_ERR_USAGE, "a statistic of %u values cannot be resampled",
                           statistic->outputs);
    if (count == 0)
        return true;
    struct replicate_job job = {statistic, key, n, seed, first, count, portable, out, NULL};
    threads = mlt_parallel_threads(threads);
    job.bench = calloc(threads, sizeof *job.bench);
    if (job.bench == NULL)
        return mlt_err_oom(err);
    bool done = run_blocks(&job, threads, err);
    for (unsigned t = 0; t < threads; t++)
        free(job.bench[t].weight);
    free(job.bench);
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
