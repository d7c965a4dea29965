#include <stdlib.h>
#include <string.h>

#include "harness/base/siphash.h"
#include "harness/evaluate/worker.h"

/* The rows of a chunk that are paired, side by side, and the group of every row in each slice. */
struct chunk {
    size_t n, paired;
    uint64_t first_ordinal;
    const uint8_t *state; /* NULL: all are paired */
    double *label, *candidate, *baseline, *weight;
    uint64_t *cluster, *query, *key, *ordinal;
    uint32_t *group;        /* [slice_count][n] of all rows */
    uint32_t *paired_group; /* [slice_count][n] of the paired rows */
    void *means;            /* work space of the sums */
};

/* Carves an array out of the worker's scratch; measuring only, while `base` is NULL. */
static void *carve(char *base, size_t *at, size_t bytes)
{
    void *out = base == NULL ? NULL : base + *at;
    *at += (bytes + 63) & ~(size_t)63;
    return out;
}

static size_t lay_out(const struct mlt_evaluation *e, char *base, struct chunk *out)
{
    const struct mlt_evaluation_spec *spec = e->spec;
    const size_t n = MLT_CHUNK_ROWS, scores = n * spec->width * sizeof(double);
    size_t at = 0;
    out->label = carve(base, &at, n * sizeof(double));
    out->candidate = carve(base, &at, scores);
    out->baseline = carve(base, &at, scores);
    out->weight = carve(base, &at, n * sizeof(double));
    out->cluster = carve(base, &at, n * sizeof(uint64_t));
    out->query = carve(base, &at, n * sizeof(uint64_t));
    out->key = carve(base, &at, n * sizeof(uint64_t));
    out->ordinal = carve(base, &at, n * sizeof(uint64_t));
    out->group = carve(base, &at, spec->slice_count * n * sizeof(uint32_t));
    out->paired_group = carve(base, &at, spec->slice_count * n * sizeof(uint32_t));
    out->means = carve(base, &at, mlt_means_work_bytes(e->plan, n));
    return at;
}

static bool is_paired(const struct chunk *chunk, size_t i)
{
    return chunk->state == NULL || chunk->state[i] == MLT_ROW_PAIRED;
}

/* The values of the paired rows, `width` of them each: copied into `room`, or as they are when all
 * are paired. */
static double *take_doubles(const struct chunk *chunk, const double *from, size_t width,
                            double *room)
{
    if (from == NULL || chunk->state == NULL)
        return (double *)(uintptr_t)from;
    for (size_t i = 0, k = 0; i < chunk->n; i++)
        if (is_paired(chunk, i))
            memcpy(room + width * k++, from + width * i, width * sizeof *room);
    return room;
}

static void take_keys(const struct chunk *chunk, const uint64_t *from, uint64_t *out)
{
    for (size_t i = 0, k = 0; from != NULL && i < chunk->n; i++)
        if (is_paired(chunk, i))
            out[k++] = from[i];
}

/* Without keys of their own, rows are drawn by their place. */
static void take_ordinals(const struct chunk *chunk, bool as_keys)
{
    for (size_t i = 0, k = 0; i < chunk->n; i++) {
        if (!is_paired(chunk, i))
            continue;
        uint64_t ordinal = chunk->first_ordinal + i;
        if (as_keys)
            chunk->key[k] = mlt_siphash(&ordinal, sizeof ordinal, 0, 0);
        chunk->ordinal[k++] = ordinal;
    }
}

static void take_rows(const struct mlt_evaluation *e, const struct mlt_columns *columns,
                      const struct mlt_evaluation_block *block, size_t first, struct chunk *chunk)
{
    const size_t width = e->spec->width;
    const double *baseline = e->spec->has_baseline ? block->baseline + first * width : NULL;
    const double *weight = block->weight == NULL ? NULL : block->weight + first;
    chunk->label = take_doubles(chunk, block->label + first, 1, chunk->label);
    chunk->candidate =
        take_doubles(chunk, block->candidate + first * width, width, chunk->candidate);
    chunk->baseline = take_doubles(chunk, baseline, width, chunk->baseline);
    chunk->weight = take_doubles(chunk, weight, 1, chunk->weight);
    take_keys(chunk, block->cluster == NULL ? NULL : block->cluster + first, chunk->cluster);
    take_keys(chunk, block->query == NULL ? NULL : block->query + first, chunk->query);
    take_keys(chunk, block->key == NULL ? NULL : block->key + first, chunk->key);
    if (e->keeps_columns)
        take_ordinals(chunk, block->key == NULL && columns->row_bytes[MLT_FIELD_KEY] > 0);
}

