/* A version's folder: the six required artifacts and what they say. */
#include <ctype.h>
#include <string.h>

#include "harness/base/fs.h"
#include "harness/base/str.h"
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

static bool is_model_card(const char *path)
{
    char name[64];
    size_t len = 0;
    if (!mlt_str_starts(path, "docs/"))
        return false;
    for (const char *at = mlt_fs_basename(path); *at && len + 1 < sizeof name; at++)
        if (isalnum((unsigned char)*at))
            name[len++] = (char)tolower((unsigned char)*at);
    name[len] = '\0';
    return mlt_str_starts(name, "modelcard");
}

/* "<model>-<version>.<ext>" or "model.<ext>", directly in the folder. */
static bool is_artifact_name(const char *path, const char *model, const char *version)
{
    size_t len = strlen(model);
    const char *rest = path;
    if (strchr(path, '/'))
        return false;
    if (mlt_str_starts(path, "model."))
        return path[strlen("model.")] != '\0';
    if (strncmp(rest, model, len) != 0 || rest[len] != '-')
        return false;
    rest += len + 1;
    len = strlen(version);
    return strncmp(rest, version, len) == 0 && rest[len] == '.' && rest[len + 1] != '\0';
}

/* A hint for a model file with a wrong name: the first file that is none of the others. */
static const char *stray_file(const struct mlt_manifest *manifest)
{
    for (size_t i = 0; i < manifest->count; i++) {
        const char *path = manifest->files[i].path;
        if (!strchr(path, '/') && !mlt_str_ends(path, ".json") && !mlt_str_ends(path, ".md"))
            return path;
    }
    return NULL;
}

static bool check_required(const char *dir, const struct mlt_version *v, const char *artifact,
                           struct mlt_err *err)
{
    struct mlt_buf lacks = MLT_BUF_INIT;
    bool card = false, tests = false;
    for (size_t i = 0; i < v->manifest.count; i++) {
        card = card || is_model_card(v->manifest.files[i].path);
        tests = tests || mlt_str_starts(v->manifest.files[i].path, "tests/");
    }
    if (!artifact) {
        const char *stray = stray_file(&v->manifest);
        mlt_buf_printf(&lacks, ", the model file %.128s-%s.EXT or model.EXT", v->model, v->version);
        const char *dot = stray ? strrchr(stray, '.') : NULL;
        if (stray)
            mlt_buf_printf(&lacks, " (rename %.100s to %.128s-%s%.20s)", stray, v->model,
                           v->version, dot ? dot : ".bin");
    }
    if (!mlt_manifest_find(&v->manifest, "metrics.json"))
        mlt_buf_puts(&lacks, ", metrics.json");
    if (!card)
        mlt_buf_puts(&lacks, ", a model card in docs/ (docs/model_card.md)");
    if (!tests)
        mlt_buf_puts(&lacks, ", at least one file in tests/");
    bool ok = mlt_buf_check(&lacks, err);
    if (ok && lacks.len)
        ok = mlt_err_set(err, MLT_ERR_USAGE, "%s lacks %s", dir, lacks.data + 2);
    mlt_buf_free(&lacks);
    return ok;
}

/* The one file with a model file's name; where there are several, config.json's adapter.artifact
 * says which. NULL in `*out` when there is none. */
static bool find_artifact(const char *dir, const struct mlt_version *v,
                          const struct mlt_json *config, const struct mlt_manifest_file **out,
                          struct mlt_err *err)
{
    const struct mlt_manifest_file *found = NULL;
    const char *named = mlt_json_string(mlt_json_get(mlt_json_get(config, "adapter"), "artifact"));
    for (size_t i = 0; i < v->manifest.count; i++) {
        const struct mlt_manifest_file *file = &v->manifest.files[i];
        if (!is_artifact_name(file->path, v->model, v->version))
            continue;
        if (named && strcmp(named, file->path) == 0) {
            *out = file;
            return true;
        }
        if (found && !named)
            return mlt_err_set(
                err, MLT_ERR_USAGE,
                "%s has two model files, %s and %s: name the right one in config.json "
                "as \"adapter\": {\"artifact\": …}",
                dir, found->path, file->path);
        found = file;
    }
    if (named && !mlt_manifest_find(&v->manifest, named))
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "%s/config.json: adapter.artifact: there is no file \"%.100s\"", dir,
                           named);
    if (named && found)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "%s/config.json: adapter.artifact: \"%.100s\" is not named like a model "
                           "file: expected %s",
                           dir, named, found->path);
    *out = found;
    return true;
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

