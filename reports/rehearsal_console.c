/* A rehearsal on a terminal: the answer, the sentences, the whole gate, the self-test. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/str.h"
#include "harness/domain/slice.h"
#include "reports/cell.h"
#include "reports/console_findings.h"
#include "reports/paint.h"
#include "reports/quantity.h"
#include "reports/rehearsal.h"

enum { RATE_COLUMNS = 9, RATES = 5, MIN_NAME_COLUMNS = 24 };

/* "4.6 %", "0 %", "< 0.1 %", "100 %": what is nearly all or nothing is told from it. */
static char *percent(double share, char out[MLT_QUANTITY_CHARS])
{
    double value = 100 * share;
    const char *format = "%.1f %%";
    if (isnan(value))
        format = "–";
    else if (value == 0 || value == 100)
        format = "%.0f %%";
    else if (value < 0.05)
        format = "< 0.1 %%";
    else if (value >= 99.95)
        format = "> 99.9 %%";
    snprintf(out, MLT_QUANTITY_CHARS, format, value);
    return out;
}

/* "4.6 % of the time (3.7 to 5.6)" */
static void print_rate(struct mlt_buf *out, const struct mlt_rate *rate)
{
    char number[MLT_QUANTITY_CHARS];
    mlt_buf_printf(out, "%s of the time (%.1f to %.1f)", percent(rate->share, number),
                   100 * rate->lo, 100 * rate->hi);
}

/* A paragraph from a buffer, which is emptied. */
static void flush(const struct mlt_console *c, const char *indent, struct mlt_buf *text)
{
    mlt_console_paragraph(c, indent, text->data);
    c->out->oom |= text->oom;
    mlt_buf_clear(text);
}

/* "rmse within 5% of production, brand == 3" */
static void print_cell(const struct mlt_rehearsal_report *r, size_t cell, struct mlt_buf *out)
{
    if (cell >= r->rehearsal->cell_count)
        return;
    const struct mlt_rehearsal_cell *at = &r->rehearsal->cells[cell];
    mlt_buf_puts(out, at->sentence->text);
    if (at->m->slice_column != NULL && at->sentence->for_column == NULL) {
        mlt_buf_puts(out, ", ");
        mlt_slice_print(out, at->m->slice_column, at->m->slice_value, " == ", " and ");
    }
}

static size_t count_left_out(const struct mlt_rehearsal_report *r)
{
    size_t count = 0;
    for (size_t i = 0; i < r->rates->sentence_count; i++)
        count += r->rates->sentences[i].rehearsed == 0;
    return count;
}

static void answer(const struct mlt_console *c, const struct mlt_rehearsal_report *r)
{
    const struct mlt_rehearsal_rates *rates = r->rates;
    struct mlt_buf text = MLT_BUF_INIT;
    if (rates->equal_passes.n == 0) {
        mlt_buf_puts(&text, "Nothing of this gate could be rehearsed: it judges no figure of this "
                            "run.");
    } else {
        mlt_buf_puts(&text, "An equal candidate passes this gate ");
        print_rate(&text, &rates->equal_passes);
        if (rates->firm_passes.n > 0) {
            mlt_buf_puts(&text, "; one that is worse by exactly the margin in one figure passes at "
                                "most ");
            print_rate(&text, &rates->firm_passes);
        }
        if (rates->lenient_passes.n > 0) {
            mlt_buf_puts(&text, "; in one that only must not be shown to be worse up to ");
            print_rate(&text, &rates->lenient_passes);
        }
        mlt_buf_putc(&text, '.');
    }
    const size_t left_out = count_left_out(r);
    if (left_out > 0 && rates->equal_passes.n > 0)
        mlt_buf_printf(&text,
                       " %zu of its %zu sentences could not be rehearsed and %s not in this.",
                       left_out, rates->sentence_count, left_out == 1 ? "is" : "are");
    if (r->green_count > 0)
        mlt_buf_printf(&text, " %zu of its rules cannot go red (below).", r->green_count);
    mlt_paint(c->out, c->color, r->green_count > 0 ? MLT_PAINT_BAD : MLT_PAINT_BOLD);
    flush(c, "", &text);
    mlt_paint(c->out, c->color, MLT_PAINT_PLAIN);
    mlt_buf_free(&text);
}

