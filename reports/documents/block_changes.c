/* What a version changes, for those who call it and for those who run it. */
#include <string.h>

#include "reports/documents/phrase.h"
#include "reports/documents/template.h"

static bool is_of_contract(const struct mlt_compat_change *change)
{
    return change->part == MLT_PART_INPUT || change->part == MLT_PART_OUTPUT ||
           change->part == MLT_PART_SETTING;
}

static size_t count_of(const struct mlt_compat_report *report, bool contract)
{
    size_t count = 0;
    for (size_t i = 0; i < report->count; i++)
        count += is_of_contract(&report->changes[i]) == contract;
    return count;
}

static void print_what(const struct mlt_compat_change *change, struct mlt_buf *out)
{
    mlt_buf_printf(out, "| %s", mlt_part_name(change->part));
    if (change->field) {
        mlt_buf_putc(out, ' ');
        mlt_phrase_code(out, change->field);
    }
    mlt_buf_puts(out, " | ");
}

/* "max 2 became max 2.5", "values added (c)". */
static void print_change(const struct mlt_compat_change *change, struct mlt_buf *out)
{
    const char *only = change->to ? change->to : change->from;
    if (change->from && change->to) {
        mlt_phrase_text(out, change->from);
        mlt_buf_puts(out, " became ");
        mlt_phrase_text(out, change->to);
        return;
    }
    for (const char *at = mlt_compat_kind_name(change->kind); *at; at++)
        mlt_buf_putc(out, *at == '-' ? ' ' : *at);
    if (only) {
        mlt_buf_puts(out, " (");
        mlt_phrase_text(out, only);
        mlt_buf_putc(out, ')');
    }
}

static void print_callers(const struct mlt_document_facts *f, struct mlt_buf *out)
{
    mlt_buf_puts(out, "| what | change | for callers |\n|---|---|---|\n");
    for (size_t i = 0; i < f->changes->count; i++) {
        const struct mlt_compat_change *change = &f->changes->changes[i];
        if (!is_of_contract(change))
            continue;
        print_what(change, out);
        print_change(change, out);
        mlt_buf_printf(out, " | %s%s |\n", mlt_compat_meaning(change->part, change->kind),
                       change->converted ? "; the declared converter gives the old form" : "");
    }
}

static void print_making(const struct mlt_document_facts *f, struct mlt_buf *out)
{
    mlt_buf_printf(out, "\nMade differently:\n\n| what | %s | %s |\n|---|---|---|\n",
                   f->before->version, f->now.version);
    for (size_t i = 0; i < f->changes->count; i++) {
        const struct mlt_compat_change *change = &f->changes->changes[i];
        if (is_of_contract(change))
            continue;
        print_what(change, out);
        mlt_phrase_text(out, change->from);
        mlt_buf_puts(out, " | ");
        mlt_phrase_text(out, change->to);
        mlt_buf_puts(out, " |\n");
    }
}

bool mlt_block_for_callers(const struct mlt_document_source *source, struct mlt_arena *arena,
                           struct mlt_buf *out, struct mlt_err *err)
{
    const struct mlt_document_facts *f = source->facts;
    (void)arena;
    if (!f->before)
        return true;
    if (count_of(f->changes, true) == 0) {
        mlt_buf_printf(out,
                       "Callers of %s have nothing to change: inputs, output and settings are the "
                       "same.\n",
                       f->before->version);
    } else {
        mlt_buf_printf(out, "Who called %s will find changed:\n\n", f->before->version);
        print_callers(f, out);
    }
    return mlt_buf_check(out, err);
}

bool mlt_block_changes(const struct mlt_document_source *source, struct mlt_arena *arena,
                       struct mlt_buf *out, struct mlt_err *err)
{
    const struct mlt_document_facts *f = source->facts;
    mlt_phrase_paragraphs(out, f->now.metadata->changelog);
    if (!f->before) {
        mlt_buf_puts(out, "\nThere is no release before it.\n");
        return mlt_buf_check(out, err);
    }
    mlt_buf_putc(out, '\n');
    if (!mlt_block_for_callers(source, arena, out, err))
        return false;
    if (count_of(f->changes, false) > 0)
        print_making(f, out);
    return mlt_buf_check(out, err);
}
