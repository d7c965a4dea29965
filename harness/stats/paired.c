#include "harness/stats/paired.h"

#include <float.h>
#include <math.h>

#include "harness/stats/dist.h"
#include "harness/stats/sum.h"

/* Whether a - b takes more than one value, rounding aside. */
static bool varies(const double *a, const double *b, size_t n)
{
    double least = INFINITY, most = -INFINITY, size = 0;
    for (size_t i = 0; i < n; i++) {
        double d = a[i] - b[i];
        least = fmin(least, d);
        most = fmax(most, d);
        size = fmax(size, fmax(fabs(a[i]), fabs(b[i])));
    }
    return most - least > 4 * DBL_EPSILON * size;
}

struct mlt_estimate mlt_paired_estimate(const double *a, const double *b, size_t n)
{
    struct mlt_estimate out = {NAN, NAN, NAN};
    if (n == 0)
        return out;
    double rows = (double)n;
    struct mlt_sum sum = MLT_SUM_INIT;
    for (size_t i = 0; i < n; i++)
        mlt_sum_add(&sum, a[i] - b[i]);
    out.value = mlt_sum_value(&sum) / rows;
    if (n < 2 || !isfinite(out.value))
        return out;
    struct mlt_sum rest = MLT_SUM_INIT, square = MLT_SUM_INIT;
    for (size_t i = 0; i < n; i++) {
        double d = a[i] - b[i] - out.value;
        mlt_sum_add(&rest, d);
        mlt_sum_add(&square, d * d);
    }
    double left = mlt_sum_value(&rest);
    double variance = (mlt_sum_value(&square) - left * left / rows) / (rows - 1);
    out.se = varies(a, b, n) ? sqrt(variance / rows) : 0;
    out.df = rows - 1;
    return out;
}

/* P(X >= k) for X binomial (n, 1/2). */
static double tail(double k, double n)
{
    return k <= 0 ? 1 : mlt_beta_cdf(0.5, k, n - k + 1);
}

static struct mlt_test exact(double b, double c, bool mid)
{
    double n = b + c;
    double least = fmin(b, c), most = fmax(b, c);
    /* P(X >= most + 1) is 0 when all went one way. */
    double beyond = most < n ? tail(most + 1, n) : 0;
    double near = tail(most, n), seen = near - beyond;
    double far = tail(least, n);
    struct mlt_test out = mlt_test_tails(b, b >= c ? near : far, b >= c ? far : near);
    if (mid) {
        out.exact = false;
        out.p_above -= seen / 2;
        out.p_below -= seen / 2;
        out.p = fmin(1, 2 * fmin(out.p_above, out.p_below));
    }
    return out;
}

static struct mlt_test asymptotic(double b, double c, bool corrected)
{
    double n = b + c;
    if (n == 0)
        return mlt_test_undefined(MLT_TEST_TOO_FEW);
    double difference = fabs(b - c);
    double z = (corrected ? fmax(0, difference - 1) : difference) / sqrt(n);
    struct mlt_test out = mlt_test_normal(z);
    out.statistic = z * z;
    out.df = 1;
    double shift = corrected ? 1 : 0;
    out.p_above = mlt_normal_cdf(-(b - c - shift) / sqrt(n));
    out.p_below = mlt_normal_cdf((b - c + shift) / sqrt(n));
    return out;
}

struct mlt_test mlt_mcnemar(uint64_t only_first, uint64_t only_second,
                            enum mlt_mcnemar_method method)
{
    double b = (double)only_first, c = (double)only_second;
    switch (method) {
    case MLT_MCNEMAR_EXACT:
    case MLT_MCNEMAR_MID_P:
        return exact(b, c, method == MLT_MCNEMAR_MID_P);
    case MLT_MCNEMAR_CHI2:
    case MLT_MCNEMAR_CORRECTED:
        return asymptotic(b, c, method == MLT_MCNEMAR_CORRECTED);
    }
    return mlt_test_undefined(MLT_TEST_NOTHING);
}
