#include <string.h>

#include "gates/decide/decide.h"
#include "tests/unit/gates/fixtures.h"

static struct fixture f;

static enum mlt_verdict judge(size_t *findings)
{
    const struct mlt_judge_defaults defaults = {0};
    struct mlt_findings out = {0};
    struct mlt_err err = MLT_ERR_INIT;
    enum mlt_verdict verdict = MLT_VERDICT_PASS;
    ck_ok(mlt_run_judge(&f.run, NULL, &defaults, &f.arena, &out, &verdict, &err));
    for (size_t i = 0; i < out.count; i++)
        ck_assert_ptr_nonnull(out.items[i].reason);
    if (findings)
        *findings = out.count;
    return verdict;
}

START_TEST(run_judge_passes_a_whole_run_that_holds)
{
    size_t findings;
    fixture_make(&f);
    ck_assert_int_eq(judge(&findings), MLT_VERDICT_PASS);
    ck_assert_uint_eq(findings, SUITES);
    fixture_free(&f);
}
END_TEST

START_TEST(run_judge_never_passes_what_shows_nothing)
{
    fixture_make(&f);
    f.run.complete = false;
    f.run.interrupted = "SIGINT";
    ck_assert_int_eq(judge(NULL), MLT_VERDICT_INVALID);
    fixture_make(&f);
    f.run.case_count = f.run.measurement_count = 0;
    ck_assert_int_eq(judge(NULL), MLT_VERDICT_INVALID);
    fixture_make(&f);
    for (size_t i = 0; i < SUITES; i++) {
        f.cases[i].plan.require_count = 0;
        f.cases[i].outcome.state = MLT_OUTCOME_SKIPPED;
    }
    ck_assert_int_eq(judge(NULL), MLT_VERDICT_INVALID);
    fixture_make(&f);
    f.run.measurement_count = 0;
    ck_assert_int_eq(judge(NULL), MLT_VERDICT_INVALID);
    fixture_free(&f);
}
END_TEST

START_TEST(run_judge_takes_the_worst_of_cases_and_sentences)
{
    size_t findings;
    fixture_make(&f);
    f.cases[1].outcome = (struct mlt_outcome){.state = MLT_OUTCOME_FAILED, .message = "no"};
    f.cases[2].outcome.state = MLT_OUTCOME_NOT_RUN;
    ck_assert_int_eq(judge(&findings), MLT_VERDICT_FAIL);
    f.cases[1].outcome.state = MLT_OUTCOME_PASSED;
    ck_assert_int_eq(judge(NULL), MLT_VERDICT_INVALID);
    f.cases[2].outcome.state = MLT_OUTCOME_PASSED;
    fixture_measure(&f, 0, MLT_VERDICT_INCONCLUSIVE);
    ck_assert_int_eq(judge(NULL), MLT_VERDICT_INCONCLUSIVE);
    fixture_free(&f);
}
END_TEST

TCase *case_run_judge(void)
{
    TCase *tc = tcase_create("run_judge");
    tcase_add_test(tc, run_judge_passes_a_whole_run_that_holds);
    tcase_add_test(tc, run_judge_never_passes_what_shows_nothing);
    tcase_add_test(tc, run_judge_takes_the_worst_of_cases_and_sentences);
    return tc;
}
