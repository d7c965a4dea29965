/* A replicate's sums, and the measurement that they are in a world. */
#ifndef MLTEST_EVALUATE_REHEARSAL_WORLD_H
#define MLTEST_EVALUATE_REHEARSAL_WORLD_H

#include "harness/evaluate/rehearsal.h"

/* Sums over drawn units, with s the sum and d the difference of what a unit adds to candidate and
 * baseline. Exchanging the two turns the sign of d: `turned` are the sums of odd powers of d with
 * the sign that EQUAL has drawn. */
enum mlt_replicate_sum {
    MLT_SUM_ONE, /* how many were drawn */
    MLT_SUM_S,
    MLT_SUM_SS,
    MLT_SUM_DD,
    MLT_SUM_SSS,
    MLT_SUM_SDD,
    MLT_SUM_D,
    MLT_SUM_SD,
    MLT_SUM_SSD,
    MLT_SUM_DDD,
    MLT_SUM_TURNED_D,
    MLT_SUM_TURNED_SD,
    MLT_SUM_TURNED_SSD,
    MLT_SUM_TURNED_DDD,
    MLT_REPLICATE_SUMS
};

/* Which draw a measurement is made of. */
struct mlt_replicate {
    size_t index;
    uint64_t seed;     /* draws which rows change sides, and which replicates are exchanged */
    const double *sum; /* [MLT_REPLICATE_SUMS]; not of REPLICATES */
};

/* The cell's measurement as this draw has it; replicates that it needs live in the arena. False
 * when memory is out. */
bool mlt_rehearsal_measure(const struct mlt_rehearsal_cell *cell,
                           const struct mlt_replicate *replicate, enum mlt_world world,
                           struct mlt_arena *arena, struct mlt_measurement *out);

#endif
