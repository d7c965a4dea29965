#include <math.h>
#include <string.h>

#include "gates/decide/words.h"

bool mlt_word_judges_metrics(const char *word)
{
    return strcmp(word, "metrics_within_5_percent_of_production") == 0 ||
           strcmp(word, "no_worse_than_production") == 0;
}

static bool is_of_suite(const struct mlt_run_case *test)
{
    return test && strcmp(test->plan.suite, "regression") == 0;
}

/* Every limit that a case sets itself; counts those on all rows. */
static bool judge_limits(struct mlt_criterion_work *w, const struct mlt_run *run,
                         const struct mlt_run_case *test, const struct mlt_judge_defaults *defaults,
                         size_t *whole, struct mlt_err *err)
{
    for (size_t i = 0; i < test->plan.require_count; i++) {
        struct mlt_sentence *sentence = mlt_arena_alloc(w->arena, sizeof *sentence);
        struct mlt_err parse_err = MLT_ERR_INIT;
        if (!sentence)
            return mlt_err_oom(err);
        /* Checked when it was planned; one that cannot be read may have been any limit. */
        if (!mlt_sentence_parse(test->plan.require[i], w->arena, sentence, &parse_err)) {
            if (!mlt_judging_plain(w->findings, test->plan.require[i], test->plan.id,
                                   MLT_VERDICT_INVALID, mlt_arena_strdup(w->arena, parse_err.text),
                                   w->arena, err))
                return false;
            continue;
        }
        if (sentence->kind != MLT_SENTENCE_ABSOLUTE)
            continue;
        *whole += !sentence->by_column && !sentence->for_column;
        if (!mlt_judge_sentence(sentence, test->plan.id, run->measurements, run->measurement_count,
                                defaults, w->arena, w->findings, err))
            return false;
    }
    return true;
}

bool mlt_word_initial_metrics(struct mlt_criterion_work *w, const char *about, struct mlt_err *err)
{
    const struct mlt_evidence_run *e = mlt_decide_run(w, "regression", err);
    size_t whole = 0;
    (void)about;
    if (!e)
        return w->reason != NULL;
    const struct mlt_judge_defaults defaults = mlt_decide_defaults(w, e->run);
    for (size_t i = 0; i < e->run->case_count; i++) {
        const struct mlt_run_case *test = &e->run->cases[i];
        if (!is_of_suite(test))
            continue;
        bool measured =
            test->outcome.state != MLT_OUTCOME_BROKEN && test->outcome.state != MLT_OUTCOME_NOT_RUN;
        if (!mlt_judging_outcome(test, w->arena, w->findings, err) ||
            (measured && !judge_limits(w, e->run, test, &defaults, &whole, err)))
            return false;
    }
    if (whole == 0)
        return mlt_criterion_set(
            w, MLT_VERDICT_INVALID,
            "no item of the regression suite sets a limit on all rows: give one "
            "a sentence such as `require: [rmse <= 6]` in mltest.yaml",
            err);
    return mlt_criterion_set(w, MLT_VERDICT_PASS,
                             mlt_arena_printf(w->arena, "%zu limit%s on all rows hold%s, run %s",
                                              whole, whole == 1 ? "" : "s", whole == 1 ? "s" : "",
                                              e->run->run_id),
                             err);
}

/* A metric whose figure has a better side, of all rows. */
static bool is_quality(const struct mlt_run *run, const struct mlt_measurement *m)
{
    return !m->slice_column && m->direction != MLT_DIRECTION_NONE &&
           is_of_suite(mlt_run_case_find(run, m->case_id));
}

/* The sentence that `model` is, of this metric; NULL when memory is out. */
static struct mlt_sentence *sentence_of(const struct mlt_criterion_work *w,
                                        const struct mlt_sentence *model, const char *words,
                                        const char *metric)
{
    struct mlt_sentence *sentence = mlt_arena_memdup(w->arena, model, sizeof *model);
    char *text = mlt_arena_printf(w->arena, "%s %s", metric, words);
    if (!sentence || !text)
        return NULL;
    sentence->text = text;
    sentence->metric = metric;
    return sentence;
}

