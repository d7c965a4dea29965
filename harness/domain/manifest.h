/* MANIFEST.json: size and SHA-256 of every file of a version. */
#ifndef MLTEST_DOMAIN_MANIFEST_H
#define MLTEST_DOMAIN_MANIFEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/hash.h"
#include "mltest/err.h"

struct mlt_manifest_file {
    const char *path; /* relative, inside the version's folder */
    uint64_t bytes;
    char sha256[MLT_SHA256_HEX];
};

struct mlt_manifest {
    const char *model, *version;
    struct mlt_manifest_file *files; /* sorted by path; without MANIFEST.json itself */
    size_t count;
};

/* Encodes in one fixed order: equal content gives equal bytes. The digest of a version is the SHA-256
 * of these bytes: it names every file. */
bool mlt_manifest_encode(const struct mlt_manifest *manifest, struct mlt_buf *out,
                         struct mlt_err *err) MLT_MUST_USE;
/* MLT_ERR_EVIDENCE when the text is no manifest, or a path leaves its folder. */
bool mlt_manifest_decode(const char *file, const char *text, size_t len, struct mlt_arena *arena,
                         struct mlt_manifest *out, struct mlt_err *err) MLT_MUST_USE;
/* Reads every file below `dir` (but MANIFEST.json) and describes it. */
bool mlt_manifest_scan(const char *dir, const char *model, const char *version,
                       struct mlt_arena *arena, struct mlt_manifest *out,
                       struct mlt_err *err) MLT_MUST_USE;
/* Compares a folder with its manifest: the first altered, missing or surplus file is the error
 * (MLT_ERR_EVIDENCE), with how many more there are. */
bool mlt_manifest_verify(const char *dir, const struct mlt_manifest *manifest,
                         struct mlt_err *err) MLT_MUST_USE;

/* As mlt_manifest_verify, but every altered, missing or surplus file is told to `fault`. False only for
 * infrastructure trouble. */
bool mlt_manifest_compare(const char *dir, const struct mlt_manifest *manifest,
                          void (*fault)(void *context, const char *what), void *context,
                          struct mlt_err *err) MLT_MUST_USE;

/* The file's entry, or NULL. */
const struct mlt_manifest_file *mlt_manifest_find(const struct mlt_manifest *manifest,
                                                  const char *path);

#endif
