/* How often tests find what is there, one-sided at 0.05, beside the best that is possible. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/stats/delong.h"
#include "harness/stats/dist.h"
#include "harness/stats/paired.h"
#include "harness/stats/quantile.h"
#include "harness/stats/signflip.h"
#include "harness/stats/unpaired.h"
#include "harness/stats/wilcoxon.h"
#include "tests/sim/calibrate.h"

enum { ROWS = 50, MOST = 100 };

static double draw_t3(struct mlt_rng *rng)
{
    double a[2], b[2];
    sim_pair(rng, 0, a);
    sim_pair(rng, 0, b);
    return b[0] / sqrt((a[0] * a[0] + a[1] * a[1] + b[1] * b[1]) / 3);
}

static double draw_laplace(struct mlt_rng *rng)
{
    double size = -log(1 - mlt_rng_uniform(rng));
    return mlt_rng_next(rng) >> 63 != 0 ? size : -size;
}

/* Logarithms of the densities, but for constants. */
static double log_normal(double x)
{
    return -x * x / 2;
}

static double log_t3(double x)
{
    return -2 * log1p(x * x / 3);
}

static double log_laplace(double x)
{
    return -fabs(x);
}

static const struct shifted {
    const char *name;
    double (*draw)(struct mlt_rng *rng), (*log_density)(double x), shift;
} shifts[] = {
    {"normal", sim_normal, log_normal, 0.2},
    {"normal", sim_normal, log_normal, 0.35},
    {"t(3)", draw_t3, log_t3, 0.3},
    {"t(3)", draw_t3, log_t3, 0.5},
    {"Laplace", draw_laplace, log_laplace, 0.2},
    {"Laplace", draw_laplace, log_laplace, 0.4},
};

static double draw_ratio(const struct shifted *s, double shift, struct mlt_rng *rng, double *x)
{
    double ratio = 0;
    for (size_t i = 0; i < ROWS; i++) {
        x[i] = s->draw(rng) + shift;
        ratio += s->log_density(x[i] - s->shift) - s->log_density(x[i]);
    }
    return ratio;
}

/* What the ratio of the two likelihoods must exceed: no test of this level is more powerful than
 * the one that rejects there (Neyman & Pearson 1933). */
static double critical_ratio(const struct shifted *s, struct mlt_rng *rng)
{
    enum { DRAWS = 40000 };
    double x[ROWS], *ratio = calloc(DRAWS, sizeof *ratio);
    if (ratio == NULL)
        sim_die("out of memory");
    for (size_t i = 0; i < DRAWS; i++)
        ratio[i] = draw_ratio(s, 0, rng, x);
    mlt_sort(ratio, DRAWS);
    double critical = mlt_quantile_sorted(ratio, DRAWS, 0.95);
    free(ratio);
    return critical;
}

static void print_shift(const struct shifted *s, int all)
{
    struct mlt_rng rng;
    double x[ROWS], runs = all / 100.0;
    long t = 0, wilcoxon = 0, signflip = 0, best = 0;
    mlt_rng_seed(&rng, 400 + (uint64_t)(s - shifts));
    double critical = critical_ratio(s, &rng);
    for (int r = 0; r < all; r++) {
        best += draw_ratio(s, s->shift, &rng, x) > critical;
        struct mlt_sample sample = mlt_sample_of(x, ROWS);
        struct mlt_estimate e = {sample.mean, sqrt(sample.variance / ROWS), ROWS - 1};
        t += mlt_estimate_p_above(e, 0) < 0.05;
        wilcoxon += mlt_wilcoxon(x, ROWS, 0, MLT_ZEROS_PRATT, MLT_RANK_AUTO).test.p_above < 0.05;
        signflip += mlt_signflip(x, ROWS, 0, 999, mlt_rng_next(&rng)).test.p_above < 0.05;
    }
    printf("| %s, shifted by %.2f | %.1f | %.1f | %.1f | %.1f |\n", s->name, s->shift,
           (double)t / runs, (double)wilcoxon / runs, (double)signflip / runs, (double)best / runs);
    fflush(stdout);
}

/* The chance of `first` and `second` discordant rows of n. */
static double chance_of(size_t first, size_t second, size_t n, double p_first, double p_second)
{
    double rest = (double)(n - first - second);
    return exp(mlt_lgamma((double)n + 1) - mlt_lgamma((double)first + 1) -
               mlt_lgamma((double)second + 1) - mlt_lgamma(rest + 1) +
               (double)first * log(p_first) + (double)second * log(p_second) +
               rest * log1p(-p_first - p_second));
}

/* How often the uniformly most powerful unbiased test rejects (Lehmann 1959, 4.5): the exact one,
 * which at the border rejects as often as makes its size 0.05. */
static double randomised(size_t first, size_t second)
{
    double n = (double)(first + second), k = (double)first;
    double above = mlt_binomial_sf(k, n, 0.5), here = mlt_binomial_mass(k, n, 0.5);
    return above + here <= 0.05 ? 1 : above >= 0.05 ? 0 : (0.05 - above) / here;
}

