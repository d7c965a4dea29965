#include <math.h>
#include <string.h>

#include "harness/criteria/judge.h"
#include "harness/stats/interval.h"

/* Stands between the reason and what the correction adds, so that judging again can take it off. */
static const char *const mark = "; not counted as a fail: ";

/* A cell of the family: something measured and judged by an interval, or that should have been. */
static bool is_planned(const struct mlt_finding *f)
{
    return f->metric != NULL && f->rule != MLT_RULE_POINT && f->rule != MLT_RULE_DEFAULT;
}

static bool in_family(const struct mlt_finding *f, bool slices)
{
    return is_planned(f) && (f->slice_column != NULL) == slices;
}

/* Every planned cell's p into p_adjusted by Holm; what has no p counts with 1. */
static bool adjust_family(struct mlt_findings *findings, bool slices, double share,
                          struct mlt_arena *arena, struct mlt_err *err)
{
    double *p = mlt_arena_calloc(arena, findings->count + 1, sizeof *p);
    size_t planned = 0;
    if (p == NULL)
        return mlt_err_oom(err);
    for (size_t i = 0; i < findings->count; i++)
        if (in_family(&findings->items[i], slices))
            p[planned++] = findings->items[i].p_fail;
    mlt_holm_adjust(p, planned, planned);
    planned = 0;
    for (size_t i = 0; i < findings->count; i++) {
        struct mlt_finding *f = &findings->items[i];
        if (!in_family(f, slices))
            continue;
        double adjusted = p[planned++] * share;
        f->p_adjusted = isnan(f->p_fail) ? NAN : adjusted > 1 ? 1 : adjusted;
    }
    return true;
}

/* The reason without what an earlier correction added. */
static bool restore_reason(struct mlt_finding *f, struct mlt_arena *arena, struct mlt_err *err)
{
    const char *end = f->reason == NULL ? NULL : strstr(f->reason, mark);
    if (end == NULL)
        return true;
    f->reason = mlt_arena_strndup(arena, f->reason, (size_t)(end - f->reason));
    return f->reason != NULL || mlt_err_oom(err);
}

static bool set_verdict(struct mlt_finding *f, size_t planned, struct mlt_arena *arena,
                        struct mlt_err *err)
{
    /* Alone it fails exactly when its p is below alpha; judged afresh, whatever it says now. */
    if (!is_planned(f) || !(f->p_fail < f->alpha))
        return true;
    if (!restore_reason(f, arena, err))
        return false;
    f->verdict = MLT_VERDICT_FAIL;
    if (isnan(f->p_adjusted) || f->p_adjusted < f->alpha)
        return true;
    f->verdict = MLT_VERDICT_INCONCLUSIVE;
    f->reason = mlt_arena_printf(
        arena, "%s%sp = %.2g alone, %.2g after Holm's correction for the %zu cells judged together",
        f->reason == NULL ? "" : f->reason, mark, f->p_fail, f->p_adjusted, planned);
    return f->reason != NULL || mlt_err_oom(err);
}

bool mlt_judge_adjust(struct mlt_findings *findings, enum mlt_correction correction,
                      struct mlt_arena *arena, struct mlt_err *err)
{
    size_t whole = 0, slices = 0;
    for (size_t i = 0; i < findings->count; i++) {
        whole += in_family(&findings->items[i], false);
        slices += in_family(&findings->items[i], true);
        if (is_planned(&findings->items[i]))
            findings->items[i].p_adjusted = NAN;
    }
    /* Half of alpha each is the same as twice the p-value. */
    double share = whole > 0 && slices > 0 ? 2 : 1;
    if (correction == MLT_CORRECTION_HOLM && (!adjust_family(findings, false, share, arena, err) ||
                                              !adjust_family(findings, true, share, arena, err)))
        return false;
    for (size_t i = 0; i < findings->count; i++)
        if (!set_verdict(&findings->items[i], whole + slices, arena, err))
            return false;
    return true;
}
