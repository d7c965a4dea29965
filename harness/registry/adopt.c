/* Which version serves: the serving pointer, the state that goes with it, and "latest". */
#include <string.h>

#include "harness/registry/serve.h"

bool mlt_serve_point_latest(struct mlt_registry *registry, const char *model,
                            struct mlt_arena *arena, struct mlt_err *err)
{
    struct mlt_version_record *all;
    size_t count;
    char *alias = mlt_arena_printf(arena, "%s/latest", model), *pointed;
    if (!alias)
        return mlt_err_oom(err);
    if (!mlt_version_record_list(registry, model, arena, &all, &count, err))
        return false;
    long latest = mlt_version_record_latest(all, count);
    if (latest < 0)
        return true;
    struct mlt_blobs *blobs = registry->blobs;
    if (!blobs->ops->pointed(blobs, alias, arena, &pointed, err))
        return false;
    return (pointed && strcmp(pointed, all[latest].version) == 0) ||
           blobs->ops->point(blobs, alias, all[latest].version, err);
}

bool mlt_registry_point_latest(struct mlt_registry *registry, const char *model,
                               struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    bool ok = mlt_store_writable(registry, err) && mlt_model_name_check(model, err) &&
              mlt_serve_point_latest(registry, model, &arena, err);
    mlt_arena_free(&arena);
    return ok;
}

bool mlt_serve_put(struct mlt_change *change, const char *version, struct mlt_err *err)
{
    struct mlt_record serving = {.revision = 0};
    bool found;
    char *pointer = mlt_arena_printf(change->arena, "{\"version\":\"%s\"}", version);
    if (!pointer)
        return mlt_err_oom(err);
    if (!mlt_store_get(change->registry, change->model, "serving", change->arena, &found, &serving,
                       err))
        return false;
    mlt_change_require(change, "serving", serving.revision);
    mlt_change_put(change, "serving", pointer);
    return true;
}

static bool allowed(const char *model, const struct mlt_version_record *version,
                    struct mlt_err *err)
{
    const enum mlt_state state = mlt_state_parse(version->state);
    if (state != MLT_STATE_ROLLED_BACK && state != MLT_STATE_ARCHIVED)
        return true;
    return mlt_err_set(err, MLT_ERR_USAGE, "%s@%s is %s: it is barred from serving again", model,
                       version->version, version->state);
}

static bool adopt_once(struct mlt_registry *registry, const char *model, const char *version,
                       const char *reason, struct mlt_arena *arena, enum mlt_change_end *end,
                       struct mlt_err *err)
{
    struct mlt_version_record record;
    struct mlt_change change;
    char serving[MLT_SEMVER_CHARS];
    if (!mlt_change_begin(registry, model, arena, &change, err) ||
        !mlt_registry_serving(registry, model, serving, err) ||
        !mlt_version_record_want(registry, model, version, arena, &record, err) ||
        !allowed(model, &record, err))
        return false;
    const bool in_production =
        mlt_state_parse(record.state) == MLT_STATE_PRODUCTION && record.state_since;
    if (strcmp(serving, version) == 0 && in_production) {
        *end = MLT_CHANGE_DONE;
        return true;
    }
    return mlt_serve_put(&change, version, err) &&
           (in_production || mlt_state_put(&change, &record, MLT_STATE_PRODUCTION, NULL, err)) &&
           mlt_change_log(&change,
                          &(struct mlt_log_entry){.what = "adopt",
                                                  .version = version,
                                                  .digest = record.digest,
                                                  .reason = reason,
                                                  .previous = serving[0] ? serving : NULL},
                          err) &&
           mlt_change_commit(&change, end, err);
}

static bool adopt(struct mlt_registry *registry, const char *model, const char *version,
                  const char *reason, struct mlt_arena *arena, struct mlt_err *err)
{
    struct mlt_version checked;
    /* Nothing altered is made production. */
    if (!mlt_registry_get(registry, model, version, arena, &checked, err))
        return false;
    for (int i = 0; i < MLT_CHANGE_TRIES; i++) {
        enum mlt_change_end end;
        if (!adopt_once(registry, model, version, reason, arena, &end, err))
            return false;
        if (end == MLT_CHANGE_DONE)
            return mlt_serve_point_latest(registry, model, arena, err);
    }
    return mlt_change_busy(model, err);
}

bool mlt_registry_adopt(struct mlt_registry *registry, const char *model, const char *version,
                        const char *reason, struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_semver semver;
    if (!mlt_store_writable(registry, err) || !mlt_model_name_check(model, err) ||
        !mlt_semver_parse(version, &semver, err))
        return false;
    if (!reason || reason[strspn(reason, " \t\r\n")] == '\0')
        return mlt_err_set(err, MLT_ERR_USAGE, "adopting %s@%s needs a reason for the record",
                           model, version);
    bool ok = adopt(registry, model, version, reason, &arena, err);
    mlt_arena_free(&arena);
    return ok;
}
