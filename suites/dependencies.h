/* What a version needs, and what that needs in turn, in a registry. */
#ifndef MLTEST_SUITES_DEPENDENCIES_H
#define MLTEST_SUITES_DEPENDENCIES_H

#include "harness/base/buf.h"
#include "harness/domain/metadata.h"
#include "harness/registry/registry.h"

/* Appends what is wrong to `faults`: a range that no version satisfies which was not rolled back, a
 * version whose files are not intact, and every cycle with the way round: "a@2.0.0 -> b@1.3.0 ->
 * a@2.0.0". Of each dependency the highest version in the range counts, as it would be installed;
 * the version itself counts as registered. Each version is looked at once; at most 1,000, and ways
 * of at most 64. False for what is not the versions' fault. */
bool mlt_dependencies_check(struct mlt_registry *registry, const struct mlt_metadata *metadata,
                            struct mlt_arena *arena, struct mlt_buf *faults,
                            struct mlt_err *err) MLT_MUST_USE;

#endif
