#include "suites/slices.h"

#include <string.h>

#include "harness/base/str.h"

enum { MIN_SLICE_ROWS = 20, MAX_SLICES = 1000 };
static const char other[] = "(other)";

/* Rows of one slice: `member[r]` says whether row r is in it; NULL: all rows are. */
struct subset {
    const char *column, *value; /* NULL: all rows */
    const bool *member;
};

static uint64_t min_rows_of(const struct mlt_slicing *slicing)
{
    uint64_t rows = MIN_SLICE_ROWS;
    for (size_t i = 0; i < slicing->metric_count; i++) {
        const struct mlt_metric_ops *metric =
            mlt_metric_find(slicing->metric[i], slicing->scoring->target.task);
        if (metric && metric->min_rows > rows)
            rows = metric->min_rows;
    }
    return rows;
}

struct counts {
    uint64_t paired, left_out, candidate_missing, baseline_missing, differing;
};

static struct counts count_rows(const struct mlt_scoring *s, const bool *member)
{
    struct counts counts = {0};
    for (size_t r = 0; r < s->rows; r++) {
        if (member && !member[r])
            continue;
        counts.paired += s->state[r] == MLT_ROW_PAIRED;
        counts.left_out += s->state[r] == MLT_ROW_LEFT_OUT;
        counts.candidate_missing += s->state[r] == MLT_ROW_CANDIDATE_MISSING;
        counts.baseline_missing += s->state[r] == MLT_ROW_BASELINE_MISSING;
        counts.differing += s->state[r] == MLT_ROW_PAIRED && s->differs[r];
    }
    return counts;
}

static bool above_limit(const struct mlt_scoring *s, const struct counts *counts)
{
    return (double)counts->candidate_missing >
           s->inputs.dataset->max_candidate_missing *
               (double)(counts->paired + counts->candidate_missing);
}

/* The paired rows of a subset side by side, as metrics take them. */
static bool gather(const struct mlt_scoring *s, const bool *member, size_t count,
                   struct mlt_arena *arena, struct mlt_metric_rows *out, struct mlt_err *err)
{
    double *label = mlt_arena_calloc(arena, count, sizeof *label);
    double *candidate = mlt_arena_calloc(arena, count * s->width, sizeof *candidate);
    double *baseline =
        s->baseline ? mlt_arena_calloc(arena, count * s->width, sizeof *baseline) : NULL;
    uint32_t *cluster = s->cluster ? mlt_arena_calloc(arena, count, sizeof *cluster) : NULL;
    if (!label || !candidate || (s->baseline && !baseline) || (s->cluster && !cluster))
        return mlt_err_oom(err);
    size_t n = 0, bytes = s->width * sizeof(double);
    for (size_t r = 0; r < s->rows; r++) {
        if (s->state[r] != MLT_ROW_PAIRED || (member && !member[r]))
            continue;
        label[n] = s->label[r];
        memcpy(candidate + n * s->width, s->candidate + r * s->width, bytes);
        if (baseline)
            memcpy(baseline + n * s->width, s->baseline + r * s->width, bytes);
        if (cluster)
            cluster[n] = s->cluster[r];
        n++;
    }
    out->task = s->target.task;
    out->n = n;
    out->width = s->width;
    out->label = label;
    out->candidate = candidate;
    out->baseline = baseline;
    out->cluster = cluster;
    out->n_clusters = s->cluster_count;
    return true;
}

static bool measure_metrics(struct mlt_case_context *context, const struct mlt_slicing *slicing,
                            const struct subset *subset, const struct counts *counts,
                            const struct mlt_metric_rows *rows, struct mlt_arena *arena,
                            struct mlt_err *err)
{
    const struct mlt_scoring *s = slicing->scoring;
    struct counts all = count_rows(s, NULL);
    bool blamed = above_limit(s, &all) || above_limit(s, counts);
    for (size_t i = 0; i < slicing->metric_count; i++) {
        const struct mlt_metric_ops *metric = mlt_metric_find(slicing->metric[i], s->target.task);
        if (!metric)
            return mlt_err_set(err, MLT_ERR_USAGE, "metric '%s' does not apply to this output",
                               slicing->metric[i]);
        struct mlt_measurement m = mlt_measurement_none();
        if (!mlt_metric_measure(metric, rows, arena, &m, err))
            return false;
        m.case_id = slicing->case_id;
        if (!m.unit)
            m.unit = "";
        m.slice_column = subset->column;
        m.slice_value = subset->value;
        m.differing = s->baseline ? counts->differing : 0;
        m.candidate_missing = blamed ? counts->candidate_missing : 0;
        m.excluded =
            counts->left_out + counts->baseline_missing + (blamed ? 0 : counts->candidate_missing);
        if (!context->sink->measurement(context->sink, &m, err))
            return false;
    }
    return true;
}

static bool measure_subset(struct mlt_case_context *context, const struct mlt_slicing *slicing,
                           const struct subset *subset, struct mlt_err *err)
{
    struct counts counts = count_rows(slicing->scoring, subset->member);
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_metric_rows rows = {.threshold = context->config->threshold};
    bool ok = gather(slicing->scoring, subset->member, counts.paired, &arena, &rows, err) &&
              measure_metrics(context, slicing, subset, &counts, &rows, &arena, err);
    mlt_arena_free(&arena);
    return ok;
}

