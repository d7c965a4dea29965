#include "harness/base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/rng.h"

enum { BLOCK_BYTES = 64 * 1024 };

static bool read_error(struct mlt_err *err, int reason, const char *path)
{
    mlt_err_sys(err, reason, "cannot read %s", path);
    if (reason == ENOENT || reason == ENOTDIR)
        err->kind = MLT_ERR_USAGE;
    return false;
}

/* A descriptor of a regular file; -1 with the error set. */
static int open_regular(const char *path, struct stat *info, struct mlt_err *err)
{
    /* O_NONBLOCK: a pipe without a writer must not hang us before it is refused. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        read_error(err, errno, path);
        return -1;
    }
    if (fstat(fd, info) == 0 && S_ISREG(info->st_mode))
        return fd;
    close(fd);
    mlt_err_set(err, MLT_ERR_INFRA, "cannot read %s: not a regular file", path);
    return -1;
}

static bool read_all(int fd, const char *path, size_t max_bytes, struct mlt_buf *out,
                     struct mlt_err *err)
{
    for (size_t total = 0;;) {
        char *at = mlt_buf_reserve(out, BLOCK_BYTES);
        if (!at)
            return mlt_err_oom(err);
        ssize_t got = read(fd, at, BLOCK_BYTES);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return read_error(err, errno, path);
        if (got == 0)
            return true;
        total += (size_t)got;
        if (total > max_bytes)
            return mlt_err_set(err, MLT_ERR_INFRA, "cannot read %s: larger than %zu bytes", path,
                               max_bytes);
        mlt_buf_wrote(out, (size_t)got);
    }
}

bool mlt_fs_read(const char *path, size_t max_bytes, struct mlt_buf *out, struct mlt_err *err)
{
    struct stat info;
    int fd = open_regular(path, &info, err);
    if (fd < 0)
        return false;
    size_t before = out->len;
    bool ok = read_all(fd, path, max_bytes, out, err);
    /* The bytes behind the end may have been written even if nothing was kept. */
    if (out->capacity) {
        out->len = ok ? out->len : before;
        out->data[out->len] = '\0';
    }
    close(fd);
    return ok;
}

bool mlt_fs_write_all(int fd, const void *data, size_t len)
{
    const char *at = data;
    while (len > 0) {
        ssize_t wrote = write(fd, at, len);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote < 0)
            return false;
        at += wrote;
        len -= (size_t)wrote;
    }
    return true;
}

bool mlt_fs_write_atomic(const char *path, const void *data, size_t len, struct mlt_err *err)
{
    struct mlt_fs_pending pending;
    if (!mlt_fs_pending_begin(path, &pending, err))
        return false;
    if (!mlt_fs_write_all(pending.fd, data, len)) {
        mlt_err_sys(err, errno, "cannot write %s", path);
        mlt_fs_pending_abort(&pending);
        return false;
    }
    return mlt_fs_pending_commit(&pending, err);
}

bool mlt_fs_pending_begin(const char *path, struct mlt_fs_pending *out, struct mlt_err *err)
{
    enum mlt_fs_kind kind = mlt_fs_kind(path);
    /* Renaming over a folder fails late, and over a device would replace it. */
    if (kind == MLT_FS_DIR || kind == MLT_FS_OTHER)
        return mlt_err_set(err, MLT_ERR_USAGE, "cannot write %s: it is %s", path,
                           kind == MLT_FS_DIR ? "a folder" : "not a regular file");
    struct mlt_fs_pending pending = {strdup(path), NULL, -1};
    if (!pending.path || asprintf(&pending.temporary, "%s.tmp-%016llx", path,
                                  (unsigned long long)mlt_rng_fresh_seed()) < 0) {
        free(pending.path);
        return mlt_err_oom(err);
    }
    pending.fd = open(pending.temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (pending.fd < 0) {
        mlt_err_sys(err, errno, "cannot write %s", path);
        free(pending.path);
        free(pending.temporary);
        return false;
    }
    *out = pending;
    return true;
}

static void pending_free(struct mlt_fs_pending *pending)
{
    free(pending->path);
    free(pending->temporary);
    *pending = (struct mlt_fs_pending){NULL, NULL, -1};
}

static bool sync_parent(const char *path, struct mlt_err *err)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    char *dir = mlt_fs_dirname(&arena, path);
    bool ok = dir ? mlt_fs_sync_dir(dir, err) : mlt_err_oom(err);
    mlt_arena_free(&arena);
    return ok;
}

bool mlt_fs_pending_commit(struct mlt_fs_pending *pending, struct mlt_err *err)
{
    bool ok = fsync(pending->fd) == 0;
    int reason = ok ? 0 : errno;
    /* Network file systems report a lost write only here. */
    if (close(pending->fd) != 0 && ok) {
        ok = false;
        reason = errno;
    }
    pending->fd = -1;
    if (ok && rename(pending->temporary, pending->path) != 0) {
        ok = false;
        reason = errno;
    }
    if (!ok) {
        mlt_err_sys(err, reason, "cannot write %s", pending->path);
        mlt_fs_pending_abort(pending);
        return false;
    }
    ok = sync_parent(pending->path, err);
    pending_free(pending);
    return ok;
}

void mlt_fs_pending_abort(struct mlt_fs_pending *pending)
{
    if (pending->fd >= 0)
        close(pending->fd);
    if (pending->temporary)
        unlink(pending->temporary);
    pending_free(pending);
}

