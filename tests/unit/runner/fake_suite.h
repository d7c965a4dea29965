/* A suite whose cases do to their worker what their name says. */
#ifndef MLTEST_TESTS_UNIT_RUNNER_FAKE_SUITE_H
#define MLTEST_TESTS_UNIT_RUNNER_FAKE_SUITE_H

#include "harness/runner/suite.h"

extern const struct mlt_suite_ops fake_suite;
/* The channel to the pool, which no honest suite knows. */
extern int fake_suite_channel;

#endif
