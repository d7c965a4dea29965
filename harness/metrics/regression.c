#include <math.h>

#include "harness/metrics/families.h"

static void fill_squared_error(const struct mlt_metric_input *in, double parameter, double *out)
{
    (void)parameter;
    for (size_t i = 0; i < in->n; i++) {
        double error = in->score[i] - in->label[i];
        out[i] = error * error;
    }
}

static void fill_absolute_error(const struct mlt_metric_input *in, double parameter, double *out)
{
    (void)parameter;
    for (size_t i = 0; i < in->n; i++)
        out[i] = fabs(in->score[i] - in->label[i]);
}

static void fill_error(const struct mlt_metric_input *in, double parameter, double *out)
{
    (void)parameter;
    for (size_t i = 0; i < in->n; i++)
        out[i] = in->score[i] - in->label[i];
}

static void fill_relative_error(const struct mlt_metric_input *in, double parameter, double *out)
{
    (void)parameter;
    for (size_t i = 0; i < in->n; i++)
        out[i] = in->label[i] == 0 ? NAN : fabs((in->score[i] - in->label[i]) / in->label[i]);
}

static void fill_symmetric_error(const struct mlt_metric_input *in, double parameter, double *out)
{
    (void)parameter;
    for (size_t i = 0; i < in->n; i++) {
        double half = fabs(in->label[i]) / 2 + fabs(in->score[i]) / 2;
        out[i] = half == 0 ? 0 : fabs(in->score[i] - in->label[i]) / half;
    }
}

static void fill_pinball(const struct mlt_metric_input *in, double parameter, double *out)
{
    for (size_t i = 0; i < in->n; i++) {
        double below = in->label[i] - in->score[i];
        out[i] = below >= 0 ? parameter * below : (parameter - 1) * below;
    }
}

static void fill_label(const struct mlt_metric_input *in, double parameter, double *out)
{
    (void)parameter;
    for (size_t i = 0; i < in->n; i++)
        out[i] = in->label[i];
}

static void fill_label_squared(const struct mlt_metric_input *in, double parameter, double *out)
{
    (void)parameter;
    for (size_t i = 0; i < in->n; i++)
        out[i] = in->label[i] * in->label[i];
}

/* What rounding took from the square: without it a large mean leaves nothing of the spread. */
static void fill_label_squared_rest(const struct mlt_metric_input *in, double parameter,
                                    double *out)
{
    (void)parameter;
    for (size_t i = 0; i < in->n; i++)
        out[i] = mlt_wide_product(in->label[i], in->label[i]).lo;
}

static const struct mlt_term squared_error = {
    .name = "squared error", .watched = true, .fill = fill_squared_error};
static const struct mlt_term absolute_error = {.name = "absolute error",
                                               .fill = fill_absolute_error};
static const struct mlt_term error_term = {.name = "error", .fill = fill_error};
static const struct mlt_term relative_error = {.name = "relative error",
                                               .fill = fill_relative_error};
static const struct mlt_term symmetric_error = {.name = "symmetric relative error",
                                                .fill = fill_symmetric_error};
static const struct mlt_term pinball_term = {.name = "pinball", .fill = fill_pinball};
static const struct mlt_term label_term = {.name = "label", .of_label = true, .fill = fill_label};
static const struct mlt_term label_squared = {
    .name = "squared label", .of_label = true, .fill = fill_label_squared};
static const struct mlt_term label_squared_rest = {
    .name = "rest of the squared label", .of_label = true, .fill = fill_label_squared_rest};

static const struct mlt_term *const squared_error_terms[] = {&squared_error, NULL};
static const struct mlt_term *const absolute_error_terms[] = {&absolute_error, NULL};
static const struct mlt_term *const error_terms[] = {&error_term, NULL};
static const struct mlt_term *const relative_error_terms[] = {&relative_error, NULL};
static const struct mlt_term *const symmetric_error_terms[] = {&symmetric_error, NULL};
static const struct mlt_term *const pinball_terms[] = {&pinball_term, NULL};
static const struct mlt_term *const r2_terms[] = {&squared_error, &label_term, &label_squared,
                                                  &label_squared_rest, NULL};

