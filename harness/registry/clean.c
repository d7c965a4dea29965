#include "harness/registry/clean.h"

#include <string.h>
#include <sys/stat.h>

#include "harness/base/fs.h"
#include "harness/base/str.h"
#include "harness/registry/store.h"

enum { DEPTH_MAX = 8 };

struct cleaning {
    struct mlt_registry *registry;
    const struct mlt_clean_request *request;
    struct mlt_arena *arena;
    const char *model;
};

/* Nothing goes that the log does not name. */
static bool write_log(const struct cleaning *c, const char *key, struct mlt_err *err)
{
    for (int i = 0; i < MLT_CHANGE_TRIES; i++) {
        struct mlt_change change;
        enum mlt_change_end end;
        if (!mlt_change_begin(c->registry, c->model, c->arena, &change, err) ||
            !mlt_change_log(&change, &(struct mlt_log_entry){.what = "clean", .reason = key},
                            err) ||
            !mlt_change_commit(&change, &end, err))
            return false;
        if (end == MLT_CHANGE_DONE)
            return true;
    }
    return mlt_change_busy(c->model, err);
}

static bool clean_one(const struct cleaning *c, const char *prefix, const char *name,
                      struct mlt_err *err)
{
    struct mlt_blobs *blobs = c->registry->blobs;
    const struct mlt_clean_request *request = c->request;
    struct mlt_leftover leftover;
    bool found;
    char *key = mlt_arena_printf(c->arena, "%s/%s", prefix, name);
    if (!key)
        return mlt_err_oom(err);
    if (!blobs->ops->leftover(blobs, prefix, name, request->older_than_s, false, &found, &leftover,
                              err))
        return false;
    /* Whoever filled it may have ended well meanwhile: it is judged once more when it is removed.
     */
    if (found && leftover.is_old && request->remove &&
        (!write_log(c, key, err) ||
         !blobs->ops->leftover(blobs, prefix, name, request->older_than_s, true, &found, &leftover,
                               err)))
        return false;
    if (found)
        request->tell(request->context, key, &leftover);
    return true;
}

static bool clean_prefix(const struct cleaning *c, const char *prefix, struct mlt_err *err)
{
    struct mlt_blobs *blobs = c->registry->blobs;
    char **names;
    size_t count;
    if (!blobs->ops->leftovers(blobs, prefix, c->arena, &names, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!clean_one(c, prefix, names[i], err))
            return false;
    return true;
}

/* A link leads to what is not the registry's. */
static bool is_own_folder(const struct cleaning *c, const char *prefix)
{
    struct stat info;
    char *path = mlt_fs_join(c->arena, c->registry->root, prefix);
    return path && lstat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

/* The evidence beside the versions: folders of runs, decisions and documents. */
static bool clean_evidence(const struct cleaning *c, const char *prefix, int depth,
                           struct mlt_err *err)
{
    struct mlt_blobs *blobs = c->registry->blobs;
    char **names;
    size_t count;
    if (!is_own_folder(c, prefix))
        return true;
    if (!clean_prefix(c, prefix, err) ||
        !blobs->ops->list(blobs, prefix, c->arena, &names, &count, err))
        return false;
    for (size_t i = 0; depth < DEPTH_MAX && i < count; i++) {
        char *below = mlt_arena_printf(c->arena, "%s/%s", prefix, names[i]);
        if (!below)
            return mlt_err_oom(err);
        if (!clean_evidence(c, below, depth + 1, err))
            return false;
    }
    return true;
}

static bool clean_model(const struct cleaning *c, struct mlt_err *err)
{
    char *evidence = mlt_arena_printf(c->arena, "%s/.evidence", c->model);
    if (!evidence)
        return mlt_err_oom(err);
    return clean_prefix(c, c->model, err) && clean_evidence(c, evidence, 0, err);
}

static bool clean_all(struct cleaning *c, struct mlt_err *err)
{
    struct mlt_blobs *blobs = c->registry->blobs;
    char **names;
    size_t count;
    bool known = !c->request->model;
    if (!blobs->ops->list(blobs, "", c->arena, &names, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        c->model = names[i];
        if (!mlt_str_is_name(names[i]) || !is_own_folder(c, names[i]) ||
            (c->request->model && strcmp(c->request->model, names[i]) != 0))
            continue;
        known = true;
        if (!clean_model(c, err))
            return false;
    }
    return known || mlt_err_set(err, MLT_ERR_USAGE, "the registry %s has no model \"%s\"",
                                c->registry->root, c->request->model);
}

bool mlt_registry_clean(struct mlt_registry *registry, const struct mlt_clean_request *request,
                        struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct cleaning cleaning = {.registry = registry, .request = request, .arena = &arena};
    bool ok = (!request->model || mlt_model_name_check(request->model, err)) &&
              (!request->remove || mlt_store_writable(registry, err)) && clean_all(&cleaning, err);
    mlt_arena_free(&arena);
    return ok;
}
