#include <string.h>

#include "harness/config/gates.h"
#include "tests/unit/suite.h"

static const char *const words[] = {"unit_tests_passed",        "integration_tests_passed",
                                    "performance_tests_passed", "compatibility_tests_passed",
                                    "regression_tests_passed",  "*_deployment_successful",
                                    "ml_review_board_approval", NULL};

/* Word for word from the versioning protocol, "Automated Deployment". */
static const char protocol[] = "deployment:\n"
                               "  environments:\n"
                               "    - name: development\n"
                               "      requirements:\n"
                               "        - unit_tests_passed\n"
                               "        - integration_tests_passed\n"
                               "    - name: staging\n"
                               "      requirements:\n"
                               "        - development_deployment_successful\n"
                               "        - performance_tests_passed\n"
                               "    - name: shadow\n"
                               "      requirements:\n"
                               "        - staging_deployment_successful\n"
                               "        - compatibility_tests_passed\n"
                               "    - name: production\n"
                               "      requirements:\n"
                               "        - shadow_deployment_successful\n"
                               "        - ml_review_board_approval\n";

static const char whole[] =
    "policy: 1\n"
    "defaults: {rule: point, slice_rule: not-shown-worse, alpha: 0.1, correction: none, max_age: "
    "14d,\n"
    "           flaky: report}\n"
    "transitions:\n"
    "  alpha: {require: [unit_tests_passed, rmse <= 6]}\n"
    "  beta:\n"
    "    require:\n"
    "      - suites passed: [unit, edge_case]\n"
    "      - rmse within 5% of production\n"
    "      - record: security-review\n"
    "      - approval: {stage: beta, roles: [Product Manager], quorum: 1}\n"
    "anchor: {version: 1.0.0, require: [rmse within 10% of anchor]}\n"
    "canary:\n"
    "  steps: [{traffic: 5%, hold: 24h}, {traffic: 100%}]\n"
    "rollback: [error_rate > 5% for 5m]\n"
    "approvers: {allowed_signers: signers, roles: {Product Manager: [pm@example.org]}}\n";

static bool parse(const char *yaml, struct mlt_arena *arena, struct mlt_policy *out,
                  struct mlt_err *err)
{
    return mlt_gates_parse("gates.yaml", yaml, strlen(yaml), NULL, words, arena, out, err);
}

START_TEST(gates_reads_the_protocols_own_block_word_for_word)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_policy p;
    ck_ok(parse(protocol, &arena, &p, &err));
    ck_assert_uint_eq(p.environment_count, 4);
    ck_assert(!p.built_in_environments && !p.environments[0].requirements[0].built_in);
    /* What it does not name is as built in. */
    ck_assert_uint_eq(p.transition_count, 6);
    ck_assert(p.transitions[0].requirements[0].built_in);
    ck_assert_str_eq(p.environments[1].name, "staging");
    ck_assert_uint_eq(p.environments[3].count, 2);
    ck_assert_str_eq(p.environments[3].requirements[0].text, "shadow_deployment_successful");
    ck_assert_int_eq(p.environments[3].requirements[0].kind, MLT_REQUIREMENT_WORD);
    ck_assert_str_eq(p.text, protocol);
    ck_assert_int_eq(p.max_age_s, 30 * 24 * 3600);
    mlt_arena_free(&arena);
}
END_TEST

