#include <math.h>
#include <stdlib.h>

#include "harness/stats/auc.h"
#include "harness/stats/auc_order.h"

static const double largest_quanta = 2147483648.0; /* 2^31: 2^29 of them still fit 64 bits */

/* The common unit of the weights: half of it is the most that a weight is off. */
static bool choose_quantum(const double *weight, size_t n, double *quantum, struct mlt_err *err)
{
    double largest = 0;
    bool whole = true;
    for (size_t i = 0; i < n; i++) {
        if (!(weight[i] >= 0) || !isfinite(weight[i]))
            return mlt_err_set(err, MLT_ERR_EVIDENCE,
                               "the weight of row %zu is %g: weights are finite and not negative",
                               i + 1, weight[i]);
        largest = weight[i] > largest ? weight[i] : largest;
        whole = whole && weight[i] == trunc(weight[i]);
    }
    if (whole && largest <= largest_quanta) {
        *quantum = 1;
        return true;
    }
    int exponent;
    (void)frexp(largest, &exponent);
    /* Below the smallest double nothing can be a quantum; such weights are multiples of that. */
    *quantum = ldexp(1, exponent - 31 > -1074 ? exponent - 31 : -1074);
    return true;
}

struct weighted_pairs {
    unsigned __int128 doubled;
    uint64_t positives, negatives;
};

static struct weighted_pairs count_pairs(const double *weight, double quantum,
                                         const uint32_t *entry, size_t n)
{
    struct weighted_pairs all = {0};
    for (size_t i = 0; i < n;) {
        uint64_t group[2] = {0, 0};
        do
            group[entry[i] >> 31] += (uint64_t)rint(weight[MLT_AUC_ROW(entry[i])] / quantum);
        while (++i < n && entry[i] & MLT_AUC_TIED);
        all.doubled += (unsigned __int128)group[1] * (2 * all.negatives + group[0]);
        all.negatives += group[0];
        all.positives += group[1];
    }
    return all;
}

bool mlt_auc_weighted(const double *score, const uint8_t *positive, const double *weight, size_t n,
                      double *auc, double *quantum, uint64_t *out_positive, uint64_t *out_negative,
                      struct mlt_err *err)
{
    double unit = 1;
    if (!choose_quantum(weight, n, &unit, err))
        return false;
    uint32_t *entry = malloc((n + 1) * sizeof *entry);
    if (entry == NULL)
        return mlt_err_oom(err);
    bool done = mlt_auc_order(score, positive, n, entry, err);
    if (done) {
        struct weighted_pairs all = count_pairs(weight, unit, entry, n);
        unsigned __int128 pairs = (unsigned __int128)all.positives * all.negatives;
        *auc = mlt_auc_quotient(all.doubled, 2 * pairs);
        *quantum = unit;
        if (out_positive != NULL)
            *out_positive = all.positives;
        if (out_negative != NULL)
            *out_negative = all.negatives;
    }
    free(entry);
    return done;
}
