/* The subsets of rows that are measured: all, the slices, the pooled rest of each slice column. */
#ifndef MLTEST_EVALUATE_SUBSET_H
#define MLTEST_EVALUATE_SUBSET_H

#include "harness/evaluate/worker.h"

struct mlt_subset {
    const char *column, *value; /* NULL: all rows */
    struct mlt_group_counts counts;
    const struct mlt_means *sums;
    struct mlt_selection kept; /* of the columns; no rows where none are kept */
};

struct mlt_subsets {
    struct mlt_subset *items;
    size_t count, capacity;
    struct mlt_evaluation_pooled *pooled;
    size_t pooled_count, pooled_capacity;
    uint64_t min_rows;
    struct mlt_arena arena; /* everything above */
};

/* Lists the subsets of a gathered evaluation. MLT_ERR_USAGE when a column gives more than 1,000. */
bool mlt_subsets_make(struct mlt_evaluation *e, struct mlt_subsets *out,
                      struct mlt_err *err) MLT_MUST_USE;
void mlt_subsets_free(struct mlt_subsets *subsets);

#endif
