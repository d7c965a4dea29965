/* gates.yaml: the policy. The `deployment:` block of the versioning protocol is accepted word for
 * word, also when it stands alone. */
#ifndef MLTEST_CONFIG_GATES_H
#define MLTEST_CONFIG_GATES_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/domain/policy.h"
#include "mltest/err.h"

/* What a policy may name, given by the caller so that this floor needs no higher one; both end with
 * NULL. gates/decide makes it: mlt_gate_tables(). */
struct mlt_gates_tables {
    const char *const *words;  /* "unit_tests_passed"; "*_deployment_successful": for any environment
                                  that stands before the one that asks */
    const char *const *suites; /* "unit", "edge-case" ("edge_case" is accepted too) */
};

/* Parses text that was read from `path`. A policy without any requirement is an error. What the
 * policy holds beside gates (canary, rollback, approvers) is checked by its shape; an `anchor:` is
 * asked wherever a comparison with production is asked, as a requirement of its own. */
bool mlt_gates_parse(const char *path, const char *text, size_t len,
                     const struct mlt_gates_tables *tables, struct mlt_arena *arena,
                     struct mlt_policy *out, struct mlt_err *err) MLT_MUST_USE;
bool mlt_gates_load(const char *path, const struct mlt_gates_tables *tables,
                    struct mlt_arena *arena, struct mlt_policy *out,
                    struct mlt_err *err) MLT_MUST_USE;
/* The JSON Schema of gates.yaml. */
bool mlt_gates_schema_print(struct mlt_buf *out, struct mlt_err *err) MLT_MUST_USE;

#endif
