/* Data sets and certified values: NIST Statistical Reference Datasets, univariate summary
 * statistics. */
#include "harness/stats/moments.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/rng.h"
#include "tests/unit/suite.h"

TCase *moments_case(void);

static const short lew[] = {
    -213, -564, -35,  -15,  141,  115,  -420, -360, 203,  -338, -431, 194,  -220, -513, 154,  -125,
    -559, 92,   -21,  -579, -52,  99,   -543, -175, 162,  -457, -346, 204,  -300, -474, 164,  -107,
    -572, -8,   83,   -541, -224, 180,  -420, -374, 201,  -236, -531, 83,   27,   -564, -112, 131,
    -507, -254, 199,  -311, -495, 143,  -46,  -579, -90,  136,  -472, -338, 202,  -287, -477, 169,
    -124, -568, 17,   48,   -568, -135, 162,  -430, -422, 172,  -74,  -577, -13,  92,   -534, -243,
    194,  -355, -465, 156,  -81,  -578, -64,  139,  -449, -384, 193,  -198, -538, 110,  -44,  -577,
    -6,   66,   -552, -164, 161,  -460, -344, 205,  -281, -504, 134,  -28,  -576, -118, 156,  -437,
    -381, 200,  -220, -540, 83,   11,   -568, -160, 172,  -414, -408, 188,  -125, -572, -32,  139,
    -492, -321, 205,  -262, -504, 142,  -83,  -574, 0,    48,   -571, -106, 137,  -501, -266, 190,
    -391, -406, 194,  -186, -553, 83,   -13,  -577, -49,  103,  -515, -280, 201,  300,  -506, 131,
    -45,  -578, -80,  138,  -462, -361, 201,  -211, -554, 32,   74,   -533, -235, 187,  -372, -442,
    182,  -147, -566, 25,   68,   -535, -244, 194,  -351, -463, 174,  -125, -570, 15,   72,   -550,
    -190, 172,  -424, -385, 198,  -218, -536, 96};
static const short lottery[] = {
    162, 671, 933, 414, 788, 730, 817, 33,  536, 875, 670, 236, 473, 167, 877, 980, 316, 950, 456,
    92,  517, 557, 956, 954, 104, 178, 794, 278, 147, 773, 437, 435, 502, 610, 582, 780, 689, 562,
    964, 791, 28,  97,  848, 281, 858, 538, 660, 972, 671, 613, 867, 448, 738, 966, 139, 636, 847,
    659, 754, 243, 122, 455, 195, 968, 793, 59,  730, 361, 574, 522, 97,  762, 431, 158, 429, 414,
    22,  629, 788, 999, 187, 215, 810, 782, 47,  34,  108, 986, 25,  644, 829, 630, 315, 567, 919,
    331, 207, 412, 242, 607, 668, 944, 749, 168, 864, 442, 533, 805, 372, 63,  458, 777, 416, 340,
    436, 140, 919, 350, 510, 572, 905, 900, 85,  389, 473, 758, 444, 169, 625, 692, 140, 897, 672,
    288, 312, 860, 724, 226, 884, 508, 976, 741, 476, 417, 831, 15,  318, 432, 241, 114, 799, 955,
    833, 358, 935, 146, 630, 830, 440, 642, 356, 373, 271, 715, 367, 393, 190, 669, 8,   861, 108,
    795, 269, 590, 326, 866, 64,  523, 862, 840, 219, 382, 998, 4,   628, 305, 747, 247, 34,  747,
    729, 645, 856, 974, 24,  568, 24,  694, 608, 480, 410, 729, 947, 293, 53,  930, 223, 203, 677,
    227, 62,  455, 387, 318, 562, 242, 428, 968};
/* (x - 2) * 100000 and (x - 299) * 1000. */
static const short mavro[] = {180, 170, 180, 190, 180, 170, 150, 140, 150, 150, 170, 180, 180,
                              190, 190, 210, 200, 160, 140, 130, 130, 150, 150, 160, 150, 140,
                              130, 140, 150, 140, 150, 160, 150, 160, 190, 200, 200, 210, 220,
                              230, 240, 250, 270, 260, 260, 260, 270, 260, 250, 240};
