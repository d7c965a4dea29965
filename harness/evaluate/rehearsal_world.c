#include "harness/evaluate/rehearsal_world.h"

#include <math.h>

#include "harness/base/rng.h"

static bool is_limit(const struct mlt_rehearsal_cell *cell)
{
    return cell->sentence->kind == MLT_SENTENCE_ABSOLUTE;
}

/* 1 where more is worse, else -1. */
static double worse_way(const struct mlt_rehearsal_cell *cell)
{
    if (is_limit(cell))
        return cell->sentence->upper ? 1 : -1;
    return cell->m->direction == MLT_HIGHER_IS_BETTER ? -1 : 1;
}

static bool has_baseline(const struct mlt_rehearsal_cell *cell)
{
    return !isnan(cell->m->baseline);
}

/* What an equal candidate is like: production, or, without one, this candidate. */
static double level_of(const struct mlt_rehearsal_cell *cell)
{
    return has_baseline(cell) ? cell->m->baseline : cell->m->candidate;
}

/* Below 0 where a gain is asked for, or where the limit is on the better side already. */
static double margin_of(const struct mlt_rehearsal_cell *cell)
{
    const struct mlt_sentence *s = cell->sentence;
    if (is_limit(cell))
        return worse_way(cell) * (s->limit - level_of(cell));
    double larger = fmax(s->relative * fabs(cell->m->baseline), s->absolute);
    return s->kind == MLT_SENTENCE_BETTER ? -larger : larger;
}

bool mlt_rehearsal_has_world(const struct mlt_rehearsal_cell *cell, enum mlt_world world)
{
    if (world == MLT_WORLD_EQUAL || world == MLT_WORLD_LEVEL || world == MLT_WORLD_MARGIN)
        return true;
    double margin = margin_of(cell);
    return is_limit(cell) ? margin > 0 : margin != 0;
}

double mlt_rehearsal_harm(const struct mlt_rehearsal_cell *cell, enum mlt_world world)
{
    static const double times[MLT_WORLDS] = {0, 0, 0.5, 1, 2};
    return times[world] * margin_of(cell);
}

/* Means over the drawn units of the products of what they add to candidate and baseline. */
struct moments {
    double c, b, cc, cb, bb;
    double third[MLT_THIRD_MOMENTS]; /* about the means: ccc, ccb, cbb, bbb */
};

/* From s = c + b and d = c - b to c and b. */
static void third_moments(const double sum[MLT_REPLICATE_SUMS], bool turned, struct moments *out)
{
    const size_t odd = turned ? MLT_SUM_TURNED_D - MLT_SUM_D : 0;
    const double n = sum[MLT_SUM_ONE], s = sum[MLT_SUM_S] / n, d = sum[MLT_SUM_D + odd] / n;
    const double ss = sum[MLT_SUM_SS] / n, dd = sum[MLT_SUM_DD] / n, sd = sum[MLT_SUM_SD + odd] / n;
    double sss = sum[MLT_SUM_SSS] / n - 3 * s * ss + 2 * s * s * s;
    double ssd = sum[MLT_SUM_SSD + odd] / n - 2 * s * sd - d * ss + 2 * s * s * d;
    double sdd = sum[MLT_SUM_SDD] / n - 2 * d * sd - s * dd + 2 * s * d * d;
    double ddd = sum[MLT_SUM_DDD + odd] / n - 3 * d * dd + 2 * d * d * d;
    out->third[0] = (sss + 3 * ssd + 3 * sdd + ddd) / 8;
    out->third[1] = (sss + ssd - sdd - ddd) / 8;
    out->third[2] = (sss - ssd - sdd + ddd) / 8;
    out->third[3] = (sss - 3 * ssd + 3 * sdd - ddd) / 8;
}

static struct moments moments_of(const double sum[MLT_REPLICATE_SUMS], bool turned)
{
    const size_t odd = turned ? MLT_SUM_TURNED_D - MLT_SUM_D : 0;
    const double n = sum[MLT_SUM_ONE], s = sum[MLT_SUM_S] / n, d = sum[MLT_SUM_D + odd] / n;
    const double ss = sum[MLT_SUM_SS] / n, dd = sum[MLT_SUM_DD] / n, sd = sum[MLT_SUM_SD + odd] / n;
    struct moments out = {.c = (s + d) / 2, .b = (s - d) / 2};
    out.cc = (ss + 2 * sd + dd) / 4 - out.c * out.c;
    out.cb = (ss - dd) / 4 - out.c * out.b;
    out.bb = (ss - 2 * sd + dd) / 4 - out.b * out.b;
    third_moments(sum, turned, &out);
    return out;
}

/* The baseline's rows in the candidate's place. */
static void take_baseline(struct moments *x)
{
    x->c = x->b;
    x->cc = x->cb = x->bb;
    for (int i = 0; i < MLT_THIRD_MOMENTS; i++)
        x->third[i] = x->third[3];
}

