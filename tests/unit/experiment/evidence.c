/* What must never look like evidence: every case either is an error, or a measurement that the
 * judge cannot let pass. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/criteria/judge.h"
#include "tests/unit/experiment/log.h"

TCase *evidence_case(void);

static struct mlt_arena arena;
static struct mlt_err err;
static const char *const mean[] = {"m=mean(y)", NULL};
static const char *const ratio[] = {"m=ratio(y/z)", NULL};
static const char *const cuped[] = {"m=mean(y) cuped(x)", NULL};
static const char *const share[] = {"m=proportion(y)", NULL};

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

static void refused(const char *text, const char *const *metrics, const char *phrase)
{
    struct mlt_experiment e = log_experiment(text, 2, metrics, &arena);
    struct mlt_experiment_result result;
    ck_fails(mlt_experiment_analyze(&e, "ab/test", 0.05, &arena, &result, &err), MLT_ERR_EVIDENCE,
             phrase);
}

/* The verdict of a sentence that every healthy experiment with these data would pass. */
static struct mlt_finding judge(const struct mlt_experiment_result *r, const char *text)
{
    struct mlt_sentence sentence;
    struct mlt_judge_defaults defaults = {.alpha = 0.05};
    struct mlt_findings findings = {NULL, 0, 0};
    ck_ok(mlt_sentence_parse(text, &arena, &sentence, &err));
    ck_ok(mlt_judge_sentence(&sentence, "ab/test", &r->effect[0].m, 1, &defaults, &arena, &findings,
                             &err));
    ck_assert_uint_eq(findings.count, 1);
    return findings.items[0];
}

static void never_passes(const struct mlt_experiment_result *r, enum mlt_verdict verdict,
                         const char *phrase)
{
    static const char *const sentences[] = {"m no worse than baseline", "m within 90% of baseline",
                                            "m within 1000 of baseline", "m >= -1000"};
    for (int i = 0; i < 4; i++) {
        struct mlt_finding f = judge(r, sentences[i]);
        ck_assert_msg(f.verdict == verdict, "%s: %s: %s", sentences[i], mlt_verdict_name(f.verdict),
                      f.reason);
        ck_assert_msg(strstr(f.reason, phrase) != NULL, "'%s' is not in '%s'", phrase, f.reason);
    }
}

/* `a` and `b` units with value 0, 1, 2, 0, 1, 2, … */
static char *made(int a, int b)
{
    char *text = mlt_arena_alloc(&arena, (size_t)(a + b) * 24 + 64);
    size_t at = (size_t)sprintf(text, "unit,arm,y,d,x\n");
    for (int i = 0; i < a + b; i++)
        at += (size_t)sprintf(text + at, "u%d,%c,%d,%d,%d\n", i, i < a ? 'A' : 'B', i % 3,
                              1 + i % 2, i % 5);
    return text;
}

START_TEST(events_that_are_no_evidence_are_told_with_their_place)
{
    refused("unit,arm,y\n", mean, "has a header and no rows");
    refused("unit,arm,z\na,A,1\n", mean, "no column \"y\"");
    refused("unit,arn,y\na,A,1\n", mean, "did you mean \"arn\"");
    refused("unit,arm,y\na,A,1\n,B,2\n", mean, ":3:1: an event without unit");
    refused("unit,arm,y\na,A,1\nb,,2\n", mean, ":3:3: an event without arm");
    refused("unit,arm,y\na,A,1\nb,C,2\n", mean, ":3:3: \"C\" is neither the control");
    refused("unit,arm,y\na,A,1\nb,B,\n", mean, ":3:5: y is missing");
    refused("unit,arm,y\na,A,1\nb,B,NA\n", mean, ":3:5: y is missing");
    refused("unit,arm,y\na,A,1\nb,B,NaN\n", mean, ":3:5: column \"y\": NaN is not a number");
    refused("unit,arm,y\na,A,1\nb,B,inf\n", mean, "inf is not a number");
    refused("unit,arm,y\na,A,1\nb,B,1e999\n", mean, ":3:5: column \"y\"");
    refused("unit,arm,y\na,A,1\nb,B,yes\n", share, "yes is not a number");
    refused("unit,arm,y\na,A,1.7e308\na,A,1.7e308\nb,B,1\n", mean, "beyond the range");
    refused("unit,arm,y,x\na,A,1,2\na,A,1,3\nb,B,1,1\n", cuped, ":3:7: x is 3, but 2 in another");
    refused("unit,arm,y,x\na,A,1,2\nb,B,1,\n", cuped, "unit \"b\" has no x in any event");
    refused(
        "unit,arm,y\na,A,1\nb,B,2\na,B,1\nb,A,2\n", mean,
        "2 of 2 units were seen in more than one arm, the first is \"a\", in \"A\" on line 2 and "
        "in \"B\" on line 4");
}
END_TEST