static const short michelso[] = {
    850,  740, 900, 1070, 930, 850, 950, 980, 980, 880, 1000, 980, 930, 650, 760, 810, 1000,
    1000, 960, 960, 960,  940, 960, 940, 880, 800, 850, 880,  900, 840, 830, 790, 810, 880,
    880,  830, 800, 790,  760, 800, 880, 880, 880, 860, 720,  720, 620, 860, 970, 950, 880,
    910,  850, 870, 840,  840, 850, 840, 840, 840, 890, 810,  810, 820, 800, 770, 760, 740,
    750,  760, 910, 920,  890, 860, 880, 720, 840, 850, 850,  780, 890, 840, 780, 810, 760,
    810,  790, 810, 820,  850, 870, 870, 810, 740, 810, 940,  950, 800, 810, 870};

static void near_to(double value, double expected, double tolerance)
{
    ck_assert_msg(fabs(value - expected) <= tolerance * fabs(expected), "%.17g is not %.17g", value,
                  expected);
}

static struct mlt_shape shape_of(const double *x, size_t n)
{
    struct mlt_shape shape;
    memset(&shape, 0, sizeof shape);
    for (size_t i = 0; i < n; i++)
        mlt_shape_add(&shape, x[i]);
    return shape;
}

static void certified(const double *x, size_t n, double mean, double sd, double sd_tolerance)
{
    struct mlt_shape shape = shape_of(x, n);
    ck_assert_uint_eq(shape.moments.n, n);
    near_to(mlt_moments_mean(&shape.moments), mean, 1e-14);
    near_to(mlt_moments_sd(&shape.moments), sd, sd_tolerance);
}

START_TEST(moments_match_nist_on_observed_data)
{
    double x[256];
    size_t n = sizeof lew / sizeof lew[0];
    for (size_t i = 0; i < n; i++)
        x[i] = lew[i];
    certified(x, n, -177.435, 277.332168044316, 1e-14);
    n = sizeof lottery / sizeof lottery[0];
    for (size_t i = 0; i < n; i++)
        x[i] = lottery[i];
    certified(x, n, 518.958715596330, 291.699727470969, 1e-14);
    n = sizeof mavro / sizeof mavro[0];
    for (size_t i = 0; i < n; i++)
        x[i] = (200000 + mavro[i]) / 100000.0;
    /* The values have 6 digits: the doubles nearest to them have another sd from the 13th on. */
    certified(x, n, 2.00185600000000, 0.000429123454003053, 1e-12);
    n = sizeof michelso / sizeof michelso[0];
    for (size_t i = 0; i < n; i++)
        x[i] = (299000 + michelso[i]) / 1000.0;
    certified(x, n, 299.852400000000, 0.0790105478190518, 1e-13);
}
END_TEST

/* The first `count` digits of pi, 3 included, four at a time (Rabinowitz & Wagon 1995, "A spigot
 * algorithm for the digits of pi", Am. Math. Monthly 102:195). */
static void digits_of_pi(double *x, int count)
{
    enum { LENGTH = 14 * (5000 / 4 + 2) };
    static int64_t rest[LENGTH + 1];
    int64_t carry = 0;
    int length = LENGTH;
    for (int i = 0; i <= length; i++)
        rest[i] = 2000;
    for (int done = 0; done < count; length -= 14) {
        int64_t sum = 0;
        for (int i = length; i > 0; i--) {
            sum = sum * i + rest[i] * 10000;
            rest[i] = sum % (2 * i - 1);
            sum /= 2 * i - 1;
        }
        int64_t four = carry + sum / 10000;
        carry = sum % 10000;
        for (int64_t unit = 1000; unit > 0 && done < count; unit /= 10)
            x[done++] = (double)(four / unit % 10);
    }
}

START_TEST(moments_match_nist_on_the_digits_of_pi)
{
    static double x[5000];
    digits_of_pi(x, 5000);
    ck_assert(x[0] == 3 && x[1] == 1 && x[2] == 4);
    /* The last three, by Machin's formula in integers (Python 3.11). */
    ck_assert(x[4997] == 4 && x[4998] == 7 && x[4999] == 2);
    /* 22679 and 143977 are the sums of the digits and of their squares; the rest is rational
     * arithmetic (Python 3.11 fractions). */
    certified(x, 5000, 4.5358, 2.867675552187611565714829876899316, 2e-16);
    /* PiDigits certifies the moments of sums that are less by 5 and 55, which is one 8 that stands
     * in its file as a 3 (8 - 3 and 64 - 9); mean and deviation do not depend on which. */
    size_t eight = 0;
    while (x[eight] != 8)
        eight++;
    x[eight] = 3;
    certified(x, 5000, 4.53480000000000, 2.86733906028871, 1e-14);
}
END_TEST

