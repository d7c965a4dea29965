#include <math.h>

#include "harness/experiment/sample_size.h"
#include "tests/unit/experiment/log.h"

TCase *sample_size_case(void);

static struct mlt_arena arena;
static struct mlt_err err;

static void setup(void)
{
    arena = (struct mlt_arena)MLT_ARENA_INIT;
    err = (struct mlt_err)MLT_ERR_INIT;
    unit_folder_setup();
}

static void teardown(void)
{
    mlt_arena_free(&arena);
    unit_folder_teardown();
}

static const struct mlt_sample_question mean = {.baseline = 10,
                                                .deviation = 20,
                                                .alpha = 0.05,
                                                .power = 0.8,
                                                .control = 0.5,
                                                .treatment = 0.5,
                                                .factor = 1};
static const struct mlt_sample_question share = {.is_share = true,
                                                 .baseline = 0.1,
                                                 .alpha = 0.05,
                                                 .power = 0.8,
                                                 .control = 0.5,
                                                 .treatment = 0.5,
                                                 .factor = 1};

START_TEST(means_need_what_r_says)
{
    /* R 4.2.2: power.t.test(delta=, sd=, power=.8, sig.level=.05, alternative="one.sided")$n, 2
     * arms, each rounded up; two-sided: alpha 0.025 in one tail */
    struct mlt_sample_question q = mean;
    ck_assert_double_eq(mlt_sample_units(&q, 0.2), 2 * 123652); /* 123651.821 */
    ck_assert_double_eq(mlt_sample_units(&q, -0.2), 2 * 123652);
    q.deviation = 80;
    q.margin = 1.2;
    ck_assert_double_eq(mlt_sample_units(&q, 0), 2 * 54957); /* 54956.7407 */
    q = mean;
    q.deviation = 1;
    q.alpha = 0.025;
    ck_assert_double_eq(mlt_sample_units(&q, 0.5), 2 * 64); /* 63.76576371 */
    /* power.t.test(n=25000, sd=20, power=.8, sig.level=.05, alternative="one.sided",
     * tol=1e-13)$delta */
    ck_assert_double_eq_tol(mlt_sample_detectable(&mean, false, 50000), 0.44480016241254, 1e-11);
    ck_assert_double_eq_tol(mlt_sample_detectable(&mean, true, 50000), 0.44480016241254, 1e-11);
}
END_TEST

START_TEST(shares_need_what_the_normal_approximation_says)
{
    /* SciPy 1.10.1: z = norm.ppf(.95) + norm.ppf(.8); z**2 (p (1-p) + .09) / (p - .1)**2 */
    ck_assert_double_eq(mlt_sample_units(&share, 0.002), 2 * 280682); /* 280681.91577646876 */
    ck_assert_double_eq(mlt_sample_units(&share, 0.005), 2 * 45498);  /* 45497.43867043363 */
    ck_assert_double_eq(mlt_sample_units(&share, -0.005), 2 * 43520); /* 43519.02035618705 */
    double least = mlt_sample_detectable(&share, false, 2 * 45498);
    ck_assert_double_eq_tol(least, 0.005, 1e-7);
    ck_assert(mlt_sample_power(&share, least, 2 * 45498) >= 0.8);
    ck_assert(mlt_sample_power(&share, least * 0.999, 2 * 45498) < 0.8);
}
END_TEST

START_TEST(cuped_saves_and_unequal_arms_cost)
{
    struct mlt_sample_question q = mean;
    double whole = mlt_sample_units(&q, 0.2);
    q.factor = 1 - 0.36;
    ck_assert_double_eq_tol(mlt_sample_units(&q, 0.2) / whole, 0.64, 1e-4);
    q.factor = 1;
    q.control = 0.8;
    q.treatment = 0.2;
    /* (1 / 0.8 + 1 / 0.2) / 4 */
    ck_assert_double_eq_tol(mlt_sample_units(&q, 0.2) / whole, 1.5625, 1e-4);
    ck_assert_double_eq_tol(mlt_sample_units(&q, -0.2) / whole, 1.5625, 1e-4);
}
END_TEST

START_TEST(what_cannot_be_shown_needs_no_number)
{
    struct mlt_sample_question q = share;
    ck_assert(isinf(mlt_sample_units(&q, 0)) || isnan(mlt_sample_units(&q, 0)));
    ck_assert(isnan(mlt_sample_units(&q, 0.95)));
    q.margin = 0.01;
    ck_assert(isinf(mlt_sample_units(&q, -0.02)));
    q = mean;
    q.deviation = 0;
    ck_assert(isnan(mlt_sample_units(&q, 1)));
    ck_assert(isnan(mlt_sample_detectable(&share, true, 4)));
}
END_TEST

START_TEST(the_baseline_comes_from_a_log)
{
    static const char *const metrics[] = {"spend=mean(spent) cuped(pre)", NULL};
    static const char *const shares[] = {"buys=proportion(buy)", NULL};
    struct mlt_experiment e = log_experiment(small_log, 2, metrics, &arena);
    struct mlt_sample_baseline from;
    ck_ok(mlt_sample_baseline_read(&e, &from, &err));
    ck_assert_uint_eq(from.units, 60);
    /* NumPy 1.24.2 on all 60 units: mean, std(ddof=1), corrcoef(spent, pre)**2 */
    ck_assert_double_eq_tol(from.estimate, 23.869666666666664, 1e-12);
    ck_assert_double_eq_tol(from.deviation, 15.263565565925633, 1e-12);
    ck_assert_double_eq_tol(from.rho2, 0.087913836916793262, 1e-12);
    e = log_experiment(small_log, 2, shares, &arena);
    ck_ok(mlt_sample_baseline_read(&e, &from, &err));
    ck_assert_double_eq(from.estimate, 33.0 / 60);
    ck_assert_double_eq(from.rho2, 0);
    e = log_experiment("unit,arm,buy\na,A,1\nb,A,1\n", 2, shares, &arena);
    ck_ok(mlt_sample_baseline_read(&e, &from, &err));
    static const char *const constant[] = {"m=mean(buy)", NULL};
    e = log_experiment("unit,arm,buy\na,A,1\nb,A,1\n", 2, constant, &arena);
    ck_fails(mlt_sample_baseline_read(&e, &from, &err), MLT_ERR_EVIDENCE,
             "the same for every unit");
    e = log_experiment("unit,arm,buy\na,A,1\n", 2, constant, &arena);
    ck_fails(mlt_sample_baseline_read(&e, &from, &err), MLT_ERR_EVIDENCE, "one unit only");
}
END_TEST

TCase *sample_size_case(void)
{
    TCase *tcase = tcase_create("sample size");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, means_need_what_r_says);
    tcase_add_test(tcase, shares_need_what_the_normal_approximation_says);
    tcase_add_test(tcase, cuped_saves_and_unequal_arms_cost);
    tcase_add_test(tcase, what_cannot_be_shown_needs_no_number);
    tcase_add_test(tcase, the_baseline_comes_from_a_log);
    return tcase;
}
