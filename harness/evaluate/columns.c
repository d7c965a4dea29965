#include "harness/evaluate/columns.h"

#include <stdlib.h>
#include <string.h>

/* The bootstrap draws by key; elsewhere keys are kept only to find two rows with the same one. */
static bool wants_keys(const struct mlt_evaluation_spec *spec)
{
    for (size_t i = 0; i < spec->metric_count && !spec->estimates_only; i++)
        if (spec->metrics[i].ops->method == MLT_INTERVAL_BOOTSTRAP)
            return true;
    return spec->has_keys;
}

void mlt_columns_init(struct mlt_columns *columns, const struct mlt_evaluation_spec *spec,
                      struct mlt_store *store)
{
    memset(columns, 0, sizeof *columns);
    columns->store = store;
    columns->field_count = MLT_FIELD_GROUP + spec->slice_count;
    size_t *bytes = columns->row_bytes;
    bytes[MLT_FIELD_LABEL] = sizeof(double);
    bytes[MLT_FIELD_CANDIDATE] = spec->width * sizeof(double);
    bytes[MLT_FIELD_BASELINE] = spec->has_baseline ? spec->width * sizeof(double) : 0;
    bytes[MLT_FIELD_WEIGHT] = spec->weighting != MLT_WEIGHT_NONE ? sizeof(double) : 0;
    bytes[MLT_FIELD_CLUSTER] = spec->clustered ? sizeof(uint64_t) : 0;
    bytes[MLT_FIELD_QUERY] = spec->task == MLT_TASK_RANKING ? sizeof(uint64_t) : 0;
    bytes[MLT_FIELD_KEY] = wants_keys(spec) ? sizeof(uint64_t) : 0;
    bytes[MLT_FIELD_ORDINAL] = spec->has_keys ? sizeof(uint64_t) : 0;
    for (size_t s = 0; s < spec->slice_count; s++)
        bytes[MLT_FIELD_GROUP + s] = sizeof(uint32_t);
}

void mlt_columns_free(struct mlt_columns *columns)
{
    for (size_t f = 0; f < columns->field_count; f++)
        mlt_region_free(columns->store, &columns->field[f]);
    columns->rows = columns->capacity = 0;
}

bool mlt_columns_reserve(struct mlt_columns *columns, size_t extra, struct mlt_err *err)
{
    if (columns->capacity - columns->rows >= extra)
        return true;
    size_t capacity = columns->capacity < 65536 ? 65536 : columns->capacity;
    while (capacity - columns->rows < extra)
        capacity += capacity / 2;
    for (size_t f = 0; f < columns->field_count; f++) {
        if (columns->row_bytes[f] == 0)
            continue;
        struct mlt_region larger;
        if (!mlt_region_alloc(columns->store, capacity * columns->row_bytes[f], &larger, err))
            return false;
        if (columns->rows > 0)
            memcpy(larger.data, columns->field[f].data, columns->rows * columns->row_bytes[f]);
        mlt_region_free(columns->store, &columns->field[f]);
        columns->field[f] = larger;
    }
    columns->capacity = capacity;
    return true;
}

void mlt_columns_put(struct mlt_columns *columns, size_t field, const void *from, size_t count)
{
    size_t bytes = columns->row_bytes[field];
    if (bytes == 0 || count == 0)
        return;
    char *to = (char *)columns->field[field].data + columns->rows * bytes;
    if (from != NULL)
        memcpy(to, from, count * bytes);
    else
        memset(to, 0, count * bytes);
}

static void rename_groups(uint32_t *id, size_t rows, const uint32_t *rename)
{
    for (size_t i = 0; i < rows; i++)
        id[i] = rename[id[i]];
}

