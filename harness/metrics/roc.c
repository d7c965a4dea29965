#include "harness/metrics/roc.h"

#include <math.h>
#include <stdlib.h>

#include "harness/metrics/families.h"
#include "harness/metrics/means_state.h"
#include "harness/stats/delong_keys.h"
#include "harness/stats/exact.h"

double mlt_roc_area(const struct mlt_classes *classes, const uint32_t *times)
{
    struct mlt_exact doubled = MLT_EXACT_INIT;
    mlt_mass positive = 0, negative = 0;
    for (size_t g = 0; g < classes->ranked.groups; g++) {
        struct mlt_class_mass here = mlt_classes_group(classes, times, g);
        if (here.positive > 0)
            mlt_exact_add_product(&doubled, mlt_mass_value(here.positive),
                                  mlt_mass_value(2 * negative + here.negative));
        positive += here.positive;
        negative += here.negative;
    }
    struct mlt_wide pairs =
        mlt_wide_product(mlt_mass_value(positive), mlt_mass_value(2 * negative));
    return mlt_wide_value(mlt_wide_div(mlt_exact_wide(&doubled), pairs));
}

void mlt_roc_influence(const struct mlt_classes *classes, double value, double factor,
                       const double scale[2], double *out)
{
    struct mlt_class_mass all = mlt_classes_total(classes, NULL), below = {0, 0};
    mlt_mass total = all.positive + all.negative;
    double of_positive = factor * scale[1] / mlt_mass_ratio(all.positive, total);
    double of_negative = factor * scale[0] / mlt_mass_ratio(all.negative, total);
    for (size_t g = 0; g < classes->ranked.groups; g++) {
        struct mlt_class_mass here = mlt_classes_group(classes, NULL, g);
        double under = mlt_mass_ratio(2 * below.negative + here.negative, 2 * all.negative);
        below.positive += here.positive;
        below.negative += here.negative;
        double over =
            mlt_mass_ratio(2 * (all.positive - below.positive) + here.positive, 2 * all.positive);
        for (size_t p = classes->ranked.start[g]; p < classes->ranked.start[g + 1]; p++)
            out[classes->ranked.row[p]] +=
                classes->positive[p] ? of_positive * (under - value) : of_negative * (over - value);
    }
}

struct roc {
    struct mlt_classes classes;
    double scale[2]; /* of negative and positive influence values */
};

static void close_roc(void *state)
{
    struct roc *roc = state;
    if (roc != NULL)
        mlt_classes_free(&roc->classes);
    free(roc);
}

/* How many observations the rows of a class (or of both: -1) are. */
static double count_of(const struct mlt_metric_input *in, int label)
{
    mlt_mass count = 0;
    for (size_t i = 0; i < in->n; i++) {
        double weight = in->weight == NULL ? 1 : in->weight[i];
        if (label >= 0 && in->label[i] != label)
            continue;
        count += in->weighting == MLT_WEIGHT_FREQUENCY ? (mlt_mass)weight : weight > 0;
    }
    return (double)count;
}

static bool open_roc(const struct mlt_metric_input *in, double parameter, void **state,
                     const char **why, struct mlt_err *err)
{
    (void)parameter;
    *state = NULL;
    struct roc *roc = calloc(1, sizeof *roc);
    uint8_t *positive = calloc(in->n + 1, sizeof *positive);
    bool oom = roc == NULL || positive == NULL;
    for (size_t i = 0; !oom && i < in->n; i++)
        positive[i] = in->label[i] == 1;
    bool good =
        !oom && mlt_classes_make(in->score, positive, in->weight, in->n, &roc->classes, err);
    free(positive);
    if (!good) {
        free(roc);
        return oom ? mlt_err_oom(err) : false;
    }
    double all = count_of(in, -1);
    for (int label = 0; label < 2; label++) {
        /* DeLong divides by m - 1 within each class; the variance of influence values by n - 1. */
        double m = count_of(in, label);
        roc->scale[label] = m > 1 ? sqrt(m / (m - 1) * ((all - 1) / all)) : 1;
        if (m == 0)
            mlt_metric_undefined(why, "one class only");
    }
    *state = roc;
    return true;
}

static double area(const void *state, const uint32_t *times)
{
    const struct roc *roc = state;
    return mlt_roc_area(&roc->classes, times);
}

static bool area_influence(const void *state, double value, double *out)
{
    const struct roc *roc = state;
    for (size_t i = 0; i < roc->classes.ranked.n; i++)
        out[i] = 0;
    mlt_roc_influence(&roc->classes, value, 1, roc->scale, out);
    return true;
}

_Static_assert((int)MLT_KEY_THIRD_ROWS == (int)MLT_MEANS_THIRD_ROWS,
               "third moments of the same rows");

