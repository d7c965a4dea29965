#include "harness/stats/proportion.h"

#include <math.h>

#include "harness/stats/dist.h"
#include "harness/stats/root.h"

static const struct mlt_interval undefined = {NAN, NAN};

static bool level_valid(double alpha)
{
    return alpha > 0 && alpha < 0.5;
}

/* The lower one is written without a difference, so that few hits of many rows keep their digits.
 */
static struct mlt_interval wilson(double hits, double misses, double z)
{
    double n = hits + misses, half = z * z / 2;
    double root = z * sqrt(z * z / 4 + hits * misses / n);
    return (struct mlt_interval){hits * hits / n / (hits + half + root),
                                 misses == 0 ? 1 : (hits + half + root) / (n + z * z)};
}

static struct mlt_interval wilson_corrected(double hits, double misses, double z)
{
    double n = hits + misses, square = z * z;
    double centre = 2 * hits + square, scale = 2 * (n + square);
    struct mlt_interval out = {0, 1};
    if (hits > 0) {
        double root = square - 2 - 1 / n + 4 * hits / n * (misses + 1);
        out.lo = fmax(0, (centre - 1 - z * sqrt(fmax(0, root))) / scale);
    }
    if (misses > 0) {
        double root = square + 2 - 1 / n + 4 * hits / n * (misses - 1);
        out.hi = fmin(1, (centre + 1 + z * sqrt(fmax(0, root))) / scale);
    }
    return out;
}

struct mlt_interval mlt_wilson(uint64_t k, uint64_t n, double alpha, bool corrected)
{
    if (n == 0 || k > n || !level_valid(alpha))
        return undefined;
    double z = -mlt_normal_quantile(alpha);
    double hits = (double)k, misses = (double)(n - k);
    return corrected ? wilson_corrected(hits, misses, z) : wilson(hits, misses, z);
}

struct mlt_interval mlt_newcombe(uint64_t k1, uint64_t n1, uint64_t k2, uint64_t n2, double alpha)
{
    struct mlt_interval first = mlt_wilson(k1, n1, alpha, false);
    struct mlt_interval second = mlt_wilson(k2, n2, alpha, false);
    if (isnan(first.lo) || isnan(second.lo))
        return undefined;
    double p1 = (double)k1 / (double)n1, p2 = (double)k2 / (double)n2;
    double down1 = p1 - first.lo, up1 = first.hi - p1;
    double down2 = p2 - second.lo, up2 = second.hi - p2;
    return (struct mlt_interval){fmax(-1, p1 - p2 - sqrt(down1 * down1 + up2 * up2)),
                                 fmin(1, p1 - p2 + sqrt(up1 * up1 + down2 * down2))};
}

/* Hits and misses of both samples, and the deviate that a limit aims at. */
struct two_samples {
    double k1, m1, k2, m2, z;
};

/* d log L / d p2 where p1 = p2 + delta, inside the range that delta leaves for p2. */
static double slope(const struct two_samples *s, double delta, double p2)
{
    double p1 = p2 + delta;
    double sum = 0;
    if (s->k1 > 0)
        sum += s->k1 / p1;
    if (s->m1 > 0)
        sum -= s->m1 / (1 - p1);
    if (s->k2 > 0)
        sum += s->k2 / p2;
    if (s->m2 > 0)
        sum -= s->m2 / (1 - p2);
    return sum;
}

/* The most likely p2 for a given difference. The likelihood is concave, and its slope is infinite
 * at the ends unless counts are 0: halving needs neither the ends nor a cubic's trigonometry. */
static double restricted_p2(const struct two_samples *s, double delta)
{
    double lo = delta < 0 ? -delta : 0, hi = delta > 0 ? 1 - delta : 1;
    for (int i = 0; i < 200; i++) {
        double middle = lo + (hi - lo) / 2;
        if (middle <= lo || middle >= hi)
            break;
        if (slope(s, delta, middle) > 0)
            lo = middle;
        else
            hi = middle;
    }
    return lo + (hi - lo) / 2;
}

static double share_variance(double p)
{
    return fmax(0, p) * fmax(0, 1 - p);
}

static double score_quotient(double difference, double variance)
{
    if (difference == 0)
        return 0;
    return variance > 0 ? difference / sqrt(variance) : copysign(INFINITY, difference);
}

static double unpaired_score(const struct two_samples *s, double delta)
{
    double n1 = s->k1 + s->m1, n2 = s->k2 + s->m2;
    double difference = (s->k1 * n2 - s->k2 * n1) / (n1 * n2) - delta;
    if (fabs(delta) >= 1)
        return score_quotient(difference, 0);
    double p2 = restricted_p2(s, delta);
    double variance = share_variance(p2 + delta) / n1 + share_variance(p2) / n2;
    return score_quotient(difference, variance * (n1 + n2) / (n1 + n2 - 1));
}

static double unpaired_excess(double delta, const void *arg)
{
    const struct two_samples *s = arg;
    return unpaired_score(s, delta) - s->z;
}

