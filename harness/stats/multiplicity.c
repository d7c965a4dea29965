#include "harness/stats/multiplicity.h"

#include <stdlib.h>

struct ordered_p {
    double p;
    size_t index;
};

static int compare_p(const void *a, const void *b)
{
    double x = ((const struct ordered_p *)a)->p, y = ((const struct ordered_p *)b)->p;
    return (x > y) - (x < y);
}

/* Ascending, with every value made a probability; NULL when memory is out, and then 1 everywhere.
 */
static struct ordered_p *in_order(double *p, size_t n)
{
    struct ordered_p *order = n > 0 ? calloc(n, sizeof *order) : NULL;
    for (size_t i = 0; i < n; i++) {
        if (order == NULL || !(p[i] >= 0 && p[i] <= 1))
            p[i] = 1;
        if (order != NULL)
            order[i] = (struct ordered_p){p[i], i};
    }
    if (order != NULL)
        qsort(order, n, sizeof *order, compare_p);
    return order;
}

void mlt_holm_adjust(double *p, size_t n, size_t planned)
{
    struct ordered_p *order = in_order(p, n);
    if (order == NULL)
        return;
    if (planned < n)
        planned = n;
    double running = 0;
    for (size_t i = 0; i < n; i++) {
        double adjusted = order[i].p * (double)(planned - i);
        if (adjusted > running)
            running = adjusted;
        p[order[i].index] = running > 1 ? 1 : running;
    }
    free(order);
}

/* From the largest down: the i-th smallest of m is multiplied by `scale` times m / i, or m - i + 1
 * for Hochberg, and no smaller p gets a larger value. What was planned and is missing is 1 and on
 * top. */
static void step_up(double *p, size_t n, size_t planned, double scale, int hochberg)
{
    struct ordered_p *order = in_order(p, n);
    if (order == NULL)
        return;
    double m = (double)(planned < n ? n : planned);
    double running = 1;
    for (size_t i = n; i >= 1; i--) {
        double factor = hochberg ? m - (double)i + 1 : scale * (m / (double)i);
        double adjusted = order[i - 1].p * factor;
        if (adjusted < running)
            running = adjusted;
        p[order[i - 1].index] = running;
    }
    free(order);
}

void mlt_hochberg_adjust(double *p, size_t n, size_t planned)
{
    step_up(p, n, planned, 1, 1);
}

void mlt_benjamini_hochberg_adjust(double *p, size_t n, size_t planned)
{
    step_up(p, n, planned, 1, 0);
}

void mlt_benjamini_yekutieli_adjust(double *p, size_t n, size_t planned)
{
    double sum = 0;
    for (size_t i = planned < n ? n : planned; i >= 1; i--)
        sum += 1 / (double)i;
    step_up(p, n, planned, sum, 0);
}
