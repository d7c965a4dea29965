#include "harness/stats/sketch.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/stats/elementary.h"

bool mlt_sketch_init(struct mlt_sketch *sketch, double alpha, uint32_t buckets)
{
    memset(sketch, 0, sizeof *sketch);
    if (!(alpha >= 1e-5 && alpha <= 0.5) || buckets < 1 || buckets > 1u << 20)
        return false;
    sketch->alpha = alpha;
    sketch->log_gamma = mlt_log1p(alpha) - mlt_log1p(-alpha);
    sketch->buckets = buckets;
    return true;
}

void mlt_sketch_free(struct mlt_sketch *sketch)
{
    free(sketch->positive.count);
    free(sketch->negative.count);
    memset(sketch, 0, sizeof *sketch);
}

/* The bucket of a magnitude: (gamma^(i-1), gamma^i]. */
static int32_t bucket_of(const struct mlt_sketch *sketch, double magnitude)
{
    return (int32_t)ceil(mlt_log(magnitude) / sketch->log_gamma);
}

/* Makes the array reach from bucket `low` to `high`, with room to grow on either side. */
static bool reach(struct mlt_sketch_store *store, int32_t low, int32_t high)
{
    if (store->len > 0 && low >= store->base && (int64_t)high < (int64_t)store->base + store->len)
        return true;
    uint32_t span = (uint32_t)(high - low) + 1, slack = span / 4 + 16;
    uint64_t *count = calloc((size_t)span + 2 * slack, sizeof *count);
    if (count == NULL)
        return false;
    int32_t base = low - (int32_t)slack;
    /* Buckets in use below `low` are about to be collapsed: their counts wait in the slack or at
     * low. */
    for (int64_t i = store->bottom; store->total > 0 && i <= store->top; i++)
        count[(i < low ? low : i) - base] += store->count[i - store->base];
    free(store->count);
    store->count = count;
    store->base = base;
    store->len = span + 2 * slack;
    return true;
}

/* Counts what lies below the lowest bucket that is kept there. */
static void collapse(struct mlt_sketch_store *store, int32_t floor_bucket)
{
    if (store->bottom >= floor_bucket)
        return;
    for (int64_t i = store->bottom < store->base ? store->base : store->bottom; i < floor_bucket;
         i++) {
        uint64_t *from = &store->count[i - store->base];
        store->count[floor_bucket - store->base] += *from;
        *from = 0;
    }
    store->bottom = floor_bucket;
}

static bool store_add(struct mlt_sketch_store *store, int32_t bucket, uint64_t times,
                      uint32_t limit)
{
    int32_t top = store->total == 0 || bucket > store->top ? bucket : store->top;
    int32_t lowest = top - (int32_t)limit + 1;
    if (bucket < lowest)
        bucket = lowest;
    int32_t bottom = store->total == 0 || bucket < store->bottom ? bucket : store->bottom;
    if (!reach(store, bottom < lowest ? lowest : bottom, top))
        return false;
    if (store->total > 0)
        collapse(store, lowest);
    store->count[bucket - store->base] += times;
    store->bottom = bottom < lowest ? lowest : bottom;
    store->top = top;
    store->total += times;
    return true;
}

static void widen(struct mlt_sketch *sketch, double min, double max)
{
    bool first = sketch->zeros + sketch->positive.total + sketch->negative.total == 0;
    if (first || min < sketch->min)
        sketch->min = min;
    if (first || max > sketch->max)
        sketch->max = max;
}

bool mlt_sketch_add(struct mlt_sketch *sketch, double x, uint64_t times)
{
    if (times == 0)
        return true;
    struct mlt_sketch before = *sketch;
    if (isfinite(x))
        widen(sketch, x == 0 ? 0 : x, x == 0 ? 0 : x);
    bool ok = true;
    if (isnan(x))
        sketch->nans += times;
    else if (isinf(x))
        *(x > 0 ? &sketch->plus_infinities : &sketch->minus_infinities) += times;
    else if (x == 0)
        sketch->zeros += times;
    else
        ok = store_add(x > 0 ? &sketch->positive : &sketch->negative, bucket_of(sketch, fabs(x)),
                       times, sketch->buckets);
    if (!ok) {
        sketch->min = before.min;
        sketch->max = before.max;
        return false;
    }
    sketch->n += times;
    return true;
}

