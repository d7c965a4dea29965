#include "harness/base/siphash.h"

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

static uint64_t little_endian(const unsigned char *bytes, size_t count)
{
    uint64_t out = 0;
    for (size_t i = 0; i < count; i++)
        out |= (uint64_t)bytes[i] << (8 * i);
    return out;
}

static inline void absorb(struct state *s, uint64_t word)
{
    s->d ^= word;
    mix(s);
    mix(s);
    s->a ^= word;
}

uint64_t mlt_siphash(const void *data, size_t len, uint64_t k0, uint64_t k1)
{
    struct state s = {k0 ^ 0x736f6d6570736575u, k1 ^ 0x646f72616e646f6du, k0 ^ 0x6c7967656e657261u,
                      k1 ^ 0x7465646279746573u};
    const unsigned char *bytes = data;
    size_t whole = len & ~(size_t)7;
    for (size_t at = 0; at < whole; at += 8)
        absorb(&s, little_endian(bytes + at, 8));
    absorb(&s, (uint64_t)len << 56 | little_endian(bytes + whole, len - whole));
    s.c ^= 0xff;
    for (int i = 0; i < 4; i++)
        mix(&s);
    return s.a ^ s.b ^ s.c ^ s.d;
}

uint64_t mlt_siphash_name(const void *text, size_t len)
{
    return mlt_siphash(text, len, 0x6d6c74657374726fu, 0x776b657973697031u);
}
