#include <string.h>

#include "gates/decide/people.h"
#include "gates/decide/words.h"

bool mlt_word_records(struct mlt_criterion_work *w, const char *about, struct mlt_err *err)
{
    char *names = mlt_arena_strdup(w->arena, about), *rest = NULL;
    enum mlt_verdict worst = MLT_VERDICT_PASS;
    const char *reason = NULL;
    if (!names)
        return mlt_err_oom(err);
    for (char *kind = strtok_r(names, " ", &rest); kind; kind = strtok_r(NULL, " ", &rest)) {
        if (!mlt_decide_record(w, kind, err))
            return false;
        enum mlt_verdict both = mlt_verdict_worst(worst, w->verdict);
        bool passes = reason && both == MLT_VERDICT_PASS;
        if (passes)
            reason = mlt_arena_printf(w->arena, "%s; %s", reason, w->reason);
        else if (!reason || both != worst)
            reason = w->reason;
        worst = both;
    }
    return mlt_criterion_set(w, worst, reason, err);
}

bool mlt_word_approved(struct mlt_criterion_work *w, const char *about, struct mlt_err *err)
{
    const struct mlt_requirement *r = w->requirement;
    (void)about;
    return mlt_decide_approval(w, r->stage, r->roles, r->role_count, r->quorum, err);
}
