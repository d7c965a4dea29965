/* `source` of metadata.json: where a version's configuration, documents and tests are kept under
 * version control. */
#ifndef MLTEST_DOMAIN_SOURCE_H
#define MLTEST_DOMAIN_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/arena.h"
#include "harness/base/hash.h"
#include "harness/codec/json.h"
#include "harness/domain/manifest.h"
#include "mltest/err.h"

struct mlt_source_digest {
    const char *path; /* relative to the version's folder */
    char sha256[MLT_SHA256_HEX];
};

struct mlt_source {
    const char *repository;            /* a URL, without a password */
    const char *commit;                /* 40 (SHA-1) or 64 (SHA-256) lower-case hex digits */
    const char *path;                  /* the version's folder in the repository; "": its root */
    struct mlt_source_digest *digests; /* sorted by path */
    size_t digest_count;
};

/* {"repository", "commit", "path", "digests": {PATH: "sha256:HEX"}}, the latter two optional; any
 * other field is an error. metadata.json and MANIFEST.json cannot have a digest: one holds it, the
 * other is made later. MLT_ERR_USAGE says what is wrong, without naming the file. */
bool mlt_source_decode(const struct mlt_json *node, struct mlt_arena *arena, struct mlt_source *out,
                       struct mlt_err *err) MLT_MUST_USE;

/* Writes the object that mlt_source_decode() reads. */
void mlt_source_write(const struct mlt_source *source, struct mlt_json_out *out);

/* Whether the files of the manifest are what the digests say; the first that is not is
 * MLT_ERR_USAGE with both digests, and how many more there are. */
bool mlt_source_agrees(const struct mlt_source *source, const struct mlt_manifest *manifest,
                       struct mlt_err *err) MLT_MUST_USE;

/* True for what the protocol wants under version control: config.json, docs/ and tests/. */
bool mlt_source_covers(const char *path);

#endif