/* One field of all sources. */
static bool gather_field(struct mlt_columns *into, struct mlt_columns *const *from, size_t count,
                         size_t field, uint32_t *const *const *rename, struct mlt_err *err)
{
    const size_t bytes = into->row_bytes[field];
    bool is_group = field >= MLT_FIELD_GROUP;
    /* A single source gives its memory away. */
    if (count == 1) {
        into->field[field] = from[0]->field[field];
        from[0]->field[field] = (struct mlt_region){NULL, 0, false};
        if (is_group && from[0]->rows > 0)
            rename_groups(into->field[field].data, from[0]->rows,
                          rename[0][field - MLT_FIELD_GROUP]);
        return true;
    }
    if (!mlt_region_alloc(into->store, into->capacity * bytes, &into->field[field], err))
        return false;
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        const size_t rows = from[i]->rows;
        if (rows > 0) { /* else there may be no memory at all */
            char *to = (char *)into->field[field].data + at * bytes;
            memcpy(to, from[i]->field[field].data, rows * bytes);
            if (is_group)
                rename_groups((uint32_t *)(void *)to, rows, rename[i][field - MLT_FIELD_GROUP]);
        }
        mlt_region_free(from[i]->store, &from[i]->field[field]);
        at += rows;
    }
    return true;
}

bool mlt_columns_gather(struct mlt_columns *into, struct mlt_columns *const *from, size_t count,
                        uint32_t *const *const *rename, struct mlt_err *err)
{
    bool ok = true;
    for (size_t i = 0; i < count; i++)
        into->capacity += from[i]->rows;
    for (size_t f = 0; ok && f < into->field_count; f++)
        if (into->row_bytes[f] > 0)
            ok = gather_field(into, from, count, f, rename, err);
    into->rows = into->capacity;
    for (size_t i = 0; i < count; i++)
        mlt_columns_free(from[i]);
    return ok;
}

enum { DIGIT_BITS = 11, DIGITS = 6, BUCKETS = 1 << DIGIT_BITS };

static size_t digit_of(uint64_t key, int digit)
{
    return (size_t)(key >> (digit * DIGIT_BITS)) & (BUCKETS - 1);
}

/* One stable pass of a radix sort by a digit of the keys. */
static void sort_pass(const uint64_t *key, size_t n, int digit, size_t *start, const uint32_t *from,
                      uint32_t *to)
{
    memset(start, 0, BUCKETS * sizeof *start);
    for (size_t i = 0; i < n; i++)
        start[digit_of(key[i], digit)]++;
    size_t at = 0;
    for (size_t b = 0; b < BUCKETS; b++) {
        size_t count = start[b];
        start[b] = at;
        at += count;
    }
    for (size_t i = 0; i < n; i++)
        to[start[digit_of(key[from[i]], digit)]++] = from[i];
}

bool mlt_keys_order(const uint64_t *key, size_t n, uint32_t *order, struct mlt_err *err)
{
    uint32_t *other = malloc((n + 1) * sizeof *other);
    size_t *start = malloc(BUCKETS * sizeof *start);
    if (other == NULL || start == NULL) {
        free(other);
        free(start);
        return mlt_err_oom(err);
    }
    for (size_t i = 0; i < n; i++)
        order[i] = (uint32_t)i;
    /* An even number of passes ends where it began. */
    for (int digit = 0; digit < DIGITS; digit += 2) {
        sort_pass(key, n, digit, start, order, other);
        sort_pass(key, n, digit + 1, start, other, order);
    }
    free(other);
    free(start);
    return true;
}

bool mlt_keys_dense(const uint64_t *key, size_t n, uint32_t *id, uint32_t *count,
                    struct mlt_err *err)
{
    uint32_t *order = malloc((n + 1) * sizeof *order);
    *count = 0;
    if (order == NULL)
        return mlt_err_oom(err);
    bool ok = mlt_keys_order(key, n, order, err);
    for (size_t i = 0; ok && i < n; i++) {
        *count += i == 0 || key[order[i]] != key[order[i - 1]];
        id[order[i]] = *count - 1;
    }
    free(order);
    return ok;
}
