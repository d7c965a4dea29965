/* What the criteria of a decision share: gathering findings before the correction over all of them.
 */
#ifndef MLTEST_GATES_JUDGING_H
#define MLTEST_GATES_JUDGING_H

#include "gates/decide/decide.h"

/* How many cases were looked at and how they ended. */
struct mlt_judging_count {
    size_t cases, passed, skipped, findings;
};

bool mlt_judging_append(struct mlt_findings *out, const struct mlt_finding *finding,
                        struct mlt_arena *arena, struct mlt_err *err) MLT_MUST_USE;

/* Appends a finding without figures. A NULL reason is memory that was out. */
bool mlt_judging_plain(struct mlt_findings *out, const char *criterion, const char *case_id,
                       enum mlt_verdict verdict, const char *reason, struct mlt_arena *arena,
                       struct mlt_err *err);

/* What a case's end says by itself; one that passed or was skipped says nothing. */
bool mlt_judging_outcome(const struct mlt_run_case *test, struct mlt_arena *arena,
                         struct mlt_findings *out, struct mlt_err *err);

/* Appends the findings of a run, or of one suite of it, unadjusted and unsorted. */
bool mlt_judging_run(const struct mlt_run *run, const char *suite,
                     const struct mlt_judge_defaults *defaults, struct mlt_arena *arena,
                     struct mlt_findings *out, struct mlt_judging_count *count,
                     struct mlt_err *err) MLT_MUST_USE;

/* The headline of findings and cases: a pass needs a case that passed. */
enum mlt_verdict mlt_judging_verdict(const struct mlt_finding *findings, size_t count,
                                     const struct mlt_judging_count *cases);

/* One criterion while it is being judged. Its findings are [first, first + count) of `findings`. */
struct mlt_criterion_work {
    const struct mlt_policy *policy;
    const struct mlt_evidence *evidence;
    const struct mlt_policy_gate *gate;
    const struct mlt_requirement *requirement;
    const struct mlt_judge_defaults *defaults;
    struct mlt_arena *arena;
    struct mlt_findings *findings; /* of the whole gate */
    size_t first;
    enum mlt_verdict verdict; /* by itself, before its findings; PASS when they alone decide */
    const char *reason;       /* for a verdict by itself; or the words of a pass */
};

/* Judges one requirement: appends findings, sets verdict and reason. False when memory is out. */
bool mlt_criterion_judge(struct mlt_criterion_work *work, struct mlt_err *err) MLT_MUST_USE;

#endif
