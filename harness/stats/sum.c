#include "harness/stats/sum.h"

#include <math.h>

#include "harness/stats/exact.h"
#include "harness/stats/wide.h"

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
    struct mlt_exact sum = MLT_EXACT_INIT;
    mlt_exact_add_n(&sum, x, n);
    return mlt_wide_div(mlt_exact_wide(&sum), mlt_wide_from_count(n)).hi;
}
