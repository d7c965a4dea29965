/* Which evidence counts, and why the rest was rejected.
 *
 * A run counts for a suite when its file is what the registry recorded, an allowed runner's key
 * signed it (where the registry allows any), it reached its end, it was not filtered or sharded,
 * its candidate is the subject (by digest), it is not older than the policy's max_age, and, for
 * suites that compare, its baseline is the version that serves now. Of the runs that count the
 * newest decides, never the best; every attempt is listed. A file that is not what was recorded
 * makes what depends on it invalid: no older run takes its place. */
#ifndef MLTEST_GATES_COLLECT_H
#define MLTEST_GATES_COLLECT_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/base/arena.h"
#include "harness/domain/evidence.h"
#include "harness/domain/policy.h"
#include "harness/registry/registry.h"
#include "mltest/err.h"

struct mlt_collect_request {
    struct mlt_registry *registry; /* NULL: files only */
    struct mlt_run_side subject;
    bool has_baseline; /* the version that serves now, unless it is the subject */
    struct mlt_run_side baseline;
    const struct mlt_policy *policy;
    const char *gate_kind, *gate;
    const char *const *files; /* results files given by hand, judged like any other */
    size_t file_count;
    int64_t now_s; /* wall clock, for max_age */
};

/* Gathers into the arena. Unusable evidence is listed, not an error; an error is trouble with the
 * registry or memory, or a file given by hand that is not there. */
bool mlt_gate_collect(const struct mlt_collect_request *request, struct mlt_arena *arena,
                      struct mlt_evidence *out, struct mlt_err *err) MLT_MUST_USE;

#endif
