#include "harness/stats/power.h"

#include <math.h>

#include "harness/stats/dist.h"
#include "harness/stats/noncentral.h"
#include "harness/stats/root.h"

static const double most_rows = 9007199254740992.0; /* 2^53 */

static bool level_valid(double alpha)
{
    return alpha > 0 && alpha < 0.5;
}

double mlt_shift_power(double distance, double se, double df, double alpha)
{
    if (isnan(distance) || !(se > 0) || !(df > 0) || !level_valid(alpha))
        return NAN;
    /* Beyond 1e4 standard errors the power is 0 or 1 to the last bit for any df that counts. */
    double shift = fmin(fmax(distance / se, -1e4), 1e4);
    return mlt_noncentral_t_sf(-mlt_t_quantile(alpha, df), df, shift);
}

double mlt_equivalence_power(double above_lo, double below_hi, double se, double df, double alpha)
{
    double both =
        mlt_shift_power(above_lo, se, df, alpha) + mlt_shift_power(below_hi, se, df, alpha) - 1;
    return both < 0 ? 0 : both;
}

struct shortfall {
    double df, alpha, power;
};

static double shortfall(double shift, const void *arg)
{
    const struct shortfall *s = arg;
    return mlt_shift_power(shift, 1, s->df, s->alpha) - s->power;
}

double mlt_detectable_effect(double se, double df, double alpha, double power)
{
    if (!(se > 0) || !(df > 0) || !level_valid(alpha) || !(power > alpha && power < 1))
        return NAN;
    struct shortfall s = {df, alpha, power};
    double hi = 1;
    while (shortfall(hi, &s) < 0 && hi < 1e4)
        hi *= 2;
    return se * mlt_root_find(shortfall, &s, 0, hi);
}

/* What a size is searched for: its power at n rows, and what that needs to know. */
struct design {
    double (*power)(const struct design *self, double n);
    const struct mlt_sizing *sizing;
    double a, b;            /* deviations, or shares */
    double distance, other; /* to the lower and the upper bound; `other` only for equivalence */
    bool pooled;
    struct mlt_estimate seen;
    double rows;
};

/* The least whole n >= `least` with enough power, from a first guess: out in doubling steps until
 * it lies between two sizes, then by halving. */
static double least_rows(const struct design *d, double least, double guess)
{
    double wanted = d->sizing->power;
    if (!(wanted > 0 && wanted < 1) || isnan(d->power(d, least)))
        return NAN;
    double hi = fmin(fmax(ceil(guess), least), most_rows), lo = hi, step = 1;
    if (d->power(d, hi) >= wanted) {
        for (; lo > least && d->power(d, lo) >= wanted; step *= 2) {
            hi = lo;
            lo = fmax(least, lo - step);
        }
        if (d->power(d, lo) >= wanted)
            return lo;
    } else {
        for (; d->power(d, hi) < wanted; step *= 2) {
            if (hi >= most_rows)
                return INFINITY;
            lo = hi;
            hi = fmin(most_rows, hi + step);
        }
    }
    while (hi - lo > 1) {
        double middle = floor(lo + (hi - lo) / 2);
        *(d->power(d, middle) >= wanted ? &hi : &lo) = middle;
    }
    return hi;
}

/* Rows of a normal test whose estimate has this variance at one row. */
static double normal_rows(const struct mlt_sizing *s, double variance, double distance)
{
    double z = -mlt_normal_quantile(s->alpha) + mlt_normal_quantile(s->power);
    return fmax(z, 0) * fmax(z, 0) * variance / (distance * distance);
}

static bool sizing_valid(const struct mlt_sizing *s)
{
    return level_valid(s->alpha) && s->ratio > 0 && s->inflation > 0;
}

static double search(const struct design *d, double least, double variance)
{
    if (!sizing_valid(d->sizing) || isnan(d->distance) || isnan(d->other))
        return NAN;
    double distance = fmin(d->distance, d->other);
    if (distance <= 0)
        return INFINITY;
    return least_rows(d, least, normal_rows(d->sizing, variance, distance));
}

