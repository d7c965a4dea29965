/* `mltest explain`: a kept decision in plain words. */
#ifndef MLTEST_FLOWS_EXPLAIN_H
#define MLTEST_FLOWS_EXPLAIN_H

#include <stdbool.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "mltest/err.h"

struct mlt_explain_request {
    const char *decision;  /* a decision document */
    const char *criterion; /* as the policy writes it; NULL: all */
    const char *format;    /* "console" (or NULL), "markdown", "json" */
    bool color;
    unsigned width;
};

/* Reads the document and appends the explanation to `out`. Nothing is judged again and no other
 * file is read. A criterion that the decision does not have is MLT_ERR_USAGE with the nearest one;
 * a document that is none, or contradicts itself, MLT_ERR_EVIDENCE. */
bool mlt_flow_explain(const struct mlt_explain_request *request, struct mlt_arena *arena,
                      struct mlt_buf *out, struct mlt_err *err) MLT_MUST_USE;

#endif