static bool same_tuple(const uint32_t *a, const uint32_t *b, size_t count)
{
    return memcmp(a, b, count * sizeof *a) == 0;
}

/* The place of a tuple, or the free one where it belongs. */
static size_t find_place(const struct mlt_group_set *set, const uint32_t *tuple, size_t count)
{
    size_t place = (size_t)mlt_siphash(tuple, count * sizeof *tuple, 0, 0) & (set->place_count - 1);
    while (set->places[place] != 0 &&
           !same_tuple(&set->tuples[(set->places[place] - 1) * count], tuple, count))
        place = (place + 1) & (set->place_count - 1);
    return place;
}

static bool grow_places(struct mlt_group_set *set, size_t count, struct mlt_err *err)
{
    size_t place_count = set->place_count == 0 ? 64 : set->place_count * 2;
    uint32_t *tuples = realloc(set->tuples, place_count / 2 * count * sizeof *tuples);
    uint32_t *places = calloc(place_count, sizeof *places);
    if (tuples != NULL)
        set->tuples = tuples;
    if (tuples == NULL || places == NULL) {
        free(places);
        return mlt_err_oom(err);
    }
    free(set->places);
    set->places = places;
    set->place_count = place_count;
    for (size_t g = 0; g < set->count; g++)
        set->places[find_place(set, &set->tuples[g * count], count)] = (uint32_t)g + 1;
    return true;
}

/* The group of a combination of values, found or made. */
static bool group_of_tuple(const struct mlt_evaluation *e, struct mlt_group_set *set,
                           const uint32_t *tuple, size_t count, uint32_t *out, struct mlt_err *err)
{
    if (set->count * 2 >= set->place_count && !grow_places(set, count, err))
        return false;
    size_t place = find_place(set, tuple, count);
    if (set->places[place] == 0) {
        memcpy(&set->tuples[set->count * count], tuple, count * sizeof *tuple);
        set->places[place] = (uint32_t)set->count + 1;
        if (!mlt_group_set_grow(set, set->count + 1, e->state_bytes, err))
            return false;
    }
    *out = set->places[place] - 1;
    return true;
}

static bool group_single(const struct mlt_evaluation *e, struct mlt_group_set *set,
                         const uint32_t *value, struct chunk *chunk, uint32_t *out,
                         struct mlt_err *err)
{
    uint32_t largest = 0;
    for (size_t i = 0; i < chunk->n; i++) {
        out[i] = value[i] + 1; /* a missing value is group 0 */
        largest = out[i] > largest ? out[i] : largest;
    }
    return mlt_group_set_grow(set, (size_t)largest + 1, e->state_bytes, err);
}

static bool group_tuples(const struct mlt_evaluation *e, const struct mlt_slice_spec *slice,
                         struct mlt_group_set *set, const struct mlt_evaluation_block *block,
                         size_t first, struct chunk *chunk, uint32_t *out, struct mlt_err *err)
{
    uint32_t tuple[MLT_SLICE_MAX_COLUMNS];
    for (size_t i = 0; i < chunk->n; i++) {
        for (size_t c = 0; c < slice->column_count; c++)
            tuple[c] = block->value[slice->column[c]][first + i] + 1;
        if (!group_of_tuple(e, set, tuple, slice->column_count, &out[i], err))
            return false;
    }
    return true;
}

static void count_states(struct mlt_group_set *set, const struct chunk *chunk,
                         const uint32_t *group)
{
    for (size_t i = 0; i < chunk->n; i++) {
        struct mlt_group_counts *counts = &set->counts[group == NULL ? 0 : group[i]];
        if (chunk->first_ordinal + i < counts->first_ordinal)
            counts->first_ordinal = chunk->first_ordinal + i;
        counts->state[chunk->state == NULL ? MLT_ROW_PAIRED : chunk->state[i]]++;
    }
}

