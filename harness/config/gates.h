/* gates.yaml: policy. The protocol's own `deployment:` block is accepted word for word; what the
 * file does not name is as built in. */
#ifndef MLTEST_CONFIG_GATES_H
#define MLTEST_CONFIG_GATES_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/domain/policy.h"
#include "mltest/err.h"

/* Parses the text of a policy; `file` names it in messages. `signers` is the text of the signers'
 * file that the policy names (NULL: it names none, or it is not at hand, and who can sign is not
 * checked); with it a role in which nobody can sign and a quorum that cannot be reached are faults.
 * `words` are the requirement words that are known, NULL-terminated; one that starts with '*'
 * stands for any beginning ("*_deployment_successful"). A requirement that is neither a known word
 * nor a sentence is MLT_ERR_USAGE with file:line:column and the nearest right word. Everything
 * lives in the arena, the text is copied. */
bool mlt_gates_parse(const char *file, const char *text, size_t len, const char *signers,
                     const char *const *words, struct mlt_arena *arena, struct mlt_policy *out,
                     struct mlt_err *err) MLT_MUST_USE;

/* The JSON Schema of gates.yaml. */
bool mlt_gates_schema_print(struct mlt_buf *out, struct mlt_err *err) MLT_MUST_USE;

#endif
