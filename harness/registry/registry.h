/* The registry's rules, once, over blobs and records.
 *
 * Layout: see docs/registry.md. A version's folder is immutable once registered; MANIFEST.json holds
 * size and SHA-256 of every file and every read is checked against it. State, serving pointer,
 * deployments and the run index are records. */
#ifndef MLTEST_REGISTRY_REGISTRY_H
#define MLTEST_REGISTRY_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/hash.h"
#include "harness/domain/contract.h"
#include "harness/domain/lifecycle.h"
#include "harness/domain/manifest.h"
#include "harness/domain/metadata.h"
#include "harness/domain/semver.h"
#include "mltest/err.h"

struct mlt_registry;

/* A registry by URL: a folder, or file:///… (s3:// is named as not built in). `init` makes it (folder
 * and record store, with a format version); opening one that was not made so is MLT_ERR_USAGE with
 * the command that would make it. Opening reads nothing but the format marker. */
bool mlt_registry_init(const char *url, struct mlt_err *err) MLT_MUST_USE;
bool mlt_registry_open(const char *url, bool read_only, struct mlt_registry **out,
                       struct mlt_err *err) MLT_MUST_USE;
void mlt_registry_close(struct mlt_registry *registry);
const char *mlt_registry_url(const struct mlt_registry *registry); /* absolute folder */

/* One version, resolved and checked. */
struct mlt_version {
    const char *model, *version;
    const char *dir;       /* local folder with the files */
    const char *artifact;  /* path of the model file, absolute */
    char digest[MLT_SHA256_HEX];          /* of the manifest: names every file */
    char artifact_digest[MLT_SHA256_HEX]; /* of the model file alone */
    const char *state;     /* "Development" … "Archived", "rolled-back" */
    const char *state_since, *removal_date; /* NULL: unknown; none */
    const char *registered_at;
    bool serving;          /* 100 % of production traffic */
    struct mlt_metadata metadata;
    struct mlt_contract contract;
    const char *config_json; /* text of config.json */
    struct mlt_manifest manifest;
};

/* Registers the folder `dir` as MODEL@VERSION: validates metadata, config, artifact names (the model
 * file is named <model>-<version>.<ext> or model.<ext>), the six required artifacts (model, config,
 * metadata, metrics, docs/ with a model card, tests/), whose faults are all in one message, makes the
 * manifest, stores everything atomically. `dir` may hold a MANIFEST.json only if it agrees. Registering
 * identical content again succeeds and changes nothing (it also finishes a registration that was cut
 * off); other content under the same version is MLT_ERR_USAGE. Symbolic links and special files are refused, and so is a version
 * whose number is too low for what it changes for its callers (harness/compat), held against the
 * highest release below it. */
bool mlt_registry_register(struct mlt_registry *registry, const char *model, const char *version,
                           const char *dir, struct mlt_err *err) MLT_MUST_USE;

/* Resolves "1.1.0", "latest", "production" or "" (= latest registered version by precedence) to a
 * version and verifies every file against the manifest. Altered files: MLT_ERR_EVIDENCE naming them.
 * An unknown model or version: MLT_ERR_USAGE with the nearest. */
bool mlt_registry_get(struct mlt_registry *registry, const char *model, const char *version,
                      struct mlt_arena *arena, struct mlt_version *out,
                      struct mlt_err *err) MLT_MUST_USE;
/* Only which version such a word means: a text in the arena. */
bool mlt_registry_resolve(struct mlt_registry *registry, const char *model, const char *version,
                          struct mlt_arena *arena, const char **out, struct mlt_err *err) MLT_MUST_USE;
/* A version's folder that is not registered, checked like one (state "", not serving). */
bool mlt_version_from_dir(const char *dir, struct mlt_arena *arena, struct mlt_version *out,
                          struct mlt_err *err) MLT_MUST_USE;

struct mlt_version_entry {
    const char *model, *version, *state, *registered_at;
    const char *state_since, *removal_date; /* as in struct mlt_version */
    char digest[MLT_SHA256_HEX];
    bool serving;
};
/* Models, sorted by name. */
bool mlt_registry_models(struct mlt_registry *registry, struct mlt_arena *arena, char ***out,
                         size_t *out_count, struct mlt_err *err) MLT_MUST_USE;
/* Versions of a model by precedence, lowest first. An unknown model gives none. */
bool mlt_registry_versions(struct mlt_registry *registry, const char *model,
                           struct mlt_arena *arena, struct mlt_version_entry **out,
                           size_t *out_count, struct mlt_err *err) MLT_MUST_USE;

