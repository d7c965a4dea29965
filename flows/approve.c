#include "flows/approve.h"

#include <string.h>

#include "flows/find_statement.h"
#include "flows/gate.h"
#include "gates/decide/decide.h"
#include "harness/base/clock.h"
#include "harness/base/str.h"
#include "mltest/verdict.h"

/* What is signed is shown first: the words, and what they rest on with its verdicts. */
static void show_head(const struct mlt_statement *s, const char *what, struct mlt_buf *shown)
{
    mlt_buf_printf(shown, "%s of %s@%s%s%s\n", what, s->model, s->version, s->stage ? " for " : "",
                   s->stage ? s->stage : "");
    mlt_buf_printf(shown, "  files       %s\n  model file  %s\n", s->digest, s->artifact_digest);
    if (s->policy)
        mlt_buf_printf(shown, "  policy      %s\n", s->policy);
}

static bool show_run(const struct mlt_policy *policy, const struct mlt_evidence_run *run,
                     struct mlt_arena *arena, struct mlt_buf *shown, struct mlt_err *err)
{
    const struct mlt_judge_defaults defaults = {
        .rule = policy->rule, .slice_rule = policy->slice_rule, .alpha = policy->alpha};
    struct mlt_findings findings = {0};
    enum mlt_verdict verdict;
    if (!mlt_run_judge(run->run, NULL, &defaults, arena, &findings, &verdict, err))
        return false;
    mlt_buf_printf(shown, "  evidence    %.12s… run %s, suites", run->sha256, run->run->run_id);
    for (size_t i = 0; i < run->suite_count; i++)
        mlt_buf_printf(shown, "%s %s", i ? "," : "", run->suites[i]);
    mlt_buf_printf(shown, ": by itself %s\n", mlt_verdict_name(verdict));
    return true;
}

static bool show_evidence(const struct mlt_signing *signing, const struct mlt_statement *s,
                          struct mlt_arena *arena, struct mlt_buf *shown, struct mlt_err *err)
{
    const struct mlt_evidence *e = &signing->evidence;
    size_t named = 0;
    for (size_t i = 0; i < e->run_count && !mlt_str_eq(s->stage, "design"); i++, named++)
        if (!show_run(&signing->policy, &e->runs[i], arena, shown, err))
            return false;
    for (size_t i = 0; i < e->record_count; i++) {
        const struct mlt_evidence_record *r = &e->records[i];
        if (r->fault || (mlt_str_eq(s->stage, "design") && strcmp(r->kind, "design") != 0))
            continue;
        mlt_buf_printf(shown, "  evidence    %.12s… %s: %s by %s\n", r->digest, r->kind, r->outcome,
                       r->person);
        named++;
    }
    if (s->evidence_count == 0)
        mlt_buf_puts(shown, "  evidence    none\n");
    else if (s->evidence_count > named)
        mlt_buf_puts(shown, "  evidence    corrected documents\n");
    return true;
}

/* How the transition of this name would be decided now. */
static bool show_gate(const struct mlt_signing *signing, const char *stage, struct mlt_arena *arena,
                      struct mlt_buf *shown, struct mlt_err *err)
{
    struct mlt_decision decision;
    if (!mlt_policy_gate_find(&signing->policy, "state", stage))
        return true;
    if (!mlt_gate_run(&signing->setting, &signing->policy, "state", stage, NULL, 0, arena,
                      &decision, err))
        return false;
    mlt_buf_printf(shown, "gate %s now: %s\n", stage, mlt_verdict_name(decision.verdict));
    for (size_t i = 0; i < decision.criterion_count; i++) {
        mlt_buf_printf(shown, "  %-12s ", mlt_verdict_name(decision.criteria[i].verdict));
        mlt_str_append_safe(shown, decision.criteria[i].criterion,
                            strlen(decision.criteria[i].criterion), 300);
        mlt_buf_puts(shown, ": ");
        mlt_str_append_safe(shown, decision.criteria[i].reason, strlen(decision.criteria[i].reason),
                            600);
        mlt_buf_putc(shown, '\n');
    }
    return true;
}

