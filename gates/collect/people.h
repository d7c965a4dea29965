/* What people signed about the subject: records, approvals and waivers, each with why it does not
 * count where it does not. Signatures are verified here; roles, quorum and self-approval are the
 * policy's, judged later. */
#ifndef MLTEST_GATES_PEOPLE_H
#define MLTEST_GATES_PEOPLE_H

#include "gates/collect/collect.h"

/* Fills records, approvals and waivers of evidence whose runs were gathered by mlt_gate_collect().
 */
bool mlt_gate_collect_people(const struct mlt_collect_request *request, struct mlt_arena *arena,
                             struct mlt_evidence *evidence, struct mlt_err *err) MLT_MUST_USE;

/* The digests that an approval of this stage binds, ascending: of the runs that count, the newest
 * record of each kind and the newest documents; for "design" of the record "design" alone. */
bool mlt_gate_evidence_set(const struct mlt_collect_request *request,
                           const struct mlt_evidence *evidence, const char *stage,
                           struct mlt_arena *arena, const char ***out, size_t *out_count,
                           struct mlt_err *err) MLT_MUST_USE;

#endif
