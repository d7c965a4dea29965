/* Rows in the order of a column, and sums of whole-number weights along it.
 *
 * A mass is a weight in units of 2^-scale, chosen so that the largest weight has 85 bits: of
 * weights down to 2^-32 of the largest no bit is lost, below that they are cut at the unit. Sums of
 * masses are exact and therefore the same in any order of rows; 2^32 rows, each counted 512 times,
 * stay within 127 bits. Quotients of two masses are free of the unit. Without weights a row has
 * mass 1. */
#ifndef MLTEST_METRICS_RANKED_H
#define MLTEST_METRICS_RANKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/metrics/metric.h"

typedef __int128 mlt_mass;

/* The scale for these weights, finite and >= 0. */
int mlt_mass_scale(const double *weight, size_t n);
/* x in units of 2^-scale, rounded towards 0; |x| at most the largest weight. */
mlt_mass mlt_mass_of(double x, int scale);
/* The masses [n] of `weight`; *out NULL for NULL. False when memory is out. Caller frees. */
bool mlt_mass_make(const double *weight, size_t n, mlt_mass **out);

/* Row i counts times[i] times its mass; NULL: once, or 1 each. */
static inline mlt_mass mlt_mass_at(const mlt_mass *mass, const uint32_t *times, size_t i)
{
    mlt_mass once = mass == NULL ? 1 : mass[i];
    return times == NULL ? once : once * times[i];
}

/* The nearest double. Counts of rows are small, and one instruction then does. */
static inline double mlt_mass_value(mlt_mass mass)
{
    return mass == (int64_t)mass ? (double)(int64_t)mass : (double)mass;
}

/* a / b, each rounded to a double first; NaN for 0 / 0. */
static inline double mlt_mass_ratio(mlt_mass a, mlt_mass b)
{
    return mlt_mass_value(a) / mlt_mass_value(b);
}

/* Rows by ascending value; group g of equal values holds the places start[g] to start[g + 1]. */
struct mlt_ranked {
    size_t n, groups;
    uint32_t *row;   /* [n] */
    uint32_t *start; /* [groups + 1] */
};

/* MLT_ERR_EVIDENCE for NaN and from 2^29 rows on. */
bool mlt_ranked_make(const double *x, size_t n, struct mlt_ranked *out,
                     struct mlt_err *err) MLT_MUST_USE;
void mlt_ranked_free(struct mlt_ranked *ranked);

/* Rows of two classes in the order of their scores. */
struct mlt_classes {
    struct mlt_ranked ranked;
    uint8_t *positive; /* [n], by place */
    mlt_mass *mass;    /* [n], by place; NULL: 1 each */
};

/* positive_of[i] != 0: row i is positive. Equal scores form a group. */
bool mlt_classes_make(const double *score, const uint8_t *positive_of, const double *weight,
                      size_t n, struct mlt_classes *out, struct mlt_err *err) MLT_MUST_USE;
void mlt_classes_free(struct mlt_classes *classes);

/* What a set of rows weighs. */
struct mlt_class_mass {
    mlt_mass positive, negative;
};
/* Of the rows at places [from, to). */
struct mlt_class_mass mlt_classes_between(const struct mlt_classes *classes, const uint32_t *times,
                                          size_t from, size_t to);

/* Of the rows in group g, and of all. `times` is by row, or NULL. A single row, as most groups are,
 * is looked up in place. */
static inline struct mlt_class_mass mlt_classes_group(const struct mlt_classes *classes,
                                                      const uint32_t *times, size_t g)
{
    size_t from = classes->ranked.start[g], to = classes->ranked.start[g + 1];
    if (to - from > 1 || classes->mass != NULL)
        return mlt_classes_between(classes, times, from, to);
    uint32_t mass = times == NULL ? 1 : times[classes->ranked.row[from]];
    bool positive = classes->positive[from];
    return (struct mlt_class_mass){positive ? mass : 0, positive ? 0 : mass};
}

static inline struct mlt_class_mass mlt_classes_total(const struct mlt_classes *classes,
                                                      const uint32_t *times)
{
    return mlt_classes_between(classes, times, 0, classes->ranked.n);
}

#endif
