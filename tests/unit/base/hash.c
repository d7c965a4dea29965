#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/hash.h"
#include "harness/base/siphash.h"
#include "tests/unit/suite.h"

TCase *hash_case(void);

/* NIST, "SHA Test Vectors for Hashing Byte-Oriented Messages" and FIPS 180-4's examples. */
static const struct {
    const char *text, *digest;
} vectors[] = {
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
};

START_TEST(hash_gives_the_published_digests)
{
    char digest[MLT_SHA256_HEX];
    struct mlt_err err = MLT_ERR_INIT;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        ck_ok(mlt_hash_bytes(vectors[i].text, strlen(vectors[i].text), digest, &err));
        ck_assert_str_eq(digest, vectors[i].digest);
    }
}
END_TEST

START_TEST(hash_streams_a_million_letters_from_a_file)
{
    static char text[1000000];
    char digest[MLT_SHA256_HEX];
    uint64_t bytes = 0;
    struct mlt_err err = MLT_ERR_INIT;
    memset(text, 'a', sizeof text);
    unit_write(unit_path("a"), text, sizeof text);
    ck_ok(mlt_hash_file(unit_path("a"), digest, &bytes, &err));
    ck_assert_str_eq(digest, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    ck_assert_uint_eq(bytes, sizeof text);
    struct mlt_hash *hash = mlt_hash_new();
    ck_assert_ptr_nonnull(hash);
    for (size_t at = 0, len; at < sizeof text; at += len) {
        len = at + 777 < sizeof text ? 777 : sizeof text - at;
        ck_ok(mlt_hash_update(hash, text + at, len, &err));
    }
    ck_ok(mlt_hash_finish(hash, digest, &err));
    mlt_hash_free(hash);
    ck_assert_str_eq(digest, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}
END_TEST

START_TEST(hash_tells_a_missing_file_from_one_it_cannot_read)
{
    char digest[MLT_SHA256_HEX] = "untouched";
    struct mlt_err err = MLT_ERR_INIT;
    ck_fails(mlt_hash_file(unit_path("none"), digest, NULL, &err), MLT_ERR_USAGE, "No such file");
    ck_fails(mlt_hash_file(unit_path(""), digest, NULL, &err), MLT_ERR_INFRA, "not a regular file");
    ck_assert_str_eq(digest, "untouched");
}
END_TEST

START_TEST(hash_hex_is_64_lower_case_digits)
{
    ck_assert(mlt_hash_is_hex(vectors[0].digest));
    ck_assert(!mlt_hash_is_hex(vectors[0].digest + 1));
    ck_assert(!mlt_hash_is_hex("E3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
    ck_assert(
        !mlt_hash_is_hex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8555"));
}
END_TEST

/* Aumasson & Bernstein 2012, "SipHash: a fast short-input PRF", appendix A. */
START_TEST(siphash_gives_the_published_value)
{
    unsigned char text[15];
    for (unsigned char i = 0; i < sizeof text; i++)
        text[i] = i;
    ck_assert(mlt_siphash(text, sizeof text, 0x0706050403020100u, 0x0f0e0d0c0b0a0908u) ==
              0xa129ca6149be45e5u);
}
END_TEST

/* CPython 3.11.2 with PYTHONHASHSEED=0, whose hash of bytes is SipHash-1-3 under a key of zeros. */
START_TEST(siphash_13_gives_the_values_of_cpython)
{
    unsigned char text[15];
    for (unsigned char i = 0; i < sizeof text; i++)
        text[i] = i;
    ck_assert(mlt_siphash_13(text, 1, 0, 0) == 0x68a914128e01e473u);
    ck_assert(mlt_siphash_13(text, 8, 0, 0) == 0xead411e67ebe2eeau);
    ck_assert(mlt_siphash_13(text, 15, 0, 0) == 0xf30eb725bb91c9eau);
}
END_TEST

START_TEST(keys_of_names_differ_with_the_last_letter_and_the_length)
{
    ck_assert(mlt_siphash_name("a1", 2) == mlt_siphash_name("a12", 2));
    ck_assert(mlt_siphash_name("a1", 2) != mlt_siphash_name("a2", 2));
    ck_assert(mlt_siphash_name("a", 1) != mlt_siphash_name("a", 2));
}
END_TEST

/* OpenSSL's allocations, out of a pool, since it loses some when it cannot set itself up: the one
 * with this number fails, and all behind it if `forever`. */
static struct {
    long number, failing;
    bool forever;
    size_t used;
    _Alignas(16) unsigned char pool[4 << 20];
} memory;

/* The size stands in front. */
enum { HEAD_BYTES = 16 };

static void *allocate(size_t bytes, const char *file, int line)
{
    (void)file;
    (void)line;
    long number = memory.number++;
    size_t room = HEAD_BYTES + ((bytes + 15) & ~(size_t)15);
    if (number == memory.failing || (memory.forever && number > memory.failing) ||
        room > sizeof memory.pool - memory.used)
        return NULL;
    unsigned char *out = memory.pool + memory.used;
    memory.used += room;
    memcpy(out, &bytes, sizeof bytes);
    return out + HEAD_BYTES;
}

static void give_back(void *old, const char *file, int line)
{
    (void)old;
    (void)file;
    (void)line;
}

static void *reallocate(void *old, size_t bytes, const char *file, int line)
{
    size_t before = 0;
    void *out = allocate(bytes, file, line);
    if (old != NULL)
        memcpy(&before, (unsigned char *)old - HEAD_BYTES, sizeof before);
    if (out != NULL && old != NULL)
        memcpy(out, old, before < bytes ? before : bytes);
    return out;
}

/* Each runs in a process of its own, in which OpenSSL was not used before; setting itself up takes
 * some fifty allocations. */
START_TEST(memory_that_runs_out_inside_openssl_is_an_error)
{
    char digest[MLT_SHA256_HEX];
    struct mlt_err err = MLT_ERR_INIT;
    memory.failing = _i / 2;
    memory.forever = _i % 2 == 1;
    if (CRYPTO_set_mem_functions(allocate, reallocate, give_back) != 1)
        return; /* run without a process of its own */
    struct mlt_hash *hash = mlt_hash_new();
    mlt_hash_free(hash);
    for (int again = 0; again < 2; again++) {
        err = (struct mlt_err)MLT_ERR_INIT;
        if (mlt_hash_bytes("abc", 3, digest, &err))
            ck_assert_str_eq(digest, vectors[1].digest);
        else
            ck_assert_int_eq(err.kind, MLT_ERR_INFRA);
    }
}
END_TEST

TCase *hash_case(void)
{
    TCase *tc = tcase_create("hash");
    tcase_add_checked_fixture(tc, unit_folder_setup, unit_folder_teardown);
    tcase_add_test(tc, hash_gives_the_published_digests);
    tcase_add_test(tc, hash_streams_a_million_letters_from_a_file);
    tcase_add_test(tc, hash_tells_a_missing_file_from_one_it_cannot_read);
    tcase_add_test(tc, hash_hex_is_64_lower_case_digits);
    tcase_add_loop_test(tc, memory_that_runs_out_inside_openssl_is_an_error, 0, 160);
    tcase_add_test(tc, siphash_gives_the_published_value);
    tcase_add_test(tc, siphash_13_gives_the_values_of_cpython);
    tcase_add_test(tc, keys_of_names_differ_with_the_last_letter_and_the_length);
    return tc;
}
