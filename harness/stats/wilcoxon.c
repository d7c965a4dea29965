#include "harness/stats/wilcoxon.h"

#include <math.h>
#include <stdlib.h>

#include "harness/stats/quantile.h"

/* Ranks of the differences that are not zero, and what they add up to. */
struct ranks {
    double *rank;
    size_t used;
    double positive, negative, zero, squares;
};

/* Ranks `size` with its signs apart; the zeros go when `ranked_zeros` is false. */
static bool rank_all(const double *d, size_t n, double null, bool ranked_zeros, struct ranks *out)
{
    double *size = calloc(n, sizeof *size), *rank = calloc(n, sizeof *rank);
    size_t ranked = 0;
    for (size_t i = 0; size != NULL && i < n; i++) {
        if (ranked_zeros || d[i] != null)
            size[ranked++] = fabs(d[i] - null);
    }
    bool ok = size != NULL && rank != NULL && mlt_midranks(size, ranked, rank);
    free(size);
    if (!ok) {
        free(rank);
        return false;
    }
    *out = (struct ranks){.rank = rank};
    for (size_t i = 0, at = 0; i < n; i++) {
        if (d[i] == null) {
            out->zero += ranked_zeros ? rank[at++] : 0;
            continue;
        }
        double r = rank[at++];
        *(d[i] > null ? &out->positive : &out->negative) += r;
        out->squares += r * r;
        rank[out->used++] = r;
    }
    return true;
}

/* Both tails of the sum of ranks with random signs. Midranks are multiples of a half, so the sums
 * are counted doubled. False when memory is out. */
static bool exact_tails(const struct ranks *x, double *above, double *below)
{
    size_t total = (size_t)(2 * (x->positive + x->negative)), reach = 0;
    double *chance = calloc(total + 1, sizeof *chance);
    if (chance == NULL)
        return false;
    chance[0] = 1;
    for (size_t i = 0; i < x->used; i++) {
        size_t step = (size_t)(2 * x->rank[i]);
        reach += step;
        for (size_t s = reach + 1; s-- > 0;)
            chance[s] = 0.5 * (chance[s] + (s >= step ? chance[s - step] : 0));
    }
    size_t seen = (size_t)(2 * x->positive);
    *above = *below = 0;
    for (size_t s = 0; s <= seen; s++)
        *below += chance[s];
    for (size_t s = total + 1; s-- > seen;)
        *above += chance[s];
    *above = fmin(*above, 1);
    *below = fmin(*below, 1);
    free(chance);
    return true;
}

static struct mlt_test normal(const struct ranks *x, bool corrected)
{
    double distance = x->positive - 0.5 * (x->positive + x->negative);
    double sd = sqrt(x->squares) / 2;
    double shift = corrected ? 0.5 : 0;
    struct mlt_test above = mlt_test_normal((distance - shift) / sd);
    struct mlt_test below = mlt_test_normal((distance + shift) / sd);
    double sign = (distance > 0) - (distance < 0);
    struct mlt_test out = mlt_test_normal((distance - sign * shift) / sd);
    out.p_above = above.p_above;
    out.p_below = below.p_below;
    return out;
}

static struct mlt_test test_ranks(const struct ranks *x, enum mlt_rank_method method)
{
    if (x->used == 0)
        return mlt_test_undefined(MLT_TEST_CONSTANT);
    bool exact =
        method == MLT_RANK_EXACT || (method == MLT_RANK_AUTO && x->used <= MLT_WILCOXON_AUTO_EXACT);
    if (!exact)
        return normal(x, method == MLT_RANK_CORRECTED);
    if (x->used > MLT_WILCOXON_MAX_EXACT)
        return mlt_test_undefined(MLT_TEST_TOO_LARGE);
    double above, below;
    if (!exact_tails(x, &above, &below))
        return mlt_test_undefined(MLT_TEST_NO_MEMORY);
    return mlt_test_tails(x->positive, above, below);
}

struct mlt_wilcoxon mlt_wilcoxon(const double *d, size_t n, double null,
                                 enum mlt_wilcoxon_zeros zeros, enum mlt_rank_method method)
{
    struct mlt_wilcoxon out = {.test = mlt_test_undefined(MLT_TEST_TOO_FEW), .effect = NAN};
    if (n == 0)
        return out;
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(d[i] - null)) {
            out.test = mlt_test_undefined(MLT_TEST_NOT_FINITE);
            return out;
        }
    }
    struct ranks x;
    if (!rank_all(d, n, null, zeros != MLT_ZEROS_DROP, &x)) {
        out.test = mlt_test_undefined(MLT_TEST_NO_MEMORY);
        return out;
    }
    out.test = test_ranks(&x, method);
    out.used = x.used;
    out.effect = x.used > 0 ? (x.positive - x.negative) / (x.positive + x.negative) : NAN;
    if (out.test.state == MLT_TEST_DONE)
        out.test.statistic = x.positive + (zeros == MLT_ZEROS_SPLIT ? x.zero / 2 : 0);
    free(x.rank);
    return out;
}
