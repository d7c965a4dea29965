/* A kept decision explained: the words against the numbers they are made of. */
#include <math.h>
#include <string.h>

#include "harness/domain/decision.h"
#include "reports/explain_words.h"
#include "tests/unit/reports/fixtures.h"
#include "tests/unit/suite.h"

TCase *explain_case(void);

static struct mlt_kept_decision kept;
static struct mlt_evidence_run counted;
static struct mlt_run run;
static struct mlt_evidence_rejected rejected;
static struct mlt_kept_paper paper;
static struct mlt_finding finding;
static struct mlt_criterion_result criteria[2];
static struct mlt_explain_input in;
static struct mlt_buf text;
static struct mlt_err err;

static void setup(void)
{
    text = (struct mlt_buf)MLT_BUF_INIT;
    err = (struct mlt_err)MLT_ERR_INIT;
    run = (struct mlt_run){.run_id = "01HZX3", .started_at = "2026-03-01T10:00:00Z"};
    counted = (struct mlt_evidence_run){.run = &run};
    rejected = (struct mlt_evidence_rejected){.what = "01HZX1", .why = "it is not complete"};
    paper = (struct mlt_kept_paper){
        .what = "approval", .about = "production", .person = "alice", .fault = "it was revoked"};
    finding =
        fixture_comparison("rmse within 5% of production", MLT_VERDICT_INCONCLUSIVE, 0.9, 0.4);
    criteria[0] = (struct mlt_criterion_result){.criterion = "documentation_complete",
                                                .verdict = MLT_VERDICT_PASS,
                                                .reason = "all six are there"};
    criteria[1] = (struct mlt_criterion_result){.criterion = finding.criterion,
                                                .verdict = MLT_VERDICT_INCONCLUSIVE,
                                                .reason = finding.reason,
                                                .findings = &finding,
                                                .finding_count = 1};
    kept = (struct mlt_kept_decision){
        .decision = {.policy = &kept.policy,
                     .evidence = &kept.evidence,
                     .criteria = criteria,
                     .criterion_count = 2,
                     .verdict = MLT_VERDICT_INCONCLUSIVE,
                     .tool_version = "0.1.0"},
        .evidence = {.subject = {.model = "ad-score-predictor", .version = "1.1.0"},
                     .gate_kind = "state",
                     .gate = "beta",
                     .runs = &counted,
                     .run_count = 1,
                     .rejected = &rejected,
                     .rejected_count = 1},
        .context = {.decided_at = "2026-03-01T10:00:00Z"},
        .has_context = true,
        .papers = &paper,
        .paper_count = 1};
    in = (struct mlt_explain_input){.kept = &kept, .criterion = -1};
}

static void teardown(void)
{
    mlt_buf_free(&text);
}

static bool (*const writers[])(const struct mlt_explain_input *, struct mlt_buf *,
                               struct mlt_err *) = {mlt_explain_console, mlt_explain_markdown,
                                                    mlt_explain_json};
enum { WRITERS = 3 };

/* The names are those of docs/gates.md. */
START_TEST(every_method_of_the_judge_has_a_meaning)
{
    static const char *const methods[] = {"Clopper-Pearson",
                                          "Clopper-Pearson and t (clusters)",
                                          "Tango",
                                          "t (influence) and Tango",
                                          "t (clusters) and Tango",
                                          "DeLong",
                                          "DeLong (skewness)",
                                          "t (influence)",
                                          "t (influence, skewness)",
                                          "t (clusters)",
                                          "t (time blocks)",
                                          "t (heavy tail, alpha/2)",
                                          "BCa bootstrap and t",
                                          "bias-corrected bootstrap and t",
                                          "identical predictions",
                                          "no visible difference",
                                          "constant (time blocks)"};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        ck_assert_msg(mlt_explain_method(methods[i]) != NULL, "%s", methods[i]);
    ck_assert_ptr_null(mlt_explain_method("magic"));
    ck_assert_ptr_null(mlt_explain_method(NULL));
    ck_assert(strstr(mlt_explain_method("Clopper-Pearson and t (clusters)"), "wider"));
    for (int rule = MLT_RULE_NON_INFERIOR; rule <= MLT_RULE_SUPERIOR; rule++)
        ck_assert_ptr_nonnull(mlt_explain_rule((enum mlt_rule)rule));
}
END_TEST

/* flip 0.25 in a baseline of 50 is 0.5 %. */
START_TEST(the_distance_is_told_in_the_unit_and_as_a_share)
{
    static const char *const words[] = {"", "It has room for 0.2500", "A pass is 0.2500",
                                        "It fails by 0.2500"};
    finding.baseline = 50;
    finding.unit = "";
    finding.verdict = (enum mlt_verdict)_i;
    finding.flip = _i == MLT_VERDICT_PASS ? 0.25 : -0.25;
    mlt_explain_flip(&text, &finding);
    ck_assert_msg(strstr(text.data, words[_i]) == text.data, "%s", text.data);
    ck_assert(_i == MLT_VERDICT_INVALID || strstr(text.data, "(0.5 % of the baseline)"));
    mlt_buf_clear(&text);
    finding.flip = NAN;
    mlt_explain_flip(&text, &finding);
    ck_assert_uint_eq(text.len, 0);
}
END_TEST

