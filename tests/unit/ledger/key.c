#include "harness/ledger/key.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/fs.h"
#include "harness/base/subprocess.h"
#include "harness/codec/base64.h"
#include "tests/unit/suite.h"

TCase *key_case(void);

/* RFC 8032, section 7.1: TEST 1, TEST 2, TEST 3 and TEST SHA(abc). */
static const struct {
    const char *seed, *public_key, *message, *signature;
} vectors[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9"
     "b46bd25bf5f0595bbe24655141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f1"
     "1d8c387b2eaeb4302aeeb00d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984d"
     "c6594a7c15e9716ed28dc027beceea1ec40a"},
    {"833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
     "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3fe"
     "ebbd454d4423643ce80e2a9ac94fa54ca49f",
     "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431"
     "e0303dca179c138ac17ad9bef1177331a704"},
};
enum { VECTORS = sizeof vectors / sizeof *vectors };

/* RFC 8410, section 10.1 and 10.3: one pair. */
static const char rfc8410_private[] =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
    "-----END PRIVATE KEY-----\n";
static const char rfc8410_public[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
    "-----END PUBLIC KEY-----\n";

static size_t from_hex(const char *hex, uint8_t *out)
{
    size_t len = strlen(hex) / 2;
    for (size_t i = 0; i < len; i++) {
        unsigned byte;
        ck_assert_int_eq(sscanf(hex + 2 * i, "%2x", &byte), 1);
        out[i] = (uint8_t)byte;
    }
    return len;
}

static const char *write_secret(const char *name, const void *text, size_t len)
{
    const char *path = unit_path(name);
    /* Writing over a file would wait for the disk on some file systems. */
    (void)unlink(path);
    unit_write(path, text, len);
    ck_assert_int_eq(chmod(path, 0600), 0);
    return path;
}

/* The PKCS #8 file of RFC 8410 around a seed. */
static const char *write_seed(const char *hex)
{
    uint8_t der[48] = {0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06,
                       0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20};
    struct mlt_buf pem = MLT_BUF_INIT;
    ck_assert_uint_eq(from_hex(hex, der + 16), 32);
    mlt_buf_puts(&pem, "-----BEGIN PRIVATE KEY-----\n");
    mlt_base64_encode(der, sizeof der, &pem);
    mlt_buf_puts(&pem, "\n-----END PRIVATE KEY-----\n");
    const char *path = write_secret("seed.pem", pem.data, pem.len);
    mlt_buf_free(&pem);
    return path;
}

static void run_program(const char *const *argv, struct mlt_buf *out)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_buf complaint = MLT_BUF_INIT;
    struct mlt_subprocess_result result;
    const struct mlt_subprocess_options options = {.argv = argv};
    ck_ok(mlt_subprocess_run(&options, NULL, 60ull * 1000000000, 1 << 20, out, &complaint, &result,
                             &err));
    ck_assert_msg(result.status == 0, "%s: %s", argv[0], complaint.data);
    mlt_buf_free(&complaint);
}

START_TEST(key_signs_and_verifies_the_published_vectors)
{
    struct mlt_err err = MLT_ERR_INIT;
    for (int i = 0; i < VECTORS; i++) {
        uint8_t message[64], wanted[64], public_key[32], got[64];
        size_t len = from_hex(vectors[i].message, message);
        struct mlt_key *key, *half;
        bool good = false;
        from_hex(vectors[i].signature, wanted);
        from_hex(vectors[i].public_key, public_key);
        ck_ok(mlt_key_load(write_seed(vectors[i].seed), &key, &err));
        ck_ok(mlt_key_public_bytes(key, got, &err));
        ck_assert_mem_eq(got, public_key, 32);
        ck_ok(mlt_key_sign(key, message, len, got, &err));
        ck_assert_mem_eq(got, wanted, 64);
        ck_ok(mlt_key_public_from_bytes(public_key, &half, &err));
        ck_assert_str_eq(mlt_key_id(half), mlt_key_id(key));
        ck_ok(mlt_key_verify(half, message, len, wanted, &good, &err));
        ck_assert(good);
        ck_fails(mlt_key_sign(half, message, len, got, &err), MLT_ERR_USAGE, "public half");
        mlt_key_free(half);
        mlt_key_free(key);
    }
}
END_TEST

