#include "reports/evaluation_search.h"

#include <math.h>

#include "reports/cell.h"
#include "reports/paint.h"
#include "reports/quantity.h"

enum { WHERE_LEAST = 24, WHERE_MOST = 60, COUNT_COLUMNS = 9, FIGURE_COLUMNS = 11, NOT_SHOWN = 5 };

static void paragraph(const struct mlt_console *c, struct mlt_buf *text)
{
    mlt_paint(c->out, c->color, MLT_PAINT_DIM);
    mlt_console_paragraph(c, "  ", text->data);
    mlt_paint(c->out, c->color, MLT_PAINT_PLAIN);
    c->out->oom |= text->oom;
    mlt_buf_free(text);
}

/* How much was looked at: the weaker for it is what was found. */
static void write_extent(const struct mlt_console *c, const struct mlt_search_result *s)
{
    char rows[MLT_QUANTITY_CHARS];
    struct mlt_buf text = MLT_BUF_INIT;
    mlt_buf_printf(
        &text, "searched by %s: %zu %s and %zu %s of them, %zu slices of at least %s rows",
        s->metric, s->columns, s->columns == 1 ? "column" : "columns", s->pairs,
        s->pairs == 1 ? "pair" : "pairs", s->tested, mlt_quantity_count(s->min_rows, rows));
    if (s->pairs < s->pairs_possible)
        mlt_buf_printf(&text, " (of %zu pairs those with the fewest slices)", s->pairs_possible);
    paragraph(c, &text);
}

static void write_reading(const struct mlt_console *c, const struct mlt_evaluation_report *r)
{
    struct mlt_buf text = MLT_BUF_INIT;
    const struct mlt_search_result *s = r->search;
    if (s->found > s->count)
        mlt_buf_printf(&text, "%zu more were found. ", s->found - s->count);
    mlt_buf_printf(
        &text,
        "Of what is listed at most %g %% is expected to be chance (q: Benjamini-Hochberg "
        "over all slices tested). Found by looking, so nothing is decided by it.",
        100 * s->rate);
    paragraph(c, &text);
}

static void write_none(const struct mlt_console *c, const struct mlt_evaluation_report *r)
{
    struct mlt_buf text = MLT_BUF_INIT;
    mlt_buf_printf(&text, "none is shown at a false discovery rate of %g %%: a weak slice %s",
                   100 * r->search->rate,
                   r->baseline != NULL
                       ? "does worse than the baseline, and compares worse with it than all other "
                         "rows do"
                       : "does worse than all other rows");
    mlt_console_paragraph(c, "  ", text.data);
    c->out->oom |= text.oom;
    mlt_buf_free(&text);
}

static void write_not_searched(const struct mlt_console *c, const struct mlt_evaluation_report *r)
{
    struct mlt_buf text = MLT_BUF_INIT;
    if (r->not_searched_count == 0)
        return;
    mlt_buf_puts(&text, "not searched: ");
    for (size_t i = 0; i < r->not_searched_count && i < NOT_SHOWN; i++) {
        mlt_buf_puts(&text, i > 0 ? "; " : "");
        mlt_cell_safe(&text, r->not_searched[i], 160);
    }
    if (r->not_searched_count > NOT_SHOWN)
        mlt_buf_printf(&text, "; and %zu more", r->not_searched_count - NOT_SHOWN);
    paragraph(c, &text);
}

static void put_value(const struct mlt_console *c, const struct mlt_scale *scale, double value,
                      bool sign)
{
    char text[MLT_QUANTITY_CHARS];
    mlt_buf_putc(c->out, ' ');
    mlt_cell_put(c->out, isnan(value) ? "-" : mlt_scale_format(scale, value, sign, true, text),
                 FIGURE_COLUMNS, MLT_ALIGN_RIGHT);
}

static unsigned where_columns(const struct mlt_console *c, bool pair)
{
    unsigned rest = 2 + COUNT_COLUMNS + 1 + (pair ? 4 : 3) * (FIGURE_COLUMNS + 1);
    unsigned room = c->width > rest ? c->width - rest : 0;
    return room < WHERE_LEAST ? WHERE_LEAST : room > WHERE_MOST ? WHERE_MOST : room;
}

static void write_head(const struct mlt_console *c, const struct mlt_evaluation_report *r,
                       unsigned columns)
{
    mlt_paint(c->out, c->color, MLT_PAINT_DIM);
    mlt_buf_printf(c->out, "  %-*s %*s ", (int)columns, "", COUNT_COLUMNS, "rows");
    mlt_cell_text(c->out, r->search->metric, FIGURE_COLUMNS, MLT_ALIGN_RIGHT);
    if (r->baseline != NULL)
        mlt_buf_printf(c->out, " %*s", FIGURE_COLUMNS, "difference");
    mlt_buf_printf(c->out, " %*s %*s", FIGURE_COLUMNS, "elsewhere", FIGURE_COLUMNS, "q");
    mlt_paint(c->out, c->color, MLT_PAINT_PLAIN);
    mlt_buf_putc(c->out, '\n');
}

