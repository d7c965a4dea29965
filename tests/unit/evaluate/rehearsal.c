/* Rehearsals held against simulations of raw rows whose truth is known: the same sentences, judged
 * on rows drawn afresh each time. Seeded, so the counts are always the same. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/rng.h"
#include "harness/evaluate/rehearsal_rates.h"
#include "harness/metrics/influence.h"
#include "harness/stats/dist.h"
#include "tests/unit/suite.h"

TCase *rehearsal_case(void);

enum { N = 600, SETS = 8, REPLICATES = 200, DRAWS = 1000 };

static struct mlt_arena arena;
static struct mlt_err err;
static double label[N], candidate[N], baseline[N];

static void setup(void)
{
    arena = (struct mlt_arena)MLT_ARENA_INIT;
    err = (struct mlt_err)MLT_ERR_INIT;
}

static void teardown(void)
{
    mlt_arena_free(&arena);
}

static double normal(struct mlt_rng *rng)
{
    return mlt_normal_quantile((double)(mlt_rng_below(rng, 1u << 30) + 0.5) / (1u << 30));
}

/* A law of rows: at `harm` margins (0, 0.5, 1, 2) the candidate is worse by exactly so many. */
struct law {
    const char *metric, *sentence;
    enum mlt_task task;
    void (*draw)(struct mlt_rng *rng, double harm);
};

/* Errors of variance 1 and (1 + 0.1 harm)^2, correlation 0.7: 10 % of the baseline's rmse. */
static void draw_errors(struct mlt_rng *rng, double harm)
{
    for (size_t i = 0; i < N; i++) {
        double e = normal(rng), f = 0.7 * e + sqrt(0.51) * normal(rng);
        label[i] = 5;
        baseline[i] = 5 + e;
        candidate[i] = 5 + (1 + 0.1 * harm) * f;
    }
}

/* AUC is P(Z < shift / sqrt 2); 0.7602499389 at a shift of 1 (R 4.2.2: pnorm(1 / sqrt(2))). */
static void draw_scores(struct mlt_rng *rng, double harm)
{
    double shift = mlt_normal_quantile(0.7602499389065233 - 0.04 * harm) * sqrt(2);
    for (size_t i = 0; i < N; i++) {
        double common = normal(rng);
        label[i] = i % 3 == 0;
        baseline[i] = 0.8 * common + 0.6 * normal(rng) + label[i];
        candidate[i] = 0.8 * common + 0.6 * normal(rng) + shift * label[i];
    }
}

/* A tenth of the rows is discordant, and worse on as many more as 0.03 harm of all. */
static void draw_decisions(struct mlt_rng *rng, double harm)
{
    double worse = (0.1 + 0.03 * harm) / 2;
    for (size_t i = 0; i < N; i++) {
        double u = mlt_rng_uniform(rng);
        label[i] = 1;
        candidate[i] = !(u < worse);
        baseline[i] = !(u >= worse && u < 0.1);
        if (u > 0.95)
            candidate[i] = baseline[i] = 0;
    }
}

static const struct law laws[] = {
    {"rmse", "rmse within 10% of production", MLT_TASK_REGRESSION, draw_errors},
    {"auc", "auc within 0.04 of production", MLT_TASK_BINARY, draw_scores},
    {"accuracy", "accuracy within 0.03 of production", MLT_TASK_BINARY, draw_decisions},
};

static struct mlt_metric_rows rows_of(const struct law *law)
{
    return (struct mlt_metric_rows){.task = law->task,
                                    .n = N,
                                    .width = 1,
                                    .label = label,
                                    .candidate = candidate,
                                    .baseline = baseline,
                                    .threshold = 0.5};
}

static struct mlt_measurement *measure(const struct law *law, struct mlt_metric *metric)
{
    struct mlt_measurement *m = mlt_arena_alloc(&arena, sizeof *m);
    struct mlt_metric_rows rows = rows_of(law);
    *m = mlt_measurement_none();
    m->case_id = "regression/holdout";
    ck_ok(mlt_metric_find(law->metric, law->task, &arena, metric, &err));
    ck_ok(mlt_metric_measure(metric, &rows, &arena, m, &err));
    m->case_id = "regression/holdout";
    return m;
}

