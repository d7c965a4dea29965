/* Everything a gate looks at, gathered before anything is decided. Made by gates/collect. */
#ifndef MLTEST_DOMAIN_EVIDENCE_H
#define MLTEST_DOMAIN_EVIDENCE_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/arena.h"
#include "harness/base/hash.h"
#include "harness/codec/json.h"
#include "harness/domain/run.h"
#include "mltest/err.h"

/* A run that counts, for the suites named. */
struct mlt_evidence_run {
    const struct mlt_run *run;
    char sha256[MLT_SHA256_HEX]; /* of the results file */
    const char *path;            /* where it was read: for people, never decided on */
    const char *const *suites;   /* for which it is the newest that counts */
    size_t suite_count;
};

/* A run that was looked at and does not count. */
struct mlt_evidence_rejected {
    const char *what; /* run id, or the file's name when it could not be read */
    const char *why;
    /* True when the file itself is not to be trusted (altered, truncated, foreign): whatever may
     * depend on it is invalid, and no older run takes its place. */
    bool tampered;
    const char
        *run_id; /* NULL: not known; else a newer run that counts makes this one irrelevant */
    const char *config_digest; /* of the mltest.yaml that it ran with; NULL: not known */
};

/* How often a held-out set that a counting run measured on was looked at before. */
struct mlt_evidence_use {
    const char *dataset, *sha256; /* its name and its data */
    unsigned decided; /* earlier whole runs of this model, of any version, on the same data */
    unsigned looks; /* other data of the same name that this very candidate was judged on before */
};

struct mlt_evidence_deployment {
    const char *environment;
    const char *digest; /* of the version that was deployed */
    const char *decision_digest;
};

/* The subject's documents, looked at when the gate asks for them. */
struct mlt_evidence_documents {
    bool looked;
    long long revision;          /* 0: as registered */
    char digest[MLT_SHA256_HEX]; /* of that revision */
    const char *const *faults;   /* "docs/api.md:12: …"; none: complete and true */
    size_t fault_count;
};

/* A record that a person supplied: the newest of its kind, and those that do not count. */
struct mlt_evidence_record {
    const char *kind;    /* "security-review": see statement.h */
    const char *digest;  /* of the signed statement */
    const char *outcome; /* "approved", "rejected", "not-applicable", "done" */
    const char *person;
    const char *at;    /* when it was logged */
    const char *fault; /* why it does not count; NULL when it does */
    bool tampered;     /* the fault is one of the signature or the file */
    /* Of a "usage" record; -1 else. Ages in whole days as of the time of judging. */
    long long active_users, idle_days, clients, clients_behind;
};

/* An approval or a rejection. Roles, quorum and self-approval are judged by the policy later. */
struct mlt_evidence_approval {
    const char *digest; /* of the signed statement */
    const char *stage, *person, *at;
    bool is_rejection;
    const char
        *fault; /* why it is void: revoked, evidence changed, key expired; NULL when it counts */
    bool tampered;
};

struct mlt_evidence_waiver {
    const char *digest;    /* of the signed statement */
    const char *criterion; /* as the policy writes it */
    const char *person, *reason, *ticket, *expires, *at;
    const char *fault; /* why it does nothing; NULL when it counts */
    bool tampered;
};

/* Where the subject stands, as the registry knows it. */
struct mlt_evidence_lifecycle {
    bool looked;
    const char *state;      /* "RC" */
    const char *created_by; /* of the metadata: nobody approves their own version */
    const char
        *successor; /* the version above it that has been in Production longest; NULL: none */
    long long successor_days; /* whole days, as of the time of judging */
};

struct mlt_evidence {
    struct mlt_run_side subject;
    bool has_baseline; /* something serves production, other than the subject */
    struct mlt_run_side baseline;
    const char *gate_kind;         /* "environment" or "state" */
    const char *gate;              /* "staging" */
    struct mlt_evidence_run *runs; /* newest first */
    size_t run_count;
    struct mlt_evidence_rejected *rejected; /* newest first */
    size_t rejected_count;
    struct mlt_evidence_use *uses; /* in the order of the runs that count */
    size_t use_count;
    struct mlt_evidence_deployment *deployments;
    size_t deployment_count;
    struct mlt_evidence_documents documents;
    struct mlt_evidence_record *records; /* newest first */
    size_t record_count;
    struct mlt_evidence_approval *approvals; /* newest first */
    size_t approval_count;
    struct mlt_evidence_waiver *waivers; /* newest first */
    size_t waiver_count;
    struct mlt_evidence_lifecycle lifecycle;
    struct mlt_evidence_run
        anchor_run;           /* compared with the policy's anchor; run NULL: none counts */
    const char *anchor_fault; /* why none does; NULL */
};

/* The newest run that counts for a suite; NULL when none does. */
const struct mlt_evidence_run *mlt_evidence_run_for(const struct mlt_evidence *evidence,
                                                    const char *suite);

/* True for the one who made the version, without regard to case, and for everybody where nobody knows
 * who did. */
bool mlt_evidence_is_maker(const struct mlt_evidence *evidence, const char *person);

/* Appends a decision's "evidence": an object in one fixed order. What was not looked at and lists
 * that are empty are left out, but for runs, rejected and deployments, which always stood there.
 * Paths are not printed. */
void mlt_evidence_encode(const struct mlt_evidence *evidence, struct mlt_json_out *out);
/* Appends `key`: a version and its digests. */
void mlt_evidence_side_encode(const char *key, const struct mlt_run_side *side,
                              struct mlt_json_out *out);

/* Fills run and path of an evidence run from the results file with this digest. */
typedef bool mlt_evidence_load(void *context, const char *run_id, struct mlt_evidence_run *out,
                               struct mlt_err *err);
/* Reads a decision's `decided` object: gate, subject, baseline and evidence. Strings are lent from
 * the document, lists live in the arena. Whatever is missing or of another type: MLT_ERR_EVIDENCE.
 */
bool mlt_evidence_decode(const struct mlt_json *decided, mlt_evidence_load *load, void *context,
                         struct mlt_arena *arena, struct mlt_evidence *out,
                         struct mlt_err *err) MLT_MUST_USE;

#endif
