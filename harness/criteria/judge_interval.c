#include <float.h>
#include <math.h>

#include "harness/criteria/judgement.h"
#include "harness/stats/dist.h"
#include "harness/stats/elementary.h"
#include "harness/stats/interval.h"

static double largest(double a, double b)
{
    return fabs(a) > fabs(b) ? fabs(a) : fabs(b);
}

uint64_t mlt_judgement_identical_rows(double alpha)
{
    double rows = ceil(mlt_log(alpha) / mlt_log(0.99));
    return rows > 299 ? (uint64_t)rows : 299;
}

/* Var(candidate - baseline) as far as rounding lets it be seen. */
static double raw_variance(const struct mlt_measurement *m)
{
    return m->var_candidate + m->var_baseline - 2 * m->covariance;
}

bool mlt_judgement_identical(const struct mlt_judgement *j)
{
    const struct mlt_measurement *m = j->m;
    /* Time blocks compare two processes, not two predictions for a row. */
    if (!j->finding.is_comparison || m->method == MLT_INTERVAL_BLOCKS)
        return false;
    if (m->differing == 0)
        return m->candidate == m->baseline;
    /* Last bits only, as after a conversion of the artifact's format. */
    double rounding = 64 * DBL_EPSILON * largest(m->candidate, m->baseline);
    return raw_variance(m) == 0 && fabs(m->candidate - m->baseline) <= rounding;
}

static double direction_sign(const struct mlt_judgement *j)
{
    return j->finding.lower_is_better ? 1 : -1;
}

static void set_degrees(struct mlt_judgement *j)
{
    const struct mlt_measurement *m = j->m;
    j->df = m->df;
    if (!isnan(j->df))
        return;
    uint64_t groups = m->clusters > 0 ? m->clusters : m->rows;
    j->df = (double)groups - 1;
}

/* Standard error of gc * candidate + gb * baseline. What cancels in it is widened by its rounding
 * error, so that nearly identical versions never look more certain than the sums were. */
static double standard_error(const struct mlt_measurement *m, double gc, double gb)
{
    double a = gc * gc * m->var_candidate, b = gb * gb * m->var_baseline;
    double c = 2 * gc * gb * m->covariance;
    double variance = a + b + c;
    if (isnan(variance))
        return NAN;
    return sqrt((variance > 0 ? variance : 0) + 4 * DBL_EPSILON * (a + b + fabs(c)));
}

/* What is held against what: harm, margin, admitted, and the errors of harm. */
static void set_harm(struct mlt_judgement *j)
{
    const struct mlt_sentence *s = j->sentence;
    const struct mlt_measurement *m = j->m;
    struct mlt_finding *f = &j->finding;
    double sign = direction_sign(j);
    f->margin = f->admitted = 0;
    if (!f->is_comparison) {
        f->harm = j->plain = sign * (m->candidate - s->limit);
        j->se = j->plain_se = sqrt(m->var_candidate);
        j->tolerance = 4 * DBL_EPSILON * largest(m->candidate, s->limit);
        return;
    }
    f->harm = j->plain = sign * (m->candidate - m->baseline);
    j->se = j->plain_se = standard_error(m, sign, -sign);
    j->tolerance = 4 * DBL_EPSILON * largest(m->candidate, m->baseline);
    if (s->kind != MLT_SENTENCE_WITHIN)
        return;
    double share = s->relative * fabs(m->baseline);
    j->tolerance += 4 * DBL_EPSILON * largest(share, s->absolute);
    j->relative = share > s->absolute || s->absolute == 0;
    f->admitted = j->relative ? share : s->absolute;
    if (!j->relative) {
        f->margin = s->absolute;
        return;
    }
    f->harm = j->plain - share;
    double side = m->baseline > 0 ? 1 : m->baseline < 0 ? -1 : 0;
    j->se = standard_error(m, sign, -sign - s->relative * side);
}

static void set_t_interval(struct mlt_judgement *j)
{
    struct mlt_finding *f = &j->finding;
    double reach = mlt_t_quantile(1 - j->alpha, j->df) * j->se;
    f->lo = f->harm - reach;
    f->hi = f->harm + reach;
    double t = (f->harm - f->margin) / j->se;
    f->p_pass = mlt_t_cdf(t, j->df);
    f->p_fail = mlt_t_cdf(-t, j->df);
    f->smallest_effect = (mlt_t_quantile(1 - j->alpha, j->df) + mlt_normal_quantile(0.8)) * j->se;
}

/* P(X <= k) and P(X >= k) of a binomial at p. */
static double at_most(double k, double n, double p)
{
    return k >= n ? 1 : p >= 1 ? 0 : p <= 0 ? 1 : mlt_beta_cdf(1 - p, n - k, k + 1);
}

static double at_least(double k, double n, double p)
{
    return k <= 0 ? 1 : p <= 0 ? 0 : p >= 1 ? 1 : mlt_beta_cdf(p, k, n - k + 1);
}

