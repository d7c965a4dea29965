/* REVISION.json: what a revision of a version's documents brought, who signed it off and why.
 *
 *   {"revision": 1, "model", "version", "number", "of": digest of the version,
 *    "before": digest of the revision before (of number 1: of the version),
 *    "files": [{"path", "bytes", "sha256"}], "by", "reason", "at"}
 *
 * The digest of a revision is the SHA-256 of these bytes. Each names the one before: a revision
 * that was exchanged or taken away breaks the chain. */
#ifndef MLTEST_REGISTRY_REVISION_H
#define MLTEST_REGISTRY_REVISION_H

#include "harness/documents/document.h"
#include "harness/registry/store.h"

struct mlt_revision_file {
    enum mlt_document_kind kind;
    uint64_t bytes;
    char sha256[MLT_SHA256_HEX];
};

struct mlt_revision {
    const char *model, *version;
    long long number; /* from 1 */
    char of[MLT_SHA256_HEX], before[MLT_SHA256_HEX];
    struct mlt_revision_file files[MLT_DOCUMENT_KINDS]; /* in the order of kinds, each once */
    size_t count;
    const char *by, *reason, *at;
    char digest[MLT_SHA256_HEX]; /* of its own text; not in it */
};

enum { MLT_REVISIONS_MAX = 100000 };

/* Appends the text. */
bool mlt_revision_encode(const struct mlt_revision *revision, struct mlt_buf *out,
                         struct mlt_err *err) MLT_MUST_USE;
/* MLT_ERR_EVIDENCE when the text (named `file` in messages) is no revision. */
bool mlt_revision_decode(const char *file, const char *text, size_t len, struct mlt_arena *arena,
                         struct mlt_revision *out, struct mlt_err *err) MLT_MUST_USE;

/* "<model>/.evidence/<version>/docs/<number>"; NULL when memory was out. */
char *mlt_revision_prefix(const char *model, const char *version, long long number,
                          struct mlt_arena *arena);

/* The recorded digests of a version's further revisions: that of number n stands at n - 1. Numbers
 * that do not run from 1 without a gap are MLT_ERR_EVIDENCE. */
bool mlt_revision_digests(struct mlt_registry *registry, const char *model, const char *version,
                          struct mlt_arena *arena, const char ***out, size_t *out_count,
                          struct mlt_err *err) MLT_MUST_USE;
/* Reads the REVISION.json of a number and checks it: its digest, whose it is, and that the revision
 * before has the digest `before`. What does not hold is MLT_ERR_EVIDENCE. */
bool mlt_revision_load(struct mlt_registry *registry, const char *model,
                       const struct mlt_version_record *version, long long number,
                       const char *digest, const char *before, struct mlt_arena *arena,
                       struct mlt_revision *out, struct mlt_err *err) MLT_MUST_USE;

/* Reads the revisions of one version against the records; calls `fault` for each that is altered or
 * missing, each surplus file and each folder that no record names. False only for infrastructure
 * trouble. */
bool mlt_revision_verify(struct mlt_registry *registry, const char *model,
                         const struct mlt_version_record *version, struct mlt_arena *arena,
                         void (*fault)(void *context, const char *what), void *context,
                         struct mlt_err *err) MLT_MUST_USE;

#endif