static struct mlt_measurement measure_sums(const struct mlt_rehearsal_cell *cell,
                                           const double sum[MLT_REPLICATE_SUMS],
                                           enum mlt_world world)
{
    struct mlt_measurement out = *cell->m;
    const double n = (double)cell->n, scale = n * n / (n - 1);
    struct moments x = moments_of(sum, world == MLT_WORLD_EQUAL && !is_limit(cell));
    if (is_limit(cell) && world <= MLT_WORLD_LEVEL && has_baseline(cell))
        take_baseline(&x);
    out.candidate = level_of(cell) + worse_way(cell) * mlt_rehearsal_harm(cell, world) + n * x.c;
    out.var_candidate = scale * fmax(x.cc, 0);
    if (has_baseline(cell)) {
        out.baseline = cell->m->baseline + n * x.b;
        out.var_baseline = scale * fmax(x.bb, 0);
        out.covariance = scale * x.cb;
    }
    for (int i = 0; i < MLT_THIRD_MOMENTS; i++)
        if (isfinite(cell->m->third[i]))
            out.third[i] = n * x.third[i];
    return out;
}

/* Rows by who is right. */
struct split {
    double both, only_candidate, only_baseline, neither;
};

static double draw(struct mlt_rng *rng, double count, double chance)
{
    double hits = 0;
    if (!(chance > 0))
        return 0;
    if (chance >= 1)
        return count;
    for (double i = 0; i < count; i++)
        hits += mlt_rng_uniform(rng) < chance;
    return hits;
}

/* The shares of rows that have to change sides, in the order in which they are taken. */
static void move_rows(struct split *rows, const struct mlt_rehearsal_cell *cell, double harm,
                      struct mlt_rng *rng)
{
    const struct mlt_measurement *m = cell->m;
    const double n = (double)m->trials, way = worse_way(cell);
    /* How much more often the candidate has to be right than it is. */
    double more = way * harm - ((double)m->only_candidate - (double)m->only_baseline) / n;
    double *from = more < 0 ? &rows->only_candidate : &rows->only_baseline;
    double *to = more < 0 ? &rows->only_baseline : &rows->only_candidate;
    double share = (double)(more < 0 ? m->only_candidate : m->only_baseline) / n;
    /* First rows on which the two differ: their number is what the versions have in common. */
    double moved = draw(rng, *from, fabs(more) / (2 * share));
    *from -= moved;
    *to += moved;
    double rest = fabs(more) - 2 * share;
    if (!(rest > 0))
        return;
    double both = (double)m->successes / n - (double)m->only_candidate / n;
    double neither = 1 - both - (double)(m->only_candidate + m->only_baseline) / n;
    from = more < 0 ? &rows->both : &rows->neither;
    to = more < 0 ? &rows->only_baseline : &rows->only_candidate;
    moved = draw(rng, *from, rest / (more < 0 ? both : neither));
    *from -= moved;
    *to += moved;
}

/* Of a limit nothing but the candidate's own rows count. */
static void move_to_limit(struct split *rows, const struct mlt_rehearsal_cell *cell, double harm,
                          struct mlt_rng *rng)
{
    double now = cell->m->candidate;
    double wanted = level_of(cell) + worse_way(cell) * harm;
    double right = rows->both + rows->only_candidate, wrong = rows->neither + rows->only_baseline;
    right += wanted < now ? -draw(rng, right, 1 - wanted / now)
                          : draw(rng, wrong, (wanted - now) / (1 - now));
    double all = rows->both + rows->only_candidate + rows->only_baseline + rows->neither;
    *rows = (struct split){.only_candidate = right, .neither = all - right};
}

static struct split split_of(const double sum[MLT_REPLICATE_SUMS], bool turned)
{
    double differ = sum[MLT_SUM_DD], more = sum[turned ? MLT_SUM_TURNED_D : MLT_SUM_D];
    struct split out = {.both = (sum[MLT_SUM_SS] - differ) / 4,
                        .only_candidate = (differ + more) / 2,
                        .only_baseline = (differ - more) / 2};
    out.neither = sum[MLT_SUM_ONE] - out.both - differ;
    return out;
}

/* Influence values of a share: right less the share, over the share of rows that it is of. */
static void fill_moments(const struct split *rows, double all_rows, struct mlt_measurement *out)
{
    const double count[4] = {rows->both, rows->only_candidate, rows->only_baseline, rows->neither};
    const double trials = (double)out->trials, of = trials / all_rows;
    double square[3] = {0}, third[MLT_THIRD_MOMENTS] = {0};
    for (int i = 0; i < 4; i++) {
        double c = ((i <= 1 ? 1 : 0) - out->candidate) / of;
        double b = ((i == 0 || i == 2 ? 1 : 0) - out->baseline) / of;
        square[0] += count[i] * c * c;
        square[1] += count[i] * c * b;
        square[2] += count[i] * b * b;
        third[0] += count[i] * c * c * c;
        third[1] += count[i] * c * c * b;
        third[2] += count[i] * c * b * b;
        third[3] += count[i] * b * b * b;
    }
    out->var_candidate = square[0] / all_rows / (all_rows - 1);
    if (!isnan(out->baseline)) {
        out->covariance = square[1] / all_rows / (all_rows - 1);
        out->var_baseline = square[2] / all_rows / (all_rows - 1);
    }
    for (int i = 0; i < MLT_THIRD_MOMENTS; i++)
        if (isfinite(out->third[i]))
            out->third[i] = third[i] / all_rows / all_rows / all_rows;
}

