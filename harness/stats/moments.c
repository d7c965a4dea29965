#include "harness/stats/moments.h"

#include <math.h>

static const double largest_fourth = 0x1p510;
static const double smallest_scale = 0x1p-400;

static double lesser(double a, double b)
{
    return isnan(a) || isnan(b) ? NAN : a < b ? a : b;
}

static double greater(double a, double b)
{
    return isnan(a) || isnan(b) ? NAN : a > b ? a : b;
}

void mlt_moments_add(struct mlt_moments *moments, double x)
{
    /* -0 and 0 are one value: which came first must not show. */
    double value = x == 0 ? 0 : x;
    moments->min = moments->n == 0 ? value : lesser(moments->min, value);
    moments->max = moments->n == 0 ? value : greater(moments->max, value);
    moments->n++;
    mlt_exact_add(&moments->sum, x);
    mlt_exact_add_product(&moments->squares, x, x);
}

void mlt_moments_merge(struct mlt_moments *into, const struct mlt_moments *from)
{
    if (from->n == 0)
        return;
    into->min = into->n == 0 ? from->min : lesser(into->min, from->min);
    into->max = into->n == 0 ? from->max : greater(into->max, from->max);
    into->n += from->n;
    mlt_exact_merge(&into->sum, &from->sum);
    mlt_exact_merge(&into->squares, &from->squares);
}

static struct mlt_wide wide_mean(const struct mlt_moments *moments)
{
    return mlt_wide_div(mlt_exact_wide(&moments->sum), mlt_wide_from_count(moments->n));
}

double mlt_moments_mean(const struct mlt_moments *moments)
{
    if (moments->n == 0)
        return NAN;
    double mean = wide_mean(moments).hi;
    if (isfinite(mean) || moments->sum.special != 0)
        return mean;
    /* The sum is beyond the range of doubles, the mean is not. */
    struct mlt_exact scaled = MLT_EXACT_INIT;
    mlt_exact_add_scaled(&scaled, &moments->sum, 0x1p-64);
    struct mlt_wide small = mlt_wide_div(mlt_exact_wide(&scaled), mlt_wide_from_count(moments->n));
    return ldexp(small.hi, 64);
}

/* The sums of (x - c)^k about the rounded mean c, and what is left to the mean. */
struct central {
    double centre;
    struct mlt_wide n, rest; /* mean - c */
    struct mlt_wide second, third, fourth;
};

static void add_count_times(struct mlt_exact *into, uint64_t n, double c)
{
    mlt_exact_add_product(into, (double)(n >> 32) * 0x1p32, c);
    mlt_exact_add_product(into, (double)(n & 0xffffffffu), c);
}

/* sum (x - c), exactly, in `first`; sum (x - c)^2 = sum x^2 - c sum x - c sum (x - c). */
static void about_centre(const struct mlt_moments *moments, double centre, struct mlt_exact *first,
                         struct mlt_exact *second)
{
    *first = moments->sum;
    add_count_times(first, moments->n, -centre);
    *second = moments->squares;
    mlt_exact_add_scaled(second, &moments->sum, -centre);
    mlt_exact_add_scaled(second, first, -centre);
}

static void centre_second(const struct mlt_moments *moments, struct central *out,
                          struct mlt_exact *first, struct mlt_exact *second)
{
    out->centre = mlt_moments_mean(moments);
    out->n = mlt_wide_from_count(moments->n);
    about_centre(moments, out->centre, first, second);
    out->rest = mlt_wide_div(mlt_exact_wide(first), out->n);
    out->second = mlt_exact_wide(second);
}

/* The sum of squares about the mean: n rest^2 less. */
static struct mlt_wide second_central(const struct central *about)
{
    struct mlt_wide square = mlt_wide_mul(about->rest, about->rest);
    return mlt_wide_sub(about->second, mlt_wide_mul(about->n, square));
}

struct mlt_wide mlt_moments_deviation(const struct mlt_moments *moments)
{
    if (moments->n == 0)
        return mlt_wide_from(NAN);
    struct central about;
    struct mlt_exact first, second;
    centre_second(moments, &about, &first, &second);
    return second_central(&about);
}

static struct mlt_wide wide_variance(const struct mlt_moments *moments)
{
    if (moments->n < 2)
        return mlt_wide_from(NAN);
    return mlt_wide_div(mlt_moments_deviation(moments), mlt_wide_from_count(moments->n - 1));
}

double mlt_moments_variance(const struct mlt_moments *moments)
{
    return wide_variance(moments).hi;
}

double mlt_moments_sd(const struct mlt_moments *moments)
{
    return mlt_wide_sqrt(wide_variance(moments)).hi;
}

void mlt_shape_add(struct mlt_shape *shape, double x)
{
    mlt_moments_add(&shape->moments, x);
    if (!(fabs(x) <= largest_fourth)) {
        mlt_exact_add(&shape->cubes, NAN);
        mlt_exact_add(&shape->fourths, NAN);
        return;
    }
    struct mlt_wide square = mlt_wide_product(x, x);
    mlt_exact_add_product(&shape->cubes, square.hi, x);
    mlt_exact_add_product(&shape->cubes, square.lo, x);
    mlt_exact_add_product(&shape->fourths, square.hi, square.hi);
    mlt_exact_add_product(&shape->fourths, 2 * square.hi, square.lo);
    mlt_exact_add_product(&shape->fourths, square.lo, square.lo);
}

