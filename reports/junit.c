/* JUnit XML in the intersection of Jenkins' junit-10.xsd and the Ant schema: no attributes on
 * <testsuites>, one <testsuite> per suite, one <testcase> per case and per judged sentence and
 * slice, and whatever the verdict rests on beyond these as a case of its own: the document is red
 * exactly when the verdict blocks. */
#include <string.h>

#include "harness/base/str.h"
#include "harness/codec/xml.h"
#include "reports/figures.h"
#include "reports/summary.h"

enum { NAME_BYTES = 500, TEXT_BYTES = 4000, DIAGNOSTIC_BYTES = 16000 };

enum mark { MARK_PASSED, MARK_FAILURE, MARK_ERROR, MARK_SKIPPED };

/* One <testcase>; texts are hostile, lent. */
struct entry {
    const char *group, *name; /* classname: "mltest.<suite>" and, for sentences, ".criteria" */
    bool criterion;
    uint64_t time_ns;
    enum mark mark;
    const char *type, *message, *text, *diagnostics;
};

struct suite_xml {
    struct mlt_buf cases;
    size_t tests, failures, errors;
    uint64_t time_ns;
};

static void attribute(struct mlt_buf *out, const char *name, const char *value)
{
    mlt_buf_printf(out, " %s=\"", name);
    mlt_xml_append_attribute(out, value && *value ? value : "?", NAME_BYTES);
    mlt_buf_putc(out, '"');
}

static void time_attribute(struct mlt_buf *out, uint64_t ns)
{
    mlt_buf_printf(out, " time=\"%.3f\"", (double)ns / 1e9);
}

static void body(struct mlt_buf *out, const struct entry *e)
{
    static const char *const names[] = {[MARK_FAILURE] = "failure", [MARK_ERROR] = "error"};
    if (e->mark == MARK_SKIPPED) {
        mlt_buf_puts(out, "<skipped>");
        mlt_xml_append_text(out, e->message ? e->message : "", TEXT_BYTES);
        mlt_buf_puts(out, "</skipped>");
        return;
    }
    mlt_buf_printf(out, "<%s", names[e->mark]);
    attribute(out, "type", e->type);
    attribute(out, "message", e->message ? e->message : e->type);
    mlt_buf_putc(out, '>');
    mlt_xml_append_text(out, e->text ? e->text : "", TEXT_BYTES);
    if (e->diagnostics) {
        mlt_buf_putc(out, '\n');
        mlt_xml_append_text(out, e->diagnostics, DIAGNOSTIC_BYTES);
    }
    mlt_buf_printf(out, "</%s>", names[e->mark]);
}

static void add(struct suite_xml *suite, const struct entry *e)
{
    struct mlt_buf class = MLT_BUF_INIT;
    struct mlt_buf *out = &suite->cases;
    mlt_buf_printf(&class, "mltest.%s%s", e->group, e->criterion ? ".criteria" : "");
    mlt_buf_puts(out, "    <testcase");
    attribute(out, "classname", class.data);
    attribute(out, "name", e->name);
    time_attribute(out, e->time_ns);
    if (e->mark == MARK_PASSED) {
        mlt_buf_puts(out, "/>\n");
    } else {
        mlt_buf_putc(out, '>');
        body(out, e);
        mlt_buf_puts(out, "</testcase>\n");
    }
    suite->tests++;
    suite->failures += e->mark == MARK_FAILURE;
    suite->errors += e->mark == MARK_ERROR;
    suite->time_ns += e->time_ns;
    out->oom |= class.oom;
    mlt_buf_free(&class);
}

static enum mark mark_of_state(enum mlt_outcome_state state)
{
    switch (state) {
    case MLT_OUTCOME_PASSED:
        return MARK_PASSED;
    case MLT_OUTCOME_FAILED:
        return MARK_FAILURE;
    case MLT_OUTCOME_SKIPPED:
        return MARK_SKIPPED;
    default:
        return MARK_ERROR;
    }
}

