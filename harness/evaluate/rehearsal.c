#include "harness/evaluate/rehearsal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/rng.h"
#include "harness/evaluate/rehearsal_world.h"
#include "harness/stats/bootstrap_parallel.h"
#include "harness/stats/dist.h"
#include "harness/stats/resample.h"

enum { STEP = MLT_RESAMPLE_STEP };

/* What one thread works with: the drawn weights of every pool, and which draws are exchanged. */
struct desk {
    uint8_t **weight; /* [pools][n * STEP] */
    uint64_t **turn;  /* [pools][n] a byte per replicate of the step, in it a bit per draw */
    double (*sum)[MLT_REPLICATE_SUMS][STEP]; /* [cells] */
    struct mlt_arena arena;
    struct mlt_err err;
    bool failed;
};

struct work {
    const struct mlt_rehearsal *of;
    struct desk desk[MLT_PARALLEL_MAX];
    struct mlt_rehearsed *at;
    bool *equal_fails;
};

/* A number from three; the finaliser of splitmix64 (Steele, Lea & Flood 2014), twice. */
static uint64_t mix(uint64_t seed, uint64_t a, uint64_t b)
{
    uint64_t z = seed ^ (a + UINT64_C(0x9e3779b97f4a7c15)) * UINT64_C(0xbf58476d1ce4e5b9);
    for (int i = 0; i < 2; i++) {
        z += b + UINT64_C(0x9e3779b97f4a7c15);
        z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
        z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
        z ^= z >> 31;
    }
    return z;
}

static void draw_pools(const struct mlt_rehearsal *r, struct desk *desk, size_t block)
{
    for (size_t p = 0; p < r->pool_count; p++) {
        const struct mlt_rehearsal_pool *pool = &r->pools[p];
        mlt_resample_poisson(r->seed, pool->key, pool->n, block * STEP, STEP, false,
                             desk->weight[p]);
        for (size_t i = 0; i < pool->n; i++)
            desk->turn[p][i] = mix(~r->seed, pool->key[i], block);
    }
}

/* Adds one unit to the sums of all replicates of the step. */
static void add_unit(double sum[MLT_REPLICATE_SUMS][STEP], const double weight[STEP],
                     const double turned[STEP], double c, double b)
{
    const double s = c + b, d = c - b;
    const double even[] = {1, s, s * s, d * d, s * s * s, s * d * d};
    const double odd[] = {d, s * d, s * s * d, d * d * d};
    for (int k = 0; k < MLT_SUM_D; k++)
        for (int j = 0; j < STEP; j++)
            sum[k][j] += weight[j] * even[k];
    for (int k = 0; k < MLT_SUM_TURNED_D - MLT_SUM_D; k++)
        for (int j = 0; j < STEP; j++) {
            sum[MLT_SUM_D + k][j] += weight[j] * odd[k];
            sum[MLT_SUM_TURNED_D + k][j] += turned[j] * odd[k];
        }
}

static void sum_units(const struct mlt_rehearsal_cell *cell, const struct desk *desk,
                      double sum[MLT_REPLICATE_SUMS][STEP])
{
    _Static_assert((int)MLT_RESAMPLE_WEIGHT_MAX <= 8, "a bit for every draw");
    for (size_t i = 0; i < cell->n; i++) {
        const uint8_t *drawn = desk->weight[cell->pool] + (size_t)cell->unit[i] * STEP;
        const uint64_t turn = desk->turn[cell->pool][cell->unit[i]];
        double weight[STEP], turned[STEP];
        for (int j = 0; j < STEP; j++) {
            weight[j] = drawn[j];
            /* Every draw of a unit is exchanged or not by itself: were all draws of one, the
             * difference would vary twice as much as it does between rows. */
            unsigned bits = (unsigned)(turn >> 8 * j) & ((1u << drawn[j]) - 1);
            turned[j] = weight[j] - 2 * __builtin_popcount(bits);
        }
        add_unit(sum, weight, turned, cell->candidate[i],
                 cell->baseline == NULL ? 0 : cell->baseline[i]);
    }
}

static double normal(struct mlt_rng *rng)
{
    double u = mlt_rng_uniform(rng);
    return mlt_normal_quantile(u > 0 ? u : 0x1p-54);
}

