#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/siphash.h"
#include "harness/evaluate/subset.h"

/* Everything to measure: one task per subset and metric, taken by whichever thread is free. */
struct measuring {
    struct mlt_evaluation *e;
    const struct mlt_subsets *subsets;
    uint32_t *cluster, *query; /* dense ids of all kept rows; NULL */
    uint32_t clusters, queries;
    struct mlt_measurement *result; /* [subsets * metrics] */
    _Atomic size_t next;
    _Atomic bool failed;
};

/* The rows of a subset side by side. */
struct gathered_rows {
    struct mlt_metric_rows rows;
    void *memory; /* what the arrays live in; NULL when they are the columns themselves */
};

static struct mlt_metric_rows rows_template(const struct measuring *m)
{
    const struct mlt_evaluation_spec *spec = m->e->spec;
    return (struct mlt_metric_rows){
        .task = spec->task,
        .width = spec->width,
        .weighting = spec->weighting,
        .n_clusters = m->clusters,
        .n_queries = m->queries,
        .seed = spec->seed,
        .replicates = spec->replicates,
        .threshold = spec->threshold,
        .estimates_only = spec->estimates_only,
        .interrupted = spec->interrupted,
    };
}

/* All columns as they are. */
static void lend_all(const struct measuring *m, struct mlt_metric_rows *out)
{
    const struct mlt_columns *c = &m->e->gathered.columns;
    out->n = c->rows;
    out->label = mlt_columns_field(c, MLT_FIELD_LABEL);
    out->candidate = mlt_columns_field(c, MLT_FIELD_CANDIDATE);
    out->baseline = mlt_columns_field(c, MLT_FIELD_BASELINE);
    out->weight = mlt_columns_field(c, MLT_FIELD_WEIGHT);
    out->cluster = m->cluster;
    out->query = m->query;
    out->key = mlt_columns_field(c, m->cluster != NULL ? MLT_FIELD_CLUSTER : MLT_FIELD_KEY);
}

static const void *pick(const void *from, size_t bytes, const uint32_t *row, size_t n, char **at)
{
    if (from == NULL)
        return NULL;
    char *out = *at;
    if (bytes == sizeof(double))
        for (size_t i = 0; i < n; i++)
            memcpy(out + i * sizeof(double), (const char *)from + row[i] * sizeof(double),
                   sizeof(double));
    else
        for (size_t i = 0; i < n; i++)
            memcpy(out + i * bytes, (const char *)from + row[i] * bytes, bytes);
    *at += (n * bytes + 15) & ~(size_t)15;
    return out;
}

static bool gather_rows(const struct measuring *m, const struct mlt_subset *subset,
                        struct gathered_rows *out, struct mlt_err *err)
{
    struct mlt_metric_rows all = rows_template(m);
    lend_all(m, &all);
    out->memory = NULL;
    out->rows = all;
    if (subset->row == NULL)
        return true;
    const size_t n = subset->rows, scores = all.width * sizeof(double);
    char *at = malloc(n * (2 * scores + 3 * sizeof(double) + 2 * sizeof(uint32_t)) + 8 * 16);
    if (at == NULL)
        return mlt_err_oom(err);
    out->memory = at;
    out->rows.n = n;
    out->rows.label = pick(all.label, sizeof(double), subset->row, n, &at);
    out->rows.candidate = pick(all.candidate, scores, subset->row, n, &at);
    out->rows.baseline = pick(all.baseline, scores, subset->row, n, &at);
    out->rows.weight = pick(all.weight, sizeof(double), subset->row, n, &at);
    out->rows.cluster = pick(all.cluster, sizeof(uint32_t), subset->row, n, &at);
    out->rows.query = pick(all.query, sizeof(uint32_t), subset->row, n, &at);
    out->rows.key = pick(all.key, sizeof(uint64_t), subset->row, n, &at);
    return true;
}

static bool from_sums(const struct mlt_evaluation *e, const struct mlt_metric *metric)
{
    return metric->ops->kind == MLT_METRIC_OF_MEANS && !e->spec->clustered;
}

static bool measure_task(struct measuring *m, size_t task, struct mlt_arena *arena,
                         struct mlt_err *err)
{
    const struct mlt_evaluation_spec *spec = m->e->spec;
    const struct mlt_subset *subset = &m->subsets->items[task / spec->metric_count];
    size_t index = task % spec->metric_count;
    const struct mlt_metric *metric = &spec->metrics[index];
    struct mlt_measurement *out = &m->result[task];
    if (from_sums(m->e, metric)) {
        mlt_means_measure(m->e->plan, subset->sums, index, out);
        return true;
    }
    struct gathered_rows gathered;
    if (!gather_rows(m, subset, &gathered, err))
        return false;
    bool ok = mlt_metric_measure(metric, &gathered.rows, arena, out, err);
    free(gathered.memory);
    if (ok && spec->estimates_only)
        out->method = MLT_INTERVAL_NONE;
    return ok;
}

struct measurer {
    struct measuring *shared;
    struct mlt_arena arena;
    struct mlt_err err;
    pthread_t thread;
    bool started;
};