/* The highest release (a version without a qualifier) below `version`, or of all where that is NULL;
 * `*out` NULL: there is none. */
bool mlt_registry_predecessor(struct mlt_registry *registry, const char *model, const char *version,
                              struct mlt_arena *arena, const char **out,
                              struct mlt_err *err) MLT_MUST_USE;

/* What a registered version says of itself: config.json, metadata.json and metrics.json, each checked
 * against the manifest (MLT_ERR_EVIDENCE). The model file, which may be large, is not read. */
struct mlt_version_words {
    struct mlt_contract contract;
    struct mlt_metadata metadata;
    const char *metrics_json; /* text of metrics.json */
};
bool mlt_registry_words(struct mlt_registry *registry, const char *model, const char *version,
                        struct mlt_arena *arena, struct mlt_version_words *out,
                        struct mlt_err *err) MLT_MUST_USE;

/* Imports a version that already serves in production: state Production, serving pointer at it, logged
 * as an import with the reason; never a gate's pass. Updates "latest". Only an unaltered version can be
 * adopted, and none that was rolled back or archived. */
bool mlt_registry_adopt(struct mlt_registry *registry, const char *model, const char *version,
                        const char *reason, struct mlt_err *err) MLT_MUST_USE;
/* The version that serves; "" when none does. */
bool mlt_registry_serving(struct mlt_registry *registry, const char *model,
                          char out[MLT_SEMVER_CHARS], struct mlt_err *err) MLT_MUST_USE;

/* Points the alias "latest" where the records say. Every change that moves it does so; only one that was
 * cut off has not. */
bool mlt_registry_point_latest(struct mlt_registry *registry, const char *model,
                               struct mlt_err *err) MLT_MUST_USE;

/* Where a version stands now; an unknown one is MLT_ERR_USAGE with the nearest. */
struct mlt_standing {
    enum mlt_state state;
    const char *since, *removal_date; /* NULL: unknown; none */
    char digest[MLT_SHA256_HEX];
};
bool mlt_registry_standing(struct mlt_registry *registry, const char *model, const char *version,
                           struct mlt_arena *arena, struct mlt_standing *out,
                           struct mlt_err *err) MLT_MUST_USE;
/* The release above `version` that has been in state Production the longest; `*out` NULL: none is.
 * `*out_since` NULL: nobody knows since when (then no other's time is known either). */
bool mlt_registry_successor(struct mlt_registry *registry, const char *model, const char *version,
                            struct mlt_arena *arena, const char **out, const char **out_since,
                            struct mlt_err *err) MLT_MUST_USE;

/* What a model was like before evidence about it was gathered. A change that rests on that evidence
 * is made only while all of it is still so: gate, change and log entry are one unit. */
struct mlt_moment {
    uint64_t changes; /* of the model, so far */
    char serving[MLT_SEMVER_CHARS]; /* the version that served; "" */
    uint64_t own_policy, shared_policy; /* revisions of the pinned policies; 0: none */
};
bool mlt_registry_moment(struct mlt_registry *registry, const char *model, struct mlt_moment *out,
                         struct mlt_err *err) MLT_MUST_USE;

/* A step of a version from one state to another. */
struct mlt_move {
    const char *model, *version, *digest;
    enum mlt_state to;
    const char *removal_date;    /* "2026-12-31": to Deprecated must, nothing else may have one */
    const char *decision_digest; /* of the decision that allowed it; NULL only back to Development */
    const char *reason;
    const char *const *approvers, *const *tickets;
    size_t approver_count, ticket_count;
};
/* A step to Deprecated needs a day of removal, YYYY-MM-DD in UTC and in the future; no other step has
 * one. Else MLT_ERR_USAGE. */
bool mlt_removal_date_check(enum mlt_state to, const char *removal_date,
                            struct mlt_err *err) MLT_MUST_USE;
/* Moves the version and logs it ("promote", or "demote" back to Development), if nothing of the model
 * has changed since the moment; else nothing is done and `*raced` is true: look and decide again. A
 * step that the lifecycle does not have is MLT_ERR_USAGE, a digest other than the registered one
 * MLT_ERR_EVIDENCE. Updates "latest". */
bool mlt_registry_move(struct mlt_registry *registry, const struct mlt_move *move,
                       const struct mlt_moment *moment, bool *raced,
                       struct mlt_err *err) MLT_MUST_USE;

