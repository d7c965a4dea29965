/* Times AUC, DeLong and the bootstrap; engine-bootstrap.sh runs it beside its peers.
 *
 *   engine-bootstrap make FOLDER ROWS             writes label.u8, first.f8, second.f8
 *   engine-bootstrap time FOLDER ROWS WORK THREADS PATH REPEATS
 *
 * WORK is auc, delong, auc-bootstrap or mean-bootstrap; PATH is fast or portable. Prints the best
 * time in seconds, a value to compare with the peer's, and the bytes a row it took beside the data.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "harness/stats/bootstrap_auc.h"
#include "harness/stats/bootstrap_sums.h"
#include "harness/stats/delong.h"

enum { REPLICATES = 1000 };

struct data {
    size_t n;
    uint8_t *label;
    double *first, *second;
    unsigned threads;
    bool portable;
};

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double peak_bytes(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss * 1024;
}

static void die(const char *what)
{
    fprintf(stderr, "engine-bootstrap: %s\n", what);
    exit(1);
}

static void *need(size_t bytes)
{
    void *memory = malloc(bytes);
    if (memory == NULL)
        die("out of memory");
    return memory;
}

static FILE *open_in(const char *folder, const char *name, const char *mode)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, mode);
    if (file == NULL)
        die(path);
    return file;
}

static void write_file(const char *folder, const char *name, const void *values, size_t bytes)
{
    FILE *file = open_in(folder, name, "wb");
    if (fwrite(values, 1, bytes, file) != bytes || fclose(file) != 0)
        die("cannot write");
}

static void *read_file(const char *folder, const char *name, size_t bytes)
{
    void *values = need(bytes);
    FILE *file = open_in(folder, name, "rb");
    if (fread(values, 1, bytes, file) != bytes)
        die("a file is too short");
    fclose(file);
    return values;
}

static double uniform(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (double)(*state >> 11) * 0x1p-53;
}

/* Three in ten are positive; the second score is the first with noise, rounded to float. */
static void make(const char *folder, size_t n)
{
    uint64_t state = 88172645463325252;
    uint8_t *label = need(n);
    double *first = need(n * sizeof *first), *second = need(n * sizeof *second);
    for (size_t i = 0; i < n; i++) {
        label[i] = uniform(&state) < 0.3;
        double noise = uniform(&state) + uniform(&state) + uniform(&state) - 1.5;
        first[i] = 1 / (1 + exp(-(2 * noise + label[i])));
        second[i] = (float)(first[i] + 0.1 * (uniform(&state) - 0.5));
    }
    write_file(folder, "label.u8", label, n);
    write_file(folder, "first.f8", first, n * sizeof *first);
    write_file(folder, "second.f8", second, n * sizeof *second);
}

static double time_auc(const struct data *data, struct mlt_err *err)
{
    struct mlt_auc_counts counts;
    if (!mlt_auc_count(data->first, data->label, data->n, data->threads, &counts, err))
        die(err->text);
    return mlt_auc_value(&counts);
}

static double time_delong(const struct data *data, struct mlt_err *err)
{
    struct mlt_delong out;
    if (!mlt_delong(data->first, data->second, data->label, data->n, data->threads, &out, err))
        die(err->text);
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
static double time_auc_bootstrap(const struct data *data, struct mlt_err *err)
{
    static struct mlt_auc_counts first[REPLICATES], second[REPLICATES];
    static double difference[REPLICATES];
    struct mlt_bootstrap_auc *bootstrap;
    if (!mlt_bootstrap_auc_new(data->first, data->second, data->label, NULL, data->n, &bootstrap,
                               err) ||
        !mlt_bootstrap_auc_run(bootstrap, 1, 0, REPLICATES, data->threads, data->portable, first,
                               second, err))
        die(err->text);
    mlt_bootstrap_auc_free(bootstrap);
    for (int i = 0; i < REPLICATES; i++)
        difference[i] = mlt_auc_value(&first[i]) - mlt_auc_value(&second[i]);
    return spread(difference);
}

/* The mean difference of the scores, as of two losses; quantising included. */
static double time_mean_bootstrap(const struct data *data, struct mlt_err *err)
{
    static double difference[REPLICATES];
    int64_t *value[2] = {need(data->n * sizeof(int64_t)), need(data->n * sizeof(int64_t))};
    uint64_t *key = need(data->n * sizeof *key);
    double quantum = mlt_quantise_quantum(2);
    struct mlt_bootstrap_sums *sums;
    for (size_t i = 0; i < data->n; i++)
        key[i] = i;
    if (!mlt_quantise(data->first, data->n, quantum, value[0], err) ||
        !mlt_quantise(data->second, data->n, quantum, value[1], err) ||
        !mlt_bootstrap_sums_new(1, 0, REPLICATES, 2, &sums, err))
        die(err->text);
    const int64_t *const column[2] = {value[0], value[1]};
    mlt_bootstrap_sums_add(sums, key, column, data->n, data->threads, data->portable);
    for (size_t i = 0; i < REPLICATES; i++)
        difference[i] = mlt_bootstrap_sums_mean(sums, i, 0, quantum) -
                        mlt_bootstrap_sums_mean(sums, i, 1, quantum);
    mlt_bootstrap_sums_free(sums);
    free(value[0]);
    free(value[1]);
    free(key);
    return spread(difference);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        double (*run)(const struct data *data, struct mlt_err *err);
    } works[] = {{"auc", time_auc},
                 {"delong", time_delong},
                 {"auc-bootstrap", time_auc_bootstrap},
                 {"mean-bootstrap", time_mean_bootstrap}};
    struct mlt_err err = MLT_ERR_INIT;
    size_t n = argc > 3 ? strtoull(argv[3], NULL, 10) : 0;
    if (argc == 4 && strcmp(argv[1], "make") == 0) {
        make(argv[2], n);
        return 0;
    }
    if (argc != 8 || strcmp(argv[1], "time") != 0)
        die("see the top of engine-bootstrap.c");
    struct data data = {n,
                        read_file(argv[2], "label.u8", n),
                        read_file(argv[2], "first.f8", n * sizeof(double)),
                        read_file(argv[2], "second.f8", n * sizeof(double)),
                        (unsigned)strtoul(argv[5], NULL, 10),
                        strcmp(argv[6], "portable") == 0};
    double before = peak_bytes(), best = INFINITY, value = NAN;
    for (long repeat = strtol(argv[7], NULL, 10); repeat > 0; repeat--)
        for (size_t w = 0; w < sizeof works / sizeof *works; w++)
            if (strcmp(argv[4], works[w].name) == 0) {
                double start = seconds();
                value = works[w].run(&data, &err);
                best = fmin(best, seconds() - start);
            }
    printf("%.4f %.12g %.1f\n", best, value, (peak_bytes() - before) / (double)n);
    return 0;
}
