#include "harness/metrics/means_state.h"

#include <math.h>
#include <string.h>

#include "harness/metrics/measuring.h"

size_t mlt_means_state_bytes(const struct mlt_means_plan *plan)
{
    return sizeof(struct mlt_means) + mlt_means_wholes_bytes(plan) +
           plan->exact_count * sizeof(struct mlt_exact) +
           plan->tail_count * sizeof(struct mlt_largest);
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

/* The work space: values of all rows, then the same ones sorted by group, then how that was done.
 */
struct work {
    double *values, *sorted; /* [value arrays][n] */
    uint32_t *order;         /* [n] rows, group by group */
    uint32_t *start;         /* [groups + 2] */
};

static size_t value_arrays(const struct mlt_means_plan *plan)
{
    return plan->variable_count * (plan->weight < 0 ? 1 : 2);
}

static struct work work_of(const struct mlt_means_plan *plan, void *work, size_t n)
{
    struct work w = {.values = work};
    w.sorted = w.values + value_arrays(plan) * n;
    w.order = (uint32_t *)(w.sorted + value_arrays(plan) * n);
    w.start = w.order + n;
    return w;
}

size_t mlt_means_work_bytes(const struct mlt_means_plan *plan, size_t n)
{
    return 2 * value_arrays(plan) * n * sizeof(double) +
           (n + MLT_MEANS_MAX_GROUPS + 2) * sizeof(uint32_t);
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

/* Rows that follow each other and belong to one state. */
struct run {
    const double *values;  /* the value arrays, n apart */
    const uint32_t *order; /* rows of the block; NULL: as they stand */
    size_t n, first, count;
    struct mlt_means *state;
};

/* The factors of a slot's summand. Under frequency weights one factor carries the weight, so that
 * the row counts as so many; under importance weights each does. */
struct factors {
    const double *a, *b, *c;
};

static struct factors factors_of(const struct mlt_means_plan *plan,
                                 const struct mlt_means_slot *slot, const struct run *run)
{
    bool each = plan->options.weighting == MLT_WEIGHT_IMPORTANCE;
    const double *values = run->values;
    struct factors f = {weighted_of(plan, values, run->n, (size_t)slot->a) + run->first, NULL,
                        NULL};
    if (slot->b >= 0)
        f.b = (each ? weighted_of(plan, values, run->n, (size_t)slot->b)
                    : raw_of(values, run->n, (size_t)slot->b)) +
              run->first;
    if (slot->c >= 0)
        f.c = raw_of(values, run->n, (size_t)slot->c) + run->first;
    return f;
}

static int64_t whole_sum(const struct factors *f, size_t n)
{
    int64_t sum = 0;
    if (f->b == NULL)
        for (size_t i = 0; i < n; i++)
            sum += (int64_t)f->a[i];
    else
        for (size_t i = 0; i < n; i++)
            sum += (int64_t)(f->a[i] * f->b[i]);
    return sum;
}

/* The product of two is rounded: once per row, and the same in any order. */
static void add_triples(struct mlt_exact *sum, const struct factors *f, size_t n)
{
    enum { MANY = 256 };
    double product[MANY];
    for (size_t at = 0; at < n; at += MANY) {
        size_t count = n - at < MANY ? n - at : MANY;
        for (size_t i = 0; i < count; i++)
            product[i] = f->a[at + i] * f->b[at + i];
        mlt_exact_add_products_n(sum, product, f->c + at, count);
    }
}

static void add_exact(struct mlt_exact *sum, const struct factors *f, size_t n)
{
    if (f->b == NULL)
        mlt_exact_add_n(sum, f->a, n);
    else if (f->c == NULL)
        mlt_exact_add_products_n(sum, f->a, f->b, n);
    else
        add_triples(sum, f, n);
}

static size_t row_of(const struct run *run, size_t i)
{
    return run->order == NULL ? run->first + i : run->order[run->first + i];
}

static void add_counts(const struct mlt_means_plan *plan, const struct mlt_means_block *block,
                       const struct run *run)
{
    bool binary = plan->options.task == MLT_TASK_BINARY, pair = plan->options.has_baseline;
    bool frequency = plan->options.weighting == MLT_WEIGHT_FREQUENCY;
    const size_t width = plan->options.width;
    uint64_t counted = 0, positives = 0, differ = 0;
    for (size_t i = 0; i < run->count; i++) {
        size_t row = row_of(run, i);
        uint64_t times = frequency ? (uint64_t)block->weight[row] : 1;
        counted += times;
        positives += binary && block->label[row] == 1 ? times : 0;
        if (pair &&
            !mlt_scores_same(block->candidate + row * width, block->baseline + row * width, width))
            differ += times;
    }
    run->state->rows += run->count;
    run->state->counted += counted;
    int64_t *wholes = mlt_means_wholes(run->state);
    wholes[plan->slots[plan->positives].at] += (int64_t)positives;
    wholes[plan->slots[plan->scores_differ].at] += (int64_t)differ;
}

static void add_tails(const struct mlt_means_plan *plan, const struct run *run)
{
    const double *times = plan->options.weighting == MLT_WEIGHT_FREQUENCY
                              ? raw_of(run->values, run->n, (size_t)plan->weight) + run->first
                              : NULL;
    for (size_t v = 0; v < plan->variable_count; v++) {
        if (plan->variables[v].tail < 0)
            continue;
        struct mlt_largest *tail = &mlt_means_tails(plan, run->state)[plan->variables[v].tail];
        const double *value = raw_of(run->values, run->n, v) + run->first;
        for (size_t i = 0; i < run->count; i++)
            if (tail->count < MLT_LARGEST || value[i] > tail->value[0])
                mlt_largest_add(tail, value[i], times == NULL ? 1 : (uint64_t)times[i]);
    }
}

static void add_run(const struct mlt_means_plan *plan, const struct mlt_means_block *block,
                    const struct run *run)
{
    add_counts(plan, block, run);
    add_tails(plan, run);
    for (size_t s = 0; s < plan->slot_count; s++) {
        const struct mlt_means_slot *slot = &plan->slots[s];
        if (slot->a < 0 || (slot->c >= 0 && !mlt_means_few_rows(run->state)))
            continue;
        struct factors f = factors_of(plan, slot, run);
        if (slot->whole)
            mlt_means_wholes(run->state)[slot->at] += whole_sum(&f, run->count);
        else
            add_exact(&mlt_means_exacts(plan, run->state)[slot->at], &f, run->count);
    }
}

/* Rows into w->order, group by group: group g has the places start[g] up to start[g + 1]. Returns
 * the number of groups. */
static size_t sort_by_group(const struct work *w, const uint32_t *group, size_t n)
{
    uint32_t largest = 0;
    for (size_t i = 0; i < n; i++)
        largest = group[i] > largest ? group[i] : largest;
    size_t groups = (size_t)largest + 1;
    memset(w->start, 0, (groups + 2) * sizeof *w->start);
    for (size_t i = 0; i < n; i++)
        w->start[group[i] + 2]++;
    for (size_t g = 2; g < groups + 2; g++)
        w->start[g] += w->start[g - 1];
    for (size_t i = 0; i < n; i++)
        w->order[w->start[group[i] + 1]++] = (uint32_t)i;
    return groups;
}

/* Each group's rows side by side, so that its sums are added to in one go. */
static void add_by_group(const struct mlt_means_plan *plan, const struct mlt_means_block *block,
                         const struct work *w, const uint32_t *group, struct mlt_means *states)
{
    const size_t n = block->n, groups = sort_by_group(w, group, n);
    for (size_t v = 0; v < value_arrays(plan); v++)
        for (size_t i = 0; i < n; i++)
            w->sorted[v * n + i] = w->values[v * n + w->order[i]];
    for (size_t g = 0; g < groups; g++) {
        const struct run run = {w->sorted,
                                w->order,
                                n,
                                w->start[g],
                                w->start[g + 1] - w->start[g],
                                mlt_means_at(plan, states, g)};
        if (run.count > 0)
            add_run(plan, block, &run);
    }
}

void mlt_means_add(const struct mlt_means_plan *plan, const struct mlt_means_block *block,
                   void *work, const uint32_t *group, struct mlt_means *states)
{
    const struct work w = work_of(plan, work, block->n);
    const struct run all = {w.values, NULL, block->n, 0, block->n, states};
    if (block->n > 0 && group == NULL)
        add_run(plan, block, &all);
    else if (block->n > 0)
        add_by_group(plan, block, &w, group, states);
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
    for (size_t i = 0; i < plan->tail_count; i++)
        mlt_largest_merge(&mlt_means_tails(plan, into)[i], &mlt_means_tails(plan, from)[i]);
}
