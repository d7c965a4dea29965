/* A run on a terminal: the worst first, the verdict last, where the eye rests. */
#include <string.h>

#include "harness/base/clock.h"
#include "harness/base/str.h"
#include "reports/cell.h"
#include "reports/console_findings.h"
#include "reports/paint.h"
#include "reports/quantity.h"
#include "reports/summary.h"

/* Of a model's own stderr: enough to see the cause, not enough to bury the verdict. The results
 * file keeps the rest. */
enum { DIAGNOSTIC_LINES = 12, DIAGNOSTIC_LINE_BYTES = 400 };
/* More troubled cases than this are counted, not shown. */
enum { CASES_SHOWN = 25 };

static void header(const struct mlt_console *c, const struct mlt_report_input *in,
                   const struct mlt_report_summary *s)
{
    struct mlt_buf title = MLT_BUF_INIT, line = MLT_BUF_INIT;
    char time[32];
    mlt_report_title(in->run, &title);
    mlt_paint(c->out, c->color, MLT_PAINT_BOLD);
    mlt_console_paragraph(c, "", title.data);
    mlt_paint(c->out, c->color, MLT_PAINT_PLAIN);
    mlt_buf_printf(&line, "run %s, seed %llu", in->run->run_id ? in->run->run_id : "?",
                   (unsigned long long)in->run->seed);
    if (in->run->started_at)
        mlt_buf_printf(&line, ", %s", in->run->started_at);
    mlt_buf_printf(&line, ", %s of work", mlt_clock_format_duration(s->time_ns, time));
    if (in->run->shards > 1)
        mlt_buf_printf(&line, ", shard %u of %u", in->run->shard, in->run->shards);
    if (in->run->filtered)
        mlt_buf_puts(&line, ", filtered");
    mlt_paint(c->out, c->color, MLT_PAINT_DIM);
    mlt_console_paragraph(c, "", line.data);
    mlt_paint(c->out, c->color, MLT_PAINT_PLAIN);
    c->out->oom |= title.oom || line.oom;
    mlt_buf_free(&title);
    mlt_buf_free(&line);
}

static const enum mlt_outcome_state columns[] = {MLT_OUTCOME_PASSED, MLT_OUTCOME_FAILED,
                                                 MLT_OUTCOME_BROKEN, MLT_OUTCOME_SKIPPED,
                                                 MLT_OUTCOME_NOT_RUN};
enum { COLUMN_COUNT = 5, NAME_COLUMNS = 20, COUNT_COLUMNS = 9, TIME_COLUMNS = 13 };

static void suite_row(const struct mlt_console *c, const struct mlt_report_suite *suite)
{
    char text[MLT_QUANTITY_CHARS], time[32];
    mlt_cell_text(c->out, suite->name, NAME_COLUMNS, MLT_ALIGN_LEFT);
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        size_t count = suite->states[columns[i]];
        mlt_paint(c->out, c->color, count ? mlt_paint_of_state(columns[i]) : MLT_PAINT_DIM);
        mlt_cell_put(c->out, count ? mlt_quantity_count(count, text) : "·", COUNT_COLUMNS,
                     MLT_ALIGN_RIGHT);
        mlt_paint(c->out, c->color, MLT_PAINT_PLAIN);
    }
    mlt_cell_put(c->out,
                 suite->cases ? mlt_clock_format_duration(suite->time_ns, time) : "no cases",
                 TIME_COLUMNS, MLT_ALIGN_RIGHT);
    mlt_buf_putc(c->out, '\n');
}

static void suites(const struct mlt_console *c, const struct mlt_report_summary *s)
{
    if (s->suite_count == 0)
        return;
    mlt_buf_putc(c->out, '\n');
    mlt_paint(c->out, c->color, MLT_PAINT_DIM);
    mlt_cell_put(c->out, "suite", NAME_COLUMNS, MLT_ALIGN_LEFT);
    for (size_t i = 0; i < COLUMN_COUNT; i++)
        mlt_cell_put(c->out, mlt_outcome_state_name(columns[i]), COUNT_COLUMNS, MLT_ALIGN_RIGHT);
    mlt_cell_put(c->out, "time", TIME_COLUMNS, MLT_ALIGN_RIGHT);
    mlt_paint(c->out, c->color, MLT_PAINT_PLAIN);
    mlt_buf_putc(c->out, '\n');
    for (size_t i = 0; i < s->suite_count; i++)
        suite_row(c, &s->suites[i]);
}