static void combine_rmse(const struct mlt_wide *mean, double parameter, struct mlt_wide *value,
                         double *gradient, const char **why)
{
    mlt_metric_mean(mean, parameter, value, gradient, why);
    *value = mlt_wide_sqrt(*value);
    double root = mlt_wide_value(*value);
    /* No error anywhere: nothing moves it. */
    gradient[0] = root > 0 ? 0.5 / root : 0;
}

static void combine_mape(const struct mlt_wide *mean, double parameter, struct mlt_wide *value,
                         double *gradient, const char **why)
{
    mlt_metric_mean(mean, parameter, value, gradient, why);
    if (isnan(mlt_wide_value(*value)))
        *why = "a label is 0";
}

/* R^2 = 1 - w / v with w the mean squared error and v the variance of the label. A spread below
 * 1e-12 of the label's size is none: of v too few digits would be left. */
static void combine_r2(const struct mlt_wide *mean, double parameter, struct mlt_wide *value,
                       double *gradient, const char **why)
{
    (void)parameter;
    const double least = 0x1p-80;
    struct mlt_wide square = mlt_wide_add(mean[2], mean[3]);
    struct mlt_wide v = mlt_wide_sub(square, mlt_wide_mul(mean[1], mean[1]));
    double spread = mlt_wide_value(v);
    *value = mlt_wide_from(NAN);
    for (int i = 0; i < 4; i++)
        gradient[i] = NAN;
    if (isnan(spread) || isinf(mlt_wide_value(square))) {
        *why = "the label's squares are beyond the range of numbers";
        return;
    }
    if (!(spread > least * mlt_wide_value(square))) {
        *why = "the label has zero variance";
        return;
    }
    struct mlt_wide left = mlt_wide_div(mean[0], v);
    *value = mlt_wide_sub(mlt_wide_from(1), left);
    double slope = mlt_wide_value(left) / spread;
    gradient[0] = -1 / spread;
    gradient[1] = -2 * mlt_wide_value(mean[1]) * slope;
    gradient[2] = gradient[3] = slope;
}

const struct mlt_metric_ops mlt_metric_rmse = {
    .abi = MLT_METRIC_ABI,
    .name = "rmse",
    .doc = "root of the mean squared error",
    .reference = "Hyndman & Koehler 2006, Int. J. Forecasting 22(4), section 2.1",
    .interval = "a smooth function of a mean: delta method",
    .tasks = MLT_TASK_REGRESSION,
    .direction = MLT_LOWER_IS_BETTER,
    .method = MLT_INTERVAL_INFLUENCE,
    .least = 0,
    .most = INFINITY,
    .min_rows = MLT_MIN_ROWS,
    .min_clusters = MLT_MIN_CLUSTERS,
    .kind = MLT_METRIC_OF_MEANS,
    .terms = squared_error_terms,
    .combine = combine_rmse,
};

const struct mlt_metric_ops mlt_metric_mae = {
    .abi = MLT_METRIC_ABI,
    .name = "mae",
    .doc = "mean absolute error",
    .reference = "Hyndman & Koehler 2006, Int. J. Forecasting 22(4), section 2.1",
    .interval = "a mean: Student's t",
    .tasks = MLT_TASK_REGRESSION,
    .direction = MLT_LOWER_IS_BETTER,
    .method = MLT_INTERVAL_INFLUENCE,
    .least = 0,
    .most = INFINITY,
    .min_rows = MLT_MIN_ROWS,
    .min_clusters = MLT_MIN_CLUSTERS,
    .kind = MLT_METRIC_OF_MEANS,
    .terms = absolute_error_terms,
    .combine = mlt_metric_mean,
};

