/* Making a version the one that serves, for the changes that do so (adopt, a deployment). */
#ifndef MLTEST_REGISTRY_SERVE_H
#define MLTEST_REGISTRY_SERVE_H

#include "harness/registry/store.h"

/* MLT_ERR_USAGE for a version that was rolled back or archived. */
bool mlt_serve_allowed(const char *model, const struct mlt_version_record *version,
                       struct mlt_err *err) MLT_MUST_USE;
/* Adds to the change: state Production, serving pointer. */
bool mlt_serve_put(struct mlt_change *change, const struct mlt_version_record *version,
                   struct mlt_err *err) MLT_MUST_USE;
/* Points the alias "latest" where the records say; after the change is committed. */
bool mlt_serve_point_latest(struct mlt_registry *registry, const char *model,
                            struct mlt_arena *arena, struct mlt_err *err) MLT_MUST_USE;

#endif