static struct mlt_measurement measure_counts(const struct mlt_rehearsal_cell *cell,
                                             const double sum[MLT_REPLICATE_SUMS],
                                             enum mlt_world world, uint64_t seed)
{
    struct mlt_measurement out = *cell->m;
    struct mlt_rng rng;
    double harm = mlt_rehearsal_harm(cell, world);
    struct split rows = split_of(sum, world == MLT_WORLD_EQUAL && !is_limit(cell));
    mlt_rng_seed(&rng, seed);
    if (is_limit(cell) && world <= MLT_WORLD_LEVEL && has_baseline(cell))
        rows = (struct split){.both = rows.both + rows.only_baseline,
                              .neither = rows.neither + rows.only_candidate};
    else if (is_limit(cell) && world > MLT_WORLD_LEVEL)
        move_to_limit(&rows, cell, harm, &rng);
    else if (!is_limit(cell) && world != MLT_WORLD_EQUAL)
        move_rows(&rows, cell, harm, &rng);
    double trials = sum[MLT_SUM_ONE], others = (double)(cell->m->rows - cell->m->trials);
    out.trials = (uint64_t)trials;
    out.rows = (uint64_t)(trials + others);
    out.positives = out.positives < out.rows ? out.positives : out.rows;
    out.successes = (uint64_t)(rows.both + rows.only_candidate);
    out.candidate = (rows.both + rows.only_candidate) / trials;
    if (has_baseline(cell)) {
        out.only_candidate = (uint64_t)rows.only_candidate;
        out.only_baseline = (uint64_t)rows.only_baseline;
        out.baseline = (rows.both + rows.only_baseline) / trials;
    }
    fill_moments(&rows, trials + others, &out);
    return out;
}

/* How far the replicates of one version are from its estimate, moved to another. */
static const double *move_replicates(const double *from, size_t count, double by,
                                     struct mlt_arena *arena)
{
    double *to = mlt_arena_calloc(arena, count, sizeof *to);
    for (size_t i = 0; to != NULL && i < count; i++)
        to[i] = from[i] + by;
    return to;
}

/* One replicate of the bootstrap as the estimate, about which all of them lie as they did about
 * the one that was measured. */
static bool measure_replicates(const struct mlt_rehearsal_cell *cell,
                               const struct mlt_replicate *replicate, enum mlt_world world,
                               struct mlt_arena *arena, struct mlt_measurement *out)
{
    const struct mlt_measurement *m = cell->m;
    const size_t r = replicate->index % m->replicates;
    const double *from[2] = {m->replicate_candidate, m->replicate_baseline};
    double about[2] = {m->candidate, m->baseline};
    bool pair = has_baseline(cell);
    if (pair && is_limit(cell) && world <= MLT_WORLD_LEVEL) {
        from[0] = from[1];
        about[0] = about[1];
    } else if (pair && !is_limit(cell) && world == MLT_WORLD_EQUAL && (replicate->seed & 1)) {
        from[0] = m->replicate_baseline;
        from[1] = m->replicate_candidate;
        about[0] = m->baseline;
        about[1] = m->candidate;
    }
    *out = *m;
    out->candidate = level_of(cell) + worse_way(cell) * mlt_rehearsal_harm(cell, world) +
                     (from[0][r] - about[0]);
    out->replicate_candidate =
        move_replicates(from[0], m->replicates, out->candidate - about[0], arena);
    if (pair) {
        out->baseline = m->baseline + (from[1][r] - about[1]);
        out->replicate_baseline =
            move_replicates(from[1], m->replicates, out->baseline - about[1], arena);
    }
    if (isnan(out->candidate) || (pair && isnan(out->baseline)))
        out->undefined = "it is not defined on the drawn rows";
    return out->replicate_candidate != NULL && (!pair || out->replicate_baseline != NULL);
}

bool mlt_rehearsal_measure(const struct mlt_rehearsal_cell *cell,
                           const struct mlt_replicate *replicate, enum mlt_world world,
                           struct mlt_arena *arena, struct mlt_measurement *out)
{
    if (cell->basis == MLT_REHEARSAL_REPLICATES)
        return measure_replicates(cell, replicate, world, arena, out);
    *out = cell->basis == MLT_REHEARSAL_COUNTS
               ? measure_counts(cell, replicate->sum, world, replicate->seed)
               : measure_sums(cell, replicate->sum, world);
    return true;
}
