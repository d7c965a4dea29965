/* `mltest docs put` and `docs show`: corrected documents, and any that ever were. */
#ifndef MLTEST_FLOWS_DOCS_STORE_H
#define MLTEST_FLOWS_DOCS_STORE_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "mltest/err.h"

struct mlt_docs_put_request {
    const char *registry; /* URL; NULL: environment or configuration */
    const char *ref;      /* MODEL@VERSION */
    const char *const *paths;
    size_t path_count;  /* files named like documents, and folders that hold such */
    const char *reason; /* required */
    const char *by;     /* NULL: this user */
};
/* Appends the revision's number and how much of each document changed. */
bool mlt_flow_docs_put(const struct mlt_docs_put_request *request, struct mlt_arena *arena,
                       struct mlt_buf *out, struct mlt_err *err) MLT_MUST_USE;

struct mlt_docs_show_request {
    const char *registry;
    const char *ref;      /* MODEL[@VERSION] */
    const char *document; /* a document's word or file name; NULL: the list of all */
    const char *revision; /* "2"; NULL: the newest */
    bool list;            /* the list even though a document is named: of that one */
    const char *format;   /* "text" (or NULL) or "json" */
    bool terminal;        /* somebody looks at it: control characters are shown harmless */
};
/* Appends the document's text as it is, or the list of documents and revisions. */
bool mlt_flow_docs_show(const struct mlt_docs_show_request *request, struct mlt_arena *arena,
                        struct mlt_buf *out, struct mlt_err *err) MLT_MUST_USE;

#endif
