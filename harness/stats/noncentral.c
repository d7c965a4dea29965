#include "harness/stats/noncentral.h"

#include <math.h>
#include <stdbool.h>

#include "harness/stats/dist.h"
#include "harness/stats/elementary.h"

/* exp(2u) - 1 - 2u, which cancels near 0. */
static double excess(double u)
{
    double v = 2 * u;
    if (fabs(v) > 0.5)
        return mlt_exp(v) - 1 - v;
    double term = v * v / 2, sum = 0;
    for (int k = 3; sum + term != sum; k++) {
        sum += term;
        term *= v / k;
    }
    return sum;
}

struct integrand {
    double t, df, shift;
};

/* Sums over the nodes first, first + step, ...: of the density of log S (up to a factor) and of
 * that times the conditional probability. */
static void add_nodes(const struct integrand *f, double first, double step, double end,
                      double *weights, double *sum)
{
    long count = (long)floor((end - first) / step) + 1;
    for (long i = 0; i < count; i++) {
        double u = first + step * (double)i;
        double weight = mlt_exp(-f->df / 2 * excess(u));
        *weights += weight;
        *sum += weight * mlt_normal_cdf(f->t * mlt_exp(u) - f->shift);
    }
}

/* Where the density of log S is below e^-44 of its peak on one side. */
static double reach(double df, double sign)
{
    double lo = 0, hi = 1;
    while (df / 2 * excess(sign * hi) < 44)
        hi *= 2;
    for (int i = 0; i < 30; i++) {
        double middle = (lo + hi) / 2;
        *(df / 2 * excess(sign * middle) < 44 ? &lo : &hi) = middle;
    }
    return sign * hi;
}

/* Fine enough for the density, and for the flank of Phi(t S - shift) where that lies in the range.
 */
static double first_step(const struct integrand *f, double first, double end)
{
    double step = fmin(0.5 / sqrt(f->df), 0.25);
    double flank = f->shift * f->t > 0 ? mlt_log(f->shift / f->t) : INFINITY;
    if (flank > first - 1 && flank < end + 1)
        step = fmin(step, 1 / (1 + fabs(f->shift)));
    return (end - first) / ceil((end - first) / step);
}

static double mean_probability(const struct integrand *f)
{
    double first = reach(f->df, -1), end = reach(f->df, 1);
    double step = first_step(f, first, end);
    double weights = 0, sum = 0;
    add_nodes(f, first, step, end, &weights, &sum);
    for (int i = 0; i < 8; i++) {
        double before = sum / weights;
        add_nodes(f, first + step / 2, step, end, &weights, &sum);
        step /= 2;
        if (fabs(sum / weights - before) <= 1e-14)
            break;
    }
    return sum / weights;
}

double mlt_noncentral_t_cdf(double t, double df, double shift)
{
    if (isnan(t) || !(df >= 0.1) || !isfinite(shift))
        return NAN;
    if (isinf(t))
        return t > 0 ? 1 : 0;
    if (df > 1e16)
        return mlt_normal_cdf(t - shift);
    return mean_probability(&(struct integrand){t, df, shift});
}

double mlt_noncentral_t_sf(double t, double df, double shift)
{
    return mlt_noncentral_t_cdf(-t, df, -shift);
}
