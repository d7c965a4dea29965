#include <string.h>

#include "gates/decide/judging.h"
#include "harness/base/str.h"

static bool set(struct mlt_criterion_work *w, enum mlt_verdict verdict, const char *reason,
                struct mlt_err *err)
{
    w->verdict = verdict;
    w->reason = reason;
    return reason ? true : mlt_err_oom(err);
}

static const struct mlt_evidence_run *run_for(const struct mlt_evidence *evidence,
                                              const char *suite)
{
    for (size_t i = 0; i < evidence->run_count; i++)
        for (size_t k = 0; k < evidence->runs[i].suite_count; k++)
            if (strcmp(evidence->runs[i].suites[k], suite) == 0)
                return &evidence->runs[i];
    return NULL;
}

/* The untrustworthy file that may have been the newest run of this suite; NULL when there is none.
 */
static const struct mlt_evidence_rejected *tampered_for(const struct mlt_evidence *evidence,
                                                        const char *suite)
{
    const struct mlt_evidence_run *newest = run_for(evidence, suite);
    for (size_t i = 0; i < evidence->rejected_count; i++) {
        const struct mlt_evidence_rejected *r = &evidence->rejected[i];
        bool is_older = newest && r->run_id && strcmp(r->run_id, newest->run->run_id) < 0;
        if (r->tampered && !is_older)
            return r;
    }
    return NULL;
}

static bool no_run(struct mlt_criterion_work *w, const char *suite, struct mlt_err *err)
{
    const struct mlt_run_side *s = &w->evidence->subject;
    const struct mlt_evidence *e = w->evidence;
    if (e->rejected_count == 0)
        return set(w, MLT_VERDICT_INVALID,
                   mlt_arena_printf(w->arena,
                                    "no run of suite %s of %s@%s is kept: mltest run %s@%s", suite,
                                    s->model, s->version, s->model, s->version),
                   err);
    const struct mlt_evidence_rejected *r = &e->rejected[0];
    return set(w, MLT_VERDICT_INVALID,
               mlt_arena_printf(
                   w->arena, "no run of suite %s counts: %zu looked at, none accepted; run %s: %s",
                   suite, e->rejected_count, r->what, r->why),
               err);
}

/* Does the policy's sentence judge anything that this suite measured? */
static bool speaks_of(const struct mlt_criterion_work *w, const struct mlt_requirement *requirement,
                      const struct mlt_run *run, const char *suite)
{
    struct mlt_sentence sentence;
    struct mlt_err ignored = MLT_ERR_INIT;
    if (!mlt_sentence_parse(requirement->text, w->arena, &sentence, &ignored))
        return false;
    for (size_t i = 0; i < run->measurement_count; i++) {
        const struct mlt_run_case *test = mlt_run_case_find(run, run->measurements[i].case_id);
        if (test && strcmp(test->plan.suite, suite) == 0 &&
            mlt_str_eq(run->measurements[i].metric, sentence.metric))
            return true;
    }
    return false;
}

/* A suite that only measures shows nothing by itself: some sentence must judge it, of its own cases
 * or of the policy. */
static bool is_judged(const struct mlt_criterion_work *w, const struct mlt_run *run,
                      const char *suite)
{
    if (strcmp(suite, "regression") != 0 && strcmp(suite, "performance") != 0)
        return true;
    for (size_t i = 0; i < run->case_count; i++)
        if (strcmp(run->cases[i].plan.suite, suite) == 0 && run->cases[i].plan.require_count > 0)
            return true;
    for (size_t i = 0; i < w->gate->count; i++)
        if (w->gate->requirements[i].kind == MLT_REQUIREMENT_SENTENCE &&
            speaks_of(w, &w->gate->requirements[i], run, suite))
            return true;
    return false;
}

static bool suite_passed(struct mlt_criterion_work *w, const char *suite, struct mlt_err *err)
{
    const struct mlt_evidence_rejected *tampered = tampered_for(w->evidence, suite);
    if (tampered)
        return set(w, MLT_VERDICT_INVALID,
                   mlt_arena_printf(w->arena, "evidence for suite %s cannot be trusted: %s: %s",
                                    suite, tampered->what, tampered->why),
                   err);
    const struct mlt_evidence_run *e = run_for(w->evidence, suite);
    if (!e)
        return no_run(w, suite, err);
    struct mlt_judging_count count;
    if (!mlt_judging_run(e->run, suite, w->defaults, w->arena, w->findings, &count, err))
        return false;
    if (count.passed == 0 && count.findings == 0)
        return set(w, MLT_VERDICT_INVALID,
                   mlt_arena_printf(w->arena, "no case of suite %s passed", suite), err);
    if (!is_judged(w, e->run, suite))
        return set(
            w, MLT_VERDICT_INVALID,
            mlt_arena_printf(w->arena,
                             "suite %s measured, but no sentence judges it: give its items a "
                             "`require:` or the policy a sentence",
                             suite),
            err);
    return set(w, MLT_VERDICT_PASS,
               mlt_arena_printf(w->arena, "%zu of %zu cases of suite %s passed%s%.0zu%s, run %s",
                                count.passed, count.cases, suite, count.skipped ? ", " : "",
                                count.skipped, count.skipped ? " skipped" : "", e->run->run_id),
               err);
}

