/* Pearson's chi-squared test of independence in a table of counts. */
#ifndef MLTEST_STATS_CONTINGENCY_H
#define MLTEST_STATS_CONTINGENCY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/stats/test.h"

struct mlt_contingency {
    struct mlt_test test; /* statistic: chi-squared; only the two-sided p is given */
    double cramers_v;     /* sqrt(chi2 / (N min(rows - 1, columns - 1))), never corrected */
    double least_expected;
    bool sparse; /* more than a fifth of the expected counts below 5, or one below 1 (Cochran 1954):
                  * the p-value is not to be trusted */
};

/* `counts[r * columns + c]`. Rows and columns without any count are left out. With `yates`, and
 * only in what is then a 2 x 2 table, every deviation is made smaller by 1/2, or to 0 (Yates 1934;
 * as R and SciPy). Undefined where fewer than two rows or columns are left. Needs memory for the
 * sums. */
struct mlt_contingency mlt_contingency(const uint64_t *counts, size_t rows, size_t columns,
                                       bool yates);

#endif
