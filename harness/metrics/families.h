/* The metrics of each family, for the table in metric.c, and what families share. */
#ifndef MLTEST_METRICS_FAMILIES_H
#define MLTEST_METRICS_FAMILIES_H

#include "harness/metrics/metric.h"

/* Metrics that share a family's minima: below 30 rows no interval here keeps its level; a figure of
 * the order within a class says nothing from fewer than 10 rows of it; below 20 clusters sums by
 * cluster are too few.
 *
 * Decisions within a class differ on few of its rows. One-sided misses of a difference at alpha =
 * 0.05 (tests/sim/calibrate, a fifth of the rows positive): with 10 to 14 positive rows F1 9.1 %,
 * MCC 10.6 %, balanced accuracy 11.5 %; with 20 to 24 of them recall 3.7 %, F1 6.7 %, MCC 7.2 %,
 * precision 7.6 %, balanced accuracy 7.9 %; with 40 all of them about 6 %. */
enum {
    MLT_MIN_ROWS = 30,
    MLT_MIN_CLASS_ROWS = 10,
    MLT_MIN_DECIDED_ROWS = 20,
    MLT_MIN_COMPARED_ROWS = 30,
    MLT_MIN_CLUSTERS = 20
};

extern const struct mlt_metric_ops mlt_metric_rmse, mlt_metric_mae, mlt_metric_median_ae,
    mlt_metric_mape, mlt_metric_smape, mlt_metric_r2, mlt_metric_bias, mlt_metric_pinball,
    mlt_metric_max_error, mlt_metric_spearman, mlt_metric_kendall;
extern const struct mlt_metric_ops mlt_metric_auc, mlt_metric_pr_auc, mlt_metric_logloss,
    mlt_metric_brier, mlt_metric_accuracy, mlt_metric_balanced_accuracy, mlt_metric_precision,
    mlt_metric_recall, mlt_metric_f1, mlt_metric_f, mlt_metric_specificity, mlt_metric_mcc,
    mlt_metric_ks, mlt_metric_ece, mlt_metric_ace, mlt_metric_lift, mlt_metric_recall_at_precision;
extern const struct mlt_metric_ops mlt_metric_class_accuracy, mlt_metric_class_top,
    mlt_metric_class_logloss, mlt_metric_class_macro_f1, mlt_metric_class_micro_f1,
    mlt_metric_class_weighted_f1, mlt_metric_class_balanced_accuracy, mlt_metric_class_kappa,
    mlt_metric_class_mcc, mlt_metric_class_ovr_auc;
extern const struct mlt_metric_ops mlt_metric_ndcg, mlt_metric_ndcg_linear, mlt_metric_map,
    mlt_metric_mrr, mlt_metric_recall_at, mlt_metric_precision_at;
extern const struct mlt_metric_ops mlt_metric_exact_match, mlt_metric_token_f1;

/* Turns n probabilities into -log of them, clipped into [1e-15, 1 - 1e-15]; NaN outside [0, 1]. */
void mlt_metric_surprise(double *probability, size_t n);
/* The first of the largest of `width` scores. */
size_t mlt_metric_guess(const double *score, size_t width);
/* `combine` of the plain mean of one term; undefined where it is not finite. */
void mlt_metric_mean(const struct mlt_wide *mean, double parameter, struct mlt_wide *value,
                     double *gradient, const char **why);
/* Says why there is no value; the first reason stays. */
void mlt_metric_undefined(const char **why, const char *words);

#endif
