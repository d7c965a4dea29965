/* The process protocol's lines as text: the hello, requests, answers. Pure: no descriptors. */
#ifndef MLTEST_ADAPTER_PROCESS_WIRE_H
#define MLTEST_ADAPTER_PROCESS_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/codec/json.h"
#include "harness/domain/batch.h"
#include "harness/domain/subject.h"
#include "mltest/err.h"

struct mlt_process_hello {
    size_t max_batch, window;
};

/* {"mltest":1,"model":…,"version":…,"max_batch":…,"window":…}: only the first is required; a model or
 * version other than the subject's is refused. MLT_ERR_EVIDENCE. */
bool mlt_process_hello_decode(const char *line, size_t len, const struct mlt_subject *subject,
                              struct mlt_process_hello *out, struct mlt_err *err) MLT_MUST_USE;

/* Rows as they are asked: `rows` indices into the batch, first index `first`. Appends one line. */
bool mlt_process_request_encode(uint64_t id, const struct mlt_batch *batch, size_t first,
                                size_t rows, struct mlt_buf *out, struct mlt_err *err) MLT_MUST_USE;

enum mlt_process_line {
    MLT_PROCESS_LINE_BROKEN, /* no JSON object with an id; `why`. The id is known in `has_id` only */
    MLT_PROCESS_LINE_FOREIGN, /* an id that cannot be ours: `why` shows it */
    MLT_PROCESS_LINE_ANSWER, /* `document` is set, the caller's to free */
};
struct mlt_process_reply {
    bool has_id;
    uint64_t id;
    struct mlt_json *document;
    char why[512];
};
enum mlt_process_line mlt_process_line_read(const char *line, size_t len,
                                            struct mlt_process_reply *out);

/* The predictions of an answer for `rows` rows, into out[rows]; what is not as it should be is said
 * in each row's answer. `*refused`: the model said no to the whole request. False: memory is out. */
bool mlt_process_answer_decode(const struct mlt_json *document, const char *output_name, size_t rows,
                               struct mlt_arena *arena, struct mlt_prediction *out, bool *refused,
                               struct mlt_err *err) MLT_MUST_USE;

#endif
