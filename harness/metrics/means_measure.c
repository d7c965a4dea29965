#include "harness/metrics/means_state.h"

#include <math.h>
#include <string.h>

static int64_t count_at(const struct mlt_means_plan *plan, const struct mlt_means *state, int slot)
{
    return mlt_means_wholes(state)[plan->slots[slot].at];
}

/* Rounding a sum walks over all of its digits, and third moments ask for the same few sums hundreds
 * of times: the last ones rounded are kept. */
enum { KEPT_SUMS = 128 };

struct kept_sum {
    size_t place; /* of the exact sum, plus one; 0: none */
    struct mlt_wide sum;
};

/* The state at hand, with what all of its metrics need. */
struct reading {
    const struct mlt_means_plan *plan;
    const struct mlt_means *state;
    struct mlt_wide total; /* sum of weights, or rows */
    struct kept_sum *kept; /* [KEPT_SUMS], by place */
};

static struct mlt_wide exact_at(const struct reading *r, size_t at)
{
    struct kept_sum *kept = &r->kept[at % KEPT_SUMS];
    if (kept->place != at + 1)
        *kept = (struct kept_sum){at + 1, mlt_exact_wide(&mlt_means_exacts(r->plan, r->state)[at])};
    return kept->sum;
}

/* The sum of a slot that was planned. */
static struct mlt_wide sum_of(const struct reading *r, int a, int b, int c)
{
    int found = mlt_means_find_slot(r->plan, a, b, c);
    if (found < 0)
        return mlt_wide_from(NAN);
    const struct mlt_means_slot *slot = &r->plan->slots[found];
    if (!slot->whole)
        return exact_at(r, slot->at);
    int64_t sum = mlt_means_wholes(r->state)[slot->at];
    struct mlt_wide size =
        mlt_wide_from_count(sum < 0 ? 0 - (unsigned long long)sum : (unsigned long long)sum);
    return sum < 0 ? mlt_wide_neg(size) : size;
}

/* What the state's sums say of one version. */
struct estimate {
    double value;
    double gradient[MLT_METRIC_MAX_TERMS];
    const char *why;
};

static struct estimate estimate_side(const struct reading *r, const struct mlt_metric *metric,
                                     const struct mlt_means_used *used, int side)
{
    struct mlt_wide mean[MLT_METRIC_MAX_TERMS], value = mlt_wide_from(NAN);
    struct estimate out = {.value = NAN};
    for (size_t t = 0; t < used->term_count; t++)
        mean[t] = mlt_wide_div(sum_of(r, used->variable[side][t], -1, -1), r->total);
    metric->ops->combine(mean, metric->parameter, &value, out.gradient, &out.why);
    out.value = mlt_wide_value(value);
    return out;
}

/* What is so small beside the sums that it was made from is their rounding: nothing is left.
 * Doubles that differ at all leave more. */
static struct mlt_wide settle(struct mlt_wide rest, struct mlt_wide sums)
{
    return fabs(rest.hi) <= 0x1p-96 * fabs(sums.hi) ? mlt_wide_from(0) : rest;
}

/* n(n-1) times the covariance of the means of two variables. With weights of importance the means
 * are ratios of sums, and x is x - mean(x) w (Cochran 1977, section 6.3). */
static struct mlt_wide comoment(const struct reading *r, int a, int b)
{
    struct mlt_wide products = sum_of(r, a, b, -1);
    struct mlt_wide sum_a = sum_of(r, a, -1, -1);
    struct mlt_wide sum_b = sum_of(r, b, -1, -1);
    struct mlt_wide mean_a = mlt_wide_div(sum_a, r->total);
    if (r->plan->options.weighting != MLT_WEIGHT_IMPORTANCE)
        return settle(mlt_wide_sub(products, mlt_wide_mul(mean_a, sum_b)), products);
    int w = r->plan->weight;
    struct mlt_wide mean_b = mlt_wide_div(sum_b, r->total);
    struct mlt_wide out = products;
    out = mlt_wide_sub(out, mlt_wide_mul(mean_a, sum_of(r, w, b, -1)));
    out = mlt_wide_sub(out, mlt_wide_mul(mean_b, sum_of(r, w, a, -1)));
    struct mlt_wide both = mlt_wide_mul(mean_a, mean_b);
    out = mlt_wide_add(out, mlt_wide_mul(both, sum_of(r, w, w, -1)));
    return settle(out, products);
}

/* Rows that the variance may count, less one. */
static double degrees(const struct reading *r)
{
    bool frequency = r->plan->options.weighting == MLT_WEIGHT_FREQUENCY;
    return (double)(frequency ? r->state->counted : r->state->rows) - 1;
}