/* A blocked gate must be red: an inconclusive criterion is a failure whose type says so. */
static enum mark mark_of_verdict(enum mlt_verdict verdict)
{
    switch (verdict) {
    case MLT_VERDICT_PASS:
        return MARK_PASSED;
    case MLT_VERDICT_FAIL:
    case MLT_VERDICT_INCONCLUSIVE:
        return MARK_FAILURE;
    default:
        return MARK_ERROR;
    }
}

static void add_case(struct suite_xml *suite, const struct mlt_run *run,
                     const struct mlt_run_case *test)
{
    struct mlt_buf command = MLT_BUF_INIT;
    mlt_report_reproduce(run, &test->plan, &command);
    struct entry e = {.group = test->plan.suite,
                      .name = test->plan.name,
                      .time_ns = test->outcome.duration_ns,
                      .mark = mark_of_state(test->outcome.state),
                      .type = mlt_outcome_state_name(test->outcome.state),
                      .message = test->outcome.message,
                      .text = command.data,
                      .diagnostics = test->outcome.diagnostics};
    add(suite, &e);
    suite->cases.oom |= command.oom;
    mlt_buf_free(&command);
}

/* The name tells every sentence and slice of a suite apart: GitLab drops duplicate names. */
static void finding_name(const struct mlt_finding *f, struct mlt_buf *name)
{
    mlt_buf_puts(name, f->criterion ? f->criterion : "?");
    if (f->slice_column) {
        mlt_buf_puts(name, " [");
        mlt_figures_slice(name, f);
        mlt_buf_putc(name, ']');
    }
    if (f->case_id)
        mlt_buf_printf(name, " (%s)", f->case_id);
}

static void add_finding(struct suite_xml *suite, const char *group, const struct mlt_finding *f)
{
    struct mlt_buf name = MLT_BUF_INIT, text = MLT_BUF_INIT;
    finding_name(f, &name);
    mlt_figures_facts(&text, f);
    mlt_buf_putc(&text, '\n');
    mlt_figures_basis(&text, f);
    mlt_buf_putc(&text, '\n');
    mlt_figures_need(&text, f);
    struct entry e = {.group = group,
                      .name = name.data,
                      .criterion = true,
                      .mark = mark_of_verdict(f->verdict),
                      .type = mlt_verdict_name(f->verdict),
                      .message = f->reason,
                      .text = text.data};
    add(suite, &e);
    suite->cases.oom |= name.oom || text.oom;
    mlt_buf_free(&name);
    mlt_buf_free(&text);
}

/* RFC 3339 without its zone and fraction; the epoch when there is no start. */
static void timestamp(struct mlt_buf *out, const char *started_at)
{
    bool known = started_at && strlen(started_at) >= 19 && started_at[10] == 'T' &&
                 strspn(started_at, "0123456789-T:") >= 19;
    mlt_buf_printf(out, " timestamp=\"%.19s\"", known ? started_at : "1970-01-01T00:00:00");
}

static void property(struct mlt_buf *out, const char *name, const char *value)
{
    mlt_buf_puts(out, "      <property");
    attribute(out, "name", name);
    attribute(out, "value", value);
    mlt_buf_puts(out, "/>\n");
}

static void close_suite(struct mlt_buf *out, const struct mlt_report_input *in, const char *name,
                        size_t id, struct suite_xml *suite)
{
    const struct mlt_run *run = in->run;
    mlt_buf_puts(out, "  <testsuite");
    attribute(out, "name", name);
    attribute(out, "package", "mltest");
    mlt_buf_printf(out, " id=\"%zu\" hostname=\"localhost\"", id);
    timestamp(out, run->started_at);
    mlt_buf_printf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\"", suite->tests,
                   suite->failures, suite->errors);
    time_attribute(out, suite->time_ns);
    mlt_buf_puts(out, ">\n    <properties>\n");
    property(out, "verdict", mlt_verdict_name(in->verdict));
    property(out, "model", run->candidate.model);
    property(out, "version", run->candidate.version);
    property(out, "baseline", run->has_baseline ? run->baseline.version : "none");
    property(out, "run", run->run_id);
    mlt_buf_puts(out, "    </properties>\n");
    mlt_buf_append(out, suite->cases.data, suite->cases.len);
    mlt_buf_puts(out,
                 "    <system-out></system-out>\n    <system-err></system-err>\n  </testsuite>\n");
    out->oom |= suite->cases.oom;
    mlt_buf_free(&suite->cases);
    *suite = (struct suite_xml){.cases = MLT_BUF_INIT};
}

