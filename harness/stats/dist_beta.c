#include <float.h>
#include <math.h>

#include "harness/stats/dist.h"
#include "harness/stats/dist_parts.h"
#include "harness/stats/elementary.h"
#include "harness/stats/wide.h"

static const double two_pi = 6.28318530717958647693;

/* The deviance of a from n x, where x is `rest` more than its double: in the far tails the rounding
 * of n x alone would cost digits (d deviance / d m = 1 - a / m). */
static double share_deviance(double a, double n, double x, double rest)
{
    struct mlt_wide m = mlt_wide_product(n, x);
    return mlt_deviance(a, m.hi) + (m.lo + n * rest) * ((m.hi - a) / m.hi);
}

/* By Loader's saddle point, which keeps its digits for large a, b. */
double mlt_beta_power(double x, double y, double a, double b)
{
    double n = a + b;
    /* The smaller of x and y is taken at its word; the other one is 1 less that. */
    double rest_x = y < x ? (1 - x) - y : 0, rest_y = y < x ? 0 : (1 - y) - x;
    double exponent = mlt_stirling_error(n) - mlt_stirling_error(a) - mlt_stirling_error(b) -
                      share_deviance(a, n, x, rest_x) - share_deviance(b, n, y, rest_y);
    return mlt_exp(exponent) * sqrt(a / n * (b / two_pi));
}

/* The continued fraction of DLMF 8.17.22, contracted to its even part (Didonato & Morris 1992,
 * BFRAC), by Lentz's method. With a y - b x instead of differences of coefficients near 1 it keeps
 * its digits for a in the millions. */
static double fraction_of(double x, double y, double a, double b)
{
    double lambda = a * y - b * x;
    double c = a / (a + 1) * (lambda + 1);
    double h = c, d = 0;
    for (int m = 1; m < 1000000; m++) {
        double odd = a + 2.0 * m - 1;
        double numerator = (a + m - 1) / odd * ((a + b + m - 1) / odd) * m * (b - m) * x * x;
        double term = m + m * (b - m) * x / odd + (a + m) / (odd + 2) * (lambda + 1 + m * (1 + y));
        d = term + numerator * d;
        d = 1 / (d == 0 ? 1e-300 : d);
        c = term + numerator / c;
        c = c == 0 ? 1e-300 : c;
        h *= c * d;
        if (fabs(c * d - 1) < DBL_EPSILON)
            break;
    }
    return 1 / h;
}

/* log Gamma(a + b) - log Gamma(b), to relative precision for small a. */
static double lgamma_difference(double a, double b)
{
    double sum = 0;
    for (; b < 10; b += 1)
        sum -= mlt_log1p(a / b);
    return sum + (b - 0.5) * mlt_log1p(a / b) + a * (mlt_log(a + b) - 1) +
           (mlt_stirling_error(a + b) - mlt_stirling_error(b));
}

/* Where the power series converges fast and a tail below and above the mean can cancel. */
static bool is_small(double x, double a, double b)
{
    return a < 1 && x <= 0.5 && b * x <= 1;
}

/* I_x(a, b) or, when `upper`, 1 less that: x^a / (a B(a, b)) (1 + a sum (1 - b)_k x^k / (k! (a +
 * k))) (DLMF 8.17.7), with what the first factor has beyond 1 by itself. */
static double tail_of_small(double x, double a, double b, bool upper)
{
    double sum = 0, term = 1;
    for (int k = 1; fabs(term) > DBL_EPSILON / 64; k++) {
        term *= (k - b) * x / k;
        sum += term / (a + k);
    }
    double exponent = a * mlt_log(x) - mlt_lgamma_near_one(a) + lgamma_difference(a, b);
    if (!upper)
        return mlt_exp(exponent) * (1 + a * sum);
    double excess = mlt_expm1(exponent);
    return -excess - (1 + excess) * a * sum;
}

double mlt_beta_tail(double x, double y, double a, double b)
{
    if (x <= 0)
        return 0;
    if (y <= 0)
        return 1;
    if (is_small(x, a, b))
        return tail_of_small(x, a, b, false);
    if (is_small(y, b, a))
        return tail_of_small(y, b, a, true);
    double power = mlt_beta_power(x, y, a, b);
    if (x <= (a + 1) / (a + b + 2))
        return power * fraction_of(x, y, a, b);
    double other = power * fraction_of(y, x, b, a);
    /* Small b: most of the mass sits at 1, and what is left below x is small. The fraction
     * converges there as well, if more slowly. */
    if (other > 0.9 && b < 1)
        return power * fraction_of(x, y, a, b);
    return 1 - other;
}

