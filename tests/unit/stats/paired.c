#include "harness/stats/paired.h"

#include <string.h>

#include "harness/base/rng.h"
#include "harness/stats/signflip.h"
#include "harness/stats/wilcoxon.h"
#include "tests/unit/stats/near.h"
#include "tests/unit/suite.h"

TCase *paired_case(void);

/* The depression scale of Hollander & Wolfe (1973), example(wilcox.test) in R. */
static const double before[] = {1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30};
static const double after[] = {0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29};
static const double tied[] = {1, -2, 2, 3, -1, 5, 0, 2, 0, 4, -3, 3};

static void check_test(struct mlt_test x, double statistic, double above, double below, double p,
                       double tolerance)
{
    ck_assert_int_eq(x.state, MLT_TEST_DONE);
    ck_near(x.statistic, statistic, tolerance);
    ck_near(x.p_above, above, tolerance);
    ck_near(x.p_below, below, tolerance);
    ck_near(x.p, p, tolerance);
}

START_TEST(paired_t_matches_t_test)
{
    /* R 4.2.2: t.test(before, after, paired = TRUE, mu = 0 and 0.3), both alternatives; and
     * conf.level = 0.9 */
    struct mlt_estimate e = mlt_paired_estimate(before, after, 9);
    check_test(mlt_estimate_test(e, 0), 3.0353754156485913, 0.0080883137174540473,
               0.99191168628254589, 0.016176627434908095, 1e-13);
    check_test(mlt_estimate_test(e, 0.3), 0.92693352672366292, 0.19053756094035618,
               0.80946243905964388, 0.38107512188071235, 1e-13);
    ck_near(mlt_estimate_interval(e, 0.05).lo, 0.16730279135896456, 1e-12);
    ck_near(mlt_estimate_interval(e, 0.05).hi, 0.69647498641881322, 1e-12);
}
END_TEST

START_TEST(differences_that_do_not_vary_are_not_tested)
{
    /* 0.1 apart but for rounding: R says "data are essentially constant". */
    const double a[] = {0.1, 1.1, 2.3, 1000.7}, b[] = {0.2, 1.2, 2.4, 1000.8};
    struct mlt_estimate e = mlt_paired_estimate(a, b, 4);
    ck_assert(e.se == 0);
    ck_near(e.value, -0.1, 1e-12);
    ck_assert_int_eq(mlt_estimate_test(e, 0).state, MLT_TEST_CONSTANT);
    ck_assert(mlt_paired_estimate(a, a, 4).se == 0);
    ck_assert(isnan(mlt_paired_estimate(a, b, 0).value));
    ck_assert(isnan(mlt_paired_estimate(a, b, 1).se));
    const double bad[] = {0, 1, NAN}, large[] = {0, INFINITY, 1};
    ck_assert(isnan(mlt_paired_estimate(bad, b, 3).se));
    ck_assert(isnan(mlt_paired_estimate(large, b, 3).se));
    ck_assert(mlt_estimate_test(mlt_paired_estimate(bad, b, 3), 0).state != MLT_TEST_DONE);
}
END_TEST

