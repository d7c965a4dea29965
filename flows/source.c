#include "flows/source.h"

#include <string.h>

#include "flows/format.h"
#include "flows/setting.h"
#include "flows/source_files.h"
#include "harness/base/fs.h"
#include "harness/base/str.h"
#include "harness/codec/json.h"
#include "harness/registry/registry.h"

enum { JSON_BYTES = 16 * 1024 * 1024, SHOWN_BYTES = 1024 };

struct checked {
    const struct mlt_version *version;
    const struct mlt_source *source;
    const char *note; /* NULL: none */
    const struct mlt_source_file *files;
    size_t count, by_state[4];
};

/* The registry, where one was needed, stays open: the version's folder is lent by it. */
static bool read_version(const struct mlt_source_request *request, struct mlt_arena *arena,
                         struct mlt_registry **registry, struct mlt_version *out,
                         struct mlt_err *err)
{
    struct mlt_model_ref ref;
    if (mlt_setting_is_folder(request->version))
        return mlt_version_from_dir(request->version, arena, out, err);
    return mlt_model_ref_parse(request->version, &ref, err) &&
           mlt_setting_registry(request->registry, NULL, true, arena, registry, err) &&
           mlt_registry_get(*registry, ref.model, ref.version, arena, out, err);
}

/* A checkout may be a mirror: another URL is told, and no fault. */
static bool note_remotes(const char *checkout, const struct mlt_source *source,
                         struct mlt_arena *arena, const char **out, struct mlt_err *err)
{
    struct mlt_git_remote *remotes;
    struct mlt_buf text = MLT_BUF_INIT;
    size_t count;
    *out = NULL;
    if (!mlt_git_remotes(checkout, arena, &remotes, &count, err))
        return false;
    mlt_buf_printf(&text, "metadata say %s, and %s has %s", source->repository, checkout,
                   count ? "the remotes" : "no remote");
    for (size_t i = 0; i < count; i++) {
        if (mlt_source_same_repository(source->repository, remotes[i].url)) {
            mlt_buf_free(&text);
            return true;
        }
        mlt_buf_printf(&text, "%s %s (%s)", i ? "," : "", remotes[i].name, remotes[i].url);
    }
    bool ok = mlt_buf_check(&text, err);
    if (ok)
        *out = mlt_arena_strndup(arena, text.data, text.len);
    mlt_buf_free(&text);
    return ok && (*out || mlt_err_oom(err));
}

static void print_safe(struct mlt_buf *out, const char *text)
{
    mlt_str_append_safe(out, text, strlen(text), SHOWN_BYTES);
}

static void print_check(const struct checked *c, struct mlt_buf *out)
{
    mlt_buf_printf(out, "%s@%s and the commit %.12s%s", c->version->model, c->version->version,
                   c->source->commit, c->source->path[0] ? ", " : "");
    print_safe(out, c->source->path);
    mlt_buf_putc(out, '\n');
    for (size_t i = 0; i < c->count; i++) {
        const struct mlt_source_file *file = &c->files[i];
        mlt_buf_printf(out, "%s %-18s  ", file->state == MLT_SOURCE_SAME ? " " : "!",
                       mlt_source_state_name(file->state));
        print_safe(out, file->path);
        if (file->state == MLT_SOURCE_DIFFERS)
            mlt_buf_printf(out, ": %s here, %s in the commit", file->here, file->committed);
        mlt_buf_putc(out, '\n');
    }
    if (c->note) {
        mlt_buf_puts(out, "note: ");
        print_safe(out, c->note);
        mlt_buf_putc(out, '\n');
    }
    mlt_buf_printf(out, "%zu file%s: %zu same, %zu differ, %zu not in the commit, %zu only in it\n",
                   c->count, c->count == 1 ? "" : "s", c->by_state[MLT_SOURCE_SAME],
                   c->by_state[MLT_SOURCE_DIFFERS], c->by_state[MLT_SOURCE_NOT_COMMITTED],
                   c->by_state[MLT_SOURCE_ONLY_COMMITTED]);
}

static bool json_check(const struct checked *c, bool same, struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_json_out j;
    mlt_json_out_init(&j, out, true);
    mlt_json_out_object(&j);
    mlt_json_out_kstring(&j, "model", c->version->model);
    mlt_json_out_kstring(&j, "version", c->version->version);
    mlt_json_out_kstring(&j, "repository", c->source->repository);
    mlt_json_out_kstring(&j, "commit", c->source->commit);
    mlt_json_out_kstring(&j, "path", c->source->path);
    mlt_json_out_kbool(&j, "same", same);
    mlt_json_out_kstring(&j, "note", c->note);
    mlt_json_out_key(&j, "files");
    mlt_json_out_array(&j);
    for (size_t i = 0; i < c->count; i++) {
        mlt_json_out_object(&j);
        mlt_json_out_kstring(&j, "path", c->files[i].path);
        mlt_json_out_kstring(&j, "state", mlt_source_state_name(c->files[i].state));
        mlt_json_out_kstring(&j, "here", c->files[i].here);
        mlt_json_out_kstring(&j, "committed", c->files[i].committed);
        mlt_json_out_object_end(&j);
    }
    mlt_json_out_array_end(&j);
    mlt_json_out_object_end(&j);
    mlt_buf_putc(out, '\n');
    return mlt_json_out_finish(&j, err);
}

