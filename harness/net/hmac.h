/* HMAC-SHA-256 (RFC 2104, FIPS 198-1). */
#ifndef MLTEST_NET_HMAC_H
#define MLTEST_NET_HMAC_H

#include <stddef.h>

#include "harness/base/hash.h"
#include "mltest/err.h"

/* The code of the bytes under the key, in hexadecimal. */
bool mlt_hmac_sha256(const void *key, size_t key_len, const void *data, size_t len,
                     char out[MLT_SHA256_HEX], struct mlt_err *err) MLT_MUST_USE;

#endif
