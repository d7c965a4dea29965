/* Experiments without an effect, and with a known one, many times over. Seeded, so the counts are
 * always the same. Each tail may be wrong in a share alpha of the runs: at most a fifth more is
 * allowed, and three standard errors of the count. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/rng.h"
#include "harness/experiment/effect.h"
#include "harness/stats/dist.h"
#include "tests/unit/suite.h"

TCase *simulation_case(void);

enum { REPLICATES = 2000 };
#define ALPHA 0.05

static struct mlt_arena arena;
static struct mlt_err err;
static struct mlt_rng rng;

static void setup(void)
{
    arena = (struct mlt_arena)MLT_ARENA_INIT;
    err = (struct mlt_err)MLT_ERR_INIT;
    mlt_rng_seed(&rng, 20240611);
}

static void teardown(void)
{
    mlt_arena_free(&arena);
}

static double normal(void)
{
    return mlt_normal_quantile((double)(mlt_rng_below(&rng, 1u << 30) + 0.5) / (1u << 30));
}

static int poisson(double mean)
{
    double limit = exp(-mean), product = mlt_rng_uniform(&rng);
    int k = 0;
    for (; product > limit; k++)
        product *= mlt_rng_uniform(&rng);
    return k;
}

/* Draws one unit's values; `treated` in the treatment. */
typedef void draw_unit(bool treated, double value[MLT_ARM_VALUES]);

static struct mlt_experiment_effect run(const struct mlt_experiment_metric *metric, draw_unit *draw,
                                        uint64_t control, uint64_t treatment)
{
    struct mlt_experiment experiment = {.variant = "arm", .arms = 2};
    struct mlt_experiment_result result = {.experiment = &experiment, .alpha = ALPHA};
    struct mlt_arm_sums *sums = calloc(2, sizeof *sums);
    struct mlt_metric_arms *arms = calloc(1, sizeof *arms);
    struct mlt_experiment_effect effect;
    result.arm[0] = (struct mlt_experiment_arm){"A", control, control, 0.5};
    result.arm[1] = (struct mlt_experiment_arm){"B", treatment, treatment, 0.5};
    for (uint64_t i = 0; i < control + treatment; i++) {
        double value[MLT_ARM_VALUES] = {0, 1, 0};
        draw(i >= control, value);
        mlt_arm_sums_add(&sums[i >= control], value);
    }
    mlt_metric_arms_of(metric, sums, 2, arms);
    ck_ok(mlt_effect_of(&result, arms, 1, "ab/sim", &arena, &effect, &err));
    free(sums);
    free(arms);
    /* Only numbers are looked at. */
    mlt_arena_free(&arena);
    return effect;
}

struct rates {
    double better, worse;     /* shares of runs whose interval excludes the truth on that side */
    double variance, claimed; /* of the difference: seen, and on average claimed */
    double lift_missed;       /* share of runs whose interval of the lift excludes `lift` */
};

static struct rates repeat(const struct mlt_experiment_metric *metric, draw_unit *draw,
                           uint64_t control, uint64_t treatment, double truth, double lift)
{
    struct rates r = {0};
    double sum = 0, squares = 0;
    for (int i = 0; i < REPLICATES; i++) {
        struct mlt_experiment_effect e = run(metric, draw, control, treatment);
        r.better += e.lo > truth;
        r.worse += e.hi < truth;
        r.claimed += e.se * e.se / REPLICATES;
        r.lift_missed += e.lift_lo > lift || e.lift_hi < lift;
        sum += e.difference;
        squares += e.difference * e.difference;
    }
    r.variance = (squares - sum * sum / REPLICATES) / (REPLICATES - 1);
    r.better /= REPLICATES;
    r.worse /= REPLICATES;
    r.lift_missed /= REPLICATES;
    return r;
}

static void check_tails(const char *what, const struct rates *r)
{
    double most = 1.2 * ALPHA + 3 * sqrt(1.2 * ALPHA * (1 - 1.2 * ALPHA) / REPLICATES);
    ck_assert_msg(r->better <= most, "%s: shown better in %g of the runs", what, r->better);
    ck_assert_msg(r->worse <= most, "%s: shown worse in %g of the runs", what, r->worse);
    /* Not by never showing anything. */
    ck_assert_msg(r->better + r->worse >= 0.6 * 2 * ALPHA, "%s: only %g and %g", what, r->better,
                  r->worse);
}

static const struct mlt_experiment_metric mean = {
    .name = "m", .kind = MLT_EXPERIMENT_MEAN, .direction = MLT_HIGHER_IS_BETTER};
static const struct mlt_experiment_metric adjusted = {
    .name = "m", .kind = MLT_EXPERIMENT_MEAN, .covariate = "x", .direction = MLT_HIGHER_IS_BETTER};
static const struct mlt_experiment_metric share = {
    .name = "m", .kind = MLT_EXPERIMENT_PROPORTION, .direction = MLT_HIGHER_IS_BETTER};
static const struct mlt_experiment_metric ratio = {.name = "m",
                                                   .kind = MLT_EXPERIMENT_RATIO,
                                                   .denominator = "d",
                                                   .direction = MLT_HIGHER_IS_BETTER};

/* Most buy nothing, some much: exponential spends of 3 in 10 units. */
static void draw_spend(bool treated, double value[MLT_ARM_VALUES])
{
    (void)treated;
    bool buys = mlt_rng_uniform(&rng) < 0.3;
    value[MLT_ARM_Y] = buys ? -20 * log(1 - mlt_rng_uniform(&rng)) : 0;
}

