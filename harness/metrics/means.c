#include "harness/metrics/means_state.h"

#include <math.h>
#include <string.h>

size_t mlt_means_state_bytes(const struct mlt_means_plan *plan)
{
    return sizeof(struct mlt_means) + mlt_means_wholes_bytes(plan) +
           plan->exact_count * sizeof(struct mlt_exact);
}

struct mlt_means *mlt_means_at(const struct mlt_means_plan *plan, struct mlt_means *states,
                               size_t i)
{
    return (struct mlt_means *)((char *)states + i * mlt_means_state_bytes(plan));
}

uint64_t mlt_means_rows(const struct mlt_means *state)
{
    return state->rows;
}

/* The work space: per variable its raw values, behind them the weighted ones. */
static double *raw_of(const void *work, size_t n, size_t variable)
{
    return (double *)(uintptr_t)work + variable * n;
}

static double *weighted_of(const struct mlt_means_plan *plan, const void *work, size_t n,
                           size_t variable)
{
    if (plan->weight < 0)
        return raw_of(work, n, variable);
    return raw_of(work, n, plan->variable_count + variable);
}

size_t mlt_means_work_bytes(const struct mlt_means_plan *plan, size_t n)
{
    return plan->variable_count * (plan->weight < 0 ? 1 : 2) * n * sizeof(double);
}

void mlt_means_fill(const struct mlt_means_plan *plan, const struct mlt_means_block *block,
                    void *work)
{
    struct mlt_metric_input in = {.task = plan->options.task,
                                  .n = block->n,
                                  .width = plan->options.width,
                                  .label = block->label,
                                  .threshold = plan->options.threshold};
    for (size_t v = 0; v < plan->variable_count; v++) {
        const struct mlt_means_variable *variable = &plan->variables[v];
        double *raw = raw_of(work, block->n, v);
        in.score = variable->side == 0 ? block->candidate : block->baseline;
        if (variable->term != NULL)
            variable->term->fill(&in, variable->parameter, raw);
        else if (block->n > 0)
            memcpy(raw, block->weight, block->n * sizeof *raw);
        if (plan->weight < 0)
            continue;
        double *weighted = weighted_of(plan, work, block->n, v);
        for (size_t i = 0; i < block->n; i++)
            weighted[i] = variable->term == NULL ? raw[i] : block->weight[i] * raw[i];
    }
}

/* The three factors of a slot's summand. Under frequency weights one factor carries the weight, so
 * that the row counts as so many; under importance weights each does. */
struct factors {
    const double *a, *b, *c;
};

static struct factors factors_of(const struct mlt_means_plan *plan,
                                 const struct mlt_means_slot *slot, const void *work, size_t n)
{
    bool each = plan->options.weighting == MLT_WEIGHT_IMPORTANCE;
    struct factors f = {weighted_of(plan, work, n, (size_t)slot->a), NULL, NULL};
    if (slot->b >= 0)
        f.b = each ? weighted_of(plan, work, n, (size_t)slot->b) : raw_of(work, n, (size_t)slot->b);
    if (slot->c >= 0)
        f.c = raw_of(work, n, (size_t)slot->c);
    return f;
}

/* Sums of rows into one state, or of each row into the state of its group. The loops stand apart
 * because they are the engine's hottest. */
struct target {
    char *first;   /* the slot in the first state */
    size_t stride; /* bytes from state to state */
    const uint32_t *group;
};

static void add_wholes(const struct target *to, const struct factors *f, size_t n)
{
    if (to->group == NULL) {
        int64_t sum = 0;
        for (size_t i = 0; i < n; i++)
            sum += (int64_t)(f->b != NULL ? f->a[i] * f->b[i] : f->a[i]);
        *(int64_t *)to->first += sum;
        return;
    }
    for (size_t i = 0; i < n; i++)
        *(int64_t *)(to->first + to->group[i] * to->stride) +=
            (int64_t)(f->b != NULL ? f->a[i] * f->b[i] : f->a[i]);
}

static void add_exact(const struct target *to, const struct factors *f, size_t n)
{
    if (to->group == NULL) {
        if (f->b == NULL)
            mlt_exact_add_n((struct mlt_exact *)to->first, f->a, n);
        else
            mlt_exact_add_products_n((struct mlt_exact *)to->first, f->a, f->b, n);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        struct mlt_exact *sum = (struct mlt_exact *)(to->first + to->group[i] * to->stride);
        if (f->b == NULL)
            mlt_exact_add(sum, f->a[i]);
        else
            mlt_exact_add_product(sum, f->a[i], f->b[i]);
    }
}