static struct mlt_sentence *parse(const char *text)
{
    struct mlt_sentence *s = mlt_arena_alloc(&arena, sizeof *s);
    ck_ok(mlt_sentence_parse(text, &arena, s, &err));
    return s;
}

static const struct mlt_judge_defaults defaults;

/* The cell of a sentence on the rows at hand, each row a unit of its own. */
static struct mlt_rehearsal_cell cell_of(const struct law *law, const char *sentence)
{
    struct mlt_metric metric;
    struct mlt_measurement *m = measure(law, &metric);
    struct mlt_metric_rows rows = rows_of(law);
    double *c = mlt_arena_calloc(&arena, N, sizeof *c), *b = mlt_arena_calloc(&arena, N, sizeof *b);
    uint32_t *unit = mlt_arena_calloc(&arena, N, sizeof *unit);
    bool counted[N], known;
    struct mlt_rehearsal_cell cell = {.sentence = parse(sentence),
                                      .m = m,
                                      .basis = MLT_REHEARSAL_COUNTS,
                                      .n = N,
                                      .unit = unit,
                                      .candidate = c,
                                      .baseline = b};
    for (uint32_t i = 0; i < N; i++)
        unit[i] = i;
    if (mlt_metric_outcomes(&metric, &rows, c, b, counted))
        return cell;
    cell.basis = MLT_REHEARSAL_SUMS;
    ck_ok(mlt_metric_influence(&metric, &rows, c, b, &known, &err));
    ck_assert(known);
    for (size_t i = 0; i < N; i++) {
        c[i] /= N;
        b[i] /= N;
    }
    return cell;
}

static struct mlt_rehearsal_outcome rehearse(const struct mlt_rehearsal_cell *cells, size_t count,
                                             size_t replicates, uint64_t seed, unsigned threads)
{
    uint64_t *key = mlt_arena_calloc(&arena, N, sizeof *key);
    for (uint64_t i = 0; i < N; i++)
        key[i] = i;
    const struct mlt_rehearsal_pool pool = {key, N};
    const struct mlt_rehearsal r = {.pools = &pool,
                                    .pool_count = 1,
                                    .cells = cells,
                                    .cell_count = count,
                                    .defaults = &defaults,
                                    .replicates = replicates,
                                    .seed = seed,
                                    .threads = threads};
    struct mlt_rehearsal_outcome out;
    ck_ok(mlt_rehearsal_run(&r, &arena, &out, &err));
    return out;
}

static int count_verdict(const struct mlt_rehearsal_outcome *o, enum mlt_world world, size_t cell,
                         enum mlt_verdict verdict)
{
    int count = 0;
    for (size_t r = 0; r < o->replicates; r++)
        count += mlt_rehearsal_at(o, world, cell)[r].verdict == (uint8_t)verdict;
    return count;
}

static const double margins[MLT_WORLDS] = {0, 0, 0.5, 1, 2};

/* How often rows drawn at that truth pass, and how often sets of rows say so of themselves. */
static double simulate(const struct law *law, double harm)
{
    struct mlt_rng rng;
    int passes = 0;
    mlt_rng_seed(&rng, 17);
    for (int i = 0; i < DRAWS; i++) {
        struct mlt_metric metric;
        struct mlt_findings findings = {0};
        law->draw(&rng, harm);
        struct mlt_measurement *m = measure(law, &metric);
        ck_ok(mlt_judge_sentence(parse(law->sentence), NULL, m, 1, &defaults, &arena, &findings,
                                 &err));
        passes += findings.items[0].verdict == MLT_VERDICT_PASS;
        mlt_arena_free(&arena);
    }
    return (double)passes / DRAWS;
}

static void rehearse_sets(const struct law *law, double harm, double rate[MLT_WORLDS])
{
    struct mlt_rng rng;
    mlt_rng_seed(&rng, 19);
    memset(rate, 0, MLT_WORLDS * sizeof *rate);
    for (uint64_t i = 0; i < SETS; i++) {
        law->draw(&rng, harm);
        struct mlt_rehearsal_cell cell = cell_of(law, law->sentence);
        struct mlt_rehearsal_outcome o = rehearse(&cell, 1, REPLICATES, i, 1);
        for (int w = 0; w < MLT_WORLDS; w++)
            rate[w] += (double)count_verdict(&o, (enum mlt_world)w, 0, MLT_VERDICT_PASS) /
                       (SETS * REPLICATES);
        mlt_arena_free(&arena);
    }
}