static void datasets(const struct mlt_console *c, const struct mlt_run *run)
{
    /* A counted exclusion is shown on the first screen, never in silence. */
    for (size_t i = 0; i < run->measurement_count; i++) {
        const struct mlt_measurement *m = &run->measurements[i];
        bool same = i > 0 && mlt_str_eq(run->measurements[i - 1].case_id, m->case_id);
        if (same || m->slice_column || (m->excluded == 0 && m->candidate_missing == 0))
            continue;
        char a[MLT_QUANTITY_CHARS], b[MLT_QUANTITY_CHARS];
        struct mlt_buf line = MLT_BUF_INIT;
        mlt_buf_printf(&line,
                       "%s: %s rows left out by the data set's policy, %s rows that only the "
                       "candidate gave no prediction for",
                       m->case_id ? m->case_id : "?", mlt_quantity_count(m->excluded, a),
                       mlt_quantity_count(m->candidate_missing, b));
        mlt_console_paragraph(c, "", line.data);
        c->out->oom |= line.oom;
        mlt_buf_free(&line);
    }
}

static void blocking(const struct mlt_console *c, const struct mlt_report_summary *s)
{
    bool first = true;
    for (size_t i = 0; i < s->finding_count; i++) {
        if (s->findings[i].verdict == MLT_VERDICT_PASS)
            continue;
        if (first)
            mlt_console_heading(c, "Criteria that do not hold");
        else
            mlt_buf_putc(c->out, '\n');
        first = false;
        mlt_console_finding(c, &s->findings[i]);
    }
}

static void diagnostics(const struct mlt_console *c, const char *text)
{
    unsigned lines = 0;
    while (*text) {
        size_t len = strcspn(text, "\n");
        if (lines++ == DIAGNOSTIC_LINES) {
            mlt_buf_puts(c->out, "    │ …\n");
            return;
        }
        char line[DIAGNOSTIC_LINE_BYTES + 1];
        size_t take = len < DIAGNOSTIC_LINE_BYTES ? len : DIAGNOSTIC_LINE_BYTES;
        memcpy(line, text, take);
        line[take] = '\0';
        mlt_buf_puts(c->out, "    │ ");
        struct mlt_buf safe = MLT_BUF_INIT;
        mlt_cell_safe(&safe, line, take);
        if (mlt_cell_columns(safe.data, safe.len) > c->width - 6)
            mlt_cell_put(c->out, safe.data, c->width - 6, MLT_ALIGN_LEFT);
        else
            mlt_buf_append(c->out, safe.data, safe.len);
        mlt_buf_putc(c->out, '\n');
        c->out->oom |= safe.oom;
        mlt_buf_free(&safe);
        text += len + (text[len] == '\n');
    }
}

static void troubled_case(const struct mlt_console *c, const struct mlt_run *run,
                          const struct mlt_run_case *test)
{
    char time[32];
    const struct mlt_outcome *outcome = &test->outcome;
    mlt_paint(c->out, c->color, mlt_paint_of_state(outcome->state));
    mlt_buf_printf(c->out, "%s %-12s", mlt_mark_of_state(outcome->state),
                   mlt_outcome_state_name(outcome->state));
    mlt_paint(c->out, c->color, MLT_PAINT_PLAIN);
    mlt_buf_putc(c->out, ' ');
    mlt_paint(c->out, c->color, MLT_PAINT_BOLD);
    mlt_cell_text(c->out, test->plan.id, c->width - 29, MLT_ALIGN_LEFT);
    mlt_paint(c->out, c->color, MLT_PAINT_PLAIN);
    mlt_buf_putc(c->out, ' ');
    mlt_cell_put(c->out, mlt_clock_format_duration(outcome->duration_ns, time), 12,
                 MLT_ALIGN_RIGHT);
    mlt_buf_putc(c->out, '\n');
    mlt_console_paragraph(c, "    ", outcome->message);
    if (outcome->state == MLT_OUTCOME_SKIPPED)
        return;
    if (outcome->diagnostics)
        diagnostics(c, outcome->diagnostics);
    mlt_buf_puts(c->out, "    $ ");
    mlt_report_reproduce(run, &test->plan, c->out);
    mlt_buf_putc(c->out, '\n');
}

