#include "flows/rehearse_rows.h"

#include <math.h>
#include <string.h>

#include "flows/rehearse_case.h"
#include "harness/base/siphash.h"
#include "harness/base/str.h"
#include "harness/codec/json.h"
#include "harness/domain/slice.h"
#include "harness/metrics/influence.h"

/* So many normal units tell the law of a variance as well as more would. */
enum { LAW_UNITS = 1000, LEAST_REPLICATES = 100 };

struct units {
    const struct mlt_rehearse_source *source;
    struct mlt_rehearsal_cell *cells;
    const char **why;
    size_t count;
    struct mlt_arena *arena;
    struct mlt_rehearsal_pool *pools;
    size_t pool_count, pool_capacity;
    /* The rows' names in the slices asked for last. */
    const char **named;
    const char *named_case, *named_columns;
};

static bool add_pool(struct units *u, const uint64_t *key, size_t n, size_t *out,
                     struct mlt_err *err)
{
    struct mlt_rehearsal_pool *pools =
        mlt_arena_grow(u->arena, u->pools, u->pool_count, &u->pool_capacity, sizeof *pools);
    if (!pools)
        return mlt_err_oom(err);
    u->pools = pools;
    pools[u->pool_count] = (struct mlt_rehearsal_pool){key, n};
    *out = u->pool_count++;
    return true;
}

/* The rows of one cell. */
struct subset {
    struct mlt_metric_rows rows;
    uint32_t *unit; /* [n] */
};

/* The row's name in the slices by these columns, in the arena: "3,5"; NULL: it has none. */
static const char *name_of(const char *slices, const char *const *column, size_t count,
                           struct mlt_arena *arena)
{
    const char *part[MLT_SLICE_MAX_COLUMNS], *name = NULL;
    struct mlt_json *json;
    struct mlt_err ignored = MLT_ERR_INIT;
    if (!slices || count > MLT_SLICE_MAX_COLUMNS ||
        !mlt_json_parse("slices", slices, strlen(slices), &json, &ignored))
        return NULL;
    bool all = true;
    for (size_t i = 0; i < count && all; i++)
        all = (part[i] = mlt_json_string(mlt_json_get(json, column[i]))) != NULL;
    if (all)
        name = count == 1 ? mlt_arena_strdup(arena, part[0]) : mlt_slice_name(part, count, arena);
    mlt_json_free(json);
    return name;
}

/* Names of all rows in the slices by the columns of `m`, made once. */
static bool names_by(struct units *u, const struct mlt_rehearse_case *c,
                     const struct mlt_measurement *m, const char ***out, struct mlt_err *err)
{
    size_t columns;
    if (u->named && mlt_str_eq(u->named_case, m->case_id) &&
        mlt_str_eq(u->named_columns, m->slice_column)) {
        *out = u->named;
        return true;
    }
    const char **column = mlt_slice_split(m->slice_column, u->arena, &columns);
    u->named = mlt_arena_calloc(u->arena, c->n, sizeof *u->named);
    u->named_case = m->case_id;
    u->named_columns = m->slice_column;
    *out = u->named;
    if (!u->named)
        return mlt_err_oom(err);
    for (size_t i = 0; column && i < c->n; i++)
        u->named[i] = name_of(c->slices[i], column, columns, u->arena);
    return true;
}

/* Whether a slice of that name was measured by itself. */
static bool is_measured(const struct mlt_run *run, const struct mlt_measurement *pooled,
                        const char *name)
{
    for (size_t i = 0; i < run->measurement_count; i++) {
        const struct mlt_measurement *m = &run->measurements[i];
        if (mlt_str_eq(m->slice_value, name) && mlt_str_eq(m->case_id, pooled->case_id) &&
            mlt_str_eq(m->metric, pooled->metric) &&
            mlt_str_eq(m->slice_column, pooled->slice_column))
            return true;
    }
    return false;
}

