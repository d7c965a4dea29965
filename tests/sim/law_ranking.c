/* Queries of 12 documents whose scores are their grades times a slope, plus normal noise. */
#include <math.h>
#include <string.h>

#include "harness/stats/dist.h"
#include "tests/sim/law.h"

enum { GRADED, ONE };
static const double correlation = 0.7;

static double grade(int kind, int document)
{
    static const double graded[SIM_DOCUMENTS] = {3, 2, 2, 1, 1, 1};
    return kind == ONE ? document == 0 : graded[document];
}

static double slope(int kind, int side)
{
    return (kind == ONE ? 1.5 : 0.8) + (side == SIM_BASELINE ? 0.05 : 0);
}

static void draw(const struct sim_law *law, struct mlt_rng *rng, size_t n, struct sim_data *out)
{
    struct sim_source source[SIM_DOCUMENTS];
    uint32_t clusters = sim_clusters(n), last = UINT32_MAX;
    for (int d = 0; d < SIM_DOCUMENTS; d++)
        source[d] = (struct sim_source){law->clustered, correlation, {0, 0}};
    for (size_t q = 0; q < n; q++) {
        uint32_t cluster = (uint32_t)(q * clusters / n);
        for (int d = 0; law->clustered && cluster != last && d < SIM_DOCUMENTS; d++)
            sim_source_next_cluster(&source[d], rng);
        last = cluster;
        for (int d = 0; d < SIM_DOCUMENTS; d++) {
            size_t i = q * SIM_DOCUMENTS + (size_t)d;
            double z[2];
            sim_source_draw(&source[d], rng, z);
            out->cluster[i] = cluster;
            out->query[i] = (uint32_t)q;
            out->label[i] = grade(law->kind, d);
            for (int s = 0; s < 2; s++)
                out->score[s][i] = slope(law->kind, s) * out->label[i] + z[s];
        }
    }
    out->rows.task = law->task;
    out->rows.n = n * SIM_DOCUMENTS;
    out->rows.query = out->query;
    out->rows.n_queries = (uint32_t)n;
    out->rows.cluster = law->clustered ? out->cluster : NULL;
    out->rows.n_clusters = clusters;
}

static double discount(int rank)
{
    return rank <= 10 ? 1 / log2(rank + 1.0) : 0;
}

/* E discount(rank) of a document with score x: how many others lie above is a sum of independent
 * yes-or-no numbers. */
static double expected_discount(int kind, int side, int document, double x)
{
    double chance[SIM_DOCUMENTS + 1] = {1}, sum = 0;
    for (int d = 0; d < SIM_DOCUMENTS; d++) {
        double above = mlt_normal_sf(x - slope(kind, side) * grade(kind, d));
        for (int k = SIM_DOCUMENTS; d != document && k >= 0; k--)
            chance[k] = chance[k] * (1 - above) + (k > 0 ? chance[k - 1] * above : 0);
    }
    for (int k = 0; k < SIM_DOCUMENTS; k++)
        sum += chance[k] * discount(k + 1);
    return sum;
}

/* NDCG@10 is linear in the discounts, since every query has the same grades. */
static double truth(const struct sim_law *law, const char *metric, int side)
{
    enum { STEPS = 2000 };
    double gained = 0, best = 0;
    if (strcmp(metric, "ndcg@10") != 0)
        sim_die("only ndcg@10 is known for rankings");
    for (int d = 0; d < SIM_DOCUMENTS; d++) {
        double gain = exp2(grade(law->kind, d)) - 1, mean = 0;
        best += gain * discount(d + 1);
        for (int i = 0; gain > 0 && i < STEPS; i++) {
            double z = mlt_normal_quantile((i + 0.5) / STEPS);
            double x = slope(law->kind, side) * grade(law->kind, d) + z;
            mean += expected_discount(law->kind, side, d, x) / STEPS;
        }
        gained += gain * mean;
    }
    return gained / best;
}

const struct sim_law sim_ranking_laws[] = {
    {"graded", "grades 3, 2, 2, 1, 1, 1 and six times 0", MLT_TASK_RANKING, false, GRADED, draw,
     truth},
    {"one", "one relevant document of 12", MLT_TASK_RANKING, false, ONE, draw, truth},
    {"clusters", "as graded; queries of a cluster go together", MLT_TASK_RANKING, true, GRADED,
     draw, truth},
    {NULL, NULL, 0, false, 0, NULL, NULL},
};
