/* Verdicts and outcomes as marks, words and colours of a terminal. */
#ifndef MLTEST_REPORTS_PAINT_H
#define MLTEST_REPORTS_PAINT_H

#include <stdbool.h>

#include "harness/base/buf.h"
#include "mltest/verdict.h"

enum mlt_paint {
    MLT_PAINT_PLAIN,
    MLT_PAINT_BOLD,
    MLT_PAINT_DIM,
    MLT_PAINT_GOOD,
    MLT_PAINT_BAD,
    MLT_PAINT_DOUBT,
    MLT_PAINT_ODD
};

/* Switches the colour on and, with PLAIN, off; nothing when `color` is false. */
void mlt_paint(struct mlt_buf *out, bool color, enum mlt_paint paint);
/* The text between on and off. */
void mlt_paint_text(struct mlt_buf *out, bool color, enum mlt_paint paint, const char *text);

enum mlt_paint mlt_paint_of_verdict(enum mlt_verdict verdict);
enum mlt_paint mlt_paint_of_state(enum mlt_outcome_state state);
/* "✓", "✗", "?", "!" */
const char *mlt_mark_of_verdict(enum mlt_verdict verdict);
/* "✓", "✗", "!", "○", "·" */
const char *mlt_mark_of_state(enum mlt_outcome_state state);
/* "PASS", "FAIL", "INCONCLUSIVE", "INVALID" */
const char *mlt_verdict_headline(enum mlt_verdict verdict);

#endif
