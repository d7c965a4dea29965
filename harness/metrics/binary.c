#include <math.h>

#include "harness/metrics/families.h"

static bool is_hit(const struct mlt_metric_input *in, size_t row)
{
    return in->label[row] == 1 && in->score[row] >= in->threshold;
}

static void fill_correct(const struct mlt_metric_input *in, double parameter, double *out)
{
    (void)parameter;
    for (size_t i = 0; i < in->n; i++)
        out[i] = (in->label[i] == 1) == (in->score[i] >= in->threshold);
}

static void fill_hit(const struct mlt_metric_input *in, double parameter, double *out)
{
    (void)parameter;
    for (size_t i = 0; i < in->n; i++)
        out[i] = is_hit(in, i);
}

static void fill_left(const struct mlt_metric_input *in, double parameter, double *out)
{
    (void)parameter;
    for (size_t i = 0; i < in->n; i++)
        out[i] = in->label[i] != 1 && !(in->score[i] >= in->threshold);
}

static void fill_predicted(const struct mlt_metric_input *in, double parameter, double *out)
{
    (void)parameter;
    for (size_t i = 0; i < in->n; i++)
        out[i] = in->score[i] >= in->threshold;
}

static void fill_positive(const struct mlt_metric_input *in, double parameter, double *out)
{
    (void)parameter;
    for (size_t i = 0; i < in->n; i++)
        out[i] = in->label[i] == 1;
}

static void fill_negative(const struct mlt_metric_input *in, double parameter, double *out)
{
    (void)parameter;
    for (size_t i = 0; i < in->n; i++)
        out[i] = in->label[i] != 1;
}

static const struct mlt_term correct = {.name = "correct", .whole = true, .fill = fill_correct};
static const struct mlt_term hit = {.name = "true positive", .whole = true, .fill = fill_hit};
static const struct mlt_term left = {.name = "true negative", .whole = true, .fill = fill_left};
static const struct mlt_term predicted = {
    .name = "predicted positive", .whole = true, .fill = fill_predicted};
static const struct mlt_term positive = {
    .name = "positive", .of_label = true, .whole = true, .fill = fill_positive};
static const struct mlt_term negative = {
    .name = "negative", .of_label = true, .whole = true, .fill = fill_negative};

static const struct mlt_term *const accuracy_terms[] = {&correct, NULL};
static const struct mlt_term *const recall_terms[] = {&hit, &positive, NULL};
static const struct mlt_term *const specificity_terms[] = {&left, &negative, NULL};
static const struct mlt_term *const precision_terms[] = {&hit, &predicted, NULL};
static const struct mlt_term *const decision_terms[] = {&hit, &positive, &predicted, NULL};

/* mean[0] / mean[1]. */
static void combine_ratio(const struct mlt_wide *mean, struct mlt_wide *value, double *gradient,
                          const char *words, const char **why)
{
    double under = mlt_wide_value(mean[1]);
    if (!(under > 0)) {
        *value = mlt_wide_from(NAN);
        gradient[0] = gradient[1] = NAN;
        *why = words;
        return;
    }
    *value = mlt_wide_div(mean[0], mean[1]);
    gradient[0] = 1 / under;
    gradient[1] = -mlt_wide_value(*value) / under;
}

static void combine_recall(const struct mlt_wide *mean, double parameter, struct mlt_wide *value,
                           double *gradient, const char **why)
{
    (void)parameter;
    combine_ratio(mean, value, gradient, "no row is positive", why);
}

static void combine_specificity(const struct mlt_wide *mean, double parameter,
                                struct mlt_wide *value, double *gradient, const char **why)
{
    (void)parameter;
    combine_ratio(mean, value, gradient, "no row is negative", why);
}

static void combine_precision(const struct mlt_wide *mean, double parameter, struct mlt_wide *value,
                              double *gradient, const char **why)
{
    (void)parameter;
    combine_ratio(mean, value, gradient, "no row is predicted positive", why);
}

static void undefine(struct mlt_wide *value, double *gradient, const char *words, const char **why)
{
    *value = mlt_wide_from(NAN);
    gradient[0] = gradient[1] = gradient[2] = NAN;
    *why = words;
}

