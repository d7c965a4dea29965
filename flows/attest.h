/* A decision that is acted on, kept with the registry's evidence, signed where the registry lets
 * keys sign. */
#ifndef MLTEST_FLOWS_ATTEST_H
#define MLTEST_FLOWS_ATTEST_H

#include <stdbool.h>

#include "flows/setting.h"
#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/base/hash.h"
#include "harness/domain/decision.h"
#include "mltest/err.h"

/* Keeps the decision; its path and its digest (of the file). A registry that allows keys gets an
 * envelope around a statement whose predicate is the decision document, and beside it one a line:
 * that envelope, a test result, and for an environment a SLSA verification summary. No gate's key
 * that it allows is here: MLT_ERR_USAGE. A registry that allows none keeps the plain document. */
bool mlt_attest_decision(const struct mlt_setting *setting, const struct mlt_decision *decision,
                         struct mlt_arena *arena, char **out_path, char out_digest[MLT_SHA256_HEX],
                         struct mlt_err *err) MLT_MUST_USE;

/* Appends the envelope of a decision document (its bytes, as mlt_gate_document() gives them) and a
 * newline, signed by a gate's key of this user. */
bool mlt_attest_document(const struct mlt_setting *setting, const struct mlt_decision *decision,
                         const struct mlt_buf *document, struct mlt_arena *arena,
                         struct mlt_buf *out, struct mlt_err *err) MLT_MUST_USE;

#endif
