#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/str.h"
#include "reports/cell.h"
#include "reports/console_findings.h"
#include "reports/evaluation.h"
#include "reports/evaluation_search.h"
#include "reports/paint.h"
#include "reports/quantity.h"

enum { NAME_COLUMNS = 22, FIGURE_COLUMNS = 11, SLICE_ROWS = 12, MAX_SLICE_METRICS = 6 };

static void say(const struct mlt_console *c, enum mlt_paint paint, const char *text)
{
    mlt_paint(c->out, c->color, paint);
    mlt_console_paragraph(c, "  ", text);
    mlt_paint(c->out, c->color, MLT_PAINT_PLAIN);
}

static void count_line(const struct mlt_console *c, enum mlt_paint paint, uint64_t rows,
                       const char *words)
{
    char count[MLT_QUANTITY_CHARS];
    struct mlt_buf text = MLT_BUF_INIT;
    if (rows == 0)
        return;
    mlt_buf_printf(&text, "%s %s %s", mlt_quantity_count(rows, count), rows == 1 ? "row" : "rows",
                   words);
    say(c, paint, text.data);
    mlt_buf_free(&text);
}

static void write_threshold(const struct mlt_console *c, const struct mlt_evaluation_report *r)
{
    char number[MLT_DOUBLE_CHARS];
    struct mlt_buf text = MLT_BUF_INIT;
    mlt_buf_printf(&text, "predicted 1 from %s on, chosen as %s of the baseline",
                   mlt_str_format_double(r->threshold, number), r->threshold_rule);
    say(c, MLT_PAINT_DIM, text.data);
    mlt_buf_free(&text);
}

/* Which rows, whose scores, and first of all what is not in the numbers below. */
static void write_head(const struct mlt_console *c, const struct mlt_evaluation_report *r)
{
    char count[MLT_QUANTITY_CHARS];
    struct mlt_buf text = MLT_BUF_INIT;
    mlt_cell_safe(&text, strcmp(r->data, "-") == 0 ? "standard input" : r->data, 200);
    mlt_buf_printf(&text, ": %s rows scored, %s task, ",
                   mlt_quantity_count(r->counts.paired, count), r->task);
    mlt_cell_safe(&text, r->candidate, 100);
    if (r->baseline != NULL) {
        mlt_buf_puts(&text, " against ");
        mlt_cell_safe(&text, r->baseline, 100);
        if (r->baseline_data != NULL) {
            mlt_buf_puts(&text, " of ");
            mlt_cell_safe(&text, r->baseline_data, 200);
        }
        mlt_buf_puts(&text, " on the same rows");
    }
    mlt_cell_wrap(c->out, text.data, "", c->width);
    c->out->oom |= text.oom;
    mlt_buf_free(&text);
    if (r->threshold_rule != NULL)
        write_threshold(c, r);
    count_line(c, MLT_PAINT_BAD, r->counts.candidate_missing,
               "could not be scored because only the candidate has no prediction there");
    count_line(c, MLT_PAINT_DOUBT, r->counts.baseline_missing,
               "left out: the baseline has no prediction there");
    count_line(c, MLT_PAINT_DOUBT, r->counts.left_out,
               "left out: label, weight, cluster or query is missing (--missing drop)");
}

static const char *method_words(const struct mlt_evaluation_figure *f)
{
    if (f->m.undefined != NULL)
        return f->m.undefined;
    return f->method == NULL ? "" : f->method;
}

static struct mlt_scale scale_of(const struct mlt_evaluation_figure *f)
{
    const double values[] = {f->m.candidate, f->m.baseline};
    return mlt_scale_choose(f->m.unit, values, 2, 5);
}

static void put_figure(const struct mlt_console *c, const struct mlt_scale *scale, double value,
                       bool sign)
{
    char text[MLT_QUANTITY_CHARS];
    mlt_buf_putc(c->out, ' ');
    mlt_cell_put(c->out, isnan(value) ? "-" : mlt_scale_format(scale, value, sign, true, text),
                 FIGURE_COLUMNS, MLT_ALIGN_RIGHT);
}