/* Which rows of the case the measurement is of; `*out` NULL: all. */
static bool choose_rows(struct units *u, const struct mlt_rehearse_case *c,
                        const struct mlt_measurement *m, bool **out, size_t *n, struct mlt_err *err)
{
    const char **name;
    *out = NULL;
    *n = c->n;
    if (!m->slice_column)
        return true;
    *out = mlt_arena_calloc(u->arena, c->n, sizeof **out);
    if (!*out)
        return mlt_err_oom(err);
    if (!names_by(u, c, m, &name, err))
        return false;
    *n = 0;
    for (size_t i = 0; i < c->n; i++) {
        (*out)[i] = mlt_str_eq(m->slice_value, MLT_SLICE_OTHER)
                        ? name[i] && !is_measured(u->source->run, m, name[i])
                        : name[i] && mlt_str_eq(name[i], m->slice_value);
        *n += (*out)[i];
    }
    return true;
}

static bool make_subset(struct units *u, const struct mlt_rehearse_case *c,
                        const struct mlt_measurement *m, struct subset *out, struct mlt_err *err)
{
    const size_t width = c->width;
    size_t n, at = 0;
    bool *chosen;
    if (!choose_rows(u, c, m, &chosen, &n, err))
        return false;
    double *label = mlt_arena_calloc(u->arena, n, sizeof *label);
    double *candidate = mlt_arena_calloc(u->arena, n * width, sizeof *candidate);
    double *baseline = mlt_arena_calloc(u->arena, n * width, sizeof *baseline);
    double *weight = mlt_arena_calloc(u->arena, n, sizeof *weight);
    out->unit = mlt_arena_calloc(u->arena, n, sizeof *out->unit);
    if (!label || !candidate || !baseline || !weight || !out->unit)
        return mlt_err_oom(err);
    for (size_t i = 0; i < c->n; i++) {
        if (chosen && !chosen[i])
            continue;
        label[at] = c->label[i];
        memcpy(candidate + at * width, c->candidate + i * width, width * sizeof *label);
        if (c->baseline)
            memcpy(baseline + at * width, c->baseline + i * width, width * sizeof *label);
        weight[at] = c->weight ? c->weight[i] : 1;
        out->unit[at++] = c->unit[i];
    }
    out->rows = (struct mlt_metric_rows){.task = c->task,
                                         .n = n,
                                         .width = width,
                                         .label = label,
                                         .candidate = candidate,
                                         .baseline = c->baseline ? baseline : NULL,
                                         .weight = c->weight ? weight : NULL,
                                         .weighting = c->weighting,
                                         .threshold = c->threshold,
                                         .estimates_only = true};
    return true;
}

static bool near(double a, double b)
{
    if (isnan(a) || isnan(b))
        return isnan(a) && isnan(b);
    return fabs(a - b) <= 1e-9 * fmax(1e-300, fmax(fabs(a), fabs(b)));
}

/* Whether the rows are those that were measured. */
static bool gives_the_same(const struct mlt_metric *metric, const struct subset *subset,
                           const struct mlt_measurement *m, struct mlt_arena *arena, bool *same,
                           struct mlt_err *err)
{
    struct mlt_measurement again = mlt_measurement_none();
    struct mlt_err unfit = MLT_ERR_INIT;
    *same = false;
    if (!mlt_metric_measure(metric, &subset->rows, arena, &again, &unfit)) {
        if (unfit.kind == MLT_ERR_INFRA) {
            *err = unfit;
            return false;
        }
        return true;
    }
    *same = again.rows == m->rows && near(again.candidate, m->candidate) &&
            near(again.baseline, m->baseline);
    return true;
}