static void *measure_tasks(void *context)
{
    struct measurer *self = context;
    struct measuring *m = self->shared;
    size_t tasks = m->subsets->count * m->e->spec->metric_count;
    for (;;) {
        size_t task = atomic_fetch_add(&m->next, 1);
        if (task >= tasks || atomic_load(&m->failed))
            return NULL;
        if (mlt_interrupted(m->e->spec->interrupted, &self->err) ||
            !measure_task(m, task, &self->arena, &self->err))
            atomic_store(&m->failed, true);
    }
}

/* This thread measures, too, and goes on alone where no other can be had. */
static bool measure_all(struct measurer *measurers, unsigned count, struct mlt_err *err)
{
    for (unsigned i = 1; i < count; i++)
        measurers[i].started =
            pthread_create(&measurers[i].thread, NULL, measure_tasks, &measurers[i]) == 0;
    measure_tasks(&measurers[0]);
    for (unsigned i = 1; i < count; i++)
        if (measurers[i].started)
            pthread_join(measurers[i].thread, NULL);
    for (unsigned i = 0; i < count; i++)
        if (measurers[i].err.kind != MLT_ERR_NONE) {
            *err = measurers[i].err;
            return false;
        }
    return true;
}

/* Which counts go with the measurements of a subset. */
static bool above_limit(const struct mlt_evaluation *e, const struct mlt_group_counts *counts)
{
    uint64_t missing = counts->state[MLT_ROW_CANDIDATE_MISSING];
    return (double)missing >
           e->spec->max_candidate_missing * (double)(counts->state[MLT_ROW_PAIRED] + missing);
}

static void fill_place(const struct measuring *m, const struct mlt_subset *subset,
                       struct mlt_measurement *out)
{
    const struct mlt_group_counts *counts = &subset->counts;
    bool blamed = above_limit(m->e, &m->subsets->items[0].counts) || above_limit(m->e, counts);
    uint64_t missing = counts->state[MLT_ROW_CANDIDATE_MISSING];
    out->slice_column = subset->column;
    out->slice_value = subset->value;
    out->candidate_missing = blamed ? missing : 0;
    out->excluded = counts->state[MLT_ROW_LEFT_OUT] + counts->state[MLT_ROW_BASELINE_MISSING] +
                    (blamed ? 0 : missing);
}

static bool send_all(const struct measuring *m, const struct mlt_evaluation_sink *sink,
                     struct mlt_err *err)
{
    for (size_t i = 0; i < m->subsets->count * m->e->spec->metric_count; i++) {
        struct mlt_measurement *out = &m->result[i];
        fill_place(m, &m->subsets->items[i / m->e->spec->metric_count], out);
        if (out->unit == NULL)
            out->unit = "";
        if (!sink->measurement(sink->context, out, err))
            return false;
    }
    for (size_t i = 0; sink->pooled != NULL && i < m->subsets->pooled_count; i++)
        if (!sink->pooled(sink->context, &m->subsets->pooled[i], err))
            return false;
    return true;
}

static bool make_ids(struct measuring *m, size_t field, uint32_t **id, uint32_t *count,
                     struct mlt_arena *arena, struct mlt_err *err)
{
    const struct mlt_columns *columns = &m->e->gathered.columns;
    const uint64_t *key = mlt_columns_field(columns, field);
    if (columns->row_bytes[field] == 0)
        return true;
    *id = mlt_arena_calloc(arena, columns->rows, sizeof **id);
    if (*id == NULL)
        return mlt_err_oom(err);
    return mlt_keys_dense(key, columns->rows, *id, count, err);
}

/* Two rows with one id would be drawn as one, and were perhaps meant as one. */
static bool check_keys(const struct mlt_evaluation *e, struct mlt_arena *arena, struct mlt_err *err)
{
    const struct mlt_columns *columns = &e->gathered.columns;
    if (!e->spec->has_keys)
        return true;
    const uint64_t *key = mlt_columns_field(columns, MLT_FIELD_KEY);
    const uint64_t *ordinal = mlt_columns_field(columns, MLT_FIELD_ORDINAL);
    uint32_t *order = mlt_arena_calloc(arena, columns->rows, sizeof *order);
    if (order == NULL)
        return mlt_err_oom(err);
    if (!mlt_keys_order(key, columns->rows, order, err))
        return false;
    uint64_t twice = 0, first = UINT64_MAX, second = 0;
    for (size_t i = 1; i < columns->rows; i++) {
        uint64_t a = ordinal[order[i - 1]], b = ordinal[order[i]];
        if (key[order[i]] != key[order[i - 1]])
            continue;
        twice++;
        uint64_t later = a > b ? a : b;
        if (later < first) {
            first = later;
            second = a > b ? b : a;
        }
    }
    return twice == 0 ||
           mlt_err_set(err, MLT_ERR_EVIDENCE,
                       "%llu rows have the id of another row: row %llu has that of row %llu; an id "
                       "must tell rows apart",
                       (unsigned long long)twice, (unsigned long long)first + 1,
                       (unsigned long long)second + 1);
}

