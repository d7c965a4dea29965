#include <string.h>

#include "harness/base/fs.h"
#include "harness/base/str.h"
#include "harness/registry/store.h"

enum { MANIFEST_BYTES = 64 * 1024 * 1024 };

bool mlt_store_manifest(struct mlt_registry *registry, const char *prefix, struct mlt_arena *arena,
                        struct mlt_manifest *out, char digest[MLT_SHA256_HEX], struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    char *key = mlt_arena_printf(arena, "%s/MANIFEST.json", prefix);
    bool ok = key ? registry->blobs->ops->get(registry->blobs, key, MANIFEST_BYTES, &text, err)
                  : mlt_err_oom(err);
    ok = ok && mlt_hash_bytes(text.data, text.len, digest, err) &&
         mlt_manifest_decode(key, text.data, text.len, arena, out, err);
    mlt_buf_free(&text);
    return ok;
}

bool mlt_registry_serving(struct mlt_registry *registry, const char *model,
                          char out[MLT_SEMVER_CHARS], struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_record record;
    struct mlt_json *document = NULL;
    bool found = false;
    if (!mlt_model_name_check(model, err))
        return false;
    bool ok = mlt_store_get(registry, model, "serving", &arena, &found, &record, err);
    if (ok && found) {
        ok = mlt_json_parse("record serving", record.value, strlen(record.value), &document, err);
        const char *version = mlt_json_string(mlt_json_get(document, "version"));
        if (ok && (!version || strlen(version) >= MLT_SEMVER_CHARS))
            ok = mlt_err_set(err, MLT_ERR_EVIDENCE, "the record \"serving\" of %s names no version",
                             model);
        if (ok)
            strcpy(out, version);
        mlt_json_free(document);
    } else if (ok) {
        out[0] = '\0';
    }
    mlt_arena_free(&arena);
    return ok;
}

bool mlt_registry_models(struct mlt_registry *registry, struct mlt_arena *arena, char ***out,
                         size_t *out_count, struct mlt_err *err)
{
    struct mlt_records *records = mlt_store_records(registry, err);
    char **names;
    size_t count, kept = 0;
    if (!records || !registry->blobs->ops->list(registry->blobs, "", arena, &names, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        struct mlt_record *found;
        size_t versions;
        if (!mlt_str_is_name(names[i]))
            continue;
        if (!records->ops->query(records, names[i], "version/", NULL, 1, arena, &found, &versions,
                                 err))
            return false;
        if (versions)
            names[kept++] = names[i];
    }
    *out = names;
    *out_count = kept;
    return true;
}

bool mlt_registry_versions(struct mlt_registry *registry, const char *model,
                           struct mlt_arena *arena, struct mlt_version_entry **out,
                           size_t *out_count, struct mlt_err *err)
{
    struct mlt_version_record *records;
    char serving[MLT_SEMVER_CHARS];
    size_t count;
    const char *name = mlt_arena_strdup(arena, model);
    if (!name)
        return mlt_err_oom(err);
    if (!mlt_registry_serving(registry, model, serving, err) ||
        !mlt_version_record_list(registry, model, arena, &records, &count, err))
        return false;
    struct mlt_version_entry *entries = mlt_arena_calloc(arena, count, sizeof *entries);
    if (!entries)
        return mlt_err_oom(err);
    for (size_t i = 0; i < count; i++) {
        entries[i] = (struct mlt_version_entry){
            .model = name,
            .version = records[i].version,
            .state = records[i].state,
            .state_since = records[i].state_since,
            .removal_date = records[i].removal_date,
            .registered_at = records[i].registered_at,
            .serving = strcmp(records[i].version, serving) == 0,
        };
        strcpy(entries[i].digest, records[i].digest);
    }
    *out = entries;
    *out_count = count;
    return true;
}

static bool resolve_latest(struct mlt_registry *registry, const char *model,
                           struct mlt_arena *arena, struct mlt_version_record *out,
                           struct mlt_err *err)
{
    struct mlt_version_record *all;
    size_t count;
    if (!mlt_version_record_list(registry, model, arena, &all, &count, err))
        return false;
    long latest = mlt_version_record_latest(all, count);
    if (count == 0) /* says so, with the nearest model */
        return mlt_version_record_want(registry, model, "latest", arena, out, err);
    if (latest < 0)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "%s has no latest version: that is the highest one that ever reached "
                           "Production, and none has; name a version, for example %s@%s",
                           model, model, all[count - 1].version);
    *out = all[latest];
    return true;
}

