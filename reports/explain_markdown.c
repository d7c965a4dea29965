/* An explanation as Markdown. */
#include "reports/decision_words.h"
#include "reports/explain_words.h"
#include "reports/figures.h"
#include "reports/markdown_findings.h"
#include "reports/markdown_text.h"

enum { TEXT_BYTES = 1000, NAME_BYTES = 300, RESERVE_BYTES = 3000 };

/* "- **What** words", or nothing for no words. */
static void item(struct mlt_buf *out, const char *what, const char *words)
{
    if (!words || !*words)
        return;
    mlt_buf_printf(out, "- %s", what);
    mlt_markdown_text(out, words, TEXT_BYTES);
    mlt_buf_putc(out, '\n');
}

static void item_of(struct mlt_buf *out, const char *what,
                    void (*words)(struct mlt_buf *, const struct mlt_finding *),
                    const struct mlt_finding *f)
{
    struct mlt_buf text = MLT_BUF_INIT;
    words(&text, f);
    item(out, what, text.data);
    out->oom |= text.oom;
    mlt_buf_free(&text);
}

static void meaning(struct mlt_buf *out, const char *what, const char *name, const char *words)
{
    if (!name)
        return;
    mlt_buf_printf(out, "- **%s:** ", what);
    mlt_markdown_text(out, name, NAME_BYTES);
    if (words) {
        mlt_buf_puts(out, ": ");
        mlt_markdown_text(out, words, TEXT_BYTES);
    }
    mlt_buf_putc(out, '\n');
}

static void finding(struct mlt_buf *out, const struct mlt_finding *f)
{
    struct mlt_buf slice = MLT_BUF_INIT;
    mlt_figures_slice(&slice, f);
    mlt_buf_printf(out, "#### %s %s: ", mlt_markdown_mark(f->verdict),
                   mlt_verdict_name(f->verdict));
    mlt_markdown_text(out, f->criterion, NAME_BYTES);
    if (slice.len) {
        mlt_buf_puts(out, ", ");
        mlt_markdown_text(out, slice.data, NAME_BYTES);
    }
    mlt_buf_puts(out, "\n\n");
    item(out, "", f->reason);
    item_of(out, "**Figures:** ", mlt_figures_facts, f);
    item_of(out, "**Basis:** ", mlt_figures_basis, f);
    if (f->rule != MLT_RULE_DEFAULT)
        meaning(out, "Rule", mlt_rule_name(f->rule), mlt_explain_rule(f->rule));
    meaning(out, "Interval", f->method, mlt_explain_method(f->method));
    item_of(out, "", mlt_explain_p, f);
    item_of(out, "**Distance:** ", mlt_explain_flip, f);
    item_of(out, "**Rows:** ", mlt_explain_rows, f);
    mlt_buf_putc(out, '\n');
    out->oom |= slice.oom;
    mlt_buf_free(&slice);
}

/* What holds, among others: that it does, and by how much. */
static void finding_that_holds(struct mlt_buf *out, const struct mlt_finding *f)
{
    struct mlt_buf slice = MLT_BUF_INIT, room = MLT_BUF_INIT;
    mlt_figures_slice(&slice, f);
    mlt_explain_flip(&room, f);
    mlt_buf_printf(out, "- %s ", mlt_markdown_mark(f->verdict));
    mlt_markdown_text(out, slice.data, NAME_BYTES);
    mlt_buf_puts(out, slice.len ? ": " : "");
    mlt_markdown_text(out, f->reason ? f->reason : f->criterion, TEXT_BYTES);
    mlt_buf_puts(out, room.len ? ". " : "");
    mlt_markdown_text(out, room.data, TEXT_BYTES);
    mlt_buf_putc(out, '\n');
    out->oom |= slice.oom || room.oom;
    mlt_buf_free(&slice);
    mlt_buf_free(&room);
}

static void criterion(const struct mlt_markdown *doc, const struct mlt_explain_input *in,
                      const struct mlt_criterion_result *r, size_t *left)
{
    struct mlt_buf piece = MLT_BUF_INIT, next = MLT_BUF_INIT;
    mlt_buf_printf(&piece, "### %s %s: ", mlt_markdown_mark(r->verdict),
                   mlt_verdict_name(r->verdict));
    mlt_markdown_text(&piece, r->criterion, NAME_BYTES);
    mlt_buf_puts(&piece, "\n\n");
    if (!mlt_criterion_is_sentence(r) && r->reason) {
        mlt_markdown_text(&piece, r->reason, TEXT_BYTES);
        mlt_buf_puts(&piece, "\n\n");
    }
    mlt_explain_next(&next, &in->kept->decision, r);
    if (next.len) {
        mlt_buf_puts(&piece, "**Next:** ");
        mlt_markdown_text(&piece, next.data, TEXT_BYTES);
        mlt_buf_puts(&piece, "\n\n");
    }
    doc->out->oom |= next.oom;
    mlt_buf_free(&next);
    *left += !mlt_markdown_add(doc, &piece);
    for (size_t i = 0; i < r->finding_count; i++) {
        if (in->criterion < 0 && r->findings[i].verdict == MLT_VERDICT_PASS)
            finding_that_holds(&piece, &r->findings[i]);
        else
            finding(&piece, &r->findings[i]);
        *left += !mlt_markdown_add(doc, &piece);
    }
    mlt_buf_putc(doc->out, '\n');
}

