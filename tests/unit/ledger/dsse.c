#include "harness/ledger/dsse.h"

#include <string.h>

#include "harness/ledger/intoto.h"
#include "tests/unit/suite.h"

TCase *dsse_case(void);

/* secure-systems-lab/dsse, protocol.md, "Test Vectors". The signature is ECDSA's, r and s. */
#define HELLO_TYPE "http://example.com/HelloWorld"
static const char hello_pae[] = "DSSEv1 29 http://example.com/HelloWorld 11 hello world";
static const char hello_envelope[] =
    "{\"payload\": \"aGVsbG8gd29ybGQ=\",\n"
    " \"payloadType\": \"http://example.com/HelloWorld\",\n"
    " \"signatures\": [{\"sig\": \"A3JqsQGtVsJ2O2xqrI5IcnXip5GToJ3F+FnZ+"
    "O88SjtR6rDAajabZKciJTfUiHqJPcIAriEGAHTVeCUjW2JIZA==\"}]}\n";

static struct mlt_arena arena;

static void setup(void)
{
    arena = (struct mlt_arena)MLT_ARENA_INIT;
}

static void teardown(void)
{
    mlt_arena_free(&arena);
}

START_TEST(dsse_encodes_before_signing_as_published)
{
    struct mlt_buf pae = MLT_BUF_INIT;
    mlt_dsse_pae(HELLO_TYPE, "hello world", 11, &pae);
    ck_assert_str_eq(pae.data, hello_pae);
    mlt_buf_clear(&pae);
    mlt_dsse_pae("", "a\0b", 3, &pae);
    ck_assert_uint_eq(pae.len, strlen("DSSEv1 0  3 ") + 3);
    ck_assert_mem_eq(pae.data, "DSSEv1 0  3 a\0b", pae.len);
    mlt_buf_free(&pae);
}
END_TEST

START_TEST(dsse_reads_the_published_envelope)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_dsse e;
    struct mlt_key *key;
    bool good = true;
    ck_ok(mlt_dsse_parse("v", hello_envelope, strlen(hello_envelope), &arena, &e, &err));
    ck_assert_str_eq(e.payload_type, HELLO_TYPE);
    ck_assert_uint_eq(e.payload_len, 11);
    ck_assert_str_eq(e.payload, "hello world");
    ck_assert_uint_eq(e.signature_count, 1);
    ck_assert_str_eq(e.signatures[0].key_id, "");
    ck_assert_uint_eq(e.signatures[0].len, 64);
    ck_assert_uint_eq(e.signatures[0].bytes[0], 0x03);
    ck_assert_uint_eq(e.signatures[0].bytes[63], 0x64);
    ck_ok(mlt_key_new(&key, &err));
    ck_ok(mlt_dsse_verify(&e, &key, 1, &good, NULL, &err));
    ck_assert(!good);
    mlt_key_free(key);
}
END_TEST

START_TEST(dsse_that_was_signed_verifies_with_that_key_only)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_key *keys[2];
    struct mlt_buf text = MLT_BUF_INIT, again = MLT_BUF_INIT;
    struct mlt_dsse e;
    bool good = false;
    size_t by = 9;
    ck_ok(mlt_key_new(&keys[0], &err));
    ck_ok(mlt_key_new(&keys[1], &err));
    ck_ok(mlt_dsse_sign("t", "{\"a\":1}", 7, keys[1], &text, &err));
    ck_assert_ptr_null(strchr(text.data, '\n'));
    ck_ok(mlt_dsse_parse("e", text.data, text.len, &arena, &e, &err));
    ck_assert_str_eq(e.signatures[0].key_id, mlt_key_id(keys[1]));
    ck_ok(mlt_dsse_verify(&e, keys, 2, &good, &by, &err));
    ck_assert(good);
    ck_assert_uint_eq(by, 1);
    ck_ok(mlt_dsse_verify(&e, keys, 1, &good, &by, &err));
    ck_assert(!good);
    ck_ok(mlt_dsse_verify(&e, keys, 0, &good, &by, &err));
    ck_assert(!good);
    ck_ok(mlt_dsse_encode(&e, &again, &err));
    ck_assert_str_eq(again.data, text.data);
    mlt_buf_free(&again);
    mlt_buf_free(&text);
    mlt_key_free(keys[0]);
    mlt_key_free(keys[1]);
}
END_TEST

START_TEST(dsse_takes_one_good_signature_among_others)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_key *keys[2];
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_dsse e;
    bool good = false;
    ck_ok(mlt_key_new(&keys[0], &err));
    ck_ok(mlt_key_new(&keys[1], &err));
    ck_ok(mlt_dsse_sign("t", "p", 1, keys[0], &text, &err));
    ck_ok(mlt_dsse_parse("e", text.data, text.len, &arena, &e, &err));
    struct mlt_dsse_signature both[] = {{"hint", (const uint8_t *)"short", 5}, e.signatures[0]};
    /* The id is a hint: a wrong one changes nothing. */
    both[1].key_id = "another";
    e.signatures = both;
    e.signature_count = 2;
    ck_ok(mlt_dsse_verify(&e, keys, 2, &good, NULL, &err));
    ck_assert(good);
    mlt_buf_free(&text);
    mlt_key_free(keys[0]);
    mlt_key_free(keys[1]);
}
END_TEST

