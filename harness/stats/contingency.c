#include "harness/stats/contingency.h"

#include <math.h>
#include <stdlib.h>

#include "harness/stats/dist.h"
#include "harness/stats/elementary.h"

/* P(chi-squared > x) for a whole number of degrees of freedom: a finite sum (Abramowitz & Stegun
 * 26.4.4, 26.4.5), kept in range by a scale apart. */
static double chi2_sf(double x, uint64_t df)
{
    if (x <= 0)
        return 1;
    bool odd = df % 2 == 1;
    double normal = odd ? 2 * mlt_normal_cdf(-sqrt(x)) : 0;
    if (df == 1)
        return normal;
    double term = odd ? sqrt(2 * x / 3.14159265358979323846) : 1;
    double sum = term, log_scale = -x / 2;
    for (uint64_t r = odd ? 3 : 2; r < df; r += 2) {
        term *= x / (double)r;
        sum += term;
        if (sum > 1e250) {
            sum *= 1e-250;
            term *= 1e-250;
            log_scale += mlt_log(1e250);
        }
    }
    return fmin(1, normal + mlt_exp(mlt_log(sum) + log_scale));
}

struct table {
    const uint64_t *counts;
    size_t rows, columns;
    double *row, *column; /* sums; `column` lies behind `row` */
    double total;
    size_t used_rows, used_columns;
};

static bool table_init(struct table *t)
{
    t->row = calloc(t->rows + t->columns + 1, sizeof *t->row);
    if (t->row == NULL)
        return false;
    t->column = t->row + t->rows;
    for (size_t r = 0; r < t->rows; r++) {
        for (size_t c = 0; c < t->columns; c++) {
            double count = (double)t->counts[r * t->columns + c];
            t->row[r] += count;
            t->column[c] += count;
            t->total += count;
        }
    }
    for (size_t r = 0; r < t->rows; r++)
        t->used_rows += t->row[r] > 0;
    for (size_t c = 0; c < t->columns; c++)
        t->used_columns += t->column[c] > 0;
    return true;
}

/* Chi-squared with each deviation made smaller by `less`; notes the expected counts. */
static double statistic(const struct table *t, double less, struct mlt_contingency *out)
{
    double sum = 0, cells = 0, below = 0;
    out->least_expected = INFINITY;
    for (size_t r = 0; r < t->rows; r++) {
        for (size_t c = 0; c < t->columns; c++) {
            double expected = t->row[r] * (t->column[c] / t->total);
            if (!(expected > 0))
                continue;
            double d = fabs((double)t->counts[r * t->columns + c] - expected);
            d = fmax(0, d - less);
            sum += d * d / expected;
            cells++;
            below += expected < 5;
            out->least_expected = fmin(out->least_expected, expected);
        }
    }
    out->sparse = below > cells / 5 || out->least_expected < 1;
    return sum;
}

struct mlt_contingency mlt_contingency(const uint64_t *counts, size_t rows, size_t columns,
                                       bool yates)
{
    struct mlt_contingency out = {mlt_test_undefined(MLT_TEST_TOO_FEW), NAN, NAN, true};
    struct table t = {.counts = counts, .rows = rows, .columns = columns};
    if (!table_init(&t)) {
        out.test = mlt_test_undefined(MLT_TEST_NO_MEMORY);
        return out;
    }
    if (t.used_rows >= 2 && t.used_columns >= 2) {
        uint64_t df = (uint64_t)(t.used_rows - 1) * (t.used_columns - 1);
        size_t least = t.used_rows < t.used_columns ? t.used_rows : t.used_columns;
        double plain = statistic(&t, 0, &out);
        double chi2 = yates && df == 1 ? statistic(&t, 0.5, &out) : plain;
        out.cramers_v = sqrt(plain / (t.total * (double)(least - 1)));
        out.test = mlt_test_undefined(MLT_TEST_DONE);
        out.test.statistic = chi2;
        out.test.df = (double)df;
        out.test.p = chi2_sf(chi2, df);
    }
    free(t.row);
    return out;
}
