/* A threshold for binary decisions, chosen on one version's scores. */
#ifndef MLTEST_METRICS_THRESHOLD_H
#define MLTEST_METRICS_THRESHOLD_H

#include <stdbool.h>
#include <stddef.h>

#include "mltest/err.h"

enum mlt_threshold_rule {
    MLT_THRESHOLD_FIXED = 0, /* a number that was given */
    MLT_THRESHOLD_BEST_F1,   /* the largest F1 */
    MLT_THRESHOLD_BEST_J,    /* the largest recall + specificity - 1 (Youden 1950, Cancer 3(1)) */
};
/* "best-f1", "best-j"; NULL for FIXED. */
const char *mlt_threshold_rule_name(enum mlt_threshold_rule rule);
bool mlt_threshold_rule_parse(const char *name, enum mlt_threshold_rule *out);

/* The score from which on rows are best called positive; of equally good ones the highest. Labels
 * are 0 and 1. MLT_ERR_EVIDENCE with one class only. Does not depend on the order of rows. */
bool mlt_threshold_choose(enum mlt_threshold_rule rule, const double *label, const double *score,
                          size_t n, double *out, struct mlt_err *err) MLT_MUST_USE;

#endif
