/* Metrics: one file per family, each metric a const table entry.
 *
 * A metric turns labels and predictions into an estimate and, per row, its influence value: by how
 * much that row moves the estimate (times n). From influence values come the paired variance and
 * covariance, row-wise or by cluster, for every metric in the same way. */
#ifndef MLTEST_METRICS_METRIC_H
#define MLTEST_METRICS_METRIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/arena.h"
#include "harness/domain/measurement.h"
#include "mltest/err.h"

enum mlt_task {
    MLT_TASK_REGRESSION = 1, /* label and prediction are numbers */
    MLT_TASK_BINARY = 2,     /* label 0 or 1; prediction is the probability (or score) of 1 */
    MLT_TASK_MULTICLASS = 4, /* label is a class index; prediction: one probability per class */
};

/* `n` rows. label[i] as the task says. score holds n * width values, row by row; width is 1 but for
 * MLT_TASK_MULTICLASS, where it is the number of classes. No NaN. */
struct mlt_metric_input {
    enum mlt_task task;
    size_t n, width;
    const double *label;
    const double *score;
    double threshold; /* binary decisions: predicted 1 when score >= threshold */
};

struct mlt_metric_ops {
    uint32_t abi; /* MLT_METRIC_ABI */
    const char *name;
    const char *doc;       /* one line */
    const char *reference; /* where the definition is from */
    const char *definition; /* the variant, NULL when there is just one */
    unsigned tasks;        /* mlt_task bits */
    enum mlt_direction direction;
    enum mlt_interval_method method; /* INFLUENCE, CLOPPER_PEARSON (a plain share of rows) or NONE */
    uint64_t min_rows, min_positives, min_clusters;
    /* Estimate, and into influence[n] (never NULL) the influence values; for NONE it is left alone.
     * Undefined (one class, zero variance of the label): NaN, and *why is set to static words.
     * False only when memory is out. */
    bool (*estimate)(const struct mlt_metric_input *in, double *out, double *influence,
                     const char **why, struct mlt_err *err);
    /* For CLOPPER_PEARSON: how many of the rows are successes. NULL otherwise. */
    uint64_t (*successes)(const struct mlt_metric_input *in);
};
enum { MLT_METRIC_ABI = 1 };

/* Every metric, ending with NULL: rmse mae r2 bias · auc logloss brier accuracy precision recall f1
 * (binary) · accuracy logloss macro_f1 … (multi-class). */
extern const struct mlt_metric_ops *const mlt_metrics[];
/* The metric of that name for that task; NULL when there is none. */
const struct mlt_metric_ops *mlt_metric_find(const char *name, enum mlt_task task);
/* Names for messages, NULL-terminated, static storage. */
const char *const *mlt_metric_names(void);

/* The rows of one slice, of both versions. `baseline` NULL: no baseline. `cluster` NULL: independent
 * rows; else ids in [0, n_clusters). */
struct mlt_metric_rows {
    enum mlt_task task;
    size_t n, width;
    const double *label, *candidate, *baseline;
    const uint32_t *cluster;
    uint32_t n_clusters; /* upper bound of ids; the number that occurs is counted */
    double threshold;
};

/* Measures one metric: fills numbers, counts, minimums, method, definition and `undefined`; leaves
 * case_id and the slice alone. A variance of exactly zero is reported as zero: the judge decides. */
bool mlt_metric_measure(const struct mlt_metric_ops *metric, const struct mlt_metric_rows *rows,
                        struct mlt_arena *arena, struct mlt_measurement *out,
                        struct mlt_err *err) MLT_MUST_USE;

#endif
