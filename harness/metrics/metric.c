#include "harness/metrics/metric.h"

#include <math.h>
#include <string.h>

#include "harness/metrics/families.h"
#include "harness/stats/elementary.h"
#include "harness/stats/interval.h"
#include "harness/stats/sum.h"

const struct mlt_metric_ops *const mlt_metrics[] = {
    &mlt_metric_rmse,
    &mlt_metric_mae,
    &mlt_metric_r2,
    &mlt_metric_bias,
    &mlt_metric_auc,
    &mlt_metric_logloss,
    &mlt_metric_brier,
    &mlt_metric_accuracy,
    &mlt_metric_precision,
    &mlt_metric_recall,
    &mlt_metric_f1,
    &mlt_metric_balanced_accuracy,
    &mlt_metric_specificity,
    &mlt_metric_class_accuracy,
    &mlt_metric_class_logloss,
    &mlt_metric_class_macro_f1,
    NULL,
};

static const char *const names[] = {
    "rmse",        "mae",      "r2",        "bias",   "auc", "logloss",
    "brier",       "accuracy", "precision", "recall", "f1",  "balanced_accuracy",
    "specificity", "macro_f1", NULL,
};

const char *const *mlt_metric_names(void)
{
    return names;
}

const struct mlt_metric_ops *mlt_metric_find(const char *name, enum mlt_task task)
{
    for (size_t i = 0; name != NULL && mlt_metrics[i] != NULL; i++)
        if ((mlt_metrics[i]->tasks & task) != 0 && strcmp(mlt_metrics[i]->name, name) == 0)
            return mlt_metrics[i];
    return NULL;
}

double mlt_metric_center(double *loss, size_t n)
{
    double mean = mlt_mean(loss, n);
    for (size_t i = 0; i < n; i++)
        loss[i] -= mean;
    return mean;
}

double mlt_metric_surprise(double probability)
{
    const double least = 1e-15;
    double clipped = probability < least ? least : probability;
    return -mlt_log(clipped > 1 - least ? 1 - least : clipped);
}

static bool check_scores(const struct mlt_metric_rows *rows, const double *score, const char *whose,
                         struct mlt_err *err)
{
    for (size_t i = 0; i < rows->n * rows->width; i++)
        if (!isfinite(score[i]))
            return mlt_err_set(err, MLT_ERR_EVIDENCE,
                               "the %s's prediction for row %zu is %s, expected a finite number",
                               whose, i / rows->width + 1, isnan(score[i]) ? "NaN" : "infinite");
    return true;
}

static bool check_rows(const struct mlt_metric_rows *rows, struct mlt_err *err)
{
    if (rows->width == 0 || (rows->task != MLT_TASK_MULTICLASS && rows->width != 1))
        return mlt_err_set(err, MLT_ERR_EVIDENCE,
                           "%zu scores a row do not fit the task, expected %s", rows->width,
                           rows->task == MLT_TASK_MULTICLASS ? "one per class" : "one");
    for (size_t i = 0; i < rows->n; i++) {
        double label = rows->label[i];
        if (!isfinite(label))
            return mlt_err_set(err, MLT_ERR_EVIDENCE, "the label of row %zu is not a finite number",
                               i + 1);
        if (rows->task == MLT_TASK_BINARY && label != 0 && label != 1)
            return mlt_err_set(err, MLT_ERR_EVIDENCE, "the label of row %zu is %g, expected 0 or 1",
                               i + 1, label);
        if (rows->task == MLT_TASK_MULTICLASS &&
            !(label >= 0 && label < (double)rows->width && label == floor(label)))
            return mlt_err_set(err, MLT_ERR_EVIDENCE,
                               "the label of row %zu is %g, expected a class from 0 to %zu", i + 1,
                               label, rows->width - 1);
        if (rows->cluster != NULL && rows->cluster[i] >= rows->n_clusters)
            return mlt_err_set(err, MLT_ERR_EVIDENCE, "row %zu is in cluster %u of %u", i + 1,
                               rows->cluster[i], rows->n_clusters);
    }
    if (!check_scores(rows, rows->candidate, "candidate", err))
        return false;
    return rows->baseline == NULL || check_scores(rows, rows->baseline, "baseline", err);
}

static bool count_clusters(const struct mlt_metric_rows *rows, struct mlt_arena *arena,
                           uint64_t *out, struct mlt_err *err)
{
    *out = 0;
    if (rows->cluster == NULL)
        return true;
    bool *seen = mlt_arena_calloc(arena, rows->n_clusters, sizeof *seen);
    if (seen == NULL)
        return mlt_err_oom(err);
    for (size_t i = 0; i < rows->n; i++) {
        *out += !seen[rows->cluster[i]];
        seen[rows->cluster[i]] = true;
    }
    return true;
}

/* Rows on which the predictions differ; 0 when the metric sees no difference anywhere: other scores
 * with the same decisions, or in the same order. */
