/* The checks of the unit suite: each runs one and says how it ended, as run() of mlt_suite_ops. */
#ifndef MLTEST_SUITES_UNIT_CHECKS_H
#define MLTEST_SUITES_UNIT_CHECKS_H

#include "harness/codec/json.h"
#include "harness/runner/suite.h"

/* `spec` is the case's own. */
typedef bool mlt_unit_check(struct mlt_case_context *context, const struct mlt_json *spec,
                            struct mlt_outcome *out, struct mlt_err *err);

/* Files of the version (unit_files.c). */
mlt_unit_check mlt_unit_artifacts, mlt_unit_digests, mlt_unit_metadata, mlt_unit_config;
/* Answers of the model (unit_model.c). */
mlt_unit_check mlt_unit_loads, mlt_unit_predicts, mlt_unit_deterministic, mlt_unit_output_contract;
/* Golden examples (unit_golden.c) and external commands (unit_command.c). */
mlt_unit_check mlt_unit_examples, mlt_unit_command;

#endif
