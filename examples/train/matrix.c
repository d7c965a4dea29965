#include "examples/train/matrix.h"

#include <stdlib.h>
#include <string.h>

static bool fill_column(const struct mlt_json *feature, const struct mlt_train_rows *rows,
                        size_t column, struct mlt_train_matrix *out, struct mlt_err *err)
{
    const char *name;
    if (!mlt_json_want_string(feature, "name", &name, err))
        return mlt_err_prefix(err, "config.json: features[%zu]", column);
    int from = mlt_train_rows_column(rows, name);
    if (from < 0)
        return mlt_err_set(err, MLT_ERR_USAGE, "config.json: features[%zu]: the data has no column %s",
                           column, name);
    const char *equals = mlt_json_string(mlt_json_get(feature, "equals"));
    for (size_t row = 0; row < rows->count; row++)
        out->values[row * out->columns + column] =
            equals ? (strcmp(mlt_train_rows_cell(rows, row, from), equals) == 0 ? 1.0F : 0.0F)
                   : (float)mlt_train_rows_number(rows, row, from);
    return true;
}

bool mlt_train_matrix_build(const struct mlt_json *features, const struct mlt_train_rows *rows,
                            struct mlt_train_matrix *out, struct mlt_err *err)
{
    *out = (struct mlt_train_matrix){.rows = rows->count, .columns = mlt_json_count(features)};
    if (!out->rows || !out->columns)
        return mlt_err_set(err, MLT_ERR_USAGE, "there are no rows, or config.json has no features");
    out->values = calloc(out->rows * out->columns, sizeof *out->values);
    if (!out->values)
        return mlt_err_oom(err);
    size_t column = 0;
    for (const struct mlt_json *f = mlt_json_first(features); f; f = mlt_json_next(f), column++)
        if (!fill_column(f, rows, column, out, err)) {
            mlt_train_matrix_release(out);
            return false;
        }
    return true;
}

void mlt_train_matrix_release(struct mlt_train_matrix *matrix)
{
    free(matrix->values);
    matrix->values = NULL;
}
