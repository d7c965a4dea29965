#include <math.h>
#include <stdlib.h>

#include "harness/metrics/measuring.h"
#include "harness/metrics/sampling.h"
#include "harness/stats/exact.h"

/* One figure per query. Queries that have none are left out of all but `left_out`. */
struct queries {
    size_t n, left_out;
    double *value[2];  /* [n_queries] in use: n */
    double *weight;    /* NULL: 1 each */
    uint32_t *cluster; /* the cluster of the query; NULL: it is its own */
};

struct graded {
    double score, grade;
};

/* From the best score down; equal ones from the best grade down, so that no order of rows shows. */
static int compare_graded(const void *a, const void *b)
{
    const struct graded *x = a, *y = b;
    if (x->score != y->score)
        return x->score > y->score ? -1 : 1;
    return (x->grade < y->grade) - (x->grade > y->grade);
}

static int compare_descending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

/* Rows in the order of their queries: of query q, places start[q] to start[q + 1]; and work space.
 */
struct by_query {
    size_t *start;
    size_t *row;
    struct graded *graded;
    double *grade, *score, *ideal;
};

static void free_by_query(struct by_query *by)
{
    free(by->start);
    free(by->row);
    free(by->graded);
    free(by->grade);
    free(by->score);
    free(by->ideal);
}

static bool make_by_query(const struct mlt_metric_rows *rows, struct by_query *by)
{
    *by = (struct by_query){.start = calloc((size_t)rows->n_queries + 2, sizeof *by->start),
                            .row = calloc(rows->n + 1, sizeof *by->row),
                            .graded = calloc(rows->n + 1, sizeof *by->graded),
                            .grade = calloc(rows->n + 1, sizeof *by->grade),
                            .score = calloc(rows->n + 1, sizeof *by->score),
                            .ideal = calloc(rows->n + 1, sizeof *by->ideal)};
    if (by->start == NULL || by->row == NULL || by->graded == NULL || by->grade == NULL ||
        by->score == NULL || by->ideal == NULL)
        return false;
    for (size_t i = 0; i < rows->n; i++)
        by->start[rows->query[i] + 2]++;
    for (size_t q = 2; q < (size_t)rows->n_queries + 2; q++)
        by->start[q] += by->start[q - 1];
    for (size_t i = 0; i < rows->n; i++)
        by->row[by->start[rows->query[i] + 1]++] = i;
    return true;
}

/* Weight and cluster belong to the query: all of its rows must agree. */
static bool check_query(const struct mlt_metric_rows *rows, const struct by_query *by, size_t q,
                        struct mlt_err *err)
{
    size_t first = by->row[by->start[q]];
    for (size_t p = by->start[q]; p < by->start[q + 1]; p++) {
        size_t row = by->row[p];
        if (rows->weight != NULL && rows->weight[row] != rows->weight[first])
            return mlt_err_set(err, MLT_ERR_EVIDENCE,
                               "rows %zu and %zu are of one query but of different weights",
                               first + 1, row + 1);
        if (rows->cluster != NULL && rows->cluster[row] != rows->cluster[first])
            return mlt_err_set(err, MLT_ERR_EVIDENCE,
                               "rows %zu and %zu are of one query but of different clusters",
                               first + 1, row + 1);
    }
    return true;
}

static double value_of_query(const struct mlt_metric *metric, const struct mlt_metric_rows *rows,
                             const double *score, struct by_query *by, size_t q)
{
    size_t n = by->start[q + 1] - by->start[q];
    for (size_t i = 0; i < n; i++) {
        size_t row = by->row[by->start[q] + i];
        by->graded[i] = (struct graded){score[row], rows->label[row]};
        by->ideal[i] = rows->label[row];
    }
    qsort(by->graded, n, sizeof *by->graded, compare_graded);
    qsort(by->ideal, n, sizeof *by->ideal, compare_descending);
    for (size_t i = 0; i < n; i++) {
        by->score[i] = by->graded[i].score;
        by->grade[i] = by->graded[i].grade;
    }
    return metric->ops->of_query(by->grade, by->score, by->ideal, n, metric->parameter);
}

