/* Intervals from paired replicates: bias-corrected and accelerated (Efron 1987), and no end inside
 * that of Student's t. Harm, or d = h -
 * r|b|, is taken in every replicate pair; harness/stats/bootstrap_interval.h has the formulas.
 *
 * The acceleration is a sixth of the skewness of the estimate: its third central moment, which the
 * measurement has where there are influence values, over the cube of the replicates' deviation.
 * Without it the interval is corrected for bias only, and named so. */
#include <math.h>

#include "harness/criteria/judgement.h"
#include "harness/stats/bootstrap.h"
#include "harness/stats/bootstrap_interval.h"
#include "harness/stats/margin.h"
#include "harness/stats/sum.h"

static double replicate(const struct mlt_judgement *j, const struct mlt_side *side, size_t i)
{
    double c = j->m->replicate_candidate[i];
    if (!j->finding.is_comparison)
        return isfinite(c) ? side->sign * (c - side->limit) : NAN;
    double b = j->m->replicate_baseline[i];
    return isfinite(c) && isfinite(b) ? side->sign * (c - b) - side->share * fabs(b) : NAN;
}

const char *mlt_replicates_method(const struct mlt_judgement *j)
{
    return isfinite(mlt_side_third(j, &j->near)) ? "BCa bootstrap and t"
                                                 : "bias-corrected bootstrap and t";
}

/* Standard deviation of the defined replicates of harm; NaN when there are fewer than two. */
static double deviation(const struct mlt_judgement *j)
{
    struct mlt_sum sum = MLT_SUM_INIT, squares = MLT_SUM_INIT;
    double n = 0;
    for (size_t i = 0; i < j->m->replicates; i++) {
        if (isnan(j->work[i]))
            continue;
        mlt_sum_add(&sum, j->work[i]);
        n++;
    }
    double mean = mlt_sum_value(&sum) / n;
    for (size_t i = 0; i < j->m->replicates; i++)
        if (!isnan(j->work[i]))
            mlt_sum_add(&squares, (j->work[i] - mean) * (j->work[i] - mean));
    return sqrt(mlt_sum_value(&squares) / (n - 1));
}

static double acceleration(const struct mlt_judgement *j, const struct mlt_side *side)
{
    double third = mlt_side_third(j, side);
    return isfinite(third) ? third / (6 * side->se * side->se * side->se) : 0;
}

/* One side judged; its replicates stay in j->work, its deviation in side->se. */
static bool judge(const struct mlt_judgement *j, struct mlt_side *side,
                  struct mlt_bootstrap_result *out, struct mlt_err *err)
{
    for (size_t i = 0; i < j->m->replicates; i++)
        j->work[i] = replicate(j, side, i);
    side->se = deviation(j);
    struct mlt_bootstrap_basis basis = {.kind = MLT_BOOTSTRAP_BCA, .estimate = side->harm};
    basis.acceleration = acceleration(j, side);
    return mlt_bootstrap_judge(&basis, j->work, j->m->replicates, j->alpha, side->margin, out, err);
}

bool mlt_replicates_fault(struct mlt_judgement *j, const char **why, struct mlt_err *err)
{
    const struct mlt_measurement *m = j->m;
    struct mlt_bootstrap_result result;
    *why = "it has no bootstrap replicates, so its estimate shows nothing";
    if (m->replicates == 0 || m->replicate_candidate == NULL ||
        (j->finding.is_comparison && m->replicate_baseline == NULL))
        return true;
    j->work = mlt_arena_calloc(j->arena, m->replicates, sizeof *j->work);
    if (j->work == NULL)
        return mlt_err_oom(err);
    if (!judge(j, &j->near, &result, err))
        return false;
    *why = NULL;
    if (result.why == NULL)
        return true;
    *why = result.wants_more
               ? mlt_arena_printf(j->arena, "%s (%zu at alpha %.4g; about %.0f would do)",
                                  result.why, m->replicates, j->alpha, ceil(20 / j->alpha))
               : mlt_arena_printf(j->arena, "%s (%zu replicates, %zu of them undefined)",
                                  result.why, m->replicates, result.undefined);
    return *why != NULL || mlt_err_oom(err);
}

bool mlt_replicates_cross_zero(const struct mlt_judgement *j)
{
    const struct mlt_measurement *m = j->m;
    size_t other = 0, defined = 0;
    for (size_t i = 0; i < m->replicates; i++) {
        double b = m->replicate_baseline[i];
        defined += isfinite(b);
        other += isfinite(b) && !(m->baseline > 0 ? b > 0 : b < 0);
    }
    return m->baseline == 0 || (double)(other + 1) >= j->alpha * (double)(defined + 1);
}

/* Whether the replicates leave open on which side of alpha p lies; if so, how many would settle it:
 * the range shrinks with their root. */
static bool is_open(const struct mlt_judgement *j, struct mlt_interval range, double p,
                    struct mlt_side *side)
{
    if (mlt_bootstrap_is_settled(range, j->alpha))
        return false;
    double wide = p < j->alpha ? range.hi - p : p - range.lo, apart = fabs(p - j->alpha);
    double needed = (double)j->m->replicates * (wide / apart) * (wide / apart);
    needed = needed < 1e9 ? ceil(needed) : 1e9;
    if (side->replicates_needed < (uint64_t)needed)
        side->replicates_needed = (uint64_t)needed;
    return true;
}

/* BCa corrects for bias and skewness, but takes the spread of few rows for that of all: at alpha =
 * 0.05 and 50 rows either end of a difference in PR-AUC misses in up to 16 % of samples, in KS up
 * to 18 %, and of 500 rows up to 10 % (tests/sim/calibrate). The wider end of it and of Student's t
 * with the replicates' deviation misses in at most 8 %, 10 % and 7 %. */
static void widen_to_t(const struct mlt_judgement *j, struct mlt_side *side)
{
    struct mlt_estimate harm = {side->harm, side->se, mlt_judgement_degrees(j->m)};
    struct mlt_interval t = mlt_estimate_interval(harm, j->alpha);
    if (isnan(t.lo))
        return;
    side->lo = fmin(side->lo, t.lo);
    side->hi = fmax(side->hi, t.hi);
    side->p_pass = fmax(side->p_pass, mlt_estimate_p_below(harm, side->margin));
    side->p_fail = fmax(side->p_fail, mlt_estimate_p_above(harm, side->margin));
}

bool mlt_side_from_replicates(const struct mlt_judgement *j, struct mlt_side *side)
{
    struct mlt_bootstrap_result result;
    struct mlt_err err = MLT_ERR_INIT;
    side->df = INFINITY;
    /* Memory that is out gives no interval, and so no verdict. */
    if (!judge(j, side, &result, &err) || result.why != NULL)
        return false;
    side->lo = result.interval.lo;
    side->hi = result.interval.hi;
    side->p_pass = result.p_at_least;
    side->p_fail = result.p_at_most;
    side->pass_open = is_open(j, result.p_at_least_range, result.p_at_least, side);
    side->fail_open = is_open(j, result.p_at_most_range, result.p_at_most, side);
    widen_to_t(j, side);
    return isfinite(side->lo) && isfinite(side->hi) && !isnan(side->p_pass) && !isnan(side->p_fail);
}
