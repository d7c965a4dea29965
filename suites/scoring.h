/* A held-out data set with both versions' answers beside its labels. */
#ifndef MLTEST_SUITES_SCORING_H
#define MLTEST_SUITES_SCORING_H

#include "harness/evaluate/evaluation_set.h"
#include "suites/rows.h"
#include "suites/target.h"

struct mlt_scoring {
    struct mlt_inputs inputs;
    struct mlt_target target;
    const struct mlt_column *label_column;
    size_t rows, width;
    uint8_t *state;    /* [rows], enum mlt_row_state */
    double *label;     /* [rows] */
    double *candidate; /* [rows * width] */
    double *baseline;  /* [rows * width]; NULL: there is no baseline */
    enum mlt_weighting weighting;
    double *weight; /* [rows]; NULL: rows have none */
    /* NULL: the data set names none. A row that lacks its value is left out. */
    const struct mlt_column *weight_column, *cluster_column, *query_column;
    struct mlt_groups *slice; /* [slice_count] groups of each slice column */
    const char *const *slice_column;
    size_t slice_count;
    const char *candidate_fault; /* of the first row only the candidate lacks: id and words */
    const char *baseline_fault;
    const struct mlt_definitions *definitions;
    const double **number; /* [definitions->column_count][rows] of the columns they name */
};

/* Reads the data set and its labels, weights, groups and slices, and parses the definitions against
 * its columns; they must outlive the scoring. */
bool mlt_scoring_open(struct mlt_case_context *context, const struct mlt_dataset_config *dataset,
                      const char *const *slice_column, size_t slice_count,
                      struct mlt_definitions *definitions, struct mlt_scoring *out,
                      struct mlt_err *err) MLT_MUST_USE;
/* Asks both versions for every row, `batch` rows at a time, and sends the paired rows to the sink.
 */
bool mlt_scoring_predict(struct mlt_case_context *context, struct mlt_scoring *scoring,
                         size_t batch, struct mlt_err *err) MLT_MUST_USE;

#endif
