/* `mltest policy show | check | put`. */
#ifndef MLTEST_FLOWS_POLICY_H
#define MLTEST_FLOWS_POLICY_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "mltest/err.h"

struct mlt_policy_request {
    const char *dir, *registry; /* as in struct mlt_setting_request */
    const char *model;          /* NULL: every model without its own */
    const char *file;           /* check, put: a gates.yaml; check NULL: beside mltest.yaml */
    bool built_in;              /* show: what is built in */
    const char *format;         /* show: "console" (or NULL), "yaml", "json" */
    const char *reason;         /* put */
    const char *const *tickets;
    size_t ticket_count;
};

/* The policy in force: each gate with each criterion, and where that comes from. `yaml` is the text
 * as pinned, or as built in. */
bool mlt_flow_policy_show(const struct mlt_policy_request *request, struct mlt_arena *arena,
                          struct mlt_buf *out, struct mlt_err *err) MLT_MUST_USE;
/* Reads a policy, and prints what each gate will ask and what is weak about it. */
bool mlt_flow_policy_check(const struct mlt_policy_request *request, struct mlt_arena *arena,
                           struct mlt_buf *out, struct mlt_err *err) MLT_MUST_USE;
/* Pins a policy in the place of the one in force, when holders of the role that owns that one
 * approved exactly this text. The first one is free. */
bool mlt_flow_policy_put(const struct mlt_policy_request *request, struct mlt_arena *arena,
                         struct mlt_buf *out, struct mlt_err *err) MLT_MUST_USE;

#endif
