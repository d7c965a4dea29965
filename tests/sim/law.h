/* Data sets whose true figures are known, drawn at random.
 *
 * A law says how rows come about: a label, and the scores of a candidate and a baseline whose
 * errors go together. Of clusters, the parts that are random each have an intra-class correlation
 * of 0.1 on a normal scale, while every single row keeps the law it has without clusters, so that
 * the true figures are the same. */
#ifndef MLTEST_TESTS_SIM_LAW_H
#define MLTEST_TESTS_SIM_LAW_H

#include "harness/base/rng.h"
#include "harness/metrics/metric.h"

enum { SIM_CLASSES = 3, SIM_DOCUMENTS = 12, SIM_CANDIDATE = 0, SIM_BASELINE = 1 };

/* Rows as mlt_metric_measure() takes them, with room for `room` of them. */
struct sim_data {
    struct mlt_metric_rows rows;
    size_t room;
    double *label, *score[2];
    uint32_t *cluster, *query;
};

struct sim_law {
    const char *name, *doc;
    enum mlt_task task;
    bool clustered;
    int kind; /* which of the task's laws */
    /* n rows; of a ranking n queries of SIM_DOCUMENTS rows each. */
    void (*draw)(const struct sim_law *law, struct mlt_rng *rng, size_t n, struct sim_data *out);
    /* The figure of an endless number of rows. */
    double (*truth)(const struct sim_law *law, const char *metric, int side);
};

/* Every law, ending with one without a name. */
extern const struct sim_law sim_regression_laws[], sim_binary_laws[], sim_multiclass_laws[],
    sim_ranking_laws[];

/* Ends the program when memory is out. */
struct sim_data sim_data_new(size_t room, size_t width);
void sim_data_free(struct sim_data *data);
/* The value of a metric on given rows. Ends the program when there is none. */
double sim_value(const char *metric, const struct mlt_metric_rows *rows);
void sim_die(const char *what);

double sim_normal(struct mlt_rng *rng);
/* Two standard normal numbers with that correlation. */
void sim_pair(struct mlt_rng *rng, double correlation, double out[2]);

/* The number of clusters that n rows (or queries) are dealt into. */
uint32_t sim_clusters(size_t n);
/* Pairs of normal numbers that rows of one cluster have partly in common. */
struct sim_source {
    bool clustered;
    double correlation;
    double shared[2];
};
void sim_source_next_cluster(struct sim_source *source, struct mlt_rng *rng);
void sim_source_draw(const struct sim_source *source, struct mlt_rng *rng, double out[2]);

#endif
