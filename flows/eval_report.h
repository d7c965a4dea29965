/* From an evaluation whose rows are all there to what is shown: measured, judged, rendered. */
#ifndef MLTEST_FLOWS_EVAL_REPORT_H
#define MLTEST_FLOWS_EVAL_REPORT_H

#include "flows/eval.h"
#include "harness/evaluate/evaluation_set.h"

/* The data, as far as results speak of it. */
struct mlt_eval_data {
    const char *path, *sha256;
    const char *baseline_sha256; /* of the baseline's own file; "": it has none */
    uint64_t rows;
    const char *request_json;
};

/* How many threads the settings mean. */
unsigned mlt_eval_threads(const struct mlt_eval_settings *settings);
/* MLT_ERR_USAGE for a format of reports that there is not. */
bool mlt_eval_check_format(const struct mlt_eval_settings *settings,
                           struct mlt_err *err) MLT_MUST_USE;

/* The seed of every random draw into the plan, so that nobody chooses it: from the data's bytes and
 * the names of the columns, or, where rows have ids, from the scored rows in whatever order. */
bool mlt_eval_choose_seed(struct mlt_eval_plan *plan, const struct mlt_evaluation_set *set,
                          const struct mlt_eval_data *data, struct mlt_err *err) MLT_MUST_USE;

bool mlt_eval_report(const struct mlt_eval_plan *plan, const struct mlt_evaluation_set *set,
                     const struct mlt_eval_data *data, const struct mlt_eval_settings *settings,
                     struct mlt_arena *arena, struct mlt_buf *out, struct mlt_eval_outcome *outcome,
                     struct mlt_err *err) MLT_MUST_USE;

#endif