static void criteria(const struct mlt_markdown *doc, const struct mlt_explain_input *in)
{
    const struct mlt_decision *d = &in->kept->decision;
    size_t left = 0;
    if (in->criterion >= 0)
        criterion(doc, in, &d->criteria[in->criterion], &left);
    for (size_t k = 0; k < MLT_DECISION_ORDER && in->criterion < 0; k++)
        for (size_t i = 0; i < d->criterion_count; i++)
            if (d->criteria[i].verdict == mlt_decision_order[k])
                criterion(doc, in, &d->criteria[i], &left);
    if (left > 0)
        mlt_buf_printf(doc->out, "… and %zu more, in the decision.\n\n", left);
}

/* Adds "- text" while there is room; else counts it. */
static void listed(const struct mlt_markdown *doc, struct mlt_buf *text, size_t *left)
{
    struct mlt_buf piece = MLT_BUF_INIT;
    item(&piece, "", text->data);
    piece.oom |= text->oom;
    mlt_buf_free(text);
    *left += !mlt_markdown_add(doc, &piece);
}

static void evidence(const struct mlt_markdown *doc, const struct mlt_kept_decision *kept)
{
    const struct mlt_evidence *e = &kept->evidence;
    struct mlt_buf text = MLT_BUF_INIT;
    size_t left = 0;
    mlt_buf_puts(doc->out, "### Evidence that was looked at\n\n");
    for (size_t i = 0; i < e->run_count; i++) {
        mlt_explain_run(&text, &e->runs[i]);
        listed(doc, &text, &left);
    }
    for (size_t i = 0; i < e->rejected_count; i++) {
        mlt_buf_printf(&text, "%s does not count: %s", e->rejected[i].what, e->rejected[i].why);
        listed(doc, &text, &left);
    }
    for (size_t i = 0; i < e->deployment_count; i++) {
        mlt_buf_printf(&text, "deployed to %s: %.12s…", e->deployments[i].environment,
                       e->deployments[i].digest);
        listed(doc, &text, &left);
    }
    for (size_t i = 0; i < e->documents.fault_count; i++) {
        mlt_buf_puts(&text, e->documents.faults[i]);
        listed(doc, &text, &left);
    }
    for (size_t i = 0; i < kept->paper_count; i++) {
        mlt_explain_paper(&text, &kept->papers[i]);
        listed(doc, &text, &left);
    }
    for (size_t i = 0; i < kept->fact_count; i++) {
        mlt_buf_puts(&text, kept->facts[i]);
        listed(doc, &text, &left);
    }
    if (left > 0)
        mlt_buf_printf(doc->out, "- … and %zu more\n", left);
    mlt_buf_putc(doc->out, '\n');
}

static void headline(const struct mlt_explain_input *in, struct mlt_buf *out)
{
    const struct mlt_decision *d = &in->kept->decision;
    const char *standing = mlt_explain_standing(in->kept);
    struct mlt_buf title = MLT_BUF_INIT, words = MLT_BUF_INIT, next = MLT_BUF_INIT;
    mlt_decision_title(d, &title);
    mlt_decision_words(d, &words);
    mlt_explain_next_step(&next, in);
    mlt_markdown_headline(out, d->verdict, title.data);
    if (standing) {
        mlt_buf_puts(out, "**Beware:** ");
        mlt_markdown_text(out, standing, TEXT_BYTES);
        mlt_buf_puts(out, ".<br>\n");
    }
    mlt_markdown_text(out, words.data, TEXT_BYTES);
    mlt_buf_puts(out, ".<br>\n**Next:** ");
    mlt_markdown_text(out, next.data, TEXT_BYTES);
    mlt_buf_puts(out, "\n\n");
    out->oom |= title.oom || words.oom || next.oom;
    mlt_buf_free(&title);
    mlt_buf_free(&words);
    mlt_buf_free(&next);
}

bool mlt_explain_markdown(const struct mlt_explain_input *in, struct mlt_buf *out,
                          struct mlt_err *err)
{
    struct mlt_markdown doc = mlt_markdown_open(out, in->max_bytes);
    headline(in, out);
    doc.reserve = RESERVE_BYTES;
    criteria(&doc, in);
    doc.reserve = 100;
    evidence(&doc, in->kept);
    return mlt_buf_check(out, err);
}
