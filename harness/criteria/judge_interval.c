/* What is held against what, and by which interval. */
#include <float.h>
#include <math.h>

#include "harness/criteria/judgement.h"
#include "harness/criteria/sentence_range.h"
#include "harness/stats/dist.h"
#include "harness/stats/elementary.h"

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

/* Variances and a covariance that no two estimates can have: a negative variance that rounding does
 * not explain would look like certainty. */
static bool variances_contradict(const struct mlt_measurement *m, bool is_comparison)
{
    double size = fabs(m->var_candidate) + fabs(m->var_baseline) + 2 * fabs(m->covariance);
    if (m->var_candidate < 0 || (is_comparison && m->var_baseline < 0))
        return true;
    return is_comparison && raw_variance(m) < -1e-12 * size;
}

/* But for the last bits, as after a conversion of the artifact's format. */
static bool same_figure(const struct mlt_measurement *m)
{
    return fabs(m->candidate - m->baseline) <=
           64 * DBL_EPSILON * largest(m->candidate, m->baseline);
}

bool mlt_judgement_identical(const struct mlt_judgement *j)
{
    const struct mlt_measurement *m = j->m;
    /* Time blocks compare two processes, not two predictions for a row. */
    if (!j->finding.is_comparison || m->method == MLT_INTERVAL_BLOCKS)
        return false;
    if (m->has_pairs && (m->only_candidate > 0 || m->only_baseline > 0))
        return false;
    return m->differing == 0 && same_figure(m);
}

/* Other predictions, but the metric sees no difference on any row: the same order, the same
 * decisions. Two figures without any spread, such as two AUC of 1, are not that: they say nothing
 * about the rows. */
static bool sees_no_difference(const struct mlt_judgement *j)
{
    const struct mlt_measurement *m = j->m;
    if (!j->finding.is_comparison || m->method == MLT_INTERVAL_BLOCKS || m->has_pairs)
        return false;
    return m->differing > 0 && m->var_candidate > 0 && raw_variance(m) == 0 && same_figure(m);
}

struct mlt_side mlt_side_none(void)
{
    return (struct mlt_side){.sign = 1,
                             .limit = NAN,
                             .harm = NAN,
                             .margin = NAN,
                             .se = NAN,
                             .df = NAN,
                             .lo = NAN,
                             .hi = NAN,
                             .p_pass = NAN,
                             .p_fail = NAN};
}

double mlt_judgement_degrees(const struct mlt_measurement *m)
{
    if (!isnan(m->df))
        return m->df;
    return (double)(m->clusters > 0 ? m->clusters : m->rows) - 1;
}

/* Standard error of gc * candidate + gb * baseline. What cancels in it is widened by its rounding
 * error, so that nearly identical versions never look more certain than the sums were. */
static double standard_error(const struct mlt_measurement *m, double gc, double gb)
{
    double a = gc * gc * m->var_candidate, b = gb == 0 ? 0 : gb * gb * m->var_baseline;
    double c = gb == 0 ? 0 : 2 * gc * gb * m->covariance;
    double variance = a + b + c;
    if (isnan(variance))
        return NAN;
    if (gb == 0)
        return sqrt(variance);
    return sqrt((variance > 0 ? variance : 0) + 4 * DBL_EPSILON * (a + b + fabs(c)));
}

static struct mlt_side side_of_limit(const struct mlt_judgement *j)
{
    struct mlt_side side = mlt_side_none();
    side.sign = side.gc = j->finding.lower_is_better ? 1 : -1;
    side.limit = j->sentence->limit;
    side.harm = side.sign * (j->m->candidate - side.limit);
    side.margin = 0;
    side.se = standard_error(j->m, side.gc, 0);
    side.df = mlt_judgement_degrees(j->m);
    return side;
}

static struct mlt_side side_of_difference(const struct mlt_judgement *j, double sign, double share,
                                          double margin)
{
    const struct mlt_measurement *m = j->m;
    struct mlt_side side = mlt_side_none();
    double above = m->baseline > 0 ? 1 : m->baseline < 0 ? -1 : 0;
    side.sign = side.gc = sign;
    side.share = share;
    side.gb = -sign - share * above;
    side.harm = sign * (m->candidate - m->baseline) - share * fabs(m->baseline);
    side.margin = margin;
    side.se = standard_error(m, side.gc, side.gb);
    side.df = mlt_judgement_degrees(m);
    return side;
}

/* Which direction is held against the margin: the metric's; for equivalence that of the estimates.
 */
