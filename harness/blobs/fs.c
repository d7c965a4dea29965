#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/clock.h"
#include "harness/base/fs.h"
#include "harness/base/rng.h"
#include "harness/base/str.h"
#include "harness/blobs/blobs.h"

static const char temporary[] = ".tmp-";

struct fs_blobs {
    struct mlt_blobs base;
    char *root;
};

/* The local path of a key; NULL with the error set when the key would leave the store. */
static char *path_of(struct mlt_blobs *self, const char *key, struct mlt_arena *arena,
                     struct mlt_err *err)
{
    const struct fs_blobs *blobs = (const struct fs_blobs *)self;
    if (key[0] != '\0' && !mlt_fs_is_inside(key)) {
        mlt_err_set(err, MLT_ERR_USAGE, "\"%.100s\" is not a place inside a store", key);
        return NULL;
    }
    char *path =
        key[0] ? mlt_fs_join(arena, blobs->root, key) : mlt_arena_strdup(arena, blobs->root);
    if (!path)
        mlt_err_oom(err);
    return path;
}

/* Makes the folders above `path` and syncs where the first of them appeared. */
static bool make_parent(struct mlt_blobs *self, const char *path, struct mlt_arena *arena,
                        char **out_parent, struct mlt_err *err)
{
    const struct fs_blobs *blobs = (const struct fs_blobs *)self;
    *out_parent = mlt_fs_dirname(arena, path);
    if (!*out_parent)
        return mlt_err_oom(err);
    if (mlt_fs_kind(*out_parent) == MLT_FS_DIR)
        return true;
    return mlt_fs_mkdirs(*out_parent, err) && mlt_fs_sync_dir(blobs->root, err);
}

/* Read-only as a courtesy; what was altered anyway is found by its digest. */
static bool copy_read_only(const char *from, const char *to, struct mlt_err *err)
{
    struct stat info;
    if (!mlt_fs_copy_file(from, to, err))
        return false;
    if (stat(to, &info) != 0 || chmod(to, (info.st_mode & 0555) | 0400) != 0)
        return mlt_err_sys(err, errno, "cannot make %s read-only", to);
    return true;
}

static bool copy_files(const char *from, const char *to, const struct mlt_manifest *manifest,
                       struct mlt_arena *arena, struct mlt_err *err)
{
    for (size_t i = 0; i < manifest->count; i++) {
        char *source = mlt_fs_join(arena, from, manifest->files[i].path);
        char *target = mlt_fs_join(arena, to, manifest->files[i].path);
        char *parent = target ? mlt_fs_dirname(arena, target) : NULL;
        if (!source || !parent)
            return mlt_err_oom(err);
        if (!mlt_fs_mkdirs(parent, err) || !copy_read_only(source, target, err))
            return false;
    }
    return true;
}

static bool write_manifest(const char *dir, const struct mlt_manifest *manifest,
                           struct mlt_arena *arena, struct mlt_err *err)
{
    struct mlt_buf text = MLT_BUF_INIT;
    char *path = mlt_fs_join(arena, dir, "MANIFEST.json");
    bool ok = path ? mlt_manifest_encode(manifest, &text, err) &&
                         mlt_fs_write_atomic(path, text.data, text.len, err)
                   : mlt_err_oom(err);
    if (ok && chmod(path, 0444) != 0)
        ok = mlt_err_sys(err, errno, "cannot make %s read-only", path);
    mlt_buf_free(&text);
    return ok;
}

/* Syncs every folder of the tree, the deepest first. The files are synced already. */
static bool sync_folders(const char *dir, const struct mlt_manifest *manifest,
                         struct mlt_arena *arena, struct mlt_err *err)
{
    const char *last = "";
    for (size_t i = manifest->count; i-- > 0;) {
        char *folder = mlt_fs_dirname(arena, manifest->files[i].path);
        while (folder && strcmp(folder, ".") != 0 && strcmp(folder, last) != 0) {
            char *path = mlt_fs_join(arena, dir, folder);
            if (!path)
                return mlt_err_oom(err);
            if (!mlt_fs_sync_dir(path, err))
                return false;
            last = folder;
            folder = mlt_fs_dirname(arena, folder);
        }
        if (!folder)
            return mlt_err_oom(err);
    }
    return mlt_fs_sync_dir(dir, err);
}

/* What a tree is made of: files of a folder with their manifest, or texts. */
struct content {
    const char *dir;
    const struct mlt_manifest *manifest;
    const struct mlt_blob_text *texts;
    size_t text_count;
};

