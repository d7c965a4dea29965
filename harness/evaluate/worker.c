#include "harness/evaluate/worker.h"

#include <stdlib.h>
#include <string.h>

bool mlt_group_set_grow(struct mlt_group_set *set, size_t count, size_t state_bytes,
                        struct mlt_err *err)
{
    if (count <= set->count)
        return true;
    if (count > set->capacity) {
        size_t capacity = set->capacity < 16 ? 16 : set->capacity;
        while (capacity < count)
            capacity *= 2;
        void *counts = realloc(set->counts, capacity * sizeof *set->counts);
        if (counts != NULL)
            set->counts = counts;
        void *states = realloc(set->states, capacity * state_bytes);
        if (states != NULL)
            set->states = states;
        if (counts == NULL || states == NULL)
            return mlt_err_oom(err);
        set->capacity = capacity;
    }
    memset(set->states + set->count * state_bytes, 0, (count - set->count) * state_bytes);
    for (; set->count < count; set->count++)
        set->counts[set->count] = (struct mlt_group_counts){.first_ordinal = UINT64_MAX};
    return true;
}

void mlt_group_set_free(struct mlt_group_set *set)
{
    free(set->counts);
    free(set->states);
    free(set->tuples);
    free(set->places);
    *set = (struct mlt_group_set){0};
}

void mlt_group_counts_merge(struct mlt_group_counts *into, const struct mlt_group_counts *from)
{
    if (from->first_ordinal < into->first_ordinal)
        into->first_ordinal = from->first_ordinal;
    for (size_t s = 0; s < 4; s++)
        into->state[s] += from->state[s];
}

bool mlt_worker_init(struct mlt_evaluation *e, struct mlt_worker *worker, struct mlt_err *err)
{
    const struct mlt_evaluation_spec *spec = e->spec;
    *worker = (struct mlt_worker){.names = MLT_ARENA_INIT};
    mlt_columns_init(&worker->columns, spec, &e->store);
    worker->slices = mlt_arena_calloc(&worker->names, spec->slice_count, sizeof *worker->slices);
    worker->value = mlt_arena_calloc(&worker->names, spec->column_count, sizeof *worker->value);
    worker->value_count =
        mlt_arena_calloc(&worker->names, spec->column_count, sizeof *worker->value_count);
    if (worker->slices == NULL || worker->value == NULL || worker->value_count == NULL)
        return mlt_err_oom(err);
    return mlt_group_set_grow(&worker->all, 1, e->state_bytes, err);
}

void mlt_worker_free(struct mlt_evaluation *e, struct mlt_worker *worker)
{
    for (size_t s = 0; worker->slices != NULL && s < e->spec->slice_count; s++)
        mlt_group_set_free(&worker->slices[s]);
    mlt_group_set_free(&worker->all);
    mlt_columns_free(&worker->columns);
    mlt_arena_free(&worker->names);
    free(worker->work);
    *worker = (struct mlt_worker){.names = MLT_ARENA_INIT};
}
