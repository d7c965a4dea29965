<<<<<<< HEAD
/* Intervals from paired replicates: bias-corrected and accelerated (Efron 1987, J. Am. Stat. Assoc.
 * 82:171; Efron & Tibshirani 1993, ch. 14).
 *
 * With z0 the normal quantile of the share of replicates below the estimate and a the acceleration,
 * the bound at normal quantile z is the replicate at the share Phi(z0 + (z0 + z) / (1 - a (z0 +
 * z))). Read backwards this gives p-values: a share F below the margin lies at z = u - z0 with u =
 * (w - z0) / (1 + a (w - z0)), w the quantile of F. A replicate at the margin counts against
 * whatever is to be shown, and one more than there are is counted against it, so p is never 0.
 *
 * a is a sixth of the skewness of the estimate (third central moment over variance^1.5), known
 * where there are influence values; without it the interval is bias-corrected only (a = 0) and
 * named so. */
#include <math.h>
#include <stdlib.h>

#include "harness/criteria/judgement.h"
#include "harness/stats/dist.h"
#include "harness/stats/elementary.h"

/* 99 % of the Monte Carlo error of a p-value. */
static const double monte_carlo_z = 2.5758293035489004;

/* Harm in replicate i; NaN where it is not defined. */
=======
/* Intervals from paired replicates: bias-corrected and accelerated (Efron 1987). Harm, or d = h -
 * r|b|, is taken in every replicate pair; harness/stats/bootstrap_interval.h has the formulas.
 *
 * The acceleration is a sixth of the skewness of the estimate: its third central moment, which the
 * measurement has where there are influence values, over the cube of the replicates' deviation.
 * Without it the interval is corrected for bias only, and named so. */
#include <math.h>

#include "harness/criteria/judgement.h"
#include "harness/stats/bootstrap.h"
#include "harness/stats/bootstrap_interval.h"
#include "harness/stats/sum.h"

>>>>>>> h-criteria
static double replicate(const struct mlt_judgement *j, const struct mlt_side *side, size_t i)
{
    double c = j->m->replicate_candidate[i];
    if (!j->finding.is_comparison)
        return isfinite(c) ? side->sign * (c - side->limit) : NAN;
    double b = j->m->replicate_baseline[i];
    return isfinite(c) && isfinite(b) ? side->sign * (c - b) - side->share * fabs(b) : NAN;
}

<<<<<<< HEAD
/* The defined replicates of harm into j->work. */
static size_t gather(const struct mlt_judgement *j, const struct mlt_side *side)
{
    size_t count = 0;
    for (size_t i = 0; i < j->m->replicates; i++) {
        double harm = replicate(j, side, i);
        if (isfinite(harm))
            j->work[count++] = harm;
    }
    return count;
}