START_TEST(nan_does_not_count_as_a_missing_zero)
{
    struct mlt_experiment e = log_experiment("unit,arm,y\na,A,1\nb,B,NaN\n", 2, mean, &arena);
    struct mlt_experiment_result result;
    e.missing_is_zero = true;
    ck_fails(mlt_experiment_analyze(&e, "ab/test", 0.05, &arena, &result, &err), MLT_ERR_EVIDENCE,
             "NaN");
}
END_TEST

START_TEST(declared_exclusions_are_counted)
{
    struct mlt_experiment e = log_experiment(
        "unit,arm,y,x\na,A,1,1\nb,B,,\nc,A,3,2\nd,B,,4\nm,A,9,9\nm,B,9,9\n", 2, cuped, &arena);
    e.missing_is_zero = e.exclude_mixed = true;
    struct mlt_experiment_result r = analyze(&e);
    ck_assert_uint_eq(r.mixed, 1);
    ck_assert_uint_eq(r.units, 4);
    ck_assert_uint_eq(r.missing, 3);
    ck_assert_uint_eq(r.effect[0].m.excluded, 1);
    ck_assert_double_eq(r.effect[0].plain_control, 2);
    ck_assert_double_eq(r.effect[0].plain_treatment, 0);
}
END_TEST

START_TEST(other_shares_than_planned_are_invalid)
{
    struct mlt_experiment e = log_experiment(made(1200, 1000), 2, mean, &arena);
    struct mlt_experiment_result r = analyze(&e);
    ck_assert(r.allocation.mismatch);
    never_passes(&r, MLT_VERDICT_INVALID,
                 "sample ratio mismatch: A 1200 units (54.55 %, planned 50 %), B 1000 units");
    static const double planned[] = {6, 5};
    e.allocation = planned;
    r = analyze(&e);
    ck_assert(!r.allocation.mismatch);
    ck_assert_ptr_null(r.invalid);
    ck_assert_int_eq(judge(&r, "m within 50% of baseline").verdict, MLT_VERDICT_PASS);
}
END_TEST

START_TEST(an_arm_without_units_is_invalid)
{
    struct mlt_experiment e = log_experiment(made(4, 0), 2, mean, &arena);
    struct mlt_experiment_result r = analyze(&e);
    never_passes(&r, MLT_VERDICT_INVALID, "arm \"B\" has no units");
    e = log_experiment(made(0, 4), 2, mean, &arena);
    r = analyze(&e);
    never_passes(&r, MLT_VERDICT_INVALID, "arm \"A\" has no units");
}
END_TEST

START_TEST(one_unit_and_few_units_show_nothing)
{
    struct mlt_experiment e = log_experiment(made(4, 1), 2, mean, &arena);
    struct mlt_experiment_result r = analyze(&e);
    never_passes(&r, MLT_VERDICT_INCONCLUSIVE, "one unit only in \"B\"");
    e = log_experiment(made(19, 19), 2, mean, &arena);
    r = analyze(&e);
    never_passes(&r, MLT_VERDICT_INCONCLUSIVE, "it needs at least 40");
    e = log_experiment(made(19, 29), 2, mean, &arena);
    r = analyze(&e);
    never_passes(&r, MLT_VERDICT_INCONCLUSIVE, "it needs at least 51");
    e = log_experiment(made(20, 20), 2, mean, &arena);
    r = analyze(&e);
    ck_assert_int_eq(judge(&r, "m within 1000 of baseline").verdict, MLT_VERDICT_PASS);
}
END_TEST

START_TEST(a_constant_shows_nothing_however_many_units_have_it)
{
    char *text = made(400, 400);
    for (char *at = strchr(text, '\n'); at != NULL; at = strchr(at + 1, '\n')) {
        char *y = at;
        for (int comma = 0; *y != '\0' && comma < 2; y++)
            comma += *y == ',';
        if (*y != '\0')
            *y = '1';
    }
    struct mlt_experiment e = log_experiment(text, 2, mean, &arena);
    struct mlt_experiment_result r = analyze(&e);
    ck_assert(isnan(r.effect[0].se) && isnan(r.effect[0].p) && isnan(r.effect[0].lo));
    ck_assert(isnan(r.effect[0].m.var_candidate));
    never_passes(&r, MLT_VERDICT_INCONCLUSIVE, "the spread of m is not known");
}
END_TEST