static bool fill_from_folder(const char *tree, const struct content *content,
                             struct mlt_arena *arena, struct mlt_err *err)
{
    if (!copy_files(content->dir, tree, content->manifest, arena, err))
        return false;
    /* What was scanned and what was copied could differ: the folder is the caller's still. */
    if (!mlt_manifest_verify(tree, content->manifest, err))
        return mlt_err_prefix(err, "%s changed while it was copied", content->dir);
    return write_manifest(tree, content->manifest, arena, err) &&
           sync_folders(tree, content->manifest, arena, err);
}

static bool fill_from_texts(const char *tree, const struct content *content,
                            struct mlt_arena *arena, struct mlt_err *err)
{
    for (size_t i = 0; i < content->text_count; i++) {
        const struct mlt_blob_text *text = &content->texts[i];
        char *path = mlt_fs_join(arena, tree, text->name);
        if (!path)
            return mlt_err_oom(err);
        if (!mlt_fs_is_inside(text->name) || strchr(text->name, '/'))
            return mlt_err_set(err, MLT_ERR_USAGE, "\"%.100s\" is not a name in a store",
                               text->name);
        if (!mlt_fs_write_atomic(path, text->data, text->len, err))
            return false;
        if (chmod(path, 0444) != 0)
            return mlt_err_sys(err, errno, "cannot make %s read-only", path);
    }
    return mlt_fs_sync_dir(tree, err);
}

/* Fills `tree`, which is below a temporary name, and moves it to its place. */
static bool build_tree(const char *tree, const char *target, const struct content *content,
                       struct mlt_arena *arena, bool *existed, struct mlt_err *err)
{
    return mlt_fs_mkdirs(tree, err) &&
           (content->manifest ? fill_from_folder(tree, content, arena, err)
                              : fill_from_texts(tree, content, arena, err)) &&
           mlt_fs_rename_new(tree, target, existed, err);
}

/* Tells who cleans up that this folder is being filled; ends with the process. Where a file system
 * has no locks only its age protects it. */