/* Three standard errors of both, and what eight sets of 600 rows leave open of the spread itself:
 * a twentieth of it moves the chance of a pass by up to a twentieth of z phi(z) 2, 0.024 and less.
 */
static void check_near(const struct law *law, double truth, double rate, const char *world)
{
    double p = fmax(0.01, fmin(0.99, truth));
    double open = 3 * sqrt(p * (1 - p) * (1.0 / DRAWS + 1.0 / (SETS * REPLICATES)));
    open += truth > 0.01 && truth < 0.99 ? 0.2 * p * (1 - p) : 0;
    ck_assert_msg(fabs(truth - rate) <= open, "%s, %s: rehearsed %.4f, simulated %.4f (+- %.4f)",
                  law->metric, world, rate, truth, open);
}

/* The rows that are rehearsed on may be of an equal candidate or of a worse one. */
START_TEST(rates_are_those_of_rows_drawn_afresh)
{
    const struct law *law = &laws[_i];
    static const char *const names[MLT_WORLDS] = {"equal", "level", "half", "margin", "double"};
    double rate[MLT_WORLDS];
    rehearse_sets(law, 1, rate);
    for (int w = 0; w < MLT_WORLDS; w++)
        check_near(law, simulate(law, margins[w]), rate[w], names[w]);
    rehearse_sets(law, 0, rate);
    for (int w = 0; w < MLT_WORLDS; w++)
        check_near(law, simulate(law, margins[w]), rate[w], names[w]);
}
END_TEST

/* Under not-shown-worse an equal candidate is blocked by a fail alone, with a chance of at most
 * alpha at the margin, and so of less at no harm. */
START_TEST(an_equal_candidate_is_shown_worse_less_often_than_alpha)
{
    static const char *const sentences[] = {"rmse within 1% of production, rule not-shown-worse",
                                            "auc within 0.002 of production, rule not-shown-worse",
                                            ("accuracy within 0.001 of production, rule "
                                             "not-shown-worse")};
    struct mlt_rng rng;
    mlt_rng_seed(&rng, 23);
    laws[_i].draw(&rng, 1);
    struct mlt_rehearsal_cell cell = cell_of(&laws[_i], sentences[_i]);
    struct mlt_rehearsal_outcome o = rehearse(&cell, 1, 4000, 1, 2);
    int blocked = 4000 - count_verdict(&o, MLT_WORLD_EQUAL, 0, MLT_VERDICT_PASS);
    /* alpha, and three standard errors of 4,000 replicates. */
    ck_assert_int_le(blocked, 4000 * 0.05 + 3 * sqrt(4000 * 0.05 * 0.95));
    ck_assert_int_gt(blocked, 0);
}
END_TEST

START_TEST(exchanged_sides_are_the_same_equal_candidate)
{
    struct mlt_rng rng;
    int passes[2];
    for (int way = 0; way < 2; way++) {
        mlt_rng_seed(&rng, 29);
        laws[_i].draw(&rng, 1);
        for (size_t i = 0; way == 1 && i < N; i++) {
            double c = candidate[i];
            candidate[i] = baseline[i];
            baseline[i] = c;
        }
        /* The margin is of the baseline, which is another one: an absolute one is not. */
        struct mlt_rehearsal_cell cell =
            cell_of(&laws[_i], _i == 0 ? "rmse within 0.06 of production" : laws[_i].sentence);
        struct mlt_rehearsal_outcome o = rehearse(&cell, 1, 2000, 3, 2);
        passes[way] = count_verdict(&o, MLT_WORLD_EQUAL, 0, MLT_VERDICT_PASS);
    }
    ck_assert_int_gt(passes[0], 100);
    ck_assert_int_lt(passes[0], 1990);
    double p = passes[0] / 2000.0;
    ck_assert_msg(abs(passes[0] - passes[1]) <= 4 * sqrt(2 * 2000 * p * (1 - p)), "%d and %d",
                  passes[0], passes[1]);
}
END_TEST

