/* SHA-256 (FIPS 180-4) of bytes and files. The only user of OpenSSL on this floor. */
#ifndef MLTEST_BASE_HASH_H
#define MLTEST_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

#include "mltest/err.h"

/* "sha256:" is not part of it: 64 lower-case hex digits and a NUL. */
enum { MLT_SHA256_HEX = 65 };

bool mlt_hash_bytes(const void *data, size_t len, char out[MLT_SHA256_HEX],
                    struct mlt_err *err) MLT_MUST_USE;
/* Streams the file; `*out_bytes` (may be NULL) is its size as read. Missing file: MLT_ERR_USAGE. */
bool mlt_hash_file(const char *path, char out[MLT_SHA256_HEX], uint64_t *out_bytes,
                   struct mlt_err *err) MLT_MUST_USE;
/* The digest itself, of several runs of bytes as if they were one. */
enum { MLT_SHA256_BYTES = 32 };
struct mlt_hash_part {
    const void *data;
    size_t len;
};
bool mlt_hash_parts(const struct mlt_hash_part *parts, size_t count, uint8_t out[MLT_SHA256_BYTES],
                    struct mlt_err *err) MLT_MUST_USE;
/* Between the two forms. _from_hex is false for anything but 64 lower-case hex digits. */
void mlt_hash_to_hex(const uint8_t digest[MLT_SHA256_BYTES], char out[MLT_SHA256_HEX]);
bool mlt_hash_from_hex(const char *text, uint8_t out[MLT_SHA256_BYTES]) MLT_MUST_USE;
/* A digest of bytes that come piece by piece. NULL when memory is out; free with mlt_hash_free(). */
struct mlt_hash;
struct mlt_hash *mlt_hash_new(void);
bool mlt_hash_update(struct mlt_hash *hash, const void *data, size_t len,
                     struct mlt_err *err) MLT_MUST_USE;
/* The digest of all that was added; nothing more can be. */
bool mlt_hash_finish(struct mlt_hash *hash, char out[MLT_SHA256_HEX],
                     struct mlt_err *err) MLT_MUST_USE;
void mlt_hash_free(struct mlt_hash *hash);
/* True for exactly 64 lower-case hex digits. */
bool mlt_hash_is_hex(const char *text);

#endif
