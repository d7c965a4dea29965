#include <math.h>

#include "harness/criteria/judgement.h"
#include "harness/stats/dist.h"
#include "harness/stats/elementary.h"

/* Two significant digits, upwards. */
static double round_up(double rows)
{
    double unit = 1;
    while (rows / unit >= 100)
        unit *= 10;
    return ceil(rows / unit) * unit;
}

/* The normal quantiles of the level and of an 80 % chance; both sides of an equivalence must hold,
 * so each takes half of what may go wrong. */
static double planning_z(const struct mlt_judgement *j)
{
    double chance = j->finding.rule == MLT_RULE_EQUIVALENT ? 0.9 : 0.8;
    return mlt_normal_quantile(1 - j->alpha) + mlt_normal_quantile(chance);
}

static void set_rows_needed(struct mlt_judgement *j)
{
    struct mlt_finding *f = &j->finding;
    double gap = fabs(f->margin - f->harm), n = (double)f->rows, rows;
    if (!(gap > j->tolerance))
        return;
    if (j->near.se > 0) {
        double z = planning_z(j);
        /* An interval that was widened reaches further than its standard error tells. */
        double end = f->margin > f->harm ? j->near.hi - f->harm : f->harm - j->near.lo;
        double se = fmax(j->near.se, end / mlt_normal_quantile(1 - j->alpha));
        rows = n * (z * se / gap) * (z * se / gap);
    } else {
        /* All or none succeed: n with alpha = (1 - gap)^n. */
        rows = gap < 1 ? mlt_log(j->alpha) / mlt_log1p(-gap) : 1;
        if (j->m->trials > 0)
            rows *= n / (double)j->m->trials;
    }
    /* Nobody gathers more: the effect sits at the margin. */
    if (rows <= 1e9 && rows <= 1e4 * n)
        f->rows_needed = (uint64_t)round_up(rows);
}

/* Both sides of an equivalence into one: each must be shown to pass; and the chance of lying so far
 * outside in either direction is that in this direction and that of the mirror image in the other.
 */
static void join_sides(struct mlt_judgement *j)
{
    struct mlt_finding *f = &j->finding;
    f->p_pass = fmax(j->near.p_pass, j->far.p_pass);
    f->p_fail = fmin(1, j->near.p_fail + j->far.p_pass);
    if (isnan(j->near.p_pass) || isnan(j->far.p_pass))
        f->p_pass = f->p_fail = NAN;
}

static void fill_finding(struct mlt_judgement *j)
{
    struct mlt_finding *f = &j->finding;
    f->harm = j->near.harm;
    f->margin = j->near.margin;
    f->lo = j->near.lo;
    f->hi = j->near.hi;
    f->p_pass = j->near.p_pass;
    f->p_fail = j->near.p_fail;
    if (f->rule == MLT_RULE_EQUIVALENT)
        join_sides(j);
    double reach = j->near.df > 0 ? mlt_t_quantile(1 - j->alpha, j->near.df) : NAN;
    if (j->near.se > 0)
        f->smallest_effect = (reach + mlt_normal_quantile(0.8)) * j->near.se;
}

/* The interval and the p-value are one statement: where rounding parts them, nothing is shown. */
static bool shown_good(const struct mlt_judgement *j)
{
    const struct mlt_finding *f = &j->finding;
    if (j->sentence->kind == MLT_SENTENCE_NO_WORSE)
        return f->harm <= j->tolerance;
    bool good = f->hi < f->margin - j->tolerance && f->p_pass < j->alpha;
    if (f->rule == MLT_RULE_EQUIVALENT)
        good = good && j->far.hi < j->far.margin - j->tolerance && !j->far.pass_open;
    return good && !j->near.pass_open;
}

void mlt_judgement_conclude(struct mlt_judgement *j)
{
    struct mlt_finding *f = &j->finding;
    fill_finding(j);
    bool worse = f->lo > f->margin + j->tolerance && f->p_fail < j->alpha;
    bool good = shown_good(j);
    bool open = j->near.fail_open || (f->rule == MLT_RULE_EQUIVALENT && j->far.pass_open);
    bool known = isfinite(f->lo) && isfinite(f->hi) && !isnan(f->p_fail);
    if (!known || open)
        f->verdict = MLT_VERDICT_INCONCLUSIVE;
    else if (worse)
        f->verdict = MLT_VERDICT_FAIL;
    else if (good || f->rule == MLT_RULE_NOT_SHOWN_WORSE)
        f->verdict = MLT_VERDICT_PASS;
    else
        f->verdict = MLT_VERDICT_INCONCLUSIVE;
    if (f->verdict != MLT_VERDICT_FAIL && f->p_fail < j->alpha)
        f->p_fail = j->alpha;
    bool by_lower_end = worse || f->rule == MLT_RULE_NOT_SHOWN_WORSE;
    f->flip = f->margin - (by_lower_end ? f->lo : f->hi);
    if (!by_lower_end && f->rule == MLT_RULE_EQUIVALENT)
        f->flip = fmin(f->flip, j->far.margin - j->far.hi);
    if (!by_lower_end && j->sentence->kind == MLT_SENTENCE_NO_WORSE)
        f->flip = -f->harm;
    if (f->verdict == MLT_VERDICT_INCONCLUSIVE)
        set_rows_needed(j);
}

/* Equal but for rounding holds, except against < and >, and except for a gain. */
void mlt_judgement_conclude_point(struct mlt_judgement *j)
{
    struct mlt_finding *f = &j->finding;
    fill_finding(j);
    double beyond = f->harm - f->margin;
    bool strict = j->sentence->kind == MLT_SENTENCE_BETTER ||
                  (j->sentence->kind == MLT_SENTENCE_ABSOLUTE && j->sentence->strict);
    bool equal = fabs(beyond) <= j->tolerance;
    f->verdict = equal ? (strict ? MLT_VERDICT_FAIL : MLT_VERDICT_PASS)
                       : (beyond < 0 ? MLT_VERDICT_PASS : MLT_VERDICT_FAIL);
    f->flip = -beyond;
}
