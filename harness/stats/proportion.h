/* Score intervals for proportions and their differences. (The exact interval for one proportion is
 * mlt_clopper_pearson in interval.h.)
 *
 * `alpha` is the level of one tail: intervals hold with 1 - 2 alpha. Counts up to 2^53. Everything
 * is NaN for n = 0, for counts that contradict each other (k > n) and for alpha outside (0, 1/2).
 */
#ifndef MLTEST_STATS_PROPORTION_H
#define MLTEST_STATS_PROPORTION_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/stats/interval.h"

/* Wilson (1927) for k of n; `corrected` for continuity as Newcombe (1998, Stat. Med. 17:857),
 * method 4. */
struct mlt_interval mlt_wilson(uint64_t k, uint64_t n, double alpha, bool corrected);

/* p1 - p2 of two independent samples, k1 of n1 and k2 of n2: Newcombe's hybrid score interval
 * (1998, Stat. Med. 17:873, method 10). */
struct mlt_interval mlt_newcombe(uint64_t k1, uint64_t n1, uint64_t k2, uint64_t n2, double alpha);

/* The same difference by inverting Miettinen & Nurminen's score test (1985, Stat. Med. 4:213), with
 * their variance factor N / (N - 1). */
struct mlt_interval mlt_miettinen_nurminen(uint64_t k1, uint64_t n1, uint64_t k2, uint64_t n2,
                                           double alpha);
/* One-sided p-values of that test: of p1 - p2 <= delta (small: shown above) and of p1 - p2 >=
 * delta. Below alpha exactly where delta is outside the interval on that side. */
double mlt_miettinen_nurminen_p_above(uint64_t k1, uint64_t n1, uint64_t k2, uint64_t n2,
                                      double delta);
double mlt_miettinen_nurminen_p_below(uint64_t k1, uint64_t n1, uint64_t k2, uint64_t n2,
                                      double delta);

/* p1 - p2 on the same n rows, of which `only_first` succeed only under the first treatment and
 * `only_second` only under the second: Tango's score interval (1998, Stat. Med. 17:891). Without
 * any discordant row it is +-z^2 / (n + z^2), the Wilson bound for 0 of n; where all rows are
 * discordant the one way it ends at 1. */
struct mlt_interval mlt_tango(uint64_t only_first, uint64_t only_second, uint64_t n, double alpha);
/* One-sided p-values of the same score statistic, of p1 - p2 <= delta and of p1 - p2 >= delta,
 * which agree with the interval. A delta beyond -1 or 1 gives 0 or 1, as it must. */
double mlt_tango_p_above(uint64_t only_first, uint64_t only_second, uint64_t n, double delta);
double mlt_tango_p_below(uint64_t only_first, uint64_t only_second, uint64_t n, double delta);

#endif
