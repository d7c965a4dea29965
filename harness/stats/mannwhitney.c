#include "harness/stats/mannwhitney.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/stats/quantile.h"
#include "harness/stats/sum.h"

/* Midranks of the pooled values; the first n belong to x. */
struct pool {
    double *rank;
    size_t n, m;
    double sum;     /* of the ranks of x */
    double squares; /* of all ranks about their mean */
};

static bool pool_rank(const double *x, size_t n, const double *y, size_t m, struct pool *out)
{
    size_t all = n + m;
    double *value = calloc(all, sizeof *value), *rank = calloc(all, sizeof *rank);
    bool ok = value != NULL && rank != NULL;
    if (ok) {
        memcpy(value, x, n * sizeof *x);
        memcpy(value + n, y, m * sizeof *y);
        ok = mlt_midranks(value, all, rank);
    }
    free(value);
    if (!ok) {
        free(rank);
        return false;
    }
    struct mlt_sum sum = MLT_SUM_INIT, squares = MLT_SUM_INIT;
    for (size_t i = 0; i < all; i++) {
        double d = rank[i] - ((double)all + 1) / 2;
        mlt_sum_add(&squares, d * d);
        mlt_sum_add(&sum, i < n ? rank[i] : 0);
    }
    *out = (struct pool){rank, n, m, mlt_sum_value(&sum), mlt_sum_value(&squares)};
    return true;
}

static int compare_ranks(const void *a, const void *b)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

/* How many choices of `pick` of the `all` whole numbers have each sum up to `top`: ways[k][s] after
 * each number, k numbers chosen. */
static void count_choices(const size_t *number, size_t all, size_t pick, size_t top, double *ways)
{
    ways[0] = 1;
    for (size_t i = 0; i < all; i++) {
        size_t step = number[i];
        for (size_t k = i + 1 < pick ? i + 1 : pick; k >= 1; k--) {
            double *to = ways + k * (top + 1);
            const double *from = to - (top + 1);
            for (size_t s = top + 1; s-- > step;)
                to[s] += from[s - step];
        }
    }
}

/* Both tails of the rank sum of the smaller sample, by counting. Ranks are counted doubled, for
 * midranks are multiples of a half. False when memory is out. */
static bool exact_tails(const struct pool *x, double *above, double *below)
{
    size_t all = x->n + x->m, pick = x->n <= x->m ? x->n : x->m;
    size_t *number = calloc(all, sizeof *number);
    size_t top = 0, seen = 0;
    for (size_t i = 0; number != NULL && i < all; i++) {
        number[i] = (size_t)(2 * x->rank[i]);
        seen += (i < x->n) == (x->n <= x->m) ? number[i] : 0;
    }
    if (number != NULL)
        qsort(number, all, sizeof *number, compare_ranks);
    for (size_t i = all - pick; number != NULL && i < all; i++)
        top += number[i];
    double *ways = number == NULL ? NULL : calloc((pick + 1) * (top + 1), sizeof *ways);
    if (ways == NULL) {
        free(number);
        return false;
    }
    count_choices(number, all, pick, top, ways);
    const double *last = ways + pick * (top + 1);
    double low = 0, high = 0;
    for (size_t s = 0; s <= seen; s++)
        low += last[s];
    for (size_t s = top + 1; s-- > seen;)
        high += last[s];
    double total = low + high - last[seen];
    *above = (x->n <= x->m ? high : low) / total;
    *below = (x->n <= x->m ? low : high) / total;
    free(ways);
    free(number);
    return true;
}

static struct mlt_test normal(const struct pool *x, double u, bool corrected)
{
    double n = (double)x->n, m = (double)x->m;
    double sd = sqrt(n * m * x->squares / ((n + m) * (n + m - 1)));
    double distance = u - n * m / 2;
    double shift = corrected ? 0.5 : 0;
    double sign = (distance > 0) - (distance < 0);
    struct mlt_test above = mlt_test_normal((distance - shift) / sd);
    struct mlt_test below = mlt_test_normal((distance + shift) / sd);
    struct mlt_test out = mlt_test_normal((distance - sign * shift) / sd);
    out.p_above = above.p_above;
    out.p_below = below.p_below;
    return out;
}

static struct mlt_test test_pool(const struct pool *x, double u, enum mlt_rank_method method)
{
    if (!(x->squares > 0))
        return mlt_test_undefined(MLT_TEST_CONSTANT);
    size_t larger = x->n > x->m ? x->n : x->m;
    if (method == MLT_RANK_NORMAL || method == MLT_RANK_CORRECTED ||
        (method == MLT_RANK_AUTO && larger > MLT_MANNWHITNEY_AUTO_EXACT))
        return normal(x, u, method == MLT_RANK_CORRECTED);
    if (larger > MLT_MANNWHITNEY_MAX_EXACT)
        return mlt_test_undefined(MLT_TEST_TOO_LARGE);
    double above, below;
    if (!exact_tails(x, &above, &below))
        return mlt_test_undefined(MLT_TEST_NO_MEMORY);
    return mlt_test_tails(u, above, below);
}

static bool all_finite(const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(x[i]))
            return false;
    }
    return true;
}

struct mlt_mannwhitney mlt_mannwhitney(const double *x, size_t n, const double *y, size_t m,
                                       enum mlt_rank_method method)
{
    struct mlt_mannwhitney out = {mlt_test_undefined(MLT_TEST_TOO_FEW), NAN};
    if (n == 0 || m == 0)
        return out;
    struct pool pool;
    if (!all_finite(x, n) || !all_finite(y, m)) {
        out.test = mlt_test_undefined(MLT_TEST_NOT_FINITE);
        return out;
    }
    if (!pool_rank(x, n, y, m, &pool)) {
        out.test = mlt_test_undefined(MLT_TEST_NO_MEMORY);
        return out;
    }
    double u = pool.sum - (double)n * ((double)n + 1) / 2;
    out.auc = u / ((double)n * (double)m);
    out.test = test_pool(&pool, u, method);
    if (out.test.state == MLT_TEST_DONE)
        out.test.statistic = u;
    free(pool.rank);
    return out;
}
