#include <math.h>
#include <stdlib.h>

#include "harness/metrics/families.h"
#include "harness/metrics/ranked.h"
#include "harness/metrics/sampling.h"
#include "harness/stats/exact.h"

enum { UNIT_BITS = 85 };

/* The midranks of both sides, moved and scaled into (-1, 1): 2 F - 1 with F the share of the weight
 * below plus half of that at a value. */
struct midranks {
    double *u[2];            /* [n] by row */
    double total;            /* weight of all rows */
    double cross, square[2]; /* weighted means of u0 u1, u0 u0, u1 u1 */
};

struct concordance {
    mlt_mass *signs; /* [n] by row */
    double total;
    double score;     /* mean over ordered pairs of sign times sign */
    double untied[2]; /* share of ordered pairs that are not tied, by side */
};

/* Label and score, each ranked, with the group of every row. */
struct pairs {
    size_t n;
    struct mlt_ranked side[2];
    uint32_t *group[2]; /* [n] by row */
    mlt_mass *mass;     /* [n] by row */
    /* Of the rows once each, made when the metric is opened: */
    struct midranks ranks;          /* spearman */
    struct concordance concordance; /* kendall */
};

static void close_pairs(void *state)
{
    struct pairs *pairs = state;
    if (pairs == NULL)
        return;
    for (int s = 0; s < 2; s++) {
        mlt_ranked_free(&pairs->side[s]);
        free(pairs->group[s]);
    }
    free(pairs->mass);
    free(pairs->ranks.u[0]);
    free(pairs->concordance.signs);
    free(pairs);
}

static bool fill_pairs(struct pairs *pairs, const struct mlt_metric_input *in, struct mlt_err *err)
{
    const double *column[2] = {in->label, in->score};
    pairs->n = in->n;
    if (!mlt_mass_make(in->weight, in->n, &pairs->mass))
        return mlt_err_oom(err);
    for (int s = 0; s < 2; s++) {
        pairs->group[s] = calloc(in->n + 1, sizeof *pairs->group[s]);
        if (pairs->group[s] == NULL)
            return mlt_err_oom(err);
        struct mlt_ranked *side = &pairs->side[s];
        if (!mlt_ranked_make(column[s], in->n, side, err))
            return false;
        for (size_t g = 0; g < side->groups; g++)
            for (size_t p = side->start[g]; p < side->start[g + 1]; p++)
                pairs->group[s][side->row[p]] = (uint32_t)g;
    }
    return true;
}

static bool open_pairs(const struct mlt_metric_input *in, struct pairs **state, const char **why,
                       struct mlt_err *err)
{
    *state = NULL;
    struct pairs *pairs = calloc(1, sizeof *pairs);
    if (pairs == NULL)
        return mlt_err_oom(err);
    if (!fill_pairs(pairs, in, err)) {
        close_pairs(pairs);
        return false;
    }
    if (pairs->side[0].groups < 2)
        mlt_metric_undefined(why, "every label is the same");
    else if (pairs->side[1].groups < 2)
        mlt_metric_undefined(why, "every prediction is the same");
    *state = pairs;
    return true;
}

static mlt_mass total_mass(const struct pairs *pairs, const uint32_t *times)
{
    mlt_mass total = 0;
    for (size_t i = 0; i < pairs->n; i++)
        total += mlt_mass_at(pairs->mass, times, i);
    return total;
}

static mlt_mass group_mass(const struct pairs *pairs, int side, const uint32_t *times, size_t g)
{
    const struct mlt_ranked *ranked = &pairs->side[side];
    mlt_mass mass = 0;
    for (size_t p = ranked->start[g]; p < ranked->start[g + 1]; p++)
        mass += mlt_mass_at(pairs->mass, times, ranked->row[p]);
    return mass;
}

static void rank_side(const struct pairs *pairs, int side, const uint32_t *times, mlt_mass total,
                      double *u)
{
    const struct mlt_ranked *ranked = &pairs->side[side];
    mlt_mass below = 0;
    for (size_t g = 0; g < ranked->groups; g++) {
        mlt_mass here = group_mass(pairs, side, times, g);
        double rank = mlt_mass_ratio(2 * below + here - total, total);
        for (size_t p = ranked->start[g]; p < ranked->start[g + 1]; p++)
            u[ranked->row[p]] = rank;
        below += here;
    }
}

