/* What comes after a version was registered: results files, beside it, never in it. */
#include <string.h>

#include "harness/base/fs.h"
#include "harness/base/str.h"
#include "harness/registry/store.h"

enum { ENVELOPE_BYTES = 4 << 20 };

/* What goes into the index. */
struct stored {
    char sha256[MLT_SHA256_HEX];
    const char *envelope; /* NULL: not signed */
};

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

static char *encode(const struct stored *run, struct mlt_arena *arena, struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_json_out json;
    mlt_json_out_init(&json, &text, false);
    mlt_json_out_object(&json);
    mlt_json_out_kstring(&json, "sha256", run->sha256);
    mlt_json_out_kstring(&json, "stored_at", mlt_store_now(arena));
    mlt_json_out_kstring(&json, "stored_by", mlt_store_user(arena));
    if (run->envelope)
        mlt_json_out_kstring(&json, "envelope", run->envelope);
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

/* What the log says beside the run's digest: its name, and the digest of its envelope. */
static const char *details_of(const char *key, const struct stored *run, struct mlt_arena *arena,
                              struct mlt_err *err)
{
    char sha256[MLT_SHA256_HEX] = "";
    if (run->envelope && !mlt_hash_bytes(run->envelope, strlen(run->envelope), sha256, err))
        return NULL;
    const char *text = run->envelope
                           ? mlt_arena_printf(arena, "{\"run\":\"%s\",\"envelope\":\"%s\"}",
                                              mlt_fs_basename(key), sha256)
                           : mlt_arena_printf(arena, "{\"run\":\"%s\"}", mlt_fs_basename(key));
    if (!text)
        mlt_err_oom(err);
    return text;
}

static bool put_once(struct mlt_registry *registry, const char *model, const char *version,
                     const char *key, const struct stored *run, struct mlt_arena *arena,
                     enum mlt_change_end *end, struct mlt_err *err)
{
    struct mlt_change change;
    char *value = encode(run, arena, err);
    const char *details = details_of(key, run, arena, err);
    if (!value || !details)
        return false;
    if (!mlt_change_begin(registry, model, arena, &change, err))
        return false;
    mlt_change_require(&change, key, 0);
    mlt_change_put(&change, key, value);
    return mlt_change_log(
               &change,
               &(struct mlt_log_entry){
                   .what = "run", .version = version, .digest = run->sha256, .details = details},
               err) &&
           mlt_change_commit(&change, end, err);
}

/* Adds the run to the index, or finds it there. A run is evidence that gates decide on, so that it
 * comes with an entry in the log. */
static bool put_index(struct mlt_registry *registry, const char *model, const char *version,
                      const char *key, const struct stored *run, bool *same,
                      struct mlt_arena *arena, struct mlt_err *err)
{
    for (int i = 0; i < MLT_CHANGE_TRIES; i++) {
        enum mlt_change_end end;
        bool found;
        if (!find_index(registry, model, key, run->sha256, &found, same, arena, err))
            return false;
        if (found)
            return true;
        if (!put_once(registry, model, version, key, run, arena, &end, err))
            return false;
        if (end == MLT_CHANGE_DONE)
            return true;
    }
    return mlt_change_busy(model, err);
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
    const char *envelope = mlt_json_string(mlt_json_get(document, "envelope"));
    out->stored_at = mlt_arena_strdup(arena, at ? at : "");
    out->envelope = mlt_arena_strdup(arena, envelope);
    bool ok = out->stored_at && (out->envelope || !envelope);
    mlt_json_free(document);
    return ok || mlt_err_oom(err);
}

/* A copy for people and their tools; what counts is in the index, and there the first one stays. */
static bool put_envelope(struct mlt_registry *registry, const char *model, const char *version,
                         const char *run_id, const char *key, struct mlt_arena *arena,
                         struct mlt_err *err)
{
    struct mlt_stored_run run;
    struct mlt_record record;
    bool found;
    char *blob =
        mlt_arena_printf(arena, "%s/.evidence/%s/runs/%s.dsse.json", model, version, run_id);
    if (!blob)
        return mlt_err_oom(err);
    if (!mlt_store_get(registry, model, key, arena, &found, &record, err))
        return false;
    if (!found)
        return mlt_change_busy(model, err);
    return decode_run(registry, &record, version, arena, &run, err) &&
           (!run.envelope || registry->blobs->ops->put(registry->blobs, blob, run.envelope,
                                                       strlen(run.envelope), err));
}

static bool store_run(struct mlt_registry *registry, const char *model, const char *version,
                      const char *run_id, const char *path, const char *envelope,
                      struct mlt_arena *arena, struct mlt_err *err)
{
    struct stored run = {.envelope = envelope};
    bool same = false;
    char *blob = mlt_arena_printf(arena, "%s/.evidence/%s/runs/%s.mlt", model, version, run_id);
    char *key = mlt_arena_printf(arena, "run/%s/%s", version, run_id);
    if (!blob || !key)
        return mlt_err_oom(err);
    if (!mlt_hash_file(path, run.sha256, NULL, err) ||
        !put_file(registry, blob, path, run.sha256, &same, arena, err) ||
        (same && !put_index(registry, model, version, key, &run, &same, arena, err)))
        return false;
    return same ? !envelope || put_envelope(registry, model, version, run_id, key, arena, err)
                : differs(run_id, model, version, err);
}

bool mlt_registry_store_run(struct mlt_registry *registry, const char *model, const char *version,
                            const char *run_id, const char *path, struct mlt_err *err)
{
    return mlt_registry_store_signed_run(registry, model, version, run_id, path, NULL, err);
}

bool mlt_registry_store_signed_run(struct mlt_registry *registry, const char *model,
                                   const char *version, const char *run_id, const char *path,
                                   const char *envelope, struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    if (!mlt_store_writable(registry, err))
        return false;
    if (!mlt_str_is_name(run_id))
        return mlt_err_set(err, MLT_ERR_USAGE, "\"%.60s\" is not the name of a run", run_id);
    if (envelope && strlen(envelope) > ENVELOPE_BYTES)
        return mlt_err_set(err, MLT_ERR_USAGE, "the envelope of run %s is too large", run_id);
    bool ok = check_name(registry, model, version, &arena, err) &&
              store_run(registry, model, version, run_id, path, envelope, &arena, err);
    mlt_arena_free(&arena);
    return ok;
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
