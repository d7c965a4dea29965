/* `mltest promote`: gate, then move, then log: one unit. */
#ifndef MLTEST_FLOWS_PROMOTE_H
#define MLTEST_FLOWS_PROMOTE_H

#include <stdbool.h>
#include <stddef.h>

#include "flows/announce.h"
#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "mltest/err.h"
#include "mltest/verdict.h"

struct mlt_promote_request {
    const char *dir, *registry, *ref;
    const char *state;   /* where to: "beta" */
    const char *reason;  /* required */
    const char *removal; /* YYYY-MM-DD, to deprecated; NULL */
    const char *const *tickets;
    size_t ticket_count;
    bool color;
    unsigned width;
    struct mlt_announcement *announcement; /* filled; NULL: nobody listens */
};

/* Decides by the pinned policy on the registry's own evidence; on a pass keeps the decision, moves
 * the version and logs it. Anything else moves nothing. What changes the model meanwhile makes it
 * look and decide again. Back to Development there is no gate: the verdict is then a pass. */
bool mlt_flow_promote(const struct mlt_promote_request *request, struct mlt_arena *arena,
                      struct mlt_buf *out, enum mlt_verdict *verdict,
                      struct mlt_err *err) MLT_MUST_USE;

#endif