START_TEST(threads_change_nothing)
{
    struct mlt_rng rng;
    mlt_rng_seed(&rng, 31);
    struct mlt_rehearsal_cell cells[3];
    for (int i = 0; i < 3; i++) {
        laws[i].draw(&rng, 0.5);
        cells[i] = cell_of(&laws[i], laws[i].sentence);
    }
    struct mlt_measurement law = *cells[0].m;
    cells[0].m = &law;
    cells[0].basis = MLT_REHEARSAL_LAW;
    cells[0].n = 20;
    struct mlt_rehearsal_outcome one = rehearse(cells, 3, 203, 5, 1);
    struct mlt_rehearsal_outcome many = rehearse(cells, 3, 203, 5, 5);
    ck_assert_mem_eq(one.at, many.at, MLT_WORLDS * 3 * 203 * sizeof *one.at);
    ck_assert_mem_eq(one.equal_fails, many.equal_fails, 203 * sizeof *one.equal_fails);
}
END_TEST

/* Twenty normal time blocks: Student's t is exact, so a pass at the margin has a chance of 5 %. */
START_TEST(blocks_pass_at_the_margin_with_chance_alpha)
{
    struct mlt_measurement m = mlt_measurement_none();
    m.case_id = "performance/single";
    m.metric = "latency p95";
    m.unit = "s";
    m.direction = MLT_LOWER_IS_BETTER;
    m.method = MLT_INTERVAL_BLOCKS;
    m.candidate = 0.0101;
    m.baseline = 0.01;
    m.var_candidate = m.var_baseline = 1e-8;
    m.covariance = 0.2e-8;
    m.df = 19;
    m.rows = 4000;
    m.clusters = 20;
    struct mlt_rehearsal_cell cell = {.sentence = parse("latency p95 within 0.3ms of production"),
                                      .m = &m,
                                      .basis = MLT_REHEARSAL_LAW,
                                      .n = 20};
    struct mlt_rehearsal_outcome o = rehearse(&cell, 1, 4000, 7, 2);
    int passes = count_verdict(&o, MLT_WORLD_MARGIN, 0, MLT_VERDICT_PASS);
    ck_assert_int_le(abs(passes - 200), 3 * sqrt(4000 * 0.05 * 0.95));
    int fails = count_verdict(&o, MLT_WORLD_MARGIN, 0, MLT_VERDICT_FAIL);
    ck_assert_int_le(abs(fails - 200), 3 * sqrt(4000 * 0.05 * 0.95));
}
END_TEST

/* Normal replicates of spread 0.01 each way, and of the difference: BCa and t then agree with the
 * normal law, 5 % at the margin, 95 % one and a half standard errors and more inside. */
START_TEST(replicates_of_a_bootstrap_pass_at_the_margin_with_chance_alpha)
{
    enum { COUNT = 1000 };
    static double c[COUNT], b[COUNT];
    struct mlt_rng rng;
    mlt_rng_seed(&rng, 47);
    for (int i = 0; i < COUNT; i++) {
        b[i] = 0.8 + 0.01 * normal(&rng);
        c[i] = b[i] - 0.02 + 0.01 * normal(&rng);
    }
    struct mlt_measurement m = mlt_measurement_none();
    m.case_id = "regression/holdout";
    m.metric = "pr_auc";
    m.direction = MLT_HIGHER_IS_BETTER;
    m.method = MLT_INTERVAL_BOOTSTRAP;
    m.candidate = 0.78;
    m.baseline = 0.8;
    m.rows = m.differing = 5000;
    m.positives = 2000;
    m.df = 4999;
    m.replicates = COUNT;
    m.replicate_candidate = c;
    m.replicate_baseline = b;
    struct mlt_rehearsal_cell cell = {.sentence = parse("pr_auc within 0.04 of production"),
                                      .m = &m,
                                      .basis = MLT_REHEARSAL_REPLICATES};
    struct mlt_rehearsal_outcome o = rehearse(&cell, 1, COUNT, 13, 2);
    int passes = count_verdict(&o, MLT_WORLD_MARGIN, 0, MLT_VERDICT_PASS);
    /* Some near alpha stay open for want of replicates, which is no pass. */
    ck_assert_int_le(passes, (int)(COUNT * 0.05 + 3 * sqrt(COUNT * 0.05 * 0.95)));
    ck_assert_int_gt(passes, COUNT / 100);
    /* Four standard errors inside: Phi(4 - 1.645) = 0.9907. */
    ck_assert_int_gt(count_verdict(&o, MLT_WORLD_EQUAL, 0, MLT_VERDICT_PASS), 960);
    ck_assert_int_eq(count_verdict(&o, MLT_WORLD_DOUBLE, 0, MLT_VERDICT_PASS), 0);
}
END_TEST