static bool measure_subsets(struct mlt_evaluation *e, const struct mlt_subsets *subsets,
                            const struct mlt_evaluation_sink *sink, struct mlt_arena *arena,
                            struct mlt_err *err)
{
    struct measuring m = {.e = e, .subsets = subsets};
    size_t tasks = subsets->count * e->spec->metric_count;
    unsigned threads = e->spec->threads > 0 ? e->spec->threads : e->spec->workers;
    m.result = mlt_arena_calloc(arena, tasks, sizeof *m.result);
    struct measurer *measurers = mlt_arena_calloc(arena, threads, sizeof *measurers);
    if (m.result == NULL || measurers == NULL)
        return mlt_err_oom(err);
    for (size_t i = 0; i < tasks; i++)
        m.result[i] = mlt_measurement_none();
    if (!check_keys(e, arena, err) ||
        !make_ids(&m, MLT_FIELD_CLUSTER, &m.cluster, &m.clusters, arena, err) ||
        !make_ids(&m, MLT_FIELD_QUERY, &m.query, &m.queries, arena, err))
        return false;
    for (unsigned i = 0; i < threads; i++)
        measurers[i] =
            (struct measurer){.shared = &m, .arena = MLT_ARENA_INIT, .err = MLT_ERR_INIT};
    bool ok = measure_all(measurers, threads, err) && send_all(&m, sink, err);
    for (unsigned i = 0; i < threads; i++)
        mlt_arena_free(&measurers[i].arena);
    return ok;
}

bool mlt_evaluation_measure(struct mlt_evaluation *e, const struct mlt_evaluation_sink *sink,
                            struct mlt_err *err)
{
    struct mlt_subsets subsets;
    if (!mlt_evaluation_gather(e, err))
        return false;
    if (e->gathered.columns.rows > UINT32_MAX)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "more than 2^32 rows must be kept for these metrics");
    if (!mlt_subsets_make(e, &subsets, err))
        return false;
    struct mlt_arena arena = MLT_ARENA_INIT;
    bool ok = measure_subsets(e, &subsets, sink, &arena, err);
    mlt_arena_free(&arena);
    mlt_subsets_free(&subsets);
    return ok;
}

bool mlt_evaluation_digest(struct mlt_evaluation *e, uint64_t *out, struct mlt_err *err)
{
    static const size_t fields[] = {MLT_FIELD_LABEL, MLT_FIELD_CANDIDATE, MLT_FIELD_BASELINE,
                                    MLT_FIELD_WEIGHT, MLT_FIELD_KEY};
    if (!mlt_evaluation_gather(e, err))
        return false;
    const struct mlt_columns *columns = &e->gathered.columns;
    *out = 0;
    for (size_t i = 0; i < columns->rows; i++) {
        uint64_t row = 0;
        for (size_t f = 0; f < sizeof fields / sizeof fields[0]; f++) {
            const size_t bytes = columns->row_bytes[fields[f]];
            const char *values = mlt_columns_field(columns, fields[f]);
            if (values != NULL)
                row = mlt_siphash(values + i * bytes, bytes, row, fields[f]);
        }
        *out += row;
    }
    return true;
}

/* Of all groups of a worker's first slice, or of all rows where there is none. */
static struct mlt_group_counts count_groups(const struct mlt_evaluation *e,
                                            const struct mlt_worker *worker)
{
    struct mlt_group_counts out = {.first_ordinal = UINT64_MAX};
    const struct mlt_group_set *set =
        worker != &e->gathered && e->spec->slice_count > 0 ? &worker->slices[0] : &worker->all;
    for (size_t g = 0; g < set->count; g++)
        mlt_group_counts_merge(&out, &set->counts[g]);
    return out;
}

static void add_counts(struct mlt_evaluation_counts *into, const struct mlt_group_counts *from)
{
    into->paired += from->state[MLT_ROW_PAIRED];
    into->left_out += from->state[MLT_ROW_LEFT_OUT];
    into->candidate_missing += from->state[MLT_ROW_CANDIDATE_MISSING];
    into->baseline_missing += from->state[MLT_ROW_BASELINE_MISSING];
}

struct mlt_evaluation_counts mlt_evaluation_worker_counts(const struct mlt_evaluation *e,
                                                          unsigned worker, uint64_t *out_first)
{
    struct mlt_evaluation_counts out = {0};
    const struct mlt_group_counts counts = count_groups(e, &e->workers[worker]);
    add_counts(&out, &counts);
    *out_first = counts.first_ordinal;
    return out;
}

struct mlt_evaluation_counts mlt_evaluation_counts(struct mlt_evaluation *e)
{
    struct mlt_evaluation_counts out = {0};
    size_t workers = e->is_gathered ? 1 : e->spec->workers;
    for (size_t w = 0; w < workers; w++) {
        const struct mlt_group_counts counts =
            count_groups(e, e->is_gathered ? &e->gathered : &e->workers[w]);
        add_counts(&out, &counts);
    }
    return out;
}