/* The measurements of the runs that count, each only for the suites it counts for. */
static bool gather(struct mlt_criterion_work *w, struct mlt_measurement **out, size_t *out_count,
                   struct mlt_err *err)
{
    size_t capacity = 1;
    for (size_t i = 0; i < w->evidence->run_count; i++)
        capacity += w->evidence->runs[i].run->measurement_count;
    *out = mlt_arena_calloc(w->arena, capacity, sizeof **out);
    *out_count = 0;
    if (!*out)
        return mlt_err_oom(err);
    for (size_t i = 0; i < w->evidence->run_count; i++) {
        const struct mlt_run *run = w->evidence->runs[i].run;
        for (size_t k = 0; k < run->measurement_count; k++) {
            const struct mlt_run_case *test = mlt_run_case_find(run, run->measurements[k].case_id);
            if (!test || test->outcome.state == MLT_OUTCOME_BROKEN ||
                test->outcome.state == MLT_OUTCOME_NOT_RUN)
                continue;
            if (run_for(w->evidence, test->plan.suite) == &w->evidence->runs[i] &&
                !tampered_for(w->evidence, test->plan.suite))
                (*out)[(*out_count)++] = run->measurements[k];
        }
    }
    return true;
}

static bool sentence_holds(struct mlt_criterion_work *w, struct mlt_err *err)
{
    struct mlt_sentence *sentence = mlt_arena_alloc(w->arena, sizeof *sentence);
    struct mlt_measurement *measurements;
    struct mlt_err parse_err = MLT_ERR_INIT;
    size_t count;
    if (!sentence)
        return mlt_err_oom(err);
    if (!mlt_sentence_parse(w->requirement->text, w->arena, sentence, &parse_err))
        return set(w, MLT_VERDICT_INVALID, mlt_arena_strdup(w->arena, parse_err.text), err);
    if (!gather(w, &measurements, &count, err) ||
        !mlt_judge_sentence(sentence, NULL, measurements, count, w->defaults, w->arena, w->findings,
                            err))
        return false;
    return set(w, MLT_VERDICT_PASS, "holds", err);
}

static bool deployed_to(struct mlt_criterion_work *w, const char *environment, struct mlt_err *err)
{
    const struct mlt_evidence *e = w->evidence;
    for (size_t i = 0; i < e->deployment_count; i++)
        if (strcmp(e->deployments[i].environment, environment) == 0 &&
            strcmp(e->deployments[i].digest, e->subject.digest) == 0)
            return set(w, MLT_VERDICT_PASS,
                       mlt_arena_printf(w->arena, "deployed to %s by decision %.12s", environment,
                                        e->deployments[i].decision_digest),
                       err);
    return set(
        w, MLT_VERDICT_INVALID,
        mlt_arena_printf(w->arena,
                         "no deployment of these files to %s is recorded: mltest deploy %s@%s "
                         "--env %s",
                         environment, e->subject.model, e->subject.version, environment),
        err);
}

static bool documented(struct mlt_criterion_work *w, const char *about, struct mlt_err *err)
{
    const struct mlt_evidence_documents *d = &w->evidence->documents;
    const struct mlt_run_side *s = &w->evidence->subject;
    (void)about;
    if (!d->looked)
        return set(w, MLT_VERDICT_INVALID,
                   mlt_arena_printf(w->arena, "nobody looked at the documents of %s@%s", s->model,
                                    s->version),
                   err);
    const char *which = d->revision > 0
                            ? mlt_arena_printf(w->arena, "of revision %lld", d->revision)
                            : "in the version's folder";
    if (!which)
        return mlt_err_oom(err);
    if (d->fault_count == 0)
        return set(w, MLT_VERDICT_PASS,
                   mlt_arena_printf(w->arena,
                                    "the six documents %s are complete and agree with metadata, "
                                    "metrics and runs",
                                    which),
                   err);
    size_t others = d->fault_count - 1;
    return set(w, MLT_VERDICT_FAIL,
               mlt_arena_printf(w->arena, "documents %s: %s%s%.0zu%s: mltest docs check %s@%s",
                                which, d->faults[0], others ? "; and " : "", others,
                                others > 1   ? " other faults"
                                : others > 0 ? " other fault"
                                             : "",
                                s->model, s->version),
               err);
}

static bool not_built(struct mlt_criterion_work *w, const char *about, struct mlt_err *err)
{
    return set(w, MLT_VERDICT_INVALID,
               mlt_arena_printf(w->arena,
                                "%s: not available in this version of mltest, so nothing shows it",
                                about),
               err);
}

