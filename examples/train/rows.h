/* The shipped data in memory, split into what a model learns from and what it is judged on. */
#ifndef MLTEST_TRAIN_ROWS_H
#define MLTEST_TRAIN_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/base/arena.h"
#include "harness/base/buf.h"
#include "mltest/err.h"

/* Row-major text cells; "" is a missing value ("NA" in the source becomes ""). */
struct mlt_train_rows {
    size_t count, columns;
    const char **names; /* [columns] */
    const char **cells; /* [count * columns] */
};

struct mlt_train_model;

/* The rows of a model's source file with a made-up `id` column in front, kept in file order and
 * divided by the model's rule. Everything lives in the arena. */
bool mlt_train_rows_load(const char *data_dir, const struct mlt_train_model *model,
                         struct mlt_arena *arena, struct mlt_train_rows *train,
                         struct mlt_train_rows *holdout, struct mlt_err *err) MLT_MUST_USE;
/* Index of a column, or -1. */
int mlt_train_rows_column(const struct mlt_train_rows *rows, const char *name);
/* The cell as written. */
const char *mlt_train_rows_cell(const struct mlt_train_rows *rows, size_t row, int column);
/* The cell as a number; NaN when missing or not a number. */
double mlt_train_rows_number(const struct mlt_train_rows *rows, size_t row, int column);
/* The model's label as 0/1 or as a number. */
double mlt_train_rows_label(const struct mlt_train_rows *rows, const struct mlt_train_model *model,
                            size_t row);
/* Appends the rows as CSV (RFC 4180, "\n" line ends). */
void mlt_train_rows_print(const struct mlt_train_rows *rows, struct mlt_buf *out);

#endif
