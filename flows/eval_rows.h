/* One row of a file as an evaluation takes it: label, scores, weight. */
#ifndef MLTEST_FLOWS_EVAL_ROWS_H
#define MLTEST_FLOWS_EVAL_ROWS_H

#include "flows/eval_plan.h"
#include "harness/table/reader.h"

/* Where the plan's columns stand among those that are read; -1: not read. */
struct mlt_eval_places {
    int label, weight, cluster, query, id;
    size_t score, baseline, slice, custom, search; /* first of so many */
    size_t score_count;                    /* per version */
    size_t count;
};

/* Room for the columns of one version and everything beside them, and which there are. `columns`
 * holds at least mlt_eval_column_room(). */
size_t mlt_eval_column_room(const struct mlt_eval_plan *plan);
void mlt_eval_want_columns(const struct mlt_eval_plan *plan, struct mlt_reader_column *columns,
                           struct mlt_eval_places *at);
/* The same of a file that holds the baseline's scores and the rows' ids only. */
void mlt_eval_want_baseline(const struct mlt_eval_plan *plan, struct mlt_reader_column *columns,
                            struct mlt_eval_places *at);

/* What a number must be to be a label of the task; MLT_ERR_EVIDENCE with the place. */
bool mlt_eval_check_label(const struct mlt_eval_plan *plan, const struct mlt_eval_places *at,
                          const struct mlt_reader_block *block, size_t row, double label,
                          struct mlt_err *err) MLT_MUST_USE;
bool mlt_eval_read_label(const struct mlt_eval_plan *plan, const struct mlt_eval_places *at,
                         const struct mlt_reader_block *block, size_t row, double *out,
                         struct mlt_err *err) MLT_MUST_USE;
bool mlt_eval_read_weight(const struct mlt_eval_plan *plan, const struct mlt_eval_places *at,
                          const struct mlt_reader_block *block, size_t row, double *out,
                          struct mlt_err *err) MLT_MUST_USE;
/* The scores of one version, whose first column is `first`: spec.width of them. Not `*usable` when
 * one is missing, or is no score at all. */
bool mlt_eval_read_scores(const struct mlt_eval_plan *plan, const struct mlt_eval_places *at,
                          const struct mlt_reader_block *block, size_t first, size_t row,
                          double *out, bool *usable, struct mlt_err *err) MLT_MUST_USE;
/* Whether the row lacks its label, weight, cluster or query. */
bool mlt_eval_lacks(const struct mlt_eval_places *at, const struct mlt_reader_block *block,
                    size_t row);

#endif
