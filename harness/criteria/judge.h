/* From measurements to findings. Pure: the same measurements give the same findings, byte for byte.
 *
 * Per metric and slice, h is the harm: how much worse the candidate is, in the metric's unit after
 * its direction. With a (1 - 2 alpha) interval [lo, hi] for h and a margin m: pass if hi < m, fail if
 * lo > m and the family's correction confirms it, else inconclusive. A relative margin r is judged as
 * d = h - r |b| against 0, with one joint interval for d: the baseline is an estimate too. When the
 * sentence has both margins the larger counts; where the sample cannot tell which that is, each has
 * half of alpha. An absolute sentence is judged the same way on the candidate alone.
 *
 * Equivalence holds the same interval on both sides (two one-sided tests, Schuirmann 1987): pass if
 * -m < lo and hi < m, fail if the whole interval lies outside. "Better than" is the first rule with the
 * margin -m: pass if the gain is shown to exceed m, fail if it is shown not to.
 *
 * Intervals: Clopper & Pearson for a share of rows, Tango for a difference of shares with an absolute
 * margin, t from the joint variance (DeLong's for AUC; over clusters or time blocks), and the
 * bias-corrected and accelerated bootstrap from paired replicates. Where rows are dependent no end lies
 * inside that of t over the clusters; rows with weights are never counted. */
#ifndef MLTEST_CRITERIA_JUDGE_H
#define MLTEST_CRITERIA_JUDGE_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/criteria/sentence.h"
#include "harness/domain/finding.h"
#include "harness/domain/measurement.h"

enum mlt_correction { MLT_CORRECTION_HOLM = 0, MLT_CORRECTION_NONE };

struct mlt_judge_defaults {
    enum mlt_rule rule;       /* for whole data and named slices; MLT_RULE_DEFAULT: non-inferior */
    enum mlt_rule slice_rule; /* for slices found by column; MLT_RULE_DEFAULT: not-shown-worse */
    double alpha;             /* 0 or NaN: 0.05 */
    /* Judging one candidate again on more rows of one held-out set spends from one alpha: look number k
     * has alpha 2^-k, so that all looks together stay below alpha, however many there are. 0: the only
     * look, with all of alpha. */
    unsigned looks;
    enum mlt_correction correction;
};

/* A list of findings that grows in an arena. */
struct mlt_findings {
    struct mlt_finding *items;
    size_t count, capacity;
};

/* Judges one sentence on the measurements of one case (`case_id` NULL: of any case) and appends one
 * finding per slice concerned. At least one finding is always appended: a metric nobody measured, a
 * slice that is not there, a comparison without a baseline is `invalid` and says so. Never a pass:
 * NaN, infinities, zero rows. False only when memory is out. */
bool mlt_judge_sentence(const struct mlt_sentence *sentence, const char *case_id,
                        const struct mlt_measurement *measurements, size_t count,
                        const struct mlt_judge_defaults *defaults, struct mlt_arena *arena,
                        struct mlt_findings *out, struct mlt_err *err) MLT_MUST_USE;

/* Applies the family-wise correction over all findings of one gate or run. A family is what one case
 * measured (one data set, one load): its whole data and its slices have alpha/2 each when both are
 * there, Holm within each, every planned cell (sentence, metric, slice) counts once, with p = 1 when it
 * could not be judged; what was measured in no case at all counts in every family. A fail that does not
 * survive becomes inconclusive and says so. Verdicts by rule `point` are not adjusted. Idempotent:
 * judged afresh from p_fail. */
bool mlt_judge_adjust(struct mlt_findings *findings, enum mlt_correction correction,
                      struct mlt_arena *arena, struct mlt_err *err) MLT_MUST_USE;

#endif
