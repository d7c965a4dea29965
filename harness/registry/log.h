/* The audit log: one for the whole registry, append-only, every entry a leaf of one Merkle tree.
 *
 * Every change of the registry is one transaction with its entry, so that there is no change without an
 * entry and no entry without its change. The bytes of a leaf are the entry's JSON as it is stored:
 *   {"n","at","by","what","model","version","digest","reason","approvers":[…],"tickets":[…],"previous",
 *    "decision","details":{…}}
 * where what is not said is left out. */
#ifndef MLTEST_REGISTRY_LOG_H
#define MLTEST_REGISTRY_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/arena.h"
#include "harness/ledger/checkpoint.h"
#include "harness/ledger/key.h"
#include "harness/registry/registry.h"
#include "mltest/err.h"

struct mlt_log_entry {
    uint64_t number;        /* from 1, without gaps; given by the log */
    const char *at, *by;    /* given by the log when NULL: now, and the user that the system names */
    const char *what;       /* "register", "promote", "approve", …: one word */
    const char *model;      /* given by the change */
    const char *version;    /* NULL: not about a version */
    const char *digest;     /* of the version, or of what was kept; NULL */
    const char *reason;     /* NULL */
    const char *const *approvers;
    size_t approver_count;
    const char *const *tickets;
    size_t ticket_count;
    const char *previous;   /* the version that served before, the state before; NULL */
    const char *decision;   /* digest of the decision that allowed it; NULL */
    const char *details;    /* JSON object; NULL */
};

/* Which entries: every field that is set must fit. */
struct mlt_log_filter {
    const char *model, *version, *what, *by;
    int64_t since_s, until_s; /* seconds since 1970, both included; 0: no limit */
    uint64_t limit;           /* only the newest that fit; 0: all */
};
/* Calls `visit` for each entry that fits, oldest first; `json` are the bytes of its leaf. Both are
 * lent for the call. An entry that cannot be read is MLT_ERR_EVIDENCE. */
typedef bool mlt_log_visit(void *context, const struct mlt_log_entry *entry, const char *json,
                           struct mlt_err *err);
bool mlt_registry_log_read(struct mlt_registry *registry, const struct mlt_log_filter *filter,
                           mlt_log_visit *visit, void *context, struct mlt_err *err) MLT_MUST_USE;
/* The bytes of one entry, as they are hashed. No such entry: MLT_ERR_USAGE. */
bool mlt_registry_log_get(struct mlt_registry *registry, uint64_t number, struct mlt_arena *arena,
                          const char **out_json, struct mlt_err *err) MLT_MUST_USE;

/* The name of this log in its checkpoints, from its first entry: MLT_ERR_USAGE while there is none. */
bool mlt_registry_log_origin(struct mlt_registry *registry, struct mlt_arena *arena,
                             const char **out, struct mlt_err *err) MLT_MUST_USE;

/* A checkpoint as it is kept beside the log. */
struct mlt_log_checkpoint {
    struct mlt_checkpoint checkpoint;
    const char *public_key; /* PEM of the key that signed it; NULL for one that came from elsewhere */
    const char *at, *by;    /* when it was signed, and by whom; NULL as above */
    const char *name;       /* for messages */
};
/* All that are kept, smallest first. */
bool mlt_registry_log_checkpoints(struct mlt_registry *registry, struct mlt_arena *arena,
                                  struct mlt_log_checkpoint **out, size_t *out_count,
                                  struct mlt_err *err) MLT_MUST_USE;
/* Signs the log as it is now and keeps the checkpoint; one of this size by this key that is kept
 * already is as good. Never signs a log that has not grown out of the last checkpoint:
 * MLT_ERR_EVIDENCE. */
bool mlt_registry_log_sign(struct mlt_registry *registry, const struct mlt_key *key,
                           struct mlt_arena *arena, struct mlt_checkpoint *out,
                           struct mlt_err *err) MLT_MUST_USE;

/* Proofs for the tree of the first `size` entries; hashes in the arena. */
bool mlt_registry_log_prove_entry(struct mlt_registry *registry, uint64_t number, uint64_t size,
                                  struct mlt_arena *arena, struct mlt_merkle_hash **out,
                                  size_t *out_count, struct mlt_err *err) MLT_MUST_USE;
bool mlt_registry_log_prove_growth(struct mlt_registry *registry, uint64_t old_size, uint64_t size,
                                   struct mlt_arena *arena, struct mlt_merkle_hash **out,
                                   size_t *out_count, struct mlt_err *err) MLT_MUST_USE;

struct mlt_log_verify_request {
    void (*fault)(void *context, const char *what);
    void *context;
    /* Checkpoints that were kept elsewhere, smallest first. */
    const struct mlt_log_checkpoint *elsewhere;
    size_t elsewhere_count;
    /* Whose signatures count; none: each is checked with the key that is kept beside it, which shows
     * that it was not altered, not who signed. */
    struct mlt_key *const *keys;
    size_t key_count;
};
struct mlt_log_verified {
    uint64_t entries;
    size_t faults, checkpoints; /* all of them, told or not */
    struct mlt_merkle_hash root; /* of the entries as they are */
};
/* Recomputes the tree from the entries and holds it against their digests, the head and every
 * checkpoint. Each entry that is missing, altered, out of place or surplus is a fault, and a log that
 * was cut; after 100 they are only counted. Memory does not grow with the log. False only for
 * trouble. */
bool mlt_registry_log_verify(struct mlt_registry *registry,
                             const struct mlt_log_verify_request *request,
                             struct mlt_log_verified *out, struct mlt_err *err) MLT_MUST_USE;

#endif
