/* The states of a version, the steps between them, and where a state may be deployed.
 *
 *   Development -> Alpha -> Beta -> RC -> Production -> Deprecated -> Archived
 *
 * One step at a time; back only to Development, from Alpha, Beta or RC. State and serving are two
 * things: several versions may be in Production, one serves. "rolled-back" is where a version ends
 * that was taken out of production: it never serves again.
 *
 * A qualifier says how far a version may go, whatever its evidence: -alpha (internal testing) up to
 * Alpha, -beta (testing with selected customers) and -experiment up to Beta, -rc (final validation)
 * up to RC. What is to go further is registered under a number of its own. A qualified version that
 * an import put into Production may still be deprecated and archived. */
#ifndef MLTEST_DOMAIN_LIFECYCLE_H
#define MLTEST_DOMAIN_LIFECYCLE_H

#include <stdbool.h>

#include "harness/domain/semver.h"
#include "mltest/err.h"

enum mlt_state {
    MLT_STATE_NONE = 0, /* not registered */
    MLT_STATE_DEVELOPMENT,
    MLT_STATE_ALPHA,
    MLT_STATE_BETA,
    MLT_STATE_RC,
    MLT_STATE_PRODUCTION,
    MLT_STATE_DEPRECATED,
    MLT_STATE_ARCHIVED,
    MLT_STATE_ROLLED_BACK,
};
enum { MLT_STATE_COUNT = MLT_STATE_ROLLED_BACK + 1 };

/* "Development", as records keep it; the policy's key is the same in lower case. */
const char *mlt_state_name(enum mlt_state state);
/* The name of a transition in a policy ("rc"); NULL for Development and rolled-back. */
const char *mlt_state_key(enum mlt_state state);
/* Either spelling; MLT_STATE_NONE for anything else. */
enum mlt_state mlt_state_parse(const char *text);

/* The step forward that a version with this number may take; MLT_STATE_NONE: there is none. */
enum mlt_state mlt_lifecycle_next(enum mlt_state from, const struct mlt_semver *version);

/* May a version with this number take this step? MLT_ERR_USAGE says why not and names the step that
 * it may take. */
bool mlt_lifecycle_step(enum mlt_state from, enum mlt_state to, const struct mlt_semver *version,
                        struct mlt_err *err) MLT_MUST_USE;

/* May a version with this number and in this state be deployed to this environment? Never one that
 * is archived or rolled back. To "production" only one in state Production without -alpha or
 * -experiment; a -beta version in state Beta may go there for a named cohort, and nothing else has
 * a cohort (`cohort` NULL: everybody). MLT_ERR_USAGE says why not, and what would be. */
bool mlt_lifecycle_deploy(enum mlt_state state, const struct mlt_semver *version,
                          const char *environment, const char *cohort,
                          struct mlt_err *err) MLT_MUST_USE;

#endif
