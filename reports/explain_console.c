/* An explanation on a terminal. */
#include "reports/cell.h"
#include "reports/console_findings.h"
#include "reports/decision_words.h"
#include "reports/explain_words.h"
#include "reports/figures.h"
#include "reports/paint.h"

/* One sentence behind the indent; nothing for an empty one. Frees it. */
static void say(const struct mlt_console *c, const char *indent, struct mlt_buf *text)
{
    mlt_console_paragraph(c, indent, text->data);
    c->out->oom |= text->oom;
    mlt_buf_free(text);
}

static void say_of(const struct mlt_console *c,
                   void (*words)(struct mlt_buf *, const struct mlt_finding *),
                   const struct mlt_finding *f)
{
    struct mlt_buf text = MLT_BUF_INIT;
    words(&text, f);
    say(c, "    ", &text);
}

static void say_meaning(const struct mlt_console *c, const char *what, const char *name,
                        const char *meaning)
{
    struct mlt_buf text = MLT_BUF_INIT;
    if (name)
        mlt_buf_printf(&text, "%s %s%s%s", what, name, meaning ? ": " : "", meaning ? meaning : "");
    say(c, "    ", &text);
}

/* What holds, among others: that it does, and by how much. */
static void finding_that_holds(const struct mlt_console *c, const struct mlt_finding *f)
{
    struct mlt_buf text = MLT_BUF_INIT, room = MLT_BUF_INIT;
    mlt_explain_flip(&room, f);
    mlt_buf_printf(&text, "%s %s%s%s", mlt_mark_of_verdict(f->verdict),
                   f->reason      ? f->reason
                   : f->criterion ? f->criterion
                                  : "",
                   room.len ? ". " : "", room.data);
    text.oom |= room.oom;
    mlt_buf_free(&room);
    say(c, "    ", &text);
}

static void finding(const struct mlt_console *c, const struct mlt_finding *f)
{
    mlt_buf_putc(c->out, '\n');
    mlt_console_finding(c, f);
    if (f->rule != MLT_RULE_DEFAULT)
        say_meaning(c, "Rule", mlt_rule_name(f->rule), mlt_explain_rule(f->rule));
    say_meaning(c, "Interval by", f->method, mlt_explain_method(f->method));
    say_of(c, mlt_explain_p, f);
    say_of(c, mlt_explain_flip, f);
    say_of(c, mlt_explain_rows, f);
}

static void criterion(const struct mlt_console *c, const struct mlt_explain_input *in,
                      const struct mlt_criterion_result *r)
{
    struct mlt_buf next = MLT_BUF_INIT, text = MLT_BUF_INIT;
    mlt_buf_putc(c->out, '\n');
    mlt_paint(c->out, c->color, mlt_paint_of_verdict(r->verdict));
    mlt_buf_printf(c->out, "%s %-12s", mlt_mark_of_verdict(r->verdict),
                   mlt_verdict_name(r->verdict));
    mlt_paint(c->out, c->color, MLT_PAINT_PLAIN);
    mlt_buf_putc(c->out, ' ');
    mlt_cell_text(c->out, r->criterion, c->width - 15, MLT_ALIGN_LEFT);
    mlt_buf_putc(c->out, '\n');
    if (!mlt_criterion_is_sentence(r))
        mlt_console_paragraph(c, "    ", r->reason);
    for (size_t i = 0; i < r->finding_count; i++)
        if (in->criterion < 0 && r->findings[i].verdict == MLT_VERDICT_PASS)
            finding_that_holds(c, &r->findings[i]);
        else
            finding(c, &r->findings[i]);
    mlt_explain_next(&next, &in->kept->decision, r);
    if (next.len)
        mlt_buf_printf(&text, "Next: %s", next.data);
    text.oom |= next.oom;
    mlt_buf_free(&next);
    say(c, "    ", &text);
}

