#include "harness/domain/lifecycle.h"

#include <string.h>

#include "harness/base/str.h"

static const struct {
    const char *name, *key;
} states[MLT_STATE_COUNT] = {
    [MLT_STATE_NONE] = {"not registered", NULL},
    [MLT_STATE_DEVELOPMENT] = {"Development", NULL},
    [MLT_STATE_ALPHA] = {"Alpha", "alpha"},
    [MLT_STATE_BETA] = {"Beta", "beta"},
    [MLT_STATE_RC] = {"RC", "rc"},
    [MLT_STATE_PRODUCTION] = {"Production", "production"},
    [MLT_STATE_DEPRECATED] = {"Deprecated", "deprecated"},
    [MLT_STATE_ARCHIVED] = {"Archived", "archived"},
    [MLT_STATE_ROLLED_BACK] = {"rolled-back", NULL},
};

const char *mlt_state_name(enum mlt_state state)
{
    return states[state].name;
}

const char *mlt_state_key(enum mlt_state state)
{
    return states[state].key;
}

enum mlt_state mlt_state_parse(const char *text)
{
    for (int i = MLT_STATE_DEVELOPMENT; text && i < MLT_STATE_COUNT; i++)
        if (strcmp(text, states[i].name) == 0 ||
            (states[i].key && strcmp(text, states[i].key) == 0))
            return (enum mlt_state)i;
    return text && strcmp(text, "development") == 0 ? MLT_STATE_DEVELOPMENT : MLT_STATE_NONE;
}

/* The furthest state below Deprecated. */
static enum mlt_state furthest(const struct mlt_semver *version)
{
    switch (version->stage) {
    case MLT_STAGE_RELEASE:
        return MLT_STATE_PRODUCTION;
    case MLT_STAGE_RC:
        return MLT_STATE_RC;
    case MLT_STAGE_BETA:
    case MLT_STAGE_EXPERIMENT:
        return MLT_STATE_BETA;
    case MLT_STAGE_ALPHA:
        break;
    }
    return MLT_STATE_ALPHA;
}

/* In front of a sentence: the word that limits the version. */
static const char *qualifier(const struct mlt_semver *version)
{
    switch (version->stage) {
    case MLT_STAGE_RELEASE:
        return "";
    case MLT_STAGE_RC:
        return "-rc";
    case MLT_STAGE_BETA:
        return "-beta";
    case MLT_STAGE_EXPERIMENT:
        return "-experiment";
    case MLT_STAGE_ALPHA:
        break;
    }
    return "-alpha";
}

enum mlt_state mlt_lifecycle_next(enum mlt_state from, const struct mlt_semver *version)
{
    if (from < MLT_STATE_DEVELOPMENT || from >= MLT_STATE_ARCHIVED)
        return MLT_STATE_NONE;
    const enum mlt_state next = (enum mlt_state)(from + 1);
    return next > MLT_STATE_PRODUCTION || next <= furthest(version) ? next : MLT_STATE_NONE;
}

static bool can_go_back(enum mlt_state from)
{
    return from == MLT_STATE_ALPHA || from == MLT_STATE_BETA || from == MLT_STATE_RC;
}

/* Why a version cannot go where it wants to, ending in what it can do. */
static bool refuse(enum mlt_state from, const struct mlt_semver *version, const char *why,
                   struct mlt_err *err)
{
    const enum mlt_state next = mlt_lifecycle_next(from, version);
    const char *back = can_go_back(from) ? ", or back to Development" : "";
    char number[MLT_SEMVER_CHARS];
    mlt_semver_format(version, number);
    if (from == MLT_STATE_NONE)
        return mlt_err_set(err, MLT_ERR_USAGE, "%s is not registered: it has no state to leave",
                           number);
    if (from == MLT_STATE_ARCHIVED || from == MLT_STATE_ROLLED_BACK)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "%s is %s, and that is final: register a new version", number,
                           mlt_state_name(from));
    if (next != MLT_STATE_NONE)
        return mlt_err_set(err, MLT_ERR_USAGE, "%s is in %s %s: its next step is to %s%s", number,
                           mlt_state_name(from), why, mlt_state_name(next), back);
    return mlt_err_set(
        err, MLT_ERR_USAGE,
        "%s is in %s, as far as a%s %s version goes: register %u.%u.%u for what "
        "comes after%s",
        number, mlt_state_name(from),
        version->stage == MLT_STAGE_ALPHA || version->stage == MLT_STAGE_EXPERIMENT ? "n" : "",
        qualifier(version), version->major, version->minor, version->patch,
        can_go_back(from) ? "; it can only go back to Development" : "");
}

