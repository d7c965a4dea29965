/* A decision as a pull request's comment. */
#include "reports/decision_words.h"
#include "reports/markdown_findings.h"
#include "reports/markdown_text.h"

enum { RESERVE_BYTES = 2500 };

static void headline(const struct mlt_report_decision_input *in, struct mlt_buf *out)
{
    struct mlt_buf title = MLT_BUF_INIT, words = MLT_BUF_INIT, next = MLT_BUF_INIT;
    mlt_decision_title(in->decision, &title);
    mlt_decision_words(in->decision, &words);
    mlt_decision_next(in, &next);
    mlt_markdown_headline(out, in->decision->verdict, title.data);
    if (in->context && in->context->advisory)
        mlt_buf_puts(out, "**Advisory**: not the pinned policy, nothing acts on it.<br>\n");
    mlt_markdown_text(out, words.data, 600);
    mlt_buf_puts(out, ".<br>\n**Next:** ");
    mlt_markdown_text(out, next.data, 600);
    mlt_buf_puts(out, ".\n\n");
    out->oom |= title.oom || words.oom || next.oom;
    mlt_buf_free(&title);
    mlt_buf_free(&words);
    mlt_buf_free(&next);
}

static void criterion_row(const struct mlt_criterion_result *criterion, struct mlt_buf *out)
{
    mlt_buf_printf(out, "| %s %s | ", mlt_markdown_mark(criterion->verdict),
                   mlt_verdict_name(criterion->verdict));
    mlt_markdown_text(out, criterion->criterion, 300);
    mlt_buf_puts(out, " | ");
    mlt_markdown_text(out, criterion->reason, 400);
    mlt_buf_puts(out, " |\n");
}

static void criteria(const struct mlt_markdown *doc, const struct mlt_decision *decision)
{
    struct mlt_buf piece = MLT_BUF_INIT;
    size_t left = 0;
    mlt_buf_puts(&piece, "| verdict | criterion | why |\n|---|---|---|\n");
    for (size_t k = 0; k < MLT_DECISION_ORDER; k++) {
        for (size_t i = 0; i < decision->criterion_count; i++) {
            if (decision->criteria[i].verdict != mlt_decision_order[k])
                continue;
            if (left == 0)
                criterion_row(&decision->criteria[i], &piece);
            if (left > 0 || !mlt_markdown_add(doc, &piece))
                left++;
        }
    }
    mlt_buf_free(&piece);
    if (left > 0)
        mlt_buf_printf(doc->out, "\n… and %zu more, in the decision.\n", left);
    mlt_buf_putc(doc->out, '\n');
}

static void rejected(const struct mlt_markdown *doc, const struct mlt_evidence *evidence)
{
    if (evidence->rejected_count == 0)
        return;
    struct mlt_buf piece = MLT_BUF_INIT;
    size_t left = 0;
    mlt_buf_printf(&piece, "<details><summary>%zu attempts that do not count</summary>\n\n",
                   evidence->rejected_count);
    if (!mlt_markdown_add(doc, &piece))
        return;
    for (size_t i = 0; i < evidence->rejected_count; i++) {
        if (left == 0) {
            mlt_buf_puts(&piece, "- ");
            mlt_markdown_text(&piece, evidence->rejected[i].what, 200);
            mlt_buf_puts(&piece, ": ");
            mlt_markdown_text(&piece, evidence->rejected[i].why, 300);
            mlt_buf_putc(&piece, '\n');
        }
        if (left > 0 || !mlt_markdown_add(doc, &piece))
            left++;
    }
    if (left > 0)
        mlt_buf_printf(doc->out, "- … and %zu more\n", left);
    mlt_buf_puts(doc->out, "\n</details>\n\n");
}

bool mlt_report_decision_markdown(const struct mlt_report_decision_input *in, struct mlt_buf *out,
                                  struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    size_t count = 0;
    if (!mlt_decision_check(in->decision, err))
        return false;
    struct mlt_finding *all = mlt_decision_findings(in->decision, &arena, &count);
    if (!all)
        return mlt_err_oom(err);
    struct mlt_markdown doc = mlt_markdown_open(out, in->max_bytes);
    struct mlt_buf basis = MLT_BUF_INIT;
    headline(in, out);
    doc.reserve = RESERVE_BYTES;
    criteria(&doc, in->decision);
    mlt_markdown_blocking(&doc, all, count);
    mlt_markdown_passing(&doc, all, count);
    rejected(&doc, in->decision->evidence);
    mlt_decision_basis(in, &basis);
    mlt_buf_puts(out, "<sub>");
    mlt_markdown_text(out, basis.data, 500);
    mlt_buf_puts(out, "</sub>\n");
    out->oom |= basis.oom;
    mlt_buf_free(&basis);
    mlt_arena_free(&arena);
    return mlt_buf_check(out, err);
}
