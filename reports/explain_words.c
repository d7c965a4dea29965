#include "reports/explain_words.h"

#include <math.h>
#include <string.h>

#include "harness/base/str.h"
#include "reports/decision_words.h"
#include "reports/figures.h"
#include "reports/quantity.h"
#include "reports/summary.h"

struct meaning {
    const char *method, *words;
};

/* Longer names stand before those they begin with. */
static const struct meaning meanings[] = {
    {"Clopper-Pearson and t (clusters)",
     "the exact binomial interval of a share, or the t interval over groups of rows that belong "
     "together: at each end the wider of both"},
    {"Clopper-Pearson", "the exact binomial interval of one share of rows: it never promises more "
                        "than the counts show"},
    {"t (clusters) and Tango", "the t interval over groups of rows that belong together, or "
                               "Tango's of two shares of the same "
                               "rows: at each end the wider of both"},
    {"t (influence) and Tango",
     "the t interval from each row's influence, or Tango's of two shares of the same rows: at each "
     "end the wider of both"},
    {"Tango",
     "the score interval of a difference of two shares of the same rows: only rows where the "
     "two versions disagree carry information"},
    {"DeLong", "the variance of both AUCs and of their difference on the same rows, from how each "
               "row ranks against the others"},
    {"t (time blocks)",
     "both versions were measured in alternating blocks of time; the blocks, not "
     "single requests, are the sample"},
    {"t (heavy tail",
     "a few large squared errors carry so much that no variance can be trusted; each "
     "end gets half of alpha"},
    {"t (clusters",
     "rows that belong together are one observation: the spread between groups decides"},
    {"t (influence",
     "each row's influence on the metric of both versions gives the joint variance"},
    {"BCa bootstrap",
     "rows are drawn again and again for both versions together, corrected for bias "
     "and acceleration; no end lies inside that of t"},
    {"bias-corrected bootstrap",
     "rows are drawn again and again for both versions together, corrected for bias; no end lies "
     "inside that of t"},
    {"identical predictions", "both versions gave the same predictions: at most a small share of "
                              "unseen rows can differ"},
    {"no visible difference",
     "predictions differ, but no decision and no order does: a bounded share of unseen rows can"},
    {"constant (time blocks)", "every block of time gave one and the same figure"},
};

const char *mlt_explain_method(const char *method)
{
    for (size_t i = 0; method && i < sizeof meanings / sizeof *meanings; i++)
        if (mlt_str_starts(method, meanings[i].method))
            return meanings[i].words;
    return NULL;
}

const char *mlt_explain_rule(enum mlt_rule rule)
{
    switch (rule) {
    case MLT_RULE_NON_INFERIOR:
        return "the whole interval must lie on the good side of the margin";
    case MLT_RULE_NOT_SHOWN_WORSE:
        return "it holds unless the whole interval lies beyond the margin";
    case MLT_RULE_POINT:
        return "the estimate alone decides, without an interval";
    case MLT_RULE_EQUIVALENT:
        return "the whole interval must lie within the margin on both sides";
    case MLT_RULE_SUPERIOR:
        return "the whole interval must show the gain that is asked for";
    case MLT_RULE_DEFAULT:
        break;
    }
    return NULL;
}

static double held_against(const struct mlt_finding *f)
{
    return fabs(f->is_comparison ? f->baseline : mlt_figures_of(f).limit);
}

double mlt_explain_flip_share(const struct mlt_finding *f)
{
    double share = fabs(f->flip) / held_against(f);
    return isfinite(share) ? share : NAN;
}

static void put_distance(struct mlt_buf *out, const struct mlt_finding *f)
{
    char text[MLT_QUANTITY_CHARS];
    double share = mlt_explain_flip_share(f);
    mlt_buf_puts(out, mlt_quantity_format(fabs(f->flip), f->unit, text));
    if (isfinite(share) && share < 1e4)
        mlt_buf_printf(out, " (%.3g %% of the %s)", 100 * share,
                       f->is_comparison ? "baseline" : "limit");
}

void mlt_explain_flip(struct mlt_buf *out, const struct mlt_finding *f)
{
    if (!isfinite(f->flip))
        return;
    switch (f->verdict) {
    case MLT_VERDICT_PASS:
        mlt_buf_puts(out, "It has room for ");
        put_distance(out, f);
        mlt_buf_puts(out, ": worse by more than that, and it would no longer pass");
        break;
    case MLT_VERDICT_FAIL:
        mlt_buf_puts(out, "It fails by ");
        put_distance(out, f);
        mlt_buf_puts(out, ": better by more than that, and it would no longer fail");
        break;
    case MLT_VERDICT_INCONCLUSIVE:
        if (f->flip >= 0)
            return;
        mlt_buf_puts(out, "A pass is ");
        put_distance(out, f);
        mlt_buf_puts(out, " away: better by more than that, with as many rows, and it would pass");
        break;
    case MLT_VERDICT_INVALID:
        break;
    }
}

