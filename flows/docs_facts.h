/* Gathers what is known about a version for its documents. */
#ifndef MLTEST_FLOWS_DOCS_FACTS_H
#define MLTEST_FLOWS_DOCS_FACTS_H

#include <stdbool.h>

#include "harness/documents/facts.h"
#include "harness/registry/registry.h"
#include "mltest/err.h"

struct mlt_docs_facts_request {
    struct mlt_registry *registry;     /* NULL: none is at hand; then there are no runs */
    const struct mlt_version *version; /* registered, or a folder */
    const char *previous_dir;          /* folder of the release before; NULL: from the registry */
};

/* Everything lives in the arena (or is lent by the version). Runs that cannot be trusted are not
 * among the facts. */
bool mlt_docs_facts_gather(const struct mlt_docs_facts_request *request, struct mlt_arena *arena,
                           struct mlt_document_facts *out, struct mlt_err *err) MLT_MUST_USE;

/* The six documents in `dir`/docs. */
bool mlt_docs_read_folder(const char *dir, struct mlt_arena *arena, struct mlt_document_set *out,
                          struct mlt_err *err) MLT_MUST_USE;

#endif
