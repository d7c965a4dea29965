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
 * binary; more labels are multi-class; texts are texts. On a data set with a `query` numbers and
 * probabilities rank. */
enum mlt_task mlt_target_task(const struct mlt_output *output,
                              const struct mlt_dataset_config *dataset);
/* MLT_ERR_USAGE when the data set's `positive` or `query` does not fit the output. */
bool mlt_target_open(const struct mlt_output *output, const struct mlt_dataset_config *dataset,
                     struct mlt_target *out, struct mlt_err *err) MLT_MUST_USE;
/* The label of a row, which must not be missing; 0 for texts, which are compared as they stand.
 * MLT_ERR_EVIDENCE with file:line when the task does not know it. */
bool mlt_target_label(const struct mlt_target *target, const struct mlt_table *table,
                      const struct mlt_column *column, size_t row, double *out,
                      struct mlt_err *err) MLT_MUST_USE;
/* An answer as `width` numbers, beside the row's label as text. Not `*usable` when it is none that
 * the task can use. False when memory is out. */
bool mlt_target_score(const struct mlt_target *target, const char *label,
                      const struct mlt_prediction *prediction, double *out, bool *usable,
                      struct mlt_err *err) MLT_MUST_USE;

#endif