static bool make_midranks(const struct pairs *pairs, const uint32_t *times, struct midranks *out)
{
    *out = (struct midranks){.total = NAN};
    mlt_mass total = total_mass(pairs, times);
    out->u[0] = calloc(2 * pairs->n + 1, sizeof *out->u[0]);
    if (out->u[0] == NULL)
        return false;
    out->u[1] = out->u[0] + pairs->n;
    for (int s = 0; s < 2; s++)
        rank_side(pairs, s, times, total, out->u[s]);
    struct mlt_exact cross = MLT_EXACT_INIT, square[2] = {MLT_EXACT_INIT, MLT_EXACT_INIT};
    for (size_t i = 0; i < pairs->n; i++) {
        double mass = mlt_mass_value(mlt_mass_at(pairs->mass, times, i));
        mlt_sampling_add_triple(&cross, out->u[0][i], out->u[1][i], mass);
        for (int s = 0; s < 2; s++)
            mlt_sampling_add_triple(&square[s], out->u[s][i], out->u[s][i], mass);
    }
    out->total = (double)total;
    out->cross = mlt_exact_value(&cross) / out->total;
    for (int s = 0; s < 2; s++)
        out->square[s] = mlt_exact_value(&square[s]) / out->total;
    return true;
}

static double bounded(double r)
{
    return r > 1 ? 1 : r < -1 ? -1 : r;
}

static bool open_spearman(const struct mlt_metric_input *in, double parameter, void **state,
                          const char **why, struct mlt_err *err)
{
    struct pairs *pairs;
    (void)parameter;
    if (!open_pairs(in, &pairs, why, err))
        return false;
    *state = pairs;
    if (make_midranks(pairs, NULL, &pairs->ranks))
        return true;
    close_pairs(pairs);
    *state = NULL;
    return mlt_err_oom(err);
}

static double spearman_of(const struct midranks *ranks)
{
    double spread = sqrt(ranks->square[0] * ranks->square[1]);
    return spread > 0 ? bounded(ranks->cross / spread) : NAN;
}

static double spearman(const void *state, const uint32_t *times)
{
    const struct pairs *pairs = state;
    struct midranks ranks;
    if (times == NULL)
        return spearman_of(&pairs->ranks);
    if (!make_midranks(pairs, times, &ranks))
        return NAN;
    free(ranks.u[0]);
    return spearman_of(&ranks);
}

/* out[i] += factor * K(i), K(i) the mean over rows j of v[j] (2 [x_j > x_i] + [x_j = x_i]): what a
 * row more at x_i does to the ranks of the others, on `side`. */
static void add_shift(const struct pairs *pairs, int side, const struct midranks *ranks,
                      const double *v, double factor, double *out)
{
    /* Each v in whole units of 2^-UNIT_BITS of a mass: sums of them are exact. */
    const int scale = pairs->mass == NULL ? UNIT_BITS : 0;
    const struct mlt_ranked *ranked = &pairs->side[side];
    mlt_mass above = 0, before = 0;
    for (size_t g = ranked->groups; g-- > 0;) {
        for (size_t p = ranked->start[g]; p < ranked->start[g + 1]; p++) {
            uint32_t row = ranked->row[p];
            double mass = mlt_mass_value(mlt_mass_at(pairs->mass, NULL, row));
            above += mlt_mass_of(mass * v[row], scale);
        }
        double shift = factor * (ldexp(mlt_mass_value(before + above), -scale) / ranks->total);
        for (size_t p = ranked->start[g]; p < ranked->start[g + 1]; p++)
            out[ranked->row[p]] += shift;
        before = above;
    }
}

/* With A = E u v, B = E u^2, C = E v^2 over midranks u, v, r = A / sqrt(B C), the influence of (x,
 * y) on A is u v + K_x(v) + K_y(u) - 3 A, on B u^2 + 2 K_x(u) - 3 B; the Hajek projection of the
 * ranks' own movement is K (Croux & Dehon 2010, Stat. Methods & Applications 19, for continuous
 * columns). */
