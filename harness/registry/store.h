/* What the files of this room share: the opened stores, keys, and changes with their log entry.
 *
 * Records of a model (partition = model):
 *   version/<version>                       struct mlt_version_record
 *   serving                                 {"version"}
 *   deployment/<environment>/<at>-<n>       {"version","digest","decision","by","reason"[,"cohort"]}
 *   run/<version>/<run-id>                  {"sha256","stored_at","stored_by"}
 *   statement/<version>/<n>                 see statements.h
 *   documents/<version>/<n>                 {"digest","at","by"}, n from 1: see revision.h
 *   events                                  {"last": n}: how often the model was changed
 * Records of the registry's log (partition ".log"): see log_store.h.
 */
#ifndef MLTEST_REGISTRY_STORE_H
#define MLTEST_REGISTRY_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/blobs/blobs.h"
#include "harness/codec/json.h"
#include "harness/records/records.h"
#include "harness/registry/log.h"
#include "harness/registry/registry.h"
#include "mltest/err.h"

struct mlt_registry {
    char *root; /* absolute */
    bool read_only;
    struct mlt_blobs *blobs;
    struct mlt_records *records; /* opened on first use: mlt_store_records() */
};

/* NULL with the error set when they cannot be opened. */
struct mlt_records *mlt_store_records(struct mlt_registry *registry, struct mlt_err *err);
/* MLT_ERR_USAGE when the registry was opened for reading only. */
bool mlt_store_writable(const struct mlt_registry *registry, struct mlt_err *err) MLT_MUST_USE;

bool mlt_store_get(struct mlt_registry *registry, const char *model, const char *key,
                   struct mlt_arena *arena, bool *found, struct mlt_record *out,
                   struct mlt_err *err) MLT_MUST_USE;
/* All records of the model whose key starts with `prefix`. */
bool mlt_store_query(struct mlt_registry *registry, const char *model, const char *prefix,
                     struct mlt_arena *arena, struct mlt_record **out, size_t *out_count,
                     struct mlt_err *err) MLT_MUST_USE;

/* The value of a version's record. */
struct mlt_version_record {
    const char *version;
    char digest[MLT_SHA256_HEX], artifact_digest[MLT_SHA256_HEX];
    const char *state, *registered_at, *registered_by;
    const char *state_since;  /* NULL: unknown, in records made before it was kept */
    const char *removal_date; /* "2026-12-31", of a deprecated version; NULL */
    bool reached_production;  /* was in state Production at some time */
    uint64_t revision;        /* of the record */
};
/* For `state_since`: now, by the clock that the environment cannot set, since gates decide by it. */
const char *mlt_version_record_now(struct mlt_arena *arena);
/* NULL when memory was out. */
char *mlt_version_record_encode(const struct mlt_version_record *record, struct mlt_arena *arena,
                                struct mlt_err *err);
bool mlt_version_record_decode(const struct mlt_record *record, struct mlt_arena *arena,
                               struct mlt_version_record *out, struct mlt_err *err) MLT_MUST_USE;
bool mlt_version_record_get(struct mlt_registry *registry, const char *model, const char *version,
                            struct mlt_arena *arena, bool *found, struct mlt_version_record *out,
                            struct mlt_err *err) MLT_MUST_USE;
/* All, by precedence, lowest first. */
bool mlt_version_record_list(struct mlt_registry *registry, const char *model,
                             struct mlt_arena *arena, struct mlt_version_record **out,
                             size_t *out_count, struct mlt_err *err) MLT_MUST_USE;
/* The index of the version that "latest" is: unqualified, not archived, once in Production; -1: none. */
long mlt_version_record_latest(const struct mlt_version_record *records, size_t count);
/* As mlt_version_record_get, but an unknown model or version is MLT_ERR_USAGE with the nearest. */
bool mlt_version_record_want(struct mlt_registry *registry, const char *model, const char *version,
                             struct mlt_arena *arena, struct mlt_version_record *out,
                             struct mlt_err *err) MLT_MUST_USE;

/* One transaction with its entry in the registry's log. Begin, require, put, log, commit; on
 * MLT_CHANGE_RACED (another process changed this model meanwhile) start again from begin. Changes of
 * other models only move the log's head: commit tries again by itself. */
struct mlt_change {
    struct mlt_registry *registry;
    struct mlt_arena *arena;
    const char *model;
    uint64_t number; /* of this change among those of the model, from 1; 0: not of a model */
    struct mlt_log_entry entry;
    struct mlt_record_condition conditions[16];
    struct mlt_record_put puts[24];
    size_t condition_count, put_count;
};
enum mlt_change_end {
    MLT_CHANGE_RACED = 0,
    MLT_CHANGE_DONE,
    MLT_CHANGE_REFUSED, /* a required record has changed */
};
enum { MLT_CHANGE_TRIES = 200 };
/* `model` is the records' partition; one that begins with a dot is no model's and has no counter: there
 * the caller requires what must not have changed. */
bool mlt_change_begin(struct mlt_registry *registry, const char *model, struct mlt_arena *arena,
                      struct mlt_change *out, struct mlt_err *err) MLT_MUST_USE;
void mlt_change_require(struct mlt_change *change, const char *key, uint64_t revision);
void mlt_change_put(struct mlt_change *change, const char *key, const char *value);
/* The entry of this change, once and before commit; it is copied. Number, time, user and, unless it
 * names another, model are filled in. */
bool mlt_change_log(struct mlt_change *change, const struct mlt_log_entry *entry,
                    struct mlt_err *err) MLT_MUST_USE;
bool mlt_change_commit(struct mlt_change *change, enum mlt_change_end *end,
                       struct mlt_err *err) MLT_MUST_USE;
/* What to say when it was RACED or REFUSED once too often. */
bool mlt_change_busy(const char *model, struct mlt_err *err);

/* Who and when, for records. */
const char *mlt_store_user(struct mlt_arena *arena);
const char *mlt_store_now(struct mlt_arena *arena);

/* Finishes a JSON text written into `buf` and moves it into the arena; frees `buf`. */
char *mlt_store_json(struct mlt_json_out *json, struct mlt_arena *arena, struct mlt_err *err);

/* Reads and checks a folder as MODEL@VERSION (both NULL: as its metadata says): the six artifacts,
 * metadata, config, contract. With a `verified` manifest the folder's files are known to be what it
 * says, else they are all read. Fills everything of `out` but the registry's facts. */
bool mlt_version_read(const char *dir, const char *model, const char *version,
                      const struct mlt_manifest *verified, struct mlt_arena *arena,
                      struct mlt_version *out, struct mlt_err *err) MLT_MUST_USE;

/* Whether the version has the number that it needs after the release before it; true for the first.
 * MLT_ERR_USAGE names the first thing that it breaks and the number it would need. */
bool mlt_version_keeps_promise(struct mlt_registry *registry, const struct mlt_version *version,
                               struct mlt_arena *arena, struct mlt_err *err) MLT_MUST_USE;

/* Reads the MANIFEST.json under `prefix`; `digest` is the SHA-256 of its bytes. */
bool mlt_store_manifest(struct mlt_registry *registry, const char *prefix, struct mlt_arena *arena,
                        struct mlt_manifest *out, char digest[MLT_SHA256_HEX],
                        struct mlt_err *err) MLT_MUST_USE;

#endif