START_TEST(key_sees_every_flipped_bit)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_key *key, *other;
    uint8_t message[40] = "what a run measured", signature[64];
    bool good;
    ck_ok(mlt_key_new(&key, &err));
    ck_ok(mlt_key_new(&other, &err));
    ck_assert_str_ne(mlt_key_id(key), mlt_key_id(other));
    ck_ok(mlt_key_sign(key, message, sizeof message, signature, &err));
    ck_ok(mlt_key_verify(key, message, sizeof message, signature, &good, &err));
    ck_assert(good);
    ck_ok(mlt_key_verify(other, message, sizeof message, signature, &good, &err));
    ck_assert(!good);
    ck_ok(mlt_key_verify(key, message, sizeof message - 1, signature, &good, &err));
    ck_assert(!good);
    for (size_t bit = 0; bit < 8 * (sizeof message + sizeof signature); bit++) {
        uint8_t *byte =
            bit / 8 < sizeof message ? &message[bit / 8] : &signature[bit / 8 - sizeof message];
        *byte ^= (uint8_t)(1u << bit % 8);
        ck_ok(mlt_key_verify(key, message, sizeof message, signature, &good, &err));
        ck_assert_msg(!good, "bit %zu", bit);
        *byte ^= (uint8_t)(1u << bit % 8);
    }
    mlt_key_free(key);
    mlt_key_free(other);
}
END_TEST

START_TEST(key_reads_and_prints_the_pair_of_rfc_8410)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_key *key, *half;
    struct mlt_buf pem = MLT_BUF_INIT;
    const char *path = write_secret("k.pem", rfc8410_private, strlen(rfc8410_private));
    ck_ok(mlt_key_load(path, &key, &err));
    ck_ok(mlt_key_public_pem(key, &pem, &err));
    ck_assert_str_eq(pem.data, rfc8410_public);
    ck_ok(mlt_key_public_parse(pem.data, pem.len, &half, &err));
    ck_assert_str_eq(mlt_key_id(half), mlt_key_id(key));
    /* base64 -d | openssl dgst -sha256 of the public key's DER */
    ck_assert_str_eq(mlt_key_id(key),
                     "a1e9156054e04fac899ae9f275132cdc07a5dbc4ea2c2ad3a1ffc6e0d253681f");
    mlt_buf_free(&pem);
    mlt_key_free(half);
    mlt_key_free(key);
}
END_TEST

START_TEST(key_is_stored_for_its_owner_alone_and_never_over_a_file)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_key *key, *again;
    struct stat info;
    const char *path = unit_path("stored.pem");
    ck_ok(mlt_key_new(&key, &err));
    umask(0277);
    ck_ok(mlt_key_store(key, path, &err));
    umask(022);
    ck_assert_int_eq(stat(path, &info), 0);
    ck_assert_uint_eq(info.st_mode & 07777, 0600);
    ck_ok(mlt_key_load(path, &again, &err));
    ck_assert_str_eq(mlt_key_id(again), mlt_key_id(key));
    ck_fails(mlt_key_store(again, path, &err), MLT_ERR_USAGE, "never written over");
    ck_assert_int_eq(unit_folder_count(), 1);
    ck_fails(mlt_key_store(key, unit_path("no/folder.pem"), &err), MLT_ERR_INFRA, "No such");
    for (unsigned bit = 1; bit < 0100; bit <<= 1) {
        ck_assert_int_eq(chmod(path, 0600 | bit), 0);
        struct mlt_key *none;
        ck_fails(mlt_key_load(path, &none, &err), MLT_ERR_USAGE, "chmod 600");
    }
    mlt_key_free(again);
    mlt_key_free(key);
}
END_TEST