static const char suffix[] = "_deployment_successful";

static bool deployed(struct mlt_criterion_work *w, const char *about, struct mlt_err *err)
{
    const char *text = w->requirement->text;
    (void)about;
    char *environment = mlt_arena_strndup(w->arena, text, strlen(text) - strlen(suffix));
    return environment ? deployed_to(w, environment, err) : mlt_err_oom(err);
}

const struct mlt_requirement_word mlt_requirement_words[] = {
    {"unit_tests_passed", "suite unit passed", suite_passed, "unit"},
    {"integration_tests_passed", "suite integration passed", suite_passed, "integration"},
    {"performance_tests_passed", "suite performance passed", suite_passed, "performance"},
    {"regression_tests_passed", "suite regression passed", suite_passed, "regression"},
    {"edge_case_tests_passed", "suite edge-case passed", suite_passed, "edge-case"},
    {"*_deployment_successful", "these files were deployed to that environment", deployed, NULL},
    {"ab_tests_passed", "an A/B test was won", not_built, "A/B tests"},
    {"ab_test_plan_developed", "a plan of the A/B test is kept", not_built, "records"},
    {"compatibility_tests_passed", "suite compatibility passed", suite_passed, "compatibility"},
    {"documentation_complete", "all six documents are complete and true", documented, NULL},
    {"code_review_completed", "a code review is kept", not_built, "records"},
    {"security_review_completed", "a security review is kept", not_built, "records"},
    {"privacy_impact_assessment_completed", "an assessment is kept", not_built, "records"},
    {"ethics_review_completed", "an ethics review is kept", not_built, "records"},
    {"deployment_runbook_tested", "a rehearsal of the runbook is kept", not_built, "records"},
    {"migration_path_documented", "a migration path is kept", not_built, "records"},
    {"deprecation_notice_distributed", "a notice is kept", not_built, "records"},
    {"design_approval", "the ML Architect approved", not_built, "approvals"},
    {"alpha_approval", "the ML Team Lead approved", not_built, "approvals"},
    {"beta_approval", "the Product Manager approved", not_built, "approvals"},
    {"production_approval", "the ML Review Board approved", not_built, "approvals"},
    {"ml_architect_approval", "the ML Architect approved", not_built, "approvals"},
    {"ml_team_lead_approval", "the ML Team Lead approved", not_built, "approvals"},
    {"product_manager_approval", "the Product Manager approved", not_built, "approvals"},
    {"ml_review_board_approval", "the ML Review Board approved", not_built, "approvals"},
    {NULL, NULL, NULL, NULL},
};

static bool is_built(const char *suite)
{
    for (size_t i = 0; mlt_requirement_words[i].word; i++)
        if (mlt_requirement_words[i].judge == suite_passed &&
            strcmp(mlt_requirement_words[i].about, suite) == 0)
            return true;
    return false;
}

static bool suites_passed(struct mlt_criterion_work *w, struct mlt_err *err)
{
    enum mlt_verdict worst = MLT_VERDICT_PASS;
    const char *reason = NULL;
    for (size_t i = 0; i < w->requirement->suite_count; i++) {
        const char *suite = w->requirement->suites[i];
        bool built = is_built(suite);
        if (built ? !suite_passed(w, suite, err) : !not_built(w, suite, err))
            return false;
        if (!reason || (w->verdict != worst && mlt_verdict_worst(w->verdict, worst) == w->verdict))
            reason = w->reason;
        worst = mlt_verdict_worst(worst, w->verdict);
    }
    if (w->requirement->suite_count == 0)
        return set(w, MLT_VERDICT_INVALID, "no suite is named", err);
    w->verdict = worst;
    w->reason = reason;
    return true;
}

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
        return set(w, MLT_VERDICT_INVALID,
                   mlt_arena_printf(w->arena, "there is no criterion \"%s\"", text), err);
    return mlt_requirement_words[index].judge(w, mlt_requirement_words[index].about, err);
}

bool mlt_criterion_judge(struct mlt_criterion_work *w, struct mlt_err *err)
{
    switch (w->requirement->kind) {
    case MLT_REQUIREMENT_WORD:
        return word_holds(w, err);
    case MLT_REQUIREMENT_SENTENCE:
        return sentence_holds(w, err);
    case MLT_REQUIREMENT_SUITES:
        return suites_passed(w, err);
    case MLT_REQUIREMENT_RECORD:
    case MLT_REQUIREMENT_APPROVAL:
    case MLT_REQUIREMENT_ANCHOR:
        break;
    }
    return set(w, MLT_VERDICT_INVALID,
               mlt_arena_printf(w->arena, "this version of mltest cannot show \"%s\" yet",
                                w->requirement->text),
               err);
}
