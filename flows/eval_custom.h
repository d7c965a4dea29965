/* Metrics that the user defines: --define 'cost:lower = if(label > score, 3, 1) * abs(label -
 * score)'. */
#ifndef MLTEST_FLOWS_EVAL_CUSTOM_H
#define MLTEST_FLOWS_EVAL_CUSTOM_H

#include "flows/eval_rows.h"
#include "flows/eval_set.h"

/* Names, directions and texts of the request's definitions into the plan. */
bool mlt_eval_customs_make(const struct mlt_eval_request *request, struct mlt_arena *arena,
                           struct mlt_eval_plan *plan, struct mlt_err *err) MLT_MUST_USE;
bool mlt_eval_is_custom(const struct mlt_eval_plan *plan, const char *name);
/* Parses the expressions against the columns of the plan's file (of standard input only label and
 * score can be named). */
bool mlt_eval_customs_parse(struct mlt_eval_plan *plan, struct mlt_arena *arena,
                            struct mlt_err *err) MLT_MUST_USE;

/* The values of one version on a block. */
struct mlt_eval_customs_block {
    const struct mlt_reader_block *block;
    const struct mlt_evaluation_block *rows; /* as the task's evaluation has them */
    size_t first_column;                     /* where the expressions' columns begin */
};
/* Computes every expression for both versions and adds the rows to the set's evaluations. A value
 * that is no number on a row that is scored is MLT_ERR_EVIDENCE with its place. */
bool mlt_eval_customs_add(const struct mlt_eval_plan *plan, const struct mlt_eval_set *set,
                          const struct mlt_eval_customs_block *in,
                          struct mlt_err *err) MLT_MUST_USE;

#endif
