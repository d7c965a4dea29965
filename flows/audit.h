/* `mltest audit …`: the registry's log read, held against its checkpoints, and proven to others. */
#ifndef MLTEST_FLOWS_AUDIT_H
#define MLTEST_FLOWS_AUDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/ledger/key.h"
#include "harness/registry/registry.h"
#include "mltest/err.h"

struct mlt_audit_request {
    const char *registry, *dir; /* URL, folder of mltest.yaml; NULL */
    const char *ref;            /* log: MODEL[@VERSION]; NULL: all */
    const char *what, *by;      /* log: NULL: any */
    const char *since, *until;  /* log: RFC 3339, or a day; NULL */
    const char *limit;          /* log: a number; NULL: all */
    const char *format;         /* log: "console" (or NULL), "json", "csv" */
    const char *entry;          /* prove: a number; NULL: with `from` */
    const char *from;           /* prove: a file with an older checkpoint */
    const char *key;            /* checkpoint, prove: a private key's file; NULL: this user's */
    const char *proof;          /* verify: a file, and nothing else */
    const char *output;         /* NULL: into `out` */
    const char *const *checkpoints; /* verify: files that were kept elsewhere */
    size_t checkpoint_count;
    const char *const *public_keys; /* verify: files with the keys that count */
    size_t public_key_count;
};

bool mlt_flow_audit_log(const struct mlt_audit_request *request, struct mlt_arena *arena,
                        struct mlt_buf *out, struct mlt_err *err) MLT_MUST_USE;
/* Faults are listed in `out`; any fault makes the result false with MLT_ERR_EVIDENCE. */
bool mlt_flow_audit_verify(const struct mlt_audit_request *request, struct mlt_arena *arena,
                           struct mlt_buf *out, struct mlt_err *err) MLT_MUST_USE;
/* The same of a proof, without any registry. */
bool mlt_flow_audit_verify_proof(const struct mlt_audit_request *request, struct mlt_arena *arena,
                                 struct mlt_buf *out, struct mlt_err *err) MLT_MUST_USE;
bool mlt_flow_audit_prove(const struct mlt_audit_request *request, struct mlt_arena *arena,
                          struct mlt_buf *out, struct mlt_err *err) MLT_MUST_USE;
bool mlt_flow_audit_checkpoint(const struct mlt_audit_request *request, struct mlt_arena *arena,
                               struct mlt_buf *out, struct mlt_err *err) MLT_MUST_USE;
/* Writes the folder `output`: log.jsonl, a leaf on each line, and checkpoint.txt, the newest. */
bool mlt_flow_audit_export(const struct mlt_audit_request *request, struct mlt_arena *arena,
                           struct mlt_buf *out, struct mlt_err *err) MLT_MUST_USE;

/* After a decision was acted on and logged: signs a checkpoint where this user has a key that the
 * registry allows to gates. A log that cannot be signed is told in `out`; what was done stands. False
 * only when memory is out. */
bool mlt_audit_sign(struct mlt_registry *registry, struct mlt_arena *arena, struct mlt_buf *out,
                    struct mlt_err *err) MLT_MUST_USE;

/* The keys in these files, in the arena, each the caller's to free. */
bool mlt_audit_keys(const char *const *files, size_t count, struct mlt_arena *arena,
                    struct mlt_key ***out, struct mlt_err *err) MLT_MUST_USE;
void mlt_audit_keys_free(struct mlt_key **keys, size_t count);

#endif