bool mlt_fs_same(const char *a, const char *b)
{
    struct stat x, y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

enum mlt_fs_kind mlt_fs_kind(const char *path)
{
    struct stat info;
    if (stat(path, &info) != 0)
        return MLT_FS_ABSENT;
    return S_ISREG(info.st_mode) ? MLT_FS_FILE : S_ISDIR(info.st_mode) ? MLT_FS_DIR : MLT_FS_OTHER;
}

bool mlt_fs_mkdirs(const char *path, struct mlt_err *err)
{
    char *copy = strdup(path);
    if (!copy)
        return mlt_err_oom(err);
    bool ok = true;
    for (char *at = copy + 1; ok && *copy; at++) {
        char c = *at;
        if (c != '/' && c != '\0')
            continue;
        *at = '\0';
        int reason = mkdir(copy, 0777) == 0 ? 0 : errno;
        if (reason && mlt_fs_kind(copy) != MLT_FS_DIR)
            ok = mlt_err_sys(err, reason, "cannot make the folder %s", copy);
        *at = c;
        if (c == '\0')
            break;
    }
    free(copy);
    return ok;
}

bool mlt_fs_sync_dir(const char *path, struct mlt_err *err)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return mlt_err_sys(err, errno, "cannot open the folder %s", path);
    /* Some file systems cannot sync a folder and say EINVAL; there is nothing better to do. */
    bool ok = fsync(fd) == 0 || errno == EINVAL;
    if (!ok)
        mlt_err_sys(err, errno, "cannot sync the folder %s", path);
    close(fd);
    return ok;
}

bool mlt_fs_rename_new(const char *from, const char *to, bool *existed, struct mlt_err *err)
{
    *existed = false;
    if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
        return sync_parent(to, err);
    if (errno == EEXIST) {
        *existed = true;
        return mlt_err_set(err, MLT_ERR_USAGE, "%s exists already", to);
    }
    return mlt_err_sys(err, errno, "cannot rename %s to %s", from, to);
}

static bool copy_bytes(int from_fd, const char *from, int to_fd, const char *to,
                       struct mlt_err *err)
{
    char *block = malloc(BLOCK_BYTES);
    if (!block)
        return mlt_err_oom(err);
    bool ok = true;
    for (;;) {
        ssize_t got = read(from_fd, block, BLOCK_BYTES);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            ok = read_error(err, errno, from);
        if (got <= 0)
            break;
        if (!mlt_fs_write_all(to_fd, block, (size_t)got)) {
            ok = mlt_err_sys(err, errno, "cannot write %s", to);
            break;
        }
    }
    free(block);
    return ok;
}

bool mlt_fs_copy_file(const char *from, const char *to, struct mlt_err *err)
{
    struct stat info;
    int from_fd = open_regular(from, &info, err);
    if (from_fd < 0)
        return false;
    int to_fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, info.st_mode & 0777);
    if (to_fd < 0) {
        mlt_err_sys(err, errno, "cannot write %s", to);
        close(from_fd);
        return false;
    }
    bool ok = copy_bytes(from_fd, from, to_fd, to, err);
    if (ok && fsync(to_fd) != 0)
        ok = mlt_err_sys(err, errno, "cannot write %s", to);
    if (close(to_fd) != 0 && ok)
        ok = mlt_err_sys(err, errno, "cannot write %s", to);
    close(from_fd);
    if (!ok)
        unlink(to);
    return ok;
}

bool mlt_fs_temp_dir(const char *parent, const char *prefix, struct mlt_arena *arena, char **out,
                     struct mlt_err *err)
{
    char *path = mlt_arena_printf(arena, "%s/%sXXXXXX", parent, prefix);
    if (!path)
        return mlt_err_oom(err);
    if (!mkdtemp(path))
        return mlt_err_sys(err, errno, "cannot make a temporary folder in %s", parent);
    *out = path;
    return true;
}

bool mlt_fs_lock(const char *path, int *out_fd, struct mlt_err *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0644);
    if (fd < 0)
        return mlt_err_sys(err, errno, "cannot open the lock %s", path);
    while (flock(fd, LOCK_EX) != 0) {
        if (errno == EINTR)
            continue;
        mlt_err_sys(err, errno, "cannot lock %s", path);
        close(fd);
        return false;
    }
    *out_fd = fd;
    return true;
}

char *mlt_fs_join(struct mlt_arena *arena, const char *dir, const char *name)
{
    if (name[0] == '/' || dir[0] == '\0')
        return mlt_arena_strdup(arena, name);
    const char *slash = dir[strlen(dir) - 1] == '/' ? "" : "/";
    return mlt_arena_printf(arena, "%s%s%s", dir, slash, name);
}

char *mlt_fs_dirname(struct mlt_arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return mlt_arena_strdup(arena, ".");
    while (slash > path && slash[-1] == '/')
        slash--;
    return mlt_arena_strndup(arena, path, slash == path ? 1 : (size_t)(slash - path));
}

const char *mlt_fs_basename(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

char *mlt_fs_absolute(struct mlt_arena *arena, const char *path, struct mlt_err *err)
{
    char *real = realpath(path, NULL);
    if (!real) {
        read_error(err, errno, path);
        return NULL;
    }
    char *copy = mlt_arena_strdup(arena, real);
    free(real);
    if (!copy)
        mlt_err_oom(err);
    return copy;
}

bool mlt_fs_is_inside(const char *relative)
{
    for (const char *part = relative;;) {
        size_t len = strcspn(part, "/");
        if (len == 0 || (len == 1 && part[0] == '.') || (len == 2 && memcmp(part, "..", 2) == 0))
            return false;
        if (part[len] == '\0')
            return true;
        part += len + 1;
    }
}