static void put_range(const struct mlt_console *c, const struct mlt_scale *scale, double lo,
                      double hi, bool sign)
{
    char low[MLT_QUANTITY_CHARS], high[MLT_QUANTITY_CHARS], text[2 * MLT_QUANTITY_CHARS + 8];
    text[0] = '\0';
    if (isfinite(lo) && isfinite(hi))
        snprintf(text, sizeof text, "%s … %s", mlt_scale_format(scale, lo, sign, false, low),
                 mlt_scale_format(scale, hi, sign, false, high));
    mlt_buf_puts(c->out, "  ");
    mlt_cell_put(c->out, text, 2 * FIGURE_COLUMNS, MLT_ALIGN_LEFT);
}

/* Green or red only where the interval leaves no doubt. */
static enum mlt_paint paint_of(const struct mlt_evaluation_figure *f)
{
    if (f->worse_lo > 0)
        return MLT_PAINT_BAD;
    return f->worse_hi < 0 ? MLT_PAINT_GOOD : MLT_PAINT_PLAIN;
}

/* "+0.012": the difference itself, as people subtract; colour says which way is worse. */
static double difference(const struct mlt_evaluation_figure *f)
{
    return f->m.candidate - f->m.baseline;
}

static void difference_range(const struct mlt_evaluation_figure *f, double *lo, double *hi)
{
    bool lower_is_better = f->m.direction != MLT_HIGHER_IS_BETTER;
    *lo = lower_is_better ? f->worse_lo : -f->worse_hi;
    *hi = lower_is_better ? f->worse_hi : -f->worse_lo;
}

static void write_row(const struct mlt_console *c, const struct mlt_evaluation_figure *f, bool pair)
{
    struct mlt_scale scale = scale_of(f);
    double lo = f->lo, hi = f->hi;
    mlt_buf_puts(c->out, "  ");
    mlt_cell_text(c->out, f->m.metric, NAME_COLUMNS, MLT_ALIGN_LEFT);
    put_figure(c, &scale, f->m.candidate, false);
    if (pair) {
        put_figure(c, &scale, f->m.baseline, false);
        difference_range(f, &lo, &hi);
        mlt_paint(c->out, c->color, paint_of(f));
        put_figure(c, &scale, difference(f), true);
    }
    put_range(c, &scale, lo, hi, pair);
    mlt_paint(c->out, c->color, MLT_PAINT_PLAIN);
    mlt_paint(c->out, c->color, MLT_PAINT_DIM);
    mlt_cell_text(c->out, method_words(f), c->width > 100 ? 40 : 24, MLT_ALIGN_LEFT);
    mlt_paint(c->out, c->color, MLT_PAINT_PLAIN);
    mlt_buf_putc(c->out, '\n');
}

static void write_overall(const struct mlt_console *c, const struct mlt_evaluation_report *r)
{
    bool pair = r->baseline != NULL;
    mlt_buf_putc(c->out, '\n');
    mlt_paint(c->out, c->color, MLT_PAINT_DIM);
    mlt_buf_printf(c->out, "  %-*s %*s", NAME_COLUMNS, "metric", FIGURE_COLUMNS, "candidate");
    if (pair)
        mlt_buf_printf(c->out, " %*s %*s", FIGURE_COLUMNS, "baseline", FIGURE_COLUMNS,
                       "difference");
    mlt_buf_printf(c->out, "  %.4g %% interval", 100 * (1 - 2 * r->alpha));
    mlt_paint(c->out, c->color, MLT_PAINT_PLAIN);
    mlt_buf_putc(c->out, '\n');
    for (size_t i = 0; i < r->figure_count && r->figures[i].m.slice_column == NULL; i++)
        write_row(c, &r->figures[i], pair);
}

