#include "flows/setting.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flows/builtins.h"
#include "harness/base/fs.h"
#include "harness/base/str.h"

bool mlt_setting_is_folder(const char *ref)
{
    return strchr(ref, '/') || strcmp(ref, ".") == 0 || strcmp(ref, "..") == 0;
}

static bool load_config(const char *path, struct mlt_arena *arena, struct mlt_setting *out,
                        struct mlt_err *err)
{
    const struct mlt_config_tables *tables = mlt_builtin_config_tables(arena);
    if (!tables)
        return mlt_err_oom(err);
    if (!mlt_config_load(path, tables, arena, &out->config, err))
        return false;
    out->has_config = true;
    return true;
}

/* -C DIR holds the file itself; otherwise it may be in a folder above. */
static bool find_config(const struct mlt_setting_request *request, struct mlt_arena *arena,
                        struct mlt_setting *out, struct mlt_err *err)
{
    if (request->dir) {
        char *path = mlt_fs_join(arena, request->dir, "mltest.yaml");
        if (!path)
            return mlt_err_oom(err);
        if (mlt_fs_kind(path) == MLT_FS_ABSENT && !request->needs_config)
            return true;
        return load_config(path, arena, out, err);
    }
    char *path = mlt_config_find(".", arena);
    return path ? load_config(path, arena, out, err) : true;
}

static const char *registry_url(const char *asked, const struct mlt_setting *setting)
{
    if (asked)
        return asked;
    const char *env = getenv("MLTEST_REGISTRY");
    if (env && *env)
        return env;
    return setting->has_config ? setting->config.registry : NULL;
}

static bool to_subject(const struct mlt_version *version, struct mlt_arena *arena,
                       struct mlt_subject *out, struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    char *path = mlt_fs_join(arena, version->dir, "metadata.json");
    if (!path)
        return mlt_err_oom(err);
    if (!mlt_fs_read(path, 1 << 20, &text, err)) {
        mlt_buf_free(&text);
        return false;
    }
    out->metadata_json = mlt_arena_strndup(arena, text.data, text.len);
    mlt_buf_free(&text);
    out->model = version->model;
    out->version = version->version;
    out->dir = version->dir;
    out->artifact = version->artifact;
    memcpy(out->digest, version->digest, sizeof out->digest);
    memcpy(out->artifact_digest, version->artifact_digest, sizeof out->artifact_digest);
    out->config_json = version->config_json;
    out->contract = &version->contract;
    return out->metadata_json ? true : mlt_err_oom(err);
}

static bool resolve(struct mlt_setting *setting, const char *ref, const char *default_model,
                    struct mlt_arena *arena, struct mlt_version *out, struct mlt_err *err)
{
    if (ref && mlt_setting_is_folder(ref))
        return mlt_version_from_dir(ref, arena, out, err);
    struct mlt_model_ref parsed = {{0}, {0}};
    if (ref) {
        if (!mlt_model_ref_parse(ref, &parsed, err))
            return false;
    } else if (default_model) {
        snprintf(parsed.model, sizeof parsed.model, "%s", default_model);
    } else {
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "which model? Give MODEL[@VERSION], or stand where a mltest.yaml is "
                           "(mltest init makes one)");
    }
    if (!setting->registry)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "%s is looked up in a registry, and none is named: use --registry URL, "
                           "MLTEST_REGISTRY or `registry:` in mltest.yaml, or give the path of a "
                           "version's folder",
                           parsed.model);
    return mlt_registry_get(setting->registry, parsed.model, parsed.version, arena, out, err);
}

static bool config_of_version(struct mlt_setting *setting, struct mlt_arena *arena,
                              struct mlt_err *err)
{
    char *path = mlt_fs_join(arena, setting->version.dir, "tests/mltest.yaml");
    if (!path)
        return mlt_err_oom(err);
    if (mlt_fs_kind(path) != MLT_FS_FILE)
        return mlt_err_set(
            err, MLT_ERR_USAGE,
            "no mltest.yaml in this folder or above, and none in tests/ of %s@%s: use "
            "-C DIR, or mltest init to make one",
            setting->version.model, setting->version.version);
    if (load_config(path, arena, setting, err))
        return true;
    return mlt_err_prefix(
        err,
        "no mltest.yaml in this folder or above (-C DIR names another), and the one "
        "that %s@%s carries cannot be used",
        setting->version.model, setting->version.version);
}

