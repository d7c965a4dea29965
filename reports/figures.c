#include "reports/figures.h"

#include <math.h>

#include "harness/domain/slice.h"
#include "reports/cell.h"
#include "reports/quantity.h"

struct mlt_figures mlt_figures_of(const struct mlt_finding *f)
{
    struct mlt_figures g = {.worse = NAN,
                            .lo = NAN,
                            .hi = NAN,
                            .allowed = NAN,
                            .limit = NAN,
                            .candidate_lo = NAN,
                            .candidate_hi = NAN};
    double sign = f->lower_is_better ? 1 : -1;
    if (!f->is_comparison) {
        /* harm - margin is the distance beyond the limit, wherever the zero of harm lies. */
        g.limit = f->candidate - sign * (f->harm - f->margin);
        double a = f->candidate + sign * (f->lo - f->harm),
               b = f->candidate + sign * (f->hi - f->harm);
        g.candidate_lo = fmin(a, b);
        g.candidate_hi = fmax(a, b);
        return g;
    }
    double shift = isfinite(f->admitted) && isfinite(f->margin) ? f->admitted - f->margin : 0;
    g.worse = f->harm + shift;
    g.lo = f->lo + shift;
    g.hi = f->hi + shift;
    g.allowed = f->margin + shift;
    g.has_axis = isfinite(g.allowed) && g.allowed > 0 && isfinite(g.worse);
    if (g.has_axis) {
        g.at = g.worse / g.allowed;
        g.at_lo = g.lo / g.allowed;
        g.at_hi = g.hi / g.allowed;
    }
    return g;
}

static void put(struct mlt_buf *out, const char *before, const struct mlt_scale *scale,
                double value, bool sign)
{
    char text[MLT_QUANTITY_CHARS];
    mlt_buf_puts(out, before);
    mlt_buf_puts(out, mlt_scale_format(scale, value, sign, true, text));
}

static void put_interval(struct mlt_buf *out, const struct mlt_finding *f,
                         const struct mlt_scale *scale, double lo, double hi, bool sign)
{
    if (isnan(lo) && isnan(hi))
        return;
    char a[MLT_QUANTITY_CHARS], b[MLT_QUANTITY_CHARS];
    double level = isfinite(f->alpha) && f->alpha > 0 ? 100 * (1 - 2 * f->alpha) : 90;
    mlt_buf_printf(out, ", %.4g %% interval [%s, %s]", level,
                   mlt_scale_format(scale, lo, sign, false, a),
                   mlt_scale_format(scale, hi, sign, true, b));
}

static void put_difference(struct mlt_buf *out, const struct mlt_finding *f,
                           const struct mlt_figures *g)
{
    const double group[] = {g->worse, g->lo, g->hi, g->allowed};
    struct mlt_scale scale = mlt_scale_choose(f->unit, group, 4, 3);
    if (g->worse == 0)
        mlt_buf_puts(out, ": no difference");
    else
        put(out,
            f->rule == MLT_RULE_EQUIVALENT ? ": apart by "
            : g->worse > 0                 ? ": worse by "
                                           : ": better by ",
            &scale, fabs(g->worse), false);
    double relative = 100 * fabs(g->worse / f->baseline);
    if (g->worse != 0 && isfinite(relative) && relative < 1e6)
        mlt_buf_printf(out, " (%.3g %%)", relative);
    put_interval(out, f, &scale, g->lo, g->hi, true);
    if (isfinite(g->allowed))
        put(out,
            f->rule == MLT_RULE_SUPERIOR ? ", asks for a gain of more than "
            : g->allowed > 0             ? ", admits "
                                         : ", admits no loss beyond ",
            &scale, f->rule == MLT_RULE_SUPERIOR ? fabs(g->allowed) : g->allowed, false);
}

void mlt_figures_facts(struct mlt_buf *out, const struct mlt_finding *f)
{
    struct mlt_figures g = mlt_figures_of(f);
    if (isnan(f->candidate) && isnan(f->baseline))
        return;
    if (!f->is_comparison) {
        const double group[] = {f->candidate, g.candidate_lo, g.candidate_hi, g.limit};
        struct mlt_scale scale = mlt_scale_choose(f->unit, group, 4, 4);
        put(out, "candidate ", &scale, f->candidate, false);
        put_interval(out, f, &scale, g.candidate_lo, g.candidate_hi, false);
        if (isfinite(g.limit))
            put(out, f->lower_is_better ? ", at most " : ", at least ", &scale, g.limit, false);
        return;
    }
    const double pair[] = {f->candidate, f->baseline};
    struct mlt_scale scale = mlt_scale_choose(f->unit, pair, 2, 4);
    put(out, "candidate ", &scale, f->candidate, false);
    put(out, ", baseline ", &scale, f->baseline, false);
    if (isfinite(g.worse))
        put_difference(out, f, &g);
}

static void put_count(struct mlt_buf *out, const char *name, uint64_t count)
{
    char text[MLT_QUANTITY_CHARS];
    if (count > 0)
        mlt_buf_printf(out, ", %s %s", name, mlt_quantity_count(count, text));
}

static void put_p(struct mlt_buf *out, const char *name, double p)
{
    char text[MLT_QUANTITY_CHARS];
    if (isfinite(p))
        mlt_buf_printf(out, ", %s %s", name, mlt_quantity_p(p, text));
}