START_TEST(gates_reads_a_whole_policy)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_policy p;
    ck_ok(parse(whole, &arena, &p, &err));
    ck_assert(p.rule == MLT_RULE_POINT && p.slice_rule == MLT_RULE_NOT_SHOWN_WORSE);
    ck_assert(p.alpha == 0.1 && p.no_correction && p.max_age_s == 14 * 24 * 3600);
    ck_assert_uint_eq(p.transition_count, 6);
    /* Alpha compares with nothing, so the anchor is asked of beta only. */
    ck_assert_uint_eq(p.transitions[0].count, 2);
    ck_assert_int_eq(p.transitions[0].requirements[1].kind, MLT_REQUIREMENT_SENTENCE);
    const struct mlt_policy_gate *beta = &p.transitions[1];
    ck_assert_uint_eq(beta->count, 5);
    ck_assert_int_eq(beta->requirements[0].kind, MLT_REQUIREMENT_SUITES);
    ck_assert_str_eq(beta->requirements[0].text, "suites passed: [unit, edge_case]");
    ck_assert_str_eq(beta->requirements[0].suites[1], "edge-case");
    ck_assert_int_eq(beta->requirements[2].kind, MLT_REQUIREMENT_RECORD);
    ck_assert_str_eq(beta->requirements[2].record, "security-review");
    ck_assert_str_eq(beta->requirements[2].text, "record: security-review");
    ck_assert_str_eq(beta->requirements[3].text,
                     "approval: {stage: beta, roles: [Product Manager], quorum: 1}");
    ck_assert_int_eq(beta->requirements[3].kind, MLT_REQUIREMENT_APPROVAL);
    ck_assert_str_eq(beta->requirements[3].stage, "beta");
    ck_assert_str_eq(beta->requirements[3].roles[0], "Product Manager");
    ck_assert_str_eq(beta->requirements[4].text, "anchor 1.0.0: rmse within 10% of anchor");
    ck_assert_int_eq(beta->requirements[4].kind, MLT_REQUIREMENT_ANCHOR);
    ck_assert_str_eq(beta->requirements[4].sentence, "rmse within 10% of anchor");
    ck_assert_str_eq(p.people.signers_file, "signers");
    ck_assert(mlt_policy_holds(&p.people, "Product Manager", "pm@example.org"));
    ck_assert(!mlt_policy_holds(&p.people, "ML Architect", "pm@example.org"));
    mlt_arena_free(&arena);
}
END_TEST

/* Names and line format as in ssh-keygen(1), ALLOWED SIGNERS. */
static const char signers[] =
    "# people\n"
    "ada@example.org,ada namespaces=\"mltest-statement\" ssh-ed25519 AAAA\n"
    "\n"
    "  *@board.example.org,!guest@board.example.org ssh-ed25519 BBBB\n"
    "\"pm@example.org\" ssh-rsa CCCC\r\n";

static const char peopled[] =
    "policy: 1\n"
    "transitions:\n"
    "  alpha: {also: [rmse <= 6, {approval: {stage: alpha, roles: [ML Architect, Lead]}}]}\n"
    "approvers:\n"
    "  allowed_signers: signers\n"
    "  owner: ML Review Board\n"
    "  roles:\n"
    "    ML Architect: [ada@example.org, guest@board.example.org]\n"
    "    Lead: [pm@example.org, ada@example.org]\n"
    "    ML Review Board: [x@board.example.org, y@board.example.org]\n"
    "  waivers: {roles: [Lead], longest: 30d}\n"
    "  quorum: {production: 2}\n";

START_TEST(gates_reads_who_may_sign_and_what_is_built_in)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_policy p;
    ck_ok(
        mlt_gates_parse("gates.yaml", peopled, strlen(peopled), signers, words, &arena, &p, &err));
    /* printf '%s\n%s\n' "$(sha256sum <gates.yaml)" "$(sha256sum <signers)" | sha256sum */
    ck_assert_str_eq(p.digest, "fdffbcc1dd2c44cb2cc5c4d3b55398c9e95c086e367a007f336862a1d70fe023");
    ck_assert_str_eq(p.people.owner, "ML Review Board");
    ck_assert_str_eq(p.people.waiver_roles[0], "Lead");
    ck_assert_int_eq(p.people.max_waiver_s, 30 * 24 * 3600);
    const struct mlt_policy_gate *alpha = mlt_policy_gate_find(&p, "state", "alpha");
    ck_assert_uint_eq(alpha->count, 7);
    ck_assert(alpha->requirements[0].built_in && !alpha->requirements[5].built_in);
    ck_assert_int_eq(alpha->requirements[5].line, 3);
    ck_assert_str_eq(alpha->requirements[6].text,
                     "approval: {stage: alpha, roles: [ML Architect, Lead], quorum: 1}");
    const struct mlt_requirement *board =
        &mlt_policy_gate_find(&p, "state", "production")->requirements[1];
    ck_assert_str_eq(board->text, "production_approval");
    ck_assert_str_eq(board->stage, "production");
    ck_assert_str_eq(board->roles[0], "ML Review Board");
    ck_assert_uint_eq(board->quorum, 2);
    mlt_arena_free(&arena);
}
END_TEST

