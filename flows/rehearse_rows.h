/* The paired rows of a results file, as the units on which a gate's sentences are rehearsed. */
#ifndef MLTEST_FLOWS_REHEARSE_ROWS_H
#define MLTEST_FLOWS_REHEARSE_ROWS_H

#include "harness/config/config.h"
#include "harness/domain/run.h"
#include "harness/evaluate/rehearsal.h"

struct mlt_rehearse_source {
    const char *path; /* the results file */
    const struct mlt_run *run;
    const struct mlt_config *config;     /* that the run carries; NULL: it cannot be read */
    const struct mlt_contract *contract; /* of the candidate; NULL: told from the rows */
};

/* For cells whose sentence and measurement are set: basis and units, and in why[] (count of them)
 * in words why a cell is not rehearsed on its rows; NULL where it is. Rows count only if the
 * measurement that they give is the one that is stored. */
bool mlt_rehearse_units(const struct mlt_rehearse_source *source, struct mlt_rehearsal_cell *cells,
                        const char **why, size_t count, struct mlt_arena *arena,
                        struct mlt_rehearsal_pool **pools, size_t *pool_count,
                        struct mlt_err *err) MLT_MUST_USE;

#endif
