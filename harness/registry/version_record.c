#include <stdlib.h>
#include <string.h>

#include "harness/base/clock.h"
#include "harness/base/str.h"
#include "harness/registry/store.h"

const char *mlt_version_record_now(struct mlt_arena *arena)
{
    char text[MLT_TIME_CHARS];
    return mlt_arena_strdup(arena, mlt_clock_format(mlt_clock_true_s(), text));
}

char *mlt_version_record_encode(const struct mlt_version_record *record, struct mlt_arena *arena,
                                struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_json_out json;
    mlt_json_out_init(&json, &text, false);
    mlt_json_out_object(&json);
    mlt_json_out_kstring(&json, "digest", record->digest);
    mlt_json_out_kstring(&json, "artifact_digest", record->artifact_digest);
    mlt_json_out_kstring(&json, "state", record->state);
    if (record->state_since)
        mlt_json_out_kstring(&json, "state_since", record->state_since);
    if (record->removal_date)
        mlt_json_out_kstring(&json, "removal_date", record->removal_date);
    mlt_json_out_kbool(&json, "reached_production", record->reached_production);
    mlt_json_out_kstring(&json, "registered_at", record->registered_at);
    mlt_json_out_kstring(&json, "registered_by", record->registered_by);
    mlt_json_out_object_end(&json);
    return mlt_store_json(&json, arena, err);
}

/* A text that may be missing; false when memory is out, or what stands there is none. */
static bool decode_optional(const struct mlt_json *node, const char *key, struct mlt_arena *arena,
                            const char **out)
{
    const struct mlt_json *value = mlt_json_get(node, key);
    *out = value ? mlt_arena_strdup(arena, mlt_json_string(value)) : NULL;
    return !value || *out;
}

static bool decode(const struct mlt_json *node, struct mlt_arena *arena,
                   struct mlt_version_record *out)
{
    const char *digest = mlt_json_string(mlt_json_get(node, "digest"));
    const char *artifact = mlt_json_string(mlt_json_get(node, "artifact_digest"));
    out->state = mlt_json_text(node, "state", arena);
    out->registered_at =
        mlt_json_text(node, "registered_at", arena);
    out->registered_by =
        mlt_json_text(node, "registered_by", arena);
    if (!digest || !mlt_hash_is_hex(digest) || !artifact || !mlt_hash_is_hex(artifact) ||
        !out->state || !out->registered_at || !out->registered_by ||
        !decode_optional(node, "state_since", arena, &out->state_since) ||
        !decode_optional(node, "removal_date", arena, &out->removal_date) ||
        !mlt_json_bool(mlt_json_get(node, "reached_production"), &out->reached_production))
        return false;
    strcpy(out->digest, digest);
    strcpy(out->artifact_digest, artifact);
    return true;
}

bool mlt_version_record_decode(const struct mlt_record *record, struct mlt_arena *arena,
                               struct mlt_version_record *out, struct mlt_err *err)
{
    struct mlt_version_record v = {.revision = record->revision};
    struct mlt_json *document;
    struct mlt_semver semver;
    v.version = record->key + strlen("version/");
    if (!mlt_json_parse_kept(record->key, record->value, strlen(record->value), &document, err))
        return mlt_err_prefix(err, "the record of %s", record->partition);
    bool ok = decode(document, arena, &v) && mlt_semver_parse(v.version, &semver, err);
    mlt_json_free(document);
    if (!ok)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "the record %s of %s is not one of a version",
                           record->key, record->partition);
    *out = v;
    return true;
}

bool mlt_version_record_get(struct mlt_registry *registry, const char *model, const char *version,
                            struct mlt_arena *arena, bool *found, struct mlt_version_record *out,
                            struct mlt_err *err)
{
    struct mlt_record record;
    char *key = mlt_arena_printf(arena, "version/%s", version);
    if (!key)
        return mlt_err_oom(err);
    return mlt_store_get(registry, model, key, arena, found, &record, err) &&
           (!*found || mlt_version_record_decode(&record, arena, out, err));
}

static int by_precedence(const void *a, const void *b)
{
    const struct mlt_version_record *left = a, *right = b;
    struct mlt_semver left_version, right_version;
    struct mlt_err ignored = MLT_ERR_INIT;
    /* Decoding has checked both already. */
    if (!mlt_semver_parse(left->version, &left_version, &ignored) ||
        !mlt_semver_parse(right->version, &right_version, &ignored))
        return strcmp(left->version, right->version);
    return mlt_semver_compare(&left_version, &right_version);
}

bool mlt_version_record_list(struct mlt_registry *registry, const char *model,
                             struct mlt_arena *arena, struct mlt_version_record **out,
                             size_t *out_count, struct mlt_err *err)
{
    struct mlt_record *records;
    size_t count;
    if (!mlt_store_query(registry, model, "version/", arena, &records, &count, err))
        return false;
    struct mlt_version_record *versions = mlt_arena_calloc(arena, count, sizeof *versions);
    if (!versions)
        return mlt_err_oom(err);
    for (size_t i = 0; i < count; i++)
        if (!mlt_version_record_decode(&records[i], arena, &versions[i], err))
            return false;
    if (count)
        qsort(versions, count, sizeof *versions, by_precedence);
    *out = versions;
    *out_count = count;
    return true;
}

long mlt_version_record_latest(const struct mlt_version_record *records, size_t count)
{
    for (size_t i = count; i-- > 0;)
        if (records[i].reached_production && strchr(records[i].version, '-') == NULL &&
            strcmp(records[i].state, "Archived") != 0)
            return (long)i;
    return -1;
}

static bool unknown_model(struct mlt_registry *registry, const char *model, struct mlt_arena *arena,
                          struct mlt_err *err)
{
    char **models;
    size_t count;
    if (!mlt_registry_models(registry, arena, &models, &count, err))
        return false;
    const char **names = mlt_arena_calloc(arena, count + 1, sizeof *names);
    if (!names)
        return mlt_err_oom(err);
    for (size_t i = 0; i < count; i++)
        names[i] = models[i];
    const char *nearest = mlt_str_nearest(model, names);
    return mlt_err_set(err, MLT_ERR_USAGE, "the registry %s has no model \"%s\"%s%s%s",
                       mlt_registry_url(registry), model, nearest ? "; did you mean \"" : "",
                       nearest ? nearest : "", nearest ? "\"?" : "");
}

bool mlt_version_record_want(struct mlt_registry *registry, const char *model, const char *version,
                             struct mlt_arena *arena, struct mlt_version_record *out,
                             struct mlt_err *err)
{
    struct mlt_version_record *all;
    size_t count;
    if (!mlt_version_record_list(registry, model, arena, &all, &count, err))
        return false;
    if (count == 0)
        return unknown_model(registry, model, arena, err);
    const char **names = mlt_arena_calloc(arena, count + 1, sizeof *names);
    if (!names)
        return mlt_err_oom(err);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(all[i].version, version) == 0) {
            *out = all[i];
            return true;
        }
        names[i] = all[i].version;
    }
    const char *nearest = mlt_str_nearest(version, names);
    return mlt_err_set(err, MLT_ERR_USAGE, "%s has no version \"%.60s\": %s%s", model, version,
                       nearest ? "the nearest is " : "its newest is ",
                       nearest ? nearest : all[count - 1].version);
}
