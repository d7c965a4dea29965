#include "harness/stats/dist.h"

#include <float.h>
#include <math.h>

#include "harness/stats/dist_parts.h"
#include "harness/stats/elementary.h"

/* Below 16 by the recurrence, above by the series. */
double mlt_stirling_error(double z)
{
    double sum = 0;
    for (; z < 16; z += 1)
        sum += (z + 0.5) * mlt_log1p(1 / z) - 1;
    double w = 1 / (z * z);
    double series =
        1.0 / 12 -
        w * (1.0 / 360 -
             w * (1.0 / 1260 -
                  w * (1.0 / 1680 - w * (1.0 / 1188 - w * (691.0 / 360360 - w * (1.0 / 156))))));
    return sum + series / z;
}

double mlt_deviance(double x, double m)
{
    if (x == 0)
        return m;
    if (fabs(x - m) >= 0.35 * (x + m)) {
        double ratio = x / m;
        /* A quotient out of range has a logarithm all the same. */
        bool whole = ratio >= DBL_MIN && ratio <= DBL_MAX;
        return x * (whole ? mlt_log(ratio) : mlt_log(x) - mlt_log(m)) + m - x;
    }
    double v = (x - m) / (x + m);
    double sum = (x - m) * v;
    double term = 2 * x * v;
    for (int i = 1; i < 1000; i++) {
        term *= v * v;
        double next = sum + term / (2 * i + 1);
        if (next == sum)
            break;
        sum = next;
    }
    return sum;
}

static double solve(const struct mlt_curve *curve, double u, double lo, double hi)
{
    for (int i = 0; i < 400; i++) {
        double slope;
        double value = curve->value(curve, u, &slope);
        if (value == 0)
            break;
        if ((value > 0) == (slope > 0))
            hi = u;
        else
            lo = u;
        double next = u - value / slope;
        if (!(next > lo && next < hi))
            next = 0.5 * (lo + hi);
        if (fabs(next - u) <= DBL_EPSILON / 2 * (1 + fabs(next)) * 0.5)
            return next;
        u = next;
    }
    return u;
}

double mlt_curve_solve(const struct mlt_curve *curve, double u, double lo, double hi)
{
    u = solve(curve, u, lo, hi);
    double x = mlt_exp(u), slope;
    /* A unit in the last place of a large u is more than one of x: the last step is made in x. */
    double step = curve->value(curve, u, &slope) / slope;
    return fabs(step) < 1e-8 ? x - x * step : x;
}

double mlt_curve_value(const struct mlt_curve *curve, double tail, double density, double *slope)
{
    *slope = curve->upper ? -1 : 1;
    if (tail <= 0)
        return -INFINITY;
    double relative = density / tail;
    /* Where the slope has underflowed only its sign is used. */
    if (relative > 0 && isfinite(relative))
        *slope = curve->upper ? -relative : relative;
    return mlt_log(tail) - curve->target;
}

/* Whether P(X <= k) >= p, seen from the tail that has the digits; rounding must not move a p that
 * is a step of the distribution to the next k. */
static bool reaches(const struct mlt_discrete *self, double p, double k)
{
    const double slack = 64 * DBL_EPSILON;
    if (p <= 0.5)
        return self->cdf(self, k) >= p * (1 - slack);
    /* Here p itself was rounded. */
    return self->sf(self, k) <= (1 - p) * (1 + slack) + DBL_EPSILON;
}

double mlt_discrete_quantile(const struct mlt_discrete *self, double p, double start, double step,
                             double last)
{
    /* below: too small; above: large enough. */
    double below = -1, above = last, k = fmin(fmax(floor(start), 0), last);
    step = fmax(floor(step), 1);
    while (above - below > 1) {
        if (reaches(self, p, k)) {
            above = k;
            k -= step;
        } else {
            below = k;
            k += step;
        }
        step *= 2;
        if (!(k > below && k < above))
            k = floor(below + (fmin(above, below + 0x1p52) - below) / 2);
        if (!(k > below && k < above))
            break;
    }
    return above;
}