/* (1 + b^2) h / (b^2 p + q) with h, p, q the shares of true positives, positives, predictions. */
static void combine_f(const struct mlt_wide *mean, double parameter, struct mlt_wide *value,
                      double *gradient, const char **why)
{
    if (!(mlt_wide_value(mean[1]) > 0)) {
        undefine(value, gradient, "no row is positive", why);
        return;
    }
    double square = parameter * parameter;
    struct mlt_wide under = mlt_wide_add(mlt_wide_scale(mean[1], square), mean[2]);
    if (!(mlt_wide_value(under) > 0)) {
        undefine(value, gradient, "no row is predicted positive", why);
        return;
    }
    *value = mlt_wide_div(mlt_wide_scale(mean[0], 1 + square), under);
    double slope = mlt_wide_value(*value) / mlt_wide_value(under);
    gradient[0] = (1 + square) / mlt_wide_value(under);
    gradient[1] = -square * slope;
    gradient[2] = -slope;
}

static void combine_f1(const struct mlt_wide *mean, double parameter, struct mlt_wide *value,
                       double *gradient, const char **why)
{
    (void)parameter;
    combine_f(mean, 1, value, gradient, why);
}

/* Half of h / p + (1 - p - q + h) / (1 - p). */
static void combine_balanced_accuracy(const struct mlt_wide *mean, double parameter,
                                      struct mlt_wide *value, double *gradient, const char **why)
{
    (void)parameter;
    struct mlt_wide negatives = mlt_wide_sub(mlt_wide_from(1), mean[1]);
    double p = mlt_wide_value(mean[1]), others = mlt_wide_value(negatives);
    if (!(p > 0) || !(others > 0)) {
        undefine(value, gradient, "one class only", why);
        return;
    }
    struct mlt_wide recall = mlt_wide_div(mean[0], mean[1]);
    struct mlt_wide alarms = mlt_wide_div(mlt_wide_sub(mean[2], mean[0]), negatives);
    struct mlt_wide specificity = mlt_wide_sub(mlt_wide_from(1), alarms);
    *value = mlt_wide_scale(mlt_wide_add(recall, specificity), 0.5);
    gradient[0] = 0.5 * (1 / p + 1 / others);
    gradient[1] = 0.5 * (-mlt_wide_value(recall) / p - mlt_wide_value(alarms) / others);
    gradient[2] = -0.5 / others;
}

/* (h - p q) / sqrt(p (1 - p) q (1 - q)). */
static void combine_mcc(const struct mlt_wide *mean, double parameter, struct mlt_wide *value,
                        double *gradient, const char **why)
{
    (void)parameter;
    struct mlt_wide one = mlt_wide_from(1);
    struct mlt_wide spread_p = mlt_wide_mul(mean[1], mlt_wide_sub(one, mean[1]));
    struct mlt_wide spread_q = mlt_wide_mul(mean[2], mlt_wide_sub(one, mean[2]));
    if (!(mlt_wide_value(spread_p) > 0)) {
        undefine(value, gradient, "one class only", why);
        return;
    }
    if (!(mlt_wide_value(spread_q) > 0)) {
        undefine(value, gradient, "every row is predicted alike", why);
        return;
    }
    struct mlt_wide under = mlt_wide_sqrt(mlt_wide_mul(spread_p, spread_q));
    *value = mlt_wide_div(mlt_wide_sub(mean[0], mlt_wide_mul(mean[1], mean[2])), under);
    double p = mlt_wide_value(mean[1]), q = mlt_wide_value(mean[2]), r = mlt_wide_value(*value);
    gradient[0] = 1 / mlt_wide_value(under);
    gradient[1] = -q * gradient[0] - r * (1 - 2 * p) / (2 * mlt_wide_value(spread_p));
    gradient[2] = -p * gradient[0] - r * (1 - 2 * q) / (2 * mlt_wide_value(spread_q));
}

/* What all of this family share; the rest of an entry follows. */
#define DECISIONS                                                                                  \
    .abi = MLT_METRIC_ABI, .tasks = MLT_TASK_BINARY, .direction = MLT_HIGHER_IS_BETTER,            \
    .kind = MLT_METRIC_OF_MEANS, .min_rows = MLT_MIN_ROWS, .min_clusters = MLT_MIN_CLUSTERS,       \
    .most = 1

#define SOKOLOVA "Sokolova & Lapalme 2009, Inf. Processing & Management 45(4), table 2"

static const struct mlt_metric_parameter beta_parameter = {
    .doc = "how many times recall counts more than precision", .min = 0, .max = 1000, .usual = NAN};

