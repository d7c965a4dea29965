#include "flows/docs_publish.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "flows/docs_site.h"
#include "flows/setting.h"
#include "harness/base/fs.h"
#include "harness/base/str.h"
#include "harness/codec/json.h"

/* Names every file that publish wrote: a folder with others is somebody else's as well. */
static const char marker[] = ".mltest-site";
enum { MARKER_BYTES = 256 * 1024 * 1024 };

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool write_marker(const char *dir, const char **paths, size_t count, struct mlt_arena *arena,
                         struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_json_out json;
    char *path = mlt_fs_join(arena, dir, marker);
    if (!path)
        return mlt_err_oom(err);
    qsort(paths, count, sizeof *paths, by_bytes);
    mlt_json_out_init(&json, &text, true);
    mlt_json_out_object(&json);
    mlt_json_out_kint(&json, "mltest_site", 1);
    mlt_json_out_key(&json, "files");
    mlt_json_out_array(&json);
    for (size_t i = 0; i < count; i++)
        mlt_json_out_string(&json, paths[i]);
    mlt_json_out_array_end(&json);
    mlt_json_out_object_end(&json);
    mlt_buf_putc(&text, '\n');
    bool ok = mlt_json_out_finish(&json, err) && mlt_buf_check(&text, err) &&
              mlt_fs_write_new(path, text.data, text.len, err);
    mlt_buf_free(&text);
    return ok;
}

/* Both lists are sorted: one walk finds a file that is not in the marker. */
static bool check_files(const char *dir, const struct mlt_json *files, char **found, size_t count,
                        struct mlt_err *err)
{
    const struct mlt_json *known = mlt_json_first(files);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(found[i], marker) == 0)
            continue;
        int order = -1;
        for (; known && order < 0; known = mlt_json_next(known)) {
            const char *name = mlt_json_string(known);
            order = name ? strcmp(name, found[i]) : -1;
            if (order > 0)
                break;
        }
        if (order != 0)
            return mlt_err_set(
                err, MLT_ERR_USAGE,
                "%s/%.200s was not written by docs publish: move it away, or publish "
                "elsewhere",
                dir, found[i]);
    }
    return true;
}

static bool check_made_here(const char *dir, const char *path, struct mlt_arena *arena,
                            struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_json *document = NULL;
    char **found;
    size_t count;
    double format = 0;
    bool ok = mlt_fs_read(path, MARKER_BYTES, &text, err) &&
              mlt_json_parse(path, text.data, text.len, &document, err) &&
              mlt_fs_list_files(dir, true, arena, &found, &count, err);
    if (ok && (!mlt_json_number(mlt_json_get(document, "mltest_site"), &format) || format != 1))
        ok = mlt_err_set(err, MLT_ERR_USAGE, "%s is not of this mltest: publish elsewhere", path);
    ok = ok && check_files(dir, mlt_json_get(document, "files"), found, count, err);
    mlt_json_free(document);
    mlt_buf_free(&text);
    return ok;
}

/* May the folder be replaced? */
static bool check_target(const char *dir, struct mlt_arena *arena, struct mlt_err *err)
{
    char **names;
    size_t count;
    enum mlt_fs_kind kind = mlt_fs_kind(dir);
    if (kind == MLT_FS_ABSENT)
        return true;
    if (kind != MLT_FS_DIR)
        return mlt_err_set(err, MLT_ERR_USAGE, "%s is not a folder", dir);
    if (!mlt_fs_list_names(dir, arena, &names, &count, err))
        return false;
    if (count == 0)
        return true;
    char *path = mlt_fs_join(arena, dir, marker);
    if (!path)
        return mlt_err_oom(err);
    if (mlt_fs_kind(path) != MLT_FS_FILE)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "%s is not empty and was not made by docs publish (it holds %.100s): "
                           "name another folder",
                           dir, names[0]);
    return check_made_here(dir, path, arena, err);
}

