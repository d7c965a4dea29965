#include "harness/ledger/checkpoint.h"

#include <string.h>
#include <sys/stat.h>

#include "harness/base/hash.h"
#include "harness/codec/base64.h"
#include "tests/unit/suite.h"

TCase *checkpoint_case(void);

static struct mlt_arena arena;
static struct mlt_err err;
static struct mlt_key *key, *other;

/* The key and the note of golang.org/x/mod/sumdb/note (its package documentation): the private key
 * is 0x01 and a seed in base64, and Ed25519 signs the same text the same way each time. */
static const char go_seed[] = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
static const char go_verifier[] =
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
static const char go_text[] = "If you think cryptography is the answer to your problem,\n"
                              "then you don't know what your problem is.\n";
static const char go_line[] =
    "\n\xe2\x80\x94 PeterNeumann x08go/ZJkuBS9UG/"
    "SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

/* A private key's PEM is this DER prefix (RFC 8410, section 7) and the seed. */
static struct mlt_key *load_go_key(void)
{
    static const char prefix[] = "\x30\x2e\x02\x01\x00\x30\x05\x06\x03\x2b\x65\x70\x04\x22\x04\x20";
    struct mlt_buf seed = MLT_BUF_INIT, der = MLT_BUF_INIT, pem = MLT_BUF_INIT;
    struct mlt_key *loaded;
    ck_assert(mlt_base64_decode(go_seed, strlen(go_seed), &seed));
    ck_assert_uint_eq(seed.len, 33);
    mlt_buf_append(&der, prefix, 16);
    mlt_buf_append(&der, seed.data + 1, 32);
    mlt_buf_puts(&pem, "-----BEGIN PRIVATE KEY-----\n");
    mlt_base64_encode(der.data, der.len, &pem);
    mlt_buf_puts(&pem, "\n-----END PRIVATE KEY-----\n");
    unit_write_text(unit_path("go.key"), pem.data);
    ck_assert_int_eq(chmod(unit_path("go.key"), 0600), 0);
    ck_ok(mlt_key_load(unit_path("go.key"), &loaded, &err));
    mlt_buf_free(&seed);
    mlt_buf_free(&der);
    mlt_buf_free(&pem);
    return loaded;
}

static void setup(void)
{
    unit_folder_setup();
    err = (struct mlt_err)MLT_ERR_INIT;
    ck_ok(mlt_key_new(&key, &err));
    ck_ok(mlt_key_new(&other, &err));
}

static void teardown(void)
{
    mlt_key_free(key);
    mlt_key_free(other);
    mlt_arena_free(&arena);
    unit_folder_teardown();
}

static struct mlt_merkle_hash some_root(void)
{
    struct mlt_merkle_hash root;
    ck_ok(mlt_merkle_leaf("x", 1, &root, &err));
    return root;
}

static char *signed_note(void)
{
    struct mlt_buf text = MLT_BUF_INIT;
    const struct mlt_merkle_hash root = some_root();
    ck_ok(mlt_checkpoint_sign("example.org/log", 12, &root, key, &text, &err));
    char *note = mlt_arena_strdup(&arena, text.data);
    mlt_buf_free(&text);
    return note;
}

static bool parses(const char *note, struct mlt_checkpoint *out)
{
    return mlt_checkpoint_parse("file", note, strlen(note), &arena, out, &err);
}

START_TEST(note_is_signed_as_go_signs_it)
{
    struct mlt_key *go = load_go_key();
    struct mlt_buf note = MLT_BUF_INIT, verifier = MLT_BUF_INIT;
    ck_ok(mlt_note_sign(go_text, strlen(go_text), "PeterNeumann", go, &note, &err));
    ck_assert_uint_eq(note.len, strlen(go_text) + strlen(go_line));
    ck_assert(memcmp(note.data, go_text, strlen(go_text)) == 0);
    ck_assert_str_eq(note.data + strlen(go_text), go_line);
    ck_ok(mlt_note_verifier("PeterNeumann", go, &verifier, &err));
    ck_assert_str_eq(verifier.data, go_verifier);
    ck_fails(mlt_note_sign("x\n", 2, "a b", go, &note, &err), MLT_ERR_USAGE, "cannot be the name");
    mlt_buf_free(&note);
    mlt_buf_free(&verifier);
    mlt_key_free(go);
}
END_TEST