bool mlt_lifecycle_step(enum mlt_state from, enum mlt_state to, const struct mlt_semver *version,
                        struct mlt_err *err)
{
    if (to == MLT_STATE_DEVELOPMENT ? can_go_back(from)
                                    : to != MLT_STATE_NONE && to != MLT_STATE_ROLLED_BACK &&
                                          to == mlt_lifecycle_next(from, version))
        return true;
    if (to == MLT_STATE_NONE)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "there is no such state: expected alpha, beta, rc, production, "
                           "deprecated, archived, or development to go back");
    if (to == MLT_STATE_ROLLED_BACK)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "no version is moved to rolled-back: that is what taking it out of "
                           "production leaves behind");
    if (from == to)
        return refuse(from, version, "already", err);
    return refuse(from, version,
                  to == MLT_STATE_DEVELOPMENT ? "and cannot go back any more"
                  : to < from                 ? "and goes back only to Development"
                                              : "and takes one step at a time",
                  err);
}

static bool deploy_production(enum mlt_state state, const struct mlt_semver *version,
                              const char *number, const char *cohort, struct mlt_err *err)
{
    if (version->stage == MLT_STAGE_ALPHA || version->stage == MLT_STAGE_EXPERIMENT)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "%s is never deployed to production: it is an %s version, register "
                           "%u.%u.%u for that",
                           number, qualifier(version), version->major, version->minor,
                           version->patch);
    if (version->stage == MLT_STAGE_BETA && !cohort)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "%s is for selected customers: name them with --cohort NAME", number);
    const enum mlt_state wanted =
        version->stage == MLT_STAGE_BETA ? MLT_STATE_BETA : MLT_STATE_PRODUCTION;
    if (state == wanted)
        return true;
    if (version->stage == MLT_STAGE_RC)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "%s is a candidate, and production takes versions in state Production: "
                           "register %u.%u.%u for that",
                           number, version->major, version->minor, version->patch);
    return mlt_err_set(err, MLT_ERR_USAGE,
                       "%s is in %s, and production takes it in state %s only: move it there "
                       "first (mltest promote)",
                       number, mlt_state_name(state), mlt_state_name(wanted));
}

bool mlt_lifecycle_deploy(enum mlt_state state, const struct mlt_semver *version,
                          const char *environment, const char *cohort, struct mlt_err *err)
{
    char number[MLT_SEMVER_CHARS];
    const bool production = strcmp(environment, "production") == 0;
    mlt_semver_format(version, number);
    if (state == MLT_STATE_NONE)
        return mlt_err_set(err, MLT_ERR_USAGE, "only registered versions are deployed: %s is none",
                           number);
    if (state == MLT_STATE_ARCHIVED || state == MLT_STATE_ROLLED_BACK)
        return mlt_err_set(err, MLT_ERR_USAGE, "%s is %s: it is barred from every deployment",
                           number, mlt_state_name(state));
    if (cohort && (!production || version->stage != MLT_STAGE_BETA))
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "--cohort is for a -beta version on its way to production; %s to %s "
                           "has none",
                           number, environment);
    if (cohort && !mlt_str_is_name(cohort))
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "\"%.60s\" is no name of a cohort: expected one such as first-clients",
                           cohort);
    return !production || deploy_production(state, version, number, cohort, err);
}
