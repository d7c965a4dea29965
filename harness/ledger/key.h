/* Ed25519 keys (RFC 8032) of runners and gates, and their signatures.
 *
 * A private key is a PEM file (PKCS #8, RFC 8410) that only its owner can read; a public key
 * travels as the PEM of its SubjectPublicKeyInfo. The id of a key is the SHA-256 of the DER of its
 * SubjectPublicKeyInfo in hexadecimal. */
#ifndef MLTEST_LEDGER_KEY_H
#define MLTEST_LEDGER_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/buf.h"
#include "harness/base/hash.h"
#include "mltest/err.h"

struct mlt_key;
enum { MLT_SIGNATURE_BYTES = 64, MLT_PUBLIC_KEY_BYTES = 32 };

/* A new random pair. */
bool mlt_key_new(struct mlt_key **out, struct mlt_err *err) MLT_MUST_USE;
/* Reads a private key's file. One that others may read (mode & 077) is MLT_ERR_USAGE. */
bool mlt_key_load(const char *path, struct mlt_key **out, struct mlt_err *err) MLT_MUST_USE;
/* Writes the private key, mode 0600, never over another file. */
bool mlt_key_store(const struct mlt_key *key, const char *path, struct mlt_err *err) MLT_MUST_USE;
/* A public key from PEM text, or from its 32 bytes. MLT_ERR_EVIDENCE for anything else. */
bool mlt_key_public_parse(const char *pem, size_t len, struct mlt_key **out,
                          struct mlt_err *err) MLT_MUST_USE;
bool mlt_key_public_from_bytes(const uint8_t bytes[MLT_PUBLIC_KEY_BYTES], struct mlt_key **out,
                               struct mlt_err *err) MLT_MUST_USE;
void mlt_key_free(struct mlt_key *key);

const char *mlt_key_id(const struct mlt_key *key); /* lent; MLT_SHA256_HEX characters */
bool mlt_key_public_pem(const struct mlt_key *key, struct mlt_buf *out,
                        struct mlt_err *err) MLT_MUST_USE;
bool mlt_key_public_bytes(const struct mlt_key *key, uint8_t out[MLT_PUBLIC_KEY_BYTES],
                          struct mlt_err *err) MLT_MUST_USE;
/* MLT_ERR_USAGE for a key that is only public. */
bool mlt_key_sign(const struct mlt_key *key, const void *data, size_t len,
                  uint8_t out[MLT_SIGNATURE_BYTES], struct mlt_err *err) MLT_MUST_USE;
/* `*good` says whether the signature is this key's over these bytes; false only for trouble. */
bool mlt_key_verify(const struct mlt_key *key, const void *data, size_t len,
                    const uint8_t signature[MLT_SIGNATURE_BYTES], bool *good,
                    struct mlt_err *err) MLT_MUST_USE;

#endif
