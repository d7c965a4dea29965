/* A threshold chosen on the baseline's scores, before anything is measured. */
#ifndef MLTEST_FLOWS_EVAL_THRESHOLD_H
#define MLTEST_FLOWS_EVAL_THRESHOLD_H

#include "flows/eval_read.h"

/* Reads labels and the baseline's scores of the whole file and chooses by the plan's rule; a fixed
 * threshold stays. Both versions are then judged at it. */
bool mlt_eval_choose_threshold(struct mlt_eval_plan *plan, const struct mlt_eval_reading *reading,
                               struct mlt_err *err) MLT_MUST_USE;

#endif
