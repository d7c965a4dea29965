#include <math.h>
#include <string.h>

#include "harness/base/str.h"
#include "harness/criteria/judge.h"
#include "harness/stats/multiplicity.h"

/* Stands between the reason and what the correction adds, so that judging again can take it off. */
static const char *const mark = "; not counted as a fail: ";

/* A cell of the family: something measured and judged by an interval, or that should have been. */
static bool is_planned(const struct mlt_finding *f)
{
    return f->metric != NULL && f->rule != MLT_RULE_POINT && f->rule != MLT_RULE_DEFAULT;
}

static bool is_slice(const struct mlt_finding *f)
{
    return f->slice_column != NULL;
}

/* One data set or one load is one family; its slices and its whole data are judged apart. */
static bool same_case(const struct mlt_finding *a, const struct mlt_finding *b)
{
    return is_planned(b) && mlt_str_eq(a->case_id, b->case_id);
}

/* What was planned and measured in no case might have been any one's: it counts in every family. */
static bool counts_for(const struct mlt_finding *leader, const struct mlt_finding *f)
{
    return same_case(leader, f) || (is_planned(f) && f->case_id == NULL);
}

/* A run's own sentence that the policy repeats is one cell, not two. */
static bool same_cell(const struct mlt_finding *a, const struct mlt_finding *b)
{
    return mlt_str_eq(a->criterion, b->criterion) && mlt_str_eq(a->metric, b->metric) &&
           mlt_str_eq(a->slice_column, b->slice_column) &&
           mlt_str_eq(a->slice_value, b->slice_value);
}

/* In fewer cells Holm leaves hardly less than Benjamini & Hochberg. */
enum { MANY_CELLS = 10 };

struct family {
    size_t *cells; /* indices of its distinct cells */
    double *p, *q;
    size_t count;
    bool has_other_half; /* whole data beside slices, or slices beside whole data */
};

/* The family that findings[first] opens. */
static void gather(const struct mlt_findings *findings, size_t first, struct family *out)
{
    const struct mlt_finding *leader = &findings->items[first];
    out->count = 0;
    out->has_other_half = false;
    for (size_t i = 0; i < findings->count; i++) {
        const struct mlt_finding *f = &findings->items[i];
        if (!counts_for(leader, f))
            continue;
        if (is_slice(f) != is_slice(leader)) {
            out->has_other_half = true;
            continue;
        }
        bool seen = false;
        for (size_t k = 0; k < out->count && !seen; k++)
            seen = same_cell(&findings->items[out->cells[k]], f);
        if (seen)
            continue;
        out->cells[out->count] = i;
        out->q[out->count] = f->p_fail;
        out->p[out->count++] = f->p_fail;
    }
}

/* Every planned cell's p into p_adjusted by Holm; what has no p counts with 1. Half of alpha for
 * each half of the family is the same as twice the p-value. */
static void adjust_family(struct mlt_findings *findings, const struct family *family)
{
    double share = family->has_other_half ? 2 : 1;
    mlt_holm_adjust(family->p, family->count, family->count);
    mlt_benjamini_hochberg_adjust(family->q, family->count, family->count);
    for (size_t k = 0; k < family->count; k++) {
        const struct mlt_finding *cell = &findings->items[family->cells[k]];
        double adjusted = family->p[k] * share;
        for (size_t i = 0; i < findings->count; i++) {
            struct mlt_finding *f = &findings->items[i];
            if (!same_case(cell, f) || !same_cell(cell, f))
                continue;
            f->p_adjusted = isnan(f->p_fail) ? NAN : adjusted > 1 ? 1 : adjusted;
            f->q_value = isnan(f->p_fail) || family->count < MANY_CELLS ? NAN : family->q[k];
        }
    }
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

static bool set_verdict(struct mlt_finding *f, size_t family_size, struct mlt_arena *arena,
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
        arena, "%s%sp = %.2g alone, %.2g after Holm's correction for the %zu judged together",
        f->reason == NULL ? "" : f->reason, mark, f->p_fail, f->p_adjusted, family_size);
    /* What Holm cannot show may still be no accident. */
    if (f->reason != NULL && f->q_value < f->alpha)
        f->reason = mlt_arena_printf(arena,
                                     "%s; worth a look: q = %.2g by Benjamini-Hochberg (of cells "
                                     "with so small a p no larger "
                                     "share is expected to be chance)",
                                     f->reason, f->q_value);
    return f->reason != NULL || mlt_err_oom(err);
}

bool mlt_judge_adjust(struct mlt_findings *findings, enum mlt_correction correction,
                      struct mlt_arena *arena, struct mlt_err *err)
{
    const size_t count = findings->count;
    struct family family = {.cells = mlt_arena_calloc(arena, count, sizeof *family.cells),
                            .p = mlt_arena_calloc(arena, count, sizeof *family.p),
                            .q = mlt_arena_calloc(arena, count, sizeof *family.q)};
    size_t *size = mlt_arena_calloc(arena, count, sizeof *size);
    bool *done = mlt_arena_calloc(arena, count, sizeof *done);
    if (family.cells == NULL || family.p == NULL || family.q == NULL || size == NULL ||
        done == NULL)
        return mlt_err_oom(err);
    for (size_t i = 0; i < count; i++)
        if (is_planned(&findings->items[i]))
            findings->items[i].p_adjusted = findings->items[i].q_value = NAN;
    for (size_t i = 0; i < count && correction == MLT_CORRECTION_HOLM; i++) {
        if (done[i] || !is_planned(&findings->items[i]))
            continue;
        gather(findings, i, &family);
        adjust_family(findings, &family);
        for (size_t k = i; k < count; k++)
            if (same_case(&findings->items[i], &findings->items[k]) &&
                is_slice(&findings->items[i]) == is_slice(&findings->items[k])) {
                done[k] = true;
                size[k] = family.count;
            }
    }
    for (size_t i = 0; i < count; i++)
        if (!set_verdict(&findings->items[i], size[i], arena, err))
            return false;
    return true;
}