const struct mlt_metric_ops mlt_metric_mape = {
    .abi = MLT_METRIC_ABI,
    .name = "mape",
    .doc = "mean of the absolute error by the size of the label, as a share",
    .reference = "Hyndman & Koehler 2006, Int. J. Forecasting 22(4), section 2.2",
    .definition = "undefined where a label is 0 (no epsilon below the line)",
    .interval = "a mean: Student's t",
    .tasks = MLT_TASK_REGRESSION,
    .direction = MLT_LOWER_IS_BETTER,
    .method = MLT_INTERVAL_INFLUENCE,
    .least = 0,
    .most = INFINITY,
    .min_rows = MLT_MIN_ROWS,
    .min_clusters = MLT_MIN_CLUSTERS,
    .kind = MLT_METRIC_OF_MEANS,
    .terms = relative_error_terms,
    .combine = combine_mape,
};

const struct mlt_metric_ops mlt_metric_smape = {
    .abi = MLT_METRIC_ABI,
    .name = "smape",
    .doc = "mean of the absolute error by the mean size of label and prediction, as a share",
    .reference = "Makridakis & Hibon 2000, Int. J. Forecasting 16(4), appendix A",
    .definition = "mean of 2 abs(f - y) / (abs(y) + abs(f)), 0 where both are 0",
    .interval = "a mean: Student's t",
    .tasks = MLT_TASK_REGRESSION,
    .direction = MLT_LOWER_IS_BETTER,
    .method = MLT_INTERVAL_INFLUENCE,
    .least = 0,
    .most = 2,
    .min_rows = MLT_MIN_ROWS,
    .min_clusters = MLT_MIN_CLUSTERS,
    .kind = MLT_METRIC_OF_MEANS,
    .terms = symmetric_error_terms,
    .combine = mlt_metric_mean,
};

const struct mlt_metric_ops mlt_metric_r2 = {
    .abi = MLT_METRIC_ABI,
    .name = "r2",
    .doc = "share of the label's variance that the model explains",
    .reference = "Kvalseth 1985, The American Statistician 39(4), equation R^2_1",
    .definition = "1 - SSE / SST, SST about the mean of these rows",
    .interval = "a smooth function of means: delta method",
    .tasks = MLT_TASK_REGRESSION,
    .direction = MLT_HIGHER_IS_BETTER,
    .method = MLT_INTERVAL_INFLUENCE,
    .least = -INFINITY,
    .most = 1,
    .min_rows = MLT_MIN_ROWS,
    .min_clusters = MLT_MIN_CLUSTERS,
    .kind = MLT_METRIC_OF_MEANS,
    .terms = r2_terms,
    .combine = combine_r2,
};

const struct mlt_metric_ops mlt_metric_bias = {
    .abi = MLT_METRIC_ABI,
    .name = "bias",
    .doc = "mean of prediction minus label",
    .reference = "Hyndman & Koehler 2006, Int. J. Forecasting 22(4), section 2.1",
    .interval = "a mean: Student's t",
    .tasks = MLT_TASK_REGRESSION,
    .direction = MLT_DIRECTION_NONE,
    .method = MLT_INTERVAL_INFLUENCE,
    .least = -INFINITY,
    .most = INFINITY,
    .min_rows = MLT_MIN_ROWS,
    .min_clusters = MLT_MIN_CLUSTERS,
    .kind = MLT_METRIC_OF_MEANS,
    .terms = error_terms,
    .combine = mlt_metric_mean,
};

static const struct mlt_metric_parameter pinball_parameter = {
    .doc = "the quantile that is predicted", .min = 0, .max = 1, .usual = NAN};

const struct mlt_metric_ops mlt_metric_pinball = {
    .abi = MLT_METRIC_ABI,
    .name = "pinball",
    .doc = "mean loss of a predicted quantile",
    .reference = "Koenker & Bassett 1978, Econometrica 46(1), equation 2.1",
    .definition = "mean of q (y - f) where y >= f, else (1 - q) (f - y)",
    .interval = "a mean: Student's t",
    .tasks = MLT_TASK_REGRESSION,
    .direction = MLT_LOWER_IS_BETTER,
    .method = MLT_INTERVAL_INFLUENCE,
    .least = 0,
    .most = INFINITY,
    .min_rows = MLT_MIN_ROWS,
    .min_clusters = MLT_MIN_CLUSTERS,
    .parameter = &pinball_parameter,
    .kind = MLT_METRIC_OF_MEANS,
    .terms = pinball_terms,
    .combine = mlt_metric_mean,
};
