/* The console report of an experiment: may it be trusted, what came out, what that means. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "reports/cell.h"
#include "reports/console_findings.h"
#include "reports/experiment.h"
#include "reports/paint.h"
#include "reports/quantity.h"

enum {
    VALUE_COLUMNS = 9,
    EFFECT_COLUMNS = 9,
    INTERVAL_COLUMNS = 21,
    P_COLUMNS = 8,
    MIN_NAME_COLUMNS = 12,
    MAX_NAME_COLUMNS = 24,
    MIN_STRIP_COLUMNS = 15,
    MAX_STRIP_COLUMNS = 41,
};

/* What there is room for: names, the absolute effect, pictures. */
struct layout {
    unsigned name, strip;
    bool absolute;
    double axis; /* lifts of all pictures lie between -axis and axis */
};

static double percent(const struct mlt_experiment_result *r)
{
    return 100 * (1 - 2 * r->alpha);
}

static void head(const struct mlt_console *c, const struct mlt_experiment_result *r)
{
    const struct mlt_experiment *e = r->experiment;
    char units[MLT_QUANTITY_CHARS], rows[MLT_QUANTITY_CHARS];
    mlt_buf_puts(c->out, "experiment ");
    mlt_cell_safe(c->out, e->events, 300);
    mlt_buf_puts(c->out, ": ");
    for (size_t a = 1; a < e->arms; a++) {
        mlt_buf_puts(c->out, a == 1 ? "" : a + 1 == e->arms ? " and " : ", ");
        mlt_cell_safe(c->out, e->arm[a], 60);
    }
    mlt_buf_puts(c->out, " against ");
    mlt_cell_safe(c->out, e->arm[0], 60);
    mlt_buf_printf(c->out, "\n%s units (", mlt_quantity_count(r->units, units));
    mlt_cell_safe(c->out, e->unit, 60);
    mlt_buf_printf(c->out, ") with %s events\n\n", mlt_quantity_count(r->rows, rows));
}

/* "✓ sample ratio  A 10,021 (50.1 %), B 9,979 (49.9 %), planned 50 : 50: p = 0.77" */
static void sample_ratio(const struct mlt_console *c, const struct mlt_experiment_result *r)
{
    bool bad = r->invalid != NULL;
    struct mlt_buf text = MLT_BUF_INIT;
    char number[MLT_QUANTITY_CHARS];
    for (size_t a = 0; a < r->experiment->arms; a++) {
        mlt_buf_puts(&text, a == 0 ? "" : ", ");
        mlt_buf_puts(&text, r->arm[a].name);
        mlt_buf_printf(&text, " %s units (%.4g %%, planned %.4g %%)",
                       mlt_quantity_count(r->arm[a].units, number),
                       100 * (double)r->arm[a].units / (double)r->units, 100 * r->arm[a].share);
    }
    mlt_buf_printf(&text, ": p = %s", mlt_quantity_p(r->allocation.p, number));
    mlt_paint(c->out, c->color, bad ? MLT_PAINT_ODD : MLT_PAINT_GOOD);
    mlt_buf_puts(c->out, bad ? "! sample ratio" : "✓ sample ratio");
    mlt_paint(c->out, c->color, MLT_PAINT_PLAIN);
    mlt_buf_putc(c->out, '\n');
    mlt_console_paragraph(c, "    ", text.data);
    c->out->oom |= text.oom;
    mlt_buf_free(&text);
    if (!bad)
        return;
    mlt_console_paragraph(c, "    ", r->invalid);
    mlt_console_paragraph(c, "    ",
                          "Nothing may be concluded from this experiment: who is missing may be "
                          "who was affected. Look for lost events, bots, redirects and late "
                          "assignment before looking at any metric.");
}

static void left_out(const struct mlt_console *c, const struct mlt_experiment_result *r)
{
    char number[MLT_QUANTITY_CHARS];
    if (r->mixed > 0)
        mlt_buf_printf(c->out,
                       "! %s units (%.2g %%) were seen in more than one arm and are left out\n",
                       mlt_quantity_count(r->mixed, number),
                       100 * (double)r->mixed / (double)(r->mixed + r->units));
    if (r->missing > 0)
        mlt_buf_printf(c->out, "! %s missing values count as 0\n",
                       mlt_quantity_count(r->missing, number));
}

