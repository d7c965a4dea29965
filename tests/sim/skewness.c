/* How often a one-sided limit for a mean misses the truth, for skewed data and small samples: the t
 * interval, the one corrected for skewness, the wider end of both, and the studentised bootstrap
 * (Efron 1979; Davison & Hinkley 1997, 5.2.1), each tail at 0.05.
 *
 * Usage: skewness [samples [resamples]]; prints a Markdown table. Seeded: the same numbers every
 * time. "low" is the share of samples whose upper limit is below the mean, "high" that whose lower
 * limit is above it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/base/rng.h"
#include "harness/stats/dist.h"
#include "harness/stats/quantile.h"
#include "harness/stats/skewness.h"
#include "harness/stats/unpaired.h"

static const double alpha = 0.05;
enum { MOST_ROWS = 500 };

static double draw_normal(struct mlt_rng *rng)
{
    double radius = sqrt(-2 * log(1 - mlt_rng_uniform(rng)));
    return radius * cos(2 * 3.14159265358979323846 * mlt_rng_uniform(rng));
}

static double draw_exponential(struct mlt_rng *rng)
{
    return -log(1 - mlt_rng_uniform(rng));
}

static double draw_lognormal(struct mlt_rng *rng)
{
    return exp(draw_normal(rng));
}

static double draw_chi2(struct mlt_rng *rng)
{
    double z = draw_normal(rng);
    return z * z;
}

/* Differences of losses are often nearly symmetric with heavy tails. */
static double draw_t3(struct mlt_rng *rng)
{
    double chi2 = draw_chi2(rng) + draw_chi2(rng) + draw_chi2(rng);
    return draw_normal(rng) / sqrt(chi2 / 3);
}

static const struct law {
    const char *name;
    double (*draw)(struct mlt_rng *rng);
    double mean;
} laws[] = {
    {"normal", draw_normal, 0},
    {"t, 3 degrees of freedom", draw_t3, 0},
    {"exponential", draw_exponential, 1},
    {"chi-squared, 1 degree of freedom", draw_chi2, 1},
    {"lognormal, sigma 1", draw_lognormal, 1.6487212707001281},
};

static struct mlt_estimate estimate(const double *x, size_t n)
{
    struct mlt_sample s = mlt_sample_of(x, n);
    return (struct mlt_estimate){s.mean, sqrt(s.variance / (double)n), (double)n - 1};
}

/* (mean - truth) / se of a resample, with plain sums: enough for a reference. */
static double resampled_t(const double *x, size_t n, double truth, struct mlt_rng *rng)
{
    double sum = 0, squares = 0, rows = (double)n;
    for (size_t i = 0; i < n; i++) {
        double d = x[mlt_rng_below(rng, n)] - truth;
        sum += d;
        squares += d * d;
    }
    double variance = (squares - sum * sum / rows) / (rows - 1);
    return variance > 0 ? sum / rows / sqrt(variance / rows) : sum > 0 ? 1e9 : -1e9;
}

static struct mlt_interval studentised(const double *x, size_t n, double *t, size_t resamples,
                                       struct mlt_rng *rng)
{
    struct mlt_estimate e = estimate(x, n);
    for (size_t r = 0; r < resamples; r++)
        t[r] = resampled_t(x, n, e.value, rng);
    mlt_sort(t, resamples);
    return (struct mlt_interval){e.value - e.se * mlt_quantile_sorted(t, resamples, 1 - alpha),
                                 e.value - e.se * mlt_quantile_sorted(t, resamples, alpha)};
}

struct misses {
    unsigned long low, high;
    double width;
};

static void count(struct misses *misses, struct mlt_interval x, double truth)
{
    misses->low += !(x.hi >= truth);
    misses->high += !(x.lo <= truth);
    misses->width += x.hi - x.lo;
}

static void simulate(const struct law *law, size_t n, size_t samples, size_t resamples, double *t)
{
    struct mlt_rng rng;
    mlt_rng_seed(&rng, 1000 * n + (size_t)(law - laws));
    struct misses plain = {0}, corrected = {0}, wider = {0}, bootstrap = {0};
    double x[MOST_ROWS];
    for (size_t s = 0; s < samples; s++) {
        for (size_t i = 0; i < n; i++)
            x[i] = law->draw(&rng);
        struct mlt_estimate e = estimate(x, n);
        double skewness = mlt_skewness(x, n), rows = (double)n;
        count(&plain, mlt_estimate_interval(e, alpha), law->mean);
        count(&corrected, mlt_skewed_interval(e, skewness, rows, alpha), law->mean);
        count(&wider, mlt_cautious_interval(e, skewness, rows, alpha), law->mean);
        count(&bootstrap, studentised(x, n, t, resamples, &rng), law->mean);
    }
    double all = (double)samples;
    printf("| %s | %zu |", law->name, n);
    const struct misses *const columns[] = {&plain, &corrected, &wider, &bootstrap};
    for (size_t k = 0; k < sizeof columns / sizeof columns[0]; k++)
        printf(" %.4f %.4f (%.2f) |", (double)columns[k]->low / all, (double)columns[k]->high / all,
               columns[k]->width / plain.width);
    puts("");
    fflush(stdout);
}

int main(int argc, char **argv)
{
    static const size_t sizes[] = {20, 50, 200, 500};
    size_t samples = argc > 1 ? strtoul(argv[1], NULL, 10) : 20000;
    size_t resamples = argc > 2 ? strtoul(argv[2], NULL, 10) : 999;
    double *t = calloc(resamples, sizeof *t);
    if (t == NULL || samples == 0)
        return 1;
    puts("low, high (width over that of t)\n\n| data | n | t | corrected for skewness | wider of "
         "both | "
         "studentised bootstrap |\n|---|---|---|---|---|---|");
    for (size_t k = 0; k < sizeof laws / sizeof laws[0]; k++) {
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
            simulate(&laws[k], sizes[i], samples, resamples, t);
    }
    free(t);
    return 0;
}
