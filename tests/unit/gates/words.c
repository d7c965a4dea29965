/* Every word that a policy may require: it passes, fails, is inconclusive and is invalid, each from
 * its own evidence. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "gates/decide/decide.h"
#include "tests/unit/gates/fixtures.h"

static struct fixture f;
static struct mlt_evidence_record records[16];
static struct mlt_evidence_approval approvals[4];

static const char *const people[] = {"ann", "bob", "cat", "dan"};
static const struct mlt_policy_role roles[] = {{"ML Architect", &people[0], 1},
                                               {"ML Team Lead", &people[1], 1},
                                               {"Product Manager", &people[2], 1},
                                               {"ML Review Board", &people[3], 1}};
static const char *const stages[] = {"design", "alpha", "beta", "production"};

/* A record of each kind in the first outcome of its table, and an approval of each stage. */
static void fill(void)
{
    static const struct {
        const char *kind, *outcome;
    } kept[] = {{"code-review", "approved"},
                {"security-review", "approved"},
                {"privacy-impact-assessment", "approved"},
                {"ethics-review", "not-applicable"},
                {"ab-test-plan", "done"},
                {"deployment-runbook", "done"},
                {"runbook-rehearsal", "passed"},
                {"migration-path", "done"},
                {"deprecation-notice", "done"},
                {"usage", "done"}};
    fixture_make(&f);
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        records[i] = (struct mlt_evidence_record){.kind = kept[i].kind,
                                                  .digest = "0123456789abcdef",
                                                  .outcome = kept[i].outcome,
                                                  .person = "eve",
                                                  .at = "2026-01-01T00:00:00Z",
                                                  .active_users = 0,
                                                  .idle_days = 90,
                                                  .clients = 3,
                                                  .clients_behind = 0};
    for (size_t i = 0; i < 4; i++)
        approvals[i] = (struct mlt_evidence_approval){.digest = "0123456789abcdef",
                                                      .stage = stages[i],
                                                      .person = people[i],
                                                      .at = "2026-01-01T00:00:00Z"};
    f.evidence.records = records;
    f.evidence.record_count = sizeof kept / sizeof *kept;
    f.evidence.approvals = approvals;
    f.evidence.approval_count = 4;
    f.evidence.lifecycle = (struct mlt_evidence_lifecycle){
        .looked = true, .created_by = "max", .successor = "1.2.0", .successor_days = 30};
}

static void setup(void)
{
    fill();
}

static void teardown(void)
{
    fixture_free(&f);
}

static struct mlt_criterion_result judge(const char *requirement)
{
    struct mlt_decision decision;
    struct mlt_err err = MLT_ERR_INIT;
    char list[200];
    snprintf(list, sizeof list, "[%s]", requirement);
    fixture_policy(&f, strcmp(requirement, "anchor") == 0 ? "[unit_tests_passed]" : list);
    if (strcmp(requirement, "anchor") == 0) {
        struct mlt_policy_gate *gate = &f.policy.environments[1];
        gate->requirements[0] = (struct mlt_requirement){.kind = MLT_REQUIREMENT_ANCHOR,
                                                         .text = "anchor 0.9.0: rmse within 10% of "
                                                                 "anchor",
                                                         .sentence = "rmse within 10% of anchor"};
    }
    f.policy.people.roles = roles;
    f.policy.people.role_count = 4;
    ck_ok(mlt_gate_decide(&f.policy, &f.evidence, "0.1.0", &f.arena, &decision, &err));
    ck_assert_uint_eq(decision.criterion_count, 1);
    return decision.criteria[0];
}

/* What is done to evidence by which everything passes; `n` says which or how much. */
static void outcome(int n)
{
    f.cases[n].outcome.state = MLT_OUTCOME_FAILED;
}

static void measure_fail(int n)
{
    fixture_measure(&f, (size_t)n, MLT_VERDICT_FAIL);
}

static void measure_open(int n)
{
    fixture_measure(&f, (size_t)n, MLT_VERDICT_INCONCLUSIVE);
}

static void measure_nothing(int n)
{
    fixture_measure(&f, (size_t)n, MLT_VERDICT_INVALID);
}

static void no_runs(int n)
{
    (void)n;
    f.evidence.run_count = 0;
}

static void tampered(int n)
{
    (void)n;
    f.rejected =
        (struct mlt_evidence_rejected){.what = "r.mlt", .why = "altered", .tampered = true};
    f.evidence.rejected_count = 1;
}

/* rmse of the candidate against 1.0 of production; the interval of the difference reaches 0.007 to
 * each side (1.66 standard errors of sqrt(2e-4 - 1.8e-4), from the fixture's variances). */
