/* Sorting doubles by radix on keys whose order as unsigned integers is the order of the values:
 * stable, linear in n, and the same on every machine. */
#ifndef MLTEST_STATS_SORT_H
#define MLTEST_STATS_SORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* key(a) < key(b) if and only if a < b; -0 and 0 have the same key, and every NaN has the last one.
 */
static inline uint64_t mlt_sort_key(double x)
{
    double value = x + 0.0; /* -0 becomes 0 */
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    if (x != x)
        return UINT64_MAX;
    return bits ^ ((0 - (bits >> 63)) | 0x8000000000000000u);
}

/* The value of a key (0 for both zeros). */
static inline double mlt_sort_value(uint64_t key)
{
    uint64_t bits = key ^ (((key >> 63) - 1) | 0x8000000000000000u);
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* Sorts keys ascending; `spare` has room for n as well, what it holds afterwards is undefined. */
void mlt_sort_keys(uint64_t *keys, uint64_t *spare, size_t n);
/* Sorts values ascending in place, NaN last, -0 as 0. False, with x as it was, when memory is out.
 */
bool mlt_sort_values(double *x, size_t n);
/* order[0] … order[n - 1]: the indices of x in ascending order, equal values (and NaN, last) in
 * their order in x. False when memory is out (24 bytes a value) or n > UINT32_MAX. */
bool mlt_argsort(const double *x, size_t n, uint32_t *order);

#endif
