#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/suites/cases.h"

#define ITEM                                                                                       \
    "suites:\n  ab:\n    - name: checkout\n      events: log.csv\n      unit: user\n"              \
    "      variant: arm\n      control: A\n      treatment: B\n"                                   \
    "      measure: [conversion = proportion(bought), spend = mean(spent) cuped(before)]\n"
#define REQUIRE "      require: [conversion no worse than control, spend within 20% of control]\n"

/* `a` and `b` units in two arms, C besides when `c` is above 0. */
static void write_log(int a, int b, int c)
{
    size_t room = (size_t)(a + b + c) * 40 + 64, at;
    char *text = malloc(room);
    ck_assert_ptr_nonnull(text);
    at = (size_t)snprintf(text, room, "user,arm,bought,spent,before\n");
    for (int i = 0; i < a + b + c; i++)
        at += (size_t)snprintf(text + at, room - at, "u%d,%c,%d,%d,%d\n", i,
                               i < a       ? 'A'
                               : i < a + b ? 'B'
                                           : 'C',
                               i % 4 == 0, 10 + i % 7, i % 5);
    unit_write_text(unit_path("log.csv"), text);
    free(text);
}

START_TEST(an_experiment_is_measured_by_metric)
{
    struct stage stage;
    write_log(700, 700, 0);
    stage_open(&stage, STAGE_HEAD ITEM REQUIRE, stage_answers_x, NULL);
    ck_runs(stage, mlt_suite_ab, "checkout");
    ck_passed(stage);
    const struct mlt_measurement *m = stage_measured(&stage, "conversion", NULL);
    ck_assert_str_eq(m->case_id, "ab/checkout");
    ck_assert_double_eq(m->candidate, 0.25);
    ck_assert_uint_eq(m->rows, 1400);
    ck_assert_ptr_null(m->invalid);
    m = stage_measured(&stage, "spend", NULL);
    ck_assert_ptr_nonnull(strstr(m->definition, "CUPED with before"));
    ck_assert_uint_eq(stage_case(&stage, "checkout")->require_count, 2);
    ck_assert_ptr_nonnull(strstr(stage.attachment, "A: 700 units (planned 50 %), 700 events\n"));
    stage_close(&stage);
}
END_TEST

START_TEST(sentences_are_planned_for_every_treatment)
{
    struct stage stage;
    write_log(300, 300, 300);
    stage_open(&stage,
               STAGE_HEAD
               "suites:\n  ab:\n    - {events: log.csv, unit: user, variant: arm, control: "
               "A, treatment: [B, C], measure: [spend = mean(spent)], require: [spend no "
               "worse than control]}\n",
               stage_answers_x, NULL);
    ck_runs(stage, mlt_suite_ab, "log");
    ck_passed(stage);
    const struct mlt_case_plan *test = stage_case(&stage, "log");
    ck_assert_uint_eq(test->require_count, 2);
    ck_assert_str_eq(test->require[1], "spend for \"arm\" == \"C\" no worse than control");
    ck_assert_str_eq(stage_measured(&stage, "spend", "C")->slice_column, "arm");
    stage_close(&stage);
}
END_TEST

static void check_broken(const char *yaml, const char *phrase)
{
    struct stage stage;
    stage_open(&stage, yaml, stage_answers_x, NULL);
    ck_assert(!stage_run(&stage, &mlt_suite_ab, "checkout"));
    ck_assert_int_eq(stage.err.kind, MLT_ERR_EVIDENCE);
    ck_assert_msg(strstr(stage.err.text, phrase) != NULL, "'%s' is not in '%s'", phrase,
                  stage.err.text);
    stage_close(&stage);
}

