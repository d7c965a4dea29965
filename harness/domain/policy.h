/* gates.yaml as plain data: what each environment and each transition requires. Parsed by
 * harness/config/gates.h. */
#ifndef MLTEST_DOMAIN_POLICY_H
#define MLTEST_DOMAIN_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/hash.h"
#include "harness/domain/finding.h"

enum mlt_requirement_kind {
    MLT_REQUIREMENT_WORD,     /* "unit_tests_passed": a word of the protocol */
    MLT_REQUIREMENT_SENTENCE, /* "rmse within 5% of production" */
    MLT_REQUIREMENT_SUITES,   /* {suites passed: [unit, regression]} */
    MLT_REQUIREMENT_OTHER, /* {record: …}, {approval: …}: known by its shape, judged by its key */
    MLT_REQUIREMENT_RECORD,   /* {record: security-review} */
    MLT_REQUIREMENT_APPROVAL, /* {approval: {stage, roles, quorum}} */
    MLT_REQUIREMENT_ANCHOR,   /* a margin against the anchor, added to every gate that compares */
};

struct mlt_requirement {
    enum mlt_requirement_kind kind;
    const char *text;          /* as written, on one line: what findings and reports show */
    const char *key;           /* OTHER: "record", "approval" */
    const char *const *suites; /* SUITES */
    size_t suite_count;
    const char *record;       /* RECORD: the kind, see statement.h */
    const char *stage;        /* APPROVAL: "design", "alpha", "beta", "production", or a name of one's own */
    const char *const *roles; /* APPROVAL: each must be represented by `quorum` people */
    size_t role_count;
    unsigned quorum;
    const char *sentence; /* ANCHOR: "rmse within 10% of anchor" */
};

/* A role and the people who hold it, by the names that the signers' file gives them. */
struct mlt_policy_role {
    const char *name;
    const char *const *people;
    size_t count;
};

/* `approvers:` */
struct mlt_policy_people {
    const char *signers_file; /* as written; NULL: nobody can sign */
    const char *signers_text; /* its content (ALLOWED SIGNERS of ssh-keygen(1)), pinned with the policy */
    const struct mlt_policy_role *roles;
    size_t role_count;
    const char *owner;               /* the role that approves a change of the policy; NULL: none */
    const char *const *waiver_roles; /* who may waive a criterion */
    size_t waiver_role_count;
    int64_t max_waiver_s; /* longest time a waiver may excuse for; 0: not said */
};

struct mlt_policy_anchor {
    const char *version; /* NULL: no anchor */
    const char *const *require;
    size_t count;
};

struct mlt_policy_gate {
    const char *name; /* "staging", "beta" */
    struct mlt_requirement *requirements;
    size_t count;
};

struct mlt_policy {
    const char *file;            /* for messages */
    const char *text;            /* the whole gates.yaml, as it was read: it is kept in decisions */
    /* SHA-256 of the text; with a signers' file, of "<SHA-256 of the text>\n<SHA-256 of the signers>\n" */
    char digest[MLT_SHA256_HEX];
    /* `defaults:` */
    enum mlt_rule rule;                                 /* MLT_RULE_DEFAULT when not said */
    enum mlt_rule slice_rule;                           /* MLT_RULE_DEFAULT when not said */
    double alpha;                                       /* 0 when not said */
    bool no_correction;                                 /* correction: none */
    int64_t max_age_s;                                  /* 0: any age */
    struct mlt_policy_gate *environments, *transitions; /* in the order written */
    size_t environment_count, transition_count;
    struct mlt_policy_people people;
    struct mlt_policy_anchor anchor;
};

#endif