/* Normal units with the covariance of the estimates, that of their mean. */
static void sum_law(const struct mlt_rehearsal_cell *cell, uint64_t seed, size_t first,
                    double sum[MLT_REPLICATE_SUMS][STEP])
{
    const struct mlt_measurement *m = cell->m;
    const bool pair = !isnan(m->baseline);
    double spread = sqrt(m->var_candidate / (double)cell->n);
    double along = pair && m->var_candidate > 0 ? m->covariance / m->var_candidate : 0;
    double own = pair ? m->var_baseline - along * m->covariance : 0;
    double apart = sqrt((own > 0 ? own : 0) / (double)cell->n);
    for (int j = 0; j < STEP; j++) {
        struct mlt_rng rng;
        double weight[STEP] = {0}, turned[STEP] = {0};
        weight[j] = 1;
        mlt_rng_seed(&rng, mix(seed, first + (size_t)j, 1));
        for (size_t i = 0; i < cell->n; i++) {
            double c = spread * normal(&rng), b = along * c + apart * normal(&rng);
            turned[j] = mlt_rng_below(&rng, 2) == 0 ? 1 : -1;
            add_unit(sum, weight, turned, c, pair ? b : 0);
        }
    }
}

static bool is_strict_pass(const struct mlt_finding *f)
{
    if (f->rule != MLT_RULE_NOT_SHOWN_WORSE)
        return f->verdict == MLT_VERDICT_PASS;
    /* Without an interval nothing but the evidence itself decided, whatever the rule. */
    if (isnan(f->hi))
        return f->verdict == MLT_VERDICT_PASS;
    return f->verdict == MLT_VERDICT_PASS && f->hi < f->margin && f->p_pass < f->alpha;
}

/* Judges all cells in one replicate of one world. */
static bool judge_world(struct work *w, struct desk *desk, enum mlt_world world, size_t replicate,
                        int j)
{
    const struct mlt_rehearsal *r = w->of;
    struct mlt_findings findings = {0};
    for (size_t c = 0; c < r->cell_count; c++) {
        const struct mlt_rehearsal_cell *cell = &r->cells[c];
        double sum[MLT_REPLICATE_SUMS];
        if (cell->basis == MLT_REHEARSAL_NONE || !mlt_rehearsal_has_world(cell, world))
            continue;
        for (int k = 0; k < MLT_REPLICATE_SUMS; k++)
            sum[k] = desk->sum[c][k][j];
        struct mlt_measurement m;
        const struct mlt_replicate drawn = {replicate, mix(r->seed + world, c, replicate), sum};
        if (!mlt_rehearsal_measure(cell, &drawn, world, &desk->arena, &m) ||
            !mlt_judge_sentence(cell->sentence, m.case_id, &m, 1, r->defaults, &desk->arena,
                                &findings, &desk->err))
            return false;
        const struct mlt_finding *f = &findings.items[findings.count - 1];
        w->at[(world * r->cell_count + c) * r->replicates + replicate] =
            (struct mlt_rehearsed){(uint8_t)f->verdict, is_strict_pass(f)};
    }
    if (world != MLT_WORLD_EQUAL)
        return true;
    if (!mlt_judge_adjust(&findings, r->defaults->correction, &desk->arena, &desk->err))
        return false;
    for (size_t i = 0; i < findings.count; i++)
        w->equal_fails[replicate] |= findings.items[i].verdict == MLT_VERDICT_FAIL;
    return true;
}

/* The sums of a step for all cells; sentences on one figure share them. */
static void sum_cells(const struct mlt_rehearsal *r, struct desk *desk, size_t block)
{
    memset(desk->sum, 0, r->cell_count * sizeof *desk->sum);
    for (size_t c = 0; c < r->cell_count; c++) {
        const struct mlt_rehearsal_cell *cell = &r->cells[c];
        size_t twin = 0;
        while (twin < c && (r->cells[twin].unit == NULL || r->cells[twin].unit != cell->unit ||
                            r->cells[twin].candidate != cell->candidate))
            twin++;
        if (twin < c)
            memcpy(desk->sum[c], desk->sum[twin], sizeof desk->sum[c]);
        else if (cell->basis == MLT_REHEARSAL_LAW)
            sum_law(cell, mix(r->seed, c, 2), block * STEP, desk->sum[c]);
        else if (cell->basis == MLT_REHEARSAL_SUMS || cell->basis == MLT_REHEARSAL_COUNTS)
            sum_units(cell, desk, desk->sum[c]);
    }
}

