#include "harness/registry/git_tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/fs.h"
#include "harness/base/str.h"
#include "harness/registry/git_program.h"

enum {
    LINE_BYTES = 64 * 1024,
    LIST_BYTES = 256 * 1024 * 1024,
    BATCH_BYTES = 32 * 1024 * 1024, /* of contents held at a time, but for one larger file */
    FILE_BYTES = 1024 * 1024 * 1024,
    POINTER_BYTES = 1024, /* a pointer of Git LFS is shorter */
};

/* What one line of `git` says, without its end. `*ok` false: git refused, which is no error here.
 */
static bool ask(const char *checkout, const char *const *arguments, struct mlt_arena *arena,
                bool *ok, const char **out, struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    int status;
    if (!mlt_git_run(checkout, arguments, NULL, LINE_BYTES, &text, NULL, &status, err)) {
        mlt_buf_free(&text);
        return false;
    }
    *ok = status == 0;
    *out = mlt_arena_strndup(arena, text.data, strcspn(text.data, "\n"));
    mlt_buf_free(&text);
    return *out || mlt_err_oom(err);
}

static bool check_repository(const char *checkout, const char *commit, struct mlt_arena *arena,
                             struct mlt_err *err)
{
    static const char *const arguments[] = {"rev-parse", "--show-object-format", NULL};
    const char *format;
    bool ok;
    if (mlt_fs_kind(checkout) != MLT_FS_DIR)
        return mlt_err_set(err, MLT_ERR_USAGE, "%s is not a folder", checkout);
    if (!ask(checkout, arguments, arena, &ok, &format, err))
        return false;
    if (!ok)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "%s is not in a git repository: say with --checkout DIR where one is",
                           checkout);
    size_t digits = strcmp(format, "sha256") == 0 ? 64 : 40;
    return !commit || strlen(commit) == digits ||
           mlt_err_set(err, MLT_ERR_USAGE,
                       "the commit has %zu digits, and the repository of %s names its commits with "
                       "%zu (%s)",
                       strlen(commit), checkout, digits, format);
}

static bool check_commit(const char *checkout, const char *commit, struct mlt_arena *arena,
                         struct mlt_err *err)
{
    const char *arguments[] = {"cat-file", "-e", NULL, NULL};
    const char *said;
    bool ok;
    arguments[2] = mlt_arena_printf(arena, "%s^{commit}", commit);
    if (!arguments[2])
        return mlt_err_oom(err);
    if (!ask(checkout, arguments, arena, &ok, &said, err))
        return false;
    return ok || mlt_err_set(err, MLT_ERR_USAGE,
                             "the commit %s is not in the repository of %s: fetch it with `git "
                             "fetch` (a shallow clone needs `git fetch origin %s`)",
                             commit, checkout, commit);
}

struct listing {
    struct mlt_git_file *files;
    const char **objects; /* beside the files: their object's name */
    size_t count, capacity, object_capacity;
};

static bool add(struct listing *l, const struct mlt_git_file *file, const char *object,
                struct mlt_arena *arena, struct mlt_err *err)
{
    struct mlt_git_file *files =
        mlt_arena_grow(arena, l->files, l->count, &l->capacity, sizeof *files);
    const char **objects =
        mlt_arena_grow(arena, l->objects, l->count, &l->object_capacity, sizeof *objects);
    if (!files || !objects)
        return mlt_err_oom(err);
    l->files = files;
    l->objects = objects;
    l->files[l->count] = *file;
    l->objects[l->count++] = object;
    return true;
}

/* "MODE TYPE OBJECT SIZE\tPATH", SIZE padded with spaces, "-" for what is no file and
 * "BAD" for what a partial clone lacks: then nothing names an object. */
static bool read_entry(const char *line, struct mlt_arena *arena, struct mlt_git_file *out,
                       const char **object)
{
    char mode[8], type[16], name[80], size[24];
    const char *tab = strchr(line, '\t');
    if (!tab || sscanf(line, "%7s %15s %79s %23s", mode, type, name, size) != 4)
        return false;
    *out = (struct mlt_git_file){.path = mlt_arena_strdup(arena, tab + 1)};
    *object = mlt_arena_strdup(arena, strcmp(size, "BAD") == 0 ? "" : name);
    if (strcmp(mode, "120000") == 0)
        out->what = "a symbolic link";
    else if (strcmp(type, "commit") == 0)
        out->what = "a submodule";
    else if (strcmp(type, "blob") != 0)
        return false;
    return strcmp(size, "-") == 0 || strcmp(size, "BAD") == 0 ||
           mlt_str_parse_uint(size, UINT64_MAX, &out->bytes);
}