/* The product of two factors is rounded: once per row, and the same in any order. */
static void add_thirds(const struct target *to, const struct factors *f, size_t n,
                       const struct mlt_means *states)
{
    for (size_t i = 0; i < n; i++) {
        size_t offset = (to->group == NULL ? 0 : to->group[i]) * to->stride;
        if (mlt_means_few_rows((const struct mlt_means *)((const char *)states + offset)))
            mlt_exact_add_product((struct mlt_exact *)(to->first + offset), f->a[i] * f->b[i],
                                  f->c[i]);
    }
}

static uint64_t stands_for(const struct mlt_means_plan *plan, const struct mlt_means_block *block,
                           size_t row)
{
    return plan->options.weighting == MLT_WEIGHT_FREQUENCY ? (uint64_t)block->weight[row] : 1;
}

static bool scores_equal(const struct mlt_means_plan *plan, const struct mlt_means_block *block,
                         size_t row)
{
    const size_t width = plan->options.width;
    for (size_t k = 0; k < width; k++)
        if (block->candidate[row * width + k] != block->baseline[row * width + k])
            return false;
    return true;
}

static void add_counts(const struct mlt_means_plan *plan, const struct mlt_means_block *block,
                       const uint32_t *group, struct mlt_means *states)
{
    bool binary = plan->options.task == MLT_TASK_BINARY, pair = plan->options.has_baseline;
    for (size_t i = 0; i < block->n; i++) {
        struct mlt_means *state = mlt_means_at(plan, states, group == NULL ? 0 : group[i]);
        uint64_t times = stands_for(plan, block, i);
        state->rows++;
        state->counted += times;
        if (binary && block->label[i] == 1)
            mlt_means_wholes(state)[plan->slots[plan->positives].at] += (int64_t)times;
        if (pair && !scores_equal(plan, block, i))
            mlt_means_wholes(state)[plan->slots[plan->scores_differ].at] += (int64_t)times;
    }
}

/* NaN differs from nothing: an undefined estimate is judged before this count. */
static void add_differing(const struct mlt_means_plan *plan, const struct mlt_means_used *used,
                          const struct mlt_means_block *block, const void *work,
                          const uint32_t *group, struct mlt_means *states)
{
    size_t at = plan->slots[used->differs].at;
    for (size_t t = 0; t < used->term_count; t++) {
        const double *c = raw_of(work, block->n, (size_t)used->variable[0][t]);
        const double *b = raw_of(work, block->n, (size_t)used->variable[1][t]);
        if (c == b)
            continue;
        for (size_t i = 0; i < block->n; i++)
            if (c[i] != b[i])
                mlt_means_wholes(mlt_means_at(plan, states, group == NULL ? 0 : group[i]))[at]++;
    }
}

void mlt_means_add(const struct mlt_means_plan *plan, const struct mlt_means_block *block,
                   const void *work, const uint32_t *group, struct mlt_means *states)
{
    add_counts(plan, block, group, states);
    struct target to = {.stride = mlt_means_state_bytes(plan), .group = group};
    for (size_t s = 0; s < plan->slot_count; s++) {
        const struct mlt_means_slot *slot = &plan->slots[s];
        if (slot->a < 0)
            continue;
        struct factors f = factors_of(plan, slot, work, block->n);
        to.first = slot->whole ? (char *)(mlt_means_wholes(states) + slot->at)
                               : (char *)(mlt_means_exacts(plan, states) + slot->at);
        if (slot->whole)
            add_wholes(&to, &f, block->n);
        else if (slot->c >= 0)
            add_thirds(&to, &f, block->n, states);
        else
            add_exact(&to, &f, block->n);
    }
    for (size_t i = 0; plan->options.has_baseline && i < plan->count; i++)
        if (plan->metrics[i].ops->kind == MLT_METRIC_OF_MEANS)
            add_differing(plan, &plan->used[i], block, work, group, states);
}

void mlt_means_merge(const struct mlt_means_plan *plan, struct mlt_means *into,
                     const struct mlt_means *from)
{
    into->rows += from->rows;
    into->counted += from->counted;
    for (size_t i = 0; i < plan->whole_count; i++)
        mlt_means_wholes(into)[i] += mlt_means_wholes(from)[i];
    for (size_t i = 0; i < plan->exact_count; i++)
        mlt_exact_merge(&mlt_means_exacts(plan, into)[i], &mlt_means_exacts(plan, from)[i]);
}
