/* References: SciPy 1.10.1 and NumPy 1.24.2 on small_log, with u one row per unit (pandas, groupby
 * unit: arm first, buy max, spent, clicks c and views v sum, x = pre first), A and B its arms:
 *   mean   scipy.stats.ttest_ind(B.spent, A.spent, equal_var=False)
 *   third  ((y - y.mean())**3).sum() / len(y)**3
 *   ratio  R = c.sum() / v.sum(); z = (c - R v) / v.mean(); z.var(ddof=1) / len(z)
 *   CUPED  yc, xc: y and x less the mean of their arm; theta = yc @ xc / (xc @ xc);
 *          rho2 = (yc @ xc)**2 / (xc @ xc) / (yc @ yc); e = y - theta x; e.var(ddof=1) / len(e);
 *          estimate y.mean() - theta (x.mean() - u.x.mean()); y = z + R for the ratio
 *   lift   R 4.2.2: the roots r of |t - r c| = qt(.95, df) sqrt(vt + r^2 vc) */
#include <math.h>
#include <string.h>

#include "harness/base/rng.h"
#include "tests/unit/experiment/log.h"

TCase *analysis_case(void);

static struct mlt_arena arena;
static struct mlt_err err;
static const char *const all[] = {"spend=mean(spent)",
                                  "share=proportion(buy)",
                                  "adjusted=mean(spent) cuped(pre)",
                                  "ctr=ratio(clicks/views)",
                                  "ctr2=ratio(clicks/views) cuped(pre) lower",
                                  NULL};

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

static struct mlt_experiment_result analyze(const struct mlt_experiment *e)
{
    struct mlt_experiment_result result;
    ck_ok(mlt_experiment_analyze(e, "ab/test", 0.05, &arena, &result, &err));
    return result;
}

static struct mlt_experiment_result small(void)
{
    struct mlt_experiment *e = mlt_arena_alloc(&arena, sizeof *e);
    *e = log_experiment(small_log, 2, all, &arena);
    return analyze(e);
}

static void near_to(const char *what, double value, double expected)
{
    ck_assert_msg(fabs(value - expected) <= 1e-12 * fabs(expected), "%s: %.17g is not %.17g", what,
                  value, expected);
}

START_TEST(means_match_scipy)
{
    struct mlt_experiment_result r = small();
    const struct mlt_experiment_effect *e = &r.effect[0];
    ck_assert_uint_eq(r.rows, 133);
    ck_assert_uint_eq(r.units, 60);
    near_to("control", e->m.baseline, 23.262999999999995);
    near_to("treatment", e->m.candidate, 24.476333333333336);
    near_to("p", e->p, 0.76108145220583168);
    near_to("df", e->m.df, 57.999249954676536);
    near_to("se", e->se, 3.9716707921510883);
    near_to("third", e->m.third[0], 2.4265227599460042);
    near_to("third", e->m.third[3], 1.4697577032488929);
    /* R 4.2.2: t.test(spent ~ arm, conf.level = 0.9) on the same units, A - B: 7.8521920110320069
     * and -5.4255253443653366. Hall's g(t) = t + a t^2 + a^2 t^3 / 3 + k / 6, a = k / 3, k =
     * (third(B) - third(A)) / se^3, inverted at -qt(.95, df) by scipy.optimize.brentq, is wider
     * above. */
    ck_assert_double_eq_tol(e->skewness, 0.0152716364278402, 1e-12);
    ck_assert_double_eq_tol(e->hi, 7.91978278073091, 1e-11);
    near_to("lo", e->lo, -5.4255253443653366);
    near_to("covariance", e->m.covariance + 1, 1);
    ck_assert_uint_eq(e->m.rows, 60);
    ck_assert_uint_eq(e->m.differing, 60);
    ck_assert_str_eq(e->m.case_id, "ab/test");
    ck_assert_ptr_null(e->m.slice_column);
    ck_assert_ptr_null(e->m.invalid);
}
END_TEST

START_TEST(lifts_have_fiellers_interval)
{
    struct mlt_experiment_result r = small();
    near_to("lift", r.effect[0].lift, 24.476333333333336 / 23.262999999999995 - 1);
    /* qt(.95, df) */
    struct mlt_lift lift = mlt_lift_of(&r.effect[0].m, 1.671553113319096, 1.671553113319096);
    ck_assert_double_eq_tol(lift.lo, -0.20566062813699670, 1e-12);
    ck_assert_double_eq_tol(lift.hi, 0.39896902056384054, 1e-12);
    /* The ends of the difference decide how far: 0 is left out by both intervals or by none. */
    ck_assert_double_eq_tol(r.effect[0].lift_lo, lift.lo, 1e-12);
    ck_assert(r.effect[0].lift_hi > lift.hi);
}
END_TEST

