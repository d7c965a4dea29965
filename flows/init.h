/* `mltest init`: a mltest.yaml that runs, from what a version says of itself. */
#ifndef MLTEST_FLOWS_INIT_H
#define MLTEST_FLOWS_INIT_H

#include <stdbool.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "mltest/err.h"

struct mlt_init_request {
    const char *registry; /* URL; NULL */
    const char *ref;      /* MODEL[@VERSION] or a version's folder; NULL: this folder */
    const char *data;     /* held-out rows, in any format of mlt_reader; NULL: no regression suite */
    const char *label;    /* its label column; needed with `data` */
    const char *output;   /* file to write; must not exist */
};

/* Writes the file and says in `out` what it did and what to run next. */
bool mlt_flow_init(const struct mlt_init_request *request, struct mlt_arena *arena,
                   struct mlt_buf *out, struct mlt_err *err) MLT_MUST_USE;

#endif
