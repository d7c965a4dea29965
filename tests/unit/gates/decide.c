#include "gates/decide/decide.h"

#include <stdio.h>
#include <string.h>

#include "harness/codec/json.h"
#include "tests/unit/gates/fixtures.h"

static struct fixture f;

static void setup(void)
{
    fixture_make(&f);
}

static void teardown(void)
{
    fixture_free(&f);
}

static struct mlt_decision decide(const char *requirements)
{
    struct mlt_decision decision;
    struct mlt_err err = MLT_ERR_INIT;
    fixture_policy(&f, requirements);
    ck_ok(mlt_gate_decide(&f.policy, &f.evidence, "0.1.0", &f.arena, &decision, &err));
    ck_assert_uint_eq(decision.reason_count, decision.verdict == MLT_VERDICT_PASS ? 0 : 1);
    return decision;
}

static const struct {
    const char *word;
    size_t suite;
} suite_words[] = {
    {"unit_tests_passed", 0},       {"integration_tests_passed", 1}, {"performance_tests_passed", 2},
    {"regression_tests_passed", 3}, {"edge_case_tests_passed", 4},   {"suites passed: [edge_case]", 4},
    {"compatibility_tests_passed", 5},
};
static const enum mlt_verdict verdicts[] = {MLT_VERDICT_PASS, MLT_VERDICT_FAIL,
                                            MLT_VERDICT_INCONCLUSIVE, MLT_VERDICT_INVALID};
enum { SUITE_WORDS = sizeof suite_words / sizeof *suite_words };

/* Every word of a suite against every verdict of its sentence. */
START_TEST(decide_suite_word_has_the_verdict_of_its_evidence)
{
    const size_t word = (size_t)_i / 4, verdict = (size_t)_i % 4;
    char list[80];
    const bool mapping = strchr(suite_words[word].word, ':') != NULL;
    snprintf(list, sizeof list, mapping ? "[{%s}]" : "[%s]", suite_words[word].word);
    fixture_measure(&f, suite_words[word].suite, verdicts[verdict]);
    struct mlt_decision d = decide(list);
    ck_assert_msg(d.verdict == verdicts[verdict], "%s: %s, wanted %s: %s", suite_words[word].word,
                  mlt_verdict_name(d.verdict), mlt_verdict_name(verdicts[verdict]),
                  d.criteria[0].reason);
    ck_assert_int_eq(d.criteria[0].verdict, d.verdict);
    ck_assert_uint_ge(d.criteria[0].finding_count, 1);
}
END_TEST

START_TEST(decide_sentence_has_the_verdict_of_its_evidence)
{
    /* Every case measures rmse; the worst of them decides. */
    fixture_measure(&f, 3, verdicts[_i]);
    struct mlt_decision d = decide("[rmse <= 2]");
    ck_assert_int_eq(d.verdict, verdicts[_i]);
}
END_TEST

START_TEST(decide_sentence_about_what_nobody_measured_is_invalid)
{
    ck_assert_int_eq(decide("[auc >= 0.5]").verdict, MLT_VERDICT_INVALID);
    f.evidence.run_count = 0;
    ck_assert_int_eq(decide("[rmse <= 2]").verdict, MLT_VERDICT_INVALID);
}
END_TEST

START_TEST(decide_deployment_is_of_these_very_files)
{
    ck_assert_int_eq(decide("[d_deployment_successful]").verdict, MLT_VERDICT_PASS);
    f.deployment.digest = f.run.baseline.digest;
    ck_assert_int_eq(decide("[d_deployment_successful]").verdict, MLT_VERDICT_INVALID);
    f.evidence.deployment_count = 0;
    ck_assert_int_eq(decide("[d_deployment_successful]").verdict, MLT_VERDICT_INVALID);
}
END_TEST

START_TEST(decide_documents_are_looked_at_and_without_fault)
{
    static const char *const faults[] = {"docs/api.md:12: max of price1 is 0.2, found 0.3",
                                         "docs/limitations.md: missing"};
    struct mlt_evidence_documents *d = &f.evidence.documents;
    struct mlt_decision decision = decide("[documentation_complete]");
    ck_assert_int_eq(decision.verdict, MLT_VERDICT_PASS);
    ck_assert_str_eq(decision.criteria[0].reason,
                     "the six documents of revision 2 are complete and agree with metadata, metrics "
                     "and runs");
    d->revision = 0;
    ck_assert_ptr_nonnull(strstr(decide("[documentation_complete]").criteria[0].reason,
                                 "documents in the version's folder are complete"));
    d->faults = faults;
    d->fault_count = 1;
    decision = decide("[documentation_complete]");
    ck_assert_int_eq(decision.verdict, MLT_VERDICT_FAIL);
    ck_assert_str_eq(decision.criteria[0].reason,
                     "documents in the version's folder: docs/api.md:12: max of price1 is 0.2, found 0.3: "
                     "mltest docs check m@1.1.0");
    d->fault_count = 2;
    d->revision = 3;
    decision = decide("[documentation_complete]");
    ck_assert_str_eq(decision.criteria[0].reason,
                     "documents of revision 3: docs/api.md:12: max of price1 is 0.2, found 0.3; and "
                     "1 other fault: mltest docs check m@1.1.0");
    *d = (struct mlt_evidence_documents){.looked = false};
    decision = decide("[documentation_complete]");
    ck_assert_int_eq(decision.verdict, MLT_VERDICT_INVALID);
    ck_assert_str_eq(decision.criteria[0].reason, "nobody looked at the documents of m@1.1.0");
}
END_TEST