static bool is_named(const struct mlt_slicing *slicing, const char *column, const char *value)
{
    for (const struct mlt_json *node = mlt_json_first(slicing->named); node;
         node = mlt_json_next(node))
        if (mlt_str_eq(mlt_json_string(mlt_json_get(node, "column")), column) &&
            mlt_str_eq(mlt_json_string(mlt_json_get(node, "value")), value))
            return true;
    return false;
}

/* One slice column while its values are told apart. */
struct column {
    const char *name;
    const struct mlt_groups *groups;
    uint64_t *paired; /* [groups] */
    bool *kept;       /* [groups] a slice of its own */
    bool *pooled;     /* [groups] part of "(other)"; neither: all its rows were left out */
    bool *member;     /* [rows] of the slice at hand */
};

static bool open_column(const struct mlt_slicing *slicing, size_t index, struct mlt_arena *arena,
                        struct column *out, struct mlt_err *err)
{
    const struct mlt_scoring *s = slicing->scoring;
    const struct mlt_groups *groups = &s->slice[index];
    *out = (struct column){s->slice_column[index],
                           groups,
                           mlt_arena_calloc(arena, groups->groups, sizeof *out->paired),
                           mlt_arena_calloc(arena, groups->groups, sizeof *out->kept),
                           mlt_arena_calloc(arena, groups->groups, sizeof *out->pooled),
                           mlt_arena_calloc(arena, s->rows, sizeof *out->member)};
    if (!out->paired || !out->kept || !out->pooled || !out->member)
        return mlt_err_oom(err);
    for (size_t r = 0; r < s->rows; r++) {
        out->paired[groups->id[r]] += s->state[r] == MLT_ROW_PAIRED;
        out->pooled[groups->id[r]] |= s->state[r] != MLT_ROW_LEFT_OUT;
    }
    uint64_t min_rows = min_rows_of(slicing);
    size_t kept = 0;
    for (uint32_t g = 0; g < groups->groups; g++) {
        out->kept[g] = out->paired[g] >= min_rows || is_named(slicing, out->name, groups->value[g]);
        out->pooled[g] &= !out->kept[g];
        kept += out->kept[g];
    }
    if (kept > MAX_SLICES)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "column '%s' gives %zu slices, more than %d: it looks like an id, not "
                           "like a property of rows",
                           out->name, kept, MAX_SLICES);
    return true;
}

static bool measure_group(struct mlt_case_context *context, const struct mlt_slicing *slicing,
                          const struct column *column, uint32_t group, struct mlt_err *err)
{
    const struct mlt_scoring *s = slicing->scoring;
    for (size_t r = 0; r < s->rows; r++)
        column->member[r] = column->groups->id[r] == group;
    struct subset subset = {column->name, column->groups->value[group], column->member};
    return measure_subset(context, slicing, &subset, err);
}

static bool measure_pool(struct mlt_case_context *context, const struct mlt_slicing *slicing,
                         const struct column *column, struct mlt_buf *listed, struct mlt_err *err)
{
    const struct mlt_scoring *s = slicing->scoring;
    bool any = false;
    for (uint32_t g = 0; g < column->groups->groups; g++) {
        if (!column->pooled[g])
            continue;
        mlt_buf_printf(listed, "%s%s", any ? ", " : column->name, any ? "" : ": ");
        mlt_str_append_safe(listed, column->groups->value[g], strlen(column->groups->value[g]), 80);
        mlt_buf_printf(listed, " (%llu rows)", (unsigned long long)column->paired[g]);
        any = true;
    }
    if (!any)
        return true;
    mlt_buf_putc(listed, '\n');
    for (size_t r = 0; r < s->rows; r++)
        column->member[r] = column->pooled[column->groups->id[r]];
    struct subset subset = {column->name, other, column->member};
    return measure_subset(context, slicing, &subset, err);
}

static bool measure_column(struct mlt_case_context *context, const struct mlt_slicing *slicing,
                           size_t index, struct mlt_buf *listed, struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct column column;
    bool ok = open_column(slicing, index, &arena, &column, err);
    for (uint32_t g = 0; ok && g < column.groups->groups; g++)
        ok = !column.kept[g] || measure_group(context, slicing, &column, g, err);
    ok = ok && measure_pool(context, slicing, &column, listed, err);
    mlt_arena_free(&arena);
    return ok;
}

bool mlt_slices_measure(struct mlt_case_context *context, const struct mlt_slicing *slicing,
                        struct mlt_err *err)
{
    const struct subset everything = {NULL, NULL, NULL};
    struct mlt_buf listed = MLT_BUF_INIT;
    bool ok = measure_subset(context, slicing, &everything, err);
    for (size_t i = 0; ok && i < slicing->scoring->slice_count; i++)
        ok = measure_column(context, slicing, i, &listed, err);
    ok = ok && mlt_buf_check(&listed, err);
    if (ok && listed.len)
        ok = context->sink->attachment(context->sink, "pooled-slices.txt", "text/plain",
                                       listed.data, listed.len, err);
    mlt_buf_free(&listed);
    return ok;
}
