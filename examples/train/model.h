/* What the three examples are: their data, how rows are held out, and their versions. */
#ifndef MLTEST_TRAIN_MODEL_H
#define MLTEST_TRAIN_MODEL_H

#include <stdbool.h>
#include <stddef.h>

#include "examples/train/rows.h"

enum mlt_train_task { MLT_TRAIN_REGRESSION, MLT_TRAIN_BINARY };

struct mlt_train_model {
    const char *name;
    const char *source;   /* file in examples/data */
    const char *dataset;  /* the name that metadata.json gives */
    enum mlt_train_task task;
    bool is_text;         /* fastText, else XGBoost */
    const char *label;
    const char *positive; /* the label's text that means 1; NULL: labels are numbers */
    const char *cluster;  /* NULL: rows are independent */
    const char *extension; /* of the model file */
    const char *const *columns;  /* of the source that the held-out file keeps; NULL-terminated */
    const char *const *slices;   /* NULL-terminated */
    const char *const *versions; /* oldest first; NULL-terminated */
    bool (*is_held_out)(const struct mlt_train_rows *rows, size_t row);
    void (*make_id)(const struct mlt_train_rows *rows, size_t row, struct mlt_buf *out);
};

/* Ends with a NULL name. */
extern const struct mlt_train_model mlt_train_models[];

#endif
