/* Where the subject stands: its state, who made it, and for how long a successor has been in
 * Production. */
#ifndef MLTEST_GATES_COLLECT_LIFECYCLE_H
#define MLTEST_GATES_COLLECT_LIFECYCLE_H

#include "gates/collect/collect.h"

bool mlt_gate_collect_lifecycle(const struct mlt_collect_request *request, const char *created_by,
                                struct mlt_arena *arena, struct mlt_evidence *evidence,
                                struct mlt_err *err) MLT_MUST_USE;

#endif