static void basis(const struct mlt_console *c, const struct mlt_rehearsal_report *r)
{
    struct mlt_buf text = MLT_BUF_INIT;
    char rows[MLT_QUANTITY_CHARS], replicates[MLT_QUANTITY_CHARS];
    mlt_buf_printf(&text, "%s %s by %s, on run %s of %s@%s", r->gate_kind, r->gate, r->policy,
                   r->run_id, r->model, r->version);
    if (r->baseline_version != NULL)
        mlt_buf_printf(&text, " against %s", r->baseline_version);
    else
        mlt_buf_puts(&text, " against nothing");
    mlt_buf_printf(&text, ": %s rows, %s replicates; 95 %% intervals in brackets.",
                   mlt_quantity_count(r->rows, rows),
                   mlt_quantity_count(r->rehearsal->replicates, replicates));
    mlt_paint(c->out, c->color, MLT_PAINT_DIM);
    flush(c, "", &text);
    mlt_paint(c->out, c->color, MLT_PAINT_PLAIN);
    mlt_buf_free(&text);
}

static unsigned name_columns(const struct mlt_console *c)
{
    unsigned rest = c->width - RATES * RATE_COLUMNS;
    return rest < MIN_NAME_COLUMNS ? MIN_NAME_COLUMNS : rest;
}

static void cell(const struct mlt_console *c, const char *text)
{
    mlt_cell_text(c->out, text, RATE_COLUMNS, MLT_ALIGN_RIGHT);
}

static void rate_cell(const struct mlt_console *c, const struct mlt_rate *rate)
{
    char number[MLT_QUANTITY_CHARS];
    cell(c, rate->n == 0 ? "–" : percent(rate->share, number));
}

static void table_head(const struct mlt_console *c, const struct mlt_rehearsal_report *r)
{
    char meant[32];
    snprintf(meant, sizeof meant, "once");
    mlt_buf_putc(c->out, '\n');
    mlt_paint(c->out, c->color, MLT_PAINT_DIM);
    mlt_cell_text(c->out, "", name_columns(c), MLT_ALIGN_LEFT);
    mlt_cell_text(c->out, "equal candidate", 2 * RATE_COLUMNS, MLT_ALIGN_RIGHT);
    mlt_cell_text(c->out, "passes though worse by", 3 * RATE_COLUMNS, MLT_ALIGN_RIGHT);
    mlt_buf_putc(c->out, '\n');
    mlt_cell_text(c->out, "sentence", name_columns(c), MLT_ALIGN_LEFT);
    static const char *const names[RATES] = {"blocked", "as worse", "m / 2", "m", "2 m"};
    for (int i = 0; i < RATES; i++)
        cell(c, names[i]);
    mlt_buf_putc(c->out, '\n');
    mlt_paint(c->out, c->color, MLT_PAINT_PLAIN);
    (void)r;
}

/* Passing at the margin more often than alpha, beyond what chance shows. */
static bool is_lenient(const struct mlt_rehearsal_report *r, const struct mlt_rate *rate)
{
    return rate->n > 0 && rate->lo > r->alpha;
}

