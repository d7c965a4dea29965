#include <math.h>
#include <stdlib.h>

#include "harness/metrics/measuring.h"
#include "harness/metrics/ranked.h"
#include "harness/metrics/sampling.h"
#include "harness/stats/sum.h"

/* A row of frequency w is w rows to a bootstrap, each drawn by itself; so many at most. */
static const double most_expanded = 268435456;

struct side {
    void *state;
    const char *why;
    double value;
    double *influence; /* NULL: none */
};

static bool open_side(const struct mlt_metric *metric, const struct mlt_metric_rows *rows,
                      const double *score, struct side *out, struct mlt_err *err)
{
    const struct mlt_metric_ops *ops = metric->ops;
    struct mlt_metric_input in = mlt_rows_input(rows, score);
    in.once = rows->estimates_only;
    *out = (struct side){.value = NAN};
    if (score == NULL)
        return true;
    if (!ops->open(&in, metric->parameter, &out->state, &out->why, err))
        return false;
    if (out->why != NULL)
        return true;
    out->value = ops->value(out->state, NULL);
    if (!isfinite(out->value)) {
        out->value = NAN;
        out->why = "it is not a finite number for these rows";
    }
    if (isnan(out->value) || ops->influence == NULL || ops->method == MLT_INTERVAL_NONE ||
        rows->estimates_only)
        return true;
    out->influence = calloc(rows->n + 1, sizeof *out->influence);
    if (out->influence == NULL || !ops->influence(out->state, out->value, out->influence))
        return mlt_err_oom(err);
    return true;
}

static void close_side(const struct mlt_metric_ops *ops, struct side *side)
{
    if (side->state != NULL)
        ops->close(side->state);
    free(side->influence);
}

/* Sample covariance of two columns of replicates, over those where both are defined. */
static double replicate_covariance(const double *x, const double *y, size_t count)
{
    struct mlt_sum sum_x = MLT_SUM_INIT, sum_y = MLT_SUM_INIT, products = MLT_SUM_INIT;
    double n = 0;
    for (size_t r = 0; r < count; r++)
        if (!isnan(x[r]) && !isnan(y[r])) {
            mlt_sum_add(&sum_x, x[r]);
            mlt_sum_add(&sum_y, y[r]);
            n++;
        }
    if (n < 2)
        return NAN;
    double mean_x = mlt_sum_value(&sum_x) / n, mean_y = mlt_sum_value(&sum_y) / n;
    for (size_t r = 0; r < count; r++)
        if (!isnan(x[r]) && !isnan(y[r]))
            mlt_sum_add(&products, (x[r] - mean_x) * (y[r] - mean_y));
    return mlt_sum_value(&products) / (n - 1);
}

static void fill_from_replicates(struct mlt_measurement *m, double units)
{
    const double *c = m->replicate_candidate, *b = m->replicate_baseline;
    if (!(units >= 2))
        return;
    m->df = units - 1;
    m->var_candidate = replicate_covariance(c, c, m->replicates);
    if (b == NULL)
        return;
    m->var_baseline = replicate_covariance(b, b, m->replicates);
    m->covariance = replicate_covariance(c, b, m->replicates);
}

static uint64_t count_clusters(const struct mlt_metric_rows *rows, bool *seen)
{
    uint64_t count = 0;
    for (size_t i = 0; i < rows->n; i++) {
        count += !seen[rows->cluster[i]];
        seen[rows->cluster[i]] = true;
    }
    return count;
}

static bool fill_clusters(const struct mlt_metric_rows *rows, struct mlt_measurement *out,
                          struct mlt_err *err)
{
    if (rows->cluster == NULL)
        return true;
    bool *seen = calloc((size_t)rows->n_clusters + 1, sizeof *seen);
    if (seen == NULL)
        return mlt_err_oom(err);
    out->clusters = count_clusters(rows, seen);
    free(seen);
    return true;
}

