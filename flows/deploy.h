/* `mltest deploy`: gate, then record. The deployer is `ledger`: bookkeeping only. */
#ifndef MLTEST_FLOWS_DEPLOY_H
#define MLTEST_FLOWS_DEPLOY_H

#include <stdbool.h>

#include "flows/announce.h"
#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "mltest/err.h"
#include "mltest/verdict.h"

struct mlt_deploy_request {
    const char *dir, *registry, *ref;
    const char *environment;
    const char *reason; /* NULL: "deployed by mltest deploy" */
    bool color;
    unsigned width;
    struct mlt_announcement *announcement; /* filled for the pipeline; NULL */
};

/* Decides by the pinned policy on the registry's own evidence; on a pass keeps the decision and
 * records the deployment of exactly these files. Anything else records nothing. */
bool mlt_flow_deploy(const struct mlt_deploy_request *request, struct mlt_arena *arena,
                     struct mlt_buf *out, enum mlt_verdict *verdict,
                     struct mlt_err *err) MLT_MUST_USE;

#endif