static int hold(const char *holder)
{
    int fd = open(holder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    while (fd >= 0 && flock(fd, LOCK_SH) != 0 && errno == EINTR)
        ;
    return fd;
}

static bool put_content(struct mlt_blobs *self, const char *prefix, const struct content *content,
                        bool *existed, struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_err ignored = MLT_ERR_INIT;
    char *parent = NULL, *holder = NULL;
    char *target = path_of(self, prefix, &arena, err);
    bool ok = target != NULL;
    *existed = ok && mlt_fs_kind(target) != MLT_FS_ABSENT;
    if (*existed)
        ok = mlt_err_set(err, MLT_ERR_USAGE, "%s exists already", target);
    ok = ok && make_parent(self, target, &arena, &parent, err) &&
         mlt_fs_temp_dir(parent, temporary, &arena, &holder, err);
    int held = holder ? hold(holder) : -1;
    /* The temporary folder is private; the tree in it has the modes that the umask gives. */
    char *tree = holder ? mlt_fs_join(&arena, holder, "tree") : NULL;
    if (ok)
        ok = tree ? build_tree(tree, target, content, &arena, existed, err) : mlt_err_oom(err);
    if (holder && !mlt_fs_remove_tree(holder, ok ? err : &ignored))
        ok = false;
    if (held >= 0)
        close(held);
    if (!ok && parent && !*existed)
        rmdir(parent); /* succeeds only on a folder that this put made in vain */
    mlt_arena_free(&arena);
    return ok;
}

static bool put_tree(struct mlt_blobs *self, const char *prefix, const char *dir,
                     const struct mlt_manifest *manifest, bool *existed, struct mlt_err *err)
{
    const struct content content = {.dir = dir, .manifest = manifest};
    return put_content(self, prefix, &content, existed, err);
}

static bool put_texts(struct mlt_blobs *self, const char *prefix, const struct mlt_blob_text *texts,
                      size_t count, bool *existed, struct mlt_err *err)
{
    const struct content content = {.texts = texts, .text_count = count};
    return put_content(self, prefix, &content, existed, err);
}

static bool set_aside(struct mlt_blobs *self, const char *prefix, struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    bool existed;
    char *path = path_of(self, prefix, &arena, err);
    char *parent = path ? mlt_fs_dirname(&arena, path) : NULL;
    char *aside = parent ? mlt_arena_printf(&arena, "%s/%s%016llx", parent, temporary,
                                            (unsigned long long)mlt_rng_fresh_seed())
                         : NULL;
    bool ok =
        path && (aside ? mlt_fs_rename_new(path, aside, &existed, err) : mlt_err_oom(err));
    mlt_arena_free(&arena);
    return ok;
}

static bool put(struct mlt_blobs *self, const char *key, const void *data, size_t len,
                struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    char *parent, *path = path_of(self, key, &arena, err);
    bool ok = path && make_parent(self, path, &arena, &parent, err) &&
              mlt_fs_write_atomic(path, data, len, err);
    mlt_arena_free(&arena);
    return ok;
}

static bool put_file(struct mlt_blobs *self, const char *key, const char *from, bool *existed,
                     struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    char *parent, *copy = NULL, *path = path_of(self, key, &arena, err);
    *existed = false;
    bool ok = path && make_parent(self, path, &arena, &parent, err);
    if (ok) {
        copy = mlt_arena_printf(&arena, "%s/%s%016llx", parent, temporary,
                                (unsigned long long)mlt_rng_fresh_seed());
        ok = copy ? copy_read_only(from, copy, err) : mlt_err_oom(err);
    }
    ok = ok && mlt_fs_rename_new(copy, path, existed, err);
    if (!ok && copy)
        unlink(copy);
    mlt_arena_free(&arena);
    return ok;
}

static bool get(struct mlt_blobs *self, const char *key, size_t max_bytes, struct mlt_buf *out,
                struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    char *path = path_of(self, key, &arena, err);
    bool ok = path && mlt_fs_read(path, max_bytes, out, err);
    if (path && !ok && err->kind == MLT_ERR_USAGE)
        err->kind = MLT_ERR_EVIDENCE;
    mlt_arena_free(&arena);
    return ok;
}

static bool exists(struct mlt_blobs *self, const char *key, bool *out, struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    char *path = path_of(self, key, &arena, err);
    if (path)
        *out = mlt_fs_kind(path) != MLT_FS_ABSENT;
    mlt_arena_free(&arena);
    return path != NULL;
}

static bool list_those(struct mlt_blobs *self, const char *prefix, bool leftovers,
                       struct mlt_arena *arena, char ***out, size_t *out_count, struct mlt_err *err)
{
    char *path = path_of(self, prefix, arena, err);
    char **names = NULL;
    size_t count = 0, kept = 0;
    if (!path)
        return false;
    if (mlt_fs_kind(path) == MLT_FS_DIR && !mlt_fs_list_names(path, arena, &names, &count, err))
        return false;
    for (size_t i = 0; i < count; i++) {
        bool hidden = names[i][0] == '.';
        if (leftovers ? mlt_blobs_is_leftover(names[i]) : !hidden)
            names[kept++] = names[i];
    }
    *out = names;
    *out_count = kept;
    return true;
}

static bool list(struct mlt_blobs *self, const char *prefix, struct mlt_arena *arena, char ***out,
                 size_t *out_count, struct mlt_err *err)
{
    return list_those(self, prefix, false, arena, out, out_count, err);
}

static bool leftovers(struct mlt_blobs *self, const char *prefix, struct mlt_arena *arena,
                      char ***out, size_t *out_count, struct mlt_err *err)
{
    return list_those(self, prefix, true, arena, out, out_count, err);
}

bool mlt_blobs_is_leftover(const char *name)
{
    enum { DIGITS = 16 };
    const char *at = strstr(name, temporary);
    if (at == name)
        return true;
    size_t len = strlen(name), tail = strlen(temporary) + DIGITS;
    return len > tail && strncmp(name + len - tail, temporary, strlen(temporary)) == 0 &&
           strspn(name + len - DIGITS, "0123456789abcdef") == DIGITS;
}

/* -1: no folder, or it cannot be locked here. */
static int lock_folder(const char *path, bool *held)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    *held = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    return fd;
}

static bool judge(const char *path, int64_t older_than_s, bool remove, struct mlt_leftover *out,
                  struct mlt_err *err)
{
    struct mlt_fs_facts facts;
    struct mlt_leftover leftover = {0};
    int fd = lock_folder(path, &leftover.held);
    bool ok = mlt_fs_tree_facts(path, &facts, err);
    if (ok) {
        leftover.bytes = facts.bytes;
        leftover.files = facts.files;
        leftover.age_s = mlt_clock_true_s() - facts.newest_s;
        leftover.is_old = !leftover.held && leftover.age_s >= older_than_s;
    }
    if (ok && remove && leftover.is_old) {
        ok = mlt_fs_remove_tree(path, err);
        leftover.removed = ok;
    }
    if (fd >= 0)
        close(fd);
    if (ok)
        *out = leftover;
    return ok;
}

