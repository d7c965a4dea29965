/* How much of a text changed, by whole lines. */
#ifndef MLTEST_BASE_LINES_H
#define MLTEST_BASE_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/buf.h"
#include "mltest/err.h"

struct mlt_line_count {
    size_t added, removed; /* lines of the new text alone, of the old one alone */
};

/* Counts against a longest common subsequence of lines. Where both texts differ in more than some
 * thousand lines between the first and the last difference, all of these count. */
bool mlt_lines_compare(const char *from, size_t from_len, const char *to, size_t to_len,
                       struct mlt_line_count *out, struct mlt_err *err) MLT_MUST_USE;

/* Appends "3 lines changed, 1 added"; "nothing changed". */
void mlt_lines_print(const struct mlt_line_count *count, struct mlt_buf *out);

#endif
