/* A decision's two reports against the decision itself. */
#include <string.h>

#include "reports/decision.h"
#include "reports/paint.h"
#include "tests/unit/reports/fixtures.h"
#include "tests/unit/suite.h"

TCase *decision_case(void);

enum { CRITERIA = 2 };

static struct mlt_policy policy;
static struct mlt_evidence evidence;
static struct mlt_evidence_run run;
static struct mlt_evidence_rejected rejected;
static struct mlt_finding findings[CRITERIA];
static struct mlt_criterion_result criteria[CRITERIA];
static struct mlt_decision decision;
static struct mlt_decision_context context;
static struct mlt_report_decision_input in;
static struct mlt_buf text;
static struct mlt_err err;

static void setup(void)
{
    text = (struct mlt_buf)MLT_BUF_INIT;
    err = (struct mlt_err)MLT_ERR_INIT;
    policy =
        (struct mlt_policy){.file = "gates.yaml", .digest = "1f2e3d4c5b6a79880011223344556677"};
    rejected =
        (struct mlt_evidence_rejected){.what = "01HZX3", .why = "it is not complete (SIGINT)"};
    evidence = (struct mlt_evidence){.subject = {.model = "ad-score-predictor", .version = "1.1.0"},
                                     .has_baseline = true,
                                     .baseline = {.version = "1.0.0"},
                                     .gate_kind = "state",
                                     .gate = "beta",
                                     .runs = &run,
                                     .run_count = 1,
                                     .rejected = &rejected,
                                     .rejected_count = 1};
    context = (struct mlt_decision_context){.decided_at = "2026-03-01T10:00:00Z"};
    decision = (struct mlt_decision){
        .policy = &policy, .evidence = &evidence, .criteria = criteria, .tool_version = "0.1.0"};
    in = (struct mlt_report_decision_input){
        .decision = &decision, .context = &context, .decision_path = "decision.json"};
}

static void teardown(void)
{
    mlt_buf_free(&text);
}

/* One suite that passed, and a sentence with the verdict. */
static void decide(enum mlt_verdict verdict)
{
    findings[0] = fixture_comparison("rmse within 5% of production", verdict, 1.2, 0.4);
    findings[0].rows_needed = verdict == MLT_VERDICT_INCONCLUSIVE ? 48000 : 0;
    criteria[0] = (struct mlt_criterion_result){
        .criterion = "unit_tests_passed", .verdict = MLT_VERDICT_PASS, .reason = "12 cases passed"};
    criteria[1] = (struct mlt_criterion_result){.criterion = findings[0].criterion,
                                                .verdict = verdict,
                                                .reason = findings[0].reason,
                                                .findings = findings,
                                                .finding_count = 1};
    decision.criterion_count = 2;
    decision.verdict = verdict;
}

START_TEST(both_reports_say_the_verdict)
{
    decide((enum mlt_verdict)_i);
    ck_ok(mlt_report_decision_console(&in, &text, &err));
    const char *last = text.data + text.len - 1;
    while (last > text.data && last[-1] != '\n')
        last--;
    const char *word = mlt_verdict_headline((enum mlt_verdict)_i);
    ck_assert(strncmp(last, word, strlen(word)) == 0 && last[strlen(word)] == ':');
    ck_assert_ptr_nonnull(
        strstr(text.data, "gate to state beta: ad-score-predictor@1.1.0 against 1.0.0"));
    ck_assert_ptr_nonnull(strstr(text.data, "01HZX3: it is not complete (SIGINT)"));
    mlt_buf_clear(&text);
    ck_ok(mlt_report_decision_markdown(&in, &text, &err));
    const char *headline = strstr(text.data, word);
    ck_assert(headline && headline < strchr(text.data, '\n'));
}
END_TEST

START_TEST(the_next_step_fits_the_gate)
{
    decide(MLT_VERDICT_PASS);
    ck_ok(mlt_report_decision_console(&in, &text, &err));
    ck_assert_ptr_nonnull(strstr(text.data, " --to beta --reason TEXT."));
    evidence.gate_kind = "environment";
    evidence.gate = "staging";
    mlt_buf_clear(&text);
    ck_ok(mlt_report_decision_console(&in, &text, &err));
    ck_assert_ptr_nonnull(
        strstr(text.data, "Next: mltest deploy ad-score-predictor@1.1.0 --env staging."));
    decide(MLT_VERDICT_INCONCLUSIVE);
    mlt_buf_clear(&text);
    ck_ok(mlt_report_decision_console(&in, &text, &err));
    ck_assert_ptr_nonnull(strstr(text.data, "about 48,000 would decide."));
}
END_TEST

START_TEST(an_advisory_decision_says_that_nothing_acts_on_it)
{
    decide(MLT_VERDICT_PASS);
    context.advisory = true;
    ck_ok(mlt_report_decision_console(&in, &text, &err));
    ck_assert_ptr_nonnull(strstr(text.data, "PASS (advisory): "));
    ck_assert_ptr_null(strstr(text.data, "mltest promote"));
    mlt_buf_clear(&text);
    ck_ok(mlt_report_decision_markdown(&in, &text, &err));
    ck_assert_ptr_nonnull(strstr(text.data, "**Advisory**"));
}
END_TEST

START_TEST(a_decision_milder_than_its_criteria_is_refused)
{
    decide(MLT_VERDICT_FAIL);
    decision.verdict = MLT_VERDICT_PASS;
    ck_fails(mlt_report_decision_console(&in, &text, &err), MLT_ERR_EVIDENCE, "criteria say fail");
    ck_fails(mlt_report_decision_markdown(&in, &text, &err), MLT_ERR_EVIDENCE, "criteria say fail");
    decide(MLT_VERDICT_PASS);
    decision.criterion_count = 0;
    ck_fails(mlt_report_decision_console(&in, &text, &err), MLT_ERR_EVIDENCE,
             "criteria say invalid");
}
END_TEST

START_TEST(hostile_words_of_a_policy_stay_words)
{
    for (size_t i = 0; fixture_hostile[i]; i++) {
        decide(MLT_VERDICT_FAIL);
        const char *hostile = fixture_hostile[i];
        criteria[0].criterion = criteria[1].reason = rejected.what = rejected.why = hostile;
        evidence.gate = evidence.subject.model = policy.file = in.decision_path = hostile;
        mlt_buf_clear(&text);
        ck_ok(mlt_report_decision_console(&in, &text, &err));
        for (size_t at = 0; at < text.len; at++)
            ck_assert((unsigned char)text.data[at] >= 0x20 || text.data[at] == '\n');
        ck_assert_ptr_null(strstr(text.data, "\n::"));
        mlt_buf_clear(&text);
        ck_ok(mlt_report_decision_markdown(&in, &text, &err));
        ck_assert_ptr_null(strstr(text.data, "<script"));
        ck_assert_ptr_null(strstr(text.data, "@octocat"));
        ck_assert_ptr_null(strstr(text.data, "\n| forged"));
    }
}
END_TEST

TCase *decision_case(void)
{
    TCase *test = tcase_create("decision");
    tcase_add_checked_fixture(test, setup, teardown);
    tcase_add_loop_test(test, both_reports_say_the_verdict, MLT_VERDICT_INVALID,
                        MLT_VERDICT_FAIL + 1);
    tcase_add_test(test, the_next_step_fits_the_gate);
    tcase_add_test(test, an_advisory_decision_says_that_nothing_acts_on_it);
    tcase_add_test(test, a_decision_milder_than_its_criteria_is_refused);
    tcase_add_test(test, hostile_words_of_a_policy_stay_words);
    return test;
}
