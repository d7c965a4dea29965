#include "tests/unit/metrics/rows.h"

#include <math.h>

#include "harness/base/rng.h"
#include "harness/metrics/text.h"

static double label[ROWS], candidate[ROWS * CLASSES], baseline[ROWS * CLASSES];
static uint32_t clusters[ROWS];

static struct mlt_metric_rows rows(enum mlt_task task, size_t width)
{
    return (struct mlt_metric_rows){.task = task,
                                    .n = ROWS,
                                    .width = width,
                                    .label = label,
                                    .candidate = candidate,
                                    .baseline = baseline,
                                    .threshold = 0.5};
}

struct mlt_metric_rows rows_regression(void)
{
    for (int i = 0; i < ROWS; i++) {
        label[i] = (i * 37 % 101) / 10.0;
        candidate[i] = label[i] + (i * 53 % 29 - 14) / 20.0;
        baseline[i] = label[i] + (i * 71 % 31 - 13) / 18.0;
    }
    return rows(MLT_TASK_REGRESSION, 1);
}

struct mlt_metric_rows rows_binary(void)
{
    for (int i = 0; i < ROWS; i++) {
        label[i] = i * 7 % 11 < 5;
        candidate[i] = (i * 29 % 41) / 50.0 + 0.2 * label[i] * (i * 3 % 5) / 4;
        baseline[i] = (i * 17 % 37) / 45.0 + 0.15 * label[i];
    }
    return rows(MLT_TASK_BINARY, 1);
}

static void fill_classes(double *scores, int a, int b)
{
    for (int i = 0; i < ROWS; i++) {
        double sum = 0;
        for (int j = 0; j < CLASSES; j++) {
            double *score = &scores[i * CLASSES + j];
            *score = 1 + (i * a + j * b) % 13 + (label[i] == j && i % 4 ? 6 : 0);
            sum += *score;
        }
        for (int j = 0; j < CLASSES; j++)
            scores[i * CLASSES + j] /= sum;
    }
}

struct mlt_metric_rows rows_multiclass(void)
{
    for (int i = 0; i < ROWS; i++)
        label[i] = (i * i * 5 + i) % 7 % 3;
    fill_classes(candidate, 5, 11);
    fill_classes(baseline, 7, 3);
    return rows(MLT_TASK_MULTICLASS, CLASSES);
}

const uint32_t *rows_clusters(void)
{
    for (uint32_t i = 0; i < ROWS; i++)
        clusters[i] = i / 3;
    return clusters;
}

static uint32_t queries[ROWS];

struct mlt_metric_rows rows_ranking(void)
{
    for (int i = 0; i < ROWS; i++) {
        queries[i] = (uint32_t)i / 6;
        label[i] = queries[i] == 4 ? 0 : i * 5 % 7 % 4;
        candidate[i] = (2 * label[i] + i * 11 % 5) / 2;
        baseline[i] = floor((label[i] + i * 7 % 5) / 2);
    }
    struct mlt_metric_rows out = rows(MLT_TASK_RANKING, 1);
    out.query = queries;
    out.n_queries = 10;
    return out;
}

/* A standard normal number, nearly: twelve uniform ones. */
static double bell(struct mlt_rng *rng)
{
    double sum = -6;
    for (int i = 0; i < 12; i++)
        sum += mlt_rng_uniform(rng);
    return sum;
}

static double score_of(enum mlt_task task, double of_label, bool ties, struct mlt_rng *rng)
{
    double score = 1.5 * of_label + bell(rng);
    if (task == MLT_TASK_BINARY)
        score = 1 / (1 + exp(0.7 - score));
    if (task == MLT_TASK_REGRESSION)
        score = 3 * of_label + exp(0.6 * bell(rng)) - 1;
    if (ties)
        score = task == MLT_TASK_BINARY ? (floor(10 * score) + 0.5) / 10 : floor(score);
    return score;
}

static void fill_distribution(double *score, size_t width, double of_label, struct mlt_rng *rng)
{
    double sum = 0;
    for (size_t k = 0; k < width; k++) {
        score[k] = mlt_rng_uniform(rng) + (of_label == (double)k ? 0.4 : 0.01);
        sum += score[k];
    }
    for (size_t k = 0; k < width; k++)
        score[k] /= sum;
}

static double label_of(enum mlt_task task, struct mlt_rng *rng)
{
    switch (task) {
    case MLT_TASK_REGRESSION:
        return 5 + bell(rng);
    case MLT_TASK_BINARY:
        return mlt_rng_uniform(rng) < 0.4;
    case MLT_TASK_MULTICLASS:
        return (double)mlt_rng_below(rng, CLASSES);
    case MLT_TASK_RANKING:
        return (double)mlt_rng_below(rng, 4);
    case MLT_TASK_TEXT:
        return 0;
    }
    return 0;
}