static bool resolve_production(struct mlt_registry *registry, const char *model,
                               const char *serving, struct mlt_arena *arena,
                               struct mlt_version_record *out, struct mlt_err *err)
{
    struct mlt_version_record *all;
    size_t count;
    if (serving[0])
        return mlt_version_record_want(registry, model, serving, arena, out, err);
    if (!mlt_version_record_list(registry, model, arena, &all, &count, err))
        return false;
    if (count == 0)
        return mlt_version_record_want(registry, model, "production", arena, out, err);
    return mlt_err_set(err, MLT_ERR_USAGE,
                       "no version of %s serves in production; where one does already, say so with "
                       "`mltest registry adopt %s@VERSION --as production --reason TEXT`",
                       model, model);
}

/* "", "latest", "production" or a version. */
static bool resolve(struct mlt_registry *registry, const char *model, const char *version,
                    const char *serving, struct mlt_arena *arena, struct mlt_version_record *out,
                    struct mlt_err *err)
{
    struct mlt_version_record *all;
    struct mlt_semver semver;
    size_t count;
    if (strcmp(version, "latest") == 0)
        return resolve_latest(registry, model, arena, out, err);
    if (strcmp(version, "production") == 0)
        return resolve_production(registry, model, serving, arena, out, err);
    if (version[0])
        return mlt_semver_parse(version, &semver, err) &&
               mlt_version_record_want(registry, model, version, arena, out, err);
    if (!mlt_version_record_list(registry, model, arena, &all, &count, err))
        return false;
    if (count == 0)
        return mlt_version_record_want(registry, model, "", arena, out, err);
    *out = all[count - 1];
    return true;
}

/* The folder and the manifest of a version; the manifest must be the one that was registered. */
static bool fetch_manifest(struct mlt_registry *registry, const char *model,
                           const struct mlt_version_record *record, struct mlt_arena *arena,
                           char **dir, struct mlt_manifest *out, struct mlt_err *err)
{
    char digest[MLT_SHA256_HEX];
    char *prefix = mlt_arena_printf(arena, "%s/%s", model, record->version);
    if (!prefix)
        return mlt_err_oom(err);
    if (!registry->blobs->ops->local_dir(registry->blobs, prefix, arena, dir, err) ||
        !mlt_store_manifest(registry, prefix, arena, out, digest, err))
        return false;
    return strcmp(digest, record->digest) == 0 ||
           mlt_err_set(err, MLT_ERR_EVIDENCE,
                       "%s/MANIFEST.json was altered: its SHA-256 is %.12s…, registered was %.12s…",
                       *dir, digest, record->digest);
}

/* Every file must be what the manifest says. */
static bool fetch(struct mlt_registry *registry, const char *model,
                  const struct mlt_version_record *record, struct mlt_arena *arena,
                  struct mlt_version *out, struct mlt_err *err)
{
    struct mlt_manifest manifest;
    char *dir;
    return fetch_manifest(registry, model, record, arena, &dir, &manifest, err) &&
           mlt_manifest_verify(dir, &manifest, err) &&
           mlt_version_read(dir, model, record->version, &manifest, arena, out, err);
}

bool mlt_registry_resolve(struct mlt_registry *registry, const char *model, const char *version,
                          struct mlt_arena *arena, const char **out, struct mlt_err *err)
{
    struct mlt_version_record record;
    char serving[MLT_SEMVER_CHARS];
    if (!mlt_model_name_check(model, err) || !mlt_registry_serving(registry, model, serving, err) ||
        !resolve(registry, model, version ? version : "", serving, arena, &record, err))
        return false;
    *out = record.version;
    return true;
}

bool mlt_registry_get(struct mlt_registry *registry, const char *model, const char *version,
                      struct mlt_arena *arena, struct mlt_version *out, struct mlt_err *err)
{
    struct mlt_version_record record;
    char serving[MLT_SEMVER_CHARS];
    if (!mlt_model_name_check(model, err) || !mlt_registry_serving(registry, model, serving, err) ||
        !resolve(registry, model, version ? version : "", serving, arena, &record, err))
        return false;
    if (!fetch(registry, model, &record, arena, out, err))
        return mlt_err_prefix(err, "%s@%s", model, record.version);
    out->state = record.state;
    out->state_since = record.state_since;
    out->removal_date = record.removal_date;
    out->registered_at = record.registered_at;
    out->serving = strcmp(record.version, serving) == 0;
    return true;
}
