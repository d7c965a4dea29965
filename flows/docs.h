/* `mltest docs new` and `docs check`: a version's documents written from what is known, and held
 * against it. */
#ifndef MLTEST_FLOWS_DOCS_H
#define MLTEST_FLOWS_DOCS_H

#include <stdbool.h>

#include "flows/docs_facts.h"
#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/documents/check.h"
#include "harness/documents/document.h"
#include "harness/documents/facts.h"
#include "harness/registry/documents.h"
#include "harness/registry/registry.h"
#include "mltest/err.h"

struct mlt_docs_request {
    const char *registry; /* URL; NULL: environment or configuration; a folder needs none */
    const char *ref;      /* MODEL@VERSION or a version's folder */
    const char *previous; /* folder of the release before; NULL: from the registry */
    const char *output;   /* new: the folder to write to; NULL: docs/ of the version's folder */
    const char *format;   /* check: "text" (or NULL) or "json" */
};

/* Writes the six documents, each whole or not at all; `out` says what was written, what was carried
 * over from the release before and what waits for somebody to write it. A registered version needs
 * `output`: its folder never changes. Documents that lie in `output` already count for the
 * version's own. */
bool mlt_flow_docs_new(const struct mlt_docs_request *request, struct mlt_arena *arena,
                       struct mlt_buf *out, struct mlt_err *err) MLT_MUST_USE;

/* Holds the documents of the newest revision, or in the folder, against what is known. `out` lists
 * the faults, those of the worst document first, and names the command that repairs them;
 * `*complete`: there are none. */
bool mlt_flow_docs_check(const struct mlt_docs_request *request, struct mlt_arena *arena,
                         struct mlt_buf *out, bool *complete, struct mlt_err *err) MLT_MUST_USE;

/* The same for a version that is at hand: registered, then also its registry and `*revision` say
 * which documents were looked at, else in its folder. Everything lives in the arena. */
bool mlt_docs_check(const struct mlt_docs_facts_request *request, struct mlt_arena *arena,
                    struct mlt_document_set *set, struct mlt_document_revision *revision,
                    struct mlt_document_fault **faults, size_t *count,
                    struct mlt_err *err) MLT_MUST_USE;

/* What both are about. Close with mlt_docs_subject_close(), also after a failure. */
struct mlt_docs_subject {
    struct mlt_registry *registry; /* NULL: none is named */
    struct mlt_version version;
    bool is_registered;
    struct mlt_document_set set;           /* of the newest revision, or in the folder */
    struct mlt_document_revision revision; /* of a registered version */
    struct mlt_document_facts facts;
};
bool mlt_docs_subject_open(const struct mlt_docs_request *request, struct mlt_arena *arena,
                           struct mlt_docs_subject *out, struct mlt_err *err) MLT_MUST_USE;
void mlt_docs_subject_close(struct mlt_docs_subject *subject);

#endif