static bool spearman_influence(const void *state, double value, double *out)
{
    const struct pairs *pairs = state;
    const struct midranks *ranks = &pairs->ranks;
    const double b = ranks->square[0], c = ranks->square[1], spread = sqrt(b * c);
    const double *u = ranks->u[0], *v = ranks->u[1];
    for (size_t i = 0; i < pairs->n; i++) {
        double cross = u[i] * v[i] - 3 * ranks->cross;
        double squares = (u[i] * u[i] - 3 * b) / b + (v[i] * v[i] - 3 * c) / c;
        out[i] = cross / spread - value / 2 * squares;
    }
    add_shift(pairs, 0, ranks, v, 1 / spread, out);
    add_shift(pairs, 1, ranks, u, 1 / spread, out);
    add_shift(pairs, 0, ranks, u, -value / b, out);
    add_shift(pairs, 1, ranks, v, -value / c, out);
    return true;
}

/* Sums of masses over the first groups, with insertion (Fenwick 1994). */
struct prefix {
    mlt_mass *sum;
    size_t groups;
};

static void insert(struct prefix *prefix, size_t group, mlt_mass mass)
{
    for (size_t k = group + 1; k <= prefix->groups; k += k & (0 - k))
        prefix->sum[k] += mass;
}

/* Of the groups below `group`. */
static mlt_mass below(const struct prefix *prefix, size_t group)
{
    mlt_mass sum = 0;
    for (size_t k = group; k > 0; k -= k & (0 - k))
        sum += prefix->sum[k];
    return sum;
}

/* s[i] = sum over rows j of mass times sign(x_i - x_j) sign(y_i - y_j), in O(n log n): along x, the
 * masses with y below and above, read once before the group of equal x is inserted and once after,
 * leave the rows of larger x to be found from the totals. */
static void add_signs(const struct pairs *pairs, const struct prefix *prefix, int sign, mlt_mass *s,
                      size_t group)
{
    const struct mlt_ranked *x = &pairs->side[0];
    mlt_mass all = below(prefix, prefix->groups);
    for (size_t p = x->start[group]; p < x->start[group + 1]; p++) {
        uint32_t row = x->row[p];
        size_t y = pairs->group[1][row];
        s[row] += sign * (below(prefix, y) - (all - below(prefix, y + 1)));
    }
}

static bool make_signs(const struct pairs *pairs, const uint32_t *times, mlt_mass *s)
{
    struct prefix prefix = {.groups = pairs->side[1].groups};
    prefix.sum = calloc(prefix.groups + 1, sizeof *prefix.sum);
    if (prefix.sum == NULL)
        return false;
    const struct mlt_ranked *x = &pairs->side[0];
    for (size_t g = 0; g < x->groups; g++) {
        add_signs(pairs, &prefix, 1, s, g);
        for (size_t p = x->start[g]; p < x->start[g + 1]; p++)
            insert(&prefix, pairs->group[1][x->row[p]], mlt_mass_at(pairs->mass, times, x->row[p]));
        add_signs(pairs, &prefix, 1, s, g);
    }
    for (size_t g = 0; g < x->groups; g++)
        add_signs(pairs, &prefix, -1, s, g);
    free(prefix.sum);
    return true;
}

static bool make_concordance(const struct pairs *pairs, const uint32_t *times,
                             struct concordance *out)
{
    *out = (struct concordance){.total = NAN};
    out->signs = calloc(pairs->n + 1, sizeof *out->signs);
    if (out->signs == NULL || !make_signs(pairs, times, out->signs)) {
        free(out->signs);
        out->signs = NULL;
        return false;
    }
    mlt_mass total = total_mass(pairs, times);
    out->total = (double)total;
    struct mlt_exact score = MLT_EXACT_INIT;
    for (size_t i = 0; i < pairs->n; i++)
        mlt_exact_add_product(&score, mlt_mass_value(mlt_mass_at(pairs->mass, times, i)),
                              (double)out->signs[i]);
    out->score = mlt_exact_value(&score) / out->total / out->total;
    for (int s = 0; s < 2; s++) {
        struct mlt_exact untied = MLT_EXACT_INIT;
        for (size_t g = 0; g < pairs->side[s].groups; g++) {
            mlt_mass mass = group_mass(pairs, s, times, g);
            mlt_exact_add_product(&untied, (double)mass, (double)(total - mass));
        }
        out->untied[s] = mlt_exact_value(&untied) / out->total / out->total;
    }
    return true;
}

