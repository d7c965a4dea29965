/* Whether a part that was read can be of any rows at all. Its digest shows that nothing changed by
 * accident; these checks find a part that somebody changed and sealed again carelessly. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/evaluate/worker.h"

/* More rows than any data has; no sum of so many over all groups is beyond 64 bits. */
static const uint64_t max_rows = (uint64_t)1 << 48;

/* Of every state; more than max_rows for counts that are none. */
static uint64_t rows_of(const struct mlt_group_counts *counts)
{
    uint64_t rows = 0;
    for (size_t s = 0; s < 4; s++)
        rows += counts->state[s] > max_rows ? max_rows + 1 : counts->state[s];
    return rows;
}

static bool check_group(const struct mlt_evaluation *e, const struct mlt_group_set *set, size_t g)
{
    const struct mlt_group_counts *counts = &set->counts[g];
    const struct mlt_means *state = mlt_group_state(e, set, g);
    uint64_t rows = rows_of(counts);
    return rows <= max_rows && (rows == 0) == (counts->first_ordinal == UINT64_MAX) &&
           mlt_means_rows(state) == counts->state[MLT_ROW_PAIRED] &&
           mlt_means_plausible(e->plan, state);
}

/* The groups of a slice together are all rows: in every count and in every bit of the sums. */
static bool check_slice(const struct mlt_evaluation *e, const struct mlt_worker *worker, size_t s,
                        struct mlt_means *sum, const struct mlt_buf *all, bool *out,
                        struct mlt_err *err)
{
    const struct mlt_group_set *set = &worker->slices[s];
    struct mlt_group_counts counts = {.first_ordinal = UINT64_MAX};
    struct mlt_buf bytes = MLT_BUF_INIT;
    memset(sum, 0, e->state_bytes);
    *out = true;
    for (size_t g = 0; g < set->count; g++) {
        *out = *out && check_group(e, set, g);
        mlt_group_counts_merge(&counts, &set->counts[g]);
        mlt_means_merge(e->plan, sum, mlt_group_state(e, set, g));
    }
    *out = *out && memcmp(&counts, &worker->all.counts[0], sizeof counts) == 0;
    if (*out)
        mlt_means_encode(e->plan, sum, &bytes);
    bool ok = mlt_buf_check(&bytes, err);
    *out = ok && *out && bytes.len == all->len && memcmp(bytes.data, all->data, all->len) == 0;
    mlt_buf_free(&bytes);
    return ok;
}

static bool check_sums(const struct mlt_evaluation *e, const struct mlt_worker *worker, bool *out,
                       struct mlt_err *err)
{
    struct mlt_buf all = MLT_BUF_INIT;
    struct mlt_means *sum = calloc(1, e->state_bytes);
    bool ok = sum != NULL ? true : mlt_err_oom(err);
    *out = ok && check_group(e, &worker->all, 0);
    mlt_means_encode(e->plan, mlt_group_state(e, &worker->all, 0), &all);
    ok = ok && mlt_buf_check(&all, err);
    for (size_t s = 0; ok && *out && s < e->spec->slice_count; s++)
        ok = check_slice(e, worker, s, sum, &all, out, err);
    mlt_buf_free(&all);
    free(sum);
    return ok;
}

static bool check_label(const struct mlt_evaluation_spec *spec, double label)
{
    switch (spec->task) {
    case MLT_TASK_BINARY:
        return label == 0 || label == 1;
    case MLT_TASK_MULTICLASS:
        return label >= 0 && label < (double)spec->width && label == floor(label);
    case MLT_TASK_RANKING:
        return label >= 0 && isfinite(label);
    case MLT_TASK_REGRESSION:
    case MLT_TASK_TEXT:
        break;
    }
    return isfinite(label);
}

/* The columns as they stand in the part: values one behind the other, at any address. */
struct raw {
    const unsigned char *const *field;
    const size_t *row_bytes;
    size_t rows;
};

static double number_at(const struct raw *raw, size_t field, size_t i)
{
    double value;
    memcpy(&value, raw->field[field] + i * sizeof value, sizeof value);
    return value;
}

static uint64_t word_at(const struct raw *raw, size_t field, size_t i)
{
    uint64_t value;
    memcpy(&value, raw->field[field] + i * sizeof value, sizeof value);
    return value;
}

static bool all_finite(const struct raw *raw, size_t field)
{
    size_t count = raw->rows * raw->row_bytes[field] / sizeof(double);
    for (size_t i = 0; i < count; i++)
        if (!isfinite(number_at(raw, field, i)))
            return false;
    return true;
}

static bool check_values(const struct mlt_evaluation *e, const struct mlt_worker *worker,
                         const struct raw *raw)
{
    const struct mlt_evaluation_spec *spec = e->spec;
    bool weight = raw->row_bytes[MLT_FIELD_WEIGHT], ordinal = raw->row_bytes[MLT_FIELD_ORDINAL];
    for (size_t i = 0; i < raw->rows; i++)
        if (!check_label(spec, number_at(raw, MLT_FIELD_LABEL, i)) ||
            (weight &&
             mlt_weighting_fault(spec->weighting, number_at(raw, MLT_FIELD_WEIGHT, i)) != NULL) ||
            (ordinal && word_at(raw, MLT_FIELD_ORDINAL, i) < worker->all.counts[0].first_ordinal))
            return false;
    return all_finite(raw, MLT_FIELD_CANDIDATE) && all_finite(raw, MLT_FIELD_BASELINE);
}

/* Every kept row is in a group that there is, and every group has so many. */
static bool check_groups(const struct mlt_group_set *set, const struct raw *raw, size_t field,
                         uint64_t *count)
{
    memset(count, 0, (set->count + 1) * sizeof *count);
    for (size_t i = 0; i < raw->rows; i++) {
        uint32_t id;
        memcpy(&id, raw->field[field] + i * sizeof id, sizeof id);
        if (id >= set->count)
            return false;
        count[id]++;
    }
    for (size_t g = 0; g < set->count; g++)
        if (count[g] != set->counts[g].state[MLT_ROW_PAIRED])
            return false;
    return true;
}

static bool check_columns(const struct mlt_evaluation *e, const struct mlt_worker *worker,
                          const struct raw *raw, bool *out, struct mlt_err *err)
{
    *out = raw->rows == (e->keeps_columns ? worker->all.counts[0].state[MLT_ROW_PAIRED] : 0);
    if (!*out || !e->keeps_columns || raw->rows == 0)
        return true;
    *out = check_values(e, worker, raw);
    for (size_t s = 0; *out && s < e->spec->slice_count; s++) {
        uint64_t *count = calloc(worker->slices[s].count + 1, sizeof *count);
        if (count == NULL)
            return mlt_err_oom(err);
        *out = check_groups(&worker->slices[s], raw, MLT_FIELD_GROUP + s, count);
        free(count);
    }
    return true;
}

bool mlt_worker_check(const struct mlt_evaluation *e, const struct mlt_worker *worker,
                      const unsigned char *const *field, size_t rows, struct mlt_err *err)
{
    const struct raw raw = {field, worker->columns.row_bytes, rows};
    bool sums = false, columns = false;
    if (!check_sums(e, worker, &sums, err) ||
        (sums && !check_columns(e, worker, &raw, &columns, err)))
        return false;
    if (sums && columns)
        return true;
    return mlt_err_set(err, MLT_ERR_EVIDENCE,
                       "the partial result contradicts itself: its %s cannot be of any rows",
                       sums ? "rows and its counts" : "counts and its sums");
}
