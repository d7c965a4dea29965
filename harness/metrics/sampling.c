#include "harness/metrics/sampling.h"

#include <math.h>
#include <stdlib.h>

#include "harness/metrics/means_state.h"

void mlt_sampling_add_triple(struct mlt_exact *sum, double a, double b, double c)
{
    if (c == 1) {
        mlt_exact_add_product(sum, a, b);
        return;
    }
    struct mlt_wide product = mlt_wide_product(a, b);
    mlt_exact_add_product(sum, product.hi, c);
    mlt_exact_add_product(sum, product.lo, c);
}

double mlt_sampling_total(const struct mlt_sampling_rows *rows)
{
    if (rows->weight == NULL)
        return (double)rows->n;
    struct mlt_exact sum = MLT_EXACT_INIT;
    mlt_exact_add_n(&sum, rows->weight, rows->n);
    return mlt_exact_value(&sum);
}

/* What is taken for independent: rows, or clusters. `often` NULL: once each. */
struct units {
    size_t n;
    const double *side[2];
    const double *often;
    double total;   /* what a sum is divided by to be a mean */
    double counted; /* units, each as often as it counts */
};

static double product_sum(const struct units *units, int a, int b)
{
    struct mlt_exact sum = MLT_EXACT_INIT;
    const double *x = units->side[a], *y = units->side[b];
    if (units->often == NULL)
        mlt_exact_add_products_n(&sum, x, y, units->n);
    else
        for (size_t i = 0; i < units->n; i++)
            mlt_sampling_add_triple(&sum, x[i], y[i], units->often[i]);
    return mlt_exact_value(&sum);
}

static double third_sum(const struct units *units, int a, int b, int c)
{
    struct mlt_exact sum = MLT_EXACT_INIT;
    const double *x = units->side[a], *y = units->side[b], *z = units->side[c];
    for (size_t i = 0; i < units->n; i++) {
        double xy = x[i] * y[i];
        mlt_sampling_add_triple(&sum, xy, z[i], units->often == NULL ? 1 : units->often[i]);
    }
    return mlt_exact_value(&sum);
}

static double covariance(const struct units *units, int a, int b)
{
    double mean_square = product_sum(units, a, b) / units->total / units->total;
    return mean_square * (units->counted / (units->counted - 1));
}

static void fill(const struct units *units, struct mlt_measurement *out)
{
    if (!(units->counted >= 2) || !(units->total > 0))
        return;
    bool pair = units->side[1] != NULL;
    out->df = units->counted - 1;
    out->var_candidate = covariance(units, 0, 0);
    if (pair) {
        out->var_baseline = covariance(units, 1, 1);
        out->covariance = covariance(units, 0, 1);
    }
    if (units->n > MLT_MEANS_THIRD_ROWS)
        return;
    for (int k = 0; k < (pair ? MLT_THIRD_MOMENTS : 1); k++)
        out->third[k] =
            third_sum(units, k > 2, k > 1, k > 0) / units->total / units->total / units->total;
}

/* Rows in the order of their clusters: start[c] to start[c + 1]. */
struct grouping {
    size_t *start;
    uint32_t *row;
};

static bool group_rows(const struct mlt_sampling_rows *rows, struct grouping *out)
{
    out->start = calloc((size_t)rows->n_clusters + 2, sizeof *out->start);
    out->row = calloc(rows->n + 1, sizeof *out->row);
    if (out->start == NULL || out->row == NULL)
        return false;
    for (size_t i = 0; i < rows->n; i++)
        out->start[rows->cluster[i] + 2]++;
    for (size_t c = 2; c < (size_t)rows->n_clusters + 2; c++)
        out->start[c] += out->start[c - 1];
    for (size_t i = 0; i < rows->n; i++)
        out->row[out->start[rows->cluster[i] + 1]++] = (uint32_t)i;
    return true;
}

/* The sums of w u of each cluster that occurs; returns how many do. */
static size_t sum_clusters(const struct mlt_sampling_rows *rows, const struct grouping *groups,
                           const double *influence, double *out)
{
    size_t count = 0;
    for (size_t c = 0; c < rows->n_clusters; c++) {
        struct mlt_exact sum = MLT_EXACT_INIT;
        if (groups->start[c] == groups->start[c + 1])
            continue;
        for (size_t p = groups->start[c]; p < groups->start[c + 1]; p++) {
            uint32_t row = groups->row[p];
            mlt_exact_add_product(&sum, rows->weight == NULL ? 1 : rows->weight[row],
                                  influence[row]);
        }
        out[count++] = mlt_exact_value(&sum);
    }
    return count;
}

static bool fill_clusters(const struct mlt_sampling_rows *rows, const double *side[2],
                          struct mlt_measurement *out, struct mlt_err *err)
{
    struct grouping groups = {NULL, NULL};
    struct units units = {.total = mlt_sampling_total(rows)};
    double *sums = calloc(2 * (size_t)rows->n_clusters + 1, sizeof *sums);
    bool good = sums != NULL && group_rows(rows, &groups);
    for (int s = 0; good && s < 2; s++) {
        if (side[s] == NULL)
            continue;
        double *of_side = sums + (size_t)s * rows->n_clusters;
        units.n = sum_clusters(rows, &groups, side[s], of_side);
        units.side[s] = of_side;
    }
    if (good) {
        units.counted = (double)units.n;
        out->clusters = units.n;
        fill(&units, out);
    }
    free(groups.start);
    free(groups.row);
    free(sums);
    return good ? true : mlt_err_oom(err);
}

static bool fill_importance(const struct mlt_sampling_rows *rows, const double *side[2],
                            struct mlt_measurement *out, struct mlt_err *err)
{
    struct units units = {.n = rows->n, .counted = (double)rows->n};
    units.total = mlt_sampling_total(rows);
    double *weighted = calloc(2 * rows->n + 1, sizeof *weighted);
    if (weighted == NULL)
        return mlt_err_oom(err);
    for (int s = 0; s < 2; s++) {
        if (side[s] == NULL)
            continue;
        double *of_side = weighted + (size_t)s * rows->n;
        for (size_t i = 0; i < rows->n; i++)
            of_side[i] = rows->weight[i] * side[s][i];
        units.side[s] = of_side;
    }
    fill(&units, out);
    free(weighted);
    return true;
}

bool mlt_sampling_fill(const struct mlt_sampling_rows *rows, const double *candidate,
                       const double *baseline, struct mlt_measurement *out, struct mlt_err *err)
{
    const double *side[2] = {candidate, baseline};
    if (rows->cluster != NULL)
        return fill_clusters(rows, side, out, err);
    if (rows->weight != NULL && rows->weighting == MLT_WEIGHT_IMPORTANCE)
        return fill_importance(rows, side, out, err);
    struct units units = {.n = rows->n, .side = {candidate, baseline}, .often = rows->weight};
    units.total = units.counted = mlt_sampling_total(rows);
    fill(&units, out);
    return true;
}