/* The figures of one slice of a column: `first` is the index of its first metric. */
struct slice {
    size_t first;
    double worse; /* of the first metric, for the order shown */
};

static int worst_first(const void *left, const void *right)
{
    const struct slice *a = left, *b = right;
    if (isnan(a->worse) || isnan(b->worse))
        return isnan(a->worse) - isnan(b->worse);
    if (a->worse != b->worse)
        return a->worse < b->worse ? 1 : -1;
    return (a->first > b->first) - (a->first < b->first);
}

/* Without a baseline the worst are those with the worst value. */
static double badness(const struct mlt_evaluation_figure *f, bool pair)
{
    if (pair)
        return f->worse;
    return f->m.direction == MLT_HIGHER_IS_BETTER ? -f->m.candidate : f->m.candidate;
}

static void write_slice_head(const struct mlt_console *c, const struct mlt_evaluation_report *r,
                             size_t first, size_t metrics, size_t slices)
{
    struct mlt_buf text = MLT_BUF_INIT;
    mlt_buf_printf(&text, "by ");
    mlt_cell_safe(&text, r->figures[first].m.slice_column, 60);
    mlt_buf_printf(&text, "%s", slices > SLICE_ROWS ? ", the worst" : "");
    mlt_console_heading(c, text.data);
    mlt_buf_free(&text);
    mlt_paint(c->out, c->color, MLT_PAINT_DIM);
    mlt_buf_printf(c->out, "  %-*s %*s", NAME_COLUMNS, "", 9, "rows");
    for (size_t k = 0; k < metrics; k++) {
        mlt_buf_putc(c->out, ' ');
        mlt_cell_text(c->out, r->figures[first + k].m.metric, FIGURE_COLUMNS, MLT_ALIGN_RIGHT);
        if (r->baseline != NULL)
            mlt_buf_printf(c->out, " %*s", FIGURE_COLUMNS, "difference");
    }
    mlt_paint(c->out, c->color, MLT_PAINT_PLAIN);
    mlt_buf_putc(c->out, '\n');
}

static void write_slice_row(const struct mlt_console *c, const struct mlt_evaluation_report *r,
                            size_t first, size_t metrics)
{
    char count[MLT_QUANTITY_CHARS];
    const struct mlt_measurement *m = &r->figures[first].m;
    mlt_buf_puts(c->out, "  ");
    mlt_cell_text(c->out, m->slice_value, NAME_COLUMNS, MLT_ALIGN_LEFT);
    mlt_buf_printf(c->out, " %*s", 9, mlt_quantity_count(m->rows, count));
    for (size_t k = 0; k < metrics; k++) {
        const struct mlt_evaluation_figure *f = &r->figures[first + k];
        struct mlt_scale scale = scale_of(f);
        put_figure(c, &scale, f->m.candidate, false);
        if (r->baseline == NULL)
            continue;
        mlt_paint(c->out, c->color, paint_of(f));
        put_figure(c, &scale, difference(f), true);
        mlt_paint(c->out, c->color, MLT_PAINT_PLAIN);
    }
    mlt_buf_putc(c->out, '\n');
}

/* One slice column, whose figures are [first, end): its worst slices. */
static void write_column(const struct mlt_console *c, const struct mlt_evaluation_report *r,
                         size_t first, size_t end, size_t metrics)
{
    size_t count = (end - first) / metrics;
    struct slice *slices = calloc(count, sizeof *slices);
    if (slices == NULL) {
        c->out->oom = true;
        return;
    }
    for (size_t i = 0; i < count; i++) {
        size_t at = first + i * metrics;
        slices[i] = (struct slice){at, badness(&r->figures[at], r->baseline != NULL)};
    }
    qsort(slices, count, sizeof *slices, worst_first);
    size_t per_metric = (FIGURE_COLUMNS + 1) * (r->baseline != NULL ? 2 : 1);
    size_t fit = (c->width - 2 - NAME_COLUMNS - 10) / per_metric;
    size_t shown = metrics < fit ? metrics : fit > 0 ? fit : 1;
    write_slice_head(c, r, first, shown, count);
    for (size_t i = 0; i < count && i < SLICE_ROWS; i++)
        write_slice_row(c, r, slices[i].first, shown);
    if (count > SLICE_ROWS || shown < metrics)
        mlt_buf_printf(c->out, "  (%zu slices, %zu metrics: --format json has them all)\n", count,
                       metrics);
    free(slices);
}