START_TEST(decide_documents_are_told_only_where_they_were_looked_at)
{
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_decision decision = decide("[documentation_complete]");
    ck_ok(mlt_decision_encode_decided(&decision, &text, &err));
    ck_assert_ptr_nonnull(strstr(text.data, "\"documents\": {\n      \"revision\": 2,"));
    mlt_buf_clear(&text);
    f.evidence.documents.looked = false;
    decision = decide("[unit_tests_passed]");
    ck_ok(mlt_decision_encode_decided(&decision, &text, &err));
    ck_assert_ptr_null(strstr(text.data, "\"documents\""));
    mlt_buf_free(&text);
}
END_TEST

static const struct {
    enum mlt_outcome_state state;
    enum mlt_verdict verdict;
} outcomes[] = {
    {MLT_OUTCOME_FAILED, MLT_VERDICT_FAIL},
    {MLT_OUTCOME_BROKEN, MLT_VERDICT_INVALID},
    {MLT_OUTCOME_NOT_RUN, MLT_VERDICT_INVALID},
    {MLT_OUTCOME_SKIPPED, MLT_VERDICT_INVALID},
};

START_TEST(decide_a_case_that_did_not_pass_blocks_its_suite)
{
    f.cases[0].plan.require_count = 0;
    f.cases[0].outcome.state = outcomes[_i].state;
    ck_assert_int_eq(decide("[unit_tests_passed]").verdict, outcomes[_i].verdict);
    ck_assert_int_eq(decide("[integration_tests_passed]").verdict, MLT_VERDICT_PASS);
}
END_TEST

START_TEST(decide_a_suite_without_cases_is_invalid)
{
    f.run.case_count = 1;
    ck_assert_int_eq(decide("[integration_tests_passed]").verdict, MLT_VERDICT_INVALID);
}
END_TEST

START_TEST(decide_a_suite_that_only_measures_shows_nothing)
{
    f.cases[3].plan.require_count = 0;
    ck_assert_int_eq(decide("[regression_tests_passed]").verdict, MLT_VERDICT_INVALID);
    fixture_policy(&f, "[regression_tests_passed, rmse <= 2]");
    struct mlt_decision d;
    struct mlt_err err = MLT_ERR_INIT;
    ck_ok(mlt_gate_decide(&f.policy, &f.evidence, "0.1.0", &f.arena, &d, &err));
    ck_assert_int_eq(d.verdict, MLT_VERDICT_PASS);
    /* A sentence about what only another suite measured judges nothing here. */
    f.measurements[0].metric = "mae";
    fixture_policy(&f, "[regression_tests_passed, mae <= 2]");
    ck_ok(mlt_gate_decide(&f.policy, &f.evidence, "0.1.0", &f.arena, &d, &err));
    ck_assert_int_eq(d.criteria[0].verdict, MLT_VERDICT_INVALID);
}
END_TEST

START_TEST(decide_a_tampered_file_counts_unless_a_newer_run_does)
{
    f.rejected = (struct mlt_evidence_rejected){
        .what = "r.mlt", .why = "it was altered", .tampered = true};
    f.evidence.rejected_count = 1;
    struct mlt_decision d = decide("[unit_tests_passed]");
    ck_assert_int_eq(d.verdict, MLT_VERDICT_INVALID);
    ck_assert_ptr_nonnull(strstr(d.reasons[0], "it was altered"));
    ck_assert_int_eq(decide("[rmse <= 2]").verdict, MLT_VERDICT_INVALID);
    f.rejected.run_id = "01J0000000000000000000000B";
    ck_assert_int_eq(decide("[unit_tests_passed]").verdict, MLT_VERDICT_INVALID);
    f.rejected.run_id = "01HZZZZZZZZZZZZZZZZZZZZZZZ";
    ck_assert_int_eq(decide("[unit_tests_passed]").verdict, MLT_VERDICT_PASS);
}
END_TEST

