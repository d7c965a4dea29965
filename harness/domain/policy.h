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
};

struct mlt_requirement {
    enum mlt_requirement_kind kind;
    const char *text;          /* as written, on one line: what findings and reports show */
    const char *key;           /* OTHER: "record", "approval" */
    const char *const *suites; /* SUITES */
    size_t suite_count;
};

struct mlt_policy_gate {
    const char *name; /* "staging", "beta" */
    struct mlt_requirement *requirements;
    size_t count;
};

struct mlt_policy {
    const char *file;            /* for messages */
    const char *text;            /* the whole gates.yaml, as it was read: it is kept in decisions */
    char digest[MLT_SHA256_HEX]; /* of the text */
    /* `defaults:` */
    enum mlt_rule rule;                                 /* MLT_RULE_DEFAULT when not said */
    enum mlt_rule slice_rule;                           /* MLT_RULE_DEFAULT when not said */
    double alpha;                                       /* 0 when not said */
    bool no_correction;                                 /* correction: none */
    int64_t max_age_s;                                  /* 0: any age */
    struct mlt_policy_gate *environments, *transitions; /* in the order written */
    size_t environment_count, transition_count;
};

#endif
