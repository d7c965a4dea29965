#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/domain/slice.h"
#include "harness/evaluate/search_cells.h"
#include "harness/stats/dist.h"
#include "harness/stats/multiplicity.h"
#include "harness/stats/skewness.h"

enum { MIN_ROWS = 50, MIN_SHARE = 200 };
static const double usual_rate = 0.05, smallest_effect = 0.1;

/* The losses of a set of rows, in quanta. */
struct moments {
    double rows, mean, variance, third; /* third: central */
};

/* The second moment is exact until it is rounded; the third serves only a correction. */
static struct moments moments_of(const struct mlt_search_cell *cell)
{
    const __int128 n = (__int128)cell->rows, sum = (__int128)cell->candidate - cell->baseline;
    struct moments m = {(double)cell->rows, NAN, NAN, NAN};
    if (cell->rows < 2)
        return m;
    m.mean = (double)sum / m.rows;
    m.variance = (double)(n * cell->square - sum * sum) / m.rows / (m.rows - 1);
    m.third = ((double)cell->cube - 3 * m.mean * (double)cell->square) / m.rows +
              2 * m.mean * m.mean * m.mean;
    return m;
}

/* p of "the truth is at most 0", where nothing varies 1. */
static double p_above(struct mlt_estimate e, double third, double rows)
{
    if (!(e.se > 0))
        return 1;
    double skewness = third / (e.se * e.se * e.se) * sqrt(rows);
    double p = mlt_cautious_p_above(e, skewness, rows, 0);
    return isnan(p) ? 1 : p;
}

/* Welch's difference of two means; the slice's variance is at least that of the others, so that few
 * rows which happen to agree show nothing. */
static struct mlt_estimate difference(const struct moments *slice, const struct moments *others,
                                      double *third)
{
    double a = fmax(slice->variance, others->variance) / slice->rows;
    double b = others->variance / others->rows;
    *third =
        slice->third / (slice->rows * slice->rows) - others->third / (others->rows * others->rows);
    return (struct mlt_estimate){slice->mean - others->mean, sqrt(a + b),
                                 (a + b) * (a + b) /
                                     (a * a / (slice->rows - 1) + b * b / (others->rows - 1))};
}

static double p_worse_than(const struct mlt_search_cell *slice,
                           const struct mlt_search_cell *others)
{
    const struct moments a = moments_of(slice), b = moments_of(others);
    double third;
    struct mlt_estimate e = difference(&a, &b, &third);
    return p_above(e, third, a.rows);
}

/* Where the loss is right or wrong, the rows on which only one version is wrong are coins (the sign
 * test), which t knows only roughly in the tails. */
static double p_sign(const struct mlt_search *s, const struct mlt_search_cell *slice)
{
    double sum = (double)(slice->candidate - slice->baseline) / s->per_unit;
    double one_sided = (double)slice->square / (s->per_unit * s->per_unit);
    return mlt_binomial_sf((one_sided + sum) / 2 - 1, one_sided, 0.5);
}

static double p_worse_than_baseline(const struct mlt_search *s, const struct mlt_search_cell *slice)
{
    const struct moments m = moments_of(slice);
    const struct mlt_estimate e = {m.mean, sqrt(m.variance / m.rows), m.rows - 1};
    double p = m.variance > 0 ? p_above(e, m.third / (m.rows * m.rows), m.rows) : !(m.mean > 0);
    return s->spec->metric.ops->method == MLT_INTERVAL_SHARE ? fmax(p, p_sign(s, slice)) : p;
}

/* A slice with enough rows. */
struct tested {
    size_t grid, cell; /* cell: of all */
    uint32_t value[2];
    double p, q;
    bool weak;
};

struct finding_out {
    const struct mlt_search *search;
    struct mlt_search_cell *sum; /* [cell_count] of all workers */
    struct tested *tested;
    size_t count;
    uint64_t min_rows;
    double rate;
};

static struct mlt_search_cell without(const struct mlt_search_cell *whole,
                                      const struct mlt_search_cell *part)
{
    struct mlt_search_cell rest = *whole;
    mlt_search_cell_subtract(&rest, part);
    return rest;
}