static void fill_scores(enum mlt_task task, size_t width, double of_label, bool ties,
                        struct mlt_rng *rng, double *out)
{
    if (task == MLT_TASK_MULTICLASS) {
        fill_distribution(out, width, of_label, rng);
        return;
    }
    if (task == MLT_TASK_TEXT) {
        out[0] = mlt_rng_uniform(rng) < 0.3;
        out[1] = out[0] == 1 ? 1 : (double)mlt_rng_below(rng, 10) / 10;
        out[2] = out[0] == 1 ? 7 : (double)mlt_rng_below(rng, 1000);
        return;
    }
    out[0] = score_of(task, of_label, ties, rng);
}

struct mlt_metric_rows rows_random(enum mlt_task task, size_t n, uint64_t seed, bool ties,
                                   struct mlt_arena *arena)
{
    size_t width = task == MLT_TASK_MULTICLASS ? CLASSES
                   : task == MLT_TASK_TEXT     ? MLT_TEXT_SCORES
                                               : 1;
    double *y = mlt_arena_calloc(arena, n, sizeof *y), *w = mlt_arena_calloc(arena, n, sizeof *w);
    double *c = mlt_arena_calloc(arena, n * width, sizeof *c);
    double *b = mlt_arena_calloc(arena, n * width, sizeof *b);
    uint32_t *query = mlt_arena_calloc(arena, n, sizeof *query);
    uint64_t *key = mlt_arena_calloc(arena, n, sizeof *key);
    struct mlt_rng rng;
    mlt_rng_seed(&rng, seed);
    for (size_t i = 0; i < n; i++) {
        y[i] = label_of(task, &rng);
        if (task == MLT_TASK_REGRESSION && ties)
            y[i] = floor(y[i]) + 0.5;
        fill_scores(task, width, y[i], ties, &rng, c + i * width);
        fill_scores(task, width, y[i], ties, &rng, b + i * width);
        w[i] = 0.5 + 2 * mlt_rng_uniform(&rng);
        if (task == MLT_TASK_RANKING && i % 5 > 0)
            w[i] = w[i - 1];
        query[i] = (uint32_t)(i / 5);
        key[i] = mlt_rng_next(&rng);
    }
    return (struct mlt_metric_rows){.task = task,
                                    .n = n,
                                    .width = width,
                                    .label = y,
                                    .candidate = c,
                                    .baseline = b,
                                    .weight = w,
                                    .weighting = MLT_WEIGHT_IMPORTANCE,
                                    .query = query,
                                    .n_queries = (uint32_t)(n / 5 + 1),
                                    .key = key,
                                    .seed = seed,
                                    .replicates = 16,
                                    .threshold = 0.5};
}

/* Each name, as it may be asked for. */
static const char *const regression_names[] = {"rmse",      "mae",      "median_ae", "mape",
                                               "smape",     "r2",       "bias",      "pinball@0.9",
                                               "max_error", "spearman", "kendall",   NULL};
static const char *const binary_names[] = {"auc",
                                           "pr_auc",
                                           "logloss",
                                           "brier",
                                           "accuracy",
                                           "balanced_accuracy",
                                           "precision",
                                           "recall",
                                           "f1",
                                           "f@2",
                                           "specificity",
                                           "mcc",
                                           "ks",
                                           "ece@5",
                                           "ace@5",
                                           "lift@0.25",
                                           "recall_at_precision@0.5",
                                           NULL};
static const char *const multiclass_names[] = {
    "accuracy",          "top@2", "logloss", "macro_f1", "micro_f1", "weighted_f1",
    "balanced_accuracy", "kappa", "mcc",     "ovr_auc",  NULL};
static const char *const ranking_names[] = {"ndcg", "ndcg@3",      "ndcg_linear@3",  "map",
                                            "mrr",  "recall_at@2", "precision_at@2", NULL};
static const char *const text_names[] = {"exact_match", "token_f1", NULL};

const char *const *rows_metrics(enum mlt_task task)
{
    switch (task) {
    case MLT_TASK_REGRESSION:
        return regression_names;
    case MLT_TASK_BINARY:
        return binary_names;
    case MLT_TASK_MULTICLASS:
        return multiclass_names;
    case MLT_TASK_RANKING:
        return ranking_names;
    case MLT_TASK_TEXT:
        return text_names;
    }
    return text_names;
}
