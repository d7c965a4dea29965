/* A held-out data set with both versions' answers beside its labels. */
#ifndef MLTEST_SUITES_SCORING_H
#define MLTEST_SUITES_SCORING_H

#include "harness/evaluate/evaluation.h"
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
    uint32_t *cluster; /* [rows]; NULL: independent rows */
    const char **cluster_name; /* by id */
    struct mlt_groups *slice; /* [slice_count] groups of each slice column */
    const char *const *slice_column;
    size_t slice_count;
    const char *candidate_fault; /* of the first row only the candidate lacks: id and words */
    const char *baseline_fault;
};

/* Reads the data set and its labels, clusters and slices. */
bool mlt_scoring_open(struct mlt_case_context *context, const struct mlt_dataset_config *dataset,
                      const char *const *slice_column, size_t slice_count, struct mlt_scoring *out,
                      struct mlt_err *err) MLT_MUST_USE;
/* Asks both versions for every row, `batch` rows at a time, and sends the paired rows to the sink.
 */
bool mlt_scoring_predict(struct mlt_case_context *context, struct mlt_scoring *scoring,
                         size_t batch, struct mlt_err *err) MLT_MUST_USE;

#endif