static bool no_spread(const double *x, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (x[i] != x[0])
            return false;
    return true;
=======
const char *mlt_replicates_method(const struct mlt_judgement *j)
{
    return isfinite(mlt_side_third(j, &j->near)) ? "BCa bootstrap" : "bias-corrected bootstrap";
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
>>>>>>> h-criteria
}

bool mlt_replicates_fault(struct mlt_judgement *j, const char **why, struct mlt_err *err)
{
    const struct mlt_measurement *m = j->m;
<<<<<<< HEAD
    double least = ceil(20 / j->alpha);
=======
    struct mlt_bootstrap_result result;
>>>>>>> h-criteria
    *why = "it has no bootstrap replicates, so its estimate shows nothing";
    if (m->replicates == 0 || m->replicate_candidate == NULL ||
        (j->finding.is_comparison && m->replicate_baseline == NULL))
        return true;
    j->work = mlt_arena_calloc(j->arena, m->replicates, sizeof *j->work);
    if (j->work == NULL)
        return mlt_err_oom(err);
<<<<<<< HEAD
    size_t defined = gather(j, &j->near), undefined = m->replicates - defined;
    *why = NULL;
    if (undefined * 20 > m->replicates)
        *why = mlt_arena_printf(j->arena,
                                "it is not defined in %zu of %zu bootstrap replicates, more than "
                                "5 %%, so nothing is shown",
                                undefined, m->replicates);
    else if ((double)defined < least)
        *why = mlt_arena_printf(
            j->arena, "%zu bootstrap replicates are too few for alpha %.4g; %.0f would do", defined,
            j->alpha, least);
    else if (no_spread(j->work, defined))
        *why = mlt_arena_printf(j->arena,
                                "it is the same in all %zu bootstrap replicates, so no interval "
                                "can be given",
                                defined);
    else
        return true;
=======
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
>>>>>>> h-criteria
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

<<<<<<< HEAD
static bool has_third(const struct mlt_judgement *j)
{
    const double *third = j->m->third;
    if (!j->finding.is_comparison)
        return isfinite(third[0]);
    return isfinite(third[0]) && isfinite(third[1]) && isfinite(third[2]) && isfinite(third[3]);
}

const char *mlt_replicates_method(const struct mlt_judgement *j)
{
    return has_third(j) ? "BCa bootstrap" : "bias-corrected bootstrap";
}

static double acceleration(const struct mlt_judgement *j, const struct mlt_side *side)
{
    const double *t = j->m->third, c = side->gc, b = side->gb;
    if (!has_third(j))
        return 0;
    double third = c * c * c * t[0];
    if (j->finding.is_comparison)
        third += 3 * c * c * b * t[1] + 3 * c * b * b * t[2] + b * b * b * t[3];
    return third / (6 * side->se * side->se * side->se);
}

static double deviation(const double *x, size_t n)
{
    double sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i];
    double mean = sum / (double)n;
    for (size_t i = 0; i < n; i++)
        squares += (x[i] - mean) * (x[i] - mean);
    return sqrt(squares / (double)(n - 1));
}

static int ascending(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static double density(double z)
{
    return 0.39894228040143268 * mlt_exp(-0.5 * z * z);
}

struct curve {
    double n, z0, share0, a;
};

/* The share of replicates at which the bound of normal quantile z lies; NaN beyond the
 * acceleration. */
static double bound_share(const struct curve *c, double z)
{
    double u = c->z0 + z, rest = 1 - c->a * u;
    return rest > 0 ? mlt_normal_cdf(c->z0 + u / rest) : NAN;
}

/* Where a share of replicates lies: its z, and the standard error that so many replicates leave in
 * it, that of z0 included. False where it is beyond all replicates or the acceleration. */
static bool locate(const struct curve *c, double share, double *z, double *error)
{
    if (!(share > 0 && share < 1))
        return false;
    double w = mlt_normal_quantile(share), rest = 1 + c->a * (w - c->z0);
    if (!(rest > 0))
        return false;
    *z = (w - c->z0) / rest - c->z0;
    double g = 1 / (rest * rest), at = density(w), at0 = density(c->z0);
    double vw = share * (1 - share) / (c->n * at * at);
    double v0 = c->share0 * (1 - c->share0) / (c->n * at0 * at0);
    double both = (fmin(share, c->share0) - share * c->share0) / (c->n * at * at0);
    *error = sqrt(fmax(0, g * g * vw + (g + 1) * (g + 1) * v0 - 2 * g * (g + 1) * both));
    return true;
}

/* p of "on the other side of the margin" where `share` of the replicates lie well on this side, and
 * whether the replicates leave open on which side of alpha it is. */
static double p_of(const struct mlt_judgement *j, const struct curve *c, double share,
                   int direction, struct mlt_side *side, bool *open)
{
    double z, error, wanted = mlt_normal_quantile(1 - j->alpha);
    *open = false;
    if (!locate(c, share, &z, &error))
        return 1;
    double apart = fabs(direction * z - wanted);
    *open = apart < monte_carlo_z * error;
    if (*open) {
        double needed = c->n * (monte_carlo_z * error / apart) * (monte_carlo_z * error / apart);
        needed = needed < 1e9 ? ceil(needed) : 1e9;
        if ((uint64_t)needed > side->replicates_needed)
            side->replicates_needed = (uint64_t)needed;
    }
    return mlt_normal_cdf(-direction * z);
}

bool mlt_side_from_replicates(const struct mlt_judgement *j, struct mlt_side *side)
{
    size_t count = gather(j, side), below = 0, equal = 0, under = 0, up_to = 0;
    double *x = j->work, n = (double)count;
    if (count < 2)
        return false;
    side->se = deviation(x, count);
    side->df = INFINITY;
    for (size_t i = 0; i < count; i++) {
        below += x[i] < side->harm;
        equal += x[i] == side->harm;
        under += x[i] < side->margin;
        up_to += x[i] <= side->margin;
    }
    struct curve c = {n, 0, ((double)below + 0.5 * (double)equal) / n, acceleration(j, side)};
    if (!(side->se > 0) || !(c.share0 > 0 && c.share0 < 1) || !isfinite(c.a))
        return false;
    c.z0 = mlt_normal_quantile(c.share0);
    side->p_pass = p_of(j, &c, (double)under / (n + 1), 1, side, &side->pass_open);
    side->p_fail = p_of(j, &c, (double)(up_to + 1) / (n + 1), -1, side, &side->fail_open);
    qsort(x, count, sizeof *x, ascending);
    double z = mlt_normal_quantile(1 - j->alpha);
    double high = floor(bound_share(&c, z) * (n + 1)) + 1;
    double low = ceil(bound_share(&c, -z) * (n + 1) - 1);
    side->hi = high >= 1 && high <= n ? x[(size_t)high - 1] : NAN;
    side->lo = low >= 1 && low <= n ? x[(size_t)low - 1] : NAN;
    return isfinite(side->lo) && isfinite(side->hi);
=======
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
    return isfinite(side->lo) && isfinite(side->hi) && !isnan(side->p_pass) && !isnan(side->p_fail);
>>>>>>> h-criteria
}