/* Counts the rows of each version by key, then places them. */
static bool make_tables(const struct mlt_key_rows *rows, struct mlt_key_table table[2],
                        struct mlt_err *err)
{
    struct mlt_key_block block;
    for (int s = 0; s < 2; s++)
        if (!mlt_key_table_open(&table[s], rows->keys[s], err))
            return false;
    for (size_t i = 0; rows->block(rows->context, i, &block); i++) {
        mlt_key_table_count(&table[0], block.candidate, block.positive, block.n);
        if (block.baseline != NULL)
            mlt_key_table_count(&table[1], block.baseline, block.positive, block.n);
    }
    for (int s = 0; s < 2; s++)
        mlt_key_table_place(&table[s]);
    return true;
}

static void fill_moments(const struct mlt_key_rows *rows, const struct mlt_key_table table[2],
                         struct mlt_measurement *out)
{
    struct mlt_delong_keys all = {&table[0], rows->keys[1] > 0 ? &table[1] : NULL, {{0}, {0}}};
    struct mlt_key_block block;
    for (size_t i = 0; rows->block(rows->context, i, &block); i++)
        mlt_delong_keys_add(&all, block.candidate, block.baseline, block.positive, block.n);
    struct mlt_delong_moments moments = mlt_delong_keys_moments(&all);
    out->df = (double)(table[0].rows[0] + table[0].rows[1]) - 1;
    out->var_candidate = moments.variance[0];
    out->var_baseline = moments.variance[1];
    out->covariance = moments.covariance;
    for (int k = 0; k < MLT_THIRD_MOMENTS; k++)
        out->third[k] = moments.third[k];
}

static bool area_of_keys(const struct mlt_key_rows *rows, struct mlt_measurement *out,
                         struct mlt_err *err)
{
    struct mlt_key_table table[2] = {{0}, {0}};
    bool good = make_tables(rows, table, err);
    if (good) {
        out->candidate = mlt_key_table_auc(&table[0]);
        out->baseline = rows->keys[1] > 0 ? mlt_key_table_auc(&table[1]) : NAN;
        if (isnan(out->candidate))
            mlt_metric_undefined(&out->undefined, "one class only");
        else if (out->method != MLT_INTERVAL_NONE)
            fill_moments(rows, table, out);
    }
    mlt_key_table_free(&table[0]);
    mlt_key_table_free(&table[1]);
    return good;
}

static double distance(const void *state, const uint32_t *times)
{
    const struct roc *roc = state;
    struct mlt_class_mass all = mlt_classes_total(&roc->classes, times), below = {0, 0};
    if (all.positive == 0 || all.negative == 0)
        return NAN;
    double most = 0;
    for (size_t g = 0; g < roc->classes.ranked.groups; g++) {
        struct mlt_class_mass here = mlt_classes_group(&roc->classes, times, g);
        below.positive += here.positive;
        below.negative += here.negative;
        double apart = fabs(mlt_mass_ratio(below.positive, all.positive) -
                            mlt_mass_ratio(below.negative, all.negative));
        most = apart > most ? apart : most;
    }
    return most;
}

const struct mlt_metric_ops mlt_metric_auc = {
    .abi = MLT_METRIC_ABI,
    .name = "auc",
    .doc = "area under the ROC curve: how often a positive row scores above a negative one",
    .reference = "DeLong, DeLong & Clarke-Pearson 1988, Biometrics 44(3); Sun & Xu 2014",
    .definition = "ties count one half",
    .interval = "placement values give its exact U-statistic variance: DeLong",
    .tasks = MLT_TASK_BINARY,
    .direction = MLT_HIGHER_IS_BETTER,
    .method = MLT_INTERVAL_DELONG,
    .least = 0,
    .most = 1,
    .min_rows = MLT_MIN_ROWS,
    .min_positives = MLT_MIN_CLASS_ROWS,
    .min_negatives = MLT_MIN_CLASS_ROWS,
    .min_clusters = MLT_MIN_CLUSTERS,
    .kind = MLT_METRIC_OF_COLUMNS,
    .open = open_roc,
    .value = area,
    .influence = area_influence,
    .of_keys = area_of_keys,
    .close = close_roc,
};

const struct mlt_metric_ops mlt_metric_ks = {
    .abi = MLT_METRIC_ABI,
    .name = "ks",
    .doc = "largest distance between the score distributions of the two classes",
    .reference = "Conover 1999, Practical Nonparametric Statistics, section 6.3",
    .definition = "two-sided Kolmogorov & Smirnov distance",
    .interval = "a maximum is biased upwards and not smooth: bootstrap",
    .tasks = MLT_TASK_BINARY,
    .direction = MLT_HIGHER_IS_BETTER,
    .method = MLT_INTERVAL_BOOTSTRAP,
    .least = 0,
    .most = 1,
    .min_rows = MLT_MIN_ROWS,
    .min_positives = MLT_MIN_DECIDED_ROWS,
    .min_negatives = MLT_MIN_DECIDED_ROWS,
    .min_clusters = MLT_MIN_CLUSTERS,
    .kind = MLT_METRIC_OF_COLUMNS,
    .open = open_roc,
    .value = distance,
    .close = close_roc,
};