static void cases_in_state(const struct mlt_console *c, const struct mlt_run *run,
                           enum mlt_outcome_state state, const char *heading)
{
    size_t seen = 0;
    for (size_t i = 0; i < run->case_count; i++) {
        if (run->cases[i].outcome.state != state || seen++ >= CASES_SHOWN)
            continue;
        if (seen == 1)
            mlt_console_heading(c, heading);
        troubled_case(c, run, &run->cases[i]);
    }
    if (seen > CASES_SHOWN)
        mlt_buf_printf(c->out, "  … and %zu more, in the results file\n", seen - CASES_SHOWN);
}

static void last_words(const struct mlt_console *c, const struct mlt_report_input *in,
                       const struct mlt_report_summary *s)
{
    struct mlt_buf words = MLT_BUF_INIT, next = MLT_BUF_INIT;
    mlt_report_summary_words(in, s, &words);
    mlt_report_summary_next(in, s, &next);
    mlt_buf_putc(c->out, '\n');
    if (in->results_path) {
        struct mlt_buf path = MLT_BUF_INIT;
        mlt_cell_safe(&path, in->results_path, 500);
        mlt_buf_puts(c->out, "results  ");
        mlt_buf_append(c->out, path.data, path.len);
        mlt_buf_putc(c->out, '\n');
        c->out->oom |= path.oom;
        mlt_buf_free(&path);
    }
    mlt_paint(c->out, c->color, mlt_paint_of_verdict(in->verdict));
    mlt_buf_puts(c->out, mlt_verdict_headline(in->verdict));
    mlt_paint(c->out, c->color, MLT_PAINT_PLAIN);
    mlt_buf_puts(c->out, ": ");
    mlt_cell_safe(c->out, words.data, 1000);
    mlt_buf_puts(c->out, ". Next: ");
    mlt_cell_safe(c->out, next.data, 400);
    mlt_buf_puts(c->out, ".\n");
    c->out->oom |= words.oom || next.oom;
    mlt_buf_free(&words);
    mlt_buf_free(&next);
}

static bool write_console(const struct mlt_report_input *in, struct mlt_buf *out,
                          struct mlt_err *err)
{
    struct mlt_report_summary s;
    if (!mlt_report_summary_make(in, &s, err))
        return false;
    struct mlt_console c = mlt_console_open(out, in->color, in->width);
    header(&c, in, &s);
    suites(&c, &s);
    datasets(&c, in->run);
    blocking(&c, &s);
    cases_in_state(&c, in->run, MLT_OUTCOME_FAILED, "Failed cases");
    cases_in_state(&c, in->run, MLT_OUTCOME_BROKEN, "Broken cases");
    cases_in_state(&c, in->run, MLT_OUTCOME_NOT_RUN, "Cases that did not run");
    cases_in_state(&c, in->run, MLT_OUTCOME_SKIPPED, "Skipped cases");
    mlt_console_passing(&c, s.findings, s.finding_count);
    last_words(&c, in, &s);
    mlt_console_close(&c);
    mlt_report_summary_free(&s);
    return mlt_buf_check(out, err);
}

const struct mlt_report_ops mlt_report_console = {
    .abi = MLT_REPORT_ABI,
    .name = "console",
    .doc = "for a terminal: the worst first, the verdict last",
    .media_type = "text/plain; charset=utf-8",
    .write = write_console,
};