START_TEST(checkpoint_comes_back_as_it_was_signed)
{
    struct mlt_checkpoint checkpoint;
    const struct mlt_merkle_hash root = some_root();
    struct mlt_key *const keys[] = {other, key};
    size_t by;
    bool good;
    char *note = signed_note();
    ck_ok(parses(note, &checkpoint));
    ck_assert_str_eq(checkpoint.origin, "example.org/log");
    ck_assert_uint_eq(checkpoint.size, 12);
    ck_assert_mem_eq(checkpoint.root.bytes, root.bytes, sizeof root.bytes);
    ck_assert_str_eq(checkpoint.note, note);
    ck_ok(mlt_checkpoint_verify(&checkpoint, keys, 2, &good, &by, &err));
    ck_assert(good);
    ck_assert_uint_eq(by, 1);
    ck_ok(mlt_checkpoint_verify(&checkpoint, keys, 1, &good, NULL, &err));
    ck_assert(!good);
}
END_TEST

START_TEST(checkpoint_with_any_bit_flipped_does_not_verify)
{
    char *note = signed_note();
    struct mlt_key *const keys[] = {key};
    for (size_t bit = 0; bit < strlen(note) * 8; bit++) {
        char *altered = mlt_arena_strdup(&arena, note);
        struct mlt_checkpoint checkpoint;
        bool good = false;
        altered[bit / 8] ^= (char)(1 << bit % 8);
        if (!mlt_checkpoint_parse("file", altered, strlen(note), &arena, &checkpoint, &err))
            continue;
        ck_ok(mlt_checkpoint_verify(&checkpoint, keys, 1, &good, NULL, &err));
        ck_assert_msg(!good, "bit %zu", bit);
    }
}
END_TEST

START_TEST(checkpoint_names_what_is_wrong_with_it)
{
    static const struct {
        const char *note, *phrase;
    } faults[] = {
        {"", "no blank line"},
        {"o\n1\nAAAA\n", "no blank line"},
        {"o\n1\n\n\xe2\x80\x94 o AAAA\n", "first three lines"},
        {"o\n01\nAAAA\n\n\xe2\x80\x94 o AAAA\n", "number of entries"},
        {"o\n-1\nAAAA\n\n\xe2\x80\x94 o AAAA\n", "number of entries"},
        {"o\n1\nAAAA\n\n\xe2\x80\x94 o AAAA\n", "digest of a tree"},
        {"o\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n", "no signature"},
        {"o\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n- o AAAAAAAA\n", "not a signature"},
        {"o\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n\xe2\x80\x94 o A\n",
         "not a signature"},
        {"o\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n\xe2\x80\x94 o AAAAAAAA",
         "end with a newline"},
        {"o\r\n1\nx\n\n\n", "no text"},
        {"\xff\n1\nx\n\n\n", "no text"},
    };
    struct mlt_checkpoint checkpoint;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        ck_fails(parses(faults[i].note, &checkpoint), MLT_ERR_EVIDENCE, faults[i].phrase);
}
END_TEST

/* The specification has it so: cosignatures of other kinds, and lines behind the third, are
 * others'. */
START_TEST(checkpoint_leaves_out_what_it_does_not_know)
{
    struct mlt_checkpoint checkpoint;
    ck_ok(parses("o\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nmore\n\n"
                 "\xe2\x80\x94 witness AAAAAAAAAAAA\n",
                 &checkpoint));
    ck_assert_uint_eq(checkpoint.signature_count, 0);
    ck_assert_uint_eq(checkpoint.size, 1);
}
END_TEST

TCase *checkpoint_case(void)
{
    TCase *tc = tcase_create("checkpoint");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, note_is_signed_as_go_signs_it);
    tcase_add_test(tc, checkpoint_comes_back_as_it_was_signed);
    tcase_add_test(tc, checkpoint_with_any_bit_flipped_does_not_verify);
    tcase_add_test(tc, checkpoint_names_what_is_wrong_with_it);
    tcase_add_test(tc, checkpoint_leaves_out_what_it_does_not_know);
    return tc;
}
