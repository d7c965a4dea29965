/* Keys of 64 bits: their order, and dense ids. */
#ifndef MLTEST_EVALUATE_KEYS_H
#define MLTEST_EVALUATE_KEYS_H

#include <stddef.h>
#include <stdint.h>

#include "mltest/err.h"

/* For 64-bit keys of n rows their dense ids (equal keys, equal id) in id[n], and how many there
 * are. Ids follow the order of the keys, so they are the same for any order of rows. */
bool mlt_keys_dense(const uint64_t *key, size_t n, uint32_t *id, uint32_t *count,
                    struct mlt_err *err) MLT_MUST_USE;
/* The order of n keys, ascending, equal ones by index; n < 2^32. */
bool mlt_keys_order(const uint64_t *key, size_t n, uint32_t *order,
                    struct mlt_err *err) MLT_MUST_USE;

#endif