START_TEST(an_experiment_that_cannot_be_trusted_breaks_its_case_with_and_without_sentences)
{
    write_log(900, 700, 0);
    check_broken(STAGE_HEAD ITEM REQUIRE, "sample ratio mismatch: A 900 units");
    check_broken(STAGE_HEAD ITEM, "sample ratio mismatch: A 900 units");
    write_log(30, 0, 0);
    check_broken(STAGE_HEAD ITEM, "arm \"B\" has no units");
    write_log(30, 30, 1);
    check_broken(STAGE_HEAD ITEM, "\"C\" is neither the control nor a declared treatment");
    unit_write_text(unit_path("log.csv"), "user,arm,bought,spent,before\nu,A,1,NaN,1\n");
    check_broken(STAGE_HEAD ITEM, "NaN is not a number");
    unit_write_text(unit_path("log.csv"), "user,arm,bought,spent,before\nu,A,1,1,1\nu,B,1,1,1\n");
    check_broken(STAGE_HEAD ITEM, "1 of 1 units were seen in more than one arm");
}
END_TEST

START_TEST(its_measurements_say_that_nothing_may_be_concluded)
{
    struct stage stage;
    write_log(900, 700, 0);
    stage_open(&stage, STAGE_HEAD ITEM REQUIRE, stage_answers_x, NULL);
    ck_assert(!stage_run(&stage, &mlt_suite_ab, "checkout"));
    ck_assert_ptr_nonnull(strstr(stage_measured(&stage, "spend", NULL)->invalid, "sample ratio"));
    stage_close(&stage);
}
END_TEST

START_TEST(declared_policies_are_obeyed)
{
    struct stage stage;
    unit_write_text(unit_path("log.csv"), "user,arm,bought,spent,before\nu,A,1,1,1\nu,B,1,1,1\n"
                                          "v,A,0,,2\nw,A,1,2,0\nx,B,0,4,1\ny,B,1,,0\n");
    stage_open(&stage, STAGE_HEAD ITEM "      mixed_units: exclude\n      missing: zero\n",
               stage_answers_x, NULL);
    ck_runs(stage, mlt_suite_ab, "checkout");
    ck_assert_uint_eq(stage_measured(&stage, "spend", NULL)->excluded, 1);
    ck_assert_ptr_nonnull(strstr(stage.attachment, "seen in more than one arm: 1 units\n"));
    ck_assert_ptr_nonnull(strstr(stage.attachment, "count as 0: 2\n"));
    stage_close(&stage);
}
END_TEST

static void check_refused(const char *yaml, const char *phrase)
{
    struct stage stage;
    stage_open(&stage, yaml, stage_answers_x, NULL);
    ck_assert(!stage_plan(&stage, &mlt_suite_ab));
    ck_assert_int_eq(stage.err.kind, MLT_ERR_USAGE);
    ck_assert_msg(strstr(stage.err.text, phrase) != NULL, "'%s' is not in '%s'", phrase,
                  stage.err.text);
    stage_close(&stage);
}

START_TEST(what_cannot_be_judged_is_refused_where_it_was_written)
{
    write_log(30, 30, 0);
    check_refused(STAGE_HEAD ITEM "      require: [conversoin >= 1%]\n",
                  "did you mean \"conversion\"");
    check_refused(STAGE_HEAD ITEM "      allocation: 50:25:25\n", "one number for each of 2 arms");
    check_refused(STAGE_HEAD "suites:\n  ab:\n    - {events: log.csv, unit: user, variant: arm, "
                             "control: A, treatment: A, measure: [m = mean(spent)]}\n",
                  "named as an arm twice");
    check_refused(STAGE_HEAD "suites:\n  ab:\n    - {events: absent.csv, unit: user, variant: arm, "
                             "control: A, treatment: B, measure: [m = mean(spent)]}\n",
                  "absent.csv");
}
END_TEST

TCase *ab_cases(void)
{
    TCase *test = tcase_create("ab");
    tcase_add_checked_fixture(test, unit_folder_setup, unit_folder_teardown);
    tcase_add_test(test, an_experiment_is_measured_by_metric);
    tcase_add_test(test, sentences_are_planned_for_every_treatment);
    tcase_add_test(test,
                   an_experiment_that_cannot_be_trusted_breaks_its_case_with_and_without_sentences);
    tcase_add_test(test, its_measurements_say_that_nothing_may_be_concluded);
    tcase_add_test(test, declared_policies_are_obeyed);
    tcase_add_test(test, what_cannot_be_judged_is_refused_where_it_was_written);
    return test;
}
