#include "harness/stats/unpaired.h"

#include <stdlib.h>

#include "harness/stats/contingency.h"
#include "harness/stats/mannwhitney.h"
#include "harness/stats/smirnov.h"
#include "tests/unit/stats/near.h"
#include "tests/unit/suite.h"

TCase *unpaired_case(void);

/* Permeability constants, Hollander & Wolfe (1973), example(wilcox.test) in R. */
static const double at_term[] = {0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46};
static const double early[] = {1.15, 0.88, 0.90, 0.74, 1.21};
static const double tied_x[] = {1, 2, 2, 3, 3, 3, 4, 5}, tied_y[] = {2, 3, 4, 4, 5, 6, 6};

START_TEST(means_match_t_test)
{
    /* R 4.2.2: t.test(at_term, early, var.equal = FALSE and TRUE) */
    struct mlt_sample x = mlt_sample_of(at_term, 10), y = mlt_sample_of(early, 5);
    struct mlt_test welch = mlt_estimate_test(mlt_welch_estimate(x, y), 0);
    ck_near(welch.statistic, 2.0413830922100695, 1e-13);
    ck_near(welch.df, 12.970538443257542, 1e-13);
    ck_near(welch.p, 0.062101343781078469, 1e-12);
    ck_near(welch.p_above, 0.031050671890539235, 1e-12);
    struct mlt_test student = mlt_estimate_test(mlt_student_estimate(x, y), 0);
    ck_near(student.statistic, 1.6061366602738689, 1e-13);
    ck_assert(student.df == 13);
    ck_near(student.p, 0.13225051067782634, 1e-12);
    /* t.test(at_term[1:2], early[1:3]) and t.test(at_term, early[1], var.equal = TRUE) */
    welch = mlt_estimate_test(
        mlt_welch_estimate(mlt_sample_of(at_term, 2), mlt_sample_of(early, 3)), 0);
    ck_near(welch.statistic, -1.8341105166266776, 1e-12);
    ck_near(welch.df, 2.1173055536986358, 1e-12);
    ck_near(welch.p, 0.20102113431041388, 1e-12);
    student = mlt_estimate_test(mlt_student_estimate(x, mlt_sample_of(early, 1)), 0);
    ck_near(student.statistic, 0.35224450447215244, 1e-12);
    ck_near(student.p, 0.73276246722671756, 1e-12);
}
END_TEST

START_TEST(samples_without_variance_are_not_tested)
{
    const double same[] = {0.1, 0.1, 0.1}, bad[] = {1, INFINITY};
    struct mlt_sample constant = mlt_sample_of(same, 3), one = mlt_sample_of(same, 1);
    ck_assert(constant.variance == 0 && isnan(one.variance));
    ck_assert(isnan(mlt_sample_of(same, 0).mean) && isnan(mlt_sample_of(bad, 2).variance));
    ck_assert(mlt_welch_estimate(constant, constant).se == 0);
    ck_assert(isnan(mlt_estimate_test(mlt_welch_estimate(constant, constant), 0).p));
    ck_assert(isnan(mlt_welch_estimate(constant, one).se));
    ck_assert(isnan(mlt_student_estimate(one, one).se));
    ck_assert(isnan(mlt_student_estimate(constant, mlt_sample_of(same, 0)).se));
    /* One constant sample is fine: its rows add no variance and no degrees of freedom. */
    struct mlt_estimate e = mlt_welch_estimate(constant, mlt_sample_of(early, 5));
    ck_assert(e.df == 4);
}
END_TEST

