/* How often each test rejects, two-sided at 0.05, what is true. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/stats/contingency.h"
#include "harness/stats/delong.h"
#include "harness/stats/mannwhitney.h"
#include "harness/stats/paired.h"
#include "harness/stats/signflip.h"
#include "harness/stats/smirnov.h"
#include "harness/stats/unpaired.h"
#include "tests/sim/calibrate.h"

enum { MOST = 1500 };

/* Numbers of mean 0, or a draw with ties and zeros. */
static double draw_normal(struct mlt_rng *rng)
{
    return sim_normal(rng);
}

static double draw_t3(struct mlt_rng *rng)
{
    double a[2], b[2];
    sim_pair(rng, 0, a);
    sim_pair(rng, 0, b);
    return b[0] / sqrt((a[0] * a[0] + a[1] * a[1] + b[1] * b[1]) / 3);
}

static double draw_exponential(struct mlt_rng *rng)
{
    return -log(1 - mlt_rng_uniform(rng)) - 1;
}

static double draw_whole(struct mlt_rng *rng)
{
    return round(sim_normal(rng));
}

/* Room of two samples. */
struct samples {
    double x[MOST], y[MOST];
    uint8_t positive[MOST];
};

typedef double (*source)(struct mlt_rng *rng);

static void fill(double *out, size_t n, source draw, struct mlt_rng *rng)
{
    for (size_t i = 0; i < n; i++)
        out[i] = draw(rng);
}

static double of_t(struct samples *s, size_t n, source draw, struct mlt_rng *rng)
{
    struct mlt_estimate e;
    fill(s->x, n, draw, rng);
    struct mlt_sample sample = mlt_sample_of(s->x, n);
    e = (struct mlt_estimate){sample.mean, sqrt(sample.variance / (double)n), (double)n - 1};
    return mlt_estimate_test(e, 0).p;
}

/* The smaller sample varies three times as much. */
static double of_welch(struct samples *s, size_t n, source draw, struct mlt_rng *rng)
{
    fill(s->x, n, draw, rng);
    fill(s->y, 3 * n, draw, rng);
    for (size_t i = 0; i < n; i++)
        s->x[i] *= 3;
    return mlt_estimate_test(mlt_welch_estimate(mlt_sample_of(s->x, n), mlt_sample_of(s->y, 3 * n)),
                             0)
        .p;
}

static double of_wilcoxon(struct samples *s, size_t n, source draw, struct mlt_rng *rng)
{
    fill(s->x, n, draw, rng);
    return mlt_wilcoxon(s->x, n, 0, MLT_ZEROS_PRATT, MLT_RANK_AUTO).test.p;
}

static double of_signflip(struct samples *s, size_t n, source draw, struct mlt_rng *rng)
{
    fill(s->x, n, draw, rng);
    return mlt_signflip(s->x, n, 0, 999, mlt_rng_next(rng)).test.p;
}

static double of_mannwhitney(struct samples *s, size_t n, source draw, struct mlt_rng *rng)
{
    fill(s->x, n, draw, rng);
    fill(s->y, n, draw, rng);
    return mlt_mannwhitney(s->x, n, s->y, n, MLT_RANK_AUTO).test.p;
}

static double of_smirnov(struct samples *s, size_t n, source draw, struct mlt_rng *rng)
{
    fill(s->x, n, draw, rng);
    fill(s->y, n, draw, rng);
    return mlt_smirnov(s->x, n, s->y, n).p;
}

/* A tenth of the rows is discordant either way. */
static double mcnemar(size_t n, struct mlt_rng *rng, enum mlt_mcnemar_method method)
{
    uint64_t first = 0, second = 0;
    for (size_t i = 0; i < n; i++) {
        double u = mlt_rng_uniform(rng);
        first += u < 0.1;
        second += u > 0.9;
    }
    return mlt_mcnemar(first, second, method).p;
}

static double of_mcnemar_exact(struct samples *s, size_t n, source draw, struct mlt_rng *rng)
{
    (void)s, (void)draw;
    return mcnemar(n, rng, MLT_MCNEMAR_EXACT);
}

static double of_mcnemar_mid(struct samples *s, size_t n, source draw, struct mlt_rng *rng)
{
    (void)s, (void)draw;
    return mcnemar(n, rng, MLT_MCNEMAR_MID_P);
}

static double of_mcnemar_chi2(struct samples *s, size_t n, source draw, struct mlt_rng *rng)
{
    (void)s, (void)draw;
    return mcnemar(n, rng, MLT_MCNEMAR_CHI2);
}

static double of_mcnemar_corrected(struct samples *s, size_t n, source draw, struct mlt_rng *rng)
{
    (void)s, (void)draw;
    return mcnemar(n, rng, MLT_MCNEMAR_CORRECTED);
}

static uint64_t successes(size_t n, double share, struct mlt_rng *rng)
{
    uint64_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += mlt_rng_uniform(rng) < share;
    return count;
}

static double table22(size_t n, struct mlt_rng *rng, bool yates)
{
    uint64_t a = successes(n, 0.2, rng), b = successes(n, 0.2, rng);
    const uint64_t counts[4] = {a, n - a, b, n - b};
    return mlt_contingency(counts, 2, 2, yates).test.p;
}