const struct mlt_metric_ops mlt_metric_accuracy = {
    DECISIONS,
    .name = "accuracy",
    .doc = "share of rows decided right",
    .reference = SOKOLOVA,
    .definition = "positive when score >= threshold",
    .interval = "a share of rows: Clopper & Pearson; paired: Tango",
    .method = MLT_INTERVAL_SHARE,
    .terms = accuracy_terms,
    .combine = mlt_metric_mean,
};

const struct mlt_metric_ops mlt_metric_balanced_accuracy = {
    DECISIONS,
    .name = "balanced_accuracy",
    .doc = "mean of recall and specificity",
    .reference = "Brodersen et al. 2010, ICPR, section II",
    .definition = "positive when score >= threshold",
    .interval = "a smooth function of means: delta method",
    .method = MLT_INTERVAL_INFLUENCE,
    .min_positives = MLT_MIN_COMPARED_ROWS,
    .min_negatives = MLT_MIN_COMPARED_ROWS,
    .terms = decision_terms,
    .combine = combine_balanced_accuracy,
};

const struct mlt_metric_ops mlt_metric_precision = {
    DECISIONS,
    .name = "precision",
    .doc = "share of the rows called positive that are",
    .reference = SOKOLOVA,
    .definition = "positive when score >= threshold",
    .interval = "a ratio of means, its denominator the model's own: delta method",
    .method = MLT_INTERVAL_INFLUENCE,
    .min_positives = MLT_MIN_COMPARED_ROWS,
    .terms = precision_terms,
    .combine = combine_precision,
};

const struct mlt_metric_ops mlt_metric_recall = {
    DECISIONS,
    .name = "recall",
    .doc = "share of the positive rows that are found",
    .reference = SOKOLOVA,
    .definition = "positive when score >= threshold",
    .interval = "a share of the positive rows: Clopper & Pearson; paired: Tango",
    .method = MLT_INTERVAL_SHARE,
    .min_positives = MLT_MIN_CLASS_ROWS,
    .terms = recall_terms,
    .combine = combine_recall,
};

const struct mlt_metric_ops mlt_metric_f1 = {
    DECISIONS,
    .name = "f1",
    .doc = "harmonic mean of precision and recall",
    .reference = "van Rijsbergen 1979, Information Retrieval, chapter 7",
    .definition = "positive when score >= threshold; 2 TP / (2 TP + FP + FN)",
    .interval = "a smooth function of means: delta method",
    .method = MLT_INTERVAL_INFLUENCE,
    .min_positives = MLT_MIN_DECIDED_ROWS,
    .terms = decision_terms,
    .combine = combine_f1,
};

const struct mlt_metric_ops mlt_metric_f = {
    DECISIONS,
    .name = "f",
    .doc = "weighted harmonic mean of precision and recall",
    .reference = "van Rijsbergen 1979, Information Retrieval, chapter 7",
    .definition = "positive when score >= threshold; (1 + b^2) TP / ((1 + b^2) TP + b^2 FN + FP)",
    .interval = "a smooth function of means: delta method",
    .method = MLT_INTERVAL_INFLUENCE,
    .min_positives = MLT_MIN_DECIDED_ROWS,
    .parameter = &beta_parameter,
    .terms = decision_terms,
    .combine = combine_f,
};

const struct mlt_metric_ops mlt_metric_specificity = {
    DECISIONS,
    .name = "specificity",
    .doc = "share of the negative rows that are left alone",
    .reference = SOKOLOVA,
    .definition = "positive when score >= threshold",
    .interval = "a share of the negative rows: Clopper & Pearson; paired: Tango",
    .method = MLT_INTERVAL_SHARE,
    .min_negatives = MLT_MIN_CLASS_ROWS,
    .terms = specificity_terms,
    .combine = combine_specificity,
};

const struct mlt_metric_ops mlt_metric_mcc = {
    DECISIONS,
    .name = "mcc",
    .doc = "correlation of decision and label",
    .reference = "Matthews 1975, Biochimica et Biophysica Acta 405(2)",
    .definition = "positive when score >= threshold; undefined where either is constant",
    .interval = "a smooth function of means: delta method",
    .method = MLT_INTERVAL_INFLUENCE,
    .least = -1,
    .min_positives = MLT_MIN_DECIDED_ROWS,
    .min_negatives = MLT_MIN_DECIDED_ROWS,
    .terms = decision_terms,
    .combine = combine_mcc,
};