START_TEST(two_proportions_match_prop_test)
{
    /* R 4.2.2: sqrt(prop.test(c(56, 48), c(70, 80), correct = FALSE)$statistic) and its p */
    struct mlt_test x = mlt_two_proportions(56, 70, 48, 80, 0, true);
    ck_near(x.statistic, 2.6501719512585331, 1e-13);
    ck_near(x.p, 0.0080450813681965643, 1e-12);
    /* statsmodels 0.13.5: test_proportions_2indep(56, 70, 48, 80, value=.1, method="wald") */
    x = mlt_two_proportions(56, 70, 48, 80, 0.1, false);
    ck_near(x.statistic, 1.3754606108107545, 1e-13);
    ck_near(x.p, 0.16898868926830646, 1e-12);
    ck_assert_int_eq(mlt_two_proportions(0, 7, 0, 9, 0, true).state, MLT_TEST_CONSTANT);
    ck_assert_int_eq(mlt_two_proportions(7, 7, 0, 9, 0, false).state, MLT_TEST_CONSTANT);
    ck_assert_int_eq(mlt_two_proportions(0, 0, 1, 9, 0, true).state, MLT_TEST_TOO_FEW);
    ck_assert_int_eq(mlt_two_proportions(8, 7, 1, 9, 0, true).state, MLT_TEST_IMPOSSIBLE);
    ck_assert_int_eq(mlt_two_proportions(6, 7, 1, 9, 0.1, true).state, MLT_TEST_IMPOSSIBLE);
}
END_TEST

static void check_u(struct mlt_mannwhitney x, double u, double above, double below, double p)
{
    ck_assert_int_eq(x.test.state, MLT_TEST_DONE);
    ck_assert(x.test.statistic == u);
    ck_near(x.test.p_above, above, 1e-12);
    ck_near(x.test.p_below, below, 1e-12);
    ck_near(x.test.p, p, 1e-12);
}

START_TEST(mann_whitney_matches_wilcox_test)
{
    /* R 4.2.2: wilcox.test(at_term, early), alternatives greater, less, two.sided; exact = FALSE
     * with correct = FALSE and TRUE */
    struct mlt_mannwhitney x = mlt_mannwhitney(at_term, 10, early, 5, MLT_RANK_AUTO);
    check_u(x, 35, 0.1272061272061272, 0.89676989676989671, 0.2544122544122544);
    ck_assert(x.test.exact && x.auc == 0.7);
    check_u(mlt_mannwhitney(early, 5, at_term, 10, MLT_RANK_AUTO), 15, 0.89676989676989671,
            0.1272061272061272, 0.2544122544122544);
    check_u(mlt_mannwhitney(at_term, 10, early, 5, MLT_RANK_NORMAL), 35, 0.1103356809599234,
            0.88966431904007659, 0.22067136191984679);
    check_u(mlt_mannwhitney(at_term, 10, early, 5, MLT_RANK_CORRECTED), 35, 0.12231180256349168,
            0.90077534820399385, 0.24462360512698336);
}
END_TEST

START_TEST(mann_whitney_with_ties_matches_r_and_enumeration)
{
    /* R 4.2.2: wilcox.test(tied_x, tied_y, exact = FALSE), correct = FALSE and TRUE */
    check_u(mlt_mannwhitney(tied_x, 8, tied_y, 7, MLT_RANK_NORMAL), 13, 0.96145006412822909,
            0.038549935871770892, 0.077099871743541784);
    check_u(mlt_mannwhitney(tied_x, 8, tied_y, 7, MLT_RANK_CORRECTED), 13, 0.96612699307965533,
            0.043740166962598588, 0.087480333925197176);
    /* s <- combn(15, 8, function(i) sum(rank(c(tied_x, tied_y))[i])); mean(s >= s[1]), <= */
    check_u(mlt_mannwhitney(tied_x, 8, tied_y, 7, MLT_RANK_AUTO), 13, 0.9684537684537684,
            0.046464646464646465, 2 * 0.046464646464646465);
}
END_TEST

START_TEST(mann_whitney_says_why_it_is_undefined)
{
    const double same[] = {3, 3}, bad[] = {1, NAN};
    double many[101];
    for (int i = 0; i < 101; i++)
        many[i] = i;
    ck_assert_int_eq(mlt_mannwhitney(same, 0, same, 2, MLT_RANK_AUTO).test.state, MLT_TEST_TOO_FEW);
    struct mlt_mannwhitney x = mlt_mannwhitney(same, 2, same, 2, MLT_RANK_AUTO);
    ck_assert_int_eq(x.test.state, MLT_TEST_CONSTANT);
    ck_assert(x.auc == 0.5 && isnan(x.test.p));
    ck_assert_int_eq(mlt_mannwhitney(bad, 2, same, 2, MLT_RANK_AUTO).test.state,
                     MLT_TEST_NOT_FINITE);
    ck_assert_int_eq(mlt_mannwhitney(many, 101, same, 2, MLT_RANK_EXACT).test.state,
                     MLT_TEST_TOO_LARGE);
    ck_assert(!mlt_mannwhitney(many, 101, same, 2, MLT_RANK_AUTO).test.exact);
    check_u(mlt_mannwhitney(same, 1, many, 1, MLT_RANK_AUTO), 1, 0.5, 1, 1);
}
END_TEST

