/* HMAC-SHA-256 against the vectors of RFC 4231, section 4. */
#include <string.h>

#include "harness/net/hmac.h"
#include "tests/unit/suite.h"

TCase *hmac_case(void);

struct vector {
    int key_byte; /* the key is `key_len` of these; -1: it is `key` */
    const char *key;
    size_t key_len;
    int data_byte;
    const char *data;
    size_t data_len;
    const char *code;
};

static const struct vector vectors[] = {
    {0x0b, NULL, 20, -1, "Hi There", 8,
     "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
    {-1, "Jefe", 4, -1, "what do ya want for nothing?", 28,
     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
    {0xaa, NULL, 20, 0xdd, NULL, 50,
     "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
    {0xaa, NULL, 131, -1, "Test Using Larger Than Block-Size Key - Hash Key First", 54,
     "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
    {0xaa, NULL, 131, -1,
     "This is a test using a larger than block-size key and a larger than block-size data. The key "
     "needs to be hashed before being used by the HMAC algorithm.",
     152, "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
};

START_TEST(the_published_vectors_come_out)
{
    const struct vector *v = &vectors[_i];
    char key[131], data[160], code[MLT_SHA256_HEX];
    struct mlt_err err = MLT_ERR_INIT;
    if (v->key_byte >= 0)
        memset(key, v->key_byte, v->key_len);
    else
        memcpy(key, v->key, v->key_len);
    if (v->data_byte >= 0)
        memset(data, v->data_byte, v->data_len);
    else
        memcpy(data, v->data, v->data_len);
    ck_ok(mlt_hmac_sha256(key, v->key_len, data, v->data_len, code, &err));
    ck_assert_str_eq(code, v->code);
}
END_TEST

TCase *hmac_case(void)
{
    TCase *test = tcase_create("hmac");
    tcase_add_loop_test(test, the_published_vectors_come_out, 0, sizeof vectors / sizeof *vectors);
    return test;
}