static bool beta_domain(double x, double a, double b)
{
    return !isnan(x) && a > 0 && b > 0 && !isinf(a) && !isinf(b);
}

double mlt_beta_cdf(double x, double a, double b)
{
    return beta_domain(x, a, b) ? mlt_beta_tail(x, 1 - x, a, b) : NAN;
}

double mlt_beta_sf(double x, double a, double b)
{
    return beta_domain(x, a, b) ? mlt_beta_tail(1 - x, x, b, a) : NAN;
}

/* log of a tail of the beta distribution less the target, as a function of u = log x. */
static double beta_curve(const struct mlt_curve *self, double u, double *slope)
{
    double a = self->a, b = self->b;
    double x = mlt_exp(u);
    double y = 1 - x;
    if (x <= 0 || y <= 0) {
        *slope = self->upper ? -1 : 1;
        return (x <= 0) != self->upper ? -INFINITY : -self->target;
    }
    double tail = self->upper ? mlt_beta_tail(y, x, b, a) : mlt_beta_tail(x, y, a, b);
    return mlt_curve_value(self, tail, mlt_beta_power(x, y, a, b) / y, slope);
}

double mlt_beta_quantile(double p, double a, double b)
{
    if (!beta_domain(p, a, b) || p < 0 || p > 1)
        return NAN;
    if (p == 0 || p == 1)
        return p;
    double mean = a / (a + b);
    struct mlt_curve curve = {.value = beta_curve, .a = a, .b = b};
    curve.upper = p > mlt_beta_tail(mean, b / (a + b), a, b);
    curve.target = mlt_log(curve.upper ? 1 - p : p);
    double start = mlt_log(mean);
    if (curve.upper)
        return fmin(mlt_curve_solve(&curve, start < -1e-8 ? start : -1e-8, start, 0), 1);
    return mlt_curve_solve(&curve, start, -746, start);
}

static bool binomial_domain(double k, double n, double p)
{
    return !isnan(k) && n >= 0 && n == floor(n) && !isinf(n) && p >= 0 && p <= 1;
}

double mlt_binomial_mass(double k, double n, double p)
{
    if (!binomial_domain(k, n, p))
        return NAN;
    if (k < 0 || k > n || k != floor(k))
        return 0;
    if (p == 0 || p == 1)
        return k == (p == 0 ? 0 : n);
    if (k == 0)
        return mlt_exp(n * mlt_log1p(-p));
    if (k == n)
        return mlt_exp(n * mlt_log(p));
    /* C(n, k) = n / (k (n - k) B(k, n - k)). */
    return mlt_beta_power(p, 1 - p, k, n - k) * (n / k / (n - k));
}

double mlt_binomial_cdf(double k, double n, double p)
{
    if (!binomial_domain(k, n, p))
        return NAN;
    if (k < 0 || k >= n)
        return k >= 0;
    k = floor(k);
    return mlt_beta_tail(1 - p, p, n - k, k + 1);
}

double mlt_binomial_sf(double k, double n, double p)
{
    if (!binomial_domain(k, n, p))
        return NAN;
    if (k < 0 || k >= n)
        return k < 0;
    k = floor(k);
    return mlt_beta_tail(p, 1 - p, k + 1, n - k);
}

static double binomial_cdf(const struct mlt_discrete *self, double k)
{
    return mlt_binomial_cdf(k, self->a, self->b);
}

static double binomial_sf(const struct mlt_discrete *self, double k)
{
    return mlt_binomial_sf(k, self->a, self->b);
}

double mlt_binomial_quantile(double q, double n, double p)
{
    if (!binomial_domain(q, n, p) || q < 0 || q > 1)
        return NAN;
    if (q == 0 || q == 1 || p == 0 || p == 1)
        return q == 0 || p == 0 ? 0 : n;
    struct mlt_discrete binomial = {binomial_cdf, binomial_sf, n, p};
    double spread = sqrt(n * p * (1 - p));
    return mlt_discrete_quantile(&binomial, q, n * p + spread * mlt_normal_quantile(q), spread / 64,
                                 n);
}
