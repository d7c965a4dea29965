/* Asking a model, and what it answered in words. */
#ifndef MLTEST_SUITES_ASK_H
#define MLTEST_SUITES_ASK_H

#include "harness/runner/suite.h"

/* One answer per row of the batch, in the arena. False when the model cannot be opened or memory is
 * out. */
bool mlt_ask(struct mlt_case_context *context, enum mlt_side side, const struct mlt_batch *batch,
             struct mlt_arena *arena, struct mlt_prediction **out,
             struct mlt_err *err) MLT_MUST_USE;

/* What is wrong with an answer to a row that the model must answer: not given, or outside the
 * contract's output. NULL when nothing is, or when memory is out. */
const char *mlt_ask_fault(const struct mlt_output *output, const struct mlt_prediction *prediction,
                          struct mlt_arena *arena);
/* The same for a row the model may also refuse. */
const char *mlt_ask_unclean(const struct mlt_output *output,
                            const struct mlt_prediction *prediction, struct mlt_arena *arena);

/* What the candidate wrote to stderr, for a failed case; NULL when there is nothing. */
const char *mlt_ask_diagnostics(struct mlt_case_context *context);

/* For messages: numbers in their shortest form, text quoted, shortened and printable. */
void mlt_ask_print_value(struct mlt_buf *out, const struct mlt_value *value);
void mlt_ask_print_prediction(struct mlt_buf *out, const struct mlt_prediction *prediction);
/* The texts of a buffer into the arena; the buffer is freed. NULL with the error set when memory is
 * out. */
const char *mlt_ask_keep(struct mlt_buf *text, struct mlt_arena *arena, struct mlt_err *err);

#endif
