/* What the files of the sums share: the plan and the layout of a state. */
#ifndef MLTEST_METRICS_MEANS_STATE_H
#define MLTEST_METRICS_MEANS_STATE_H

#include "harness/metrics/means.h"
#include "harness/stats/exact.h"
#include "harness/stats/tail.h"

enum { MLT_MEANS_MAX_VARIABLES = 128, MLT_MEANS_MAX_SLOTS = 8192, MLT_SIDES = 2 };
/* Twice the slots, a power of two. */
enum { MLT_MEANS_PLACES = 2 * MLT_MEANS_MAX_SLOTS };
enum { MLT_MEANS_THIRD_ROWS = 32768, MLT_MEANS_TAIL_ROWS = 500 };

/* One figure per row: a term of one version, or the row's weight. */
struct mlt_means_variable {
    const struct mlt_term *term; /* NULL: the weight */
    double parameter;
    int side; /* 0 candidate, 1 baseline; of the candidate where it is of the label */
    int tail; /* which of the kept largest values are its own; -1 */
};

/* What is summed over rows: variables a, a * b, or a * b * c; those not there are -1. */
struct mlt_means_slot {
    int a, b, c;
    bool whole; /* in integers */
    size_t at;  /* index among the integers or among the exact sums of a state */
};

/* The variables of one metric of the list. */
struct mlt_means_used {
    size_t term_count;
    int variable[MLT_SIDES][MLT_METRIC_MAX_TERMS];
};

struct mlt_means_plan {
    const struct mlt_metric *metrics;
    size_t count;
    struct mlt_means_options options;
    struct mlt_means_variable variables[MLT_MEANS_MAX_VARIABLES];
    size_t variable_count;
    struct mlt_means_slot slots[MLT_MEANS_MAX_SLOTS];
    size_t slot_count;
    uint16_t places[MLT_MEANS_PLACES]; /* slots by their factors, open addressing: slot + 1, or 0 */
    size_t whole_count, exact_count, tail_count;
    int weight; /* variable of the weight; -1 */
    int scores_differ, positives;
    struct mlt_means_used *used; /* [count] */
};

/* Counts of rows stand before the sums; frequency weights count a row as many. */
struct mlt_means {
    uint64_t rows;    /* rows added */
    uint64_t counted; /* what they stand for */
};

/* A state is its head, the integers, the exact sums, the largest values. */
static inline int64_t *mlt_means_wholes(const struct mlt_means *state)
{
    return (int64_t *)((char *)(uintptr_t)state + sizeof *state);
}

static inline size_t mlt_means_wholes_bytes(const struct mlt_means_plan *plan)
{
    return (plan->whole_count + (plan->whole_count & 1)) * sizeof(int64_t);
}

static inline struct mlt_exact *mlt_means_exacts(const struct mlt_means_plan *plan,
                                                 const struct mlt_means *state)
{
    return (struct mlt_exact *)((char *)mlt_means_wholes(state) + mlt_means_wholes_bytes(plan));
}

static inline struct mlt_largest *mlt_means_tails(const struct mlt_means_plan *plan,
                                                  const struct mlt_means *state)
{
    return (struct mlt_largest *)(mlt_means_exacts(plan, state) + plan->exact_count);
}

/* The slot that sums a * b * c, whichever way round; -1 when none does. Absent factors are -1. */
int mlt_means_find_slot(const struct mlt_means_plan *plan, int a, int b, int c);
/* Whether third moments are kept, of up to MLT_MEANS_THIRD_ROWS rows: beyond, skewness moves no
 * interval. */
bool mlt_means_has_third(const struct mlt_means_plan *plan);
/* Whether the third moments of a state count. */
static inline bool mlt_means_few_rows(const struct mlt_means *state)
{
    return state->rows <= MLT_MEANS_THIRD_ROWS;
}

#endif
