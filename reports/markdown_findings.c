#include "reports/markdown_findings.h"

#include "reports/figures.h"
#include "reports/markdown_text.h"
#include "reports/paint.h"

enum { CRITERION_BYTES = 300, REASON_BYTES = 600, NAME_BYTES = 150 };

struct mlt_markdown mlt_markdown_open(struct mlt_buf *out, size_t budget)
{
    if (budget == 0)
        budget = MLT_MARKDOWN_BYTES;
    if (budget < MLT_MARKDOWN_LEAST_BYTES)
        budget = MLT_MARKDOWN_LEAST_BYTES;
    return (struct mlt_markdown){.out = out, .start = out->len, .budget = budget};
}

bool mlt_markdown_add(const struct mlt_markdown *doc, struct mlt_buf *piece)
{
    size_t used = doc->out->len - doc->start;
    bool fits = used + piece->len + doc->reserve <= doc->budget;
    if (fits)
        mlt_buf_append(doc->out, piece->data, piece->len);
    doc->out->oom |= piece->oom;
    mlt_buf_free(piece);
    return fits;
}

const char *mlt_markdown_mark(enum mlt_verdict verdict)
{
    switch (verdict) {
    case MLT_VERDICT_PASS:
        return "✅";
    case MLT_VERDICT_FAIL:
        return "❌";
    case MLT_VERDICT_INCONCLUSIVE:
        return "❔";
    default:
        return "⚠️";
    }
}

void mlt_markdown_headline(struct mlt_buf *out, enum mlt_verdict verdict, const char *title)
{
    mlt_buf_printf(out, "## %s %s: ", mlt_markdown_mark(verdict), mlt_verdict_headline(verdict));
    mlt_markdown_text(out, title, 300);
    mlt_buf_puts(out, "\n\n");
}

static void row(struct mlt_buf *out, const struct mlt_finding *f)
{
    struct mlt_buf slice = MLT_BUF_INIT, candidate = MLT_BUF_INIT, reference = MLT_BUF_INIT,
                   used = MLT_BUF_INIT;
    mlt_figures_slice(&slice, f);
    mlt_figures_cells(f, &candidate, &reference);
    mlt_figures_used(&used, f);
    mlt_buf_printf(out, "| %s %s | ", mlt_markdown_mark(f->verdict), mlt_verdict_name(f->verdict));
    mlt_markdown_text(out, f->criterion, CRITERION_BYTES);
    mlt_buf_puts(out, " | ");
    mlt_markdown_text(out, slice.len ? slice.data : "all rows", NAME_BYTES);
    mlt_buf_puts(out, " | ");
    mlt_markdown_text(out, candidate.data, NAME_BYTES);
    mlt_buf_puts(out, " | ");
    mlt_markdown_text(out, reference.data, NAME_BYTES);
    mlt_buf_printf(out, " | %s |\n", used.data);
    out->oom |= slice.oom || candidate.oom || reference.oom || used.oom;
    mlt_buf_free(&slice);
    mlt_buf_free(&candidate);
    mlt_buf_free(&reference);
    mlt_buf_free(&used);
}

static const char table_head[] = "| verdict | criterion | slice | candidate | against | used |\n"
                                 "|---|---|---|--:|--:|--:|\n";

static void paragraph(struct mlt_buf *out,
                      void (*say)(struct mlt_buf *, const struct mlt_finding *),
                      const struct mlt_finding *f)
{
    struct mlt_buf text = MLT_BUF_INIT;
    say(&text, f);
    if (text.len > 0) {
        mlt_buf_puts(out, "<br>");
        mlt_markdown_text(out, text.data, REASON_BYTES);
        mlt_buf_putc(out, '\n');
    }
    out->oom |= text.oom;
    mlt_buf_free(&text);
}

static void in_full(struct mlt_buf *out, const struct mlt_finding *f)
{
    struct mlt_buf slice = MLT_BUF_INIT;
    mlt_figures_slice(&slice, f);
    mlt_buf_printf(out, "- %s **", mlt_markdown_mark(f->verdict));
    mlt_markdown_text(out, f->criterion && *f->criterion ? f->criterion : "(no sentence)",
                      CRITERION_BYTES);
    mlt_buf_puts(out, "** ");
    mlt_markdown_text(out, slice.data, NAME_BYTES);
    if (f->case_id) {
        mlt_buf_puts(out, " · ");
        mlt_markdown_text(out, f->case_id, NAME_BYTES);
    }
    mlt_buf_putc(out, '\n');
    /* The judge's reason holds the numbers that decided; without one they are told from the
     * finding. */
    if (f->reason && *f->reason) {
        mlt_buf_puts(out, "<br>");
        mlt_markdown_text(out, f->reason, REASON_BYTES);
        mlt_buf_putc(out, '\n');
    } else {
        paragraph(out, mlt_figures_facts, f);
        paragraph(out, mlt_figures_need, f);
    }
    paragraph(out, mlt_figures_basis, f);
    out->oom |= slice.oom;
    mlt_buf_free(&slice);
}

/* Adds a piece per finding that passes (or does not) until one does not fit; the rest is counted.
 */
static void each(const struct mlt_markdown *doc, const struct mlt_finding *findings, size_t count,
                 bool passing, const char *head,
                 void (*say)(struct mlt_buf *, const struct mlt_finding *))
{
    struct mlt_buf piece = MLT_BUF_INIT;
    size_t left = 0;
    mlt_buf_puts(&piece, head);
    for (size_t i = 0; i < count; i++) {
        if ((findings[i].verdict == MLT_VERDICT_PASS) != passing)
            continue;
        if (left == 0)
            say(&piece, &findings[i]);
        if (left > 0 || !mlt_markdown_add(doc, &piece))
            left++;
    }
    mlt_buf_free(&piece);
    if (left > 0)
        mlt_buf_printf(doc->out, "\n… and %zu more, in the results file.\n", left);
    mlt_buf_putc(doc->out, '\n');
}

static size_t passing_count(const struct mlt_finding *findings, size_t count)
{
    size_t passing = 0;
    for (size_t i = 0; i < count; i++)
        passing += findings[i].verdict == MLT_VERDICT_PASS;
    return passing;
}

void mlt_markdown_blocking(const struct mlt_markdown *doc, const struct mlt_finding *findings,
                           size_t count)
{
    if (passing_count(findings, count) == count)
        return;
    /* Half of what is left for the table, so that at least the worst is told in full. */
    struct mlt_markdown table = *doc;
    size_t used = doc->out->len - doc->start;
    if (doc->budget > used + doc->reserve)
        table.reserve += (doc->budget - used - doc->reserve) / 2;
    each(&table, findings, count, false, table_head, row);
    each(doc, findings, count, false, "", in_full);
}

void mlt_markdown_passing(const struct mlt_markdown *doc, const struct mlt_finding *findings,
                          size_t count)
{
    size_t passing = passing_count(findings, count);
    if (passing == 0)
        return;
    struct mlt_buf head = MLT_BUF_INIT;
    mlt_buf_printf(&head, "<details><summary>✅ %zu %s</summary>\n\n", passing,
                   passing == 1 ? "criterion holds" : "criteria hold");
    if (mlt_markdown_add(doc, &head)) {
        each(doc, findings, count, true, table_head, row);
        mlt_buf_puts(doc->out, "</details>\n\n");
    }
}
