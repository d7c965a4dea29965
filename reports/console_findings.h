/* Findings on a terminal: in full where they block, in one line where they pass. Shared by the
 * reports of a run and of a decision. */
#ifndef MLTEST_REPORTS_CONSOLE_FINDINGS_H
#define MLTEST_REPORTS_CONSOLE_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/buf.h"
#include "harness/domain/finding.h"

struct mlt_console {
    struct mlt_buf *out;
    bool color;
    unsigned width; /* 60 … 200 */
    size_t start;   /* where the report begins in `out` */
};

struct mlt_console mlt_console_open(struct mlt_buf *out, bool color, unsigned width);

/* The last call: removes spaces from the ends of lines. */
void mlt_console_close(const struct mlt_console *c);

/* A heading with an empty line in front. */
void mlt_console_heading(const struct mlt_console *c, const char *text);
/* Hostile text, made safe and wrapped behind `indent`; nothing for NULL or "". */
void mlt_console_paragraph(const struct mlt_console *c, const char *indent, const char *text);
/* Verdict, criterion, where, numbers, picture, reason. */
void mlt_console_finding(const struct mlt_console *c, const struct mlt_finding *finding);
/* The passing ones of `findings` as an aligned table; nothing when there are none. */
void mlt_console_passing(const struct mlt_console *c, const struct mlt_finding *findings,
                         size_t count);

#endif