/* The slice by one column that holds the value; columns are the first grids. */
static const struct mlt_search_cell *single(const struct finding_out *f, int column, uint32_t value)
{
    return &f->sum[f->search->grid[column].first + value];
}

/* False when there are too few rows on either side to say anything. */
static bool p_against(const struct finding_out *f, const struct mlt_search_cell *slice,
                      const struct mlt_search_cell *whole, double *p)
{
    const struct mlt_search_cell rest = without(whole, slice);
    if (slice->rows < f->min_rows || rest.rows < f->min_rows)
        return false;
    *p = fmax(*p, p_worse_than(slice, &rest));
    return true;
}

static void test_cell(struct finding_out *f, size_t g, uint32_t at)
{
    const struct mlt_search *s = f->search;
    const struct mlt_search_grid *grid = &s->grid[g];
    const struct mlt_search_cell *slice = &f->sum[grid->first + at];
    struct tested t = {.grid = g, .cell = grid->first + at, .value = {at, 0}};
    if (slice->rows < f->min_rows)
        return;
    if (grid->b >= 0) {
        uint32_t step = (uint32_t)s->spec->columns[grid->b].value_count;
        t.value[0] = at / step;
        t.value[1] = at % step;
        if (!p_against(f, slice, single(f, grid->a, t.value[0]), &t.p) ||
            !p_against(f, slice, single(f, grid->b, t.value[1]), &t.p))
            return;
    }
    if (!p_against(f, slice, &f->sum[0], &t.p))
        return;
    if (s->spec->has_baseline)
        t.p = fmax(t.p, p_worse_than_baseline(s, slice));
    f->tested[f->count++] = t;
}

static double effect_of(const struct finding_out *f, const struct tested *t)
{
    const struct mlt_search_cell rest = without(&f->sum[0], &f->sum[t->cell]);
    const struct moments a = moments_of(&f->sum[t->cell]), b = moments_of(&rest);
    return (a.mean - b.mean) / sqrt((a.variance + b.variance) / 2);
}

static bool adjust(struct finding_out *f, struct mlt_err *err)
{
    double *q = calloc(f->count + 1, sizeof *q);
    if (q == NULL)
        return mlt_err_oom(err);
    for (size_t i = 0; i < f->count; i++)
        q[i] = f->tested[i].p;
    mlt_benjamini_hochberg_adjust(q, f->count, f->count);
    for (size_t i = 0; i < f->count; i++) {
        f->tested[i].q = q[i];
        f->tested[i].weak = q[i] <= f->rate && effect_of(f, &f->tested[i]) >= smallest_effect;
    }
    free(q);
    return true;
}

/* Whether the pair's slice is part of the slice by one column. */
static bool is_part(const struct finding_out *f, const struct tested *pair,
                    const struct tested *whole, int *partner)
{
    const struct mlt_search_grid *of = &f->search->grid[pair->grid];
    int column = f->search->grid[whole->grid].a;
    if (of->b < 0 || (of->a != column && of->b != column))
        return false;
    *partner = of->a == column ? of->b : of->a;
    return pair->value[of->a == column ? 0 : 1] == whole->value[0];
}

/* Whether what is left without the weak parts by one other column is still shown to be weak, by
 * the standard that all listed slices meet. */
static bool stands_without(const struct finding_out *f, const struct tested *whole, int partner,
                           double largest_p)
{
    const struct mlt_search_cell *slice = &f->sum[whole->cell];
    struct mlt_search_cell left = *slice;
    int other;
    for (size_t i = 0; i < f->count; i++)
        if (f->tested[i].weak && is_part(f, &f->tested[i], whole, &other) && other == partner)
            mlt_search_cell_subtract(&left, &f->sum[f->tested[i].cell]);
    if (left.rows == slice->rows || left.rows < f->min_rows)
        return true;
    const struct mlt_search_cell elsewhere = without(&f->sum[0], slice);
    double p = p_worse_than(&left, &elsewhere);
    if (f->search->spec->has_baseline)
        p = fmax(p, p_worse_than_baseline(f->search, &left));
    return p <= largest_p;
}

