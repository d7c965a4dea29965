#include "harness/stats/sort.h"

#include <stdlib.h>
#include <sys/mman.h>

enum {
    /* More buckets than this miss the caches when they are filled in turn. */
    RADIX_BITS_MAX = 10,
    /* Up to this many, insertion is quicker. */
    FEW = 24
};

/* Elements are a key of 8 bytes, alone or followed by an index of 4. Everything that touches them
 * takes their size and is inlined where it is a constant. */
#define INLINE static inline __attribute__((always_inline))

INLINE uint64_t key_at(const unsigned char *elements, size_t size, size_t i)
{
    uint64_t key;
    memcpy(&key, elements + size * i, sizeof key);
    return key;
}

INLINE void insertion(unsigned char *elements, size_t n, size_t size)
{
    for (size_t i = 1; i < n; i++) {
        unsigned char element[16];
        memcpy(element, elements + size * i, size);
        uint64_t key = key_at(element, size, 0);
        size_t at = i;
        for (; at > 0 && key_at(elements, size, at - 1) > key; at--)
            memcpy(elements + size * at, elements + size * (at - 1), size);
        memcpy(elements + size * at, element, size);
    }
}

/* How one level deals its elements: by the top bits of key - min. */
struct deal {
    uint64_t min;
    unsigned shift, buckets;
    size_t start[(1 << RADIX_BITS_MAX) + 1];
};

static unsigned bit_length(uint64_t x)
{
    return x == 0 ? 0 : 64 - (unsigned)__builtin_clzll(x);
}

/* False when all keys are the same. */
INLINE bool plan(struct deal *deal, const unsigned char *elements, size_t n, size_t size)
{
    uint64_t min = UINT64_MAX, max = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t key = key_at(elements, size, i);
        min = key < min ? key : min;
        max = key > max ? key : max;
    }
    if (min == max)
        return false;
    /* A handful to a bucket. */
    unsigned bits = bit_length(n) - 2;
    bits = bits > RADIX_BITS_MAX ? RADIX_BITS_MAX : bits;
    unsigned span = bit_length(max - min);
    bits = bits > span ? span : bits;
    deal->min = min;
    deal->shift = span - bits;
    deal->buckets = 1u << bits;
    return true;
}

/* Moves the elements to `to`, stably; deal->start[b] … deal->start[b + 1] is then bucket b. */
INLINE void scatter(struct deal *deal, const unsigned char *from, unsigned char *to, size_t n,
                    size_t size)
{
    size_t *next = deal->start + 1; /* where bucket b goes on, its end in the end */
    memset(deal->start, 0, (deal->buckets + 1) * sizeof deal->start[0]);
    for (size_t i = 0; i < n; i++)
        next[(key_at(from, size, i) - deal->min) >> deal->shift]++;
    size_t sum = 0;
    for (unsigned b = 0; b < deal->buckets; b++) {
        size_t count = next[b];
        next[b] = sum;
        sum += count;
    }
    for (size_t i = 0; i < n; i++) {
        size_t at = next[(key_at(from, size, i) - deal->min) >> deal->shift]++;
        memcpy(to + size * at, from + size * i, size);
    }
}

typedef void sort_fn(unsigned char *from, unsigned char *to, size_t n, bool wanted_in_to);

/* Sorts `from` into `to`, or into itself with `to` as room. */
INLINE void sort_level(unsigned char *from, unsigned char *to, size_t n, bool wanted_in_to,
                       size_t size, sort_fn *deeper)
{
    struct deal deal;
    if (n <= FEW)
        insertion(from, n, size);
    if (n <= FEW || !plan(&deal, from, n, size)) {
        if (wanted_in_to)
            memcpy(to, from, n * size);
        return;
    }
    scatter(&deal, from, to, n, size);
    if (deal.shift == 0) {
        if (!wanted_in_to)
            memcpy(from, to, n * size);
        return;
    }
    for (unsigned b = 0; b < deal.buckets; b++) {
        size_t first = deal.start[b], count = deal.start[b + 1] - first;
        if (count > 0)
            deeper(to + size * first, from + size * first, count, !wanted_in_to);
    }
}

static void sort_plain(unsigned char *from, unsigned char *to, size_t n, bool wanted_in_to)
{
    sort_level(from, to, n, wanted_in_to, 8, sort_plain);
}

static void sort_indexed(unsigned char *from, unsigned char *to, size_t n, bool wanted_in_to)
{
    sort_level(from, to, n, wanted_in_to, 12, sort_indexed);
}

/* Room for n elements twice; large ones on large pages, where the scattered writes miss fewer. */
static unsigned char *room_for(size_t n, size_t size)
{
    const size_t page = (size_t)2 << 20;
    if (n > SIZE_MAX / 64)
        return NULL;
    size_t bytes = 2 * n * size;
    if (bytes < 2 * page)
        return malloc(bytes);
    bytes = (bytes + page - 1) / page * page;
    unsigned char *room = aligned_alloc(page, bytes);
    if (room != NULL)
        (void)madvise(room, bytes, MADV_HUGEPAGE); /* a hint: without it all is the same */
    return room;
}

void mlt_sort_keys(uint64_t *keys, uint64_t *spare, size_t n)
{
    sort_plain((unsigned char *)keys, (unsigned char *)spare, n, false);
}

bool mlt_sort_values(double *x, size_t n)
{
    if (n < 2)
        return true;
    uint64_t *keys = (uint64_t *)(void *)room_for(n, 8);
    if (keys == NULL)
        return false;
    for (size_t i = 0; i < n; i++)
        keys[i] = mlt_sort_key(x[i]);
    mlt_sort_keys(keys, keys + n, n);
    for (size_t i = 0; i < n; i++)
        x[i] = mlt_sort_value(keys[i]);
    free(keys);
    return true;
}

bool mlt_argsort(const double *x, size_t n, uint32_t *order)
{
    if (n == 0)
        return true;
    unsigned char *pairs = n > UINT32_MAX ? NULL : room_for(n, 12);
    if (pairs == NULL)
        return false;
    for (size_t i = 0; i < n; i++) {
        uint64_t key = mlt_sort_key(x[i]);
        uint32_t index = (uint32_t)i;
        memcpy(pairs + 12 * i, &key, sizeof key);
        memcpy(pairs + 12 * i + 8, &index, sizeof index);
    }
    sort_indexed(pairs, pairs + 12 * n, n, false);
    for (size_t i = 0; i < n; i++)
        memcpy(&order[i], pairs + 12 * i + 8, sizeof order[i]);
    free(pairs);
    return true;
}
