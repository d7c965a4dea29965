#include "harness/stats/bootstrap_interval.h"

#include <math.h>
#include <stdlib.h>

#include "harness/stats/dist.h"
#include "harness/stats/quantile.h"
#include "harness/stats/sum.h"

/* Sorted values whose quantiles are the ends of the interval, and the correction of the levels. */
struct draws {
    double *value;
    size_t n;
    double bias, acceleration; /* 0 but for BCa */
};

static double pseudo_value(const struct mlt_bootstrap_basis *basis, double replicate, size_t i)
{
    switch (basis->kind) {
    case MLT_BOOTSTRAP_PERCENTILE:
    case MLT_BOOTSTRAP_BCA:
        return replicate;
    case MLT_BOOTSTRAP_BASIC:
        return 2 * basis->estimate - replicate;
    case MLT_BOOTSTRAP_STUDENTISED:
        if (!(basis->replicate_error[i] > 0))
            return NAN;
        return basis->estimate -
               basis->standard_error * ((replicate - basis->estimate) / basis->replicate_error[i]);
    }
    return NAN;
}

/* How many are below x, and how many at or below it. */
static size_t count_below(const struct draws *draws, double x, bool or_equal)
{
    size_t low = 0, high = draws->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (draws->value[middle] < x || (or_equal && draws->value[middle] == x))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The level at which BCa takes the quantile for a normal score z of the wanted level; NaN where the
 * correction diverges. */
static double corrected_level(const struct draws *draws, double z)
{
    double shifted = draws->bias + z, stretch = 1 - draws->acceleration * shifted;
    return stretch > 0 ? mlt_normal_cdf(draws->bias + shifted / stretch) : NAN;
}

/* The inverse: from a level of the draws to the level of the test. Where no level leads there, the
 * uncorrected one stands. */
static double uncorrected_level(const struct draws *draws, double level)
{
    if (draws->bias == 0 && draws->acceleration == 0)
        return level;
    if (!(level > 0) || !(level < 1))
        return level;
    double w = mlt_normal_quantile(level) - draws->bias, stretch = 1 + draws->acceleration * w;
    return stretch > 0 ? mlt_normal_cdf(w / stretch - draws->bias) : level;
}

/* NaN when there are too few draws for the level. */
static double quantile(const struct draws *draws, double level)
{
    double position = level * ((double)draws->n + 1);
    if (!(position >= 1) || !(position <= (double)draws->n))
        return NAN;
    size_t rank = (size_t)position;
    double rest = position - (double)rank, at = draws->value[rank - 1];
    return rank < draws->n && rest > 0 ? at + rest * (draws->value[rank] - at) : at;
}

static const char *collect(const struct mlt_bootstrap_basis *basis, const double *replicate,
                           size_t n, struct draws *draws)
{
    for (size_t i = 0; i < n; i++) {
        double x = pseudo_value(basis, replicate[i], i);
        if (!isnan(x))
            draws->value[draws->n++] = x;
    }
    size_t undefined = n - draws->n;
    if (undefined * 20 > n)
        return "more than 5 % of the replicates are undefined";
    if (draws->n == 0)
        return "there are no replicates";
    if (!isfinite(basis->estimate))
        return "the estimate is undefined";
    mlt_sort(draws->value, draws->n);
    if (!isfinite(draws->value[0]) || !isfinite(draws->value[draws->n - 1]))
        return "a replicate is infinite";
    if (draws->value[0] == draws->value[draws->n - 1])
        return "the replicates do not vary";
    return NULL;
}

static const char *correct(const struct mlt_bootstrap_basis *basis, struct draws *draws)
{
    if (basis->kind != MLT_BOOTSTRAP_BCA)
        return NULL;
    if (!isfinite(basis->acceleration))
        return "BCa has no acceleration";
    size_t below = count_below(draws, basis->estimate, false);
    size_t upto = count_below(draws, basis->estimate, true);
    if (upto == 0 || below == draws->n)
        return "all replicates lie on one side of the estimate";
    draws->acceleration = basis->acceleration;
    draws->bias = mlt_normal_quantile(0.5 * (double)(below + upto) / (double)draws->n);
    return NULL;
}

static void judge_margin(const struct draws *draws, double margin, struct mlt_bootstrap_result *out)
{
    size_t n = draws->n, below = count_below(draws, margin, false);
    size_t above = n - below, upto = count_below(draws, margin, true);
    double all = (double)n + 1;
    struct mlt_interval range = mlt_clopper_pearson(above, n, MLT_BOOTSTRAP_MONTE_CARLO);
    out->p_at_least = 1 - uncorrected_level(draws, 1 - ((double)above + 1) / all);
    out->p_at_least_range.lo = 1 - uncorrected_level(draws, 1 - range.lo);
    out->p_at_least_range.hi = 1 - uncorrected_level(draws, 1 - range.hi);
    range = mlt_clopper_pearson(upto, n, MLT_BOOTSTRAP_MONTE_CARLO);
    out->p_at_most = uncorrected_level(draws, ((double)upto + 1) / all);
    out->p_at_most_range.lo = uncorrected_level(draws, range.lo);
    out->p_at_most_range.hi = uncorrected_level(draws, range.hi);
}

static const char *judge_draws(const struct mlt_bootstrap_basis *basis, struct draws *draws,
                               double alpha, double margin, struct mlt_bootstrap_result *out)
{
    const char *why = correct(basis, draws);
    if (why != NULL)
        return why;
    double low = alpha, high = 1 - alpha;
    if (basis->kind == MLT_BOOTSTRAP_BCA) {
        double z = mlt_normal_quantile(alpha);
        low = corrected_level(draws, z);
        high = corrected_level(draws, -z);
    }
    struct mlt_interval interval = {quantile(draws, low), quantile(draws, high)};
    if (isnan(margin))
        return "the margin is undefined";
    if (isnan(low) || isnan(high))
        return "the BCa correction diverges";
    if (isnan(interval.lo) || isnan(interval.hi)) {
        out->wants_more = true;
        return "there are too few replicates for this level";
    }
    out->interval = interval;
    judge_margin(draws, margin, out);
    return NULL;
}

bool mlt_bootstrap_judge(const struct mlt_bootstrap_basis *basis, const double *replicate, size_t n,
                         double alpha, double margin, struct mlt_bootstrap_result *out,
                         struct mlt_err *err)
{
    if (!(alpha > 0) || !(alpha < 0.5))
        return mlt_err_set(err, MLT_ERR_USAGE, "alpha is %g, not between 0 and 1/2", alpha);
    if (basis->kind == MLT_BOOTSTRAP_STUDENTISED && basis->replicate_error == NULL)
        return mlt_err_set(err, MLT_ERR_USAGE, "a studentised bootstrap needs standard errors");
    struct draws draws = {.value = malloc((n + 1) * sizeof(double))};
    if (draws.value == NULL)
        return mlt_err_oom(err);
    struct mlt_interval none = {NAN, NAN};
    *out = (struct mlt_bootstrap_result){none, NAN, NAN, none, none, n, 0, NULL, false};
    out->why = collect(basis, replicate, n, &draws);
    out->undefined = n - draws.n;
    if (out->why == NULL)
        out->why = judge_draws(basis, &draws, alpha, margin, out);
    free(draws.value);
    return true;
}

double mlt_bootstrap_acceleration(const double *influence, size_t n)
{
    double largest = 0;
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(influence[i]))
            return NAN;
        largest = fmax(largest, fabs(influence[i]));
    }
    /* Scaled, so that cubes neither overflow nor vanish; NaN from 0 / 0 when all are 0. */
    struct mlt_sum squares = MLT_SUM_INIT, cubes = MLT_SUM_INIT;
    for (size_t i = 0; i < n; i++) {
        double u = influence[i] / largest;
        mlt_sum_add(&squares, u * u);
        mlt_sum_add(&cubes, u * u * u);
    }
    double s = mlt_sum_value(&squares);
    return mlt_sum_value(&cubes) / (6 * s * sqrt(s));
}

double mlt_bootstrap_acceleration_jackknife(const double *left_out, size_t n)
{
    double *influence = malloc((n + 1) * sizeof *influence);
    if (influence == NULL)
        return NAN;
    double mean = mlt_mean(left_out, n);
    for (size_t i = 0; i < n; i++)
        influence[i] = mean - left_out[i];
    double acceleration = mlt_bootstrap_acceleration(influence, n);
    free(influence);
    return acceleration;
}
