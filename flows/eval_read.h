/* The rows of a file into an evaluation. */
#ifndef MLTEST_FLOWS_EVAL_READ_H
#define MLTEST_FLOWS_EVAL_READ_H

#include "flows/eval_join.h"
#include "harness/evaluate/evaluation_set.h"
#include "harness/table/reader.h"

struct mlt_eval_reading {
    unsigned threads, shard, shards;
    struct mlt_eval_join *join; /* of the baseline's own file; NULL: it is in the same one */
    bool (*progress)(void *context, uint64_t done_bytes, uint64_t total_bytes);
    void *progress_context;
};

/* Reads the plan's file over threads, adds every row, and names the values of the slice columns.
 * The set must have been opened with as many workers as `threads`. The summary is the
 * caller's. Faults name file, line and column. */
bool mlt_eval_read(const struct mlt_eval_plan *plan, const struct mlt_eval_reading *reading,
                   const struct mlt_evaluation_set *set, struct mlt_reader_summary *out,
                   struct mlt_err *err) MLT_MUST_USE;

/* The same rows for a survey only, in order and in this thread: nothing is evaluated. */
struct mlt_eval_survey;
bool mlt_eval_look(const struct mlt_eval_plan *plan, const struct mlt_eval_reading *reading,
                   struct mlt_eval_survey *survey, struct mlt_err *err) MLT_MUST_USE;

/* Looks at the labels of the first rows only and says what task they suit: all 0 or 1 binary, other
 * numbers regression. Texts are MLT_ERR_USAGE that says which options to give. */
bool mlt_eval_sniff_task(const struct mlt_eval_request *request, const char **out_task,
                         struct mlt_err *err) MLT_MUST_USE;

/* Puts a better sentence into `err` when a read failed because a binary task's labels are texts. */
void mlt_eval_explain_labels(const struct mlt_eval_plan *plan, struct mlt_err *err);

/* Adds to `err` which label may be meant where none is --positive, by looking at the first rows. */
void mlt_eval_explain_positive(const struct mlt_eval_plan *plan, struct mlt_arena *arena,
                               struct mlt_err *err);

/* The format of a request by its name; MLT_ERR_USAGE for another word. */
bool mlt_eval_format(const char *name, enum mlt_format *out, struct mlt_err *err) MLT_MUST_USE;

#endif