/* One line of `peopled` replaced. */
static const struct {
    const char *from, *to, *phrase;
} people_faults[] = {
    {"owner: ML Review Board", "owner: ML Revew Board",
     "gates.yaml:6:10: unknown role 'ML Revew Board'; did you mean 'ML Review Board'?"},
    {"[ada@example.org, guest@board.example.org]", "[guest@board.example.org, zoe@example.org]",
     "gates.yaml:8:5: nobody of the role 'ML Architect' (guest@board.example.org, …) has a key in "
     "signers"},
    {"roles: [Lead]", "roles: [Leed]", "gates.yaml:11:21: unknown role 'Leed'"},
    {"production: 2", "production: 3",
     "gates.yaml:5: \"ml_review_board_approval\" asks for 3 people (3 of each of 1 role, nobody "
     "counted twice), but its roles have only 2 who can sign"},
    {"Lead: [pm@example.org, ada@example.org]", "Lead: [ada@example.org]",
     "gates.yaml:3: \"approval: {stage: alpha, roles: [ML Architect, Lead], quorum: 1}\" asks for "
     "2 "
     "people"},
    {"roles: [ML Architect, Lead]", "roles: [Architect]",
     "gates.yaml:3: the role 'Architect' of \"approval"},
    {"longest: 30d", "longest: 0s", "longest must be at least 1s"},
    {"[pm@example.org, ada@example.org]", "[pm@example.org, pm@example.org]",
     "'pm@example.org' is there twice in the role 'Lead'"},
    {"[pm@example.org, ada@example.org]", "['*@example.org']", "a person has one name"},
};

START_TEST(gates_names_people_who_cannot_do_what_is_asked_of_them)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_policy p;
    const char *at = strstr(peopled, people_faults[_i].from);
    ck_assert_ptr_nonnull(at);
    char *yaml = mlt_arena_printf(&arena, "%.*s%s%s", (int)(at - peopled), peopled,
                                  people_faults[_i].to, at + strlen(people_faults[_i].from));
    ck_fails(mlt_gates_parse("gates.yaml", yaml, strlen(yaml), signers, words, &arena, &p, &err),
             MLT_ERR_USAGE, people_faults[_i].phrase);
    mlt_arena_free(&arena);
}
END_TEST

/* Sections 3 (Transition Criteria), 6 (Automated Deployment) and 10 (Approval) of the protocol. */
static const struct {
    const char *kind, *gate, *asks;
} protocol_asks[] = {
    {"state", "alpha",
     "unit_tests_passed initial_metrics_above_minimum code_review_completed design_approval "
     "alpha_approval"},
    {"state", "beta",
     "extended_validation_completed metrics_within_5_percent_of_production "
     "security_review_completed beta_approval"},
    {"state", "rc", "integration_tests_passed ab_test_plan_developed documentation_complete"},
    {"state", "production",
     "ab_tests_passed production_approval deployment_runbook_tested documentation_complete "
     "all_tests_passed no_worse_than_production security_review_completed "
     "privacy_impact_assessment_completed ethics_review_completed"},
    {"state", "deprecated",
     "successor_in_production_30_days migration_path_documented deprecation_notice_distributed"},
    {"state", "archived", "no_active_users_90_days all_clients_migrated"},
    {"environment", "development", "unit_tests_passed integration_tests_passed"},
    {"environment", "staging", "development_deployment_successful performance_tests_passed"},
    {"environment", "shadow", "staging_deployment_successful compatibility_tests_passed"},
    {"environment", "production", "shadow_deployment_successful ml_review_board_approval"},
};

