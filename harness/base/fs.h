/* Files that are whole or not there at all, and the few directory operations the project needs. */
#ifndef MLTEST_BASE_FS_H
#define MLTEST_BASE_FS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "mltest/err.h"

/* Reads a whole regular file, at most `max_bytes` (more is an error). Missing file: the sentence
 * says so, kind MLT_ERR_USAGE; anything else MLT_ERR_INFRA. Appends to `out`. */
bool mlt_fs_read(const char *path, size_t max_bytes, struct mlt_buf *out,
                 struct mlt_err *err) MLT_MUST_USE;

/* Writes `path` so that readers see the old bytes or the new ones: temporary name in the same
 * folder, fsync, rename, fsync of the folder. The mode is 0644 less the umask. Nothing of the
 * temporary file stays behind on failure. */
bool mlt_fs_write_atomic(const char *path, const void *data, size_t len,
                         struct mlt_err *err) MLT_MUST_USE;

/* A file under construction, for writers that stream. Between _begin and _commit it is named
 * `<path>.tmp-<random>`; _commit syncs and renames, _abort removes. */
struct mlt_fs_pending {
    char *path, *temporary;
    int fd;
};
bool mlt_fs_pending_begin(const char *path, struct mlt_fs_pending *out,
                          struct mlt_err *err) MLT_MUST_USE;
bool mlt_fs_pending_commit(struct mlt_fs_pending *pending, struct mlt_err *err) MLT_MUST_USE;
void mlt_fs_pending_abort(struct mlt_fs_pending *pending);

enum mlt_fs_kind { MLT_FS_ABSENT, MLT_FS_FILE, MLT_FS_DIR, MLT_FS_OTHER };
/* What is at `path`, symbolic links followed. Unreadable counts as absent. */
enum mlt_fs_kind mlt_fs_kind(const char *path);
/* Whether both paths lead to one and the same file; false where either is absent. */
bool mlt_fs_same(const char *a, const char *b);

bool mlt_fs_mkdirs(const char *path, struct mlt_err *err) MLT_MUST_USE;
bool mlt_fs_sync_dir(const char *path, struct mlt_err *err) MLT_MUST_USE;
/* Renames and refuses to replace (renameat2 RENAME_NOREPLACE). `*existed` tells that refusal, which
 * is then also the error. */
bool mlt_fs_rename_new(const char *from, const char *to, bool *existed,
                       struct mlt_err *err) MLT_MUST_USE;
/* Writes a new file, unsynced: for many files of a folder that is synced before it is shown. */
bool mlt_fs_write_new(const char *path, const void *data, size_t len,
                      struct mlt_err *err) MLT_MUST_USE;
/* Syncs the whole file system that the folder is on. */
bool mlt_fs_sync_all(const char *dir, struct mlt_err *err) MLT_MUST_USE;
/* Puts the folder `from` in the place of the folder `to` in one step and leaves what was there as
 * `from`; where `to` is absent, only renames. Where the file system cannot exchange, `to` is gone
 * for a moment. */
bool mlt_fs_exchange_dirs(const char *from, const char *to, struct mlt_err *err) MLT_MUST_USE;
/* Removes a file or a whole tree, never following symbolic links. A missing path is success. */
bool mlt_fs_remove_tree(const char *path, struct mlt_err *err) MLT_MUST_USE;
/* Copies the bytes of a regular file and syncs the copy; `to` must not exist. */
bool mlt_fs_copy_file(const char *from, const char *to, struct mlt_err *err) MLT_MUST_USE;
/* A fresh folder `<parent>/<prefix>XXXXXX`, mode 0700; its name is in the arena. */
bool mlt_fs_temp_dir(const char *parent, const char *prefix, struct mlt_arena *arena, char **out,
                     struct mlt_err *err) MLT_MUST_USE;

/* The relative paths ("a/b.txt") of every regular file below `dir`, sorted bytewise. Symbolic links
 * and special files are errors when `strict`, else left out. */
bool mlt_fs_list_files(const char *dir, bool strict, struct mlt_arena *arena, char ***out_paths,
                       size_t *out_count, struct mlt_err *err) MLT_MUST_USE;
/* The entry names of one folder (files and folders), sorted bytewise, without "." and "..". */
bool mlt_fs_list_names(const char *dir, struct mlt_arena *arena, char ***out_names,
                       size_t *out_count, struct mlt_err *err) MLT_MUST_USE;

/* An advisory lock (flock) on `path`, made when missing; waits. Closing the fd releases it. */
bool mlt_fs_lock(const char *path, int *out_fd, struct mlt_err *err) MLT_MUST_USE;

/* "a/b" from "a" and "b"; an absolute `name` is returned as it is. */
char *mlt_fs_join(struct mlt_arena *arena, const char *dir, const char *name);
/* The folder part of a path ("." when there is none), and what follows the last '/'. */
char *mlt_fs_dirname(struct mlt_arena *arena, const char *path);
const char *mlt_fs_basename(const char *path);
/* The absolute form with links resolved; NULL with the error set when there is no such path. */
char *mlt_fs_absolute(struct mlt_arena *arena, const char *path, struct mlt_err *err);
/* True for a relative path that cannot leave its folder: no empty, "." or ".." component. */
bool mlt_fs_is_inside(const char *relative);

/* Writes all bytes to a descriptor, resuming after short writes and EINTR. */
bool mlt_fs_write_all(int fd, const void *data, size_t len);

#endif
