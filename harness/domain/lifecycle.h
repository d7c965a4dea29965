/* The states of a version and the steps between them.
 *
 *   Development -> Alpha -> Beta -> RC -> Production -> Deprecated -> Archived
 *
 * One step at a time; back only to Development, from Alpha, Beta or RC. State and serving are two
 * things: several versions may be in Production, one serves. "rolled-back" is where a version ends
 * that was taken out of production: it never serves again. */
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

/* "Development", as records keep it; the policy's key is the same in lower case. */
const char *mlt_state_name(enum mlt_state state);
/* The name of a transition in a policy ("rc"); NULL for Development and rolled-back. */
const char *mlt_state_key(enum mlt_state state);
/* Either spelling; MLT_STATE_NONE for anything else. */
enum mlt_state mlt_state_parse(const char *text);

/* May a version with this number take this step? MLT_ERR_USAGE says why not and names the step that
 * it may take. Qualified versions stop where the protocol stops them: -alpha and -experiment before
 * Beta… see lifecycle.c. */
bool mlt_lifecycle_step(enum mlt_state from, enum mlt_state to, const struct mlt_semver *version,
                        struct mlt_err *err) MLT_MUST_USE;

#endif
