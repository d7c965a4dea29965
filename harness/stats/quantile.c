#include "harness/stats/quantile.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "harness/stats/sort.h"

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void mlt_sort(double *x, size_t n)
{
    /* Without memory for the quick way there is a slow one. */
    if (!mlt_sort_values(x, n))
        qsort(x, n, sizeof *x, compare_doubles);
}

double mlt_quantile_sorted(const double *sorted, size_t n, double q)
{
    if (n == 0 || !(q > 0) || q > 1)
        return NAN;
    /* 0.07 * 100 is 7.000000000000001: a rank that is whole but for rounding is that whole one. */
    double position = q * (double)n;
    size_t rank = (size_t)ceil(position - position * 4 * DBL_EPSILON);
    if (rank < 1)
        rank = 1;
    return sorted[(rank > n ? n : rank) - 1];
}

/* Where a quantile lies: between the order statistics `rank` and rank + 1 (from 1; beyond the ends
 * the first and last are meant), `share` of the way. */
struct position {
    double rank, share;
};

/* Hyndman & Fan's p(k), as the a and b of (k - a) / (n + 1 - a - b), definitions 4 to 9. */
static struct position continuous_position(double n, double q, int type)
{
    static const double a[] = {0, 0.5, 0, 1, 1.0 / 3, 3.0 / 8};
    static const double b[] = {1, 0.5, 0, 1, 1.0 / 3, 3.0 / 8};
    double at = a[type - 4] + q * (n + 1 - a[type - 4] - b[type - 4]);
    double rank = floor(at + 4 * DBL_EPSILON * (1 + fabs(at)));
    double share = at - rank;
    return (struct position){rank, share < 4 * DBL_EPSILON * (1 + fabs(at)) ? 0 : share};
}

/* Definitions 1 to 3: the upper one, their middle, or the even one where n q is whole. */
static struct position step_position(double n, double q, int type)
{
    double at = type == 3 ? n * q - 0.5 : n * q;
    double slack = 4 * DBL_EPSILON * (1 + fabs(at));
    double rank = floor(at + slack);
    bool whole = at - rank <= slack;
    if (!whole)
        return (struct position){rank, 1};
    if (type == 2)
        return (struct position){rank, 0.5};
    return (struct position){rank, type == 3 && fmod(rank, 2) != 0};
}

static double order_statistic(const double *sorted, size_t n, double rank)
{
    if (rank < 1)
        return sorted[0];
    return rank >= (double)n ? sorted[n - 1] : sorted[(size_t)rank - 1];
}

double mlt_quantile_sorted_type(const double *sorted, size_t n, double q, int type)
{
    if (n == 0 || !(q >= 0) || q > 1 || type < 1 || type > 9)
        return NAN;
    struct position at =
        type <= 3 ? step_position((double)n, q, type) : continuous_position((double)n, q, type);
    double low = order_statistic(sorted, n, at.rank);
    double high = order_statistic(sorted, n, at.rank + 1);
    if (at.share <= 0 || low == high)
        return low;
    return at.share >= 1 ? high : (1 - at.share) * low + at.share * high;
}

bool mlt_midranks(const double *x, size_t n, double *rank)
{
    if (n == 0)
        return true;
    uint32_t *order = n > UINT32_MAX ? NULL : malloc(n * sizeof *order);
    if (order == NULL || !mlt_argsort(x, n, order)) {
        free(order);
        return false;
    }
    for (size_t first = 0; first < n;) {
        size_t end = first + 1;
        while (end < n && x[order[end]] == x[order[first]])
            end++;
        /* Ranks first + 1 … end. */
        double mean = 0.5 * ((double)first + 1 + (double)end);
        for (size_t i = first; i < end; i++)
            rank[order[i]] = mean;
        first = end;
    }
    free(order);
    return true;
}
