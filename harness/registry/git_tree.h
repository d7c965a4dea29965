/* Files of a folder as they are at a commit: read from the object store of a git repository by the
 * program `git`, so that an unclean work tree does not matter.
 *
 * The repository is hostile: nothing that its configuration names is run, nothing is fetched, and
 * neither replacements nor the caller's own settings of git count. Names and contents come back as
 * bytes, never through a shell. */
#ifndef MLTEST_REGISTRY_GIT_TREE_H
#define MLTEST_REGISTRY_GIT_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/arena.h"
#include "harness/base/hash.h"
#include "mltest/err.h"

struct mlt_git_file {
    const char *path;            /* relative to the folder */
    uint64_t bytes;              /* in the repository */
    char sha256[MLT_SHA256_HEX]; /* of the content; "" where `what` is set */
    const char *what; /* NULL: a file; else what it is: "a symbolic link", "a submodule" */
};

struct mlt_git_tree {
    struct mlt_git_file *files; /* sorted by path */
    size_t count;
};

/* The files below the folder `path` ("": the root) at `commit` (40 or 64 hex digits) for which
 * `wanted` says true. A pointer of Git LFS counts as the content that it names. `checkout` is any
 * folder of a work tree, or a bare repository. MLT_ERR_USAGE: no repository there, the commit or
 * the folder is not in it (with the command that would fetch it), a file above 1 GiB, no git
 * program. */
bool mlt_git_tree_read(const char *checkout, const char *commit, const char *path,
                       bool (*wanted)(void *context, const char *path), void *context,
                       struct mlt_arena *arena, struct mlt_git_tree *out,
                       struct mlt_err *err) MLT_MUST_USE;

/* The entry of that path, or NULL. */
const struct mlt_git_file *mlt_git_tree_find(const struct mlt_git_tree *tree, const char *path);

/* The commit that is checked out, and the top folder of the work tree. MLT_ERR_USAGE where there is
 * none.
 */
bool mlt_git_head(const char *checkout, struct mlt_arena *arena, const char **out_commit,
                  const char **out_top, struct mlt_err *err) MLT_MUST_USE;

struct mlt_git_remote {
    const char *name, *url;
};
/* The remotes that the repository names, in its order. */
bool mlt_git_remotes(const char *checkout, struct mlt_arena *arena, struct mlt_git_remote **out,
                     size_t *out_count, struct mlt_err *err) MLT_MUST_USE;

#endif
