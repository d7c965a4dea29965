/* `mltest registry check-source` and `registry source`: a version's configuration, documents and
 * tests beside the commit that its metadata name. */
#ifndef MLTEST_FLOWS_SOURCE_H
#define MLTEST_FLOWS_SOURCE_H

#include <stdbool.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "mltest/err.h"

struct mlt_source_request {
    const char *registry; /* URL; NULL: environment or configuration; unused for a folder */
    const char *version;  /* MODEL[@VERSION] or a version's folder; source: a folder */
    const char
        *checkout;      /* any folder of a git work tree; NULL: this one (source: the version's) */
    const char *format; /* check: "text" (or NULL) or "json" */
    const char *repository; /* source: its URL; NULL: that of the remote */
    const char *path; /* source: the version's folder in the repository; NULL: where it lies */
    bool write;       /* source: into metadata.json */
};

/* Tells for each file whether it is the committed one; `*same`: all are. */
bool mlt_flow_source_check(const struct mlt_source_request *request, struct mlt_arena *arena,
                           struct mlt_buf *out, bool *same, struct mlt_err *err) MLT_MUST_USE;
/* Prints the `source` object for metadata.json, with the digests of the files as they are committed
 * at HEAD; MLT_ERR_USAGE when the folder's differ. */
bool mlt_flow_source_make(const struct mlt_source_request *request, struct mlt_arena *arena,
                          struct mlt_buf *out, struct mlt_err *err) MLT_MUST_USE;

#endif
