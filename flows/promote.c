#include "flows/promote.h"

#include <string.h>

#include "flows/attest.h"
#include "flows/audit.h"
#include "flows/gate.h"
#include "flows/lifecycle.h"
#include "reports/decision.h"

/* One look, one decision, one attempt to move. */
struct promotion {
    const struct mlt_promote_request *request;
    const struct mlt_setting *setting;
    struct mlt_arena *arena;
    struct mlt_standing before;
    enum mlt_state to;
    struct mlt_policy policy;
    struct mlt_decision decision; /* not when going back */
    char *decision_path;          /* NULL: nothing was kept */
    char decision_digest[MLT_SHA256_HEX];
};

static bool check_request(const struct mlt_promote_request *r, struct mlt_err *err)
{
    if (!r->state)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "promote to what? --to STATE (alpha, beta, rc, production, deprecated, "
                           "archived, or development to go back)");
    if (!mlt_setting_is_folder(r->ref) && !strchr(r->ref, '@'))
        return mlt_err_set(err, MLT_ERR_USAGE, "which version of %s? Write %s@VERSION", r->ref,
                           r->ref);
    if (!r->reason || r->reason[strspn(r->reason, " \t\r\n")] == '\0')
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "promote needs --reason TEXT: it is kept in the audit log");
    return true;
}

/* The state may be reached, and the date of removal is one, before evidence is read. */
static bool check_step(struct promotion *p, struct mlt_err *err)
{
    const struct mlt_setting *setting = p->setting;
    const struct mlt_version *v = &setting->version;
    if (!mlt_lifecycle_check_state(setting, p->request->state, p->arena, &p->to, err)) {
        /* A move that was cut off after it happened has left "latest" behind. */
        struct mlt_err ignored = MLT_ERR_INIT;
        (void)!mlt_registry_point_latest(setting->registry, v->model, &ignored);
        return false;
    }
    return mlt_removal_date_check(p->to, p->request->removal, err) &&
           mlt_registry_standing(setting->registry, v->model, v->version, p->arena, &p->before,
                                 err);
}

static bool decide(struct promotion *p, struct mlt_err *err)
{
    bool advisory;
    return mlt_gate_policy(p->setting, NULL, true, p->arena, &p->policy, &advisory, err) &&
           mlt_gate_run(p->setting, &p->policy, "state", mlt_state_key(p->to), NULL, 0, p->arena,
                        &p->decision, err);
}

static bool move(struct promotion *p, const struct mlt_moment *moment, bool *raced,
                 struct mlt_err *err)
{
    const struct mlt_version *v = &p->setting->version;
    struct mlt_move move = {
        .model = v->model,
        .version = v->version,
        .digest = v->digest,
        .to = p->to,
        .removal_date = p->request->removal,
        .reason = p->request->reason,
        .tickets = p->request->tickets,
        .ticket_count = p->request->ticket_count,
    };
    if (p->to != MLT_STATE_DEVELOPMENT) {
        move.approvers = mlt_lifecycle_approvers(&p->decision, p->arena, &move.approver_count);
        move.decision_digest = p->decision_digest;
        if (!move.approvers)
            return mlt_err_oom(err);
        if (!mlt_attest_decision(p->setting, &p->decision, p->arena, &p->decision_path,
                                 p->decision_digest, err))
            return false;
    }
    return mlt_registry_move(p->setting->registry, &move, moment, raced, err);
}

/* `*again` when the model was changed after it was looked at. */
static bool try_once(struct promotion *p, enum mlt_verdict *verdict, bool *again,
                     struct mlt_err *err)
{
    struct mlt_moment moment;
    *again = false;
    if (!mlt_registry_moment(p->setting->registry, p->setting->version.model, &moment, err) ||
        !check_step(p, err))
        return false;
    *verdict = MLT_VERDICT_PASS;
    if (p->to != MLT_STATE_DEVELOPMENT) {
        if (!decide(p, err))
            return false;
        *verdict = p->decision.verdict;
    }
    return *verdict != MLT_VERDICT_PASS || move(p, &moment, again, err);
}

