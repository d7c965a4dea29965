#include <math.h>

#include "harness/metrics/means_state.h"

/* Sums are compared as rounded numbers: what is equal in truth may differ in its last bits. What is
 * smaller than this has squares that no double holds. */
static const double slack = 1 + 1e-9, small_sum = 1e-130, small_square = 1e-280;

/* A sum as a number, NaN when no slot holds it. */
static double sum_of(const struct mlt_means_plan *plan, const struct mlt_means *state, int a, int b)
{
    int slot = mlt_means_find_slot(plan, a, b, -1);
    if (slot < 0)
        return NAN;
    const struct mlt_means_slot *found = &plan->slots[slot];
    return found->whole ? (double)mlt_means_wholes(state)[found->at]
                        : mlt_exact_value(&mlt_means_exacts(plan, state)[found->at]);
}

static bool within(int64_t count, uint64_t most)
{
    return count >= 0 && (uint64_t)count <= most;
}

static bool check_counts(const struct mlt_means_plan *plan, const struct mlt_means *state)
{
    const int64_t *wholes = mlt_means_wholes(state);
    bool binary = plan->options.task == MLT_TASK_BINARY;
    uint64_t counted = state->counted;
    if (plan->options.weighting == MLT_WEIGHT_FREQUENCY
            ? (double)counted != sum_of(plan, state, plan->weight, -1)
            : counted != state->rows)
        return false;
    return within(wholes[plan->slots[plan->positives].at], binary ? counted : 0) &&
           within(wholes[plan->slots[plan->scores_differ].at],
                  plan->options.has_baseline ? counted : 0);
}

/* Of terms that are 0 or 1 the sum is a count, and their squares are themselves. */
static bool check_shares(const struct mlt_means_plan *plan, const struct mlt_means *state)
{
    if (plan->options.weighting == MLT_WEIGHT_IMPORTANCE)
        return true;
    for (size_t i = 0; i < plan->count; i++) {
        if (plan->metrics[i].ops->method != MLT_INTERVAL_SHARE)
            continue;
        const struct mlt_means_used *used = &plan->used[i];
        for (int side = 0; side < (plan->options.has_baseline ? MLT_SIDES : 1); side++)
            for (size_t t = 0; t < used->term_count; t++) {
                int a = used->variable[side][t];
                double sum = sum_of(plan, state, a, -1), square = sum_of(plan, state, a, a);
                if (sum < 0 || sum > (double)state->counted || (!isnan(square) && square != sum))
                    return false;
            }
    }
    return true;
}

/* (sum a b)^2 <= sum a^2 * sum b^2, and with b = 1 (sum a)^2 <= n sum a^2 (Cauchy and Schwarz).
 * Terms that are not defined, or sums beyond the doubles, have nothing to hold. Frequencies weigh
 * every sum but those with the weight as a factor, which are left out. */
static bool check_squares(const struct mlt_means_plan *plan, const struct mlt_means *state)
{
    bool frequency = plan->options.weighting == MLT_WEIGHT_FREQUENCY;
    double n = (double)(frequency ? state->counted : state->rows);
    for (int a = 0; a < (int)plan->variable_count; a++) {
        if (frequency && a == plan->weight)
            continue;
        double square = sum_of(plan, state, a, a), sum = sum_of(plan, state, a, -1);
        if (!isfinite(square) || !isfinite(sum))
            continue;
        if (square < 0 || (fabs(sum) > small_sum && fabs(sum) > sqrt(n) * sqrt(square) * slack))
            return false;
        for (int b = 0; b < a; b++) {
            double other = sum_of(plan, state, b, b), product = sum_of(plan, state, a, b);
            if ((frequency && b == plan->weight) || !isfinite(other) || !isfinite(product))
                continue;
            if (other > small_square && square > small_square &&
                fabs(product) > sqrt(square) * sqrt(other) * slack)
                return false;
        }
    }
    return true;
}

static bool is_empty(const struct mlt_means_plan *plan, const struct mlt_means *state)
{
    for (size_t i = 0; i < plan->whole_count; i++)
        if (mlt_means_wholes(state)[i] != 0)
            return false;
    for (size_t i = 0; i < plan->exact_count; i++)
        if (mlt_exact_value(&mlt_means_exacts(plan, state)[i]) != 0)
            return false;
    return true;
}

bool mlt_means_plausible(const struct mlt_means_plan *plan, const struct mlt_means *state)
{
    if (state->rows == 0)
        return state->counted == 0 && is_empty(plan, state);
    return check_counts(plan, state) && check_shares(plan, state) && check_squares(plan, state);
}
