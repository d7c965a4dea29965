/* The six required artifacts of a version: which files there have to be, and how they are named. */
#ifndef MLTEST_REGISTRY_ARTIFACTS_H
#define MLTEST_REGISTRY_ARTIFACTS_H

#include <stdbool.h>

#include "harness/base/arena.h"
#include "harness/codec/json.h"
#include "harness/domain/manifest.h"
#include "harness/domain/metadata.h"
#include "harness/registry/faults.h"
#include "mltest/err.h"

/* The paths and sizes of the files below `dir`, without their digests: nothing is read. */
bool mlt_artifacts_list(const char *dir, struct mlt_arena *arena, struct mlt_manifest *out,
                        struct mlt_err *err) MLT_MUST_USE;

/* Adds a fault, with what to do about it, for each of the six that is missing, empty or misnamed.
 * `model` and `version` are NULL where metadata do not say them. `config` (may be NULL) is read for
 * the name of the model file, adapter.artifact; `*artifact` is its path, NULL where there is none.
 */
void mlt_artifacts_check(const struct mlt_manifest *files, const char *model, const char *version,
                         const struct mlt_json *config, struct mlt_faults *faults,
                         const char **artifact);

/* metrics.json, whose text is given (`file` names it): what it measures, and that
 * performance_metrics of the metadata (may be NULL) do not contradict it. A figure of one may be
 * that of the other, rounded. "validation_rmse" is "rmse" there, unless metrics.json says that it
 * is of a test or of training; "test_rmse" is, when it says that it is of a test. MLT_ERR_USAGE. */
bool mlt_artifacts_check_metrics(const char *file, const char *text, size_t len, const char *model,
                                 const char *version, const struct mlt_metadata *metadata,
                                 struct mlt_arena *arena, struct mlt_err *err) MLT_MUST_USE;

#endif