START_TEST(a_verdict_that_more_rows_would_give_names_them)
{
    finding.rows = 11586;
    finding.rows_needed = 48000;
    mlt_explain_rows(&text, &finding);
    ck_assert_ptr_nonnull(strstr(text.data, "About 48,000 rows would decide it"));
    ck_assert_ptr_nonnull(strstr(text.data, "11,586 were used"));
    mlt_buf_clear(&text);
    finding.rows_needed = 0;
    mlt_explain_rows(&text, &finding);
    ck_assert_ptr_nonnull(strstr(text.data, "No number of rows"));
    mlt_buf_clear(&text);
    finding.verdict = MLT_VERDICT_PASS;
    mlt_explain_rows(&text, &finding);
    ck_assert_uint_eq(text.len, 0);
}
END_TEST

START_TEST(what_to_do_next_is_a_command)
{
    static const struct {
        const char *criterion, *command;
    } rows[] = {
        {"edge_case_tests_passed", "mltest run ad-score-predictor@1.1.0 --suite edge-case"},
        {"staging_deployment_successful", "mltest deploy ad-score-predictor@1.1.0 --env staging"},
        {"documentation_complete", "mltest docs check ad-score-predictor@1.1.0"},
        {"production_approval", "mltest approvals ad-score-predictor@1.1.0"},
        {"security_review_completed",
         "mltest evidence add security-review ad-score-predictor@1.1.0 --file FILE --reason TEXT"},
        {"record: privacy-impact-assessment", "mltest evidence add privacy-impact-assessment "
                                              "ad-score-predictor@1.1.0 --file FILE --reason "
                                              "TEXT"},
        {"approval: {stage: beta, roles: [Product Manager]}",
         "mltest approvals ad-score-predictor@1.1.0"},
        {"suites passed: [unit]", "mltest run ad-score-predictor@1.1.0"},
        {"$(reboot)_tests_passed", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct mlt_criterion_result result = {.criterion = rows[i].criterion,
                                                    .verdict = MLT_VERDICT_INVALID};
        mlt_buf_clear(&text);
        mlt_explain_next(&text, &kept.decision, &result);
        ck_assert_str_eq(text.data, rows[i].command);
    }
}
END_TEST

START_TEST(every_format_says_the_same)
{
    ck_ok(writers[_i](&in, &text, &err));
    ck_assert_ptr_nonnull(strstr(text.data, "01HZX3"));
    ck_assert_ptr_nonnull(strstr(text.data, "it is not complete"));
    ck_assert_ptr_nonnull(strstr(text.data, "it was revoked"));
    ck_assert_ptr_nonnull(strstr(text.data, "inconclusive"));
    ck_assert_ptr_nonnull(strstr(text.data, "mltest gate ad-score-predictor"));
    ck_assert_ptr_null(strstr(text.data, "advisory: not"));
    const char *first = strstr(text.data, "rmse within"),
               *last = strstr(text.data, "documentation");
    ck_assert(first && last && first < last);
}
END_TEST

START_TEST(one_criterion_is_shown_alone)
{
    in.criterion = 0;
    ck_ok(writers[_i](&in, &text, &err));
    ck_assert_ptr_nonnull(strstr(text.data, "documentation_complete"));
    ck_assert_ptr_null(strstr(text.data, "rmse within"));
}
END_TEST

START_TEST(an_advisory_decision_is_called_so)
{
    kept.context.advisory = true;
    ck_ok(mlt_explain_console(&in, &text, &err));
    ck_assert_ptr_nonnull(strstr(text.data, "advisory: not by the pinned policy"));
    kept.has_context = false;
    mlt_buf_clear(&text);
    ck_ok(mlt_explain_console(&in, &text, &err));
    ck_assert_ptr_nonnull(strstr(text.data, "does not say when it was decided"));
    mlt_buf_clear(&text);
    ck_ok(mlt_explain_json(&in, &text, &err));
    ck_assert_ptr_nonnull(strstr(text.data, "\"advisory\": null"));
}
END_TEST

START_TEST(hostile_words_stay_words)
{
    for (size_t i = 0; fixture_hostile[i]; i++) {
        const char *hostile = fixture_hostile[i];
        criteria[0].criterion = criteria[1].reason = rejected.what = rejected.why = hostile;
        finding.criterion = finding.reason = finding.method = finding.unit = hostile;
        finding.slice_column = finding.slice_value = finding.definition = hostile;
        kept.evidence.gate = kept.evidence.subject.model = run.run_id = hostile;
        paper.about = paper.person = paper.fault = hostile;
        for (size_t k = 0; k < WRITERS; k++) {
            mlt_buf_clear(&text);
            ck_ok(writers[k](&in, &text, &err));
            for (size_t at = 0; at < text.len; at++)
                ck_assert((unsigned char)text.data[at] >= 0x20 || text.data[at] == '\n');
            ck_assert_ptr_null(strstr(text.data, "\n::"));
            ck_assert_ptr_null(k == 1 ? strstr(text.data, "<script") : NULL);
            ck_assert_ptr_null(k == 1 ? strstr(text.data, "@octocat") : NULL);
        }
    }
}
END_TEST

TCase *explain_case(void)
{
    TCase *test = tcase_create("explain");
    tcase_add_checked_fixture(test, setup, teardown);
    tcase_add_test(test, every_method_of_the_judge_has_a_meaning);
    tcase_add_loop_test(test, the_distance_is_told_in_the_unit_and_as_a_share, MLT_VERDICT_INVALID,
                        MLT_VERDICT_FAIL + 1);
    tcase_add_test(test, a_verdict_that_more_rows_would_give_names_them);
    tcase_add_test(test, what_to_do_next_is_a_command);
    tcase_add_loop_test(test, every_format_says_the_same, 0, WRITERS);
    tcase_add_loop_test(test, one_criterion_is_shown_alone, 0, WRITERS);
    tcase_add_test(test, an_advisory_decision_is_called_so);
    tcase_add_test(test, hostile_words_stay_words);
    return test;
}
