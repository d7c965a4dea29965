/* What must hold for any rows: here for random ones, of every task and with every metric. */
#include <math.h>
#include <string.h>

#include "tests/unit/metrics/rows.h"
#include "tests/unit/suite.h"

TCase *properties_case(void);

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

enum { WAYS = 12 };

/* Ways to weigh and to group: none, frequency, importance; each without and with clusters, and with
 * few and many different scores. */
static struct mlt_metric_rows rows_of(enum mlt_task task, int way, size_t n)
{
    struct mlt_metric_rows rows = rows_random(task, n, 400 + (uint64_t)way, way % 2, &arena);
    double *weight = mlt_arena_calloc(&arena, n, sizeof *weight);
    uint32_t *cluster = mlt_arena_calloc(&arena, n, sizeof *cluster);
    uint64_t *key = mlt_arena_calloc(&arena, n, sizeof *key);
    rows.weighting = (enum mlt_weighting)(way / 2 % 3);
    for (size_t i = 0; i < n; i++) {
        size_t query = i / 5 * 5; /* of a query all rows agree */
        weight[i] = rows.weighting == MLT_WEIGHT_FREQUENCY ? (double)(1 << (i / 5 * 7 % 3))
                                                           : rows.weight[query];
        cluster[i] = (uint32_t)(i / 10);
        key[i] = way >= 6 ? rows.key[i / 10] : rows.key[i];
    }
    rows.weight = rows.weighting == MLT_WEIGHT_NONE ? NULL : weight;
    rows.cluster = way >= 6 ? cluster : NULL;
    rows.n_clusters = (uint32_t)(n / 10 + 1);
    rows.key = key;
    return rows;
}

