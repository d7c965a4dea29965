#include "flows/deploy.h"

#include "flows/attest.h"
#include "flows/audit.h"
#include "flows/gate.h"
#include "flows/lifecycle.h"
#include "reports/decision.h"

/* One look, one decision, one attempt to record. */
struct deploying {
    const struct mlt_deploy_request *request;
    const struct mlt_setting *setting;
    struct mlt_arena *arena;
    struct mlt_policy policy;
    struct mlt_decision decision;
    char *decision_path;
    char decision_digest[MLT_SHA256_HEX];
};

static bool record(struct deploying *d, const struct mlt_moment *moment, bool *raced,
                   struct mlt_err *err)
{
    const struct mlt_deploy_request *request = d->request;
    const struct mlt_version *v = &d->setting->version;
    struct mlt_deployment deployment = {
        .environment = request->environment,
        .cohort = request->cohort,
        .model = v->model,
        .version = v->version,
        .digest = v->digest,
        .decision_digest = d->decision_digest,
        .reason = request->reason ? request->reason : "deployed by mltest deploy",
        .tickets = request->tickets,
        .ticket_count = request->ticket_count,
    };
    deployment.approvers =
        mlt_lifecycle_approvers(&d->decision, d->arena, &deployment.approver_count);
    if (!deployment.approvers)
        return mlt_err_oom(err);
    return mlt_attest_decision(d->setting, &d->decision, d->arena, &d->decision_path,
                               d->decision_digest, err) &&
           mlt_registry_record_deployment(d->setting->registry, &deployment, moment, raced, err);
}

/* `*again` when the model was changed after it was looked at. */
static bool try_once(struct deploying *d, bool *again, struct mlt_err *err)
{
    const struct mlt_setting *setting = d->setting;
    const struct mlt_deploy_request *request = d->request;
    struct mlt_moment moment;
    bool advisory;
    *again = false;
    if (!mlt_registry_moment(setting->registry, setting->version.model, &moment, err) ||
        !mlt_gate_policy(setting, NULL, true, d->arena, &d->policy, &advisory, err) ||
        !mlt_lifecycle_check_environment(setting, &d->policy, request->environment, request->cohort,
                                         d->arena, err) ||
        !mlt_gate_run(setting, &d->policy, "environment", request->environment, NULL, 0, d->arena,
                      &d->decision, err))
        return false;
    return d->decision.verdict != MLT_VERDICT_PASS || record(d, &moment, again, err);
}

static bool report(const struct deploying *d, struct mlt_buf *out, struct mlt_err *err)
{
    const struct mlt_deploy_request *request = d->request;
    const struct mlt_version *v = &d->setting->version;
    const struct mlt_report_decision_input input = {
        .decision = &d->decision, .acting = true, .color = request->color, .width = request->width};
    if (!mlt_announcement_decided(request->announcement, &d->decision, false, d->arena, err) ||
        !mlt_report_decision_console(&input, out, err))
        return false;
    if (d->decision.verdict != MLT_VERDICT_PASS) {
        mlt_buf_puts(out, "\nnothing was deployed\n");
        return true;
    }
    if (!mlt_announcement_kept(request->announcement, d->decision_path, d->decision_digest,
                               d->arena, err))
        return false;
    if (request->announcement)
        request->announcement->acted = true;
    mlt_buf_printf(out,
                   "\nrecorded: %s@%s is deployed to %s%s%s (deployer ledger: bookkeeping only)\n"
                   "decision: %s\n",
                   v->model, v->version, request->environment,
                   request->cohort ? " for the cohort " : "",
                   request->cohort ? request->cohort : "", d->decision_path);
    return mlt_audit_sign(d->setting->registry, d->arena, out, err);
}

static bool deploy(struct deploying *d, struct mlt_buf *out, struct mlt_buf *notes,
                   struct mlt_err *err)
{
    const struct mlt_version *v = &d->setting->version;
    bool again = true;
    if (!v->state || !*v->state)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "only registered versions are deployed: %s is a folder",
                           d->request->ref);
    if (!mlt_lifecycle_warn(d->setting->registry, v, d->arena, notes, err))
        return false;
    for (int i = 0; again && i < MLT_LIFECYCLE_TRIES; i++)
        if (!try_once(d, &again, err))
            return false;
    if (again)
        return mlt_err_set(err, MLT_ERR_INFRA,
                           "%s was changed by others each of the %d times that it was looked at: "
                           "nothing was deployed, try again",
                           v->model, MLT_LIFECYCLE_TRIES);
    return report(d, out, err);
}

bool mlt_flow_deploy(const struct mlt_deploy_request *request, struct mlt_arena *arena,
                     struct mlt_buf *out, struct mlt_buf *notes, enum mlt_verdict *verdict,
                     struct mlt_err *err)
{
    const struct mlt_setting_request where = {.dir = request->dir,
                                              .registry = request->registry,
                                              .ref = request->ref,
                                              .needs_registry = true};
    struct mlt_setting setting = {0};
    struct deploying d = {.request = request, .setting = &setting, .arena = arena};
    if (!request->environment)
        return mlt_err_set(err, MLT_ERR_USAGE, "deploy where? --env ENVIRONMENT");
    bool ok = mlt_setting_open(&where, arena, &setting, err) && deploy(&d, out, notes, err);
    if (ok)
        *verdict = d.decision.verdict;
    mlt_setting_close(&setting);
    return ok;
}
