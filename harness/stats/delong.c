#include "harness/stats/delong.h"

#include <math.h>
#include <stdlib.h>

#include "harness/stats/auc.h"
#include "harness/stats/auc_order.h"
#include "harness/stats/bootstrap_parallel.h"
#include "harness/stats/dist.h"

/* One walk through the order gives every row its placement. */
static void place_rows(const uint32_t *entry, size_t n, struct mlt_placements *out)
{
    uint64_t below[2] = {0, 0}, group[2];
    for (size_t first = 0, end; first < n; first = end) {
        end = mlt_auc_tie_group(entry, n, first, group);
        uint64_t above = out->positives - below[1] - group[1];
        uint32_t placed[2] = {(uint32_t)(2 * above + group[1]),
                              (uint32_t)(2 * below[0] + group[0])};
        for (size_t i = first; i < end; i++)
            out->doubled[MLT_AUC_ROW(entry[i])] = placed[entry[i] >> 31];
        below[0] += group[0];
        below[1] += group[1];
    }
}

bool mlt_placements_make(const double *score, const uint8_t *positive, size_t n,
                         struct mlt_placements *out, struct mlt_err *err)
{
    struct mlt_placements made = {.n = n};
    uint32_t *entry = malloc((n + 1) * sizeof *entry);
    made.doubled = malloc((n + 1) * sizeof *made.doubled);
    bool done = entry != NULL && made.doubled != NULL
                    ? mlt_auc_order(score, positive, n, entry, err)
                    : mlt_err_oom(err);
    if (done) {
        for (size_t i = 0; i < n; i++)
            made.positives += positive[i] != 0;
        made.negatives = n - made.positives;
        place_rows(entry, n, &made);
        *out = made;
    } else {
        free(made.doubled);
    }
    free(entry);
    return done;
}

void mlt_placements_free(struct mlt_placements *placements)
{
    free(placements->doubled);
    *placements = (struct mlt_placements){0};
}

/* Sums over one class of placements and their products: below 2^29 rows, 2^30 each, all exact. */
struct class_sums {
    int64_t a, b;
    unsigned __int128 aa, bb, ab, dd;
};

static void sum_class(const struct mlt_placements *a, const struct mlt_placements *b,
                      const uint8_t *positive, struct class_sums sums[2])
{
    for (size_t i = 0; i < a->n; i++) {
        struct class_sums *sum = &sums[positive[i] != 0];
        uint64_t x = a->doubled[i], y = b->doubled[i], d = x > y ? x - y : y - x;
        sum->a += (int64_t)x;
        sum->b += (int64_t)y;
        sum->aa += x * x;
        sum->bb += y * y;
        sum->ab += x * y;
        sum->dd += d * d;
    }
}

/* Covariance of two mean placements of a class of `rows`, from their sums; `others` is the size of
 * the other class. */
static double mean_covariance(unsigned __int128 products, int64_t a, int64_t b, uint64_t rows,
                              uint64_t others)
{
    __int128 centred = (__int128)(products * rows) - (__int128)a * b;
    double m = (double)rows, pairs = 2 * (double)others;
    return (double)centred / (m * m * (m - 1)) / (pairs * pairs);
}

struct placing {
    const double *score[2];
    const uint8_t *positive;
    size_t n;
    struct mlt_placements placed[2];
    bool done[2];
    struct mlt_err err[2];
};

static void place_score(void *context, size_t which, unsigned thread)
{
    (void)thread;
    struct placing *job = context;
    job->done[which] = mlt_placements_make(job->score[which], job->positive, job->n,
                                           &job->placed[which], &job->err[which]);
}

static double auc_of(int64_t doubled, uint64_t positives, uint64_t negatives)
{
    struct mlt_auc_counts counts = {(uint64_t)doubled, positives, negatives};
    return mlt_auc_value(&counts);
}

static void estimate(const struct placing *job, bool paired, struct mlt_delong *out)
{
    const struct mlt_placements *a = &job->placed[0], *b = &job->placed[paired];
    uint64_t p = a->positives, q = a->negatives;
    *out = (struct mlt_delong){p, q, {NAN, NAN}, {NAN, NAN}, NAN, NAN, NAN, NULL};
    if (p == 0 || q == 0) {
        out->undefined = "one class only";
        return;
    }
    struct class_sums sums[2] = {{0}, {0}};
    sum_class(a, b, job->positive, sums);
    const struct class_sums *neg = &sums[0], *pos = &sums[1];
    out->auc[0] = auc_of(pos->a, p, q);
    if (paired) {
        out->auc[1] = auc_of(pos->b, p, q);
        out->difference = (double)(pos->a - pos->b) / (2 * (double)p * (double)q);
    }
    if (p < 2 || q < 2) {
        out->undefined = "a class has one row only";
        return;
    }
    out->variance[0] = mean_covariance(pos->aa, pos->a, pos->a, p, q) +
                       mean_covariance(neg->aa, neg->a, neg->a, q, p);
    if (!paired)
        return;
    out->variance[1] = mean_covariance(pos->bb, pos->b, pos->b, p, q) +
                       mean_covariance(neg->bb, neg->b, neg->b, q, p);
    out->covariance = mean_covariance(pos->ab, pos->a, pos->b, p, q) +
                      mean_covariance(neg->ab, neg->a, neg->b, q, p);
    int64_t pos_d = pos->a - pos->b, neg_d = neg->a - neg->b;
    out->difference_variance =
        mean_covariance(pos->dd, pos_d, pos_d, p, q) + mean_covariance(neg->dd, neg_d, neg_d, q, p);
}

bool mlt_delong(const double *score, const double *other, const uint8_t *positive, size_t n,
                unsigned threads, struct mlt_delong *out, struct mlt_err *err)
{
    struct placing job = {.score = {score, other}, .positive = positive, .n = n};
    bool paired = other != NULL, done = true;
    mlt_parallel_run(threads, 1 + (size_t)paired, place_score, &job);
    for (int i = 0; i <= paired && done; i++)
        if (!job.done[i]) {
            *err = job.err[i];
            done = false;
        }
    if (done)
        estimate(&job, paired, out);
    for (int i = 0; i <= paired; i++)
        mlt_placements_free(&job.placed[i]);
    return done;
}

void mlt_placements_influence(const struct mlt_placements *placements, const uint8_t *positive,
                              double *influence)
{
    double n = (double)placements->n;
    double rows[2] = {(double)placements->negatives, (double)placements->positives};
    uint64_t sum = 0;
    for (size_t i = 0; i < placements->n; i++)
        sum += positive[i] ? placements->doubled[i] : 0;
    double auc = auc_of((int64_t)sum, placements->positives, placements->negatives);
    for (size_t i = 0; i < placements->n; i++) {
        int own = positive[i] != 0;
        influence[i] = (placements->doubled[i] / (2 * rows[!own]) - auc) * (n / rows[own]);
    }
}

struct mlt_interval mlt_delong_interval(double estimate, double variance, double alpha,
                                        double lowest, double highest)
{
    if (!(variance > 0) || !isfinite(variance) || !(alpha > 0) || !(alpha < 1) || isnan(estimate))
        return (struct mlt_interval){NAN, NAN};
    double reach = mlt_normal_quantile(1 - alpha) * sqrt(variance);
    return (struct mlt_interval){fmax(lowest, estimate - reach), fmin(highest, estimate + reach)};
}

double mlt_delong_p_at_least(double estimate, double variance, double margin)
{
    if (!(variance > 0) || !isfinite(variance))
        return NAN;
    return mlt_normal_cdf((estimate - margin) / sqrt(variance));
}
