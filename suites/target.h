/* What the labels of a data set and the answers of a model are, as numbers that metrics take. */
#ifndef MLTEST_SUITES_TARGET_H
#define MLTEST_SUITES_TARGET_H

#include "harness/metrics/metric.h"
#include "harness/runner/suite.h"
#include "harness/table/table.h"

struct mlt_target {
    enum mlt_task task;
    size_t width; /* numbers per prediction */
    const struct mlt_output *output;
    const char *positive;  /* BINARY: the label that means 1; NULL: labels are 0 and 1 */
    size_t positive_index; /* BINARY with two declared labels */
};

/* The task of a contract's output: numbers are regression; a probability, or two labels, are
 * binary; more labels are multi-class. */
enum mlt_task mlt_target_task(const struct mlt_output *output);
/* MLT_ERR_USAGE when `positive` does not fit the output's labels. */
bool mlt_target_open(const struct mlt_output *output, const struct mlt_dataset_config *dataset,
                     struct mlt_target *out, struct mlt_err *err) MLT_MUST_USE;
/* The label of a row, which must not be missing. MLT_ERR_EVIDENCE with file:line when the task does
 * not know it. */
bool mlt_target_label(const struct mlt_target *target, const struct mlt_table *table,
                      const struct mlt_column *column, size_t row, double *out,
                      struct mlt_err *err) MLT_MUST_USE;
/* An answer as `width` numbers. False when it is none that the task can use. */
bool mlt_target_score(const struct mlt_target *target, const struct mlt_prediction *prediction,
                      double *out);

#endif