/* By enumeration. */
static void print_mcnemar(size_t n, double p_first, double p_second)
{
    static const enum mlt_mcnemar_method methods[4] = {MLT_MCNEMAR_EXACT, MLT_MCNEMAR_MID_P,
                                                       MLT_MCNEMAR_CHI2, MLT_MCNEMAR_CORRECTED};
    double power[4] = {0}, best = 0;
    for (size_t first = 0; first <= n; first++)
        for (size_t second = 0; first + second <= n; second++) {
            double chance = chance_of(first, second, n, p_first, p_second);
            if (chance < 1e-9)
                continue;
            for (int k = 0; k < 4; k++)
                if (mlt_mcnemar(first, second, methods[k]).p_above < 0.05)
                    power[k] += chance;
            best += chance * randomised(first, second);
        }
    printf("| %zu rows, %.0f %% and %.0f %% discordant | %.1f | %.1f | %.1f | %.1f | %.1f |\n", n,
           100 * p_first, 100 * p_second, 100 * power[0], 100 * power[1], 100 * power[2],
           100 * power[3], 100 * best);
}

struct scored {
    size_t n;
    double score[2][MOST];
    uint8_t positive[MOST];
};

/* Twice the pairs that a score puts in order, the even rows being positive. */
static double wins(const struct scored *s, const double *score)
{
    double sum = 0;
    for (size_t i = 0; i < s->n; i += 2)
        for (size_t k = 1; k < s->n; k += 2)
            sum += score[i] > score[k] ? 2 : score[i] == score[k];
    return sum;
}

/* The p-value of the permutation test of two correlated AUCs, whose scores are exchanged within
 * rows (Bandos, Rockette & Gur 2005): exact where the scores are exchangeable. */
static double permutation_p(const struct scored *s, struct mlt_rng *rng)
{
    enum { DRAWS = 499 };
    double observed = wins(s, s->score[0]) - wins(s, s->score[1]);
    int hits = 1;
    for (int r = 0; r < DRAWS; r++) {
        double swapped[2][MOST];
        for (size_t i = 0; i < s->n; i++) {
            int first = mlt_rng_next(rng) >> 63 != 0;
            swapped[0][i] = s->score[first][i];
            swapped[1][i] = s->score[1 - first][i];
        }
        hits += wins(s, swapped[0]) - wins(s, swapped[1]) >= observed;
    }
    return hits / (DRAWS + 1.0);
}

static void print_auc(double better, double worse, int all)
{
    struct mlt_rng rng;
    struct scored s = {.n = MOST};
    long delong = 0, permutation = 0;
    mlt_rng_seed(&rng, (uint64_t)(1000 * better));
    for (int r = 0; r < all; r++) {
        struct mlt_delong d;
        struct mlt_err err = MLT_ERR_INIT;
        for (size_t i = 0; i < s.n; i++) {
            double z[2];
            s.positive[i] = i % 2 == 0;
            sim_pair(&rng, 0.6, z);
            s.score[0][i] = z[0] + s.positive[i] * better;
            s.score[1][i] = z[1] + s.positive[i] * worse;
        }
        if (!mlt_delong(s.score[0], s.score[1], s.positive, s.n, 1, &d, &err))
            sim_die(err.text);
        delong += mlt_test_normal(d.difference / sqrt(d.difference_variance)).p_above < 0.05;
        permutation += permutation_p(&s, &rng) < 0.05;
    }
    printf("| AUC %.3f and %.3f | %.1f | %.1f |\n", mlt_normal_cdf(better / sqrt(2)),
           mlt_normal_cdf(worse / sqrt(2)), 100.0 * (double)delong / all,
           100.0 * (double)permutation / all);
    fflush(stdout);
}

void sim_power(double effort)
{
    const int all = sim_repetitions(4000, effort), few = sim_repetitions(1000, effort);
    printf("\n### How often a test finds what is there\n\nOne-sided at 0.05, in percent. %d paired "
           "differences, %d repetitions (standard error below %.1f points). The best possible is "
           "the likelihood ratio test that knows the law, its spread and the shift.\n\n| "
           "differences | t | Wilcoxon | sign flips | best possible |\n|---|---|---|---|---|\n",
           ROWS, all, 50 / sqrt(all));
    for (size_t k = 0; k < sizeof shifts / sizeof *shifts; k++)
        print_shift(&shifts[k], all);
    puts("\nMcNemar, by enumeration; the best possible unbiased test rejects at random at its "
         "border, which nobody wants from a gate.\n\n| rows | exact | mid-p | chi-squared | "
         "corrected | best unbiased |\n|---|---|---|---|---|---|");
    print_mcnemar(100, 0.12, 0.04);
    print_mcnemar(200, 0.1, 0.05);
    print_mcnemar(500, 0.04, 0.02);
    printf("\nTwo AUCs on the same %d rows, half of them positive, normal scores of correlation "
           "0.6; %d repetitions. Beside DeLong the permutation test of Bandos, Rockette & Gur "
           "(2005), which is exact here; 499 permutations.\n\n| truth | DeLong | permutation "
           "|\n|---|---|---|\n",
           MOST, few);
    print_auc(1, 1, few);
    print_auc(1.3, 1, few);
    print_auc(1.6, 1, few);
}
