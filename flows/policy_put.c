#include <string.h>

#include "flows/gate.h"
#include "flows/policy.h"
#include "flows/setting.h"
#include "harness/base/clock.h"
#include "harness/registry/policy.h"
#include "harness/registry/statements.h"

struct putting {
    const struct mlt_policy_request *request;
    const char *model; /* or "*" */
    struct mlt_setting setting;
    struct mlt_pinned_policy pinned;
    struct mlt_policy in_force, proposed;
    struct mlt_stored_statement *statements;
    size_t count;
    const char **approvers;
    size_t approver_count;
    const char *void_why; /* why an approval of this very policy does not count; NULL */
    struct mlt_arena *arena;
    struct mlt_err *err;
};

/* Signed by whom it names; else `*fault`. */
static bool verify(struct putting *p, const struct mlt_stored_statement *s, const char **fault)
{
    bool tampered;
    *fault = s->fault;
    return *fault || mlt_stored_statement_verify(s, p->model, p->pinned.signers, p->arena, fault,
                                                 &tampered, p->err);
}

/* By whoever said it, or by somebody who owns the policy. */
static bool is_revoked(struct putting *p, const struct mlt_stored_statement *approval, bool *out)
{
    const struct mlt_policy_people *people = &p->in_force.people;
    *out = false;
    for (size_t i = 0; i < p->count && !*out; i++) {
        const struct mlt_stored_statement *s = &p->statements[i];
        const char *fault;
        if (s->fault || s->kind != MLT_STATEMENT_REVOCATION ||
            strcmp(s->statement.revokes, approval->digest) != 0)
            continue;
        if (!verify(p, s, &fault))
            return false;
        *out = !fault && (strcmp(s->statement.person, approval->statement.person) == 0 ||
                          mlt_policy_holds(people, people->owner, s->statement.person));
    }
    return true;
}

static bool said_already(const struct putting *p, const char *person)
{
    for (size_t i = 0; i < p->approver_count; i++)
        if (strcmp(p->approvers[i], person) == 0)
            return true;
    return false;
}

/* An approval that was given under an earlier policy is spent: else whoever once approved a weak
 * one could never make sure that it does not come back. */
static bool is_spent(const struct putting *p, const struct mlt_stored_statement *s)
{
    int64_t pinned, logged;
    return !mlt_clock_parse(p->pinned.at ? p->pinned.at : "", &pinned) ||
           !mlt_clock_parse(s->logged_at, &logged) || logged < pinned;
}

static bool hear(struct putting *p, const struct mlt_stored_statement *s)
{
    const struct mlt_policy_people *people = &p->in_force.people;
    const char *fault = NULL;
    bool revoked;
    if (s->fault || s->kind != MLT_STATEMENT_POLICY ||
        strcmp(s->statement.policy, p->proposed.digest) != 0)
        return true;
    if (!verify(p, s, &fault) || !is_revoked(p, s, &revoked))
        return false;
    const char *person = s->statement.person;
    if (!fault && revoked)
        fault = "it was revoked";
    if (!fault && is_spent(p, s))
        fault = "it was given before the policy in force was pinned";
    if (!fault && !mlt_policy_holds(people, people->owner, person))
        fault = mlt_arena_printf(p->arena, "they do not hold the role %s", people->owner);
    if (fault)
        p->void_why = mlt_arena_printf(p->arena, "; that of %s does not count: %s", person, fault);
    else if (!said_already(p, person))
        p->approvers[p->approver_count++] = person;
    return true;
}

static bool want_approval(struct putting *p)
{
    const struct mlt_policy_people *people = &p->in_force.people;
    const bool all = strcmp(p->model, "*") == 0;
    if (!people->owner || !p->pinned.signers)
        return mlt_err_set(p->err, MLT_ERR_USAGE,
                           "the policy in force for %s names no %s, so that nobody can approve "
                           "another one: it stays",
                           all ? "every model without its own" : p->model,
                           people->owner ? "signers' file" : "owner (approvers: owner: ROLE)");
    if (!mlt_registry_policy_statements(p->setting.registry, p->model, p->arena, &p->statements,
                                        &p->count, p->err))
        return false;
    p->approvers = mlt_arena_calloc(p->arena, p->count, sizeof *p->approvers);
    if (!p->approvers)
        return mlt_err_oom(p->err);
    for (size_t i = 0; i < p->count; i++)
        if (!hear(p, &p->statements[i]))
            return false;
    const unsigned quorum = mlt_policy_quorum(people, "policy");
    if (p->approver_count >= quorum)
        return true;
    return mlt_err_set(
        p->err, MLT_ERR_USAGE,
        "%s (digest %.12s) has %zu of %u approval%s by the role %s: mltest approve%s%s "
        "--policy %s --reason TEXT%s",
        p->request->file, p->proposed.digest, p->approver_count, quorum, quorum == 1 ? "" : "s",
        people->owner, all ? "" : " ", all ? "" : p->model, p->request->file,
        p->void_why ? p->void_why : "");
}

static bool put(struct putting *p, struct mlt_buf *out)
{
    const struct mlt_policy_request *r = p->request;
    bool advisory;
    if (!mlt_gate_policy_file(r->file, p->arena, &p->proposed, p->err) ||
        !mlt_registry_policy(p->setting.registry, p->model, p->arena, &p->pinned, p->err))
        return false;
    const char *whose = strcmp(p->model, "*") == 0 ? "every model without its own" : p->model;
    if (p->pinned.text && strcmp(p->pinned.digest, p->proposed.digest) == 0) {
        mlt_buf_printf(out, "%s is in force for %s already\n", r->file, whose);
        return true;
    }
    if (p->pinned.text &&
        (!mlt_gate_policy(&p->setting, NULL, true, p->arena, &p->in_force, &advisory, p->err) ||
         !want_approval(p)))
        return false;
    const struct mlt_policy_change change = {.model = p->model,
                                             .text = p->proposed.text,
                                             .signers = p->proposed.people.signers_text,
                                             .reason = r->reason,
                                             .approvers = p->approvers,
                                             .approver_count = p->approver_count,
                                             .tickets = r->tickets,
                                             .ticket_count = r->ticket_count,
                                             .in_force = &p->pinned};
    if (!mlt_registry_put_policy(p->setting.registry, &change, p->err))
        return false;
    mlt_buf_printf(out, "pinned %s as the policy of %s, digest %.12s\n", r->file, whose,
                   p->proposed.digest);
    if (!p->proposed.people.owner)
        mlt_buf_printf(out, "note: it names no owner, so that nobody can approve another one\n");
    return true;
}

bool mlt_flow_policy_put(const struct mlt_policy_request *request, struct mlt_arena *arena,
                         struct mlt_buf *out, struct mlt_err *err)
{
    struct putting p = {.request = request, .model = request->model, .arena = arena, .err = err};
    if (!p.model)
        p.model = "*";
    else if (!mlt_model_name_check(p.model, err))
        return false;
    if (!request->reason || !*request->reason)
        return mlt_err_set(err, MLT_ERR_USAGE, "say why: --reason TEXT");
    if (!mlt_setting_registry(request->registry, request->dir, false, arena, &p.setting.registry,
                              err))
        return false;
    p.setting.registry_url = mlt_registry_url(p.setting.registry);
    p.setting.version.model = p.model;
    bool ok = put(&p, out);
    mlt_setting_close(&p.setting);
    return ok;
}
