#include "harness/codec/jsonl.h"

#include <stdio.h>
#include <string.h>

#include "harness/base/rng.h"
#include "harness/codec/json.h"
#include "tests/unit/suite.h"

TCase *jsonl_case(void);

static const char *const keys[] = {"label", "score", "a\"b"};
static struct mlt_jsonl_value value[3];
static struct mlt_jsonl_fault fault;

/* A line in a buffer with what the parser may read behind it. */
static bool parse_with(struct mlt_jsonl *jsonl, const char *text, size_t len)
{
    static char buffer[8192];
    memset(buffer, '"', sizeof buffer);
    memcpy(buffer, text, len);
    buffer[len] = '\n';
    return mlt_jsonl_line(jsonl, buffer, len, value, &fault);
}

static bool parse(const char *text)
{
    struct mlt_jsonl *jsonl = mlt_jsonl_new(keys, 3, false);
    bool ok = parse_with(jsonl, text, strlen(text));
    mlt_jsonl_free(jsonl);
    return ok;
}

static void check_value(int key, enum mlt_jsonl_kind kind, const char *text)
{
    ck_assert_int_eq(value[key].kind, kind);
    ck_assert_uint_eq(value[key].len, strlen(text));
    ck_assert_mem_eq(value[key].text, text, strlen(text));
}

START_TEST(wanted_keys_are_found_wherever_they_stand)
{
    ck_assert(parse(
        " { \"x\" : [ {\"score\":1}, [] , {} ] , \"score\":\t-1.5e-3 , \"label\" :\"y\\n\"} \r"));
    check_value(0, MLT_JSONL_STRING, "y\\n");
    ck_assert(value[0].escaped);
    check_value(1, MLT_JSONL_NUMBER, "-1.5e-3");
    ck_assert_int_eq(value[2].kind, MLT_JSONL_ABSENT);
    ck_assert(parse("{\"a\\u0022b\":null,\"l\\u0061bel\":{\"k\":[1,2]},\"score\":[0.5, 1]}"));
    check_value(2, MLT_JSONL_NULL, "null");
    check_value(0, MLT_JSONL_OBJECT, "{\"k\":[1,2]}");
    check_value(1, MLT_JSONL_ARRAY, "[0.5, 1]");
    ck_assert(parse("{}"));
    ck_assert_int_eq(value[0].kind, MLT_JSONL_ABSENT);
}
END_TEST

START_TEST(lines_that_are_alike_and_lines_that_are_not_mix)
{
    static const char *const lines[] = {"{\"label\": 1, \"score\": 2}",
                                        "{\"label\": 3, \"score\": 4}",
                                        "{\"label\":   5,\"score\":\t\t6}",
                                        "{\"score\": 8, \"label\": 7}",
                                        "{\"label\": 9, \"score\": 10, \"score2\": 0}",
                                        "{\"label\": 11, \"score\": 12}"};
    struct mlt_jsonl *jsonl = mlt_jsonl_new(keys, 3, false);
    char wanted[8];
    for (int i = 0; i < 6; i++) {
        ck_assert(parse_with(jsonl, lines[i], strlen(lines[i])));
        snprintf(wanted, sizeof wanted, "%d", 2 * i + 1);
        check_value(0, MLT_JSONL_NUMBER, wanted);
        snprintf(wanted, sizeof wanted, "%d", 2 * i + 2);
        check_value(1, MLT_JSONL_NUMBER, wanted);
    }
    ck_assert(!parse_with(jsonl, "{\"label\": 1, \"score\": 2, \"score\": 3}", 36));
    ck_assert_str_eq(fault.what, "the key \"score\" is there twice");
    mlt_jsonl_free(jsonl);
}
END_TEST

static const struct {
    const char *text;
    size_t offset;
    const char *phrase;
} faults[] = {
    {"", 0, "must be one JSON object"},
    {"[]", 0, "must be one JSON object"},
    {"{", 1, "the line ends inside the object"},
    {"{\"label\"", 8, "a colon"},
    {"{\"label\":", 9, "ends where a value"},
    {"{\"label\":1", 10, "the line ends inside the object"},
    {"{\"label\":1,}", 11, "a key in quotes"},
    {"{\"label\":1 \"score\":2}", 11, "a comma or }"},
    {"{\"label\":1}x", 11, "text behind"},
    {"{\"label\":1}{}", 11, "text behind"},
    {"{\"label\":\"abc}", 9, "never closed"},
    {"{\"label\":\"a\tb\"}", 11, "a control character"},
    {"{\"label\":\"a\\x\"}", 11, "an unknown escape"},
    {"{\"label\":\"\\u12g4\"}", 10, "four hexadecimal"},
    {"{\"label\":\"\\u0000\"}", 10, "\\u0000"},
    {"{\"label\":\"\\ud800x\"}", 10, "half of a surrogate"},
    {"{\"label\":\"\\udc00\"}", 10, "half of a surrogate"},
    {"{\"label\":\"\xc0\x80\"}", 10, "not UTF-8"},
    {"{\"label\":\"\xed\xa0\x80\"}", 10, "not UTF-8"},
    {"{\"label\":01}", 9, "leading zero"},
    {"{\"label\":-}", 9, "a minus sign"},
    {"{\"label\":1.}", 9, "behind its point"},
    {"{\"label\":1e+}", 9, "in its exponent"},
    {"{\"label\":+1}", 9, "a value was expected"},
    {"{\"label\":.5}", 9, "a value was expected"},
    {"{\"label\":nul}", 9, "a value was expected"},
    {"{\"label\":Infinity}", 9, "are not JSON"},
    {"{\"label\":[1,]}", 12, "a value was expected"},
    {"{\"label\":[1 2]}", 12, "a comma or ]"},
    {"{\"label\":{\"a\":1,}}", 16, "a key in quotes"},
    {"{\"label\":1,\"l\\u0061bel\":2}", 11, "is there twice"},
};

