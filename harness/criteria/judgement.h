/* What the files of the judge share: one sentence held against one measurement. */
#ifndef MLTEST_CRITERIA_JUDGEMENT_H
#define MLTEST_CRITERIA_JUDGEMENT_H

#include <stdbool.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/criteria/judge.h"

struct mlt_judgement {
    const struct mlt_sentence *sentence;
    const struct mlt_measurement *m;
    struct mlt_arena *arena;
    struct mlt_finding finding;
    double alpha, df, tolerance; /* differences up to `tolerance` are rounding */
    bool relative;               /* harm is d = h - r |b|, held against 0 */
    double se;                   /* standard error of finding.harm; NaN unknown */
    double plain, plain_se;      /* h itself, in the metric's unit */
};

/* Judges evidence that is there and finite: harm, interval, verdict, reason. */
bool mlt_judgement_decide(struct mlt_judgement *j, struct mlt_err *err) MLT_MUST_USE;

/* Whether the metric sees no difference between the two versions on any row, so that a margin is
 * met on every row seen, and how many such rows show it: with confidence 1 - alpha at most 1 % of
 * the rows can then differ (299 for 0.05, and never fewer). */
bool mlt_judgement_identical(const struct mlt_judgement *j);
uint64_t mlt_judgement_identical_rows(double alpha);

/* Ends a judgement without an interval: verdict and, as reason, the formatted sentence. */
bool mlt_judgement_end(struct mlt_judgement *j, struct mlt_err *err, enum mlt_verdict verdict,
                       const char *fmt, ...) MLT_PRINTF(4, 5) MLT_MUST_USE;
/* The reason of a verdict that the interval (or the estimate) decided. */
bool mlt_judgement_explain(struct mlt_judgement *j, struct mlt_err *err) MLT_MUST_USE;

/* A figure for people: "12.3 ms", "0.0563", "512 MiB", "4.2 %". `digits` significant ones; `out`
 * holds 64 bytes; returns it. */
char *mlt_judgement_figure(double value, const char *unit, int digits, char out[64]);
/* The unit in which the figures of this judgement are shown. */
const char *mlt_judgement_unit(const struct mlt_judgement *j);

#endif