static bool check_stage(const struct mlt_policy *policy, const char *stage, struct mlt_err *err)
{
    const char *known[64] = {NULL};
    size_t count = 0;
    for (size_t g = 0; g < policy->transition_count + policy->environment_count; g++) {
        const struct mlt_policy_gate *gate =
            g < policy->transition_count ? &policy->transitions[g]
                                         : &policy->environments[g - policy->transition_count];
        for (size_t i = 0; i < gate->count; i++) {
            const char *asked = gate->requirements[i].stage;
            if (asked && strcmp(asked, stage) == 0)
                return true;
            if (asked && count < 63)
                known[count++] = asked;
        }
    }
    const char *near = mlt_str_nearest(stage, known);
    return mlt_err_set(err, MLT_ERR_USAGE,
                       "no gate of the pinned policy asks for an approval of stage \"%.80s\"%s%s%s",
                       stage, near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

static bool sign_shown(const struct mlt_sign_request *request, const struct mlt_signing *signing,
                       struct mlt_statement *s, struct mlt_buf *shown, struct mlt_arena *arena,
                       struct mlt_buf *out, struct mlt_err *err)
{
    bool ok = mlt_buf_check(shown, err) &&
              mlt_sign_statement(request, signing->setting.registry, &signing->policy, s,
                                 shown->data, arena, out, err);
    mlt_buf_free(shown);
    return ok;
}

static bool approve_version(const struct mlt_approve_request *request, struct mlt_signing *signing,
                            struct mlt_arena *arena, struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_statement s;
    struct mlt_buf shown = MLT_BUF_INIT;
    if (!mlt_signing_open(&request->sign, request->ref, request->stage, false, arena, signing,
                          err) ||
        !check_stage(&signing->policy, request->stage, err) ||
        !mlt_signing_start(signing,
                           request->reject ? MLT_STATEMENT_REJECTION : MLT_STATEMENT_APPROVAL,
                           request->stage, arena, &s, err))
        return false;
    show_head(&s, request->reject ? "rejection" : "approval", &shown);
    if (show_evidence(signing, &s, arena, &shown, err) &&
        show_gate(signing, request->stage, arena, &shown, err))
        return sign_shown(&request->sign, signing, &s, &shown, arena, out, err);
    mlt_buf_free(&shown);
    return false;
}

/* Approves the file's policy by those whom the policy in force names. */
static bool approve_policy(const struct mlt_approve_request *request, struct mlt_signing *signing,
                           struct mlt_arena *arena, struct mlt_buf *out, struct mlt_err *err)
{
    const char *model = request->ref ? request->ref : "*";
    struct mlt_policy proposed;
    struct mlt_buf shown = MLT_BUF_INIT;
    bool advisory;
    if (strcmp(model, "*") != 0 && !mlt_model_name_check(model, err))
        return mlt_err_prefix(err, "a policy is approved for MODEL, without a version");
    if (!mlt_setting_registry(request->sign.registry, request->sign.dir, false, arena,
                              &signing->setting.registry, err))
        return false;
    signing->setting.registry_url = mlt_registry_url(signing->setting.registry);
    signing->setting.version.model = model;
    if (!mlt_gate_policy(&signing->setting, NULL, true, arena, &signing->policy, &advisory, err) ||
        !mlt_gate_policy_file(request->policy, arena, &proposed, err))
        return false;
    struct mlt_statement s = {.kind = MLT_STATEMENT_POLICY,
                              .model = model,
                              .version = "",
                              .digest = "",
                              .artifact_digest = "",
                              .policy = proposed.digest};
    mlt_buf_printf(&shown, "approval of a policy for %s\n  file        %s\n  policy      %s\n",
                   strcmp(model, "*") == 0 ? "every model without its own" : model, request->policy,
                   proposed.digest);
    mlt_buf_printf(&shown, "  in force    %s\n", signing->policy.digest);
    return sign_shown(&request->sign, signing, &s, &shown, arena, out, err);
}

bool mlt_flow_approve(const struct mlt_approve_request *request, struct mlt_arena *arena,
                      struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_signing signing = {.setting = {0}};
    if (!request->policy && !request->ref)
        return mlt_err_set(err, MLT_ERR_USAGE, "approve what? MODEL@VERSION --stage STAGE");
    if (!request->policy == !request->stage)
        return mlt_err_set(
            err, MLT_ERR_USAGE,
            "say what for: --stage STAGE (design, alpha, beta, production, or one of "
            "the policy's own), or --policy FILE to approve a policy");
    bool ok = request->policy ? approve_policy(request, &signing, arena, out, err)
                              : approve_version(request, &signing, arena, out, err);
    mlt_setting_close(&signing.setting);
    return ok;
}

/* The time itself, or that long from now. */
static bool parse_expiry(const char *text, struct mlt_arena *arena, const char **out,
                         struct mlt_err *err)
{
    const int64_t now = mlt_clock_true_s();
    int64_t when = 0;
    uint64_t ns;
    char formatted[MLT_TIME_CHARS];
    if (text && !mlt_clock_parse(text, &when) && mlt_str_parse_duration_ns(text, &ns))
        when = now + (int64_t)(ns / 1000000000);
    if (!text || when == 0)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "say until when: --expires 2026-01-31T00:00:00Z, or 30d from now%s%.60s",
                           text ? "; found " : "", text ? text : "");
    if (when <= now)
        return mlt_err_set(err, MLT_ERR_USAGE, "the waiver would have expired already, at %s",
                           text);
    *out = mlt_arena_strdup(arena, mlt_clock_format(when, formatted));
    return *out || mlt_err_oom(err);
}

static bool check_criterion(const struct mlt_policy *policy, const char *criterion,
                            struct mlt_err *err)
{
    const char *known[256] = {NULL};
    size_t count = 0;
    for (size_t g = 0; g < policy->transition_count + policy->environment_count; g++) {
        const struct mlt_policy_gate *gate =
            g < policy->transition_count ? &policy->transitions[g]
                                         : &policy->environments[g - policy->transition_count];
        for (size_t i = 0; i < gate->count; i++) {
            if (strcmp(gate->requirements[i].text, criterion) == 0)
                return true;
            if (count < 255)
                known[count++] = gate->requirements[i].text;
        }
    }
    const char *near = mlt_str_nearest(criterion, known);
    return mlt_err_set(err, MLT_ERR_USAGE,
                       "the pinned policy has no criterion \"%.200s\": write it as it stands "
                       "there%s%s%s",
                       criterion, near ? "; did you mean \"" : "", near ? near : "",
                       near ? "\"?" : "");
}

static bool waive(const struct mlt_waive_request *request, struct mlt_signing *signing,
                  struct mlt_arena *arena, struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_statement s;
    struct mlt_buf shown = MLT_BUF_INIT;
    const bool fresh = !request->sign.signature;
    if (!mlt_signing_open(&request->sign, request->ref, "", false, arena, signing, err) ||
        !check_criterion(&signing->policy, request->criterion, err) ||
        !mlt_signing_start(signing, MLT_STATEMENT_WAIVER, "", arena, &s, err) ||
        (fresh && !parse_expiry(request->expires, arena, &s.expires, err)))
        return false;
    s.criterion = request->criterion;
    show_head(&s, "waiver", &shown);
    mlt_buf_printf(&shown, "  criterion   %s\n  until       %s\n", s.criterion,
                   s.expires ? s.expires : "as signed");
    if (show_evidence(signing, &s, arena, &shown, err))
        return sign_shown(&request->sign, signing, &s, &shown, arena, out, err);
    mlt_buf_free(&shown);
    return false;
}

bool mlt_flow_waive(const struct mlt_waive_request *request, struct mlt_arena *arena,
                    struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_signing signing = {.setting = {0}};
    if (!request->criterion)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "waive what? --criterion TEXT, as the policy has it");
    if (request->sign.ticket_count == 0 && !request->sign.signature)
        return mlt_err_set(err, MLT_ERR_USAGE, "a waiver needs a ticket: --ticket ID");
    bool ok = waive(request, &signing, arena, out, err);
    mlt_setting_close(&signing.setting);
    return ok;
}

