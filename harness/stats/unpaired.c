#include "harness/stats/unpaired.h"

#include <math.h>

#include "harness/stats/sum.h"

struct mlt_sample mlt_sample_of(const double *x, size_t n)
{
    struct mlt_sample out = {n, mlt_mean(x, n), NAN};
    if (n < 2 || !isfinite(out.mean))
        return out;
    bool same = true;
    struct mlt_sum rest = MLT_SUM_INIT, square = MLT_SUM_INIT;
    for (size_t i = 0; i < n; i++) {
        double d = x[i] - out.mean;
        mlt_sum_add(&rest, d);
        mlt_sum_add(&square, d * d);
        same = same && x[i] == x[0];
    }
    double left = mlt_sum_value(&rest);
    out.variance = (mlt_sum_value(&square) - left * left / (double)n) / (double)(n - 1);
    if (same)
        out.variance = 0;
    return out;
}

struct mlt_estimate mlt_welch_estimate(struct mlt_sample a, struct mlt_sample b)
{
    double va = a.variance / (double)a.n, vb = b.variance / (double)b.n;
    struct mlt_estimate out = {a.mean - b.mean, NAN, NAN};
    if (a.n < 2 || b.n < 2)
        return out;
    /* The shares, not the squares: variances near the ends of the range stay finite. */
    double share = va / (va + vb), other = vb / (va + vb);
    out.se = sqrt(va + vb);
    out.df = 1 / (share * share / (double)(a.n - 1) + other * other / (double)(b.n - 1));
    return out;
}

struct mlt_estimate mlt_student_estimate(struct mlt_sample a, struct mlt_sample b)
{
    struct mlt_estimate out = {a.mean - b.mean, NAN, NAN};
    if (a.n == 0 || b.n == 0 || a.n + b.n < 3)
        return out;
    double na = (double)a.n, nb = (double)b.n;
    double squares = (a.n > 1 ? a.variance * (na - 1) : 0) + (b.n > 1 ? b.variance * (nb - 1) : 0);
    out.df = na + nb - 2;
    out.se = sqrt(squares / out.df * (1 / na + 1 / nb));
    return out;
}

struct mlt_test mlt_two_proportions(uint64_t k1, uint64_t n1, uint64_t k2, uint64_t n2, double null,
                                    bool pooled)
{
    if (n1 == 0 || n2 == 0)
        return mlt_test_undefined(MLT_TEST_TOO_FEW);
    if (k1 > n1 || k2 > n2 || (pooled && null != 0) || !(fabs(null) < 1))
        return mlt_test_undefined(MLT_TEST_IMPOSSIBLE);
    double rows1 = (double)n1, rows2 = (double)n2, hits1 = (double)k1, hits2 = (double)k2;
    double p1 = hits1 / rows1, p2 = hits2 / rows2;
    double variance = p1 * (1 - p1) / rows1 + p2 * (1 - p2) / rows2;
    if (pooled) {
        double p = (hits1 + hits2) / (rows1 + rows2);
        variance = p * (1 - p) * (1 / rows1 + 1 / rows2);
    }
    if (!(variance > 0))
        return mlt_test_undefined(MLT_TEST_CONSTANT);
    return mlt_test_normal((p1 - p2 - null) / sqrt(variance));
}