/* The absolute place of a folder that may not be there yet; its parent is made. */
static char *place_of(const char *dir, struct mlt_arena *arena, struct mlt_err *err)
{
    size_t len = strlen(dir);
    while (len > 1 && dir[len - 1] == '/')
        len--;
    char *trimmed = mlt_arena_strndup(arena, dir, len);
    char *parent = trimmed ? mlt_fs_dirname(arena, trimmed) : NULL;
    if (!parent) {
        mlt_err_oom(err);
        return NULL;
    }
    if (len == 0) {
        mlt_err_set(err, MLT_ERR_USAGE, "the site's folder has no name");
        return NULL;
    }
    if (mlt_fs_kind(trimmed) != MLT_FS_ABSENT)
        return mlt_fs_absolute(arena, trimmed, err);
    char *absolute = mlt_fs_mkdirs(parent, err) ? mlt_fs_absolute(arena, parent, err) : NULL;
    char *place = absolute ? mlt_fs_join(arena, absolute, mlt_fs_basename(trimmed)) : NULL;
    if (absolute && !place)
        mlt_err_oom(err);
    return place;
}

static bool is_below(const char *dir, const char *root)
{
    size_t len = strlen(root);
    return strncmp(dir, root, len) == 0 && (dir[len] == '/' || dir[len] == '\0');
}

/* Fills `tree` and swaps it in; what was there before is then `tree`. */
static bool build(struct mlt_registry *registry, const struct mlt_site *site, const char *tree,
                  const char *dir, struct mlt_arena *arena, size_t *pages, struct mlt_err *err)
{
    const char **paths;
    return mlt_fs_mkdirs(tree, err) &&
           mlt_docs_site_write(registry, site, tree, arena, &paths, pages, err) &&
           write_marker(tree, paths, *pages, arena, err) && mlt_fs_sync_all(tree, err) &&
           mlt_fs_exchange_dirs(tree, dir, err);
}

static bool publish(struct mlt_registry *registry, const struct mlt_docs_publish_request *request,
                    struct mlt_arena *arena, struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_site site;
    struct mlt_err ignored = MLT_ERR_INIT;
    size_t pages = 0, versions = 0;
    char *dir = place_of(request->dir, arena, err), *holder = NULL;
    char *parent = dir ? mlt_fs_dirname(arena, dir) : NULL;
    if (!dir)
        return false;
    if (!parent)
        return mlt_err_oom(err);
    if (is_below(dir, mlt_registry_url(registry)) || is_below(mlt_registry_url(registry), dir))
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "%s and the registry %s lie in each other: publish elsewhere", dir,
                           mlt_registry_url(registry));
    if (!check_target(dir, arena, err) ||
        !mlt_docs_site_gather(registry, request->models, request->model_count, arena, &site, err) ||
        !mlt_fs_temp_dir(parent, ".mltest-site-", arena, &holder, err))
        return false;
    /* The temporary folder is private; the tree in it has the modes that the umask gives. */
    char *tree = mlt_fs_join(arena, holder, "site");
    bool ok = tree ? build(registry, &site, tree, dir, arena, &pages, err) : mlt_err_oom(err);
    if (!mlt_fs_remove_tree(holder, ok ? err : &ignored))
        ok = false;
    for (size_t i = 0; i < site.count; i++)
        versions += site.models[i].count;
    if (ok)
        mlt_buf_printf(out, "%s: %zu page%s of %zu version%s of %zu model%s\n", dir, pages,
                       pages == 1 ? "" : "s", versions, versions == 1 ? "" : "s", site.count,
                       site.count == 1 ? "" : "s");
    return ok;
}

bool mlt_flow_docs_publish(const struct mlt_docs_publish_request *request, struct mlt_arena *arena,
                           struct mlt_buf *out, struct mlt_err *err)
{
    struct mlt_registry *registry;
    if (!mlt_setting_registry(request->registry, NULL, true, arena, &registry, err))
        return false;
    bool ok = publish(registry, request, arena, out, err);
    mlt_registry_close(registry);
    return ok;
}
