#include "harness/codec/json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/rng.h"
#include "tests/unit/suite.h"

TCase *json_case(void);

/* Malformed after RFC 8259, in the manner of JSONTestSuite's n_ files; and what we refuse beyond.
 */
static const char *const malformed[] = {
    "",
    " ",
    "[1,]",
    "[,1]",
    "[1,,2]",
    "[1 2]",
    "[1",
    "[",
    "]",
    "[]]",
    "[1}",
    "{",
    "{\"a\"}",
    "{\"a\":}",
    "{\"a\":1,}",
    "{,}",
    "{\"a\" 1}",
    "{\"a\":1 \"b\":2}",
    "{a:1}",
    "{'a':1}",
    "{1:1}",
    "{\"a\"::1}",
    "{\"a\":1}}",
    "{\"a\":1}#",
    "{\"a\":1}/**/",
    "[1]//x",
    "nul",
    "nulL",
    "nullx",
    "True",
    "TRUE",
    "tru",
    "NaN",
    "nan",
    "Infinity",
    "-Infinity",
    "inf",
    "+1",
    "-",
    "--1",
    "01",
    "-01",
    "00",
    "1.",
    ".5",
    "-.5",
    "1.e3",
    "1e",
    "1e+",
    "1E-",
    "1ee2",
    "0x10",
    "1_000",
    "1,000",
    "1 000",
    "1e999",
    "-1e999",
    "\"",
    "\"abc",
    "\"\\",
    "\"\\x41\"",
    "\"\\u12\"",
    "\"\\u12g4\"",
    "\"\\u0000\"",
    "\"\\ud800\"",
    "\"\\udc00\"",
    "\"\\ud800\\u0041\"",
    "\"\\ud800\\ud800\"",
    "\"\\ud800x\"",
    "\"\\'\"",
    "\"a\tb\"",
    "\"a\nb\"",
    "\"\x01\"",
    "'a'",
    "\"a\"\"b\"",
    "\"\xff\"",
    "\"\xc0\xaf\"",
    "\"\xed\xa0\x80\"",
    "\xef\xbb\xbf{}",
    "\xe2\x80\xa8[]",
    "[\f1]",
    "[\v1]",
    "\xc2\xa0[]",
    "{\"a\":1,\"a\":2}",
    "{\"a\":1,\"\\u0061\":2}",
    "{\"x\":{\"b\":1,\"c\":2,\"b\":3}}",
    "[*]",
    "[\"a\",\n4\n,1,",
    "[1:2]",
    "{\"a\":\"b\",,\"c\":1}",
    "undefined",
};

START_TEST(json_refuses_malformed_text)
{
    struct mlt_json *document = NULL;
    struct mlt_err err = MLT_ERR_INIT;
    const char *text = malformed[_i];
    bool parsed = mlt_json_parse("t", text, strlen(text), &document, &err);
    ck_assert_msg(!parsed, "case %d was accepted", _i);
    ck_assert_int_eq(err.kind, MLT_ERR_USAGE);
    ck_assert_msg(strncmp(err.text, "t:", 2) == 0, "no place in case %d", _i);
    ck_assert_ptr_null(document);
    ck_assert(!mlt_json_check("t", text, strlen(text), &err));
}
END_TEST

START_TEST(json_refuses_nul_bytes)
{
    struct mlt_err err = MLT_ERR_INIT;
    ck_fails(mlt_json_check("t", "[1]\0", 4, &err), MLT_ERR_USAGE, "t:1:4");
    ck_fails(mlt_json_check("t", "\"a\0b\"", 5, &err), MLT_ERR_USAGE, "control character (0x00)");
    ck_fails(mlt_json_check("t", "\0", 1, &err), MLT_ERR_USAGE, "expected a value");
}
END_TEST

START_TEST(json_says_where_and_what)
{
    struct mlt_err err = MLT_ERR_INIT;
    const char *text = "{\n  \"a\": [1,\n    2 3]\n}";
    ck_fails(mlt_json_check("m.json", text, strlen(text), &err), MLT_ERR_USAGE,
             "m.json:3:7: expected ',' or ']', found '3'");
    text = "{\"a\":1,\n\"b\":2,\n\"a\":3}";
    ck_fails(mlt_json_check("m.json", text, strlen(text), &err), MLT_ERR_USAGE,
             "m.json:3:1: the key \"a\" is there twice");
}
END_TEST

START_TEST(json_bounds_depth_at_64)
{
    char text[200];
    struct mlt_json *document;
    struct mlt_err err = MLT_ERR_INIT;
    for (int depth = 64; depth <= 65; depth++) {
        memset(text, '[', (size_t)depth);
        memset(text + depth, ']', (size_t)depth);
        bool ok = mlt_json_parse("t", text, 2 * (size_t)depth, &document, &err);
        ck_assert_int_eq(ok, depth == 64);
        if (ok)
            mlt_json_free(document);
    }
    ck_assert_ptr_nonnull(strstr(err.text, "nested deeper than 64"));
}
END_TEST

