#include <math.h>

#include "harness/metrics/families.h"

size_t mlt_metric_guess(const double *score, size_t width)
{
    size_t best = 0;
    for (size_t k = 1; k < width; k++)
        if (score[k] > score[best])
            best = k;
    return best;
}

/* How many classes come before the label: those of a higher score, and earlier ones of the same. */
static size_t rank_of_label(const double *score, size_t width, size_t label)
{
    size_t rank = 0;
    for (size_t k = 0; k < width; k++)
        rank += score[k] > score[label] || (score[k] == score[label] && k < label);
    return rank;
}

static bool is_class(double label, size_t width)
{
    return label >= 0 && label < (double)width;
}

static void fill_correct(const struct mlt_metric_input *in, double parameter, double *out)
{
    (void)parameter;
    for (size_t i = 0; i < in->n; i++)
        out[i] = in->label[i] == (double)mlt_metric_guess(in->score + i * in->width, in->width);
}

static void fill_in_top(const struct mlt_metric_input *in, double parameter, double *out)
{
    for (size_t i = 0; i < in->n; i++)
        out[i] = is_class(in->label[i], in->width) &&
                 (double)rank_of_label(in->score + i * in->width, in->width, (size_t)in->label[i]) <
                     parameter;
}

static bool is_distribution(const double *score, size_t width)
{
    double sum = 0;
    for (size_t k = 0; k < width; k++) {
        if (!(score[k] >= 0 && score[k] <= 1))
            return false;
        sum += score[k];
    }
    /* Single-precision models give sums this far from 1. */
    return fabs(sum - 1) <= 1e-3;
}

static void fill_surprise(const struct mlt_metric_input *in, double parameter, double *out)
{
    (void)parameter;
    for (size_t i = 0; i < in->n; i++) {
        const double *score = in->score + i * in->width;
        bool good = is_class(in->label[i], in->width) && is_distribution(score, in->width);
        out[i] = good ? score[(size_t)in->label[i]] : NAN;
    }
    mlt_metric_surprise(out, in->n);
}

static const struct mlt_term correct = {.name = "correct", .whole = true, .fill = fill_correct};
static const struct mlt_term in_top = {.name = "in the top", .whole = true, .fill = fill_in_top};
static const struct mlt_term surprise = {.name = "surprise", .fill = fill_surprise};
static const struct mlt_term *const correct_terms[] = {&correct, NULL};
static const struct mlt_term *const top_terms[] = {&in_top, NULL};
static const struct mlt_term *const surprise_terms[] = {&surprise, NULL};

static void combine_surprise(const struct mlt_wide *mean, double parameter, struct mlt_wide *value,
                             double *gradient, const char **why)
{
    mlt_metric_mean(mean, parameter, value, gradient, why);
    if (isnan(mlt_wide_value(*value)))
        *why = "scores are not class probabilities that sum to 1";
}

const struct mlt_metric_ops mlt_metric_class_accuracy = {
    .abi = MLT_METRIC_ABI,
    .name = "accuracy",
    .doc = "share of rows whose most probable class is the label",
    .reference = "Sokolova & Lapalme 2009, Inf. Processing & Management 45(4), table 3",
    .definition = "the first of the most probable classes",
    .interval = "a share of rows: Clopper & Pearson; paired: Tango",
    .tasks = MLT_TASK_MULTICLASS,
    .direction = MLT_HIGHER_IS_BETTER,
    .method = MLT_INTERVAL_SHARE,
    .least = 0,
    .most = 1,
    .min_rows = MLT_MIN_ROWS,
    .min_clusters = MLT_MIN_CLUSTERS,
    .kind = MLT_METRIC_OF_MEANS,
    .terms = correct_terms,
    .combine = mlt_metric_mean,
};

static const struct mlt_metric_parameter top_parameter = {
    .doc = "classes that count", .min = 1, .max = 1e6, .usual = NAN, .whole = true};

const struct mlt_metric_ops mlt_metric_class_top = {
    .abi = MLT_METRIC_ABI,
    .name = "top",
    .doc = "share of rows whose label is among the k most probable classes",
    .reference = "Russakovsky et al. 2015, Int. J. Computer Vision 115, section 4.1",
    .definition = "of equal scores the earlier class comes first",
    .interval = "a share of rows: Clopper & Pearson; paired: Tango",
    .tasks = MLT_TASK_MULTICLASS,
    .direction = MLT_HIGHER_IS_BETTER,
    .method = MLT_INTERVAL_SHARE,
    .least = 0,
    .most = 1,
    .min_rows = MLT_MIN_ROWS,
    .min_clusters = MLT_MIN_CLUSTERS,
    .parameter = &top_parameter,
    .kind = MLT_METRIC_OF_MEANS,
    .terms = top_terms,
    .combine = mlt_metric_mean,
};

const struct mlt_metric_ops mlt_metric_class_logloss = {
    .abi = MLT_METRIC_ABI,
    .name = "logloss",
    .doc = "mean of -log of the probability given to the label",
    .reference = "Good 1952, J. Royal Statistical Society B 14(1)",
    .definition = "natural logarithm, probabilities clipped at 1e-15, not scaled to the sum 1",
    .interval = "a mean: Student's t",
    .tasks = MLT_TASK_MULTICLASS,
    .direction = MLT_LOWER_IS_BETTER,
    .method = MLT_INTERVAL_INFLUENCE,
    .least = 0,
    .most = INFINITY,
    .min_rows = MLT_MIN_ROWS,
    .min_clusters = MLT_MIN_CLUSTERS,
    .kind = MLT_METRIC_OF_MEANS,
    .terms = surprise_terms,
    .combine = combine_surprise,
};

const struct mlt_metric_ops mlt_metric_class_micro_f1 = {
    .abi = MLT_METRIC_ABI,
    .name = "micro_f1",
    .doc = "F1 of all classes' decisions counted together",
    .reference = "Sokolova & Lapalme 2009, Inf. Processing & Management 45(4), table 3",
    .definition = "one label and one guess a row: equal to accuracy",
    .interval = "a share of rows: Clopper & Pearson; paired: Tango",
    .tasks = MLT_TASK_MULTICLASS,
    .direction = MLT_HIGHER_IS_BETTER,
    .method = MLT_INTERVAL_SHARE,
    .least = 0,
    .most = 1,
    .min_rows = MLT_MIN_ROWS,
    .min_clusters = MLT_MIN_CLUSTERS,
    .kind = MLT_METRIC_OF_MEANS,
    .terms = correct_terms,
    .combine = mlt_metric_mean,
};