static void sentence_row(const struct mlt_console *c, const struct mlt_rehearsal_report *r,
                         size_t i)
{
    const struct mlt_rehearsal_line *line = &r->lines[i];
    const struct mlt_rehearsal_sentence *s = &r->rates->sentences[i];
    struct mlt_buf name = MLT_BUF_INIT;
    if (!mlt_str_eq(line->sentence, line->requirement))
        mlt_buf_printf(&name, "%s: ", line->case_id != NULL ? line->case_id : line->requirement);
    mlt_buf_puts(&name, line->sentence);
    if (s->count > 1)
        mlt_buf_printf(&name, " (%zu slices)", s->count);
    const unsigned columns = name_columns(c);
    if (mlt_cell_columns(name.data, name.len) + 1 > columns) {
        mlt_cell_safe(c->out, name.data, 400);
        mlt_buf_putc(c->out, '\n');
        mlt_cell_spaces(c->out, columns);
    } else {
        mlt_cell_text(c->out, name.data, columns, MLT_ALIGN_LEFT);
    }
    c->out->oom |= name.oom;
    mlt_buf_free(&name);
    if (s->rehearsed == 0) {
        mlt_cell_text(c->out, "not rehearsed", 2 * RATE_COLUMNS, MLT_ALIGN_RIGHT);
        mlt_buf_putc(c->out, '\n');
        return;
    }
    rate_cell(c, &s->equal_blocked);
    rate_cell(c, &s->equal_fails);
    rate_cell(c, &s->half_passes);
    mlt_paint(c->out, c->color,
              is_lenient(r, &s->margin_passes) ? MLT_PAINT_DOUBT : MLT_PAINT_PLAIN);
    rate_cell(c, &s->margin_passes);
    mlt_paint(c->out, c->color, MLT_PAINT_PLAIN);
    rate_cell(c, &s->double_passes);
    mlt_buf_puts(c->out, is_lenient(r, &s->margin_passes) ? " *\n" : "\n");
}

static void whole_row(const struct mlt_console *c, const struct mlt_rehearsal_report *r)
{
    const struct mlt_rehearsal_rates *all = r->rates;
    char number[MLT_QUANTITY_CHARS];
    mlt_paint(c->out, c->color, MLT_PAINT_BOLD);
    mlt_cell_text(c->out, "the whole gate", name_columns(c), MLT_ALIGN_LEFT);
    cell(c, percent(1 - all->equal_passes.share, number));
    rate_cell(c, &all->equal_fails);
    rate_cell(c, &all->half_passes);
    rate_cell(c, &all->margin_passes);
    rate_cell(c, &all->double_passes);
    mlt_paint(c->out, c->color, MLT_PAINT_PLAIN);
    mlt_buf_putc(c->out, '\n');
}

static bool any_lenient(const struct mlt_rehearsal_report *r)
{
    for (size_t i = 0; i < r->rates->sentence_count; i++)
        if (is_lenient(r, &r->rates->sentences[i].margin_passes))
            return true;
    return false;
}

static void table(const struct mlt_console *c, const struct mlt_rehearsal_report *r)
{
    struct mlt_buf text = MLT_BUF_INIT;
    char number[MLT_QUANTITY_CHARS];
    if (r->rates->sentence_count == 0)
        return;
    table_head(c, r);
    for (size_t i = 0; i < r->rates->sentence_count; i++)
        sentence_row(c, r, i);
    if (r->rates->equal_passes.n > 0)
        whole_row(c, r);
    mlt_buf_putc(c->out, '\n');
    mlt_buf_printf(&text,
                   "blocked: an equal candidate does not pass; as worse: it fails, and is not "
                   "only inconclusive. m is the sentence's margin (of a limit: the way from "
                   "production to it); at m a pass is wrong, and %s are meant. Of slices the one "
                   "in which the sentence does worst, alone. The whole gate at m and 2 m: worse in "
                   "one figure, equal in all others; at m / 2: in all.",
                   percent(r->alpha, number));
    mlt_paint(c->out, c->color, MLT_PAINT_DIM);
    flush(c, "", &text);
    mlt_paint(c->out, c->color, MLT_PAINT_PLAIN);
    if (any_lenient(r))
        mlt_console_paragraph(c, "",
                              "* passes at the margin more often than that: by its rule, or "
                              "because its interval is too short on such rows.");
    mlt_buf_free(&text);
}