START_TEST(json_checks_a_hundred_thousand_keys_quickly)
{
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_err err = MLT_ERR_INIT;
    for (int i = 0; i < 100000; i++)
        mlt_buf_printf(&text, "%s\"key%d\":%d", i ? "," : "{", i, i);
    mlt_buf_puts(&text, "}");
    ck_ok(mlt_json_check("t", text.data, text.len, &err));
    text.len--;
    mlt_buf_puts(&text, ",\"key0\":1}");
    ck_fails(mlt_json_check("t", text.data, text.len, &err), MLT_ERR_USAGE,
             "\"key0\" is there twice");
    mlt_buf_free(&text);
}
END_TEST

START_TEST(json_reads_every_kind_of_value)
{
    const char text[] = " {\"n\":-1.5e2,\"t\":true,\"z\":null,\"s\":\"\\u00e9\\ud83d\\ude00\\n\","
                        "\"a\":[1,[],{}],\"N\":7,\"\":0} ";
    struct mlt_json *document;
    struct mlt_err err = MLT_ERR_INIT;
    double number = 0;
    bool flag = false;
    ck_ok(mlt_json_parse("t", text, sizeof text - 1, &document, &err));
    ck_assert(mlt_json_number(mlt_json_get(document, "n"), &number) && number == -150);
    ck_assert(mlt_json_number(mlt_json_get(document, "N"), &number) && number == 7);
    ck_assert(mlt_json_bool(mlt_json_get(document, "t"), &flag) && flag);
    ck_assert_int_eq(mlt_json_type(mlt_json_get(document, "z")), MLT_JSON_NULL);
    ck_assert_str_eq(mlt_json_string(mlt_json_get(document, "s")), "\xc3\xa9\xf0\x9f\x98\x80\n");
    ck_assert_uint_eq(mlt_json_count(mlt_json_get(document, "a")), 3);
    ck_assert_ptr_null(mlt_json_get(document, "T"));
    ck_assert_ptr_null(mlt_json_get(NULL, "T"));
    ck_assert(!mlt_json_number(mlt_json_get(document, "s"), &number) && number == 7);
    ck_fails(mlt_json_want_number(document, "s", &number, &err), MLT_ERR_USAGE,
             "\"s\" must be a number, but is a string");
    ck_fails(mlt_json_want_number(document, "q", &number, &err), MLT_ERR_USAGE, "\"q\" is missing");
    mlt_json_free(document);
}
END_TEST

START_TEST(json_reads_numbers_longer_than_cjson_does)
{
    /* JSONTestSuite: y_number_double_close_to_zero.json */
    const char text[] =
        "[\"-0.00000000000000000000000000000000000000000000000000000000000000000000\","
        "-0.000000000000000000000000000000000000000000000000000000000000000000000000000001,"
        "2]";
    struct mlt_json *document;
    struct mlt_err err = MLT_ERR_INIT;
    double number = 0;
    ck_ok(mlt_json_parse("t", text, sizeof text - 1, &document, &err));
    ck_assert_uint_eq(mlt_json_count(document), 3);
    const struct mlt_json *second = mlt_json_next(mlt_json_first(document));
    ck_assert(mlt_json_number(second, &number) && number == -1e-78);
    ck_assert_uint_eq(strlen(mlt_json_string(mlt_json_first(document))), 71);
    mlt_json_free(document);
}
END_TEST

START_TEST(json_numbers_survive_print_and_parse)
{
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_json_out out;
    struct mlt_json *document;
    struct mlt_err err = MLT_ERR_INIT;
    static double values[100000];
    struct mlt_rng rng;
    mlt_rng_seed(&rng, 20240229);
    mlt_json_out_init(&out, &text, false);
    mlt_json_out_array(&out);
    for (int i = 0; i < 100000; i++) {
        do {
            uint64_t bits = mlt_rng_next(&rng);
            memcpy(&values[i], &bits, sizeof bits);
        } while (!isfinite(values[i]));
        mlt_json_out_number(&out, values[i]);
    }
    mlt_json_out_array_end(&out);
    ck_ok(mlt_json_out_finish(&out, &err));
    ck_ok(mlt_json_parse("t", text.data, text.len, &document, &err));
    const struct mlt_json *node = mlt_json_first(document);
    for (int i = 0; i < 100000; i++, node = mlt_json_next(node)) {
        double back = 0;
        if (!mlt_json_number(node, &back) || memcmp(&back, &values[i], sizeof back) != 0)
            ck_abort_msg("%a came back as %a", values[i], back);
    }
    ck_assert_ptr_null(node);
    mlt_json_free(document);
    mlt_buf_free(&text);
}
END_TEST

