#include "harness/metrics/threshold.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/stats/sort.h"

static const char *const names[] = {NULL, "best-f1", "best-j"};

const char *mlt_threshold_rule_name(enum mlt_threshold_rule rule)
{
    return names[rule];
}

bool mlt_threshold_rule_parse(const char *name, enum mlt_threshold_rule *out)
{
    for (int i = MLT_THRESHOLD_BEST_F1; i <= MLT_THRESHOLD_BEST_J; i++)
        if (strcmp(names[i], name) == 0) {
            *out = (enum mlt_threshold_rule)i;
            return true;
        }
    return false;
}

/* What is gained when `hits` of the positives and `alarms` of the negatives are called positive. */
static double gain(enum mlt_threshold_rule rule, double hits, double alarms, double positives,
                   double negatives)
{
    if (rule == MLT_THRESHOLD_BEST_F1)
        return 2 * hits / (positives + hits + alarms);
    return hits / positives - alarms / negatives;
}

bool mlt_threshold_choose(enum mlt_threshold_rule rule, const double *label, const double *score,
                          size_t n, double *out, struct mlt_err *err)
{
    double positives = 0, hits = 0, alarms = 0, best = -1;
    for (size_t i = 0; i < n; i++)
        positives += label[i];
    double negatives = (double)n - positives;
    if (!(positives > 0) || !(negatives > 0))
        return mlt_err_set(err, MLT_ERR_EVIDENCE,
                           "no threshold can be chosen: there is one class only");
    uint32_t *order = n > UINT32_MAX ? NULL : malloc(n * sizeof *order);
    if (order == NULL || !mlt_argsort(score, n, order)) {
        free(order);
        return mlt_err_oom(err);
    }
    /* From the highest score down; rows of one score are called together. */
    for (size_t i = n; i-- > 0;) {
        hits += label[order[i]];
        alarms += 1 - label[order[i]];
        if (i > 0 && score[order[i - 1]] == score[order[i]])
            continue;
        double value = gain(rule, hits, alarms, positives, negatives);
        if (value > best) {
            best = value;
            *out = score[order[i]];
        }
    }
    free(order);
    return true;
}
