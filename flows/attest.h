/* A decision that is acted on, kept with the registry's evidence. */
#ifndef MLTEST_FLOWS_ATTEST_H
#define MLTEST_FLOWS_ATTEST_H

#include <stdbool.h>

#include "flows/setting.h"
#include "harness/base/arena.h"
#include "harness/base/hash.h"
#include "harness/domain/decision.h"
#include "mltest/err.h"

/* Keeps the decision document; its path and its digest. */
bool mlt_attest_decision(const struct mlt_setting *setting, const struct mlt_decision *decision,
                         struct mlt_arena *arena, char **out_path, char out_digest[MLT_SHA256_HEX],
                         struct mlt_err *err) MLT_MUST_USE;

#endif
