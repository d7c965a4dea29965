/* The files of a version's folder beside those of a commit. */
#ifndef MLTEST_FLOWS_SOURCE_FILES_H
#define MLTEST_FLOWS_SOURCE_FILES_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/arena.h"
#include "harness/domain/manifest.h"
#include "harness/domain/source.h"
#include "harness/registry/git_tree.h"
#include "mltest/err.h"

enum mlt_source_state {
    MLT_SOURCE_DIFFERS = 0,
    MLT_SOURCE_SAME,
    MLT_SOURCE_NOT_COMMITTED,
    MLT_SOURCE_ONLY_COMMITTED,
};

struct mlt_source_file {
    const char *path;
    enum mlt_source_state state;
    const char *here,
        *committed; /* SHA-256; what a committed thing is that is no file; NULL: none */
};

/* "same", "differs", "not in the commit", "only in the commit". */
const char *mlt_source_state_name(enum mlt_source_state state);

/* Every file that is to be under version control (mlt_source_covers), or that has a digest in
 * `source`, in the manifest or at the commit, sorted by path. */
bool mlt_source_compare(const struct mlt_source *source, const struct mlt_manifest *manifest,
                        const char *checkout, struct mlt_arena *arena, struct mlt_source_file **out,
                        size_t *out_count, struct mlt_err *err) MLT_MUST_USE;

/* Whether both URLs name one repository: "git@host:a/b.git" is "https://host/a/b". */
bool mlt_source_same_repository(const char *a, const char *b);

#endif
