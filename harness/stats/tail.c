#include "harness/stats/tail.h"

#include <math.h>
#include <string.h>

#include "harness/stats/elementary.h"
#include "harness/stats/quantile.h"
#include "harness/stats/sum.h"

static void swap(double *a, double *b)
{
    double kept = *a;
    *a = *b;
    *b = kept;
}

static void rise(double *heap, size_t at)
{
    for (; at > 0 && heap[at] < heap[(at - 1) / 2]; at = (at - 1) / 2)
        swap(&heap[at], &heap[(at - 1) / 2]);
}

static void sink(double *heap, size_t n)
{
    size_t at = 0;
    while (2 * at + 1 < n) {
        size_t child = 2 * at + 1;
        if (child + 1 < n && heap[child + 1] < heap[child])
            child++;
        if (!(heap[child] < heap[at]))
            return;
        swap(&heap[at], &heap[child]);
        at = child;
    }
}

void mlt_largest_add(struct mlt_largest *largest, double value, uint64_t times)
{
    if (isnan(value))
        return;
    for (; times > 0; times--) {
        if (largest->count < MLT_LARGEST) {
            largest->value[largest->count] = value;
            rise(largest->value, largest->count++);
        } else if (value > largest->value[0]) {
            largest->value[0] = value;
            sink(largest->value, MLT_LARGEST);
        } else {
            return;
        }
    }
}

void mlt_largest_merge(struct mlt_largest *into, const struct mlt_largest *from)
{
    for (size_t i = 0; i < from->count; i++)
        mlt_largest_add(into, from->value[i], 1);
}

size_t mlt_largest_sort(const struct mlt_largest *largest, double out[MLT_LARGEST])
{
    size_t n = largest->count;
    memcpy(out, largest->value, n * sizeof *out);
    mlt_sort(out, n);
    for (size_t i = 0; i < n / 2; i++)
        swap(&out[i], &out[n - 1 - i]);
    return n;
}

double mlt_tail_index(const double *descending, size_t k)
{
    if (k == 0 || !(descending[k] > 0) || isinf(descending[0]))
        return NAN;
    struct mlt_sum sum = MLT_SUM_INIT;
    for (size_t i = 0; i < k; i++)
        mlt_sum_add(&sum, mlt_log(descending[i]) - mlt_log(descending[k]));
    return (double)k / mlt_sum_value(&sum);
}
