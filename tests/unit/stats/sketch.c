#include "harness/stats/sketch.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/rng.h"
#include "harness/stats/quantile.h"
#include "tests/unit/suite.h"

TCase *sketch_case(void);

static void same_bytes(const struct mlt_sketch *a, const struct mlt_sketch *b)
{
    struct mlt_buf x = MLT_BUF_INIT, y = MLT_BUF_INIT;
    mlt_sketch_encode(a, &x);
    mlt_sketch_encode(b, &y);
    ck_assert(!x.oom && !y.oom);
    ck_assert_uint_eq(x.len, y.len);
    ck_assert(memcmp(x.data, y.data, x.len) == 0);
    mlt_buf_free(&x);
    mlt_buf_free(&y);
}

/* Heavy tails of both signs, zeros, over many magnitudes. */
static double heavy(struct mlt_rng *rng)
{
    double u = mlt_rng_uniform(rng);
    double size = exp(40 * (mlt_rng_uniform(rng) - 0.5));
    return u < 0.1 ? 0 : u < 0.4 ? -size : size;
}

START_TEST(quantiles_are_within_the_stated_error)
{
    enum { N = 20000 };
    static double x[N];
    struct mlt_rng rng;
    mlt_rng_seed(&rng, 3);
    static const double alphas[] = {0.005, 0.1, 0.5};
    for (int a = 0; a < 3; a++) {
        struct mlt_sketch sketch;
        bool ok = true;
        ck_assert(mlt_sketch_init(&sketch, alphas[a], 1 << 16));
        for (int i = 0; i < N; i++) {
            x[i] = heavy(&rng);
            ok = ok && mlt_sketch_add(&sketch, x[i], 1);
        }
        ck_assert(ok);
        mlt_sort(x, N);
        for (double q = 0.0005; q <= 1; q += 0.0005) {
            double exact = mlt_quantile_sorted(x, N, q), about = mlt_sketch_quantile(&sketch, q);
            ck_assert_msg(fabs(about - exact) <= alphas[a] * (1 + 1e-9) * fabs(exact),
                          "%g instead of %g at %g", about, exact, q);
        }
        ck_assert(mlt_sketch_quantile(&sketch, 1) == x[N - 1]);
        ck_assert(mlt_sketch_quantile(&sketch, 1e-9) == x[0]);
        mlt_sketch_free(&sketch);
    }
}
END_TEST

START_TEST(sketches_do_not_depend_on_order_or_shards_even_when_they_collapse)
{
    enum { N = 3000, SHARDS = 6 };
    static double x[N];
    struct mlt_rng rng;
    mlt_rng_seed(&rng, 4);
    for (int round = 0; round < 30; round++) {
        /* From hardly any buckets, where nearly all collapses, to enough. */
        uint32_t buckets = 1u << round % 15;
        struct mlt_sketch all, shard[SHARDS];
        bool ok = true;
        ck_assert(mlt_sketch_init(&all, 0.01, buckets));
        for (int s = 0; s < SHARDS; s++)
            ck_assert(mlt_sketch_init(&shard[s], 0.01, buckets));
        for (int i = 0; i < N; i++) {
            x[i] = heavy(&rng);
            ok = ok && mlt_sketch_add(&all, x[i], 1);
        }
        for (size_t i = N; i > 0; i--) {
            size_t k = mlt_rng_below(&rng, i);
            ok = ok && mlt_sketch_add(&shard[mlt_rng_below(&rng, SHARDS)], x[k], 1);
            x[k] = x[i - 1];
        }
        ck_assert(ok);
        for (size_t left = SHARDS - 1; left > 0; left--)
            ck_assert(mlt_sketch_merge(&shard[mlt_rng_below(&rng, left)], &shard[left]));
        same_bytes(&all, &shard[0]);
        ck_assert_uint_eq(shard[0].n, N);
        mlt_sketch_free(&all);
        for (int s = 0; s < SHARDS; s++)
            mlt_sketch_free(&shard[s]);
    }
}
END_TEST

START_TEST(collapsing_keeps_the_large_values)
{
    struct mlt_sketch sketch;
    ck_assert(mlt_sketch_init(&sketch, 0.01, 100));
    for (int i = 1; i <= 1000; i++)
        ck_assert(mlt_sketch_add(&sketch, i <= 500 ? 1e-9 * i : 1e9 + 1e6 * i, 1));
    double high = mlt_sketch_quantile(&sketch, 0.9);
    ck_assert(fabs(high - 1.9e9) <= 0.01 * 1.9e9);
    ck_assert(mlt_sketch_quantile(&sketch, 0.001) == 1e-9);
    mlt_sketch_free(&sketch);
}
END_TEST