/* Sums what rows add by unit; `into` are the places of the units among the cell's, plus one. */
static bool sum_by_unit(struct mlt_rehearsal_cell *cell, const struct subset *subset, size_t units,
                        const double *c, const double *b, const bool *counted, double total,
                        struct mlt_arena *arena, struct mlt_err *err)
{
    const size_t n = subset->rows.n;
    uint32_t *into = mlt_arena_calloc(arena, units, sizeof *into);
    uint32_t *unit = mlt_arena_calloc(arena, n, sizeof *unit);
    double *candidate = mlt_arena_calloc(arena, n, sizeof *candidate);
    double *baseline = mlt_arena_calloc(arena, n, sizeof *baseline);
    if (!into || !unit || !candidate || !baseline)
        return mlt_err_oom(err);
    cell->n = 0;
    for (size_t i = 0; i < n; i++) {
        if (counted && !counted[i])
            continue;
        if (!into[subset->unit[i]]) {
            unit[cell->n] = subset->unit[i];
            into[subset->unit[i]] = (uint32_t)++cell->n;
        }
        size_t at = into[subset->unit[i]] - 1;
        double w = (subset->rows.weight ? subset->rows.weight[i] : 1) / total;
        candidate[at] += w * c[i];
        baseline[at] += b ? w * b[i] : 0;
    }
    cell->unit = unit;
    cell->candidate = candidate;
    cell->baseline = b ? baseline : NULL;
    return true;
}

static double weight_of(const struct mlt_metric_rows *rows)
{
    double total = 0;
    if (!rows->weight)
        return (double)rows->n;
    for (size_t i = 0; i < rows->n; i++)
        total += rows->weight[i];
    return total;
}

static bool is_count(const struct mlt_rehearsal_cell *cell)
{
    const struct mlt_measurement *m = cell->m;
    return m->method == MLT_INTERVAL_SHARE && !m->weighting && m->clusters == 0 &&
           (m->has_pairs || cell->sentence->kind == MLT_SENTENCE_ABSOLUTE);
}

static bool fill_cell(struct units *u, struct mlt_rehearsal_cell *cell,
                      const struct mlt_metric *metric, const struct subset *subset, size_t units,
                      bool *known, struct mlt_err *err)
{
    const struct mlt_metric_rows *rows = &subset->rows;
    double *c = mlt_arena_calloc(u->arena, rows->n, sizeof *c);
    double *b = rows->baseline ? mlt_arena_calloc(u->arena, rows->n, sizeof *b) : NULL;
    bool *counted = mlt_arena_calloc(u->arena, rows->n, sizeof *counted);
    if (!c || !counted || (rows->baseline && !b))
        return mlt_err_oom(err);
    if (is_count(cell)) {
        *known = mlt_metric_outcomes(metric, rows, c, b, counted);
        cell->basis = *known ? MLT_REHEARSAL_COUNTS : MLT_REHEARSAL_NONE;
        return !*known || sum_by_unit(cell, subset, units, c, b, counted, 1, u->arena, err);
    }
    if (!mlt_metric_influence(metric, rows, c, b, known, err))
        return false;
    cell->basis = *known ? MLT_REHEARSAL_SUMS : MLT_REHEARSAL_NONE;
    return !*known || sum_by_unit(cell, subset, units, c, b, NULL, weight_of(rows), u->arena, err);
}

static bool same_units(const struct mlt_rehearsal_cell *a, const struct mlt_rehearsal_cell *b)
{
    return a->m == b->m && a->basis != MLT_REHEARSAL_NONE && is_count(a) == is_count(b);
}

/* A cell on the rows of its case; basis NONE, with the reason, where they do not do. */
static bool rehearse_on_rows(struct units *u, const struct mlt_rehearse_case *c, size_t pool,
                             size_t i, struct mlt_err *err)
{
    struct mlt_rehearsal_cell *cell = &u->cells[i];
    struct mlt_metric metric;
    struct mlt_err unknown = MLT_ERR_INIT;
    struct subset subset;
    bool good = false;
    cell->pool = pool;
    for (size_t k = 0; k < i; k++)
        if (same_units(&u->cells[k], cell)) {
            const struct mlt_sentence *sentence = cell->sentence;
            *cell = u->cells[k];
            cell->sentence = sentence;
            u->why[i] = u->why[k];
            return true;
        }
    if (!mlt_metric_find(cell->m->metric, c->task, u->arena, &metric, &unknown)) {
        u->why[i] = "the metric is one of the user's own";
        return true;
    }
    if (metric.ops->method == MLT_INTERVAL_BOOTSTRAP) {
        u->why[i] = "its bootstrap has too few replicates";
        return true;
    }
    if (!make_subset(u, c, cell->m, &subset, err) ||
        !gives_the_same(&metric, &subset, cell->m, u->arena, &good, err))
        return false;
    if (!good) {
        u->why[i] = "its rows do not give the figure that is stored";
        return true;
    }
    if (!fill_cell(u, cell, &metric, &subset, c->units, &good, err))
        return false;
    if (!good)
        u->why[i] = "no influence values are known of it";
    return true;
}