bool mlt_setting_open(const struct mlt_setting_request *request, struct mlt_arena *arena,
                      struct mlt_setting *out, struct mlt_err *err)
{
    memset(out, 0, sizeof *out);
    if (!find_config(request, arena, out, err))
        return false;
    const char *url = registry_url(request->registry, out);
    if (url) {
        if (!mlt_registry_open(url, request->read_only, &out->registry, err))
            return false;
        out->registry_url = mlt_arena_strdup(arena, mlt_registry_url(out->registry));
        if (!out->registry_url)
            return mlt_err_oom(err);
    } else if (request->needs_registry) {
        return mlt_err_set(
            err, MLT_ERR_USAGE,
            "no registry is named: use --registry URL, MLTEST_REGISTRY or `registry:` "
            "in mltest.yaml");
    }
    const char *model = out->has_config ? out->config.model : NULL;
    if (!resolve(out, request->ref, model, arena, &out->version, err))
        return false;
    if (!out->has_config && request->needs_config && !config_of_version(out, arena, err))
        return false;
    if (out->has_config && strcmp(out->config.model, out->version.model) != 0) {
        if (request->needs_config)
            return mlt_err_set(
                err, MLT_ERR_USAGE,
                "%s is the configuration of %s, not of %s: use -C DIR with the folder "
                "of its own mltest.yaml",
                out->config.path, out->config.model, out->version.model);
        out->has_config = false;
    }
    return to_subject(&out->version, arena, &out->candidate, err);
}

bool mlt_setting_baseline(struct mlt_setting *setting, const char *ref, struct mlt_arena *arena,
                          struct mlt_err *err)
{
    if (!ref)
        ref = setting->has_config && setting->config.baseline ? setting->config.baseline
                                                              : "production";
    setting->baseline_ref = ref;
    if (strcmp(ref, "none") == 0)
        return true;
    const char *full = ref;
    if (!mlt_setting_is_folder(ref) && !strchr(ref, '@')) {
        full = mlt_arena_printf(arena, "%s@%s", setting->version.model, ref);
        if (!full)
            return mlt_err_oom(err);
    }
    if (!resolve(setting, full, NULL, arena, &setting->baseline_version, err))
        return mlt_err_prefix(err, "the baseline \"%s\" cannot be had", ref);
    if (strcmp(setting->baseline_version.digest, setting->version.digest) == 0)
        return mlt_err_set(
            err, MLT_ERR_USAGE,
            "the baseline \"%s\" is the candidate itself (%s@%s, same digest): comparing "
            "a version with itself shows nothing. Name another baseline, or `none` for a "
            "first release",
            ref, setting->version.model, setting->version.version);
    if (strcmp(setting->baseline_version.model, setting->version.model) != 0)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "the baseline is a version of %s, the candidate of %s",
                           setting->baseline_version.model, setting->version.model);
    setting->has_baseline = true;
    return to_subject(&setting->baseline_version, arena, &setting->baseline, err);
}

void mlt_setting_close(struct mlt_setting *setting)
{
    mlt_registry_close(setting->registry);
    setting->registry = NULL;
}

bool mlt_setting_registry_if_named(const char *registry, const char *dir, bool read_only,
                                   struct mlt_arena *arena, struct mlt_registry **out,
                                   struct mlt_err *err)
{
    struct mlt_setting setting = {0};
    const char *url = registry_url(registry, &setting);
    *out = NULL;
    if (!url) {
        const struct mlt_setting_request request = {.dir = dir};
        if (!find_config(&request, arena, &setting, err))
            return false;
        url = registry_url(NULL, &setting);
    }
    return !url || mlt_registry_open(url, read_only, out, err);
}

bool mlt_setting_registry(const char *registry, const char *dir, bool read_only,
                          struct mlt_arena *arena, struct mlt_registry **out, struct mlt_err *err)
{
    return mlt_setting_registry_if_named(registry, dir, read_only, arena, out, err) &&
           (*out ||
            mlt_err_set(err, MLT_ERR_USAGE,
                        "no registry is named: use --registry URL, MLTEST_REGISTRY or `registry:` "
                        "in mltest.yaml"));
}
