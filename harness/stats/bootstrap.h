/* The bootstrap of any statistic of rows, and a comparison that grows until it is settled. */
#ifndef MLTEST_STATS_BOOTSTRAP_H
#define MLTEST_STATS_BOOTSTRAP_H

#include <stddef.h>
#include <stdint.h>

#include "harness/stats/bootstrap_interval.h"
#include "mltest/err.h"

enum { MLT_BOOTSTRAP_OUTPUTS_MAX = 8 };

/* A statistic of weighted rows: PR-AUC, a quantile, recall at a precision, NDCG … */
struct mlt_bootstrap_statistic {
    /* Computes `outputs` values (candidate, baseline, …) of n rows with these whole weights; NaN
     * where one is undefined. Called by several threads at once, each with its own number `thread`,
     * for scratch. False with `err` set ends the bootstrap. */
    bool (*compute)(void *context, unsigned thread, const uint8_t *weight, size_t n, double *out,
                    struct mlt_err *err);
    void *context;
    unsigned outputs;
};

/* Replicates first … first + count - 1 with the Poisson weights of resample.h: out[o * count + j]
 * is output o of replicate first + j. key[i] is the row or cluster key of row i. Neither threads,
 * `portable` nor the way a range is cut changes a bit. Takes 8 bytes a row and thread. */
bool mlt_bootstrap_replicates(const struct mlt_bootstrap_statistic *statistic, const uint64_t *key,
                              size_t n, uint64_t seed, uint64_t first, size_t count,
                              unsigned threads, bool portable, double *out,
                              struct mlt_err *err) MLT_MUST_USE;

/* The statistic without one block of keys at a time (mlt_resample_block), for the acceleration of
 * BCa where there are no influence values: out[o * blocks + b] is output o without block b. Some
 * hundred blocks are enough; 1 … 65535. Takes 2 bytes a row and 1 a row and thread. */
bool mlt_bootstrap_jackknife(const struct mlt_bootstrap_statistic *statistic, const uint64_t *key,
                             size_t n, uint64_t seed, unsigned blocks, unsigned threads,
                             double *out, struct mlt_err *err) MLT_MUST_USE;

/* How much worse the candidate is than a margin allows. */
struct mlt_bootstrap_margin {
    int sign;        /* +1 where lower values are better, -1 where higher ones are */
    double relative; /* share of the baseline's size, 0 for none */
    double absolute; /* in the metric's unit, 0 for none; the larger of the two counts */
};

/* d = sign (candidate - baseline) - max(relative |baseline|, absolute): below 0 is within the
 * margin. Taken per replicate, since the baseline is an estimate too. NaN when either is NaN. */
double mlt_bootstrap_harm(const struct mlt_bootstrap_margin *margin, double candidate,
                          double baseline);
/* The influence value of d, from those of a row on candidate and baseline (delta method). */
double mlt_bootstrap_harm_influence(const struct mlt_bootstrap_margin *margin, double baseline,
                                    double on_candidate, double on_baseline);

/* Where replicates of d come from: fills harm[0 … count) and, for STUDENTISED, their errors (else
 * `error` is NULL) for replicates first … first + count - 1. */
struct mlt_bootstrap_source {
    bool (*draw)(void *context, uint64_t first, size_t count, double *harm, double *error,
                 struct mlt_err *err);
    void *context;
};

enum { MLT_BOOTSTRAP_FIRST = 1000, MLT_BOOTSTRAP_MOST = 100000 };

struct mlt_bootstrap_plan {
    struct mlt_bootstrap_basis basis; /* replicate_error is not read */
    double alpha;                     /* of the interval, and for p_at_least */
    double fail_alpha;                /* for p_at_most */
    size_t first, most;               /* replicates to start and to end with; 0: the values above */
};

/* Judges d against 0. Replicates double from plan->first to plan->most until the Monte Carlo range
 * of p_at_least lies on one side of alpha and that of p_at_most on one side of fail_alpha; the (at
 * most 8) looks err together with probability below 32 MLT_BOOTSTRAP_MONTE_CARLO. `why` is
 * "undecided by Monte Carlo" when they never do. */
bool mlt_bootstrap_until_settled(const struct mlt_bootstrap_source *source,
                                 const struct mlt_bootstrap_plan *plan,
                                 struct mlt_bootstrap_result *out,
                                 struct mlt_err *err) MLT_MUST_USE;

/* True when the range is entirely below or entirely above the level. */
bool mlt_bootstrap_is_settled(struct mlt_interval range, double level);

#endif
