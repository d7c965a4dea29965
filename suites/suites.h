/* The suites of mltest. */
#ifndef MLTEST_SUITES_SUITES_H
#define MLTEST_SUITES_SUITES_H

#include "harness/runner/suite.h"

extern const struct mlt_suite_ops mlt_suite_unit;
extern const struct mlt_suite_ops mlt_suite_integration;
extern const struct mlt_suite_ops mlt_suite_performance;
extern const struct mlt_suite_ops mlt_suite_regression;
extern const struct mlt_suite_ops mlt_suite_edge_case;
extern const struct mlt_suite_ops mlt_suite_ab;
extern const struct mlt_suite_ops mlt_suite_compatibility;

#endif
