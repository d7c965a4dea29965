/* Rounding the leaves of a booster, in XGBoost's JSON form. */
#ifndef MLTEST_TRAIN_QUANTISE_H
#define MLTEST_TRAIN_QUANTISE_H

#include "harness/base/buf.h"
#include "mltest/err.h"

/* Appends the model with every leaf rounded to the nearest multiple of `step` (> 0); thresholds stay
 * as they are. */
bool mlt_train_quantise(const char *json, size_t len, double step, struct mlt_buf *out,
                        struct mlt_err *err) MLT_MUST_USE;

#endif
