/* A decision on a terminal. */
#include "reports/cell.h"
#include "reports/console_findings.h"
#include "reports/decision_words.h"
#include "reports/paint.h"

static void line(const struct mlt_console *c, enum mlt_paint paint, const struct mlt_buf *text)
{
    mlt_paint(c->out, c->color, paint);
    mlt_console_paragraph(c, "", text->data);
    mlt_paint(c->out, c->color, MLT_PAINT_PLAIN);
    c->out->oom |= text->oom;
}

static void criterion_row(const struct mlt_console *c, const struct mlt_criterion_result *criterion)
{
    mlt_paint(c->out, c->color, mlt_paint_of_verdict(criterion->verdict));
    mlt_buf_printf(c->out, "%s %-12s", mlt_mark_of_verdict(criterion->verdict),
                   criterion->waived ? "waived" : mlt_verdict_name(criterion->verdict));
    mlt_paint(c->out, c->color, MLT_PAINT_PLAIN);
    mlt_buf_putc(c->out, ' ');
    mlt_cell_text(c->out, criterion->criterion ? criterion->criterion : "?", c->width - 15,
                  MLT_ALIGN_LEFT);
    mlt_buf_putc(c->out, '\n');
    if (criterion->waived ||
        (criterion->verdict != MLT_VERDICT_PASS && !mlt_criterion_is_sentence(criterion)))
        mlt_console_paragraph(c, "               ", criterion->reason);
}

static void criteria(const struct mlt_console *c, const struct mlt_decision *decision)
{
    mlt_buf_putc(c->out, '\n');
    for (size_t k = 0; k < MLT_DECISION_ORDER; k++)
        for (size_t i = 0; i < decision->criterion_count; i++)
            if (decision->criteria[i].verdict == mlt_decision_order[k])
                criterion_row(c, &decision->criteria[i]);
}

static void findings(const struct mlt_console *c, const struct mlt_finding *all, size_t count)
{
    bool first = true;
    for (size_t i = 0; i < count; i++) {
        if (all[i].verdict == MLT_VERDICT_PASS)
            continue;
        if (first)
            mlt_console_heading(c, "Why");
        else
            mlt_buf_putc(c->out, '\n');
        first = false;
        mlt_console_finding(c, &all[i]);
    }
    mlt_console_passing(c, all, count);
}

static void rejected(const struct mlt_console *c, const struct mlt_evidence *evidence)
{
    if (evidence->rejected_count == 0)
        return;
    mlt_console_heading(c, "Evidence that does not count");
    for (size_t i = 0; i < evidence->rejected_count; i++) {
        struct mlt_buf text = MLT_BUF_INIT;
        mlt_buf_printf(&text, "%s: %s",
                       evidence->rejected[i].what ? evidence->rejected[i].what : "?",
                       evidence->rejected[i].why ? evidence->rejected[i].why : "?");
        mlt_console_paragraph(c, "  ", text.data);
        c->out->oom |= text.oom;
        mlt_buf_free(&text);
    }
}

static void last_words(const struct mlt_console *c, const struct mlt_report_decision_input *in)
{
    struct mlt_buf words = MLT_BUF_INIT, next = MLT_BUF_INIT;
    mlt_decision_words(in->decision, &words);
    mlt_decision_next(in, &next);
    mlt_buf_putc(c->out, '\n');
    mlt_paint_text(c->out, c->color, mlt_paint_of_verdict(in->decision->verdict),
                   mlt_verdict_headline(in->decision->verdict));
    mlt_buf_puts(c->out, in->context && in->context->advisory ? " (advisory): " : ": ");
    mlt_cell_safe(c->out, words.data, 1000);
    if (!in->acting) {
        mlt_buf_puts(c->out, ". Next: ");
        mlt_cell_safe(c->out, next.data, 600);
    }
    mlt_buf_puts(c->out, ".\n");
    c->out->oom |= words.oom || next.oom;
    mlt_buf_free(&words);
    mlt_buf_free(&next);
}

bool mlt_report_decision_console(const struct mlt_report_decision_input *in, struct mlt_buf *out,
                                 struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    size_t count = 0;
    if (!mlt_decision_check(in->decision, err))
        return false;
    struct mlt_finding *all = mlt_decision_findings(in->decision, &arena, &count);
    if (!all)
        return mlt_err_oom(err);
    struct mlt_console c = mlt_console_open(out, in->color, in->width);
    struct mlt_buf title = MLT_BUF_INIT, basis = MLT_BUF_INIT;
    mlt_decision_title(in->decision, &title);
    mlt_decision_basis(in, &basis);
    line(&c, MLT_PAINT_BOLD, &title);
    line(&c, MLT_PAINT_DIM, &basis);
    criteria(&c, in->decision);
    findings(&c, all, count);
    rejected(&c, in->decision->evidence);
    last_words(&c, in);
    mlt_console_close(&c);
    mlt_buf_free(&title);
    mlt_buf_free(&basis);
    mlt_arena_free(&arena);
    return mlt_buf_check(out, err);
}