/* The sentence that an equal candidate fails to pass most often. */
static void blocker(const struct mlt_console *c, const struct mlt_rehearsal_report *r)
{
    struct mlt_buf text = MLT_BUF_INIT;
    char number[MLT_QUANTITY_CHARS];
    size_t most = SIZE_MAX;
    for (size_t i = 0; i < r->rates->sentence_count; i++) {
        const struct mlt_rate *here = &r->rates->sentences[i].equal_blocked;
        if (here->n > 0 && here->k > 0 &&
            (most == SIZE_MAX || here->k > r->rates->sentences[most].equal_blocked.k))
            most = i;
    }
    mlt_buf_putc(c->out, '\n');
    if (most == SIZE_MAX)
        return;
    mlt_buf_printf(&text, "An equal candidate is blocked most often by: %s (%s).",
                   r->lines[most].sentence,
                   percent(r->rates->sentences[most].equal_blocked.share, number));
    flush(c, "", &text);
    mlt_buf_free(&text);
}

static void worst(const struct mlt_console *c, const struct mlt_rehearsal_report *r)
{
    const struct mlt_rehearsal_rates *all = r->rates;
    struct mlt_buf text = MLT_BUF_INIT;
    char number[MLT_QUANTITY_CHARS];
    if (all->margin_passes.n == 0 || all->margin_passes.k == 0)
        return;
    mlt_buf_puts(&text, "Worse by the margin is missed most often in: ");
    print_cell(r, all->margin_passes.cell, &text);
    if (all->margin_everywhere_passes.n > 0)
        mlt_buf_printf(&text,
                       ". A candidate at the margin in every figure at once passes %s of "
                       "the time.",
                       percent(all->margin_everywhere_passes.share, number));
    flush(c, "", &text);
    mlt_buf_free(&text);
}

static void lenient(const struct mlt_console *c, const struct mlt_rehearsal_report *r)
{
    const struct mlt_rehearsal_rates *all = r->rates;
    struct mlt_buf text = MLT_BUF_INIT;
    char number[MLT_QUANTITY_CHARS];
    if (all->lenient_cells == 0 || all->lenient_passes.n == 0)
        return;
    mlt_console_heading(c, "What not-shown-worse costs");
    mlt_buf_printf(&text,
                   "%zu figures are judged by not-shown-worse, which passes what is not "
                   "shown to be worse. A candidate worse by the margin in one of them "
                   "passes the gate ",
                   all->lenient_cells);
    print_rate(&text, &all->lenient_passes);
    if (all->double_lenient_passes.n > 0) {
        mlt_buf_puts(&text, ", by twice the margin ");
        print_rate(&text, &all->double_lenient_passes);
    }
    if (all->without_lenient.n > 0) {
        mlt_buf_puts(&text, "; in one of the others, were these not there, ");
        print_rate(&text, &all->without_lenient);
    }
    mlt_buf_printf(&text,
                   ". Were they non-inferior it would pass at most %s of the time, and an "
                   "equal candidate ",
                   percent(all->strict_passes.share, number));
    mlt_buf_printf(&text, "%s of the time.", percent(all->strict_equal_passes.share, number));
    flush(c, "  ", &text);
    mlt_buf_puts(&text, "The worst: ");
    print_cell(r, all->lenient_passes.cell, &text);
    flush(c, "  ", &text);
    mlt_buf_free(&text);
}

