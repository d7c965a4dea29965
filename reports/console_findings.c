#include "reports/console_findings.h"

#include <string.h>

#include "harness/base/str.h"
#include "reports/cell.h"
#include "reports/figures.h"
#include "reports/paint.h"
#include "reports/quantity.h"

/* What one field of a report may take from a model's or a person's text. */
enum { FIELD_MAX_BYTES = 1000 };

struct mlt_console mlt_console_open(struct mlt_buf *out, bool color, unsigned width)
{
    unsigned columns = width == 0 ? 100 : width < 60 ? 60 : width > 200 ? 200 : width;
    return (struct mlt_console){.out = out, .color = color, .width = columns, .start = out->len};
}

void mlt_console_close(const struct mlt_console *c)
{
    /* Padded columns leave spaces at the ends of lines, where nobody sees them but a diff. */
    char *text = c->out->data;
    size_t kept = c->start;
    for (size_t at = c->start; at < c->out->len; at++) {
        if (text[at] == '\n')
            while (kept > c->start && text[kept - 1] == ' ')
                kept--;
        text[kept++] = text[at];
    }
    if (kept < c->out->len)
        text[kept] = '\0';
    c->out->len = kept > c->start ? kept : c->out->len;
}

void mlt_console_heading(const struct mlt_console *c, const char *text)
{
    mlt_buf_putc(c->out, '\n');
    mlt_paint_text(c->out, c->color, MLT_PAINT_BOLD, text);
    mlt_buf_putc(c->out, '\n');
}

void mlt_console_paragraph(const struct mlt_console *c, const char *indent, const char *text)
{
    struct mlt_buf safe = MLT_BUF_INIT;
    mlt_cell_safe(&safe, text, FIELD_MAX_BYTES);
    mlt_cell_wrap(c->out, safe.data, indent, c->width);
    c->out->oom |= safe.oom;
    mlt_buf_free(&safe);
}

/* "✗ fail          rmse within 5% of production for brand = 3          regression/holdout" */
static void title_line(const struct mlt_console *c, const struct mlt_finding *f)
{
    struct mlt_buf slice = MLT_BUF_INIT, safe = MLT_BUF_INIT, place = MLT_BUF_INIT;
    mlt_figures_slice(&slice, f);
    mlt_cell_safe(&safe, f->criterion && *f->criterion ? f->criterion : "(no sentence)", 300);
    if (slice.len > 0) {
        mlt_buf_puts(&safe, "  ");
        mlt_cell_safe(&safe, slice.data, 120);
    }
    mlt_cell_safe(&place, f->case_id, 120);
    size_t right = mlt_cell_columns(place.data, place.len);
    unsigned most = c->width / 3;
    unsigned taken = right > most ? most : (unsigned)right;
    mlt_paint(c->out, c->color, mlt_paint_of_verdict(f->verdict));
    mlt_buf_printf(c->out, "%s %-12s", mlt_mark_of_verdict(f->verdict),
                   mlt_verdict_name(f->verdict));
    mlt_paint(c->out, c->color, MLT_PAINT_PLAIN);
    mlt_buf_putc(c->out, ' ');
    mlt_paint(c->out, c->color, MLT_PAINT_BOLD);
    mlt_cell_put(c->out, safe.data, c->width - 17 - taken, MLT_ALIGN_LEFT);
    mlt_paint(c->out, c->color, MLT_PAINT_PLAIN);
    mlt_buf_puts(c->out, "  ");
    mlt_paint(c->out, c->color, MLT_PAINT_DIM);
    mlt_cell_put(c->out, place.data, taken, MLT_ALIGN_RIGHT);
    mlt_paint(c->out, c->color, MLT_PAINT_PLAIN);
    mlt_buf_putc(c->out, '\n');
    c->out->oom |= slice.oom || safe.oom || place.oom;
    mlt_buf_free(&slice);
    mlt_buf_free(&safe);
    mlt_buf_free(&place);
}

static void strip_line(const struct mlt_console *c, const struct mlt_finding *f)
{
    if (!mlt_figures_of(f).has_axis)
        return;
    mlt_buf_puts(c->out, "    better ");
    mlt_paint(c->out, c->color, mlt_paint_of_verdict(f->verdict));
    mlt_figures_strip(c->out, f, c->width >= 90 ? 49 : 37);
    mlt_paint(c->out, c->color, MLT_PAINT_PLAIN);
    mlt_buf_puts(c->out, " worse   ");
    mlt_paint_text(c->out, c->color, MLT_PAINT_DIM, "┊ equal  ┃ margin");
    mlt_buf_putc(c->out, '\n');
}

