/* Rows for a model: of a data set, or made within its contract. */
#ifndef MLTEST_SUITES_ROWS_H
#define MLTEST_SUITES_ROWS_H

#include "harness/runner/suite.h"
#include "harness/table/table.h"

/* A data set seen through a contract. */
struct mlt_inputs {
    const struct mlt_dataset_config *dataset;
    struct mlt_table table;
    const struct mlt_contract *contract;
    const char **fields;              /* [contract->input_count] */
    const struct mlt_column **column; /* [contract->input_count]; NULL: not in the data set */
    const char **ids;                 /* [table.rows] */
};

/* Reads the data set and finds the contract's inputs in it. A required input without a column is
 * MLT_ERR_EVIDENCE. */
bool mlt_inputs_open(const struct mlt_dataset_config *dataset, const struct mlt_contract *contract,
                     struct mlt_arena *arena, struct mlt_inputs *out,
                     struct mlt_err *err) MLT_MUST_USE;
/* The first input that this row lacks although the contract does not let it be null; NULL: none. */
const struct mlt_input *mlt_inputs_lacking(const struct mlt_inputs *inputs, size_t row);
/* The rows `row[0..count)` as a batch in the arena; text is lent by the table. */
bool mlt_inputs_batch(const struct mlt_inputs *inputs, const size_t *row, size_t count,
                      struct mlt_arena *arena, struct mlt_batch *out,
                      struct mlt_err *err) MLT_MUST_USE;

/* `count` rows with every input at a value that the contract admits. */
bool mlt_rows_generate(const struct mlt_contract *contract, size_t count, struct mlt_rng *rng,
                       struct mlt_arena *arena, struct mlt_batch *out,
                       struct mlt_err *err) MLT_MUST_USE;

/* Rows to ask the model with: at most `count`, evenly spread over the whole rows of the data set
 * named (NULL: the first one configured); exactly `count` generated ones where there is no data
 * set. */
bool mlt_rows_for_model(struct mlt_case_context *context, const char *dataset, size_t count,
                        struct mlt_batch *out, struct mlt_err *err) MLT_MUST_USE;

/* The rows [first, first + count) of a batch, lent. */
struct mlt_batch mlt_rows_part(const struct mlt_batch *batch, size_t first, size_t count);
/* A seed for this case alone. */
uint64_t mlt_rows_seed(const struct mlt_case_context *context, const char *case_id);

#endif