/* The one axis of all lifts: ± the farthest end of an interval that is not wider than everything.
 */
static double axis_of(const struct mlt_experiment_result *r)
{
    double most = 0;
    for (size_t i = 0; i < r->effects; i++) {
        double lo = fabs(r->effect[i].lift_lo), hi = fabs(r->effect[i].lift_hi);
        most = fmax(most, fmax(isfinite(lo) ? lo : 0, isfinite(hi) ? hi : 0));
    }
    return most > 1 ? 1 : most;
}

static void strip(const struct mlt_console *c, const struct mlt_experiment_effect *e, double axis,
                  unsigned columns)
{
    if (!isfinite(e->lift_lo) || !isfinite(e->lift_hi) || !(axis > 0))
        return;
    double middle = (columns - 1) / 2.0;
    long at = lround(middle + fmax(-1, fmin(1, e->lift / axis)) * middle);
    long lo = lround(middle + fmax(-1, fmin(1, e->lift_lo / axis)) * middle);
    long hi = lround(middle + fmax(-1, fmin(1, e->lift_hi / axis)) * middle);
    bool better = e->m.direction == MLT_LOWER_IS_BETTER ? e->hi < 0 : e->lo > 0;
    bool worse = e->m.direction == MLT_LOWER_IS_BETTER ? e->lo > 0 : e->hi < 0;
    mlt_paint(c->out, c->color, better ? MLT_PAINT_GOOD : worse ? MLT_PAINT_BAD : MLT_PAINT_PLAIN);
    for (long i = 0; i < (long)columns; i++) {
        const char *mark = i == at               ? "●"
                           : i == lo             ? "├"
                           : i == hi             ? "┤"
                           : i == lround(middle) ? "┊"
                           : i > lo && i < hi    ? "─"
                                                 : " ";
        mlt_buf_puts(c->out, mark);
    }
    mlt_paint(c->out, c->color, MLT_PAINT_PLAIN);
}

static void cell(const struct mlt_console *c, const char *text, unsigned columns)
{
    mlt_cell_text(c->out, text, columns, MLT_ALIGN_RIGHT);
}

/* "+0.9 %" and "[+0.2 %, +1.6 %]" */
static void effect_cells(const struct mlt_console *c, const char *unit, double value, double lo,
                         double hi)
{
    double values[] = {value, lo, hi};
    char text[MLT_QUANTITY_CHARS], other[MLT_QUANTITY_CHARS], interval[2 * MLT_QUANTITY_CHARS + 8];
    struct mlt_scale scale = mlt_scale_choose(unit, values, 3, 3);
    if (scale.decimals > 5)
        scale = mlt_scale_choose(unit, values, 3, 2);
    mlt_buf_putc(c->out, ' ');
    cell(c, mlt_scale_format(&scale, value, true, true, text), EFFECT_COLUMNS - 1);
    bool known = isfinite(lo) && isfinite(hi);
    snprintf(interval, sizeof interval, " [%s, %s]",
             mlt_scale_format(&scale, lo, true, false, text),
             mlt_scale_format(&scale, hi, true, false, other));
    mlt_cell_text(c->out, known ? interval : " none", INTERVAL_COLUMNS, MLT_ALIGN_LEFT);
}

