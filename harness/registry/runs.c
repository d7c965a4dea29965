/* What comes after a version was registered: results files and decisions, beside it, never in it.
 */
#include <string.h>

#include "harness/base/fs.h"
#include "harness/base/str.h"
#include "harness/registry/store.h"

static bool check_name(struct mlt_registry *registry, const char *model, const char *version,
                       struct mlt_arena *arena, struct mlt_err *err)
{
    struct mlt_semver semver;
    struct mlt_version_record record;
    return mlt_model_name_check(model, err) && mlt_semver_parse(version, &semver, err) &&
           mlt_version_record_want(registry, model, version, arena, &record, err);
}

static bool differs(const char *run_id, const char *model, const char *version, struct mlt_err *err)
{
    return mlt_err_set(err, MLT_ERR_USAGE, "a run %s of %s@%s is stored already with other content",
                       run_id, model, version);
}

/* Copies the results file; the same bytes under this name are as good. `sha256` becomes the digest
 * of what is stored: the caller's file may have changed meanwhile. */
static bool put_file(struct mlt_registry *registry, const char *key, const char *path,
                     char sha256[MLT_SHA256_HEX], bool *same, struct mlt_arena *arena,
                     struct mlt_err *err)
{
    struct mlt_blobs *blobs = registry->blobs;
    char stored[MLT_SHA256_HEX];
    bool existed = false;
    if (!blobs->ops->put_file(blobs, key, path, &existed, err) && !existed)
        return false;
    char *local = mlt_fs_join(arena, registry->root, key);
    if (!local)
        return mlt_err_oom(err);
    if (!mlt_hash_file(local, stored, NULL, err))
        return false;
    *same = !existed || strcmp(stored, sha256) == 0;
    strcpy(sha256, stored);
    return true;
}

/* The SHA-256 under which the run is indexed; "" when it is not. */
static bool indexed(const struct mlt_record *record, char out[MLT_SHA256_HEX], struct mlt_err *err)
{
    struct mlt_json *document;
    if (!mlt_json_parse_kept(record->key, record->value, strlen(record->value), &document, err))
        return false;
    const char *sha256 = mlt_json_string(mlt_json_get(document, "sha256"));
    bool ok = sha256 && mlt_hash_is_hex(sha256);
    if (ok)
        strcpy(out, sha256);
    mlt_json_free(document);
    return ok || mlt_err_set(err, MLT_ERR_EVIDENCE, "the record %s of %s is not one of a run",
                             record->key, record->partition);
}

static char *encode(const char *sha256, struct mlt_arena *arena, struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_json_out json;
    mlt_json_out_init(&json, &text, false);
    mlt_json_out_object(&json);
    mlt_json_out_kstring(&json, "sha256", sha256);
    mlt_json_out_kstring(&json, "stored_at", mlt_store_now(arena));
    mlt_json_out_kstring(&json, "stored_by", mlt_store_user(arena));
    mlt_json_out_object_end(&json);
    return mlt_store_json(&json, arena, err);
}

/* Whether the run is in the index already; `*same` false: with other content. */
static bool find_index(struct mlt_registry *registry, const char *model, const char *key,
                       const char *sha256, bool *found, bool *same, struct mlt_arena *arena,
                       struct mlt_err *err)
{
    char recorded[MLT_SHA256_HEX];
    struct mlt_record record;
    *same = true;
    if (!mlt_store_get(registry, model, key, arena, found, &record, err))
        return false;
    if (!*found)
        return true;
    if (!indexed(&record, recorded, err))
        return false;
    *same = strcmp(recorded, sha256) == 0;
    return true;
}

static bool put_once(struct mlt_registry *registry, const char *model, const char *version,
                     const char *key, const char *sha256, struct mlt_arena *arena,
                     enum mlt_change_end *end, struct mlt_err *err)
{
    struct mlt_change change;
    char *value = encode(sha256, arena, err);
    const char *details = mlt_arena_printf(arena, "{\"run\":\"%s\"}", mlt_fs_basename(key));
    if (!value)
        return false;
    if (!details)
        return mlt_err_oom(err);
    if (!mlt_change_begin(registry, model, arena, &change, err))
        return false;
    mlt_change_require(&change, key, 0);
    mlt_change_put(&change, key, value);
    return mlt_change_log(
               &change,
               &(struct mlt_log_entry){
                   .what = "run", .version = version, .digest = sha256, .details = details},
               err) &&
           mlt_change_commit(&change, end, err);
}

/* Adds the run to the index, or finds it there. A run is evidence that gates decide on, so that it
 * comes with an entry in the log. */
