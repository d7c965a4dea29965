/* The other end of the pool: the loop of the worker program. */
#ifndef MLTEST_RUNNER_WORKER_H
#define MLTEST_RUNNER_WORKER_H

#include "harness/runner/suite.h"

struct mlt_worker_tables {
    const struct mlt_suite_ops *const *suites;     /* NULL-terminated */
    const struct mlt_adapter_ops *const *adapters; /* NULL-terminated */
    const struct mlt_config_tables *config;
};

/* Reads frames from in_fd, runs cases, answers on out_fd until in_fd ends. What the model or a suite
 * prints to stdout must not reach out_fd: the caller passes a private descriptor. Returns the exit
 * status of the program. */
int mlt_worker_serve(int in_fd, int out_fd, const struct mlt_worker_tables *tables);

#endif
