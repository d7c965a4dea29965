/* A worker does not outlive its pool, and its models do not outlive it. */
#ifndef MLTEST_RUNNER_GUARD_H
#define MLTEST_RUNNER_GUARD_H

/* From now on TERM, which the kernel also sends when the parent dies (PR_SET_PDEATHSIG), ends every
 * descendant of this program that carries its mark (family.h) and then this program. A thread of its
 * own waits for the signal: it works while a suite or a model in process hangs. KILL instead of TERM
 * would be surer for this program, but would leave its models behind. To be called before any thread
 * is started; MLT_ERR_INFRA. */
#include <stdbool.h>

#include "mltest/err.h"

bool mlt_guard_start(struct mlt_err *err) MLT_MUST_USE;

#endif
