/* The part of fs.h that walks folders. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/fs.h"

/* One descriptor is open per level; a deeper tree is not one of ours. */
enum { DEPTH_MAX = 128 };

static DIR *open_dir_at(int parent, const char *name)
{
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return NULL;
    DIR *dir = fdopendir(fd);
    if (!dir)
        close(fd);
    return dir;
}

/* The next entry that is neither "." nor ".."; NULL at the end (errno 0) or on an error. */
static struct dirent *next_entry(DIR *dir)
{
    for (;;) {
        errno = 0;
        struct dirent *entry = readdir(dir);
        if (!entry || (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0))
            return entry;
    }
}

static bool remove_at(int parent, const char *name, int depth)
{
    if (unlinkat(parent, name, 0) == 0 || errno == ENOENT)
        return true;
    if (errno != EISDIR && errno != EPERM)
        return false;
    if (depth >= DEPTH_MAX) {
        errno = ELOOP;
        return false;
    }
    DIR *dir = open_dir_at(parent, name);
    if (!dir)
        return false;
    bool ok = true;
    struct dirent *entry;
    while (ok && (entry = next_entry(dir)))
        ok = remove_at(dirfd(dir), entry->d_name, depth + 1);
    if (ok && errno != 0)
        ok = false;
    int reason = errno;
    closedir(dir);
    errno = reason;
    return ok && unlinkat(parent, name, AT_REMOVEDIR) == 0;
}

bool mlt_fs_remove_tree(const char *path, struct mlt_err *err)
{
    return remove_at(AT_FDCWD, path, 0) || mlt_err_sys(err, errno, "cannot remove %s", path);
}

struct names {
    struct mlt_arena *arena;
    char **items;
    size_t count, capacity;
};

static bool names_add(struct names *names, char *name, struct mlt_err *err)
{
    char **grown = mlt_arena_grow(names->arena, names->items, names->count, &names->capacity,
                                  sizeof *names->items);
    if (!grown || !name)
        return mlt_err_oom(err);
    names->items = grown;
    names->items[names->count++] = name;
    return true;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void names_give(struct names *names, char ***out, size_t *out_count)
{
    if (names->count)
        qsort(names->items, names->count, sizeof *names->items, compare_names);
    *out = names->items;
    *out_count = names->count;
}

bool mlt_fs_list_names(const char *path, struct mlt_arena *arena, char ***out_names,
                       size_t *out_count, struct mlt_err *err)
{
    struct names names = {arena, NULL, 0, 0};
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (!dir) {
        mlt_err_sys(err, errno, "cannot list the folder %s", path);
        if (fd >= 0)
            close(fd);
        return false;
    }
    bool ok = true;
    struct dirent *entry;
    while (ok && (entry = next_entry(dir)))
        ok = names_add(&names, mlt_arena_strdup(arena, entry->d_name), err);
    if (ok && errno != 0)
        ok = mlt_err_sys(err, errno, "cannot list the folder %s", path);
    closedir(dir);
    if (ok)
        names_give(&names, out_names, out_count);
    return ok;
}

struct walk {
    const char *root;
    bool strict;
    struct names names;
    struct mlt_err *err;
};

static bool walk_dir(struct walk *walk, DIR *dir, const char *prefix, int depth);

static bool walk_entry(struct walk *walk, DIR *dir, const char *prefix, const char *name, int depth)
{
    struct stat info;
    char *path = mlt_arena_printf(walk->names.arena, "%s%s", prefix, name);
    if (!path)
        return mlt_err_oom(walk->err);
    if (fstatat(dirfd(dir), name, &info, AT_SYMLINK_NOFOLLOW) != 0)
        return mlt_err_sys(walk->err, errno, "cannot read %s/%s", walk->root, path);
    if (S_ISREG(info.st_mode))
        return names_add(&walk->names, path, walk->err);
    if (!S_ISDIR(info.st_mode)) {
        if (walk->strict)
            return mlt_err_set(walk->err, MLT_ERR_USAGE, "%s/%s is %s", walk->root, path,
                               S_ISLNK(info.st_mode)
                                   ? "a symbolic link, and links are not accepted here"
                                   : "neither a file nor a folder");
        return true;
    }
    if (depth >= DEPTH_MAX)
        return mlt_err_set(walk->err, MLT_ERR_USAGE, "%s/%s: more than %d folders deep", walk->root,
                           path, DEPTH_MAX);
    DIR *below = open_dir_at(dirfd(dir), name);
    char *deeper = mlt_arena_printf(walk->names.arena, "%s/", path);
    bool ok = false;
    if (!below)
        mlt_err_sys(walk->err, errno, "cannot list the folder %s/%s", walk->root, path);
    else if (!deeper)
        mlt_err_oom(walk->err);
    else
        ok = walk_dir(walk, below, deeper, depth + 1);
    if (below)
        closedir(below);
    return ok;
}

static bool walk_dir(struct walk *walk, DIR *dir, const char *prefix, int depth)
{
    struct dirent *entry;
    while ((entry = next_entry(dir)))
        if (!walk_entry(walk, dir, prefix, entry->d_name, depth))
            return false;
    if (errno != 0)
        return mlt_err_sys(walk->err, errno, "cannot list the folder %s/%s", walk->root, prefix);
    return true;
}

bool mlt_fs_list_files(const char *path, bool strict, struct mlt_arena *arena, char ***out_paths,
                       size_t *out_count, struct mlt_err *err)
{
    struct walk walk = {path, strict, {arena, NULL, 0, 0}, err};
    /* The folder itself may be named through a link; what is inside may not. */
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (!dir) {
        mlt_err_sys(err, errno, "cannot list the folder %s", path);
        if (fd >= 0)
            close(fd);
        return false;
    }
    bool ok = walk_dir(&walk, dir, "", 0);
    closedir(dir);
    if (ok)
        names_give(&walk.names, out_paths, out_count);
    return ok;
}

bool mlt_fs_write_new(const char *path, const void *data, size_t len, struct mlt_err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0)
        return mlt_err_sys(err, errno, "cannot write %s", path);
    int reason = mlt_fs_write_all(fd, data, len) ? 0 : errno;
    /* Network file systems report a lost write only here. */
    if (close(fd) != 0 && !reason)
        reason = errno;
    return !reason || mlt_err_sys(err, reason, "cannot write %s", path);
}

