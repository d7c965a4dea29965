/* gates.yaml as plain data: what each environment and each transition requires. Parsed by
 * harness/config/gates.h. */
#ifndef MLTEST_DOMAIN_POLICY_H
#define MLTEST_DOMAIN_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/hash.h"
#include "harness/domain/finding.h"
#include "mltest/err.h"

enum mlt_requirement_kind {
    MLT_REQUIREMENT_WORD,     /* "unit_tests_passed": a word of the protocol */
    MLT_REQUIREMENT_SENTENCE, /* "rmse within 5% of production" */
    MLT_REQUIREMENT_SUITES,   /* {suites passed: [unit, regression]} */
    MLT_REQUIREMENT_RECORD,   /* {record: security-review} */
    MLT_REQUIREMENT_APPROVAL, /* {approval: {stage, roles, quorum}} */
    MLT_REQUIREMENT_ANCHOR,   /* a margin against the anchor, added to every gate that compares */
};

struct mlt_requirement {
    enum mlt_requirement_kind kind;
    const char *text; /* as written, on one line: what findings and reports show */
    bool built_in;    /* of the built-in policy, not of the file */
    int line;         /* where it stands in its file; of the built-in policy in that one's text */
    const char *const *suites; /* SUITES */
    size_t suite_count;
    const char *record; /* RECORD: the kind, see statement.h */
    /* APPROVAL, and WORD where the word is one of an approval (mlt_policy_stage_of_word): "design",
     * "alpha", "beta", "production", or a name of one's own; else NULL. */
    const char *stage;
    const char *const *roles; /* each must be represented by `quorum` people */
    size_t role_count;
    unsigned quorum;      /* as said with the approval, else for its stage, else 1 */
    const char *sentence; /* ANCHOR: "rmse within 10% of anchor" */
};

/* A role and the people who hold it, by the names that the signers' file gives them. */
struct mlt_policy_role {
    const char *name;
    const char *const *people;
    size_t count;
};

/* `approvers: quorum:`: how many people of a role approve a stage. */
struct mlt_policy_quorum {
    const char *stage;
    unsigned people;
};

/* `approvers:` */
struct mlt_policy_people {
    const char *signers_file; /* as written; NULL: nobody can sign */
    const char
        *signers_text; /* its content (ALLOWED SIGNERS of ssh-keygen(1)), pinned with the policy */
    const struct mlt_policy_role *roles;
    size_t role_count;
    const struct mlt_policy_quorum *quorums;
    size_t quorum_count;
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
    const char *file; /* for messages */
    const char *text; /* the whole gates.yaml, as it was read: it is kept in decisions */
    /* SHA-256 of the text; with a signers' file, of "<SHA-256 of the text>\n<SHA-256 of the
     * signers>\n" */
    char digest[MLT_SHA256_HEX];
    /* `defaults:` */
    enum mlt_rule rule;       /* MLT_RULE_DEFAULT when not said */
    enum mlt_rule slice_rule; /* MLT_RULE_DEFAULT when not said */
    double alpha;             /* 0 when not said */
    bool no_correction;       /* correction: none */
    int64_t max_age_s;        /* 0: any age */
    /* Transitions in the order of the lifecycle, those that the file does not name as built in;
     * environments in the order written, those built in when the file has none. */
    struct mlt_policy_gate *environments, *transitions;
    size_t environment_count, transition_count;
    bool built_in_environments; /* the file has no `deployment:` */
    struct mlt_policy_people people;
    struct mlt_policy_anchor anchor;
};

/* A stage of the protocol that people approve: "production", asked for as `production_approval` or,
 * by the role whose it is, as `ml_review_board_approval`. */
struct mlt_policy_stage {
    const char *stage, *role, *stage_word, *role_word;
};
/* Ends with a NULL stage. */
extern const struct mlt_policy_stage mlt_policy_stages[];
/* NULL when the word is not one of an approval. */
const struct mlt_policy_stage *mlt_policy_stage_of_word(const char *word);

/* NULL when the table of roles does not have it. */
const struct mlt_policy_role *mlt_policy_role_find(const struct mlt_policy_people *people,
                                                   const char *role);
/* Does this person hold the role? */
bool mlt_policy_holds(const struct mlt_policy_people *people, const char *role, const char *person);
/* How many people of each role the policy wants for a stage: 1 where it does not say. */
unsigned mlt_policy_quorum(const struct mlt_policy_people *people, const char *stage);

/* NULL when the policy does not have it. `kind` is "environment" or "state". */
const struct mlt_policy_gate *mlt_policy_gate_find(const struct mlt_policy *policy,
                                                   const char *kind, const char *name);

/* What names a policy, see `digest` above. `signers` NULL: there are none. */
bool mlt_policy_digest(const char *text, size_t len, const char *signers, char out[MLT_SHA256_HEX],
                       struct mlt_err *err) MLT_MUST_USE;

#endif
