/* A run as a pull request's comment: headline, what blocks, the picture, the rest folded away. */
#include <string.h>

#include "harness/base/clock.h"
#include "reports/markdown_findings.h"
#include "reports/markdown_text.h"
#include "reports/quantity.h"
#include "reports/summary.h"

/* Kept for the lines that close lists and for the footer. */
enum {
    RESERVE_BYTES = 2000,
    SUITES_SHOWN = 30,
    DIAGNOSTIC_LINES = 20,
    DIAGNOSTIC_LINE_BYTES = 300
};

static void headline(const struct mlt_report_input *in, const struct mlt_report_summary *s,
                     struct mlt_buf *out)
{
    struct mlt_buf title = MLT_BUF_INIT, words = MLT_BUF_INIT, next = MLT_BUF_INIT;
    mlt_report_title(in->run, &title);
    mlt_report_summary_words(in, s, &words);
    mlt_report_summary_next(in, s, &next);
    mlt_markdown_headline(out, in->verdict, title.data);
    mlt_markdown_text(out, words.data, 600);
    mlt_buf_puts(out, ".<br>\n**Next:** ");
    mlt_markdown_text(out, next.data, 400);
    mlt_buf_puts(out, ".\n\n");
    out->oom |= title.oom || words.oom || next.oom;
    mlt_buf_free(&title);
    mlt_buf_free(&words);
    mlt_buf_free(&next);
}

static void suite_table(const struct mlt_report_summary *s, struct mlt_buf *out)
{
    char time[32];
    if (s->suite_count == 0)
        return;
    mlt_buf_puts(out, "| suite | passed | failed | broken | skipped | not run | time |\n"
                      "|---|--:|--:|--:|--:|--:|--:|\n");
    for (size_t i = 0; i < s->suite_count && i < SUITES_SHOWN; i++) {
        const struct mlt_report_suite *suite = &s->suites[i];
        mlt_buf_puts(out, "| ");
        mlt_markdown_text(out, suite->name, 60);
        mlt_buf_printf(out, " | %zu | %zu | %zu | %zu | %zu | %s |\n",
                       suite->states[MLT_OUTCOME_PASSED], suite->states[MLT_OUTCOME_FAILED],
                       suite->states[MLT_OUTCOME_BROKEN], suite->states[MLT_OUTCOME_SKIPPED],
                       suite->states[MLT_OUTCOME_NOT_RUN],
                       mlt_clock_format_duration(suite->time_ns, time));
    }
    if (s->suite_count > SUITES_SHOWN)
        mlt_buf_printf(out, "| … and %zu more | | | | | | |\n", s->suite_count - SUITES_SHOWN);
    mlt_buf_putc(out, '\n');
}

static void image(const char *plot_path, struct mlt_buf *out)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-/~";
    if (!plot_path || strlen(plot_path) > 1000)
        return;
    mlt_buf_puts(out, "![Differences against their margins](");
    for (const char *at = plot_path; *at; at++)
        mlt_buf_printf(out, strchr(plain, *at) ? "%c" : "%%%02X", (unsigned char)*at);
    mlt_buf_puts(out, ")\n\n");
}

static void troubled_case(const struct mlt_run *run, const struct mlt_run_case *test,
                          struct mlt_buf *out)
{
    struct mlt_buf command = MLT_BUF_INIT;
    const struct mlt_outcome *outcome = &test->outcome;
    mlt_report_reproduce(run, &test->plan, &command);
    mlt_buf_printf(
        out, "<details><summary>%s %s: ", outcome->state == MLT_OUTCOME_FAILED ? "❌" : "⚠️",
        mlt_outcome_state_name(outcome->state));
    mlt_markdown_text(out, test->plan.id, 200);
    mlt_buf_puts(out, "</summary>\n\n");
    mlt_markdown_text(out, outcome->message ? outcome->message : "no message", 600);
    mlt_buf_puts(out, "\n\n");
    mlt_markdown_pre(out, command.data, 1, 900);
    if (outcome->diagnostics) {
        mlt_buf_puts(out, "\n");
        mlt_markdown_pre(out, outcome->diagnostics, DIAGNOSTIC_LINES, DIAGNOSTIC_LINE_BYTES);
    }
    mlt_buf_puts(out, "\n</details>\n\n");
    out->oom |= command.oom;
    mlt_buf_free(&command);
}