START_TEST(mcnemar_matches_r)
{
    /* R 4.2.2: b, c; mcnemar.test(m, correct = FALSE) statistic and p; correct = TRUE; then
     * binom.test(b, b + c) two-sided, greater, less; dbinom(b, b + c, 0.5) */
    static const double known[][10] = {
        {10, 2, 5.333333333333333, 0.020921335337794066, 4.083333333333333, 0.043308142810791941,
         0.038574218750000014, 0.019287109375000007, 0.996826171875, 0.016113281250000007},
        {2, 10, 5.333333333333333, 0.020921335337794066, 4.083333333333333, 0.043308142810791941,
         0.038574218750000014, 0.996826171875, 0.019287109375000007, 0.016113281250000007},
        {5, 5, 0, 1, 0, 1, 1, 0.62304687499999989, 0.62304687499999989, 0.24609375000000003},
        {150, 86, 17.35593220338983, 3.0992934410452182e-05, 16.817796610169491,
         4.1145622813459436e-05, 3.71593613957143e-05, 1.857968069785715e-05, 0.99998964578552174,
         8.225466219559554e-06},
        {0, 1, 1, 0.31731050786291415, 0, 1, 1, 1, 0.5, 0.5},
        {0, 7, 7, 0.0081509715935027018, 5.1428571428571432, 0.023342202012890875,
         0.015625000000000007, 1, 0.0078125000000000035, 0.0078125000000000017},
        {60000, 59000, 8.4033613445378155, 0.0037452784241777956, 8.3865630252100836,
         0.0037800500730278811, 0.003779869634776892, 0.001889934817388446, 0.99814469042284859,
         3.4625240237084879e-05},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        const double *row = known[i];
        uint64_t b = (uint64_t)row[0], c = (uint64_t)row[1];
        struct mlt_test plain = mlt_mcnemar(b, c, MLT_MCNEMAR_CHI2);
        struct mlt_test corrected = mlt_mcnemar(b, c, MLT_MCNEMAR_CORRECTED);
        struct mlt_test mid = mlt_mcnemar(b, c, MLT_MCNEMAR_MID_P);
        ck_near(plain.statistic, row[2], 1e-13);
        ck_near(plain.p, row[3], 1e-12);
        ck_near(corrected.statistic, row[4], 1e-13);
        ck_near(corrected.p, row[5], 1e-12);
        check_test(mlt_mcnemar(b, c, MLT_MCNEMAR_EXACT), row[0], row[7], row[8], row[6], 1e-11);
        /* Fagerland, Lydersen & Laake (2013): the exact p less the point probability. */
        check_test(mid, row[0], row[7] - row[9] / 2, row[8] - row[9] / 2,
                   b == c ? 1 : row[6] - row[9], 1e-11);
    }
}
END_TEST

START_TEST(mcnemar_without_discordant_rows_shows_nothing)
{
    check_test(mlt_mcnemar(0, 0, MLT_MCNEMAR_EXACT), 0, 1, 1, 1, 0);
    check_test(mlt_mcnemar(0, 0, MLT_MCNEMAR_MID_P), 0, 0.5, 0.5, 1, 0);
    ck_assert_int_eq(mlt_mcnemar(0, 0, MLT_MCNEMAR_CHI2).state, MLT_TEST_TOO_FEW);
    ck_assert(isnan(mlt_mcnemar(0, 0, MLT_MCNEMAR_CORRECTED).p));
    ck_near(mlt_mcnemar(500000000, 500000000, MLT_MCNEMAR_EXACT).p, 1, 1e-9);
}
END_TEST

static struct mlt_wilcoxon wilcoxon_of_tied(enum mlt_wilcoxon_zeros zeros,
                                            enum mlt_rank_method method)
{
    return mlt_wilcoxon(tied, sizeof tied / sizeof tied[0], 0, zeros, method);
}

START_TEST(wilcoxon_matches_wilcox_test)
{
    double d[9];
    for (int i = 0; i < 9; i++)
        d[i] = before[i] - after[i];
    /* R 4.2.2: wilcox.test(before - after), alternatives greater, less, two.sided; exact = FALSE
     * with correct = FALSE and TRUE. V = 40. */
    struct mlt_wilcoxon x = mlt_wilcoxon(d, 9, 0, MLT_ZEROS_DROP, MLT_RANK_AUTO);
    ck_assert(x.test.exact && x.used == 9);
    check_test(x.test, 40, 0.01953125, 0.986328125, 0.0390625, 1e-15);
    ck_near(x.effect, 35.0 / 45, 1e-15);
    x = mlt_wilcoxon(d, 9, 0, MLT_ZEROS_DROP, MLT_RANK_NORMAL);
    check_test(x.test, 40, 0.019075855086707578, 0.98092414491329238, 0.038151710173415156, 1e-12);
    x = mlt_wilcoxon(d, 9, 0, MLT_ZEROS_DROP, MLT_RANK_CORRECTED);
    check_test(x.test, 40, 0.022005492006475728, 0.98351530937788989, 0.044010984012951455, 1e-12);
}
END_TEST