static bool store_merge(struct mlt_sketch_store *into, const struct mlt_sketch_store *from,
                        uint32_t limit)
{
    /* From the top, so that buckets which will not be kept are never made. */
    for (int64_t i = from->top; from->total > 0 && i >= from->bottom; i--) {
        uint64_t times = from->count[i - from->base];
        if (times > 0 && !store_add(into, (int32_t)i, times, limit))
            return false;
    }
    return true;
}

bool mlt_sketch_merge(struct mlt_sketch *into, const struct mlt_sketch *from)
{
    if (into->alpha != from->alpha || into->buckets != from->buckets || into == from)
        return false;
    if (from->zeros + from->positive.total + from->negative.total > 0)
        widen(into, from->min, from->max);
    into->n += from->n;
    into->zeros += from->zeros;
    into->nans += from->nans;
    into->minus_infinities += from->minus_infinities;
    into->plus_infinities += from->plus_infinities;
    return store_merge(&into->positive, &from->positive, into->buckets) &&
           store_merge(&into->negative, &from->negative, into->buckets);
}

/* The bucket's value with the least relative error, 2 gamma^i / (gamma + 1). */
static double middle_of(const struct mlt_sketch *sketch, int64_t bucket)
{
    return mlt_exp((double)bucket * sketch->log_gamma) * (1 - sketch->alpha);
}

/* The bucket in which the rank-th (from 1) value lies, counted from the top or the bottom. */
static int64_t bucket_at(const struct mlt_sketch_store *store, uint64_t rank, bool from_top)
{
    int64_t i = from_top ? store->top : store->bottom;
    for (;; i += from_top ? -1 : 1) {
        uint64_t times = store->count[i - store->base];
        if (rank <= times)
            return i;
        rank -= times;
    }
}

static double value_at(const struct mlt_sketch *sketch, uint64_t rank)
{
    if (rank <= sketch->minus_infinities)
        return -INFINITY;
    rank -= sketch->minus_infinities;
    if (rank <= sketch->negative.total)
        return fmax(-middle_of(sketch, bucket_at(&sketch->negative, rank, true)), sketch->min);
    rank -= sketch->negative.total;
    if (rank <= sketch->zeros)
        return 0;
    rank -= sketch->zeros;
    if (rank <= sketch->positive.total)
        return fmin(middle_of(sketch, bucket_at(&sketch->positive, rank, false)), sketch->max);
    return INFINITY;
}

double mlt_sketch_quantile(const struct mlt_sketch *sketch, double q)
{
    if (sketch->n == 0 || sketch->nans > 0 || !(q > 0) || q > 1)
        return NAN;
    double position = q * (double)sketch->n;
    double whole = ceil(position - position * 4 * DBL_EPSILON);
    uint64_t rank = whole >= (double)sketch->n ? sketch->n : whole < 1 ? 1 : (uint64_t)whole;
    /* The ends are known, and nothing lies beyond them. */
    if (rank == 1 && sketch->minus_infinities == 0 && sketch->plus_infinities < sketch->n)
        return sketch->min;
    if (rank == sketch->n && sketch->plus_infinities == 0 && sketch->minus_infinities < sketch->n)
        return sketch->max;
    double value = value_at(sketch, rank);
    if (isinf(value))
        return value;
    return fmin(fmax(value, sketch->min), sketch->max);
}

static void put_bytes(struct mlt_buf *out, uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        mlt_buf_putc(out, (char)(value >> 8 * i));
}

static void put_double(struct mlt_buf *out, double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    put_bytes(out, bits, 8);
}

static void put_store(struct mlt_buf *out, const struct mlt_sketch_store *store)
{
    uint32_t used = 0;
    for (int64_t i = store->bottom; store->total > 0 && i <= store->top; i++)
        used += store->count[i - store->base] > 0;
    put_bytes(out, used, 4);
    for (int64_t i = store->bottom; store->total > 0 && i <= store->top; i++) {
        uint64_t times = store->count[i - store->base];
        if (times == 0)
            continue;
        put_bytes(out, (uint32_t)(int32_t)i, 4);
        put_bytes(out, times, 8);
    }
}

