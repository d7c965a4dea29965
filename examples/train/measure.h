/* The quality of a version on its held-out rows, for metrics.json. */
#ifndef MLTEST_TRAIN_MEASURE_H
#define MLTEST_TRAIN_MEASURE_H

#include "examples/train/model.h"

enum { MLT_TRAIN_MAX_METRICS = 5 };

struct mlt_train_quality {
    size_t rows, positives; /* positives: of a binary task */
    size_t metrics;
    struct {
        const char *name;
        double value; /* NaN: undefined, for example the AUC of one class */
    } metric[MLT_TRAIN_MAX_METRICS];
};

struct mlt_train_slice {
    const char *column, *value;
    struct mlt_train_quality quality;
};

/* Regression: rmse, mae, r2, bias. Binary: auc (ties count half), logloss (clipped at 1e-15), brier,
 * accuracy and f1 (at 0.5). `column` < 0: all rows; else those whose cell reads `value`. */
bool mlt_train_measure(const struct mlt_train_rows *rows, const struct mlt_train_model *model,
                       const double *scores, int column, const char *value,
                       struct mlt_train_quality *out, struct mlt_err *err) MLT_MUST_USE;
/* Every value of every slice column, in the order of first digits then letters. */
bool mlt_train_measure_slices(const struct mlt_train_rows *rows, const struct mlt_train_model *model,
                              const double *scores, struct mlt_arena *arena,
                              struct mlt_train_slice **out, size_t *out_count,
                              struct mlt_err *err) MLT_MUST_USE;
/* How many different cells a column has; 0 for a column that is not there. */
bool mlt_train_count_values(const struct mlt_train_rows *rows, const char *column,
                            struct mlt_arena *arena, const char ***out_values, size_t *out_count,
                            struct mlt_err *err) MLT_MUST_USE;

#endif
