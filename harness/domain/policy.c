#include "harness/domain/policy.h"

#include <stdio.h>
#include <string.h>

const struct mlt_policy_stage mlt_policy_stages[] = {
    {"design", "ML Architect", "design_approval", "ml_architect_approval"},
    {"alpha", "ML Team Lead", "alpha_approval", "ml_team_lead_approval"},
    {"beta", "Product Manager", "beta_approval", "product_manager_approval"},
    {"production", "ML Review Board", "production_approval", "ml_review_board_approval"},
    {NULL, NULL, NULL, NULL},
};

const struct mlt_policy_stage *mlt_policy_stage_of_word(const char *word)
{
    for (const struct mlt_policy_stage *s = mlt_policy_stages; s->stage; s++)
        if (strcmp(s->stage_word, word) == 0 || strcmp(s->role_word, word) == 0)
            return s;
    return NULL;
}

const struct mlt_policy_role *mlt_policy_role_find(const struct mlt_policy_people *people,
                                                   const char *role)
{
    for (size_t i = 0; i < people->role_count; i++)
        if (strcmp(people->roles[i].name, role) == 0)
            return &people->roles[i];
    return NULL;
}

bool mlt_policy_holds(const struct mlt_policy_people *people, const char *role, const char *person)
{
    const struct mlt_policy_role *found = mlt_policy_role_find(people, role);
    for (size_t i = 0; found && i < found->count; i++)
        if (strcmp(found->people[i], person) == 0)
            return true;
    return false;
}

unsigned mlt_policy_quorum(const struct mlt_policy_people *people, const char *stage)
{
    for (size_t i = 0; i < people->quorum_count; i++)
        if (strcmp(people->quorums[i].stage, stage) == 0)
            return people->quorums[i].people;
    return 1;
}

const struct mlt_policy_gate *mlt_policy_gate_find(const struct mlt_policy *policy,
                                                   const char *kind, const char *name)
{
    const bool environment = strcmp(kind, "environment") == 0;
    const struct mlt_policy_gate *gates = environment ? policy->environments : policy->transitions;
    size_t count = environment ? policy->environment_count : policy->transition_count;
    for (size_t i = 0; i < count; i++)
        if (strcmp(gates[i].name, name) == 0)
            return &gates[i];
    return NULL;
}

bool mlt_policy_digest(const char *text, size_t len, const char *signers, char out[MLT_SHA256_HEX],
                       struct mlt_err *err)
{
    char own[MLT_SHA256_HEX], theirs[MLT_SHA256_HEX], both[2 * MLT_SHA256_HEX + 1];
    if (!mlt_hash_bytes(text, len, own, err))
        return false;
    if (!signers) {
        memcpy(out, own, sizeof own);
        return true;
    }
    if (!mlt_hash_bytes(signers, strlen(signers), theirs, err))
        return false;
    int n = snprintf(both, sizeof both, "%s\n%s\n", own, theirs);
    return mlt_hash_bytes(both, (size_t)n, out, err);
}