START_TEST(key_goes_to_openssl_and_comes_from_it)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_key *ours, *theirs;
    struct mlt_buf said = MLT_BUF_INIT, pem = MLT_BUF_INIT;
    const char *mine = unit_path("mine.pem"), *their = unit_path("their.pem");
    const char *const show[] = {"openssl", "pkey", "-in", mine, "-pubout", NULL};
    const char *const make[] = {"openssl", "genpkey", "-algorithm", "ed25519", "-out", their, NULL};
    const char *const read[] = {"openssl", "pkey", "-in", their, "-pubout", NULL};
    ck_ok(mlt_key_new(&ours, &err));
    ck_ok(mlt_key_store(ours, mine, &err));
    run_program(show, &said);
    ck_ok(mlt_key_public_pem(ours, &pem, &err));
    ck_assert_str_eq(said.data, pem.data);
    run_program(make, NULL);
    ck_assert_int_eq(chmod(their, 0600), 0);
    ck_ok(mlt_key_load(their, &theirs, &err));
    mlt_buf_clear(&said);
    mlt_buf_clear(&pem);
    run_program(read, &said);
    ck_ok(mlt_key_public_pem(theirs, &pem, &err));
    ck_assert_str_eq(said.data, pem.data);
    mlt_buf_free(&said);
    mlt_buf_free(&pem);
    mlt_key_free(ours);
    mlt_key_free(theirs);
}
END_TEST

static void ssh_keygen(const char *path, const char *kind, const char *passphrase)
{
    const char *const argv[] = {"ssh-keygen",           "-q", "-t", kind, "-N", passphrase, "-C",
                                "a comment of its own", "-f", path, NULL};
    run_program(argv, NULL);
}

START_TEST(key_of_openssh_signs_too)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_key *key, *half;
    struct mlt_buf line = MLT_BUF_INIT;
    const char *path = unit_path("id"), *public_path = unit_path("id.pub");
    uint8_t signature[64];
    bool good = false;
    ssh_keygen(path, "ed25519", "");
    ck_ok(mlt_key_load(path, &key, &err));
    ck_ok(mlt_fs_read(public_path, 1 << 16, &line, &err));
    ck_ok(mlt_key_public_parse(line.data, line.len, &half, &err));
    ck_assert_str_eq(mlt_key_id(half), mlt_key_id(key));
    ck_ok(mlt_key_sign(key, "run", 3, signature, &err));
    ck_ok(mlt_key_verify(half, "run", 3, signature, &good, &err));
    ck_assert(good);
    mlt_buf_free(&line);
    mlt_key_free(half);
    mlt_key_free(key);
}
END_TEST

START_TEST(key_says_why_another_key_does_not_do)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_key *key;
    ssh_keygen(unit_path("locked"), "ed25519", "a passphrase");
    ck_fails(mlt_key_load(unit_path("locked"), &key, &err), MLT_ERR_USAGE, "passphrase");
    ssh_keygen(unit_path("ecdsa"), "ecdsa", "");
    ck_fails(mlt_key_load(unit_path("ecdsa"), &key, &err), MLT_ERR_USAGE, "Ed25519");
    const char *path = unit_path("rsa.pem");
    const char *const rsa[] = {"openssl", "genpkey", "-algorithm", "RSA", "-out", path, NULL};
    run_program(rsa, NULL);
    ck_assert_int_eq(chmod(path, 0600), 0);
    ck_fails(mlt_key_load(path, &key, &err), MLT_ERR_USAGE, "RSA");
    path = unit_path("locked.pem");
    const char *const locked[] = {"openssl", "genpkey", "-algorithm", "ed25519", "-aes256",
                                  "-pass",   "pass:x",  "-out",       path,      NULL};
    run_program(locked, NULL);
    ck_assert_int_eq(chmod(path, 0600), 0);
    ck_fails(mlt_key_load(path, &key, &err), MLT_ERR_USAGE, "passphrase");
    ck_fails(mlt_key_load(unit_path("none"), &key, &err), MLT_ERR_USAGE, "No such file");
    ck_fails(mlt_key_load(unit_path(""), &key, &err), MLT_ERR_USAGE, "regular file");
    path = write_secret("text", "not a key", 9);
    ck_fails(mlt_key_load(path, &key, &err), MLT_ERR_USAGE, "no private key");
    path = write_secret("empty", "", 0);
    ck_fails(mlt_key_load(path, &key, &err), MLT_ERR_USAGE, "no private key");
    path = write_secret("public", rfc8410_public, strlen(rfc8410_public));
    ck_fails(mlt_key_load(path, &key, &err), MLT_ERR_USAGE, "no private key");
    static char large[20000];
    memset(large, 'a', sizeof large);
    path = write_secret("large", large, sizeof large);
    ck_fails(mlt_key_load(path, &key, &err), MLT_ERR_USAGE, "too large");
}
END_TEST