/* The suite that a finding belongs to: that of its case, by the case's id. */
static bool of_suite(const struct mlt_finding *f, const char *suite)
{
    size_t len = strlen(suite);
    return f->case_id && strncmp(f->case_id, suite, len) == 0 && f->case_id[len] == '/';
}

static bool of_any_suite(const struct mlt_finding *f, const struct mlt_report_summary *s)
{
    for (size_t i = 0; i < s->suite_count; i++)
        if (of_suite(f, s->suites[i].name))
            return true;
    return false;
}

/* The worst that the entries so far show, as a reader of the document would say it. */
static enum mlt_verdict entries_verdict(const struct mlt_report_input *in,
                                        const struct mlt_report_summary *s)
{
    struct mlt_run run = *in->run;
    run.complete = true;
    return mlt_report_shown_verdict(&run, s->findings, s->finding_count);
}

static void add_headline(struct suite_xml *suite, const struct mlt_report_input *in,
                         const struct mlt_report_summary *s)
{
    struct mlt_buf words = MLT_BUF_INIT;
    mlt_report_summary_words(in, s, &words);
    struct entry e = {.group = "run",
                      .name = "verdict",
                      .mark = mark_of_verdict(in->verdict),
                      .type = mlt_verdict_name(in->verdict),
                      .message = words.data};
    add(suite, &e);
    suite->cases.oom |= words.oom;
    mlt_buf_free(&words);
}

static void all_suites(const struct mlt_report_input *in, const struct mlt_report_summary *s,
                       struct mlt_buf *out)
{
    struct suite_xml suite = {.cases = MLT_BUF_INIT};
    for (size_t i = 0; i < s->suite_count; i++) {
        const char *name = s->suites[i].name;
        for (size_t j = 0; j < in->run->case_count; j++)
            if (mlt_str_eq(in->run->cases[j].plan.suite, name))
                add_case(&suite, in->run, &in->run->cases[j]);
        for (size_t j = 0; j < s->finding_count; j++)
            if (of_suite(&s->findings[j], name))
                add_finding(&suite, name, &s->findings[j]);
        close_suite(out, in, name, i, &suite);
    }
    for (size_t j = 0; j < s->finding_count; j++)
        if (!of_any_suite(&s->findings[j], s))
            add_finding(&suite, "run", &s->findings[j]);
    /* Nothing run, all skipped, an incomplete run: no entry shows it, and green would be a lie. */
    bool nothing = s->states[MLT_OUTCOME_SKIPPED] == in->run->case_count && s->finding_count == 0;
    if (nothing || entries_verdict(in, s) != in->verdict)
        add_headline(&suite, in, s);
    if (suite.tests > 0)
        close_suite(out, in, "run", s->suite_count, &suite);
}

static bool write_junit(const struct mlt_report_input *in, struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_report_summary s;
    if (!mlt_report_summary_make(in, &s, err))
        return false;
    mlt_buf_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    all_suites(in, &s, out);
    mlt_buf_puts(out, "</testsuites>\n");
    mlt_report_summary_free(&s);
    return mlt_buf_check(out, err);
}

const struct mlt_report_ops mlt_report_junit = {
    .abi = MLT_REPORT_ABI,
    .name = "junit",
    .doc = "JUnit XML for CI servers; red exactly when the verdict blocks",
    .media_type = "application/xml",
    .write = write_junit,
};
