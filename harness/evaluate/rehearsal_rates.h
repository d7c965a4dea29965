/* Rates of a rehearsal, of each sentence and of the whole gate. */
#ifndef MLTEST_EVALUATE_REHEARSAL_RATES_H
#define MLTEST_EVALUATE_REHEARSAL_RATES_H

#include "harness/evaluate/rehearsal.h"

/* k of n replicates, with the exact 95 % interval (Clopper & Pearson 1934); n 0: it does not exist.
 * Where it is the worst of several cells the level is shared among them (Bonferroni). */
struct mlt_rate {
    size_t k, n;
    double share, lo, hi;
    size_t cell; /* the worst one, of several */
};

/* A sentence and its cells, one after another: all rows, or one a slice. */
struct mlt_rehearsal_sentence {
    size_t first, count; /* of cells */
    size_t rehearsed;    /* of them */
    /* An equal candidate, and one at that many margins; of several slices the one alone in which
     * the sentence does worst: passes least often at half the margin, most often beyond. */
    struct mlt_rate equal_blocked, equal_fails, half_passes, margin_passes, double_passes;
};

struct mlt_rehearsal_rates {
    struct mlt_rehearsal_sentence *sentences;
    size_t sentence_count;
    /* Of all cells that are rehearsed together. */
    struct mlt_rate equal_passes, equal_fails;
    struct mlt_rate half_passes;   /* in every cell */
    struct mlt_rate margin_passes; /* in the one cell where it is missed most often */
    struct mlt_rate firm_passes;   /* the same of cells whose rule is not lenient */
    struct mlt_rate double_passes; /* the same */
    struct mlt_rate margin_everywhere_passes;
    /* What the rule not-shown-worse costs; n 0 where no cell has it. */
    size_t lenient_cells;
    struct mlt_rate
        without_lenient; /* margin_passes of the other cells, as if the gate had no more */
    struct mlt_rate lenient_passes; /* margin_passes of its cells */
    struct mlt_rate double_lenient_passes;
    struct mlt_rate strict_passes;       /* margin_passes of its cells, were they non-inferior */
    struct mlt_rate strict_equal_passes; /* equal_passes of the gate, were they non-inferior */
};

/* `sentences` hold first and count; `lenient[cell]` whether its rule is not-shown-worse. */
bool mlt_rehearsal_rate(const struct mlt_rehearsal *rehearsal,
                        const struct mlt_rehearsal_outcome *outcome, const bool *lenient,
                        struct mlt_rehearsal_rates *rates, struct mlt_arena *arena,
                        struct mlt_err *err) MLT_MUST_USE;

#endif