static void regression_rmse(int thousandths)
{
    f.measurements[3].candidate = thousandths / 1000.0;
}

static void regression_slices_only(int n)
{
    (void)n;
    f.measurements[3].slice_column = "brand";
    f.measurements[3].slice_value = "1";
}

static void regression_requires(int n)
{
    static const char *const sets[][1] = {
        {"rmse for brand == 1 <= 2"}, {"rmse within 5% of production"}, {"rmse <="}};
    f.cases[3].plan.require = sets[n];
}

static void first_release(int said)
{
    f.evidence.has_baseline = f.run.has_baseline = false;
    f.run.baseline_ref = said ? "none" : "production";
    f.measurements[3].baseline = NAN;
}

static void one_side_only(int n)
{
    (void)n;
    f.measurements[3].baseline = NAN;
}

static void record_outcome(int n)
{
    records[n].outcome = n == 6 ? "failed" : "rejected";
}

static void record_void(int n)
{
    records[n].fault = "the key had expired";
}

static void record_altered(int n)
{
    records[n].fault = "the signature is not one";
    records[n].tampered = true;
}

static void no_records(int n)
{
    (void)n;
    f.evidence.record_count = 0;
}

static void by_the_maker(int n)
{
    records[n].person = "max";
}

static void rejected(int n)
{
    approvals[n].is_rejection = true;
}

static void approval_void(int n)
{
    approvals[n].fault = "the evidence has changed";
}

static void no_approvals(int n)
{
    (void)n;
    f.evidence.approval_count = 0;
}

static void successor_days(int days)
{
    f.evidence.lifecycle.successor_days = days;
}

static void no_successor(int n)
{
    (void)n;
    f.evidence.lifecycle.successor = NULL;
}

static void not_looked(int n)
{
    (void)n;
    f.evidence.lifecycle.looked = false;
}

static void idle_days(int days)
{
    records[9].idle_days = days;
}

static void active_users(int users)
{
    records[9].active_users = users;
}

static void clients_behind(int clients)
{
    records[9].clients_behind = clients;
}

static void anchored(int thousandths)
{
    static struct mlt_run run;
    static struct mlt_measurement measurements[SUITES];
    run = f.run;
    memcpy(measurements, f.measurements, sizeof measurements);
    run.measurements = measurements;
    for (size_t i = 0; i < SUITES; i++)
        measurements[i].candidate = thousandths < 0 ? NAN : thousandths / 1000.0;
    f.evidence.anchor_run = (struct mlt_evidence_run){.run = &run};
}

static void anchored_tampered(int n)
{
    anchored(1000);
    tampered(n);
}

static void no_anchor_run(int n)
{
    (void)n;
    f.evidence.anchor_fault = "no whole run against the anchor counts";
}

static void nothing(int n)
{
    (void)n;
}

enum { PASS = MLT_VERDICT_PASS, FAIL = MLT_VERDICT_FAIL };
enum { OPEN = MLT_VERDICT_INCONCLUSIVE, INVALID = MLT_VERDICT_INVALID };

#define ROW_RECORD(word, n)                                                                        \
    {word, nothing, 0, PASS}, {word, record_void, n, INVALID}, {word, record_altered, n, INVALID}, \
    {                                                                                              \
        word, no_records, 0, INVALID                                                               \
    }
#define ROW_REVIEW(word, n)                                                                        \
    ROW_RECORD(word, n), {word, record_outcome, n, FAIL},                                          \
    {                                                                                              \
        word, by_the_maker, n, INVALID                                                             \
    }
#define ROW_APPROVAL(word, n)                                                                      \
    {word, nothing, 0, PASS}, {word, rejected, n, FAIL}, {word, approval_void, n, INVALID},        \
    {                                                                                              \
        word, no_approvals, 0, INVALID                                                             \
    }
#define ROW_SUITE(word, n)                                                                         \
    {word, nothing, 0, PASS}, {word, measure_fail, n, FAIL}, {word, outcome, n, FAIL},             \
        {word, measure_open, n, OPEN}, {word, measure_nothing, n, INVALID},                        \
        {word, no_runs, 0, INVALID},                                                               \
    {                                                                                              \
        word, tampered, 0, INVALID                                                                 \
    }