START_TEST(shares_have_a_careful_variance)
{
    struct mlt_experiment_result r = small();
    const struct mlt_experiment_effect *e = &r.effect[1];
    ck_assert(e->m.baseline == 15.0 / 30);
    ck_assert(e->m.candidate == 18.0 / 30);
    ck_assert_str_eq(e->m.unit, "share");
    /* s^2 / n with the divisor n - 1, larger here than Agresti & Caffo's */
    near_to("variance", e->m.var_candidate, 0.6 * 0.4 / 29);
    /* R 4.2.2: prop.test(c(18, 15), c(30, 30), correct = FALSE, conf.level = 0.9): the same but for
     * pooling (p), for the divisor n and for normal quantiles (interval) */
    ck_assert_double_eq_tol(e->p, 0.436274928840529, 0.015);
    ck_assert_double_eq_tol(e->lo, -0.110215468230952, 0.011);
    ck_assert_double_eq_tol(e->hi, 0.310215468230952, 0.011);
}
END_TEST

START_TEST(ratios_have_the_variance_of_the_delta_method)
{
    struct mlt_experiment_result r = small();
    near_to("control", r.effect[3].m.baseline, 0.55379746835443033);
    near_to("treatment", r.effect[3].m.candidate, 0.45928338762214982);
    near_to("variance", r.effect[3].m.var_baseline, 0.0023001260071524145);
    near_to("variance", r.effect[3].m.var_candidate, 0.0025310545458776747);
    ck_assert(isnan(r.effect[3].theta));
}
END_TEST

START_TEST(cuped_matches_numpy)
{
    static const struct {
        double theta, rho2, control, treatment, se, saved, shared;
    } known[] = {
        {0.38843333937429708, 0.086953487128067261, 23.528429448572432, 24.210903884760899,
         3.7950691548977611, 0.086953487128067053, 0.34290474769241219},
        {0.0098514628174235647, 0.18262013905266805, 0.56052930127966982, 0.45255155469691039,
         0.06284035079984189, 0.18262013905266783, 0.00022056771609572513},
    };
    struct mlt_experiment_result r = small();
    for (int i = 0; i < 2; i++) {
        const struct mlt_experiment_effect *e = &r.effect[i == 0 ? 2 : 4];
        near_to("theta", e->theta, known[i].theta);
        near_to("rho2", e->rho2, known[i].rho2);
        near_to("control", e->m.baseline, known[i].control);
        near_to("treatment", e->m.candidate, known[i].treatment);
        near_to("se", e->se, known[i].se);
        near_to("saved", e->saved, known[i].saved);
        near_to("shared", e->m.covariance, known[i].shared);
        near_to("balance", e->balance_p, 0.652044228801125);
        /* The judge's own standard error is that of the difference. */
        near_to("judged", sqrt(e->m.var_candidate + e->m.var_baseline - 2 * e->m.covariance),
                known[i].se);
    }
    near_to("plain", r.effect[2].plain_control, 23.262999999999995);
    ck_assert_int_eq(r.effect[4].m.direction, MLT_LOWER_IS_BETTER);
}
END_TEST

/* The rows of a log in another order. */
static char *shuffled(const char *text, uint64_t seed)
{
    enum { MOST = 400 };
    char *copy = mlt_arena_strdup(&arena, text), *row[MOST];
    char *out = mlt_arena_alloc(&arena, strlen(text) + 1);
    size_t rows = 0;
    struct mlt_rng rng;
    mlt_rng_seed(&rng, seed);
    for (char *at = strtok(copy, "\n"); at != NULL; at = strtok(NULL, "\n"))
        row[rows++] = at;
    for (size_t i = rows - 1; i > 1; i--) {
        size_t j = 1 + mlt_rng_below(&rng, i);
        char *swap = row[i];
        row[i] = row[j];
        row[j] = swap;
    }
    for (size_t i = 0; i < rows; i++) {
        strcat(out, row[i]);
        strcat(out, "\n");
    }
    return out;
}

static bool same(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0 || (isnan(a) && isnan(b));
}

