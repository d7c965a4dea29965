/* SipHash-2-4 (Aumasson & Bernstein 2012): a keyed 64-bit hash of short texts that nobody without
 * the key can make collide. */
#ifndef MLTEST_BASE_SIPHASH_H
#define MLTEST_BASE_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

uint64_t mlt_siphash(const void *data, size_t len, uint64_t k0, uint64_t k1);
/* SipHash-1-3, with fewer rounds: for tables that never leave the process, under a key that nobody
 * knows. A reader of categories takes a tenth less time with it. */
uint64_t mlt_siphash_13(const void *data, size_t len, uint64_t k0, uint64_t k1);

/* The key of a row, cluster or query from its name: the same on every machine, so that random draws
 * that depend on it are, too. Two names of a million collide with a chance below 3e-8. */
uint64_t mlt_siphash_name(const void *text, size_t len);

#endif
