/* Text that cmark-gfm cannot read in time and memory in proportion to its size. */
#ifndef MLTEST_CODEC_MARKDOWN_BOUNDS_H
#define MLTEST_CODEC_MARKDOWN_BOUNDS_H

#include <stdbool.h>
#include <stddef.h>

#include "mltest/err.h"

enum { MLT_MARKDOWN_MAX_BYTES = 1 << 20 };

/* MLT_ERR_USAGE with `file` for text that is too large, is not UTF-8, holds a NUL, or whose shape
 * (nesting, columns, links) would cost much more than its size. Reads the text once. */
bool mlt_markdown_bounds_check(const char *file, const char *text, size_t len,
                               struct mlt_err *err) MLT_MUST_USE;

#endif
