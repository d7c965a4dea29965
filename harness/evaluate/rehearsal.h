/* How often a gate's sentences decide wrongly, on rows as these are: each sentence is judged again
 * and again on resampled rows of worlds in which the truth is known.
 *
 * A cell is a sentence on one measurement. Its units (rows, clusters) carry what they add to both
 * estimates; a replicate draws them with Poisson(1) weights, as the bootstrap does, sums, and gives
 * the judge a measurement made of these sums. The truth is set by the estimates that the sums are
 * added to: the same replicate is judged in every world. Cells of one pool share the weights, so
 * that what the cells of a gate have in common they keep.
 *
 * Results depend on seed, keys and cells only, not on the number of threads. */
#ifndef MLTEST_EVALUATE_REHEARSAL_H
#define MLTEST_EVALUATE_REHEARSAL_H

#include <signal.h>

#include "harness/criteria/judge.h"

/* What is true in a world. The harm is that of the sentence: after the metric's direction, held
 * against its margin (the larger one of two, a percentage being one of the baseline's value). For a
 * limit it is the way from the baseline's value (without a baseline: the candidate's) to the limit.
 */
enum mlt_world {
    MLT_WORLD_EQUAL, /* no harm: candidate and baseline are exchanged at random in every draw */
    MLT_WORLD_LEVEL, /* no harm: the candidate as it is, but for its mean */
    MLT_WORLD_HALF,  /* half the margin */
    MLT_WORLD_MARGIN,
    MLT_WORLD_DOUBLE,
    MLT_WORLDS
};

enum mlt_rehearsal_basis {
    MLT_REHEARSAL_NONE = 0, /* it cannot be rehearsed */
    MLT_REHEARSAL_SUMS,     /* influence values of units */
    MLT_REHEARSAL_COUNTS,   /* right or wrong, unit by unit: units are rows */
    MLT_REHEARSAL_LAW,      /* no units: normal ones that have the measurement's covariance */
    /* The measurement's own bootstrap: its replicates as the law of the estimates, drawn apart from
     * other cells. More replicates than it has repeat them. */
    MLT_REHEARSAL_REPLICATES,
};

/* Units that are drawn together. */
struct mlt_rehearsal_pool {
    const uint64_t *key; /* [n] a unit's name: the same key has the same weights */
    size_t n;
};

struct mlt_rehearsal_cell {
    const struct mlt_sentence *sentence;
    const struct mlt_measurement *m; /* as it was measured */
    enum mlt_rehearsal_basis basis;
    size_t pool;
    size_t n;             /* units; LAW: how many are drawn, at least 2 */
    const uint32_t *unit; /* [n] their places in the pool */
    /* SUMS: [n] what the unit adds to the estimate, about 0 in sum (its influence values times
     * their weights, over the sum of weights). COUNTS: 0 or 1. `baseline` is NULL
     * where the measurement has none; LAW and REPLICATES have neither. */
    const double *candidate, *baseline;
};

struct mlt_rehearsal {
    const struct mlt_rehearsal_pool *pools;
    size_t pool_count;
    const struct mlt_rehearsal_cell *cells;
    size_t cell_count;
    const struct mlt_judge_defaults *defaults;
    size_t replicates;
    uint64_t seed;
    unsigned threads;                         /* 0: 1 */
    const volatile sig_atomic_t *interrupted; /* NULL: never */
};

/* How a cell was judged in one replicate of one world. */
struct mlt_rehearsed {
    uint8_t verdict; /* enum mlt_verdict */
    bool strict;     /* the rule non-inferior would pass it */
};

struct mlt_rehearsal_outcome {
    size_t replicates, cell_count;
    /* [(world * cell_count + cell) * replicates + replicate]; of cells that are rehearsed and
     * worlds that they have. */
    const struct mlt_rehearsed *at;
    /* [replicates] whether anything fails in EQUAL after the correction over all cells. */
    const bool *equal_fails;
};

/* Whether the cell has this world: without a margin there is no half of it, and from a baseline
 * beyond the limit no way to it. */
bool mlt_rehearsal_has_world(const struct mlt_rehearsal_cell *cell, enum mlt_world world);
/* The harm that is true in this world, in the metric's unit. */
double mlt_rehearsal_harm(const struct mlt_rehearsal_cell *cell, enum mlt_world world);
static inline const struct mlt_rehearsed *
mlt_rehearsal_at(const struct mlt_rehearsal_outcome *outcome, enum mlt_world world, size_t cell)
{
    return outcome->at + ((size_t)world * outcome->cell_count + cell) * outcome->replicates;
}

/* Rehearses all cells; the outcome lives in the arena. A signal is MLT_ERR_INTERRUPTED. */
bool mlt_rehearsal_run(const struct mlt_rehearsal *rehearsal, struct mlt_arena *arena,
                       struct mlt_rehearsal_outcome *out, struct mlt_err *err) MLT_MUST_USE;

#endif