/* Slices by one column that are weak only by their parts. */
static void drop_explained(struct finding_out *f)
{
    double largest_p = 0;
    for (size_t i = 0; i < f->count; i++)
        if (f->tested[i].weak)
            largest_p = fmax(largest_p, f->tested[i].p);
    for (size_t i = 0; i < f->count; i++) {
        struct tested *whole = &f->tested[i];
        bool stands = whole->weak && f->search->grid[whole->grid].b < 0;
        for (size_t c = 0; stands && c < f->search->spec->column_count; c++)
            stands = stands_without(f, whole, (int)c, largest_p);
        if (f->search->grid[whole->grid].b < 0)
            whole->weak = whole->weak && stands;
    }
}

/* The metric from a mean loss in quanta. */
static double value_of(const struct mlt_search *s, int64_t sum, uint64_t rows)
{
    const struct mlt_metric_ops *ops = s->spec->metric.ops;
    double loss = (double)sum / (double)rows / s->per_unit, gradient[MLT_METRIC_MAX_TERMS];
    const char *why = NULL;
    struct mlt_wide mean[MLT_METRIC_MAX_TERMS] = {{0, 0}}, value = mlt_wide_from(NAN);
    mean[0] = mlt_wide_from(ops->direction == MLT_HIGHER_IS_BETTER ? -loss : loss);
    ops->combine(mean, s->spec->metric.parameter, &value, gradient, &why);
    return mlt_wide_value(value);
}

/* "tenure in (9, 29]", "age <= 9", "contract == One year" */
static void print_part(struct mlt_buf *out, const struct mlt_search_column *column, uint32_t value)
{
    const char *text = column->value[value];
    mlt_buf_puts(out, column->name);
    if (column->has_ranges && text[0] == '(' && text[1] >= '+' && text[1] <= '9')
        mlt_buf_puts(out, " in ");
    else if (column->has_ranges && (text[0] == '<' || text[0] == '>'))
        mlt_buf_puts(out, " ");
    else
        mlt_buf_puts(out, " == ");
    mlt_buf_puts(out, text);
}

static bool name_slice(const struct finding_out *f, const struct tested *t, struct mlt_arena *arena,
                       struct mlt_weak_slice *out, struct mlt_err *err)
{
    const struct mlt_search_grid *grid = &f->search->grid[t->grid];
    const struct mlt_search_column *columns = f->search->spec->columns;
    const char *name[2], *value[2];
    struct mlt_buf where = MLT_BUF_INIT;
    size_t parts = grid->b < 0 ? 1 : 2;
    for (size_t i = 0; i < parts; i++) {
        const struct mlt_search_column *column = &columns[i == 0 ? grid->a : grid->b];
        name[i] = column->name;
        value[i] = column->value[t->value[i]];
        mlt_buf_puts(&where, i > 0 ? " and " : "");
        print_part(&where, column, t->value[i]);
    }
    out->column = mlt_slice_name(name, parts, arena);
    out->value = mlt_slice_name(value, parts, arena);
    bool ok = mlt_buf_check(&where, err);
    out->where = ok ? mlt_arena_strdup(arena, where.data) : NULL;
    mlt_buf_free(&where);
    return out->column != NULL && out->value != NULL && out->where != NULL ? true
                                                                           : mlt_err_oom(err);
}

static void describe(const struct finding_out *f, const struct tested *t, size_t found,
                     struct mlt_weak_slice *out)
{
    const struct mlt_search *s = f->search;
    const struct mlt_search_cell *slice = &f->sum[t->cell], *all = &f->sum[0];
    const struct mlt_search_cell rest = without(all, slice);
    const struct moments a = moments_of(slice), b = moments_of(&rest), total = moments_of(all);
    double third, level = f->rate * (double)found / (double)f->count;
    struct mlt_estimate e = difference(&a, &b, &third);
    *out = (struct mlt_weak_slice){.rows = slice->rows, .p = t->p, .q = t->q};
    out->baseline = out->baseline_rest = NAN;
    out->candidate = value_of(s, slice->candidate, slice->rows);
    out->candidate_rest = value_of(s, rest.candidate, rest.rows);
    if (s->spec->has_baseline) {
        out->baseline = value_of(s, slice->baseline, slice->rows);
        out->baseline_rest = value_of(s, rest.baseline, rest.rows);
    }
    double skewness = third / (e.se * e.se * e.se) * sqrt(a.rows);
    out->excess = e.value / s->per_unit;
    out->excess_lo = mlt_cautious_interval(e, skewness, a.rows, fmin(level, 0.25)).lo / s->per_unit;
    out->effect = effect_of(f, t);
    out->impact = (total.mean - b.mean) / s->per_unit;
}

