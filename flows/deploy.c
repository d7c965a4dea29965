#include "flows/deploy.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "flows/attest.h"
#include "flows/audit.h"
#include "flows/gate.h"
#include "harness/base/clock.h"
#include "harness/base/hash.h"
#include "reports/decision.h"

/* Who the operating system says we are; the environment could claim anything. */
static const char *user_name(struct mlt_arena *arena)
{
    struct passwd entry, *found = NULL;
    char text[4096];
    if (getpwuid_r(getuid(), &entry, text, sizeof text, &found) == 0 && found)
        return mlt_arena_strdup(arena, found->pw_name);
    return mlt_arena_printf(arena, "uid %u", (unsigned)getuid());
}

static bool record(const struct mlt_setting *setting, const struct mlt_deploy_request *request,
                   const struct mlt_decision *decision, struct mlt_arena *arena,
                   struct mlt_buf *out, struct mlt_err *err)
{
    char digest[MLT_SHA256_HEX], now[MLT_TIME_CHARS];
    char *path = NULL;
    const char *by = user_name(arena);
    if (!by)
        return mlt_err_oom(err);
    if (!mlt_attest_decision(setting, decision, arena, &path, digest, err))
        return false;
    const struct mlt_deployment deployment = {
        .environment = request->environment,
        .model = setting->version.model,
        .version = setting->version.version,
        .digest = setting->version.digest,
        .decision_digest = digest,
        .at = mlt_clock_format(mlt_clock_wall_s(), now),
        .by = by,
        .reason = request->reason ? request->reason : "deployed by mltest deploy",
    };
    if (!mlt_registry_record_deployment(setting->registry, &deployment, err))
        return false;
    mlt_buf_printf(out,
                   "\nrecorded: %s@%s is deployed to %s (deployer ledger: bookkeeping only)\n"
                   "decision: %s\n",
                   deployment.model, deployment.version, deployment.environment, path);
    return mlt_audit_sign(setting->registry, arena, out, err);
}

bool mlt_flow_deploy(const struct mlt_deploy_request *request, struct mlt_arena *arena,
                     struct mlt_buf *out, enum mlt_verdict *verdict, struct mlt_err *err)
{
    const struct mlt_setting_request where = {.dir = request->dir,
                                              .registry = request->registry,
                                              .ref = request->ref,
                                              .needs_registry = true};
    struct mlt_setting setting = {0};
    struct mlt_policy policy;
    struct mlt_decision decision;
    bool advisory;
    if (!request->environment)
        return mlt_err_set(err, MLT_ERR_USAGE, "deploy where? --env ENVIRONMENT");
    bool ok = mlt_setting_open(&where, arena, &setting, err);
    if (ok && !(setting.version.state && *setting.version.state))
        ok = mlt_err_set(err, MLT_ERR_USAGE,
                         "only registered versions are deployed: %s is a folder", request->ref);
    ok = ok && mlt_gate_policy(&setting, NULL, true, arena, &policy, &advisory, err) &&
         mlt_gate_run(&setting, &policy, "environment", request->environment, NULL, 0, arena,
                      &decision, err);
    if (ok) {
        const struct mlt_report_decision_input input = {.decision = &decision,
                                                        .acting = true,
                                                        .color = request->color,
                                                        .width = request->width};
        *verdict = decision.verdict;
        ok = mlt_report_decision_console(&input, out, err);
        if (ok && decision.verdict == MLT_VERDICT_PASS)
            ok = record(&setting, request, &decision, arena, out, err);
        else if (ok)
            mlt_buf_puts(out, "\nnothing was deployed\n");
    }
    mlt_setting_close(&setting);
    return ok;
}