static double of_chi2(struct samples *s, size_t n, source draw, struct mlt_rng *rng)
{
    (void)s, (void)draw;
    return table22(n, rng, false);
}

static double of_yates(struct samples *s, size_t n, source draw, struct mlt_rng *rng)
{
    (void)s, (void)draw;
    return table22(n, rng, true);
}

/* Shares 0.2, 0.3 and 0.5 in two rows of n. */
static double of_chi2_wide(struct samples *s, size_t n, source draw, struct mlt_rng *rng)
{
    (void)s, (void)draw;
    uint64_t counts[6] = {0};
    for (size_t i = 0; i < 2 * n; i++) {
        double u = mlt_rng_uniform(rng);
        counts[(i < n ? 0 : 3) + (u < 0.2 ? 0 : u < 0.5 ? 1 : 2)]++;
    }
    return mlt_contingency(counts, 2, 3, false).test.p;
}

static double of_shares(struct samples *s, size_t n, source draw, struct mlt_rng *rng)
{
    (void)s, (void)draw;
    uint64_t a = successes(n, 0.2, rng), b = successes(n, 0.2, rng);
    return mlt_two_proportions(a, n, b, n, 0, true).p;
}

/* Two scores of one AUC, 0.76, on the same rows. */
static double of_delong(struct samples *s, size_t n, source draw, struct mlt_rng *rng)
{
    struct mlt_delong d;
    struct mlt_err err = MLT_ERR_INIT;
    (void)draw;
    for (size_t i = 0; i < n; i++) {
        double z[2];
        s->positive[i] = i % 2 == 0;
        sim_pair(rng, 0.8, z);
        s->x[i] = z[0] + s->positive[i];
        s->y[i] = z[1] + s->positive[i];
    }
    if (!mlt_delong(s->x, s->y, s->positive, n, 1, &d, &err))
        sim_die(err.text);
    return mlt_test_normal(d.difference / sqrt(d.difference_variance)).p;
}

static const struct {
    const char *name, *data;
    double (*p)(struct samples *s, size_t n, source draw, struct mlt_rng *rng);
    source draw;
} tests[] = {
    {"paired t", "normal differences", of_t, draw_normal},
    {"", "t(3)", of_t, draw_t3},
    {"", "exponential, less its mean", of_t, draw_exponential},
    {"Welch", "normal, n with sigma 3 and 3 n with sigma 1", of_welch, draw_normal},
    {"", "exponential, the same", of_welch, draw_exponential},
    {"Wilcoxon (Pratt)", "normal", of_wilcoxon, draw_normal},
    {"", "t(3)", of_wilcoxon, draw_t3},
    {"", "whole numbers: ties and zeros", of_wilcoxon, draw_whole},
    {"sign flips, 999", "normal", of_signflip, draw_normal},
    {"", "t(3)", of_signflip, draw_t3},
    {"Mann-Whitney", "normal, n and n", of_mannwhitney, draw_normal},
    {"", "whole numbers", of_mannwhitney, draw_whole},
    {"Kolmogorov-Smirnov", "normal, n and n", of_smirnov, draw_normal},
    {"", "whole numbers", of_smirnov, draw_whole},
    {"McNemar exact", "a tenth discordant either way", of_mcnemar_exact, NULL},
    {"McNemar mid-p", "", of_mcnemar_mid, NULL},
    {"McNemar chi-squared", "", of_mcnemar_chi2, NULL},
    {"McNemar corrected", "", of_mcnemar_corrected, NULL},
    {"chi-squared", "2 x 2, share 0.2", of_chi2, NULL},
    {"", "2 x 3", of_chi2_wide, NULL},
    {"chi-squared, Yates", "2 x 2, share 0.2", of_yates, NULL},
    {"two proportions", "share 0.2, pooled", of_shares, NULL},
    {"DeLong, paired", "AUC 0.76 twice, correlation 0.8", of_delong, NULL},
};

void sim_size(double effort)
{
    static const size_t sizes[] = {20, 100, 500};
    const int all = sim_repetitions(4000, effort);
    struct samples *samples = malloc(sizeof *samples);
    if (samples == NULL)
        sim_die("out of memory");
    printf("\n### How often a test rejects what is true\n\nTwo-sided at 0.05, in percent of %d "
           "repetitions (standard error %.1f points). Exact tests of counts and ranks cannot "
           "reach 5 %% with few rows and stay below it.\n\n| test | data | n = 20 | n = 100 | n = "
           "500 |\n|---|---|---|---|---|\n",
           all, 100 * sqrt(0.05 * 0.95 / all));
    for (size_t t = 0; t < sizeof tests / sizeof *tests; t++) {
        printf("| %s | %s |", tests[t].name, tests[t].data);
        for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
            struct mlt_rng rng;
            char text[32];
            long rejected = 0;
            mlt_rng_seed(&rng, 100 * t + k);
            for (int r = 0; r < all; r++)
                rejected += tests[t].p(samples, sizes[k], tests[t].draw, &rng) < 0.05;
            printf(" %s |", sim_percent(rejected, all, 0.06, text));
        }
        puts("");
    }
    fflush(stdout);
    free(samples);
}
