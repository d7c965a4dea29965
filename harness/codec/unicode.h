/* Names that look alike: the only user of libunistring. All texts are valid UTF-8. */
#ifndef MLTEST_CODEC_UNICODE_H
#define MLTEST_CODEC_UNICODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"

/* The first character that nobody sees or that turns the text around: controls, format characters
 * (zero width, bidirectional, soft hyphen), line and paragraph separators, and whatever Unicode
 * calls ignorable. False when there is none. */
bool mlt_unicode_find_invisible(const char *text, uint32_t *code);

/* What a reader sees: two texts with one skeleton look or normalise the same. It is the
 * compatibility decomposition (NFKD, Unicode Standard Annex 15: "é" in one character or two, full
 * width), with the Cyrillic, Greek, Armenian and Latin letters and the dashes that look like ASCII
 * replaced (from confusables.txt of Unicode Technical Standard 39). Upper and lower case stay
 * apart. In the arena; NULL when memory is out. ASCII is its own skeleton. */
const char *mlt_unicode_skeleton(const char *text, struct mlt_arena *arena);

/* Appends the text with every character outside of printable ASCII as <U+XXXX>; at most `most`
 * characters, then "…". */
void mlt_unicode_append_escaped(struct mlt_buf *out, const char *text, size_t most);

#endif
