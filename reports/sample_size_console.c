/* The console report of an experiment's plan. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "reports/cell.h"
#include "reports/console_findings.h"
#include "reports/paint.h"
#include "reports/quantity.h"
#include "reports/sample_size.h"

enum {
    EFFECT_COLUMNS = 26,
    COUNT_COLUMNS = 15,
    DAYS_COLUMNS = 8,
    P_COLUMNS = 8
};

static bool equal_arms(const struct mlt_sample_report *in)
{
    return in->arms == 2 && in->share[0] == in->share[1];
}

static unsigned arms_columns(const struct mlt_sample_report *in)
{
    return equal_arms(in) ? COUNT_COLUMNS : 12 * (unsigned)in->arms;
}

static const char *unit_of(const struct mlt_sample_report *in)
{
    return in->question.is_share ? "share" : "";
}

static void head(const struct mlt_console *c, const struct mlt_sample_report *in)
{
    const struct mlt_sample_question *q = &in->question;
    char text[MLT_QUANTITY_CHARS];
    struct mlt_buf line = MLT_BUF_INIT;
    mlt_buf_printf(&line, "%s %s", q->is_share ? "rate" : "mean",
                   mlt_quantity_format(q->baseline, unit_of(in), text));
    if (!q->is_share)
        mlt_buf_printf(&line, ", deviation %s per unit",
                       mlt_quantity_format(q->deviation, "", text));
    if (in->from != NULL)
        mlt_buf_printf(&line, " (from %s units)", mlt_quantity_count(in->from->units, text));
    mlt_buf_printf(&line, "; power %.4g %%, alpha %.4g %s", 100 * q->power, in->alpha,
                   in->two_sided ? "in both tails together"
                                 : "in one tail, as `ab analyze` judges");
    if (in->metrics > 1)
        mlt_buf_printf(&line, ", divided by %" PRIu64 " metrics (the first step of Holm)",
                       in->metrics);
    if (q->factor < 1)
        mlt_buf_printf(&line, "; CUPED leaves %.3g %% of the variance", 100 * q->factor);
    mlt_buf_puts(&line, "; units ");
    for (size_t a = 0; a < in->arms; a++)
        mlt_buf_printf(&line, "%s%.4g %%", a == 0 ? "" : " : ", 100 * in->share[a]);
    mlt_console_paragraph(c, "", line.data);
    c->out->oom |= line.oom;
    mlt_buf_free(&line);
}

static void cell(const struct mlt_console *c, const char *text, unsigned columns)
{
    mlt_cell_text(c->out, text, columns, MLT_ALIGN_RIGHT);
}

/* "+0.2 % (+2 %)": absolute, and relative to the baseline. */
static void effect_cell(const struct mlt_console *c, const struct mlt_sample_report *in,
                        double effect, bool sign, unsigned columns)
{
    char one[MLT_QUANTITY_CHARS], two[MLT_QUANTITY_CHARS], text[2 * MLT_QUANTITY_CHARS + 8];
    double relative = effect / fabs(in->question.baseline);
    struct mlt_scale scale = mlt_scale_choose(unit_of(in), &effect, 1, 3);
    struct mlt_scale share = mlt_scale_choose("share", &relative, 1, 3);
    if (isfinite(relative))
        snprintf(text, sizeof text, "%s (%s)", mlt_scale_format(&scale, effect, sign, true, one),
                 mlt_scale_format(&share, relative, sign, true, two));
    else
        snprintf(text, sizeof text, "%s", mlt_scale_format(&scale, effect, sign, true, one));
    cell(c, text, columns);
}

static void count_cell(const struct mlt_console *c, double count, unsigned columns)
{
    char text[MLT_QUANTITY_CHARS];
    bool whole = count >= 0 && count < 1e15;
    cell(c, whole ? mlt_quantity_count((uint64_t)count, text) : "no number", columns);
}

static bool has_margin(const struct mlt_sample_report *in)
{
    bool any = false;
    for (size_t i = 0; i < in->rows; i++)
        any = any || in->row[i].margin > 0;
    return any;
}

static void title(const struct mlt_console *c, const struct mlt_sample_report *in)
{
    mlt_buf_putc(c->out, '\n');
    mlt_paint(c->out, c->color, MLT_PAINT_DIM);
    if (has_margin(in))
        cell(c, "margin", EFFECT_COLUMNS);
    cell(c, has_margin(in) ? "true effect" : "effect", EFFECT_COLUMNS);
    cell(c, "units per arm", arms_columns(in));
    cell(c, "in all", COUNT_COLUMNS);
    if (in->per_day > 0)
        cell(c, "days", DAYS_COLUMNS);
    cell(c, "power", P_COLUMNS);
    mlt_paint(c->out, c->color, MLT_PAINT_PLAIN);
    mlt_buf_putc(c->out, '\n');
}

/* "12,000", or "9,000 : 1,000" where arms differ. */
static void arms_cell(const struct mlt_console *c, const struct mlt_sample_report *in, double units)
{
    struct mlt_buf text = MLT_BUF_INIT;
    char count[MLT_QUANTITY_CHARS];
    if (equal_arms(in) || !(units >= 0 && units < 1e15)) {
        count_cell(c, ceil(units / 2), arms_columns(in));
        return;
    }
    for (size_t a = 0; a < in->arms; a++)
        mlt_buf_printf(&text, "%s%s", a == 0 ? "" : " : ",
                       mlt_quantity_count((uint64_t)ceil(units * in->share[a]), count));
    cell(c, text.data, arms_columns(in));
    c->out->oom |= text.oom;
    mlt_buf_free(&text);
}

static void row(const struct mlt_console *c, const struct mlt_sample_report *in,
                const struct mlt_sample_row *r)
{
    char text[MLT_QUANTITY_CHARS];
    if (has_margin(in) && !(r->margin > 0))
        cell(c, "none", EFFECT_COLUMNS);
    else if (has_margin(in))
        effect_cell(c, in, r->margin, false, EFFECT_COLUMNS);
    if (r->effect == 0)
        cell(c, "equal", EFFECT_COLUMNS);
    else
        effect_cell(c, in, r->effect, true, EFFECT_COLUMNS);
    arms_cell(c, in, r->units);
    count_cell(c, r->units, COUNT_COLUMNS);
    if (in->per_day > 0)
        count_cell(c, ceil(r->units / in->per_day), DAYS_COLUMNS);
    snprintf(text, sizeof text, "%.3g %%", 100 * r->power);
    cell(c, isfinite(r->power) ? text : "none", P_COLUMNS);
    mlt_buf_putc(c->out, '\n');
}

bool mlt_sample_report_console(const struct mlt_sample_report *in, struct mlt_buf *out,
                               struct mlt_err *err)
{
    struct mlt_console c = mlt_console_open(out, in->color, in->width);
    head(&c, in);
    title(&c, in);
    for (size_t i = 0; i < in->rows; i++)
        row(&c, in, &in->row[i]);
    mlt_console_close(&c);
    return mlt_buf_check(out, err);
}
