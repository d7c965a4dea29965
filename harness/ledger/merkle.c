#include "harness/ledger/merkle.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "harness/base/hash.h"

static_assert((int)MLT_MERKLE_BYTES == (int)MLT_SHA256_BYTES, "the tree is one of SHA-256");

bool mlt_merkle_leaf(const void *data, size_t len, struct mlt_merkle_hash *out, struct mlt_err *err)
{
    const struct mlt_hash_part parts[] = {{"\x00", 1}, {data, len}};
    return mlt_hash_parts(parts, 2, out->bytes, err);
}

bool mlt_merkle_node(const struct mlt_merkle_hash *left, const struct mlt_merkle_hash *right,
                     struct mlt_merkle_hash *out, struct mlt_err *err)
{
    const struct mlt_hash_part parts[] = {
        {"\x01", 1}, {left->bytes, MLT_MERKLE_BYTES}, {right->bytes, MLT_MERKLE_BYTES}};
    return mlt_hash_parts(parts, 3, out->bytes, err);
}

static bool equal(const struct mlt_merkle_hash *a, const struct mlt_merkle_hash *b)
{
    return memcmp(a->bytes, b->bytes, MLT_MERKLE_BYTES) == 0;
}

bool mlt_merkle_append(struct mlt_merkle_frontier *frontier, const struct mlt_merkle_hash *leaf,
                       struct mlt_err *err)
{
    struct mlt_merkle_hash joined = *leaf;
    size_t count = (size_t)__builtin_popcountll(frontier->size);
    if (frontier->size == UINT64_MAX)
        return mlt_err_set(err, MLT_ERR_EVIDENCE, "a tree of %" PRIu64 " leaves is full",
                           frontier->size);
    /* As in an addition by one: each set bit at the end carries. */
    for (uint64_t bits = frontier->size; bits & 1; bits >>= 1)
        if (!mlt_merkle_node(&frontier->roots[--count], &joined, &joined, err))
            return false;
    frontier->roots[count] = joined;
    frontier->size++;
    return true;
}

bool mlt_merkle_root(const struct mlt_merkle_frontier *frontier, struct mlt_merkle_hash *out,
                     struct mlt_err *err)
{
    size_t count = (size_t)__builtin_popcountll(frontier->size);
    if (count == 0)
        return mlt_hash_parts(NULL, 0, out->bytes, err);
    struct mlt_merkle_hash root = frontier->roots[count - 1];
    for (size_t i = count - 1; i-- > 0;)
        if (!mlt_merkle_node(&frontier->roots[i], &root, &root, err))
            return false;
    *out = root;
    return true;
}

/* The largest power of two below n; n is at least 2. */
static uint64_t split(uint64_t n)
{
    return (uint64_t)1 << (63 - __builtin_clzll(n - 1));
}

static bool range_root(const struct mlt_merkle_hash *leaves, uint64_t from, uint64_t to,
                       struct mlt_merkle_hash *out, struct mlt_err *err)
{
    struct mlt_merkle_frontier frontier = {.size = 0};
    for (uint64_t i = from; i < to; i++)
        if (!mlt_merkle_append(&frontier, &leaves[i], err))
            return false;
    return mlt_merkle_root(&frontier, out, err);
}

/* Proofs are found from the root down and written from the leaf up. */
struct path {
    struct mlt_merkle_hash hashes[MLT_MERKLE_LEVELS + 1];
    size_t count;
};

static bool give(const struct path *path, struct mlt_arena *arena, struct mlt_merkle_hash **out,
                 size_t *out_count, struct mlt_err *err)
{
    struct mlt_merkle_hash *hashes = mlt_arena_calloc(arena, path->count, sizeof *hashes);
    if (!hashes)
        return mlt_err_oom(err);
    for (size_t i = 0; i < path->count; i++)
        hashes[i] = path->hashes[path->count - 1 - i];
    *out = hashes;
    *out_count = path->count;
    return true;
}

bool mlt_merkle_prove_inclusion(const struct mlt_merkle_hash *leaves, uint64_t size, uint64_t index,
                                struct mlt_arena *arena, struct mlt_merkle_hash **out,
                                size_t *out_count, struct mlt_err *err)
{
    struct path path = {.count = 0};
    uint64_t from = 0, to = size;
    if (index >= size)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "there is no leaf %" PRIu64 " in a tree of %" PRIu64 " leaves", index,
                           size);
    while (to - from > 1) {
        uint64_t middle = from + split(to - from);
        bool left = index < middle;
        if (!range_root(leaves, left ? middle : from, left ? to : middle,
                        &path.hashes[path.count++], err))
            return false;
        *(left ? &to : &from) = middle;
    }
    return give(&path, arena, out, out_count, err);
}