static bool lacking(const char *checkout, const char *path, struct mlt_err *err)
{
    return mlt_err_set(err, MLT_ERR_USAGE,
                       "the content of %.200s is not in the repository of %s (a partial clone?): "
                       "fetch it with `git fetch --refetch --no-filter`",
                       path, checkout);
}

static bool read_listing(const struct mlt_buf *text, const char *checkout,
                         bool (*wanted)(void *context, const char *path), void *context,
                         struct mlt_arena *arena, struct listing *out, struct mlt_err *err)
{
    for (const char *at = text->data; at < text->data + text->len; at += strlen(at) + 1) {
        struct mlt_git_file file;
        const char *object;
        if (!read_entry(at, arena, &file, &object))
            return mlt_err_set(err, MLT_ERR_INFRA, "git ls-tree in %s printed \"%.100s\"", checkout,
                               at);
        if (!file.path || !object)
            return mlt_err_oom(err);
        if (!wanted(context, file.path))
            continue;
        if (!object[0])
            return lacking(checkout, file.path, err);
        if (!file.what && file.bytes > FILE_BYTES)
            return mlt_err_set(err, MLT_ERR_USAGE,
                               "%.200s has %llu bytes in the repository of %s: more than %d are "
                               "not compared",
                               file.path, (unsigned long long)file.bytes, checkout, FILE_BYTES);
        if (!add(out, &file, object, arena, err))
            return false;
    }
    return true;
}

static bool list(const char *checkout, const char *commit, const char *path,
                 bool (*wanted)(void *context, const char *path), void *context,
                 struct mlt_arena *arena, struct listing *out, struct mlt_err *err)
{
    const char *arguments[] = {"ls-tree", "-r", "-l", "-z", "--full-tree", NULL, NULL};
    struct mlt_buf text = MLT_BUF_INIT;
    int status;
    arguments[5] = mlt_arena_printf(arena, "%s:%s", commit, path);
    if (!arguments[5])
        return mlt_err_oom(err);
    bool ok = mlt_git_run(checkout, arguments, NULL, LIST_BYTES, &text, NULL, &status, err);
    if (ok && status != 0)
        ok = mlt_err_set(err, MLT_ERR_USAGE, "the commit %.12s has no folder \"%.200s\"", commit,
                         path);
    ok = ok && read_listing(&text, checkout, wanted, context, arena, out, err);
    mlt_buf_free(&text);
    return ok;
}

/* The digest that a pointer of Git LFS names, or NULL. */
static const char *pointed(const char *text, size_t len, char out[MLT_SHA256_HEX])
{
    static const char head[] = "version https://git-lfs.github.com/spec/v1\noid sha256:";
    size_t skip = sizeof head - 1;
    if (len < skip + MLT_SHA256_HEX || len > POINTER_BYTES || memcmp(text, head, skip) != 0 ||
        text[skip + MLT_SHA256_HEX - 1] != '\n')
        return NULL;
    memcpy(out, text + skip, MLT_SHA256_HEX - 1);
    out[MLT_SHA256_HEX - 1] = '\0';
    return mlt_hash_is_hex(out) ? out : NULL;
}

/* One answer of `cat-file --batch`: "OBJECT blob SIZE\n", the content, "\n". */
static bool read_content(const char *checkout, const char **at, const char *end, const char *object,
                         struct mlt_git_file *file, struct mlt_err *err)
{
    char head[128];
    int len =
        snprintf(head, sizeof head, "%s blob %llu\n", object, (unsigned long long)file->bytes);
    if ((size_t)(end - *at) < (size_t)len + file->bytes + 1 || memcmp(*at, head, (size_t)len) != 0)
        return lacking(checkout, file->path, err);
    const char *content = *at + len;
    *at = content + file->bytes + 1;
    return pointed(content, file->bytes, file->sha256) ||
           mlt_hash_bytes(content, file->bytes, file->sha256, err);
}

