#include "harness/metrics/influence.h"

#include <math.h>
#include <stdlib.h>

#include "harness/metrics/measuring.h"
#include "harness/stats/exact.h"

/* The mean of a term as the sums have it: each weighted value rounded, the sum exact. */
static struct mlt_wide mean_of(const struct mlt_metric_rows *rows, const double *term)
{
    struct mlt_exact sum = MLT_EXACT_INIT, total = MLT_EXACT_INIT;
    for (size_t i = 0; i < rows->n; i++)
        mlt_exact_add(&sum, rows->weight == NULL ? term[i] : rows->weight[i] * term[i]);
    if (rows->weight == NULL)
        return mlt_wide_div(mlt_exact_wide(&sum), mlt_wide_from_count(rows->n));
    mlt_exact_add_n(&total, rows->weight, rows->n);
    return mlt_wide_div(mlt_exact_wide(&sum), mlt_exact_wide(&total));
}

/* Its gradient times how far the row's terms are from their means. */
void mlt_means_influence(const struct mlt_metric *metric, const struct mlt_metric_rows *rows,
                         const double *score, double *work, double *out)
{
    struct mlt_metric_input in = mlt_rows_input(rows, score);
    struct mlt_wide mean[MLT_METRIC_MAX_TERMS], value;
    double gradient[MLT_METRIC_MAX_TERMS] = {0};
    const char *why = NULL;
    size_t terms = 0;
    for (; metric->ops->terms[terms] != NULL; terms++) {
        metric->ops->terms[terms]->fill(&in, metric->parameter, work + terms * rows->n);
        mean[terms] = mean_of(rows, work + terms * rows->n);
    }
    metric->ops->combine(mean, metric->parameter, &value, gradient, &why);
    for (size_t i = 0; i < rows->n; i++) {
        out[i] = 0;
        for (size_t t = 0; t < terms; t++)
            out[i] += gradient[t] * (work[t * rows->n + i] - mlt_wide_value(mean[t]));
    }
}

static bool all_finite(const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!isfinite(x[i]))
            return false;
    return true;
}

static bool of_means(const struct mlt_metric *metric, const struct mlt_metric_rows *rows,
                     const double *score, double *out, bool *known, struct mlt_err *err)
{
    double *work = calloc(MLT_METRIC_MAX_TERMS * rows->n + 1, sizeof *work);
    if (work == NULL)
        return mlt_err_oom(err);
    mlt_means_influence(metric, rows, score, work, out);
    *known = all_finite(out, rows->n);
    free(work);
    return true;
}

static bool of_columns(const struct mlt_metric *metric, const struct mlt_metric_rows *rows,
                       const double *score, double *out, bool *known, struct mlt_err *err)
{
    const struct mlt_metric_ops *ops = metric->ops;
    struct mlt_metric_input in = mlt_rows_input(rows, score);
    void *state = NULL;
    const char *why = NULL;
    if (ops->influence == NULL)
        return true;
    if (!ops->open(&in, metric->parameter, &state, &why, err))
        return false;
    double value = why == NULL ? ops->value(state, NULL) : NAN;
    bool good = !isfinite(value) || ops->influence(state, value, out) || mlt_err_oom(err);
    *known = good && isfinite(value) && all_finite(out, rows->n);
    if (state != NULL)
        ops->close(state);
    return good;
}

static bool of_side(const struct mlt_metric *metric, const struct mlt_metric_rows *rows,
                    const double *score, double *out, bool *known, struct mlt_err *err)
{
    *known = false;
    if (metric->ops->kind == MLT_METRIC_OF_MEANS)
        return of_means(metric, rows, score, out, known, err);
    if (metric->ops->kind == MLT_METRIC_OF_COLUMNS)
        return of_columns(metric, rows, score, out, known, err);
    return true;
}

bool mlt_metric_influence(const struct mlt_metric *metric, const struct mlt_metric_rows *rows,
                          double *candidate, double *baseline, bool *known, struct mlt_err *err)
{
    *known = false;
    if (!mlt_rows_check(rows, err))
        return mlt_err_prefix(err, "%s", metric->name);
    if (rows->n == 0)
        return true;
    if (!of_side(metric, rows, rows->candidate, candidate, known, err))
        return mlt_err_prefix(err, "%s", metric->name);
    if (!*known || rows->baseline == NULL)
        return true;
    return of_side(metric, rows, rows->baseline, baseline, known, err) ||
           mlt_err_prefix(err, "%s", metric->name);
}

bool mlt_metric_outcomes(const struct mlt_metric *metric, const struct mlt_metric_rows *rows,
                         double *candidate, double *baseline, bool *counted)
{
    const struct mlt_metric_ops *ops = metric->ops;
    if (ops->kind != MLT_METRIC_OF_MEANS || ops->method != MLT_INTERVAL_SHARE)
        return false;
    struct mlt_metric_input in = mlt_rows_input(rows, rows->candidate);
    double *of = calloc(rows->n + 1, sizeof *of);
    if (of == NULL)
        return false;
    if (ops->terms[1] != NULL)
        ops->terms[1]->fill(&in, metric->parameter, of);
    for (size_t i = 0; i < rows->n; i++)
        counted[i] = ops->terms[1] == NULL || of[i] == 1;
    free(of);
    ops->terms[0]->fill(&in, metric->parameter, candidate);
    if (baseline != NULL) {
        in = mlt_rows_input(rows, rows->baseline);
        ops->terms[0]->fill(&in, metric->parameter, baseline);
    }
    return true;
}