/* Rows that are right or wrong as the counts of the measurement say. */
static bool rehearse_on_counts(struct units *u, struct mlt_rehearsal_cell *cell,
                               struct mlt_err *err)
{
    const struct mlt_measurement *m = cell->m;
    const size_t n = (size_t)m->trials;
    const uint64_t both = m->has_pairs ? m->successes - m->only_candidate : 0;
    uint64_t *key = mlt_arena_calloc(u->arena, n, sizeof *key);
    uint32_t *unit = mlt_arena_calloc(u->arena, n, sizeof *unit);
    double *c = mlt_arena_calloc(u->arena, n, sizeof *c);
    double *b = mlt_arena_calloc(u->arena, n, sizeof *b);
    if (!key || !unit || !c || !b)
        return mlt_err_oom(err);
    uint64_t salt = mlt_siphash_name(m->case_id, strlen(m->case_id)) ^
                    mlt_siphash_name(m->metric, strlen(m->metric));
    for (size_t i = 0; i < n; i++) {
        key[i] = salt + i;
        unit[i] = (uint32_t)i;
        c[i] = i < m->successes;
        b[i] = i < both || (i >= m->successes && i < m->successes + m->only_baseline);
    }
    cell->basis = MLT_REHEARSAL_COUNTS;
    cell->n = n;
    cell->unit = unit;
    cell->candidate = c;
    cell->baseline = isnan(m->baseline) ? NULL : b;
    return add_pool(u, key, n, &cell->pool, err);
}

static bool counts_make_sense(const struct mlt_measurement *m)
{
    return m->trials > 0 && m->trials <= UINT32_MAX && m->successes <= m->trials &&
           m->trials <= m->rows && m->only_candidate <= m->successes &&
           m->only_baseline <= m->trials - m->successes;
}

static bool law_is_known(const struct mlt_rehearsal_cell *cell)
{
    const struct mlt_measurement *m = cell->m;
    bool pair = !isnan(m->baseline);
    return m->method != MLT_INTERVAL_BOOTSTRAP && m->method != MLT_INTERVAL_NONE && m->df >= 1 &&
           isfinite(m->var_candidate) && m->var_candidate >= 0 &&
           (!pair ||
            (isfinite(m->var_baseline) && m->var_baseline >= 0 && isfinite(m->covariance))) &&
           (m->method != MLT_INTERVAL_SHARE || m->weighting);
}

/* Rows drawn, and the metric taken of them, as often as the measurement has replicates. */
static bool has_replicates(const struct mlt_rehearsal_cell *cell)
{
    const struct mlt_measurement *m = cell->m;
    return m->method == MLT_INTERVAL_BOOTSTRAP && m->replicates >= LEAST_REPLICATES &&
           m->replicate_candidate && (isnan(m->baseline) || m->replicate_baseline);
}

