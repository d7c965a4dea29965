#include "gates/decide/decide.h"

#include <string.h>

#include "gates/decide/judging.h"
#include "gates/decide/people.h"
#include "harness/base/buf.h"

static void no_gate(const struct mlt_policy *policy, const struct mlt_evidence *evidence,
                    struct mlt_err *err)
{
    bool environment = strcmp(evidence->gate_kind, "environment") == 0;
    const struct mlt_policy_gate *gates = environment ? policy->environments : policy->transitions;
    size_t count = environment ? policy->environment_count : policy->transition_count;
    struct mlt_buf known = MLT_BUF_INIT;
    for (size_t i = 0; i < count; i++)
        mlt_buf_printf(&known, "%s%s", i ? ", " : "", gates[i].name);
    mlt_err_set(err, MLT_ERR_USAGE, "%s has no %s \"%.80s\"; it has %s", policy->file,
                evidence->gate_kind, evidence->gate, count ? known.data : "none");
    mlt_buf_free(&known);
}

static const struct mlt_policy_gate *
want_gate(const struct mlt_policy *policy, const struct mlt_evidence *evidence, struct mlt_err *err)
{
    const struct mlt_policy_gate *gate =
        mlt_policy_gate_find(policy, evidence->gate_kind, evidence->gate);
    if (!gate) {
        no_gate(policy, evidence, err);
        return NULL;
    }
    if (gate->count == 0) {
        mlt_err_set(err, MLT_ERR_USAGE,
                    "%s requires nothing for %s %s: a gate without criteria cannot decide",
                    policy->file, evidence->gate_kind, evidence->gate);
        return NULL;
    }
    return gate;
}

/* Gives a criterion its final verdict once all findings of the gate were corrected together. */
static bool settle(const struct mlt_criterion_work *w, size_t count, struct mlt_arena *arena,
                   struct mlt_criterion_result *out, struct mlt_err *err)
{
    out->criterion = w->requirement->text;
    out->verdict = w->verdict;
    out->reason = w->reason;
    out->finding_count = count;
    out->findings = mlt_arena_calloc(arena, count, sizeof *out->findings);
    if (!out->findings)
        return mlt_err_oom(err);
    if (count)
        memcpy(out->findings, w->findings->items + w->first, count * sizeof *out->findings);
    mlt_findings_sort(out->findings, count);
    size_t blocking = 0;
    for (size_t i = 0; i < count; i++) {
        blocking += out->findings[i].verdict != MLT_VERDICT_PASS;
        out->verdict = mlt_verdict_worst(out->verdict, out->findings[i].verdict);
    }
    if (w->requirement->kind == MLT_REQUIREMENT_SENTENCE && count == 0)
        out->verdict = mlt_verdict_worst(out->verdict, MLT_VERDICT_INVALID);
    if (count && w->verdict == MLT_VERDICT_PASS && blocking > 1)
        out->reason =
            mlt_arena_printf(arena, "%s (and %zu more)", out->findings[0].reason, blocking - 1);
    else if (count && w->verdict == MLT_VERDICT_PASS &&
             (blocking == 1 || w->requirement->kind == MLT_REQUIREMENT_SENTENCE))
        out->reason = out->findings[0].reason;
    return out->reason ? true : mlt_err_oom(err);
}

static bool give_reasons(struct mlt_decision *out, struct mlt_arena *arena, struct mlt_err *err)
{
    static const enum mlt_verdict order[] = {MLT_VERDICT_FAIL, MLT_VERDICT_INVALID,
                                             MLT_VERDICT_INCONCLUSIVE};
    out->reasons = mlt_arena_calloc(arena, out->criterion_count, sizeof *out->reasons);
    if (!out->reasons)
        return mlt_err_oom(err);
    for (size_t k = 0; k < sizeof order / sizeof *order; k++)
        for (size_t i = 0; i < out->criterion_count; i++) {
            const struct mlt_criterion_result *c = &out->criteria[i];
            if (c->verdict != order[k])
                continue;
            const char *reason = mlt_arena_printf(arena, "%s: %s", c->criterion, c->reason);
            if (!reason)
                return mlt_err_oom(err);
            out->reasons[out->reason_count++] = reason;
        }
    return true;
}

bool mlt_gate_decide(const struct mlt_policy *policy, const struct mlt_evidence *evidence,
                     const char *tool_version, struct mlt_arena *arena, struct mlt_decision *out,
                     struct mlt_err *err)
{
    const struct mlt_policy_gate *gate = want_gate(policy, evidence, err);
    if (!gate)
        return false;
    const struct mlt_judge_defaults defaults = {
        .rule = policy->rule,
        .slice_rule = policy->slice_rule,
        .alpha = policy->alpha,
        .correction = policy->no_correction ? MLT_CORRECTION_NONE : MLT_CORRECTION_HOLM,
    };
    *out =
        (struct mlt_decision){.policy = policy, .evidence = evidence, .tool_version = tool_version};
    struct mlt_findings findings = {0};
    struct mlt_criterion_work *work = mlt_arena_calloc(arena, gate->count, sizeof *work);
    out->criteria = mlt_arena_calloc(arena, gate->count, sizeof *out->criteria);
    if (!work || !out->criteria)
        return mlt_err_oom(err);
    for (size_t i = 0; i < gate->count; i++) {
        work[i] = (struct mlt_criterion_work){.policy = policy,
                                              .evidence = evidence,
                                              .gate = gate,
                                              .requirement = &gate->requirements[i],
                                              .defaults = &defaults,
                                              .arena = arena,
                                              .findings = &findings,
                                              .first = findings.count};
        if (!mlt_criterion_judge(&work[i], err))
            return false;
    }
    if (!mlt_judge_adjust(&findings, defaults.correction, arena, err))
        return false;
    out->verdict = MLT_VERDICT_PASS;
    out->criterion_count = gate->count;
    for (size_t i = 0; i < gate->count; i++) {
        size_t end = i + 1 < gate->count ? work[i + 1].first : findings.count;
        if (!settle(&work[i], end - work[i].first, arena, &out->criteria[i], err) ||
            !mlt_decide_waivers(policy, evidence, &out->criteria[i], arena, err))
            return false;
        out->verdict = mlt_verdict_worst(out->verdict, out->criteria[i].verdict);
    }
    return give_reasons(out, arena, err);
}
