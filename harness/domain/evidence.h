/* Everything a gate looks at, gathered before anything is decided. Made by gates/collect. */
#ifndef MLTEST_DOMAIN_EVIDENCE_H
#define MLTEST_DOMAIN_EVIDENCE_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/hash.h"
#include "harness/domain/run.h"

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
    struct mlt_evidence_deployment *deployments;
    size_t deployment_count;
    struct mlt_evidence_documents documents;
};

#endif
