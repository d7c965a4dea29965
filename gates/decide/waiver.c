#include <string.h>

#include "gates/decide/people.h"
#include "harness/base/clock.h"

static bool may_waive(const struct mlt_policy *policy, const char *person)
{
    for (size_t i = 0; i < policy->people.waiver_role_count; i++)
        if (mlt_policy_holds(&policy->people, policy->people.waiver_roles[i], person))
            return true;
    return false;
}

/* From the time that it was logged to its expiry: both stand in the evidence, so that no clock is
 * looked at. */
static bool is_short_enough(const struct mlt_policy *policy, const struct mlt_evidence_waiver *w)
{
    int64_t from, until;
    if (!w->at || !w->expires || !mlt_clock_parse(w->at, &from) ||
        !mlt_clock_parse(w->expires, &until))
        return false;
    return policy->people.max_waiver_s <= 0 || until - from <= policy->people.max_waiver_s;
}

/* Why the waiver does nothing here; NULL when it excuses. */
static const char *fault_of(const struct mlt_policy *policy, const struct mlt_evidence *evidence,
                            const struct mlt_evidence_waiver *w)
{
    if (w->fault)
        return w->fault;
    if (!may_waive(policy, w->person))
        return "they hold no role that may waive";
    if (mlt_evidence_is_maker(evidence, w->person))
        return "they made the version";
    if (!is_short_enough(policy, w))
        return "it excuses for longer than the policy lets a waiver";
    return NULL;
}

bool mlt_decide_waivers(const struct mlt_policy *policy, const struct mlt_evidence *evidence,
                        struct mlt_criterion_result *result, struct mlt_arena *arena,
                        struct mlt_err *err)
{
    const enum mlt_verdict was = result->verdict;
    if (was != MLT_VERDICT_FAIL && was != MLT_VERDICT_INCONCLUSIVE)
        return true;
    const char *first_fault = NULL, *by = NULL;
    for (size_t i = 0; i < evidence->waiver_count; i++) {
        const struct mlt_evidence_waiver *w = &evidence->waivers[i];
        if (strcmp(w->criterion, result->criterion) != 0)
            continue;
        const char *fault = fault_of(policy, evidence, w);
        if (!fault) {
            result->verdict = MLT_VERDICT_PASS;
            result->waived = true;
            result->reason = mlt_arena_printf(
                arena, "waived by %s until %s: %s (%s, statement %.12s); without the waiver %s: %s",
                w->person, w->expires, w->reason, w->ticket, w->digest, mlt_verdict_name(was),
                result->reason);
            return result->reason || mlt_err_oom(err);
        }
        if (!first_fault) {
            first_fault = fault;
            by = w->person;
        }
    }
    if (first_fault)
        result->reason = mlt_arena_printf(arena, "%s (the waiver of %s does nothing: %s)",
                                          result->reason, by, first_fault);
    return result->reason || mlt_err_oom(err);
}