static bool check(const struct mlt_source_request *request, const struct mlt_version *version,
                  struct mlt_arena *arena, struct checked *out, struct mlt_err *err)
{
    const char *checkout = request->checkout ? request->checkout : ".";
    struct mlt_source_file *files;
    out->version = version;
    out->source = version->metadata.source;
    if (!out->source)
        return mlt_err_set(
            err, MLT_ERR_USAGE,
            "%s/metadata.json has no \"source\": {\"repository\", \"commit\"}: `mltest "
            "registry source FOLDER` makes one",
            version->dir);
    if (!mlt_source_compare(out->source, &version->manifest, checkout, arena, &files, &out->count,
                            err) ||
        !note_remotes(checkout, out->source, arena, &out->note, err))
        return false;
    out->files = files;
    for (size_t i = 0; i < out->count; i++)
        out->by_state[files[i].state]++;
    return true;
}

bool mlt_flow_source_check(const struct mlt_source_request *request, struct mlt_arena *arena,
                           struct mlt_buf *out, bool *same, struct mlt_err *err)
{
    struct mlt_registry *registry = NULL;
    struct mlt_version version;
    struct checked checked = {0};
    bool json;
    if (!mlt_format_is_json(request->format, &json, err))
        return false;
    bool ok = read_version(request, arena, &registry, &version, err) &&
              check(request, &version, arena, &checked, err);
    if (ok) {
        /* A version has its config.json at least: nothing compared is nothing the same. */
        *same = checked.count > 0 && checked.by_state[MLT_SOURCE_SAME] == checked.count;
        if (json)
            ok = json_check(&checked, *same, out, err);
        else
            print_check(&checked, out);
    }
    mlt_registry_close(registry);
    return ok;
}

/* What the folder has of what is to be under version control. */
static bool scan(const char *dir, struct mlt_arena *arena, struct mlt_manifest *out,
                 struct mlt_err *err)
{
    char **paths;
    size_t count;
    if (!mlt_fs_list_files(dir, true, arena, &paths, &count, err))
        return false;
    *out = (struct mlt_manifest){.files = mlt_arena_calloc(arena, count, sizeof *out->files)};
    if (!out->files)
        return mlt_err_oom(err);
    for (size_t i = 0; i < count; i++) {
        struct mlt_manifest_file *file = &out->files[out->count];
        const char *path = mlt_fs_join(arena, dir, paths[i]);
        if (!path)
            return mlt_err_oom(err);
        if (!mlt_source_covers(paths[i]))
            continue;
        file->path = paths[i];
        if (!mlt_hash_file(path, file->sha256, &file->bytes, err))
            return false;
        out->count++;
    }
    return true;
}

static bool find_path(const char *dir, const char *top, struct mlt_arena *arena, const char **out,
                      struct mlt_err *err)
{
    const char *root = mlt_fs_absolute(arena, top, err);
    if (!root)
        return false;
    size_t len = strlen(root);
    if (strncmp(dir, root, len) != 0 || (dir[len] && dir[len] != '/'))
        return mlt_err_set(
            err, MLT_ERR_USAGE,
            "%s does not lie in the checkout %s: say with --path which folder of the "
            "repository it is",
            dir, root);
    *out = dir[len] ? dir + len + 1 : "";
    return true;
}

/* That of "origin", or of the only remote. */
static bool find_repository(const char *checkout, struct mlt_arena *arena, const char **out,
                            struct mlt_err *err)
{
    struct mlt_git_remote *remotes;
    size_t count;
    if (!mlt_git_remotes(checkout, arena, &remotes, &count, err))
        return false;
    for (size_t i = 0; i < count; i++)
        if (count == 1 || strcmp(remotes[i].name, "origin") == 0) {
            *out = remotes[i].url;
            return true;
        }
    return mlt_err_set(err, MLT_ERR_USAGE,
                       "%s has no remote \"origin\": say the repository's URL with --repository",
                       checkout);
}

static bool want_committed(const struct mlt_source_file *files, size_t count, const char *commit,
                           struct mlt_err *err)
{
    const struct mlt_source_file *first = NULL;
    size_t faults = 0;
    for (size_t i = 0; i < count; i++)
        if (files[i].state != MLT_SOURCE_SAME)
            first = faults++ ? first : &files[i];
    if (!first)
        return true;
    static const char *const does[] = {
        [MLT_SOURCE_DIFFERS] = "differs from the one in",
        [MLT_SOURCE_NOT_COMMITTED] = "is not in",
        [MLT_SOURCE_ONLY_COMMITTED] = "is missing here and is in",
    };
    return mlt_err_set(err, MLT_ERR_USAGE,
                       "%.200s %s the commit %.12s (%zu file%s in all): commit what the version "
                       "has, then make its source",
                       first->path, does[first->state], commit, faults, faults == 1 ? "" : "s");
}

