#include <math.h>

#include "harness/metrics/families.h"
#include "harness/stats/elementary.h"

static double clip(double probability)
{
    const double least = 1e-15;
    double clipped = probability < least ? least : probability;
    clipped = clipped > 1 - least ? 1 - least : clipped;
    return probability >= 0 && probability <= 1 ? clipped : NAN;
}

void mlt_metric_surprise(double *probability, size_t n)
{
    for (size_t i = 0; i < n; i++)
        probability[i] = clip(probability[i]);
    mlt_log_n(probability, probability, n);
    for (size_t i = 0; i < n; i++)
        probability[i] = -probability[i];
}

static void fill_surprise(const struct mlt_metric_input *in, double parameter, double *out)
{
    (void)parameter;
    for (size_t i = 0; i < in->n; i++)
        out[i] = in->label[i] == 1 ? in->score[i] : 1 - in->score[i];
    mlt_metric_surprise(out, in->n);
}

static void fill_square(const struct mlt_metric_input *in, double parameter, double *out)
{
    (void)parameter;
    for (size_t i = 0; i < in->n; i++) {
        double off = in->score[i] - in->label[i];
        out[i] = in->score[i] >= 0 && in->score[i] <= 1 ? off * off : NAN;
    }
}

static const struct mlt_term surprise = {.name = "surprise", .fill = fill_surprise};
static const struct mlt_term square = {.name = "squared distance", .fill = fill_square};
static const struct mlt_term *const surprise_terms[] = {&surprise, NULL};
static const struct mlt_term *const square_terms[] = {&square, NULL};

static void combine(const struct mlt_wide *mean, double parameter, struct mlt_wide *value,
                    double *gradient, const char **why)
{
    mlt_metric_mean(mean, parameter, value, gradient, why);
    if (isnan(mlt_wide_value(*value)))
        *why = "scores are not probabilities in 0 to 1";
}

const struct mlt_metric_ops mlt_metric_logloss = {
    .abi = MLT_METRIC_ABI,
    .name = "logloss",
    .doc = "mean of -log of the probability given to what happened",
    .reference = "Good 1952, J. Royal Statistical Society B 14(1)",
    .definition = "natural logarithm, probabilities clipped at 1e-15",
    .interval = "a mean: Student's t",
    .tasks = MLT_TASK_BINARY,
    .direction = MLT_LOWER_IS_BETTER,
    .method = MLT_INTERVAL_INFLUENCE,
    .least = 0,
    .most = INFINITY,
    .min_rows = MLT_MIN_ROWS,
    .min_clusters = MLT_MIN_CLUSTERS,
    .kind = MLT_METRIC_OF_MEANS,
    .terms = surprise_terms,
    .combine = combine,
};

const struct mlt_metric_ops mlt_metric_brier = {
    .abi = MLT_METRIC_ABI,
    .name = "brier",
    .doc = "mean squared distance of the probability from what happened",
    .reference = "Brier 1950, Monthly Weather Review 78(1), for the positive class alone",
    .interval = "a mean: Student's t",
    .tasks = MLT_TASK_BINARY,
    .direction = MLT_LOWER_IS_BETTER,
    .method = MLT_INTERVAL_INFLUENCE,
    .least = 0,
    .most = 1,
    .min_rows = MLT_MIN_ROWS,
    .min_clusters = MLT_MIN_CLUSTERS,
    .kind = MLT_METRIC_OF_MEANS,
    .terms = square_terms,
    .combine = combine,
};
