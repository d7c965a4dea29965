#include <math.h>

#include "harness/metrics/families.h"
#include "harness/stats/sum.h"

static bool rmse(const struct mlt_metric_input *in, double *out, double *influence,
                 const char **why, struct mlt_err *err)
{
    (void)why, (void)err;
    for (size_t i = 0; i < in->n; i++) {
        double error = in->score[i] - in->label[i];
        influence[i] = error * error;
    }
    double root = sqrt(mlt_metric_center(influence, in->n));
    for (size_t i = 0; root > 0 && i < in->n; i++)
        influence[i] /= 2 * root;
    *out = root;
    return true;
}

static bool mae(const struct mlt_metric_input *in, double *out, double *influence, const char **why,
                struct mlt_err *err)
{
    (void)why, (void)err;
    for (size_t i = 0; i < in->n; i++)
        influence[i] = fabs(in->score[i] - in->label[i]);
    *out = mlt_metric_center(influence, in->n);
    return true;
}

static bool bias(const struct mlt_metric_input *in, double *out, double *influence,
                 const char **why, struct mlt_err *err)
{
    (void)why, (void)err;
    for (size_t i = 0; i < in->n; i++)
        influence[i] = in->score[i] - in->label[i];
    *out = mlt_metric_center(influence, in->n);
    return true;
}

static bool all_equal(const double *x, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (x[i] != x[0])
            return false;
    return true;
}

/* R^2 = 1 - w / v with w the mean squared error and v the variance of the label; the mean of the
 * label moves v in second order only, so the influence of a row is
 * -(e^2 - w) / v + w ((y - mean)^2 - v) / v^2. */
static bool r2(const struct mlt_metric_input *in, double *out, double *influence, const char **why,
               struct mlt_err *err)
{
    (void)err;
    if (all_equal(in->label, in->n)) {
        *why = "the label has zero variance";
        *out = NAN;
        return true;
    }
    double mean = mlt_mean(in->label, in->n);
    struct mlt_sum errors = MLT_SUM_INIT, spread = MLT_SUM_INIT;
    for (size_t i = 0; i < in->n; i++) {
        double error = in->score[i] - in->label[i], deviation = in->label[i] - mean;
        mlt_sum_add(&errors, error * error);
        mlt_sum_add(&spread, deviation * deviation);
    }
    double w = mlt_sum_value(&errors) / (double)in->n;
    double v = mlt_sum_value(&spread) / (double)in->n;
    if (!(v > 0)) {
        *why = "the label has zero variance";
        *out = NAN;
        return true;
    }
    for (size_t i = 0; i < in->n; i++) {
        double error = in->score[i] - in->label[i], deviation = in->label[i] - mean;
        influence[i] = (w / v * (deviation * deviation - v) - (error * error - w)) / v;
    }
    *out = 1 - w / v;
    return true;
}

const struct mlt_metric_ops mlt_metric_rmse = {
    .abi = MLT_METRIC_ABI,
    .name = "rmse",
    .doc = "root of the mean squared error",
    .reference = "Hyndman & Koehler 2006, Int. J. Forecasting 22(4), section 2.1",
    .tasks = MLT_TASK_REGRESSION,
    .direction = MLT_LOWER_IS_BETTER,
    .method = MLT_INTERVAL_INFLUENCE,
    .min_rows = 30,
    .min_clusters = 20,
    .estimate = rmse,
};

const struct mlt_metric_ops mlt_metric_mae = {
    .abi = MLT_METRIC_ABI,
    .name = "mae",
    .doc = "mean absolute error",
    .reference = "Hyndman & Koehler 2006, Int. J. Forecasting 22(4), section 2.1",
    .tasks = MLT_TASK_REGRESSION,
    .direction = MLT_LOWER_IS_BETTER,
    .method = MLT_INTERVAL_INFLUENCE,
    .min_rows = 30,
    .min_clusters = 20,
    .estimate = mae,
};

const struct mlt_metric_ops mlt_metric_r2 = {
    .abi = MLT_METRIC_ABI,
    .name = "r2",
    .doc = "share of the label's variance that the model explains",
    .reference = "Kvalseth 1985, The American Statistician 39(4), equation R^2_1",
    .definition = "1 - SSE / SST, SST about the mean of these rows",
    .tasks = MLT_TASK_REGRESSION,
    .direction = MLT_HIGHER_IS_BETTER,
    .method = MLT_INTERVAL_INFLUENCE,
    .min_rows = 30,
    .min_clusters = 20,
    .estimate = r2,
};

const struct mlt_metric_ops mlt_metric_bias = {
    .abi = MLT_METRIC_ABI,
    .name = "bias",
    .doc = "mean of prediction minus label",
    .reference = "Hyndman & Koehler 2006, Int. J. Forecasting 22(4), section 2.1",
    .tasks = MLT_TASK_REGRESSION,
    .direction = MLT_DIRECTION_NONE,
    .method = MLT_INTERVAL_INFLUENCE,
    .min_rows = 30,
    .min_clusters = 20,
    .estimate = bias,
};
