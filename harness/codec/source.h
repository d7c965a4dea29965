/* The bytes of a file in order, decompressed: the only user of zlib and libzstd.
 *
 * A plain file, gzip (RFC 1952) or zstd (RFC 8878), each possibly of several members, recognised by
 * the first bytes and not by the name; "-" is standard input. A stream that stops early, fails its
 * checksum or has other bytes behind it is MLT_ERR_EVIDENCE with the offset in the file. Memory is
 * one block and what the decompressor needs (zstd: a window of at most 128 MiB). */
#ifndef MLTEST_CODEC_SOURCE_H
#define MLTEST_CODEC_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/hash.h"
#include "mltest/err.h"

struct mlt_source;

enum mlt_source_form { MLT_SOURCE_PLAIN, MLT_SOURCE_GZIP, MLT_SOURCE_ZSTD };

/* Opens and recognises. With `digest` the SHA-256 of the file's own (compressed) bytes is kept
 * while they go by. A missing file or a folder is MLT_ERR_USAGE. Close with mlt_source_close(). */
bool mlt_source_open(const char *path, bool digest, struct mlt_source **out,
                     struct mlt_err *err) MLT_MUST_USE;
void mlt_source_close(struct mlt_source *source);

/* The next `capacity` bytes; fewer only at the end, and then 0 for ever. */
bool mlt_source_read(struct mlt_source *source, char *to, size_t capacity, size_t *got,
                     struct mlt_err *err) MLT_MUST_USE;

/* The path as messages name it: "standard input" for "-". Lent. */
const char *mlt_source_name(const struct mlt_source *source);
enum mlt_source_form mlt_source_form(const struct mlt_source *source);
/* Bytes of the file read so far, and its size; 0 where that is not known (a pipe). */
uint64_t mlt_source_done(const struct mlt_source *source);
uint64_t mlt_source_total(const struct mlt_source *source);
/* The digest of the whole file; only once, behind the end, and only when it was asked for. */
bool mlt_source_digest(struct mlt_source *source, char out[MLT_SHA256_HEX],
                       struct mlt_err *err) MLT_MUST_USE;

#endif
