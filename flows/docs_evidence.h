/* A version's documents as a gate looks at them. */
#ifndef MLTEST_FLOWS_DOCS_EVIDENCE_H
#define MLTEST_FLOWS_DOCS_EVIDENCE_H

#include <stdbool.h>

#include "harness/base/arena.h"
#include "harness/domain/evidence.h"
#include "harness/registry/registry.h"
#include "mltest/err.h"

/* Checks the newest documents of the version (of one that is not registered: those in its folder)
 * and keeps every fault as a text. */
bool mlt_docs_evidence(struct mlt_registry *registry, const struct mlt_version *version,
                       struct mlt_arena *arena, struct mlt_evidence_documents *out,
                       struct mlt_err *err) MLT_MUST_USE;

#endif
