/* Expected sums: Python 3.11, fractions.Fraction over the same generated doubles, rounded by
 * float().
 */
#include "harness/stats/exact.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/cpu.h"
#include "harness/base/rng.h"
#include "tests/unit/suite.h"

TCase *exact_case(void);

/* Doubles of either sign with stored exponents in [lo, hi), from Knuth's MMIX generator. */
struct source {
    uint64_t state;
    unsigned lo, hi;
};

static uint64_t step(struct source *source)
{
    source->state = source->state * 6364136223846793005u + 1442695040888963407u;
    return source->state;
}

static double draw(struct source *source)
{
    uint64_t exponent = source->lo + (step(source) >> 40) % (source->hi - source->lo);
    uint64_t rest = step(source);
    uint64_t bits = (rest >> 63) << 63 | exponent << 52 | (rest >> 8 & 0xfffffffffffffu);
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static double value_of(const double *x, size_t n)
{
    struct mlt_exact sum = MLT_EXACT_INIT;
    mlt_exact_add_n(&sum, x, n);
    return mlt_exact_value(&sum);
}

static void same_sum(const struct mlt_exact *a, const struct mlt_exact *b)
{
    unsigned char x[MLT_EXACT_ENCODED_MAX], y[MLT_EXACT_ENCODED_MAX];
    size_t len = mlt_exact_encode(a, x);
    ck_assert_uint_eq(len, mlt_exact_encode(b, y));
    ck_assert(memcmp(x, y, len) == 0);
}

START_TEST(exact_sums_match_rational_arithmetic)
{
    static const struct {
        unsigned seed, n, lo, hi;
        double sum, rest, products, squares;
    } known[] = {
        {1, 1000, 0, 2047, -0x1.29a2fedccb921p+1022, 0x1.1f0aff11be934p+965, -INFINITY, INFINITY},
        {2, 5000, 1000, 1046, 0x1.9ff4c8093dd7cp+27, -0x1.992d5714764f0p-27, 0x1.309317cb2b8aep+45,
         0x1.1692db0608449p+52},
        {3, 3000, 0, 3, -0x1.76ff9c7064ff9p-1018, 0x0.0000000000002p-1022, -0, 0},
        {4, 2, 900, 1200, 0x1.3eb0677c8ddcdp-82, 0x1.5eccea0db8000p-136, 0x1.d06e2d23bee62p+27,
         0x1.8cbabaa7e7ad8p-164},
        {5, 3, 900, 1200, 0x1.f3843d83885c2p+144, -0x1.bb96ffffffdb5p+90, 0x1.8c4c9bc95ffc4p+255,
         0x1.e756186467430p+289},
        {6, 10000, 1020, 1023, 0x1.9a0231940b8b7p+5, 0x1.4c00000000000p-49, -0x1.891c14b178deap+3,
         0x1.426a525fc30cep+11},
        {7, 1000, 1900, 2047, INFINITY, 0, -INFINITY, INFINITY},
        {8, 1000, 0, 120, 0x1.0b5fd56fd7c1fp-909, -0x1.acfcd96fe9dc8p-963, 0, 0},
        {9, 1000, 490, 560, 0x1.1280a0782e6f3p-460, -0x1.1de4c44a15620p-517, 0x1.67a40156090cdp-930,
         0x1.758f7f74e7cf5p-923},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        struct source a = {known[i].seed, known[i].lo, known[i].hi};
        struct source b = {known[i].seed + 100, known[i].lo, known[i].hi};
        struct mlt_exact sum = MLT_EXACT_INIT, products = MLT_EXACT_INIT, squares = MLT_EXACT_INIT;
        for (unsigned k = 0; k < known[i].n; k++) {
            double x = draw(&a);
            mlt_exact_add(&sum, x);
            mlt_exact_add_product(&products, x, draw(&b));
            mlt_exact_add_product(&squares, x, x);
        }
        struct mlt_wide wide = mlt_exact_wide(&sum);
        ck_assert_msg(mlt_exact_value(&sum) == known[i].sum, "sum %zu", i);
        ck_assert_msg(wide.hi == known[i].sum && wide.lo == known[i].rest, "rest %zu", i);
        ck_assert_msg(mlt_exact_value(&products) == known[i].products, "products %zu", i);
        ck_assert_msg(mlt_exact_value(&squares) == known[i].squares, "squares %zu", i);
    }
}
END_TEST

START_TEST(exact_sums_survive_cancellation_overflow_and_underflow)
{
    /* By arithmetic. */
    const double over[] = {1e308, 1e308, 1e308, -1e308, -1e308, 3};
    ck_assert(value_of(over, 6) == 1e308);
    ck_assert(value_of(over, 3) == INFINITY);
    const double lost[] = {1, 1e100, 1, -1e100}, tiny[] = {5e-324, 1e308, -1e308};
    ck_assert(value_of(lost, 4) == 2 && value_of(tiny, 3) == 5e-324);
    ck_assert(value_of(lost, 0) == 0 && value_of(lost, 1) == 1);
    struct mlt_exact sum = MLT_EXACT_INIT;
    mlt_exact_add_product(&sum, 1e308, -1e308);
    ck_assert(mlt_exact_value(&sum) == -INFINITY);
    mlt_exact_add_product(&sum, 1e308, 1e308);
    ck_assert(mlt_exact_value(&sum) == 0);
    for (int i = 0; i < 3; i++)
        mlt_exact_add_product(&sum, 5e-324, 5e-324);
    ck_assert(mlt_exact_value(&sum) == 0);
    unsigned char bytes[MLT_EXACT_ENCODED_MAX];
    ck_assert_uint_gt(mlt_exact_encode(&sum, bytes), 1);
}
END_TEST

START_TEST(exact_value_rounds_ties_to_even)
{
    const double down[] = {1, 0x1p-53}, up[] = {1, 0x1p-52, 0x1p-53},
                 above[] = {1, 0x1p-53, 5e-324};
    ck_assert(value_of(down, 2) == 1);
    ck_assert(value_of(up, 3) == 1 + 0x1p-51);
    ck_assert(value_of(above, 3) == 1 + 0x1p-52);
    const double last[] = {0x1.fffffffffffffp1023, 0x1p969},
                 beyond[] = {0x1.fffffffffffffp1023, 0x1p970};
    ck_assert(value_of(last, 2) == 0x1.fffffffffffffp1023 && value_of(beyond, 2) == INFINITY);
    struct mlt_exact half = MLT_EXACT_INIT;
    mlt_exact_add_product(&half, 5e-324, 0.5);
    ck_assert(mlt_exact_value(&half) == 0);
    mlt_exact_add(&half, 5e-324);
    ck_assert(mlt_exact_value(&half) == 1e-323);
}
END_TEST

START_TEST(exact_infinities_and_nan_are_ieee_in_any_order)
{
    const double up[] = {1, INFINITY, -5}, mixed[] = {INFINITY, 1, -INFINITY},
                 none[] = {1, NAN, INFINITY};
    ck_assert(value_of(up, 3) == INFINITY && isnan(value_of(mixed, 3)) && isnan(value_of(none, 3)));
    struct mlt_exact sum = MLT_EXACT_INIT;
    mlt_exact_add_product(&sum, -INFINITY, 2);
    ck_assert(mlt_exact_value(&sum) == -INFINITY && mlt_exact_wide(&sum).lo == 0);
    mlt_exact_negate(&sum);
    ck_assert(mlt_exact_value(&sum) == INFINITY);
    mlt_exact_add_product(&sum, INFINITY, 0);
    ck_assert(isnan(mlt_exact_value(&sum)) && isnan(mlt_exact_wide(&sum).hi));
    struct mlt_exact into = MLT_EXACT_INIT;
    mlt_exact_merge(&into, &sum);
    ck_assert(isnan(mlt_exact_value(&into)));
}
END_TEST

START_TEST(exact_sums_do_not_depend_on_order_or_shards)
{
    enum { N = 6000, SHARDS = 7 };
    static double x[N];
    struct source source = {11, 0, 2047};
    struct mlt_rng rng;
    mlt_rng_seed(&rng, 5);
    for (int i = 0; i < N; i++)
        x[i] = draw(&source);
    struct mlt_exact first = MLT_EXACT_INIT;
    mlt_exact_add_n(&first, x, N);
    for (int round = 0; round < 20; round++) {
        for (size_t i = N - 1; i > 0; i--) {
            size_t k = mlt_rng_below(&rng, i + 1);
            double swap = x[i];
            x[i] = x[k];
            x[k] = swap;
        }
        static struct mlt_exact shard[SHARDS];
        memset(shard, 0, sizeof shard);
        for (int i = 0; i < N; i++)
            mlt_exact_add(&shard[mlt_rng_below(&rng, SHARDS)], x[i]);
        /* A random tree: the last shard goes into any other one. */
        for (size_t left = SHARDS - 1; left > 0; left--)
            mlt_exact_merge(&shard[mlt_rng_below(&rng, left)], &shard[left]);
        same_sum(&first, &shard[0]);
    }
}
END_TEST

START_TEST(exact_sums_carry_before_a_limb_overflows)
{
    /* The largest step of a limb, over and over; n terms of c are n c. */
    double c = -0x1.fffffffffffffp0;
    struct mlt_exact sum = MLT_EXACT_INIT, products = MLT_EXACT_INIT, square = MLT_EXACT_INIT;
    struct mlt_exact other = MLT_EXACT_INIT;
    for (int shift = 0; shift < 32; shift++) {
        double scale = ldexp(1, shift);
        for (int i = 0; i < 10000; i++) {
            mlt_exact_add(&sum, c * scale);
            mlt_exact_add_product(&products, c * scale, -c);
        }
        mlt_exact_add_product(&square, 10000 * scale, c);
        mlt_exact_add_scaled(&other, &square, 0);
    }
    same_sum(&sum, &square);
    struct mlt_exact scaled = MLT_EXACT_INIT;
    mlt_exact_add_scaled(&scaled, &sum, -c);
    same_sum(&scaled, &products);
    ck_assert(mlt_exact_value(&other) == 0);
}
END_TEST

START_TEST(exact_sums_double_by_merging_with_themselves)
{
    struct mlt_exact sum = MLT_EXACT_INIT;
    mlt_exact_add(&sum, -0.1);
    for (int i = 0; i < 60; i++)
        mlt_exact_merge(&sum, &sum);
    ck_assert(mlt_exact_value(&sum) == -0.1 * 0x1p60);
    mlt_exact_add_integer(&sum, INT64_MAX);
    mlt_exact_add_integer(&sum, INT64_MIN);
    mlt_exact_add_integer(&sum, 1);
    mlt_exact_add(&sum, 0.1 * 0x1p60);
    ck_assert(mlt_exact_value(&sum) == 0);
}
END_TEST

START_TEST(exact_negation_and_products_in_bulk_agree)
{
    enum { N = 5000 };
    static double x[N], y[N], minus[N];
    struct source source = {21, 0, 2047};
    struct mlt_exact one = MLT_EXACT_INIT, bulk = MLT_EXACT_INIT, turned = MLT_EXACT_INIT;
    for (int i = 0; i < N; i++) {
        x[i] = draw(&source);
        y[i] = i % 7 == 0 ? 0 : draw(&source);
        minus[i] = -y[i];
        mlt_exact_add_product(&one, x[i], y[i]);
    }
    mlt_exact_add_products_n(&bulk, x, y, N);
    same_sum(&one, &bulk);
    mlt_exact_add_products_n(&turned, x, minus, N);
    mlt_exact_negate(&bulk);
    same_sum(&turned, &bulk);
    mlt_exact_merge(&bulk, &one);
    ck_assert(mlt_exact_value(&bulk) == 0);
}
END_TEST

START_TEST(exact_sums_of_arrays_are_those_of_their_terms)
{
    /* Ranges of stored exponents: alike, twice as wide as two cuts, at the ends, anything. */
    static const unsigned ranges[][2] = {{1020, 1023}, {990, 1023}, {940, 1023},  {1490, 1520},
                                         {530, 560},   {0, 3},      {1900, 2047}, {0, 2047}};
    enum { N = 5000 };
    static double x[N], y[N];
    struct mlt_rng rng;
    mlt_cpu_limit(_i == 1);
    mlt_rng_seed(&rng, 12);
    for (size_t round = 0; round < 400; round++) {
        const unsigned *range = ranges[round % 8];
        struct source source = {round + 1000, range[0], range[1]};
        size_t n = round % 3 == 0 ? mlt_rng_below(&rng, 200) : mlt_rng_below(&rng, N);
        bool zeros = round % 5 == 0, whole = round % 7 == 0;
        struct mlt_exact sum = MLT_EXACT_INIT, products = MLT_EXACT_INIT;
        for (size_t i = 0; i < n; i++) {
            x[i] = zeros && i % 3 == 0 ? -0.0 : draw(&source);
            y[i] = whole ? (double)mlt_rng_below(&rng, 2) : draw(&source);
            mlt_exact_add(&sum, x[i]);
            mlt_exact_add_product(&products, x[i], y[i]);
        }
        struct mlt_exact bulk = MLT_EXACT_INIT, bulk_products = MLT_EXACT_INIT;
        mlt_exact_add_n(&bulk, x, n);
        mlt_exact_add_products_n(&bulk_products, x, y, n);
        same_sum(&sum, &bulk);
        same_sum(&products, &bulk_products);
        if (n == 0)
            continue;
        size_t at = mlt_rng_below(&rng, n);
        x[at] = round % 2 ? NAN : INFINITY;
        mlt_exact_add_n(&bulk, x, n);
        mlt_exact_add_products_n(&bulk_products, y, x, n);
        ck_assert(!isfinite(mlt_exact_value(&bulk)) && !isfinite(mlt_exact_value(&bulk_products)));
    }
    mlt_cpu_limit(false);
}
END_TEST

START_TEST(exact_encoding_is_canonical_and_comes_back)
{
    struct source source = {31, 0, 2047};
    unsigned char bytes[MLT_EXACT_ENCODED_MAX];
    const double special[] = {NAN, INFINITY, -INFINITY, 0, 1e308, -5e-324};
    for (int i = 0; i < 300; i++) {
        struct mlt_exact sum = MLT_EXACT_INIT, back;
        for (int k = 0; k < i % 5; k++)
            mlt_exact_add_product(&sum, draw(&source), draw(&source));
        if (i < 6)
            mlt_exact_add(&sum, special[i]);
        size_t len = mlt_exact_encode(&sum, bytes);
        ck_assert(mlt_exact_decode(&back, bytes, len));
        same_sum(&sum, &back);
        mlt_exact_add(&sum, 1);
        mlt_exact_add(&back, 1);
        same_sum(&sum, &back);
        ck_assert(!mlt_exact_decode(&back, bytes, len + 1) &&
                  !mlt_exact_decode(&back, bytes, len - 1));
    }
    struct mlt_exact sum = MLT_EXACT_INIT;
    ck_assert_uint_eq(mlt_exact_encode(&sum, bytes), 1);
    mlt_exact_add_integer(&sum, -1);
    ck_assert_uint_eq(mlt_exact_encode(&sum, bytes), 7);
}
END_TEST

START_TEST(exact_decoding_refuses_what_was_not_encoded)
{
    /* Kinds 1 and 2: first digit, count, digits; neither end may be zero, all within the range. */
    static const struct {
        unsigned char data[12];
        size_t len;
    } bad[] = {
        {{0}, 0},
        {{6}, 1},
        {{0, 0}, 2},
        {{3, 1}, 2},
        {{1}, 1},
        {{1, 5}, 2},
        {{1, 5, 0}, 3},
        {{1, 5, 1, 0, 0, 0, 0}, 7},
        {{2, 5, 2, 0, 0, 0, 0, 1, 0, 0, 0}, 11},
        {{2, 5, 2, 1, 0, 0, 0, 0, 0, 0, 0}, 11},
        {{1, 135, 1, 1, 0, 0, 0}, 7},
        {{1, 134, 1, 0, 0, 0, 0x80}, 7},
        {{1, 134, 2, 1, 0, 0, 0, 1, 0, 0, 0}, 11},
        {{1, 5, 1, 1, 0, 0}, 6},
        {{1, 5, 1, 1, 0, 0, 0, 0}, 8},
    };
    struct mlt_exact out;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ck_assert_msg(!mlt_exact_decode(&out, bad[i].data, bad[i].len), "case %zu", i);
        ck_assert(mlt_exact_value(&out) == 0);
    }
    const unsigned char top[] = {2, 134, 1, 0xff, 0xff, 0xff, 0x7f};
    unsigned char again[MLT_EXACT_ENCODED_MAX];
    ck_assert(mlt_exact_decode(&out, top, sizeof top));
    ck_assert(mlt_exact_encode(&out, again) == sizeof top && memcmp(top, again, sizeof top) == 0);
}
END_TEST

