#include <math.h>

#include "harness/stats/interval.h"
#include "harness/stats/sum.h"
#include "suites/performance.h"

enum { MIN_BLOCKS = 8, MIN_REQUESTS = 100 };

const char *const mlt_performance_metrics[] = {
    "latency p50", "latency p95", "latency p99", "throughput",
    "error_rate",  "cpu",         "rss peak",    NULL,
};

static double latency_p50(const struct mlt_load_block *block)
{
    return block->latency_s[0];
}

static double latency_p95(const struct mlt_load_block *block)
{
    return block->latency_s[1];
}

static double latency_p99(const struct mlt_load_block *block)
{
    return block->latency_s[2];
}

static double throughput(const struct mlt_load_block *block)
{
    return block->rows ? block->throughput : NAN;
}

static double error_rate(const struct mlt_load_block *block)
{
    return (double)block->errors / (double)block->requests;
}

static double cpu(const struct mlt_load_block *block)
{
    return block->cpu_cores;
}

static double rss_peak(const struct mlt_load_block *block)
{
    return block->rss_bytes;
}

struct figure {
    const char *name, *unit, *what, *undefined;
    enum mlt_direction direction;
    double (*of)(const struct mlt_load_block *block);
};

static const char no_success[] = "a time block had no successful request";
static const char no_process[] = "what the model's process uses could not be read";
static const struct figure figures[] = {
    {"latency p50", "s", "the block's nearest-rank percentile over successful requests", no_success,
     MLT_LOWER_IS_BETTER, latency_p50},
    {"latency p95", "s", "the block's nearest-rank percentile over successful requests", no_success,
     MLT_LOWER_IS_BETTER, latency_p95},
    {"latency p99", "s", "the block's nearest-rank percentile over successful requests", no_success,
     MLT_LOWER_IS_BETTER, latency_p99},
    {"throughput", "1/s", "rows answered per second of request time", no_success,
     MLT_HIGHER_IS_BETTER, throughput},
    {"cpu", "cores", "CPU seconds of the model's process tree per second", no_process,
     MLT_LOWER_IS_BETTER, cpu},
    {"rss peak", "bytes", "the highest resident memory of the model's process tree", no_process,
     MLT_LOWER_IS_BETTER, rss_peak},
};
enum { FIGURES = sizeof figures / sizeof *figures };

static uint64_t requests_of(const struct mlt_load_side *side)
{
    uint64_t requests = 0;
    for (size_t i = 0; i < side->count; i++)
        requests += side->blocks[i].requests;
    return requests;
}

static uint64_t errors_of(const struct mlt_load_side *side)
{
    uint64_t errors = 0;
    for (size_t i = 0; i < side->count; i++)
        errors += side->blocks[i].errors;
    return errors;
}

static struct mlt_measurement begin(const struct mlt_performance *found, size_t blocks)
{
    struct mlt_measurement m = mlt_measurement_none();
    uint64_t candidate = requests_of(&found->candidate), baseline = requests_of(&found->baseline);
    m.case_id = found->case_id;
    m.rows = found->baseline.blocks && baseline < candidate ? baseline : candidate;
    m.differing = m.rows; /* times are never identical predictions */
    m.clusters = blocks;
    m.df = (double)blocks - 1;
    m.min_rows = MIN_REQUESTS;
    m.min_clusters = MIN_BLOCKS;
    return m;
}

/* Values per block, less their mean: influence values of the mean. False when one is not a number.
 */
static bool center(double *x, size_t n, double *mean)
{
    *mean = mlt_mean(x, n);
    for (size_t i = 0; i < n; i++)
        x[i] -= *mean;
    return isfinite(*mean);
}

static void fill_means(double *candidate, double *baseline, size_t n, const char *undefined,
                       struct mlt_measurement *m)
{
    m->method = MLT_INTERVAL_BLOCKS;
    if (!center(candidate, n, &m->candidate)) {
        m->candidate = NAN;
        m->undefined = undefined;
        return;
    }
    m->var_candidate = mlt_influence_covariance(candidate, candidate, n, NULL, 0);
    if (!baseline)
        return;
    if (!center(baseline, n, &m->baseline)) {
        m->baseline = NAN;
        m->undefined = undefined;
        return;
    }
    m->var_baseline = mlt_influence_covariance(baseline, baseline, n, NULL, 0);
    m->covariance = mlt_influence_covariance(candidate, baseline, n, NULL, 0);
}

static double *values_of(const struct figure *figure, const struct mlt_load_block *blocks,
                         size_t count, struct mlt_arena *arena)
{
    double *values = mlt_arena_calloc(arena, count, sizeof *values);
    for (size_t i = 0; values && i < count; i++)
        values[i] = figure->of(&blocks[i]);
    return values;
}

