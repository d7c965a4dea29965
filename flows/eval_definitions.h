/* The expressions of --define against the file that they speak of. */
#ifndef MLTEST_FLOWS_EVAL_DEFINITIONS_H
#define MLTEST_FLOWS_EVAL_DEFINITIONS_H

#include "flows/eval_plan.h"

/* Parses the plan's definitions against the columns of its file (of standard input only label and
 * score can be named). */
bool mlt_eval_definitions_parse(struct mlt_eval_plan *plan, struct mlt_arena *arena,
                                struct mlt_err *err) MLT_MUST_USE;

#endif