static bool two_samples_init(struct two_samples *s, uint64_t k1, uint64_t n1, uint64_t k2,
                             uint64_t n2)
{
    if (n1 == 0 || n2 == 0 || k1 > n1 || k2 > n2)
        return false;
    *s = (struct two_samples){(double)k1, (double)(n1 - k1), (double)k2, (double)(n2 - k2), 0};
    return true;
}

static double unpaired_lower(uint64_t k1, uint64_t n1, uint64_t k2, uint64_t n2, double alpha)
{
    struct two_samples s;
    double estimate = (double)k1 / (double)n1 - (double)k2 / (double)n2;
    if (!two_samples_init(&s, k1, n1, k2, n2) || !level_valid(alpha))
        return NAN;
    s.z = -mlt_normal_quantile(alpha);
    return estimate > -1 ? mlt_root_find(unpaired_excess, &s, -1, estimate) : -1;
}

struct mlt_interval mlt_miettinen_nurminen(uint64_t k1, uint64_t n1, uint64_t k2, uint64_t n2,
                                           double alpha)
{
    /* The upper limit is the lower one of p2 - p1: to the bit the same when samples change places.
     */
    return (struct mlt_interval){unpaired_lower(k1, n1, k2, n2, alpha),
                                 -unpaired_lower(k2, n2, k1, n1, alpha)};
}

double mlt_miettinen_nurminen_p_above(uint64_t k1, uint64_t n1, uint64_t k2, uint64_t n2,
                                      double delta)
{
    struct two_samples s;
    if (!two_samples_init(&s, k1, n1, k2, n2) || isnan(delta))
        return NAN;
    return mlt_normal_cdf(-unpaired_score(&s, delta));
}

double mlt_miettinen_nurminen_p_below(uint64_t k1, uint64_t n1, uint64_t k2, uint64_t n2,
                                      double delta)
{
    struct two_samples s;
    if (!two_samples_init(&s, k1, n1, k2, n2) || isnan(delta))
        return NAN;
    return mlt_normal_cdf(unpaired_score(&s, delta));
}

/* Discordant rows as shares of all, and the deviate that a limit aims at. */
struct pairs {
    double b, c, n, z;
};

/* Tango's T for delta in [0, 1]. The restricted share of the second kind is the larger root of
 * 2 q^2 + (2 delta - b - c - delta (b - c)) q - c delta (1 - delta) = 0, taken without a difference
 * of nearly equal numbers. */
static double paired_score_above(double b, double c, double n, double delta)
{
    double linear = 2 * delta - (b + c) - delta * (b - c);
    double constant = c * delta * (1 - delta);
    double root = sqrt(linear * linear + 8 * constant);
    double q = linear > 0 ? 2 * constant / (linear + root) : (root - linear) / 4;
    return score_quotient(b - c - delta, (2 * q + delta * (1 - delta)) / n);
}

/* Below 0 the two kinds change their places. */
static double paired_score(const struct pairs *s, double delta)
{
    if (fabs(delta) > 1)
        return copysign(INFINITY, -delta);
    return delta >= 0 ? paired_score_above(s->b, s->c, s->n, delta)
                      : -paired_score_above(s->c, s->b, s->n, -delta);
}

static double paired_excess(double delta, const void *arg)
{
    const struct pairs *s = arg;
    return paired_score(s, delta) - s->z;
}

static bool pairs_init(struct pairs *s, uint64_t only_first, uint64_t only_second, uint64_t n)
{
    if (n == 0 || only_first > n || only_second > n - only_first)
        return false;
    double rows = (double)n;
    *s = (struct pairs){(double)only_first / rows, (double)only_second / rows, rows, 0};
    return true;
}

static double paired_lower(uint64_t only_first, uint64_t only_second, uint64_t n, double alpha)
{
    struct pairs s;
    if (!pairs_init(&s, only_first, only_second, n) || !level_valid(alpha))
        return NAN;
    s.z = -mlt_normal_quantile(alpha);
    return only_second < n ? mlt_root_find(paired_excess, &s, -1, s.b - s.c) : -1;
}

struct mlt_interval mlt_tango(uint64_t only_first, uint64_t only_second, uint64_t n, double alpha)
{
    return (struct mlt_interval){paired_lower(only_first, only_second, n, alpha),
                                 -paired_lower(only_second, only_first, n, alpha)};
}

double mlt_tango_p_above(uint64_t only_first, uint64_t only_second, uint64_t n, double delta)
{
    struct pairs s;
    if (!pairs_init(&s, only_first, only_second, n) || isnan(delta))
        return NAN;
    return mlt_normal_cdf(-paired_score(&s, delta));
}

double mlt_tango_p_below(uint64_t only_first, uint64_t only_second, uint64_t n, double delta)
{
    struct pairs s;
    if (!pairs_init(&s, only_first, only_second, n) || isnan(delta))
        return NAN;
    return mlt_normal_cdf(paired_score(&s, delta));
}
