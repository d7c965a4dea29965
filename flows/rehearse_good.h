/* A run that could not be better, and the ways in which it is spoilt. */
#ifndef MLTEST_FLOWS_REHEARSE_GOOD_H
#define MLTEST_FLOWS_REHEARSE_GOOD_H

#include "flows/rehearse_faults.h"

/* A copy of the run in the arena, with every case passed and figures that meet every sentence by
 * far: of a million rows, with hardly any spread. NULL when memory is out. */
struct mlt_run *mlt_rehearse_good_run(const struct mlt_rehearse_bench *bench,
                                      struct mlt_arena *arena);
/* Moves the figures of one cell so far to the worse side of its sentence as ten margins are, with
 * the spread that was measured. */
void mlt_rehearse_make_worse(const struct mlt_rehearse_bench *bench, size_t cell,
                             struct mlt_run *run);

#endif