/* NumAcc2 to 4: the middle once, then the two neighbours in turn. */
static void alternate(double *x, double middle, double low, double high)
{
    x[0] = middle;
    for (int i = 1; i < 1001; i++)
        x[i] = i % 2 ? low : high;
}

START_TEST(moments_match_nist_where_naive_sums_fail)
{
    static double x[1001];
    const double first[] = {10000001, 10000003, 10000002};
    certified(first, 3, 10000002, 1, 0);
    /* Certified: 0.1. The second value is that of the doubles nearest to the data, by rational
     * arithmetic (Python 3.11 fractions, mpmath 1.3). */
    alternate(x, 1.2, 1.1, 1.3);
    certified(x, 1001, 1.2, 0.1, 1e-14);
    certified(x, 1001, 1.2, 0x1.9999999999998p-4, 0);
    alternate(x, 1000000.2, 1000000.1, 1000000.3);
    certified(x, 1001, 1000000.2, 0.1, 1e-9);
    certified(x, 1001, 1000000.2, 0x1.9999999c00000p-4, 0);
    alternate(x, 10000000.2, 10000000.1, 10000000.3);
    certified(x, 1001, 10000000.2, 0.1, 1e-8);
    certified(x, 1001, 10000000.2, 0x1.999999c000000p-4, 0);
    struct mlt_shape shape = shape_of(x, 1001);
    ck_assert(mlt_shape_skewness(&shape) == 0x1.eb46407b75e92p-36);
    ck_assert(mlt_shape_kurtosis(&shape) == -0x1.ffbe76c8b4396p+0);
}
END_TEST

/* Doubles of either sign with stored exponents in [lo, hi), from Knuth's MMIX generator. */
static double draw(uint64_t *state, unsigned lo, unsigned hi)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    uint64_t exponent = lo + (*state >> 40) % (hi - lo);
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    uint64_t bits = (*state >> 63) << 63 | exponent << 52 | (*state >> 8 & 0xfffffffffffffu);
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

START_TEST(moments_match_rational_arithmetic_at_any_magnitude)
{
    /* Python 3.11 fractions, mpmath 1.3. */
    static const struct {
        unsigned seed, n, lo, hi;
        double offset, mean, variance, sd, skewness, kurtosis;
    } known[] = {
        {51, 500, 1020, 1024, 0, 0x1.6fdde8725fa67p-6, 0x1.bd97c341bc802p-1, 0x1.dda4cafbe9ce2p-1,
         -0x1.7759a00822d2cp-3, -0x1.88b9ceaebbb98p-2},
        {52, 3, 1000, 1040, 0, 0x1.ca823aa8ddbf4p-3, 0x1.8d7ced78a318fp-5, 0x1.c32006827432ap-3,
         -0x1.a8936b0165850p-5, -0x1.8000000000000p+0},
        {53, 400, 700, 720, 0, 0x1.f7fb23b321e40p-311, 0x1.b0d205beaff13p-611,
         0x1.d6bf965c80f69p-306, -0x1.c430bf78aa193p-4, 0x1.1733d2c3da07ap+3},
        {54, 400, 1480, 1500, 0, -0x1.f759c22707ea8p+469, 0x1.3b53977f1c5d7p+949,
         0x1.91ce0e686390ap+474, -0x1.4a76ef193f754p-7, 0x1.721a3341830e6p+3},
        {55, 1000, 1010, 1030, 1e12, 0x1.d1a94a1fff3aap+39, 0x1.68d597cd655a1p+9,
         0x1.add28073b4efbp+4, 0x1.4b1264657e674p-3, 0x1.285c6f8d22383p+3},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        static double x[1000];
        uint64_t state = known[i].seed;
        for (unsigned k = 0; k < known[i].n; k++)
            x[k] = draw(&state, known[i].lo, known[i].hi) + known[i].offset;
        struct mlt_shape shape = shape_of(x, known[i].n);
        ck_assert_msg(mlt_moments_mean(&shape.moments) == known[i].mean, "mean %zu", i);
        ck_assert_msg(mlt_moments_variance(&shape.moments) == known[i].variance, "variance %zu", i);
        ck_assert_msg(mlt_moments_sd(&shape.moments) == known[i].sd, "sd %zu", i);
        near_to(mlt_shape_skewness(&shape), known[i].skewness, 2e-16);
        near_to(mlt_shape_kurtosis(&shape), known[i].kurtosis, 2e-16);
    }
}
END_TEST

