/* `mltest gate --replay`: the same evidence gives the same bytes. */
#ifndef MLTEST_FLOWS_REPLAY_H
#define MLTEST_FLOWS_REPLAY_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/codec/json.h"
#include "mltest/err.h"
#include "mltest/verdict.h"

struct mlt_replay_request {
    const char *decision;        /* a decision document, or an envelope around one */
    const char *const *evidence; /* results files, found by their digests */
    size_t evidence_count;
};

/* Decides again from the document's own policy text and the evidence files it names by digest; says
 * in `out` whether the bytes are the same. `*verdict` is the decided one when they are, else
 * invalid, and so it is when a file is missing or is not what its digest says. Nothing but files is
 * read. */
bool mlt_flow_replay(const struct mlt_replay_request *request, struct mlt_arena *arena,
                     struct mlt_buf *out, enum mlt_verdict *verdict,
                     struct mlt_err *err) MLT_MUST_USE;

/* The same of a document that was read already ({"mltest_decision": 1, …}). */
bool mlt_replay_document(const struct mlt_replay_request *request, const struct mlt_json *document,
                         struct mlt_arena *arena, struct mlt_buf *out, enum mlt_verdict *verdict,
                         struct mlt_err *err) MLT_MUST_USE;

#endif