static bool measure_each(const struct mlt_metric *metric, const struct mlt_metric_rows *rows,
                         struct by_query *by, struct queries *out, struct mlt_err *err)
{
    for (size_t q = 0; q < rows->n_queries; q++) {
        if (by->start[q] == by->start[q + 1])
            continue;
        if (!check_query(rows, by, q, err))
            return false;
        size_t first = by->row[by->start[q]];
        double candidate = value_of_query(metric, rows, rows->candidate, by, q), baseline = 0;
        if (rows->baseline != NULL)
            baseline = value_of_query(metric, rows, rows->baseline, by, q);
        if (isnan(candidate) || isnan(baseline)) {
            out->left_out++;
            continue;
        }
        out->value[0][out->n] = candidate;
        out->value[1][out->n] = baseline;
        if (out->weight != NULL)
            out->weight[out->n] = rows->weight[first];
        if (out->cluster != NULL)
            out->cluster[out->n] = rows->cluster[first];
        out->n++;
    }
    return true;
}

static bool make_queries(const struct mlt_metric_rows *rows, struct queries *out)
{
    size_t n = (size_t)rows->n_queries + 1;
    *out = (struct queries){.value = {calloc(n, sizeof(double)), calloc(n, sizeof(double))}};
    if (rows->weight != NULL)
        out->weight = calloc(n, sizeof *out->weight);
    if (rows->cluster != NULL)
        out->cluster = calloc(n, sizeof *out->cluster);
    return out->value[0] != NULL && out->value[1] != NULL &&
           (rows->weight == NULL || out->weight != NULL) &&
           (rows->cluster == NULL || out->cluster != NULL);
}

static double mean_of(const struct queries *queries, const double *value)
{
    struct mlt_exact sum = MLT_EXACT_INIT, total = MLT_EXACT_INIT;
    for (size_t q = 0; q < queries->n; q++) {
        double weight = queries->weight == NULL ? 1 : queries->weight[q];
        mlt_exact_add_product(&sum, weight, value[q]);
        mlt_exact_add(&total, weight);
    }
    return mlt_wide_value(mlt_wide_div(mlt_exact_wide(&sum), mlt_exact_wide(&total)));
}

/* What was left out belongs beside the definition: it is a choice that the numbers depend on. */
static bool describe(const struct mlt_metric *metric, const struct queries *queries,
                     struct mlt_arena *arena, struct mlt_measurement *out, struct mlt_err *err)
{
    if (queries->left_out == 0)
        return true;
    out->definition = mlt_arena_printf(
        arena, "%s; %zu of %zu queries have no relevant row and are left out",
        metric->ops->definition, queries->left_out, queries->left_out + queries->n);
    return out->definition != NULL ? true : mlt_err_oom(err);
}

/* The values become influence values: less their mean. */
static bool fill_numbers(const struct mlt_metric_rows *rows, struct queries *queries,
                         struct mlt_measurement *out, struct mlt_err *err)
{
    out->candidate = mean_of(queries, queries->value[0]);
    out->baseline = rows->baseline == NULL ? NAN : mean_of(queries, queries->value[1]);
    for (size_t q = 0; q < queries->n; q++) {
        queries->value[0][q] -= out->candidate;
        queries->value[1][q] -= out->baseline;
    }
    out->differing = mlt_rows_differing(rows);
    if (isnan(out->candidate)) {
        out->undefined = "every query has the weight 0";
        return true;
    }
    struct mlt_sampling_rows of = {queries->n, queries->weight, rows->weighting, queries->cluster,
                                   rows->n_clusters};
    out->clusters = queries->n;
    if (rows->weighting == MLT_WEIGHT_FREQUENCY)
        out->clusters = (uint64_t)mlt_sampling_total(&of);
    return mlt_sampling_fill(&of, queries->value[0],
                             rows->baseline == NULL ? NULL : queries->value[1], out, err);
}

bool mlt_measure_queries(const struct mlt_metric *metric, const struct mlt_metric_rows *rows,
                         struct mlt_arena *arena, struct mlt_measurement *out, struct mlt_err *err)
{
    struct by_query by = {0};
    struct queries queries = {0};
    bool good = make_by_query(rows, &by) && make_queries(rows, &queries);
    if (!good)
        (void)mlt_err_oom(err);
    good = good && measure_each(metric, rows, &by, &queries, err) &&
           describe(metric, &queries, arena, out, err);
    if (good && queries.n == 0)
        out->undefined = "no query has a relevant row";
    else if (good)
        good = fill_numbers(rows, &queries, out, err);
    free_by_query(&by);
    free(queries.value[0]);
    free(queries.value[1]);
    free(queries.weight);
    free(queries.cluster);
    return good;
}