static bool report_figure(struct mlt_case_context *context, const struct mlt_performance *found,
                          const struct figure *figure, struct mlt_err *err)
{
    const struct mlt_load_block *blocks = found->candidate.blocks;
    size_t count = found->candidate.count;
    bool paired = found->baseline.blocks != NULL;
    const char *apart = "", *shared = NULL;
    if (figure->of == rss_peak && found->shared_memory && paired) {
        blocks = found->alone;
        count = found->alone_count;
        paired = false;
        apart = ", before the baseline was loaded into the same process";
        shared = "both versions run in one process, whose memory cannot be told apart";
    }
    struct mlt_measurement m = begin(found, count);
    m.metric = figure->name;
    m.unit = figure->unit;
    m.direction = figure->direction;
    m.definition = mlt_arena_printf(context->arena, "mean over %zu time blocks of %s%s", count,
                                    figure->what, apart);
    double *candidate = values_of(figure, blocks, count, context->arena);
    double *baseline =
        paired ? values_of(figure, found->baseline.blocks, count, context->arena) : NULL;
    if (!m.definition || !candidate || (paired && !baseline))
        return mlt_err_oom(err);
    fill_means(candidate, baseline, count, figure->undefined, &m);
    if (!m.undefined)
        m.undefined = shared;
    return context->sink->measurement(context->sink, &m, err);
}

/* Errors per request as a ratio of sums over blocks: its influence value of a block is
 * (errors - share * requests) / (mean requests per block). */
static double *error_influence(const struct mlt_load_side *side, struct mlt_arena *arena)
{
    double *influence = mlt_arena_calloc(arena, side->count, sizeof *influence);
    double requests = (double)requests_of(side);
    double share = (double)errors_of(side) / requests;
    for (size_t i = 0; influence && i < side->count; i++)
        influence[i] = ((double)side->blocks[i].errors - share * (double)side->blocks[i].requests) *
                       (double)side->count / requests;
    return influence;
}

static bool report_errors(struct mlt_case_context *context, const struct mlt_performance *found,
                          struct mlt_err *err)
{
    size_t n = found->candidate.count;
    struct mlt_measurement m = begin(found, n);
    m.metric = "error_rate";
    m.unit = "";
    m.direction = MLT_LOWER_IS_BETTER;
    m.method = MLT_INTERVAL_SHARE;
    m.definition = "requests of which a row was not answered within the contract";
    m.rows = m.differing = requests_of(&found->candidate);
    m.trials = m.rows;
    m.successes = errors_of(&found->candidate);
    m.candidate = (double)m.successes / (double)m.rows;
    double *a = error_influence(&found->candidate, context->arena), *b = NULL;
    if (!a)
        return mlt_err_oom(err);
    m.var_candidate = mlt_influence_covariance(a, a, n, NULL, 0);
    if (found->baseline.blocks) {
        b = error_influence(&found->baseline, context->arena);
        if (!b)
            return mlt_err_oom(err);
        m.baseline = (double)errors_of(&found->baseline) / (double)requests_of(&found->baseline);
        m.var_baseline = mlt_influence_covariance(b, b, n, NULL, 0);
        m.covariance = mlt_influence_covariance(a, b, n, NULL, 0);
    }
    return context->sink->measurement(context->sink, &m, err);
}

static bool report_series(struct mlt_case_context *context, const struct mlt_load_side *side,
                          const char *name, const char *side_name,
                          double (*of)(const struct mlt_load_block *), struct mlt_err *err)
{
    const char *series = mlt_arena_printf(context->arena, "%s %s", name, side_name);
    if (!series)
        return mlt_err_oom(err);
    for (size_t i = 0; i < side->count; i++) {
        double y = of(&side->blocks[i]);
        if (isfinite(y) &&
            !context->sink->series(context->sink, series, side->blocks[i].at_s, y, err))
            return false;
    }
    return true;
}

bool mlt_performance_report(struct mlt_case_context *context, const struct mlt_performance *found,
                            struct mlt_err *err)
{
    for (size_t i = 0; i < FIGURES; i++)
        if (!report_figure(context, found, &figures[i], err) ||
            !report_series(context, &found->candidate, figures[i].name, "candidate", figures[i].of,
                           err) ||
            !report_series(context, &found->baseline, figures[i].name, "baseline", figures[i].of,
                           err))
            return false;
    return report_errors(context, found, err) &&
           report_series(context, &found->candidate, "error_rate", "candidate", error_rate, err) &&
           report_series(context, &found->baseline, "error_rate", "baseline", error_rate, err);
}