/* The contents from `first` on that fit into a batch; `*next` is behind them. */
static bool read_batch(const char *checkout, struct listing *l, size_t first, size_t *next,
                       struct mlt_err *err)
{
    static const char *const arguments[] = {"cat-file", "--batch", NULL};
    struct mlt_buf input = MLT_BUF_INIT, text = MLT_BUF_INIT;
    uint64_t bytes = 0;
    size_t end = first;
    int status;
    for (; end < l->count && (end == first || bytes + l->files[end].bytes <= BATCH_BYTES); end++)
        if (!l->files[end].what) {
            bytes += l->files[end].bytes + 128;
            mlt_buf_printf(&input, "%s\n", l->objects[end]);
        }
    bool ok =
        mlt_buf_check(&input, err) &&
        mlt_git_run(checkout, arguments, &input, (size_t)bytes + 4096, &text, NULL, &status, err);
    if (ok && status != 0)
        ok =
            mlt_err_set(err, MLT_ERR_INFRA, "git cat-file in %s: exit status %d", checkout, status);
    const char *at = text.data;
    for (size_t i = first; ok && i < end; i++)
        if (!l->files[i].what)
            ok =
                read_content(checkout, &at, text.data + text.len, l->objects[i], &l->files[i], err);
    mlt_buf_free(&input);
    mlt_buf_free(&text);
    *next = end;
    return ok;
}

static int compare_files(const void *a, const void *b)
{
    const struct mlt_git_file *x = a, *y = b;
    return strcmp(x->path, y->path);
}

bool mlt_git_tree_read(const char *checkout, const char *commit, const char *path,
                       bool (*wanted)(void *context, const char *path), void *context,
                       struct mlt_arena *arena, struct mlt_git_tree *out, struct mlt_err *err)
{
    struct listing listing = {0};
    if (!check_repository(checkout, commit, arena, err) ||
        !check_commit(checkout, commit, arena, err) ||
        !list(checkout, commit, path, wanted, context, arena, &listing, err))
        return false;
    for (size_t i = 0; i < listing.count;)
        if (!read_batch(checkout, &listing, i, &i, err))
            return false;
    if (listing.count)
        qsort(listing.files, listing.count, sizeof *listing.files, compare_files);
    for (size_t i = 1; i < listing.count; i++)
        if (strcmp(listing.files[i - 1].path, listing.files[i].path) == 0)
            return mlt_err_set(err, MLT_ERR_USAGE, "the commit %.12s has two files %.200s", commit,
                               listing.files[i].path);
    *out = (struct mlt_git_tree){listing.files, listing.count};
    return true;
}

const struct mlt_git_file *mlt_git_tree_find(const struct mlt_git_tree *tree, const char *path)
{
    const struct mlt_git_file key = {.path = path};
    return tree->count ? bsearch(&key, tree->files, tree->count, sizeof key, compare_files) : NULL;
}

bool mlt_git_head(const char *checkout, struct mlt_arena *arena, const char **out_commit,
                  const char **out_top, struct mlt_err *err)
{
    static const char *const commit[] = {"rev-parse", "--verify", "HEAD^{commit}", NULL};
    static const char *const top[] = {"rev-parse", "--show-toplevel", NULL};
    bool has_commit, has_top;
    if (!check_repository(checkout, NULL, arena, err) ||
        !ask(checkout, commit, arena, &has_commit, out_commit, err) ||
        !ask(checkout, top, arena, &has_top, out_top, err))
        return false;
    if (!has_commit)
        return mlt_err_set(err, MLT_ERR_USAGE, "the repository of %s has no commit yet", checkout);
    return has_top ||
           mlt_err_set(err, MLT_ERR_USAGE, "the repository of %s has no work tree", checkout);
}

bool mlt_git_remotes(const char *checkout, struct mlt_arena *arena, struct mlt_git_remote **out,
                     size_t *out_count, struct mlt_err *err)
{
    static const char *const arguments[] = {
        "config", "--local", "-z", "--get-regexp", "^remote\\..*\\.url$", NULL};
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_git_remote *remotes = NULL;
    size_t count = 0, capacity = 0;
    int status;
    bool ok = mlt_git_run(checkout, arguments, NULL, LINE_BYTES, &text, NULL, &status, err);
    /* "remote.NAME.url\nURL\0"; none is exit status 1. */
    for (const char *at = text.data; ok && at < text.data + text.len; at += strlen(at) + 1) {
        const char *line = strchr(at, '\n');
        if (!line || line - at < (long)strlen("remote..url"))
            continue;
        remotes = mlt_arena_grow(arena, remotes, count, &capacity, sizeof *remotes);
        if (!remotes) {
            ok = mlt_err_oom(err);
            break;
        }
        remotes[count].name =
            mlt_arena_strndup(arena, at + strlen("remote."),
                              (size_t)(line - at) - strlen("remote.") - strlen(".url"));
        remotes[count].url = mlt_arena_strdup(arena, line + 1);
        ok = (remotes[count].name && remotes[count].url) || mlt_err_oom(err);
        count++;
    }
    mlt_buf_free(&text);
    if (ok) {
        *out = remotes;
        *out_count = count;
    }
    return ok;
}
