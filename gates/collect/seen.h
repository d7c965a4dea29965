/* What was looked at, newest first, for what else is asked of it. */
#ifndef MLTEST_GATES_SEEN_H
#define MLTEST_GATES_SEEN_H

#include "gates/collect/collect.h"

struct mlt_seen_run {
    const struct mlt_run *run; /* NULL for a file that cannot be read or trusted */
    const char *path, *sha256;
    const char *signed_by; /* id of the key; NULL where the registry allows none */
    const char *fault; /* why it counts for no suite; NULL when it may */
    bool repeated;     /* the same file as the one before */
};

/* The newest run of the subject's files against the policy's anchor, where the gate asks for one.
 */
bool mlt_collect_anchor(const struct mlt_collect_request *request, const struct mlt_seen_run *seen,
                        size_t count, struct mlt_arena *arena, struct mlt_evidence *out,
                        struct mlt_err *err) MLT_MUST_USE;

/* How often the held-out sets of the runs that count were looked at before. */
bool mlt_collect_uses(const struct mlt_collect_request *request, const struct mlt_seen_run *seen,
                      size_t count, struct mlt_arena *arena, struct mlt_evidence *out,
                      struct mlt_err *err) MLT_MUST_USE;

#endif