/* What there is without rows; `why` says so. */
static bool rehearse_without_rows(struct units *u, size_t i, struct mlt_err *err)
{
    struct mlt_rehearsal_cell *cell = &u->cells[i];
    const char *why = u->why[i] ? u->why[i] : "its case keeps no rows";
    if (is_count(cell) && counts_make_sense(cell->m)) {
        u->why[i] = mlt_arena_printf(u->arena, "on its counts, because %s", why);
        return u->why[i] ? rehearse_on_counts(u, cell, err) : mlt_err_oom(err);
    }
    if (law_is_known(cell)) {
        cell->basis = MLT_REHEARSAL_LAW;
        cell->n = cell->m->df + 1 < LAW_UNITS ? (size_t)cell->m->df + 1 : LAW_UNITS;
        u->why[i] =
            mlt_arena_printf(u->arena, "on normal values of the same covariance, because %s", why);
        return u->why[i] ? true : mlt_err_oom(err);
    }
    if (has_replicates(cell)) {
        cell->basis = MLT_REHEARSAL_REPLICATES;
        u->why[i] = mlt_arena_printf(u->arena,
                                     "on the %zu replicates of its own bootstrap, drawn apart from "
                                     "the other figures",
                                     cell->m->replicates);
        return u->why[i] ? true : mlt_err_oom(err);
    }
    u->why[i] = why;
    return true;
}

/* What no rehearsal can tell anything about; NULL when it can. */
static const char *hopeless(const struct mlt_rehearsal_cell *cell, struct mlt_arena *arena)
{
    const struct mlt_measurement *m = cell->m;
    bool compares = cell->sentence->kind != MLT_SENTENCE_ABSOLUTE;
    if (m->undefined)
        return mlt_arena_printf(arena, "it has no value: %s", m->undefined);
    if (m->invalid)
        return mlt_arena_printf(arena, "nothing may be concluded from it: %s", m->invalid);
    if (!isfinite(m->candidate))
        return "it is no number";
    if (compares && !isfinite(m->baseline))
        return "it was measured without a baseline";
    if (m->method == MLT_INTERVAL_NONE)
        return "it has no interval: its estimate alone is judged";
    if (compares && m->method != MLT_INTERVAL_BLOCKS && m->differing == 0)
        return "both versions give the same predictions, so that nothing is known of how two that "
               "differ vary";
    return NULL;
}

static bool rehearse_case(struct units *u, const char *case_id, bool *done, struct mlt_err *err)
{
    const struct mlt_run_case *test = mlt_run_case_find(u->source->run, case_id);
    struct mlt_rehearse_case c;
    const char *why = "its case measures no rows";
    size_t pool = 0;
    bool read = test && strcmp(test->plan.suite, "regression") == 0;
    if (read && !mlt_rehearse_case_read(u->source, test, u->arena, &c, &why, err))
        return false;
    read = read && !why;
    if (read && !add_pool(u, NULL, c.units, &pool, err))
        return false;
    if (read) {
        uint64_t *key = mlt_arena_calloc(u->arena, c.units, sizeof *key);
        if (!key)
            return mlt_err_oom(err);
        for (size_t i = 0; i < c.n; i++)
            key[c.unit[i]] = c.key[i];
        u->pools[pool].key = key;
    }
    for (size_t i = 0; i < u->count; i++) {
        if (done[i] || !mlt_str_eq(u->cells[i].m->case_id, case_id))
            continue;
        done[i] = true;
        u->why[i] = hopeless(&u->cells[i], u->arena);
        if (u->why[i])
            continue;
        u->why[i] = read ? NULL : why;
        if (read && !rehearse_on_rows(u, &c, pool, i, err))
            return false;
        if (u->cells[i].basis == MLT_REHEARSAL_NONE && !rehearse_without_rows(u, i, err))
            return false;
    }
    return true;
}

bool mlt_rehearse_units(const struct mlt_rehearse_source *source, struct mlt_rehearsal_cell *cells,
                        const char **why, size_t count, struct mlt_arena *arena,
                        struct mlt_rehearsal_pool **pools, size_t *pool_count, struct mlt_err *err)
{
    struct units u = {.source = source, .cells = cells, .why = why, .count = count, .arena = arena};
    bool *done = mlt_arena_calloc(arena, count, sizeof *done);
    if (!done)
        return mlt_err_oom(err);
    for (size_t i = 0; i < count; i++)
        if (!done[i] && !rehearse_case(&u, cells[i].m->case_id, done, err))
            return false;
    *pools = u.pools;
    *pool_count = u.pool_count;
    return true;
}