static bool find_groups(const struct mlt_evaluation *e, struct mlt_worker *worker,
                        const struct mlt_evaluation_block *block, size_t first, struct chunk *chunk,
                        struct mlt_err *err)
{
    for (size_t s = 0; s < e->spec->slice_count; s++) {
        const struct mlt_slice_spec *slice = &e->spec->slices[s];
        uint32_t *group = chunk->group + s * MLT_CHUNK_ROWS;
        uint32_t *paired = chunk->paired_group + s * MLT_CHUNK_ROWS;
        struct mlt_group_set *set = &worker->slices[s];
        bool ok =
            slice->column_count == 1
                ? group_single(e, set, block->value[slice->column[0]] + first, chunk, group, err)
                : group_tuples(e, slice, set, block, first, chunk, group, err);
        if (!ok)
            return false;
        if (set->count > MLT_MAX_GROUPS)
            return mlt_err_set(
                err, MLT_ERR_USAGE,
                "slices by '%s': more than %d different values: it looks like an id, "
                "not like a property of rows",
                mlt_slice_label(e, s), (int)MLT_MAX_GROUPS);
        count_states(set, chunk, group);
        for (size_t i = 0, k = 0; i < chunk->n; i++)
            if (is_paired(chunk, i))
                paired[k++] = group[i];
    }
    if (e->spec->slice_count == 0)
        count_states(&worker->all, chunk, NULL);
    return true;
}

static void add_sums(const struct mlt_evaluation *e, struct mlt_worker *worker, struct chunk *chunk)
{
    const struct mlt_means_block block = {chunk->paired, chunk->label, chunk->candidate,
                                          chunk->baseline, chunk->weight};
    mlt_means_fill(e->plan, &block, chunk->means);
    for (size_t s = 0; s < e->spec->slice_count; s++)
        mlt_means_add(e->plan, &block, chunk->means, chunk->paired_group + s * MLT_CHUNK_ROWS,
                      mlt_group_state(e, &worker->slices[s], 0));
    if (e->spec->slice_count == 0)
        mlt_means_add(e->plan, &block, chunk->means, NULL, mlt_group_state(e, &worker->all, 0));
}

static bool keep_rows(const struct mlt_evaluation *e, struct mlt_worker *worker,
                      const struct chunk *chunk, struct mlt_err *err)
{
    const void *from[MLT_MAX_FIELDS] = {
        [MLT_FIELD_LABEL] = chunk->label,       [MLT_FIELD_CANDIDATE] = chunk->candidate,
        [MLT_FIELD_BASELINE] = chunk->baseline, [MLT_FIELD_WEIGHT] = chunk->weight,
        [MLT_FIELD_CLUSTER] = chunk->cluster,   [MLT_FIELD_QUERY] = chunk->query,
        [MLT_FIELD_KEY] = chunk->key,           [MLT_FIELD_ORDINAL] = chunk->ordinal,
    };
    for (size_t s = 0; s < e->spec->slice_count; s++)
        from[MLT_FIELD_GROUP + s] = chunk->paired_group + s * MLT_CHUNK_ROWS;
    return mlt_columns_append(&worker->columns, from, chunk->paired, err);
}

static bool add_chunk(struct mlt_evaluation *e, struct mlt_worker *worker,
                      const struct mlt_evaluation_block *block, size_t first, size_t n,
                      struct mlt_err *err)
{
    struct chunk chunk = {.n = n, .first_ordinal = block->first_ordinal + first};
    lay_out(e, worker->work, &chunk);
    chunk.state = block->state == NULL ? NULL : block->state + first;
    for (size_t i = 0; i < n; i++)
        chunk.paired += is_paired(&chunk, i);
    if (!find_groups(e, worker, block, first, &chunk, err))
        return false;
    if (chunk.paired == 0)
        return true;
    take_rows(e, &worker->columns, block, first, &chunk);
    add_sums(e, worker, &chunk);
    return !e->keeps_columns || keep_rows(e, worker, &chunk, err);
}

bool mlt_evaluation_add(struct mlt_evaluation *e, unsigned number,
                        const struct mlt_evaluation_block *block, struct mlt_err *err)
{
    struct mlt_worker *worker = &e->workers[number];
    if (worker->work == NULL) {
        struct chunk chunk;
        worker->work = aligned_alloc(64, lay_out(e, NULL, &chunk) + 64);
        if (worker->work == NULL)
            return mlt_err_oom(err);
    }
    for (size_t first = 0; first < block->n; first += MLT_CHUNK_ROWS) {
        size_t n = block->n - first < MLT_CHUNK_ROWS ? block->n - first : MLT_CHUNK_ROWS;
        if (!add_chunk(e, worker, block, first, n, err))
            return false;
    }
    return true;
}
