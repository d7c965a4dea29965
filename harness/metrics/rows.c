#include <math.h>
#include <stdlib.h>

#include "harness/metrics/families.h"
#include "harness/metrics/measuring.h"
#include "harness/metrics/text.h"
#include "harness/stats/exact.h"

/* Grades beyond this are no grades; 2^grade must stay a number. */
static const double most_grade = 1000;
/* Weights whose sum could leave the range of exact counts. */
static const double most_frequency = 4294967296.0;

static bool check_width(const struct mlt_metric_rows *rows, struct mlt_err *err)
{
    size_t want = rows->task == MLT_TASK_TEXT ? MLT_TEXT_SCORES : 1;
    if (rows->task == MLT_TASK_MULTICLASS ? rows->width > 0 && rows->width <= UINT16_MAX
                                          : rows->width == want)
        return true;
    return mlt_err_set(err, MLT_ERR_EVIDENCE, "%zu scores a row do not fit the task, expected %s",
                       rows->width,
                       rows->task == MLT_TASK_MULTICLASS ? "one per class"
                       : rows->task == MLT_TASK_TEXT     ? "the scores of two texts"
                                                         : "one");
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

static bool check_label(const struct mlt_metric_rows *rows, size_t i, struct mlt_err *err)
{
    if (rows->task == MLT_TASK_TEXT)
        return true;
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
    if (rows->task == MLT_TASK_RANKING && !(label >= 0 && label <= most_grade))
        return mlt_err_set(err, MLT_ERR_EVIDENCE,
                           "the grade of row %zu is %g, expected one from 0 to %g", i + 1, label,
                           most_grade);
    return true;
}

static bool check_weight(const struct mlt_metric_rows *rows, size_t i, struct mlt_err *err)
{
    if (rows->weight == NULL)
        return true;
    double weight = rows->weight[i];
    if (!isfinite(weight) || weight < 0)
        return mlt_err_set(err, MLT_ERR_EVIDENCE,
                           "the weight of row %zu is %g, expected a number of at least 0", i + 1,
                           weight);
    if (rows->weighting == MLT_WEIGHT_FREQUENCY &&
        (weight != floor(weight) || weight > most_frequency))
        return mlt_err_set(err, MLT_ERR_EVIDENCE,
                           "the weight of row %zu is %g, expected a whole number of rows", i + 1,
                           weight);
    return true;
}

static bool check_ids(const struct mlt_metric_rows *rows, size_t i, struct mlt_err *err)
{
    if (rows->cluster != NULL && rows->cluster[i] >= rows->n_clusters)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "row %zu is in cluster %u of %u", i + 1,
                           rows->cluster[i], rows->n_clusters);
    if (rows->task == MLT_TASK_RANKING && rows->query[i] >= rows->n_queries)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "row %zu is of query %u of %u", i + 1,
                           rows->query[i], rows->n_queries);
    return true;
}

bool mlt_rows_check(const struct mlt_metric_rows *rows, struct mlt_err *err)
{
    if (!check_width(rows, err))
        return false;
    if ((rows->weight != NULL) != (rows->weighting != MLT_WEIGHT_NONE))
        return mlt_err_set(err, MLT_ERR_USAGE, "weights and what they mean come together");
    if (rows->task == MLT_TASK_RANKING && rows->query == NULL)
        return mlt_err_set(err, MLT_ERR_USAGE, "rows to be ranked need their queries");
    for (size_t i = 0; i < rows->n; i++)
        if (!check_label(rows, i, err) || !check_weight(rows, i, err) || !check_ids(rows, i, err))
            return false;
    if (!check_scores(rows, rows->candidate, "candidate", err))
        return false;
    return rows->baseline == NULL || check_scores(rows, rows->baseline, "baseline", err);
}

struct mlt_metric_input mlt_rows_input(const struct mlt_metric_rows *rows, const double *score)
{
    return (struct mlt_metric_input){.task = rows->task,
                                     .n = rows->n,
                                     .width = rows->width,
                                     .label = rows->label,
                                     .score = score,
                                     .weight = rows->weight,
                                     .weighting = rows->weighting,
                                     .threshold = rows->threshold};
}

uint64_t mlt_rows_times(const struct mlt_metric_rows *rows, size_t i)
{
    return rows->weighting == MLT_WEIGHT_FREQUENCY ? (uint64_t)rows->weight[i] : 1;
}

uint64_t mlt_rows_differing(const struct mlt_metric_rows *rows)
{
    uint64_t differing = 0;
    for (size_t i = 0; rows->baseline != NULL && i < rows->n; i++) {
        size_t at = i * rows->width;
        if (!mlt_scores_same(rows->candidate + at, rows->baseline + at, rows->width))
            differing += mlt_rows_times(rows, i);
    }
    return differing;
}

void mlt_rows_count(const struct mlt_metric_rows *rows, struct mlt_measurement *out)
{
    out->rows = out->positives = 0;
    for (size_t i = 0; i < rows->n; i++) {
        uint64_t times = mlt_rows_times(rows, i);
        out->rows += times;
        if (rows->task == MLT_TASK_BINARY && rows->label[i] == 1)
            out->positives += times;
    }
    if (rows->weight == NULL)
        return;
    out->weighting = mlt_weighting_name(rows->weighting);
    out->effective_rows = (double)out->rows;
    if (rows->weighting != MLT_WEIGHT_IMPORTANCE)
        return;
    struct mlt_exact sum = MLT_EXACT_INIT, squares = MLT_EXACT_INIT;
    for (size_t i = 0; i < rows->n; i++) {
        mlt_exact_add(&sum, rows->weight[i]);
        mlt_exact_add_product(&squares, rows->weight[i], rows->weight[i]);
    }
    struct mlt_wide total = mlt_exact_wide(&sum);
    out->effective_rows =
        mlt_wide_value(mlt_wide_div(mlt_wide_mul(total, total), mlt_exact_wide(&squares)));
}

bool mlt_rows_count_rarest(const struct mlt_metric_rows *rows, struct mlt_measurement *out,
                           struct mlt_err *err)
{
    const size_t width = rows->width;
    uint64_t *count = calloc(2 * width + 1, sizeof *count), *seen = count + width;
    if (count == NULL)
        return mlt_err_oom(err);
    for (size_t i = 0; i < rows->n; i++) {
        count[(size_t)rows->label[i]] += mlt_rows_times(rows, i);
        seen[(size_t)rows->label[i]] = 1;
        seen[mlt_metric_guess(rows->candidate + i * width, width)] = 1;
        if (rows->baseline != NULL)
            seen[mlt_metric_guess(rows->baseline + i * width, width)] = 1;
    }
    out->rarest = out->rows;
    for (size_t k = 0; k < width; k++)
        if (seen[k] && count[k] < out->rarest)
            out->rarest = count[k];
    free(count);
    return true;
}
