/* in-toto statements (in-toto/attestation, v1): what is said (a predicate of some type) about which
 * bytes (subjects, by their SHA-256). They travel in DSSE envelopes. */
#ifndef MLTEST_LEDGER_INTOTO_H
#define MLTEST_LEDGER_INTOTO_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/arena.h"
#include "harness/codec/json.h"
#include "harness/ledger/dsse.h"
#include "mltest/err.h"

#define MLT_INTOTO_STATEMENT "https://in-toto.io/Statement/v1"

/* What a statement is about: a name for people, and the digest that counts. */
struct mlt_intoto_subject {
    const char *name, *sha256;
};

/* A statement that was read; what it points to is lent until mlt_intoto_free(). */
struct mlt_intoto {
    struct mlt_json *document;
    struct mlt_intoto_subject *subjects; /* in the arena */
    size_t subject_count;
    const char *predicate_type;
    const struct mlt_json *predicate; /* an object */
};

/* Writes a statement up to its predicate, whose value the caller writes before _end. */
void mlt_intoto_begin(struct mlt_json_out *out, const struct mlt_intoto_subject *subjects,
                      size_t count, const char *predicate_type);
void mlt_intoto_end(struct mlt_json_out *out);
/* Reads the statement in an envelope; subjects without a SHA-256 are left out. Another type of
 * payload or of statement is MLT_ERR_EVIDENCE. `file` names it in messages. */
bool mlt_intoto_parse(const char *file, const struct mlt_dsse *envelope, struct mlt_arena *arena,
                      struct mlt_intoto *out, struct mlt_err *err) MLT_MUST_USE;
void mlt_intoto_free(struct mlt_intoto *statement);
/* True when one of the subjects has this digest. */
bool mlt_intoto_is_about(const struct mlt_intoto *statement, const char *sha256);

#endif