static void criteria(const struct mlt_console *c, const struct mlt_explain_input *in)
{
    const struct mlt_decision *d = &in->kept->decision;
    if (in->criterion >= 0) {
        criterion(c, in, &d->criteria[in->criterion]);
        return;
    }
    for (size_t k = 0; k < MLT_DECISION_ORDER; k++)
        for (size_t i = 0; i < d->criterion_count; i++)
            if (d->criteria[i].verdict == mlt_decision_order[k])
                criterion(c, in, &d->criteria[i]);
}

static void evidence(const struct mlt_console *c, const struct mlt_kept_decision *kept)
{
    const struct mlt_evidence *e = &kept->evidence;
    mlt_console_heading(c, "Evidence that was looked at");
    for (size_t i = 0; i < e->run_count; i++) {
        struct mlt_buf text = MLT_BUF_INIT;
        mlt_explain_run(&text, &e->runs[i]);
        say(c, "  ", &text);
    }
    for (size_t i = 0; i < e->rejected_count; i++) {
        struct mlt_buf text = MLT_BUF_INIT;
        mlt_buf_printf(&text, "%s does not count: %s", e->rejected[i].what, e->rejected[i].why);
        say(c, "  ", &text);
    }
    for (size_t i = 0; i < e->deployment_count; i++) {
        struct mlt_buf text = MLT_BUF_INIT;
        mlt_buf_printf(&text, "deployed to %s: %.12s…", e->deployments[i].environment,
                       e->deployments[i].digest);
        say(c, "  ", &text);
    }
    for (size_t i = 0; i < e->documents.fault_count; i++)
        mlt_console_paragraph(c, "  ", e->documents.faults[i]);
    for (size_t i = 0; i < kept->paper_count; i++) {
        struct mlt_buf text = MLT_BUF_INIT;
        mlt_explain_paper(&text, &kept->papers[i]);
        say(c, "  ", &text);
    }
    for (size_t i = 0; i < kept->fact_count; i++)
        mlt_console_paragraph(c, "  ", kept->facts[i]);
    if (e->run_count + e->rejected_count + e->deployment_count + kept->paper_count == 0)
        mlt_buf_puts(c->out, "  none\n");
}

static void last_words(const struct mlt_console *c, const struct mlt_explain_input *in)
{
    const struct mlt_decision *d = &in->kept->decision;
    const char *standing = mlt_explain_standing(in->kept);
    struct mlt_buf words = MLT_BUF_INIT, next = MLT_BUF_INIT;
    mlt_decision_words(d, &words);
    mlt_explain_next_step(&next, in);
    mlt_buf_putc(c->out, '\n');
    if (standing)
        mlt_console_paragraph(c, "", standing);
    mlt_paint_text(c->out, c->color, mlt_paint_of_verdict(d->verdict),
                   mlt_verdict_headline(d->verdict));
    mlt_buf_puts(c->out, ": ");
    mlt_cell_safe(c->out, words.data, 1000);
    mlt_buf_puts(c->out, ". Next: ");
    mlt_cell_safe(c->out, next.data, 600);
    mlt_buf_puts(c->out, "\n");
    c->out->oom |= words.oom || next.oom;
    mlt_buf_free(&words);
    mlt_buf_free(&next);
}

bool mlt_explain_console(const struct mlt_explain_input *in, struct mlt_buf *out,
                         struct mlt_err *err)
{
    struct mlt_console c = mlt_console_open(out, in->color, in->width);
    struct mlt_buf title = MLT_BUF_INIT, basis = MLT_BUF_INIT;
    const struct mlt_report_decision_input shown = {.decision = &in->kept->decision,
                                                    .context = &in->kept->context};
    mlt_decision_title(&in->kept->decision, &title);
    mlt_decision_basis(&shown, &basis);
    mlt_paint(out, in->color, MLT_PAINT_BOLD);
    say(&c, "", &title);
    mlt_paint(out, in->color, MLT_PAINT_PLAIN);
    say(&c, "", &basis);
    criteria(&c, in);
    evidence(&c, in->kept);
    last_words(&c, in);
    mlt_console_close(&c);
    return mlt_buf_check(out, err);
}
