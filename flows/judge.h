/* A run judged by its own configuration. */
#ifndef MLTEST_FLOWS_JUDGE_H
#define MLTEST_FLOWS_JUDGE_H

#include "harness/criteria/judge.h"
#include "harness/domain/run.h"
#include "mltest/verdict.h"

/* Judges every sentence and every case of a loaded run with the defaults of the configuration that
 * the run carries. The same file gives the same findings, wherever it is read. */
bool mlt_flow_judge_run(const struct mlt_run *run, struct mlt_arena *arena,
                        struct mlt_findings *findings, enum mlt_verdict *out,
                        struct mlt_err *err) MLT_MUST_USE;

#endif
