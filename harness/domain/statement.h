/* What a person says about a version and signs with their own SSH key: an approval, a rejection, a
 * revocation, a waiver, a record (a review, a rehearsal, a notice, usage figures), a change of
 * policy.
 *
 * The signed bytes are one line of JSON with these fields in this order, those that are not said
 * left out:
 *   {"mltest_statement":1,"kind","model","version","digest","artifact_digest","stage","policy",
 *    "evidence":[…],"criterion","expires","record","outcome","file":{"name","bytes","sha256"},
 *    "revokes","person","reason","tickets":[…],"at"}
 * and a newline. The digest of a statement is the SHA-256 of these bytes. */
#ifndef MLTEST_DOMAIN_STATEMENT_H
#define MLTEST_DOMAIN_STATEMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/hash.h"
#include "mltest/err.h"

enum mlt_statement_kind {
    MLT_STATEMENT_NONE = 0,
    MLT_STATEMENT_APPROVAL,
    MLT_STATEMENT_REJECTION,
    MLT_STATEMENT_REVOCATION, /* of an own statement, or of anybody's by the policy's owner */
    MLT_STATEMENT_WAIVER,
    MLT_STATEMENT_RECORD,
    MLT_STATEMENT_POLICY, /* approves a policy that is to be pinned; version and digest are "" */
};

struct mlt_statement {
    enum mlt_statement_kind kind;
    const char *model, *version;
    const char *digest, *artifact_digest; /* of the version */
    const char *stage;                    /* APPROVAL, REJECTION */
    /* Digest of the policy in force: APPROVAL, REJECTION, WAIVER. POLICY: of the new one. */
    const char *policy;
    const char *const *evidence; /* as policy; digests, ascending: what was known when signing */
    size_t evidence_count;
    const char *criterion, *expires; /* WAIVER; expires RFC 3339 */
    const char *record, *outcome;    /* RECORD */
    const char *file_name, *file_sha256;
    uint64_t file_bytes;
    const char *revokes; /* digest of the statement that is taken back */
    const char *person;  /* as in the signers' file */
    const char *reason;
    const char *const *tickets;
    size_t ticket_count;
    const char *at; /* when the person says that they signed */
};

/* The namespace of the signature (ssh-keygen -n). */
#define MLT_STATEMENT_NAMESPACE "mltest-statement"

const char *mlt_statement_kind_name(enum mlt_statement_kind kind);
/* A name that stands for one person and nothing else in an allowed-signers file: visible ASCII
 * without quotes, commas, backslashes and wildcards, no '-', '#' or '@' in front. */
bool mlt_statement_is_person(const char *text);
/* Appends the bytes that are signed. A field that is missing, that its kind does not have, or that
 * is not plain text: MLT_ERR_USAGE. */
bool mlt_statement_encode(const struct mlt_statement *statement, struct mlt_buf *out,
                          struct mlt_err *err) MLT_MUST_USE;
/* Strict: unknown fields, a field that its kind does not have, one that is missing, other bytes
 * than encoding again would give: MLT_ERR_EVIDENCE. */
bool mlt_statement_decode(const char *text, size_t len, struct mlt_arena *arena,
                          struct mlt_statement *out, struct mlt_err *err) MLT_MUST_USE;

/* A kind of record: what it may say and who may say it. */
struct mlt_record_kind {
    const char *name; /* "security-review" */
    const char *doc;
    const char *const *outcomes; /* NULL-terminated; the first is the default */
    bool independent;            /* not by the person who made the version */
    bool needs_file;
};
/* Ends with a NULL name. */
extern const struct mlt_record_kind mlt_record_kinds[];
const struct mlt_record_kind *mlt_record_kind_find(const char *name);

#endif