/* The folder's source, from the commit that is checked out. */
static bool make(const struct mlt_source_request *request, const char *dir, struct mlt_arena *arena,
                 struct mlt_source *out, struct mlt_err *err)
{
    const char *checkout = request->checkout ? request->checkout : dir, *top;
    struct mlt_source source = {.path = request->path, .repository = request->repository};
    struct mlt_manifest manifest;
    struct mlt_source_file *files;
    size_t count;
    if (!mlt_git_head(checkout, arena, &source.commit, &top, err) ||
        (!source.path && !find_path(dir, top, arena, &source.path, err)) ||
        (!source.repository && !find_repository(checkout, arena, &source.repository, err)) ||
        !scan(dir, arena, &manifest, err) ||
        !mlt_source_compare(&source, &manifest, checkout, arena, &files, &count, err) ||
        !want_committed(files, count, source.commit, err))
        return false;
    source.digests = mlt_arena_calloc(arena, manifest.count, sizeof *source.digests);
    if (!source.digests)
        return mlt_err_oom(err);
    for (; source.digest_count < manifest.count; source.digest_count++) {
        struct mlt_source_digest *digest = &source.digests[source.digest_count];
        digest->path = manifest.files[source.digest_count].path;
        strcpy(digest->sha256, manifest.files[source.digest_count].sha256);
    }
    *out = source;
    return true;
}

/* What we make is what a registration accepts: a URL with a password is not. */
static bool check_made(const struct mlt_buf *text, struct mlt_arena *arena, struct mlt_err *err)
{
    struct mlt_json *document;
    struct mlt_source read;
    if (!mlt_json_parse("source", text->data, text->len, &document, err))
        return false;
    bool ok = mlt_source_decode(document, arena, &read, err) || mlt_err_prefix(err, "source");
    mlt_json_free(document);
    return ok;
}

static bool write_metadata(const char *dir, const struct mlt_source *source,
                           struct mlt_arena *arena, struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT, changed = MLT_BUF_INIT;
    struct mlt_json *document = NULL;
    struct mlt_json_out j;
    char *file = mlt_fs_join(arena, dir, "metadata.json");
    bool ok = file ? mlt_fs_read(file, JSON_BYTES, &text, err) &&
                         mlt_json_parse(file, text.data, text.len, &document, err)
                   : mlt_err_oom(err);
    if (ok && mlt_json_type(document) != MLT_JSON_OBJECT)
        ok = mlt_err_set(err, MLT_ERR_USAGE, "%s: expected an object, found %s", file,
                         mlt_json_type_name(mlt_json_type(document)));
    if (ok) {
        mlt_json_out_init(&j, &changed, true);
        mlt_json_out_object(&j);
        for (const struct mlt_json *at = mlt_json_first(document); at; at = mlt_json_next(at)) {
            if (strcmp(mlt_json_key(at), "source") == 0)
                continue;
            mlt_json_out_key(&j, mlt_json_key(at));
            mlt_json_out_node(&j, at);
        }
        mlt_json_out_key(&j, "source");
        mlt_source_write(source, &j);
        mlt_json_out_object_end(&j);
        mlt_buf_putc(&changed, '\n');
        ok = mlt_json_out_finish(&j, err) && mlt_buf_check(&changed, err) &&
             mlt_fs_write_atomic(file, changed.data, changed.len, err);
    }
    if (ok)
        mlt_buf_printf(out, "%s: source is the commit %.12s, with %zu digests\n", file,
                       source->commit, source->digest_count);
    mlt_json_free(document);
    mlt_buf_free(&changed);
    mlt_buf_free(&text);
    return ok;
}

bool mlt_flow_source_make(const struct mlt_source_request *request, struct mlt_arena *arena,
                          struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_source source;
    struct mlt_json_out j;
    struct mlt_buf text = MLT_BUF_INIT;
    char *dir = mlt_fs_absolute(arena, request->version, err);
    if (!dir)
        return false;
    if (request->path && request->path[0] && !mlt_fs_is_inside(request->path))
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "--path %.100s: expected a folder inside the repository", request->path);
    if (!make(request, dir, arena, &source, err))
        return false;
    mlt_json_out_init(&j, &text, true);
    mlt_source_write(&source, &j);
    mlt_buf_putc(&text, '\n');
    bool ok =
        mlt_json_out_finish(&j, err) && mlt_buf_check(&text, err) && check_made(&text, arena, err);
    if (ok && request->write)
        ok = write_metadata(dir, &source, arena, out, err);
    else if (ok)
        mlt_buf_append(out, text.data, text.len);
    mlt_buf_free(&text);
    return ok;
}
