#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/stats/bootstrap_auc.h"
#include "harness/stats/bootstrap_sums.h"
#include "harness/stats/delong.h"
#include "tests/bench/engine/engine.h"

enum { REPLICATES = 1000 };

struct data {
    size_t n;
    uint8_t *label;
    double *first, *second;
    unsigned threads;
};

static double auc(const struct data *data, struct mlt_err *err)
{
    struct mlt_auc_counts counts;
    if (!mlt_auc_count(data->first, data->label, data->n, data->threads, &counts, err))
        engine_die(err->text);
    return mlt_auc_value(&counts);
}

static double delong(const struct data *data, struct mlt_err *err)
{
    struct mlt_delong out;
    if (!mlt_delong(data->first, data->second, data->label, data->n, data->threads, &out, err))
        engine_die(err->text);
    return out.difference / sqrt(out.difference_variance);
}

static double spread(const double *x)
{
    double mean = 0, square = 0;
    for (int i = 0; i < REPLICATES; i++)
        mean += x[i] / REPLICATES;
    for (int i = 0; i < REPLICATES; i++)
        square += (x[i] - mean) * (x[i] - mean) / (REPLICATES - 1);
    return sqrt(square);
}

/* Preparation included. The value is the standard error of the difference. */
static double auc_bootstrap(const struct data *data, struct mlt_err *err)
{
    static struct mlt_auc_counts first[REPLICATES], second[REPLICATES];
    static double difference[REPLICATES];
    struct mlt_bootstrap_auc *bootstrap;
    if (!mlt_bootstrap_auc_new(data->first, data->second, data->label, NULL, data->n, &bootstrap,
                               err) ||
        !mlt_bootstrap_auc_run(bootstrap, 1, 0, REPLICATES, data->threads, false, first, second,
                               err))
        engine_die(err->text);
    mlt_bootstrap_auc_free(bootstrap);
    for (int i = 0; i < REPLICATES; i++)
        difference[i] = mlt_auc_value(&first[i]) - mlt_auc_value(&second[i]);
    return spread(difference);
}

/* The mean difference of the scores, as of two losses; quantising included. */
static double mean_bootstrap(const struct data *data, struct mlt_err *err)
{
    static double difference[REPLICATES];
    const size_t bytes = data->n * sizeof(int64_t);
    int64_t *value[2] = {engine_need(bytes), engine_need(bytes)};
    uint64_t *key = engine_need(data->n * sizeof *key);
    double quantum = mlt_quantise_quantum(2);
    struct mlt_bootstrap_sums *sums;
    for (size_t i = 0; i < data->n; i++)
        key[i] = i;
    if (!mlt_quantise(data->first, data->n, quantum, value[0], err) ||
        !mlt_quantise(data->second, data->n, quantum, value[1], err) ||
        !mlt_bootstrap_sums_new(1, 0, REPLICATES, 2, &sums, err))
        engine_die(err->text);
    const int64_t *const column[2] = {value[0], value[1]};
    mlt_bootstrap_sums_add(sums, key, column, data->n, data->threads, false);
    for (size_t i = 0; i < REPLICATES; i++)
        difference[i] = mlt_bootstrap_sums_mean(sums, i, 0, quantum) -
                        mlt_bootstrap_sums_mean(sums, i, 1, quantum);
    mlt_bootstrap_sums_free(sums);
    free(value[0]);
    free(value[1]);
    free(key);
    return spread(difference);
}

int engine_order(const char *const *argument)
{
    static const struct {
        const char *name;
        double (*run)(const struct data *data, struct mlt_err *err);
    } works[] = {{"auc", auc},
                 {"delong", delong},
                 {"auc-bootstrap", auc_bootstrap},
                 {"mean-bootstrap", mean_bootstrap}};
    struct mlt_err err = MLT_ERR_INIT;
    struct engine_clock clock;
    size_t n = strtoull(argument[2], NULL, 10);
    struct data data = {n, engine_read_file(argument[1], "label.u8", n),
                        engine_read_file(argument[1], "first.f8", n * sizeof(double)),
                        engine_read_file(argument[1], "second.f8", n * sizeof(double)),
                        (unsigned)strtoul(argument[3], NULL, 10)};
    for (size_t w = 0; w < sizeof works / sizeof *works; w++)
        if (strcmp(argument[0], works[w].name) == 0) {
            engine_start(&clock);
            engine_stop(&clock, works[w].run(&data, &err));
            return 0;
        }
    engine_die(argument[0]);
}
