#include "reports/decision_words.h"

#include <string.h>

#include "harness/base/str.h"
#include "reports/quantity.h"
#include "reports/summary.h"

const enum mlt_verdict mlt_decision_order[MLT_DECISION_ORDER] = {
    MLT_VERDICT_FAIL, MLT_VERDICT_INVALID, MLT_VERDICT_INCONCLUSIVE, MLT_VERDICT_PASS};

bool mlt_decision_check(const struct mlt_decision *decision, struct mlt_err *err)
{
    enum mlt_verdict worst = decision->criterion_count ? MLT_VERDICT_PASS : MLT_VERDICT_INVALID;
    for (size_t i = 0; i < decision->criterion_count; i++)
        worst = mlt_verdict_worst(worst, decision->criteria[i].verdict);
    if (mlt_verdict_worst(worst, decision->verdict) == decision->verdict)
        return true;
    return mlt_err_set(err, MLT_ERR_EVIDENCE, "the decision says %s while its own criteria say %s",
                       mlt_verdict_name(decision->verdict), mlt_verdict_name(worst));
}

void mlt_decision_title(const struct mlt_decision *decision, struct mlt_buf *out)
{
    const struct mlt_evidence *evidence = decision->evidence;
    mlt_buf_printf(out, "gate to %s %s: %s@%s", evidence->gate_kind ? evidence->gate_kind : "",
                   evidence->gate ? evidence->gate : "?",
                   evidence->subject.model ? evidence->subject.model : "?",
                   evidence->subject.version ? evidence->subject.version : "?");
    if (evidence->has_baseline)
        mlt_buf_printf(out, " against %s",
                       evidence->baseline.version ? evidence->baseline.version : "?");
    else
        mlt_buf_puts(out, ", no baseline");
}

static size_t count_of(const struct mlt_decision *decision, enum mlt_verdict verdict)
{
    size_t count = 0;
    for (size_t i = 0; i < decision->criterion_count; i++)
        count += decision->criteria[i].verdict == verdict;
    return count;
}

void mlt_decision_words(const struct mlt_decision *decision, struct mlt_buf *out)
{
    static const char *const verbs[][2] = {{"fails", "fail"},
                                           {"has no valid evidence", "have no valid evidence"},
                                           {"is inconclusive", "are inconclusive"},
                                           {"holds", "hold"}};
    size_t all = decision->criterion_count, said = 0;
    if (all == 0)
        mlt_buf_puts(out, "no criterion was judged");
    for (size_t i = 0; i < MLT_DECISION_ORDER; i++) {
        size_t count = count_of(decision, mlt_decision_order[i]);
        if (count == 0 || (mlt_decision_order[i] == MLT_VERDICT_PASS && said > 0))
            continue;
        mlt_buf_printf(out, "%s%zu of %zu %s %s", said++ ? ", " : "", count, all,
                       all == 1 ? "criterion" : "criteria", verbs[i][count != 1]);
    }
}

static uint64_t rows_needed(const struct mlt_decision *decision)
{
    uint64_t most = 0;
    for (size_t i = 0; i < decision->criterion_count; i++) {
        const struct mlt_criterion_result *c = &decision->criteria[i];
        for (size_t j = 0; j < c->finding_count; j++)
            if (c->findings[j].verdict == MLT_VERDICT_INCONCLUSIVE &&
                c->findings[j].rows_needed > most)
                most = c->findings[j].rows_needed;
    }
    return most;
}

static void next_pass(const struct mlt_report_decision_input *in, struct mlt_buf *out)
{
    const struct mlt_evidence *evidence = in->decision->evidence;
    if (in->context && in->context->advisory) {
        mlt_buf_puts(out, "nothing acts on this: only the policy pinned in the registry does, "
                          "on the runs kept there");
        return;
    }
    if (!mlt_str_eq(evidence->gate_kind, "environment")) {
        mlt_buf_puts(out, "mltest promote ");
        mlt_report_shell_word(out, evidence->subject.model);
        mlt_buf_putc(out, '@');
        mlt_report_shell_word(out, evidence->subject.version);
        mlt_buf_puts(out, " --to ");
        mlt_report_shell_word(out, evidence->gate);
        mlt_buf_puts(out, " --reason TEXT");
        return;
    }
    mlt_buf_puts(out, "mltest deploy ");
    mlt_report_shell_word(out, evidence->subject.model);
    mlt_buf_putc(out, '@');
    mlt_report_shell_word(out, evidence->subject.version);
    mlt_buf_puts(out, " --env ");
    mlt_report_shell_word(out, evidence->gate);
}

