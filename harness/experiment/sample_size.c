#include "harness/experiment/sample_size.h"

#include <math.h>
#include <stdlib.h>

#include "harness/experiment/effect.h"
#include "harness/experiment/events.h"
#include "harness/stats/power.h"

/* The arm that is to be shown larger is the first sample of harness/stats/power. */
struct comparison {
    struct mlt_sizing sizing;
    double larger, smaller, bound; /* shares */
    double distance;               /* means */
    double first;                  /* share of all units in the first sample */
};

static struct comparison compare(const struct mlt_sample_question *q, double effect)
{
    bool down = effect < 0 && q->margin == 0;
    double treatment = q->baseline + effect;
    struct comparison c = {
        .larger = down ? q->baseline : treatment,
        .smaller = down ? treatment : q->baseline,
        .bound = -q->margin,
        .distance = q->margin + (down ? -effect : effect),
        .first = down ? q->control : q->treatment,
    };
    c.sizing = (struct mlt_sizing){.alpha = q->alpha,
                                   .power = q->power,
                                   .ratio = (down ? q->treatment : q->control) / c.first,
                                   .inflation = q->factor};
    return c;
}

double mlt_sample_units(const struct mlt_sample_question *q, double effect)
{
    struct comparison c = compare(q, effect);
    double first = q->is_share
                       ? mlt_proportions_size(&c.sizing, c.larger, c.smaller, c.bound, false)
                       : mlt_means_size(&c.sizing, q->deviation, q->deviation, c.distance);
    return ceil(first / c.first);
}

double mlt_sample_power(const struct mlt_sample_question *q, double effect, double units)
{
    struct comparison c = compare(q, effect);
    double first = units * c.first;
    return q->is_share
               ? mlt_proportions_power(&c.sizing, c.larger, c.smaller, c.bound, false, first)
               : mlt_means_power(&c.sizing, q->deviation, q->deviation, c.distance, first);
}

/* The power of an effect, or of a margin around no effect. */
static double power_of(const struct mlt_sample_question *q, bool is_margin, double size,
                       double units)
{
    struct mlt_sample_question question = *q;
    question.margin = is_margin ? size : 0;
    return mlt_sample_power(&question, is_margin ? 0 : size, units);
}

double mlt_sample_detectable(const struct mlt_sample_question *q, bool is_margin, double units)
{
    enum { STEPS = 200 };
    double high = q->is_share ? (is_margin ? q->baseline : 1 - q->baseline) : q->deviation;
    for (int i = 0; !q->is_share && i < STEPS && power_of(q, is_margin, high, units) < q->power;
         i++)
        high *= 2;
    double low = 0;
    if (!(power_of(q, is_margin, high, units) >= q->power))
        return NAN;
    for (int i = 0; i < STEPS && high - low > 1e-13 * high; i++) {
        double middle = low + (high - low) / 2;
        if (power_of(q, is_margin, middle, units) >= q->power)
            high = middle;
        else
            low = middle;
    }
    return high;
}

static bool describe(const struct mlt_experiment_metric *metric, const struct mlt_arm_sums *sums,
                     const char *path, struct mlt_sample_baseline *out, struct mlt_err *err)
{
    struct mlt_metric_arms *arms = calloc(1, sizeof *arms);
    if (arms == NULL)
        return mlt_err_oom(err);
    mlt_metric_arms_of(metric, sums, 1, arms);
    *out = (struct mlt_sample_baseline){
        .units = sums->units,
        .estimate = arms->plain[0],
        .deviation = sqrt(arms->plain_variance[0] * (double)sums->units),
        .rho2 = metric->covariate == NULL ? 0 : arms->rho2,
    };
    const char *why = arms->undefined[0];
    free(arms);
    if (why != NULL)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "%s: %s has no value: %s", path, metric->name,
                           why);
    return (out->deviation > 0 && isfinite(out->deviation)) ||
           mlt_err_set(err, MLT_ERR_EVIDENCE,
                       "%s: %s is the same for every unit: nothing can be planned from it", path,
                       metric->name);
}

bool mlt_sample_baseline_read(const struct mlt_experiment *experiment,
                              struct mlt_sample_baseline *out, struct mlt_err *err)
{
    static const char *const everybody[] = {"all units"};
    struct mlt_experiment one = *experiment;
    struct mlt_events events;
    one.variant = NULL;
    one.arm = everybody;
    one.arms = 1;
    one.metrics = 1;
    if (!mlt_events_read(&one, &events, err))
        return false;
    struct mlt_arm_sums *sums = calloc(1, sizeof *sums);
    bool ok = sums != NULL || mlt_err_oom(err);
    if (ok) {
        mlt_events_add_up(&events, 0, sums);
        ok = describe(experiment->metric, sums, experiment->events, out, err);
    }
    free(sums);
    mlt_events_free(&events);
    return ok;
}
