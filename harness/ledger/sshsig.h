/* SSH signatures (PROTOCOL.sshsig) by OpenSSH's own ssh-keygen: keys in files, in an agent, in
 * hardware. What ssh-keygen reads besides standard input lies in memory: nothing is left behind,
 * however this process ends.
 *
 * A person is named exactly: a pattern in an allowed-signers file ("*@example.org") lets nobody
 * sign, and what it excludes ("!…") stays excluded. */
#ifndef MLTEST_LEDGER_SSHSIG_H
#define MLTEST_LEDGER_SSHSIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "mltest/err.h"

/* Signs as `ssh-keygen -Y sign -f KEY -n NAMESPACE`: `key` is a private key's file, a public one
 * whose private part an agent holds, or the text of such a public key. Appends the armored
 * signature. The terminal is never asked for a passphrase: an agent is, or SSH_ASKPASS. A key that
 * cannot sign is MLT_ERR_USAGE with ssh-keygen's own words. */
bool mlt_sshsig_sign(const char *key, const char *name_space, const void *data, size_t len,
                     struct mlt_buf *out, struct mlt_err *err) MLT_MUST_USE;

/* The key to sign with where none is named: the first one of the agent's that the allowed-signers
 * text has, else ~/.ssh/id_ed25519; in the arena, for mlt_sshsig_sign(). MLT_ERR_USAGE: neither. */
bool mlt_sshsig_default_key(const char *signers, struct mlt_arena *arena, const char **out,
                            struct mlt_err *err) MLT_MUST_USE;

/* Verifies as `ssh-keygen -Y verify` with the text of an allowed-signers file, at the time `at_s`
 * (keys have valid-after and valid-before). `*fault` is NULL for a good signature, else why it is
 * not one: the same words for the same reason; false only for trouble (no ssh-keygen, no memory).
 * `*intact` (may be NULL): the signature is one over these bytes, whoever's. */
bool mlt_sshsig_verify(const char *signers, const char *person, const char *name_space,
                       int64_t at_s, const void *data, size_t len, const char *signature,
                       struct mlt_arena *arena, const char **fault, bool *intact,
                       struct mlt_err *err) MLT_MUST_USE;

/* The names under which the allowed-signers file knows the key that made this signature, at that
 * time: `ssh-keygen -Y find-principals`. None is not an error. */
bool mlt_sshsig_people(const char *signers, int64_t at_s, const char *signature,
                       struct mlt_arena *arena, const char *const **out, size_t *out_count,
                       struct mlt_err *err) MLT_MUST_USE;

#endif
