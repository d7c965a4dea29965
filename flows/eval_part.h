/* The file of a partial result (*.mlp): magic, header (JSON), sums and rows, SHA-256 of all of it.
 */
#ifndef MLTEST_FLOWS_EVAL_PART_H
#define MLTEST_FLOWS_EVAL_PART_H

#include "harness/evaluate/evaluation_set.h"

struct mlt_eval_part {
    const char *path;         /* for messages */
    const char *request_json; /* what was asked, task included */
    const char *sha256;       /* of the data */
    uint64_t rows;            /* of the whole data file */
    unsigned shards;
    const bool *has;              /* [shards]: which of them are in */
    const unsigned char *payload; /* of mlt_evaluation_encode() */
    size_t payload_bytes;
};

bool mlt_eval_part_write(const struct mlt_eval_part *part, struct mlt_err *err) MLT_MUST_USE;
/* The same with the evaluation's rows as payload. */
bool mlt_eval_part_encode(const struct mlt_evaluation_set *set, struct mlt_eval_part *part,
                          struct mlt_err *err) MLT_MUST_USE;
/* Reads a part whole; everything but the payload lives in the arena, the payload in `file`, which
 * the caller frees. Another file is MLT_ERR_USAGE, a damaged or cut one MLT_ERR_EVIDENCE. */
bool mlt_eval_part_read(const char *path, struct mlt_arena *arena, struct mlt_buf *file,
                        struct mlt_eval_part *out, struct mlt_err *err) MLT_MUST_USE;

#endif
