#include "harness/stats/sum.h"

#include <math.h>

void mlt_sum_add(struct mlt_sum *sum, double x)
{
    double total = sum->sum + x;
    if (fabs(sum->sum) >= fabs(x))
        sum->compensation += (sum->sum - total) + x;
    else
        sum->compensation += (x - total) + sum->sum;
    sum->sum = total;
}

double mlt_sum_value(const struct mlt_sum *sum)
{
    /* After an infinity the compensation is inf - inf; the plain sum still tells the truth. */
    if (!isfinite(sum->sum))
        return sum->sum;
    return sum->sum + sum->compensation;
}

double mlt_mean(const double *x, size_t n)
{
    if (n == 0)
        return NAN;
    struct mlt_sum sum = MLT_SUM_INIT;
    for (size_t i = 0; i < n; i++)
        mlt_sum_add(&sum, x[i]);
    return mlt_sum_value(&sum) / (double)n;
}
