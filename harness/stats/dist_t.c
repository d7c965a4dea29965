#include <float.h>
#include <math.h>

#include "harness/stats/dist.h"
#include "harness/stats/dist_parts.h"
#include "harness/stats/elementary.h"

static const double half_log_pi = 0.572364942924700087072;

/* P(T > t) where t^2 would overflow: the leading term in x = df / t^2 of the incomplete beta. */
static double t_far_tail(double t, double df)
{
    double a = df / 2;
    double log_beta = mlt_lgamma(a + 1) + half_log_pi - mlt_lgamma(a + 0.5);
    return 0.5 * mlt_exp(a * (mlt_log(df) - 2 * mlt_log(t)) - log_beta);
}

/* P(T > t) for t >= 0, or P(0 < T < t) when `centre`. */
static double t_tail(double t, double df, bool centre)
{
    if (t > 1e150)
        return centre ? 0.5 - t_far_tail(t, df) : t_far_tail(t, df);
    double square = t * t;
    double x = df / (df + square);
    double y = square / (df + square);
    return 0.5 * (centre ? mlt_beta_tail(y, x, 0.5, df / 2) : mlt_beta_tail(x, y, df / 2, 0.5));
}

double mlt_t_cdf(double t, double df)
{
    if (isnan(t) || !(df > 0))
        return NAN;
    if (isinf(t))
        return t > 0 ? 1 : 0;
    if (df > 1e16)
        return mlt_normal_cdf(t);
    return t > 0 ? 1 - t_tail(t, df, false) : t_tail(-t, df, false);
}

double mlt_t_sf(double t, double df)
{
    return mlt_t_cdf(-t, df);
}

/* log of a part less the target, of u = log t; `upper` is the tail, else the centre. */
static double t_curve(const struct mlt_curve *self, double u, double *slope)
{
    double df = self->a;
    double t = mlt_exp(u);
    double square = t * t;
    double part = t_tail(t, df, !self->upper);
    double density = 0;
    if (t <= 1e150)
        density = mlt_beta_power(df / (df + square), square / (df + square), df / 2, 0.5);
    else
        density = t_far_tail(t, df) * df;
    return mlt_curve_value(self, part, density, slope);
}

/* The t beyond which t has the tail that the normal distribution has beyond z > 0, by four terms in
 * 1 / df (Abramowitz & Stegun 1964, 26.7.5); not `*close` where that may be off by more than half a
 * unit in the last place. The error is about the next term; checked to 40 digits for z of 0.01 to
 * 37, it is below 0.06 of half a unit where the condition holds. */
static double t_expanded(double z, double df, bool *close)
{
    double w = z * z;
    double first = z * (w + 1) / 4 / df;
    double second = z * ((5 * w + 16) * w + 3) / 96 / df / df;
    double third = z * (((3 * w + 19) * w + 17) * w - 15) / 384 / df / df / df;
    double fourth = z * ((((79 * w + 776) * w + 1482) * w - 1920) * w - 945) / 92160;
    fourth = fourth / df / df / df / df;
    *close = df >= 1500 && fabs(fourth) * (1 + w) < DBL_EPSILON / 4 * z * df;
    return z + (first + (second + (third + fourth)));
}

double mlt_t_quantile(double p, double df)
{
    if (isnan(p) || p < 0 || p > 1 || !(df > 0))
        return NAN;
    if (p == 0 || p == 1)
        return p == 0 ? -INFINITY : INFINITY;
    if (p == 0.5)
        return 0;
    if (p > 0.5)
        return -mlt_t_quantile(1 - p, df);
    if (df > 1e16)
        return mlt_normal_quantile(p);
    bool close;
    double z = -mlt_normal_quantile(p), t = t_expanded(z, df, &close);
    if (close)
        return -t;
    if (p < t_tail(DBL_MAX, df, false))
        return -INFINITY;
    struct mlt_curve curve = {.value = t_curve, .a = df};
    /* Near the middle the distance from 1/2 carries the digits. */
    curve.upper = p < 0.25;
    curve.target = mlt_log(curve.upper ? p : 0.5 - p);
    return -mlt_curve_solve(&curve, mlt_log(df >= 5 + z * z ? t : z), -80, 709.78);
}

struct ratio {
    double x, y; /* d1 f / (d1 f + d2) and the rest to 1 */
};

static struct ratio f_ratio(double f, double d1, double d2)
{
    double up = f > 1 ? d1 : d1 * f, down = f > 1 ? d2 / f : d2;
    return (struct ratio){up / (up + down), down / (up + down)};
}

static double f_tail(double f, double d1, double d2, bool upper)
{
    struct ratio at = f_ratio(f, d1, d2);
    return upper ? mlt_beta_tail(at.y, at.x, d2 / 2, d1 / 2)
                 : mlt_beta_tail(at.x, at.y, d1 / 2, d2 / 2);
}

static bool f_domain(double f, double d1, double d2)
{
    return !isnan(f) && d1 > 0 && d2 > 0 && !isinf(d1);
}

double mlt_f_cdf(double f, double d1, double d2)
{
    if (!f_domain(f, d1, d2))
        return NAN;
    if (f <= 0 || isinf(f))
        return f > 0;
    return isinf(d2) ? mlt_chi2_cdf(f * d1, d1) : f_tail(f, d1, d2, false);
}

double mlt_f_sf(double f, double d1, double d2)
{
    if (!f_domain(f, d1, d2))
        return NAN;
    if (f <= 0 || isinf(f))
        return f <= 0;
    return isinf(d2) ? mlt_chi2_sf(f * d1, d1) : f_tail(f, d1, d2, true);
}

/* log of a tail less the target, of u = log f. */
static double f_curve(const struct mlt_curve *self, double u, double *slope)
{
    double f = mlt_exp(u);
    struct ratio at = f_ratio(f, self->a, self->b);
    double density =
        at.x > 0 && at.y > 0 ? mlt_beta_power(at.x, at.y, self->a / 2, self->b / 2) : 0;
    return mlt_curve_value(self, f_tail(f, self->a, self->b, self->upper), density, slope);
}

double mlt_f_quantile(double p, double d1, double d2)
{
    if (!f_domain(p, d1, d2) || p < 0 || p > 1)
        return NAN;
    if (p == 0 || p == 1)
        return p == 0 ? 0 : INFINITY;
    if (isinf(d2))
        return mlt_chi2_quantile(p, d1) / d1;
    if (p <= f_tail(5e-324, d1, d2, false))
        return 0;
    struct mlt_curve curve = {.value = f_curve, .a = d1, .b = d2};
    curve.upper = p > f_tail(1, d1, d2, false);
    if (curve.upper && 1 - p < f_tail(DBL_MAX, d1, d2, true))
        return INFINITY;
    curve.target = mlt_log(curve.upper ? 1 - p : p);
    return curve.upper ? mlt_curve_solve(&curve, 0, 0, 709.78)
                       : mlt_curve_solve(&curve, 0, -745.2, 0);
}