/* Bit by bit: not read, not verified, or (where only the hint or the spelling changed) not spelled
 * as it was written. */
START_TEST(dsse_shows_every_flipped_bit)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_key *key;
    struct mlt_buf text = MLT_BUF_INIT;
    const char *payload = "{\"verdict\":\"pass\"}";
    ck_ok(mlt_key_new(&key, &err));
    ck_ok(mlt_dsse_sign(MLT_DSSE_IN_TOTO, payload, strlen(payload), key, &text, &err));
    for (size_t bit = 0; bit < 8 * text.len; bit++) {
        struct mlt_arena mine = MLT_ARENA_INIT;
        struct mlt_buf again = MLT_BUF_INIT;
        struct mlt_dsse e;
        bool good = false;
        text.data[bit / 8] ^= (char)(1u << bit % 8);
        bool read = mlt_dsse_parse("e", text.data, text.len, &mine, &e, &err);
        if (read) {
            ck_ok(mlt_dsse_verify(&e, &key, 1, &good, NULL, &err));
            for (size_t i = 0; i < e.signature_count; i++)
                e.signatures[i].key_id = mlt_key_id(key);
            ck_ok(mlt_dsse_encode(&e, &again, &err));
        } else
            ck_assert_int_eq(err.kind, MLT_ERR_EVIDENCE);
        ck_assert_msg(!good || again.len != text.len ||
                          memcmp(again.data, text.data, text.len) != 0,
                      "bit %zu", bit);
        text.data[bit / 8] ^= (char)(1u << bit % 8);
        mlt_buf_free(&again);
        mlt_arena_free(&mine);
    }
    mlt_buf_free(&text);
    mlt_key_free(key);
}
END_TEST

START_TEST(dsse_refuses_what_is_no_envelope)
{
    static const struct {
        const char *text, *phrase;
    } wrong[] = {
        {"", ""},
        {"[]", "payloadType"},
        {"null", "payloadType"},
        {"{}", "payloadType"},
        {"{\"payloadType\":1,\"payload\":\"\",\"signatures\":[{\"sig\":\"\"}]}", "payloadType"},
        {"{\"payloadType\":\"t\",\"payload\":{},\"signatures\":[{\"sig\":\"\"}]}", "payload"},
        {"{\"payloadType\":\"t\",\"payload\":\"Zg\",\"signatures\":[{\"sig\":\"\"}]}", "base64"},
        {"{\"payloadType\":\"t\",\"payload\":\"Zm9v\\n\",\"signatures\":[{\"sig\":\"\"}]}",
         "base64"},
        {"{\"payloadType\":\"t\",\"payload\":\"+-==\",\"signatures\":[{\"sig\":\"\"}]}", "base64"},
        {"{\"payloadType\":\"t\",\"payload\":\"\"}", "signatures"},
        {"{\"payloadType\":\"t\",\"payload\":\"\",\"signatures\":[]}", "signatures"},
        {"{\"payloadType\":\"t\",\"payload\":\"\",\"signatures\":{\"sig\":\"\"}}", "signatures"},
        {"{\"payloadType\":\"t\",\"payload\":\"\",\"signatures\":[\"Zg==\"]}", "sig"},
        {"{\"payloadType\":\"t\",\"payload\":\"\",\"signatures\":[{\"keyid\":\"k\"}]}", "sig"},
        {"{\"payloadType\":\"t\",\"payload\":\"\",\"signatures\":[{\"sig\":\"!\"}]}", "base64"},
        {"{\"payloadType\":\"t\",\"payload\":\"\",\"signatures\":[{\"sig\":\"\",\"keyid\":1}]}",
         "keyid"},
        {"{\"payload\":\"Zg==\",\"payload\":\"Zm8=\",\"payloadType\":\"t\",\"signatures\":[{"
         "\"sig\":"
         "\"\"}]}",
         "payload"},
        {"{\"payloadType\":\"t\",\"payload\":\"\",\"signatures\":[{\"sig\":\"\"}]} x", ""},
    };
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_dsse e;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        ck_fails(mlt_dsse_parse("e.json", wrong[i].text, strlen(wrong[i].text), &arena, &e, &err),
                 MLT_ERR_EVIDENCE, wrong[i].phrase);
    struct mlt_buf many = MLT_BUF_INIT;
    mlt_buf_puts(&many, "{\"payloadType\":\"t\",\"payload\":\"\",\"signatures\":[{\"sig\":\"\"}");
    for (int i = 0; i < 64; i++)
        mlt_buf_puts(&many, ",{\"sig\":\"\"}");
    mlt_buf_puts(&many, "]}");
    ck_fails(mlt_dsse_parse("e", many.data, many.len, &arena, &e, &err), MLT_ERR_EVIDENCE,
             "1 to 64");
    mlt_buf_free(&many);
}
END_TEST