START_TEST(moments_of_few_constant_or_bad_values_say_so)
{
    struct mlt_shape shape = shape_of(NULL, 0);
    ck_assert(isnan(mlt_moments_mean(&shape.moments)) && isnan(mlt_shape_skewness(&shape)));
    ck_assert(isnan(mlt_moments_variance(&shape.moments)));
    ck_assert(isnan(mlt_moments_deviation(&shape.moments).hi));
    const double same[] = {0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1}, pair[] = {0, 1};
    shape = shape_of(same, 1);
    ck_assert(mlt_moments_mean(&shape.moments) == 0.1 && isnan(mlt_moments_sd(&shape.moments)));
    shape = shape_of(same, 7);
    ck_assert(mlt_moments_mean(&shape.moments) == 0.1 && mlt_moments_sd(&shape.moments) == 0);
    ck_assert(isnan(mlt_shape_kurtosis(&shape)));
    shape = shape_of(pair, 2);
    ck_assert(mlt_moments_variance(&shape.moments) == 0.5 && mlt_shape_skewness(&shape) == 0);
    ck_assert(mlt_shape_kurtosis(&shape) == -2);
    const double bad[] = {1, NAN, 3}, infinite[] = {1, INFINITY, 3}, huge[] = {1e308, 1e308, 1e300};
    shape = shape_of(bad, 3);
    ck_assert(isnan(mlt_moments_mean(&shape.moments)) && isnan(mlt_moments_sd(&shape.moments)));
    ck_assert(isnan(shape.moments.min) && isnan(shape.moments.max));
    ck_assert(isnan(mlt_shape_skewness(&shape)) && isnan(mlt_shape_kurtosis(&shape)));
    shape = shape_of(infinite, 3);
    ck_assert(mlt_moments_mean(&shape.moments) == INFINITY &&
              isnan(mlt_moments_sd(&shape.moments)));
    shape = shape_of(huge, 3);
    near_to(mlt_moments_mean(&shape.moments), 1e308 * (2.0 / 3) + 1e300 / 3, 1e-15);
    ck_assert(isnan(mlt_shape_skewness(&shape)));
}
END_TEST

START_TEST(moments_do_not_depend_on_the_shards)
{
    enum { N = 999, SHARDS = 5 };
    struct mlt_rng rng;
    mlt_rng_seed(&rng, 77);
    struct mlt_shape all = shape_of(NULL, 0);
    static struct mlt_shape shard[SHARDS];
    memset(shard, 0, sizeof shard);
    for (int i = 0; i < N; i++) {
        double x = 1e6 + mlt_rng_uniform(&rng);
        mlt_shape_add(&all, x);
        /* The first shard stays empty. */
        mlt_shape_add(&shard[1 + mlt_rng_below(&rng, SHARDS - 1)], x);
    }
    for (size_t left = SHARDS - 1; left > 0; left--)
        mlt_shape_merge(&shard[mlt_rng_below(&rng, left)], &shard[left]);
    ck_assert_uint_eq(shard[0].moments.n, N);
    ck_assert(shard[0].moments.min == all.moments.min && shard[0].moments.max == all.moments.max);
    ck_assert(mlt_moments_mean(&shard[0].moments) == mlt_moments_mean(&all.moments));
    ck_assert(mlt_moments_variance(&shard[0].moments) == mlt_moments_variance(&all.moments));
    ck_assert(mlt_shape_skewness(&shard[0]) == mlt_shape_skewness(&all));
    ck_assert(mlt_shape_kurtosis(&shard[0]) == mlt_shape_kurtosis(&all));
}
END_TEST

static void wide_near(struct mlt_wide x, double hi, double lo)
{
    ck_assert_msg(x.hi == hi, "%a is not %a", x.hi, hi);
    ck_assert_msg(fabs(x.lo - lo) <= 0x1p-101 * fabs(hi), "%a is not %a", x.lo, lo);
}

