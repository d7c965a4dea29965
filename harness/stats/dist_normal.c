#include <float.h>
#include <math.h>

#include "harness/stats/dist.h"
#include "harness/stats/dist_parts.h"
#include "harness/stats/elementary.h"

static const double sqrt_two_pi = 2.50662827463100050242;

/* The density, with z * z split so that the exponent of a far tail keeps its last bits. */
static double density_at(double z)
{
    double coarse = floor(z * 16) / 16;
    double rest = (z - coarse) * (z + coarse);
    return mlt_exp(-0.5 * coarse * coarse) * mlt_exp(-0.5 * rest) / sqrt_two_pi;
}

double mlt_normal_tail(double z)
{
    if (z < 2.5) {
        double term = z, sum = z;
        for (int i = 3; term > sum * (DBL_EPSILON / 8); i += 2) {
            term *= z * z / i;
            sum += term;
        }
        return 0.5 - density_at(z) * sum;
    }
    if (z > 40)
        return 0;
    /* Laplace's continued fraction, from the far end; 200 terms are enough from 2.5 on. */
    double fraction = z;
    for (int i = 200; i >= 1; i--)
        fraction = z + i / fraction;
    return density_at(z) / fraction;
}

double mlt_normal_density(double z)
{
    /* Beyond, floor(16 z) and the product would have no digits left; the density is 0. */
    return fabs(z) > 1e3 ? 0 : density_at(z);
}

double mlt_normal_cdf(double z)
{
    if (isnan(z))
        return NAN;
    return z < 0 ? mlt_normal_tail(-z) : 1 - mlt_normal_tail(z);
}

double mlt_normal_sf(double z)
{
    return mlt_normal_cdf(-z);
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
    double density = density_at(z);
    if (density < 1e-290)
        return z;
    double step = (mlt_normal_cdf(z) - p) / density;
    return z - step / (1 + 0.5 * z * step);
}