static double near_sign(const struct mlt_judgement *j)
{
    const struct mlt_measurement *m = j->m;
    if (j->finding.rule == MLT_RULE_EQUIVALENT && m->candidate != m->baseline)
        return m->candidate > m->baseline ? 1 : -1;
    return j->finding.lower_is_better ? 1 : -1;
}

/* What is held against what. */
static void set_sides(struct mlt_judgement *j)
{
    const struct mlt_sentence *s = j->sentence;
    const struct mlt_measurement *m = j->m;
    struct mlt_finding *f = &j->finding;
    f->admitted = 0;
    if (!f->is_comparison) {
        j->tolerance = 4 * DBL_EPSILON * largest(m->candidate, s->limit);
        j->near = j->plain = side_of_limit(j);
        return;
    }
    bool has_margin = s->kind == MLT_SENTENCE_WITHIN || s->kind == MLT_SENTENCE_BETTER;
    double gain = s->kind == MLT_SENTENCE_BETTER ? -1 : 1, sign = near_sign(j);
    double share = has_margin ? s->relative * fabs(m->baseline) : 0;
    double absolute = has_margin ? s->absolute : 0;
    j->tolerance =
        4 * DBL_EPSILON * (largest(m->candidate, m->baseline) + largest(share, absolute));
    j->relative = has_margin && s->relative > 0 && (share > absolute || absolute == 0);
    f->admitted = gain * (j->relative ? share : absolute);
    double r = j->relative ? gain * s->relative : 0, margin = j->relative ? 0 : gain * absolute;
    j->near = side_of_difference(j, sign, r, margin);
    j->plain = side_of_difference(j, sign, 0, 0);
    if (f->rule == MLT_RULE_EQUIVALENT)
        j->far = side_of_difference(j, -sign, r, margin);
}

typedef bool (*estimator)(const struct mlt_judgement *j, struct mlt_side *side);

struct method {
    estimator estimate;
    const char *name;
};

/* Rows with weights are not counted: exact intervals would take them for so many equal ones. */
static struct method choose_method(const struct mlt_judgement *j)
{
    const struct mlt_measurement *m = j->m;
    bool skewed = isfinite(mlt_side_third(j, &j->near)) && mlt_skewness_counts(m);
    bool counts = m->method == MLT_INTERVAL_SHARE && m->weighting == NULL;
    if (counts && !j->finding.is_comparison)
        return (struct method){mlt_side_from_share, m->clusters > 0
                                                        ? "Clopper-Pearson and t (clusters)"
                                                        : "Clopper-Pearson"};
    if (counts && m->has_pairs && m->clusters > 0)
        return (struct method){mlt_side_from_ratio, "t (clusters) and Tango"};
    if (counts && m->has_pairs && j->relative)
        return (struct method){mlt_side_from_ratio, "t (influence) and Tango"};
    if (counts && m->has_pairs)
        return (struct method){mlt_side_from_pairs, "Tango"};
    switch (m->method) {
    case MLT_INTERVAL_NONE:
        break;
    case MLT_INTERVAL_BLOCKS:
        return (struct method){mlt_side_from_t, "t (time blocks)"};
    case MLT_INTERVAL_DELONG:
        return (struct method){mlt_side_from_t, skewed ? "DeLong (skewness)" : "DeLong"};
    case MLT_INTERVAL_BOOTSTRAP:
        return (struct method){mlt_side_from_replicates, mlt_replicates_method(j)};
    case MLT_INTERVAL_INFLUENCE:
    case MLT_INTERVAL_SHARE:
        if (m->clusters > 0)
            return (struct method){mlt_side_from_t, "t (clusters)"};
        return (struct method){mlt_side_from_t,
                               skewed ? "t (influence, skewness)" : "t (influence)"};
    }
    return (struct method){NULL, NULL};
}

/* The interval of every side that is needed. False when one of them has none. */
static bool estimate_sides(struct mlt_judgement *j, struct method method)
{
    j->finding.method = method.name;
    if (!method.estimate(j, &j->near))
        return false;
    if (j->finding.rule == MLT_RULE_EQUIVALENT && !method.estimate(j, &j->far))
        return false;
    if (!j->relative)
        j->plain = j->near;
    else if (!method.estimate(j, &j->plain))
        j->plain.lo = j->plain.hi = NAN;
    return true;
}

/* As many rows as carry the same information without weights. */
static double worth(const struct mlt_measurement *m)
{
    return m->weighting == NULL ? (double)m->rows : fmin((double)m->rows, m->effective_rows);
}

