#include "harness/stats/dist.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

#include "harness/stats/elementary.h"

static const double sqrt_two_pi = 2.50662827463100050242;
static const double two_pi = 6.28318530717958647693;

/* The density, with z * z split so that the exponent of a far tail keeps its last bits. */
static double normal_density(double z)
{
    double coarse = floor(z * 16) / 16;
    double rest = (z - coarse) * (z + coarse);
    return mlt_exp(-0.5 * coarse * coarse) * mlt_exp(-0.5 * rest) / sqrt_two_pi;
}

/* P(Z > z) for z >= 0. */
static double normal_tail(double z)
{
    if (z < 2.5) {
        double term = z, sum = z;
        for (int i = 3; term > sum * (DBL_EPSILON / 8); i += 2) {
            term *= z * z / i;
            sum += term;
        }
        return 0.5 - normal_density(z) * sum;
    }
    if (z > 40)
        return 0;
    /* Laplace's continued fraction, from the far end; 200 terms are enough from 2.5 on. */
    double fraction = z;
    for (int i = 200; i >= 1; i--)
        fraction = z + i / fraction;
    return normal_density(z) / fraction;
}

double mlt_normal_cdf(double z)
{
    if (isnan(z))
        return NAN;
    return z < 0 ? normal_tail(-z) : 1 - normal_tail(z);
}

static double ratio(const double *num, const double *den, double x)
{
    double n = 0, d = 0;
    for (int i = 7; i >= 0; i--) {
        n = n * x + num[i];
        d = d * x + den[i];
    }
    return n / d;
}

/* Wichura (1988), algorithm AS 241, PPND16; for p <= 1/2. */
static double wichura(double p)
{
    static const double a[] = {3.3871328727963666080e0, 1.3314166789178437745e2,
                               1.9715909503065514427e3, 1.3731693765509461125e4,
                               4.5921953931549871457e4, 6.7265770927008700853e4,
                               3.3430575583588128105e4, 2.5090809287301226727e3};
    static const double b[] = {1.0,
                               4.2313330701600911252e1,
                               6.8718700749205790830e2,
                               5.3941960214247511077e3,
                               2.1213794301586595867e4,
                               3.9307895800092710610e4,
                               2.8729085735721942674e4,
                               5.2264952788528545610e3};
    static const double c[] = {1.42343711074968357734e0,  4.63033784615654529590e0,
                               5.76949722146069140550e0,  3.64784832476320460504e0,
                               1.27045825245236838258e0,  2.41780725177450611770e-1,
                               2.27238449892691845833e-2, 7.74545014278341407640e-4};
    static const double d[] = {1.0,
                               2.05319162663775882187e0,
                               1.67638483018380384940e0,
                               6.89767334985100004550e-1,
                               1.48103976427480074590e-1,
                               1.51986665636164571966e-2,
                               5.47593808499534494600e-4,
                               1.05075007164441684324e-9};
    static const double e[] = {6.65790464350110377720e0,  5.46378491116411436990e0,
                               1.78482653991729133580e0,  2.96560571828504891230e-1,
                               2.65321895265761230930e-2, 1.24266094738807843860e-3,
                               2.71155556874348757815e-5, 2.01033439929228813265e-7};
    static const double f[] = {1.0,
                               5.99832206555887937690e-1,
                               1.36929880922735805310e-1,
                               1.48753612908506148525e-2,
                               7.86869131145613259100e-4,
                               1.84631831751005468180e-5,
                               1.42151175831644588870e-7,
                               2.04426310338993978564e-15};
    double q = p - 0.5;
    if (fabs(q) <= 0.425)
        return q * ratio(a, b, 0.180625 - q * q);
    double r = sqrt(-mlt_log(p));
    return r <= 5 ? -ratio(c, d, r - 1.6) : -ratio(e, f, r - 5);
}

double mlt_normal_quantile(double p)
{
    if (isnan(p) || p < 0 || p > 1)
        return NAN;
    if (p == 0)
        return -INFINITY;
    if (p == 1)
        return INFINITY;
    if (p == 0.5)
        return 0;
    if (p > 0.5)
        return -mlt_normal_quantile(1 - p);
    double z = wichura(p);
    double density = normal_density(z);
    if (density < 1e-290)
        return z;
    double step = (mlt_normal_cdf(z) - p) / density;
    return z - step / (1 + 0.5 * z * step);
}

/* log Gamma(z) less Stirling's formula. Below 16 by the recurrence, above by the series. */
static double stirling_error(double z)
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

