/* What the files of the search share: the sums of its slices and how they lie. */
#ifndef MLTEST_EVALUATE_SEARCH_CELLS_H
#define MLTEST_EVALUATE_SEARCH_CELLS_H

#include "harness/evaluate/search.h"

/* Sums over the rows of a slice of losses in quanta, at most 2^30 each: of both versions, and of
 * the second and third powers of their difference (of the candidate's without a baseline). 2^32
 * rows fit. */
struct mlt_search_cell {
    uint64_t rows;
    int64_t candidate, baseline;
    __int128 square, cube;
};

/* Slices by one column, or by two; their cells, the second column's values side by side. */
struct mlt_search_grid {
    int a, b; /* columns; b -1: one */
    size_t first, count;
};

struct mlt_search {
    const struct mlt_search_spec *spec;
    struct mlt_arena arena;
    struct mlt_search_grid *grid; /* [grid_count]: the columns in order, then the pairs */
    size_t grid_count, pairs_possible;
    size_t cell_count; /* cell 0 is all rows */
    double per_unit;   /* quanta in 1 */
    unsigned workers;
    struct mlt_search_cell **cells; /* [workers][cell_count] */
};

void mlt_search_cell_add(struct mlt_search_cell *into, const struct mlt_search_cell *from);
void mlt_search_cell_subtract(struct mlt_search_cell *from, const struct mlt_search_cell *part);

#endif
