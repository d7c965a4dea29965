#include "harness/stats/test.h"

#include <math.h>

#include "harness/stats/dist.h"

struct mlt_test mlt_test_undefined(enum mlt_test_state state)
{
    return (struct mlt_test){
        .state = state, .statistic = NAN, .df = NAN, .p_above = NAN, .p_below = NAN, .p = NAN};
}

static double two_sided(double p_above, double p_below)
{
    return fmin(1, 2 * fmin(p_above, p_below));
}

struct mlt_test mlt_test_normal(double z)
{
    if (isnan(z))
        return mlt_test_undefined(MLT_TEST_CONSTANT);
    struct mlt_test out = {.state = MLT_TEST_DONE, .statistic = z, .df = NAN};
    out.p_above = mlt_normal_cdf(-z);
    out.p_below = mlt_normal_cdf(z);
    out.p = two_sided(out.p_above, out.p_below);
    return out;
}

struct mlt_test mlt_test_tails(double statistic, double p_above, double p_below)
{
    if (isnan(p_above) || isnan(p_below))
        return mlt_test_undefined(MLT_TEST_IMPOSSIBLE);
    return (struct mlt_test){.state = MLT_TEST_DONE,
                             .exact = true,
                             .statistic = statistic,
                             .df = NAN,
                             .p_above = p_above,
                             .p_below = p_below,
                             .p = two_sided(p_above, p_below)};
}
