#include "harness/domain/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/fs.h"
#include "harness/base/str.h"

static bool is_plain(const char *text)
{
    for (const char *at = text; *at; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            return false;
    return true;
}

static bool is_commit(const char *text)
{
    size_t len = strlen(text);
    return (len == 40 || len == 64) && strspn(text, "0123456789abcdef") == len;
}

/* "https://user:secret@host/": metadata are read by many. */
static bool has_password(const char *url)
{
    const char *scheme = strstr(url, "://");
    if (!scheme)
        return false;
    const char *from = scheme + 3, *at = strpbrk(from, "@/"), *colon = strchr(from, ':');
    return at && *at == '@' && colon && colon < at;
}

static bool check_keys(const struct mlt_json *node, struct mlt_err *err)
{
    static const char *const keys[] = {"repository", "commit", "path", "digests", NULL};
    for (const struct mlt_json *at = mlt_json_first(node); at; at = mlt_json_next(at)) {
        const char *key = mlt_json_key(at);
        size_t i = 0;
        while (keys[i] && strcmp(keys[i], key) != 0)
            i++;
        if (keys[i])
            continue;
        const char *nearest = mlt_str_nearest(key, keys);
        return mlt_err_set(err, MLT_ERR_USAGE, "unknown field \"%.60s\"%s%s%s", key,
                           nearest ? "; did you mean \"" : "", nearest ? nearest : "",
                           nearest ? "\"?" : ": expected repository, commit, path and digests");
    }
    return true;
}

static bool decode_text(const struct mlt_json *node, const char *key, struct mlt_arena *arena,
                        const char **out, struct mlt_err *err)
{
    const struct mlt_json *member = mlt_json_get(node, key);
    const char *text = mlt_json_string(member);
    if (!member)
        return true;
    if (!text)
        return mlt_err_set(err, MLT_ERR_USAGE, "%s: expected text, found %s", key,
                           mlt_json_type_name(mlt_json_type(member)));
    if (!is_plain(text))
        return mlt_err_set(err, MLT_ERR_USAGE, "%s: has control characters", key);
    *out = mlt_arena_strdup(arena, text);
    return *out || mlt_err_oom(err);
}

static bool decode_place(const struct mlt_json *node, struct mlt_arena *arena,
                         struct mlt_source *out, struct mlt_err *err)
{
    out->path = "";
    if (!decode_text(node, "repository", arena, &out->repository, err) ||
        !decode_text(node, "commit", arena, &out->commit, err) ||
        !decode_text(node, "path", arena, &out->path, err))
        return false;
    if (!out->repository || out->repository[strspn(out->repository, " ")] == '\0')
        return mlt_err_set(err, MLT_ERR_USAGE, "repository: expected the URL of the repository");
    if (has_password(out->repository))
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "repository: the URL carries a password: leave it out");
    if (!out->commit || !is_commit(out->commit))
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "commit: expected the 40 or 64 lower-case hex digits of a commit, found "
                           "\"%.80s\"",
                           out->commit ? out->commit : "");
    if (out->path[0] && !mlt_fs_is_inside(out->path))
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "path: expected a folder inside the repository, found \"%.100s\"",
                           out->path);
    return true;
}

static bool decode_digest(const struct mlt_json *node, struct mlt_arena *arena,
                          struct mlt_source_digest *out, struct mlt_err *err)
{
    const char *path = mlt_json_key(node), *text = mlt_json_string(node);
    if (!mlt_fs_is_inside(path) || !is_plain(path))
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "digests: \"%.100s\" is no file of the version's folder", path);
    if (strcmp(path, "metadata.json") == 0 || strcmp(path, "MANIFEST.json") == 0)
        return mlt_err_set(err, MLT_ERR_USAGE, "digests: %s cannot have its digest here", path);
    if (!text || !mlt_str_starts(text, "sha256:") || !mlt_hash_is_hex(text + strlen("sha256:")))
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "digests: %.100s: expected sha256: and 64 lower-case hex digits, found "
                           "%s%.80s%s",
                           path, text ? "\"" : "",
                           text ? text : mlt_json_type_name(mlt_json_type(node)), text ? "\"" : "");
    out->path = mlt_arena_strdup(arena, path);
    strcpy(out->sha256, text + strlen("sha256:"));
    return out->path || mlt_err_oom(err);
}