/* x log(x / m) + m - x without cancellation (Loader 2000). */
static double deviance(double x, double m)
{
    if (fabs(x - m) >= 0.1 * (x + m))
        return x * mlt_log(x / m) + m - x;
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

/* x^a y^b / B(a, b) with y = 1 - x, by Loader's saddle point, which keeps its digits for large a,
 * b. */
static double beta_power(double x, double y, double a, double b)
{
    double n = a + b;
    double exponent = stirling_error(n) - stirling_error(a) - stirling_error(b) -
                      deviance(a, n * x) - deviance(b, n * y);
    return mlt_exp(exponent) * sqrt(a / n * (b / two_pi));
}

/* The continued fraction of DLMF 8.17.22, contracted to its even part (Didonato & Morris 1992,
 * BFRAC), by Lentz's method. With a y - b x instead of differences of coefficients near 1 it keeps
 * its digits for a in the millions. */
static double beta_fraction(double x, double y, double a, double b)
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

/* I_x(a, b) for x + y = 1, both given because the smaller one carries the digits. */
static double beta_lower(double x, double y, double a, double b)
{
    if (x <= 0)
        return 0;
    if (y <= 0)
        return 1;
    double power = beta_power(x, y, a, b);
    if (x <= (a + 1) / (a + b + 2))
        return power * beta_fraction(x, y, a, b);
    return 1 - power * beta_fraction(y, x, b, a);
}

double mlt_beta_cdf(double x, double a, double b)
{
    if (isnan(x) || !(a > 0) || !(b > 0) || isinf(a) || isinf(b))
        return NAN;
    return beta_lower(x, 1 - x, a, b);
}

/* A monotone function of u to be made zero, with its slope. */
struct curve {
    double (*value)(const struct curve *self, double u, double *slope);
    double a, b, target; /* shape; log of the probability aimed at */
    bool upper;          /* the tail beyond, else the one below */
};

/* Newton's method kept inside a bracket [lo, hi] on which the curve changes sign. */
static double solve(const struct curve *curve, double u, double lo, double hi)
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

/* log of a tail of the beta distribution less the target, as a function of u = log x. */
static double beta_curve(const struct curve *self, double u, double *slope)
{
    double x = mlt_exp(u);
    double y = 1 - x;
    if (x <= 0 || y <= 0) {
        *slope = self->upper ? -1 : 1;
        return (x <= 0) != self->upper ? -INFINITY : -self->target;
    }
    double tail =
        self->upper ? beta_lower(y, x, self->b, self->a) : beta_lower(x, y, self->a, self->b);
    double power = beta_power(x, y, self->a, self->b) / y;
    *slope = (self->upper ? -power : power) / tail;
    if (tail <= 0 || *slope == 0) {
        *slope = self->upper ? -1 : 1;
        return tail <= 0 ? -INFINITY : mlt_log(tail) - self->target;
    }
    return mlt_log(tail) - self->target;
}

double mlt_beta_quantile(double p, double a, double b)
{
    if (isnan(p) || p < 0 || p > 1 || !(a > 0) || !(b > 0) || isinf(a) || isinf(b))
        return NAN;
    if (p == 0 || p == 1)
        return p;
    double mean = a / (a + b);
    struct curve curve = {.value = beta_curve, .a = a, .b = b};
    curve.upper = p > beta_lower(mean, b / (a + b), a, b);
    curve.target = mlt_log(curve.upper ? 1 - p : p);
    double start = mlt_log(mean);
    if (curve.upper)
        return mlt_exp(solve(&curve, start < -1e-8 ? start : -1e-8, start, 0));
    return mlt_exp(solve(&curve, start, -746, start));
}

/* P(T > t) for t >= 0, or P(0 < T < t) when `centre`. */
static double t_tail(double t, double df, bool centre)
{
    double square = t * t;
    double x = df / (df + square);
    double y = square / (df + square);
    return 0.5 * (centre ? beta_lower(y, x, 0.5, df / 2) : beta_lower(x, y, df / 2, 0.5));
}

double mlt_t_cdf(double t, double df)
{
    if (isnan(t) || !(df > 0))
        return NAN;
    if (isinf(t))
        return t > 0 ? 1 : 0;
    if (df > 1e16)
        return mlt_normal_cdf(t);
    if (fabs(t) > 1e150)
        return t > 0 ? 1 - t_tail(1e150, df, false) : t_tail(1e150, df, false);
    return t > 0 ? 1 - t_tail(t, df, false) : t_tail(-t, df, false);
}

/* As beta_curve, of u = log t; `upper` is the tail, else the centre. */
static double t_curve(const struct curve *self, double u, double *slope)
{
    double df = self->a;
    double t = mlt_exp(u);
    double square = t * t;
    double part = t_tail(t, df, !self->upper);
    double power = beta_power(df / (df + square), square / (df + square), df / 2, 0.5);
    *slope = self->upper ? -1 : 1;
    if (part <= 0)
        return -INFINITY;
    if (power > 0)
        *slope = (self->upper ? -power : power) / part;
    return mlt_log(part) - self->target;
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
    struct curve curve = {.value = t_curve, .a = df};
    /* Near the middle the distance from 1/2 carries the digits. */
    curve.upper = p < 0.25;
    curve.target = mlt_log(curve.upper ? p : 0.5 - p);
    double start = mlt_log(-mlt_normal_quantile(p));
    return -mlt_exp(solve(&curve, start, -80, 345));
}
