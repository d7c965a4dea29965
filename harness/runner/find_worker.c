#include "harness/runner/pool.h"

#include <stdlib.h>
#include <unistd.h>

#include "harness/base/fs.h"

#ifndef MLT_PKGLIBEXECDIR
#define MLT_PKGLIBEXECDIR "/usr/local/libexec/mltest"
#endif

static bool is_program(const char *path)
{
    return path && mlt_fs_kind(path) == MLT_FS_FILE && access(path, X_OK) == 0;
}

bool mlt_pool_find_worker(struct mlt_arena *arena, char **out, struct mlt_err *err)
{
    /* Beside the program; beside its prefix; beside a program that libtool keeps in .libs/. */
    static const char *const places[] = {"libexec/worker", "../libexec/mltest/worker",
                                         "../libexec/worker"};
    const char *named = getenv("MLTEST_WORKER");
    char self[4096];
    if (named && *named) {
        if (!is_program(named))
            return mlt_err_set(err, MLT_ERR_INFRA,
                               "MLTEST_WORKER names %s, which is no program that can be run", named);
        *out = mlt_arena_strdup(arena, named);
        return *out || mlt_err_oom(err);
    }
    ssize_t len = readlink("/proc/self/exe", self, sizeof self - 1);
    self[len > 0 ? len : 0] = '\0';
    char *folder = mlt_fs_dirname(arena, self);
    for (size_t i = 0; len > 0 && folder && i < sizeof places / sizeof *places; i++) {
        char *path = mlt_fs_join(arena, folder, places[i]);
        if (is_program(path)) {
            *out = path;
            return true;
        }
    }
    if (!is_program(MLT_PKGLIBEXECDIR "/worker"))
        return mlt_err_set(err, MLT_ERR_INFRA,
                           "the worker program is missing: it is neither beside this program "
                           "(libexec/worker) nor at %s; set MLTEST_WORKER to its path",
                           MLT_PKGLIBEXECDIR "/worker");
    *out = mlt_arena_strdup(arena, MLT_PKGLIBEXECDIR "/worker");
    return *out || mlt_err_oom(err);
}