static bool fill_numbers(const struct mlt_metric *metric, const struct mlt_metric_rows *rows,
                         const struct side side[2], struct mlt_arena *arena,
                         struct mlt_measurement *out, struct mlt_err *err)
{
    const struct mlt_metric_ops *ops = metric->ops;
    bool pair = rows->baseline != NULL && !isnan(side[1].value);
    void *const states[2] = {side[0].state, pair ? side[1].state : NULL};
    struct mlt_sampling_rows of = {rows->n, rows->weight, rows->weighting, rows->cluster,
                                   rows->n_clusters};
    if (!fill_clusters(rows, out, err))
        return false;
    if (isnan(side[0].value) || out->method == MLT_INTERVAL_NONE)
        return true;
    if (out->method == MLT_INTERVAL_BOOTSTRAP &&
        !mlt_measure_replicates(ops, states, rows, arena, out, err))
        return false;
    if (side[0].influence != NULL)
        return mlt_sampling_fill(&of, side[0].influence, pair ? side[1].influence : NULL, out, err);
    fill_from_replicates(out, (double)(rows->cluster != NULL ? out->clusters : out->rows));
    return true;
}

static bool measure_rows(const struct mlt_metric *metric, const struct mlt_metric_rows *rows,
                         struct mlt_arena *arena, struct mlt_measurement *out, struct mlt_err *err)
{
    struct side side[2] = {{.value = NAN}, {.value = NAN}};
    bool good = open_side(metric, rows, rows->candidate, &side[0], err) &&
                open_side(metric, rows, rows->baseline, &side[1], err);
    if (good) {
        out->candidate = side[0].value;
        out->baseline = side[1].value;
        out->undefined = side[0].why != NULL ? side[0].why : side[1].why;
        good = fill_numbers(metric, rows, side, arena, out, err);
    }
    if (good && rows->baseline != NULL)
        out->differing = mlt_rows_differing(rows);
    close_side(metric->ops, &side[0]);
    close_side(metric->ops, &side[1]);
    return good;
}

/* The next number of a splitmix64 sequence: a key for a copy of a row. */
static uint64_t copy_key(uint64_t key, uint64_t copy)
{
    uint64_t z = key + copy * UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* Rows put into the order of the candidate's scores, in which a bootstrap walks through memory, and
 * each as often as a frequency weight says. Nothing measured depends on the order. */
struct arranged {
    double *label, *candidate, *baseline, *weight;
    uint64_t *key;
    uint32_t *cluster;
};

static void free_arranged(struct arranged *to)
{
    free(to->label);
    free(to->candidate);
    free(to->baseline);
    free(to->weight);
    free(to->key);
    free(to->cluster);
}

static bool make_arranged(size_t n, struct arranged *to)
{
    *to = (struct arranged){.label = calloc(n + 1, sizeof *to->label),
                            .candidate = calloc(n + 1, sizeof *to->candidate),
                            .baseline = calloc(n + 1, sizeof *to->baseline),
                            .weight = calloc(n + 1, sizeof *to->weight),
                            .key = calloc(n + 1, sizeof *to->key),
                            .cluster = calloc(n + 1, sizeof *to->cluster)};
    return to->label != NULL && to->candidate != NULL && to->baseline != NULL &&
           to->weight != NULL && to->key != NULL && to->cluster != NULL;
}

static uint64_t key_of(const struct mlt_metric_rows *rows, size_t i)
{
    if (rows->key != NULL)
        return rows->key[i];
    return rows->cluster != NULL ? rows->cluster[i] : i;
}

static void arrange(const struct mlt_metric_rows *rows, const struct mlt_ranked *order, bool expand,
                    struct arranged *to)
{
    size_t at = 0;
    for (size_t p = 0; p < rows->n; p++) {
        size_t i = order->row[p];
        uint64_t copies = expand ? mlt_rows_times(rows, i) : 1;
        for (uint64_t copy = 0; copy < copies; copy++, at++) {
            to->label[at] = rows->label[i];
            to->candidate[at] = rows->candidate[i];
            to->key[at] = copy == 0 ? key_of(rows, i) : copy_key(key_of(rows, i), copy);
            if (rows->baseline != NULL)
                to->baseline[at] = rows->baseline[i];
            if (rows->weight != NULL)
                to->weight[at] = rows->weight[i];
            if (rows->cluster != NULL)
                to->cluster[at] = rows->cluster[i];
        }
    }
}

/* Rows of a cluster are drawn together, copies or not; only rows by themselves are multiplied. */
static bool measure_arranged(const struct mlt_metric *metric, const struct mlt_metric_rows *rows,
                             struct mlt_arena *arena, struct mlt_measurement *out,
                             struct mlt_err *err)
{
    bool expand = rows->weighting == MLT_WEIGHT_FREQUENCY && rows->cluster == NULL;
    if (expand && (double)out->rows > most_expanded)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "the weights stand for %llu rows, too many for a bootstrap",
                           (unsigned long long)out->rows);
    struct mlt_metric_rows all = *rows;
    struct mlt_ranked order;
    struct arranged to;
    if (!mlt_ranked_make(rows->candidate, rows->n, &order, err))
        return false;
    all.n = expand ? (size_t)out->rows : rows->n;
    bool good = make_arranged(all.n, &to);
    if (good) {
        arrange(rows, &order, expand, &to);
        all.label = to.label;
        all.candidate = to.candidate;
        all.baseline = rows->baseline == NULL ? NULL : to.baseline;
        all.key = to.key;
        all.cluster = rows->cluster == NULL ? NULL : to.cluster;
        all.weight = expand || rows->weight == NULL ? NULL : to.weight;
        all.weighting = expand ? MLT_WEIGHT_NONE : rows->weighting;
        good = measure_rows(metric, &all, arena, out, err);
    } else {
        (void)mlt_err_oom(err);
    }
    mlt_ranked_free(&order);
    free_arranged(&to);
    return good;
}

