#include <string.h>

#include "harness/registry/store.h"

static bool differs(const struct mlt_version *v, const char *digest, struct mlt_err *err)
{
    return mlt_err_set(
        err, MLT_ERR_USAGE,
        "%s@%s exists already with other content (manifest %.12s…, this folder gives "
        "%.12s…): a version never changes, so register this under a new version",
        v->model, v->version, digest, v->digest);
}

/* A folder without a record: left by a registration that was cut off, or one that is running. */
static bool check_orphan(struct mlt_registry *registry, const char *prefix,
                         const struct mlt_version *v, struct mlt_arena *arena, struct mlt_err *err)
{
    struct mlt_manifest manifest;
    char digest[MLT_SHA256_HEX], *dir;
    if (!mlt_store_manifest(registry, prefix, arena, &manifest, digest, err))
        return mlt_err_prefix(err, "%s@%s was not registered by mltest", v->model, v->version);
    if (strcmp(digest, v->digest) != 0)
        return differs(v, digest, err);
    return registry->blobs->ops->local_dir(registry->blobs, prefix, arena, &dir, err) &&
           mlt_manifest_verify(dir, &manifest, err);
}

static bool put_files(struct mlt_registry *registry, const char *prefix,
                      const struct mlt_version *v, struct mlt_arena *arena, struct mlt_err *err)
{
    struct mlt_blobs *blobs = registry->blobs;
    bool existed;
    if (!blobs->ops->exists(blobs, prefix, &existed, err))
        return false;
    if (!existed && blobs->ops->put_tree(blobs, prefix, v->dir, &v->manifest, &existed, err))
        return true;
    return existed && check_orphan(registry, prefix, v, arena, err);
}

static bool put_record(struct mlt_registry *registry, const struct mlt_version *v,
                       struct mlt_arena *arena, enum mlt_change_end *end, struct mlt_err *err)
{
    struct mlt_change change;
    struct mlt_version_record record = {
        .version = v->version,
        .state = "Development",
        .registered_at = mlt_store_now(arena),
        .registered_by = mlt_store_user(arena),
        .state_since = mlt_version_record_now(arena),
    };
    strcpy(record.digest, v->digest);
    strcpy(record.artifact_digest, v->artifact_digest);
    char *key = mlt_arena_printf(arena, "version/%s", v->version);
    char *value = mlt_version_record_encode(&record, arena, err);
    if (!value)
        return false;
    if (!key || !record.registered_at || !record.registered_by || !record.state_since)
        return mlt_err_oom(err);
    if (!mlt_change_begin(registry, v->model, arena, &change, err))
        return false;
    mlt_change_require(&change, key, 0);
    mlt_change_put(&change, key, value);
    return mlt_change_log(&change,
                          &(struct mlt_log_entry){
                              .what = "register", .version = v->version, .digest = v->digest},
                          err) &&
           mlt_change_commit(&change, end, err);
}

/* `*done` when a record is there: it has this content, or the result is false. */
static bool check_recorded(struct mlt_registry *registry, const struct mlt_version *v,
                           struct mlt_arena *arena, bool *done, struct mlt_err *err)
{
    struct mlt_version_record record;
    if (!mlt_version_record_get(registry, v->model, v->version, arena, done, &record, err))
        return false;
    return !*done || strcmp(record.digest, v->digest) == 0 || differs(v, record.digest, err);
}

static bool record(struct mlt_registry *registry, const struct mlt_version *v,
                   struct mlt_arena *arena, struct mlt_err *err)
{
    for (int i = 0; i < MLT_CHANGE_TRIES; i++) {
        enum mlt_change_end end;
        bool done;
        if (!check_recorded(registry, v, arena, &done, err))
            return false;
        if (done)
            return true;
        if (!put_record(registry, v, arena, &end, err))
            return false;
        if (end == MLT_CHANGE_DONE)
            return true;
    }
    return mlt_change_busy(v->model, err);
}

bool mlt_registry_register(struct mlt_registry *registry, const char *model, const char *version,
                           const char *dir, struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_semver semver;
    struct mlt_version v;
    bool done;
    if (!mlt_store_writable(registry, err) || !mlt_model_name_check(model, err) ||
        !mlt_semver_parse(version, &semver, err))
        return false;
    char *prefix = mlt_arena_printf(&arena, "%s/%s", model, version);
    bool ok = prefix ? mlt_version_read(dir, model, version, NULL, &arena, &v, err) &&
                           check_recorded(registry, &v, &arena, &done, err)
                     : mlt_err_oom(err);
    ok = ok && (done || mlt_version_keeps_promise(registry, &v, &arena, err));
    /* The files come first: what has a record is whole. A record without files would be restored
     * here, from the same content. */
    ok = ok && put_files(registry, prefix, &v, &arena, err) && record(registry, &v, &arena, err);
    mlt_arena_free(&arena);
    return ok;
}
