/* What people signed (harness/domain/statement.h), kept beside the versions that it is about.
 *
 * Records: statement/<version>/<n>, or statement/policy/<n> for what approves a policy, n with 12
 * digits and ascending:
 *   {"kind","about","sha256","seal","signature","logged_at","by","text"}
 * The seal is the SHA-256 of kind, about, sha256, logged_at, by and signature, a line each; the log
 * has it, too ("details"), so that a record that was altered as a whole is found by its entry.
 * Files of records: .evidence/<version>/records/<sha256>. A statement and its log entry are one
 * transaction. Times are the registry's own, whatever MLTEST_NOW says: keys are judged by them. */
#ifndef MLTEST_REGISTRY_STATEMENTS_H
#define MLTEST_REGISTRY_STATEMENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/domain/statement.h"
#include "harness/registry/registry.h"
#include "mltest/err.h"

enum { MLT_SIGNATURE_TEXT_BYTES = 32 * 1024, MLT_RECORD_FILE_BYTES = 64 * 1024 * 1024 };

struct mlt_stored_statement {
    const char *key; /* "statement/1.1.0/000000000017" */
    enum mlt_statement_kind kind;
    const char *about;           /* the stage, the criterion, the kind of record, or "" */
    char digest[MLT_SHA256_HEX]; /* as logged */
    const char *text, *signature;
    const char *logged_at, *by;
    struct mlt_statement statement; /* zeroed with a fault */
    /* Why the stored text is not what was logged; NULL. Whether the signature holds is not looked
     * at: see mlt_stored_statement_verify(). */
    const char *fault;
};

/* Statements about a version, or about policies of a model ("*": of every model without its own),
 * newest first. One that was altered is listed with its fault; a record that is none at all is
 * MLT_ERR_EVIDENCE. */
bool mlt_registry_statements(struct mlt_registry *registry, const char *model, const char *version,
                             struct mlt_arena *arena, struct mlt_stored_statement **out,
                             size_t *out_count, struct mlt_err *err) MLT_MUST_USE;
bool mlt_registry_policy_statements(struct mlt_registry *registry, const char *model,
                                    struct mlt_arena *arena, struct mlt_stored_statement **out,
                                    size_t *out_count, struct mlt_err *err) MLT_MUST_USE;

/* Is it still what was logged, about this model, and signed by whom it names with a key that the
 * allowed-signers text gave them when it was logged? `*fault` NULL: yes; `*tampered` tells a text
 * or a signature that was altered from a key that does not count. */
bool mlt_stored_statement_verify(const struct mlt_stored_statement *stored, const char *model,
                                 const char *signers, struct mlt_arena *arena, const char **fault,
                                 bool *tampered, struct mlt_err *err) MLT_MUST_USE;

struct mlt_new_statement {
    const char *text; /* encoded */
    size_t len;
    const char *signature;
    const char *signers; /* of the pinned policy; NULL: nobody can sign */
    const char *file;    /* path of the record's file; NULL when it has none */
};
/* Keeps a statement, if it is signed by whom it names, and says what is so: the digests are those
 * of the registered version, what it revokes is there, its file is the one that it names. Else
 * MLT_ERR_EVIDENCE for a signature, MLT_ERR_USAGE for the rest. The same statement again changes
 * nothing. Its digest in `digest`. */
bool mlt_registry_add_statement(struct mlt_registry *registry,
                                const struct mlt_new_statement *request,
                                char digest[MLT_SHA256_HEX], struct mlt_err *err) MLT_MUST_USE;

/* The file of a record, checked against its statement (MLT_ERR_EVIDENCE), appended to `out`. */
bool mlt_registry_record_file(struct mlt_registry *registry, const struct mlt_statement *record,
                              struct mlt_buf *out, struct mlt_err *err) MLT_MUST_USE;

/* Reads the statements of one version and their files; calls `fault` for each that is altered or
 * missing. Signatures are not looked at: the signers are the policy's. False only for
 * infrastructure trouble. */
bool mlt_statements_verify(struct mlt_registry *registry, const char *model, const char *version,
                           struct mlt_arena *arena, void (*fault)(void *context, const char *what),
                           void *context, struct mlt_err *err) MLT_MUST_USE;

#endif
