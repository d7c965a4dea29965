#include "harness/stats/wide.h"

/* Above this Veltkamp's split would overflow. */
static const double split_limit = 0x1p+996;

static struct mlt_wide split(double a)
{
    double scaled = 134217729.0 * a; /* 2^27 + 1 */
    double hi = scaled - (scaled - a);
    return (struct mlt_wide){hi, a - hi};
}

static double product_error(double a, double b, double product)
{
    struct mlt_wide x = split(a), y = split(b);
    return ((x.hi * y.hi - product) + x.hi * y.lo + x.lo * y.hi) + x.lo * y.lo;
}

struct mlt_wide mlt_wide_product(double a, double b)
{
    double product = a * b;
    if (product == 0 || !isfinite(product))
        return (struct mlt_wide){product, 0};
    double lo;
    if (fabs(a) > split_limit)
        lo = product_error(a * 0x1p-60, b, product * 0x1p-60) * 0x1p60;
    else if (fabs(b) > split_limit)
        lo = product_error(a, b * 0x1p-60, product * 0x1p-60) * 0x1p60;
    else if (fabs(product) > split_limit)
        /* The parts of the factors, rounded up, could overflow together. */
        lo = product_error(a * 0x1p-60, b, product * 0x1p-60) * 0x1p60;
    else
        lo = product_error(a, b, product);
    return (struct mlt_wide){product, lo};
}

/* Joldes et al., algorithm 6 (AccurateDWPlusDW), 3 u^2. */
struct mlt_wide mlt_wide_add(struct mlt_wide a, struct mlt_wide b)
{
    struct mlt_wide s = mlt_wide_sum(a.hi, b.hi);
    if (!isfinite(s.hi))
        return s;
    struct mlt_wide t = mlt_wide_sum(a.lo, b.lo);
    struct mlt_wide v = mlt_wide_fast_sum(s.hi, s.lo + t.hi);
    return mlt_wide_fast_sum(v.hi, t.lo + v.lo);
}

struct mlt_wide mlt_wide_sub(struct mlt_wide a, struct mlt_wide b)
{
    return mlt_wide_add(a, mlt_wide_neg(b));
}

/* Joldes et al., algorithm 7 (DWTimesFP1), 1.5 u^2. */
struct mlt_wide mlt_wide_scale(struct mlt_wide x, double factor)
{
    struct mlt_wide c = mlt_wide_product(x.hi, factor);
    if (c.hi == 0 || !isfinite(c.hi))
        return c;
    struct mlt_wide t = mlt_wide_fast_sum(c.hi, x.lo * factor);
    return mlt_wide_fast_sum(t.hi, t.lo + c.lo);
}

/* Joldes et al., algorithm 10 (DWTimesDW1), 7 u^2. */
struct mlt_wide mlt_wide_mul(struct mlt_wide a, struct mlt_wide b)
{
    struct mlt_wide c = mlt_wide_product(a.hi, b.hi);
    if (c.hi == 0 || !isfinite(c.hi))
        return c;
    double cross = a.hi * b.lo + a.lo * b.hi;
    return mlt_wide_fast_sum(c.hi, c.lo + cross);
}

/* Joldes et al., algorithm 17 (DWDivDW2), 15 u^2. */
struct mlt_wide mlt_wide_div(struct mlt_wide a, struct mlt_wide b)
{
    double high = a.hi / b.hi;
    if (high == 0 || !isfinite(high) || isinf(b.hi))
        return mlt_wide_from(high);
    struct mlt_wide back = mlt_wide_scale(b, high);
    double rest = (a.hi - back.hi) + (a.lo - back.lo);
    return mlt_wide_fast_sum(high, rest / b.hi);
}

/* One step of Newton's on the square root of hi (Lefevre, Louvet, Muller, Picot & Rideau 2023,
 * SQRTDWtoDW). */
struct mlt_wide mlt_wide_sqrt(struct mlt_wide x)
{
    double high = sqrt(x.hi);
    if (high == 0 || !isfinite(high))
        return mlt_wide_from(high);
    struct mlt_wide square = mlt_wide_product(high, high);
    double rest = (x.hi - square.hi) + (x.lo - square.lo);
    return mlt_wide_fast_sum(high, rest / (2 * high));
}

struct mlt_wide mlt_wide_from_count(unsigned long long n)
{
    return mlt_wide_sum((double)(n >> 32) * 0x1p32, (double)(n & 0xffffffffu));
}
