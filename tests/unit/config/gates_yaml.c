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
    "defaults: {rule: point, slice_rule: not-shown-worse, alpha: 0.1, correction: none, max_age: 14d,\n"
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
    return mlt_gates_parse("gates.yaml", yaml, strlen(yaml), words, arena, out, err);
}

START_TEST(gates_reads_the_protocols_own_block_word_for_word)
{
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_policy p;
    ck_ok(parse(protocol, &arena, &p, &err));
    ck_assert_uint_eq(p.environment_count, 4);
    ck_assert_uint_eq(p.transition_count, 0);
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
    ck_assert_uint_eq(p.transition_count, 2);
    /* Alpha compares with nothing, so the anchor is asked of beta only. */
    ck_assert_uint_eq(p.transitions[0].count, 2);
    ck_assert_int_eq(p.transitions[0].requirements[1].kind, MLT_REQUIREMENT_SENTENCE);
    const struct mlt_policy_gate *beta = &p.transitions[1];
    ck_assert_uint_eq(beta->count, 5);
    ck_assert_int_eq(beta->requirements[0].kind, MLT_REQUIREMENT_SUITES);
    ck_assert_str_eq(beta->requirements[0].text, "suites passed: [unit, edge_case]");
    ck_assert_str_eq(beta->requirements[0].suites[1], "edge-case");
    ck_assert_str_eq(beta->requirements[2].key, "record");
    ck_assert_str_eq(beta->requirements[2].text, "record: security-review");
    ck_assert_str_eq(beta->requirements[3].text,
                     "approval: {stage: beta, roles: [Product Manager], quorum: 1}");
    ck_assert_str_eq(beta->requirements[4].text, "anchor 1.0.0: rmse within 10% of anchor");
    mlt_arena_free(&arena);
}
END_TEST

#define ENV(requirements) \
    "deployment:\n  environments:\n    - name: a\n      requirements: [" requirements "]\n"

static const struct {
    const char *yaml, *phrase;
} bad[] = {
    {"", "gates.yaml:1:1: the file is empty"},
    {"policy: 1\n", "gates.yaml:1:1: the policy has no requirements"},
    {"policy: 1\ntransitions: {}\n", "has no requirements"},
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
    {"policy: 1\ndefaults: {max_age: 0s}\n" ENV("unit_tests_passed"), "max_age must be at least 1s"},
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
    return tc;
}