void mlt_sketch_encode(const struct mlt_sketch *sketch, struct mlt_buf *out)
{
    put_double(out, sketch->alpha);
    put_bytes(out, sketch->buckets, 4);
    put_bytes(out, sketch->zeros, 8);
    put_bytes(out, sketch->nans, 8);
    put_bytes(out, sketch->minus_infinities, 8);
    put_bytes(out, sketch->plus_infinities, 8);
    put_double(out, sketch->min);
    put_double(out, sketch->max);
    put_store(out, &sketch->positive);
    put_store(out, &sketch->negative);
}

struct reader {
    const unsigned char *at, *end;
    bool ok;
};

static uint64_t take_bytes(struct reader *in, int bytes)
{
    if (in->end - in->at < bytes) {
        in->ok = false;
        return 0;
    }
    uint64_t value = 0;
    for (int i = 0; i < bytes; i++)
        value |= (uint64_t)*in->at++ << 8 * i;
    return value;
}

static double take_double(struct reader *in)
{
    uint64_t bits = take_bytes(in, 8);
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* Adds to n; false where that would wrap. */
static bool count_in(uint64_t *n, uint64_t times)
{
    return !__builtin_add_overflow(*n, times, n);
}

static bool take_store(struct reader *in, struct mlt_sketch *sketch, struct mlt_sketch_store *store)
{
    /* 745 / log gamma is the last bucket that a double can fall into. */
    double farthest = 746 / sketch->log_gamma + 1;
    uint64_t used = take_bytes(in, 4);
    int64_t first = 0, last = 0;
    for (uint64_t i = 0; i < used; i++) {
        int64_t bucket = (int32_t)(uint32_t)take_bytes(in, 4);
        uint64_t times = take_bytes(in, 8);
        if (!in->ok || times == 0 || fabs((double)bucket) > farthest || (i > 0 && bucket <= last))
            return false;
        first = i == 0 ? bucket : first;
        last = bucket;
        if (last - first >= sketch->buckets || !count_in(&sketch->n, times) ||
            !store_add(store, (int32_t)bucket, times, sketch->buckets))
            return false;
    }
    return in->ok;
}

static bool is_zero(double x)
{
    return x == 0 && !signbit(x);
}

/* The extremes have the signs of what was counted. */
static bool extremes_fit(const struct mlt_sketch *sketch)
{
    double min = sketch->min, max = sketch->max;
    bool negative = sketch->negative.total > 0, positive = sketch->positive.total > 0;
    if (!negative && !positive)
        return is_zero(min) && is_zero(max);
    if (!isfinite(min) || !isfinite(max) || min > max)
        return false;
    bool min_fits = negative ? min < 0 : sketch->zeros > 0 ? is_zero(min) : min > 0;
    bool max_fits = positive ? max > 0 : sketch->zeros > 0 ? is_zero(max) : max < 0;
    return min_fits && max_fits;
}

bool mlt_sketch_decode(struct mlt_sketch *out, const unsigned char *data, size_t len)
{
    struct reader in = {data, data + len, true};
    double alpha = take_double(&in);
    uint32_t buckets = (uint32_t)take_bytes(&in, 4);
    if (!mlt_sketch_init(out, alpha, buckets))
        return false;
    out->zeros = take_bytes(&in, 8);
    out->nans = take_bytes(&in, 8);
    out->minus_infinities = take_bytes(&in, 8);
    out->plus_infinities = take_bytes(&in, 8);
    out->min = take_double(&in);
    out->max = take_double(&in);
    bool ok = in.ok && count_in(&out->n, out->zeros) && count_in(&out->n, out->nans) &&
              count_in(&out->n, out->minus_infinities) && count_in(&out->n, out->plus_infinities) &&
              take_store(&in, out, &out->positive) && take_store(&in, out, &out->negative) &&
              in.at == in.end && extremes_fit(out);
    if (!ok)
        mlt_sketch_free(out);
    return ok;
}