static int compare_digests(const void *a, const void *b)
{
    const struct mlt_source_digest *x = a, *y = b;
    return strcmp(x->path, y->path);
}

static bool decode_digests(const struct mlt_json *list, struct mlt_arena *arena,
                           struct mlt_source *out, struct mlt_err *err)
{
    if (!list)
        return true;
    if (mlt_json_type(list) != MLT_JSON_OBJECT)
        return mlt_err_set(err, MLT_ERR_USAGE, "digests: expected {FILE: \"sha256:…\"}, found %s",
                           mlt_json_type_name(mlt_json_type(list)));
    out->digests = mlt_arena_calloc(arena, mlt_json_count(list), sizeof *out->digests);
    if (!out->digests)
        return mlt_err_oom(err);
    for (const struct mlt_json *at = mlt_json_first(list); at; at = mlt_json_next(at))
        if (!decode_digest(at, arena, &out->digests[out->digest_count++], err))
            return false;
    if (out->digest_count)
        qsort(out->digests, out->digest_count, sizeof *out->digests, compare_digests);
    return true;
}

bool mlt_source_decode(const struct mlt_json *node, struct mlt_arena *arena, struct mlt_source *out,
                       struct mlt_err *err)
{
    struct mlt_source source = {0};
    if (mlt_json_type(node) != MLT_JSON_OBJECT)
        return mlt_err_set(err, MLT_ERR_USAGE, "expected an object, found %s",
                           mlt_json_type_name(mlt_json_type(node)));
    if (!check_keys(node, err) || !decode_place(node, arena, &source, err) ||
        !decode_digests(mlt_json_get(node, "digests"), arena, &source, err))
        return false;
    *out = source;
    return true;
}

void mlt_source_write(const struct mlt_source *source, struct mlt_json_out *out)
{
    char digest[sizeof "sha256:" + MLT_SHA256_HEX] = "sha256:";
    mlt_json_out_object(out);
    mlt_json_out_kstring(out, "repository", source->repository);
    mlt_json_out_kstring(out, "commit", source->commit);
    if (source->path[0])
        mlt_json_out_kstring(out, "path", source->path);
    mlt_json_out_key(out, "digests");
    mlt_json_out_object(out);
    for (size_t i = 0; i < source->digest_count; i++) {
        strcpy(digest + strlen("sha256:"), source->digests[i].sha256);
        mlt_json_out_kstring(out, source->digests[i].path, digest);
    }
    mlt_json_out_object_end(out);
    mlt_json_out_object_end(out);
}

bool mlt_source_agrees(const struct mlt_source *source, const struct mlt_manifest *manifest,
                       struct mlt_err *err)
{
    const struct mlt_source_digest *first = NULL;
    size_t faults = 0;
    char more[64] = "";
    for (size_t i = 0; i < source->digest_count; i++) {
        const struct mlt_source_digest *digest = &source->digests[i];
        const struct mlt_manifest_file *file = mlt_manifest_find(manifest, digest->path);
        if (file && strcmp(file->sha256, digest->sha256) == 0)
            continue;
        first = faults++ ? first : digest;
    }
    if (!first)
        return true;
    const struct mlt_manifest_file *file = mlt_manifest_find(manifest, first->path);
    if (faults > 1)
        snprintf(more, sizeof more, "; and %zu more", faults - 1);
    if (!file)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "source.digests: %.200s is not in the version's folder%s", first->path,
                           more);
    return mlt_err_set(
        err, MLT_ERR_USAGE,
        "source.digests: %.200s was committed with SHA-256 %s, and the file here has "
        "%s: commit it, or take the committed one%s",
        first->path, first->sha256, file->sha256, more);
}

bool mlt_source_covers(const char *path)
{
    return strcmp(path, "config.json") == 0 || mlt_str_starts(path, "docs/") ||
           mlt_str_starts(path, "tests/");
}
