/* The baseline's predictions in a file of their own, found by the id of a row. */
#ifndef MLTEST_FLOWS_EVAL_JOIN_H
#define MLTEST_FLOWS_EVAL_JOIN_H

#include "flows/eval_plan.h"
#include "harness/table/reader.h"

struct mlt_eval_join;

/* Reads plan->baseline_file whole: its ids and scores stay in memory. `sha256` is of the file.
 * Close with mlt_eval_join_close(). */
bool mlt_eval_join_open(const struct mlt_eval_plan *plan, struct mlt_eval_join **out,
                        char sha256[65], struct mlt_err *err) MLT_MUST_USE;
void mlt_eval_join_close(struct mlt_eval_join *join);

/* The scores of the row with this id; not `*usable` when they are missing, or when there is no such
 * row, which mlt_eval_join_finish() tells. From any thread. */
bool mlt_eval_join_find(struct mlt_eval_join *join, const struct mlt_reader_text *id, uint64_t line,
                        double *out, bool *usable, struct mlt_err *err) MLT_MUST_USE;
/* MLT_ERR_EVIDENCE unless every row of both files had its one partner, with counts and examples. */
bool mlt_eval_join_finish(struct mlt_eval_join *join, struct mlt_err *err) MLT_MUST_USE;

#endif
