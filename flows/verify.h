/* `mltest gate --verify`: does a kept decision hold? */
#ifndef MLTEST_FLOWS_VERIFY_H
#define MLTEST_FLOWS_VERIFY_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "mltest/err.h"
#include "mltest/verdict.h"

struct mlt_verify_decision_request {
    const char *decision;   /* an envelope, as it is kept or as `gate --sign` writes it */
    const char *public_key; /* the only key that is trusted; NULL: those of the registry */
    const char *registry;   /* URL; NULL: environment or configuration, where they name one */
    const char *dir;        /* -C; NULL: here */
    const char *ref;        /* what it must be about: MODEL@VERSION or a version's folder; NULL */
    const char *const *evidence; /* results files, found by their digests */
    size_t evidence_count;
};

/* Checks the signature, what the decision is about, and decides again from the evidence; says each
 * step and whom it trusted in `out`. `*verdict` is the decided one when everything holds, else
 * invalid. Nothing is written. */
bool mlt_flow_verify_decision(const struct mlt_verify_decision_request *request,
                              struct mlt_arena *arena, struct mlt_buf *out,
                              enum mlt_verdict *verdict, struct mlt_err *err) MLT_MUST_USE;

#endif