START_TEST(the_order_of_events_does_not_show_in_any_bit)
{
    struct mlt_experiment_result r = small();
    for (uint64_t seed = 1; seed <= 10; seed++) {
        struct mlt_experiment e = log_experiment(shuffled(small_log, seed), 2, all, &arena);
        struct mlt_experiment_result other = analyze(&e);
        for (size_t i = 0; i < r.effects; i++) {
            const struct mlt_measurement *a = &r.effect[i].m, *b = &other.effect[i].m;
            ck_assert(same(a->candidate, b->candidate) && same(a->baseline, b->baseline));
            ck_assert(same(a->var_candidate, b->var_candidate));
            ck_assert(same(a->var_baseline, b->var_baseline));
            ck_assert(same(a->covariance, b->covariance) && same(a->df, b->df));
            ck_assert(same(a->third[0], b->third[0]) && same(a->third[3], b->third[3]));
            ck_assert(same(r.effect[i].p, other.effect[i].p));
        }
    }
}
END_TEST

START_TEST(exchanging_the_arms_mirrors_everything)
{
    static const char *const exchanged[] = {"B", "A"};
    struct mlt_experiment_result r = small();
    struct mlt_experiment e = log_experiment(small_log, 2, all, &arena);
    e.arm = exchanged;
    struct mlt_experiment_result other = analyze(&e);
    for (size_t i = 0; i < r.effects; i++) {
        const struct mlt_measurement *a = &r.effect[i].m, *b = &other.effect[i].m;
        ck_assert(same(a->candidate, b->baseline) && same(a->baseline, b->candidate));
        ck_assert(same(a->var_candidate, b->var_baseline));
        ck_assert(same(a->covariance, b->covariance) && same(a->df, b->df));
        ck_assert(same(r.effect[i].p, other.effect[i].p));
        ck_assert(same(r.effect[i].lo, -other.effect[i].hi));
    }
}
END_TEST

START_TEST(one_row_per_unit_is_the_same_as_its_events)
{
    static const char *const metrics[] = {"m=mean(y)", "r=ratio(y/d)", NULL};
    static const char *const events =
        "unit,arm,y,d\na,A,1,1\na,A,2,3\nb,A,5,2\nc,B,4,4\nc,B,1,1\nd,"
        "B,9,3\ne,A,2,2\nf,B,3,3\n";
    static const char *const units =
        "unit,arm,y,d\na,A,3,4\nb,A,5,2\nc,B,5,5\nd,B,9,3\ne,A,2,2\nf,B,3,3\n";
    struct mlt_experiment e = log_experiment(events, 2, metrics, &arena);
    struct mlt_experiment_result by_event = analyze(&e);
    e = log_experiment(units, 2, metrics, &arena);
    struct mlt_experiment_result by_unit = analyze(&e);
    for (int i = 0; i < 2; i++) {
        ck_assert(same(by_event.effect[i].m.candidate, by_unit.effect[i].m.candidate));
        ck_assert(same(by_event.effect[i].m.var_baseline, by_unit.effect[i].m.var_baseline));
    }
}
END_TEST

START_TEST(several_treatments_are_slices_of_one_case)
{
    static const char *const metrics[] = {"m=mean(y)", NULL};
    static const char *const text = "unit,arm,y\na,A,1\nb,B,2\nc,C,3\nd,A,2\ne,B,4\nf,C,5\n";
    struct mlt_experiment e = log_experiment(text, 3, metrics, &arena);
    struct mlt_experiment_result r = analyze(&e);
    ck_assert_uint_eq(r.effects, 2);
    ck_assert_str_eq(r.effect[0].m.slice_column, "arm");
    ck_assert_str_eq(r.effect[0].m.slice_value, "B");
    ck_assert_str_eq(r.effect[1].m.slice_value, "C");
    ck_assert_double_eq(r.effect[1].m.candidate, 4);
    ck_assert_double_eq(r.effect[1].m.baseline, 1.5);
    ck_assert_double_eq(r.allocation.df, 2);
}
END_TEST

TCase *analysis_case(void)
{
    TCase *tcase = tcase_create("analysis");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, means_match_scipy);
    tcase_add_test(tcase, lifts_have_fiellers_interval);
    tcase_add_test(tcase, shares_have_a_careful_variance);
    tcase_add_test(tcase, ratios_have_the_variance_of_the_delta_method);
    tcase_add_test(tcase, cuped_matches_numpy);
    tcase_add_test(tcase, the_order_of_events_does_not_show_in_any_bit);
    tcase_add_test(tcase, exchanging_the_arms_mirrors_everything);
    tcase_add_test(tcase, one_row_per_unit_is_the_same_as_its_events);
    tcase_add_test(tcase, several_treatments_are_slices_of_one_case);
    return tcase;
}