START_TEST(decide_fail_outranks_invalid_outranks_inconclusive)
{
    struct mlt_decision d;
    struct mlt_err err = MLT_ERR_INIT;
    fixture_policy(&f, "[edge_case_tests_passed, integration_tests_passed, unit_tests_passed, "
                       "regression_tests_passed]");
    fixture_measure(&f, 4, MLT_VERDICT_INCONCLUSIVE);
    ck_ok(mlt_gate_decide(&f.policy, &f.evidence, "0.1.0", &f.arena, &d, &err));
    ck_assert_int_eq(d.verdict, MLT_VERDICT_INCONCLUSIVE);
    fixture_measure(&f, 1, MLT_VERDICT_INVALID);
    ck_ok(mlt_gate_decide(&f.policy, &f.evidence, "0.1.0", &f.arena, &d, &err));
    ck_assert_int_eq(d.verdict, MLT_VERDICT_INVALID);
    fixture_measure(&f, 0, MLT_VERDICT_FAIL);
    ck_ok(mlt_gate_decide(&f.policy, &f.evidence, "0.1.0", &f.arena, &d, &err));
    ck_assert_int_eq(d.verdict, MLT_VERDICT_FAIL);
    ck_assert_uint_eq(d.reason_count, 3);
    ck_assert_ptr_nonnull(strstr(d.reasons[0], "unit_tests_passed: "));
    ck_assert_ptr_nonnull(strstr(d.reasons[1], "integration_tests_passed: "));
    ck_assert_ptr_nonnull(strstr(d.reasons[2], "edge_case_tests_passed: "));
}
END_TEST

START_TEST(decide_an_unknown_gate_is_a_configuration_error)
{
    struct mlt_decision d;
    struct mlt_err err = MLT_ERR_INIT;
    fixture_policy(&f, "[unit_tests_passed]");
    f.evidence.gate = "prodution";
    ck_fails(mlt_gate_decide(&f.policy, &f.evidence, "0.1.0", &f.arena, &d, &err), MLT_ERR_USAGE,
             "it has d, e");
    f.evidence.gate_kind = "state";
    ck_fails(mlt_gate_decide(&f.policy, &f.evidence, "0.1.0", &f.arena, &d, &err), MLT_ERR_USAGE,
             "it has alpha, beta, rc");
}
END_TEST

START_TEST(decide_same_evidence_gives_the_same_bytes)
{
    struct mlt_buf first = MLT_BUF_INIT, again = MLT_BUF_INIT, whole = MLT_BUF_INIT, kept = MLT_BUF_INIT;
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_decision_context context = {"2026-01-02T00:00:00Z", true};
    struct mlt_decision d = decide("[unit_tests_passed, rmse within 5% of production]");
    ck_ok(mlt_decision_encode_decided(&d, &first, &err));
    ck_ok(mlt_decision_encode(&d, &context, &whole, &err));
    f.evidence_run.path = "/elsewhere/other.mlt";
    d = decide("[unit_tests_passed, rmse within 5% of production]");
    ck_ok(mlt_decision_encode_decided(&d, &again, &err));
    ck_assert_str_eq(first.data, again.data);
    /* What the document holds, printed anew, is what was decided: a replay compares these. */
    struct mlt_json *json;
    struct mlt_json_out out;
    ck_ok(mlt_json_parse("decision", whole.data, whole.len, &json, &err));
    mlt_json_out_init(&out, &kept, true);
    mlt_json_out_node(&out, mlt_json_get(json, "decided"));
    ck_ok(mlt_json_out_finish(&out, &err));
    ck_assert_str_eq(first.data, kept.data);
    ck_assert_ptr_null(strstr(first.data, "somewhere"));
    ck_assert_ptr_null(strstr(first.data, "2026-01-02"));
    mlt_json_free(json);
    /* One bit of the evidence, and the bytes differ. */
    f.measurements[0].candidate += 1e-15;
    d = decide("[unit_tests_passed, rmse within 5% of production]");
    mlt_buf_clear(&again);
    ck_ok(mlt_decision_encode_decided(&d, &again, &err));
    ck_assert_str_ne(first.data, again.data);
    mlt_buf_free(&first);
    mlt_buf_free(&again);
    mlt_buf_free(&whole);
    mlt_buf_free(&kept);
}
END_TEST

TCase *case_decide(void)
{
    TCase *tc = tcase_create("decide");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, decide_suite_word_has_the_verdict_of_its_evidence, 0, 4 * SUITE_WORDS);
    tcase_add_loop_test(tc, decide_sentence_has_the_verdict_of_its_evidence, 0, 4);
    tcase_add_test(tc, decide_sentence_about_what_nobody_measured_is_invalid);
    tcase_add_test(tc, decide_deployment_is_of_these_very_files);
    tcase_add_test(tc, decide_documents_are_looked_at_and_without_fault);
    tcase_add_test(tc, decide_documents_are_told_only_where_they_were_looked_at);
    tcase_add_loop_test(tc, decide_a_case_that_did_not_pass_blocks_its_suite, 0,
                        sizeof outcomes / sizeof *outcomes);
    tcase_add_test(tc, decide_a_suite_without_cases_is_invalid);
    tcase_add_test(tc, decide_a_suite_that_only_measures_shows_nothing);
    tcase_add_test(tc, decide_a_tampered_file_counts_unless_a_newer_run_does);
    tcase_add_test(tc, decide_fail_outranks_invalid_outranks_inconclusive);
    tcase_add_test(tc, decide_an_unknown_gate_is_a_configuration_error);
    tcase_add_test(tc, decide_same_evidence_gives_the_same_bytes);
    return tc;
}
