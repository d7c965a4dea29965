/* Reproducible random numbers: xoshiro256** (Blackman & Vigna 2018) seeded by splitmix64.
 * Never for secrets. */
#ifndef MLTEST_BASE_RNG_H
#define MLTEST_BASE_RNG_H

#include <stddef.h>
#include <stdint.h>

struct mlt_rng {
    uint64_t s[4];
};

void mlt_rng_seed(struct mlt_rng *rng, uint64_t seed);
uint64_t mlt_rng_next(struct mlt_rng *rng);
/* Uniform in [0, 1), 53 bits. */
double mlt_rng_uniform(struct mlt_rng *rng);
/* Uniform in [0, bound), without modulo bias; bound > 0. */
uint64_t mlt_rng_below(struct mlt_rng *rng, uint64_t bound);
/* A seed from the operating system, for runs that were not given one. */
uint64_t mlt_rng_fresh_seed(void);

#endif
