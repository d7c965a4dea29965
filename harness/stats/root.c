#include "harness/stats/root.h"

#include <float.h>
#include <math.h>

struct point {
    double x, f;
};

/* How far from `a` towards `b` to look next, as a share: by inverse quadratic interpolation through
 * the discarded end `c` where that is safe, else in the middle. Infinite values fail the test. */
static double next_share(struct point a, struct point b, struct point c)
{
    double xi = (a.x - b.x) / (c.x - b.x);
    double phi = (a.f - b.f) / (c.f - b.f);
    if (!(phi * phi < xi && (1 - phi) * (1 - phi) < 1 - xi))
        return 0.5;
    return a.f / (b.f - a.f) * (c.f / (b.f - c.f)) +
           (c.x - a.x) / (b.x - a.x) * (a.f / (c.f - a.f)) * (b.f / (c.f - b.f));
}

double mlt_root_find(double (*f)(double x, const void *arg), const void *arg, double lo, double hi)
{
    struct point a = {lo, f(lo, arg)}, b = {hi, f(hi, arg)};
    if (a.f == 0 || b.f == 0)
        return a.f == 0 ? lo : hi;
    if (isnan(a.f) || isnan(b.f) || (a.f > 0) == (b.f > 0))
        return NAN;
    double share = 0.5;
    for (int i = 0; i < 2000; i++) {
        struct point c, next = {.x = a.x + share * (b.x - a.x)};
        next.f = f(next.x, arg);
        if (isnan(next.f))
            return NAN;
        if ((next.f > 0) == (a.f > 0)) {
            c = a;
        } else {
            c = b;
            b = a;
        }
        a = next;
        struct point best = fabs(a.f) < fabs(b.f) ? a : b;
        double least = (2 * DBL_EPSILON * fabs(best.x) + 1e-30) / fabs(b.x - a.x);
        if (best.f == 0 || !(least <= 0.5))
            return best.x;
        share = next_share(a, b, c);
        share = fmin(fmax(share, least), 1 - least);
    }
    return a.x;
}