static bool open_kendall(const struct mlt_metric_input *in, double parameter, void **state,
                         const char **why, struct mlt_err *err)
{
    struct pairs *pairs;
    (void)parameter;
    if (!open_pairs(in, &pairs, why, err))
        return false;
    *state = pairs;
    if (make_concordance(pairs, NULL, &pairs->concordance))
        return true;
    close_pairs(pairs);
    *state = NULL;
    return mlt_err_oom(err);
}

static double kendall_of(const struct concordance *c)
{
    double spread = sqrt(c->untied[0] * c->untied[1]);
    return spread > 0 ? bounded(c->score / spread) : NAN;
}

static double kendall(const void *state, const uint32_t *times)
{
    const struct pairs *pairs = state;
    struct concordance c;
    if (times == NULL)
        return kendall_of(&pairs->concordance);
    if (!make_concordance(pairs, times, &c))
        return NAN;
    free(c.signs);
    return kendall_of(&c);
}

/* With T the mean of the products of signs and Q, R the shares of untied pairs, tau = T / sqrt(Q
 * R); each is a U-statistic of degree 2, whose projection is twice the row's own mean less its
 * value (Hoeffding 1948). */
static bool kendall_influence(const void *state, double value, double *out)
{
    const struct pairs *pairs = state;
    const struct concordance *c = &pairs->concordance;
    const mlt_mass total = total_mass(pairs, NULL);
    double spread = sqrt(c->untied[0] * c->untied[1]);
    for (size_t i = 0; i < pairs->n; i++)
        out[i] = 2 * (mlt_mass_value(c->signs[i]) / c->total - c->score) / spread;
    for (int s = 0; s < 2; s++) {
        const struct mlt_ranked *ranked = &pairs->side[s];
        for (size_t g = 0; g < ranked->groups; g++) {
            double own = mlt_mass_value(total - group_mass(pairs, s, NULL, g)) / c->total;
            double moved = value * (own - c->untied[s]) / c->untied[s];
            for (size_t p = ranked->start[g]; p < ranked->start[g + 1]; p++)
                out[ranked->row[p]] -= moved;
        }
    }
    return true;
}

const struct mlt_metric_ops mlt_metric_spearman = {
    .abi = MLT_METRIC_ABI,
    .name = "spearman",
    .doc = "rank correlation of prediction and label",
    .reference =
        "Spearman 1904, American J. of Psychology 15(1); Kendall & Gibbons 1990, chapter 3",
    .definition = "Pearson correlation of midranks",
    .interval = "a smooth function of rank means: influence function",
    .tasks = MLT_TASK_REGRESSION,
    .direction = MLT_HIGHER_IS_BETTER,
    .method = MLT_INTERVAL_INFLUENCE,
    .least = -1,
    .most = 1,
    .min_rows = MLT_MIN_ROWS,
    .min_clusters = MLT_MIN_CLUSTERS,
    .kind = MLT_METRIC_OF_COLUMNS,
    .open = open_spearman,
    .value = spearman,
    .influence = spearman_influence,
    .close = close_pairs,
};

const struct mlt_metric_ops mlt_metric_kendall = {
    .abi = MLT_METRIC_ABI,
    .name = "kendall",
    .doc = "how much oftener pairs are in the label's order than against it",
    .reference = "Kendall 1945, Biometrika 33(3); Knight 1966, JASA 61(314)",
    .definition = "tau-b",
    .interval = "a function of U-statistics: influence function",
    .tasks = MLT_TASK_REGRESSION,
    .direction = MLT_HIGHER_IS_BETTER,
    .method = MLT_INTERVAL_INFLUENCE,
    .least = -1,
    .most = 1,
    .min_rows = MLT_MIN_ROWS,
    .min_clusters = MLT_MIN_CLUSTERS,
    .kind = MLT_METRIC_OF_COLUMNS,
    .open = open_kendall,
    .value = kendall,
    .influence = kendall_influence,
    .close = close_pairs,
};
