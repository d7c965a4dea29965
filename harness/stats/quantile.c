#include "harness/stats/quantile.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void mlt_sort(double *x, size_t n)
{
    if (n > 1)
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

struct keyed {
    double value;
    size_t index;
};

static int compare_keyed(const void *a, const void *b)
{
    double x = ((const struct keyed *)a)->value, y = ((const struct keyed *)b)->value;
    return (x > y) - (x < y);
}

_Bool mlt_midranks(const double *x, size_t n, double *rank)
{
    if (n == 0)
        return 1;
    struct keyed *order = calloc(n, sizeof *order);
    if (order == NULL)
        return 0;
    for (size_t i = 0; i < n; i++)
        order[i] = (struct keyed){x[i], i};
    qsort(order, n, sizeof *order, compare_keyed);
    for (size_t first = 0; first < n;) {
        size_t end = first + 1;
        while (end < n && order[end].value == order[first].value)
            end++;
        /* Ranks first + 1 … end. */
        double mean = 0.5 * ((double)first + 1 + (double)end);
        for (size_t i = first; i < end; i++)
            rank[order[i].index] = mean;
        first = end;
    }
    free(order);
    return 1;
}