void mlt_figures_basis(struct mlt_buf *out, const struct mlt_finding *f)
{
    if (f->rule == MLT_RULE_DEFAULT)
        return; /* nobody judged it by a rule */
    mlt_buf_printf(out, "rule %s", mlt_rule_name(f->rule));
    if (f->method)
        mlt_buf_printf(out, ", interval %s", f->method);
    if (isfinite(f->alpha))
        mlt_buf_printf(out, ", alpha %.4g", f->alpha);
    put_count(out, "rows", f->rows);
    if (isfinite(f->effective_rows))
        mlt_buf_printf(out, ", effective rows %.0f", f->effective_rows);
    put_count(out, "positives", f->positives);
    put_count(out, "clusters", f->clusters);
    put_count(out, "rows that differ", f->differing);
    put_p(out, "p(pass)", f->p_pass);
    put_p(out, "p(fail)", f->p_fail);
    put_p(out, "adjusted", f->p_adjusted);
    put_p(out, "q", f->q_value);
    if (f->definition && *f->definition)
        mlt_buf_printf(out, ", %s", f->definition);
}

void mlt_figures_need(struct mlt_buf *out, const struct mlt_finding *f)
{
    char text[MLT_QUANTITY_CHARS];
    const char *between = "";
    if (f->verdict == MLT_VERDICT_INCONCLUSIVE && f->rows_needed > 0) {
        mlt_buf_printf(out, "about %s rows would decide it four times in five",
                       mlt_quantity_count(f->rows_needed, text));
        between = "; ";
    }
    if (f->verdict == MLT_VERDICT_INCONCLUSIVE && isfinite(f->smallest_effect)) {
        mlt_buf_printf(out, "%sthis sample could have shown %s beyond the margin", between,
                       mlt_quantity_format(f->smallest_effect, f->unit, text));
        between = "; ";
    }
    if (f->verdict == MLT_VERDICT_FAIL && isfinite(f->flip) && f->flip != 0)
        mlt_buf_printf(out, "%s%s away from the other verdict", between,
                       mlt_quantity_format(fabs(f->flip), f->unit, text));
}

void mlt_figures_cells(const struct mlt_finding *f, struct mlt_buf *candidate,
                       struct mlt_buf *reference)
{
    struct mlt_figures g = mlt_figures_of(f);
    double other = f->is_comparison ? f->baseline : g.limit;
    const double pair[] = {f->candidate, other};
    struct mlt_scale scale = mlt_scale_choose(f->unit, pair, 2, 4);
    put(candidate, "", &scale, f->candidate, false);
    put(reference,
        f->is_comparison || isnan(other) ? ""
        : f->lower_is_better             ? "≤ "
                                         : "≥ ",
        &scale, other, false);
}

void mlt_figures_used(struct mlt_buf *out, const struct mlt_finding *f)
{
    struct mlt_figures g = mlt_figures_of(f);
    bool limited = f->lower_is_better && g.limit > 0;
    if (!g.has_axis && !limited)
        return;
    bool point = f->rule == MLT_RULE_POINT;
    double end = point || isnan(g.at_hi) ? g.at : g.at_hi;
    if (limited)
        end = (point || isnan(g.candidate_hi) ? f->candidate : g.candidate_hi) / g.limit;
    if (isnan(end))
        return;
    if (end <= 0)
        mlt_buf_puts(out, "none");
    else if (end < 100)
        mlt_buf_printf(out, "%.0f %%", 100 * end);
    else
        mlt_buf_puts(out, "> 9999 %");
}

void mlt_figures_slice(struct mlt_buf *out, const struct mlt_finding *f)
{
    if (f->slice_column)
        mlt_slice_print(out, f->slice_column, f->slice_value, " = ", ", ");
}

/* Where a share of the margin lies on a strip that runs from -1 to 3 margins; outside: the ends. */
static unsigned column_of(double at, unsigned columns)
{
    double share = (at + 1) / 4;
    if (!(share > 0))
        return 0;
    return share >= 1 ? columns - 1 : (unsigned)(share * (columns - 1) + 0.5);
}

void mlt_figures_strip(struct mlt_buf *out, const struct mlt_finding *f, unsigned columns)
{
    struct mlt_figures g = mlt_figures_of(f);
    if (!g.has_axis || columns < 9) {
        mlt_cell_spaces(out, columns);
        return;
    }
    bool interval = !isnan(g.at_lo) && !isnan(g.at_hi);
    unsigned point = column_of(g.at, columns), zero = column_of(0, columns),
             one = column_of(1, columns);
    unsigned lo = interval ? column_of(g.at_lo, columns) : point;
    unsigned hi = interval ? column_of(g.at_hi, columns) : point;
    for (unsigned i = 0; i < columns; i++) {
        const char *mark = i > lo && i < hi ? "─" : i == zero ? "┊" : " ";
        if (i == lo && interval)
            mark = g.at_lo < -1 ? "◂" : "├";
        if (i == hi && interval)
            mark = g.at_hi > 3 ? "▸" : "┤";
        if (i == one)
            mark = i >= lo && i <= hi ? "╂" : "┃";
        if (i == point)
            mark = g.at > 3 ? "▸" : g.at < -1 ? "◂" : "●";
        mlt_buf_puts(out, mark);
    }
}