static int by_impact(const void *left, const void *right)
{
    const struct mlt_weak_slice *a = left, *b = right;
    if (a->impact != b->impact)
        return a->impact < b->impact ? 1 : -1;
    int order = strcmp(a->column, b->column);
    return order != 0 ? order : strcmp(a->value, b->value);
}

static bool report(const struct finding_out *f, struct mlt_arena *arena,
                   struct mlt_search_result *out, struct mlt_err *err)
{
    size_t selected = 0;
    for (size_t i = 0; i < f->count; i++)
        selected += f->tested[i].weak;
    struct mlt_weak_slice *weak = mlt_arena_calloc(arena, selected, sizeof *weak);
    if (weak == NULL)
        return mlt_err_oom(err);
    for (size_t i = 0; i < f->count; i++) {
        if (!f->tested[i].weak)
            continue;
        describe(f, &f->tested[i], selected, &weak[out->found]);
        if (!name_slice(f, &f->tested[i], arena, &weak[out->found++], err))
            return false;
    }
    if (selected > 0)
        qsort(weak, selected, sizeof *weak, by_impact);
    out->weak = weak;
    out->count = out->found < f->search->spec->most ? out->found : f->search->spec->most;
    return true;
}

static bool search_all(struct finding_out *f, struct mlt_arena *arena,
                       struct mlt_search_result *out, struct mlt_err *err)
{
    const struct mlt_search *s = f->search;
    uint64_t rows = f->sum[0].rows;
    f->rate = s->spec->rate > 0 ? s->spec->rate : usual_rate;
    f->min_rows = s->spec->min_rows;
    if (f->min_rows == 0)
        f->min_rows = rows / MIN_SHARE > MIN_ROWS ? rows / MIN_SHARE : MIN_ROWS;
    if (f->min_rows < 2)
        f->min_rows = 2;
    for (size_t g = 0; g < s->grid_count; g++)
        for (size_t i = 0; i < s->grid[g].count; i++)
            test_cell(f, g, (uint32_t)i);
    if (!adjust(f, err))
        return false;
    drop_explained(f);
    *out = (struct mlt_search_result){
        .metric = s->spec->metric.name,
        .direction = mlt_direction_name(s->spec->metric.ops->direction),
        .rate = f->rate,
        .smallest_effect = smallest_effect,
        .rows = rows,
        .min_rows = f->min_rows,
        .columns = s->spec->column_count,
        .pairs = s->grid_count - s->spec->column_count,
        .pairs_possible = s->pairs_possible,
        .tested = f->count,
        .quantum = 1 / s->per_unit,
    };
    return report(f, arena, out, err);
}

bool mlt_search_find(const struct mlt_search *s, struct mlt_arena *arena,
                     struct mlt_search_result *out, struct mlt_err *err)
{
    struct finding_out f = {.search = s};
    f.sum = calloc(s->cell_count, sizeof *f.sum);
    f.tested = calloc(s->cell_count, sizeof *f.tested);
    bool ok = f.sum != NULL && f.tested != NULL ? true : mlt_err_oom(err);
    for (unsigned w = 0; ok && w < s->workers; w++)
        for (size_t i = 0; i < s->cell_count; i++)
            mlt_search_cell_add(&f.sum[i], &s->cells[w][i]);
    ok = ok && search_all(&f, arena, out, err);
    free(f.sum);
    free(f.tested);
    return ok;
}
