#include "harness/experiment/arm_sums.h"

#include <math.h>

void mlt_arm_sums_add(struct mlt_arm_sums *sums, const double value[MLT_ARM_VALUES])
{
    sums->units++;
    for (int i = 0; i < MLT_ARM_VALUES; i++) {
        if (value[i] == 0)
            continue;
        mlt_exact_add(&sums->sum[i], value[i]);
        for (int j = i; j < MLT_ARM_VALUES; j++)
            mlt_exact_add_product(&sums->product[i][j], value[i], value[j]);
    }
}

void mlt_arm_sums_merge(struct mlt_arm_sums *into, const struct mlt_arm_sums *from)
{
    into->units += from->units;
    for (int i = 0; i < MLT_ARM_VALUES; i++) {
        mlt_exact_merge(&into->sum[i], &from->sum[i]);
        for (int j = i; j < MLT_ARM_VALUES; j++)
            mlt_exact_merge(&into->product[i][j], &from->product[i][j]);
    }
}

/* sum (a - a')(b - b') = S_ab - a' S_b - b' S_a + n a' b', without rounding for the means a', b' as
 * they were rounded. */
static struct mlt_wide deviation(const struct mlt_arm_sums *sums, int i, int j,
                                 const double mean[MLT_ARM_VALUES])
{
    struct mlt_exact centred = sums->product[i][j], both = MLT_EXACT_INIT;
    mlt_exact_add_scaled(&centred, &sums->sum[j], -mean[i]);
    mlt_exact_add_scaled(&centred, &sums->sum[i], -mean[j]);
    mlt_exact_add_product(&both, mean[i], mean[j]);
    mlt_exact_add_scaled(&centred, &both, (double)sums->units);
    return mlt_exact_wide(&centred);
}

void mlt_arm_moments_of(const struct mlt_arm_sums *sums, struct mlt_arm_moments *out)
{
    out->units = sums->units;
    for (int i = 0; i < MLT_ARM_VALUES; i++) {
        struct mlt_wide sum = mlt_exact_wide(&sums->sum[i]);
        out->mean[i] = sums->units == 0
                           ? NAN
                           : mlt_wide_value(mlt_wide_div(sum, mlt_wide_from_count(sums->units)));
    }
    for (int i = 0; i < MLT_ARM_VALUES; i++)
        for (int j = i; j < MLT_ARM_VALUES; j++) {
            bool known = isfinite(out->mean[i]) && isfinite(out->mean[j]);
            out->deviation[i][j] = out->deviation[j][i] =
                known ? deviation(sums, i, j, out->mean) : mlt_wide_from(NAN);
        }
}

struct mlt_wide mlt_arm_moments_form(const struct mlt_arm_moments *moments,
                                     const double a[MLT_ARM_VALUES], const double b[MLT_ARM_VALUES])
{
    struct mlt_wide total = {0, 0};
    double magnitude = 0;
    for (int i = 0; i < MLT_ARM_VALUES; i++)
        for (int j = 0; j < MLT_ARM_VALUES; j++) {
            if (a[i] == 0 || b[j] == 0)
                continue;
            struct mlt_wide term =
                mlt_wide_scale(mlt_wide_scale(moments->deviation[i][j], a[i]), b[j]);
            total = mlt_wide_add(total, term);
            magnitude += fabs(term.hi);
        }
    return fabs(total.hi) <= 0x1p-96 * magnitude ? mlt_wide_from(0) : total;
}