START_TEST(json_writer_nests_and_escapes)
{
    struct mlt_buf text = MLT_BUF_INIT;
    struct mlt_json_out out;
    struct mlt_err err = MLT_ERR_INIT;
    mlt_json_out_init(&out, &text, true);
    mlt_json_out_object(&out);
    mlt_json_out_kstring(&out, "a\"\x01\xff\n", "\xc3\xa9\\");
    mlt_json_out_key(&out, "b");
    mlt_json_out_array(&out);
    mlt_json_out_int(&out, INT64_MIN);
    mlt_json_out_object(&out);
    mlt_json_out_object_end(&out);
    mlt_json_out_array_end(&out);
    mlt_json_out_koptional(&out, "c", NAN);
    mlt_json_out_kstring(&out, "d", NULL);
    mlt_json_out_object_end(&out);
    ck_ok(mlt_json_out_finish(&out, &err));
    ck_assert_str_eq(text.data, "{\n  \"a\\\"\\u0001\xef\xbf\xbd\\n\": \"\xc3\xa9\\\\\",\n"
                                "  \"b\": [\n    -9223372036854775808,\n    {}\n  ],\n"
                                "  \"c\": null,\n  \"d\": null\n}");
    ck_ok(mlt_json_check("t", text.data, text.len, &err));
    mlt_buf_free(&text);
}
END_TEST

START_TEST(json_writer_refuses_nan_and_infinity)
{
    double bad[] = {NAN, INFINITY, -INFINITY};
    for (int i = 0; i < 3; i++) {
        struct mlt_buf text = MLT_BUF_INIT;
        struct mlt_json_out out;
        struct mlt_err err = MLT_ERR_INIT;
        mlt_json_out_init(&out, &text, false);
        mlt_json_out_number(&out, bad[i]);
        ck_fails(mlt_json_out_finish(&out, &err), MLT_ERR_EVIDENCE, "not finite");
        ck_assert_ptr_null(strstr(text.data, "null"));
        mlt_buf_free(&text);
    }
}
END_TEST

START_TEST(json_of_a_node_is_one_line_and_a_broken_record_is_evidence)
{
    struct mlt_err err = MLT_ERR_INIT;
    struct mlt_arena arena = MLT_ARENA_INIT;
    struct mlt_json *document;
    static const char text[] = "{\"a\" : [ 1,\n {\"b\": null} ]}";
    ck_ok(mlt_json_parse_kept("record", text, strlen(text), &document, &err));
    ck_assert_str_eq(mlt_json_node_text(mlt_json_get(document, "a"), &arena, &err),
                     "[1,{\"b\":null}]");
    mlt_json_free(document);
    ck_assert(!mlt_json_parse_kept("record", text, strlen(text) - 1, &document, &err));
    ck_assert_int_eq(err.kind, MLT_ERR_EVIDENCE);
    mlt_arena_free(&arena);
}
END_TEST

START_TEST(json_reprints_a_document_and_refuses_one_too_deep)
{
    const char text[] = "{\"a\":[1,2.5,\"x\",null,true,{}],\"b\":{\"c\":[]}}";
    struct mlt_json *document;
    struct mlt_buf printed = MLT_BUF_INIT;
    struct mlt_json_out out;
    struct mlt_err err = MLT_ERR_INIT;
    ck_ok(mlt_json_parse("t", text, sizeof text - 1, &document, &err));
    mlt_json_out_init(&out, &printed, false);
    mlt_json_out_node(&out, document);
    ck_ok(mlt_json_out_finish(&out, &err));
    ck_assert_str_eq(printed.data, text);
    mlt_buf_clear(&printed);
    mlt_json_out_init(&out, &printed, false);
    for (int i = 0; i < 63; i++)
        mlt_json_out_array(&out);
    mlt_json_out_node(&out, document);
    for (int i = 0; i < 63; i++)
        mlt_json_out_array_end(&out);
    ck_fails(mlt_json_out_finish(&out, &err), MLT_ERR_USAGE, "nested deeper");
    mlt_json_free(document);
    mlt_buf_free(&printed);
}
END_TEST

TCase *json_case(void)
{
    TCase *tc = tcase_create("json");
    tcase_set_timeout(tc, 30);
    tcase_add_loop_test(tc, json_refuses_malformed_text, 0, sizeof malformed / sizeof *malformed);
    tcase_add_test(tc, json_refuses_nul_bytes);
    tcase_add_test(tc, json_says_where_and_what);
    tcase_add_test(tc, json_bounds_depth_at_64);
    tcase_add_test(tc, json_checks_a_hundred_thousand_keys_quickly);
    tcase_add_test(tc, json_reads_every_kind_of_value);
    tcase_add_test(tc, json_reads_numbers_longer_than_cjson_does);
    tcase_add_test(tc, json_numbers_survive_print_and_parse);
    tcase_add_test(tc, json_writer_nests_and_escapes);
    tcase_add_test(tc, json_writer_refuses_nan_and_infinity);
    tcase_add_test(tc, json_of_a_node_is_one_line_and_a_broken_record_is_evidence);
    tcase_add_test(tc, json_reprints_a_document_and_refuses_one_too_deep);
    return tc;
}
