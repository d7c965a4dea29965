/* Words, names and numbers of a document. Texts from outside stay text: nothing in them ends a
 * table's cell, a code block or a generated part. */
#ifndef MLTEST_REPORTS_DOCUMENTS_PHRASE_H
#define MLTEST_REPORTS_DOCUMENTS_PHRASE_H

#include <stddef.h>

#include "harness/base/buf.h"
#include "harness/domain/measurement.h"

/* Text on one line, wherever inline Markdown stands: a reader sees the very characters, and control
 * characters as \xNN. NULL: nothing. */
void mlt_phrase_text(struct mlt_buf *out, const char *text);
/* The same with line ends as blanks, for a cell that holds prose. */
void mlt_phrase_prose(struct mlt_buf *out, const char *text);
/* The same as paragraphs of their own, one for each line that is not blank. */
void mlt_phrase_paragraphs(struct mlt_buf *out, const char *text);
/* `like this`; what a code span cannot hold is text. */
void mlt_phrase_code(struct mlt_buf *out, const char *text);
/* A link to a web address; anything else is text. */
void mlt_phrase_address(struct mlt_buf *out, const char *url);
/* A number in its shortest form; nothing for NaN. */
void mlt_phrase_number(struct mlt_buf *out, double value);
/* "2026-02-16" of an RFC 3339 time. */
void mlt_phrase_day(struct mlt_buf *out, const char *time);

/* Figures that stand in one row of a table, with the digits of the largest: each is a cell, " 0.561
 * |"; NaN is an empty one. */
void mlt_phrase_figures(struct mlt_buf *out, const double *values, size_t count);
/* The cell of what changed: " -0.0188 (3.2 % better) |"; empty where either is NaN. Better and
 * worse are said where the metric of that name (or of what follows a '_' in it) has a direction. */
void mlt_phrase_change(struct mlt_buf *out, const char *metric, double now, double before);

#endif
