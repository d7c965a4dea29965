/* The metrics of each family, for the table in metric.c. */
#ifndef MLTEST_METRICS_FAMILIES_H
#define MLTEST_METRICS_FAMILIES_H

#include "harness/metrics/metric.h"

extern const struct mlt_metric_ops mlt_metric_rmse, mlt_metric_mae, mlt_metric_r2, mlt_metric_bias;
extern const struct mlt_metric_ops mlt_metric_auc, mlt_metric_logloss, mlt_metric_brier,
    mlt_metric_accuracy, mlt_metric_precision, mlt_metric_recall, mlt_metric_f1,
    mlt_metric_balanced_accuracy, mlt_metric_specificity;
extern const struct mlt_metric_ops mlt_metric_class_accuracy, mlt_metric_class_logloss,
    mlt_metric_class_macro_f1;

/* Turns n losses into influence values of their mean (loss - mean) and returns the mean. */
double mlt_metric_center(double *loss, size_t n);
/* -log of a probability clipped into [1e-15, 1 - 1e-15]. */
double mlt_metric_surprise(double probability);

#endif