/* The exact interval of a proportion. False when the counts contradict the estimate. */
static bool set_exact_interval(struct mlt_judgement *j)
{
    const struct mlt_measurement *m = j->m;
    struct mlt_finding *f = &j->finding;
    double n = (double)m->trials, k = (double)m->successes;
    if (m->trials == 0 || m->successes > m->trials || m->trials > m->rows || fabs(k / n - m->candidate) > 1e-9)
        return false;
    struct mlt_interval p = mlt_clopper_pearson(m->successes, m->trials, j->alpha);
    double limit = j->sentence->limit;
    bool upper = j->sentence->upper;
    f->lo = upper ? p.lo - limit : limit - p.hi;
    f->hi = upper ? p.hi - limit : limit - p.lo;
    f->p_pass = upper ? at_most(k, n, limit) : at_least(k, n, limit);
    f->p_fail = upper ? at_least(k, n, limit) : at_most(k, n, limit);
    j->se = sqrt(m->candidate * (1 - m->candidate) / n);
    j->df = INFINITY;
    double z = mlt_normal_quantile(1 - j->alpha) + mlt_normal_quantile(0.8);
    f->smallest_effect = j->se > 0 ? z * j->se : NAN;
    return true;
}

/* Two significant digits, upwards. */
static double round_up(double rows)
{
    double unit = 1;
    while (rows / unit >= 100)
        unit *= 10;
    return ceil(rows / unit) * unit;
}

static void set_rows_needed(struct mlt_judgement *j)
{
    struct mlt_finding *f = &j->finding;
    double gap = fabs(f->margin - f->harm), n = (double)f->rows, rows;
    if (!(gap > j->tolerance))
        return;
    if (j->se > 0) {
        double z = mlt_normal_quantile(1 - j->alpha) + mlt_normal_quantile(0.8);
        rows = n * (z * j->se / gap) * (z * j->se / gap);
    } else {
        /* All or none succeed: n with alpha = (1 - gap)^n. */
        rows = gap < 1 ? mlt_log(j->alpha) / mlt_log1p(-gap) : 1;
    }
    /* Nobody gathers more: the effect sits at the margin. */
    if (rows <= 1e9 && rows <= 1e4 * n)
        f->rows_needed = (uint64_t)round_up(rows);
}

static void set_verdict(struct mlt_judgement *j)
{
    struct mlt_finding *f = &j->finding;
    double slack = j->tolerance;
    bool shown_worse = f->lo > f->margin + slack;
    bool shown_good = f->hi < f->margin - slack;
    if (j->sentence->kind == MLT_SENTENCE_NO_WORSE)
        shown_good = f->harm <= slack;
    f->verdict = shown_worse                           ? MLT_VERDICT_FAIL
                 : f->rule == MLT_RULE_NOT_SHOWN_WORSE ? MLT_VERDICT_PASS
                 : shown_good                          ? MLT_VERDICT_PASS
                                                       : MLT_VERDICT_INCONCLUSIVE;
    bool by_lower_end = shown_worse || f->rule == MLT_RULE_NOT_SHOWN_WORSE;
    f->flip = f->margin - (by_lower_end ? f->lo : f->hi);
    if (!shown_worse && j->sentence->kind == MLT_SENTENCE_NO_WORSE && !by_lower_end)
        f->flip = -f->harm;
    /* p and the interval are one statement; where rounding parts them the interval rules. */
    if (shown_worse && !(f->p_fail < j->alpha))
        f->p_fail = nextafter(j->alpha, 0);
    else if (!shown_worse && f->p_fail < j->alpha)
        f->p_fail = j->alpha;
    if (f->verdict == MLT_VERDICT_INCONCLUSIVE)
        set_rows_needed(j);
}

/* The estimate alone: equal but for rounding holds, except against < and >. */
static void set_point_verdict(struct mlt_judgement *j)
{
    struct mlt_finding *f = &j->finding;
    double beyond = f->harm - f->margin;
    bool strict = j->sentence->kind == MLT_SENTENCE_ABSOLUTE && j->sentence->strict;
    bool equal = fabs(beyond) <= j->tolerance;
    f->verdict = equal ? (strict ? MLT_VERDICT_FAIL : MLT_VERDICT_PASS)
                       : (beyond < 0 ? MLT_VERDICT_PASS : MLT_VERDICT_FAIL);
    f->flip = -beyond;
}

static bool decide_identical(struct mlt_judgement *j, struct mlt_err *err)
{
    struct mlt_finding *f = &j->finding;
    uint64_t needed = mlt_judgement_identical_rows(j->alpha);
    unsigned long long rows = f->rows;
    if (f->rows >= needed) {
        f->verdict = MLT_VERDICT_PASS;
        f->flip = f->admitted;
        return mlt_judgement_end(j, err, MLT_VERDICT_PASS,
                                 "%s is the same as in %s: no difference on any of %llu rows",
                                 f->metric, j->sentence->reference, rows);
    }
    f->rows_needed = needed;
    return mlt_judgement_end(j, err, MLT_VERDICT_INCONCLUSIVE,
                             "%s is the same as in %s on %llu rows; %llu such rows would show that "
                             "at most 1 %% of rows can differ",
                             f->metric, j->sentence->reference, rows, (unsigned long long)needed);
}