START_TEST(nan_infinities_and_nothing_are_not_values)
{
    struct mlt_sketch sketch, other;
    ck_assert(!mlt_sketch_init(&sketch, 0, 10) && !mlt_sketch_init(&sketch, NAN, 10));
    ck_assert(!mlt_sketch_init(&sketch, 0.6, 10) && !mlt_sketch_init(&sketch, 0.1, 0));
    ck_assert(mlt_sketch_init(&sketch, 0.01, MLT_SKETCH_BUCKETS));
    ck_assert(isnan(mlt_sketch_quantile(&sketch, 0.5)));
    ck_assert(mlt_sketch_add(&sketch, INFINITY, 1) &&
              mlt_sketch_quantile(&sketch, 0.5) == INFINITY);
    ck_assert(mlt_sketch_add(&sketch, -INFINITY, 2) && mlt_sketch_add(&sketch, 5, 3));
    ck_assert(mlt_sketch_quantile(&sketch, 0.3) == -INFINITY &&
              mlt_sketch_quantile(&sketch, 0.5) == 5);
    ck_assert(mlt_sketch_quantile(&sketch, 1) == INFINITY &&
              isnan(mlt_sketch_quantile(&sketch, 0)));
    ck_assert(mlt_sketch_add(&sketch, NAN, 1) && isnan(mlt_sketch_quantile(&sketch, 0.5)));
    ck_assert_uint_eq(sketch.n, 7);
    ck_assert(mlt_sketch_init(&other, 0.02, MLT_SKETCH_BUCKETS) &&
              !mlt_sketch_merge(&other, &sketch));
    ck_assert(!mlt_sketch_merge(&sketch, &sketch));
    mlt_sketch_free(&sketch);
    mlt_sketch_free(&other);
    ck_assert(mlt_sketch_init(&sketch, 1e-5, 1 << 20));
    ck_assert(mlt_sketch_add(&sketch, 5e-324, 1) && mlt_sketch_add(&sketch, DBL_MAX, 1));
    ck_assert(mlt_sketch_add(&sketch, -DBL_MAX, 2) && mlt_sketch_add(&sketch, -0.0, 4));
    ck_assert(mlt_sketch_quantile(&sketch, 0.5) == 0 && mlt_sketch_quantile(&sketch, 1) == DBL_MAX);
    mlt_sketch_free(&sketch);
}
END_TEST

START_TEST(encodings_come_back_and_damaged_ones_do_not_pass)
{
    struct mlt_sketch sketch, back;
    struct mlt_rng rng;
    mlt_rng_seed(&rng, 6);
    ck_assert(mlt_sketch_init(&sketch, 0.02, 64));
    struct mlt_buf bytes = MLT_BUF_INIT;
    for (int i = 0; i < 200; i++) {
        mlt_buf_clear(&bytes);
        mlt_sketch_encode(&sketch, &bytes);
        ck_assert(mlt_sketch_decode(&back, (const unsigned char *)bytes.data, bytes.len));
        same_bytes(&sketch, &back);
        ck_assert(mlt_sketch_add(&back, 17.5, 3));
        mlt_sketch_free(&back);
        ck_assert(
            mlt_sketch_add(&sketch, i == 3 ? INFINITY : heavy(&rng), 1 + mlt_rng_below(&rng, 9)));
    }
    for (size_t len = 0; len < bytes.len; len++)
        ck_assert(!mlt_sketch_decode(&back, (const unsigned char *)bytes.data, len));
    /* What passes after a change of one bit must at least be whole again. */
    for (size_t bit = 0; bit < 8 * bytes.len; bit++) {
        bytes.data[bit / 8] ^= (char)(1 << bit % 8);
        if (mlt_sketch_decode(&back, (const unsigned char *)bytes.data, bytes.len)) {
            struct mlt_buf again = MLT_BUF_INIT;
            mlt_sketch_encode(&back, &again);
            ck_assert(again.len == bytes.len && memcmp(again.data, bytes.data, again.len) == 0);
            mlt_buf_free(&again);
            mlt_sketch_free(&back);
        }
        bytes.data[bit / 8] ^= (char)(1 << bit % 8);
    }
    mlt_buf_free(&bytes);
    mlt_sketch_free(&sketch);
}
END_TEST

TCase *sketch_case(void)
{
    TCase *tcase = tcase_create("sketch");
    tcase_add_test(tcase, quantiles_are_within_the_stated_error);
    tcase_add_test(tcase, sketches_do_not_depend_on_order_or_shards_even_when_they_collapse);
    tcase_add_test(tcase, collapsing_keeps_the_large_values);
    tcase_add_test(tcase, nan_infinities_and_nothing_are_not_values);
    tcase_add_test(tcase, encodings_come_back_and_damaged_ones_do_not_pass);
    return tcase;
}
