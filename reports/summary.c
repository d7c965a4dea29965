#include "reports/summary.h"

#include <string.h>

#include "harness/base/str.h"
#include "reports/quantity.h"

/* What a broken or unfinished case admits at best. */
static enum mlt_verdict case_verdict(enum mlt_outcome_state state)
{
    switch (state) {
    case MLT_OUTCOME_PASSED:
    case MLT_OUTCOME_SKIPPED:
        return MLT_VERDICT_PASS;
    case MLT_OUTCOME_FAILED:
        return MLT_VERDICT_FAIL;
    default:
        return MLT_VERDICT_INVALID;
    }
}

enum mlt_verdict mlt_report_shown_verdict(const struct mlt_run *run,
                                          const struct mlt_finding *findings, size_t count)
{
    size_t held = count;
    enum mlt_verdict worst = run->complete ? MLT_VERDICT_PASS : MLT_VERDICT_INVALID;
    for (size_t i = 0; i < run->case_count; i++) {
        enum mlt_outcome_state state = run->cases[i].outcome.state;
        worst = mlt_verdict_worst(worst, case_verdict(state));
        held += state == MLT_OUTCOME_PASSED;
    }
    for (size_t i = 0; i < count; i++)
        worst = mlt_verdict_worst(worst, findings[i].verdict);
    return held > 0 ? worst : mlt_verdict_worst(worst, MLT_VERDICT_INVALID);
}

bool mlt_report_check(const struct mlt_report_input *in, struct mlt_err *err)
{
    enum mlt_verdict shown = mlt_report_shown_verdict(in->run, in->findings, in->finding_count);
    if (mlt_verdict_worst(shown, in->verdict) == in->verdict)
        return true;
    return mlt_err_set(err, MLT_ERR_EVIDENCE,
                       "the report would say %s while its own cases and findings say %s",
                       mlt_verdict_name(in->verdict), mlt_verdict_name(shown));
}

static struct mlt_report_suite *suite_named(struct mlt_report_summary *s, const char *name)
{
    for (size_t i = 0; i < s->suite_count; i++)
        if (mlt_str_eq(s->suites[i].name, name))
            return &s->suites[i];
    struct mlt_report_suite *grown =
        mlt_arena_grow(&s->arena, s->suites, s->suite_count, &s->suite_capacity, sizeof *grown);
    if (!grown)
        return NULL;
    s->suites = grown;
    grown[s->suite_count] = (struct mlt_report_suite){.name = name};
    return &grown[s->suite_count++];
}

static bool count_cases(const struct mlt_run *run, struct mlt_report_summary *s)
{
    for (size_t i = 0; i < run->case_count; i++) {
        const struct mlt_outcome *outcome = &run->cases[i].outcome;
        struct mlt_report_suite *suite = suite_named(s, run->cases[i].plan.suite);
        if (!suite)
            return false;
        suite->cases++;
        suite->states[outcome->state]++;
        suite->time_ns += outcome->duration_ns;
        s->states[outcome->state]++;
        s->time_ns += outcome->duration_ns;
    }
    for (size_t i = 0; i < run->suite_count; i++)
        if (!suite_named(s, run->suites[i]))
            return false;
    return true;
}

/* A judge says of a case that it did not pass by a finding named like the case; the case itself
 * says it better. */
static bool repeats_a_case(const struct mlt_run *run, const struct mlt_finding *f)
{
    if (!f->case_id || f->metric || !mlt_str_eq(f->criterion, f->case_id))
        return false;
    for (size_t i = 0; i < run->case_count; i++)
        if (mlt_str_eq(run->cases[i].plan.id, f->case_id))
            return run->cases[i].outcome.state != MLT_OUTCOME_PASSED;
    return false;
}

static bool copy_findings(const struct mlt_report_input *in, struct mlt_report_summary *s)
{
    s->findings = mlt_arena_calloc(&s->arena, in->finding_count, sizeof *s->findings);
    if (!s->findings)
        return false;
    for (size_t i = 0; i < in->finding_count; i++) {
        if (repeats_a_case(in->run, &in->findings[i]))
            continue;
        s->findings[s->finding_count++] = in->findings[i];
        s->verdicts[in->findings[i].verdict]++;
    }
    mlt_findings_sort(s->findings, s->finding_count);
    return true;
}

