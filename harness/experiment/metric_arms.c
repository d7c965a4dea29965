#include <math.h>

#include "harness/experiment/effect.h"

static double variance_of(const struct mlt_arm_moments *moments,
                          const double weight[MLT_ARM_VALUES])
{
    double n = (double)moments->units;
    if (moments->units < 2)
        return NAN;
    return mlt_wide_value(mlt_arm_moments_form(moments, weight, weight)) / (n - 1) / n;
}

/* A share of 0 or 1 is known with the spread, and the skewness, of what one more unit either way
 * could make of it: k + 1 of n + 2, where that spreads more. */
static void set_share(struct mlt_metric_arms *out, size_t arm)
{
    const struct mlt_arm_moments *moments = &out->moments[arm];
    double n = (double)moments->units, share = moments->mean[MLT_ARM_Y];
    double careful = (share * n + 1) / (n + 2);
    double spread = careful * (1 - careful) / (n + 2);
    bool is_careful = spread > out->plain_variance[arm];
    if (is_careful) {
        out->plain_variance[arm] = spread;
        share = careful;
        n += 2;
    }
    /* The third central moment of a share of independent units. */
    out->third[arm] = share * (1 - share) * (1 - 2 * share) / n / n;
}

/* A ratio needs a denominator that is not 0, give or take three standard errors. */
static const char *ratio_fault(const struct mlt_arm_moments *moments)
{
    static const double only_d[MLT_ARM_VALUES] = {0, 1, 0};
    double mean = moments->mean[MLT_ARM_D];
    if (mean == 0)
        return "the denominator is 0";
    return fabs(mean) > 3 * sqrt(variance_of(moments, only_d)) ? NULL : "the denominator may be 0";
}

static void set_plain(struct mlt_metric_arms *out, size_t arm)
{
    const struct mlt_arm_moments *moments = &out->moments[arm];
    double *weight = out->weight[arm];
    weight[MLT_ARM_Y] = 1;
    weight[MLT_ARM_D] = weight[MLT_ARM_X] = 0;
    out->plain[arm] = out->plain_variance[arm] = NAN;
    if (moments->units < 2)
        out->undefined[arm] = moments->units == 0 ? "no units" : "one unit only";
    else if (out->metric->kind == MLT_EXPERIMENT_RATIO)
        out->undefined[arm] = ratio_fault(moments);
    if (out->undefined[arm] != NULL)
        return;
    out->plain[arm] = moments->mean[MLT_ARM_Y];
    if (out->metric->kind == MLT_EXPERIMENT_RATIO) {
        double mean = moments->mean[MLT_ARM_D];
        out->plain[arm] /= mean;
        weight[MLT_ARM_Y] = 1 / mean;
        weight[MLT_ARM_D] = -out->plain[arm] / mean;
    }
    out->plain_variance[arm] = variance_of(moments, weight);
    if (out->metric->kind == MLT_EXPERIMENT_PROPORTION)
        set_share(out, arm);
}

/* Sums within the arms of y y, y x and x x, as deviations. */
struct pooled {
    double yy, yx, xx;
    double units, mean; /* of x over all arms */
};

static struct pooled pool(const struct mlt_metric_arms *arms)
{
    static const double only_x[MLT_ARM_VALUES] = {0, 0, 1};
    struct mlt_wide yy = {0, 0}, yx = {0, 0}, xx = {0, 0}, sum = {0, 0};
    struct pooled out = {0};
    for (size_t a = 0; a < arms->arms; a++) {
        const struct mlt_arm_moments *moments = &arms->moments[a];
        if (arms->undefined[a] != NULL)
            continue;
        yy = mlt_wide_add(yy, mlt_arm_moments_form(moments, arms->weight[a], arms->weight[a]));
        yx = mlt_wide_add(yx, mlt_arm_moments_form(moments, arms->weight[a], only_x));
        xx = mlt_wide_add(xx, mlt_arm_moments_form(moments, only_x, only_x));
        sum = mlt_wide_add(
            sum, mlt_wide_scale(mlt_wide_from(moments->mean[MLT_ARM_X]), (double)moments->units));
        out.units += (double)moments->units;
    }
    out.yy = mlt_wide_value(yy);
    out.yx = mlt_wide_value(yx);
    out.xx = mlt_wide_value(xx);
    out.mean = mlt_wide_value(sum) / out.units;
    return out;
}

/* A covariate without spread explains nothing: theta 0. */
static void adjust(struct mlt_metric_arms *arms)
{
    struct pooled pooled = pool(arms);
    bool spread = pooled.xx > 0;
    arms->theta = spread ? pooled.yx / pooled.xx : 0;
    arms->rho2 = spread && pooled.yy > 0 ? pooled.yx * arms->theta / pooled.yy : 0;
    arms->shared_variance =
        arms->theta * arms->theta * pooled.xx / (pooled.units - (double)arms->arms) / pooled.units;
    for (size_t a = 0; a < arms->arms; a++) {
        if (arms->undefined[a] != NULL)
            continue;
        double raw = variance_of(&arms->moments[a], arms->weight[a]);
        arms->weight[a][MLT_ARM_X] = -arms->theta;
        arms->third[a] = NAN;
        arms->estimate[a] -= arms->theta * (arms->moments[a].mean[MLT_ARM_X] - pooled.mean);
        arms->variance[a] = variance_of(&arms->moments[a], arms->weight[a]);
        if (raw > 0)
            arms->variance[a] *= arms->plain_variance[a] / raw;
    }
}

void mlt_metric_arms_of(const struct mlt_experiment_metric *metric, const struct mlt_arm_sums *sums,
                        size_t arms, struct mlt_metric_arms *out)
{
    *out = (struct mlt_metric_arms){.metric = metric, .arms = arms, .theta = NAN, .rho2 = NAN};
    for (size_t a = 0; a < arms; a++) {
        mlt_arm_moments_of(&sums[a], &out->moments[a]);
        out->third[a] = NAN;
        set_plain(out, a);
        out->estimate[a] = out->plain[a];
        out->variance[a] = out->plain_variance[a];
    }
    if (metric->covariate != NULL)
        adjust(out);
}