static double covariance(const struct reading *r, const struct mlt_means_used *used, int side_a,
                         const struct estimate *a, int side_b, const struct estimate *b)
{
    double df = degrees(r), rows = df + 1;
    if (!(df >= 1) || !r->plan->options.with_intervals)
        return NAN;
    struct mlt_wide sum = mlt_wide_from(0);
    double sizes = 0;
    for (size_t i = 0; i < used->term_count; i++)
        for (size_t k = 0; k < used->term_count; k++) {
            struct mlt_wide moment =
                comoment(r, used->variable[side_a][i], used->variable[side_b][k]);
            moment = mlt_wide_scale(mlt_wide_scale(moment, a->gradient[i]), b->gradient[k]);
            sum = mlt_wide_add(sum, moment);
            sizes += fabs(moment.hi);
        }
    /* Where terms cancel, the derivatives, which are doubles, leave so much of a zero. */
    if (used->term_count > 1 && fabs(sum.hi) <= 0x1p-50 * sizes)
        return 0;
    double total = mlt_wide_value(r->total);
    double out = r->plan->options.weighting == MLT_WEIGHT_IMPORTANCE
                     ? mlt_wide_value(sum) / total / total * (rows / df)
                     : mlt_wide_value(sum) / rows / df;
    /* What rounding left of a zero. */
    return side_a == side_b && out < 0 ? 0 : out;
}

/* The sum over rows of (x - mean x)(y - mean y)(z - mean z), from raw sums. */
static struct mlt_wide third_moment(const struct reading *r, int x, int y, int z)
{
    struct mlt_wide mx = mlt_wide_div(sum_of(r, x, -1, -1), r->total);
    struct mlt_wide my = mlt_wide_div(sum_of(r, y, -1, -1), r->total);
    struct mlt_wide mz = mlt_wide_div(sum_of(r, z, -1, -1), r->total);
    const struct mlt_wide products = sum_of(r, x, y, z);
    struct mlt_wide out = products;
    out = mlt_wide_sub(out, mlt_wide_mul(mx, sum_of(r, y, z, -1)));
    out = mlt_wide_sub(out, mlt_wide_mul(my, sum_of(r, x, z, -1)));
    out = mlt_wide_sub(out, mlt_wide_mul(mz, sum_of(r, x, y, -1)));
    struct mlt_wide means = mlt_wide_mul(mlt_wide_mul(mx, my), mz);
    out = mlt_wide_add(out, mlt_wide_mul(mlt_wide_scale(means, 2), r->total));
    return settle(out, products);
}

/* One version's part in a third moment. */
struct part {
    int side;
    const struct estimate *of;
};

/* The sum over rows of the product of three influence values, from those of the terms. */
static double third_of(const struct reading *r, const struct mlt_means_used *used,
                       const struct part part[3])
{
    struct mlt_wide sum = mlt_wide_from(0);
    for (size_t i = 0; i < used->term_count; i++)
        for (size_t j = 0; j < used->term_count; j++)
            for (size_t k = 0; k < used->term_count; k++) {
                struct mlt_wide moment =
                    third_moment(r, used->variable[part[0].side][i],
                                 used->variable[part[1].side][j], used->variable[part[2].side][k]);
                moment = mlt_wide_scale(moment, part[0].of->gradient[i]);
                moment = mlt_wide_scale(moment, part[1].of->gradient[j]);
                sum = mlt_wide_add(sum, mlt_wide_scale(moment, part[2].of->gradient[k]));
            }
    double n = mlt_wide_value(r->total);
    return mlt_wide_value(sum) / (n * n * n);
}

static void fill_third(const struct reading *r, const struct mlt_means_used *used,
                       const struct estimate *candidate, const struct estimate *baseline,
                       struct mlt_measurement *m)
{
    if (!mlt_means_has_third(r->plan) || !mlt_means_few_rows(r->state))
        return;
    const struct part c = {0, candidate}, b = {1, baseline};
    m->third[0] = third_of(r, used, (struct part[3]){c, c, c});
    if (!r->plan->options.has_baseline || isnan(baseline->value))
        return;
    m->third[1] = third_of(r, used, (struct part[3]){c, c, b});
    m->third[2] = third_of(r, used, (struct part[3]){c, b, b});
    m->third[3] = third_of(r, used, (struct part[3]){b, b, b});
}

/* How heavy the tail of the candidate's watched term is. With fewer rows the largest root of n of
 * normal errors fall off as slowly as heavier ones (tests/sim/calibrate). */
static void fill_tail(const struct reading *r, const struct mlt_means_used *used,
                      struct mlt_measurement *m)
{
    for (size_t t = 0; t < used->term_count; t++) {
        int variable = used->variable[0][t], tail = r->plan->variables[variable].tail;
        if (tail < 0 || r->state->counted < MLT_MEANS_TAIL_ROWS)
            continue;
        double value[MLT_LARGEST];
        size_t kept = mlt_largest_sort(&mlt_means_tails(r->plan, r->state)[tail], value);
        if (kept == 0)
            return;
        size_t root = (size_t)sqrt((double)r->state->counted), k = root < kept ? root : kept - 1;
        struct mlt_exact sum = MLT_EXACT_INIT;
        mlt_exact_add_n(&sum, value, k);
        m->tail_index = mlt_tail_index(value, k);
        m->tail_rows = k;
        m->tail_share = mlt_exact_value(&sum) / mlt_wide_value(sum_of(r, variable, -1, -1));
        return;
    }
}

