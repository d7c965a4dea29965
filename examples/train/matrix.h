/* Feature matrices as config.json's `features` describes them: the same description from which the
 * xgboost adapter builds its own. */
#ifndef MLTEST_TRAIN_MATRIX_H
#define MLTEST_TRAIN_MATRIX_H

#include "examples/train/rows.h"
#include "harness/codec/json.h"

struct mlt_train_matrix {
    size_t rows, columns;
    float *values; /* row-major; NaN: missing */
};

/* {"name": INPUT} is the number itself, {"name": INPUT, "equals": TEXT} is 1 where the cell reads
 * TEXT, else 0. A feature of no column is an error that names it. Free with _release. */
bool mlt_train_matrix_build(const struct mlt_json *features, const struct mlt_train_rows *rows,
                            struct mlt_train_matrix *out, struct mlt_err *err) MLT_MUST_USE;
void mlt_train_matrix_release(struct mlt_train_matrix *matrix);

#endif