START_TEST(smirnov_matches_ks_test)
{
    /* R 4.2.2: ks.test(at_term, early, exact = TRUE) and ks.test(tied_x, tied_y, exact = TRUE) */
    struct mlt_test x = mlt_smirnov(at_term, 10, early, 5);
    ck_assert(x.exact);
    ck_near(x.statistic, 0.6, 1e-15);
    ck_near(x.p, 0.16583416583416366, 1e-12);
    x = mlt_smirnov(tied_x, 8, tied_y, 7);
    ck_near(x.statistic, 0.4642857142857143, 1e-15);
    ck_near(x.p, 0.22051282051282017, 1e-12);
    /* SciPy 1.10.1: ks_2samp((1..300)/300, ((1..400)/401)**1.2, mode="exact") */
    static double a[3000], b[4000];
    for (int i = 0; i < 400; i++) {
        a[i] = (i + 1) / 300.0;
        b[i] = pow((i + 1) / 401.0, 1.2);
    }
    x = mlt_smirnov(a, 300, b, 400);
    ck_near(x.statistic, 0.07083333333333333, 1e-15);
    ck_near(x.p, 0.3421018682314345, 1e-11);
    /* R 4.2.2: ks.test((1:3000)/3001, ((1:4000)/4001)^1.05, exact = FALSE)$statistic, and SciPy
     * 1.10.1: kstwobign.sf(D * sqrt(12e6 / 7000)); R stops at 1e-8 */
    for (int i = 0; i < 4000; i++) {
        a[i % 3000] = (i % 3000 + 1) / 3001.0;
        b[i] = pow((i + 1) / 4001.0, 1.05);
    }
    x = mlt_smirnov(a, 3000, b, 4000);
    ck_assert(!x.exact);
    ck_near(x.statistic, 0.01825, 1e-12);
    ck_near(x.p, 0.61771110391098882, 1e-11);
}
END_TEST