START_TEST(wilcoxon_with_ties_and_zeros_matches_scipy_and_enumeration)
{
    /* SciPy 1.10.1: wilcoxon(x, zero_method, correction, alternative, mode="approx") */
    check_test(wilcoxon_of_tied(MLT_ZEROS_DROP, MLT_RANK_NORMAL).test, 42.5, 0.062029680902781582,
               0.9379703190972184, 0.12405936180556316, 1e-12);
    check_test(wilcoxon_of_tied(MLT_ZEROS_DROP, MLT_RANK_CORRECTED).test, 42.5,
               0.068548240755115855, 0.94399477463088488, 0.13709648151023171, 1e-12);
    check_test(wilcoxon_of_tied(MLT_ZEROS_PRATT, MLT_RANK_NORMAL).test, 56.5, 0.066613727267124875,
               0.93338627273287511, 0.13322745453424975, 1e-12);
    check_test(wilcoxon_of_tied(MLT_ZEROS_PRATT, MLT_RANK_CORRECTED).test, 56.5,
               0.071873010627503398, 0.93834264384775579, 0.1437460212550068, 1e-12);
    /* All 2^10 signs by itertools.product over scipy.stats.rankdata */
    check_test(wilcoxon_of_tied(MLT_ZEROS_DROP, MLT_RANK_AUTO).test, 42.5, 0.0732421875,
               0.9443359375, 0.146484375, 1e-14);
    check_test(wilcoxon_of_tied(MLT_ZEROS_PRATT, MLT_RANK_EXACT).test, 56.5, 0.0791015625,
               0.9384765625, 0.158203125, 1e-14);
    /* SciPy's statistic of "zsplit"; the signs that are random are Pratt's. */
    check_test(wilcoxon_of_tied(MLT_ZEROS_SPLIT, MLT_RANK_EXACT).test, 58, 0.0791015625,
               0.9384765625, 0.158203125, 1e-14);
}
END_TEST

START_TEST(wilcoxon_says_why_it_is_undefined)
{
    const double zero[] = {2, 2, 2}, bad[] = {1, NAN, 2};
    double many[MLT_WILCOXON_MAX_EXACT + 1];
    for (size_t i = 0; i <= MLT_WILCOXON_MAX_EXACT; i++)
        many[i] = i % 9 < 4 ? -(double)i - 1 : (double)i + 1;
    enum mlt_wilcoxon_zeros drop = MLT_ZEROS_DROP;
    ck_assert_int_eq(mlt_wilcoxon(zero, 0, 2, drop, MLT_RANK_AUTO).test.state, MLT_TEST_TOO_FEW);
    ck_assert_int_eq(mlt_wilcoxon(zero, 3, 2, drop, MLT_RANK_AUTO).test.state, MLT_TEST_CONSTANT);
    ck_assert_int_eq(mlt_wilcoxon(zero, 3, 2, MLT_ZEROS_SPLIT, MLT_RANK_NORMAL).test.state,
                     MLT_TEST_CONSTANT);
    ck_assert_int_eq(mlt_wilcoxon(bad, 3, 0, drop, MLT_RANK_AUTO).test.state, MLT_TEST_NOT_FINITE);
    struct mlt_wilcoxon x = mlt_wilcoxon(many, MLT_WILCOXON_MAX_EXACT + 1, 0, drop, MLT_RANK_EXACT);
    ck_assert_int_eq(x.test.state, MLT_TEST_TOO_LARGE);
    ck_assert(isnan(x.test.p) && isnan(x.test.p_above));
    /* One row: p can be 1/2 at best. */
    check_test(mlt_wilcoxon(zero, 1, 0, drop, MLT_RANK_AUTO).test, 1, 0.5, 1, 1, 0);
    /* The approximation meets the exact value where both are to be had. */
    x = mlt_wilcoxon(many, MLT_WILCOXON_MAX_EXACT, 0, drop, MLT_RANK_EXACT);
    struct mlt_wilcoxon y = mlt_wilcoxon(many, MLT_WILCOXON_MAX_EXACT, 0, drop, MLT_RANK_AUTO);
    ck_assert(x.test.exact && !y.test.exact);
    ck_near(log(y.test.p), log(x.test.p), 0.01);
}
END_TEST