static void said_by(const struct mlt_console *c, const struct mlt_finding *f,
                    void (*say)(struct mlt_buf *, const struct mlt_finding *))
{
    struct mlt_buf text = MLT_BUF_INIT;
    say(&text, f);
    mlt_console_paragraph(c, "    ", text.data);
    c->out->oom |= text.oom;
    mlt_buf_free(&text);
}

void mlt_console_finding(const struct mlt_console *c, const struct mlt_finding *f)
{
    title_line(c, f);
    /* The judge's reason holds the numbers that decided; without one they are told from the
     * finding. */
    if (f->reason && *f->reason) {
        mlt_console_paragraph(c, "    ", f->reason);
    } else {
        said_by(c, f, mlt_figures_facts);
        said_by(c, f, mlt_figures_need);
    }
    strip_line(c, f);
    mlt_paint(c->out, c->color, MLT_PAINT_DIM);
    said_by(c, f, mlt_figures_basis);
    mlt_paint(c->out, c->color, MLT_PAINT_PLAIN);
}

enum { FIGURE_COLUMNS = 12, USED_COLUMNS = 7, STRIP_COLUMNS = 25 };

struct passing_layout {
    unsigned name, strip;
};

static struct passing_layout passing_layout(const struct mlt_console *c)
{
    unsigned fixed = 2 + 2 * (FIGURE_COLUMNS + 1) + USED_COLUMNS + 1;
    unsigned strip = c->width >= 96 ? STRIP_COLUMNS : 0;
    return (struct passing_layout){c->width - fixed - (strip ? strip + 2 : 0), strip};
}

static void passing_row(const struct mlt_console *c, const struct passing_layout *layout,
                        const struct mlt_finding *f)
{
    struct mlt_buf name = MLT_BUF_INIT, candidate = MLT_BUF_INIT, reference = MLT_BUF_INIT,
                   used = MLT_BUF_INIT;
    /* The slice tells rows of one sentence apart, so it comes first where room is short. */
    mlt_figures_slice(&name, f);
    mlt_buf_printf(&name, "%s%s", name.len ? ": " : "", f->criterion ? f->criterion : "");
    mlt_figures_cells(f, &candidate, &reference);
    mlt_figures_used(&used, f);
    mlt_paint_text(c->out, c->color, MLT_PAINT_GOOD, mlt_mark_of_verdict(f->verdict));
    mlt_buf_putc(c->out, ' ');
    mlt_cell_text(c->out, name.data, layout->name, MLT_ALIGN_LEFT);
    mlt_buf_putc(c->out, ' ');
    mlt_cell_text(c->out, candidate.data, FIGURE_COLUMNS, MLT_ALIGN_RIGHT);
    mlt_buf_putc(c->out, ' ');
    mlt_cell_text(c->out, reference.data, FIGURE_COLUMNS, MLT_ALIGN_RIGHT);
    mlt_buf_putc(c->out, ' ');
    mlt_cell_text(c->out, used.data, USED_COLUMNS, MLT_ALIGN_RIGHT);
    if (layout->strip) {
        mlt_buf_puts(c->out, "  ");
        mlt_paint(c->out, c->color, MLT_PAINT_GOOD);
        mlt_figures_strip(c->out, f, layout->strip);
        mlt_paint(c->out, c->color, MLT_PAINT_PLAIN);
    }
    mlt_buf_putc(c->out, '\n');
    c->out->oom |= name.oom || candidate.oom || reference.oom || used.oom;
    mlt_buf_free(&name);
    mlt_buf_free(&candidate);
    mlt_buf_free(&reference);
    mlt_buf_free(&used);
}

void mlt_console_passing(const struct mlt_console *c, const struct mlt_finding *findings,
                         size_t count)
{
    struct passing_layout layout = passing_layout(c);
    bool first = true;
    for (size_t i = 0; i < count; i++) {
        if (findings[i].verdict != MLT_VERDICT_PASS)
            continue;
        if (first) {
            mlt_console_heading(c, "Criteria that hold");
            mlt_paint(c->out, c->color, MLT_PAINT_DIM);
            mlt_buf_puts(c->out, "  ");
            mlt_cell_spaces(c->out, layout.name + 1);
            mlt_buf_printf(c->out, "%*s %*s %*s", FIGURE_COLUMNS, "candidate", FIGURE_COLUMNS,
                           "against", USED_COLUMNS, "used");
            if (layout.strip)
                mlt_buf_puts(c->out, "  better┊     ┃       worse");
            mlt_paint(c->out, c->color, MLT_PAINT_PLAIN);
            mlt_buf_putc(c->out, '\n');
        }
        first = false;
        passing_row(c, &layout, &findings[i]);
    }
}
