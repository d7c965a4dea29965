/* A version's folder: the six required artifacts and what they say. */
#include <string.h>

#include "harness/base/fs.h"
#include "harness/registry/artifacts.h"
#include "harness/registry/store.h"

enum { JSON_BYTES = 16 * 1024 * 1024 };

static bool read_text(const char *dir, const char *name, struct mlt_arena *arena,
                      const char **out_text, size_t *out_len, struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    char *path = mlt_fs_join(arena, dir, name);
    bool ok = path ? mlt_fs_read(path, JSON_BYTES, &text, err) : mlt_err_oom(err);
    if (ok) {
        *out_len = text.len;
        *out_text = mlt_arena_strndup(arena, text.data, text.len);
        ok = *out_text || mlt_err_oom(err);
    }
    mlt_buf_free(&text);
    return ok;
}

static bool check_config_says(const char *file, const struct mlt_json *config, const char *key,
                              const char *wanted, struct mlt_err *err)
{
    const struct mlt_json *node = mlt_json_get(config, key);
    const char *text = mlt_json_string(node);
    if (!node || (text && strcmp(text, wanted) == 0))
        return true;
    return mlt_err_set(err, MLT_ERR_USAGE, "%s: %s: expected \"%s\", found %s%.140s%s", file, key,
                       wanted, text ? "\"" : "",
                       text ? text : mlt_json_type_name(mlt_json_type(node)), text ? "\"" : "");
}

/* What metadata say was committed is what is in the folder. */
static bool check_source(const struct mlt_version *v, struct mlt_err *err)
{
    const struct mlt_source *source = v->metadata.source;
    return !source || mlt_source_agrees(source, &v->manifest, err) ||
           mlt_err_prefix(err, "%s/metadata.json", v->dir);
}

/* A folder that is being read: what is known of it, and what is wrong with it. */
struct reading {
    struct mlt_version *version;
    struct mlt_manifest files; /* without digests, unless they are known */
    struct mlt_faults faults;
    struct mlt_arena *arena;
    bool has_metadata;
};

/* The text of a file that is there and not empty; NULL otherwise: who checks the files tells. */
static bool read_file(const struct reading *r, const char *name, const char **out_file,
                      const char **out_text, size_t *out_len, struct mlt_err *err)
{
    const struct mlt_manifest_file *file = mlt_manifest_find(&r->files, name);
    *out_text = NULL;
    if (!file || file->bytes == 0)
        return true;
    *out_file = mlt_fs_join(r->arena, r->version->dir, name);
    if (!*out_file)
        return mlt_err_oom(err);
    return read_text(r->version->dir, name, r->arena, out_text, out_len, err);
}

static bool read_metadata(struct reading *r, const char *model, const char *version,
                          struct mlt_err *err)
{
    struct mlt_version *v = r->version;
    const char *text, *file;
    size_t len;
    v->model = model;
    v->version = version;
    if (!read_file(r, "metadata.json", &file, &text, &len, err))
        return false;
    if (!text)
        return true;
    if (!mlt_metadata_parse(file, text, len, model, version, r->arena, &v->metadata, err))
        return mlt_faults_take(&r->faults, err);
    r->has_metadata = true;
    v->model = v->metadata.model_name;
    v->version = v->metadata.version;
    return true;
}

static bool read_config(struct reading *r, struct mlt_json **out, struct mlt_err *err)
{
    struct mlt_version *v = r->version;
    const char *file;
    size_t len;
    *out = NULL;
    if (!read_file(r, "config.json", &file, &v->config_json, &len, err))
        return false;
    if (!v->config_json)
        return true;
    if (!mlt_json_parse(file, v->config_json, len, out, err))
        return mlt_faults_take(&r->faults, err);
    if (!mlt_contract_decode(file, *out, r->arena, &v->contract, err) &&
        !mlt_faults_take(&r->faults, err))
        return false;
    if (v->model && !check_config_says(file, *out, "model", v->model, err) &&
        !mlt_faults_take(&r->faults, err))
        return false;
    return !v->version || check_config_says(file, *out, "version", v->version, err) ||
           mlt_faults_take(&r->faults, err);
}

static bool read_metrics(struct reading *r, struct mlt_err *err)
{
    const struct mlt_version *v = r->version;
    const char *text, *file;
    size_t len;
    if (!read_file(r, "metrics.json", &file, &text, &len, err))
        return false;
    return !text ||
           mlt_artifacts_check_metrics(file, text, len, v->model, v->version,
                                       r->has_metadata ? &v->metadata : NULL, r->arena, err) ||
           mlt_faults_take(&r->faults, err);
}