static bool read_metadata(const char *dir, const char *model, const char *version,
                          struct mlt_arena *arena, struct mlt_version *out, struct mlt_err *err)
{
    const char *text;
    size_t len;
    char *file = mlt_fs_join(arena, dir, "metadata.json");
    if (!file)
        return mlt_err_oom(err);
    if (!read_text(dir, "metadata.json", arena, &text, &len, err) ||
        !mlt_metadata_parse(file, text, len, model, version, arena, &out->metadata, err))
        return false;
    out->model = out->metadata.model_name;
    out->version = out->metadata.version;
    return true;
}

static bool check_metrics(const char *dir, struct mlt_arena *arena, struct mlt_err *err)
{
    const char *text;
    struct mlt_json *document;
    size_t len;
    char *file = mlt_fs_join(arena, dir, "metrics.json");
    if (!file)
        return mlt_err_oom(err);
    if (!read_text(dir, "metrics.json", arena, &text, &len, err) ||
        !mlt_json_parse(file, text, len, &document, err))
        return false;
    bool ok = mlt_json_type(document) == MLT_JSON_OBJECT ||
              mlt_err_set(err, MLT_ERR_USAGE, "%s: expected an object, found %s", file,
                          mlt_json_type_name(mlt_json_type(document)));
    mlt_json_free(document);
    return ok;
}

static bool read_config(const char *dir, struct mlt_arena *arena, struct mlt_version *out,
                        struct mlt_err *err)
{
    const struct mlt_manifest_file *artifact = NULL;
    struct mlt_json *config;
    size_t len;
    char *file = mlt_fs_join(arena, dir, "config.json");
    if (!file)
        return mlt_err_oom(err);
    if (!read_text(dir, "config.json", arena, &out->config_json, &len, err) ||
        !mlt_json_parse(file, out->config_json, len, &config, err))
        return false;
    bool ok = mlt_contract_decode(file, config, arena, &out->contract, err) &&
              check_config_says(file, config, "model", out->model, err) &&
              check_config_says(file, config, "version", out->version, err) &&
              find_artifact(dir, out, config, &artifact, err) &&
              check_required(dir, out, artifact ? artifact->path : NULL, err);
    mlt_json_free(config);
    if (!ok)
        return false;
    strcpy(out->artifact_digest, artifact->sha256);
    out->artifact = mlt_fs_join(arena, dir, artifact->path);
    return out->artifact || mlt_err_oom(err);
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

bool mlt_version_read(const char *dir, const char *model, const char *version,
                      const struct mlt_manifest *verified, struct mlt_arena *arena,
                      struct mlt_version *out, struct mlt_err *err)
{
    struct mlt_version v = {.state = "", .registered_at = ""};
    char *absolute = mlt_fs_absolute(arena, dir, err);
    if (!absolute)
        return false;
    if (mlt_fs_kind(absolute) != MLT_FS_DIR)
        return mlt_err_set(err, MLT_ERR_USAGE, "%s is not a folder", dir);
    v.dir = absolute;
    if (!read_metadata(absolute, model, version, arena, &v, err))
        return false;
    if (verified) {
        v.manifest = *verified;
        if (!digest_of(verified, v.digest, err))
            return false;
    } else if (!scan(&v, arena, err)) {
        return false;
    }
    if (!read_config(absolute, arena, &v, err) || !check_metrics(absolute, arena, err) ||
        !check_source(&v, err))
        return false;
    *out = v;
    return true;
}

bool mlt_version_from_dir(const char *dir, struct mlt_arena *arena, struct mlt_version *out,
                          struct mlt_err *err)
{
    return mlt_version_read(dir, NULL, NULL, NULL, arena, out, err);
}
