/* `mltest docs publish`: the documents of all versions as a static site. */
#ifndef MLTEST_FLOWS_DOCS_PUBLISH_H
#define MLTEST_FLOWS_DOCS_PUBLISH_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "mltest/err.h"

struct mlt_docs_publish_request {
    const char *registry;      /* URL; NULL: environment or configuration */
    const char *dir;           /* absent, empty, or made by an earlier publish */
    const char *const *models; /* none: all */
    size_t model_count;
};

/* Writes the site beside `dir` and swaps it in: a reader sees the old site or the new one. A folder
 * that holds anything that no publish wrote is left alone (MLT_ERR_USAGE). Appends what was made.
 */
bool mlt_flow_docs_publish(const struct mlt_docs_publish_request *request, struct mlt_arena *arena,
                           struct mlt_buf *out, struct mlt_err *err) MLT_MUST_USE;

#endif
