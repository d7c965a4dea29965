/* A document as sections, each a row of pieces: what a person wrote, and what is generated. */
#ifndef MLTEST_REPORTS_DOCUMENTS_OUTLINE_H
#define MLTEST_REPORTS_DOCUMENTS_OUTLINE_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/arena.h"
#include "mltest/err.h"

struct mlt_outline_piece {
    const char *generated; /* its name; NULL: a person wrote it */
    const char *text;      /* lent from the document, without blank lines around it; of what is
                              generated nothing is kept */
    size_t len;
};
struct mlt_outline_section {
    int section;         /* enum mlt_section; -1: another */
    const char *heading; /* "Overview"; NULL: what stands before the first */
    int level;           /* of the heading: 1 to 3 */
    struct mlt_outline_piece *pieces;
    size_t count, capacity;
};
struct mlt_outline {
    struct mlt_outline_section *sections;
    size_t count, capacity;
};

/* Cuts `text` (NULL: an empty document) at its headings of level 1 to 3 and at the markers of
 * generated parts; both count only outside of fenced code, which never reaches over a marker. Lines
 * that head the document ("# Model:", "## Version:") are left out. A marker without its partner is
 * dropped and what follows it kept. Linear in `len`. */
bool mlt_outline_make(const char *text, size_t len, struct mlt_arena *arena,
                      struct mlt_outline *out, struct mlt_err *err) MLT_MUST_USE;

/* The first section of that kind, or of another kind with that title; NULL: there is none. */
const struct mlt_outline_section *mlt_outline_find(const struct mlt_outline *outline, int section,
                                                   const char *title);
/* A line that stands where somebody has to write. */
#define MLT_OUTLINE_OPEN "To be written"
bool mlt_outline_is_open(const struct mlt_outline_piece *piece);
/* Whether a person wrote something there, other than such a line. NULL: no. */
bool mlt_outline_is_written(const struct mlt_outline_section *section);

#endif