static void effect_row(const struct mlt_console *c, const struct layout *l,
                       const struct mlt_experiment_result *r, const struct mlt_experiment_effect *e)
{
    struct mlt_buf name = MLT_BUF_INIT;
    char text[MLT_QUANTITY_CHARS];
    double both[] = {e->m.baseline, e->m.candidate};
    struct mlt_scale scale = mlt_scale_choose(e->m.unit, both, 2, 4);
    mlt_buf_puts(&name, e->metric->name);
    if (r->experiment->arms > 2)
        mlt_buf_printf(&name, " %s", r->arm[e->arm].name);
    mlt_buf_puts(c->out, e->m.direction == MLT_LOWER_IS_BETTER ? "↓ " : "↑ ");
    mlt_cell_text(c->out, name.data, l->name, MLT_ALIGN_LEFT);
    cell(c, mlt_scale_format(&scale, e->m.baseline, false, true, text), VALUE_COLUMNS);
    cell(c, mlt_scale_format(&scale, e->m.candidate, false, true, text), VALUE_COLUMNS);
    c->out->oom |= name.oom;
    mlt_buf_free(&name);
    /* Numbers of an experiment that cannot be trusted are shown to look for the cause, not to
     * conclude. */
    bool trusted = r->invalid == NULL;
    if (l->absolute)
        effect_cells(c, e->m.unit, e->difference, trusted ? e->lo : NAN, trusted ? e->hi : NAN);
    effect_cells(c, "share", e->lift, trusted ? e->lift_lo : NAN, trusted ? e->lift_hi : NAN);
    cell(c, trusted ? mlt_quantity_p(e->p, text) : "none", P_COLUMNS);
    if (l->strip > 0 && trusted) {
        mlt_buf_puts(c->out, "  ");
        strip(c, e, l->axis, l->strip);
    }
    mlt_buf_putc(c->out, '\n');
    if (e->m.undefined != NULL) {
        mlt_buf_puts(c->out, "    no value: ");
        mlt_cell_safe(c->out, e->m.undefined, 200);
        mlt_buf_putc(c->out, '\n');
    }
}

static struct layout layout_of(const struct mlt_console *c, const struct mlt_experiment_result *r)
{
    unsigned effect = EFFECT_COLUMNS + INTERVAL_COLUMNS;
    unsigned fixed = 2 + 2 * VALUE_COLUMNS + effect + P_COLUMNS;
    struct layout l = {.absolute = c->width >= fixed + effect + MIN_NAME_COLUMNS,
                       .axis = axis_of(r)};
    fixed += l.absolute ? effect : 0;
    unsigned room = c->width > fixed ? c->width - fixed : 0;
    l.name = room < MIN_NAME_COLUMNS ? MIN_NAME_COLUMNS : room;
    l.name = l.name > MAX_NAME_COLUMNS ? MAX_NAME_COLUMNS : l.name;
    room = room > l.name + 2 ? room - l.name - 2 : 0;
    room = room > MAX_STRIP_COLUMNS ? MAX_STRIP_COLUMNS : room;
    /* An odd number has a middle. */
    if (room >= MIN_STRIP_COLUMNS && l.axis > 0 && r->invalid == NULL)
        l.strip = room % 2 == 1 ? room : room - 1;
    return l;
}

static void table(const struct mlt_console *c, const struct mlt_experiment_result *r)
{
    char interval[24];
    struct layout l = layout_of(c, r);
    snprintf(interval, sizeof interval, " [%.4g %%]", percent(r));
    mlt_console_heading(c, "Effects");
    mlt_paint(c->out, c->color, MLT_PAINT_DIM);
    mlt_cell_text(c->out, "", l.name + 2, MLT_ALIGN_LEFT);
    cell(c, "control", VALUE_COLUMNS);
    cell(c, "treated", VALUE_COLUMNS);
    if (l.absolute) {
        cell(c, "absolute", EFFECT_COLUMNS);
        mlt_cell_text(c->out, interval, INTERVAL_COLUMNS, MLT_ALIGN_LEFT);
    }
    cell(c, "relative", EFFECT_COLUMNS);
    mlt_cell_text(c->out, interval, INTERVAL_COLUMNS, MLT_ALIGN_LEFT);
    cell(c, "p", P_COLUMNS);
    if (l.strip > 0)
        mlt_buf_printf(c->out, "  %*s%.2g %%", (int)l.strip - 6, "relative, ±", 100 * l.axis);
    mlt_paint(c->out, c->color, MLT_PAINT_PLAIN);
    mlt_buf_putc(c->out, '\n');
    for (size_t i = 0; i < r->effects; i++)
        effect_row(c, &l, r, &r->effect[i]);
}