void mlt_shape_merge(struct mlt_shape *into, const struct mlt_shape *from)
{
    mlt_moments_merge(&into->moments, &from->moments);
    mlt_exact_merge(&into->cubes, &from->cubes);
    mlt_exact_merge(&into->fourths, &from->fourths);
}

/* The sum times 2^(shift * order). */
static struct mlt_wide scaled(const struct mlt_exact *sum, int shift, int order)
{
    struct mlt_exact in = *sum, out;
    for (int i = 0; i < order; i++) {
        out = (struct mlt_exact)MLT_EXACT_INIT;
        mlt_exact_add_scaled(&out, &in, ldexp(1, shift));
        in = out;
    }
    return mlt_exact_wide(&in);
}

/* With d = x - c: sum x^2 d = sum x^3 - c sum x^2 and so on, each an exact sum. All are
 * then in units of about the standard deviation, so that their products stay in range. */
static void centre_fourth(const struct mlt_shape *shape, struct central *out)
{
    struct mlt_exact d1, d2, d3, d4;
    struct mlt_exact xd = shape->moments.squares, xxd = shape->cubes;
    centre_second(&shape->moments, out, &d1, &d2);
    double c = out->centre;
    mlt_exact_add_scaled(&xd, &shape->moments.sum, -c);
    mlt_exact_add_scaled(&xxd, &shape->moments.squares, -c);
    struct mlt_exact xdd = xxd; /* x d^2 */
    mlt_exact_add_scaled(&xdd, &xd, -c);
    d3 = xdd;
    mlt_exact_add_scaled(&d3, &d2, -c);
    struct mlt_exact xxxd = shape->fourths; /* x^3 d */
    mlt_exact_add_scaled(&xxxd, &shape->cubes, -c);
    struct mlt_exact xxdd = xxxd;
    mlt_exact_add_scaled(&xxdd, &xxd, -c);
    d4 = xxdd; /* becomes x d^3, then d^4 */
    mlt_exact_add_scaled(&d4, &xdd, -c);
    mlt_exact_add_scaled(&d4, &d3, -c);
    int exponent;
    frexp(sqrt(out->second.hi / out->n.hi), &exponent);
    out->rest.hi = ldexp(out->rest.hi, -exponent);
    out->rest.lo = ldexp(out->rest.lo, -exponent);
    out->second = scaled(&d2, -exponent, 2);
    out->third = scaled(&d3, -exponent, 3);
    out->fourth = scaled(&d4, -exponent, 4);
}

static bool has_shape(const struct mlt_shape *shape)
{
    const struct mlt_moments *moments = &shape->moments;
    return moments->n > 0 && moments->max > moments->min &&
           (moments->max >= smallest_scale || moments->min <= -smallest_scale);
}

static struct mlt_wide power(struct mlt_wide x, int k)
{
    struct mlt_wide out = x;
    for (int i = 1; i < k; i++)
        out = mlt_wide_mul(out, x);
    return out;
}

double mlt_shape_skewness(const struct mlt_shape *shape)
{
    if (!has_shape(shape))
        return NAN;
    struct central about;
    centre_fourth(shape, &about);
    /* sum (d - r)^3 = sum d^3 - 3 r sum d^2 + 2 n r^3, because sum d = n r. */
    struct mlt_wide third =
        mlt_wide_sub(about.third, mlt_wide_scale(mlt_wide_mul(about.rest, about.second), 3));
    third = mlt_wide_add(third, mlt_wide_scale(mlt_wide_mul(about.n, power(about.rest, 3)), 2));
    struct mlt_wide m2 = mlt_wide_div(second_central(&about), about.n);
    struct mlt_wide m3 = mlt_wide_div(third, about.n);
    return mlt_wide_div(m3, mlt_wide_mul(m2, mlt_wide_sqrt(m2))).hi;
}

double mlt_shape_kurtosis(const struct mlt_shape *shape)
{
    if (!has_shape(shape))
        return NAN;
    struct central about;
    centre_fourth(shape, &about);
    /* sum (d - r)^4 = sum d^4 - 4 r sum d^3 + 6 r^2 sum d^2 - 3 n r^4. */
    struct mlt_wide fourth =
        mlt_wide_sub(about.fourth, mlt_wide_scale(mlt_wide_mul(about.rest, about.third), 4));
    fourth =
        mlt_wide_add(fourth, mlt_wide_scale(mlt_wide_mul(power(about.rest, 2), about.second), 6));
    fourth = mlt_wide_sub(fourth, mlt_wide_scale(mlt_wide_mul(about.n, power(about.rest, 4)), 3));
    struct mlt_wide m2 = mlt_wide_div(second_central(&about), about.n);
    struct mlt_wide m4 = mlt_wide_div(fourth, about.n);
    struct mlt_wide ratio = mlt_wide_div(m4, mlt_wide_mul(m2, m2));
    return mlt_wide_sub(ratio, mlt_wide_from(3)).hi;
}
