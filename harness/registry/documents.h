/* Documents of registered versions. Those in a version's folder are its revision 0 and never
 * change; a correction is a further revision, kept under .evidence/<version>/docs/<n>/ with its
 * digest in the records, and logged: who signed it off and why. Nothing is ever taken away. */
#ifndef MLTEST_REGISTRY_DOCUMENTS_H
#define MLTEST_REGISTRY_DOCUMENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/arena.h"
#include "harness/documents/document.h"
#include "harness/registry/registry.h"
#include "mltest/err.h"

struct mlt_document_revision {
    long long number;             /* 0: as registered */
    char digest[MLT_SHA256_HEX];  /* of its REVISION.json; of revision 0: of the version */
    const char *at, *by, *reason; /* of revision 0: of the registration; reason "" */
    unsigned kinds; /* which documents it brought: bits 1u << enum mlt_document_kind */
};

/* Revisions of a version, oldest first; there is always revision 0. */
bool mlt_registry_document_revisions(struct mlt_registry *registry, const char *model,
                                     const char *version, struct mlt_arena *arena,
                                     struct mlt_document_revision **out, size_t *out_count,
                                     struct mlt_err *err) MLT_MUST_USE;

/* The six documents as they stood after revision `number` (-1: the newest), each checked against
 * its digest (MLT_ERR_EVIDENCE). Texts are NULL for documents that the version does not have. */
bool mlt_registry_documents(struct mlt_registry *registry, const char *model, const char *version,
                            long long number, struct mlt_arena *arena, struct mlt_document_set *out,
                            struct mlt_document_revision *revision,
                            struct mlt_err *err) MLT_MUST_USE;

/* Adds a revision with the documents that `set` has and whose text differs from the newest; none
 * differs: MLT_ERR_USAGE. `reason` is required, `by` NULL is this user; one plain line each. Texts
 * are UTF-8 of at most 4 MiB, not empty, without control characters. Whole or not there. */
bool mlt_registry_put_documents(struct mlt_registry *registry, const char *model,
                                const char *version, const struct mlt_document_set *set,
                                const char *by, const char *reason, long long *number,
                                struct mlt_err *err) MLT_MUST_USE;

#endif
