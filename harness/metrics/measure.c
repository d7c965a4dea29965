#include <math.h>
#include <stdlib.h>

#include "harness/metrics/means.h"
#include "harness/metrics/measuring.h"
#include "harness/metrics/sampling.h"

enum { BLOCK_ROWS = 4096 };

/* The sums of all rows, as the stream of a data set makes them. */
static bool measure_sums(const struct mlt_metric *metric, const struct mlt_metric_rows *rows,
                         struct mlt_arena *arena, struct mlt_measurement *out, struct mlt_err *err)
{
    struct mlt_means_options options = {.task = rows->task,
                                        .width = rows->width,
                                        .has_baseline = rows->baseline != NULL,
                                        .weighting = rows->weighting,
                                        .threshold = rows->threshold,
                                        .with_intervals = rows->cluster == NULL};
    const struct mlt_means_plan *plan;
    if (!mlt_means_plan_make(metric, 1, &options, arena, &plan, err))
        return false;
    void *work = malloc(mlt_means_work_bytes(plan, BLOCK_ROWS));
    struct mlt_means *state = calloc(1, mlt_means_state_bytes(plan));
    for (size_t at = 0; work != NULL && state != NULL && at < rows->n; at += BLOCK_ROWS) {
        struct mlt_means_block block = {
            .n = rows->n - at < BLOCK_ROWS ? rows->n - at : BLOCK_ROWS,
            .label = rows->label == NULL ? NULL : rows->label + at,
            .candidate = rows->candidate + at * rows->width,
            .baseline = rows->baseline == NULL ? NULL : rows->baseline + at * rows->width,
            .weight = rows->weight == NULL ? NULL : rows->weight + at};
        mlt_means_fill(plan, &block, work);
        mlt_means_add(plan, &block, work, NULL, state);
    }
    bool good = work != NULL && state != NULL;
    if (good)
        mlt_means_measure(plan, state, 0, out);
    free(work);
    free(state);
    return good ? true : mlt_err_oom(err);
}

/* An exact binomial interval would take dependent rows for independent ones. */
static bool measure_clusters(const struct mlt_metric *metric, const struct mlt_metric_rows *rows,
                             struct mlt_measurement *out, struct mlt_err *err)
{
    struct mlt_sampling_rows of = {rows->n, rows->weight, rows->weighting, rows->cluster,
                                   rows->n_clusters};
    bool pair = rows->baseline != NULL && !isnan(out->baseline);
    out->method =
        metric->ops->method == MLT_INTERVAL_SHARE ? MLT_INTERVAL_INFLUENCE : metric->ops->method;
    out->successes = out->trials = 0;
    out->min_clusters = metric->ops->min_clusters;
    if (isnan(out->candidate))
        return true;
    double *space = calloc((MLT_METRIC_MAX_TERMS + 2) * rows->n + 1, sizeof *space);
    if (space == NULL)
        return mlt_err_oom(err);
    double *candidate = space + MLT_METRIC_MAX_TERMS * rows->n, *baseline = candidate + rows->n;
    mlt_means_influence(metric, rows, rows->candidate, space, candidate);
    if (pair)
        mlt_means_influence(metric, rows, rows->baseline, space, baseline);
    bool good = mlt_sampling_fill(&of, candidate, pair ? baseline : NULL, out, err);
    free(space);
    return good;
}

bool mlt_measure_means(const struct mlt_metric *metric, const struct mlt_metric_rows *rows,
                       struct mlt_arena *arena, struct mlt_measurement *out, struct mlt_err *err)
{
    if (!measure_sums(metric, rows, arena, out, err))
        return false;
    return rows->cluster == NULL || measure_clusters(metric, rows, out, err);
}

/* No number may come from numbers that are none. */
static void hide_undefined(struct mlt_measurement *m)
{
    if (!isfinite(m->candidate) && m->undefined == NULL)
        m->undefined = "it is not a finite number for these rows";
    if (!isfinite(m->candidate)) {
        m->candidate = m->var_candidate = m->covariance = NAN;
        m->third[0] = m->third[1] = m->third[2] = NAN;
    }
    if (!isfinite(m->baseline)) {
        m->baseline = m->var_baseline = m->covariance = NAN;
        m->third[1] = m->third[2] = m->third[3] = NAN;
    }
}

static bool measure_kind(const struct mlt_metric *metric, const struct mlt_metric_rows *rows,
                         struct mlt_arena *arena, struct mlt_measurement *out, struct mlt_err *err)
{
    switch (metric->ops->kind) {
    case MLT_METRIC_OF_MEANS:
        return mlt_measure_means(metric, rows, arena, out, err);
    case MLT_METRIC_OF_COLUMNS:
        return mlt_measure_columns(metric, rows, arena, out, err);
    case MLT_METRIC_OF_QUERIES:
        return mlt_measure_queries(metric, rows, arena, out, err);
    }
    return mlt_err_set(err, MLT_ERR_USAGE, "a metric of no known kind");
}

bool mlt_metric_measure_keys(const struct mlt_metric *metric, const struct mlt_key_rows *rows,
                             struct mlt_measurement *out, struct mlt_err *err)
{
    struct mlt_measurement m = mlt_measurement_none();
    mlt_metric_describe(metric, &m);
    m.rows = out->rows;
    m.positives = out->positives;
    m.differing = out->differing;
    m.min_clusters = 0;
    if (rows->estimates_only)
        m.method = MLT_INTERVAL_NONE;
    if (m.rows == 0)
        m.undefined = "no rows";
    else if (!metric->ops->of_keys(rows, &m, err))
        return mlt_err_prefix(err, "%s", metric->name);
    hide_undefined(&m);
    *out = m;
    return true;
}

bool mlt_metric_measure(const struct mlt_metric *metric, const struct mlt_metric_rows *rows,
                        struct mlt_arena *arena, struct mlt_measurement *out, struct mlt_err *err)
{
    struct mlt_measurement m = mlt_measurement_none();
    m.case_id = out->case_id;
    m.slice_column = out->slice_column;
    m.slice_value = out->slice_value;
    m.excluded = out->excluded;
    m.candidate_missing = out->candidate_missing;
    mlt_metric_describe(metric, &m);
    if (rows->cluster == NULL && rows->task != MLT_TASK_RANKING)
        m.min_clusters = 0;
    if ((metric->ops->tasks & rows->task) == 0)
        return mlt_err_set(err, MLT_ERR_USAGE, "the metric %s is not for %s data", metric->name,
                           mlt_task_name(rows->task));
    if (!mlt_rows_check(rows, err))
        return mlt_err_prefix(err, "%s", metric->name);
    mlt_rows_count(rows, &m);
    if (m.min_rarest > 0 && !mlt_rows_count_rarest(rows, &m, err))
        return mlt_err_prefix(err, "%s", metric->name);
    if (rows->n == 0) {
        m.undefined = "no rows";
    } else if (!measure_kind(metric, rows, arena, &m, err)) {
        return mlt_err_prefix(err, "%s", metric->name);
    }
    hide_undefined(&m);
    if (rows->baseline == NULL)
        m.baseline = NAN;
    *out = m;
    return true;
}