/* A name that is too long has a line of its own, in full: it is what was found. */
static void put_where(const struct mlt_console *c, const char *where, unsigned columns)
{
    struct mlt_buf text = MLT_BUF_INIT;
    mlt_cell_safe(&text, where, 600);
    if (mlt_cell_columns(text.data, text.len) > columns) {
        mlt_cell_wrap(c->out, text.data, "  ", c->width);
        mlt_buf_clear(&text);
    }
    mlt_buf_puts(c->out, "  ");
    mlt_cell_put(c->out, text.data, columns, MLT_ALIGN_LEFT);
    c->out->oom |= text.oom;
    mlt_buf_free(&text);
}

/* Against a baseline both differences stand side by side; alone, both values. */
static void write_slice(const struct mlt_console *c, const struct mlt_evaluation_report *r,
                        const struct mlt_weak_slice *w, unsigned columns)
{
    char text[MLT_QUANTITY_CHARS];
    const bool pair = r->baseline != NULL;
    const double values[] = {w->candidate, w->baseline, w->candidate_rest};
    struct mlt_scale scale = mlt_scale_choose("", values, 3, 5);
    put_where(c, w->where, columns);
    mlt_buf_printf(c->out, " %*s", COUNT_COLUMNS, mlt_quantity_count(w->rows, text));
    put_value(c, &scale, w->candidate, false);
    if (pair)
        put_value(c, &scale, w->candidate - w->baseline, true);
    put_value(c, &scale, pair ? w->candidate_rest - w->baseline_rest : w->candidate_rest, pair);
    mlt_buf_putc(c->out, ' ');
    mlt_cell_put(c->out, mlt_quantity_p(w->q, text), FIGURE_COLUMNS, MLT_ALIGN_RIGHT);
    mlt_buf_putc(c->out, '\n');
}

void mlt_evaluation_search_console(const struct mlt_console *c,
                                   const struct mlt_evaluation_report *r)
{
    if (r->search == NULL)
        return;
    unsigned columns = where_columns(c, r->baseline != NULL);
    mlt_console_heading(c, "weak slices that nobody named");
    write_extent(c, r->search);
    if (r->search->count > 0)
        write_head(c, r, columns);
    for (size_t i = 0; i < r->search->count; i++)
        write_slice(c, r, &r->search->weak[i], columns);
    if (r->search->count > 0)
        write_reading(c, r);
    else if (r->search->tested > 0)
        write_none(c, r);
    write_not_searched(c, r);
}

static void slice_json(const struct mlt_weak_slice *w, struct mlt_json_out *json)
{
    mlt_json_out_object(json);
    mlt_json_out_kstring(json, "column", w->column);
    mlt_json_out_kstring(json, "value", w->value);
    mlt_json_out_kstring(json, "where", w->where);
    mlt_json_out_kint(json, "rows", (int64_t)w->rows);
    mlt_json_out_koptional(json, "candidate", w->candidate);
    mlt_json_out_koptional(json, "baseline", w->baseline);
    mlt_json_out_koptional(json, "candidate_elsewhere", w->candidate_rest);
    mlt_json_out_koptional(json, "baseline_elsewhere", w->baseline_rest);
    mlt_json_out_koptional(json, "excess", w->excess);
    mlt_json_out_koptional(json, "excess_lo", w->excess_lo);
    mlt_json_out_koptional(json, "effect", w->effect);
    mlt_json_out_koptional(json, "impact", w->impact);
    mlt_json_out_koptional(json, "p", w->p);
    mlt_json_out_koptional(json, "q", w->q);
    mlt_json_out_object_end(json);
}

void mlt_evaluation_search_json(const struct mlt_evaluation_report *r, struct mlt_json_out *json)
{
    const struct mlt_search_result *s = r->search;
    if (s == NULL)
        return;
    mlt_json_out_key(json, "weak_slices");
    mlt_json_out_object(json);
    mlt_json_out_kstring(json, "metric", s->metric);
    mlt_json_out_kstring(json, "better", s->direction);
    mlt_json_out_knumber(json, "false_discovery_rate", s->rate);
    mlt_json_out_knumber(json, "smallest_effect", s->smallest_effect);
    mlt_json_out_kint(json, "min_rows", (int64_t)s->min_rows);
    mlt_json_out_kint(json, "columns", (int64_t)s->columns);
    mlt_json_out_kint(json, "pairs", (int64_t)s->pairs);
    mlt_json_out_kint(json, "pairs_possible", (int64_t)s->pairs_possible);
    mlt_json_out_kint(json, "tested", (int64_t)s->tested);
    mlt_json_out_kint(json, "found", (int64_t)s->found);
    mlt_json_out_knumber(json, "rounded_to", s->quantum);
    mlt_json_out_key(json, "slices");
    mlt_json_out_array(json);
    for (size_t i = 0; i < s->count; i++)
        slice_json(&s->weak[i], json);
    mlt_json_out_array_end(json);
    mlt_json_out_key(json, "not_searched");
    mlt_json_out_array(json);
    for (size_t i = 0; i < r->not_searched_count; i++)
        mlt_json_out_string(json, r->not_searched[i]);
    mlt_json_out_array_end(json);
    mlt_json_out_object_end(json);
}
