#include "harness/stats/margin.h"

#include <math.h>

#include "harness/stats/dist.h"

static bool usable(struct mlt_estimate e)
{
    return isfinite(e.value) && isfinite(e.se) && e.se > 0 && e.df > 0;
}

struct mlt_interval mlt_estimate_interval(struct mlt_estimate e, double alpha)
{
    if (!usable(e) || !(alpha > 0 && alpha < 0.5))
        return (struct mlt_interval){NAN, NAN};
    double half = -mlt_t_quantile(alpha, e.df) * e.se;
    return (struct mlt_interval){e.value - half, e.value + half};
}

double mlt_estimate_p_above(struct mlt_estimate e, double bound)
{
    return usable(e) ? mlt_t_cdf((bound - e.value) / e.se, e.df) : NAN;
}

double mlt_estimate_p_below(struct mlt_estimate e, double bound)
{
    return usable(e) ? mlt_t_cdf((e.value - bound) / e.se, e.df) : NAN;
}

struct mlt_test mlt_estimate_test(struct mlt_estimate e, double null)
{
    if (!usable(e))
        return mlt_test_undefined(e.se == 0 ? MLT_TEST_CONSTANT : MLT_TEST_TOO_FEW);
    if (isnan(null))
        return mlt_test_undefined(MLT_TEST_NOT_FINITE);
    struct mlt_test out = {.state = MLT_TEST_DONE, .df = e.df};
    out.statistic = (e.value - null) / e.se;
    out.p_above = mlt_t_cdf(-out.statistic, e.df);
    out.p_below = mlt_t_cdf(out.statistic, e.df);
    out.p = 2 * fmin(out.p_above, out.p_below);
    return out;
}

double mlt_noninferiority_p(struct mlt_estimate harm, double margin)
{
    return margin > 0 ? mlt_estimate_p_below(harm, margin) : NAN;
}

double mlt_equivalence_p(struct mlt_estimate e, double lo, double hi)
{
    if (!usable(e) || !(lo < hi))
        return NAN;
    return fmax(mlt_estimate_p_above(e, lo), mlt_estimate_p_below(e, hi));
}

double mlt_equivalence_margin(struct mlt_estimate e, double alpha)
{
    struct mlt_interval x = mlt_estimate_interval(e, alpha);
    return isnan(x.lo) ? NAN : fmax(-x.lo, x.hi);
}
