/* `mltest doctor`: what this machine has and lacks for mltest. */
#ifndef MLTEST_FLOWS_DOCTOR_H
#define MLTEST_FLOWS_DOCTOR_H

#include <stdbool.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "mltest/err.h"

/* Writes one line per thing looked at. False, with MLT_ERR_INFRA and the apt line that would help,
 * when something that mltest itself needs is missing; what only one adapter or report needs is
 * told, and is no failure. */
bool mlt_flow_doctor(const char *registry, struct mlt_arena *arena, struct mlt_buf *out,
                     struct mlt_err *err) MLT_MUST_USE;

#endif
