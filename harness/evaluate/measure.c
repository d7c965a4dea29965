#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/siphash.h"
#include "harness/evaluate/keys.h"
#include "harness/evaluate/subset.h"
#include "harness/evaluate/unpack.h"

/* All rows, unpacked once for all the tasks that want them, and freed by the last one. */
struct shared_rows {
    pthread_mutex_t lock;
    struct mlt_unpacked unpacked;
    size_t wanted; /* tasks that are not done with them yet */
};

/* Everything to measure: one task per subset and metric, taken by whichever thread is free. */
struct measuring {
    struct mlt_evaluation *e;
    const struct mlt_subsets *subsets;
    struct mlt_row_ids ids;
    struct mlt_key_maps maps;
    struct shared_rows whole;
    struct mlt_measurement *result; /* [subsets * metrics] */
    _Atomic size_t next;
    _Atomic bool failed;
};

static bool from_sums(const struct mlt_evaluation *e, const struct mlt_metric *metric)
{
    return metric->ops->kind == MLT_METRIC_OF_MEANS && !e->spec->clustered;
}

static bool from_keys(const struct measuring *m, const struct mlt_metric *metric)
{
    return metric->ops->of_keys != NULL && m->maps.usable;
}

static bool measure_keys(const struct measuring *m, const struct mlt_subset *subset,
                         const struct mlt_metric *metric, struct mlt_measurement *out,
                         struct mlt_err *err)
{
    struct mlt_keyed keyed;
    mlt_means_counts(m->e->plan, subset->sums, out);
    bool ok = mlt_rows_key(m->e, &m->maps, &subset->kept, &keyed, err) &&
              mlt_metric_measure_keys(metric, &keyed.rows, out, err);
    mlt_keyed_free(&keyed);
    return ok;
}

/* Rows of all metrics that are measured from unpacked rows. */
static size_t count_unpacking(const struct measuring *m)
{
    size_t count = 0;
    for (size_t i = 0; i < m->e->spec->metric_count; i++)
        count +=
            !from_sums(m->e, &m->e->spec->metrics[i]) && !from_keys(m, &m->e->spec->metrics[i]);
    return count;
}

static bool borrow_whole(struct measuring *m, struct mlt_unpacked *out, struct mlt_err *err)
{
    bool ok = true;
    pthread_mutex_lock(&m->whole.lock);
    if (m->whole.unpacked.memory == NULL)
        ok = mlt_rows_unpack(m->e, &m->ids, &m->subsets->items[0].kept, &m->whole.unpacked, err);
    *out = m->whole.unpacked;
    pthread_mutex_unlock(&m->whole.lock);
    return ok;
}

static void return_whole(struct measuring *m)
{
    pthread_mutex_lock(&m->whole.lock);
    if (--m->whole.wanted == 0)
        mlt_unpacked_free(&m->whole.unpacked);
    pthread_mutex_unlock(&m->whole.lock);
}

