#include "harness/stats/smirnov.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/stats/elementary.h"
#include "harness/stats/quantile.h"

static const double pi = 3.14159265358979323846;

double mlt_kolmogorov_sf(double x)
{
    if (isnan(x))
        return NAN;
    /* From here down 1 is right to the last bit, and nothing is divided by nearly 0. */
    if (x < 0.1)
        return 1;
    double sum = 0;
    if (x < 1) {
        /* Jacobi's other form of the theta function converges fast here. */
        for (int k = 1; k < 20; k += 2)
            sum += mlt_exp(-k * k * pi * pi / (8 * x * x));
        return 1 - sqrt(2 * pi) / x * sum;
    }
    for (int k = 1; k < 20; k++)
        sum += (k % 2 == 1 ? 2 : -2) * mlt_exp(-2.0 * k * k * x * x);
    return sum;
}

/* Both samples sorted; `open[i + j]` says that the i + j smallest values end within a tie, where
 * the distance does not count. */
struct merge {
    double *x, *y;
    uint64_t n, m;
    bool *open;
};

static void merge_free(struct merge *s)
{
    free(s->x);
    free(s->y);
    free(s->open);
}

static bool merge_init(struct merge *s, const double *x, size_t n, const double *y, size_t m)
{
    *s = (struct merge){calloc(n, sizeof *x), calloc(m, sizeof *y), n, m,
                        calloc(n + m + 1, sizeof *s->open)};
    if (s->x == NULL || s->y == NULL || s->open == NULL) {
        merge_free(s);
        return false;
    }
    memcpy(s->x, x, n * sizeof *x);
    memcpy(s->y, y, m * sizeof *y);
    mlt_sort(s->x, n);
    mlt_sort(s->y, m);
    return true;
}

static uint64_t distance(uint64_t a, uint64_t b)
{
    return a > b ? a - b : b - a;
}

/* n m D, and the ties. */
static uint64_t merge_distance(struct merge *s)
{
    uint64_t most = 0;
    for (size_t i = 0, j = 0; i < s->n || j < s->m;) {
        double next = j == s->m || (i < s->n && s->x[i] <= s->y[j]) ? s->x[i] : s->y[j];
        size_t from = i + j;
        while (i < s->n && s->x[i] == next)
            i++;
        while (j < s->m && s->y[j] == next)
            j++;
        for (size_t at = from + 1; at < i + j; at++)
            s->open[at] = true;
        uint64_t here = distance(i * s->m, j * s->n);
        most = here > most ? here : most;
    }
    return most;
}

/* The chance that a random order reaches `least` somewhere on its way to each (i, j), row by row:
 * the last step came from x with chance i / (i + j). False when memory is out. */
static bool exact_p(const struct merge *s, uint64_t least, double *p)
{
    double *reached = calloc(s->m + 1, sizeof *reached);
    if (reached == NULL)
        return false;
    for (uint64_t i = 0; i <= s->n; i++) {
        for (uint64_t j = 0; j <= s->m; j++) {
            double here = 0;
            if (i + j > 0) {
                double share = (double)i / (double)(i + j);
                here = (i > 0 ? share * reached[j] : 0) +
                       (j > 0 ? (double)j / (double)(i + j) * reached[j - 1] : 0);
            }
            if (!s->open[i + j] && distance(i * s->m, j * s->n) >= least)
                here = 1;
            reached[j] = here;
        }
    }
    *p = fmin(1, reached[s->m]);
    free(reached);
    return true;
}

static bool all_finite(const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(x[i]))
            return false;
    }
    return true;
}

struct mlt_test mlt_smirnov(const double *x, size_t n, const double *y, size_t m)
{
    if (n == 0 || m == 0)
        return mlt_test_undefined(MLT_TEST_TOO_FEW);
    if (!all_finite(x, n) || !all_finite(y, m))
        return mlt_test_undefined(MLT_TEST_NOT_FINITE);
    /* The whole-number distances must fit. */
    if (n > UINT32_MAX || m > UINT32_MAX)
        return mlt_test_undefined(MLT_TEST_TOO_LARGE);
    struct merge s;
    if (!merge_init(&s, x, n, y, m))
        return mlt_test_undefined(MLT_TEST_NO_MEMORY);
    uint64_t most = merge_distance(&s);
    double pairs = (double)n * (double)m;
    struct mlt_test out = mlt_test_undefined(MLT_TEST_DONE);
    out.statistic = (double)most / pairs;
    out.exact = pairs <= MLT_SMIRNOV_MAX_EXACT;
    if (!out.exact)
        out.p = mlt_kolmogorov_sf(out.statistic * sqrt(pairs / (double)(n + m)));
    else if (!exact_p(&s, most, &out.p))
        out = mlt_test_undefined(MLT_TEST_NO_MEMORY);
    merge_free(&s);
    return out;
}
