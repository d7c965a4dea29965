#include "tests/sim/law.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const double intra_class = 0.1;

void sim_die(const char *what)
{
    fprintf(stderr, "calibrate: %s\n", what);
    exit(1);
}

struct sim_data sim_data_new(size_t room, size_t width)
{
    struct sim_data data = {.room = room};
    data.label = calloc(room, sizeof *data.label);
    data.score[0] = calloc(room * width, sizeof *data.score[0]);
    data.score[1] = calloc(room * width, sizeof *data.score[1]);
    data.cluster = calloc(room, sizeof *data.cluster);
    data.query = calloc(room, sizeof *data.query);
    if (data.label == NULL || data.score[0] == NULL || data.score[1] == NULL ||
        data.cluster == NULL || data.query == NULL)
        sim_die("out of memory");
    data.rows = (struct mlt_metric_rows){.width = width,
                                         .label = data.label,
                                         .candidate = data.score[0],
                                         .baseline = data.score[1],
                                         .threshold = 0.5};
    return data;
}

void sim_data_free(struct sim_data *data)
{
    free(data->label);
    free(data->score[0]);
    free(data->score[1]);
    free(data->cluster);
    free(data->query);
}

double sim_value(const char *metric, const struct mlt_metric_rows *rows)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_metric found;
    struct mlt_measurement m = mlt_measurement_none();
    if (!mlt_metric_find(metric, rows->task, &arena, &found, &err) ||
        !mlt_metric_measure(&found, rows, &arena, &m, &err) || !isfinite(m.candidate))
        sim_die(metric);
    double value = m.candidate;
    mlt_arena_free(&arena);
    return value;
}

void sim_pair(struct mlt_rng *rng, double correlation, double out[2])
{
    double radius = sqrt(-2 * log(1 - mlt_rng_uniform(rng)));
    double angle = 2 * 3.14159265358979323846 * mlt_rng_uniform(rng);
    double x = radius * cos(angle), y = radius * sin(angle);
    out[0] = x;
    out[1] = correlation * x + sqrt(1 - correlation * correlation) * y;
}

double sim_normal(struct mlt_rng *rng)
{
    double z[2];
    sim_pair(rng, 0, z);
    return z[0];
}

uint32_t sim_clusters(size_t n)
{
    return n <= 50 ? 25 : n <= 500 ? 50 : 500;
}

void sim_source_next_cluster(struct sim_source *source, struct mlt_rng *rng)
{
    sim_pair(rng, source->correlation, source->shared);
}

void sim_source_draw(const struct sim_source *source, struct mlt_rng *rng, double out[2])
{
    sim_pair(rng, source->correlation, out);
    if (!source->clustered)
        return;
    for (int s = 0; s < 2; s++)
        out[s] = sqrt(intra_class) * source->shared[s] + sqrt(1 - intra_class) * out[s];
}