static bool leftover(struct mlt_blobs *self, const char *prefix, const char *name,
                     int64_t older_than_s, bool remove, bool *found, struct mlt_leftover *out,
                     struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct stat info;
    char *key = mlt_arena_printf(&arena, "%s/%s", prefix, name);
    char *path = key ? path_of(self, key, &arena, err) : NULL;
    bool ok = path || (key ? false : mlt_err_oom(err));
    *found = ok && mlt_blobs_is_leftover(name) && lstat(path, &info) == 0;
    /* Only a file is written under a name that ends so: a folder is somebody's version. */
    if (*found && S_ISDIR(info.st_mode) && name[0] != '.')
        *found = false;
    if (*found)
        ok = judge(path, older_than_s, remove, out, err);
    mlt_arena_free(&arena);
    return ok;
}

static bool local_dir(struct mlt_blobs *self, const char *prefix, struct mlt_arena *arena,
                      char **out, struct mlt_err *err)
{
    char *path = path_of(self, prefix, arena, err);
    if (!path)
        return false;
    if (mlt_fs_kind(path) != MLT_FS_DIR)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "the folder %s is missing", path);
    *out = path;
    return true;
}

static bool point(struct mlt_blobs *self, const char *alias_key, const char *target_name,
                  struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    char *parent, *path = path_of(self, alias_key, &arena, err);
    bool ok = path && make_parent(self, path, &arena, &parent, err);
    char *link = ok ? mlt_arena_printf(&arena, "%s/%s%016llx", parent, temporary,
                                       (unsigned long long)mlt_rng_fresh_seed())
                    : NULL;
    if (ok && !link)
        ok = mlt_err_oom(err);
    if (ok && symlink(target_name, link) != 0)
        ok = mlt_err_sys(err, errno, "cannot make the link %s", path);
    if (ok && rename(link, path) != 0) {
        ok = mlt_err_sys(err, errno, "cannot make the link %s", path);
        unlink(link);
    }
    ok = ok && mlt_fs_sync_dir(parent, err);
    mlt_arena_free(&arena);
    return ok;
}

static bool pointed(struct mlt_blobs *self, const char *alias_key, struct mlt_arena *arena,
                    char **out, struct mlt_err *err)
{
    char target[256];
    char *path = path_of(self, alias_key, arena, err);
    if (!path)
        return false;
    ssize_t len = readlink(path, target, sizeof target);
    if (len < 0 && errno == ENOENT) {
        *out = NULL;
        return true;
    }
    if (len < 0 && errno != EINVAL)
        return mlt_err_sys(err, errno, "cannot read the link %s", path);
    if (len < 0 || (size_t)len == sizeof target)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "%s is not a link to a version", path);
    *out = mlt_arena_strndup(arena, target, (size_t)len);
    return *out || mlt_err_oom(err);
}

static void close_blobs(struct mlt_blobs *self)
{
    struct fs_blobs *blobs = (struct fs_blobs *)self;
    free(blobs->root);
    free(blobs);
}

static const struct mlt_blobs_ops fs_ops = {
    .abi = MLT_BLOBS_ABI,
    .name = "fs",
    .put_tree = put_tree,
    .put_texts = put_texts,
    .set_aside = set_aside,
    .put = put,
    .put_file = put_file,
    .get = get,
    .exists = exists,
    .list = list,
    .leftovers = leftovers,
    .leftover = leftover,
    .local_dir = local_dir,
    .point = point,
    .pointed = pointed,
    .close = close_blobs,
};

bool mlt_blobs_fs_open(const char *root, struct mlt_blobs **out, struct mlt_err *err)
{
    if (mlt_fs_kind(root) != MLT_FS_DIR)
        return mlt_err_set(err, MLT_ERR_USAGE, "%s is not a folder", root);
    struct fs_blobs *blobs = calloc(1, sizeof *blobs);
    if (!blobs)
        return mlt_err_oom(err);
    blobs->base.ops = &fs_ops;
    blobs->root = realpath(root, NULL);
    if (!blobs->root) {
        mlt_err_sys(err, errno, "cannot open the folder %s", root);
        free(blobs);
        return false;
    }
    *out = &blobs->base;
    return true;
}
