#include <stdlib.h>
#include <string.h>

#include "harness/domain/slice.h"
#include "harness/evaluate/worker.h"

bool mlt_evaluation_name(struct mlt_evaluation *e, unsigned number, size_t column,
                         const char *const *values, size_t count, struct mlt_err *err)
{
    struct mlt_worker *worker = &e->workers[number];
    const char **copy = mlt_arena_calloc(&worker->names, count + 1, sizeof *copy);
    if (copy == NULL)
        return mlt_err_oom(err);
    copy[0] = "(missing)";
    for (size_t i = 0; i < count; i++) {
        copy[i + 1] = mlt_arena_strdup(&worker->names, values[i]);
        if (copy[i + 1] == NULL)
            return mlt_err_oom(err);
    }
    worker->value[column] = copy;
    worker->value_count[column] = count + 1;
    return true;
}

static const char *value_of(const struct mlt_worker *worker, size_t column, uint32_t id)
{
    return id < worker->value_count[column] ? worker->value[column][id] : NULL;
}

/* Gives every group of a worker's slice its name. A part that was read back has them already. */
static bool name_groups(const struct mlt_evaluation *e, struct mlt_worker *worker, size_t s,
                        struct mlt_err *err)
{
    struct mlt_group_set *set = &worker->slices[s];
    const struct mlt_slice_spec *slice = &e->spec->slices[s];
    if (set->name != NULL)
        return true;
    set->name = mlt_arena_calloc(&worker->names, set->count, sizeof *set->name);
    if (set->name == NULL)
        return mlt_err_oom(err);
    for (size_t g = 0; g < set->count; g++) {
        const char *part[MLT_SLICE_MAX_COLUMNS];
        bool known = true;
        for (size_t c = 0; c < slice->column_count; c++) {
            uint32_t id =
                slice->column_count == 1 ? (uint32_t)g : set->tuples[g * slice->column_count + c];
            part[c] = value_of(worker, slice->column[c], id);
            known = known && part[c] != NULL;
        }
        /* Ids are dense, but not every one of them need have come with a row. */
        if (!known && set->counts[g].first_ordinal != UINT64_MAX)
            return mlt_err_set(err, MLT_ERR_INFRA, "a value of slice '%s' has no name",
                               mlt_slice_label(e, s));
        set->name[g] = !known ? "" : mlt_slice_name(part, slice->column_count, &worker->names);
        if (set->name[g] == NULL)
            return mlt_err_oom(err);
    }
    return true;
}

/* A group of some worker. */
struct found {
    const char *name;
    uint64_t first_ordinal;
    unsigned worker;
    uint32_t group;
    uint32_t leader; /* index of the first of the same name */
};

static int by_name(const void *left, const void *right)
{
    const struct found *a = left, *b = right;
    int order = strcmp(a->name, b->name);
    return order != 0
               ? order
               : (a->first_ordinal > b->first_ordinal) - (a->first_ordinal < b->first_ordinal);
}

static int by_ordinal(const void *left, const void *right)
{
    const struct found *const *a = left, *const *b = right;
    return ((*a)->first_ordinal > (*b)->first_ordinal) -
           ((*a)->first_ordinal < (*b)->first_ordinal);
}

/* All groups of a slice that have rows, equal names together and the first of each first. */
static struct found *find_all(const struct mlt_evaluation *e, size_t s, size_t *count,
                              struct mlt_err *err)
{
    size_t room = 0;
    for (unsigned w = 0; w < e->spec->workers; w++)
        room += e->workers[w].slices[s].count;
    struct found *all = calloc(room + 1, sizeof *all);
    if (all == NULL) {
        mlt_err_oom(err);
        return NULL;
    }
    *count = 0;
    for (unsigned w = 0; w < e->spec->workers; w++) {
        const struct mlt_group_set *set = &e->workers[w].slices[s];
        for (size_t g = 0; g < set->count; g++)
            if (set->counts[g].first_ordinal != UINT64_MAX)
                all[(*count)++] =
                    (struct found){set->name[g], set->counts[g].first_ordinal, w, (uint32_t)g, 0};
    }
    qsort(all, *count, sizeof *all, by_name);
    for (size_t i = 0; i < *count; i++)
        all[i].leader =
            i > 0 && strcmp(all[i].name, all[i - 1].name) == 0 ? all[i - 1].leader : (uint32_t)i;
    return all;
}