bool mlt_report_summary_make(const struct mlt_report_input *in, struct mlt_report_summary *out,
                             struct mlt_err *err)
{
    *out = (struct mlt_report_summary){.arena = MLT_ARENA_INIT};
    if (!mlt_report_check(in, err))
        return false;
    if (!copy_findings(in, out) || !count_cases(in->run, out)) {
        mlt_arena_free(&out->arena);
        return mlt_err_oom(err);
    }
    return true;
}

void mlt_report_summary_free(struct mlt_report_summary *summary)
{
    mlt_arena_free(&summary->arena);
}

/* ", 2 of 17 criteria fail": nothing when there are none. */
static void part(struct mlt_buf *out, size_t count, size_t all, const char *one, const char *many,
                 const char *verb_one, const char *verb_many)
{
    char a[MLT_QUANTITY_CHARS], b[MLT_QUANTITY_CHARS];
    if (count == 0)
        return;
    mlt_buf_printf(out, "%s%s of %s %s %s", out->len ? ", " : "", mlt_quantity_count(count, a),
                   mlt_quantity_count(all, b), all == 1 ? one : many,
                   count == 1 ? verb_one : verb_many);
}

void mlt_report_summary_words(const struct mlt_report_input *in, const struct mlt_report_summary *s,
                              struct mlt_buf *out)
{
    size_t cases = in->run->case_count, findings = s->finding_count;
    struct mlt_buf words = MLT_BUF_INIT;
    part(&words, s->verdicts[MLT_VERDICT_FAIL], findings, "criterion", "criteria", "fails", "fail");
    part(&words, s->states[MLT_OUTCOME_FAILED], cases, "case", "cases", "failed", "failed");
    part(&words, s->verdicts[MLT_VERDICT_INVALID], findings, "criterion", "criteria",
         "has no valid evidence", "have no valid evidence");
    part(&words, s->states[MLT_OUTCOME_BROKEN], cases, "case", "cases", "is broken", "are broken");
    part(&words, s->states[MLT_OUTCOME_NOT_RUN], cases, "case", "cases", "did not run",
         "did not run");
    part(&words, s->verdicts[MLT_VERDICT_INCONCLUSIVE], findings, "criterion", "criteria",
         "is inconclusive", "are inconclusive");
    if (!in->run->complete)
        mlt_buf_printf(&words, "%sthe run did not reach its end", words.len ? ", " : "");
    if (cases + findings == 0)
        mlt_buf_printf(&words, "%snothing ran", words.len ? ", " : "");
    else if (cases > 0 && s->states[MLT_OUTCOME_SKIPPED] == cases)
        mlt_buf_printf(&words, "%severy case was skipped", words.len ? ", " : "");
    if (words.len == 0) {
        /* The caller knows of a reason that neither a case nor a finding shows. */
        if (in->verdict != MLT_VERDICT_PASS)
            mlt_buf_printf(&words, "the whole is judged %s", mlt_verdict_name(in->verdict));
        part(&words, s->verdicts[MLT_VERDICT_PASS], findings, "criterion", "criteria", "holds",
             "hold");
        part(&words, s->states[MLT_OUTCOME_PASSED], cases, "case", "cases", "passed", "passed");
        part(&words, s->states[MLT_OUTCOME_SKIPPED], cases, "case", "cases", "was skipped",
             "were skipped");
    }
    mlt_buf_append(out, words.data, words.len);
    out->oom |= words.oom;
    mlt_buf_free(&words);
}

static void next_inconclusive(const struct mlt_report_summary *s, struct mlt_buf *out)
{
    uint64_t needed = 0, rows = 0;
    for (size_t i = 0; i < s->finding_count; i++) {
        const struct mlt_finding *f = &s->findings[i];
        if (f->verdict == MLT_VERDICT_INCONCLUSIVE && f->rows_needed > needed) {
            needed = f->rows_needed;
            rows = f->rows;
        }
    }
    char a[MLT_QUANTITY_CHARS], b[MLT_QUANTITY_CHARS];
    if (needed > 0)
        mlt_buf_printf(out, "evaluate on more rows: about %s would decide (now %s)",
                       mlt_quantity_count(needed, a), mlt_quantity_count(rows, b));
    else
        mlt_buf_puts(
            out, "the evidence is too weak either way: more rows, or a margin that they can show");
}

