/* What the files of the judge share: one sentence held against one measurement. */
#ifndef MLTEST_CRITERIA_JUDGEMENT_H
#define MLTEST_CRITERIA_JUDGEMENT_H

#include <stdbool.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "harness/criteria/judge.h"

/* One direction in which candidate and reference can lie apart, held against a margin:
 *   harm = sign (candidate - baseline) - share |baseline|, or sign (candidate - limit). */
struct mlt_side {
    double sign;   /* 1: more is worse; -1: less is worse */
    double share;  /* r of a relative margin; below 0 for a gain that is wanted; 0: none */
    double limit;  /* of an absolute sentence; NaN in a comparison */
    double gc, gb; /* derivatives of harm by candidate and baseline */
    double harm, margin;
    double se, df;         /* standard error of harm; NaN unknown */
    double lo, hi;         /* (1 - 2 alpha) interval of harm; NaN none */
    double p_pass, p_fail; /* of "harm >= margin" and "harm <= margin" */
    /* BOOTSTRAP: too few replicates to tell on which side of alpha p_pass and p_fail lie, and how
     * many would do. */
    bool pass_open, fail_open;
    uint64_t replicates_needed;
};

struct mlt_judgement {
    const struct mlt_sentence *sentence;
    const struct mlt_measurement *m;
    struct mlt_arena *arena;
    struct mlt_finding finding;
    double alpha, tolerance; /* differences up to `tolerance` are rounding */
    bool relative;           /* the margin is a share of the baseline: harm is held against 0 */
    bool heavy_tail;         /* of squared errors: half of alpha for each end of a difference */
    bool close_margins;      /* of two margins either may be the larger: half of alpha each */
    struct mlt_side near;    /* what decides; rule equivalent: the direction of the estimates */
    struct mlt_side far;     /* rule equivalent: the other direction */
    struct mlt_side plain;   /* the difference itself, for people */
    double *work;            /* BOOTSTRAP: room for all replicates */
};

/* A side that shows nothing. */
struct mlt_side mlt_side_none(void);
/* Degrees of freedom of the estimates; where they are not given, rows or clusters less one. */
double mlt_judgement_degrees(const struct mlt_measurement *m);
/* Third central moment of harm, from those of the two estimates; NaN when they are not known. */
double mlt_side_third(const struct mlt_judgement *j, const struct mlt_side *side);
/* Whether third moments move the interval: not with clusters. */
bool mlt_skewness_counts(const struct mlt_measurement *m);
/* The wider end of what a side has and of the t interval on the scale without bounds, for a figure
 * alone whose metric has a bound. Its se is known. */
void mlt_side_widen_for_range(const struct mlt_judgement *j, struct mlt_side *side);
/* Fills lo, hi, p_pass, p_fail and se of a side. True when it has an interval. */
bool mlt_side_from_t(const struct mlt_judgement *j, struct mlt_side *side);
bool mlt_side_from_share(const struct mlt_judgement *j, struct mlt_side *side);
bool mlt_side_from_pairs(const struct mlt_judgement *j, struct mlt_side *side);
bool mlt_side_from_ratio(const struct mlt_judgement *j, struct mlt_side *side);
bool mlt_side_from_replicates(const struct mlt_judgement *j, struct mlt_side *side);

/* Counts that contradict the estimates they are said to give. */
bool mlt_share_contradicts(const struct mlt_judgement *j);
bool mlt_pairs_contradict(const struct mlt_judgement *j);
/* Why replicates show nothing, in words in the arena; NULL when they do, and there is room for
 * them. False when memory is out. */
bool mlt_replicates_fault(struct mlt_judgement *j, const char **why,
                          struct mlt_err *err) MLT_MUST_USE;
/* Whether the replicates of the baseline leave its sign open at alpha. */
bool mlt_replicates_cross_zero(const struct mlt_judgement *j);
/* "BCa bootstrap and t", or what it is where no acceleration is known. */
const char *mlt_replicates_method(const struct mlt_judgement *j);

/* Judges evidence that is there and finite: harm, interval, verdict, reason. */
bool mlt_judgement_decide(struct mlt_judgement *j, struct mlt_err *err) MLT_MUST_USE;
/* What near (and far) say under the rule: into the finding. */
void mlt_judgement_conclude(struct mlt_judgement *j);
/* As rule `point` says: the estimate alone. */
void mlt_judgement_conclude_point(struct mlt_judgement *j);
/* No measurement fits: `invalid`, with what is nearest. */
bool mlt_judgement_absent(const struct mlt_sentence *s, const char *case_id,
                          const struct mlt_measurement *measurements, size_t count,
                          struct mlt_judgement *j, struct mlt_err *err) MLT_MUST_USE;

/* Whether the two versions give the same predictions on every row, so that a margin is met on every
 * row seen, and how many such rows show it: with confidence 1 - alpha at most 1 % of the rows can
 * then differ (299 for 0.05, and never fewer). */
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
