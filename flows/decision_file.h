/* A decision as a file: the plain document, or an envelope around it. */
#ifndef MLTEST_FLOWS_DECISION_FILE_H
#define MLTEST_FLOWS_DECISION_FILE_H

#include <stdbool.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/codec/json.h"
#include "harness/ledger/intoto.h"
#include "mltest/err.h"

struct mlt_decision_file {
    struct mlt_buf text; /* as it was read */
    bool is_envelope;
    const struct mlt_json *document; /* {"mltest_decision": 1, …}; lent */
    const struct mlt_json *decided;
    struct mlt_intoto statement; /* of an envelope */
    struct mlt_json *own;        /* of a plain document */
};

/* Reads either form and checks that it is a decision; no signature is looked at. What is neither is
 * MLT_ERR_EVIDENCE. Free with mlt_decision_file_free(), also after a failure. */
bool mlt_decision_file_read(const char *path, struct mlt_arena *arena,
                            struct mlt_decision_file *out, struct mlt_err *err) MLT_MUST_USE;
void mlt_decision_file_free(struct mlt_decision_file *file);

#endif
