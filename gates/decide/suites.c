#include <string.h>

#include "gates/decide/words.h"
#include "harness/base/str.h"

const struct mlt_evidence_rejected *mlt_decide_tampered(const struct mlt_evidence *evidence,
                                                        const char *suite)
{
    const struct mlt_evidence_run *newest = mlt_evidence_run_for(evidence, suite);
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
        return mlt_criterion_set(
            w, MLT_VERDICT_INVALID,
            mlt_arena_printf(w->arena, "no run of suite %s of %s@%s is kept: mltest run %s@%s",
                             suite, s->model, s->version, s->model, s->version),
            err);
    const struct mlt_evidence_rejected *r = &e->rejected[0];
    return mlt_criterion_set(
        w, MLT_VERDICT_INVALID,
        mlt_arena_printf(w->arena,
                         "no run of suite %s counts: %zu looked at, none accepted; run %s: %s",
                         suite, e->rejected_count, r->what, r->why),
        err);
}

const struct mlt_evidence_run *mlt_decide_run(struct mlt_criterion_work *w, const char *suite,
                                              struct mlt_err *err)
{
    const struct mlt_evidence_rejected *tampered = mlt_decide_tampered(w->evidence, suite);
    const struct mlt_evidence_run *e = mlt_evidence_run_for(w->evidence, suite);
    if (tampered) {
        mlt_criterion_set(w, MLT_VERDICT_INVALID,
                          mlt_arena_printf(w->arena,
                                           "evidence for suite %s cannot be trusted: %s: %s", suite,
                                           tampered->what, tampered->why),
                          err);
        return NULL;
    }
    if (!e)
        no_run(w, suite, err);
    return e;
}

/* Judging one candidate again on other data of one name spends from one alpha: the first look has
 * all of it, look number k the 2^k-th part. */
struct mlt_judge_defaults mlt_decide_defaults(const struct mlt_criterion_work *w,
                                              const struct mlt_run *run)
{
    struct mlt_judge_defaults defaults = *w->defaults;
    unsigned before = 0;
    for (size_t i = 0; i < w->evidence->use_count; i++)
        for (size_t k = 0; k < run->dataset_count; k++) {
            const struct mlt_evidence_use *use = &w->evidence->uses[i];
            if (strcmp(use->dataset, run->datasets[k].name) == 0 &&
                strcmp(use->sha256, run->datasets[k].sha256) == 0 && use->looks > before)
                before = use->looks;
        }
    defaults.looks = before ? before + 1 : 0;
    return defaults;
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
    if (strcmp(suite, "regression") != 0 && strcmp(suite, "performance") != 0 &&
        strcmp(suite, "ab") != 0)
        return true;
    for (size_t i = 0; i < run->case_count; i++)
        if (strcmp(run->cases[i].plan.suite, suite) == 0 && run->cases[i].plan.require_count > 0)
            return true;
    for (size_t i = 0; i < w->gate->count; i++)
        if (w->gate->requirements[i].kind == MLT_REQUIREMENT_SENTENCE &&
            speaks_of(w, &w->gate->requirements[i], run, suite))
            return true;
    for (size_t i = 0; i < w->gate->count && strcmp(suite, "regression") == 0; i++)
        if (w->gate->requirements[i].kind == MLT_REQUIREMENT_WORD &&
            mlt_word_judges_metrics(w->gate->requirements[i].text))
            return true;
    return false;
}

static bool suite_passed(struct mlt_criterion_work *w, const char *suite, struct mlt_err *err)
{
    const struct mlt_evidence_run *e = mlt_decide_run(w, suite, err);
    if (!e)
        return w->reason != NULL;
    const struct mlt_judge_defaults defaults = mlt_decide_defaults(w, e->run);
    struct mlt_judging_count count;
    if (!mlt_judging_run(e->run, suite, &defaults, w->arena, w->findings, &count, err))
        return false;
    if (count.passed == 0 && count.findings == 0)
        return mlt_criterion_set(w, MLT_VERDICT_INVALID,
                                 mlt_arena_printf(w->arena, "no case of suite %s passed", suite),
                                 err);
    if (!is_judged(w, e->run, suite))
        return mlt_criterion_set(
            w, MLT_VERDICT_INVALID,
            mlt_arena_printf(w->arena,
                             "suite %s measured, but no sentence judges it: give its items a "
                             "`require:` or the policy a sentence",
                             suite),
            err);
    return mlt_criterion_set(
        w, MLT_VERDICT_PASS,
        mlt_arena_printf(w->arena, "%zu of %zu cases of suite %s passed%s%.0zu%s, run %s",
                         count.passed, count.cases, suite, count.skipped ? ", " : "", count.skipped,
                         count.skipped ? " skipped" : "", e->run->run_id),
        err);
}

bool mlt_decide_suites(struct mlt_criterion_work *w, const char *const *suites, size_t count,
                       struct mlt_err *err)
{
    enum mlt_verdict worst = MLT_VERDICT_PASS;
    const char *reason = NULL;
    for (size_t i = 0; i < count; i++) {
        if (!suite_passed(w, suites[i], err))
            return false;
        if (!reason || (w->verdict != worst && mlt_verdict_worst(w->verdict, worst) == w->verdict))
            reason = w->reason;
        worst = mlt_verdict_worst(worst, w->verdict);
    }
    return count ? mlt_criterion_set(w, worst, reason, err)
                 : mlt_criterion_set(w, MLT_VERDICT_INVALID, "no suite is named", err);
}

bool mlt_word_suites(struct mlt_criterion_work *w, const char *about, struct mlt_err *err)
{
    const char *suites[8];
    size_t count = 0;
    char *names = mlt_arena_strdup(w->arena, about), *rest = NULL;
    if (!names)
        return mlt_err_oom(err);
    for (char *name = strtok_r(names, " ", &rest); name && count < sizeof suites / sizeof *suites;
         name = strtok_r(NULL, " ", &rest))
        suites[count++] = name;
    return mlt_decide_suites(w, suites, count, err);
}
