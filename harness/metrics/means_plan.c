#include "harness/metrics/means_state.h"

#include <math.h>
#include <string.h>

/* The variable for a term of a side, found or added; -1 when there are too many. */
static int want_variable(struct mlt_means_plan *plan, const struct mlt_term *term, double parameter,
                         int side)
{
    if (term != NULL && term->of_label)
        side = 0;
    for (size_t i = 0; i < plan->variable_count; i++) {
        const struct mlt_means_variable *v = &plan->variables[i];
        bool same = isnan(parameter) ? isnan(v->parameter) : v->parameter == parameter;
        if (v->term == term && v->side == side && same)
            return (int)i;
    }
    if (plan->variable_count == MLT_MEANS_MAX_VARIABLES)
        return -1;
    bool tail = term != NULL && term->watched && mlt_means_has_third(plan);
    plan->variables[plan->variable_count] =
        (struct mlt_means_variable){term, parameter, side, tail ? (int)plan->tail_count++ : -1};
    return (int)plan->variable_count++;
}

static bool is_whole(const struct mlt_means_plan *plan, int variable)
{
    const struct mlt_term *term = plan->variables[variable].term;
    return plan->options.weighting == MLT_WEIGHT_NONE && term != NULL && term->whole;
}

static void order(int *a, int *b)
{
    if (*b >= 0 && *b < *a) {
        int swap = *a;
        *a = *b;
        *b = swap;
    }
}

/* Where a slot of these factors, in order, is or belongs. */
static size_t place_of(const struct mlt_means_plan *plan, int a, int b, int c)
{
    size_t key = ((size_t)(a + 1) * (MLT_MEANS_MAX_VARIABLES + 1) + (size_t)(b + 1)) *
                     (MLT_MEANS_MAX_VARIABLES + 1) +
                 (size_t)(c + 1);
    size_t place = key * 2654435761u % MLT_MEANS_PLACES;
    for (; plan->places[place] != 0; place = (place + 1) % MLT_MEANS_PLACES) {
        const struct mlt_means_slot *slot = &plan->slots[plan->places[place] - 1];
        if (slot->a == a && slot->b == b && slot->c == c)
            break;
    }
    return place;
}

static void order_three(int *a, int *b, int *c)
{
    order(a, b);
    order(b, c);
    order(a, b);
}

int mlt_means_find_slot(const struct mlt_means_plan *plan, int a, int b, int c)
{
    order_three(&a, &b, &c);
    return plan->places[place_of(plan, a, b, c)] - 1;
}

/* The place of a count that belongs to no variable. */
static int add_count(struct mlt_means_plan *plan)
{
    if (plan->slot_count == MLT_MEANS_MAX_SLOTS)
        return -1;
    plan->slots[plan->slot_count] = (struct mlt_means_slot){-1, -1, -1, true, plan->whole_count++};
    return (int)plan->slot_count++;
}

static bool want_slot(struct mlt_means_plan *plan, int a, int b, int c)
{
    order_three(&a, &b, &c);
    size_t place = place_of(plan, a, b, c);
    if (plan->places[place] != 0)
        return true;
    if (plan->slot_count == MLT_MEANS_MAX_SLOTS)
        return false;
    bool whole = c < 0 && is_whole(plan, a) && (b < 0 || is_whole(plan, b));
    plan->slots[plan->slot_count++] =
        (struct mlt_means_slot){a, b, c, whole, whole ? plan->whole_count++ : plan->exact_count++};
    plan->places[place] = (uint16_t)plan->slot_count;
    return true;
}

/* Every variable that the variance of a metric depends on. */
static size_t variables_of(const struct mlt_means_plan *plan, const struct mlt_means_used *used,
                           int out[MLT_SIDES * MLT_METRIC_MAX_TERMS + 1])
{
    size_t count = 0;
    for (int side = 0; side < (plan->options.has_baseline ? MLT_SIDES : 1); side++)
        for (size_t t = 0; t < used->term_count; t++) {
            bool seen = false;
            for (size_t i = 0; i < count; i++)
                seen |= out[i] == used->variable[side][t];
            if (!seen)
                out[count++] = used->variable[side][t];
        }
    if (plan->weight >= 0)
        out[count++] = plan->weight;
    return count;
}

