#include "harness/evaluate/keys.h"

#include <stdlib.h>
#include <string.h>

enum { DIGIT_BITS = 11, DIGITS = 6, BUCKETS = 1 << DIGIT_BITS };

static size_t digit_of(uint64_t key, int digit)
{
    return (size_t)(key >> (digit * DIGIT_BITS)) & (BUCKETS - 1);
}

/* One stable pass of a radix sort by a digit of the keys. */
static void sort_pass(const uint64_t *key, size_t n, int digit, size_t *start, const uint32_t *from,
                      uint32_t *to)
{
    memset(start, 0, BUCKETS * sizeof *start);
    for (size_t i = 0; i < n; i++)
        start[digit_of(key[i], digit)]++;
    size_t at = 0;
    for (size_t b = 0; b < BUCKETS; b++) {
        size_t count = start[b];
        start[b] = at;
        at += count;
    }
    for (size_t i = 0; i < n; i++)
        to[start[digit_of(key[from[i]], digit)]++] = from[i];
}

bool mlt_keys_order(const uint64_t *key, size_t n, uint32_t *order, struct mlt_err *err)
{
    uint32_t *other = malloc((n + 1) * sizeof *other);
    size_t *start = malloc(BUCKETS * sizeof *start);
    if (other == NULL || start == NULL) {
        free(other);
        free(start);
        return mlt_err_oom(err);
    }
    for (size_t i = 0; i < n; i++)
        order[i] = (uint32_t)i;
    /* An even number of passes ends where it began. */
    for (int digit = 0; digit < DIGITS; digit += 2) {
        sort_pass(key, n, digit, start, order, other);
        sort_pass(key, n, digit + 1, start, other, order);
    }
    free(other);
    free(start);
    return true;
}

bool mlt_keys_dense(const uint64_t *key, size_t n, uint32_t *id, uint32_t *count,
                    struct mlt_err *err)
{
    uint32_t *order = malloc((n + 1) * sizeof *order);
    *count = 0;
    if (order == NULL)
        return mlt_err_oom(err);
    bool ok = mlt_keys_order(key, n, order, err);
    for (size_t i = 0; ok && i < n; i++) {
        *count += i == 0 || key[order[i]] != key[order[i - 1]];
        id[order[i]] = *count - 1;
    }
    free(order);
    return ok;
}
