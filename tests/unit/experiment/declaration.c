#include <string.h>

#include "harness/experiment/requirements.h"
#include "tests/unit/experiment/log.h"

TCase *declaration_case(void);

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

START_TEST(metrics_are_read_as_they_are_written)
{
    struct mlt_experiment_metric m;
    ck_ok(mlt_experiment_metric_parse("conversion=proportion(converted)", &arena, &m, &err));
    ck_assert_str_eq(m.name, "conversion");
    ck_assert_int_eq(m.kind, MLT_EXPERIMENT_PROPORTION);
    ck_assert_str_eq(m.value, "converted");
    ck_assert_ptr_null(m.covariate);
    ck_assert_int_eq(m.direction, MLT_HIGHER_IS_BETTER);
    ck_assert(!m.direction_declared);
    ck_ok(mlt_experiment_metric_parse(" wait = mean( wait ms )  lower cuped(pre wait) ", &arena, &m,
                                      &err));
    ck_assert_str_eq(m.value, "wait ms");
    ck_assert_str_eq(m.covariate, "pre wait");
    ck_assert_int_eq(m.direction, MLT_LOWER_IS_BETTER);
    ck_assert(m.direction_declared);
    ck_ok(mlt_experiment_metric_parse("ctr=ratio(clicks / views) higher", &arena, &m, &err));
    ck_assert_int_eq(m.kind, MLT_EXPERIMENT_RATIO);
    ck_assert_str_eq(m.value, "clicks");
    ck_assert_str_eq(m.denominator, "views");
}
END_TEST