static bool decide_identical(struct mlt_judgement *j, struct mlt_err *err)
{
    struct mlt_finding *f = &j->finding;
    uint64_t needed = mlt_judgement_identical_rows(j->alpha);
    unsigned long long rows = f->rows;
    f->harm = j->near.harm;
    f->margin = j->near.margin;
    f->method = "identical predictions";
    if (worth(j->m) >= (double)needed) {
        f->flip = f->admitted;
        return mlt_judgement_end(j, err, MLT_VERDICT_PASS,
                                 "%s is the same as in %s: no difference on any of %llu rows",
                                 f->metric, j->sentence->reference, rows);
    }
    f->rows_needed = (uint64_t)fmin(ceil((double)needed * (double)f->rows / worth(j->m)), 1e15);
    return mlt_judgement_end(j, err, MLT_VERDICT_INCONCLUSIVE,
                             "%s is the same as in %s on %llu rows; %llu such rows would show that "
                             "at most 1 %% of rows can differ",
                             f->metric, j->sentence->reference, rows,
                             (unsigned long long)f->rows_needed);
}

/* n units without a visible difference show that with confidence 1 - alpha at most
 * 1 - alpha^(1/n) of them have one; and so many move the metric by so much at most. */
static bool decide_unseen(struct mlt_judgement *j, struct mlt_err *err)
{
    struct mlt_finding *f = &j->finding;
    const struct mlt_measurement *m = j->m;
    double units = m->clusters > 0 ? (double)m->clusters : worth(m);
    double positives = (double)m->positives / (double)m->rows;
    double reach = mlt_metric_reach(m->metric, fmin(positives, 1 - positives));
    double share = -mlt_expm1(mlt_log(j->alpha) / units);
    unsigned long long rows = f->rows, differing = f->differing;
    f->harm = j->near.harm;
    f->margin = j->near.margin;
    f->method = "no visible difference";
    if (isnan(reach))
        return mlt_judgement_end(
            j, err, MLT_VERDICT_INCONCLUSIVE,
            "%s sees no difference to %s on any of %llu rows, though %llu predictions differ: zero "
            "variance, so no interval can be given",
            f->metric, j->sentence->reference, rows, differing);
    if (share * reach < f->admitted) {
        f->flip = f->admitted - share * reach;
        return mlt_judgement_end(
            j, err, MLT_VERDICT_PASS,
            "%s sees no difference to %s on any of %llu rows, though %llu predictions differ: at "
            "most %.2g of rows can have one, which moves it by at most %.2g",
            f->metric, j->sentence->reference, rows, differing, share, share * reach);
    }
    double needed = mlt_log(j->alpha) / mlt_log1p(-f->admitted / reach) * (double)rows / units;
    if (needed <= 1e15)
        f->rows_needed = (uint64_t)ceil(needed);
    return mlt_judgement_end(
        j, err, MLT_VERDICT_INCONCLUSIVE,
        "%s sees no difference to %s on any of %llu rows, though %llu predictions differ: up to "
        "%.2g of rows can have one, which moves it by up to %.2g; %llu such rows would show that "
        "it stays within the margin",
        f->metric, j->sentence->reference, rows, differing, share, share * reach,
        (unsigned long long)f->rows_needed);
}

/* A relative margin needs a baseline whose sign is sure. */
static bool baseline_may_be_zero(const struct mlt_judgement *j)
{
    const struct mlt_measurement *m = j->m;
    if (m->method == MLT_INTERVAL_BOOTSTRAP)
        return mlt_replicates_cross_zero(j);
    double reach = mlt_t_quantile(1 - j->alpha, mlt_judgement_degrees(m)) * sqrt(m->var_baseline);
    return !(fabs(m->baseline) > reach);
}

static void halve_alpha(struct mlt_judgement *j)
{
    j->alpha /= 2;
    j->finding.alpha = j->alpha;
}

/* Which of two margins is the larger is itself an estimate. Taking the larger one would pass a harm
 * that is just as large as both with up to 1.5 alpha; where 3.3 standard errors of the baseline
 * (one run in a thousand) could exchange them, each margin gets half of alpha (Bonferroni). */
static void share_alpha(struct mlt_judgement *j)
{
    const struct mlt_sentence *s = j->sentence;
    if (s->kind != MLT_SENTENCE_WITHIN || s->relative == 0 || s->absolute == 0)
        return;
    double apart = fabs(s->relative * fabs(j->m->baseline) - s->absolute);
    if (apart > 3.3 * s->relative * sqrt(j->m->var_baseline))
        return;
    j->close_margins = true;
    halve_alpha(j);
}

/* Every time block gave the same figure (resident memory does): the interval is that one point.
 * Rows are different, where no spread means that nothing was learnt about it. */
