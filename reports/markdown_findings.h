/* Findings in Markdown, shared by the reports of a run and of a decision, within a budget of bytes.
 */
#ifndef MLTEST_REPORTS_MARKDOWN_FINDINGS_H
#define MLTEST_REPORTS_MARKDOWN_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/buf.h"
#include "harness/domain/finding.h"
#include "mltest/verdict.h"

/* A document that never exceeds its budget: whole pieces are added while they fit. */
struct mlt_markdown {
    struct mlt_buf *out;
    size_t start;   /* where the document begins in `out` */
    size_t budget;  /* bytes of the document */
    size_t reserve; /* bytes kept free for what must still come */
};

enum { MLT_MARKDOWN_BYTES = 60000, MLT_MARKDOWN_LEAST_BYTES = 8000 };

/* budget 0 is 60,000; below 8,000 it is 8,000. */
struct mlt_markdown mlt_markdown_open(struct mlt_buf *out, size_t budget);
/* Adds the piece when it fits, frees it, and says whether it was added. */
bool mlt_markdown_add(const struct mlt_markdown *doc, struct mlt_buf *piece);

/* "## ❌ FAIL: " with the title. */
void mlt_markdown_headline(struct mlt_buf *out, enum mlt_verdict verdict, const char *title);
/* Table of what blocks, worst first, then each in full; "… n more" where the budget ends. */
void mlt_markdown_blocking(const struct mlt_markdown *doc, const struct mlt_finding *findings,
                           size_t count);
/* The passing ones in <details>; nothing when there are none. */
void mlt_markdown_passing(const struct mlt_markdown *doc, const struct mlt_finding *findings,
                          size_t count);
const char *mlt_markdown_mark(enum mlt_verdict verdict);

#endif
