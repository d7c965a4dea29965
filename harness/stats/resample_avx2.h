/* The vector path of resample.c; to be called only where the processor has AVX2. */
#ifndef MLTEST_STATS_RESAMPLE_AVX2_H
#define MLTEST_STATS_RESAMPLE_AVX2_H

#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__)
/* As mlt_resample_poisson. */
void mlt_resample_poisson_avx2(uint64_t seed, const uint64_t *key, size_t n, uint64_t first,
                               size_t count, uint8_t *weight);
#endif

#endif
