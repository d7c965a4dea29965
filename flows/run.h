/* `mltest run`: plan, run, keep, judge, report. */
#ifndef MLTEST_FLOWS_RUN_H
#define MLTEST_FLOWS_RUN_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "mltest/err.h"
#include "mltest/verdict.h"

struct mlt_run_request {
    const char *dir, *registry, *ref, *baseline; /* as in struct mlt_setting_request; NULL */
    const char *const *suites;                   /* only these; none: all that mltest.yaml has */
    size_t suite_count;
    const char *case_glob;      /* only cases whose id or name match; NULL: all */
    unsigned jobs;              /* 0: one per processor */
    const char *output;         /* results file; NULL: results.mlt */
    const char *const *reports; /* "FORMAT=FILE" */
    size_t report_count;
    bool fail_fast, no_store;
    bool has_seed;
    uint64_t seed;
    FILE *progress;     /* where progress goes; NULL: nowhere */
    struct mlt_buf *notes; /* what is to be said beside the report, line by line; NULL: nowhere */
    bool progress_live; /* it is a terminal */
    bool progress_color;
    bool color; /* of the console report */
    unsigned width;
    const volatile sig_atomic_t *interrupted;
};

/* Runs and appends the console report to `console`. True: a verdict was reached (which may be
 * `invalid`). An interrupt leaves a readable partial results file and is MLT_ERR_INTERRUPTED. */
bool mlt_flow_run(const struct mlt_run_request *request, struct mlt_arena *arena,
                  struct mlt_buf *console, enum mlt_verdict *out, struct mlt_err *err) MLT_MUST_USE;

#endif