START_TEST(a_limit_is_rehearsed_from_production_to_it)
{
    struct mlt_rng rng;
    mlt_rng_seed(&rng, 37);
    draw_decisions(&rng, 1);
    struct mlt_rehearsal_cell cell = cell_of(&laws[2], "accuracy >= 0.85");
    ck_assert_double_eq_tol(mlt_rehearsal_harm(&cell, MLT_WORLD_MARGIN), cell.m->baseline - 0.85,
                            1e-12);
    struct mlt_rehearsal_outcome o = rehearse(&cell, 1, 2000, 9, 2);
    /* Clopper & Pearson never below its level: at most alpha, and three standard errors. */
    int passes = count_verdict(&o, MLT_WORLD_MARGIN, 0, MLT_VERDICT_PASS);
    ck_assert_int_le(passes, 2000 * 0.05 + 3 * sqrt(2000 * 0.05 * 0.95));
    ck_assert_int_gt(passes, 20);
    ck_assert_int_gt(count_verdict(&o, MLT_WORLD_EQUAL, 0, MLT_VERDICT_PASS), 1900);
    /* Production itself is beyond this one: there is no half of the way to it. */
    struct mlt_rehearsal_cell beyond = cell_of(&laws[2], "accuracy >= 0.97");
    ck_assert(!mlt_rehearsal_has_world(&beyond, MLT_WORLD_HALF));
    ck_assert(mlt_rehearsal_has_world(&beyond, MLT_WORLD_MARGIN));
    o = rehearse(&beyond, 1, 200, 9, 2);
    ck_assert_int_eq(count_verdict(&o, MLT_WORLD_EQUAL, 0, MLT_VERDICT_PASS), 0);
}
END_TEST

/* The truth of every world is what the sentence holds against its margin. */
START_TEST(harms_are_margins_whatever_their_kind)
{
    struct mlt_rng rng;
    mlt_rng_seed(&rng, 41);
    draw_errors(&rng, 0);
    struct mlt_rehearsal_cell cell = cell_of(&laws[0], "rmse within 5% or 0.2 of production");
    ck_assert_double_eq(mlt_rehearsal_harm(&cell, MLT_WORLD_MARGIN), 0.2);
    cell = cell_of(&laws[0], "rmse within 5% of production");
    ck_assert_double_eq_tol(mlt_rehearsal_harm(&cell, MLT_WORLD_DOUBLE), 0.1 * cell.m->baseline,
                            1e-15);
    cell = cell_of(&laws[0], "rmse better than production by 0.1");
    ck_assert_double_eq(mlt_rehearsal_harm(&cell, MLT_WORLD_HALF), -0.05);
    cell = cell_of(&laws[0], "rmse no worse than production");
    ck_assert_double_eq(mlt_rehearsal_harm(&cell, MLT_WORLD_MARGIN), 0);
    ck_assert(!mlt_rehearsal_has_world(&cell, MLT_WORLD_DOUBLE));
}
END_TEST

START_TEST(one_row_and_no_baseline_never_pass_by_accident)
{
    static const uint32_t unit[1] = {0};
    static const double zero[1] = {0};
    struct mlt_measurement m = mlt_measurement_none();
    m.case_id = "regression/holdout";
    m.metric = "rmse";
    m.direction = MLT_LOWER_IS_BETTER;
    m.method = MLT_INTERVAL_INFLUENCE;
    m.candidate = 1;
    m.rows = m.differing = 1;
    m.min_rows = 30;
    struct mlt_rehearsal_cell cell = {.sentence = parse("rmse <= 2"),
                                      .m = &m,
                                      .basis = MLT_REHEARSAL_SUMS,
                                      .n = 1,
                                      .unit = unit,
                                      .candidate = zero};
    struct mlt_rehearsal_outcome o = rehearse(&cell, 1, 100, 1, 1);
    for (int w = 0; w < MLT_WORLDS; w++) {
        /* Nothing is drawn in exp(-1) of the replicates: no number, and nothing shown. */
        int invalid = count_verdict(&o, (enum mlt_world)w, 0, MLT_VERDICT_INVALID);
        ck_assert_int_eq(count_verdict(&o, (enum mlt_world)w, 0, MLT_VERDICT_INCONCLUSIVE),
                         100 - invalid);
        ck_assert_int_lt(invalid, 60);
    }
}
END_TEST

