/* Variances, covariances and third moments against the two jackknives, which know nothing of
 * influence functions: the infinitesimal one (Jaeckel 1972: the derivative of the value by each
 * row's weight, here by central differences), and the one that leaves rows out (Quenouille 1956,
 * Tukey 1958). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/metrics/rows.h"
#include "tests/unit/suite.h"

TCase *influence_case(void);

static struct mlt_arena arena;
static struct mlt_err err;

static void setup(void)
{
    arena = (struct mlt_arena)MLT_ARENA_INIT;
    err = (struct mlt_err)MLT_ERR_INIT;
}

static void teardown(void)
{
    mlt_arena_free(&arena);
}

static struct mlt_measurement measure(const char *name, const struct mlt_metric_rows *rows)
{
    struct mlt_measurement m = mlt_measurement_none();
    struct mlt_metric metric;
    ck_ok(mlt_metric_find(name, rows->task, &arena, &metric, &err));
    ck_ok(mlt_metric_measure(&metric, rows, &arena, &m, &err));
    return m;
}

enum { SIDES = 2 };

/* Per unit (row, query or cluster) the derivative of both values by the weight of its rows, each
 * row's times that weight. */
static void derive(const char *name, struct mlt_metric_rows rows, const uint32_t *unit,
                   size_t units, double *out[SIDES])
{
    double *weight = calloc(rows.n, sizeof *weight);
    memcpy(weight, rows.weight, rows.n * sizeof *weight);
    rows.weight = weight;
    rows.replicates = 1;
    for (size_t u = 0; u < units; u++) {
        struct mlt_measurement m[SIDES];
        const double step = 1e-5;
        for (int way = 0; way < 2; way++) {
            for (size_t i = 0; i < rows.n; i++)
                if (unit[i] == u)
                    weight[i] *= way == 0 ? 1 + step : (1 - step) / (1 + step);
            m[way] = measure(name, &rows);
        }
        for (size_t i = 0; i < rows.n; i++)
            if (unit[i] == u)
                weight[i] /= 1 - step;
        out[0][u] = (m[0].candidate - m[1].candidate) / (2 * step);
        out[1][u] = (m[0].baseline - m[1].baseline) / (2 * step);
    }
    free(weight);
}

static double sum3(const double *a, const double *b, const double *c, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i] * (c == NULL ? 1 : c[i]);
    return sum;
}

static void near_to(const char *name, const char *what, double value, double expected, double scale)
{
    ck_assert_msg(fabs(value - expected) <= scale, "%s: %s %.12g is not %.12g (within %g)", name,
                  what, value, expected, scale);
}

static void check_moments(const char *name, const struct mlt_measurement *m, double *u[SIDES],
                          size_t units, double tolerance)
{
    double factor = (double)units / ((double)units - 1);
    double cc = factor * sum3(u[0], u[0], NULL, units), bb = factor * sum3(u[1], u[1], NULL, units);
    double cb = factor * sum3(u[0], u[1], NULL, units), scale = sqrt(cc * bb);
    near_to(name, "variance", m->var_candidate, cc, tolerance * cc);
    near_to(name, "variance", m->var_baseline, bb, tolerance * bb);
    near_to(name, "covariance", m->covariance, cb, tolerance * scale);
    for (int k = 0; k < MLT_THIRD_MOMENTS && !isnan(m->third[0]); k++)
        near_to(name, "third moment", m->third[k], sum3(u[k > 2], u[k > 1], u[k > 0], units),
                10 * tolerance * pow(cc + bb, 1.5));
}

/* What has an influence function, or is of means or of queries. */
static bool is_smooth(const char *name, enum mlt_task task)
{
    struct mlt_metric metric;
    ck_ok(mlt_metric_find(name, task, &arena, &metric, &err));
    return metric.ops->kind != MLT_METRIC_OF_COLUMNS || metric.ops->influence != NULL;
}