/* A relative margin needs a baseline whose sign is sure. */
static bool baseline_may_be_zero(const struct mlt_judgement *j)
{
    double reach = mlt_t_quantile(1 - j->alpha, j->df) * sqrt(j->m->var_baseline);
    return !(fabs(j->m->baseline) > reach);
}

/* Every time block gave the same figure (resident memory does): the interval is that one point.
 * Rows are different, where no spread means that nothing was learnt about it. */
static bool decide_constant(struct mlt_judgement *j, struct mlt_err *err)
{
    struct mlt_finding *f = &j->finding;
    f->lo = f->hi = f->harm;
    f->p_pass = f->harm < f->margin - j->tolerance ? 0 : 1;
    f->p_fail = f->harm > f->margin + j->tolerance ? 0 : 1;
    set_verdict(j);
    return mlt_judgement_explain(j, err);
}

static bool decide_by_interval(struct mlt_judgement *j, struct mlt_err *err)
{
    struct mlt_finding *f = &j->finding;
    if (j->m->method == MLT_INTERVAL_SHARE && !f->is_comparison) {
        if (!set_exact_interval(j))
            return mlt_judgement_end(j, err, MLT_VERDICT_INVALID,
                                     "%s contradicts itself: %llu of %llu rows is not %.17g",
                                     f->metric, (unsigned long long)j->m->successes,
                                     (unsigned long long)j->m->trials, j->m->candidate);
        set_verdict(j);
        return mlt_judgement_explain(j, err);
    }
    if (!isfinite(j->se) || !(j->df > 0))
        return mlt_judgement_end(j, err, MLT_VERDICT_INCONCLUSIVE,
                                 "the spread of %s is not known, so its estimate shows nothing",
                                 f->metric);
    bool no_spread = f->is_comparison ? raw_variance(j->m) == 0 : j->se == 0;
    if (no_spread && j->m->method == MLT_INTERVAL_BLOCKS)
        return decide_constant(j, err);
    if (no_spread)
        return mlt_judgement_end(j, err, MLT_VERDICT_INCONCLUSIVE,
                                 "%s has zero variance over %llu rows, so no interval can be given",
                                 f->metric, (unsigned long long)f->rows);
    if (j->relative && baseline_may_be_zero(j))
        return mlt_judgement_end(j, err, MLT_VERDICT_INCONCLUSIVE,
                                 "%s of %s may be 0 (%.4g, give or take), and a share of 0 is no "
                                 "margin: give an absolute margin",
                                 f->metric, j->sentence->reference, j->m->baseline);
    set_t_interval(j);
    set_verdict(j);
    return mlt_judgement_explain(j, err);
}

/* The estimate is judged; an interval is shown where there is one. */
static bool decide_by_point(struct mlt_judgement *j, struct mlt_err *err)
{
    if (j->m->method == MLT_INTERVAL_SHARE && !j->finding.is_comparison)
        (void)set_exact_interval(j);
    else if (j->m->method != MLT_INTERVAL_NONE && isfinite(j->se) && j->se > 0 && j->df > 0)
        set_t_interval(j);
    set_point_verdict(j);
    return mlt_judgement_explain(j, err);
}

bool mlt_judgement_decide(struct mlt_judgement *j, struct mlt_err *err)
{
    set_degrees(j);
    set_harm(j);
    if (!isfinite(j->finding.harm))
        return mlt_judgement_end(
            j, err, MLT_VERDICT_INVALID,
            "%s differs from what it is held against by more than a number can "
            "say",
            j->finding.metric);
    if (j->finding.rule == MLT_RULE_POINT)
        return decide_by_point(j, err);
    if (j->sentence->kind == MLT_SENTENCE_WITHIN && j->finding.admitted > 0 &&
        mlt_judgement_identical(j))
        return decide_identical(j, err);
    if (j->sentence->kind == MLT_SENTENCE_NO_WORSE && mlt_judgement_identical(j)) {
        j->finding.lo = j->finding.hi = 0;
        j->finding.p_pass = j->finding.p_fail = 0.5;
        set_verdict(j);
        return mlt_judgement_explain(j, err);
    }
    if (j->m->method == MLT_INTERVAL_NONE)
        return mlt_judgement_end(j, err, MLT_VERDICT_INCONCLUSIVE,
                                 "%s has only an estimate and no interval, so nothing is shown; "
                                 "\"rule point\" would judge the estimate",
                                 j->finding.metric);
    return decide_by_interval(j, err);
}
