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

#endif
