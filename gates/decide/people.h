/* What people said, judged: approvals by role and quorum, records, waivers. Pure, as all of this
 * room. Nobody who made the version counts; names are compared as the signers' file has them, with
 * the maker's without regard to case. */
#ifndef MLTEST_GATES_DECIDE_PEOPLE_H
#define MLTEST_GATES_DECIDE_PEOPLE_H

#include <stdbool.h>
#include <stddef.h>

#include "gates/decide/judging.h"

/* Each of the roles is represented by `quorum` different people who approved this stage, nobody
 * counted twice. Of one person the newest statement that is not void counts. A rejection by a
 * holder of one of the roles is a fail, too few an invalid that says who could still approve. */
bool mlt_decide_approval(struct mlt_criterion_work *w, const char *stage, const char *const *roles,
                         size_t role_count, unsigned quorum, struct mlt_err *err) MLT_MUST_USE;

/* The newest record of the kind that counts decides by its outcome; none is invalid. */
bool mlt_decide_record(struct mlt_criterion_work *w, const char *kind,
                       struct mlt_err *err) MLT_MUST_USE;

/* Makes a pass of a fail or an inconclusive that a waiver excuses, and says so in the reason. An
 * invalid stays one. */
bool mlt_decide_waivers(const struct mlt_policy *policy, const struct mlt_evidence *evidence,
                        struct mlt_criterion_result *result, struct mlt_arena *arena,
                        struct mlt_err *err) MLT_MUST_USE;

enum { MLT_SEATS_MAX = 1000, MLT_SEAT_EMPTY = -1 };
/* Seats as many people as can be, each on one seat: a largest matching, found by augmenting paths
 * (Berge 1957). may[p * seats + s]: person p may take seat s. seated[s] becomes a person or
 * MLT_SEAT_EMPTY; `tried` has room for `seats`. Returns how many are seated. */
size_t mlt_seats_fill(const bool *may, size_t people, size_t seats, long *seated, bool *tried);

#endif
