#include "harness/experiment/allocation.h"

#include <math.h>

#include "harness/stats/dist.h"
#include "harness/stats/elementary.h"

double mlt_allocation_share(const double *share, size_t arms, size_t arm)
{
    double total = 0;
    if (share == NULL)
        return 1 / (double)arms;
    for (size_t i = 0; i < arms; i++)
        total += share[i];
    return share[arm] / total;
}

double mlt_allocation_tail(double x, unsigned df)
{
    if (df == 0 || !(x >= 0))
        return NAN;
    if (isinf(x))
        return 0;
    double root = sqrt(x), sum = 0;
    if (df % 2 == 0) {
        double term = 1;
        for (unsigned k = 0; k < df / 2; k++) {
            sum += term;
            term *= x / (2 * (k + 1.0));
        }
        return mlt_exp(-x / 2) * sum;
    }
    double term = root;
    for (unsigned k = 1; k + 2 <= df; k += 2) {
        sum += term;
        term *= x / (k + 2.0);
    }
    double density = mlt_exp(-x / 2) / sqrt(2 * M_PI);
    return 2 * mlt_normal_cdf(-root) + 2 * density * sum;
}

struct mlt_allocation_check mlt_allocation_check(const uint64_t *units, const double *share,
                                                 size_t arms)
{
    struct mlt_allocation_check check = {.df = (double)arms - 1, .p = NAN};
    double total = 0;
    for (size_t i = 0; i < arms; i++)
        total += (double)units[i];
    for (size_t i = 0; i < arms; i++) {
        double expected = total * mlt_allocation_share(share, arms, i);
        double off = (double)units[i] - expected;
        check.statistic += off * off / expected;
    }
    check.p = mlt_allocation_tail(check.statistic, (unsigned)arms - 1);
    check.mismatch = !(check.p >= MLT_ALLOCATION_ALPHA);
    return check;
}