static const struct {
    const char *word;
    void (*bend)(int n);
    int n, verdict;
} rows[] = {
    ROW_SUITE("unit_tests_passed", 0),
    ROW_SUITE("integration_tests_passed", 1),
    ROW_SUITE("performance_tests_passed", 2),
    ROW_SUITE("regression_tests_passed", 3),
    ROW_SUITE("edge_case_tests_passed", 4),
    ROW_SUITE("compatibility_tests_passed", 5),
    ROW_SUITE("ab_tests_passed", 6),
    ROW_SUITE("extended_validation_completed", 3),
    ROW_SUITE("extended_validation_completed", 4),
    {"extended_validation_completed", measure_fail, 1, PASS},
    ROW_SUITE("all_tests_passed", 0),
    ROW_SUITE("all_tests_passed", 5),
    ROW_SUITE("all_tests_passed", 6),
    ROW_SUITE("initial_metrics_above_minimum", 3),
    {"initial_metrics_above_minimum", measure_fail, 4, PASS},
    {"initial_metrics_above_minimum", regression_requires, 0, INVALID}, /* a slice's limit alone */
    {"initial_metrics_above_minimum", regression_requires, 1, INVALID}, /* a comparison alone */
    {"initial_metrics_above_minimum", regression_requires, 2, INVALID}, /* no sentence */
    {"metrics_within_5_percent_of_production", nothing, 0, PASS},
    {"metrics_within_5_percent_of_production", regression_rmse, 1040, PASS},
    {"metrics_within_5_percent_of_production", regression_rmse, 1050, OPEN},
    {"metrics_within_5_percent_of_production", regression_rmse, 1060, FAIL},
    {"metrics_within_5_percent_of_production", measure_nothing, 3, INVALID},
    {"metrics_within_5_percent_of_production", one_side_only, 0, INVALID},
    {"metrics_within_5_percent_of_production", regression_slices_only, 0, INVALID},
    {"metrics_within_5_percent_of_production", first_release, 1, PASS},
    {"metrics_within_5_percent_of_production", first_release, 0, INVALID},
    {"metrics_within_5_percent_of_production", no_runs, 0, INVALID},
    {"metrics_within_5_percent_of_production", tampered, 0, INVALID},
    {"no_worse_than_production", nothing, 0, PASS}, /* an equal model meets it */
    {"no_worse_than_production", regression_rmse, 990, PASS},
    {"no_worse_than_production", regression_rmse, 1003, OPEN},
    {"no_worse_than_production", regression_rmse, 1010, FAIL},
    {"no_worse_than_production", measure_nothing, 3, INVALID},
    {"no_worse_than_production", first_release, 1, PASS},
    {"no_worse_than_production", first_release, 0, INVALID},
    {"no_worse_than_production", no_runs, 0, INVALID},
    {"no_worse_than_production", outcome, 3, FAIL},
    ROW_REVIEW("code_review_completed", 0),
    ROW_REVIEW("security_review_completed", 1),
    ROW_REVIEW("privacy_impact_assessment_completed", 2),
    ROW_REVIEW("ethics_review_completed", 3),
    ROW_RECORD("ab_test_plan_developed", 4),
    ROW_RECORD("deployment_runbook_tested", 5),
    ROW_RECORD("deployment_runbook_tested", 6),
    {"deployment_runbook_tested", record_outcome, 6, FAIL},
    ROW_RECORD("migration_path_documented", 7),
    ROW_RECORD("deprecation_notice_distributed", 8),
    ROW_REVIEW("{record: security-review}", 1),
    ROW_APPROVAL("design_approval", 0),
    ROW_APPROVAL("ml_architect_approval", 0),
    ROW_APPROVAL("alpha_approval", 1),
    ROW_APPROVAL("ml_team_lead_approval", 1),
    ROW_APPROVAL("beta_approval", 2),
    ROW_APPROVAL("product_manager_approval", 2),
    ROW_APPROVAL("production_approval", 3),
    ROW_APPROVAL("ml_review_board_approval", 3),
    ROW_APPROVAL("{approval: {stage: beta, roles: [Product Manager]}}", 2),
    {"successor_in_production_30_days", nothing, 0, PASS}, /* 30 days to the day */
    {"successor_in_production_30_days", successor_days, 31, PASS},
    {"successor_in_production_30_days", successor_days, 29, FAIL},
    {"successor_in_production_30_days", successor_days, 0, FAIL},
    {"successor_in_production_30_days", successor_days, -1, INVALID},
    {"successor_in_production_30_days", no_successor, 0, FAIL},
    {"successor_in_production_30_days", not_looked, 0, INVALID},
    ROW_RECORD("no_active_users_90_days", 9),
    {"no_active_users_90_days", idle_days, 91, PASS},
    {"no_active_users_90_days", idle_days, 89, FAIL},
    {"no_active_users_90_days", idle_days, -1, INVALID},
    {"no_active_users_90_days", active_users, 1, FAIL},
    {"no_active_users_90_days", active_users, -1, INVALID},
    ROW_RECORD("all_clients_migrated", 9),
    {"all_clients_migrated", clients_behind, 1, FAIL},
    {"all_clients_migrated", clients_behind, -1, INVALID},
    {"anchor", anchored, 1050, PASS},
    {"anchor", anchored, 1100, OPEN},
    {"anchor", anchored, 1150, FAIL},
    {"anchor", anchored, -1, INVALID},
    {"anchor", no_anchor_run, 0, INVALID},
    {"anchor", nothing, 0, INVALID},
    {"anchor", anchored_tampered, 0, INVALID},
};