START_TEST(sign_flips_match_permutation_test)
{
    /* SciPy 1.10.1: permutation_test((d,), np.mean, permutation_type="samples",
     * n_resamples=np.inf, alternative=...) */
    double d[9];
    for (int i = 0; i < 9; i++)
        d[i] = before[i] - after[i];
    struct mlt_signflip x = mlt_signflip(d, 9, 0, 0, 0);
    ck_assert(x.test.exact && x.replicates == 512 && x.se == 0);
    check_test(x.test, 0.43188888888888893, 0.013671875, 0.98828125, 0.02734375, 1e-14);
    x = mlt_signflip((const double[]){1, -2, 2, 3, -1}, 5, 0, 0, 0);
    check_test(x.test, 0.6, 0.34375, 0.8125, 0.6875, 1e-14);
    x = mlt_signflip((const double[]){0.3}, 1, 0, 0, 0);
    check_test(x.test, 0.3, 0.5, 1, 1, 1e-14);
}
END_TEST

START_TEST(drawn_sign_flips_estimate_all_of_them)
{
    /* 20 rows by all signs, and with a row that is zero by drawing: the p-values are the same but
     * for the error that is stated. */
    double d[21];
    struct mlt_rng rng;
    mlt_rng_seed(&rng, 8);
    for (int i = 0; i < 20; i++)
        d[i] = mlt_rng_uniform(&rng) - 0.35;
    d[20] = 0;
    struct mlt_signflip all = mlt_signflip(d, 20, 0, 0, 0);
    struct mlt_signflip drawn = mlt_signflip(d, 21, 0, 20000, 77);
    ck_assert(all.test.exact && !drawn.test.exact && drawn.replicates == 20000);
    ck_assert_double_le(fabs(drawn.test.p_above - all.test.p_above), 4 * drawn.se_above);
    ck_assert_double_le(fabs(drawn.test.p_below - all.test.p_below), 4 * drawn.se_below);
    ck_assert_double_le(fabs(drawn.test.p - all.test.p), 4 * drawn.se);
    struct mlt_signflip again = mlt_signflip(d, 21, 0, 20000, 77);
    struct mlt_signflip other = mlt_signflip(d, 21, 0, 20000, 78);
    ck_assert(again.test.p == drawn.test.p && other.test.p != drawn.test.p);
}
END_TEST

START_TEST(drawn_sign_flips_never_reach_zero)
{
    double d[200];
    for (int i = 0; i < 200; i++)
        d[i] = 1 + i;
    struct mlt_signflip x = mlt_signflip(d, 200, 0, 99, 1);
    ck_near(x.test.p, 0.01, 1e-15);
    ck_near(x.se, sqrt(0.01 * 0.99 / 99), 1e-12);
    ck_assert_int_eq(mlt_signflip(d, 200, 0, 0, 1).test.state, MLT_TEST_TOO_FEW);
    ck_assert_int_eq(mlt_signflip(d, 0, 0, 9, 1).test.state, MLT_TEST_TOO_FEW);
    ck_assert_int_eq(mlt_signflip(d, 1, 1, 9, 1).test.state, MLT_TEST_CONSTANT);
    d[3] = NAN;
    ck_assert_int_eq(mlt_signflip(d, 9, 0, 9, 1).test.state, MLT_TEST_NOT_FINITE);
}
END_TEST

TCase *paired_case(void)
{
    TCase *tcase = tcase_create("paired");
    tcase_add_test(tcase, paired_t_matches_t_test);
    tcase_add_test(tcase, differences_that_do_not_vary_are_not_tested);
    tcase_add_test(tcase, mcnemar_matches_r);
    tcase_add_test(tcase, mcnemar_without_discordant_rows_shows_nothing);
    tcase_add_test(tcase, wilcoxon_matches_wilcox_test);
    tcase_add_test(tcase, wilcoxon_with_ties_and_zeros_matches_scipy_and_enumeration);
    tcase_add_test(tcase, wilcoxon_says_why_it_is_undefined);
    tcase_add_test(tcase, sign_flips_match_permutation_test);
    tcase_add_test(tcase, drawn_sign_flips_estimate_all_of_them);
    tcase_add_test(tcase, drawn_sign_flips_never_reach_zero);
    return tcase;
}
