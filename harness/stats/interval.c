#include "harness/stats/interval.h"

#include <math.h>
#include <stdlib.h>

#include "harness/stats/dist.h"
#include "harness/stats/sum.h"

struct mlt_interval mlt_clopper_pearson(uint64_t k, uint64_t n, double alpha)
{
    struct mlt_interval none = {NAN, NAN};
    if (n == 0 || k > n || !(alpha > 0) || !(alpha < 1))
        return none;
    double hits = (double)k, misses = (double)(n - k);
    struct mlt_interval out = {0, 1};
    if (k > 0)
        out.lo = mlt_beta_quantile(alpha, hits, misses + 1);
    if (k < n)
        out.hi = mlt_beta_quantile(1 - alpha, hits + 1, misses);
    return out;
}

static double row_covariance(const double *a, const double *b, size_t n)
{
    if (n < 2)
        return NAN;
    struct mlt_sum sum = MLT_SUM_INIT;
    for (size_t i = 0; i < n; i++)
        mlt_sum_add(&sum, a[i] * b[i]);
    return mlt_sum_value(&sum) / (double)n / (double)(n - 1);
}

struct cluster_sum {
    struct mlt_sum a, b;
    uint64_t rows;
};

double mlt_influence_covariance(const double *a, const double *b, size_t n, const uint32_t *cluster,
                                uint32_t n_clusters)
{
    if (cluster == NULL)
        return row_covariance(a, b, n);
    if (n_clusters < 2)
        return NAN;
    struct cluster_sum *sums = calloc(n_clusters, sizeof *sums);
    if (sums == NULL)
        return NAN;
    for (size_t i = 0; i < n; i++) {
        struct cluster_sum *group = &sums[cluster[i]];
        mlt_sum_add(&group->a, a[i]);
        mlt_sum_add(&group->b, b[i]);
        group->rows++;
    }
    struct mlt_sum total = MLT_SUM_INIT;
    double groups = 0;
    for (uint32_t g = 0; g < n_clusters; g++) {
        if (sums[g].rows == 0)
            continue;
        groups++;
        mlt_sum_add(&total, mlt_sum_value(&sums[g].a) * mlt_sum_value(&sums[g].b));
    }
    free(sums);
    if (groups < 2)
        return NAN;
    return mlt_sum_value(&total) / (double)n / (double)n * (groups / (groups - 1));
}