static bool take_back(const struct mlt_revoke_request *request, struct mlt_signing *signing,
                   struct mlt_arena *arena, struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_found_statement found;
    struct mlt_buf shown = MLT_BUF_INIT;
    bool advisory;
    if (!mlt_setting_registry(request->sign.registry, request->sign.dir, false, arena,
                              &signing->setting.registry, err) ||
        !mlt_find_statement(signing->setting.registry, request->digest, arena, &found, err))
        return false;
    signing->setting.registry_url = mlt_registry_url(signing->setting.registry);
    signing->setting.version.model = found.model;
    if (!mlt_gate_policy(&signing->setting, NULL, true, arena, &signing->policy, &advisory, err))
        return false;
    struct mlt_statement s = {.kind = MLT_STATEMENT_REVOCATION,
                              .model = found.model,
                              .version = found.version,
                              .digest = found.digest,
                              .artifact_digest = found.artifact_digest,
                              .revokes = found.stored.digest};
    mlt_buf_printf(&shown, "revocation of the %s by %s%s%s\n  statement   %s\n",
                   mlt_statement_kind_name(found.stored.kind),
                   found.stored.fault ? "somebody (altered)" : found.stored.statement.person,
                   *found.stored.about ? ": " : "", found.stored.about, found.stored.digest);
    return sign_shown(&request->sign, signing, &s, &shown, arena, out, err);
}

bool mlt_flow_revoke(const struct mlt_revoke_request *request, struct mlt_arena *arena,
                     struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_signing signing = {.setting = {0}};
    bool ok = take_back(request, &signing, arena, out, err);
    mlt_setting_close(&signing.setting);
    return ok;
}
