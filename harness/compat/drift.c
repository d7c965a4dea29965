#include "harness/compat/drift.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/str.h"
#include "harness/stats/dist.h"
#include "harness/stats/elementary.h"

enum { SHOWN = 3 };
static const double chance = 0.999;

double mlt_drift_psi(const uint64_t *from, const uint64_t *to, size_t bins, double *noise)
{
    double n = 0, m = 0, psi = 0;
    for (size_t i = 0; i < bins; i++) {
        n += (double)from[i];
        m += (double)to[i];
    }
    *noise = NAN;
    if (!(n > 0) || !(m > 0))
        return NAN;
    for (size_t i = 0; i < bins; i++) {
        double p = ((double)from[i] + 0.5) / (n + 0.5 * (double)bins);
        double q = ((double)to[i] + 0.5) / (m + 0.5 * (double)bins);
        psi += (p - q) * mlt_log(p / q);
    }
    *noise = bins > 1 ? mlt_chi2_quantile(chance, (double)bins - 1) * (1 / n + 1 / m) : 0;
    return psi;
}

static bool same_bins(const struct mlt_profile_column *a, const struct mlt_profile_column *b)
{
    if (a->bins != b->bins || !a->edges != !b->edges)
        return false;
    for (size_t i = 0; i + 1 < a->bins; i++)
        if (a->edges ? a->edges[i] != b->edges[i] : strcmp(a->values[i], b->values[i]) != 0)
            return false;
    return true;
}

/* The counts that are compared: a bin that is empty on both sides says nothing. */
static size_t join(const struct mlt_profile_column *a, const struct mlt_profile_column *b,
                   uint64_t from[MLT_PROFILE_BINS + 1], uint64_t to[MLT_PROFILE_BINS + 1])
{
    size_t bins = 0;
    for (size_t i = 0; i <= a->bins; i++) {
        uint64_t x = i < a->bins ? a->counts[i] : a->missing;
        uint64_t y = i < a->bins ? b->counts[i] : b->missing;
        if (x == 0 && y == 0)
            continue;
        from[bins] = x;
        to[bins++] = y;
    }
    return bins;
}

static struct mlt_drift_column compare(const struct mlt_profile_column *a,
                                       const struct mlt_profile_column *b, double limit)
{
    struct mlt_drift_column c = {.name = a->name, .psi = NAN, .noise = NAN};
    uint64_t from[MLT_PROFILE_BINS + 1], to[MLT_PROFILE_BINS + 1];
    if (!b) {
        c.why = "it is gone";
        return c;
    }
    if (!same_bins(a, b)) {
        c.why = !a->edges != !b->edges ? "its values are of another kind"
                                       : "it was counted in other bins";
        return c;
    }
    size_t bins = join(a, b, from, to);
    c.psi = mlt_drift_psi(from, to, bins, &c.noise);
    if (!isfinite(c.psi) || !isfinite(c.noise))
        c.why = "it has no rows";
    else if (c.psi - c.noise > limit)
        c.verdict = MLT_DRIFT_SUBSTANTIAL;
    else if (c.psi > limit || c.noise > limit)
        c.why = "there are too few rows to tell";
    else
        c.verdict = MLT_DRIFT_LITTLE;
    return c;
}

static int rank(const struct mlt_drift_column *c)
{
    return c->verdict == MLT_DRIFT_SUBSTANTIAL ? 2 : c->verdict == MLT_DRIFT_UNKNOWN;
}

static int by_weight(const void *x, const void *y)
{
    const struct mlt_drift_column *a = x, *b = y;
    if (rank(a) != rank(b))
        return rank(b) - rank(a);
    double p = isnan(a->psi) ? INFINITY : a->psi, q = isnan(b->psi) ? INFINITY : b->psi;
    return p != q ? (p < q) - (p > q) : strcmp(a->name, b->name);
}

bool mlt_drift_compare(const struct mlt_data_profile *from, const struct mlt_data_profile *to,
                       struct mlt_arena *arena, struct mlt_drift_report *out, struct mlt_err *err)
{
    struct mlt_drift_report report = {.limit = isnan(from->limit) ? MLT_DRIFT_LIMIT : from->limit,
                                      .count = from->column_count};
    size_t shared = 0;
    report.columns = mlt_arena_calloc(arena, report.count, sizeof *report.columns);
    if (!report.columns)
        return mlt_err_oom(err);
    for (size_t i = 0; i < report.count; i++) {
        const struct mlt_profile_column *other = mlt_data_profile_find(to, from->columns[i].name);
        shared += other != NULL;
        report.columns[i] = compare(&from->columns[i], other, report.limit);
    }
    report.added = to->column_count - shared;
    if (report.count)
        qsort(report.columns, report.count, sizeof *report.columns, by_weight);
    report.verdict = report.count ? report.columns[0].verdict : MLT_DRIFT_UNKNOWN;
    *out = report;
    return true;
}

void mlt_drift_print(const struct mlt_drift_report *report, struct mlt_buf *out)
{
    size_t above = 0;
    for (size_t i = 0; i < report->count; i++) {
        const struct mlt_drift_column *c = &report->columns[i];
        above += c->verdict != MLT_DRIFT_LITTLE;
        if (i >= SHOWN)
            continue;
        mlt_buf_puts(out, i ? ", " : "");
        mlt_str_append_safe(out, c->name, strlen(c->name), 60);
        if (!isnan(c->psi))
            mlt_buf_printf(out, " PSI %.3g (noise %.2g)", c->psi, c->noise);
        if (c->why)
            mlt_buf_printf(out, ": %s", c->why);
    }
    mlt_buf_printf(out, "; %zu of %zu columns within the limit %.3g", report->count - above,
                   report->count, report->limit);
    if (report->added)
        mlt_buf_printf(out, "; %zu new column%s", report->added, report->added > 1 ? "s" : "");
}