static bool put_index(struct mlt_registry *registry, const char *model, const char *version,
                      const char *key, const char *sha256, bool *same, struct mlt_arena *arena,
                      struct mlt_err *err)
{
    for (int i = 0; i < MLT_CHANGE_TRIES; i++) {
        enum mlt_change_end end;
        bool found;
        if (!find_index(registry, model, key, sha256, &found, same, arena, err))
            return false;
        if (found)
            return true;
        if (!put_once(registry, model, version, key, sha256, arena, &end, err))
            return false;
        if (end == MLT_CHANGE_DONE)
            return true;
    }
    return mlt_change_busy(model, err);
}

static bool store_run(struct mlt_registry *registry, const char *model, const char *version,
                      const char *run_id, const char *path, struct mlt_arena *arena,
                      struct mlt_err *err)
{
    char sha256[MLT_SHA256_HEX];
    bool same = false;
    char *blob = mlt_arena_printf(arena, "%s/.evidence/%s/runs/%s.mlt", model, version, run_id);
    char *key = mlt_arena_printf(arena, "run/%s/%s", version, run_id);
    if (!blob || !key)
        return mlt_err_oom(err);
    if (!mlt_hash_file(path, sha256, NULL, err) ||
        !put_file(registry, blob, path, sha256, &same, arena, err) ||
        (same && !put_index(registry, model, version, key, sha256, &same, arena, err)))
        return false;
    return same || differs(run_id, model, version, err);
}

bool mlt_registry_store_run(struct mlt_registry *registry, const char *model, const char *version,
                            const char *run_id, const char *path, struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    if (!mlt_store_writable(registry, err))
        return false;
    if (!mlt_str_is_name(run_id))
        return mlt_err_set(err, MLT_ERR_USAGE, "\"%.60s\" is not the name of a run", run_id);
    bool ok = check_name(registry, model, version, &arena, err) &&
              store_run(registry, model, version, run_id, path, &arena, err);
    mlt_arena_free(&arena);
    return ok;
}

static bool decode_run(const struct mlt_registry *registry, const struct mlt_record *record,
                       const char *version, struct mlt_arena *arena, struct mlt_stored_run *out,
                       struct mlt_err *err)
{
    struct mlt_json *document;
    out->run_id = mlt_fs_basename(record->key);
    out->path = mlt_arena_printf(arena, "%s/%s/.evidence/%s/runs/%s.mlt", registry->root,
                                 record->partition, version, out->run_id);
    if (!out->path)
        return mlt_err_oom(err);
    if (!indexed(record, out->sha256, err) ||
        !mlt_json_parse(record->key, record->value, strlen(record->value), &document, err))
        return false;
    const char *at = mlt_json_string(mlt_json_get(document, "stored_at"));
    out->stored_at = mlt_arena_strdup(arena, at ? at : "");
    mlt_json_free(document);
    return out->stored_at || mlt_err_oom(err);
}

bool mlt_registry_runs(struct mlt_registry *registry, const char *model, const char *version,
                       struct mlt_arena *arena, struct mlt_stored_run **out, size_t *out_count,
                       struct mlt_err *err)
{
    struct mlt_record *records;
    struct mlt_semver semver;
    size_t count;
    if (!mlt_model_name_check(model, err) || !mlt_semver_parse(version, &semver, err))
        return false;
    char *prefix = mlt_arena_printf(arena, "run/%s/", version);
    if (!prefix)
        return mlt_err_oom(err);
    if (!mlt_store_query(registry, model, prefix, arena, &records, &count, err))
        return false;
    struct mlt_stored_run *runs = mlt_arena_calloc(arena, count, sizeof *runs);
    if (!runs)
        return mlt_err_oom(err);
    /* A run's name sorts by its start time, so the last key is the newest run. */
    for (size_t i = 0; i < count; i++)
        if (!decode_run(registry, &records[count - 1 - i], version, arena, &runs[i], err))
            return false;
    *out = runs;
    *out_count = count;
    return true;
}

bool mlt_registry_store_decision(struct mlt_registry *registry, const char *model,
                                 const char *version, const char *json, size_t len,
                                 struct mlt_arena *arena, char **out_path, struct mlt_err *err)
{
    char sha256[MLT_SHA256_HEX];
    if (!mlt_store_writable(registry, err) || !check_name(registry, model, version, arena, err) ||
        !mlt_json_check("decision", json, len, err) || !mlt_hash_bytes(json, len, sha256, err))
        return false;
    char *key =
        mlt_arena_printf(arena, "%s/.evidence/%s/decisions/%s.json", model, version, sha256);
    char *path = key ? mlt_fs_join(arena, registry->root, key) : NULL;
    if (!path)
        return mlt_err_oom(err);
    if (!registry->blobs->ops->put(registry->blobs, key, json, len, err))
        return false;
    *out_path = path;
    return true;
}
