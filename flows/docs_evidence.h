/* A version's documents as a gate looks at them. */
#ifndef MLTEST_FLOWS_DOCS_EVIDENCE_H
#define MLTEST_FLOWS_DOCS_EVIDENCE_H

#include <stdbool.h>

#include "flows/docs_facts.h"
#include "harness/base/arena.h"
#include "harness/domain/evidence.h"
#include "mltest/err.h"

/* Checks the newest documents of the version (of one that is not registered: those in its folder)
 * and keeps every fault as a text in the arena. What the check itself needs is given back. */
bool mlt_docs_evidence(const struct mlt_docs_facts_request *request, struct mlt_arena *arena,
                       struct mlt_evidence_documents *out, struct mlt_err *err) MLT_MUST_USE;

#endif