static void draw_conversion(bool treated, double value[MLT_ARM_VALUES])
{
    (void)treated;
    value[MLT_ARM_Y] = mlt_rng_uniform(&rng) < 0.03;
}

/* 6 in 10 of the variance was known before; the treatment adds 0.1. */
static void draw_habit(bool treated, double value[MLT_ARM_VALUES])
{
    value[MLT_ARM_X] = normal();
    value[MLT_ARM_Y] =
        5 + sqrt(0.6) * value[MLT_ARM_X] + sqrt(0.4) * normal() + (treated ? 0.1 : 0);
}

static int naive_alarms; /* of a test that takes events for independent */
static double naive_clicks[2], naive_views[2];

/* Every unit has a taste of its own, and views that grow with it. */
static void draw_clicks(bool treated, double value[MLT_ARM_VALUES])
{
    double taste = mlt_rng_uniform(&rng);
    int views = 1 + poisson(2 + 10 * taste), clicks = 0;
    for (int i = 0; i < views; i++)
        clicks += mlt_rng_uniform(&rng) < 0.6 * taste * taste;
    value[MLT_ARM_Y] = clicks;
    value[MLT_ARM_D] = views;
    naive_clicks[treated] += clicks;
    naive_views[treated] += views;
}

START_TEST(without_an_effect_the_tails_are_wrong_as_often_as_they_say)
{
    struct rates r = repeat(&mean, draw_spend, 250, 250, 0, 0);
    check_tails("a skewed mean", &r);
    r = repeat(&share, draw_conversion, 500, 500, 0, 0);
    check_tails("a small share", &r);
    /* 7 conversions in the smaller arm */
    r = repeat(&share, draw_conversion, 700, 233, 0, 0);
    check_tails("a small share in unequal arms", &r);
}
END_TEST

START_TEST(cuped_takes_off_the_variance_that_was_known_before)
{
    struct rates without = repeat(&mean, draw_habit, 100, 100, 0.1, 0.02);
    struct rates with = repeat(&adjusted, draw_habit, 100, 100, 0.1, 0.02);
    check_tails("without", &without);
    check_tails("with", &with);
    /* a variance over 2,000 runs is known to about 3 % */
    ck_assert_msg(fabs(with.variance / without.variance - 0.4) < 0.06, "%g of %g", with.variance,
                  without.variance);
    ck_assert_msg(fabs(with.claimed / with.variance - 1) < 0.12, "claimed %g, seen %g",
                  with.claimed, with.variance);
    ck_assert_msg(fabs(with.lift_missed - 2 * ALPHA) < 0.03, "%g", with.lift_missed);
}
END_TEST

START_TEST(ratios_of_clustered_events_keep_their_level_where_events_do_not)
{
    int alarms = 0;
    naive_alarms = 0;
    for (int i = 0; i < REPLICATES / 2; i++) {
        memset(naive_clicks, 0, sizeof naive_clicks);
        memset(naive_views, 0, sizeof naive_views);
        struct mlt_experiment_effect e = run(&ratio, draw_clicks, 150, 150);
        alarms += e.lo > 0 || e.hi < 0;
        double p = naive_clicks[0] / naive_views[0], q = naive_clicks[1] / naive_views[1];
        double se = sqrt(p * (1 - p) / naive_views[0] + q * (1 - q) / naive_views[1]);
        naive_alarms += fabs(p - q) > mlt_normal_quantile(1 - ALPHA) * se;
    }
    double runs = REPLICATES / 2.0, most = 0.12 + 3 * sqrt(0.12 * 0.88 / runs);
    ck_assert_msg(alarms <= most * runs && alarms >= 0.06 * runs, "%d alarms", alarms);
    ck_assert_msg(naive_alarms > 0.25 * runs, "%d naive alarms", naive_alarms);
}
END_TEST

START_TEST(the_sample_ratio_alarms_one_time_in_a_thousand)
{
    enum { RUNS = 20000, UNITS = 2000 };
    int alarms = 0, caught = 0;
    for (int i = 0; i < RUNS; i++) {
        /* 2,000 fair coins, by 64 at a time, and the first 16 of the last word */
        uint64_t units[2] = {0, 0};
        for (int at = 0; at < UNITS; at += 64) {
            uint64_t word = mlt_rng_next(&rng);
            int left = UNITS - at;
            units[0] +=
                (uint64_t)__builtin_popcountll(left < 64 ? word & ((1ULL << left) - 1) : word);
        }
        units[1] = UNITS - units[0];
        alarms += mlt_allocation_check(units, NULL, 2).mismatch;
        /* one in ten of the second arm is lost */
        units[1] -= units[1] / 10;
        caught += mlt_allocation_check(units, NULL, 2).mismatch;
    }
    ck_assert_msg(alarms >= 6 && alarms <= 36, "%d alarms in %d", alarms, RUNS);
    ck_assert_msg(caught > RUNS / 8, "%d caught", caught);
}
END_TEST

TCase *simulation_case(void)
{
    TCase *tcase = tcase_create("simulation");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, without_an_effect_the_tails_are_wrong_as_often_as_they_say);
    tcase_add_test(tcase, cuped_takes_off_the_variance_that_was_known_before);
    tcase_add_test(tcase, ratios_of_clustered_events_keep_their_level_where_events_do_not);
    tcase_add_test(tcase, the_sample_ratio_alarms_one_time_in_a_thousand);
    return tcase;
}
