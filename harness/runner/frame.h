/* What pool and worker say to each other: frames of a type and a payload, both bounded.
 *
 * A frame is "MLT", one byte of type, the payload's length as 32 bits little-endian, the payload.
 * Payloads are packed fields in the order of the message (message.h). The reader trusts nothing: a
 * wrong mark, an impossible length or a field that does not fit is a broken frame. */
#ifndef MLTEST_RUNNER_FRAME_H
#define MLTEST_RUNNER_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/buf.h"

enum { MLT_FRAME_HEADER_BYTES = 8, MLT_FRAME_MAX_BYTES = 64 * 1024 * 1024 };

enum mlt_frame_type {
    MLT_FRAME_JOB = 1, /* to the worker: once, first */
    MLT_FRAME_CASE,    /* to the worker: run this one */
    MLT_FRAME_PROGRESS,
    MLT_FRAME_MEASUREMENT,
    MLT_FRAME_ROWS,
    MLT_FRAME_SERIES,
    MLT_FRAME_ATTACHMENT,
    MLT_FRAME_OUTCOME, /* from the worker: the last one of a case */
};

struct mlt_frame {
    enum mlt_frame_type type;
    const char *payload; /* lent by the buffer it was found in */
    size_t len;
};

/* Starts a frame at the end of the buffer, fields follow; returns where it began, for _end(). */
size_t mlt_frame_begin(struct mlt_buf *buf, enum mlt_frame_type type);
/* False when the frame became larger than the bound (it is then removed again) or memory is out. */
bool mlt_frame_end(struct mlt_buf *buf, size_t begin) MLT_MUST_USE;

enum mlt_frame_found { MLT_FRAME_PARTIAL, MLT_FRAME_WHOLE, MLT_FRAME_BROKEN };
/* The frame at the start of data[len]; `*taken` is its size with the header. */
enum mlt_frame_found mlt_frame_find(const char *data, size_t len, struct mlt_frame *out,
                                    size_t *taken);

void mlt_pack_u64(struct mlt_buf *buf, uint64_t value);
void mlt_pack_double(struct mlt_buf *buf, double value);
/* NULL stays NULL. */
void mlt_pack_text(struct mlt_buf *buf, const char *text);
void mlt_pack_bytes(struct mlt_buf *buf, const void *data, size_t len);

/* Reads fields back. The first one that does not fit makes it `broken`; from then on every field is 0
 * or NULL. Texts and bytes are lent by the payload. */
struct mlt_unpack {
    const char *at;
    size_t left;
    bool broken;
};
uint64_t mlt_unpack_u64(struct mlt_unpack *in);
double mlt_unpack_double(struct mlt_unpack *in);
const char *mlt_unpack_text(struct mlt_unpack *in);
/* As text, and NULL is broken. Returns "" then. */
const char *mlt_unpack_want_text(struct mlt_unpack *in);
const void *mlt_unpack_bytes(struct mlt_unpack *in, size_t *len);
/* Nothing broke and nothing is left over. */
bool mlt_unpack_done(const struct mlt_unpack *in);

#endif
