#include "harness/experiment/allocation.h"

#include <math.h>

#include "harness/stats/dist.h"

double mlt_allocation_share(const double *share, size_t arms, size_t arm)
{
    double total = 0;
    if (share == NULL)
        return 1 / (double)arms;
    for (size_t i = 0; i < arms; i++)
        total += share[i];
    return share[arm] / total;
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
    check.p = mlt_chi2_sf(check.statistic, check.df);
    check.mismatch = !(check.p >= MLT_ALLOCATION_ALPHA);
    return check;
}
