/* The self-test of a gate: faults are put into evidence on which its rules pass, and every rule
 * that a fault concerns must go red. */
#ifndef MLTEST_FLOWS_REHEARSE_FAULTS_H
#define MLTEST_FLOWS_REHEARSE_FAULTS_H

#include "harness/domain/evidence.h"
#include "harness/domain/policy.h"
#include "reports/rehearsal.h"

struct mlt_rehearse_bench {
    const struct mlt_policy *policy;
    const struct mlt_policy_gate *gate;
    const char *gate_kind;
    const char *path; /* the results file */
    const struct mlt_run *run;
    const struct mlt_rehearsal_cell *cells; /* sentence and measurement of the run */
    size_t cell_count;
    const struct mlt_rehearsal_line *lines;
    const struct mlt_rehearsal_sentence *sentences; /* [line_count] which cells are theirs */
    size_t line_count;
};

/* Fills faults, greens, untested and weak of the report. */
bool mlt_rehearse_faults(const struct mlt_rehearse_bench *bench, struct mlt_arena *arena,
                         struct mlt_rehearsal_report *report, struct mlt_err *err) MLT_MUST_USE;

/* The evidence of a results file by itself, as of the time at which it began: what gates/collect
 * makes of it for its own candidate and baseline. */
bool mlt_rehearse_evidence(const struct mlt_rehearse_bench *bench, struct mlt_arena *arena,
                           struct mlt_evidence *out, struct mlt_err *err) MLT_MUST_USE;

#endif
