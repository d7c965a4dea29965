#include "harness/stats/bootstrap_interval.h"

#include <math.h>
#include <string.h>

#include "tests/unit/suite.h"

TCase *bootstrap_interval_case(void);

/* Expected values: NumPy 1.24.2 quantile(method="weibull"), SciPy 1.10.1 norm and beta, put
 * together as the header defines, on these 1,999 replicates. */
enum { N = 1999 };
static const double estimate = 0.5, margin = 1.1, alpha = 0.05;

#define ck_near(got, want)                                                                         \
    ck_assert_msg(fabs((got) - (want)) <= 1e-11 * fabs(want), #got " is %.17g", (got))

static void fill(double *replicate, double *error)
{
    uint32_t state = 5;
    for (size_t i = 0; i < N; i++) {
        double u = (state = state * 69069 + 1) / 4294967296.0;
        double v = (state = state * 69069 + 1) / 4294967296.0;
        replicate[i] = u * u + 0.5 * v;
        error[i] = 0.5 + v;
    }
}

static struct mlt_bootstrap_result judge(enum mlt_bootstrap_kind kind)
{
    static double replicate[N], error[N];
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_bootstrap_basis basis = {kind, estimate, 0.04, 0.9, error};
    struct mlt_bootstrap_result out;
    fill(replicate, error);
    ck_ok(mlt_bootstrap_judge(&basis, replicate, N, alpha, margin, &out, &err));
    ck_assert_ptr_null(out.why);
    ck_assert(out.replicates == N && out.undefined == 0);
    return out;
}

START_TEST(percentile_takes_quantiles_of_the_replicates)
{
    struct mlt_bootstrap_result out = judge(MLT_BOOTSTRAP_PERCENTILE);
    ck_near(out.interval.lo, 0.12144507584144267);
    ck_near(out.interval.hi, 1.211764559600712);
    ck_near(out.p_at_least, 0.088);
    ck_near(out.p_at_most, 0.9125);
    ck_near(out.p_at_least_range.lo, 0.0680741662881144);
    ck_near(out.p_at_least_range.hi, 0.11017553324444063);
    ck_near(out.p_at_most_range.lo, 0.8898244667555596);
    ck_near(out.p_at_most_range.hi, 0.9319258337118858);
}
END_TEST

START_TEST(basic_reflects_them)
{
    struct mlt_bootstrap_result out = judge(MLT_BOOTSTRAP_BASIC);
    ck_near(out.interval.lo, -0.21176455960071205);
    ck_near(out.interval.hi, 0.8785549241585573);
    ck_near(out.p_at_least, 0.0005);
    ck_assert(out.p_at_most == 1 && out.p_at_least_range.lo == 0 && out.p_at_most_range.hi == 1);
    ck_near(out.p_at_least_range.hi, 0.003795132617689714);
}
END_TEST

START_TEST(studentised_scales_them)
{
    struct mlt_bootstrap_result out = judge(MLT_BOOTSTRAP_STUDENTISED);
    ck_near(out.interval.lo, -0.08744630909275786);
    ck_near(out.interval.hi, 1.0519274861702417);
    ck_near(out.p_at_least, 0.0395);
    ck_near(out.p_at_most, 0.961);
    ck_near(out.p_at_least_range.hi, 0.05533561476627578);
}
END_TEST

START_TEST(bca_corrects_level_and_p_value)
{
    struct mlt_bootstrap_result out = judge(MLT_BOOTSTRAP_BCA);
    ck_near(out.interval.lo, 0.12348171144289606);
    ck_near(out.interval.hi, 1.214614960774619);
    ck_near(out.p_at_least, 0.0841399348040679);
    ck_near(out.p_at_most, 0.9162935825161902);
    ck_near(out.p_at_least_range.lo, 0.0668008251997787);
    ck_near(out.p_at_least_range.hi, 0.10332809746306038);
    ck_near(out.p_at_most_range.lo, 0.8966719025369398);
    ck_near(out.p_at_most_range.hi, 0.9331991748002214);
}
END_TEST

START_TEST(interval_and_p_value_say_the_same)
{
    static double replicate[N], error[N];
    static const enum mlt_bootstrap_kind kinds[] = {MLT_BOOTSTRAP_PERCENTILE, MLT_BOOTSTRAP_BASIC,
                                                    MLT_BOOTSTRAP_BCA, MLT_BOOTSTRAP_STUDENTISED};
    struct mlt_err err = MLT_ERR_INIT;
    fill(replicate, error);
    for (int k = 0; k < 4; k++)
        for (double m = -0.5; m < 1.6; m += 0.0101) {
            struct mlt_bootstrap_basis basis = {kinds[k], estimate, 0.04, 0.9, error};
            struct mlt_bootstrap_result out;
            ck_ok(mlt_bootstrap_judge(&basis, replicate, N, alpha, m, &out, &err));
            /* One replicate is 1/2000; more than that apart they must agree. */
            if (fabs(out.p_at_least - alpha) > 0.001)
                ck_assert((out.interval.hi < m) == (out.p_at_least < alpha));
            if (fabs(out.p_at_most - alpha) > 0.001)
                ck_assert((out.interval.lo > m) == (out.p_at_most < alpha));
        }
}
END_TEST

static const char *why_of(const struct mlt_bootstrap_basis *basis, const double *replicate,
                          size_t n, double m)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_bootstrap_result out;
    ck_ok(mlt_bootstrap_judge(basis, replicate, n, alpha, m, &out, &err));
    if (out.why != NULL) {
        ck_assert(isnan(out.interval.lo) && isnan(out.interval.hi));
        ck_assert(isnan(out.p_at_least) && isnan(out.p_at_most));
        ck_assert(isnan(out.p_at_least_range.hi) && isnan(out.p_at_most_range.hi));
    }
    return out.why != NULL ? out.why : "";
}