/* Every byte of a private key's file, altered and cut off: never another key, never a crash. */
START_TEST(key_file_that_was_altered_gives_no_other_key)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_key *whole, *key;
    struct mlt_buf text = MLT_BUF_INIT;
    const char *path = unit_path("id");
    ssh_keygen(path, "ed25519", "");
    ck_ok(mlt_key_load(path, &whole, &err));
    ck_ok(mlt_fs_read(path, 1 << 16, &text, &err));
    for (size_t i = 0; i < text.len; i++) {
        text.data[i] ^= 1;
        write_secret("altered", text.data, text.len);
        text.data[i] ^= 1;
        /* The check numbers and the comment are no part of the key. */
        if (mlt_key_load(unit_path("altered"), &key, &err)) {
            ck_assert_str_eq(mlt_key_id(key), mlt_key_id(whole));
            mlt_key_free(key);
        }
        write_secret("cut", text.data, i);
        ck_assert(!mlt_key_load(unit_path("cut"), &key, &err));
    }
    mlt_buf_free(&text);
    mlt_key_free(whole);
}
END_TEST

START_TEST(key_that_is_public_is_read_strictly)
{
    static const struct {
        const char *text, *phrase;
    } wrong[] = {
        {"", "no public key"},
        {"-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n", "no public key"},
        {"-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrB\n-----END PUBLIC KEY-----\n",
         "no public key"},
        {rfc8410_private, "no public key"},
        {"ssh-ed25519 ", "no public key"},
        {"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA== x", "ssh-ed25519"},
        {"ssh-ed25519 !!!!", "ssh-ed25519"},
        {"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ== x", "no public key"},
        /* RFC 8410, section 10.2's curve: X25519 */
        {"-----BEGIN PUBLIC KEY-----\n"
         "MCowBQYDK2VuAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n"
         "-----END PUBLIC KEY-----\n",
         "X25519"},
    };
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_key *key;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        ck_fails(mlt_key_public_parse(wrong[i].text, strlen(wrong[i].text), &key, &err),
                 MLT_ERR_EVIDENCE, wrong[i].phrase);
}
END_TEST

TCase *key_case(void)
{
    TCase *tcase = tcase_create("key");
    tcase_add_checked_fixture(tcase, unit_folder_setup, unit_folder_teardown);
    tcase_add_test(tcase, key_signs_and_verifies_the_published_vectors);
    tcase_add_test(tcase, key_sees_every_flipped_bit);
    tcase_add_test(tcase, key_reads_and_prints_the_pair_of_rfc_8410);
    tcase_add_test(tcase, key_is_stored_for_its_owner_alone_and_never_over_a_file);
    tcase_add_test(tcase, key_goes_to_openssl_and_comes_from_it);
    tcase_add_test(tcase, key_of_openssh_signs_too);
    tcase_add_test(tcase, key_says_why_another_key_does_not_do);
    tcase_add_test(tcase, key_file_that_was_altered_gives_no_other_key);
    tcase_add_test(tcase, key_that_is_public_is_read_strictly);
    return tcase;
}
