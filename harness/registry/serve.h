/* Making a version the one that serves, and moving it between states, for the changes that do so (adopt,
 * a deployment, a move). */
#ifndef MLTEST_REGISTRY_SERVE_H
#define MLTEST_REGISTRY_SERVE_H

#include "harness/registry/store.h"

/* Adds the serving pointer to the change, on the condition that nobody else moves it. */
bool mlt_serve_put(struct mlt_change *change, const char *version,
                   struct mlt_err *err) MLT_MUST_USE;
/* Adds the state to the change, as of now; the version's record must be as it was read. */
bool mlt_state_put(struct mlt_change *change, const struct mlt_version_record *version,
                   enum mlt_state state, const char *removal_date,
                   struct mlt_err *err) MLT_MUST_USE;
/* Points the alias "latest" where the records say; after the change is committed. */
bool mlt_serve_point_latest(struct mlt_registry *registry, const char *model,
                            struct mlt_arena *arena, struct mlt_err *err) MLT_MUST_USE;

/* Begins a change that rests on what was known at the moment: it is done only while neither the model
 * nor its policy changes. `*raced` when that has happened already. */
bool mlt_change_begin_at(struct mlt_registry *registry, const char *model,
                         const struct mlt_moment *moment, struct mlt_arena *arena,
                         struct mlt_change *out, bool *raced, struct mlt_err *err) MLT_MUST_USE;

#endif