static void check_task(enum mlt_task task, bool ties, bool clustered)
{
    const size_t n = 150;
    struct mlt_metric_rows rows = rows_random(task, n, 77 + task, ties, &arena);
    uint32_t *unit = mlt_arena_calloc(&arena, n, sizeof *unit);
    double *u[SIDES] = {mlt_arena_calloc(&arena, n, sizeof *u[0]),
                        mlt_arena_calloc(&arena, n, sizeof *u[0])};
    bool queries = task == MLT_TASK_RANKING;
    size_t units = clustered ? 30 : queries ? n / 5 : n;
    for (size_t i = 0; i < n; i++)
        unit[i] = (uint32_t)(clustered ? i / 5 * 7 % 30 : queries ? i / 5 : i);
    if (clustered) {
        rows.cluster = unit;
        rows.n_clusters = (uint32_t)units;
    }
    for (const char *const *name = rows_metrics(task); *name != NULL; name++) {
        if (!is_smooth(*name, task))
            continue;
        struct mlt_measurement m = measure(*name, &rows);
        derive(*name, rows, unit, units, u);
        /* DeLong divides by m - 1 within each class, not by n - 1 over all. */
        bool delong = m.method == MLT_INTERVAL_DELONG;
        check_moments(*name, &m, u, units, delong ? 0.03 : 1e-6);
    }
}

START_TEST(moments_are_those_of_the_infinitesimal_jackknife)
{
    for (unsigned task = MLT_TASK_REGRESSION; task <= MLT_TASK_TEXT; task *= 2)
        for (int way = 0; way < 4; way++)
            check_task((enum mlt_task)task, way & 1, way & 2);
}
END_TEST

/* Values with each row left out, as pseudo-influence values: (n - 1)(mean - value without). */
static void leave_out(const char *name, struct mlt_metric_rows rows, double *u[SIDES])
{
    double *weight = calloc(rows.n, sizeof *weight), mean[SIDES] = {0, 0};
    size_t n = rows.n;
    for (size_t i = 0; i < n; i++)
        weight[i] = 1;
    rows.weight = weight;
    rows.weighting = MLT_WEIGHT_FREQUENCY;
    rows.replicates = 1;
    for (size_t i = 0; i < n; i++) {
        weight[i] = 0;
        struct mlt_measurement m = measure(name, &rows);
        weight[i] = 1;
        u[0][i] = m.candidate;
        u[1][i] = m.baseline;
        mean[0] += m.candidate / (double)n;
        mean[1] += m.baseline / (double)n;
    }
    for (int s = 0; s < SIDES; s++)
        for (size_t i = 0; i < n; i++)
            u[s][i] = (double)(n - 1) / (double)n * (mean[s] - u[s][i]);
    free(weight);
}

START_TEST(moments_are_about_those_of_rows_left_out)
{
    for (unsigned task = MLT_TASK_REGRESSION; task <= MLT_TASK_TEXT; task *= 2) {
        if (task == MLT_TASK_RANKING)
            continue;
        struct mlt_metric_rows rows = rows_random((enum mlt_task)task, 400, 5, true, &arena);
        double *u[SIDES] = {mlt_arena_calloc(&arena, rows.n, sizeof *u[0]),
                            mlt_arena_calloc(&arena, rows.n, sizeof *u[0])};
        rows.weight = NULL;
        rows.weighting = MLT_WEIGHT_NONE;
        for (const char *const *name = rows_metrics(rows.task); *name != NULL; name++) {
            if (!is_smooth(*name, rows.task))
                continue;
            struct mlt_measurement m = measure(*name, &rows);
            leave_out(*name, rows, u);
            check_moments(*name, &m, u, rows.n, 0.05);
        }
    }
}
END_TEST

START_TEST(many_rows_have_no_third_moments)
{
    struct mlt_metric_rows rows = rows_random(MLT_TASK_BINARY, 32768, 5, true, &arena);
    rows.weight = NULL;
    rows.weighting = MLT_WEIGHT_NONE;
    ck_assert(isfinite(measure("auc", &rows).third[3]));
    ck_assert(isfinite(measure("brier", &rows).third[3]));
    rows = rows_random(MLT_TASK_BINARY, 32769, 5, true, &arena);
    rows.weight = NULL;
    rows.weighting = MLT_WEIGHT_NONE;
    ck_assert(isnan(measure("auc", &rows).third[0]));
    ck_assert(isnan(measure("brier", &rows).third[0]));
}
END_TEST

TCase *influence_case(void)
{
    TCase *tcase = tcase_create("influence");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, moments_are_those_of_the_infinitesimal_jackknife);
    tcase_add_test(tcase, moments_are_about_those_of_rows_left_out);
    tcase_add_test(tcase, many_rows_have_no_third_moments);
    return tcase;
}
