/* `mltest deploy`: gate, then record. The deployer is `ledger`: bookkeeping only. */
#ifndef MLTEST_FLOWS_DEPLOY_H
#define MLTEST_FLOWS_DEPLOY_H

#include <stdbool.h>
#include <stddef.h>

#include "flows/announce.h"
#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "mltest/err.h"
#include "mltest/verdict.h"

struct mlt_deploy_request {
    const char *dir, *registry, *ref;
    const char *environment;
    const char *cohort; /* of a -beta version that goes to production; NULL */
    const char *reason; /* NULL: "deployed by mltest deploy" */
    const char *const *tickets;
    size_t ticket_count;
    bool color;
    unsigned width;
    struct mlt_announcement *announcement; /* filled for the pipeline; NULL */
};

/* Decides by the pinned policy on the registry's own evidence; on a pass keeps the decision and
 * records the deployment of exactly these files. Anything else records nothing. Environments are
 * reached in the order of the policy. What changes the model meanwhile makes it look and decide
 * again. What is to be said beside the decision is appended to `notes`, line by line. */
bool mlt_flow_deploy(const struct mlt_deploy_request *request, struct mlt_arena *arena,
                     struct mlt_buf *out, struct mlt_buf *notes, enum mlt_verdict *verdict,
                     struct mlt_err *err) MLT_MUST_USE;

#endif
