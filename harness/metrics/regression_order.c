#include <math.h>
#include <stdlib.h>

#include "harness/metrics/families.h"
#include "harness/metrics/ranked.h"

/* Absolute errors in ascending order. */
struct errors {
    struct mlt_ranked ranked;
    double *size;   /* [groups], by group */
    mlt_mass *mass; /* [n], by row */
};

static void close_errors(void *state)
{
    struct errors *errors = state;
    if (errors == NULL)
        return;
    mlt_ranked_free(&errors->ranked);
    free(errors->size);
    free(errors->mass);
    free(errors);
}

static bool open_errors(const struct mlt_metric_input *in, double parameter, void **state,
                        const char **why, struct mlt_err *err)
{
    (void)parameter, (void)why;
    struct errors *errors = calloc(1, sizeof *errors);
    double *size = calloc(in->n + 1, sizeof *size);
    *state = NULL;
    if (errors == NULL || size == NULL) {
        free(size);
        free(errors);
        return mlt_err_oom(err);
    }
    for (size_t i = 0; i < in->n; i++)
        size[i] = fabs(in->score[i] - in->label[i]);
    errors->size = size;
    if (!mlt_ranked_make(size, in->n, &errors->ranked, err)) {
        close_errors(errors);
        return false;
    }
    if (!mlt_mass_make(in->weight, in->n, &errors->mass)) {
        close_errors(errors);
        return mlt_err_oom(err);
    }
    *state = errors;
    return true;
}

static mlt_mass group_mass(const struct errors *errors, const uint32_t *times, size_t g)
{
    mlt_mass mass = 0;
    for (size_t p = errors->ranked.start[g]; p < errors->ranked.start[g + 1]; p++)
        mass += mlt_mass_at(errors->mass, times, errors->ranked.row[p]);
    return mass;
}

static double group_size(const struct errors *errors, size_t g)
{
    return errors->size[errors->ranked.row[errors->ranked.start[g]]];
}

/* The mean of the lower and the upper median: the least value with at least half of the weight at
 * or below it, and the least with more than half. */
static double median(const void *state, const uint32_t *times)
{
    const struct errors *errors = state;
    mlt_mass total = 0, below = 0;
    for (size_t i = 0; i < errors->ranked.n; i++)
        total += mlt_mass_at(errors->mass, times, i);
    if (total == 0)
        return NAN;
    double lower = NAN;
    for (size_t g = 0; g < errors->ranked.groups; g++) {
        below += group_mass(errors, times, g);
        if (isnan(lower) && 2 * below >= total)
            lower = group_size(errors, g);
        if (2 * below > total)
            return lower / 2 + group_size(errors, g) / 2;
    }
    return NAN;
}

static double greatest(const void *state, const uint32_t *times)
{
    const struct errors *errors = state;
    for (size_t g = errors->ranked.groups; g-- > 0;)
        if (group_mass(errors, times, g) > 0)
            return group_size(errors, g);
    return NAN;
}

const struct mlt_metric_ops mlt_metric_median_ae = {
    .abi = MLT_METRIC_ABI,
    .name = "median_ae",
    .doc = "median absolute error",
    .reference = "Hyndman & Koehler 2006, Int. J. Forecasting 22(4), section 2.1",
    .definition = "mean of the lower and the upper median",
    .interval = "a quantile's influence needs a density: bootstrap",
    .tasks = MLT_TASK_REGRESSION,
    .direction = MLT_LOWER_IS_BETTER,
    .method = MLT_INTERVAL_BOOTSTRAP,
    .least = 0,
    .most = INFINITY,
    .min_rows = MLT_MIN_ROWS,
    .min_clusters = MLT_MIN_CLUSTERS,
    .kind = MLT_METRIC_OF_COLUMNS,
    .open = open_errors,
    .value = median,
    .close = close_errors,
};

const struct mlt_metric_ops mlt_metric_max_error = {
    .abi = MLT_METRIC_ABI,
    .name = "max_error",
    .doc = "the largest absolute error",
    .reference = "scikit-learn 1.2, sklearn.metrics.max_error",
    .definition = "weights do not matter beyond being above 0",
    .interval = "an extreme has no interval from one sample: judged as a point",
    .tasks = MLT_TASK_REGRESSION,
    .direction = MLT_LOWER_IS_BETTER,
    .method = MLT_INTERVAL_NONE,
    .least = 0,
    .most = INFINITY,
    .min_rows = 1,
    .min_clusters = 1,
    .kind = MLT_METRIC_OF_COLUMNS,
    .open = open_errors,
    .value = greatest,
    .close = close_errors,
};