static void write_slices(const struct mlt_console *c, const struct mlt_evaluation_report *r)
{
    size_t metrics = 0;
    while (metrics < r->figure_count && r->figures[metrics].m.slice_column == NULL)
        metrics++;
    for (size_t first = metrics; metrics > 0 && first < r->figure_count;) {
        size_t end = first;
        while (end < r->figure_count &&
               mlt_str_eq(r->figures[end].m.slice_column, r->figures[first].m.slice_column))
            end++;
        write_column(c, r, first, end, metrics);
        first = end;
    }
}

static void write_pooled(const struct mlt_console *c, const struct mlt_evaluation_report *r)
{
    enum { MOST = 10 };
    struct mlt_buf text = MLT_BUF_INIT;
    if (r->pooled_count == 0)
        return;
    mlt_buf_puts(&text, "(other) pools values with too few rows: ");
    for (size_t i = 0; i < r->pooled_count && i < MOST; i++) {
        mlt_buf_puts(&text, i > 0 ? ", " : "");
        mlt_cell_safe(&text, r->pooled[i].column, 40);
        mlt_buf_puts(&text, " ");
        mlt_cell_safe(&text, r->pooled[i].value, 40);
        mlt_buf_printf(&text, " (%llu)", (unsigned long long)r->pooled[i].rows);
    }
    if (r->pooled_count > MOST)
        mlt_buf_printf(&text, " and %zu more", r->pooled_count - MOST);
    mlt_buf_putc(c->out, '\n');
    say(c, MLT_PAINT_DIM, text.data);
    c->out->oom |= text.oom;
    mlt_buf_free(&text);
}

static void write_verdict(const struct mlt_console *c, const struct mlt_evaluation_report *r)
{
    size_t blocking = 0;
    if (!r->is_judged) {
        mlt_buf_putc(c->out, '\n');
        say(c, MLT_PAINT_DIM,
            "Nothing was decided: add a sentence such as --require \"auc within 2% of baseline\" "
            "and the exit code says pass (0), fail (1), inconclusive (3) or invalid (4).");
        return;
    }
    for (size_t i = 0; i < r->finding_count; i++)
        blocking += r->findings[i].verdict != MLT_VERDICT_PASS;
    if (blocking > 0)
        mlt_console_heading(c, "Why");
    for (size_t i = 0; i < r->finding_count; i++)
        if (r->findings[i].verdict != MLT_VERDICT_PASS)
            mlt_console_finding(c, &r->findings[i]);
    mlt_console_passing(c, r->findings, r->finding_count);
    mlt_buf_putc(c->out, '\n');
    mlt_paint(c->out, c->color, mlt_paint_of_verdict(r->verdict));
    mlt_buf_puts(c->out, mlt_verdict_headline(r->verdict));
    mlt_paint(c->out, c->color, MLT_PAINT_PLAIN);
    mlt_buf_printf(c->out, ": %zu of %zu criteria hold.\n", r->finding_count - blocking,
                   r->finding_count);
}

void mlt_evaluation_write_console(const struct mlt_evaluation_report *r, struct mlt_buf *out)
{
    struct mlt_console c = mlt_console_open(out, r->color, r->width);
    write_head(&c, r);
    write_overall(&c, r);
    write_slices(&c, r);
    write_pooled(&c, r);
    mlt_evaluation_search_console(&c, r);
    write_verdict(&c, r);
    mlt_console_close(&c);
}