void mlt_explain_rows(struct mlt_buf *out, const struct mlt_finding *f)
{
    char needed[MLT_QUANTITY_CHARS], used[MLT_QUANTITY_CHARS], effect[MLT_QUANTITY_CHARS];
    if (f->verdict != MLT_VERDICT_INCONCLUSIVE || !isfinite(f->harm))
        return;
    if (f->rows_needed > 0)
        mlt_buf_printf(out, "About %s rows would decide it, four times in five; %s were used",
                       mlt_quantity_count(f->rows_needed, needed),
                       mlt_quantity_count(f->rows, used));
    else
        mlt_buf_printf(out, "No number of rows is known that would decide it; %s were used",
                       mlt_quantity_count(f->rows, used));
    if (isfinite(f->smallest_effect))
        mlt_buf_printf(out,
                       "; the smallest loss beyond the margin that they could have shown is %s",
                       mlt_quantity_format(f->smallest_effect, f->unit, effect));
}

void mlt_explain_p(struct mlt_buf *out, const struct mlt_finding *f)
{
    char text[MLT_QUANTITY_CHARS];
    if (isfinite(f->p_pass))
        mlt_buf_printf(out, "The chance of figures this good if the loss were the margin is %s",
                       mlt_quantity_p(f->p_pass, text));
    if (isfinite(f->p_fail))
        mlt_buf_printf(out, "%s this bad, %s", out->len ? "," : "The chance of figures",
                       mlt_quantity_p(f->p_fail, text));
    if (isfinite(f->p_adjusted))
        mlt_buf_printf(out, " (%s after the correction over all findings)",
                       mlt_quantity_p(f->p_adjusted, text));
    if (out->len && isfinite(f->alpha))
        mlt_buf_printf(out, "; alpha is %.4g", f->alpha);
}

static void put_subject(struct mlt_buf *out, const struct mlt_decision *decision)
{
    mlt_report_shell_word(out, decision->evidence->subject.model);
    mlt_buf_putc(out, '@');
    mlt_report_shell_word(out, decision->evidence->subject.version);
}

/* "edge_case" as "edge-case" */
static void put_dashed(struct mlt_buf *out, const char *word, size_t len)
{
    for (size_t i = 0; i < len; i++)
        mlt_buf_putc(out, word[i] == '_' ? '-' : word[i]);
}

static bool is_word(const char *text)
{
    return *text && text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_-")] == '\0';
}

/* Words that hold by a record which a person brings. */
static const char *record_of(const char *word)
{
    static const char *const records[][2] = {
        {"ab_test_plan_developed", "ab-test-plan"},
        {"code_review_completed", "code-review"},
        {"security_review_completed", "security-review"},
        {"privacy_impact_assessment_completed", "privacy-impact-assessment"},
        {"ethics_review_completed", "ethics-review"},
        {"deployment_runbook_tested", "runbook-rehearsal"},
        {"migration_path_documented", "migration-path"},
        {"deprecation_notice_distributed", "deprecation-notice"},
        {"no_active_users_90_days", "usage"},
        {"all_clients_migrated", "usage"},
    };
    for (size_t i = 0; i < sizeof records / sizeof *records; i++)
        if (strcmp(records[i][0], word) == 0)
            return records[i][1];
    return mlt_str_starts(word, "record: ") ? word + strlen("record: ") : NULL;
}

static void next_of_record(struct mlt_buf *out, const struct mlt_decision *decision,
                           const char *kind)
{
    mlt_buf_puts(out, "mltest evidence add ");
    mlt_report_shell_word(out, kind);
    mlt_buf_putc(out, ' ');
    put_subject(out, decision);
    mlt_buf_puts(out, " --file FILE --reason TEXT");
}

