/* Base64 in the standard alphabet (RFC 4648, section 4), with padding. */
#ifndef MLTEST_CODEC_BASE64_H
#define MLTEST_CODEC_BASE64_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/buf.h"

/* Appends the letters of `len` bytes, on one line. */
void mlt_base64_encode(const void *data, size_t len, struct mlt_buf *out);

/* Appends the bytes that the letters stand for. False, with nothing appended, for any text but the
 * one that encoding these bytes gives: white space, another alphabet, missing or surplus padding,
 * bits set behind the last byte. Memory that is out shows in the buffer, as always. */
bool mlt_base64_decode(const char *text, size_t len, struct mlt_buf *out);

#endif
