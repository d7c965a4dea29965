/* Gathers what is known about a version for its documents. */
#ifndef MLTEST_FLOWS_DOCS_FACTS_H
#define MLTEST_FLOWS_DOCS_FACTS_H

#include <stdbool.h>

#include "harness/documents/document.h"
#include "harness/documents/facts.h"
#include "harness/registry/registry.h"
#include "mltest/err.h"

struct mlt_docs_facts_request {
    struct mlt_registry *registry;     /* NULL: none is at hand; then there are no runs */
    const struct mlt_version *version; /* registered, or a folder */
    const char *previous_dir;          /* folder of the release before; NULL: from the registry */
    /* The lower registered versions, highest first, where they are at hand; NULL: they are read. */
    const struct mlt_document_past *past;
    size_t past_count;
};

/* Everything lives in the arena (or is lent by the version). Runs that cannot be trusted are not
 * among the facts. A release before that is not the lower version is MLT_ERR_USAGE. */
bool mlt_docs_facts_gather(const struct mlt_docs_facts_request *request, struct mlt_arena *arena,
                           struct mlt_document_facts *out, struct mlt_err *err) MLT_MUST_USE;

/* The runs that a registry keeps of exactly these files and that reached their end unfiltered and
 * undivided, newest first; of more than 16 the newest. A file that is not what was recorded is left
 * out. */
bool mlt_docs_runs(struct mlt_registry *registry, const struct mlt_version *version,
                   struct mlt_arena *arena, struct mlt_document_run **out, size_t *out_count,
                   struct mlt_err *err) MLT_MUST_USE;

/* A version's folder that may still lack its documents, tests or model file: metadata.json and
 * config.json are checked as for a registration, the rest is not. `state`, digests and manifest are
 * empty. */
bool mlt_docs_read_version(const char *dir, struct mlt_arena *arena, struct mlt_version *out,
                           struct mlt_err *err) MLT_MUST_USE;

/* The six documents that lie in the folder `docs`, by either of their file names; where one is
 * missing its text is NULL. Their paths are "docs/api.md", whatever the folder's name. */
bool mlt_docs_read_documents(const char *docs, struct mlt_arena *arena,
                             struct mlt_document_set *out, struct mlt_err *err) MLT_MUST_USE;
/* Those in `dir`/docs. */
bool mlt_docs_read_folder(const char *dir, struct mlt_arena *arena, struct mlt_document_set *out,
                          struct mlt_err *err) MLT_MUST_USE;

#endif
