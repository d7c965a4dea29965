/* What promote, deploy and gate share: what the lifecycle allows before anybody looks at evidence,
 * and what those keep who act. */
#ifndef MLTEST_FLOWS_LIFECYCLE_H
#define MLTEST_FLOWS_LIFECYCLE_H

#include <stdbool.h>
#include <stddef.h>

#include "flows/setting.h"
#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/domain/decision.h"
#include "harness/domain/lifecycle.h"
#include "harness/domain/policy.h"
#include "mltest/err.h"

/* How often an acting command looks and decides again because the model was changed meanwhile. */
enum { MLT_LIFECYCLE_TRIES = 10 };

/* May the version go to this state, as the registry has it now? A folder that is not registered has
 * no state and may be asked about anything. MLT_ERR_USAGE names the step that it may take. */
bool mlt_lifecycle_check_state(const struct mlt_setting *setting, const char *state,
                               struct mlt_arena *arena, enum mlt_state *out,
                               struct mlt_err *err) MLT_MUST_USE;
/* May the version go to this environment? Its state must allow it, and the same files must have
 * been deployed to the one before it in the policy, whatever the policy's requirements say. */
bool mlt_lifecycle_check_environment(const struct mlt_setting *setting,
                                     const struct mlt_policy *policy, const char *environment,
                                     const char *cohort, struct mlt_arena *arena,
                                     struct mlt_err *err) MLT_MUST_USE;

/* Those whose approvals counted: approvals without a fault for a stage that the gate asks for, each
 * person once. In the arena; NULL when memory is out. */
const char *const *mlt_lifecycle_approvers(const struct mlt_decision *decision,
                                           struct mlt_arena *arena, size_t *out_count);

/* Appends a line about a version that is deprecated: until when it is there, and what comes after
 * it. Nothing for any other version. */
bool mlt_lifecycle_warn(struct mlt_registry *registry, const struct mlt_version *version,
                        struct mlt_arena *arena, struct mlt_buf *notes,
                        struct mlt_err *err) MLT_MUST_USE;

#endif
