/* Decisions that were acted on, named by their digest. */
#include <string.h>

#include "harness/base/fs.h"
#include "harness/registry/store.h"

enum { DECISION_BYTES = 128 << 20 };

static bool check_name(struct mlt_registry *registry, const char *model, const char *version,
                       struct mlt_arena *arena, struct mlt_err *err)
{
    struct mlt_semver semver;
    struct mlt_version_record record;
    return mlt_store_writable(registry, err) && mlt_model_name_check(model, err) &&
           mlt_semver_parse(version, &semver, err) &&
           mlt_version_record_want(registry, model, version, arena, &record, err);
}

static char *key_of(const char *model, const char *version, const char *sha256, const char *suffix,
                    struct mlt_arena *arena, struct mlt_err *err)
{
    char *key =
        mlt_arena_printf(arena, "%s/.evidence/%s/decisions/%s%s", model, version, sha256, suffix);
    if (!key)
        mlt_err_oom(err);
    return key;
}

static bool put(struct mlt_registry *registry, const char *key, const char *text, size_t len,
                struct mlt_arena *arena, char **out_path, struct mlt_err *err)
{
    char *path = mlt_fs_join(arena, registry->root, key);
    if (!path)
        return mlt_err_oom(err);
    if (!registry->blobs->ops->put(registry->blobs, key, text, len, err))
        return false;
    *out_path = path;
    return true;
}

bool mlt_registry_store_decision(struct mlt_registry *registry, const char *model,
                                 const char *version, const char *json, size_t len,
                                 struct mlt_arena *arena, char **out_path, struct mlt_err *err)
{
    char sha256[MLT_SHA256_HEX];
    if (!check_name(registry, model, version, arena, err) ||
        !mlt_json_check("decision", json, len, err) || !mlt_hash_bytes(json, len, sha256, err))
        return false;
    char *key = key_of(model, version, sha256, ".json", arena, err);
    return key && put(registry, key, json, len, arena, out_path, err);
}

bool mlt_registry_store_signed_decision(struct mlt_registry *registry, const char *model,
                                        const char *version, const struct mlt_buf *envelope,
                                        const struct mlt_buf *lines, struct mlt_arena *arena,
                                        char **out_path, struct mlt_err *err)
{
    char sha256[MLT_SHA256_HEX], *ignored;
    if (!check_name(registry, model, version, arena, err) ||
        !mlt_json_check("decision", envelope->data, envelope->len, err) ||
        !mlt_hash_bytes(envelope->data, envelope->len, sha256, err))
        return false;
    char *key = key_of(model, version, sha256, ".dsse.json", arena, err);
    char *beside = key_of(model, version, sha256, ".intoto.jsonl", arena, err);
    return key && beside && put(registry, beside, lines->data, lines->len, arena, &ignored, err) &&
           put(registry, key, envelope->data, envelope->len, arena, out_path, err);
}

bool mlt_registry_decision(struct mlt_registry *registry, const char *model, const char *version,
                           const char *sha256, struct mlt_arena *arena, struct mlt_buf *out,
                           bool *found, bool *is_envelope, struct mlt_err *err)
{
    static const char *const suffixes[] = {".dsse.json", ".json"};
    char digest[MLT_SHA256_HEX];
    *found = false;
    if (!mlt_hash_is_hex(sha256))
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "\"%.70s\" is no digest of a decision", sha256);
    for (int i = 0; i < 2 && !*found; i++) {
        char *key = key_of(model, version, sha256, suffixes[i], arena, err);
        if (!key || !registry->blobs->ops->exists(registry->blobs, key, found, err))
            return false;
        *is_envelope = i == 0;
        if (*found && (!registry->blobs->ops->get(registry->blobs, key, DECISION_BYTES, out, err) ||
                       !mlt_hash_bytes(out->data, out->len, digest, err)))
            return false;
    }
    return !*found || strcmp(digest, sha256) == 0 ||
           mlt_err_set(err, MLT_ERR_EVIDENCE,
                       "the decision %.12s… of %s@%s was altered: its SHA-256 is %.12s…", sha256,
                       model, version, digest);
}
