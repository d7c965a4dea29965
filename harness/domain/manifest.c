#include "harness/domain/manifest.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/fs.h"
#include "harness/base/str.h"
#include "harness/codec/json.h"
#include "harness/domain/semver.h"

enum { FORMAT = 1, FILES_MAX = 1000000 };

static const char manifest_name[] = "MANIFEST.json";

bool mlt_manifest_encode(const struct mlt_manifest *manifest, struct mlt_buf *out,
                         struct mlt_err *err)
{
    struct mlt_json_out json;
    mlt_json_out_init(&json, out, true);
    mlt_json_out_object(&json);
    mlt_json_out_kint(&json, "manifest", FORMAT);
    mlt_json_out_kstring(&json, "model", manifest->model);
    mlt_json_out_kstring(&json, "version", manifest->version);
    mlt_json_out_key(&json, "files");
    mlt_json_out_array(&json);
    for (size_t i = 0; i < manifest->count; i++) {
        const struct mlt_manifest_file *file = &manifest->files[i];
        mlt_json_out_object(&json);
        mlt_json_out_kstring(&json, "path", file->path);
        mlt_json_out_kint(&json, "bytes", (int64_t)file->bytes);
        mlt_json_out_kstring(&json, "sha256", file->sha256);
        mlt_json_out_object_end(&json);
    }
    mlt_json_out_array_end(&json);
    mlt_json_out_object_end(&json);
    mlt_buf_putc(out, '\n');
    return mlt_json_out_finish(&json, err) && mlt_buf_check(out, err);
}

static bool broken(struct mlt_err *err, const char *file, const char *what)
{
    return mlt_err_set(err, MLT_ERR_EVIDENCE, "%s is no manifest: %s", file, what);
}

