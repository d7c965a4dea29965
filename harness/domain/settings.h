/* The values of a version's settings, as its program is given them: one JSON object. */
#ifndef MLTEST_DOMAIN_SETTINGS_H
#define MLTEST_DOMAIN_SETTINGS_H

#include "harness/base/arena.h"
#include "harness/codec/json.h"
#include "harness/domain/contract.h"
#include "mltest/err.h"

/* The declared settings in their order, on one line: the value of `values` ([setting_count], in
 * that order; NULL: none) where it has one, else the default; what has neither is left out. NULL
 * with the error set when memory is out. Lives in the arena. */
const char *mlt_settings_encode(const struct mlt_contract *contract,
                                const struct mlt_json *const *values, struct mlt_arena *arena,
                                struct mlt_err *err) MLT_MUST_USE;

#endif
