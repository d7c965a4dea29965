/* The predicate test-result/v0.1 of in-toto (spec/predicates/test-result.md): what a run or a gate
 * found, for tools that know nothing of mltest. */
#ifndef MLTEST_FLOWS_TEST_RESULT_H
#define MLTEST_FLOWS_TEST_RESULT_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/codec/json.h"
#include "harness/domain/decision.h"
#include "harness/ledger/key.h"
#include "mltest/err.h"

/* Writes the predicate of a decision: its criteria are the tests, its policy the configuration.
 * What is inconclusive is "warned", what is invalid "failed". */
void mlt_test_result_decision(const struct mlt_decision *decision, struct mlt_json_out *out);

/* Appends the envelope of a results file, signed: its subjects are the file and what it tested, its
 * tests the cases, as the run's own configuration judges them. */
bool mlt_test_result_sign(const char *results, const struct mlt_key *key, struct mlt_arena *arena,
                          struct mlt_buf *out, struct mlt_err *err) MLT_MUST_USE;

#endif