/* Successes, trials and discordant rows of a share, from whole sums. */
static void fill_share(const struct reading *r, const struct mlt_means_used *used,
                       struct mlt_measurement *m)
{
    const struct mlt_means_plan *plan = r->plan;
    int c = used->variable[0][0], b = used->variable[1][0];
    double hits = mlt_wide_value(sum_of(r, c, -1, -1));
    m->successes = (uint64_t)hits;
    m->trials = used->term_count > 1
                    ? (uint64_t)mlt_wide_value(sum_of(r, used->variable[0][1], -1, -1))
                    : r->state->counted;
    if (!plan->options.has_baseline || !plan->options.with_intervals)
        return;
    double both = mlt_wide_value(sum_of(r, c, b, -1));
    m->has_pairs = true;
    m->only_candidate = (uint64_t)(hits - both);
    m->only_baseline = (uint64_t)(mlt_wide_value(sum_of(r, b, -1, -1)) - both);
}

static void fill_weights(const struct reading *r, struct mlt_measurement *m)
{
    if (r->plan->weight < 0)
        return;
    m->weighting = mlt_weighting_name(r->plan->options.weighting);
    m->effective_rows = (double)r->state->counted;
    if (r->plan->options.weighting != MLT_WEIGHT_IMPORTANCE)
        return;
    struct mlt_wide squares = sum_of(r, r->plan->weight, r->plan->weight, -1);
    m->effective_rows = mlt_wide_value(mlt_wide_div(mlt_wide_mul(r->total, r->total), squares));
}

static void fill_counts(const struct reading *r, struct mlt_measurement *m)
{
    m->rows = r->state->counted;
    m->positives = (uint64_t)count_at(r->plan, r->state, r->plan->positives);
    if (r->plan->options.has_baseline)
        m->differing = (uint64_t)count_at(r->plan, r->state, r->plan->scores_differ);
    fill_weights(r, m);
}

void mlt_means_counts(const struct mlt_means_plan *plan, const struct mlt_means *state,
                      struct mlt_measurement *out)
{
    struct kept_sum kept[KEPT_SUMS] = {{0, {0, 0}}};
    struct reading r = {plan, state, mlt_wide_from_count(state->rows), kept};
    if (plan->weight >= 0)
        r.total = sum_of(&r, plan->weight, -1, -1);
    fill_counts(&r, out);
}

void mlt_means_measure(const struct mlt_means_plan *plan, const struct mlt_means *state,
                       size_t index, struct mlt_measurement *out)
{
    const struct mlt_metric *metric = &plan->metrics[index];
    const struct mlt_means_used *used = &plan->used[index];
    struct kept_sum kept[KEPT_SUMS] = {{0, {0, 0}}};
    struct reading r = {plan, state, mlt_wide_from_count(state->rows), kept};
    mlt_metric_describe(metric, out);
    out->min_clusters = 0;
    if (state->rows == 0) {
        out->undefined = "no rows";
        return;
    }
    if (plan->weight >= 0)
        r.total = sum_of(&r, plan->weight, -1, -1);
    if (out->method == MLT_INTERVAL_SHARE && plan->weight >= 0)
        out->method = MLT_INTERVAL_INFLUENCE;
    fill_counts(&r, out);
    if (!(mlt_wide_value(r.total) > 0)) {
        out->undefined = "every row has the weight 0";
        return;
    }
    struct estimate c = estimate_side(&r, metric, used, 0), b = {.value = NAN};
    if (plan->options.has_baseline)
        b = estimate_side(&r, metric, used, 1);
    out->candidate = c.value;
    out->baseline = b.value;
    out->undefined = c.why != NULL ? c.why : b.why;
    if (out->method == MLT_INTERVAL_SHARE)
        fill_share(&r, used, out);
    if (!plan->options.with_intervals) {
        out->method = MLT_INTERVAL_NONE;
        return;
    }
    if (out->method == MLT_INTERVAL_NONE || isnan(c.value))
        return;
    out->df = degrees(&r);
    out->var_candidate = covariance(&r, used, 0, &c, 0, &c);
    if (!isnan(b.value)) {
        out->var_baseline = covariance(&r, used, 1, &b, 1, &b);
        out->covariance = covariance(&r, used, 0, &c, 1, &b);
    }
    fill_third(&r, used, &c, &b, out);
    fill_tail(&r, used, out);
}