/* Makes the group of a leader in `into` and merges into it all that have its name. */
static bool merge_leader(struct mlt_evaluation *e, size_t s, const struct found *all, size_t count,
                         size_t leader, uint32_t *const *const *rename, struct mlt_err *err)
{
    struct mlt_group_set *into = &e->gathered.slices[s];
    size_t group = into->count;
    if (!mlt_group_set_grow(into, group + 1, e->state_bytes, err))
        return false;
    into->name[group] = mlt_arena_strdup(&e->gathered.names, all[leader].name);
    if (into->name[group] == NULL)
        return mlt_err_oom(err);
    for (size_t i = leader; i < count && all[i].leader == leader; i++) {
        const struct mlt_group_set *from = &e->workers[all[i].worker].slices[s];
        mlt_group_counts_merge(&into->counts[group], &from->counts[all[i].group]);
        mlt_means_merge(e->plan, mlt_group_state(e, into, group),
                        mlt_group_state(e, from, all[i].group));
        rename[all[i].worker][s][all[i].group] = (uint32_t)group;
    }
    return true;
}

static bool gather_slice(struct mlt_evaluation *e, size_t s, uint32_t *const *const *rename,
                         struct mlt_err *err)
{
    size_t count, leaders = 0;
    struct found *all = find_all(e, s, &count, err);
    if (all == NULL)
        return false;
    const struct found **order = calloc(count + 1, sizeof *order);
    struct mlt_group_set *into = &e->gathered.slices[s];
    into->name = mlt_arena_calloc(&e->gathered.names, count, sizeof *into->name);
    bool ok = order != NULL && into->name != NULL ? true : mlt_err_oom(err);
    for (size_t i = 0; ok && i < count; i++)
        if (all[i].leader == i)
            order[leaders++] = &all[i];
    if (ok)
        qsort(order, leaders, sizeof *order, by_ordinal);
    for (size_t i = 0; ok && i < leaders; i++)
        ok = merge_leader(e, s, all, count, (size_t)(order[i] - all), rename, err);
    free(order);
    free(all);
    return ok;
}

static bool gather_columns(struct mlt_evaluation *e, uint32_t *const *const *rename,
                           struct mlt_err *err)
{
    struct mlt_columns **from = calloc(e->spec->workers, sizeof *from);
    if (from == NULL)
        return mlt_err_oom(err);
    for (unsigned w = 0; w < e->spec->workers; w++)
        from[w] = &e->workers[w].columns;
    bool ok = !e->keeps_columns ||
              mlt_columns_gather(&e->gathered.columns, from, e->spec->workers, rename, err);
    free(from);
    return ok;
}

static bool gather_everything(struct mlt_evaluation *e, uint32_t *const *const *rename,
                              struct mlt_err *err)
{
    struct mlt_worker *into = &e->gathered;
    for (unsigned w = 0; w < e->spec->workers; w++)
        for (size_t s = 0; s < e->spec->slice_count; s++)
            if (!name_groups(e, &e->workers[w], s, err))
                return false;
    for (size_t s = 0; s < e->spec->slice_count; s++)
        if (!gather_slice(e, s, rename, err))
            return false;
    for (unsigned w = 0; w < e->spec->workers; w++) {
        struct mlt_worker *from = &e->workers[w];
        mlt_group_counts_merge(&into->all.counts[0], &from->all.counts[0]);
        mlt_means_merge(e->plan, mlt_group_state(e, &into->all, 0),
                        mlt_group_state(e, &from->all, 0));
    }
    if (!gather_columns(e, rename, err))
        return false;
    /* Every row is in one group of each slice: the first slice adds up to all rows. */
    for (size_t g = 0; e->spec->slice_count > 0 && g < into->slices[0].count; g++) {
        mlt_group_counts_merge(&into->all.counts[0], &into->slices[0].counts[g]);
        mlt_means_merge(e->plan, mlt_group_state(e, &into->all, 0),
                        mlt_group_state(e, &into->slices[0], g));
    }
    return true;
}

/* rename[worker][slice][group]: what the groups of the workers are called in the whole. */
static uint32_t ***make_renames(const struct mlt_evaluation *e, struct mlt_arena *arena)
{
    uint32_t ***rename = mlt_arena_calloc(arena, e->spec->workers, sizeof *rename);
    for (unsigned w = 0; rename != NULL && w < e->spec->workers; w++) {
        rename[w] = mlt_arena_calloc(arena, e->spec->slice_count, sizeof *rename[w]);
        for (size_t s = 0; rename[w] != NULL && s < e->spec->slice_count; s++) {
            size_t groups = e->workers[w].slices[s].count;
            rename[w][s] = mlt_arena_calloc(arena, groups, sizeof *rename[w][s]);
            if (rename[w][s] == NULL)
                return NULL;
        }
        if (rename[w] == NULL)
            return NULL;
    }
    return rename;
}

bool mlt_evaluation_gather(struct mlt_evaluation *e, struct mlt_err *err)
{
    if (e->is_gathered)
        return true;
    /* In the arena of the evaluation: kept rows look their groups up. */
    uint32_t ***rename = make_renames(e, &e->arena);
    bool ok = rename != NULL ? mlt_worker_init(e, &e->gathered, err) : mlt_err_oom(err);
    ok = ok && gather_everything(e, (uint32_t *const *const *)rename, err);
    e->is_gathered = ok;
    return ok;
}
