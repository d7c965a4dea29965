#include <string.h>

#include "gates/decide/people.h"
#include "gates/decide/words.h"
#include "harness/base/str.h"

bool mlt_criterion_set(struct mlt_criterion_work *w, enum mlt_verdict verdict, const char *reason,
                       struct mlt_err *err)
{
    w->verdict = verdict;
    w->reason = reason;
    return reason ? true : mlt_err_oom(err);
}

const struct mlt_requirement_word mlt_requirement_words[] = {
    {"unit_tests_passed", "suite unit passed", mlt_word_suites, "unit"},
    {"integration_tests_passed", "suite integration passed", mlt_word_suites, "integration"},
    {"performance_tests_passed", "suite performance passed", mlt_word_suites, "performance"},
    {"regression_tests_passed", "suite regression passed", mlt_word_suites, "regression"},
    {"edge_case_tests_passed", "suite edge-case passed", mlt_word_suites, "edge-case"},
    {"compatibility_tests_passed", "suite compatibility passed", mlt_word_suites, "compatibility"},
    {"ab_tests_passed", "suite ab passed: the A/B test was won", mlt_word_suites, "ab"},
    {"extended_validation_completed", "suites regression and edge-case passed", mlt_word_suites,
     "regression edge-case"},
    {"all_tests_passed", "every suite passed", mlt_word_suites,
     "unit integration performance regression edge-case compatibility ab"},
    {"initial_metrics_above_minimum",
     "every limit that a regression item sets holds, one of them on all rows",
     mlt_word_initial_metrics, NULL},
    {"metrics_within_5_percent_of_production",
     "every metric of the regression suite is shown to be within 5% of production",
     mlt_word_within_5_percent, NULL},
    {"no_worse_than_production",
     "no metric of the regression suite is worse, or shown worse, than in production",
     mlt_word_no_worse, NULL},
    {"*_deployment_successful", "these files were deployed to that environment", mlt_word_deployed,
     NULL},
    {"documentation_complete", "all six documents are complete and true", mlt_word_documented,
     NULL},
    {"ab_test_plan_developed", "a plan of the A/B test is kept", mlt_word_records, "ab-test-plan"},
    {"code_review_completed", "a code review approves", mlt_word_records, "code-review"},
    {"security_review_completed", "a security review approves", mlt_word_records,
     "security-review"},
    {"privacy_impact_assessment_completed", "a privacy impact assessment approves",
     mlt_word_records, "privacy-impact-assessment"},
    {"ethics_review_completed", "an ethics review approves, or is signed as not applicable",
     mlt_word_records, "ethics-review"},
    {"deployment_runbook_tested", "a runbook is kept, and its rehearsal passed", mlt_word_records,
     "deployment-runbook runbook-rehearsal"},
    {"migration_path_documented", "a migration path is kept", mlt_word_records, "migration-path"},
    {"deprecation_notice_distributed", "a deprecation notice is kept", mlt_word_records,
     "deprecation-notice"},
    {"successor_in_production_30_days", "a higher version has been in Production for 30 days",
     mlt_word_successor, NULL},
    {"no_active_users_90_days", "usage figures show no users, and none for 90 days",
     mlt_word_no_users, NULL},
    {"all_clients_migrated", "usage figures show no client behind", mlt_word_migrated, NULL},
    {"design_approval", "the ML Architect approved the design", mlt_word_approved, NULL},
    {"alpha_approval", "the ML Team Lead approved", mlt_word_approved, NULL},
    {"beta_approval", "the Product Manager approved", mlt_word_approved, NULL},
    {"production_approval", "the ML Review Board approved", mlt_word_approved, NULL},
    {"ml_architect_approval", "as design_approval", mlt_word_approved, NULL},
    {"ml_team_lead_approval", "as alpha_approval", mlt_word_approved, NULL},
    {"product_manager_approval", "as beta_approval", mlt_word_approved, NULL},
    {"ml_review_board_approval", "as production_approval", mlt_word_approved, NULL},
    {NULL, NULL, NULL, NULL},
};

static const char suffix[] = "_deployment_successful";

static int word_index(const char *text)
{
    for (int i = 0; mlt_requirement_words[i].word; i++) {
        const char *word = mlt_requirement_words[i].word;
        if (strcmp(word, text) == 0 && word[0] != '*')
            return i;
        if (word[0] == '*' && mlt_str_ends(text, suffix) && strlen(text) > strlen(suffix))
            return i;
    }
    return -1;
}

bool mlt_requirement_word_known(const char *word)
{
    return word_index(word) >= 0;
}

static bool word_holds(struct mlt_criterion_work *w, struct mlt_err *err)
{
    const char *text = w->requirement->text;
    int index = word_index(text);
    if (index < 0)
        return mlt_criterion_set(w, MLT_VERDICT_INVALID,
                                 mlt_arena_printf(w->arena, "there is no criterion \"%s\"", text),
                                 err);
    return mlt_requirement_words[index].judge(w, mlt_requirement_words[index].about, err);
}

bool mlt_criterion_judge(struct mlt_criterion_work *w, struct mlt_err *err)
{
    const struct mlt_requirement *r = w->requirement;
    switch (r->kind) {
    case MLT_REQUIREMENT_WORD:
        return word_holds(w, err);
    case MLT_REQUIREMENT_SENTENCE:
        return mlt_decide_sentence(w, err);
    case MLT_REQUIREMENT_SUITES:
        return mlt_decide_suites(w, r->suites, r->suite_count, err);
    case MLT_REQUIREMENT_RECORD:
        return mlt_decide_record(w, r->record, err);
    case MLT_REQUIREMENT_APPROVAL:
        return mlt_decide_approval(w, r->stage, r->roles, r->role_count, r->quorum, err);
    case MLT_REQUIREMENT_ANCHOR:
        return mlt_decide_anchor(w, err);
    }
    return mlt_criterion_set(w, MLT_VERDICT_INVALID, "there is no such requirement", err);
}
