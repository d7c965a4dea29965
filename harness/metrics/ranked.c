#include "harness/metrics/ranked.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/stats/auc_order.h"

enum { MASS_BITS = 85 };

int mlt_mass_scale(const double *weight, size_t n)
{
    double most = 0;
    for (size_t i = 0; i < n; i++)
        most = weight[i] > most ? weight[i] : most;
    int exponent = 0;
    (void)frexp(most, &exponent);
    return MASS_BITS - exponent;
}

/* Of a finite x: its 53 bits as a whole number, and the power of two that they count. */
static uint64_t parts_of(double x, int *power)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    uint64_t fraction = bits & 0xfffffffffffffu;
    int exponent = (int)(bits >> 52 & 0x7ff);
    *power = (exponent > 0 ? exponent : 1) - 1075;
    return exponent > 0 ? fraction | UINT64_C(1) << 52 : fraction;
}

/* By parts: ldexp of a tiny weight by a large scale could overflow on the way. */
mlt_mass mlt_mass_of(double x, int scale)
{
    int power;
    mlt_mass whole = (mlt_mass)parts_of(x, &power);
    int shift = power + scale;
    if (shift >= 0)
        whole = whole << shift;
    else
        whole = shift > -64 ? whole >> -shift : 0;
    return x < 0 ? -whole : whole;
}

bool mlt_mass_make(const double *weight, size_t n, mlt_mass **out)
{
    *out = NULL;
    if (weight == NULL)
        return true;
    mlt_mass *mass = calloc(n + 1, sizeof *mass);
    if (mass == NULL)
        return false;
    int scale = mlt_mass_scale(weight, n);
    for (size_t i = 0; i < n; i++)
        mass[i] = mlt_mass_of(weight[i], scale);
    *out = mass;
    return true;
}

/* The radix sort of the AUC, which marks equal scores; its class bits are not asked for. */
static bool sort_rows(const double *x, struct mlt_ranked *out, struct mlt_err *err)
{
    size_t n = out->n;
    uint8_t *no_class = calloc(n + 1, sizeof *no_class);
    bool good = no_class != NULL && out->row != NULL && out->start != NULL;
    if (!good)
        (void)mlt_err_oom(err);
    good = good && mlt_auc_order(x, no_class, n, out->row, err);
    free(no_class);
    for (size_t p = 0; good && p < n; p++) {
        if ((out->row[p] & MLT_AUC_TIED) == 0)
            out->start[out->groups++] = (uint32_t)p;
        out->row[p] = MLT_AUC_ROW(out->row[p]);
    }
    return good;
}

bool mlt_ranked_make(const double *x, size_t n, struct mlt_ranked *out, struct mlt_err *err)
{
    *out = (struct mlt_ranked){.n = n};
    out->row = calloc(n + 1, sizeof *out->row);
    out->start = calloc(n + 1, sizeof *out->start);
    if (!sort_rows(x, out, err)) {
        mlt_ranked_free(out);
        return false;
    }
    out->start[out->groups] = (uint32_t)n;
    return true;
}

void mlt_ranked_free(struct mlt_ranked *ranked)
{
    free(ranked->row);
    free(ranked->start);
    *ranked = (struct mlt_ranked){0};
}

bool mlt_classes_make(const double *score, const uint8_t *positive_of, const double *weight,
                      size_t n, struct mlt_classes *out, struct mlt_err *err)
{
    *out = (struct mlt_classes){0};
    if (!mlt_ranked_make(score, n, &out->ranked, err))
        return false;
    out->positive = calloc(n + 1, sizeof *out->positive);
    mlt_mass *by_row = NULL;
    if (weight != NULL)
        out->mass = calloc(n + 1, sizeof *out->mass);
    if (out->positive == NULL || (weight != NULL && out->mass == NULL) ||
        !mlt_mass_make(weight, n, &by_row)) {
        mlt_classes_free(out);
        return mlt_err_oom(err);
    }
    for (size_t p = 0; p < n; p++) {
        uint32_t row = out->ranked.row[p];
        out->positive[p] = positive_of[row] != 0;
        if (by_row != NULL)
            out->mass[p] = by_row[row];
    }
    free(by_row);
    return true;
}

void mlt_classes_free(struct mlt_classes *classes)
{
    mlt_ranked_free(&classes->ranked);
    free(classes->positive);
    free(classes->mass);
    *classes = (struct mlt_classes){0};
}

/* Without weights: 2^29 rows, each up to 2^32 times, are counted in 64 bits. */
static struct mlt_class_mass count_between(const struct mlt_classes *c, const uint32_t *times,
                                           size_t from, size_t to)
{
    uint64_t all = 0, positive = 0;
    for (size_t p = from; p < to; p++) {
        uint64_t often = times == NULL ? 1 : times[c->ranked.row[p]];
        all += often;
        positive += c->positive[p] ? often : 0;
    }
    return (struct mlt_class_mass){(mlt_mass)positive, (mlt_mass)(all - positive)};
}

struct mlt_class_mass mlt_classes_between(const struct mlt_classes *c, const uint32_t *times,
                                          size_t from, size_t to)
{
    struct mlt_class_mass out = {0, 0};
    if (c->mass == NULL)
        return count_between(c, times, from, to);
    for (size_t p = from; p < to; p++) {
        mlt_mass mass = times == NULL ? c->mass[p] : c->mass[p] * times[c->ranked.row[p]];
        if (c->positive[p])
            out.positive += mass;
        else
            out.negative += mass;
    }
    return out;
}
