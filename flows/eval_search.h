/* The columns that a search for weak slices looks at (--find-slices): chosen in a first reading of
 * the file, kept in the request, so that every shard and every merge search the same slices. */
#ifndef MLTEST_FLOWS_EVAL_SEARCH_H
#define MLTEST_FLOWS_EVAL_SEARCH_H

#include "flows/eval_read.h"

/* What is asked for: which metric is searched by, and that everything else allows it. */
bool mlt_eval_search_ask(const struct mlt_eval_request *request, struct mlt_arena *arena,
                         struct mlt_eval_plan *plan, struct mlt_err *err) MLT_MUST_USE;
/* The columns that a request already names, from a survey or a partial result, into the plan. */
bool mlt_eval_search_settle(const struct mlt_eval_request *request, struct mlt_arena *arena,
                            struct mlt_eval_plan *plan, struct mlt_err *err) MLT_MUST_USE;
/* Reads the whole file once, chooses the columns, and names them in the plan and in `settled`.
 * Columns that cannot be searched are named with the reason. Nothing without --find-slices. */
bool mlt_eval_search_survey(struct mlt_eval_plan *plan, const struct mlt_eval_reading *reading,
                            struct mlt_eval_request *settled, struct mlt_arena *arena,
                            struct mlt_err *err) MLT_MUST_USE;

/* Which of a column's values a text is; its last one, "(missing)", for a missing text. False: none
 * of them. */
bool mlt_eval_search_value(const struct mlt_eval_searched *column,
                           const struct mlt_reader_text *text, uint8_t *out);

/* What the survey keeps of a block; in the order of the file, by one thread. */
struct mlt_eval_survey;
bool mlt_eval_survey_add(struct mlt_eval_survey *survey, const struct mlt_reader_block *block,
                         const struct mlt_search_block *rows, size_t first_column,
                         struct mlt_err *err) MLT_MUST_USE;

#endif
