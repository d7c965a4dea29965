/* DSSE envelopes (secure-systems-lab/dsse v1.0.2).
 *
 *   {"payloadType":"application/vnd.in-toto+json","payload":base64,"signatures":[{"keyid","sig"}]}
 * signed over PAE(type, payload) = "DSSEv1" SP len(type) SP type SP len(payload) SP payload. */
#ifndef MLTEST_LEDGER_DSSE_H
#define MLTEST_LEDGER_DSSE_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/ledger/key.h"
#include "mltest/err.h"

#define MLT_DSSE_IN_TOTO "application/vnd.in-toto+json"

struct mlt_dsse_signature {
    const char *key_id;
    const uint8_t *bytes;
    size_t len;
};

struct mlt_dsse {
    const char *payload_type;
    const char *payload; /* with a NUL behind it */
    size_t payload_len;
    struct mlt_dsse_signature *signatures;
    size_t signature_count;
};

/* Appends PAE(type, payload). */
void mlt_dsse_pae(const char *type, const void *payload, size_t len, struct mlt_buf *out);
/* Appends the envelope as one line of JSON, signed by `key`. */
bool mlt_dsse_sign(const char *type, const void *payload, size_t len, const struct mlt_key *key,
                   struct mlt_buf *out, struct mlt_err *err) MLT_MUST_USE;
/* Appends an envelope with these signatures, spelled as mlt_dsse_sign() spells it: what has other
 * bytes was not written here, though its signature may hold. */
bool mlt_dsse_encode(const struct mlt_dsse *envelope, struct mlt_buf *out,
                     struct mlt_err *err) MLT_MUST_USE;
/* Strict reading: unknown fields are ignored and either alphabet of base64 is read (the
 * specification says so), anything else that is not as the specification has it is
 * MLT_ERR_EVIDENCE. A key id that is left out reads as "". Verifies nothing. */
bool mlt_dsse_parse(const char *file, const char *text, size_t len, struct mlt_arena *arena,
                    struct mlt_dsse *out, struct mlt_err *err) MLT_MUST_USE;
/* `*good` when at least one signature verifies with one of the keys; `*by` (may be NULL) is that
 * key's index. The key id is a hint, never trusted. */
bool mlt_dsse_verify(const struct mlt_dsse *envelope, struct mlt_key *const *keys, size_t key_count,
                     bool *good, size_t *by, struct mlt_err *err) MLT_MUST_USE;

#endif