static double shown(const struct design *d, double se, double df)
{
    if (isinf(d->other))
        return mlt_shift_power(d->distance, se, df, d->sizing->alpha);
    return mlt_equivalence_power(d->distance, d->other, se, df, d->sizing->alpha);
}

static double grown_power(const struct design *d, double n)
{
    double factor = n / d->rows;
    double df = (d->seen.df + 1) * factor - 1;
    return df >= 1 ? shown(d, d->seen.se / sqrt(factor), df) : 0;
}

double mlt_rows_needed(struct mlt_estimate seen, uint64_t rows, double bound, double alpha,
                       double power)
{
    struct mlt_sizing s = {alpha, power, 1, 1};
    struct design d = {.power = grown_power, .sizing = &s, .seen = seen, .rows = (double)rows};
    d.distance = fabs(seen.value - bound);
    d.other = INFINITY;
    if (rows == 0 || !isfinite(seen.value) || !(seen.se > 0) || !(seen.df > 0))
        return NAN;
    return search(&d, 1, seen.se * seen.se * d.rows);
}

static double means_power(const struct design *d, double n)
{
    double other = n * d->sizing->ratio;
    if (!(n > 1 && other > 1))
        return 0;
    double va = d->a * d->a / n, vb = d->b * d->b / other;
    double share = va / (va + vb);
    double df = 1 / (share * share / (n - 1) + (1 - share) * (1 - share) / (other - 1));
    return shown(d, sqrt((va + vb) * d->sizing->inflation), df);
}

static struct design means(const struct mlt_sizing *s, double sd1, double sd2, double above_lo,
                           double below_hi)
{
    return (struct design){.power = means_power,
                           .sizing = s,
                           .a = sd1,
                           .b = sd2,
                           .distance = above_lo,
                           .other = below_hi};
}

static double power_at(const struct design *d, double n)
{
    return sizing_valid(d->sizing) && d->a > 0 && d->b > 0 ? d->power(d, n) : NAN;
}

static double means_size(const struct design *d)
{
    if (!(d->a > 0 && d->b > 0))
        return NAN;
    const struct mlt_sizing *s = d->sizing;
    return search(d, 2, (d->a * d->a + d->b * d->b / s->ratio) * s->inflation);
}

double mlt_means_power(const struct mlt_sizing *s, double sd1, double sd2, double distance,
                       double n)
{
    struct design d = means(s, sd1, sd2, distance, INFINITY);
    return power_at(&d, n);
}

double mlt_means_size(const struct mlt_sizing *s, double sd1, double sd2, double distance)
{
    struct design d = means(s, sd1, sd2, distance, INFINITY);
    return means_size(&d);
}

double mlt_means_equivalence_power(const struct mlt_sizing *s, double sd1, double sd2,
                                   double above_lo, double below_hi, double n)
{
    struct design d = means(s, sd1, sd2, above_lo, below_hi);
    return power_at(&d, n);
}

double mlt_means_equivalence_size(const struct mlt_sizing *s, double sd1, double sd2,
                                  double above_lo, double below_hi)
{
    struct design d = means(s, sd1, sd2, above_lo, below_hi);
    return means_size(&d);
}

static double pairs_power(const struct design *d, double n)
{
    return n > 1 ? shown(d, d->a * sqrt(d->sizing->inflation / n), n - 1) : 0;
}

static struct design pairs(const struct mlt_sizing *s, double sd, double above_lo, double below_hi)
{
    struct design d = means(s, sd, sd, above_lo, below_hi);
    d.power = pairs_power;
    return d;
}

static double pairs_size(const struct design *d)
{
    return d->a > 0 ? search(d, 2, d->a * d->a * d->sizing->inflation) : NAN;
}

double mlt_pairs_power(const struct mlt_sizing *s, double sd, double distance, double n)
{
    struct design d = pairs(s, sd, distance, INFINITY);
    return power_at(&d, n);
}

double mlt_pairs_size(const struct mlt_sizing *s, double sd, double distance)
{
    struct design d = pairs(s, sd, distance, INFINITY);
    return pairs_size(&d);
}