static void next_of_word(struct mlt_buf *out, const struct mlt_decision *decision, const char *word)
{
    static const char tests[] = "_tests_passed", deployed[] = "_deployment_successful";
    size_t len = strlen(word);
    if (mlt_str_ends(word, tests)) {
        mlt_buf_puts(out, "mltest run ");
        put_subject(out, decision);
        mlt_buf_puts(out, " --suite ");
        put_dashed(out, word, len - strlen(tests));
    } else if (mlt_str_ends(word, deployed)) {
        mlt_buf_puts(out, "mltest deploy ");
        put_subject(out, decision);
        mlt_buf_printf(out, " --env %.*s", (int)(len - strlen(deployed)), word);
    } else if (strcmp(word, "documentation_complete") == 0) {
        mlt_buf_puts(out, "mltest docs check ");
        put_subject(out, decision);
    } else if (mlt_str_ends(word, "_approval")) {
        mlt_buf_puts(out, "mltest approvals ");
        put_subject(out, decision);
    }
}

void mlt_explain_next(struct mlt_buf *out, const struct mlt_decision *decision,
                      const struct mlt_criterion_result *criterion)
{
    const char *text = criterion->criterion ? criterion->criterion : "";
    if (criterion->verdict == MLT_VERDICT_PASS)
        return;
    const char *kind = record_of(text);
    if (kind) {
        next_of_record(out, decision, kind);
    } else if (mlt_str_starts(text, "approval: ")) {
        mlt_buf_puts(out, "mltest approvals ");
        put_subject(out, decision);
    } else if (is_word(text)) {
        next_of_word(out, decision, text);
    } else if (mlt_str_starts(text, "suites passed") || mlt_criterion_is_sentence(criterion)) {
        mlt_buf_puts(out, "mltest run ");
        put_subject(out, decision);
    }
}

static uint64_t most_rows(const struct mlt_decision *d)
{
    uint64_t most = 0;
    for (size_t i = 0; i < d->criterion_count; i++)
        for (size_t j = 0; j < d->criteria[i].finding_count; j++)
            if (d->criteria[i].findings[j].verdict == MLT_VERDICT_INCONCLUSIVE &&
                d->criteria[i].findings[j].rows_needed > most)
                most = d->criteria[i].findings[j].rows_needed;
    return most;
}

void mlt_explain_next_step(struct mlt_buf *out, const struct mlt_explain_input *in)
{
    const struct mlt_decision *d = &in->kept->decision;
    char rows[MLT_QUANTITY_CHARS];
    if (d->verdict == MLT_VERDICT_PASS) {
        const struct mlt_report_decision_input shown = {.decision = d,
                                                        .context = &in->kept->context};
        mlt_decision_next(&shown, out);
        return;
    }
    uint64_t most = most_rows(d);
    if (most > 0 && d->verdict == MLT_VERDICT_INCONCLUSIVE)
        mlt_buf_printf(out, "evaluate on about %s rows, then ask the gate again: ",
                       mlt_quantity_count(most, rows));
    else if (d->verdict == MLT_VERDICT_FAIL)
        mlt_buf_puts(out, "this version may not move on as it is; a better one asks the gate by ");
    else
        mlt_buf_puts(out, "bring what is missing, then ask the gate again: ");
    mlt_buf_puts(out, "mltest gate ");
    put_subject(out, d);
    mlt_buf_puts(out, mlt_str_eq(d->evidence->gate_kind, "environment") ? " --env " : " --to ");
    mlt_report_shell_word(out, d->evidence->gate);
}

void mlt_explain_run(struct mlt_buf *out, const struct mlt_evidence_run *e)
{
    char rows[MLT_QUANTITY_CHARS];
    mlt_buf_printf(out, "run %s of %s", e->run->run_id, e->run->started_at);
    for (size_t i = 0; i < e->suite_count; i++)
        mlt_buf_printf(out, "%s%s", i ? ", " : ", the newest that counts for ", e->suites[i]);
    for (size_t i = 0; i < e->run->dataset_count; i++)
        mlt_buf_printf(out, "%s%s (%s rows)", i ? ", " : "; data ", e->run->datasets[i].name,
                       mlt_quantity_count(e->run->datasets[i].rows, rows));
}

void mlt_explain_paper(struct mlt_buf *out, const struct mlt_kept_paper *paper)
{
    mlt_buf_printf(out, "%s %s", paper->what, *paper->about ? paper->about : "?");
    if (paper->person)
        mlt_buf_printf(out, " by %s", paper->person);
    if (paper->at)
        mlt_buf_printf(out, " at %s", paper->at);
    if (paper->fault)
        mlt_buf_printf(out, ": does not count: %s", paper->fault);
}

const char *mlt_explain_standing(const struct mlt_kept_decision *kept)
{
    if (!kept->has_context)
        return "the document does not say when it was decided, nor whether it is advisory";
    return kept->context.advisory ? "advisory: not by the pinned policy and the registry's own "
                                    "runs alone; nothing acts "
                                    "on it"
                                  : NULL;
}
