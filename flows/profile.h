/* `mltest registry profile`: what training data look like, for metadata.json. */
#ifndef MLTEST_FLOWS_PROFILE_H
#define MLTEST_FLOWS_PROFILE_H

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "mltest/err.h"

struct mlt_profile_request {
    const char *data;     /* the file */
    const char *columns;  /* "a,b,c"; NULL: all */
    const char *like;     /* MODEL@VERSION or a version's folder whose bins are used; NULL: none */
    const char *registry; /* URL; NULL: environment or configuration; used by `like` only */
    const char *hash;     /* training_dataset_hash; NULL: the file's SHA-256 */
    const char *limit;    /* NULL: that of `like`, or none */
};

/* The JSON object into `out`, and into `notes` a line for the reader where columns are left out. */
bool mlt_flow_profile(const struct mlt_profile_request *request, struct mlt_arena *arena,
                      struct mlt_buf *out, struct mlt_buf *notes, struct mlt_err *err) MLT_MUST_USE;

#endif