START_TEST(a_metric_with_a_mistake_says_where)
{
    static const struct {
        const char *text, *phrase;
    } bad[] = {
        {"", "column 1: expected NAME"},
        {"revenue", "column 8: expected \"=\""},
        {"revenue=men(x)", "did you mean \"mean\"?"},
        {"revenue=mean x", "column 14: expected \"(\""},
        {"revenue=mean()", "column 14: expected the name of a column"},
        {"revenue=mean(x", "expected \")\""},
        {"ctr=ratio(clicks)", "the column of the denominator"},
        {"ctr=ratio(clicks/)", "the column of the denominator"},
        {"r=mean(x) cupd(y)", "did you mean \"cuped\"?"},
        {"r=mean(x) cuped", "the column of the covariate"},
        {"r=mean(x) lower higher", "column 17"},
        {"r=mean(x) cuped(y) cuped(z)", "column 20"},
        {"r=mean(x) !", "column 11"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct mlt_experiment_metric m;
        ck_fails(mlt_experiment_metric_parse(bad[i].text, &arena, &m, &err), MLT_ERR_USAGE,
                 bad[i].phrase);
    }
}
END_TEST

START_TEST(names_that_sound_of_harm_are_noticed)
{
    ck_assert(mlt_experiment_metric_may_be_lower("latency"));
    ck_assert(mlt_experiment_metric_may_be_lower("page_latency_ms"));
    ck_assert(mlt_experiment_metric_may_be_lower("Error_rate"));
    ck_assert(mlt_experiment_metric_may_be_lower("bounces"));
    ck_assert(!mlt_experiment_metric_may_be_lower("conversion"));
    ck_assert(!mlt_experiment_metric_may_be_lower("items"));
    ck_assert(!mlt_experiment_metric_may_be_lower("ctr"));
}
END_TEST

START_TEST(shares_are_read_for_every_arm)
{
    const double *share;
    ck_ok(mlt_experiment_allocation_parse("50:50", 2, &arena, &share, &err));
    ck_assert(share[0] == 50 && share[1] == 50);
    ck_ok(mlt_experiment_allocation_parse("0.8/0.1/0.1", 3, &arena, &share, &err));
    ck_assert(share[2] == 0.1);
    static const char *const bad[] = {"", "50", "50:", "50:50:50", "50:0", "50:-1", "a:b", "nan:1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_fails(mlt_experiment_allocation_parse(bad[i], 2, &arena, &share, &err), MLT_ERR_USAGE,
                 "allocation");
}
END_TEST

START_TEST(what_compares_nothing_is_refused)
{
    static const char *const one[] = {"a=mean(spent)", NULL};
    static const char *const twice[] = {"a=mean(spent)", "a=mean(buy)", NULL};
    static const char *const none[] = {NULL};
    static const char *const same[] = {"A", "A"};
    struct mlt_experiment e = log_experiment(small_log, 1, one, &arena);
    ck_fails(mlt_experiment_check(&e, &err), MLT_ERR_USAGE, "a control and 1 to 19 treatments");
    e = log_experiment(small_log, 2, none, &arena);
    ck_fails(mlt_experiment_check(&e, &err), MLT_ERR_USAGE, "nothing to measure");
    e = log_experiment(small_log, 2, twice, &arena);
    ck_fails(mlt_experiment_check(&e, &err), MLT_ERR_USAGE, "\"a\" is given twice");
    e = log_experiment(small_log, 2, one, &arena);
    e.arm = same;
    ck_fails(mlt_experiment_check(&e, &err), MLT_ERR_USAGE, "named as an arm twice");
    e = log_experiment(small_log, 2, one, &arena);
    e.variant = e.unit;
    ck_fails(mlt_experiment_check(&e, &err), MLT_ERR_USAGE, "the same column");
}
END_TEST

static const char *const *requirements(const struct mlt_experiment *e, const char *text, size_t *n)
{
    const char *const *out;
    ck_ok(mlt_experiment_requirements(e, &text, 1, &arena, &out, n, &err));
    return out;
}

START_TEST(sentences_hold_for_every_treatment)
{
    static const char *const metrics[] = {"spend=mean(spent)", "wait=mean(spent)",
                                          "delay=mean(spent) lower", NULL};
    struct mlt_experiment e = log_experiment(small_log, 2, metrics, &arena);
    size_t n = 0;
    const char *const *out = requirements(&e, "spend no worse than baseline", &n);
    ck_assert_uint_eq(n, 1);
    ck_assert_str_eq(out[0], "spend no worse than baseline");
    e.arms = 3;
    out = requirements(&e, "spend no worse than baseline", &n);
    ck_assert_uint_eq(n, 2);
    ck_assert_str_eq(out[0], "spend for \"arm\" == \"B\" no worse than baseline");
    ck_assert_str_eq(out[1], "spend for \"arm\" == \"C\" no worse than baseline");
    out = requirements(&e, "spend>=3", &n);
    ck_assert_str_eq(out[1], "spend for \"arm\" == \"C\" >=3");
    requirements(&e, "spend for arm == C no worse than baseline", &n);
    ck_assert_uint_eq(n, 1);
    requirements(&e, "delay within 5% of baseline", &n);
    ck_assert_uint_eq(n, 2);
}
END_TEST

START_TEST(sentences_that_cannot_be_judged_are_refused_before_any_reading)
{
    static const char *const metrics[] = {"spend=mean(spent)", "wait=mean(spent)", NULL};
    static const struct {
        size_t arms;
        const char *text, *phrase;
    } bad[] = {
        {2, "spend witin 5% of baseline", "did you mean"},
        {2, "spent <= 3", "did you mean \"spend\""},
        {2, "wait within 5% of baseline", "write \"wait=mean(spent) lower\""},
        {2, "spend by arm no worse than baseline", "no slices"},
        {2, "spend for arm == B no worse than baseline", "no slices"},
        {3, "spend for country == B no worse than baseline", "no slices"},
        {3, "spend for arm == D no worse than baseline", "\"D\" is not a treatment"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct mlt_experiment e = log_experiment(small_log, bad[i].arms, metrics, &arena);
        const char *const *out;
        size_t n;
        ck_fails(mlt_experiment_requirements(&e, &bad[i].text, 1, &arena, &out, &n, &err),
                 MLT_ERR_USAGE, bad[i].phrase);
    }
}
END_TEST

TCase *declaration_case(void)
{
    TCase *tcase = tcase_create("declaration");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, metrics_are_read_as_they_are_written);
    tcase_add_test(tcase, a_metric_with_a_mistake_says_where);
    tcase_add_test(tcase, names_that_sound_of_harm_are_noticed);
    tcase_add_test(tcase, shares_are_read_for_every_arm);
    tcase_add_test(tcase, what_compares_nothing_is_refused);
    tcase_add_test(tcase, sentences_hold_for_every_treatment);
    tcase_add_test(tcase, sentences_that_cannot_be_judged_are_refused_before_any_reading);
    return tcase;
}
