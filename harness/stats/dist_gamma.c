#include <float.h>
#include <math.h>

#include "harness/stats/dist.h"
#include "harness/stats/dist_parts.h"
#include "harness/stats/elementary.h"

static const double two_pi = 6.28318530717958647693;
static const double half_log_two_pi = 0.918938533204672741780;
/* Shapes from here on take the asymptotic expansion: sums would need 9 sqrt(shape) terms. */
static const double large_shape = 1e7;

/* With zeta(k) - 1 as coefficients the series about 1 converges as 4^-k (Abramowitz &
 * Stegun 6.1.33): log Gamma(1 + x) = x (1 - gamma) - log(1 + x) + sum (zeta(k) - 1) (-x)^k / k, |x|
 * <= 1/2. */
static double zeta_series(double x)
{
    static const double one_less_gamma = 0.42278433509846713939;
    static const double zeta[] = {
        0.64493406684822643647,     0.2020569031595942854,      0.082323233711138191516,
        0.036927755143369926331,    0.017343061984449139715,    0.0083492773819228268398,
        0.0040773561979443393787,   0.0020083928260822144179,   0.00099457512781808533715,
        0.0004941886041194645587,   0.00024608655330804829864,  0.00012271334757848914675,
        0.000061248135058704829259, 0.000030588236307020493552, 0.000015282259408651871733,
        7.6371976378997622736e-6,   3.8172932649998398565e-6,   1.9082127165539389257e-6,
        9.5396203387279611315e-7,   4.7693298678780646312e-7,   2.3845050272773299e-7,
        1.1921992596531107307e-7,   5.9608189051259479612e-8,   2.9803503514652280186e-8,
        1.4901554828365041235e-8,   7.450711789835429492e-9,    3.7253340247884570548e-9,
        1.8626597235130490064e-9};
    double sum = 0;
    for (int k = (int)(sizeof zeta / sizeof zeta[0]) - 1; k >= 0; k--)
        sum = zeta[k] / (k + 2) - x * sum;
    return x * (one_less_gamma + x * sum);
}

double mlt_lgamma_near_one(double x)
{
    /* log Gamma(2 + w) = log Gamma(1 + w) + log(1 + w). */
    return x <= 0.5 ? zeta_series(x) - mlt_log1p(x) : zeta_series(x - 1);
}

double mlt_lgamma(double x)
{
    if (isnan(x) || x <= 0)
        return NAN;
    if (isinf(x))
        return x;
    if (x < 0.5)
        return mlt_lgamma_near_one(x) - mlt_log(x);
    if (x <= 2.5)
        return mlt_lgamma_near_one(x - 1);
    return (x - 0.5) * (mlt_log(x) - 1) + (half_log_two_pi - 0.5 + mlt_stirling_error(x));
}

/* x^a e^-x / Gamma(a + 1) by Loader's saddle point. */
static double gamma_power(double x, double a)
{
    return mlt_exp(-mlt_stirling_error(a) - mlt_deviance(a, x)) / sqrt(two_pi * a);
}

/* 1 + x / (a + 1) + x^2 / ((a + 1)(a + 2)) + … (DLMF 8.11.4). */
static double lower_series(double x, double a)
{
    double term = 1, sum = 1;
    for (double k = a + 1; term > sum * (DBL_EPSILON / 8); k += 1) {
        term *= x / k;
        sum += term;
    }
    return sum;
}

/* The continued fraction of DLMF 8.9.2, contracted, by Lentz's method: times x^a e^-x it is
 * Gamma(a, x). */
static double upper_fraction(double x, double a)
{
    double b = x - a + 1;
    double c = 1e300, d = 1 / b, h = d;
    for (double i = 1; i < 1e6; i += 1) {
        double factor = -i * (i - a);
        b += 2;
        d = b + factor * d;
        d = 1 / (fabs(d) < 1e-300 ? 1e-300 : d);
        c = b + factor / c;
        c = fabs(c) < 1e-300 ? 1e-300 : c;
        h *= c * d;
        if (fabs(c * d - 1) < DBL_EPSILON)
            break;
    }
    return h;
}

/* Q(a, x) for a, x < 1, where 1 - P would cancel (DLMF 8.7.1). */
static double upper_of_small(double x, double a)
{
    double sum = 0, term = 1;
    for (int k = 1; fabs(term) > DBL_EPSILON / 64; k++) {
        term *= -x / k;
        sum += term / (a + k);
    }
    double excess = mlt_expm1(a * mlt_log(x) - mlt_lgamma_near_one(a));
    return -excess - (1 + excess) * a * sum;
}

/* Temme's uniform expansion (DLMF 8.12.8): the normal distribution with its first corrections. */
static double tail_of_large(double x, double a, bool upper)
{
    double eta = sqrt(2 * mlt_deviance(a, x) / a);
    if (x < a)
        eta = -eta;
    double c0 = -1.0 / 3 + eta * (1.0 / 12 - eta * (2.0 / 135 - eta * (1.0 / 864 + eta / 2835)));
    double z = eta * sqrt(a);
    double correction = mlt_normal_density(z) / sqrt(a) * (c0 - (1.0 / 540 + eta / 288) / a);
    return upper ? mlt_normal_sf(z) + correction : mlt_normal_cdf(z) - correction;
}