START_TEST(gates_without_a_word_of_its_own_asks_what_the_protocol_asks)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_policy p;
    char asks[1024] = "";
    ck_ok(parse("policy: 1\n", &arena, &p, &err));
    ck_assert(p.built_in_environments);
    const struct mlt_policy_gate *gate =
        mlt_policy_gate_find(&p, protocol_asks[_i].kind, protocol_asks[_i].gate);
    ck_assert_ptr_nonnull(gate);
    for (size_t i = 0; i < gate->count; i++) {
        ck_assert(gate->requirements[i].built_in);
        ck_assert_int_eq(gate->requirements[i].kind, MLT_REQUIREMENT_WORD);
        strcat(asks, i ? " " : "");
        strcat(asks, gate->requirements[i].text);
    }
    ck_assert_str_eq(asks, protocol_asks[_i].asks);
    mlt_arena_free(&arena);
}
END_TEST

#define ENV(requirements)                                                                          \
    "deployment:\n  environments:\n    - name: a\n      requirements: [" requirements "]\n"

static const struct {
    const char *yaml, *phrase;
} bad[] = {
    {"", "gates.yaml:1:1: the file is empty"},
    {"policy: 1\ntransitions: {alpha: {}}\n", "gates.yaml:2:22: 'alpha' needs either 'require'"},
    {"policy: 1\ntransitions: {alpha: {require: [unit_tests_passed], also: [rmse <= 6]}}\n",
     "found both"},
    {"policy: 1\ntransitions: {alpha: {also: [unit_tests_passed]}}\n",
     "gates.yaml:2:30: the requirement 'unit_tests_passed' of 'alpha' is there twice: it is built "
     "in"},
    {"deployment: {environments: [{name: eu, also: [unit_tests_passed]}]}\n",
     "nothing is built in for 'eu' that 'also' could extend: write 'requirements'"},
    {"policy: 1\nanchor: {version: 1.0.0, require: [rmse within 10% of production]}\n",
     "gates.yaml:2:36: \"rmse within 10% of production\": column 20: expected \"anchor\""},
    {"policy: 1\nanchor: {version: 1.0.0, require: [rmse <= 6]}\n", "compares with nothing"},
    {"policy: 1\nanchor: {version: golden, require: [rmse within 10% of anchor]}\n",
     "gates.yaml:2:19: anchor.version"},
    {ENV("rmse within 10% of anchor"), "only the margins under `anchor:`"},
    {"policy: 2\n", "gates.yaml:1:9: policy must be from 1 to 1, found 2"},
    {"transitions: {alpha: {require: [unit_tests_passed]}}\n", "write 'policy: 1'"},
    {"deployment: {environments: []}\n", "deployment.environments must not be an empty list"},
    {ENV(""), "gates.yaml:4:21: deployment.environments[0].requirements must not be an empty list"},
    {ENV("unit_test_passed"),
     "gates.yaml:4:22: unknown requirement 'unit_test_passed'; did you mean 'unit_tests_passed'?"},
    {ENV("unit tests passed"),
     "gates.yaml:4:22: unknown requirement 'unit tests passed'; did you mean 'unit_tests_passed'?"},
    {ENV("vibes_are_good"), "gates.yaml:4:22: unknown requirement 'vibes_are_good'; known are"},
    {ENV("unit_tests_passed, unit_tests_passed"),
     "gates.yaml:4:41: the requirement 'unit_tests_passed' of 'a' is there twice"},
    {ENV("a_deployment_successful"), "no environment stands before this one"},
    {"deployment:\n  environments:\n    - {name: staging, requirements: [unit_tests_passed]}\n"
     "    - {name: b, requirements: [stagging_deployment_successful]}\n",
     "gates.yaml:4:32: unknown or later environment 'stagging'; did you mean 'staging'?"},
    {"deployment:\n  environments:\n    - {name: a, requirements: [unit_tests_passed]}\n"
     "    - {name: a, requirements: [unit_tests_passed]}\n",
     "gates.yaml:4:14: the environment 'a' is there twice"},
    {ENV("rmse <= nan"), "gates.yaml:4:22: \"rmse <= nan\": column 9"},
    {ENV("rmse <= .inf"), "gates.yaml:4:22: \"rmse <= .inf\""},
    {ENV("rmse within 0% of production"), "a margin must be greater than 0"},
    {ENV("rmse within 5% of prodution"), "did you mean \"production\"?"},
    {ENV("{suites passed: [unti]}"), "gates.yaml:4:39: unknown suite 'unti'; did you mean 'unit'?"},
    {ENV("{suites passed: [unit, unit]}"), "the suite 'unit' is there twice"},
    {ENV("{record: a, suites passed: [unit]}"), "a requirement has one key"},
    {ENV("{reccord: a}"), "unknown key 'reccord'"},
    {ENV("{approval: {stage: beta}}"), "the key 'roles' is missing"},
    {"policy: 1\ntransitions: {betta: {require: [unit_tests_passed]}}\n",
     "gates.yaml:2:15: unknown key 'betta' in transitions; did you mean 'beta'?"},
    {"policy: 1\ndefaults: {alpha: .nan}\n" ENV("unit_tests_passed"),
     "gates.yaml:2:19: defaults.alpha must be a finite number, found .nan"},
    {"policy: 1\ndefaults: {max_age: 0s}\n" ENV("unit_tests_passed"),
     "max_age must be at least 1s"},
    {"policy: 1\ncanary: {steps: [{traffic: 50%}, {traffic: 20%}, {traffic: 100%}]}\n" ENV(
         "unit_tests_passed"),
     "gates.yaml:2:44: canary.steps[1].traffic must be above the step before it, found 20%"},
    {"policy: 1\ncanary: {steps: [{traffic: 50%}]}\n" ENV("unit_tests_passed"),
     "the last canary step must be 100%"},
    {"policy: 1\npolicy: 1\n", "gates.yaml:2:1: the key 'policy' is there twice (first on line 1)"},
    {"policy: 1\n---\npolicy: 1\n", "gates.yaml:2:1: a second document starts here"},
    {"policy: 1\nrollback: &r [*r]\n", "contains itself"},
};

START_TEST(gates_names_place_and_right_word)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_policy p;
    ck_fails(parse(bad[_i].yaml, &arena, &p, &err), MLT_ERR_USAGE, bad[_i].phrase);
    mlt_arena_free(&arena);
}
END_TEST

TCase *case_gates_yaml(void);
TCase *case_gates_yaml(void)
{
    TCase *tc = tcase_create("gates.yaml");
    tcase_add_test(tc, gates_reads_the_protocols_own_block_word_for_word);
    tcase_add_test(tc, gates_reads_a_whole_policy);
    tcase_add_loop_test(tc, gates_names_place_and_right_word, 0, sizeof bad / sizeof *bad);
    tcase_add_test(tc, gates_reads_who_may_sign_and_what_is_built_in);
    tcase_add_loop_test(tc, gates_names_people_who_cannot_do_what_is_asked_of_them, 0,
                        sizeof people_faults / sizeof *people_faults);
    tcase_add_loop_test(tc, gates_without_a_word_of_its_own_asks_what_the_protocol_asks, 0,
                        sizeof protocol_asks / sizeof *protocol_asks);
    return tc;
}