START_TEST(word_has_the_verdict_of_its_evidence)
{
    rows[_i].bend(rows[_i].n);
    struct mlt_criterion_result c = judge(rows[_i].word);
    ck_assert_msg((int)c.verdict == rows[_i].verdict, "%s: %s, wanted %s: %s", rows[_i].word,
                  mlt_verdict_name(c.verdict), mlt_verdict_name((enum mlt_verdict)rows[_i].verdict),
                  c.reason);
    ck_assert_ptr_nonnull(c.reason);
}
END_TEST

/* The table above leaves no word out, and without any evidence none of them passes. */
START_TEST(word_is_tested_and_never_passes_without_evidence)
{
    for (size_t i = 0; mlt_requirement_words[i].word; i++) {
        const char *word = mlt_requirement_words[i].word;
        bool tested = word[0] == '*' || strcmp(word, "documentation_complete") == 0;
        for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
            tested = tested || strcmp(rows[k].word, word) == 0;
        ck_assert_msg(tested, "%s has no row", word);
        fill();
        f.evidence.run_count = f.evidence.deployment_count = f.evidence.record_count = 0;
        f.evidence.approval_count = 0;
        f.evidence.documents.looked = f.evidence.lifecycle.looked = false;
        ck_assert_msg(judge(word[0] == '*' ? "d_deployment_successful" : word).verdict ==
                          MLT_VERDICT_INVALID,
                      "%s", word);
    }
}
END_TEST

/* Every gate of the protocol can pass, and asks for nothing that no word judges. */
START_TEST(word_of_the_built_in_policy_is_one_that_there_is)
{
    judge("unit_tests_passed");
    ck_assert_uint_eq(f.policy.transition_count, 6);
    for (size_t i = 0; i < f.policy.transition_count; i++)
        for (size_t k = 0; k < f.policy.transitions[i].count; k++)
            ck_assert_msg(mlt_requirement_word_known(f.policy.transitions[i].requirements[k].text),
                          "%s", f.policy.transitions[i].requirements[k].text);
    f.evidence.gate_kind = "state";
    for (size_t i = 0; i < f.policy.transition_count; i++) {
        struct mlt_decision d;
        struct mlt_err err = MLT_ERR_INIT;
        f.evidence.gate = f.policy.transitions[i].name;
        ck_ok(mlt_gate_decide(&f.policy, &f.evidence, "0.1.0", &f.arena, &d, &err));
        ck_assert_msg(d.verdict == MLT_VERDICT_PASS, "%s: %s", f.evidence.gate, d.reasons[0]);
    }
}
END_TEST

START_TEST(word_looks_at_another_held_out_set_with_less_alpha)
{
    struct mlt_evidence_use use = {"holdout", f.dataset.sha256, 5, 0};
    f.evidence.uses = &use;
    f.evidence.use_count = 1;
    ck_assert_double_eq(judge("rmse <= 2").findings[0].alpha, 0.05);
    use.looks = 1; /* the second look: 2^-2 of it */
    ck_assert_double_eq(judge("rmse <= 2").findings[0].alpha, 0.0125);
    ck_assert_double_eq(judge("regression_tests_passed").findings[0].alpha, 0.0125);
    ck_assert_double_eq(judge("no_worse_than_production").findings[0].alpha, 0.0125);
    use.dataset = "another";
    ck_assert_double_eq(judge("rmse <= 2").findings[0].alpha, 0.05);
}
END_TEST

TCase *case_words(void)
{
    TCase *tc = tcase_create("words");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, word_has_the_verdict_of_its_evidence, 0, sizeof rows / sizeof *rows);
    tcase_add_test(tc, word_is_tested_and_never_passes_without_evidence);
    tcase_add_test(tc, word_of_the_built_in_policy_is_one_that_there_is);
    tcase_add_test(tc, word_looks_at_another_held_out_set_with_less_alpha);
    return tc;
}