/* The whole gate: equal in all, worse in the one that is missed most often. */
START_TEST(the_whole_gate_is_counted_together)
{
    struct mlt_rng rng;
    struct mlt_rehearsal_sentence sentences[] = {{.first = 0, .count = 1},
                                                 {.first = 1, .count = 1}};
    struct mlt_rehearsal_rates rates = {.sentences = sentences, .sentence_count = 2};
    const bool lenient[] = {false, true};
    mlt_rng_seed(&rng, 43);
    draw_errors(&rng, 0.5);
    struct mlt_rehearsal_cell cells[] = {
        cell_of(&laws[0], "rmse within 10% of production"),
        cell_of(&laws[0], "rmse within 10% of production, rule not-shown-worse")};
    struct mlt_rehearsal_outcome o = rehearse(cells, 2, 1000, 11, 2);
    const struct mlt_rehearsal r = {.cells = cells, .cell_count = 2, .replicates = 1000};
    ck_ok(mlt_rehearsal_rate(&r, &o, lenient, &rates, &arena, &err));
    ck_assert_uint_eq(rates.equal_passes.n, 1000);
    /* Both look at the same figure: the stricter one decides alone. */
    ck_assert_uint_eq(rates.equal_passes.k,
                      (size_t)count_verdict(&o, MLT_WORLD_EQUAL, 0, MLT_VERDICT_PASS));
    ck_assert_uint_eq(rates.equal_passes.k + sentences[0].equal_blocked.k, 1000);
    ck_assert_uint_eq(rates.without_lenient.k,
                      (size_t)count_verdict(&o, MLT_WORLD_MARGIN, 0, MLT_VERDICT_PASS));
    /* The lenient one at the margin passes where the other, which is level, does. */
    ck_assert_uint_eq(rates.lenient_passes.cell, 1);
    ck_assert_double_gt(rates.lenient_passes.share, 0.8);
    ck_assert_double_lt(rates.firm_passes.share, 0.1);
    ck_assert_uint_eq(rates.lenient_cells, 1);
    /* As non-inferior the two are one sentence. */
    ck_assert_uint_eq(rates.strict_equal_passes.k, rates.equal_passes.k);
    /* scipy.stats.binomtest(k, 1000).proportion_ci(method="exact") */
    ck_assert(rates.equal_passes.lo < rates.equal_passes.share);
    ck_assert(rates.equal_passes.share < rates.equal_passes.hi || rates.equal_passes.hi == 1);
}
END_TEST

TCase *rehearsal_case(void)
{
    TCase *tc = tcase_create("rehearsal");
    const int count = sizeof laws / sizeof *laws;
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 300);
    tcase_add_loop_test(tc, rates_are_those_of_rows_drawn_afresh, 0, count);
    tcase_add_loop_test(tc, an_equal_candidate_is_shown_worse_less_often_than_alpha, 0, count);
    tcase_add_loop_test(tc, exchanged_sides_are_the_same_equal_candidate, 0, count);
    tcase_add_test(tc, threads_change_nothing);
    tcase_add_test(tc, blocks_pass_at_the_margin_with_chance_alpha);
    tcase_add_test(tc, replicates_of_a_bootstrap_pass_at_the_margin_with_chance_alpha);
    tcase_add_test(tc, a_limit_is_rehearsed_from_production_to_it);
    tcase_add_test(tc, harms_are_margins_whatever_their_kind);
    tcase_add_test(tc, one_row_and_no_baseline_never_pass_by_accident);
    tcase_add_test(tc, the_whole_gate_is_counted_together);
    return tc;
}