static void next_invalid(const struct mlt_report_input *in, const struct mlt_report_summary *s,
                         struct mlt_buf *out)
{
    if (in->run->case_count + s->finding_count == 0)
        mlt_buf_puts(
            out,
            "check the filter and the suites of mltest.yaml: a run without cases shows nothing");
    else if (!in->run->complete)
        mlt_buf_puts(out, "run it again to its end: an incomplete run is no evidence");
    else if (s->states[MLT_OUTCOME_BROKEN] > 0)
        mlt_buf_puts(out, "repair the broken cases; each shows the command that runs it alone");
    else
        mlt_buf_puts(
            out, "bring the missing evidence, then run again: nothing counts as passed without it");
}

static void next_fail(const struct mlt_report_summary *s, struct mlt_buf *out)
{
    if (s->states[MLT_OUTCOME_FAILED] > 0)
        mlt_buf_puts(out, "repair the failed cases; each shows the command that runs it alone");
    else if (s->finding_count > 0 && s->findings[0].verdict == MLT_VERDICT_FAIL)
        mlt_buf_printf(out, "this version may not move on; the worst is: %s",
                       s->findings[0].criterion);
    else
        mlt_buf_puts(out, "this version may not move on");
}

void mlt_report_summary_next(const struct mlt_report_input *in, const struct mlt_report_summary *s,
                             struct mlt_buf *out)
{
    switch (in->verdict) {
    case MLT_VERDICT_FAIL:
        next_fail(s, out);
        return;
    case MLT_VERDICT_INCONCLUSIVE:
        next_inconclusive(s, out);
        return;
    case MLT_VERDICT_PASS:
        if (in->run->filtered) {
            mlt_buf_puts(out,
                         "run it without a filter: a filtered run never stands for a whole suite");
            return;
        }
        mlt_buf_puts(out, "mltest gate ");
        mlt_report_shell_word(out, in->run->candidate.model);
        mlt_buf_putc(out, '@');
        mlt_report_shell_word(out, in->run->candidate.version);
        mlt_buf_puts(out, " --env ENVIRONMENT decides whether it may go there");
        return;
    default:
        next_invalid(in, s, out);
    }
}

enum { WORD_MAX_BYTES = 200 };

void mlt_report_shell_word(struct mlt_buf *out, const char *word)
{
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-/@:=,+%";
    size_t len = word ? strlen(word) : 0;
    if (len > 0 && len <= WORD_MAX_BYTES && word[0] != '-' && strspn(word, plain) == len &&
        !strstr(word, "::")) {
        mlt_buf_puts(out, word);
        return;
    }
    mlt_buf_putc(out, '\'');
    for (size_t i = 0; i < len && i < WORD_MAX_BYTES; i++) {
        char c = word[i];
        bool odd = c < 0x20 || c > 0x7e || strchr("'`[\\!#", c) ||
                   (i > 0 && c == ':' && word[i - 1] == ':');
        mlt_buf_putc(out, odd ? '?' : c);
    }
    mlt_buf_puts(out, len > WORD_MAX_BYTES ? "*'" : "'");
}

void mlt_report_reproduce(const struct mlt_run *run, const struct mlt_case_plan *test,
                          struct mlt_buf *out)
{
    mlt_buf_puts(out, "mltest run ");
    mlt_report_shell_word(out, run->candidate.model);
    mlt_buf_putc(out, '@');
    mlt_report_shell_word(out, run->candidate.version);
    mlt_buf_puts(out, " --suite ");
    mlt_report_shell_word(out, test->suite);
    mlt_buf_puts(out, " --case ");
    mlt_report_shell_word(out, test->name);
    mlt_buf_printf(out, " --seed %llu", (unsigned long long)run->seed);
}

void mlt_report_title(const struct mlt_run *run, struct mlt_buf *out)
{
    mlt_buf_printf(out, "%s@%s", run->candidate.model ? run->candidate.model : "?",
                   run->candidate.version ? run->candidate.version : "?");
    if (!run->has_baseline) {
        mlt_buf_puts(out, ", no baseline");
        return;
    }
    const char *version = run->baseline.version ? run->baseline.version : "?";
    mlt_buf_printf(out, " against %s", version);
    if (run->baseline.model && !mlt_str_eq(run->baseline.model, run->candidate.model))
        mlt_buf_printf(out, " of %s", run->baseline.model);
    if (run->baseline_ref && !mlt_str_eq(run->baseline_ref, version))
        mlt_buf_printf(out, " (%s)", run->baseline_ref);
}
