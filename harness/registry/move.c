/* Where a version stands, and moving it on: state and log entry in one transaction, on the
 * condition that nothing of the model has changed since the decision's evidence was gathered. */
#include <string.h>

#include "harness/base/clock.h"
#include "harness/registry/policy.h"
#include "harness/registry/serve.h"

bool mlt_registry_standing(struct mlt_registry *registry, const char *model, const char *version,
                           struct mlt_arena *arena, struct mlt_standing *out, struct mlt_err *err)
{
    struct mlt_version_record record;
    if (!mlt_model_name_check(model, err) ||
        !mlt_version_record_want(registry, model, version, arena, &record, err))
        return false;
    *out = (struct mlt_standing){.state = mlt_state_parse(record.state),
                                 .since = record.state_since,
                                 .removal_date = record.removal_date};
    memcpy(out->digest, record.digest, sizeof out->digest);
    return out->state != MLT_STATE_NONE ||
           mlt_err_set(err, MLT_ERR_EVIDENCE,
                       "the record of %s@%s has a state of its own: \"%.40s\"", model, version,
                       record.state);
}

/* Is `a` in Production longer than `b`? Unknown is shortest. */
static bool is_longer(const char *a, const char *b)
{
    int64_t left = 0, right = 0;
    if (!a || !mlt_clock_parse(a, &left))
        return false;
    return !b || !mlt_clock_parse(b, &right) || left < right;
}

bool mlt_registry_successor(struct mlt_registry *registry, const char *model, const char *version,
                            struct mlt_arena *arena, const char **out, const char **out_since,
                            struct mlt_err *err)
{
    struct mlt_version_record *all;
    struct mlt_semver own, other;
    size_t count;
    *out = *out_since = NULL;
    if (!mlt_semver_parse(version, &own, err) || !mlt_model_name_check(model, err) ||
        !mlt_version_record_list(registry, model, arena, &all, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!mlt_semver_parse(all[i].version, &other, err))
            return false;
        if (other.stage != MLT_STAGE_RELEASE || mlt_semver_compare(&other, &own) <= 0 ||
            mlt_state_parse(all[i].state) != MLT_STATE_PRODUCTION)
            continue;
        if (*out && !is_longer(all[i].state_since, *out_since))
            continue;
        *out = all[i].version;
        *out_since = all[i].state_since;
    }
    return true;
}

static bool policy_revision(struct mlt_registry *registry, const char *key, struct mlt_arena *arena,
                            uint64_t *out, struct mlt_err *err)
{
    struct mlt_record record;
    bool found;
    if (!mlt_store_get(registry, MLT_POLICY_PARTITION, key, arena, &found, &record, err))
        return false;
    *out = found ? record.revision : 0;
    return true;
}

bool mlt_registry_moment(struct mlt_registry *registry, const char *model, struct mlt_moment *out,
                         struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_change change = {.number = 0};
    /* The counter first: what changes afterwards is then missed by nobody. */
    bool ok = mlt_model_name_check(model, err) &&
              mlt_change_begin(registry, model, &arena, &change, err) &&
              mlt_registry_serving(registry, model, out->serving, err) &&
              policy_revision(registry, model, &arena, &out->own_policy, err) &&
              policy_revision(registry, "*", &arena, &out->shared_policy, err);
    out->changes = ok ? change.number - 1 : 0;
    mlt_arena_free(&arena);
    return ok;
}

bool mlt_change_begin_at(struct mlt_registry *registry, const char *model,
                         const struct mlt_moment *moment, struct mlt_arena *arena,
                         struct mlt_change *out, bool *raced, struct mlt_err *err)
{
    char serving[MLT_SEMVER_CHARS];
    if (!mlt_change_begin(registry, model, arena, out, err) ||
        !mlt_registry_serving(registry, model, serving, err))
        return false;
    *raced = out->number != moment->changes + 1 || strcmp(serving, moment->serving) != 0;
    out->conditions[out->condition_count++] =
        (struct mlt_record_condition){MLT_POLICY_PARTITION, model, moment->own_policy};
    out->conditions[out->condition_count++] =
        (struct mlt_record_condition){MLT_POLICY_PARTITION, "*", moment->shared_policy};
    return true;
}

bool mlt_state_put(struct mlt_change *change, const struct mlt_version_record *version,
                   enum mlt_state state, const char *removal_date, struct mlt_err *err)
{
    struct mlt_version_record moved = *version;
    moved.state = mlt_state_name(state);
    moved.state_since = mlt_version_record_now(change->arena);
    moved.removal_date = removal_date;
    if (state == MLT_STATE_PRODUCTION)
        moved.reached_production = true;
    char *key = mlt_arena_printf(change->arena, "version/%s", version->version);
    char *value = mlt_version_record_encode(&moved, change->arena, err);
    if (!value)
        return false;
    if (!key || !moved.state_since)
        return mlt_err_oom(err);
    mlt_change_require(change, key, version->revision);
    mlt_change_put(change, key, value);
    return true;
}