START_TEST(weak_replicates_conclude_nothing)
{
    static double replicate[N], error[N];
    struct mlt_bootstrap_basis plain = {MLT_BOOTSTRAP_PERCENTILE, estimate, NAN, NAN, NULL};
    struct mlt_bootstrap_basis bca = plain, off = plain, studentised = plain;
    bca.kind = MLT_BOOTSTRAP_BCA;
    off.estimate = NAN;
    studentised.kind = MLT_BOOTSTRAP_STUDENTISED;
    studentised.replicate_error = error;
    fill(replicate, error);
    ck_assert_str_eq(why_of(&plain, replicate, 0, 1), "there are no replicates");
    ck_assert_str_eq(why_of(&plain, replicate, 18, 1),
                     "there are too few replicates for this level");
    ck_assert_str_eq(why_of(&plain, replicate, 19, 1), "");
    ck_assert_str_eq(why_of(&plain, replicate, N, NAN), "the margin is undefined");
    ck_assert_str_eq(why_of(&off, replicate, N, 1), "the estimate is undefined");
    ck_assert_str_eq(why_of(&bca, replicate, N, 1), "BCa has no acceleration");
    bca.acceleration = 0.9;
    ck_assert_str_eq(why_of(&bca, replicate, N, 1), "the BCa correction diverges");
    bca.acceleration = 0;
    bca.estimate = -1;
    ck_assert_str_eq(why_of(&bca, replicate, N, 1),
                     "all replicates lie on one side of the estimate");
    error[3] = 0;
    studentised.standard_error = 1;
    ck_assert_str_eq(why_of(&studentised, replicate, N, 1), "");
    studentised.standard_error = NAN;
    ck_assert_str_eq(why_of(&studentised, replicate, N, 1),
                     "more than 5 % of the replicates are undefined");
    for (size_t i = 0; i < N / 20; i++)
        replicate[20 * i] = NAN;
    ck_assert_str_eq(why_of(&plain, replicate, N, 1), "");
    replicate[1] = NAN;
    ck_assert_str_eq(why_of(&plain, replicate, N, 1),
                     "more than 5 % of the replicates are undefined");
    replicate[1] = INFINITY;
    ck_assert_str_eq(why_of(&plain, replicate, N, 1), "a replicate is infinite");
    for (size_t i = 0; i < N; i++)
        replicate[i] = 0.25;
    ck_assert_str_eq(why_of(&plain, replicate, N, 1), "the replicates do not vary");
}
END_TEST