bool mlt_means_has_third(const struct mlt_means_plan *plan)
{
    return plan->options.with_intervals && plan->options.weighting != MLT_WEIGHT_IMPORTANCE;
}

/* Products of three variables, for the third moments. */
static bool plan_thirds(struct mlt_means_plan *plan, const int *v, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = i; j < count; j++)
            for (size_t k = j; k < count; k++)
                if (v[i] != plan->weight && v[j] != plan->weight && v[k] != plan->weight &&
                    !want_slot(plan, v[i], v[j], v[k]))
                    return false;
    return true;
}

static bool plan_sums(struct mlt_means_plan *plan, const struct mlt_means_used *used)
{
    int v[MLT_SIDES * MLT_METRIC_MAX_TERMS + 1];
    size_t count = variables_of(plan, used, v);
    for (size_t i = 0; i < count; i++) {
        if (!want_slot(plan, v[i], -1, -1))
            return false;
        for (size_t j = i; plan->options.with_intervals && j < count; j++)
            if (!want_slot(plan, v[i], v[j], -1))
                return false;
    }
    return !mlt_means_has_third(plan) || plan_thirds(plan, v, count);
}

/* Both versions' variables of a term. */
static bool plan_term(struct mlt_means_plan *plan, const struct mlt_term *term, double parameter,
                      int variable[MLT_SIDES])
{
    variable[0] = want_variable(plan, term, parameter, 0);
    variable[1] = plan->options.has_baseline ? want_variable(plan, term, parameter, 1) : -1;
    return variable[0] >= 0 && (!plan->options.has_baseline || variable[1] >= 0);
}

static bool plan_metric(struct mlt_means_plan *plan, const struct mlt_metric *metric,
                        struct mlt_means_used *used)
{
    for (; metric->ops->terms[used->term_count] != NULL; used->term_count++) {
        int variable[MLT_SIDES];
        size_t t = used->term_count;
        if (!plan_term(plan, metric->ops->terms[t], metric->parameter, variable))
            return false;
        used->variable[0][t] = variable[0];
        used->variable[1][t] = variable[1];
    }
    return plan_sums(plan, used);
}

bool mlt_means_plan_make(const struct mlt_metric *metrics, size_t count,
                         const struct mlt_means_options *options, struct mlt_arena *arena,
                         const struct mlt_means_plan **out, struct mlt_err *err)
{
    struct mlt_means_plan *plan = mlt_arena_calloc(arena, 1, sizeof *plan);
    struct mlt_metric *copy = mlt_arena_calloc(arena, count, sizeof *copy);
    if (plan == NULL || copy == NULL)
        return mlt_err_oom(err);
    if (count > 0)
        memcpy(copy, metrics, count * sizeof *copy);
    plan->metrics = copy;
    plan->count = count;
    plan->options = *options;
    plan->used = mlt_arena_calloc(arena, count, sizeof *plan->used);
    if (plan->used == NULL)
        return mlt_err_oom(err);
    plan->weight = options->weighting == MLT_WEIGHT_NONE ? -1 : want_variable(plan, NULL, NAN, 0);
    plan->positives = add_count(plan);
    plan->scores_differ = add_count(plan);
    if (plan->weight >= 0 && (!want_slot(plan, plan->weight, -1, -1) ||
                              !want_slot(plan, plan->weight, plan->weight, -1)))
        return mlt_err_oom(err);
    for (size_t i = 0; i < count; i++)
        if (metrics[i].ops->kind == MLT_METRIC_OF_MEANS &&
            !plan_metric(plan, &metrics[i], &plan->used[i]))
            return mlt_err_set(err, MLT_ERR_USAGE,
                               "too many metrics at once: ask for fewer than %zu", i + 1);
    *out = plan;
    return true;
}