static bool measure_unpacked(struct measuring *m, const struct mlt_subset *subset,
                             const struct mlt_metric *metric, struct mlt_arena *arena,
                             struct mlt_measurement *out, struct mlt_err *err)
{
    struct mlt_unpacked unpacked;
    bool whole = subset == &m->subsets->items[0];
    bool ok = whole ? borrow_whole(m, &unpacked, err)
                    : mlt_rows_unpack(m->e, &m->ids, &subset->kept, &unpacked, err);
    if (!ok)
        return false;
    ok = mlt_metric_measure(metric, &unpacked.rows, arena, out, err);
    if (whole)
        return_whole(m);
    else
        mlt_unpacked_free(&unpacked);
    return ok;
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
    bool ok = from_keys(m, metric) ? measure_keys(m, subset, metric, out, err)
                                   : measure_unpacked(m, subset, metric, arena, out, err);
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

/* A field of keys, of all rows. To be freed. */
static uint64_t *read_words(const struct mlt_evaluation *e, size_t field, struct mlt_err *err)
{
    const struct mlt_columns *columns = &e->gathered.columns;
    const struct mlt_selection all = {.rows = columns->rows};
    uint64_t *words = malloc((columns->rows + 1) * sizeof *words);
    if (words == NULL)
        (void)mlt_err_oom(err);
    else
        mlt_columns_read(columns, field, &all, words);
    return words;
}

static bool make_ids(const struct mlt_evaluation *e, size_t field, uint32_t **id, uint32_t *count,
                     struct mlt_arena *arena, struct mlt_err *err)
{
    const struct mlt_columns *columns = &e->gathered.columns;
    if (columns->row_bytes[field] == 0)
        return true;
    *id = mlt_arena_calloc(arena, columns->rows, sizeof **id);
    if (*id == NULL)
        return mlt_err_oom(err);
    uint64_t *key = read_words(e, field, err);
    bool ok = key != NULL && mlt_keys_dense(key, columns->rows, *id, count, err);
    free(key);
    return ok;
}

/* Two rows with one id would be drawn as one, and were perhaps meant as one. */
static bool check_order(const struct mlt_evaluation *e, const uint64_t *key, const uint32_t *order,
                        struct mlt_err *err)
{
    const struct mlt_columns *columns = &e->gathered.columns;
    uint64_t twice = 0, first = UINT64_MAX, second = 0;
    for (size_t i = 1; i < columns->rows; i++) {
        if (key[order[i]] != key[order[i - 1]])
            continue;
        uint64_t a = mlt_columns_word(columns, MLT_FIELD_ORDINAL, order[i - 1]);
        uint64_t b = mlt_columns_word(columns, MLT_FIELD_ORDINAL, order[i]);
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

static bool check_keys(const struct mlt_evaluation *e, struct mlt_err *err)
{
    const size_t rows = e->gathered.columns.rows;
    if (!e->spec->has_keys)
        return true;
    uint64_t *key = read_words(e, MLT_FIELD_KEY, err);
    uint32_t *order = malloc((rows + 1) * sizeof *order);
    bool ok = key != NULL && (order != NULL || mlt_err_oom(err)) &&
              mlt_keys_order(key, rows, order, err) && check_order(e, key, order, err);
    free(key);
    free(order);
    return ok;
}

static bool measure_subsets(struct mlt_evaluation *e, const struct mlt_subsets *subsets,
                            const struct mlt_evaluation_sink *sink, struct mlt_arena *arena,
                            struct mlt_err *err)
{
    struct measuring m = {.e = e, .subsets = subsets, .maps = mlt_key_maps_find(e)};
    size_t tasks = subsets->count * e->spec->metric_count;
    unsigned threads = e->spec->threads > 0 ? e->spec->threads : e->spec->workers;
    m.result = mlt_arena_calloc(arena, tasks, sizeof *m.result);
    struct measurer *measurers = mlt_arena_calloc(arena, threads, sizeof *measurers);
    if (m.result == NULL || measurers == NULL)
        return mlt_err_oom(err);
    for (size_t i = 0; i < tasks; i++)
        m.result[i] = mlt_measurement_none();
    if (!check_keys(e, err) ||
        !make_ids(e, MLT_FIELD_CLUSTER, &m.ids.cluster, &m.ids.clusters, arena, err) ||
        !make_ids(e, MLT_FIELD_QUERY, &m.ids.query, &m.ids.queries, arena, err))
        return false;
    m.whole.wanted = count_unpacking(&m);
    pthread_mutex_init(&m.whole.lock, NULL);
    for (unsigned i = 0; i < threads; i++)
        measurers[i] =
            (struct measurer){.shared = &m, .arena = MLT_ARENA_INIT, .err = MLT_ERR_INIT};
    bool ok = measure_all(measurers, threads, err) && send_all(&m, sink, err);
    for (unsigned i = 0; i < threads; i++)
        mlt_arena_free(&measurers[i].arena);
    mlt_unpacked_free(&m.whole.unpacked);
    pthread_mutex_destroy(&m.whole.lock);
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

/* Of the rows of one segment; `values` is room for a field of them, `digest` for a number each. */
static uint64_t digest_segment(const struct mlt_columns *columns, const struct mlt_segment *segment,
                               char *values, uint64_t *digest)
{
    static const size_t fields[] = {MLT_FIELD_LABEL, MLT_FIELD_CANDIDATE, MLT_FIELD_BASELINE,
                                    MLT_FIELD_WEIGHT, MLT_FIELD_KEY};
    uint64_t sum = 0;
    memset(digest, 0, segment->rows * sizeof *digest);
    for (size_t f = 0; f < sizeof fields / sizeof fields[0]; f++) {
        const size_t bytes = columns->row_bytes[fields[f]];
        if (bytes == 0)
            continue;
        mlt_segment_read(columns, segment, fields[f], values);
        for (size_t i = 0; i < segment->rows; i++)
            digest[i] = mlt_siphash(values + i * bytes, bytes, digest[i], fields[f]);
    }
    for (size_t i = 0; i < segment->rows; i++)
        sum += digest[i];
    return sum;
}

bool mlt_evaluation_digest(struct mlt_evaluation *e, uint64_t *out, struct mlt_err *err)
{
    if (!mlt_evaluation_gather(e, err))
        return false;
    const struct mlt_columns *columns = &e->gathered.columns;
    size_t bytes = (e->spec->width + 1) * sizeof(double);
    char *values = malloc(columns->segment_rows * bytes);
    uint64_t *digest = malloc(columns->segment_rows * sizeof *digest);
    bool ok = values != NULL && digest != NULL;
    *out = 0;
    for (size_t i = 0; ok && i < columns->segment_count; i++)
        *out += digest_segment(columns, &columns->segments[i], values, digest);
    free(values);
    free(digest);
    return ok ? true : mlt_err_oom(err);
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
