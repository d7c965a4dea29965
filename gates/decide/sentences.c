#include <string.h>

#include "gates/decide/words.h"

/* The measurements of the runs that count, each only for the suites it counts for, and the defaults
 * to judge this metric of theirs with. */
static bool gather(struct mlt_criterion_work *w, const char *metric, struct mlt_measurement **out,
                   size_t *out_count, struct mlt_judge_defaults *defaults, struct mlt_err *err)
{
    size_t capacity = 1;
    for (size_t i = 0; i < w->evidence->run_count; i++)
        capacity += w->evidence->runs[i].run->measurement_count;
    *out = mlt_arena_calloc(w->arena, capacity, sizeof **out);
    *out_count = 0;
    *defaults = *w->defaults;
    if (!*out)
        return mlt_err_oom(err);
    for (size_t i = 0; i < w->evidence->run_count; i++) {
        const struct mlt_run *run = w->evidence->runs[i].run;
        const struct mlt_judge_defaults own = mlt_decide_defaults(w, run);
        for (size_t k = 0; k < run->measurement_count; k++) {
            const struct mlt_run_case *test = mlt_run_case_find(run, run->measurements[k].case_id);
            if (!test || test->outcome.state == MLT_OUTCOME_BROKEN ||
                test->outcome.state == MLT_OUTCOME_NOT_RUN)
                continue;
            if (mlt_evidence_run_for(w->evidence, test->plan.suite) != &w->evidence->runs[i] ||
                mlt_decide_tampered(w->evidence, test->plan.suite))
                continue;
            (*out)[(*out_count)++] = run->measurements[k];
            if (strcmp(run->measurements[k].metric, metric) == 0 && own.looks > defaults->looks)
                defaults->looks = own.looks;
        }
    }
    return true;
}

bool mlt_decide_sentence(struct mlt_criterion_work *w, struct mlt_err *err)
{
    struct mlt_sentence *sentence = mlt_arena_alloc(w->arena, sizeof *sentence);
    struct mlt_measurement *measurements;
    struct mlt_err parse_err = MLT_ERR_INIT;
    struct mlt_judge_defaults defaults;
    size_t count;
    if (!sentence)
        return mlt_err_oom(err);
    if (!mlt_sentence_parse(w->requirement->text, w->arena, sentence, &parse_err))
        return mlt_criterion_set(w, MLT_VERDICT_INVALID, mlt_arena_strdup(w->arena, parse_err.text),
                                 err);
    if (!gather(w, sentence->metric, &measurements, &count, &defaults, err) ||
        !mlt_judge_sentence(sentence, NULL, measurements, count, &defaults, w->arena, w->findings,
                            err))
        return false;
    return mlt_criterion_set(w, MLT_VERDICT_PASS, "holds", err);
}
