/* From (policy, evidence) to a decision. Pure: no file, no clock, no host; the same input gives the
 * same bytes. */
#ifndef MLTEST_GATES_DECIDE_H
#define MLTEST_GATES_DECIDE_H

#include <stdbool.h>

#include "harness/base/arena.h"
#include "harness/criteria/judge.h"
#include "harness/domain/decision.h"
#include "mltest/err.h"

struct mlt_criterion_work;

/* A word that a policy may require, and the criterion that judges it. */
struct mlt_requirement_word {
    const char
        *word; /* "unit_tests_passed"; "*_deployment_successful" stands for any environment */
    const char *doc;
    bool (*judge)(struct mlt_criterion_work *work, const char *about, struct mlt_err *err);
    const char *about; /* the suites, or the kinds of record, with a blank between them; NULL */
};
/* Ends with a NULL word. */
extern const struct mlt_requirement_word mlt_requirement_words[];
/* True for a known word, `<environment>_deployment_successful` included. */
bool mlt_requirement_word_known(const char *word);

/* Decides. A gate that the policy does not have, or one without requirements, is MLT_ERR_USAGE. */
bool mlt_gate_decide(const struct mlt_policy *policy, const struct mlt_evidence *evidence,
                     const char *tool_version, struct mlt_arena *arena, struct mlt_decision *out,
                     struct mlt_err *err) MLT_MUST_USE;

/* Judges a run by itself: every sentence of every case (adjusted together) and every case that did
 * not pass. `suite` NULL: all. Findings are appended to `out`, worst first; the result is their
 * headline. Never a pass: a run that is not complete, no cases, nothing but skipped cases. */
bool mlt_run_judge(const struct mlt_run *run, const char *suite,
                   const struct mlt_judge_defaults *defaults, struct mlt_arena *arena,
                   struct mlt_findings *out, enum mlt_verdict *verdict,
                   struct mlt_err *err) MLT_MUST_USE;

#endif