/* Production and the candidate on the same rows, every metric by `model`. */
static bool judge_metrics(struct mlt_criterion_work *w, const struct mlt_run *run,
                          const struct mlt_sentence *model, const char *words, size_t *judged,
                          struct mlt_err *err)
{
    const struct mlt_judge_defaults defaults = mlt_decide_defaults(w, run);
    for (size_t i = 0; i < run->case_count; i++)
        if (is_of_suite(&run->cases[i]) &&
            !mlt_judging_outcome(&run->cases[i], w->arena, w->findings, err))
            return false;
    for (size_t i = 0; i < run->measurement_count; i++) {
        const struct mlt_measurement *m = &run->measurements[i];
        if (!is_quality(run, m))
            continue;
        const struct mlt_run_case *test = mlt_run_case_find(run, m->case_id);
        if (test->outcome.state == MLT_OUTCOME_BROKEN || test->outcome.state == MLT_OUTCOME_NOT_RUN)
            continue;
        const struct mlt_sentence *sentence = sentence_of(w, model, words, m->metric);
        if (!sentence)
            return mlt_err_oom(err);
        (*judged)++;
        if (!mlt_judge_sentence(sentence, m->case_id, m, 1, &defaults, w->arena, w->findings, err))
            return false;
    }
    return true;
}

static bool against_production(struct mlt_criterion_work *w, const struct mlt_sentence *model,
                               const char *words, struct mlt_err *err)
{
    const struct mlt_evidence_run *e = mlt_decide_run(w, "regression", err);
    size_t judged = 0;
    if (!e)
        return w->reason != NULL;
    if (!w->evidence->has_baseline && !e->run->has_baseline) {
        bool said = e->run->baseline_ref && strcmp(e->run->baseline_ref, "none") == 0;
        return said
                   ? mlt_criterion_set(w, MLT_VERDICT_PASS,
                                       mlt_arena_printf(w->arena,
                                                        "a first release: nothing else serves, and "
                                                        "run %s says `baseline: none`",
                                                        e->run->run_id),
                                       err)
                   : mlt_criterion_set(w, MLT_VERDICT_INVALID,
                                       mlt_arena_printf(w->arena,
                                                        "run %s compared with nothing and does not "
                                                        "say so: mltest run --baseline none",
                                                        e->run->run_id),
                                       err);
    }
    if (!judge_metrics(w, e->run, model, words, &judged, err))
        return false;
    if (judged == 0)
        return mlt_criterion_set(
            w, MLT_VERDICT_INVALID,
            mlt_arena_printf(w->arena,
                             "run %s measured no metric of all rows that has a "
                             "better side: nothing can be compared",
                             e->run->run_id),
            err);
    return mlt_criterion_set(w, MLT_VERDICT_PASS,
                             mlt_arena_printf(w->arena, "%zu metric%s %s, run %s", judged,
                                              judged == 1 ? "" : "s", words, e->run->run_id),
                             err);
}

bool mlt_word_within_5_percent(struct mlt_criterion_work *w, const char *about, struct mlt_err *err)
{
    static const struct mlt_sentence model = {.kind = MLT_SENTENCE_WITHIN,
                                              .relative = 0.05,
                                              .unit = "",
                                              .reference = "production",
                                              .alpha = NAN};
    (void)about;
    return against_production(w, &model, "within 5% of production", err);
}

bool mlt_word_no_worse(struct mlt_criterion_work *w, const char *about, struct mlt_err *err)
{
    static const struct mlt_sentence model = {
        .kind = MLT_SENTENCE_NO_WORSE, .unit = "", .reference = "production", .alpha = NAN};
    (void)about;
    return against_production(w, &model, "no worse than production", err);
}
