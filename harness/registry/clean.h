/* Removing what was cut off, and nothing else. */
#ifndef MLTEST_REGISTRY_CLEAN_H
#define MLTEST_REGISTRY_CLEAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/blobs/blobs.h"
#include "harness/registry/registry.h"
#include "mltest/err.h"

struct mlt_clean_request {
    const char *model; /* NULL: all */
    int64_t older_than_s;
    bool remove; /* else they are only told */
    void (*tell)(void *context, const char *key, const struct mlt_leftover *leftover);
    void *context;
};

/* Tells every leftover of a registration, a stored run or a decision that was cut off
 * (mlt_blobs_is_leftover), and, with `remove`, removes those that are old and that no living
 * process is filling. Each removal is logged with its model's events before it happens. Versions,
 * orphans and evidence are never touched. A model that is not there is MLT_ERR_USAGE. */
bool mlt_registry_clean(struct mlt_registry *registry, const struct mlt_clean_request *request,
                        struct mlt_err *err) MLT_MUST_USE;

#endif
