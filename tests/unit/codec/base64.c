#include <string.h>

#include "harness/base/rng.h"
#include "harness/codec/base64.h"
#include "tests/unit/suite.h"

TCase *base64_case(void);

/* RFC 4648, section 10. */
static const struct {
    const char *bytes, *letters;
} vectors[] = {
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
};

START_TEST(base64_gives_the_published_vectors_both_ways)
{
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        struct mlt_buf letters = MLT_BUF_INIT, bytes = MLT_BUF_INIT;
        mlt_base64_encode(vectors[i].bytes, strlen(vectors[i].bytes), &letters);
        ck_assert_str_eq(letters.data, vectors[i].letters);
        ck_assert(mlt_base64_decode(letters.data, letters.len, &bytes));
        ck_assert_uint_eq(bytes.len, strlen(vectors[i].bytes));
        ck_assert_str_eq(bytes.data, vectors[i].bytes);
        mlt_buf_free(&letters);
        mlt_buf_free(&bytes);
    }
}
END_TEST

START_TEST(base64_decodes_what_it_encoded)
{
    struct mlt_rng rng;
    mlt_rng_seed(&rng, 4648);
    for (size_t len = 0; len < 200; len++) {
        struct mlt_buf letters = MLT_BUF_INIT, bytes = MLT_BUF_INIT;
        uint8_t data[200];
        for (size_t i = 0; i < len; i++)
            data[i] = (uint8_t)mlt_rng_next(&rng);
        mlt_base64_encode(data, len, &letters);
        mlt_buf_puts(&bytes, "kept");
        ck_assert(mlt_base64_decode(letters.data, letters.len, &bytes));
        ck_assert_uint_eq(bytes.len, len + 4);
        ck_assert_mem_eq(bytes.data + 4, data, len);
        mlt_buf_free(&letters);
        mlt_buf_free(&bytes);
    }
}
END_TEST

/* RFC 4648, sections 3.1 to 3.5: what a strict reader refuses. */
START_TEST(base64_refuses_any_other_spelling)
{
    static const char *const texts[] = {
        "Zg",   "Zg=",   "Z===",       "====", "=",    "Zm9",        "Zm9v\n",   "Zm9v ",
        " Zm9", "Zm\n9", "Zm9v\r\nZg", "Zh==", "Zm9=", "Zm8=Zm8=",   "Zg==Zg==", "Zm-v",
        "Zm_v", "Zm9v=", "Zm9v====",   "Z=9v", "Zm=v", "\xc3\xa4m9", "Zm9v,m9v", "%5A9v",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct mlt_buf bytes = MLT_BUF_INIT;
        mlt_buf_puts(&bytes, "kept");
        ck_assert_msg(!mlt_base64_decode(texts[i], strlen(texts[i]), &bytes), "%s", texts[i]);
        ck_assert_str_eq(bytes.data, "kept");
        mlt_buf_free(&bytes);
    }
    struct mlt_buf bytes = MLT_BUF_INIT;
    ck_assert(!mlt_base64_decode("Zm\0v", 4, &bytes));
    mlt_buf_free(&bytes);
}
END_TEST

TCase *base64_case(void)
{
    TCase *tcase = tcase_create("base64");
    tcase_add_test(tcase, base64_gives_the_published_vectors_both_ways);
    tcase_add_test(tcase, base64_decodes_what_it_encoded);
    tcase_add_test(tcase, base64_refuses_any_other_spelling);
    return tcase;
}
