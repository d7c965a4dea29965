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
