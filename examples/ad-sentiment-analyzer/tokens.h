/* Sentences as fastText takes them: one line of plain tokens. Training and serving use the same. */
#ifndef MLTEST_EXAMPLE_TOKENS_H
#define MLTEST_EXAMPLE_TOKENS_H

#include <stddef.h>

#include "harness/base/buf.h"

/* Appends lower-case tokens separated by single blanks, and no newline. Letters, digits, apostrophes
 * and everything beyond ASCII form words; "!" and "?" are tokens of their own; all else separates.
 * So no text can smuggle in a line end, fastText's "</s>" or a "__label__". Text without any token
 * gives "." (never an empty line, which fastText would answer in the same way but which is hard to
 * tell from a lost one). */
void mlt_example_tokens(const char *text, size_t len, struct mlt_buf *out);

#endif