/* A path that survives JSON and a terminal: UTF-8 without control characters. */
static bool is_plain_path(const char *path)
{
    for (const char *at = path; *at; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            return false;
    return mlt_fs_is_inside(path) && mlt_str_utf8_valid(path, strlen(path), NULL);
}

static bool decode_file(const char *name, const struct mlt_json *node, struct mlt_arena *arena,
                        struct mlt_manifest_file *out, struct mlt_err *err)
{
    const char *path = mlt_json_string(mlt_json_get(node, "path"));
    const char *sha256 = mlt_json_string(mlt_json_get(node, "sha256"));
    double bytes;
    if (!path || !is_plain_path(path) || strcmp(path, manifest_name) == 0)
        return broken(err, name, "a file's path is missing, or leaves the folder");
    if (!sha256 || !mlt_hash_is_hex(sha256))
        return broken(err, name, "a file's sha256 is not 64 lower-case hex digits");
    if (!mlt_json_number(mlt_json_get(node, "bytes"), &bytes) || !(bytes >= 0) ||
        bytes > 9007199254740992.0 || bytes != floor(bytes))
        return broken(err, name, "a file's size is not a whole number");
    out->path = mlt_arena_strdup(arena, path);
    if (!out->path)
        return mlt_err_oom(err);
    out->bytes = (uint64_t)bytes;
    strcpy(out->sha256, sha256);
    return true;
}

static bool decode_files(const char *name, const struct mlt_json *list, struct mlt_arena *arena,
                         struct mlt_manifest *out, struct mlt_err *err)
{
    size_t count = mlt_json_count(list);
    if (!list || mlt_json_type(list) != MLT_JSON_ARRAY || count > FILES_MAX)
        return broken(err, name, "\"files\" is not a list");
    out->files = mlt_arena_calloc(arena, count, sizeof *out->files);
    if (!out->files)
        return mlt_err_oom(err);
    for (const struct mlt_json *at = mlt_json_first(list); at; at = mlt_json_next(at)) {
        struct mlt_manifest_file *file = &out->files[out->count];
        if (!decode_file(name, at, arena, file, err))
            return false;
        if (out->count && strcmp(out->files[out->count - 1].path, file->path) >= 0)
            return broken(err, name, "its files are not sorted, or one is named twice");
        out->count++;
    }
    return true;
}

static bool decode(const char *name, const struct mlt_json *document, struct mlt_arena *arena,
                   struct mlt_manifest *out, struct mlt_err *err)
{
    struct mlt_semver v;
    struct mlt_manifest manifest = {0};
    double format;
    const char *model = mlt_json_string(mlt_json_get(document, "model"));
    const char *version = mlt_json_string(mlt_json_get(document, "version"));
    if (!mlt_json_number(mlt_json_get(document, "manifest"), &format) || format != FORMAT)
        return broken(err, name, "it does not begin with \"manifest\": 1");
    if (!model || !mlt_str_is_name(model) || !version || !mlt_semver_parse(version, &v, err))
        return broken(err, name, "its model or version is not one");
    manifest.model = mlt_arena_strdup(arena, model);
    manifest.version = mlt_arena_strdup(arena, version);
    if (!manifest.model || !manifest.version)
        return mlt_err_oom(err);
    if (!decode_files(name, mlt_json_get(document, "files"), arena, &manifest, err))
        return false;
    *out = manifest;
    return true;
}

bool mlt_manifest_decode(const char *file, const char *text, size_t len, struct mlt_arena *arena,
                         struct mlt_manifest *out, struct mlt_err *err)
{
    struct mlt_json *document;
    if (!mlt_json_parse_kept(file, text, len, &document, err))
        return false;
    bool ok = decode(file, document, arena, out, err);
    mlt_json_free(document);
    return ok;
}

bool mlt_manifest_scan(const char *dir, const char *model, const char *version,
                       struct mlt_arena *arena, struct mlt_manifest *out, struct mlt_err *err)
{
    struct mlt_manifest manifest = {.model = model, .version = version};
    char **paths;
    size_t count;
    if (!mlt_fs_list_files(dir, true, arena, &paths, &count, err))
        return false;
    manifest.files = mlt_arena_calloc(arena, count, sizeof *manifest.files);
    if (!manifest.files)
        return mlt_err_oom(err);
    for (size_t i = 0; i < count; i++) {
        struct mlt_manifest_file *file = &manifest.files[manifest.count];
        if (strcmp(paths[i], manifest_name) == 0)
            continue;
        if (!is_plain_path(paths[i]))
            return mlt_err_set(err, MLT_ERR_USAGE,
                               "%s: a file's name has control characters or is "
                               "not UTF-8",
                               dir);
        file->path = paths[i];
        char *path = mlt_fs_join(arena, dir, paths[i]);
        if (!path)
            return mlt_err_oom(err);
        if (!mlt_hash_file(path, file->sha256, &file->bytes, err))
            return false;
        manifest.count++;
    }
    *out = manifest;
    return true;
}

static int compare_path(const void *key, const void *file)
{
    return strcmp(key, ((const struct mlt_manifest_file *)file)->path);
}

const struct mlt_manifest_file *mlt_manifest_find(const struct mlt_manifest *manifest,
                                                  const char *path)
{
    if (manifest->count == 0)
        return NULL;
    return bsearch(path, manifest->files, manifest->count, sizeof *manifest->files, compare_path);
}

struct comparison {
    const char *dir;
    struct mlt_arena *arena;
    void (*fault)(void *context, const char *what);
    void *context;
};

static bool tell(const struct comparison *c, const char *path, const char *what,
                 struct mlt_err *err)
{
    char *text = mlt_arena_printf(c->arena, "%s/%s %s", c->dir, path, what);
    if (!text)
        return mlt_err_oom(err);
    c->fault(c->context, text);
    return true;
}

static bool compare_file(const struct comparison *c, const struct mlt_manifest_file *file,
                         struct mlt_err *err)
{
    char sha256[MLT_SHA256_HEX];
    uint64_t bytes;
    char *path = mlt_fs_join(c->arena, c->dir, file->path);
    if (!path)
        return mlt_err_oom(err);
    if (!mlt_hash_file(path, sha256, &bytes, err))
        return err->kind == MLT_ERR_USAGE && tell(c, file->path, "is missing", err);
    if (bytes == file->bytes && strcmp(sha256, file->sha256) == 0)
        return true;
    char *what = mlt_arena_printf(c->arena,
                                  "was altered: it has %llu bytes and SHA-256 %.12s…, registered "
                                  "were %llu bytes and %.12s…",
                                  (unsigned long long)bytes, sha256,
                                  (unsigned long long)file->bytes, file->sha256);
    return what ? tell(c, file->path, what, err) : mlt_err_oom(err);
}

/* Both lists are sorted: one walk finds what is missing, surplus or altered. */
static bool compare_lists(const struct comparison *c, const struct mlt_manifest *manifest,
                          char **paths, size_t count, struct mlt_err *err)
{
    size_t i = 0, j = 0;
    bool ok = true;
    while (ok && (i < manifest->count || j < count)) {
        if (j < count && strcmp(paths[j], manifest_name) == 0) {
            j++;
            continue;
        }
        int order = i == manifest->count ? 1
                    : j == count         ? -1
                                         : strcmp(manifest->files[i].path, paths[j]);
        if (order < 0)
            ok = tell(c, manifest->files[i++].path, "is missing", err);
        else if (order > 0)
            ok = tell(c, paths[j++], "is surplus: it was not there when it was registered", err);
        else {
            ok = compare_file(c, &manifest->files[i++], err);
            j++;
        }
    }
    return ok;
}

bool mlt_manifest_compare(const char *dir, const struct mlt_manifest *manifest,
                          void (*fault)(void *context, const char *what), void *context,
                          struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct comparison c = {dir, &arena, fault, context};
    char **paths;
    size_t count;
    /* What lists strictly fails on a link or a device, and says which: none was registered. */
    bool ok = mlt_fs_list_files(dir, true, &arena, &paths, &count, err);
    if (ok)
        ok = compare_lists(&c, manifest, paths, count, err);
    else if (err->kind == MLT_ERR_USAGE) {
        fault(context, err->text);
        ok = true;
    }
    mlt_arena_free(&arena);
    return ok;
}

struct first_fault {
    char text[1024];
    size_t count;
};

static void keep_first(void *context, const char *what)
{
    struct first_fault *first = context;
    if (first->count++ == 0)
        snprintf(first->text, sizeof first->text, "%.1000s", what);
}

bool mlt_manifest_verify(const char *dir, const struct mlt_manifest *manifest, struct mlt_err *err)
{
    struct first_fault first = {"", 0};
    if (!mlt_manifest_compare(dir, manifest, keep_first, &first, err))
        return false;
    if (first.count == 0)
        return true;
    if (first.count == 1)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "%s", first.text);
    return mlt_err_set(err, MLT_ERR_EVIDENCE, "%s; and %zu more file%s differ%s from the manifest",
                       first.text, first.count - 1, first.count == 2 ? "" : "s",
                       first.count == 2 ? "s" : "");
}
