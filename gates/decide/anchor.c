#include <string.h>

#include "gates/decide/words.h"

/* A file that may be a newer run against the anchor, were it what it was. */
static const struct mlt_evidence_rejected *tampered(const struct mlt_evidence *evidence)
{
    const struct mlt_run *run = evidence->anchor_run.run;
    for (size_t i = 0; i < evidence->rejected_count; i++) {
        const struct mlt_evidence_rejected *r = &evidence->rejected[i];
        if (r->tampered && !(run && r->run_id && strcmp(r->run_id, run->run_id) < 0))
            return r;
    }
    return NULL;
}

static bool gather(struct mlt_criterion_work *w, const struct mlt_run *run,
                   struct mlt_measurement **out, size_t *out_count, struct mlt_err *err)
{
    *out = mlt_arena_calloc(w->arena, run->measurement_count, sizeof **out);
    *out_count = 0;
    if (!*out)
        return mlt_err_oom(err);
    for (size_t i = 0; i < run->measurement_count; i++) {
        const struct mlt_run_case *test = mlt_run_case_find(run, run->measurements[i].case_id);
        if (test && test->outcome.state != MLT_OUTCOME_BROKEN &&
            test->outcome.state != MLT_OUTCOME_NOT_RUN)
            (*out)[(*out_count)++] = run->measurements[i];
    }
    return true;
}

bool mlt_decide_anchor(struct mlt_criterion_work *w, struct mlt_err *err)
{
    const struct mlt_evidence *e = w->evidence;
    const struct mlt_evidence_rejected *foul = tampered(e);
    const struct mlt_run *run = e->anchor_run.run;
    struct mlt_sentence *sentence = mlt_arena_alloc(w->arena, sizeof *sentence);
    struct mlt_measurement *measurements;
    struct mlt_err parse_err = MLT_ERR_INIT;
    size_t count;
    if (!sentence)
        return mlt_err_oom(err);
    if (foul)
        return mlt_criterion_set(w, MLT_VERDICT_INVALID,
                                 mlt_arena_printf(w->arena,
                                                  "evidence against the anchor cannot be trusted: "
                                                  "%s: %s",
                                                  foul->what, foul->why),
                                 err);
    if (!run)
        return mlt_criterion_set(
            w, MLT_VERDICT_INVALID,
            e->anchor_fault ? e->anchor_fault : "nobody looked for a run against the anchor", err);
    if (!mlt_sentence_parse_anchored(w->requirement->sentence, w->arena, sentence, &parse_err))
        return mlt_criterion_set(w, MLT_VERDICT_INVALID, mlt_arena_strdup(w->arena, parse_err.text),
                                 err);
    const struct mlt_judge_defaults defaults = mlt_decide_defaults(w, run);
    if (!gather(w, run, &measurements, &count, err) ||
        !mlt_judge_sentence(sentence, NULL, measurements, count, &defaults, w->arena, w->findings,
                            err))
        return false;
    return mlt_criterion_set(
        w, MLT_VERDICT_PASS,
        mlt_arena_printf(w->arena, "holds against %s, run %s", run->baseline.version, run->run_id),
        err);
}
