#include "harness/base/siphash.h"

#include <string.h>

struct state {
    uint64_t a, b, c, d;
};

static inline uint64_t rotate(uint64_t x, int bits)
{
    return x << bits | x >> (64 - bits);
}

static inline void mix(struct state *s)
{
    s->a += s->b;
    s->b = rotate(s->b, 13) ^ s->a;
    s->a = rotate(s->a, 32);
    s->c += s->d;
    s->d = rotate(s->d, 16) ^ s->c;
    s->a += s->d;
    s->d = rotate(s->d, 21) ^ s->a;
    s->c += s->b;
    s->b = rotate(s->b, 17) ^ s->c;
    s->c = rotate(s->c, 32);
}

/* Up to eight bytes as a number, the first of them its lowest. */
static inline uint64_t little_endian(const unsigned char *bytes, size_t count)
{
    uint64_t out = 0;
    if (count > 0)
        memcpy(&out, bytes, count);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    out = __builtin_bswap64(out);
#endif
    return out;
}

static inline void absorb(struct state *s, uint64_t word, int rounds)
{
    s->d ^= word;
    for (int i = 0; i < rounds; i++)
        mix(s);
    s->a ^= word;
}

/* `each` rounds a word, `last` at the end: constants wherever it is called, so that each variant is
 * unrolled. */
static inline uint64_t hash(const void *data, size_t len, uint64_t k0, uint64_t k1, int each,
                            int last)
{
    struct state s = {k0 ^ 0x736f6d6570736575u, k1 ^ 0x646f72616e646f6du, k0 ^ 0x6c7967656e657261u,
                      k1 ^ 0x7465646279746573u};
    const unsigned char *bytes = data;
    size_t whole = len & ~(size_t)7;
    for (size_t at = 0; at < whole; at += 8)
        absorb(&s, little_endian(bytes + at, 8), each);
    absorb(&s, (uint64_t)len << 56 | little_endian(bytes + whole, len - whole), each);
    s.c ^= 0xff;
    for (int i = 0; i < last; i++)
        mix(&s);
    return s.a ^ s.b ^ s.c ^ s.d;
}

uint64_t mlt_siphash(const void *data, size_t len, uint64_t k0, uint64_t k1)
{
    return hash(data, len, k0, k1, 2, 4);
}

uint64_t mlt_siphash_13(const void *data, size_t len, uint64_t k0, uint64_t k1)
{
    return hash(data, len, k0, k1, 1, 3);
}

uint64_t mlt_siphash_name(const void *text, size_t len)
{
    return mlt_siphash(text, len, 0x6d6c74657374726fu, 0x776b657973697031u);
}
