/* A signed statement by its digest, wherever in the registry it lies. */
#ifndef MLTEST_FLOWS_FIND_STATEMENT_H
#define MLTEST_FLOWS_FIND_STATEMENT_H

#include "harness/registry/statements.h"

struct mlt_found_statement {
    const char *model;                    /* "*": about a policy for every model without its own */
    const char *version;                  /* ""; and then no digests: about a policy */
    const char *digest, *artifact_digest; /* of the version, as registered */
    struct mlt_stored_statement stored;
};

/* `digest` is whole, or its first 8 digits or more; none or several with it is MLT_ERR_USAGE. */
bool mlt_find_statement(struct mlt_registry *registry, const char *digest, struct mlt_arena *arena,
                        struct mlt_found_statement *out, struct mlt_err *err) MLT_MUST_USE;

#endif
