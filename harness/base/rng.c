#include "harness/base/rng.h"

#include <sys/random.h>
#include <unistd.h>

#include "harness/base/clock.h"

static uint64_t rotate(uint64_t x, int k)
{
    return x << k | x >> (64 - k);
}

/* Steele, Lea & Flood 2014; as in Vigna's splitmix64.c. */
static uint64_t splitmix(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

void mlt_rng_seed(struct mlt_rng *rng, uint64_t seed)
{
    for (int i = 0; i < 4; i++)
        rng->s[i] = splitmix(&seed);
}

uint64_t mlt_rng_next(struct mlt_rng *rng)
{
    uint64_t *s = rng->s;
    uint64_t result = rotate(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

double mlt_rng_uniform(struct mlt_rng *rng)
{
    return (double)(mlt_rng_next(rng) >> 11) * 0x1p-53;
}

uint64_t mlt_rng_below(struct mlt_rng *rng, uint64_t bound)
{
    /* The lowest 2^64 mod bound values would be drawn once too often: they are drawn again. */
    uint64_t least = -bound % bound;
    uint64_t x;
    do {
        x = mlt_rng_next(rng);
    } while (x < least);
    return x % bound;
}

uint64_t mlt_rng_fresh_seed(void)
{
    uint64_t seed;
    if (getrandom(&seed, sizeof seed, 0) == (ssize_t)sizeof seed)
        return seed;
    uint64_t state = mlt_clock_monotonic_ns() ^ (uint64_t)getpid() << 32;
    return splitmix(&state);
}
