/* `mltest registry check-compat` and `registry bump`: what a version changes for its callers, and
 * the number it needs. */
#ifndef MLTEST_FLOWS_COMPAT_H
#define MLTEST_FLOWS_COMPAT_H

#include <stdbool.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "mltest/err.h"

struct mlt_compat_request {
    const char *registry; /* URL; NULL: environment or configuration; unused between two folders */
    const char *from;     /* MODEL@VERSION or a version's folder; NULL: the release before `to` */
    const char *to;       /* check: MODEL@VERSION or a folder; bump: a folder */
    const char *model;    /* bump: the model whose highest release is `from` */
    const char *format;   /* "text" (or NULL) or "json" */
    bool explain;         /* bump: also why */
};

/* `*accepted`: the newer version's number is high enough for what it changes. */
bool mlt_flow_compat_check(const struct mlt_compat_request *request, struct mlt_arena *arena,
                           struct mlt_buf *out, bool *accepted, struct mlt_err *err) MLT_MUST_USE;
/* The version that the folder's content has to be released as. */
bool mlt_flow_compat_bump(const struct mlt_compat_request *request, struct mlt_arena *arena,
                          struct mlt_buf *out, struct mlt_err *err) MLT_MUST_USE;

#endif
