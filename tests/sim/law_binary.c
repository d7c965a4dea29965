/* Two classes whose scores differ by a shift; the probability is what the normal law would give,
 * overconfident by 1.3 so that no calibration error is 0. */
#include <math.h>

#include "harness/stats/dist.h"
#include "tests/sim/law.h"

enum { NORMAL, T3, RARE };
static const double correlation = 0.8, overconfident = 1.3;

static double share_positive(int kind)
{
    return kind == RARE ? 0.2 : 0.5;
}

/* AUC 0.76 and 0.78; where positive rows are rare 0.948 and 0.955. */
static double shift(int kind, int side)
{
    return (kind == RARE ? 2.3 : 1) + (side == SIM_BASELINE ? 0.1 : 0);
}

static double probability(int kind, int side, bool positive, double noise)
{
    double d = shift(kind, side), share = share_positive(kind);
    double x = noise + (positive ? d / 2 : -d / 2);
    return 1 / (1 + exp(-overconfident * (d * x + log(share / (1 - share)))));
}

static void draw(const struct sim_law *law, struct mlt_rng *rng, size_t n, struct sim_data *out)
{
    struct sim_source noise = {law->clustered, correlation, {0, 0}}, label = noise;
    double z[2], border = mlt_normal_quantile(share_positive(law->kind));
    uint32_t clusters = sim_clusters(n), last = UINT32_MAX;
    for (size_t i = 0; i < n; i++) {
        out->cluster[i] = (uint32_t)(i * clusters / n);
        if (law->clustered && out->cluster[i] != last) {
            sim_source_next_cluster(&noise, rng);
            sim_source_next_cluster(&label, rng);
            last = out->cluster[i];
        }
        sim_source_draw(&label, rng, z);
        out->label[i] = z[0] < border;
        sim_source_draw(&noise, rng, z);
        double scale = 1;
        if (law->kind == T3) {
            double a[2], b = sim_normal(rng);
            sim_pair(rng, 0, a);
            scale = sqrt(3 / (a[0] * a[0] + a[1] * a[1] + b * b));
        }
        for (int s = 0; s < 2; s++)
            out->score[s][i] = probability(law->kind, s, out->label[i] > 0, scale * z[s]);
    }
    out->rows.task = law->task;
    out->rows.n = n;
    out->rows.cluster = law->clustered ? out->cluster : NULL;
    out->rows.n_clusters = clusters;
}

/* P(T <= t) of 3 degrees of freedom, inverted from a start nearby. */
static double t3_quantile(double p, double start)
{
    double t = start;
    for (int i = 0; i < 50; i++) {
        double u = t / sqrt(3), q = 1 + u * u;
        double excess = 0.5 + (u / q + atan(u)) / 3.14159265358979323846 - p;
        double step = excess * sqrt(3) * 3.14159265358979323846 * q * q / 2;
        t -= step;
        if (fabs(step) < 1e-12 * (1 + fabs(t)))
            break;
    }
    return t;
}

/* The value on the quantiles of the noise, of which each class has its share. */
static double truth(const struct sim_law *law, const char *metric, int side)
{
    enum { ROWS = 400000 };
    struct sim_data grid = sim_data_new(ROWS, 1);
    size_t positives = (size_t)(ROWS * share_positive(law->kind)), at = 0;
    for (int positive = 0; positive < 2; positive++) {
        size_t count = positive ? positives : ROWS - positives;
        double noise = mlt_t_quantile(0.5 / (double)count, 3);
        for (size_t i = 0; i < count; i++, at++) {
            double p = ((double)i + 0.5) / (double)count;
            noise = law->kind == T3 ? t3_quantile(p, noise) : mlt_normal_quantile(p);
            grid.label[at] = positive;
            grid.score[0][at] = probability(law->kind, side, positive, noise);
        }
    }
    grid.rows.task = law->task;
    grid.rows.n = ROWS;
    grid.rows.baseline = NULL;
    grid.rows.replicates = 8;
    double value = sim_value(metric, &grid.rows);
    sim_data_free(&grid);
    return value;
}

const struct sim_law sim_binary_laws[] = {
    {"normal", "half of the rows positive, normal scores, AUC 0.76", MLT_TASK_BINARY, false, NORMAL,
     draw, truth},
    {"t(3)", "half positive, scores of Student's t with 3 degrees of freedom", MLT_TASK_BINARY,
     false, T3, draw, truth},
    {"rare", "a fifth positive, normal scores, AUC 0.95", MLT_TASK_BINARY, false, RARE, draw,
     truth},
    {"clusters", "as normal; labels and scores go together", MLT_TASK_BINARY, true, NORMAL, draw,
     truth},
    {NULL, NULL, 0, false, 0, NULL, NULL},
};