/* Sentences that were not, or not all, rehearsed on their own rows. */
static void otherwise(const struct mlt_console *c, const struct mlt_rehearsal_report *r)
{
    struct mlt_buf text = MLT_BUF_INIT;
    bool first = true;
    for (size_t i = 0; i < r->rates->sentence_count; i++) {
        const struct mlt_rehearsal_sentence *s = &r->rates->sentences[i];
        if (r->lines[i].why == NULL)
            continue;
        if (first)
            mlt_console_heading(c, "Not rehearsed on its own rows");
        first = false;
        mlt_buf_printf(&text, "%s: ", r->lines[i].sentence);
        if (s->rehearsed == 0)
            mlt_buf_puts(&text, "not rehearsed, because ");
        else if (s->rehearsed < s->count)
            mlt_buf_printf(&text, "%zu of %zu slices not rehearsed: ", s->count - s->rehearsed,
                           s->count);
        mlt_buf_puts(&text, r->lines[i].why);
        flush(c, "  ", &text);
    }
    mlt_buf_free(&text);
}

static void assumed(const struct mlt_console *c, const struct mlt_rehearsal_report *r)
{
    struct mlt_buf text = MLT_BUF_INIT;
    if (r->assumed_count == 0)
        return;
    mlt_console_heading(c, "Taken to hold: no figure decides them");
    for (size_t i = 0; i < r->assumed_count; i++) {
        mlt_buf_printf(&text, "%s", r->assumed[i].requirement);
        flush(c, "  ", &text);
    }
    mlt_buf_free(&text);
}

static void list(const struct mlt_console *c, const char *heading,
                 const struct mlt_rehearsal_green *items, size_t count, enum mlt_paint paint)
{
    enum { MOST = 12 };
    struct mlt_buf text = MLT_BUF_INIT;
    if (count == 0)
        return;
    mlt_paint(c->out, c->color, paint);
    mlt_console_paragraph(c, "  ", heading);
    mlt_paint(c->out, c->color, MLT_PAINT_PLAIN);
    for (size_t i = 0; i < count && i < MOST; i++) {
        mlt_buf_puts(&text, items[i].rule);
        if (items[i].fault != NULL)
            mlt_buf_printf(&text, ", when %s", items[i].fault);
        if (items[i].why != NULL)
            mlt_buf_printf(&text, ": %s", items[i].why);
        flush(c, "    ", &text);
    }
    if (count > MOST)
        mlt_buf_printf(&text, "and %zu more", count - MOST);
    flush(c, "    ", &text);
    mlt_buf_free(&text);
}

static void self_test(const struct mlt_console *c, const struct mlt_rehearsal_report *r)
{
    mlt_console_heading(c, "Self-test: faults put into good evidence");
    for (size_t i = 0; i < r->fault_count; i++) {
        const struct mlt_rehearsal_fault *f = &r->faults[i];
        bool all = f->red == f->rules;
        mlt_buf_puts(c->out, "  ");
        mlt_paint_text(c->out, c->color, all ? MLT_PAINT_GOOD : MLT_PAINT_BAD, all ? "✓" : "✗");
        mlt_buf_putc(c->out, ' ');
        mlt_cell_text(c->out, f->name, 44, MLT_ALIGN_LEFT);
        mlt_buf_printf(c->out, " %zu of %zu rule%s red\n", f->red, f->rules,
                       f->rules == 1 ? " goes" : "s go");
    }
    list(c, "CANNOT GO RED:", r->greens, r->green_count, MLT_PAINT_BAD);
    list(c, "Too small to go red by themselves:", r->weak, r->weak_count, MLT_PAINT_DOUBT);
    list(c, "Not tested, because they are red whatever a run says:", r->untested, r->untested_count,
         MLT_PAINT_DIM);
}

bool mlt_rehearsal_report_console(const struct mlt_rehearsal_report *report, struct mlt_buf *out,
                                  struct mlt_err *err)
{
    struct mlt_console c = mlt_console_open(out, report->color, report->width);
    answer(&c, report);
    basis(&c, report);
    table(&c, report);
    blocker(&c, report);
    worst(&c, report);
    lenient(&c, report);
    otherwise(&c, report);
    assumed(&c, report);
    self_test(&c, report);
    mlt_console_close(&c);
    return mlt_buf_check(out, err);
}