/* All six artifacts. What was registered once stays readable, whatever is asked of new versions. */
static bool read_artifacts(struct reading *r, const char *model, const char *version,
                           bool registered, const char **artifact, struct mlt_err *err)
{
    struct mlt_version *v = r->version;
    struct mlt_faults ignored = {v->dir, MLT_BUF_INIT, 0};
    struct mlt_json *config;
    if (!read_metadata(r, model, version, err) || !read_config(r, &config, err))
        return false;
    bool ok = registered || read_metrics(r, err);
    mlt_artifacts_check(&r->files, v->model, v->version, config, registered ? &ignored : &r->faults,
                        artifact);
    mlt_json_free(config);
    mlt_faults_free(&ignored);
    if (!ok || !mlt_faults_report(&r->faults, err))
        return false;
    return (r->has_metadata && v->config_json && *artifact) ||
           mlt_err_set(err, MLT_ERR_EVIDENCE, "%s is not a whole version", v->dir);
}

static bool digest_of(const struct mlt_manifest *manifest, char out[MLT_SHA256_HEX],
                      struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    bool ok =
        mlt_manifest_encode(manifest, &text, err) && mlt_hash_bytes(text.data, text.len, out, err);
    mlt_buf_free(&text);
    return ok;
}

/* A MANIFEST.json that came with the folder must agree with it. */
static bool check_manifest(const char *dir, const struct mlt_version *v, struct mlt_arena *arena,
                           struct mlt_err *err)
{
    struct mlt_manifest brought;
    const char *text;
    size_t len;
    char digest[MLT_SHA256_HEX];
    char *file = mlt_fs_join(arena, dir, "MANIFEST.json");
    if (!file)
        return mlt_err_oom(err);
    if (mlt_fs_kind(file) == MLT_FS_ABSENT)
        return true;
    if (!read_text(dir, "MANIFEST.json", arena, &text, &len, err) ||
        !mlt_manifest_decode(file, text, len, arena, &brought, err) ||
        !mlt_manifest_verify(dir, &brought, err) || !digest_of(&brought, digest, err))
        return false;
    return strcmp(digest, v->digest) == 0 ||
           mlt_err_set(err, MLT_ERR_EVIDENCE, "%s is the manifest of %s@%s, not of %s@%s", file,
                       brought.model, brought.version, v->model, v->version);
}

static bool scan(struct mlt_version *v, struct mlt_arena *arena, struct mlt_err *err)
{
    return mlt_manifest_scan(v->dir, v->model, v->version, arena, &v->manifest, err) &&
           digest_of(&v->manifest, v->digest, err) && check_manifest(v->dir, v, arena, err);
}

/* The digests, of the folder as it is now: the listing before may be of another moment. */
static bool finish(struct mlt_version *v, const struct mlt_manifest *verified, const char *artifact,
                   struct mlt_arena *arena, struct mlt_err *err)
{
    if (verified) {
        v->manifest = *verified;
        if (!digest_of(verified, v->digest, err))
            return false;
    } else if (!scan(v, arena, err) || !check_source(v, err)) {
        return false;
    }
    const struct mlt_manifest_file *file = mlt_manifest_find(&v->manifest, artifact);
    if (!file)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "%s changed while it was read: %s is gone",
                           v->dir, artifact);
    strcpy(v->artifact_digest, file->sha256);
    v->artifact = mlt_fs_join(arena, v->dir, artifact);
    return v->artifact || mlt_err_oom(err);
}

bool mlt_version_read(const char *dir, const char *model, const char *version,
                      const struct mlt_manifest *verified, struct mlt_arena *arena,
                      struct mlt_version *out, struct mlt_err *err)
{
    struct mlt_version v = {.state = "", .registered_at = ""};
    const char *artifact = NULL;
    v.dir = mlt_fs_absolute(arena, dir, err);
    if (!v.dir)
        return false;
    if (mlt_fs_kind(v.dir) != MLT_FS_DIR)
        return mlt_err_set(err, MLT_ERR_USAGE, "%s is not a folder", dir);
    struct reading reading = {.version = &v, .faults = {v.dir, MLT_BUF_INIT, 0}, .arena = arena};
    if (verified)
        reading.files = *verified;
    bool ok = (verified || mlt_artifacts_list(v.dir, arena, &reading.files, err)) &&
              read_artifacts(&reading, model, version, verified != NULL, &artifact, err) &&
              finish(&v, verified, artifact, arena, err);
    mlt_faults_free(&reading.faults);
    if (ok)
        *out = v;
    return ok;
}

bool mlt_version_from_dir(const char *dir, struct mlt_arena *arena, struct mlt_version *out,
                          struct mlt_err *err)
{
    return mlt_version_read(dir, NULL, NULL, NULL, arena, out, err);
}
