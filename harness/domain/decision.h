/* What a gate decided, and everything needed to decide it again.
 *
 *   {"mltest_decision": 1, "decided": {…}, "context": {…}}
 *
 * `decided` holds no clock and no host: the same evidence gives the same bytes, printed in one fixed
 * order. `context` holds when and where: it is never judged. */
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
    const char *reason;    /* plain words; the worst finding's when there are findings */
    struct mlt_finding *findings; /* worst first; may be none */
    size_t finding_count;
};

struct mlt_decision {
    const struct mlt_policy *policy;
    const struct mlt_evidence *evidence;
    struct mlt_criterion_result *criteria; /* in the policy's order */
    size_t criterion_count;
    enum mlt_verdict verdict;
    const char *const *reasons; /* worst first, one per criterion that does not pass */
    size_t reason_count;
    const char *tool_version;
};

struct mlt_decision_context {
    const char *decided_at; /* RFC 3339 */
    bool advisory;          /* by a policy that is not the pinned one: nothing acts on it */
};

/* Appends the `decided` object alone, indented: the bytes that a replay must reproduce. */
bool mlt_decision_encode_decided(const struct mlt_decision *decision, struct mlt_buf *out,
                                 struct mlt_err *err) MLT_MUST_USE;
/* The whole document, indented, ending with a newline. */
bool mlt_decision_encode(const struct mlt_decision *decision,
                         const struct mlt_decision_context *context, struct mlt_buf *out,
                         struct mlt_err *err) MLT_MUST_USE;

/* A decision as it was written: everything but the runs themselves. */
struct mlt_decision_run {
    const char *run_id;
    char sha256[MLT_SHA256_HEX];
    const char *const *suites;
    size_t suite_count;
};

struct mlt_decision_document {
    struct mlt_evidence evidence; /* no runs: they are below, and not loaded */
    struct mlt_decision_run *runs;
    size_t run_count;
    const char *policy_text;
    char policy_digest[MLT_SHA256_HEX];
    struct mlt_criterion_result *criteria;
    size_t criterion_count;
    enum mlt_verdict verdict;
    const char *const *reasons;
    size_t reason_count;
    const char *tool_version;
    struct mlt_decision_context context;
};

/* Reads a document back into the arena. Anything but a decision of this form is MLT_ERR_EVIDENCE.
 * `decided` (may be NULL) receives what the text holds under that key, printed as
 * mlt_decision_encode_decided() prints. */
bool mlt_decision_decode(const char *name, const char *text, size_t len, struct mlt_arena *arena,
                         struct mlt_decision_document *out, struct mlt_buf *decided,
                         struct mlt_err *err) MLT_MUST_USE;

#endif