static bool side_from_constant(const struct mlt_judgement *j, struct mlt_side *side)
{
    side->lo = side->hi = side->harm;
    side->p_pass = side->harm < side->margin - j->tolerance ? 0 : 1;
    side->p_fail = side->harm > side->margin + j->tolerance ? 0 : 1;
    return true;
}

static bool no_spread(const struct mlt_judgement *j)
{
    return j->finding.is_comparison ? raw_variance(j->m) == 0 : j->near.se == 0;
}

/* A t interval needs a spread that is known and not zero. */
static bool check_spread(struct mlt_judgement *j, bool *done, struct mlt_err *err)
{
    *done = true;
    if (!isfinite(j->near.se) || !(j->near.df > 0))
        return mlt_judgement_end(j, err, MLT_VERDICT_INCONCLUSIVE,
                                 "the spread of %s is not known, so its estimate shows nothing",
                                 j->finding.metric);
    *done = no_spread(j) && j->m->method != MLT_INTERVAL_BLOCKS &&
            choose_method(j).estimate != mlt_side_from_ratio;
    return !*done ||
           mlt_judgement_end(j, err, MLT_VERDICT_INCONCLUSIVE,
                             "%s has zero variance over %llu rows, so no interval can be given",
                             j->finding.metric, (unsigned long long)j->finding.rows);
}

/* What this method needs of the measurement; `*done` when it is not there. */
static bool check_method(struct mlt_judgement *j, estimator estimate, bool *done,
                         struct mlt_err *err)
{
    const struct mlt_measurement *m = j->m;
    const char *why = NULL;
    *done = true;
    if (estimate == mlt_side_from_share && mlt_share_contradicts(j))
        return mlt_judgement_end(j, err, MLT_VERDICT_INVALID,
                                 "%s contradicts itself: %llu of %llu rows is not %.17g", m->metric,
                                 (unsigned long long)m->successes, (unsigned long long)m->trials,
                                 m->candidate);
    if ((estimate == mlt_side_from_pairs || estimate == mlt_side_from_ratio) &&
        mlt_pairs_contradict(j))
        return mlt_judgement_end(
            j, err, MLT_VERDICT_INVALID,
            "%s contradicts itself: %llu rows for one version only and %llu for the other, of "
            "%llu, do not make %.17g of %.17g",
            m->metric, (unsigned long long)m->only_candidate, (unsigned long long)m->only_baseline,
            (unsigned long long)m->trials, m->candidate, m->baseline);
    if (estimate == mlt_side_from_t || estimate == mlt_side_from_ratio)
        return check_spread(j, done, err);
    if (estimate == mlt_side_from_replicates && !mlt_replicates_fault(j, &why, err))
        return false;
    *done = why != NULL;
    return why == NULL ||
           mlt_judgement_end(j, err, MLT_VERDICT_INCONCLUSIVE, "%s: %s", m->metric, why);
}

/* Squared errors whose law has no variance: the rows that would show the spread of a sample are not
 * in it, and one end of the interval misses in a fifth of samples of any size. Of two versions what
 * is hard for one is hard for the other: an end of their difference misses in 8 to 10 % of samples
 * of 500 rows, and with half of alpha in about 6 % (tests/sim/calibrate). */
static bool tail_is_heavy(const struct mlt_judgement *j)
{
    return j->m->tail_index < 2;
}

static bool decide_by_interval(struct mlt_judgement *j, struct mlt_err *err)
{
    struct method method = choose_method(j);
    bool done;
    if (!check_method(j, method.estimate, &done, err))
        return false;
    if (done)
        return true;
    if (j->relative && baseline_may_be_zero(j))
        return mlt_judgement_end(j, err, MLT_VERDICT_INCONCLUSIVE,
                                 "%s of %s may be 0 (%.4g, give or take), and a share of 0 is no "
                                 "margin: give an absolute margin",
                                 j->finding.metric, j->sentence->reference, j->m->baseline);
    if (tail_is_heavy(j) && !j->finding.is_comparison)
        return mlt_judgement_end(
            j, err, MLT_VERDICT_INCONCLUSIVE,
            "the %llu largest of %llu squared errors are %.2g %% of their sum and fall off so "
            "slowly (tail index %.2g; below 2 a mean has no standard error) that no interval of %s "
            "can be trusted: limit mae or median_ae, or compare %s with a baseline",
            (unsigned long long)j->m->tail_rows, (unsigned long long)j->m->rows,
            100 * j->m->tail_share, j->m->tail_index, j->finding.metric, j->finding.metric);
    if (tail_is_heavy(j)) {
        j->heavy_tail = true;
        method.name = "t (heavy tail, alpha/2)";
        halve_alpha(j);
    }
    share_alpha(j);
    if (j->m->method == MLT_INTERVAL_BLOCKS && no_spread(j))
        method = (struct method){side_from_constant, "constant (time blocks)"};
    if (!estimate_sides(j, method))
        return mlt_judgement_end(j, err, MLT_VERDICT_INCONCLUSIVE,
                                 "no interval of %s can be given from these numbers",
                                 j->finding.metric);
    mlt_judgement_conclude(j);
    return mlt_judgement_explain(j, err);
}

