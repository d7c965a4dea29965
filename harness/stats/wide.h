/* Arithmetic on pairs of doubles: a value is the unevaluated sum hi + lo, with hi the double
 * nearest to it, which keeps at least 106 bits.
 *
 * Built from additions and multiplications only (Dekker 1971), without fused multiply-add, so that
 * every machine gives the same bits. Relative errors, from Joldes, Muller & Popescu (2017, ACM TOMS
 * 44:15), are below 2^-102 for everything here. Intermediate results must stay within 1e-290 …
 * 1e300 in magnitude for these bounds; beyond, lo loses bits first and hi behaves as IEEE doubles
 * do: NaN and infinities come out in hi with lo = 0. */
#ifndef MLTEST_STATS_WIDE_H
#define MLTEST_STATS_WIDE_H

#include <math.h>

struct mlt_wide {
    double hi, lo;
};

static inline struct mlt_wide mlt_wide_from(double x)
{
    return (struct mlt_wide){x, 0};
}

/* The nearest double. */
static inline double mlt_wide_value(struct mlt_wide x)
{
    return x.hi;
}

/* a + b without error, given |a| >= |b| or a = 0 (Dekker 1971). */
static inline struct mlt_wide mlt_wide_fast_sum(double a, double b)
{
    double hi = a + b;
    double lo = b - (hi - a);
    return (struct mlt_wide){hi, isfinite(hi) ? lo : 0};
}

/* a + b without error (Knuth). */
static inline struct mlt_wide mlt_wide_sum(double a, double b)
{
    double hi = a + b;
    double from_b = hi - a;
    double from_a = hi - from_b;
    double lo = (a - from_a) + (b - from_b);
    return (struct mlt_wide){hi, isfinite(hi) ? lo : 0};
}

/* a * b without error (Veltkamp's split, Dekker's product), as long as |a b| >= 2^-969 or a b = 0.
 */
struct mlt_wide mlt_wide_product(double a, double b);

static inline struct mlt_wide mlt_wide_neg(struct mlt_wide x)
{
    return (struct mlt_wide){-x.hi, -x.lo};
}

struct mlt_wide mlt_wide_add(struct mlt_wide a, struct mlt_wide b);
struct mlt_wide mlt_wide_sub(struct mlt_wide a, struct mlt_wide b);
struct mlt_wide mlt_wide_mul(struct mlt_wide a, struct mlt_wide b);
/* a / b; by zero as IEEE has it. */
struct mlt_wide mlt_wide_div(struct mlt_wide a, struct mlt_wide b);
/* NaN below zero. */
struct mlt_wide mlt_wide_sqrt(struct mlt_wide x);
/* x times a double. */
struct mlt_wide mlt_wide_scale(struct mlt_wide x, double factor);
/* n as a pair, exactly. */
struct mlt_wide mlt_wide_from_count(unsigned long long n);

/* -1, 0 or 1; 0 as well where one of them is NaN: ask for NaN first. */
static inline int mlt_wide_compare(struct mlt_wide a, struct mlt_wide b)
{
    if (a.hi != b.hi)
        return (a.hi > b.hi) - (a.hi < b.hi);
    return (a.lo > b.lo) - (a.lo < b.lo);
}

#endif
