#include "harness/stats/signflip.h"

#include <math.h>

#include "harness/stats/sum.h"

struct hits {
    double observed, tolerance;
    uint64_t above, below, either;
};

static void count(struct hits *hits, double sum)
{
    hits->above += sum >= hits->observed - hits->tolerance;
    hits->below += sum <= hits->observed + hits->tolerance;
    hits->either += fabs(sum) >= fabs(hits->observed) - hits->tolerance;
}

static double signed_sum(const double *d, size_t n, double null, uint64_t signs)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (d[i] - null) * (1 - 2 * (double)(signs >> i & 1));
    return sum;
}

/* Each half's sums once, then every pair of them: no error builds up from one vector to the next.
 */
static uint64_t flip_all(const double *d, size_t n, double null, struct hits *hits)
{
    double low[1 << MLT_SIGNFLIP_MAX_EXACT / 2];
    size_t lows = n / 2, highs = n - lows;
    for (uint64_t i = 0; i < (uint64_t)1 << lows; i++)
        low[i] = signed_sum(d, lows, null, i);
    for (uint64_t j = 0; j < (uint64_t)1 << highs; j++) {
        double high = signed_sum(d + lows, highs, null, j);
        for (uint64_t i = 0; i < (uint64_t)1 << lows; i++)
            count(hits, low[i] + high);
    }
    return (uint64_t)1 << n;
}

/* The finaliser of splitmix64 (Steele, Lea & Flood 2014). */
static uint64_t mix(uint64_t z)
{
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* 64 signs for the rows from 64 `block` on. Two rounds, so that neighbours in one key are as unlike
 * as any. */
static uint64_t signs_of(uint64_t seed, uint64_t replicate, uint64_t block)
{
    uint64_t key = mix(seed + 0x9e3779b97f4a7c15u) + replicate * 0xd1342543de82ef95u;
    return mix(mix(key) + (block + 1) * 0x9e3779b97f4a7c15u);
}

static void flip_drawn(const double *d, size_t n, double null, uint64_t replicates, uint64_t seed,
                       struct hits *hits)
{
    for (uint64_t r = 0; r < replicates; r++) {
        double sum = 0;
        for (size_t at = 0; at < n; at += 64) {
            size_t rows = n - at < 64 ? n - at : 64;
            sum += signed_sum(d + at, rows, null, signs_of(seed, r, at / 64));
        }
        count(hits, sum);
    }
}

static double drawn_p(uint64_t hits, uint64_t replicates, double *se)
{
    double p = (1 + (double)hits) / (1 + (double)replicates);
    *se = sqrt(p * (1 - p) / (double)replicates);
    return p;
}

struct mlt_signflip mlt_signflip(const double *d, size_t n, double null, uint64_t replicates,
                                 uint64_t seed)
{
    struct mlt_signflip out = {.test = mlt_test_undefined(MLT_TEST_TOO_FEW)};
    struct mlt_sum sum = MLT_SUM_INIT, size = MLT_SUM_INIT;
    for (size_t i = 0; i < n; i++) {
        mlt_sum_add(&sum, d[i] - null);
        mlt_sum_add(&size, fabs(d[i] - null));
    }
    bool all = n <= MLT_SIGNFLIP_MAX_EXACT;
    double spread = mlt_sum_value(&size);
    if (!isfinite(spread))
        out.test = mlt_test_undefined(MLT_TEST_NOT_FINITE);
    else if (n > 0 && spread == 0)
        out.test = mlt_test_undefined(MLT_TEST_CONSTANT);
    if (n == 0 || !(spread > 0) || !isfinite(spread) || (!all && replicates == 0))
        return out;
    struct hits hits = {.observed = mlt_sum_value(&sum), .tolerance = 1e-12 * spread};
    struct mlt_test *test = &out.test;
    *test = (struct mlt_test){.state = MLT_TEST_DONE, .exact = all, .df = NAN};
    test->statistic = hits.observed / (double)n;
    if (all) {
        double vectors = (double)(out.replicates = flip_all(d, n, null, &hits));
        test->p_above = (double)hits.above / vectors;
        test->p_below = (double)hits.below / vectors;
        test->p = (double)hits.either / vectors;
        return out;
    }
    flip_drawn(d, n, null, replicates, seed, &hits);
    out.replicates = replicates;
    test->p_above = drawn_p(hits.above, replicates, &out.se_above);
    test->p_below = drawn_p(hits.below, replicates, &out.se_below);
    test->p = drawn_p(hits.either, replicates, &out.se);
    return out;
}