START_TEST(a_denominator_of_zero_has_no_ratio)
{
    char *zero = mlt_arena_alloc(&arena, 4000);
    size_t at = (size_t)sprintf(zero, "unit,arm,y,z\n");
    for (int i = 0; i < 60; i++)
        at += (size_t)sprintf(zero + at, "u%d,%c,%d,%d\n", i, i % 2 ? 'B' : 'A', i % 3,
                              i % 2 ? 0 : 1);
    struct mlt_experiment e = log_experiment(zero, 2, ratio, &arena);
    struct mlt_experiment_result r = analyze(&e);
    never_passes(&r, MLT_VERDICT_INCONCLUSIVE, "the denominator is 0 in \"B\"");
    at = (size_t)sprintf(zero, "unit,arm,y,z\n");
    for (int i = 0; i < 60; i++)
        at += (size_t)sprintf(zero + at, "u%d,%c,%d,%d\n", i, i % 2 ? 'B' : 'A', i % 3,
                              i % 4 < 2 ? 3 : -2);
    e = log_experiment(zero, 2, ratio, &arena);
    r = analyze(&e);
    never_passes(&r, MLT_VERDICT_INCONCLUSIVE, "the denominator may be 0 in \"B\"");
}
END_TEST

START_TEST(nobody_converts_and_the_share_still_has_a_spread)
{
    char *text = mlt_arena_alloc(&arena, 20000);
    size_t at = (size_t)sprintf(text, "unit,arm,y\n");
    for (int i = 0; i < 1000; i++)
        at += (size_t)sprintf(text + at, "u%d,%c,0\n", i, i % 2 ? 'B' : 'A');
    struct mlt_experiment e = log_experiment(text, 2, share, &arena);
    struct mlt_experiment_result r = analyze(&e);
    /* (1 / 502) (501 / 502) / 502, Agresti & Caffo 2000 */
    ck_assert_double_eq_tol(r.effect[0].m.var_candidate, 501.0 / 502 / 502 / 502, 1e-18);
    ck_assert_int_eq(judge(&r, "m within 0.02 of baseline").verdict, MLT_VERDICT_PASS);
    ck_assert_int_eq(judge(&r, "m within 0.001 of baseline").verdict, MLT_VERDICT_INCONCLUSIVE);
    ck_assert(isnan(r.effect[0].lift_lo));
}
END_TEST

START_TEST(a_covariate_without_spread_changes_nothing_and_says_so)
{
    static const char *const metrics[] = {"m=mean(y) cuped(d)", "plain=mean(y)", NULL};
    char *text = mlt_arena_alloc(&arena, 4000);
    size_t at = (size_t)sprintf(text, "unit,arm,y,d\n");
    for (int i = 0; i < 60; i++)
        at += (size_t)sprintf(text + at, "u%d,%c,%d,7\n", i, i % 2 ? 'B' : 'A', i % 3);
    struct mlt_experiment e = log_experiment(text, 2, metrics, &arena);
    struct mlt_experiment_result r = analyze(&e);
    ck_assert(r.effect[0].theta == 0 && r.effect[0].saved == 0);
    ck_assert(r.effect[0].m.candidate == r.effect[1].m.candidate);
    ck_assert(r.effect[0].se == r.effect[1].se);
    ck_assert_uint_eq(r.effect[0].warnings, 1);
    ck_assert_ptr_nonnull(strstr(r.effect[0].warning[0], "explains nothing"));
}
END_TEST

START_TEST(a_covariate_that_the_treatment_moved_is_warned_of)
{
    char *text = mlt_arena_alloc(&arena, 8000);
    size_t at = (size_t)sprintf(text, "unit,arm,y,x\n");
    for (int i = 0; i < 200; i++)
        at += (size_t)sprintf(text + at, "u%d,%c,%d,%d\n", i, i % 2 ? 'B' : 'A', i % 3,
                              i % 7 + (i % 2 ? 2 : 0));
    struct mlt_experiment e = log_experiment(text, 2, cuped, &arena);
    struct mlt_experiment_result r = analyze(&e);
    ck_assert(r.effect[0].balance_p < 1e-6);
    ck_assert_uint_eq(r.effect[0].warnings, 1);
    ck_assert_ptr_nonnull(strstr(r.effect[0].warning[0], "already differs between the arms"));
}
END_TEST

TCase *evidence_case(void)
{
    TCase *tcase = tcase_create("evidence");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, events_that_are_no_evidence_are_told_with_their_place);
    tcase_add_test(tcase, nan_does_not_count_as_a_missing_zero);
    tcase_add_test(tcase, declared_exclusions_are_counted);
    tcase_add_test(tcase, other_shares_than_planned_are_invalid);
    tcase_add_test(tcase, an_arm_without_units_is_invalid);
    tcase_add_test(tcase, one_unit_and_few_units_show_nothing);
    tcase_add_test(tcase, a_constant_shows_nothing_however_many_units_have_it);
    tcase_add_test(tcase, a_denominator_of_zero_has_no_ratio);
    tcase_add_test(tcase, nobody_converts_and_the_share_still_has_a_spread);
    tcase_add_test(tcase, a_covariate_without_spread_changes_nothing_and_says_so);
    tcase_add_test(tcase, a_covariate_that_the_treatment_moved_is_warned_of);
    return tcase;
}
