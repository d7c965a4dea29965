/* Ed25519 keys in OpenSSH's forms: the unencrypted private key's file (PROTOCOL.key) and the line
 * of a public one (sshd(8), AUTHORIZED_KEYS FILE FORMAT). */
#ifndef MLTEST_LEDGER_OPENSSH_H
#define MLTEST_LEDGER_OPENSSH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mltest/err.h"

enum { MLT_OPENSSH_KEY_BYTES = 32 };

/* True when the text is a private key in OpenSSH's form. */
bool mlt_openssh_is_private(const char *text, size_t len);
/* The seed (RFC 8032's private key) of an unencrypted Ed25519 key, and its public key. Any other
 * key is MLT_ERR_USAGE; the message never quotes it. */
bool mlt_openssh_private(const char *text, size_t len, uint8_t seed[MLT_OPENSSH_KEY_BYTES],
                         uint8_t public_key[MLT_OPENSSH_KEY_BYTES],
                         struct mlt_err *err) MLT_MUST_USE;

/* True when the text begins as the line of an Ed25519 public key. */
bool mlt_openssh_is_public(const char *text, size_t len);
/* "ssh-ed25519 AAAA… comment". MLT_ERR_EVIDENCE for anything else. */
bool mlt_openssh_public(const char *text, size_t len, uint8_t public_key[MLT_OPENSSH_KEY_BYTES],
                        struct mlt_err *err) MLT_MUST_USE;

#endif