bool mlt_merkle_prove_consistency(const struct mlt_merkle_hash *leaves, uint64_t size,
                                  uint64_t old_size, struct mlt_arena *arena,
                                  struct mlt_merkle_hash **out, size_t *out_count,
                                  struct mlt_err *err)
{
    struct path path = {.count = 0};
    uint64_t from = 0, to = size;
    bool known = true; /* the subtree is the whole old tree, whose root the verifier has */
    if (old_size == 0 || old_size > size)
        return mlt_err_set(err, MLT_ERR_USAGE,
                           "a tree of %" PRIu64 " leaves has not grown out of one of %" PRIu64,
                           size, old_size);
    while (to != old_size) {
        uint64_t middle = from + split(to - from);
        bool left = old_size <= middle;
        if (!range_root(leaves, left ? middle : from, left ? to : middle,
                        &path.hashes[path.count++], err))
            return false;
        *(left ? &to : &from) = middle;
        known = known && left;
    }
    if (!known && !range_root(leaves, from, to, &path.hashes[path.count++], err))
        return false;
    return give(&path, arena, out, out_count, err);
}

/* One step up from a node that is a right child, or the last of its level: levels in which it has
 * no sibling are passed over. */
static void climb(uint64_t *node, uint64_t *last)
{
    while (!(*node & 1) && *node != 0) {
        *node >>= 1;
        *last >>= 1;
    }
}

bool mlt_merkle_verify_inclusion(const struct mlt_merkle_hash *leaf, uint64_t index, uint64_t size,
                                 const struct mlt_merkle_hash *proof, size_t count,
                                 const struct mlt_merkle_hash *root, bool *good,
                                 struct mlt_err *err)
{
    struct mlt_merkle_hash hash = *leaf;
    uint64_t node = index, last = size - 1;
    *good = false;
    if (index >= size)
        return true;
    for (size_t i = 0; i < count; i++) {
        if (last == 0)
            return true;
        bool right = (node & 1) || node == last;
        if (!mlt_merkle_node(right ? &proof[i] : &hash, right ? &hash : &proof[i], &hash, err))
            return false;
        if (right)
            climb(&node, &last);
        node >>= 1;
        last >>= 1;
    }
    *good = last == 0 && equal(&hash, root);
    return true;
}

/* The two roots that a proof leads to from its first hash; `*whole` when it reaches the top. */
static bool climb_both(uint64_t old_size, uint64_t size, const struct mlt_merkle_hash *proof,
                       size_t count, struct mlt_merkle_hash *old, struct mlt_merkle_hash *new,
                       bool *whole, struct mlt_err *err)
{
    uint64_t node = old_size - 1, last = size - 1;
    *whole = false;
    while (node & 1) {
        node >>= 1;
        last >>= 1;
    }
    for (size_t i = 0; i < count; i++) {
        if (last == 0)
            return true;
        if ((node & 1) || node == last) {
            if (!mlt_merkle_node(&proof[i], old, old, err) ||
                !mlt_merkle_node(&proof[i], new, new, err))
                return false;
            climb(&node, &last);
        } else if (!mlt_merkle_node(new, &proof[i], new, err)) {
            return false;
        }
        node >>= 1;
        last >>= 1;
    }
    *whole = last == 0;
    return true;
}

bool mlt_merkle_verify_consistency(uint64_t old_size, const struct mlt_merkle_hash *old_root,
                                   uint64_t size, const struct mlt_merkle_hash *root,
                                   const struct mlt_merkle_hash *proof, size_t count, bool *good,
                                   struct mlt_err *err)
{
    bool whole;
    *good = false;
    if (old_size == 0 || old_size > size)
        return true;
    if (old_size == size) {
        *good = count == 0 && equal(old_root, root);
        return true;
    }
    /* A complete old tree is a node of the new one: the proof leaves out what the verifier has. */
    bool complete = (old_size & (old_size - 1)) == 0;
    if (!complete && count == 0)
        return true;
    struct mlt_merkle_hash old = complete ? *old_root : proof[0], new = old;
    size_t skip = complete ? 0 : 1;
    if (!climb_both(old_size, size, proof + skip, count - skip, &old, &new, &whole, err))
        return false;
    *good = whole && equal(&old, old_root) && equal(&new, root);
    return true;
}