void mlt_decision_next(const struct mlt_report_decision_input *in, struct mlt_buf *out)
{
    char rows[MLT_QUANTITY_CHARS];
    uint64_t needed = rows_needed(in->decision);
    if (in->decision->verdict == MLT_VERDICT_PASS) {
        next_pass(in, out);
    } else if (in->decision->verdict == MLT_VERDICT_INCONCLUSIVE && needed > 0) {
        mlt_buf_printf(out, "evaluate on more rows: about %s would decide",
                       mlt_quantity_count(needed, rows));
    } else if (in->decision->verdict == MLT_VERDICT_INVALID) {
        mlt_buf_puts(out, "bring the missing evidence, then ask the gate again");
    } else {
        mlt_buf_puts(out, "this version may not move on");
    }
}

void mlt_decision_basis(const struct mlt_report_decision_input *in, struct mlt_buf *out)
{
    const struct mlt_decision *d = in->decision;
    mlt_buf_printf(out, "by %s", d->policy->file ? d->policy->file : "the registry's policy");
    if (d->policy->digest[0])
        mlt_buf_printf(out, " (sha256 %.12s…)", d->policy->digest);
    mlt_buf_printf(out, ", %zu %s", d->evidence->run_count,
                   d->evidence->run_count == 1 ? "run counts" : "runs count");
    if (d->evidence->rejected_count > 0)
        mlt_buf_printf(out, ", %zu rejected", d->evidence->rejected_count);
    if (in->context && in->context->decided_at)
        mlt_buf_printf(out, ", decided %s", in->context->decided_at);
    if (in->context && in->context->advisory)
        mlt_buf_puts(out, ", advisory: not by the pinned policy and the registry's own runs alone, nothing acts on it");
}

bool mlt_criterion_is_sentence(const struct mlt_criterion_result *criterion)
{
    return criterion->finding_count > 0 &&
           mlt_str_eq(criterion->findings[0].criterion, criterion->criterion);
}

/* A run's own sentence that the policy asks too is shown once. Sorted findings: repeats are
 * neighbours but for other findings that tie with them. */
static size_t drop_repeated(struct mlt_finding *all, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        bool repeated = false;
        for (size_t k = 0; k < kept && !repeated; k++)
            repeated = all[k].verdict == all[i].verdict &&
                       mlt_str_eq(all[k].criterion, all[i].criterion) &&
                       mlt_str_eq(all[k].case_id, all[i].case_id) &&
                       mlt_str_eq(all[k].metric, all[i].metric) &&
                       mlt_str_eq(all[k].slice_column, all[i].slice_column) &&
                       mlt_str_eq(all[k].slice_value, all[i].slice_value) &&
                       mlt_str_eq(all[k].reason, all[i].reason);
        if (!repeated)
            all[kept++] = all[i];
    }
    return kept;
}

struct mlt_finding *mlt_decision_findings(const struct mlt_decision *decision,
                                          struct mlt_arena *arena, size_t *count)
{
    size_t total = 0, at = 0;
    for (size_t i = 0; i < decision->criterion_count; i++)
        total += decision->criteria[i].finding_count;
    struct mlt_finding *all = mlt_arena_calloc(arena, total, sizeof *all);
    if (!all)
        return NULL;
    for (size_t i = 0; i < decision->criterion_count; i++)
        for (size_t j = 0; j < decision->criteria[i].finding_count; j++)
            all[at++] = decision->criteria[i].findings[j];
    mlt_findings_sort(all, total);
    total = drop_repeated(all, total);
    *count = total;
    return all;
}