bool mlt_removal_date_check(enum mlt_state to, const char *removal_date, struct mlt_err *err)
{
    char midnight[MLT_TIME_CHARS] = "";
    int64_t when;
    if (!removal_date)
        return to != MLT_STATE_DEPRECATED ||
               mlt_err_set(err, MLT_ERR_USAGE,
                           "a deprecated version is removed one day, and that day is said with it: "
                           "--removal YYYY-MM-DD");
    if (to != MLT_STATE_DEPRECATED)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "only a version that is deprecated has a day of removal");
    if (strlen(removal_date) == strlen("2026-12-31")) {
        memcpy(midnight, removal_date, strlen(removal_date) + 1);
        strcat(midnight, "T00:00:00Z");
    }
    if (!mlt_clock_parse(midnight, &when))
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "\"%.40s\" is not a day: expected YYYY-MM-DD, as in 2026-12-31",
                           removal_date);
    return when > mlt_clock_wall_s() ||
           mlt_err_set(err, MLT_ERR_USAGE,
                       "the removal of a deprecated version lies in the future, and %s does not",
                       removal_date);
}

static bool check(const struct mlt_registry *registry, const struct mlt_move *move,
                  struct mlt_err *err)
{
    struct mlt_semver semver;
    const bool decided = move->decision_digest != NULL;
    if (!mlt_store_writable(registry, err) || !mlt_model_name_check(move->model, err) ||
        !mlt_semver_parse(move->version, &semver, err) ||
        !mlt_removal_date_check(move->to, move->removal_date, err))
        return false;
    if (!move->reason || move->reason[strspn(move->reason, " \t\r\n")] == '\0')
        return mlt_err_set(err, MLT_ERR_USAGE, "moving %s@%s needs a reason for the record",
                           move->model, move->version);
    if (decided != (move->to != MLT_STATE_DEVELOPMENT) ||
        (decided && !mlt_hash_is_hex(move->decision_digest)) || !move->digest)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "a move of %s@%s needs the SHA-256 of the version and of the decision "
                           "that allows it, and back to Development there is none",
                           move->model, move->version);
    return true;
}

/* As the registry has it now. */
static bool allowed(const struct mlt_move *move, const struct mlt_version_record *version,
                    const char *serving, struct mlt_err *err)
{
    struct mlt_semver semver;
    if (!mlt_semver_parse(move->version, &semver, err) ||
        !mlt_lifecycle_step(mlt_state_parse(version->state), move->to, &semver, err))
        return false;
    if (strcmp(version->digest, move->digest) != 0)
        return mlt_err_set(err, MLT_ERR_EVIDENCE,
                           "%s@%s is registered as %.12s…, but the move is of %.12s…", move->model,
                           move->version, version->digest, move->digest);
    return move->to != MLT_STATE_ARCHIVED || strcmp(serving, move->version) != 0 ||
           mlt_err_set(err, MLT_ERR_USAGE,
                       "%s@%s still serves production: deploy its successor there first",
                       move->model, move->version);
}

static bool log_move(struct mlt_change *change, const struct mlt_move *move, const char *previous,
                     struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_json_out json;
    mlt_json_out_init(&json, &text, false);
    mlt_json_out_object(&json);
    mlt_json_out_kstring(&json, "state", mlt_state_name(move->to));
    if (move->removal_date)
        mlt_json_out_kstring(&json, "removal_date", move->removal_date);
    mlt_json_out_object_end(&json);
    const char *details = mlt_store_json(&json, change->arena, err);
    const struct mlt_log_entry entry = {
        .what = move->to == MLT_STATE_DEVELOPMENT ? "demote" : "promote",
        .version = move->version,
        .digest = move->digest,
        .reason = move->reason,
        .approvers = move->approvers,
        .approver_count = move->approver_count,
        .tickets = move->tickets,
        .ticket_count = move->ticket_count,
        .previous = previous,
        .decision = move->decision_digest,
        .details = details,
    };
    return details && mlt_change_log(change, &entry, err);
}

static bool move_once(struct mlt_registry *registry, const struct mlt_move *move,
                      const struct mlt_moment *moment, struct mlt_arena *arena, bool *raced,
                      struct mlt_err *err)
{
    struct mlt_change change;
    struct mlt_version_record version;
    enum mlt_change_end end;
    if (!mlt_change_begin_at(registry, move->model, moment, arena, &change, raced, err))
        return false;
    if (*raced)
        return true;
    if (!mlt_version_record_want(registry, move->model, move->version, arena, &version, err) ||
        !allowed(move, &version, moment->serving, err) ||
        !mlt_state_put(&change, &version, move->to, move->removal_date, err) ||
        !log_move(&change, move, version.state, err) || !mlt_change_commit(&change, &end, err))
        return false;
    *raced = end != MLT_CHANGE_DONE;
    return *raced || mlt_serve_point_latest(registry, move->model, arena, err);
}

bool mlt_registry_move(struct mlt_registry *registry, const struct mlt_move *move,
                       const struct mlt_moment *moment, bool *raced, struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    bool ok = check(registry, move, err) && move_once(registry, move, moment, &arena, raced, err);
    mlt_arena_free(&arena);
    return ok;
}
