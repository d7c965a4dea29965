/* How good a version is, as its maker measured it. */
#include <math.h>
#include <string.h>

#include "harness/base/str.h"
#include "reports/documents/phrase.h"
#include "reports/documents/template.h"
#include "reports/quantity.h"

static double value_of(const struct mlt_metrics_value *values, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(values[i].name, name) == 0)
            return values[i].value;
    return NAN;
}

/* By either file of a side; NaN: neither knows it. */
static double figure_of(const struct mlt_document_side *side, const char *name)
{
    if (!side)
        return NAN;
    double value = value_of(side->metadata->performance_metrics,
                            side->metadata->performance_metric_count, name);
    return isnan(value) && side->metrics
               ? value_of(side->metrics->metrics, side->metrics->count, name)
               : value;
}

/* metadata.json says "validation_rmse" where metrics.json says "rmse": one figure. */
static bool is_told(const struct mlt_metadata *m, const struct mlt_metrics_value *value)
{
    for (size_t i = 0; i < m->performance_metric_count; i++) {
        const struct mlt_metrics_value *told = &m->performance_metrics[i];
        if (strcmp(told->name, value->name) == 0 ||
            (told->value == value->value && mlt_str_ends(told->name, value->name)))
            return true;
    }
    return false;
}

static void print_row(const struct mlt_document_facts *f, const struct mlt_metrics_value *value,
                      struct mlt_buf *out)
{
    const double pair[] = {value->value, figure_of(f->before, value->name)};
    mlt_buf_puts(out, "| ");
    mlt_phrase_code(out, value->name);
    mlt_buf_puts(out, " |");
    mlt_phrase_figures(out, pair, f->before ? 2 : 1);
    if (f->before)
        mlt_phrase_change(out, value->name, pair[0], pair[1]);
    mlt_buf_putc(out, '\n');
}

static void print_source(const struct mlt_metrics_file *metrics, struct mlt_buf *out)
{
    char rows[MLT_QUANTITY_CHARS];
    mlt_buf_puts(out, "Measured by its maker");
    if (metrics && metrics->rows >= 0)
        mlt_buf_printf(out, " on %s rows", mlt_quantity_count((uint64_t)metrics->rows, rows));
    if (metrics && metrics->dataset) {
        mlt_buf_puts(out, metrics->rows >= 0 ? " of " : " on ");
        mlt_phrase_code(out, metrics->dataset);
    }
}

bool mlt_block_metrics(const struct mlt_document_source *source, struct mlt_arena *arena,
                       struct mlt_buf *out, struct mlt_err *err)
{
    const struct mlt_document_facts *f = source->facts;
    const struct mlt_metadata *m = f->now.metadata;
    const struct mlt_metrics_file *file = f->now.metrics;
    (void)arena;
    if (m->performance_metric_count == 0 && (!file || file->count == 0))
        return true;
    print_source(file, out);
    mlt_buf_printf(out, ":\n\n| metric | %s |", f->now.version);
    if (f->before)
        mlt_buf_printf(out, " %s | change |", f->before->version);
    mlt_buf_puts(out, f->before ? "\n|---|---|---|---|\n" : "\n|---|---|\n");
    for (size_t i = 0; i < m->performance_metric_count; i++)
        print_row(f, &m->performance_metrics[i], out);
    for (size_t i = 0; file && i < file->count; i++)
        if (!is_told(m, &file->metrics[i]))
            print_row(f, &file->metrics[i], out);
    return mlt_buf_check(out, err);
}

/* Every metric that some slice has, in the order of their first appearance. */
static bool list_metrics(const struct mlt_metrics_file *file, struct mlt_arena *arena,
                         const char ***out, size_t *count, struct mlt_err *err)
{
    size_t capacity = 0;
    *out = NULL;
    *count = 0;
    for (size_t i = 0; i < file->slice_count; i++) {
        for (size_t k = 0; k < file->slices[i].count; k++) {
            const char *name = file->slices[i].metrics[k].name;
            size_t at = 0;
            while (at < *count && strcmp((*out)[at], name) != 0)
                at++;
            if (at < *count)
                continue;
            const char **grown = mlt_arena_grow(arena, *out, *count, &capacity, sizeof *grown);
            if (!grown)
                return mlt_err_oom(err);
            *out = grown;
            grown[(*count)++] = name;
        }
    }
    return true;
}

static void print_slice(const struct mlt_metrics_slice *slice, const char *const *names,
                        size_t count, struct mlt_buf *out)
{
    char rows[MLT_QUANTITY_CHARS];
    mlt_buf_puts(out, "| ");
    mlt_phrase_text(out, slice->column);
    mlt_buf_puts(out, " = ");
    mlt_phrase_text(out, slice->value);
    mlt_buf_printf(out, " | %s |",
                   slice->rows < 0 ? "" : mlt_quantity_count((uint64_t)slice->rows, rows));
    for (size_t i = 0; i < count; i++) {
        const double value = value_of(slice->metrics, slice->count, names[i]);
        mlt_phrase_figures(out, &value, 1);
    }
    mlt_buf_putc(out, '\n');
}

bool mlt_block_slices(const struct mlt_document_source *source, struct mlt_arena *arena,
                      struct mlt_buf *out, struct mlt_err *err)
{
    const struct mlt_metrics_file *file = source->facts->now.metrics;
    const char **names;
    size_t count;
    if (!file || file->slice_count == 0)
        return true;
    if (!list_metrics(file, arena, &names, &count, err))
        return false;
    print_source(file, out);
    mlt_buf_puts(out, ", by slice:\n\n| slice | rows |");
    for (size_t i = 0; i < count; i++) {
        mlt_buf_putc(out, ' ');
        mlt_phrase_code(out, names[i]);
        mlt_buf_puts(out, " |");
    }
    mlt_buf_puts(out, "\n|---|---|");
    for (size_t i = 0; i < count; i++)
        mlt_buf_puts(out, "---|");
    mlt_buf_putc(out, '\n');
    for (size_t i = 0; i < file->slice_count; i++)
        print_slice(&file->slices[i], names, count, out);
    return mlt_buf_check(out, err);
}

bool mlt_block_measured(const struct mlt_document_source *source, struct mlt_arena *arena,
                        struct mlt_buf *out, struct mlt_err *err)
{
    const struct mlt_document_facts *f = source->facts;
    (void)arena;
    print_source(f->now.metrics, out);
    if (f->before)
        mlt_buf_printf(out, ", beside what the maker of %s measured", f->before->version);
    mlt_buf_puts(out, ". ");
    if (f->run_count > 0) {
        mlt_buf_puts(out, "Run ");
        mlt_phrase_code(out, f->runs[0].run_id);
        mlt_buf_puts(out, " of ");
        mlt_phrase_day(out, f->runs[0].started_at);
        mlt_buf_puts(out, " measured these very files again, with intervals.\n");
    } else {
        mlt_buf_puts(out, "The maker's figures carry no interval: those, and a comparison on the "
                          "same rows, are what `mltest run` adds.\n");
    }
    return mlt_buf_check(out, err);
}
