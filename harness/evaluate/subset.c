#include "harness/evaluate/subset.h"

#include <stdlib.h>
#include <string.h>

enum { MIN_SLICE_ROWS = 20, MAX_SLICES = 1000 };

static uint64_t min_rows_of(const struct mlt_evaluation_spec *spec)
{
    if (spec->min_rows > 0)
        return spec->min_rows;
    uint64_t rows = MIN_SLICE_ROWS;
    for (size_t i = 0; i < spec->metric_count; i++)
        if (spec->metrics[i].ops->min_rows > rows)
            rows = spec->metrics[i].ops->min_rows;
    return rows;
}

static bool append(struct mlt_subsets *out, const struct mlt_subset *subset, struct mlt_err *err)
{
    struct mlt_subset *items =
        mlt_arena_grow(&out->arena, out->items, out->count, &out->capacity, sizeof *items);
    if (items == NULL)
        return mlt_err_oom(err);
    out->items = items;
    out->items[out->count++] = *subset;
    return true;
}

/* The kept rows of a slice, group by group: group g has order[start[g]] … order[start[g + 1] - 1].
 * Of the first slice only how many there are: its groups lie together in the columns. */
struct by_group {
    uint32_t *order;
    size_t *start;
};

/* Counted two places ahead, so that placing the rows leaves each group's start behind. */
static void count_groups(const struct mlt_segment *segment, const uint32_t *group, size_t *start)
{
    for (size_t i = 0; i < segment->rows; i++)
        start[group[i] + 2]++;
}

static void place_rows(const struct mlt_segment *segment, const uint32_t *group,
                       struct by_group *out)
{
    for (size_t i = 0; i < segment->rows; i++)
        out->order[out->start[group[i] + 1]++] = (uint32_t)(segment->first + i);
}

static bool sort_by_group(const struct mlt_evaluation *e, size_t s, struct mlt_arena *arena,
                          struct by_group *out, struct mlt_err *err)
{
    const struct mlt_columns *columns = &e->gathered.columns;
    const size_t groups = e->gathered.slices[s].count;
    uint32_t *group = malloc((columns->segment_rows + 1) * sizeof *group);
    out->start = mlt_arena_calloc(arena, groups + 2, sizeof *out->start);
    out->order = s == 0 ? NULL : mlt_arena_calloc(arena, columns->rows, sizeof *out->order);
    bool ok = group != NULL && out->start != NULL && (s == 0 || out->order != NULL);
    for (size_t i = 0; ok && i < columns->segment_count; i++) {
        mlt_segment_read(columns, &columns->segments[i], MLT_FIELD_GROUP + s, group);
        count_groups(&columns->segments[i], group, out->start);
    }
    for (size_t g = 2; ok && g < groups + 2; g++)
        out->start[g] += out->start[g - 1];
    for (size_t i = 0; ok && s > 0 && i < columns->segment_count; i++) {
        mlt_segment_read(columns, &columns->segments[i], MLT_FIELD_GROUP + s, group);
        place_rows(&columns->segments[i], group, out);
    }
    /* Where no rows were placed, the starts are still one ahead. */
    for (size_t g = 0; ok && s == 0 && g < groups + 1; g++)
        out->start[g] = out->start[g + 1];
    free(group);
    return ok ? true : mlt_err_oom(err);
}

static bool is_named(const struct mlt_evaluation *e, size_t s, const char *value)
{
    for (size_t i = 0; i < e->spec->named_count; i++)
        if (mlt_slice_same(e->spec->named[i].column, e->spec->named[i].value, mlt_slice_label(e, s),
                           value))
            return true;
    return false;
}

static bool is_left_out(const struct mlt_group_counts *counts)
{
    return counts->state[MLT_ROW_PAIRED] + counts->state[MLT_ROW_CANDIDATE_MISSING] +
               counts->state[MLT_ROW_BASELINE_MISSING] ==
           0;
}

static bool note_pooled(struct mlt_subsets *out, const char *column, const char *value,
                        uint64_t rows, struct mlt_err *err)
{
    struct mlt_evaluation_pooled *items = mlt_arena_grow(
        &out->arena, out->pooled, out->pooled_count, &out->pooled_capacity, sizeof *items);
    if (items == NULL)
        return mlt_err_oom(err);
    out->pooled = items;
    out->pooled[out->pooled_count++] = (struct mlt_evaluation_pooled){column, value, rows};
    return true;
}

/* One column's slices while they are listed. */
struct listing {
    struct mlt_evaluation *e;
    size_t s;
    struct by_group rows;
    struct mlt_subset pool;
    uint32_t *pool_list; /* rows, or groups of the first slice */
    struct mlt_means *pool_sums;
    size_t kept, pooled;
};

