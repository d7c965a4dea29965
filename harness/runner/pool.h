/* The pool of workers: one poll loop, one worker program per job, posix_spawned; never a fork of the
 * caller. A worker that crashes, hangs or breaks its frames is said so by this side: its case is
 * `broken`, with the signal or the deadline and the worker's last words. */
#ifndef MLTEST_RUNNER_POOL_H
#define MLTEST_RUNNER_POOL_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/domain/run.h"
#include "harness/domain/subject.h"
#include "mltest/err.h"

/* What every worker is told once, before its first case. */
struct mlt_job_context {
    const char *config_path, *config_text;
    size_t config_len;
    const struct mlt_subject *candidate;
    const struct mlt_subject *baseline; /* NULL */
    const char *registry_url;           /* NULL */
    uint64_t seed;
    const struct mlt_run_dataset *datasets; /* as planned: workers judge no other bytes */
    size_t dataset_count;
};

/* Called from the poll loop, in order per case: started, then any of the middle ones, then outcome. A
 * false stops the run (its error is the pool's). All but `outcome` may be NULL. */
struct mlt_pool_observer {
    void *context;
    bool (*started)(void *context, const struct mlt_case_plan *test, struct mlt_err *err);
    bool (*progress)(void *context, const struct mlt_case_plan *test, double share,
                     struct mlt_err *err);
    bool (*measurement)(void *context, const struct mlt_case_plan *test,
                        const struct mlt_measurement *m, struct mlt_err *err);
    bool (*rows)(void *context, const struct mlt_case_plan *test, const struct mlt_paired_row *rows,
                 size_t count, struct mlt_err *err);
    bool (*series)(void *context, const struct mlt_case_plan *test, const char *name, double x,
                   double y, struct mlt_err *err);
    bool (*attachment)(void *context, const struct mlt_case_plan *test, const char *name,
                       const char *media_type, const void *data, size_t len, struct mlt_err *err);
    bool (*outcome)(void *context, const struct mlt_case_plan *test,
                    const struct mlt_outcome *outcome, struct mlt_err *err);
    /* About ten times a second, for a progress line. */
    bool (*tick)(void *context, struct mlt_err *err);
};

struct mlt_pool_options {
    const char *worker;         /* path of the worker program */
    unsigned jobs;              /* workers at once, >= 1 */
    uint64_t case_timeout_ns;   /* default for cases that have none */
    uint64_t grace_ns;          /* from TERM to KILL */
    bool fail_fast;             /* after a failed or broken case the rest ends as not-run: fail-fast */
    const volatile sig_atomic_t *interrupted; /* signal number once one came; NULL */
};

/* Runs every case of the plan to an end state and reports each exactly once. Cases marked exclusive
 * run alone. When *interrupted becomes non-zero all workers are stopped and the result is false with
 * MLT_ERR_INTERRUPTED; cases that had not ended get no outcome. */
bool mlt_pool_run(const struct mlt_plan *plan, const struct mlt_job_context *job,
                  const struct mlt_pool_options *options, const struct mlt_pool_observer *observer,
                  struct mlt_err *err) MLT_MUST_USE;

/* Where the worker program is: $MLTEST_WORKER, beside the running program (libexec/worker), beside
 * its prefix (../libexec/mltest/worker), or where it was installed. MLT_ERR_INFRA when nowhere. */
bool mlt_pool_find_worker(struct mlt_arena *arena, char **out, struct mlt_err *err) MLT_MUST_USE;

#endif
