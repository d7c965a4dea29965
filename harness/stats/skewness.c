#include "harness/stats/skewness.h"

#include <math.h>

#include "harness/stats/dist.h"
#include "harness/stats/elementary.h"
#include "harness/stats/sum.h"

double mlt_skewness(const double *x, size_t n)
{
    double mean = mlt_mean(x, n), rows = (double)n, most = 0;
    bool same = true;
    for (size_t i = 0; i < n; i++) {
        most = fmax(most, fabs(x[i] - mean));
        same = same && x[i] == x[0];
    }
    if (n < 3 || same || !isfinite(mean) || !isfinite(most))
        return NAN;
    /* In units of the largest deviation, so that no power overflows. */
    struct mlt_sum two = MLT_SUM_INIT, three = MLT_SUM_INIT;
    for (size_t i = 0; i < n; i++) {
        double d = (x[i] - mean) / most;
        mlt_sum_add(&two, d * d);
        mlt_sum_add(&three, d * d * d);
    }
    double m2 = mlt_sum_value(&two) / rows, m3 = mlt_sum_value(&three) / rows;
    return sqrt(rows * (rows - 1)) / (rows - 2) * m3 / (m2 * sqrt(m2));
}

static bool usable(struct mlt_estimate e, double skewness, double n)
{
    return isfinite(e.value) && isfinite(e.se) && e.se > 0 && e.df > 0 && isfinite(skewness) &&
           n >= 1;
}

static double transform(double t, double skewness, double n)
{
    double a = skewness / (3 * sqrt(n));
    return t + a * t * t + a * t * (a * t) * t / 3 + a / 2;
}

static double cube_root(double x)
{
    if (x == 0)
        return 0;
    double y = mlt_exp(mlt_log(fabs(x)) / 3);
    y -= (y - fabs(x) / (y * y)) / 3;
    return copysign(y, x);
}

/* The t with transform(t) = y: with c = (1 + 3 a (y - a / 2))^(1/3) it is (c - 1) / a, written
 * without the difference and for a = 0. */
static double transform_back(double y, double skewness, double n)
{
    double a = skewness / (3 * sqrt(n));
    double c = cube_root(1 + 3 * a * (y - a / 2));
    return 3 * (y - a / 2) / (c * c + c + 1);
}

struct mlt_interval mlt_skewed_interval(struct mlt_estimate e, double skewness, double n,
                                        double alpha)
{
    if (!usable(e, skewness, n) || !(alpha > 0 && alpha < 0.5))
        return (struct mlt_interval){NAN, NAN};
    double q = mlt_t_quantile(alpha, e.df);
    return (struct mlt_interval){e.value - e.se * transform_back(-q, skewness, n),
                                 e.value - e.se * transform_back(q, skewness, n)};
}

double mlt_skewed_p_above(struct mlt_estimate e, double skewness, double n, double bound)
{
    if (!usable(e, skewness, n) || isnan(bound))
        return NAN;
    return mlt_t_cdf(-transform((e.value - bound) / e.se, skewness, n), e.df);
}

double mlt_skewed_p_below(struct mlt_estimate e, double skewness, double n, double bound)
{
    if (!usable(e, skewness, n) || isnan(bound))
        return NAN;
    return mlt_t_cdf(transform((e.value - bound) / e.se, skewness, n), e.df);
}

struct mlt_interval mlt_cautious_interval(struct mlt_estimate e, double skewness, double n,
                                          double alpha)
{
    struct mlt_interval plain = mlt_estimate_interval(e, alpha);
    struct mlt_interval skewed = mlt_skewed_interval(e, skewness, n, alpha);
    /* fmin and fmax would pass over a NaN. */
    if (isnan(plain.lo) || isnan(skewed.lo))
        return (struct mlt_interval){NAN, NAN};
    return (struct mlt_interval){fmin(plain.lo, skewed.lo), fmax(plain.hi, skewed.hi)};
}

static double larger(double p, double q)
{
    return isnan(p) || isnan(q) ? NAN : fmax(p, q);
}

double mlt_cautious_p_above(struct mlt_estimate e, double skewness, double n, double bound)
{
    return larger(mlt_estimate_p_above(e, bound), mlt_skewed_p_above(e, skewness, n, bound));
}

double mlt_cautious_p_below(struct mlt_estimate e, double skewness, double n, double bound)
{
    return larger(mlt_estimate_p_below(e, bound), mlt_skewed_p_below(e, skewness, n, bound));
}
