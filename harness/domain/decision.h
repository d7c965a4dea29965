/* What a gate decided, and everything needed to decide it again.
 *
 *   {"mltest_decision": 1, "decided": {…}, "context": {…}}
 *
 * `decided` holds no clock and no host: the same evidence gives the same bytes, printed in one
 * fixed order. `context` holds when and where: it is never judged. */
#ifndef MLTEST_DOMAIN_DECISION_H
#define MLTEST_DOMAIN_DECISION_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/domain/evidence.h"
#include "harness/domain/finding.h"
#include "harness/domain/policy.h"
#include "mltest/verdict.h"

/* One requirement, judged. */
struct mlt_criterion_result {
    const char *criterion; /* as written in the policy */
    enum mlt_verdict verdict;
    const char *reason;           /* plain words; the worst finding's when there are findings */
    struct mlt_finding *findings; /* worst first; may be none */
    size_t finding_count;
    bool waived; /* passes by a waiver alone; the reason says whose, and what it excuses */
};

struct mlt_decision {
    const struct mlt_policy *policy;
    const struct mlt_evidence *evidence;
    struct mlt_criterion_result *criteria; /* in the policy's order */
    size_t criterion_count;
    enum mlt_verdict verdict;
    const char **reasons; /* worst first, one per criterion that does not pass */
    size_t reason_count;
    const char *tool_version;
};

struct mlt_decision_context {
    const char *decided_at; /* RFC 3339 */
    bool advisory;          /* by another policy than the pinned one, or on files given by hand: nothing acts on it */
};

/* Appends the `decided` object alone, indented: the bytes that a replay must reproduce. */
bool mlt_decision_encode_decided(const struct mlt_decision *decision, struct mlt_buf *out,
                                 struct mlt_err *err) MLT_MUST_USE;
/* The whole document, ending with a newline. */
bool mlt_decision_encode(const struct mlt_decision *decision,
                         const struct mlt_decision_context *context, struct mlt_buf *out,
                         struct mlt_err *err) MLT_MUST_USE;

#endif
