#include "flows/lifecycle.h"

#include <string.h>

#include "harness/base/str.h"

static bool is_registered(const struct mlt_setting *setting)
{
    return setting->registry && setting->version.state && *setting->version.state;
}

bool mlt_lifecycle_check_state(const struct mlt_setting *setting, const char *state,
                               struct mlt_arena *arena, enum mlt_state *out, struct mlt_err *err)
{
    const struct mlt_version *v = &setting->version;
    struct mlt_standing standing;
    struct mlt_semver semver;
    *out = mlt_state_parse(state);
    if (!is_registered(setting))
        return *out != MLT_STATE_NONE ||
               mlt_lifecycle_step(MLT_STATE_DEVELOPMENT, *out, &(struct mlt_semver){0}, err);
    if (!mlt_registry_standing(setting->registry, v->model, v->version, arena, &standing, err) ||
        !mlt_semver_parse(v->version, &semver, err))
        return false;
    return mlt_lifecycle_step(standing.state, *out, &semver, err) ||
           mlt_err_prefix(err, "%s", v->model);
}

static bool was_deployed(const struct mlt_deployment *deployments, size_t count,
                         const char *environment, const char *digest)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(deployments[i].environment, environment) == 0 &&
            strcmp(deployments[i].digest, digest) == 0)
            return true;
    return false;
}

/* Environments are reached in their order: the first that was left out is named. */
static bool check_order(const struct mlt_setting *setting, const struct mlt_policy *policy,
                        const char *environment, struct mlt_arena *arena, struct mlt_err *err)
{
    const struct mlt_version *v = &setting->version;
    struct mlt_deployment *deployments;
    size_t count, at = 0;
    while (at < policy->environment_count &&
           strcmp(policy->environments[at].name, environment) != 0)
        at++;
    if (at == policy->environment_count || at == 0)
        return true;
    if (!mlt_registry_deployments(setting->registry, v->model, v->version, arena, &deployments,
                                  &count, err))
        return false;
    if (was_deployed(deployments, count, policy->environments[at - 1].name, v->digest))
        return true;
    size_t missing = 0;
    while (was_deployed(deployments, count, policy->environments[missing].name, v->digest))
        missing++;
    return mlt_err_set(err, MLT_ERR_USAGE,
                       "%s@%s was not deployed to %s, which comes before %s: deploy it to %s first "
                       "(mltest deploy %s@%s --env %s)",
                       v->model, v->version, policy->environments[at - 1].name, environment,
                       policy->environments[missing].name, v->model, v->version,
                       policy->environments[missing].name);
}

bool mlt_lifecycle_check_environment(const struct mlt_setting *setting,
                                     const struct mlt_policy *policy, const char *environment,
                                     const char *cohort, struct mlt_arena *arena,
                                     struct mlt_err *err)
{
    const struct mlt_version *v = &setting->version;
    struct mlt_standing standing;
    struct mlt_semver semver;
    if (!is_registered(setting))
        return true;
    if (!mlt_registry_standing(setting->registry, v->model, v->version, arena, &standing, err) ||
        !mlt_semver_parse(v->version, &semver, err))
        return false;
    if (!mlt_lifecycle_deploy(standing.state, &semver, environment, cohort, err))
        return mlt_err_prefix(err, "%s", v->model);
    return check_order(setting, policy, environment, arena, err);
}

static bool asks_for_stage(const struct mlt_policy_gate *gate, const char *stage)
{
    for (size_t i = 0; i < gate->count; i++)
        if (gate->requirements[i].stage && strcmp(gate->requirements[i].stage, stage) == 0)
            return true;
    return false;
}

static bool is_listed(const char *const *people, size_t count, const char *person)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(people[i], person) == 0)
            return true;
    return false;
}

const char *const *mlt_lifecycle_approvers(const struct mlt_decision *decision,
                                           struct mlt_arena *arena, size_t *out_count)
{
    const struct mlt_evidence *evidence = decision->evidence;
    const struct mlt_policy_gate *gate =
        mlt_policy_gate_find(decision->policy, evidence->gate_kind, evidence->gate);
    const char **people = mlt_arena_calloc(arena, evidence->approval_count + 1, sizeof *people);
    size_t count = 0;
    for (size_t i = 0; people && gate && i < evidence->approval_count; i++) {
        const struct mlt_evidence_approval *approval = &evidence->approvals[i];
        if (!approval->is_rejection && !approval->fault && asks_for_stage(gate, approval->stage) &&
            !is_listed(people, count, approval->person))
            people[count++] = approval->person;
    }
    *out_count = count;
    return people;
}

bool mlt_lifecycle_warn(struct mlt_registry *registry, const struct mlt_version *version,
                        struct mlt_arena *arena, struct mlt_buf *notes, struct mlt_err *err)
{
    const char *successor, *since;
    if (!registry || !version->state || mlt_state_parse(version->state) != MLT_STATE_DEPRECATED)
        return true;
    if (!mlt_registry_successor(registry, version->model, version->version, arena, &successor,
                                &since, err))
        return false;
    mlt_buf_printf(notes, "mltest: warning: %s@%s is deprecated", version->model, version->version);
    if (version->removal_date) {
        mlt_buf_puts(notes, " and will be removed on ");
        mlt_str_append_safe(notes, version->removal_date, strlen(version->removal_date), 40);
    }
    mlt_buf_printf(notes, "%s%s%s%s%s\n", successor ? ": use " : "",
                   successor ? version->model : "", successor ? "@" : "",
                   successor ? successor : "", successor ? "" : "; no version follows it yet");
    return true;
}