static bool same(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static bool same_bits(const struct mlt_measurement *a, const struct mlt_measurement *b)
{
    bool equal = same(a->candidate, b->candidate) && same(a->baseline, b->baseline) &&
                 same(a->var_candidate, b->var_candidate) &&
                 same(a->var_baseline, b->var_baseline) && same(a->covariance, b->covariance) &&
                 same(a->df, b->df) && same(a->effective_rows, b->effective_rows) &&
                 a->rows == b->rows && a->positives == b->positives && a->clusters == b->clusters &&
                 a->differing == b->differing && a->successes == b->successes &&
                 a->trials == b->trials && a->only_candidate == b->only_candidate &&
                 a->only_baseline == b->only_baseline && a->replicates == b->replicates;
    for (int k = 0; k < MLT_THIRD_MOMENTS; k++)
        equal = equal && same(a->third[k], b->third[k]);
    for (size_t r = 0; equal && r < a->replicates; r++)
        equal = same(a->replicate_candidate[r], b->replicate_candidate[r]) &&
                same(a->replicate_baseline[r], b->replicate_baseline[r]);
    return equal;
}

static void *copy(const void *from, size_t count, size_t size)
{
    void *out = mlt_arena_calloc(&arena, count, size);
    if (from != NULL)
        memcpy(out, from, count * size);
    return out;
}

static struct mlt_metric_rows permuted(const struct mlt_metric_rows *rows)
{
    struct mlt_metric_rows out = *rows;
    size_t n = rows->n, width = rows->width;
    double *label = copy(rows->label, n, sizeof *label),
           *weight = copy(rows->weight, n, sizeof *label);
    double *candidate = copy(NULL, n * width, sizeof *label);
    double *baseline = copy(NULL, n * width, sizeof *label);
    uint32_t *query = copy(rows->query, n, sizeof *query);
    uint32_t *cluster = copy(rows->cluster, n, sizeof *cluster);
    uint64_t *key = copy(rows->key, n, sizeof *key);
    for (size_t i = 0; i < n; i++) {
        size_t from = (i * 97 + 13) % n;
        label[i] = rows->label[from];
        query[i] = rows->n_queries - 1 - rows->query[from]; /* other ids as well */
        key[i] = rows->key[from];
        if (rows->weight != NULL)
            weight[i] = rows->weight[from];
        if (rows->cluster != NULL)
            cluster[i] = rows->n_clusters - 1 - rows->cluster[from];
        for (size_t k = 0; k < width; k++) {
            candidate[i * width + k] = rows->candidate[from * width + k];
            baseline[i * width + k] = rows->baseline[from * width + k];
        }
    }
    out.label = label;
    out.candidate = candidate;
    out.baseline = baseline;
    out.query = query;
    out.key = key;
    out.weight = rows->weight == NULL ? NULL : weight;
    out.cluster = rows->cluster == NULL ? NULL : cluster;
    return out;
}

/* Calls check(rows, name) for every task, way and metric. */
static void for_all(size_t n, void (*check)(const struct mlt_metric_rows *, const char *))
{
    for (unsigned task = MLT_TASK_REGRESSION; task <= MLT_TASK_TEXT; task *= 2)
        for (int way = 0; way < WAYS; way++) {
            struct mlt_metric_rows rows = rows_of((enum mlt_task)task, way, n);
            for (const char *const *name = rows_metrics(rows.task); *name != NULL; name++)
                check(&rows, *name);
        }
}

static void check_permutation(const struct mlt_metric_rows *rows, const char *name)
{
    struct mlt_metric_rows other = permuted(rows);
    struct mlt_measurement a = measure(name, rows), b = measure(name, &other);
    ck_assert_msg(same_bits(&a, &b), "%s depends on the order of rows: %.17g, %.17g; %.17g, %.17g",
                  name, a.candidate, b.candidate, a.var_candidate, b.var_candidate);
}

START_TEST(the_order_of_rows_does_not_change_a_bit)
{
    for_all(300, check_permutation);
}
END_TEST

static void check_sides(const struct mlt_metric_rows *rows, const char *name)
{
    struct mlt_metric_rows other = *rows;
    other.candidate = rows->baseline;
    other.baseline = rows->candidate;
    struct mlt_measurement a = measure(name, rows), b = measure(name, &other);
    ck_assert_msg(same(a.candidate, b.baseline) && same(a.baseline, b.candidate) &&
                      same(a.var_candidate, b.var_baseline) && same(a.covariance, b.covariance) &&
                      a.differing == b.differing && a.only_candidate == b.only_baseline,
                  "%s depends on the side", name);
    double scale = pow(fmax(a.var_candidate, a.var_baseline), 1.5);
    for (int k = 0; k < MLT_THIRD_MOMENTS; k++)
        ck_assert_msg(same(a.third[k], b.third[3 - k]) ||
                          fabs(a.third[k] - b.third[3 - k]) <= 1e-12 * scale,
                      "%s depends on the side", name);
    other.baseline = NULL;
    b = measure(name, &other);
    ck_assert_msg(same(b.candidate, a.baseline) && same(b.var_candidate, a.var_baseline),
                  "%s depends on there being a baseline", name);
    ck_assert(isnan(b.baseline) && isnan(b.var_baseline) && isnan(b.covariance));
}

START_TEST(candidate_and_baseline_change_places)
{
    for_all(200, check_sides);
}
END_TEST

static struct mlt_metric_rows duplicated(const struct mlt_metric_rows *rows)
{
    struct mlt_metric_rows out = *rows;
    size_t width = rows->width, n = 0, most = rows->n * 4;
    double *label = copy(NULL, most, sizeof *label);
    double *candidate = copy(NULL, most * width, sizeof *label);
    double *baseline = copy(NULL, most * width, sizeof *label);
    uint32_t *cluster = copy(NULL, most, sizeof *cluster);
    uint32_t *query = copy(NULL, most, sizeof *query);
    uint64_t *key = copy(NULL, most, sizeof *key);
    for (size_t i = 0; i < rows->n; i++)
        for (uint32_t k = 0; k < (uint32_t)rows->weight[i]; k++, n++) {
            label[n] = rows->label[i];
            cluster[n] = rows->cluster == NULL ? 0 : rows->cluster[i];
            query[n] = rows->query[i] * 4 + k;
            key[n] = rows->key[i];
            memcpy(candidate + n * width, rows->candidate + i * width, width * sizeof *label);
            memcpy(baseline + n * width, rows->baseline + i * width, width * sizeof *label);
        }
    out.n = n;
    out.label = label;
    out.candidate = candidate;
    out.baseline = baseline;
    out.cluster = rows->cluster == NULL ? NULL : cluster;
    out.query = query;
    out.n_queries = rows->n_queries * 4;
    out.weight = NULL;
    out.weighting = MLT_WEIGHT_NONE;
    out.key = key;
    return out;
}

static bool close_to(double a, double b, double scale)
{
    return (isnan(a) && isnan(b)) || fabs(a - b) <= 1e-11 * scale;
}

static void check_duplication(const struct mlt_metric_rows *rows, const char *name)
{
    if (rows->weighting != MLT_WEIGHT_FREQUENCY)
        return;
    struct mlt_metric_rows other = duplicated(rows);
    struct mlt_measurement a = measure(name, rows), b = measure(name, &other);
    ck_assert_msg(same(a.candidate, b.candidate) && same(a.baseline, b.baseline),
                  "%s of frequency weights %.17g, of as many rows %.17g", name, a.candidate,
                  b.candidate);
    ck_assert_msg(a.rows == b.rows && a.positives == b.positives && a.differing == b.differing &&
                      same(a.df, b.df) && a.clusters == b.clusters,
                  "%s", name);
    ck_assert_str_eq(a.weighting, "frequency");
    ck_assert(a.effective_rows == (double)a.rows && isnan(b.effective_rows));
    /* Copies of a row are drawn by other keys; in a cluster together. */
    if (a.replicates > 0 && rows->cluster == NULL && isnan(a.third[0]))
        return;
    ck_assert_msg(close_to(a.var_candidate, b.var_candidate, b.var_candidate) &&
                      close_to(a.var_baseline, b.var_baseline, b.var_baseline) &&
                      close_to(a.covariance, b.covariance, b.var_candidate + b.var_baseline),
                  "%s: variance %.17g, of as many rows %.17g", name, a.var_candidate,
                  b.var_candidate);
}

START_TEST(a_frequency_weight_stands_for_so_many_rows)
{
    for_all(200, check_duplication);
}
END_TEST

static void check_single_clusters(const struct mlt_metric_rows *rows, const char *name)
{
    if (rows->cluster != NULL || rows->weighting == MLT_WEIGHT_FREQUENCY)
        return;
    struct mlt_metric_rows other = *rows;
    uint32_t *cluster = copy(NULL, rows->n, sizeof *cluster);
    for (size_t i = 0; i < rows->n; i++)
        cluster[i] = rows->task == MLT_TASK_RANKING ? rows->query[i] : (uint32_t)i;
    other.cluster = cluster;
    other.n_clusters = (uint32_t)rows->n;
    struct mlt_measurement a = measure(name, rows), b = measure(name, &other);
    ck_assert_msg(same(a.candidate, b.candidate) && same(a.df, b.df), "%s", name);
    ck_assert_msg(close_to(a.var_candidate, b.var_candidate, a.var_candidate) &&
                      close_to(a.covariance, b.covariance, a.var_candidate + a.var_baseline),
                  "%s: %.17g by row, %.17g by clusters of one row", name, a.var_candidate,
                  b.var_candidate);
    if (!isnan(a.third[0]))
        ck_assert_msg(fabs(a.third[0] - b.third[0]) <= 1e-9 * pow(a.var_candidate, 1.5),
                      "%s: third moment %.17g by row, %.17g by clusters of one row", name,
                      a.third[0], b.third[0]);
}

START_TEST(clusters_of_one_row_are_rows)
{
    for_all(200, check_single_clusters);
}
END_TEST

START_TEST(monotone_transforms_leave_metrics_of_order)
{
    static const char *const binary[] = {
        "auc", "ks", "pr_auc", "lift@0.2", "recall_at_precision@0.6", NULL};
    static const char *const regression[] = {"spearman", "kendall", NULL};
    static const char *const ranking[] = {"ndcg@3", "map", "mrr", "recall_at@2", NULL};
    const struct {
        enum mlt_task task;
        const char *const *names;
    } sets[] = {
        {MLT_TASK_BINARY, binary}, {MLT_TASK_REGRESSION, regression}, {MLT_TASK_RANKING, ranking}};
    for (size_t s = 0; s < 3; s++)
        for (int way = 0; way < WAYS; way++) {
            struct mlt_metric_rows rows = rows_of(sets[s].task, way, 150), other = rows;
            double *score = copy(rows.candidate, rows.n, sizeof *score);
            for (size_t i = 0; i < rows.n; i++)
                score[i] = rows.candidate[i] < 0.3 ? 4 * rows.candidate[i] - 100
                                                   : 8 * rows.candidate[i] + 7;
            other.candidate = score;
            for (const char *const *name = sets[s].names; *name != NULL; name++) {
                struct mlt_measurement a = measure(*name, &rows), b = measure(*name, &other);
                ck_assert_msg(same(a.candidate, b.candidate) &&
                                  same(a.var_candidate, b.var_candidate) &&
                                  same(a.covariance, b.covariance),
                              "%s", *name);
            }
        }
}
END_TEST

START_TEST(scale_goes_through_or_does_not_matter)
{
    static const char *const scaled[] = {"rmse", "mae",         "median_ae", "max_error",
                                         "bias", "pinball@0.9", NULL};
    static const char *const free_of_it[] = {"r2", "spearman", "kendall", "mape", "smape", NULL};
    for (int way = 0; way < WAYS; way++) {
        struct mlt_metric_rows rows = rows_of(MLT_TASK_REGRESSION, way, 150), other = rows;
        double *label = copy(rows.label, rows.n, sizeof *label);
        double *score = copy(rows.candidate, rows.n, sizeof *score);
        for (size_t i = 0; i < rows.n; i++) {
            label[i] *= 1024;
            score[i] *= 1024;
        }
        other.label = label;
        other.candidate = score;
        other.baseline = NULL;
        for (const char *const *name = scaled; *name != NULL; name++) {
            struct mlt_measurement a = measure(*name, &rows), b = measure(*name, &other);
            ck_assert_msg(b.candidate == 1024 * a.candidate, "%s", *name);
            ck_assert_msg(same(b.var_candidate, 1024.0 * 1024 * a.var_candidate), "%s", *name);
        }
        for (const char *const *name = free_of_it; *name != NULL; name++) {
            struct mlt_measurement a = measure(*name, &rows), b = measure(*name, &other);
            ck_assert_msg(b.candidate == a.candidate && b.var_candidate == a.var_candidate, "%s",
                          *name);
        }
    }
}
END_TEST

START_TEST(labels_and_scores_turned_round_give_the_same)
{
    static const char *const names[] = {"auc", "ks", "brier", "logloss", "ece@5", NULL};
    for (int way = 0; way < WAYS; way++) {
        struct mlt_metric_rows rows = rows_of(MLT_TASK_BINARY, way, 150), other = rows;
        double *label = copy(rows.label, rows.n, sizeof *label);
        double *score = copy(rows.candidate, rows.n, sizeof *score);
        for (size_t i = 0; i < rows.n; i++) {
            label[i] = 1 - label[i];
            score[i] = 1 - score[i];
        }
        other.label = label;
        other.candidate = score;
        for (const char *const *name = names; *name != NULL; name++) {
            double a = measure(*name, &rows).candidate, b = measure(*name, &other).candidate;
            ck_assert_msg(fabs(a - b) < 1e-12, "%s: %.17g, %.17g", *name, a, b);
        }
    }
}
END_TEST

START_TEST(a_perfect_model_has_the_best_value_exactly)
{
    static const char *const binary[] = {
        "auc", "pr_auc", "ks", "accuracy", "f1", "mcc", "recall", "f@2", "recall_at_precision@1",
        NULL};
    static const char *const regression[] = {"r2", "spearman", "kendall", NULL};
    static const char *const multiclass[] = {"accuracy",          "macro_f1", "weighted_f1",
                                             "balanced_accuracy", "kappa",    "mcc",
                                             "ovr_auc",           NULL};
    for (int way = 0; way < WAYS; way++) {
        struct mlt_metric_rows rows = rows_of(MLT_TASK_BINARY, way, 90);
        rows.candidate = rows.label;
        for (const char *const *name = binary; *name != NULL; name++)
            ck_assert_msg(measure(*name, &rows).candidate == 1, "%s", *name);
        ck_assert(measure("auc", &rows).var_candidate == 0);
        ck_assert(measure("brier", &rows).candidate == 0);
        ck_assert(measure("ece", &rows).candidate == 0);
        rows = rows_of(MLT_TASK_REGRESSION, way, 90);
        rows.candidate = rows.label;
        for (const char *const *name = regression; *name != NULL; name++)
            ck_assert_msg(measure(*name, &rows).candidate == 1, "%s", *name);
        ck_assert(measure("spearman", &rows).var_candidate == 0);
        ck_assert(measure("kendall", &rows).var_candidate == 0);
        ck_assert(measure("rmse", &rows).candidate == 0);
        ck_assert(measure("rmse", &rows).var_candidate == 0);
        rows = rows_of(MLT_TASK_MULTICLASS, way, 90);
        double *sure = copy(NULL, rows.n * rows.width, sizeof *sure);
        for (size_t i = 0; i < rows.n; i++)
            sure[i * rows.width + (size_t)rows.label[i]] = 1;
        rows.candidate = sure;
        for (const char *const *name = multiclass; *name != NULL; name++) {
            struct mlt_measurement m = measure(*name, &rows);
            ck_assert_msg(m.candidate == 1 && m.var_candidate == 0, "%s", *name);
        }
        rows = rows_of(MLT_TASK_RANKING, way, 90);
        rows.candidate = rows.label;
        ck_assert(measure("ndcg", &rows).candidate == 1);
        ck_assert(measure("map", &rows).candidate == 1);
    }
}
END_TEST

TCase *properties_case(void)
{
    TCase *tcase = tcase_create("properties");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, the_order_of_rows_does_not_change_a_bit);
    tcase_add_test(tcase, candidate_and_baseline_change_places);
    tcase_add_test(tcase, a_frequency_weight_stands_for_so_many_rows);
    tcase_add_test(tcase, clusters_of_one_row_are_rows);
    tcase_add_test(tcase, monotone_transforms_leave_metrics_of_order);
    tcase_add_test(tcase, scale_goes_through_or_does_not_matter);
    tcase_add_test(tcase, labels_and_scores_turned_round_give_the_same);
    tcase_add_test(tcase, a_perfect_model_has_the_best_value_exactly);
    return tcase;
}