bool mlt_fs_sync_all(const char *dir, struct mlt_err *err)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return mlt_err_sys(err, errno, "cannot open the folder %s", dir);
    int reason = syncfs(fd) == 0 ? 0 : errno;
    close(fd);
    return !reason || mlt_err_sys(err, reason, "cannot sync the folder %s", dir);
}

/* In three steps, for file systems without exchange. */
static bool replace_dir(const char *from, const char *to, struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    char *old = mlt_arena_printf(&arena, "%s.old", from);
    bool ok = old || mlt_err_oom(err);
    if (ok && rename(to, old) != 0)
        ok = mlt_err_sys(err, errno, "cannot rename %s", to);
    else if (ok && rename(from, to) != 0) {
        ok = mlt_err_sys(err, errno, "cannot rename %s to %s", from, to);
        if (rename(old, to) != 0)
            mlt_err_prefix(err, "%s is now %s", to, old);
    } else if (ok && rename(old, from) != 0)
        ok = mlt_err_sys(err, errno, "cannot rename %s", old);
    mlt_arena_free(&arena);
    return ok;
}

bool mlt_fs_exchange_dirs(const char *from, const char *to, struct mlt_err *err)
{
    bool existed;
    if (mlt_fs_kind(to) == MLT_FS_ABSENT)
        return mlt_fs_rename_new(from, to, &existed, err);
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_EXCHANGE) != 0) {
        if (errno != EINVAL && errno != ENOSYS)
            return mlt_err_sys(err, errno, "cannot put %s in the place of %s", from, to);
        if (!replace_dir(from, to, err))
            return false;
    }
    struct mlt_arena arena = MLT_ARENA_INIT;
    char *parent = mlt_fs_dirname(&arena, to);
    bool ok = parent ? mlt_fs_sync_dir(parent, err) : mlt_err_oom(err);
    mlt_arena_free(&arena);
    return ok;
}