static void cuped(const struct mlt_console *c, const struct mlt_experiment_result *r)
{
    for (size_t i = 0; i < r->effects; i++) {
        const struct mlt_experiment_effect *e = &r->effect[i];
        if (e->metric->covariate == NULL || !isfinite(e->saved))
            continue;
        struct mlt_buf text = MLT_BUF_INIT;
        char more[MLT_QUANTITY_CHARS];
        mlt_buf_printf(&text, "%s: CUPED with %s took %.3g %% off the variance (rho² = %.3g)",
                       e->metric->name, e->metric->covariate, 100 * e->saved, e->rho2);
        double units = (double)e->m.rows * e->saved / (1 - e->saved);
        if (units >= 1 && units < 1e15)
            mlt_buf_printf(&text, ", as %s more units would have",
                           mlt_quantity_count((uint64_t)units, more));
        if (r->experiment->arms > 2)
            mlt_buf_printf(&text, " (%s)", r->arm[e->arm].name);
        mlt_console_paragraph(c, "  ", text.data);
        c->out->oom |= text.oom;
        mlt_buf_free(&text);
    }
}

static void warnings(const struct mlt_console *c, const struct mlt_experiment_result *r)
{
    for (size_t i = 0; i < r->effects; i++)
        for (size_t k = 0; k < r->effect[i].warnings; k++) {
            mlt_paint(c->out, c->color, MLT_PAINT_DOUBT);
            mlt_console_paragraph(c, "! ", r->effect[i].warning[k]);
            mlt_paint(c->out, c->color, MLT_PAINT_PLAIN);
        }
}

static void method(const struct mlt_console *c, const struct mlt_experiment_result *r)
{
    struct mlt_buf text = MLT_BUF_INIT;
    mlt_buf_printf(
        &text,
        "Units are independent, events are summed by unit. Intervals: t with Welch's degrees "
        "of freedom, widened where the difference is skewed (Hall); ratios by the delta method, "
        "relative ones by Fieller; %.4g %%, as "
        "sentences are judged with each tail at alpha %.4g. p is two-sided.",
        percent(r), r->alpha);
    mlt_paint(c->out, c->color, MLT_PAINT_DIM);
    mlt_console_paragraph(c, "  ", text.data);
    mlt_paint(c->out, c->color, MLT_PAINT_PLAIN);
    c->out->oom |= text.oom;
    mlt_buf_free(&text);
}

static void verdict(const struct mlt_console *c, const struct mlt_experiment_report *in)
{
    size_t good = 0;
    for (size_t i = 0; i < in->finding_count; i++)
        good += in->findings[i].verdict == MLT_VERDICT_PASS;
    if (good < in->finding_count)
        mlt_console_heading(c, "What does not hold, or is not shown");
    for (size_t i = 0; i < in->finding_count; i++)
        if (in->findings[i].verdict != MLT_VERDICT_PASS)
            mlt_console_finding(c, &in->findings[i]);
    mlt_console_passing(c, in->findings, in->finding_count);
    mlt_buf_putc(c->out, '\n');
    mlt_paint(c->out, c->color, mlt_paint_of_verdict(in->verdict));
    mlt_buf_printf(c->out, "%s: %zu of %zu sentences hold", mlt_verdict_headline(in->verdict), good,
                   in->finding_count);
    mlt_paint(c->out, c->color, MLT_PAINT_PLAIN);
    mlt_buf_putc(c->out, '\n');
}

bool mlt_experiment_report_console(const struct mlt_experiment_report *in, struct mlt_buf *out,
                                   struct mlt_err *err)
{
    struct mlt_console c = mlt_console_open(out, in->color, in->width);
    head(&c, in->result);
    left_out(&c, in->result);
    sample_ratio(&c, in->result);
    table(&c, in->result);
    cuped(&c, in->result);
    warnings(&c, in->result);
    method(&c, in->result);
    if (in->judged)
        verdict(&c, in);
    mlt_console_close(&c);
    return mlt_buf_check(out, err);
}