static void rehearse_block(void *context, size_t block, unsigned thread)
{
    struct work *w = context;
    const struct mlt_rehearsal *r = w->of;
    struct desk *desk = &w->desk[thread];
    if (desk->failed || (r->interrupted != NULL && *r->interrupted != 0))
        return;
    draw_pools(r, desk, block);
    sum_cells(r, desk, block);
    for (size_t j = 0; j < STEP && block * STEP + j < r->replicates; j++) {
        for (int world = 0; world < MLT_WORLDS && !desk->failed; world++)
            desk->failed = !judge_world(w, desk, (enum mlt_world)world, block * STEP + j, (int)j);
        mlt_arena_free(&desk->arena);
    }
}

static void clear_desk(const struct mlt_rehearsal *r, struct desk *desk)
{
    for (size_t p = 0; p < r->pool_count; p++) {
        if (desk->weight != NULL)
            free(desk->weight[p]);
        if (desk->turn != NULL)
            free(desk->turn[p]);
    }
    free(desk->weight);
    free(desk->turn);
    free(desk->sum);
    mlt_arena_free(&desk->arena);
}

static bool set_desk(const struct mlt_rehearsal *r, struct desk *desk)
{
    desk->weight = calloc(r->pool_count + 1, sizeof *desk->weight);
    desk->turn = calloc(r->pool_count + 1, sizeof *desk->turn);
    desk->sum = calloc(r->cell_count + 1, sizeof *desk->sum);
    bool good = desk->weight != NULL && desk->turn != NULL && desk->sum != NULL;
    for (size_t p = 0; good && p < r->pool_count; p++) {
        desk->weight[p] = calloc(r->pools[p].n + 1, STEP);
        desk->turn[p] = calloc(r->pools[p].n + 1, sizeof *desk->turn[p]);
        good = desk->weight[p] != NULL && desk->turn[p] != NULL;
    }
    return good;
}

static bool was_interrupted(const struct mlt_rehearsal *r, struct mlt_err *err)
{
    if (r->interrupted == NULL || *r->interrupted == 0)
        return false;
    (void)mlt_err_set(err, MLT_ERR_INTERRUPTED, "the rehearsal was stopped");
    err->signal = (int)*r->interrupted;
    return true;
}

bool mlt_rehearsal_run(const struct mlt_rehearsal *rehearsal, struct mlt_arena *arena,
                       struct mlt_rehearsal_outcome *out, struct mlt_err *err)
{
    const struct mlt_rehearsal *r = rehearsal;
    const unsigned threads = mlt_parallel_threads(r->threads);
    struct work *w = calloc(1, sizeof *w);
    if (w == NULL)
        return mlt_err_oom(err);
    w->of = r;
    if (r->replicates <= SIZE_MAX / MLT_WORLDS / (r->cell_count + 1))
        w->at = mlt_arena_calloc(arena, MLT_WORLDS * r->cell_count * r->replicates, sizeof *w->at);
    w->equal_fails = mlt_arena_calloc(arena, r->replicates, sizeof *w->equal_fails);
    bool good = w->at != NULL && w->equal_fails != NULL;
    for (unsigned t = 0; good && t < threads; t++)
        good = set_desk(r, &w->desk[t]);
    if (good)
        mlt_parallel_run(threads, (r->replicates + STEP - 1) / STEP, rehearse_block, w);
    for (unsigned t = 0; t < threads; t++) {
        good = good && !w->desk[t].failed;
        clear_desk(r, &w->desk[t]);
    }
    *out = (struct mlt_rehearsal_outcome){r->replicates, r->cell_count, w->at, w->equal_fails};
    free(w);
    return good ? !was_interrupted(r, err) : mlt_err_oom(err);
}
