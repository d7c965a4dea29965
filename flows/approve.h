/* `mltest approve`, `reject`, `waive` and `approvals revoke`: what a person says, signed. */
#ifndef MLTEST_FLOWS_APPROVE_H
#define MLTEST_FLOWS_APPROVE_H

#include <stdbool.h>

#include "flows/sign.h"

struct mlt_approve_request {
    struct mlt_sign_request sign;
    const char *ref; /* MODEL@VERSION; of a policy MODEL, or NULL: every model without its own */
    const char *stage;
    const char *policy; /* a gates.yaml that is approved instead of a version; NULL */
    bool reject;
};
bool mlt_flow_approve(const struct mlt_approve_request *request, struct mlt_arena *arena,
                      struct mlt_buf *out, struct mlt_err *err) MLT_MUST_USE;

struct mlt_waive_request {
    struct mlt_sign_request sign;
    const char *ref;
    const char *criterion; /* as the policy writes it */
    const char *expires;   /* RFC 3339, or "30d" from now */
};
bool mlt_flow_waive(const struct mlt_waive_request *request, struct mlt_arena *arena,
                    struct mlt_buf *out, struct mlt_err *err) MLT_MUST_USE;

struct mlt_revoke_request {
    struct mlt_sign_request sign;
    const char *digest; /* of the statement, or its first 8 digits or more */
};
bool mlt_flow_revoke(const struct mlt_revoke_request *request, struct mlt_arena *arena,
                     struct mlt_buf *out, struct mlt_err *err) MLT_MUST_USE;

#endif
