/* How often each class is taken for each other. */
#ifndef MLTEST_METRICS_CONFUSION_H
#define MLTEST_METRICS_CONFUSION_H

#include "harness/metrics/metric.h"

/* Cell [truth * width + guess]. The guess is the first of the most probable classes; of a binary
 * task (width 2) it is 1 when score >= threshold. */
struct mlt_confusion {
    size_t width;
    const uint64_t *count; /* rows */
    const double *weight;  /* exact sums of weights; NULL without weights */
};

/* Counts the rows of a binary or multi-class input; lives in the arena. Labels must be classes. */
bool mlt_confusion_make(const struct mlt_metric_input *in, struct mlt_arena *arena,
                        struct mlt_confusion *out, struct mlt_err *err) MLT_MUST_USE;

#endif