START_TEST(what_is_not_json_is_told_with_its_place)
{
    ck_assert_msg(!parse(faults[_i].text), "%s", faults[_i].text);
    ck_assert_msg(strstr(fault.what, faults[_i].phrase), "%s: %s", faults[_i].text, fault.what);
    ck_assert_uint_eq(fault.offset, faults[_i].offset);
}
END_TEST

START_TEST(depth_is_bounded)
{
    char text[300] = "{\"x\":";
    memset(text + 5, '[', 63);
    memset(text + 68, ']', 63);
    strcpy(text + 131, "}");
    ck_assert_msg(parse(text), "%s", fault.what);
    memset(text + 5, '[', 64);
    memset(text + 69, ']', 64);
    strcpy(text + 133, "}");
    ck_assert(!parse(text));
    ck_assert_str_eq(fault.what, "nested more than 64 deep");
}
END_TEST

START_TEST(escapes_come_out_as_characters)
{
    static const char text[] = "\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\u20ac\\ud83d\\ude00z";
    char out[sizeof text];
    size_t len = mlt_jsonl_unescape(text, sizeof text - 1, out);
    static const char wanted[] = "\"\\/\b\f\n\r\t\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z";
    ck_assert_uint_eq(len, sizeof wanted - 1);
    ck_assert_mem_eq(out, wanted, len);
}
END_TEST

START_TEST(an_array_of_numbers_is_a_vector)
{
    double out[3];
    size_t count;
    ck_assert(mlt_jsonl_numbers("[ 0.1 ,2e1,\t-3 ]", 16, 3, out, &count));
    ck_assert(count == 3 && out[0] == 0.1 && out[1] == 20 && out[2] == -3);
    ck_assert(mlt_jsonl_numbers("[]", 2, 3, out, &count) && count == 0);
    ck_assert(!mlt_jsonl_numbers("[1,2,3,4]", 9, 3, out, &count));
    ck_assert(!mlt_jsonl_numbers("[1,null]", 8, 3, out, &count));
    ck_assert(!mlt_jsonl_numbers("[[1]]", 5, 3, out, &count));
    ck_assert(!mlt_jsonl_numbers("[\"1\"]", 5, 3, out, &count));
    ck_assert(!mlt_jsonl_numbers("[1e999]", 7, 3, out, &count));
}
END_TEST

/* harness/codec/json.h is the oracle: it refuses more (keys that are there twice at any depth,
 * numbers that overflow), and nothing else. */
START_TEST(broken_lines_are_refused_as_by_the_strict_parser)
{
    static const char seed[] = "{\"label\":[1,-0.5e1,{\"k\":\"\\u00e9\xc3\xa9\"}],\"score\":true,"
                               "\"z\":null,\"w\":{\"q\":[]},\"v\":\"\"}";
    static const char bytes[] = "{}[],:\"\\0123456789eE+-.tfnul \t\x01\x80\xc3u";
    struct mlt_rng rng;
    struct mlt_err err;
    char text[sizeof seed];
    size_t sound = 0;
    mlt_rng_seed(&rng, 5);
    for (int i = 0; i < 200000; i++) {
        memcpy(text, seed, sizeof seed);
        size_t len = sizeof seed - 1;
        for (uint64_t edits = mlt_rng_below(&rng, 3); edits-- > 0;) {
            size_t at = mlt_rng_below(&rng, len);
            if (mlt_rng_below(&rng, 2) == 0) {
                memmove(text + at, text + at + 1, --len - at);
            } else {
                text[at] = bytes[mlt_rng_below(&rng, sizeof bytes - 1)];
            }
        }
        bool strict = mlt_json_check("line", text, len, &err) && text[strspn(text, " \t\r")] == '{';
        struct mlt_jsonl *jsonl = mlt_jsonl_new(keys, 3, false);
        bool ours = parse_with(jsonl, text, len);
        mlt_jsonl_free(jsonl);
        bool stricter = !strict && (strstr(err.text, "twice") || strstr(err.text, "duplicate") ||
                                    strstr(err.text, "range") || strstr(err.text, "too large"));
        ck_assert_msg(ours == strict || (ours && stricter), "%.*s: %s, %s", (int)len, text,
                      strict ? "sound" : err.text, ours ? "sound" : fault.what);
        sound += ours;
    }
    ck_assert(sound > 50000 && sound < 150000);
}
END_TEST

TCase *jsonl_case(void)
{
    TCase *tc = tcase_create("jsonl");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, wanted_keys_are_found_wherever_they_stand);
    tcase_add_test(tc, lines_that_are_alike_and_lines_that_are_not_mix);
    tcase_add_loop_test(tc, what_is_not_json_is_told_with_its_place, 0,
                        sizeof faults / sizeof *faults);
    tcase_add_test(tc, depth_is_bounded);
    tcase_add_test(tc, escapes_come_out_as_characters);
    tcase_add_test(tc, an_array_of_numbers_is_a_vector);
    tcase_add_test(tc, broken_lines_are_refused_as_by_the_strict_parser);
    return tc;
}
