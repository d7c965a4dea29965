#include "gates/collect/lifecycle.h"

bool mlt_gate_collect_lifecycle(const struct mlt_collect_request *request, const char *created_by,
                                struct mlt_arena *arena, struct mlt_evidence *evidence,
                                struct mlt_err *err)
{
    (void)request, (void)arena, (void)err;
    evidence->lifecycle.created_by = created_by;
    return true;
}
