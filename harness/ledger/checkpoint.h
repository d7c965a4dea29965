/* Checkpoints of a log (C2SP tlog-checkpoint) as signed notes (C2SP signed-note), Ed25519:
 *
 *   <origin>\n<size>\n<base64 of the root>\n
 *   \n
 *   — <name> <base64 of 4 bytes key hash, then 64 bytes signature over the lines above the blank one>\n
 *
 * The key hash is the start of SHA-256(name || "\n" || 0x01 || public key). */
#ifndef MLTEST_LEDGER_CHECKPOINT_H
#define MLTEST_LEDGER_CHECKPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/ledger/key.h"
#include "harness/ledger/merkle.h"
#include "mltest/err.h"

enum { MLT_CHECKPOINT_KEY_HASH_BYTES = 4, MLT_CHECKPOINT_MAX_BYTES = 64 * 1024 };

struct mlt_checkpoint_signature {
    const char *name;
    uint8_t key_hash[MLT_CHECKPOINT_KEY_HASH_BYTES];
    uint8_t bytes[MLT_SIGNATURE_BYTES];
};

struct mlt_checkpoint {
    const char *origin; /* names the log */
    uint64_t size;      /* entries */
    struct mlt_merkle_hash root;
    const char *note; /* the whole, with a NUL behind it */
    size_t note_len, text_len; /* text_len: what is signed */
    struct mlt_checkpoint_signature *signatures;
    size_t signature_count;
};

/* Appends a note with any text that ends in a newline, signed under this name (no space, no '+'). */
bool mlt_note_sign(const char *text, size_t len, const char *name, const struct mlt_key *key,
                   struct mlt_buf *out, struct mlt_err *err) MLT_MUST_USE;
/* Appends a checkpoint, signed under its origin's name. */
bool mlt_checkpoint_sign(const char *origin, uint64_t size, const struct mlt_merkle_hash *root,
                         const struct mlt_key *key, struct mlt_buf *out,
                         struct mlt_err *err) MLT_MUST_USE;
/* Reads one; signatures of another kind than Ed25519's length are left out. Anything else that is
 * not as specified is MLT_ERR_EVIDENCE. Verifies nothing. `file` names it in messages. */
bool mlt_checkpoint_parse(const char *file, const char *text, size_t len, struct mlt_arena *arena,
                          struct mlt_checkpoint *out, struct mlt_err *err) MLT_MUST_USE;
/* `*good` when at least one signature verifies with one of the keys; `*by` (may be NULL) is that
 * key's index. */
bool mlt_checkpoint_verify(const struct mlt_checkpoint *checkpoint, struct mlt_key *const *keys,
                           size_t key_count, bool *good, size_t *by,
                           struct mlt_err *err) MLT_MUST_USE;
/* Appends "<name>+<key hash>+<base64 of 0x01 || public key>": the key as other programs take it. */
bool mlt_note_verifier(const char *name, const struct mlt_key *key, struct mlt_buf *out,
                       struct mlt_err *err) MLT_MUST_USE;

#endif
