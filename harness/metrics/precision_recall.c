#include <math.h>
#include <stdlib.h>

#include "harness/metrics/families.h"
#include "harness/metrics/ranked.h"
#include "harness/stats/sum.h"

struct curve {
    struct mlt_classes classes;
    double parameter;
};

static void close_curve(void *state)
{
    struct curve *curve = state;
    if (curve != NULL)
        mlt_classes_free(&curve->classes);
    free(curve);
}

static bool open_curve(const struct mlt_metric_input *in, double parameter, void **state,
                       const char **why, struct mlt_err *err)
{
    *state = NULL;
    struct curve *curve = calloc(1, sizeof *curve);
    uint8_t *positive = calloc(in->n + 1, sizeof *positive);
    bool oom = curve == NULL || positive == NULL;
    for (size_t i = 0; !oom && i < in->n; i++)
        positive[i] = in->label[i] == 1;
    bool good =
        !oom && mlt_classes_make(in->score, positive, in->weight, in->n, &curve->classes, err);
    free(positive);
    if (!good) {
        free(curve);
        return oom ? mlt_err_oom(err) : false;
    }
    curve->parameter = parameter;
    if (mlt_classes_total(&curve->classes, NULL).positive == 0)
        mlt_metric_undefined(why, "no row is positive");
    *state = curve;
    return true;
}

/* Sum over distinct scores, from the top, of the precision there times the recall gained. */
static double average_precision(const void *state, const uint32_t *times)
{
    const struct mlt_classes *classes = &((const struct curve *)state)->classes;
    struct mlt_class_mass above = {0, 0};
    struct mlt_sum sum = MLT_SUM_INIT;
    for (size_t g = classes->ranked.groups; g-- > 0;) {
        struct mlt_class_mass here = mlt_classes_group(classes, times, g);
        above.positive += here.positive;
        above.negative += here.negative;
        if (here.positive > 0)
            mlt_sum_add(&sum, mlt_mass_value(here.positive) *
                                  mlt_mass_ratio(above.positive, above.positive + above.negative));
    }
    return mlt_sum_value(&sum) / mlt_mass_value(above.positive);
}

/* With A(s), B(s) the shares of positive rows and of all rows at or above s, and T the average
 * precision, T = E[y A(s) / B(s)] / E y. Its derivative at a row (s, y) is (y (A(s) / B(s) + E[y' /
 * B(s'); s' <= s] - T) - E[y' A(s') / B(s')^2; s' <= s]) / E y. */
static bool precision_influence(const void *state, double value, double *out)
{
    const struct mlt_classes *classes = &((const struct curve *)state)->classes;
    struct mlt_class_mass at_or_above = mlt_classes_total(classes, NULL);
    double positives = mlt_mass_value(at_or_above.positive);
    double all = mlt_mass_value(at_or_above.positive + at_or_above.negative);
    struct mlt_sum gained = MLT_SUM_INIT, spent = MLT_SUM_INIT;
    for (size_t g = 0; g < classes->ranked.groups; g++) {
        struct mlt_class_mass here = mlt_classes_group(classes, NULL, g);
        double b = mlt_mass_value(at_or_above.positive + at_or_above.negative);
        double precision = b > 0 ? mlt_mass_value(at_or_above.positive) / b : 0;
        if (b > 0) {
            mlt_sum_add(&gained, mlt_mass_value(here.positive) / b);
            mlt_sum_add(&spent, mlt_mass_value(here.positive) / b * precision);
        }
        double of_any = -mlt_sum_value(&spent) * all / positives;
        double of_positive = (precision + mlt_sum_value(&gained) - value) * all / positives;
        for (size_t p = classes->ranked.start[g]; p < classes->ranked.start[g + 1]; p++)
            out[classes->ranked.row[p]] = of_any + (classes->positive[p] ? of_positive : 0);
        at_or_above.positive -= here.positive;
        at_or_above.negative -= here.negative;
    }
    return true;
}

static double recall_at_precision(const void *state, const uint32_t *times)
{
    const struct curve *curve = state;
    struct mlt_class_mass above = {0, 0};
    mlt_mass found = 0;
    for (size_t g = curve->classes.ranked.groups; g-- > 0;) {
        struct mlt_class_mass here = mlt_classes_group(&curve->classes, times, g);
        above.positive += here.positive;
        above.negative += here.negative;
        if (mlt_mass_ratio(above.positive, above.positive + above.negative) >= curve->parameter)
            found = above.positive;
    }
    return mlt_mass_ratio(found, above.positive);
}

