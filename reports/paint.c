#include "reports/paint.h"

void mlt_paint(struct mlt_buf *out, bool color, enum mlt_paint paint)
{
    static const char *const codes[] = {
        [MLT_PAINT_PLAIN] = "\x1b[0m",  [MLT_PAINT_BOLD] = "\x1b[1m",
        [MLT_PAINT_DIM] = "\x1b[2m",    [MLT_PAINT_GOOD] = "\x1b[32m",
        [MLT_PAINT_BAD] = "\x1b[1;31m", [MLT_PAINT_DOUBT] = "\x1b[33m",
        [MLT_PAINT_ODD] = "\x1b[35m"};
    if (color)
        mlt_buf_puts(out, codes[paint]);
}

void mlt_paint_text(struct mlt_buf *out, bool color, enum mlt_paint paint, const char *text)
{
    mlt_paint(out, color, paint);
    mlt_buf_puts(out, text);
    mlt_paint(out, color, MLT_PAINT_PLAIN);
}

enum mlt_paint mlt_paint_of_verdict(enum mlt_verdict verdict)
{
    switch (verdict) {
    case MLT_VERDICT_PASS:
        return MLT_PAINT_GOOD;
    case MLT_VERDICT_FAIL:
        return MLT_PAINT_BAD;
    case MLT_VERDICT_INCONCLUSIVE:
        return MLT_PAINT_DOUBT;
    default:
        return MLT_PAINT_ODD;
    }
}

enum mlt_paint mlt_paint_of_state(enum mlt_outcome_state state)
{
    switch (state) {
    case MLT_OUTCOME_PASSED:
        return MLT_PAINT_GOOD;
    case MLT_OUTCOME_FAILED:
        return MLT_PAINT_BAD;
    case MLT_OUTCOME_SKIPPED:
        return MLT_PAINT_DIM;
    default:
        return MLT_PAINT_ODD;
    }
}

const char *mlt_mark_of_verdict(enum mlt_verdict verdict)
{
    switch (verdict) {
    case MLT_VERDICT_PASS:
        return "✓";
    case MLT_VERDICT_FAIL:
        return "✗";
    case MLT_VERDICT_INCONCLUSIVE:
        return "?";
    default:
        return "!";
    }
}

const char *mlt_mark_of_state(enum mlt_outcome_state state)
{
    switch (state) {
    case MLT_OUTCOME_PASSED:
        return "✓";
    case MLT_OUTCOME_FAILED:
        return "✗";
    case MLT_OUTCOME_BROKEN:
        return "!";
    case MLT_OUTCOME_SKIPPED:
        return "○";
    default:
        return "·";
    }
}

const char *mlt_verdict_headline(enum mlt_verdict verdict)
{
    switch (verdict) {
    case MLT_VERDICT_PASS:
        return "PASS";
    case MLT_VERDICT_FAIL:
        return "FAIL";
    case MLT_VERDICT_INCONCLUSIVE:
        return "INCONCLUSIVE";
    default:
        return "INVALID";
    }
}
