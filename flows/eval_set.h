/* The evaluations of one plan: that of its task's metrics, and one for each metric that the user
 * defined as an expression, which see the same rows and the same slices; and the search for weak
 * ones, which sees the same rows. */
#ifndef MLTEST_FLOWS_EVAL_SET_H
#define MLTEST_FLOWS_EVAL_SET_H

#include "flows/eval_plan.h"

struct mlt_eval_set {
    struct mlt_evaluation *task;
    struct mlt_evaluation **custom; /* [plan->custom_count] */
    size_t custom_count;
    struct mlt_search *search; /* NULL: no weak slices are searched for */
};

/* Opens all of them with the plan's specifications; close with mlt_eval_set_close(). */
bool mlt_eval_set_open(const struct mlt_eval_plan *plan, struct mlt_arena *arena,
                       struct mlt_eval_set *out, struct mlt_err *err) MLT_MUST_USE;
void mlt_eval_set_close(struct mlt_eval_set *set);

/* As mlt_evaluation_encode() and _decode(), of all. */
bool mlt_eval_set_encode(const struct mlt_eval_set *set, struct mlt_buf *out,
                         struct mlt_err *err) MLT_MUST_USE;
bool mlt_eval_set_decode(const struct mlt_eval_set *set, unsigned worker, const unsigned char *data,
                         size_t len, struct mlt_err *err) MLT_MUST_USE;
/* As mlt_evaluation_measure(): for each subset the task's metrics, then those of the user. */
bool mlt_eval_set_measure(const struct mlt_eval_set *set, const struct mlt_evaluation_sink *sink,
                          struct mlt_err *err) MLT_MUST_USE;

#endif