static uint64_t count_differing(const struct mlt_metric_rows *rows, const struct mlt_measurement *m,
                                const double *candidate, const double *baseline)
{
    bool same = m->method != MLT_INTERVAL_NONE && m->candidate == m->baseline;
    for (size_t i = 0; same && i < rows->n; i++)
        same = candidate[i] == baseline[i];
    if (same)
        return 0;
    uint64_t differing = 0;
    for (size_t i = 0; i < rows->n; i++) {
        const double *a = rows->candidate + i * rows->width, *b = rows->baseline + i * rows->width;
        bool equal = true;
        for (size_t k = 0; equal && k < rows->width; k++)
            equal = a[k] == b[k];
        differing += !equal;
    }
    return differing;
}

struct side {
    double *influence;
    double estimate;
    const char *why;
};

static bool estimate_side(const struct mlt_metric_ops *metric, const struct mlt_metric_rows *rows,
                          const double *score, struct mlt_arena *arena, struct side *out,
                          struct mlt_err *err)
{
    struct mlt_metric_input in = {rows->task,  rows->n, rows->width,
                                  rows->label, score,   rows->threshold};
    *out = (struct side){NULL, NAN, NULL};
    out->influence = mlt_arena_calloc(arena, rows->n, sizeof *out->influence);
    if (out->influence == NULL)
        return mlt_err_oom(err);
    return metric->estimate(&in, &out->estimate, out->influence, &out->why, err);
}

static void fill_counts(const struct mlt_metric_ops *metric, const struct mlt_metric_rows *rows,
                        struct mlt_measurement *m)
{
    m->rows = rows->n;
    if (rows->task == MLT_TASK_BINARY)
        for (size_t i = 0; i < rows->n; i++)
            m->positives += rows->label[i] == 1;
    /* An exact binomial interval would take dependent rows for independent ones. */
    m->method = metric->method;
    if (m->method == MLT_INTERVAL_SHARE && rows->cluster != NULL)
        m->method = MLT_INTERVAL_INFLUENCE;
    if (m->method == MLT_INTERVAL_SHARE) {
        struct mlt_metric_input in = {rows->task,  rows->n,         rows->width,
                                      rows->label, rows->candidate, rows->threshold};
        m->successes = metric->successes(&in);
        m->trials = rows->n;
    }
    m->min_rows = metric->min_rows;
    m->min_positives = metric->min_positives;
    m->min_clusters = rows->cluster == NULL ? 0 : metric->min_clusters;
}

static void fill_variances(const struct mlt_metric_rows *rows, const struct side *candidate,
                           const struct side *baseline, struct mlt_measurement *m)
{
    if (m->method == MLT_INTERVAL_NONE || isnan(m->candidate))
        return;
    const double *a = candidate->influence, *b = baseline->influence;
    m->var_candidate = mlt_influence_covariance(a, a, rows->n, rows->cluster, rows->n_clusters);
    m->df = rows->cluster == NULL ? (double)rows->n - 1 : (double)m->clusters - 1;
    if (b == NULL || isnan(m->baseline))
        return;
    m->var_baseline = mlt_influence_covariance(b, b, rows->n, rows->cluster, rows->n_clusters);
    m->covariance = mlt_influence_covariance(a, b, rows->n, rows->cluster, rows->n_clusters);
}

bool mlt_metric_measure(const struct mlt_metric_ops *metric, const struct mlt_metric_rows *rows,
                        struct mlt_arena *arena, struct mlt_measurement *out, struct mlt_err *err)
{
    struct mlt_measurement m = mlt_measurement_none();
    m.case_id = out->case_id;
    m.slice_column = out->slice_column;
    m.slice_value = out->slice_value;
    m.excluded = out->excluded;
    m.candidate_missing = out->candidate_missing;
    m.metric = metric->name;
    m.definition = metric->definition;
    m.direction = metric->direction;
    if (rows->n == 0) {
        m.method = metric->method;
        m.min_rows = metric->min_rows;
        m.undefined = "no rows";
        *out = m;
        return true;
    }
    struct side candidate, baseline = {NULL, NAN, NULL};
    if (!check_rows(rows, err) || !count_clusters(rows, arena, &m.clusters, err) ||
        !estimate_side(metric, rows, rows->candidate, arena, &candidate, err))
        return mlt_err_prefix(err, "%s", metric->name);
    if (rows->baseline != NULL &&
        !estimate_side(metric, rows, rows->baseline, arena, &baseline, err))
        return mlt_err_prefix(err, "%s", metric->name);
    fill_counts(metric, rows, &m);
    m.candidate = candidate.estimate;
    m.baseline = baseline.estimate;
    m.undefined = candidate.why != NULL ? candidate.why : baseline.why;
    fill_variances(rows, &candidate, &baseline, &m);
    if (rows->baseline != NULL)
        m.differing = count_differing(rows, &m, candidate.influence, baseline.influence);
    *out = m;
    return true;
}
