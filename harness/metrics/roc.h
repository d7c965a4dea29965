/* The area under the ROC curve of ranked classes: for the binary AUC and for each class of several.
 */
#ifndef MLTEST_METRICS_ROC_H
#define MLTEST_METRICS_ROC_H

#include "harness/metrics/ranked.h"

/* How often a positive row scores above a negative one, ties a half; pairs are counted, or weighed
 * by the products of their masses, and divided once. NaN when a class weighs nothing. */
double mlt_roc_area(const struct mlt_classes *classes, const uint32_t *times);

/* Adds to out[row] `factor` times the influence value of each row on the area `value`: (V - value)
 * by the share of the row's class, with V its placement value, the share of the other class on the
 * right side of it (DeLong, DeLong & Clarke-Pearson 1988). scale[0] and [1] multiply the values of
 * negative and positive rows. */
void mlt_roc_influence(const struct mlt_classes *classes, double value, double factor,
                       const double scale[2], double *out);

#endif