static void troubled_cases(const struct mlt_markdown *doc, const struct mlt_run *run)
{
    static const enum mlt_outcome_state order[] = {MLT_OUTCOME_FAILED, MLT_OUTCOME_BROKEN,
                                                   MLT_OUTCOME_NOT_RUN};
    size_t left = 0;
    for (size_t k = 0; k < sizeof order / sizeof *order; k++) {
        for (size_t i = 0; i < run->case_count; i++) {
            if (run->cases[i].outcome.state != order[k])
                continue;
            struct mlt_buf piece = MLT_BUF_INIT;
            if (left == 0)
                troubled_case(run, &run->cases[i], &piece);
            if (left > 0 || !mlt_markdown_add(doc, &piece))
                left++;
        }
    }
    if (left > 0)
        mlt_buf_printf(doc->out, "… and %zu more such cases, in the results file.\n\n", left);
}

static void skipped_cases(const struct mlt_markdown *doc, const struct mlt_report_summary *s,
                          const struct mlt_run *run)
{
    if (s->states[MLT_OUTCOME_SKIPPED] == 0)
        return;
    struct mlt_buf piece = MLT_BUF_INIT;
    size_t left = 0;
    mlt_buf_printf(&piece, "<details><summary>%zu skipped</summary>\n\n",
                   s->states[MLT_OUTCOME_SKIPPED]);
    if (!mlt_markdown_add(doc, &piece))
        return;
    for (size_t i = 0; i < run->case_count; i++) {
        if (run->cases[i].outcome.state != MLT_OUTCOME_SKIPPED)
            continue;
        if (left == 0) {
            mlt_buf_puts(&piece, "- ");
            mlt_markdown_text(&piece, run->cases[i].plan.id, 200);
            mlt_buf_puts(&piece, ": ");
            mlt_markdown_text(&piece, run->cases[i].outcome.message, 300);
            mlt_buf_putc(&piece, '\n');
        }
        if (left > 0 || !mlt_markdown_add(doc, &piece))
            left++;
    }
    if (left > 0)
        mlt_buf_printf(doc->out, "- … and %zu more\n", left);
    mlt_buf_puts(doc->out, "\n</details>\n\n");
}

static void footer(const struct mlt_report_input *in, const struct mlt_report_summary *s,
                   struct mlt_buf *out)
{
    char time[32];
    mlt_buf_puts(out, "<sub>run ");
    mlt_markdown_text(out, in->run->run_id, 60);
    mlt_buf_printf(out, ", seed %llu, %s of work", (unsigned long long)in->run->seed,
                   mlt_clock_format_duration(s->time_ns, time));
    if (in->run->filtered)
        mlt_buf_puts(out, ", filtered");
    if (in->run->tool_version) {
        mlt_buf_puts(out, ", mltest ");
        mlt_markdown_text(out, in->run->tool_version, 60);
    }
    mlt_buf_puts(out, "</sub>\n");
}

static bool write_markdown(const struct mlt_report_input *in, struct mlt_buf *out,
                           struct mlt_err *err)
{
    struct mlt_report_summary s;
    if (!mlt_report_summary_make(in, &s, err))
        return false;
    struct mlt_markdown doc = mlt_markdown_open(out, in->max_bytes);
    headline(in, &s, out);
    doc.reserve = RESERVE_BYTES;
    struct mlt_buf table = MLT_BUF_INIT;
    suite_table(&s, &table);
    image(in->plot_path, &table);
    (void)mlt_markdown_add(&doc, &table);
    mlt_markdown_blocking(&doc, s.findings, s.finding_count);
    troubled_cases(&doc, in->run);
    mlt_markdown_passing(&doc, s.findings, s.finding_count);
    skipped_cases(&doc, &s, in->run);
    footer(in, &s, out);
    mlt_report_summary_free(&s);
    return mlt_buf_check(out, err);
}

const struct mlt_report_ops mlt_report_markdown = {
    .abi = MLT_REPORT_ABI,
    .name = "markdown",
    .doc = "for a pull request's comment: at most 60,000 bytes, the worst first",
    .media_type = "text/markdown; charset=utf-8",
    .write = write_markdown,
};