/* All rows in one block. */
static bool give_block(void *context, size_t index, struct mlt_key_block *out)
{
    *out = *(const struct mlt_key_block *)context;
    return index == 0;
}

/* Ranks as keys; returns how many different ones there are. */
static bool make_keys(const double *score, size_t n, uint32_t *key, size_t *keys,
                      struct mlt_err *err)
{
    struct mlt_ranked ranked;
    if (!mlt_ranked_make(score, n, &ranked, err))
        return false;
    for (size_t g = 0; g < ranked.groups; g++)
        for (size_t p = ranked.start[g]; p < ranked.start[g + 1]; p++)
            key[ranked.row[p]] = (uint32_t)g;
    *keys = ranked.groups;
    mlt_ranked_free(&ranked);
    return true;
}

static bool measure_keys(const struct mlt_metric *metric, const struct mlt_metric_rows *rows,
                         struct mlt_measurement *out, struct mlt_err *err)
{
    const size_t n = rows->n;
    uint32_t *key[2] = {malloc((n + 1) * sizeof **key), malloc((n + 1) * sizeof **key)};
    uint8_t *positive = malloc(n + 1);
    struct mlt_key_block block = {n, key[0], rows->baseline != NULL ? key[1] : NULL, positive};
    struct mlt_key_rows all = {
        .context = &block, .block = give_block, .estimates_only = rows->estimates_only};
    bool good = key[0] != NULL && key[1] != NULL && positive != NULL ? true : mlt_err_oom(err);
    for (size_t i = 0; good && i < n; i++)
        positive[i] = rows->label[i] == 1;
    good = good && make_keys(rows->candidate, n, key[0], &all.keys[0], err) &&
           (rows->baseline == NULL || make_keys(rows->baseline, n, key[1], &all.keys[1], err)) &&
           metric->ops->of_keys(&all, out, err);
    if (good)
        out->differing = mlt_rows_differing(rows);
    free(key[0]);
    free(key[1]);
    free(positive);
    return good;
}

bool mlt_measure_columns(const struct mlt_metric *metric, const struct mlt_metric_rows *rows,
                         struct mlt_arena *arena, struct mlt_measurement *out, struct mlt_err *err)
{
    struct mlt_sampling_rows of = {rows->n, rows->weight, rows->weighting, NULL, 0};
    if (!(mlt_sampling_total(&of) > 0)) {
        out->undefined = "every row has the weight 0";
        return true;
    }
    if (rows->estimates_only)
        out->method = MLT_INTERVAL_NONE;
    if (metric->ops->of_keys != NULL && rows->weight == NULL && rows->cluster == NULL)
        return measure_keys(metric, rows, out, err);
    if (out->method == MLT_INTERVAL_BOOTSTRAP && rows->width == 1)
        return measure_arranged(metric, rows, arena, out, err);
    return measure_rows(metric, rows, arena, out, err);
}
