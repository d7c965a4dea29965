/* How good a version is, as the last run measured it. */
#include <math.h>
#include <string.h>

#include "harness/base/str.h"
#include "reports/documents/phrase.h"
#include "reports/documents/template.h"
#include "reports/quantity.h"

static size_t count_of(const struct mlt_document_run *run, bool slices)
{
    size_t count = 0;
    for (size_t i = 0; i < run->count; i++)
        count += (run->figures[i].slice[0] != '\0') == slices;
    return count;
}

/* The newest run that has such figures. */
static const struct mlt_document_run *find(const struct mlt_document_facts *f, bool slices)
{
    for (size_t i = 0; i < f->run_count; i++)
        if (count_of(&f->runs[i], slices) > 0)
            return &f->runs[i];
    return NULL;
}

static bool has_one_case(const struct mlt_document_run *run)
{
    for (size_t i = 1; i < run->count; i++)
        if (!mlt_str_eq(run->figures[i].case_id, run->figures[0].case_id))
            return false;
    return true;
}

static void print_interval(const struct mlt_document_figure *figure, struct mlt_buf *out)
{
    char low[MLT_QUANTITY_CHARS], high[MLT_QUANTITY_CHARS];
    /* With its ends: beside an estimate of 0 they are all there is to see. */
    const double group[] = {figure->value, figure->baseline, figure->low, figure->high};
    struct mlt_scale scale = mlt_scale_choose("", group, 4, 4);
    if (isnan(figure->low) || isnan(figure->high))
        mlt_buf_puts(out, "  |");
    else
        mlt_buf_printf(out, " %s to %s |", mlt_scale_format(&scale, figure->low, false, false, low),
                       mlt_scale_format(&scale, figure->high, false, false, high));
}

static void print_figure(const struct mlt_document_run *run,
                         const struct mlt_document_figure *figure, bool slices, bool cases,
                         struct mlt_buf *out)
{
    char rows[MLT_QUANTITY_CHARS];
    const double pair[] = {figure->value, figure->baseline};
    char cell[2][MLT_QUANTITY_CHARS];
    struct mlt_scale scale = mlt_scale_choose("", pair, 2, 4);
    mlt_buf_puts(out, "| ");
    mlt_phrase_code(out, figure->metric);
    mlt_buf_puts(out, " | ");
    if (slices) {
        mlt_phrase_text(out, figure->slice);
        mlt_buf_puts(out, " | ");
    }
    if (cases) {
        mlt_phrase_code(out, figure->case_id);
        mlt_buf_puts(out, " | ");
    }
    mlt_buf_printf(out, "%s | %s |",
                   figure->rows < 0 ? "" : mlt_quantity_count((uint64_t)figure->rows, rows),
                   mlt_scale_format(&scale, figure->value, false, false, cell[0]));
    print_interval(figure, out);
    if (run->baseline_version) {
        mlt_buf_printf(out, " %s |",
                       isnan(figure->baseline)
                           ? ""
                           : mlt_scale_format(&scale, figure->baseline, false, false, cell[1]));
        mlt_phrase_change(out, figure->metric, figure->value, figure->baseline);
    }
    mlt_buf_putc(out, '\n');
}

static void print_table(const struct mlt_document_facts *f, const struct mlt_document_run *run,
                        bool slices, struct mlt_buf *out)
{
    const bool cases = !has_one_case(run);
    mlt_buf_printf(out, "| metric |%s%s rows | %s | 95 %% interval |", slices ? " slice |" : "",
                   cases ? " case |" : "", f->now.version);
    if (run->baseline_version)
        mlt_buf_printf(out, " %s | change |", run->baseline_version);
    mlt_buf_printf(out, "\n|---|%s%s---|---|---|%s\n", slices ? "---|" : "", cases ? "---|" : "",
                   run->baseline_version ? "---|---|" : "");
    for (size_t i = 0; i < run->count; i++)
        if ((run->figures[i].slice[0] != '\0') == slices)
            print_figure(run, &run->figures[i], slices, cases, out);
}

static bool print_run(const struct mlt_document_source *source, bool slices, struct mlt_buf *out,
                      struct mlt_err *err)
{
    const struct mlt_document_run *run = find(source->facts, slices);
    if (!run)
        return true;
    mlt_buf_puts(out, "Run ");
    mlt_phrase_code(out, run->run_id);
    mlt_buf_puts(out, " of ");
    mlt_phrase_day(out, run->started_at);
    if (run->baseline_version)
        mlt_buf_printf(out, ", with %s on the same rows", run->baseline_version);
    mlt_buf_puts(out, slices ? ", by slice:\n\n" : ":\n\n");
    print_table(source->facts, run, slices, out);
    return mlt_buf_check(out, err);
}

bool mlt_block_run(const struct mlt_document_source *source, struct mlt_arena *arena,
                   struct mlt_buf *out, struct mlt_err *err)
{
    (void)arena;
    return print_run(source, false, out, err);
}

bool mlt_block_run_slices(const struct mlt_document_source *source, struct mlt_arena *arena,
                          struct mlt_buf *out, struct mlt_err *err)
{
    (void)arena;
    return print_run(source, true, out, err);
}
