#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/fs.h"
#include "harness/base/rng.h"
#include "harness/base/str.h"
#include "harness/registry/log_store.h"

/* A name that no model can have: model names do not begin with a dot. */
#define MARKER "/.mltest/registry.json"
#define RECORDS "/.mltest/records.db"
static const char marker_text[] = "{\"mltest_registry\": 1}\n";

enum { MARKER_BYTES = 4096 };

/* The folder that a URL names. */
static bool folder_of(const char *url, const char **out, struct mlt_err *err)
{
    const char *scheme = strstr(url, "://");
    if (url[0] == '\0')
        return mlt_err_set(err, MLT_ERR_USAGE, "the registry's URL is empty: expected a folder");
    if (strlen(url) > 3000)
        return mlt_err_set(err, MLT_ERR_USAGE, "a registry's URL of %zu characters is too long",
                           strlen(url));
    *out = url;
    if (!scheme)
        return true;
    if (mlt_str_starts(url, "s3://"))
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "%s: registries in S3 are not built in: name a folder", url);
    if (!mlt_str_starts(url, "file://"))
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "%s: unknown kind of registry: expected a folder or file:///FOLDER",
                           url);
    *out = url + strlen("file://");
    if (**out != '/' || strchr(*out, '%'))
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "%s: expected file:/// and an absolute folder without %%-escapes", url);
    return true;
}

/* An existing folder must be empty, but for hidden files: a registry owns everything in it. */
static bool check_vacant(const char *root, struct mlt_arena *arena, struct mlt_err *err)
{
    char **names;
    size_t count;
    if (mlt_fs_kind(root) == MLT_FS_ABSENT)
        return true;
    if (!mlt_fs_list_names(root, arena, &names, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (names[i][0] != '.')
            return mlt_err_set(
                err, MLT_ERR_USAGE,
                "%s is not empty (it holds %.100s): a registry needs a folder of its "
                "own",
                root, names[i]);
    return true;
}

static bool check_marker(const char *url, const char *root, const char *path, struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_json *document = NULL;
    double format = 0;
    if (mlt_fs_kind(path) == MLT_FS_ABSENT)
        return mlt_err_set(
            err, MLT_ERR_USAGE, "%s %s: make it with `mltest registry init %s`", root,
            mlt_fs_kind(root) == MLT_FS_DIR ? "is not a registry" : "does not exist", url);
    bool ok = mlt_fs_read(path, MARKER_BYTES, &text, err) &&
              mlt_json_parse(path, text.data, text.len, &document, err);
    if (ok && !mlt_json_number(mlt_json_get(document, "mltest_registry"), &format))
        ok = mlt_err_set(err, MLT_ERR_EVIDENCE, "%s does not say which format the registry has",
                         path);
    if (ok && format != 1)
        ok = mlt_err_set(err, MLT_ERR_USAGE,
                         "%s has format %g: this mltest reads format 1, a newer one is needed",
                         root, format);
    mlt_json_free(document);
    mlt_buf_free(&text);
    return ok;
}

/* The log's first entry. Its random name makes that of the log: no other registry has the same. */
static bool log_init(struct mlt_registry *registry, struct mlt_arena *arena, struct mlt_err *err)
{
    struct mlt_log_head head;
    struct mlt_change change;
    enum mlt_change_end end;
    if (!mlt_log_import(registry, err) || !mlt_log_head_read(registry, arena, &head, err))
        return false;
    if (head.revision)
        return true;
    const char *details =
        mlt_arena_printf(arena, "{\"registry\":\"%016" PRIx64 "\"}", mlt_rng_fresh_seed());
    if (!details)
        return mlt_err_oom(err);
    /* Whoever made the registry at the same time has logged it too: both made it. */
    return mlt_change_begin(registry, MLT_LOG_PARTITION, arena, &change, err) &&
           mlt_change_log(&change, &(struct mlt_log_entry){.what = "init", .details = details},
                          err) &&
           mlt_change_commit(&change, &end, err);
}

/* Makes the record store, or brings one of an older format to this one. */
static bool init_records(const char *root, const char *path, struct mlt_arena *arena,
                         struct mlt_err *err)
{
    struct mlt_registry registry = {.root = mlt_arena_strdup(arena, root)};
    if (!registry.root)
        return mlt_err_oom(err);
    if (!mlt_records_sqlite_open(path, true, false, &registry.records, err))
        return false;
    bool ok = log_init(&registry, arena, err);
    registry.records->ops->close(registry.records);
    return ok;
}

bool mlt_registry_init(const char *url, struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    const char *root;
    if (!folder_of(url, &root, err))
        return false;
    char *marker = mlt_arena_printf(&arena, "%s" MARKER, root);
    char *store = mlt_arena_printf(&arena, "%s" RECORDS, root);
    char *folder = store ? mlt_fs_dirname(&arena, store) : NULL;
    bool ok = marker && folder ? true : mlt_err_oom(err);
    if (ok && mlt_fs_kind(marker) != MLT_FS_ABSENT)
        ok = check_marker(url, root, marker, err) && init_records(root, store, &arena, err);
    else if (ok) {
        /* The marker comes last: what carries it is whole. */
        ok = check_vacant(root, &arena, err) && mlt_fs_mkdirs(folder, err) &&
             init_records(root, store, &arena, err) &&
             mlt_fs_write_atomic(marker, marker_text, strlen(marker_text), err) &&
             mlt_fs_sync_dir(root, err);
    }
    mlt_arena_free(&arena);
    return ok;
}

bool mlt_registry_open(const char *url, bool read_only, struct mlt_registry **out,
                       struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    const char *root;
    if (!folder_of(url, &root, err))
        return false;
    char *marker = mlt_arena_printf(&arena, "%s" MARKER, root);
    bool ok = marker ? check_marker(url, root, marker, err) : mlt_err_oom(err);
    mlt_arena_free(&arena);
    if (!ok)
        return false;
    struct mlt_registry *registry = calloc(1, sizeof *registry);
    if (!registry)
        return mlt_err_oom(err);
    registry->read_only = read_only;
    registry->root = realpath(root, NULL);
    if (!registry->root || !mlt_blobs_fs_open(registry->root, &registry->blobs, err)) {
        if (!registry->root)
            mlt_err_oom(err);
        mlt_registry_close(registry);
        return false;
    }
    *out = registry;
    return true;
}

void mlt_registry_close(struct mlt_registry *registry)
{
    if (!registry)
        return;
    if (registry->records)
        registry->records->ops->close(registry->records);
    if (registry->blobs)
        registry->blobs->ops->close(registry->blobs);
    free(registry->root);
    free(registry);
}

const char *mlt_registry_url(const struct mlt_registry *registry)
{
    return registry->root;
}

struct mlt_records *mlt_store_records(struct mlt_registry *registry, struct mlt_err *err)
{
    if (registry->records)
        return registry->records;
    struct mlt_arena arena = MLT_ARENA_INIT;
    char *path = mlt_arena_printf(&arena, "%s" RECORDS, registry->root);
    if (!path)
        mlt_err_oom(err);
    else if (!mlt_records_sqlite_open(path, false, registry->read_only, &registry->records, err))
        registry->records = NULL;
    else if (!registry->read_only && !mlt_log_import(registry, err)) {
        registry->records->ops->close(registry->records);
        registry->records = NULL;
    }
    mlt_arena_free(&arena);
    return registry->records;
}

bool mlt_store_writable(const struct mlt_registry *registry, struct mlt_err *err)
{
    return !registry->read_only ||
           mlt_err_set(err, MLT_ERR_USAGE, "%s was opened for reading only", registry->root);
}