START_TEST(undefined_replicates_are_counted_and_left_out)
{
    struct mlt_err err = MLT_ERR_INIT;
    double replicate[100];
    struct mlt_bootstrap_basis basis = {.kind = MLT_BOOTSTRAP_PERCENTILE, .estimate = 50};
    struct mlt_bootstrap_result out;
    for (int i = 0; i < 100; i++)
        replicate[i] = i < 99 ? i + 1 : NAN;
    ck_ok(mlt_bootstrap_judge(&basis, replicate, 100, 0.05, 100, &out, &err));
    ck_assert(out.replicates == 100 && out.undefined == 1 && out.why == NULL);
    ck_assert(out.interval.lo == 5 && out.interval.hi == 95); /* positions 0.05 x 100, 0.95 x 100 */
    ck_assert(out.p_at_least == 1 - 99.0 / 100 && out.p_at_most == 1);
    ck_fails(mlt_bootstrap_judge(&basis, replicate, 100, 0.5, 1, &out, &err), MLT_ERR_USAGE,
             "alpha");
    ck_fails(mlt_bootstrap_judge(&basis, replicate, 100, NAN, 1, &out, &err), MLT_ERR_USAGE,
             "alpha");
    basis.kind = MLT_BOOTSTRAP_STUDENTISED;
    ck_fails(mlt_bootstrap_judge(&basis, replicate, 100, 0.05, 1, &out, &err), MLT_ERR_USAGE,
             "standard errors");
}
END_TEST

START_TEST(acceleration_is_the_skewness_of_the_jackknife)
{
    /* scipy.stats.bootstrap's own formula on the leave-one-out means of these eight values. */
    static const double x[] = {1, 4, 2, 8, 5, 7.5, 3, 20};
    double left_out[8], influence[8], huge[8], sum = 0;
    for (int i = 0; i < 8; i++)
        sum += x[i];
    for (int i = 0; i < 8; i++) {
        left_out[i] = (sum - x[i]) / 7;
        influence[i] = x[i] - sum / 8;
        huge[i] = influence[i] * 1e200;
    }
    ck_near(mlt_bootstrap_acceleration_jackknife(left_out, 8), 0.09291247331826126);
    ck_near(mlt_bootstrap_acceleration(influence, 8), 0.09291247331826126);
    ck_near(mlt_bootstrap_acceleration(huge, 8), 0.09291247331826126);
    const double none[] = {0, 0}, bad[] = {1, NAN};
    ck_assert(isnan(mlt_bootstrap_acceleration(none, 2)));
    ck_assert(isnan(mlt_bootstrap_acceleration(bad, 2)));
    ck_assert(isnan(mlt_bootstrap_acceleration(none, 0)));
}
END_TEST

TCase *bootstrap_interval_case(void)
{
    TCase *tcase = tcase_create("bootstrap_interval");
    tcase_add_test(tcase, percentile_takes_quantiles_of_the_replicates);
    tcase_add_test(tcase, basic_reflects_them);
    tcase_add_test(tcase, studentised_scales_them);
    tcase_add_test(tcase, bca_corrects_level_and_p_value);
    tcase_add_test(tcase, interval_and_p_value_say_the_same);
    tcase_add_test(tcase, weak_replicates_conclude_nothing);
    tcase_add_test(tcase, undefined_replicates_are_counted_and_left_out);
    tcase_add_test(tcase, acceleration_is_the_skewness_of_the_jackknife);
    return tcase;
}
