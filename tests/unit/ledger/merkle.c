#include "harness/ledger/merkle.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/hash.h"
#include "tests/unit/suite.h"

/* The tree of eight leaves that certificate-transparency tests with, its roots and its proofs, as
 * transparency-dev/merkle publishes them (testonly/constants.go, testonly/reference_test.go). */
static const char *const inputs[8] = {
    "",
    "\x00",
    "\x10",
    "\x20\x21",
    "\x30\x31",
    "\x40\x41\x42\x43",
    "\x50\x51\x52\x53\x54\x55\x56\x57",
    "\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
};
static const size_t input_bytes[8] = {0, 1, 1, 2, 2, 4, 8, 16};
static const char *const leaf_hashes[8] = {
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7",
    "07506a85fd9dd2f120eb694f86011e5bb4662e5c415a62917033d4a9624487e7",
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    "4271a26be0d8a84f0bd54c8c302e7cb3a3b5d1fa6780a40bcce2873477dab658",
    "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
    "46f6ffadd3d06a09ff3c5860d2755c8b9819db7df44251788c7d8e3180de8eb1",
};
static const char *const roots[9] = {
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};
struct published {
    uint64_t size, at; /* the leaf, or the size of the old tree */
    const char *hashes[5];
};
static const struct published inclusions[] = {
    {1, 0, {NULL}},
    {2, 0, {"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"}},
    {2, 1, {"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"}},
    {3, 2, {"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"}},
    {7,
     3,
     {"0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7",
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
      "837dbb152e9b079010717e84e865da4ebc0fa198a806d59d31bf15accef22d0e"}},
    {7,
     6,
     {"0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}},
    {8,
     0,
     {"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"}},
    {8,
     5,
     {"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
      "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}},
};
static const struct published consistencies[] = {
    {1, 1, {NULL}},
    {8,
     1,
     {"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
      "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"}},
    {8,
     6,
     {"0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
      "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}},
    {5,
     2,
     {"5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
      "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"}},
    /* The proofs of RFC 9162 section 2.1.5, as transparency-dev/merkle computes them. */
    {7,
     3,
     {"0298d122906dcfc10892cb53a73992fc5b9f493ea4c9badb27b791b4127a7fe7",
      "07506a85fd9dd2f120eb694f86011e5bb4662e5c415a62917033d4a9624487e7",
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
      "837dbb152e9b079010717e84e865da4ebc0fa198a806d59d31bf15accef22d0e"}},
    {7, 4, {"837dbb152e9b079010717e84e865da4ebc0fa198a806d59d31bf15accef22d0e"}},
    {7,
     6,
     {"0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
      "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}},
};

enum { SIZES = 300 };
static struct mlt_merkle_hash leaves[SIZES];
static struct mlt_arena arena;
static struct mlt_err err;

static void check_hash(const struct mlt_merkle_hash *hash, const char *wanted)
{
    char text[MLT_SHA256_HEX];
    mlt_hash_to_hex(hash->bytes, text);
    ck_assert_str_eq(text, wanted);
}

static struct mlt_merkle_hash root_of(uint64_t size)
{
    struct mlt_merkle_frontier frontier = {.size = 0};
    struct mlt_merkle_hash root;
    for (uint64_t i = 0; i < size; i++)
        ck_ok(mlt_merkle_append(&frontier, &leaves[i], &err));
    ck_ok(mlt_merkle_root(&frontier, &root, &err));
    return root;
}

static void setup_published(void)
{
    err = (struct mlt_err)MLT_ERR_INIT;
    for (size_t i = 0; i < 8; i++)
        ck_ok(mlt_merkle_leaf(inputs[i], input_bytes[i], &leaves[i], &err));
}

static void setup_many(void)
{
    err = (struct mlt_err)MLT_ERR_INIT;
    for (uint32_t i = 0; i < SIZES; i++)
        ck_ok(mlt_merkle_leaf(&i, sizeof i, &leaves[i], &err));
}

static void teardown(void)
{
    mlt_arena_free(&arena);
}

START_TEST(merkle_hashes_leaves_and_roots_as_published)
{
    for (size_t i = 0; i < 8; i++)
        check_hash(&leaves[i], leaf_hashes[i]);
    for (size_t i = 0; i <= 8; i++) {
        struct mlt_merkle_hash root = root_of(i);
        check_hash(&root, roots[i]);
    }
}
END_TEST

static void check_path(const struct mlt_merkle_hash *hashes, size_t count,
                       const struct published *wanted)
{
    for (size_t i = 0; i < count; i++) {
        ck_assert_ptr_nonnull(wanted->hashes[i]);
        check_hash(&hashes[i], wanted->hashes[i]);
    }
    ck_assert_ptr_null(wanted->hashes[count]);
}

START_TEST(merkle_proves_inclusion_as_published)
{
    const struct published *p = &inclusions[_i];
    struct mlt_merkle_hash *hashes, root = root_of(p->size);
    size_t count;
    bool good;
    ck_ok(mlt_merkle_prove_inclusion(leaves, p->size, p->at, &arena, &hashes, &count, &err));
    check_path(hashes, count, p);
    ck_ok(mlt_merkle_verify_inclusion(&leaves[p->at], p->at, p->size, hashes, count, &root, &good,
                                      &err));
    ck_assert(good);
}
END_TEST

START_TEST(merkle_proves_consistency_as_published)
{
    const struct published *p = &consistencies[_i];
    struct mlt_merkle_hash *hashes, old = root_of(p->at), root = root_of(p->size);
    size_t count;
    bool good;
    ck_ok(mlt_merkle_prove_consistency(leaves, p->size, p->at, &arena, &hashes, &count, &err));
    check_path(hashes, count, p);
    ck_ok(mlt_merkle_verify_consistency(p->at, &old, p->size, &root, hashes, count, &good, &err));
    ck_assert(good);
}
END_TEST

/* MTH of RFC 9162 section 2.1.1, word by word. */
static struct mlt_merkle_hash recursive_root(const struct mlt_merkle_hash *from, uint64_t count)
{
    struct mlt_merkle_hash root;
    uint64_t k = 1;
    if (count == 1)
        return from[0];
    while (k * 2 < count)
        k *= 2;
    const struct mlt_merkle_hash left = recursive_root(from, k);
    const struct mlt_merkle_hash right = recursive_root(from + k, count - k);
    ck_ok(mlt_merkle_node(&left, &right, &root, &err));
    return root;
}

START_TEST(merkle_frontier_has_the_root_of_the_definition)
{
    for (uint64_t size = 1; size <= SIZES; size++) {
        const struct mlt_merkle_hash a = root_of(size), b = recursive_root(leaves, size);
        ck_assert_mem_eq(a.bytes, b.bytes, MLT_MERKLE_BYTES);
    }
}
END_TEST

static bool included(uint64_t index, uint64_t size, const struct mlt_merkle_hash *hashes,
                     size_t count, const struct mlt_merkle_hash *root)
{
    bool good;
    ck_ok(
        mlt_merkle_verify_inclusion(&leaves[index], index, size, hashes, count, root, &good, &err));
    return good;
}

static bool consistent(uint64_t old_size, const struct mlt_merkle_hash *old, uint64_t size,
                       const struct mlt_merkle_hash *root, const struct mlt_merkle_hash *hashes,
                       size_t count)
{
    bool good;
    ck_ok(mlt_merkle_verify_consistency(old_size, old, size, root, hashes, count, &good, &err));
    return good;
}

/* Another bit of the hash for every i, all of them in turn. */
static void flip(struct mlt_merkle_hash *hash, uint64_t i)
{
    hash->bytes[i / 8 % MLT_MERKLE_BYTES] ^= (uint8_t)(1 << i % 8);
}

START_TEST(merkle_inclusion_holds_for_every_leaf_and_no_changed_bit)
{
    const uint64_t size = (uint64_t)_i;
    const struct mlt_merkle_hash root = root_of(size);
    for (uint64_t index = 0; index < size; index++) {
        struct mlt_merkle_hash *hashes, other = root;
        size_t count;
        ck_ok(mlt_merkle_prove_inclusion(leaves, size, index, &arena, &hashes, &count, &err));
        ck_assert(included(index, size, hashes, count, &root));
        flip(&other, size + index);
        ck_assert(!included(index, size, hashes, count, &other));
        ck_assert(!included(index, size, hashes, count + 1, &root));
        ck_assert(count == 0 || !included(index, size, hashes, count - 1, &root));
        ck_assert(size == 1 || !included((index + 1) % size, size, hashes, count, &root));
        ck_assert(!included(index, index, hashes, count, &root));
        if (count) {
            flip(&hashes[(size + index) % count], size * 7 + index);
            ck_assert(!included(index, size, hashes, count, &root));
        }
        mlt_arena_free(&arena);
    }
}
END_TEST

START_TEST(merkle_consistency_holds_for_every_pair_and_no_changed_bit)
{
    const uint64_t size = (uint64_t)_i;
    const struct mlt_merkle_hash root = root_of(size);
    struct mlt_merkle_frontier frontier = {.size = 0};
    for (uint64_t old = 1; old <= size; old++) {
        struct mlt_merkle_hash *hashes, old_root, other;
        size_t count;
        ck_ok(mlt_merkle_append(&frontier, &leaves[old - 1], &err));
        ck_ok(mlt_merkle_root(&frontier, &old_root, &err));
        ck_ok(mlt_merkle_prove_consistency(leaves, size, old, &arena, &hashes, &count, &err));
        ck_assert(consistent(old, &old_root, size, &root, hashes, count));
        other = old_root;
        flip(&other, size + old);
        ck_assert(!consistent(old, &other, size, &root, hashes, count));
        other = root;
        flip(&other, size * 3 + old);
        ck_assert(!consistent(old, &old_root, size, &other, hashes, count));
        ck_assert(count == 0 || !consistent(old, &old_root, size, &root, hashes, count - 1));
        if (count) {
            flip(&hashes[(size + old) % count], size * 7 + old);
            ck_assert(!consistent(old, &old_root, size, &root, hashes, count));
        }
        mlt_arena_free(&arena);
    }
}
END_TEST

START_TEST(merkle_every_single_bit_of_a_proof_counts)
{
    struct mlt_merkle_hash *hashes, *other, root = root_of(13), old = root_of(6);
    size_t count, other_count;
    ck_ok(mlt_merkle_prove_inclusion(leaves, 13, 7, &arena, &hashes, &count, &err));
    ck_ok(mlt_merkle_prove_consistency(leaves, 13, 6, &arena, &other, &other_count, &err));
    for (uint64_t bit = 0; bit < count * 256; bit++) {
        flip(&hashes[bit / 256], bit % 256);
        ck_assert(!included(7, 13, hashes, count, &root));
        flip(&hashes[bit / 256], bit % 256);
    }
    for (uint64_t bit = 0; bit < other_count * 256; bit++) {
        flip(&other[bit / 256], bit % 256);
        ck_assert(!consistent(6, &old, 13, &root, other, other_count));
        flip(&other[bit / 256], bit % 256);
    }
}
END_TEST

START_TEST(merkle_refuses_what_is_not_in_the_tree)
{
    struct mlt_merkle_hash *hashes, root = root_of(5);
    size_t count;
    ck_fails(mlt_merkle_prove_inclusion(leaves, 5, 5, &arena, &hashes, &count, &err), MLT_ERR_USAGE,
             "no leaf 5 in a tree of 5");
    ck_fails(mlt_merkle_prove_consistency(leaves, 5, 6, &arena, &hashes, &count, &err),
             MLT_ERR_USAGE, "has not grown out of one of 6");
    ck_fails(mlt_merkle_prove_consistency(leaves, 5, 0, &arena, &hashes, &count, &err),
             MLT_ERR_USAGE, "has not grown out of one of 0");
    ck_assert(!consistent(0, &root, 5, &root, NULL, 0));
    ck_assert(!consistent(6, &root, 5, &root, NULL, 0));
    ck_assert(!consistent(3, &root, 5, &root, NULL, 0));
    struct mlt_merkle_frontier full = {.size = UINT64_MAX};
    ck_fails(mlt_merkle_append(&full, &root, &err), MLT_ERR_EVIDENCE, "full");
}
END_TEST

TCase *merkle_case(void);
TCase *merkle_case(void)
{
    TCase *tc = tcase_create("merkle");
    tcase_add_checked_fixture(tc, setup_published, teardown);
    tcase_add_test(tc, merkle_hashes_leaves_and_roots_as_published);
    tcase_add_loop_test(tc, merkle_proves_inclusion_as_published, 0,
                        sizeof inclusions / sizeof *inclusions);
    tcase_add_loop_test(tc, merkle_proves_consistency_as_published, 0,
                        sizeof consistencies / sizeof *consistencies);
    tcase_add_test(tc, merkle_refuses_what_is_not_in_the_tree);
    return tc;
}

TCase *merkle_properties_case(void);
TCase *merkle_properties_case(void)
{
    TCase *tc = tcase_create("merkle properties");
    tcase_add_checked_fixture(tc, setup_many, teardown);
    tcase_add_test(tc, merkle_frontier_has_the_root_of_the_definition);
    tcase_add_loop_test(tc, merkle_inclusion_holds_for_every_leaf_and_no_changed_bit, 1, SIZES + 1);
    tcase_add_loop_test(tc, merkle_consistency_holds_for_every_pair_and_no_changed_bit, 1,
                        SIZES + 1);
    tcase_add_test(tc, merkle_every_single_bit_of_a_proof_counts);
    return tc;
}
