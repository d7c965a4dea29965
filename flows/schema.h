/* `mltest schema`: the shapes of the files people write. */
#ifndef MLTEST_FLOWS_SCHEMA_H
#define MLTEST_FLOWS_SCHEMA_H

#include <stdbool.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "mltest/err.h"

/* Appends the JSON Schema (draft 2020-12) of "config" (mltest.yaml) or "gates" (gates.yaml), made
 * from the table that validates the file. */
bool mlt_flow_schema(const char *name, struct mlt_arena *arena, struct mlt_buf *out,
                     struct mlt_err *err) MLT_MUST_USE;

#endif
