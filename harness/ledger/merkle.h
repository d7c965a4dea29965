/* Append-only Merkle trees with the hashing of RFC 6962 section 2.1 (RFC 9162 section 2.1). */
#ifndef MLTEST_LEDGER_MERKLE_H
#define MLTEST_LEDGER_MERKLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/base/arena.h"
#include "mltest/err.h"

enum { MLT_MERKLE_BYTES = 32, MLT_MERKLE_LEVELS = 64 };

struct mlt_merkle_hash {
    uint8_t bytes[MLT_MERKLE_BYTES];
};

/* SHA-256(0x00 || data), SHA-256(0x01 || left || right). */
bool mlt_merkle_leaf(const void *data, size_t len, struct mlt_merkle_hash *out,
                     struct mlt_err *err) MLT_MUST_USE;
bool mlt_merkle_node(const struct mlt_merkle_hash *left, const struct mlt_merkle_hash *right,
                     struct mlt_merkle_hash *out, struct mlt_err *err) MLT_MUST_USE;

/* What must be kept to append: the roots of the complete subtrees of a tree of `size` leaves,
 * largest first, one for each bit of `size` that is set. Zeroed: the empty tree. */
struct mlt_merkle_frontier {
    uint64_t size;
    struct mlt_merkle_hash roots[MLT_MERKLE_LEVELS];
};
bool mlt_merkle_append(struct mlt_merkle_frontier *frontier, const struct mlt_merkle_hash *leaf,
                       struct mlt_err *err) MLT_MUST_USE;
/* The root; of the empty tree SHA-256 of nothing. */
bool mlt_merkle_root(const struct mlt_merkle_frontier *frontier, struct mlt_merkle_hash *out,
                     struct mlt_err *err) MLT_MUST_USE;

/* Proofs from all leaf hashes (RFC 9162 sections 2.1.3.1 and 2.1.4.1); hashes in the arena. */
bool mlt_merkle_prove_inclusion(const struct mlt_merkle_hash *leaves, uint64_t size, uint64_t index,
                                struct mlt_arena *arena, struct mlt_merkle_hash **out,
                                size_t *out_count, struct mlt_err *err) MLT_MUST_USE;
bool mlt_merkle_prove_consistency(const struct mlt_merkle_hash *leaves, uint64_t size,
                                  uint64_t old_size, struct mlt_arena *arena,
                                  struct mlt_merkle_hash **out, size_t *out_count,
                                  struct mlt_err *err) MLT_MUST_USE;
/* Verification (RFC 9162 sections 2.1.3.2 and 2.1.4.2). */
bool mlt_merkle_verify_inclusion(const struct mlt_merkle_hash *leaf, uint64_t index, uint64_t size,
                                 const struct mlt_merkle_hash *proof, size_t count,
                                 const struct mlt_merkle_hash *root, bool *good,
                                 struct mlt_err *err) MLT_MUST_USE;
bool mlt_merkle_verify_consistency(uint64_t old_size, const struct mlt_merkle_hash *old_root,
                                   uint64_t size, const struct mlt_merkle_hash *root,
                                   const struct mlt_merkle_hash *proof, size_t count, bool *good,
                                   struct mlt_err *err) MLT_MUST_USE;

#endif