/* What the version is to do next, and what that will be asked of it. */
static void say_next(const struct promotion *p, const struct mlt_semver *version,
                     struct mlt_buf *out)
{
    const enum mlt_state next = mlt_lifecycle_next(p->to, version);
    if (next == MLT_STATE_NONE) {
        mlt_buf_puts(out, "next: nothing, a version with this number goes no further\n");
        return;
    }
    const struct mlt_policy_gate *gate =
        mlt_policy_gate_find(&p->policy, "state", mlt_state_key(next));
    if (!gate || gate->count == 0) {
        mlt_buf_printf(out, "next: %s, for which the policy has no gate\n", mlt_state_name(next));
        return;
    }
    mlt_buf_printf(out, "next: %s, which asks for\n", mlt_state_name(next));
    for (size_t i = 0; i < gate->count; i++)
        mlt_buf_printf(out, "  %s\n", gate->requirements[i].text);
}

static bool announce(const struct promotion *p, enum mlt_verdict verdict, struct mlt_err *err)
{
    struct mlt_announcement *to = p->request->announcement;
    if (p->to != MLT_STATE_DEVELOPMENT &&
        !mlt_announcement_decided(to, &p->decision, false, p->arena, err))
        return false;
    if (p->decision_path &&
        !mlt_announcement_kept(to, p->decision_path, p->decision_digest, p->arena, err))
        return false;
    if (to)
        to->acted = verdict == MLT_VERDICT_PASS;
    return true;
}

static bool report(const struct promotion *p, enum mlt_verdict verdict, struct mlt_buf *out,
                   struct mlt_err *err)
{
    const struct mlt_version *v = &p->setting->version;
    const struct mlt_report_decision_input input = {.decision = &p->decision,
                                                    .acting = true,
                                                    .color = p->request->color,
                                                    .width = p->request->width};
    struct mlt_semver semver;
    if (!mlt_semver_parse(v->version, &semver, err) || !announce(p, verdict, err) ||
        (p->to != MLT_STATE_DEVELOPMENT && !mlt_report_decision_console(&input, out, err)))
        return false;
    if (verdict != MLT_VERDICT_PASS) {
        mlt_buf_printf(out, "\nnothing was moved: %s@%s stays in %s\n", v->model, v->version,
                       mlt_state_name(p->before.state));
        return true;
    }
    mlt_buf_printf(out, "%smoved: %s@%s is in %s (before: %s)\n",
                   p->to == MLT_STATE_DEVELOPMENT ? "" : "\n", v->model, v->version,
                   mlt_state_name(p->to), mlt_state_name(p->before.state));
    if (p->decision_path)
        mlt_buf_printf(out, "decision: %s\n", p->decision_path);
    if (p->to != MLT_STATE_DEVELOPMENT)
        say_next(p, &semver, out);
    return mlt_audit_sign(p->setting->registry, p->arena, out, err);
}

static bool promote(struct promotion *p, struct mlt_buf *out, enum mlt_verdict *verdict,
                    struct mlt_err *err)
{
    const struct mlt_version *v = &p->setting->version;
    bool again = true;
    if (!v->state || !*v->state)
        return mlt_err_set(err, MLT_ERR_USAGE, "only registered versions are promoted: %s is none",
                           p->request->ref);
    for (int i = 0; again && i < MLT_LIFECYCLE_TRIES; i++)
        if (!try_once(p, verdict, &again, err))
            return false;
    if (again)
        return mlt_err_set(err, MLT_ERR_INFRA,
                           "%s was changed by others each of the %d times that it was looked at: "
                           "nothing was moved, try again",
                           v->model, MLT_LIFECYCLE_TRIES);
    return report(p, *verdict, out, err);
}

bool mlt_flow_promote(const struct mlt_promote_request *request, struct mlt_arena *arena,
                      struct mlt_buf *out, enum mlt_verdict *verdict, struct mlt_err *err)
{
    const struct mlt_setting_request where = {.dir = request->dir,
                                              .registry = request->registry,
                                              .ref = request->ref,
                                              .needs_registry = true};
    struct mlt_setting setting = {0};
    struct promotion p = {.request = request, .setting = &setting, .arena = arena};
    bool ok = check_request(request, err) && mlt_setting_open(&where, arena, &setting, err) &&
              promote(&p, out, verdict, err);
    mlt_setting_close(&setting);
    return ok;
}
