#include "harness/stats/elementary.h"

#include <float.h>
#include <math.h>

/* log 2 in two parts; the first has 32 trailing zero bits, so k times it is exact for |k| < 2^20.
 */
static const double ln2_hi = 6.93147180369123816490e-01;
static const double ln2_lo = 1.90821492927058770002e-10;

double mlt_exp(double x)
{
    if (isnan(x))
        return x;
    if (x > 709.8)
        return INFINITY;
    if (x < -745.2)
        return 0;
    double k = floor(x / (ln2_hi + ln2_lo) + 0.5);
    double hi = x - k * ln2_hi;
    double lo = k * ln2_lo;
    double r = hi - lo;
    /* Taylor: |r| <= 0.35, the term r^15/15! is below 2^-60. */
    double p = 1.0 / 14;
    for (int i = 13; i >= 3; i--)
        p = (1 + r * p) / i;
    double tail = r * r * ((1 + r * p) / 2);
    /* hi - lo was rounded: what got lost goes in again (exp' = exp, about 1 here). */
    double lost = (hi - r) - lo;
    return ldexp(1 + (r + (tail + lost)), (int)k);
}

/* log(1 + f) for sqrt(1/2) <= 1 + f < sqrt(2) with s = f / (2 + f): 2 atanh(s), the leading f kept
 * whole. */
static double log_near_one(double f)
{
    double s = f / (2 + f);
    double z = s * s;
    double series = 0;
    for (int i = 27; i >= 3; i -= 2)
        series = z * (2.0 / i + series);
    double half = 0.5 * f * f;
    return f - (half - s * (half + series));
}

double mlt_log(double x)
{
    if (isnan(x) || x < 0)
        return NAN;
    if (x == 0)
        return -INFINITY;
    if (isinf(x))
        return x;
    int k;
    double m = frexp(x, &k);
    if (m < 0.70710678118654752440) {
        m *= 2;
        k--;
    }
    double low = log_near_one(m - 1);
    return k == 0 ? low : k * ln2_hi + (low + k * ln2_lo);
}

double mlt_log1p(double x)
{
    if (isnan(x) || x < -1)
        return NAN;
    if (x == -1)
        return -INFINITY;
    if (isinf(x))
        return x;
    if (x > -0.29 && x < 0.41)
        return log_near_one(x);
    return mlt_log(1 + x);
}

double mlt_expm1(double x)
{
    if (!(fabs(x) < 0.35))
        return mlt_exp(x) - 1;
    /* Taylor: the term x^15/15! is below 2^-60 of the first. */
    double p = 1.0 / 15;
    for (int i = 14; i >= 3; i--)
        p = (1 + x * p) / i;
    return x + x * x * ((1 + x * p) / 2);
}