START_TEST(kolmogorovs_limit_matches_scipy)
{
    /* SciPy 1.10.1: kstwobign.sf */
    static const double known[][2] = {{.3, 0.99999069419866549},
                                      {.5, 0.96394524366487511},
                                      {.9, 0.39273070794065429},
                                      {1, 0.26999967167735456},
                                      {1.36, 0.049485876755377876},
                                      {3, 3.0459959489425258e-08},
                                      {8, 5.1444187452848296e-56},
                                      {0, 1},
                                      {1e-320, 1},
                                      {0.1, 1}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        ck_near(mlt_kolmogorov_sf(known[i][0]), known[i][1], 1e-12);
    ck_assert(isnan(mlt_kolmogorov_sf(NAN)));
}
END_TEST

START_TEST(smirnov_of_awkward_samples)
{
    const double same[] = {3, 3, 3}, bad[] = {1, NAN};
    struct mlt_test x = mlt_smirnov(same, 3, same, 2);
    ck_assert(x.statistic == 0 && x.p == 1);
    ck_assert_int_eq(mlt_smirnov(same, 0, same, 2).state, MLT_TEST_TOO_FEW);
    ck_assert_int_eq(mlt_smirnov(bad, 2, same, 2).state, MLT_TEST_NOT_FINITE);
    x = mlt_smirnov(same, 1, early, 1);
    ck_assert(x.statistic == 1 && x.p == 1);
}
END_TEST

START_TEST(contingency_matches_chisq_test)
{
    /* R 4.2.2: chisq.test(matrix(c(12, 5, 29, 2), 2, byrow = TRUE), correct = FALSE and TRUE);
     * SciPy 1.10.1: stats.contingency.association(m, "cramer") */
    const uint64_t four[] = {12, 5, 29, 2};
    struct mlt_contingency x = mlt_contingency(four, 2, 2, false);
    ck_near(x.test.statistic, 4.6464307202031092, 1e-13);
    ck_near(x.test.p, 0.031118187329256693, 1e-12);
    ck_near(x.least_expected, 2.4791666666666665, 1e-14);
    ck_near(x.cramers_v, 0.3111280122461355, 1e-13);
    ck_assert(x.sparse && x.test.df == 1);
    x = mlt_contingency(four, 2, 2, true);
    ck_near(x.test.statistic, 2.9860164364723074, 1e-13);
    ck_near(x.test.p, 0.083986541714992674, 1e-12);
    ck_near(x.cramers_v, 0.3111280122461355, 1e-13);
    const uint64_t six[] = {762, 327, 468, 484, 239, 477};
    x = mlt_contingency(six, 2, 3, true);
    ck_near(x.test.statistic, 30.070149095754672, 1e-13);
    ck_near(x.test.p, 2.9535891832117569e-07, 1e-12);
    ck_near(x.cramers_v, 0.10443580235646777, 1e-13);
    ck_assert(!x.sparse && x.test.df == 2);
    /* The same with a row and a column that hold nothing. */
    const uint64_t holes[] = {762, 0, 327, 468, 0, 0, 0, 0, 484, 0, 239, 477};
    struct mlt_contingency y = mlt_contingency(holes, 3, 4, false);
    ck_assert(y.test.p == x.test.p && y.test.df == 2 && y.cramers_v == x.cramers_v);
}
END_TEST

START_TEST(contingency_keeps_its_digits_in_large_tables)
{
    /* A 41 x 51 table: 2000 degrees of freedom, where exp(-x / 2) alone is 0.
     * R 4.2.2: m <- outer(0:40, 0:50, function(i, j) 3 + (7 * i + 11 * j + i * j) %% 9);
     * chisq.test(m) */
    uint64_t *counts = calloc(41 * 51, sizeof *counts);
    for (uint64_t i = 0; i < 41; i++) {
        for (uint64_t j = 0; j < 51; j++)
            counts[i * 51 + j] = 3 + (7 * i + 11 * j + i * j) % 9;
    }
    struct mlt_contingency x = mlt_contingency(counts, 41, 51, false);
    free(counts);
    ck_assert(x.test.df == 2000);
    ck_near(x.test.statistic, 1739.0012219708181, 1e-12);
    ck_near(x.test.p, 0.99999186114811833, 1e-12);
}
END_TEST

START_TEST(contingency_of_one_row_is_undefined)
{
    const uint64_t row[] = {3, 4, 5, 0, 0, 0};
    ck_assert_int_eq(mlt_contingency(row, 2, 3, false).test.state, MLT_TEST_TOO_FEW);
    ck_assert_int_eq(mlt_contingency(row, 0, 0, false).test.state, MLT_TEST_TOO_FEW);
    ck_assert(isnan(mlt_contingency(row, 1, 3, false).test.p));
    const uint64_t huge[] = {4000000000000, 4000010000000, 4000010000000, 4000000000000};
    ck_assert(mlt_contingency(huge, 2, 2, false).test.p < 0.01);
}
END_TEST

TCase *unpaired_case(void)
{
    TCase *tcase = tcase_create("unpaired");
    tcase_add_test(tcase, means_match_t_test);
    tcase_add_test(tcase, samples_without_variance_are_not_tested);
    tcase_add_test(tcase, two_proportions_match_prop_test);
    tcase_add_test(tcase, mann_whitney_matches_wilcox_test);
    tcase_add_test(tcase, mann_whitney_with_ties_matches_r_and_enumeration);
    tcase_add_test(tcase, mann_whitney_says_why_it_is_undefined);
    tcase_add_test(tcase, smirnov_matches_ks_test);
    tcase_add_test(tcase, kolmogorovs_limit_matches_scipy);
    tcase_add_test(tcase, smirnov_of_awkward_samples);
    tcase_add_test(tcase, contingency_matches_chisq_test);
    tcase_add_test(tcase, contingency_keeps_its_digits_in_large_tables);
    tcase_add_test(tcase, contingency_of_one_row_is_undefined);
    return tcase;
}