/* P(a, x), or Q(a, x) when `upper`; x > 0. */
static double gamma_tail(double x, double a, bool upper)
{
    if (isinf(x))
        return upper ? 0 : 1;
    if (a >= large_shape)
        return tail_of_large(x, a, upper);
    if (a < 1 && x < 1 && upper)
        return upper_of_small(x, a);
    double power = gamma_power(x, a);
    if (x < a + 1 && (a >= 1 || x < 1)) {
        double lower = power * lower_series(x, a);
        return upper ? 1 - lower : lower;
    }
    double beyond = power == 0 ? 0 : power * a * upper_fraction(x, a);
    return upper ? beyond : 1 - beyond;
}

static bool gamma_domain(double x, double shape, double scale)
{
    return !isnan(x) && shape > 0 && scale > 0 && !isinf(shape) && !isinf(scale);
}

double mlt_gamma_cdf(double x, double shape, double scale)
{
    if (!gamma_domain(x, shape, scale))
        return NAN;
    return x <= 0 ? 0 : gamma_tail(x / scale, shape, false);
}

double mlt_gamma_sf(double x, double shape, double scale)
{
    if (!gamma_domain(x, shape, scale))
        return NAN;
    return x <= 0 ? 1 : gamma_tail(x / scale, shape, true);
}

/* log of a tail less the target, as a function of u = log x. */
static double gamma_curve(const struct mlt_curve *self, double u, double *slope)
{
    double x = mlt_exp(u);
    if (x <= 0) {
        *slope = self->upper ? -1 : 1;
        return self->upper ? -self->target : -INFINITY;
    }
    double tail = gamma_tail(x, self->a, self->upper);
    return mlt_curve_value(self, tail, gamma_power(x, self->a) * self->a, slope);
}

double mlt_gamma_quantile(double p, double shape, double scale)
{
    if (!gamma_domain(p, shape, scale) || p < 0 || p > 1)
        return NAN;
    if (p == 0 || p == 1)
        return p == 0 ? 0 : INFINITY;
    if (p <= gamma_tail(5e-324, shape, false))
        return 0;
    struct mlt_curve curve = {.value = gamma_curve, .a = shape};
    curve.upper = p > gamma_tail(shape, shape, false);
    curve.target = mlt_log(curve.upper ? 1 - p : p);
    double centre = mlt_log(shape);
    double x = curve.upper ? mlt_curve_solve(&curve, centre, centre, 709.78)
                           : mlt_curve_solve(&curve, centre, -745.2, centre);
    return x * scale;
}

double mlt_chi2_cdf(double x, double df)
{
    return mlt_gamma_cdf(x, df / 2, 2);
}

double mlt_chi2_sf(double x, double df)
{
    return mlt_gamma_sf(x, df / 2, 2);
}

double mlt_chi2_quantile(double p, double df)
{
    return mlt_gamma_quantile(p, df / 2, 2);
}

static bool poisson_domain(double k, double mean)
{
    return !isnan(k) && mean >= 0 && !isinf(mean);
}

double mlt_poisson_mass(double k, double mean)
{
    if (!poisson_domain(k, mean))
        return NAN;
    if (k < 0 || k != floor(k) || isinf(k))
        return 0;
    if (k == 0)
        return mlt_exp(-mean);
    return mean == 0 ? 0 : gamma_power(mean, k);
}

double mlt_poisson_cdf(double k, double mean)
{
    if (!poisson_domain(k, mean))
        return NAN;
    if (k < 0)
        return 0;
    return isinf(k) || mean == 0 ? 1 : gamma_tail(mean, floor(k) + 1, true);
}

double mlt_poisson_sf(double k, double mean)
{
    if (!poisson_domain(k, mean))
        return NAN;
    if (k < 0)
        return 1;
    return isinf(k) || mean == 0 ? 0 : gamma_tail(mean, floor(k) + 1, false);
}

static double poisson_cdf(const struct mlt_discrete *self, double k)
{
    return mlt_poisson_cdf(k, self->a);
}

static double poisson_sf(const struct mlt_discrete *self, double k)
{
    return mlt_poisson_sf(k, self->a);
}

double mlt_poisson_quantile(double p, double mean)
{
    if (!poisson_domain(p, mean) || p < 0 || p > 1)
        return NAN;
    if (p == 1)
        return mean == 0 ? 0 : INFINITY;
    if (p == 0)
        return 0;
    struct mlt_discrete poisson = {poisson_cdf, poisson_sf, mean, 0};
    double spread = sqrt(mean);
    return mlt_discrete_quantile(&poisson, p, mean + spread * mlt_normal_quantile(p), spread / 64,
                                 DBL_MAX);
}
