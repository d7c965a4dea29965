#include "gates/decide/words.h"

bool mlt_word_documented(struct mlt_criterion_work *w, const char *about, struct mlt_err *err)
{
    const struct mlt_evidence_documents *d = &w->evidence->documents;
    const struct mlt_run_side *s = &w->evidence->subject;
    (void)about;
    if (!d->looked)
        return mlt_criterion_set(w, MLT_VERDICT_INVALID,
                                 mlt_arena_printf(w->arena,
                                                  "nobody looked at the documents of %s@%s",
                                                  s->model, s->version),
                                 err);
    const char *which = d->revision > 0
                            ? mlt_arena_printf(w->arena, "of revision %lld", d->revision)
                            : "in the version's folder";
    if (!which)
        return mlt_err_oom(err);
    if (d->fault_count == 0)
        return mlt_criterion_set(
            w, MLT_VERDICT_PASS,
            mlt_arena_printf(w->arena,
                             "the six documents %s are complete and agree with metadata, "
                             "metrics and runs",
                             which),
            err);
    size_t others = d->fault_count - 1;
    return mlt_criterion_set(w, MLT_VERDICT_FAIL,
                             mlt_arena_printf(w->arena,
                                              "documents %s: %s%s%.0zu%s: mltest docs check %s@%s",
                                              which, d->faults[0], others ? "; and " : "", others,
                                              others > 1   ? " other faults"
                                              : others > 0 ? " other fault"
                                                           : "",
                                              s->model, s->version),
                             err);
}