/* protocol.md of DSSE: "Either standard or URL-safe base64 encodings are allowed"; envelope.md:
 * fields that are not known are ignored. */
START_TEST(dsse_reads_what_others_may_write)
{
    const char *text = "{\"payloadType\":\"t\",\"payload\":\"-_-_\",\"more\":[1],"
                       "\"signatures\":[{\"sig\":\"_w==\",\"cert\":\"x\"}]}";
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_dsse e;
    ck_ok(mlt_dsse_parse("e", text, strlen(text), &arena, &e, &err));
    ck_assert_mem_eq(e.payload, "\xfb\xff\xbf", 3);
    ck_assert_uint_eq(e.signatures[0].bytes[0], 0xff);
}
END_TEST

/* SHA-256 of "" (FIPS 180-4's example values). */
#define EMPTY "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

/* in-toto/attestation, spec/v1/statement.md: the fields of a statement. */
START_TEST(intoto_statement_is_written_and_read)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_json_out json;
    const struct mlt_intoto_subject subject = {"m-1.0.0", EMPTY};
    mlt_json_out_init(&json, &text, false);
    mlt_intoto_begin(&json, &subject, 1, "https://example.com/p/v1");
    mlt_json_out_object(&json);
    mlt_json_out_kstring(&json, "said", "yes");
    mlt_json_out_object_end(&json);
    mlt_intoto_end(&json);
    ck_ok(mlt_json_out_finish(&json, &err));
    ck_assert_str_eq(text.data,
                     "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[{\"name\":"
                     "\"m-1.0.0\",\"digest\":{\"sha256\":\"" EMPTY "\"}}],\"predicateType\":"
                     "\"https://example.com/p/v1\",\"predicate\":{\"said\":\"yes\"}}");
    struct mlt_dsse e = {
        .payload_type = MLT_DSSE_IN_TOTO, .payload = text.data, .payload_len = text.len};
    struct mlt_intoto s;
    ck_ok(mlt_intoto_parse("e", &e, &arena, &s, &err));
    ck_assert_str_eq(s.predicate_type, "https://example.com/p/v1");
    ck_assert_str_eq(mlt_json_string(mlt_json_get(s.predicate, "said")), "yes");
    ck_assert(mlt_intoto_is_about(&s, EMPTY));
    ck_assert(!mlt_intoto_is_about(&s, "e3b0"));
    mlt_intoto_free(&s);
    e.payload_type = "application/json";
    ck_fails(mlt_intoto_parse("e", &e, &arena, &s, &err), MLT_ERR_EVIDENCE, "application/json");
    mlt_buf_free(&text);
}
END_TEST

START_TEST(intoto_refuses_what_is_no_statement)
{
    static const char *const texts[] = {
        "",
        "{}",
        "{\"_type\":\"https://in-toto.io/Statement/v0.1\",\"subject\":[],\"predicateType\":\"p\","
        "\"predicate\":{}}",
        "{\"_type\":\"https://in-toto.io/Statement/v1\",\"predicateType\":\"p\",\"predicate\":{}}",
        "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":{},\"predicateType\":\"p\","
        "\"predicate\":{}}",
        "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[],\"predicate\":{}}",
        "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[],\"predicateType\":\"p\"}",
        "{\"_type\":\"https://in-toto.io/Statement/v1\",\"subject\":[],\"predicateType\":\"p\","
        "\"predicate\":[]}",
    };
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_intoto s;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const struct mlt_dsse e = {
            .payload_type = MLT_DSSE_IN_TOTO, .payload = texts[i], .payload_len = strlen(texts[i])};
        ck_assert_msg(!mlt_intoto_parse("e", &e, &arena, &s, &err), "%s", texts[i]);
        ck_assert_int_eq(err.kind, MLT_ERR_EVIDENCE);
    }
}
END_TEST

TCase *dsse_case(void)
{
    TCase *tcase = tcase_create("dsse");
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, dsse_encodes_before_signing_as_published);
    tcase_add_test(tcase, dsse_reads_the_published_envelope);
    tcase_add_test(tcase, dsse_that_was_signed_verifies_with_that_key_only);
    tcase_add_test(tcase, dsse_takes_one_good_signature_among_others);
    tcase_add_test(tcase, dsse_shows_every_flipped_bit);
    tcase_add_test(tcase, dsse_refuses_what_is_no_envelope);
    tcase_add_test(tcase, dsse_reads_what_others_may_write);
    tcase_add_test(tcase, intoto_statement_is_written_and_read);
    tcase_add_test(tcase, intoto_refuses_what_is_no_statement);
    return tcase;
}