/* A deployment, recorded by the deployer `ledger` after its gate passed. */
struct mlt_deployment {
    const char *environment, *model, *version, *digest;
    const char *cohort;          /* those who are served, where not everybody is; NULL */
    const char *decision_digest; /* SHA-256 of the decision document */
    const char *at, *by, *reason;
    /* Only when recording: for the log. */
    const char *const *approvers, *const *tickets;
    size_t approver_count, ticket_count;
};
/* `at` and `by` NULL: now, and this user. A digest other than the registered one is MLT_ERR_EVIDENCE, a
 * version that may not go there (mlt_lifecycle_deploy) MLT_ERR_USAGE. A deployment to "production"
 * moves the serving pointer in the same transaction, one to a cohort does not; neither changes the
 * state. As in mlt_registry_move(), nothing is done when the moment has passed. */
bool mlt_registry_record_deployment(struct mlt_registry *registry,
                                    const struct mlt_deployment *deployment,
                                    const struct mlt_moment *moment, bool *raced,
                                    struct mlt_err *err) MLT_MUST_USE;
/* Deployments of one version, oldest first. */
bool mlt_registry_deployments(struct mlt_registry *registry, const char *model, const char *version,
                              struct mlt_arena *arena, struct mlt_deployment **out,
                              size_t *out_count, struct mlt_err *err) MLT_MUST_USE;

/* Keeps a results file under <model>/.evidence/<version>/runs/<run-id>.mlt and indexes it by its
 * SHA-256. Storing the same bytes again changes nothing; other bytes under the same id are refused. */
bool mlt_registry_store_run(struct mlt_registry *registry, const char *model, const char *version,
                            const char *run_id, const char *path, struct mlt_err *err) MLT_MUST_USE;
/* The same with the envelope in which its runner signed it (DSSE; NULL: not signed). It is kept in the
 * index, and for people and their tools as runs/<run-id>.dsse.json; whether it counts is not asked
 * here. */
bool mlt_registry_store_signed_run(struct mlt_registry *registry, const char *model,
                                   const char *version, const char *run_id, const char *path,
                                   const char *envelope, struct mlt_err *err) MLT_MUST_USE;
struct mlt_stored_run {
    const char *run_id, *path; /* local, absolute */
    char sha256[MLT_SHA256_HEX]; /* as recorded when stored */
    const char *stored_at;
    const char *envelope; /* NULL: not signed */
};
/* Newest first. */
bool mlt_registry_runs(struct mlt_registry *registry, const char *model, const char *version,
                       struct mlt_arena *arena, struct mlt_stored_run **out, size_t *out_count,
                       struct mlt_err *err) MLT_MUST_USE;
/* Keeps a decision document under .evidence/<version>/decisions/<sha256>.json; its path in `out`. */
bool mlt_registry_store_decision(struct mlt_registry *registry, const char *model,
                                 const char *version, const char *json, size_t len,
                                 struct mlt_arena *arena, char **out_path,
                                 struct mlt_err *err) MLT_MUST_USE;
/* Keeps a signed one: the envelope as <sha256 of its text>.dsse.json, and `lines`, the envelopes that
 * go with it, one a line, as <the same sha256>.intoto.jsonl. */
bool mlt_registry_store_signed_decision(struct mlt_registry *registry, const char *model,
                                        const char *version, const struct mlt_buf *envelope,
                                        const struct mlt_buf *lines, struct mlt_arena *arena,
                                        char **out_path, struct mlt_err *err) MLT_MUST_USE;
/* The kept decision with this digest, document or envelope, into `out`; `*found` false: none is kept.
 * `*is_envelope` tells which. What no longer has its digest is MLT_ERR_EVIDENCE. */
bool mlt_registry_decision(struct mlt_registry *registry, const char *model, const char *version,
                           const char *sha256, struct mlt_arena *arena, struct mlt_buf *out,
                           bool *found, bool *is_envelope, struct mlt_err *err) MLT_MUST_USE;

struct mlt_verify_request {
    const char *model, *version; /* NULL: of the whole registry; of the whole model */
    unsigned threads;            /* 0: as many as there are processors */
    /* Both are called by the calling thread. */
    void (*fault)(void *context, const char *what);
    void (*progress)(void *context, size_t done, size_t total); /* versions; may be NULL */
    void *context;
};
/* Re-reads every file of a version, a model or the whole registry against the manifests and the
 * records. Calls `fault` for every altered, missing, surplus or orphaned thing, in one order whatever
 * the number of threads: files of versions first. `*checked` counts versions. False only for
 * infrastructure trouble. Nothing is ever changed. */
bool mlt_registry_verify(struct mlt_registry *registry, const struct mlt_verify_request *request,
                         size_t *checked, struct mlt_err *err) MLT_MUST_USE;

#endif
