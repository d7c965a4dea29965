/* Event logs for the tests of experiments. */
#ifndef MLTEST_TESTS_UNIT_EXPERIMENT_LOG_H
#define MLTEST_TESTS_UNIT_EXPERIMENT_LOG_H

#include "harness/experiment/analysis.h"
#include "tests/unit/suite.h"

extern const char *const small_log;

/* Writes the log into the test's folder and declares an experiment on it: unit "unit", variant
 * "arm", arms A (control), B and C, of which the first `arm_count`; metrics as texts, ended by
 * NULL. */
struct mlt_experiment log_experiment(const char *text, size_t arm_count, const char *const *metrics,
                                     struct mlt_arena *arena);

#endif