START_TEST(exact_scaling_is_the_sum_of_the_products)
{
    struct source source = {41, 900, 1100};
    struct mlt_exact sum = MLT_EXACT_INIT, products = MLT_EXACT_INIT, scaled = MLT_EXACT_INIT;
    double factor = draw(&source);
    for (int i = 0; i < 100; i++) {
        double x = draw(&source);
        mlt_exact_add(&sum, x);
        mlt_exact_add_product(&products, x, factor);
    }
    mlt_exact_add_scaled(&scaled, &sum, factor);
    same_sum(&products, &scaled);
    mlt_exact_add_scaled(&scaled, &sum, INFINITY);
    ck_assert(isinf(mlt_exact_value(&scaled)));
    mlt_exact_add_scaled(&scaled, &sum, NAN);
    ck_assert(isnan(mlt_exact_value(&scaled)));
    struct mlt_exact huge = MLT_EXACT_INIT, out = MLT_EXACT_INIT;
    mlt_exact_add_product(&huge, 1e308, 1e308);
    mlt_exact_add_scaled(&out, &huge, 1e308);
    ck_assert(isnan(mlt_exact_value(&out)));
}
END_TEST

TCase *exact_case(void)
{
    TCase *tcase = tcase_create("exact");
    tcase_add_test(tcase, exact_sums_match_rational_arithmetic);
    tcase_add_test(tcase, exact_sums_survive_cancellation_overflow_and_underflow);
    tcase_add_test(tcase, exact_value_rounds_ties_to_even);
    tcase_add_test(tcase, exact_infinities_and_nan_are_ieee_in_any_order);
    tcase_add_test(tcase, exact_sums_do_not_depend_on_order_or_shards);
    tcase_add_test(tcase, exact_sums_carry_before_a_limb_overflows);
    tcase_add_test(tcase, exact_sums_double_by_merging_with_themselves);
    tcase_add_test(tcase, exact_negation_and_products_in_bulk_agree);
    tcase_add_loop_test(tcase, exact_sums_of_arrays_are_those_of_their_terms, 0, 2);
    tcase_add_test(tcase, exact_encoding_is_canonical_and_comes_back);
    tcase_add_test(tcase, exact_decoding_refuses_what_was_not_encoded);
    tcase_add_test(tcase, exact_scaling_is_the_sum_of_the_products);
    return tcase;
}