static bool add_to_pool(struct listing *l, size_t g, struct mlt_subsets *out, struct mlt_err *err)
{
    const struct mlt_group_set *set = &l->e->gathered.slices[l->s];
    mlt_group_counts_merge(&l->pool.counts, &set->counts[g]);
    mlt_means_merge(l->e->plan, l->pool_sums, mlt_group_state(l->e, set, g));
    if (l->e->keeps_columns) {
        struct mlt_selection *kept = &l->pool.kept;
        size_t count = l->rows.start[g + 1] - l->rows.start[g];
        if (l->s == 0)
            l->pool_list[kept->groups++] = (uint32_t)g;
        else if (count > 0)
            memcpy(l->pool_list + kept->rows, l->rows.order + l->rows.start[g],
                   count * sizeof *l->pool_list);
        kept->rows += count;
    }
    l->pooled++;
    return note_pooled(out, l->pool.column, set->name[g], set->counts[g].state[MLT_ROW_PAIRED],
                       err);
}

/* Neither named nor large enough to be measured by itself. */
static bool is_small(const struct listing *l, size_t g, const struct mlt_subsets *out)
{
    const struct mlt_group_set *set = &l->e->gathered.slices[l->s];
    return !is_named(l->e, l->s, set->name[g]) &&
           (is_left_out(&set->counts[g]) || set->counts[g].state[MLT_ROW_PAIRED] < out->min_rows);
}

/* What the pool's list can come to hold. */
static size_t pool_room(const struct listing *l, const struct mlt_subsets *out)
{
    const size_t groups = l->e->gathered.slices[l->s].count;
    size_t rows = 0;
    if (l->s == 0 || !l->e->keeps_columns)
        return groups;
    for (size_t g = 0; g < groups; g++)
        rows += is_small(l, g, out) ? l->rows.start[g + 1] - l->rows.start[g] : 0;
    return rows;
}

static bool select_group(const struct listing *l, size_t g, struct mlt_selection *kept,
                         struct mlt_subsets *out, struct mlt_err *err)
{
    kept->rows = l->rows.start[g + 1] - l->rows.start[g];
    if (l->s > 0) {
        kept->row = l->rows.order + l->rows.start[g];
        return true;
    }
    uint32_t *group = mlt_arena_calloc(&out->arena, 1, sizeof *group);
    if (group == NULL)
        return mlt_err_oom(err);
    *group = (uint32_t)g;
    kept->group = group;
    kept->groups = 1;
    return true;
}

static bool list_group(struct listing *l, size_t g, struct mlt_subsets *out, struct mlt_err *err)
{
    const struct mlt_group_set *set = &l->e->gathered.slices[l->s];
    const struct mlt_group_counts *counts = &set->counts[g];
    if (is_small(l, g, out))
        return is_left_out(counts) || add_to_pool(l, g, out, err);
    struct mlt_subset subset = {.column = l->pool.column,
                                .value = set->name[g],
                                .counts = *counts,
                                .sums = mlt_group_state(l->e, set, g)};
    if (l->e->keeps_columns && !select_group(l, g, &subset.kept, out, err))
        return false;
    if (++l->kept > MAX_SLICES)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "column '%s' gives more than %d slices: it looks like an id, not like a "
                           "property of rows",
                           l->pool.column, MAX_SLICES);
    return append(out, &subset, err);
}

static bool list_slice(struct mlt_evaluation *e, size_t s, struct mlt_subsets *out,
                       struct mlt_err *err)
{
    struct listing l = {.e = e, .s = s};
    l.pool = (struct mlt_subset){.column = mlt_slice_label(e, s), .value = MLT_SLICE_OTHER};
    l.pool.counts.first_ordinal = UINT64_MAX;
    l.pool_sums = mlt_arena_alloc(&out->arena, e->state_bytes);
    if (e->keeps_columns && !sort_by_group(e, s, &out->arena, &l.rows, err))
        return false;
    l.pool_list = mlt_arena_calloc(&out->arena, pool_room(&l, out), sizeof *l.pool_list);
    if (l.pool_sums == NULL || l.pool_list == NULL)
        return mlt_err_oom(err);
    for (size_t g = 0; g < e->gathered.slices[s].count; g++)
        if (!list_group(&l, g, out, err))
            return false;
    l.pool.sums = l.pool_sums;
    if (s == 0)
        l.pool.kept.group = l.pool_list;
    else
        l.pool.kept.row = l.pool_list;
    return l.pooled == 0 || append(out, &l.pool, err);
}

bool mlt_subsets_make(struct mlt_evaluation *e, struct mlt_subsets *out, struct mlt_err *err)
{
    *out = (struct mlt_subsets){.arena = MLT_ARENA_INIT};
    out->min_rows = min_rows_of(e->spec);
    const struct mlt_subset everything = {.counts = e->gathered.all.counts[0],
                                          .sums = mlt_group_state(e, &e->gathered.all, 0),
                                          .kept = {.rows = e->gathered.columns.rows}};
    bool ok = append(out, &everything, err);
    for (size_t s = 0; ok && s < e->spec->slice_count; s++)
        ok = list_slice(e, s, out, err);
    if (!ok)
        mlt_subsets_free(out);
    return ok;
}

void mlt_subsets_free(struct mlt_subsets *subsets)
{
    mlt_arena_free(&subsets->arena);
}
