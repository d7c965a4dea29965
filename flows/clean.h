/* `mltest registry clean`: what was cut off, told or removed. */
#ifndef MLTEST_FLOWS_CLEAN_H
#define MLTEST_FLOWS_CLEAN_H

#include <stdbool.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "mltest/err.h"

struct mlt_registry_clean_request {
    const char *registry;   /* URL; NULL: environment or configuration */
    const char *model;      /* NULL: all */
    const char *older_than; /* a duration; NULL: an hour */
    const char *format;     /* "text" (or NULL) or "json" */
    bool yes;               /* remove; else only tell */
};

bool mlt_flow_registry_clean(const struct mlt_registry_clean_request *request,
                             struct mlt_arena *arena, struct mlt_buf *out,
                             struct mlt_err *err) MLT_MUST_USE;

#endif
