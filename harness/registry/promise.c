/* What a version says of itself, and whether it keeps what the release before it promised. */
#include <string.h>

#include "harness/base/fs.h"
#include "harness/compat/release.h"
#include "harness/registry/store.h"

enum { JSON_BYTES = 16 * 1024 * 1024 };

bool mlt_registry_predecessor(struct mlt_registry *registry, const char *model, const char *version,
                              struct mlt_arena *arena, const char **out, struct mlt_err *err)
{
    struct mlt_version_record *records;
    struct mlt_semver limit, at;
    size_t count;
    *out = NULL;
    if ((version && !mlt_semver_parse(version, &limit, err)) ||
        !mlt_version_record_list(registry, model, arena, &records, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (!mlt_semver_parse(records[i].version, &at, err))
            return false;
        if (at.stage == MLT_STAGE_RELEASE && (!version || mlt_semver_compare(&at, &limit) < 0))
            *out = records[i].version;
    }
    return true;
}

/* One file of a registered version, as its manifest says it is. */
static bool read_file(struct mlt_registry *registry, const char *prefix,
                      const struct mlt_manifest *manifest, const char *name, struct mlt_buf *out,
                      struct mlt_arena *arena, struct mlt_err *err)
{
    char digest[MLT_SHA256_HEX];
    const struct mlt_manifest_file *file = mlt_manifest_find(manifest, name);
    char *key = mlt_arena_printf(arena, "%s/%s", prefix, name);
    if (!key)
        return mlt_err_oom(err);
    if (!file)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "%s is not in its manifest", key);
    return registry->blobs->ops->get(registry->blobs, key, JSON_BYTES, out, err) &&
           mlt_hash_bytes(out->data, out->len, digest, err) &&
           (strcmp(digest, file->sha256) == 0 ||
            mlt_err_set(err, MLT_ERR_EVIDENCE, "%s was altered", key));
}

static bool decode(const char *prefix, const struct mlt_buf *config, const struct mlt_buf *metadata,
                   struct mlt_arena *arena, struct mlt_contract *contract, struct mlt_metadata *out,
                   struct mlt_err *err)
{
    struct mlt_json *document;
    char *file = mlt_arena_printf(arena, "%s/config.json", prefix);
    char *other = mlt_arena_printf(arena, "%s/metadata.json", prefix);
    if (!file || !other)
        return mlt_err_oom(err);
    if (!mlt_json_parse(file, config->data, config->len, &document, err))
        return false;
    bool ok = mlt_contract_decode(file, document, arena, contract, err);
    mlt_json_free(document);
    return ok &&
           mlt_metadata_parse(other, metadata->data, metadata->len, NULL, NULL, arena, out, err);
}

static bool check_manifest(struct mlt_registry *registry, const char *model, const char *version,
                           const char *prefix, struct mlt_arena *arena, struct mlt_manifest *out,
                           struct mlt_err *err)
{
    struct mlt_version_record record;
    char digest[MLT_SHA256_HEX];
    if (!mlt_version_record_want(registry, model, version, arena, &record, err) ||
        !mlt_store_manifest(registry, prefix, arena, out, digest, err))
        return false;
    return strcmp(digest, record.digest) == 0 ||
           mlt_err_set(err, MLT_ERR_EVIDENCE, "%s/MANIFEST.json was altered", prefix);
}

static bool read_words(struct mlt_registry *registry, const char *model, const char *version,
                       bool with_metrics, struct mlt_arena *arena, struct mlt_version_words *out,
                       struct mlt_err *err)
{
    struct mlt_manifest manifest;
    struct mlt_buf config = MLT_BUF_INIT, text = MLT_BUF_INIT, metrics = MLT_BUF_INIT;
    char *prefix = mlt_arena_printf(arena, "%s/%s", model, version);
    if (!prefix)
        return mlt_err_oom(err);
    bool ok = check_manifest(registry, model, version, prefix, arena, &manifest, err) &&
              read_file(registry, prefix, &manifest, "config.json", &config, arena, err) &&
              read_file(registry, prefix, &manifest, "metadata.json", &text, arena, err) &&
              (!with_metrics ||
               read_file(registry, prefix, &manifest, "metrics.json", &metrics, arena, err)) &&
              decode(prefix, &config, &text, arena, &out->contract, &out->metadata, err);
    if (ok)
        out->metrics_json = mlt_arena_strndup(arena, metrics.data, metrics.len);
    mlt_buf_free(&config);
    mlt_buf_free(&text);
    mlt_buf_free(&metrics);
    return ok && (out->metrics_json || mlt_err_oom(err));
}

bool mlt_registry_words(struct mlt_registry *registry, const char *model, const char *version,
                        struct mlt_arena *arena, struct mlt_version_words *out, struct mlt_err *err)
{
    return read_words(registry, model, version, true, arena, out, err);
}

bool mlt_version_keeps_promise(struct mlt_registry *registry, const struct mlt_version *v,
                               struct mlt_arena *arena, struct mlt_err *err)
{
    struct mlt_version_words words;
    struct mlt_compat_report report;
    const char *before;
    char next[MLT_SEMVER_CHARS];
    if (!mlt_registry_predecessor(registry, v->model, v->version, arena, &before, err))
        return false;
    if (!before)
        return true;
    if (!read_words(registry, v->model, before, false, arena, &words, err))
        return mlt_err_prefix(err, "%s@%s, with which %s is compared", v->model, before,
                              v->version);
    const struct mlt_release from = {before, &words.contract, &words.metadata};
    const struct mlt_release to = {v->version, &v->contract, &v->metadata};
    if (!mlt_compat_compare(&from, &to, arena, &report, err))
        return false;
    if (report.accepted)
        return true;
    return mlt_err_set(
        err, MLT_ERR_USAGE,
        "%s@%s does not keep what %s promised: %s%s; %s%s (mltest registry check-compat %s@%s "
        "FOLDER shows all)",
        v->model, v->version, before, report.reasons[0],
        report.reason_count > 1 ? ", and more" : "",
        report.needs > report.given ? "release it as " : "complete the changelog",
        report.needs > report.given ? mlt_semver_format(&report.next, next) : "", v->model, before);
}