/* The estimate is judged; an interval is shown where there is one. */
static bool decide_by_point(struct mlt_judgement *j, struct mlt_err *err)
{
    struct method method = choose_method(j);
    const char *why = NULL;
    bool shown = method.estimate != NULL;
    if (method.estimate == mlt_side_from_t)
        shown = isfinite(j->near.se) && j->near.se > 0 && j->near.df > 0;
    else if (method.estimate == mlt_side_from_share)
        shown = !mlt_share_contradicts(j);
    else if (method.estimate == mlt_side_from_pairs || method.estimate == mlt_side_from_ratio)
        shown = !mlt_pairs_contradict(j);
    else if (method.estimate != NULL && !mlt_replicates_fault(j, &why, err))
        return false;
    if (!shown || why != NULL || !estimate_sides(j, method)) {
        j->finding.method = NULL;
        j->near.lo = j->near.hi = j->near.p_pass = j->near.p_fail = NAN;
        j->plain.lo = j->plain.hi = NAN;
    }
    mlt_judgement_conclude_point(j);
    return mlt_judgement_explain(j, err);
}

/* The same on every row: `*done` where that decides. */
static bool judge_identical(struct mlt_judgement *j, bool *done, struct mlt_err *err)
{
    bool unseen = sees_no_difference(j);
    *done = j->finding.rule != MLT_RULE_POINT && (unseen || mlt_judgement_identical(j));
    if (!*done)
        return true;
    if (unseen && j->sentence->kind == MLT_SENTENCE_WITHIN && j->finding.admitted > 0)
        return decide_unseen(j, err);
    bool enough = worth(j->m) >= (double)mlt_judgement_identical_rows(j->alpha);
    if (j->sentence->kind == MLT_SENTENCE_WITHIN && j->finding.admitted > 0) {
        /* Fewer rows may still do for a wide margin, where an interval needs no spread. */
        estimator estimate = choose_method(j).estimate;
        *done = enough || (estimate != mlt_side_from_pairs && estimate != mlt_side_from_ratio);
        return !*done || decide_identical(j, err);
    }
    if (j->sentence->kind == MLT_SENTENCE_BETTER) {
        j->finding.harm = j->near.harm;
        j->finding.margin = j->near.margin;
        return mlt_judgement_end(j, err, MLT_VERDICT_INCONCLUSIVE,
                                 "%s is the same as in %s on all %llu rows, so no gain is shown",
                                 j->finding.metric, j->sentence->reference,
                                 (unsigned long long)j->finding.rows);
    }
    *done = j->sentence->kind == MLT_SENTENCE_NO_WORSE;
    if (!*done)
        return true;
    j->finding.method = unseen ? "no visible difference" : "identical predictions";
    j->near.lo = j->near.hi = 0;
    j->near.p_pass = j->near.p_fail = 0.5;
    j->plain = j->near;
    mlt_judgement_conclude(j);
    return mlt_judgement_explain(j, err);
}

bool mlt_judgement_decide(struct mlt_judgement *j, struct mlt_err *err)
{
    bool done;
    set_sides(j);
    if (!isfinite(j->near.harm) || !isfinite(j->near.margin))
        return mlt_judgement_end(
            j, err, MLT_VERDICT_INVALID,
            "%s differs from what it is held against by more than a number can say",
            j->finding.metric);
    if (variances_contradict(j->m, j->finding.is_comparison))
        return mlt_judgement_end(
            j, err, MLT_VERDICT_INVALID,
            "%s contradicts itself: no two figures have the variances %.4g and "
            "%.4g and the covariance %.4g",
            j->finding.metric, j->m->var_candidate, j->m->var_baseline, j->m->covariance);
    if (!judge_identical(j, &done, err))
        return false;
    if (done)
        return true;
    if (j->finding.rule == MLT_RULE_POINT)
        return decide_by_point(j, err);
    if (j->m->method == MLT_INTERVAL_NONE)
        return mlt_judgement_end(j, err, MLT_VERDICT_INCONCLUSIVE,
                                 "%s has only an estimate and no interval, so nothing is shown; "
                                 "\"rule point\" would judge the estimate",
                                 j->finding.metric);
    return decide_by_interval(j, err);
}