double mlt_pairs_equivalence_power(const struct mlt_sizing *s, double sd, double above_lo,
                                   double below_hi, double n)
{
    struct design d = pairs(s, sd, above_lo, below_hi);
    return power_at(&d, n);
}

double mlt_pairs_equivalence_size(const struct mlt_sizing *s, double sd, double above_lo,
                                  double below_hi)
{
    struct design d = pairs(s, sd, above_lo, below_hi);
    return pairs_size(&d);
}

double mlt_discordant_sd(double only_first, double only_second)
{
    double difference = only_first - only_second;
    if (!(only_first >= 0 && only_second >= 0 && only_first + only_second <= 1))
        return NAN;
    return sqrt(only_first + only_second - difference * difference);
}

static bool shares_valid(double p1, double p2)
{
    return p1 >= 0 && p1 <= 1 && p2 >= 0 && p2 <= 1;
}

static double share_variance(double p1, double p2, double ratio)
{
    return p1 * (1 - p1) + p2 * (1 - p2) / ratio;
}

static double proportions_power(const struct design *d, double n)
{
    const struct mlt_sizing *s = d->sizing;
    double own = share_variance(d->a, d->b, s->ratio) * s->inflation;
    double null = own;
    if (d->pooled) {
        double p = (d->a + s->ratio * d->b) / (1 + s->ratio);
        null = share_variance(p, p, s->ratio) * s->inflation;
    }
    if (!(n > 0) || !(own > 0))
        return NAN;
    double critical = -mlt_normal_quantile(s->alpha) * sqrt(null / n);
    double lower = mlt_normal_cdf((d->distance - critical) / sqrt(own / n));
    double upper = mlt_normal_cdf((d->other - critical) / sqrt(own / n));
    return fmax(0, lower + upper - 1);
}

static struct design proportions(const struct mlt_sizing *s, double p1, double p2, double lo,
                                 double hi)
{
    return (struct design){.power = proportions_power,
                           .sizing = s,
                           .a = p1,
                           .b = p2,
                           .distance = p1 - p2 - lo,
                           .other = hi - (p1 - p2)};
}

static double proportions_size(const struct design *d)
{
    const struct mlt_sizing *s = d->sizing;
    if (!shares_valid(d->a, d->b) || (d->pooled && d->distance != d->a - d->b))
        return NAN;
    return search(d, 1, share_variance(d->a, d->b, s->ratio) * s->inflation);
}

static double proportions_power_at(const struct design *d, double n)
{
    if (!sizing_valid(d->sizing) || !shares_valid(d->a, d->b) ||
        (d->pooled && d->distance != d->a - d->b))
        return NAN;
    return d->power(d, n);
}

double mlt_proportions_power(const struct mlt_sizing *s, double p1, double p2, double bound,
                             bool pooled, double n)
{
    struct design d = proportions(s, p1, p2, bound, INFINITY);
    d.pooled = pooled;
    return proportions_power_at(&d, n);
}

double mlt_proportions_size(const struct mlt_sizing *s, double p1, double p2, double bound,
                            bool pooled)
{
    struct design d = proportions(s, p1, p2, bound, INFINITY);
    d.pooled = pooled;
    return proportions_size(&d);
}

double mlt_proportions_equivalence_power(const struct mlt_sizing *s, double p1, double p2,
                                         double lo, double hi, double n)
{
    struct design d = proportions(s, p1, p2, lo, hi);
    return proportions_power_at(&d, n);
}

double mlt_proportions_equivalence_size(const struct mlt_sizing *s, double p1, double p2, double lo,
                                        double hi)
{
    struct design d = proportions(s, p1, p2, lo, hi);
    return proportions_size(&d);
}

double mlt_design_effect(double size, double cv, double icc)
{
    if (!(size >= 1) || !(cv >= 0) || !(icc >= 0 && icc <= 1))
        return NAN;
    return 1 + ((1 + cv * cv) * size - 1) * icc;
}

double mlt_covariate_factor(double rho)
{
    return rho >= -1 && rho <= 1 ? (1 - rho) * (1 + rho) : NAN;
}

double mlt_divided_alpha(double alpha, uint64_t m)
{
    return m > 0 ? alpha / (double)m : NAN;
}