/* The cut falls into a group of equal scores: its positives count by the share of it that is in. */
static double lift(const void *state, const uint32_t *times)
{
    const struct curve *curve = state;
    struct mlt_class_mass all = mlt_classes_total(&curve->classes, times), above = {0, 0};
    double cut = curve->parameter * mlt_mass_value(all.positive + all.negative);
    if (all.positive == 0 || !(cut > 0))
        return NAN;
    for (size_t g = curve->classes.ranked.groups; g-- > 0;) {
        struct mlt_class_mass here = mlt_classes_group(&curve->classes, times, g);
        double before = mlt_mass_value(above.positive + above.negative);
        double size = mlt_mass_value(here.positive + here.negative);
        above.positive += here.positive;
        above.negative += here.negative;
        if (mlt_mass_value(above.positive + above.negative) < cut && g > 0)
            continue;
        double in = size > 0 ? (cut - before) / size : 0;
        double found = mlt_mass_value(above.positive - here.positive) +
                       mlt_mass_value(here.positive) * (in > 1 ? 1 : in);
        return found / mlt_mass_value(all.positive) / curve->parameter;
    }
    return NAN;
}

const struct mlt_metric_ops mlt_metric_pr_auc = {
    .abi = MLT_METRIC_ABI,
    .name = "pr_auc",
    .doc = "average precision over the recall gained, from the highest score down",
    .reference = "Manning, Raghavan & Schuetze 2008, Information Retrieval, section 8.4",
    .definition = "average precision: sum of precision times gain in recall over distinct scores, "
                  "no interpolation",
    .interval = "skewed near its ends: bootstrap, with the acceleration of its influence function",
    .tasks = MLT_TASK_BINARY,
    .direction = MLT_HIGHER_IS_BETTER,
    .method = MLT_INTERVAL_BOOTSTRAP,
    .least = 0,
    .most = 1,
    .min_rows = MLT_MIN_ROWS,
    .min_positives = MLT_MIN_CLASS_ROWS,
    .min_clusters = MLT_MIN_CLUSTERS,
    .kind = MLT_METRIC_OF_COLUMNS,
    .open = open_curve,
    .value = average_precision,
    .influence = precision_influence,
    .close = close_curve,
};

static const struct mlt_metric_parameter precision_parameter = {
    .doc = "the precision to be kept", .min = 0, .max = 1, .usual = NAN};

const struct mlt_metric_ops mlt_metric_recall_at_precision = {
    .abi = MLT_METRIC_ABI,
    .name = "recall_at_precision",
    .doc = "the largest recall of any threshold that keeps a precision",
    .reference = "scikit-learn 1.2, sklearn.metrics.precision_recall_curve",
    .definition = "0 where no threshold keeps it",
    .interval = "a threshold chosen on the rows is not smooth: bootstrap",
    .tasks = MLT_TASK_BINARY,
    .direction = MLT_HIGHER_IS_BETTER,
    .method = MLT_INTERVAL_BOOTSTRAP,
    .least = 0,
    .most = 1,
    .min_rows = MLT_MIN_ROWS,
    .min_positives = MLT_MIN_CLASS_ROWS,
    .min_clusters = MLT_MIN_CLUSTERS,
    .parameter = &precision_parameter,
    .kind = MLT_METRIC_OF_COLUMNS,
    .open = open_curve,
    .value = recall_at_precision,
    .close = close_curve,
};

static const struct mlt_metric_parameter share_parameter = {
    .doc = "the top share of rows", .min = 1e-6, .max = 1, .usual = 0.1};

const struct mlt_metric_ops mlt_metric_lift = {
    .abi = MLT_METRIC_ABI,
    .name = "lift",
    .doc = "how much richer in positive rows the top share by score is than all rows",
    .reference = "Piatetsky-Shapiro & Masand 1999, KDD",
    .definition = "equal scores at the cut count by the share of them that is in",
    .interval = "a cut chosen on the rows is not smooth: bootstrap",
    .tasks = MLT_TASK_BINARY,
    .direction = MLT_HIGHER_IS_BETTER,
    .method = MLT_INTERVAL_BOOTSTRAP,
    .least = 0,
    .most = INFINITY,
    .min_rows = MLT_MIN_ROWS,
    .min_positives = MLT_MIN_CLASS_ROWS,
    .min_clusters = MLT_MIN_CLUSTERS,
    .parameter = &share_parameter,
    .kind = MLT_METRIC_OF_COLUMNS,
    .open = open_curve,
    .value = lift,
    .close = close_curve,
};
