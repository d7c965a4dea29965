/* The records of the log, in a partition that no model can have:
 *   head             {"size": n, "root": hex, "frontier": [hex, …]}
 *   entry/<n>        the entry: these bytes are the leaf, n from 1 with 12 digits
 *   leaf/<n>         hex of the leaf's hash: with it an altered entry can be told from its neighbours
 *   checkpoint/<n>   {"note", "public_key", "at", "by"}: of the first n entries, see log_proof.h
 *   old/<n>          {"model", "value"}: an entry of the log of one model, as format 1 of the record
 *                    store had it, in order of time; gone once it was brought over */
#ifndef MLTEST_REGISTRY_LOG_STORE_H
#define MLTEST_REGISTRY_LOG_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/codec/json.h"
#include "harness/ledger/merkle.h"
#include "harness/registry/store.h"

#define MLT_LOG_PARTITION ".log"

struct mlt_log_head {
    struct mlt_merkle_frontier frontier;
    struct mlt_merkle_hash root;
    uint64_t revision; /* of the record; 0: there is none, and the log is empty */
};
/* A head that is not one, or whose root is not that of its frontier, is MLT_ERR_EVIDENCE. */
bool mlt_log_head_read(struct mlt_registry *registry, struct mlt_arena *arena,
                       struct mlt_log_head *out, struct mlt_err *err) MLT_MUST_USE;

/* "entry/000000000001"; NULL when memory is out. */
char *mlt_log_key(const char *kind, uint64_t number, struct mlt_arena *arena);
/* The number of such a key; false when it is none. */
bool mlt_log_key_number(const char *key, uint64_t *out);

/* Adds the entry as the next one: `head` moves on, and its three records are put into puts[0..2]. */
enum { MLT_LOG_PUTS = 3 };
bool mlt_log_append(struct mlt_log_head *head, const struct mlt_log_entry *entry,
                    struct mlt_arena *arena, struct mlt_record_put puts[MLT_LOG_PUTS],
                    struct mlt_err *err) MLT_MUST_USE;

/* What a JSON object says, in the arena; what it does not say is NULL. `name` is for messages. */
bool mlt_log_entry_decode(const char *name, const struct mlt_json *document,
                          struct mlt_arena *arena, struct mlt_log_entry *out,
                          struct mlt_err *err) MLT_MUST_USE;
bool mlt_log_entry_copy(const struct mlt_log_entry *entry, struct mlt_arena *arena,
                        struct mlt_log_entry *out, struct mlt_err *err) MLT_MUST_USE;

/* Brings over the entries that format 1 of the record store kept by model. Nothing to do where the
 * log has begun. */
bool mlt_log_import(struct mlt_registry *registry, struct mlt_err *err) MLT_MUST_USE;
/* MLT_ERR_USAGE when entries wait for that: a registry opened for reading cannot do it. */
bool mlt_log_settled(struct mlt_registry *registry, struct mlt_err *err) MLT_MUST_USE;

#endif
