#include "gates/collect/people.h"

bool mlt_gate_collect_people(const struct mlt_collect_request *request, struct mlt_arena *arena,
                             struct mlt_evidence *evidence, struct mlt_err *err)
{
    (void)request, (void)arena, (void)evidence, (void)err;
    return true;
}