START_TEST(wide_arithmetic_keeps_106_bits)
{
    /* mpmath 1.3, 60 digits, hi and lo rounded to doubles. */
    struct mlt_wide third = mlt_wide_div(mlt_wide_from(1), mlt_wide_from(3));
    wide_near(third, 0x1.5555555555555p-2, 0x1.5555555555555p-56);
    struct mlt_wide root = mlt_wide_sqrt(mlt_wide_from(2));
    wide_near(root, 0x1.6a09e667f3bcdp+0, -0x1.bdd3413b26456p-54);
    wide_near(mlt_wide_mul(third, root), 0x1.e2b7dddfefa66p-2, 0x1.60eea419de8dep-58);
    wide_near(mlt_wide_div(root, third), 0x1.0f876ccdf6cd9p+2, 0x1.b1a18f13a34c0p-52);
    wide_near(mlt_wide_add(root, third), 0x1.bf5f3bbd49122p+0, -0x1.a1f7af9743c03p-56);
    wide_near(mlt_wide_sub(third, root), -0x1.14b491129e677p+0, -0x1.d9aed2df08caap-55);
    wide_near(mlt_wide_sqrt(third), 0x1.279a74590331cp-1, 0x1.34863e0792becp-55);
    wide_near(mlt_wide_scale(third, -0.7), -0x1.dddddddddddddp-3, -0x1.5555555555555p-57);
    wide_near(mlt_wide_product(0.1, 0.1), 0x1.47ae147ae147cp-7, -0x1.eb851eb851eb8p-61);
    ck_assert(mlt_wide_compare(third, mlt_wide_from(third.hi)) == 1);
    ck_assert(mlt_wide_compare(mlt_wide_neg(third), third) == -1);
    ck_assert(mlt_wide_compare(third, third) == 0);
    struct mlt_wide n = mlt_wide_from_count(UINT64_MAX);
    ck_assert(n.hi == 0x1p64 && n.lo == -1);
}
END_TEST

START_TEST(wide_arithmetic_stays_ieee_at_the_ends)
{
    struct mlt_wide top = mlt_wide_product(0x1.fffffffffffffp1023, 1);
    ck_assert(top.hi == 0x1.fffffffffffffp1023 && top.lo == 0);
    top = mlt_wide_product(0x1.0000001p1000, 0x1.0000001p23);
    ck_assert(top.hi == 0x1.0000002p1023 && top.lo == 0x1p967);
    top = mlt_wide_product(0x1.fffffffffffffp511, 0x1.fffffffffffffp511);
    ck_assert(top.hi == 0x1.ffffffffffffep1023 && top.lo == 0x1p918);
    top = mlt_wide_add(mlt_wide_from(1e308), mlt_wide_from(1e308));
    ck_assert(top.hi == INFINITY && top.lo == 0);
    ck_assert(mlt_wide_mul(mlt_wide_from(1e200), mlt_wide_from(-1e200)).hi == -INFINITY);
    ck_assert(mlt_wide_div(mlt_wide_from(1), mlt_wide_from(0)).hi == INFINITY);
    ck_assert(mlt_wide_div(mlt_wide_from(1), mlt_wide_from(INFINITY)).hi == 0);
    ck_assert(isnan(mlt_wide_div(mlt_wide_from(0), mlt_wide_from(0)).hi));
    ck_assert(isnan(mlt_wide_sqrt(mlt_wide_from(-1)).hi) &&
              mlt_wide_sqrt(mlt_wide_from(0)).hi == 0);
    ck_assert(isnan(mlt_wide_add(mlt_wide_from(INFINITY), mlt_wide_from(-INFINITY)).hi));
    ck_assert(isnan(mlt_wide_sub(mlt_wide_from(1), mlt_wide_from(NAN)).hi));
}
END_TEST

TCase *moments_case(void)
{
    TCase *tcase = tcase_create("moments");
    tcase_add_test(tcase, moments_match_nist_on_observed_data);
    tcase_add_test(tcase, moments_match_nist_on_the_digits_of_pi);
    tcase_add_test(tcase, moments_match_nist_where_naive_sums_fail);
    tcase_add_test(tcase, moments_match_rational_arithmetic_at_any_magnitude);
    tcase_add_test(tcase, moments_of_few_constant_or_bad_values_say_so);
    tcase_add_test(tcase, moments_do_not_depend_on_the_shards);
    tcase_add_test(tcase, wide_arithmetic_keeps_106_bits);
    tcase_add_test(tcase, wide_arithmetic_stays_ieee_at_the_ends);
    return tcase;
}
