/* Labels are normal with twice the spread of the baseline's error; the candidate's errors are 1.1
 * times as large. */
#include <math.h>
#include <string.h>

#include "harness/stats/dist.h"
#include "tests/sim/law.h"

enum { NORMAL, T3, LOGNORMAL };
static const double spread[2] = {1.1, 1}, correlation = 0.7;

/* E e^2 of the baseline's error: 1, 3 (3 degrees of freedom), (e - 1) e. */
static double mean_square(int kind)
{
    return kind == NORMAL ? 1 : kind == T3 ? 3 : 4.670774270471604;
}

/* Errors of one law: `size` is normal, and for T3 both versions share the chi-squared, so that a
 * row that is hard for one is hard for the other. */
static void draw_errors(int kind, const double z[2], struct mlt_rng *rng, double out[2])
{
    double scale = 1;
    if (kind == T3) {
        double a[2], b = sim_normal(rng);
        sim_pair(rng, 0, a);
        scale = sqrt(3 / (a[0] * a[0] + a[1] * a[1] + b * b));
    }
    for (int s = 0; s < 2; s++)
        out[s] = spread[s] * (kind == LOGNORMAL ? exp(z[s]) - 1.6487212707001281 : scale * z[s]);
}

/* Of clusters both the sizes and the signs of errors go together; either is normal again. */
static void draw_clustered_errors(const struct sim_source *size, const struct sim_source *sign,
                                  struct mlt_rng *rng, double out[2])
{
    double z[2], way[2];
    sim_source_draw(size, rng, z);
    sim_source_draw(sign, rng, way);
    for (int s = 0; s < 2; s++)
        out[s] = copysign(spread[s] * mlt_normal_quantile(0.5 + mlt_normal_cdf(z[s]) / 2), way[s]);
}

static void draw(const struct sim_law *law, struct mlt_rng *rng, size_t n, struct sim_data *out)
{
    struct sim_source size = {law->clustered, correlation, {0, 0}}, sign = size, label = size;
    double e[2], y[2], spread_of_label = 2 * sqrt(mean_square(law->kind));
    uint32_t clusters = sim_clusters(n), last = UINT32_MAX;
    for (size_t i = 0; i < n; i++) {
        out->cluster[i] = (uint32_t)(i * clusters / n);
        if (law->clustered && out->cluster[i] != last) {
            sim_source_next_cluster(&size, rng);
            sim_source_next_cluster(&sign, rng);
            sim_source_next_cluster(&label, rng);
            last = out->cluster[i];
        }
        if (law->clustered) {
            draw_clustered_errors(&size, &sign, rng, e);
        } else {
            sim_source_draw(&size, rng, y);
            draw_errors(law->kind, y, rng, e);
        }
        sim_source_draw(&label, rng, y);
        out->label[i] = spread_of_label * y[0];
        for (int s = 0; s < 2; s++)
            out->score[s][i] = out->label[i] + e[s];
    }
    out->rows.task = law->task;
    out->rows.n = n;
    out->rows.cluster = law->clustered ? out->cluster : NULL;
    out->rows.n_clusters = clusters;
}

/* E |e|: of t(3) 2 sqrt(3) / pi; of a lognormal X about its mean 2 E X (2 Phi(1/2) - 1). */
static double mean_size(int kind)
{
    return kind == NORMAL ? sqrt(2 / 3.14159265358979323846)
           : kind == T3   ? 2 * sqrt(3) / 3.14159265358979323846
                          : 2 * exp(0.5) * (2 * mlt_normal_cdf(0.5) - 1);
}

/* P(|X - E X| <= x) of the standard lognormal. */
static double lognormal_within(double x)
{
    double low = exp(0.5) - x;
    return mlt_normal_cdf(log(exp(0.5) + x)) - (low > 0 ? mlt_normal_cdf(log(low)) : 0);
}

static double median_size(int kind)
{
    if (kind != LOGNORMAL)
        return kind == NORMAL ? mlt_normal_quantile(0.75) : mlt_t_quantile(0.75, 3);
    double lo = 0, hi = 10;
    for (int i = 0; i < 200; i++) {
        double middle = (lo + hi) / 2;
        *(lognormal_within(middle) < 0.5 ? &lo : &hi) = middle;
    }
    return lo;
}

static double error_quantile(int kind, double p)
{
    return kind == T3       ? mlt_t_quantile(p, 3)
           : kind == NORMAL ? mlt_normal_quantile(p)
                            : exp(mlt_normal_quantile(p)) - exp(0.5);
}

/* What depends on labels and errors together: the value on a grid of the quantiles of both. */
static double on_grid(const struct sim_law *law, const char *metric, int side)
{
    enum { STEPS = 800 };
    struct sim_data grid = sim_data_new((size_t)STEPS * STEPS, 1);
    for (size_t i = 0; i < STEPS; i++) {
        double error = spread[side] * error_quantile(law->kind, ((double)i + 0.5) / STEPS);
        for (size_t k = 0; k < STEPS; k++) {
            double y = mlt_normal_quantile(((double)k + 0.5) / STEPS);
            grid.label[i * STEPS + k] = 2 * sqrt(mean_square(law->kind)) * y;
            grid.score[0][i * STEPS + k] = grid.label[i * STEPS + k] + error;
        }
    }
    grid.rows.task = law->task;
    grid.rows.n = grid.room;
    grid.rows.baseline = NULL;
    double value = sim_value(metric, &grid.rows);
    sim_data_free(&grid);
    return value;
}

static double truth(const struct sim_law *law, const char *metric, int side)
{
    double s = spread[side];
    if (strcmp(metric, "rmse") == 0)
        return s * sqrt(mean_square(law->kind));
    if (strcmp(metric, "mae") == 0)
        return s * mean_size(law->kind);
    if (strcmp(metric, "median_ae") == 0)
        return s * median_size(law->kind);
    if (strcmp(metric, "bias") == 0)
        return 0;
    if (strcmp(metric, "r2") == 0)
        return 1 - s * s / 4;
    return on_grid(law, metric, side);
}

const struct sim_law sim_regression_laws[] = {
    {"normal", "normal errors", MLT_TASK_REGRESSION, false, NORMAL, draw, truth},
    {"t(3)", "errors of Student's t with 3 degrees of freedom", MLT_TASK_REGRESSION, false, T3,
     draw, truth},
    {"lognormal", "errors of a lognormal law about its mean, sigma 1", MLT_TASK_REGRESSION, false,
     LOGNORMAL, draw, truth},
    {"clusters", "normal errors whose sizes and signs go together", MLT_TASK_REGRESSION, true,
     NORMAL, draw, truth},
    {NULL, NULL, 0, false, 0, NULL, NULL},
};
