/* Tests on the same rows measured twice: paired t and McNemar. (Signed ranks: wilcoxon.h;
 * sign flips: signflip.h; the interval for paired proportions: mlt_tango in proportion.h.) */
#ifndef MLTEST_STATS_PAIRED_H
#define MLTEST_STATS_PAIRED_H

#include <stddef.h>
#include <stdint.h>

#include "harness/stats/margin.h"
#include "harness/stats/test.h"

/* Mean of a - b with its standard error and n - 1 degrees of freedom, to be judged by margin.h. NaN
 * se for n < 2 and for values that are not finite. Differences that vary only by rounding (range up
 * to 4 epsilon times the largest value) are constant: se 0, and no test. */
struct mlt_estimate mlt_paired_estimate(const double *a, const double *b, size_t n);

/* McNemar (1947) on the discordant rows, effect = share won by the first. Two-sided p of
 *   exact: binomial, twice the smaller tail (at most 1);
 *   mid-p: that less the probability of what was seen (Fagerland, Lydersen & Laake 2013);
 *   chi-squared: (b - c)^2 / (b + c), 1 degree of freedom, asymptotic;
 *   corrected: (|b - c| - 1)^2 / (b + c) (Edwards 1948), 0 where b = c as in R.
 * One-sided p-values by the same method. Without discordant rows the exact p-values are 1 and those
 * of chi-squared undefined. `statistic` is b, or the chi-squared. */
enum mlt_mcnemar_method {
    MLT_MCNEMAR_EXACT,
    MLT_MCNEMAR_MID_P,
    MLT_MCNEMAR_CHI2,
    MLT_MCNEMAR_CORRECTED,
};
struct mlt_test mlt_mcnemar(uint64_t only_first, uint64_t only_second,
                            enum mlt_mcnemar_method method);

#endif
